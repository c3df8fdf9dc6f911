package order

import (
	"database/sql/driver"
	"slices"
)

// State is where an order stands (O1). The zero value is no state.
//
// One of: pending approval, pending confirmation, unpaid, paying, paid, completed, canceled,
// voided, refunding, refunded.
type State string

const (
	StatePendingApproval     State = "pending approval"     // waits for a review
	StatePendingConfirmation State = "pending confirmation" // placed on the customer's behalf, waits for the customer
	StateUnpaid              State = "unpaid"               // can be paid until its deadline
	StatePaying              State = "paying"               // held by exactly one payment
	StatePaid                State = "paid"                 // resources are being provided
	StateCompleted           State = "completed"            // final: provided, or the money given back of an order that gives back
	StateCanceled            State = "canceled"             // final: not wanted, Reason says why
	StateVoided              State = "voided"               // final: the deadline passed
	StateRefunding           State = "refunding"            // money is on its way back
	StateRefunded            State = "refunded"             // final
)

// Event is what moves an order (O2). The zero value is no event.
//
// One of: place, confirm, approve, reject, withdraw, cancel, expire, hold, settle, release,
// complete, fail, refund.
type Event string

const (
	EventPlace    Event = "place"    // makes the order: Place, PlaceTogether
	EventConfirm  Event = "confirm"  // by the customer it was placed for
	EventApprove  Event = "approve"  // by the reviewer
	EventReject   Event = "reject"   // by the reviewer
	EventWithdraw Event = "withdraw" // by the customer, an order that gives money back
	EventCancel   Event = "cancel"   // with a Reason
	EventExpire   Event = "expire"   // the deadline has passed
	EventHold     Event = "hold"     // by a payment, before it charges
	EventSettle   Event = "settle"   // by the payment that holds it: the money is there
	EventRelease  Event = "release"  // by the payment that holds it: the money will not come
	EventComplete Event = "complete" // the resources are provided
	EventFail     Event = "fail"     // the resources cannot be provided
	EventRefund   Event = "refund"   // the money is back
)

// Reason is why an order was canceled (O9). The zero value is no reason.
//
// One of: customer, rejected in review, resource deleted, specification changed, charge type
// changed, renewed automatically meanwhile, contract ended, adjustment failed, refund failed.
type Reason string

const (
	ReasonCustomer             Reason = "customer"
	ReasonRejected             Reason = "rejected in review"
	ReasonResourceDeleted      Reason = "resource deleted"
	ReasonSpecificationChanged Reason = "specification changed"
	ReasonChargeTypeChanged    Reason = "charge type changed"
	ReasonRenewedAutomatically Reason = "renewed automatically meanwhile"
	ReasonContractEnded        Reason = "contract ended"
	ReasonAdjustmentFailed     Reason = "adjustment failed"
	ReasonRefundFailed         Reason = "refund failed"
)

// Type is what an order is for (O3). The zero value is no type.
//
// One of: purchase, renewal, upgrade, downgrade, configuration change, compensation duration,
// unsubscribe, to pay-per-use, to subscription, trial, trial to commercial, price adjustment.
type Type string

const (
	TypePurchase          Type = "purchase"
	TypeRenewal           Type = "renewal"
	TypeUpgrade           Type = "upgrade"
	TypeDowngrade         Type = "downgrade" // gives money back
	TypeChange            Type = "configuration change"
	TypeCompensation      Type = "compensation duration" // charges nothing
	TypeUnsubscribe       Type = "unsubscribe"           // gives money back
	TypeToPayPerUse       Type = "to pay-per-use"        // charges nothing now
	TypeToSubscription    Type = "to subscription"
	TypeTrial             Type = "trial" // charges nothing
	TypeTrialToCommercial Type = "trial to commercial"
	TypePriceAdjustment   Type = "price adjustment"
)

// Charge is how a line is charged, its charge type (O4). The zero value is no charge type.
//
// One of: subscription, pay-per-use, package.
type Charge string

const (
	ChargeSubscription Charge = "subscription" // prepaid, by month or year
	ChargePayPerUse    Charge = "pay-per-use"  // postpaid, by a unit of time that is data
	ChargePackage      Charge = "package"      // a prepaid quantity, ends when used up or expired
)

// Lapse is what becomes of an order when its discount ends before the order's
// deadline (E2, E3, E4). The zero value is no lapse.
//
// One of: shortens the order, honored until the deadline, judged at payment.
type Lapse string

const (
	LapseShortens Lapse = "shortens the order"         // the deadline moves in to the discount's end (E2)
	LapseHonored  Lapse = "honored until the deadline" // the discount stays good (E3)
	LapseJudged   Lapse = "judged at payment"          // an ended discount cannot be paid with (E4)
)

// Lock is who may no longer change an order's discount. The zero value is nobody.
//
// One of: partner, confirmed.
type Lock string

const (
	LockPartner   Lock = "partner"   // the partner set it, the customer can neither drop nor replace it (D5)
	LockConfirmed Lock = "confirmed" // chosen when the order was confirmed, not to be changed when it is paid (D6)
)

var (
	states = []State{StatePendingApproval, StatePendingConfirmation, StateUnpaid, StatePaying, StatePaid, StateCompleted,
		StateCanceled, StateVoided, StateRefunding, StateRefunded}
	events = []Event{EventPlace, EventConfirm, EventApprove, EventReject, EventWithdraw, EventCancel, EventExpire, EventHold,
		EventSettle, EventRelease, EventComplete, EventFail, EventRefund}
	reasons = []Reason{ReasonCustomer, ReasonRejected, ReasonResourceDeleted, ReasonSpecificationChanged, ReasonChargeTypeChanged,
		ReasonRenewedAutomatically, ReasonContractEnded, ReasonAdjustmentFailed, ReasonRefundFailed}
	types = []Type{TypePurchase, TypeRenewal, TypeUpgrade, TypeDowngrade, TypeChange, TypeCompensation, TypeUnsubscribe,
		TypeToPayPerUse, TypeToSubscription, TypeTrial, TypeTrialToCommercial, TypePriceAdjustment}
	charges = []Charge{ChargeSubscription, ChargePayPerUse, ChargePackage}
	lapses  = []Lapse{LapseShortens, LapseHonored, LapseJudged}
	locks   = []Lock{LockPartner, LockConfirmed}
)

// States returns every state, in the order of O1.
func States() []State { return slices.Clone(states) }

// Reasons returns every reason, in the order of O9.
func Reasons() []Reason { return slices.Clone(reasons) }

// Types returns every order type, in the order of O3.
func Types() []Type { return slices.Clone(types) }

// Charges returns every charge type, in the order of O4.
func Charges() []Charge { return slices.Clone(charges) }

// Final reports whether no move leaves s (O2).
func (s State) Final() bool {
	return s == StateCompleted || s == StateCanceled || s == StateVoided || s == StateRefunded
}

// Open reports whether an order in s still has its resources to itself (O12): it is
// neither final nor has it been paid for.
func (s State) Open() bool { return s.early() || s == StatePaying }

// early: before payment, the three states from which an order can be canceled.
func (s State) early() bool {
	return s == StatePendingApproval || s == StatePendingConfirmation || s == StateUnpaid
}

// settled: the payment has been made.
func (s State) settled() bool {
	return s == StatePaid || s == StateCompleted || s == StateRefunding || s == StateRefunded
}

// UnmarshalText reads a state strictly.
func (s *State) UnmarshalText(b []byte) error { return ReadWord("state", s, states, string(b)) }

// UnmarshalText reads an event strictly.
func (e *Event) UnmarshalText(b []byte) error { return ReadWord("event", e, events, string(b)) }

// UnmarshalText reads a reason strictly.
func (r *Reason) UnmarshalText(b []byte) error { return ReadWord("reason", r, reasons, string(b)) }

// UnmarshalText reads a type strictly.
func (t *Type) UnmarshalText(b []byte) error { return ReadWord("type", t, types, string(b)) }

// UnmarshalText reads a charge type strictly.
func (c *Charge) UnmarshalText(b []byte) error { return ReadWord("charge", c, charges, string(b)) }

// UnmarshalText reads a lapse strictly.
func (l *Lapse) UnmarshalText(b []byte) error { return ReadWord("lapse", l, lapses, string(b)) }

// UnmarshalText reads a lock strictly.
func (l *Lock) UnmarshalText(b []byte) error { return ReadWord("lock", l, locks, string(b)) }

// Scan reads a state from a text column, the zero State from NULL.
func (s *State) Scan(src any) error { return ScanWord("state", s, states, src) }

// Scan reads an event from a text column, the zero Event from NULL.
func (e *Event) Scan(src any) error { return ScanWord("event", e, events, src) }

// Scan reads a reason from a text column, the zero Reason from NULL.
func (r *Reason) Scan(src any) error { return ScanWord("reason", r, reasons, src) }

// Scan reads a type from a text column, the zero Type from NULL.
func (t *Type) Scan(src any) error { return ScanWord("type", t, types, src) }

// Scan reads a charge type from a text column, the zero Charge from NULL.
func (c *Charge) Scan(src any) error { return ScanWord("charge", c, charges, src) }

// Scan reads a lapse from a text column, the zero Lapse from NULL.
func (l *Lapse) Scan(src any) error { return ScanWord("lapse", l, lapses, src) }

// Scan reads a lock from a text column, the zero Lock from NULL.
func (l *Lock) Scan(src any) error { return ScanWord("lock", l, locks, src) }

// Value is the state, NULL for the zero State.
func (s State) Value() (driver.Value, error) { return WordValue(s) }

// Value is the event, NULL for the zero Event.
func (e Event) Value() (driver.Value, error) { return WordValue(e) }

// Value is the reason, NULL for the zero Reason.
func (r Reason) Value() (driver.Value, error) { return WordValue(r) }

// Value is the type, NULL for the zero Type.
func (t Type) Value() (driver.Value, error) { return WordValue(t) }

// Value is the charge type, NULL for the zero Charge.
func (c Charge) Value() (driver.Value, error) { return WordValue(c) }

// Value is the lapse, NULL for the zero Lapse.
func (l Lapse) Value() (driver.Value, error) { return WordValue(l) }

// Value is the lock, NULL for the zero Lock.
func (l Lock) Value() (driver.Value, error) { return WordValue(l) }
