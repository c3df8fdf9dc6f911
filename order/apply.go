package order

import (
	"cmp"
	"fmt"
	"time"
)

// Move is one step of an order or a purchase: what, when, who, why and, for hold,
// settle and release, which payment.
type Move struct {
	Event   Event     `json:"event"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`                // who: 1 to 64 printable characters
	Order   ID        `json:"order,omitempty"`   // the member it names, for a purchase
	Reason  Reason    `json:"reason,omitempty"`  // for cancel, required; for fail, if known
	Payment PaymentID `json:"payment,omitempty"` // for hold, settle and release
	// Parts say what paid each order, for settle, and what an order that gives money back
	// gave, for refund. They name each order that is moved once. Nil: all in cash.
	Parts []OrderParts `json:"parts,omitempty"`
}

// OrderParts is what paid one order of a move.
type OrderParts struct {
	Order ID    `json:"order"`
	Parts Parts `json:"parts"`
}

// Apply returns o after the move. On an error it returns o unchanged: a
// [*MoveError] where the table of O2, the deadline, a payment or the purchase forbid
// the move, a [*ReductionError] where the discount cannot be paid with (E4), a
// [*FieldError] where o or m is not valid. A member of a purchase is approved,
// confirmed, withdrawn and, once paid, completed, failed and refunded alone;
// everything else moves the purchase whole: use [Purchase.Apply] (O6).
func (o Order) Apply(m Move) (Order, error) {
	if err := o.Check(); err != nil {
		return o, Within("order", err)
	}
	if m.Order != "" && m.Order != o.ID {
		return o, Invalid("move.order", string(m.Order), "is not the order that is moved, "+string(o.ID))
	}
	if o.Purchase != "" && m.Event.together() && o.State.Open() {
		return o, o.refuse(m, ErrMember, "move purchase "+string(o.Purchase)+" as a whole")
	}
	return o.apply(m, true, o.Reason)
}

// together reports whether the orders of a purchase make the move in one (O6).
func (e Event) together() bool {
	switch e {
	case EventHold, EventSettle, EventRelease, EventCancel, EventExpire, EventReject:
		return true
	}
	return false
}

// apply moves o, which passes Check. named is false for the members of a purchase that a
// rejection takes along; cause is what came for o, or for its purchase, while it was
// being paid.
func (o Order) apply(m Move, named bool, cause Reason) (Order, error) {
	if err := m.Check(); err != nil {
		return o, Within("move", err)
	}
	if err := o.allows(m); err != nil {
		return o, err
	}
	to, ok := next(o.table(), o.State, m.Event, func(w When) bool { return o.holds(w, m, named, cause) })
	if !ok {
		return o, o.refuseState(m)
	}
	moved := o.clone()
	moved.State, moved.Changed = to, later(o.Changed, m.At.Truncate(time.Second))
	moved.record(m, cause)
	if err := moved.Check(); err != nil {
		return o, Renamed(err, "paid", "move.parts")
	}
	return moved, nil
}

// holds reports whether the condition of a transition holds for the move m of o.
func (o *Order) holds(w When, m Move, named bool, cause Reason) bool {
	switch w {
	case IfReview:
		return o.Review
	case IfNamed:
		return named
	case IfOther:
		return !named
	case IfLate:
		return past(m.At, o.Deadline)
	case IfCause:
		return cause != ""
	case IfNotCustomer:
		return m.Reason != ReasonCustomer
	}
	return false
}

// record sets the fields of o, which is in its new state, that go with the move.
func (o *Order) record(m Move, cause Reason) {
	switch m.Event {
	case EventConfirm:
		o.Review = false
	case EventHold:
		o.Payment = m.Payment
	case EventRelease:
		o.Payment, o.Reason = "", cause
	case EventReject:
		o.Reason = ReasonRejected
	case EventWithdraw:
		o.Reason = ReasonCustomer
	case EventFail:
		o.Reason = m.Reason
	case EventCancel:
		if o.Reason == "" {
			o.Reason = m.Reason
		}
	case EventSettle:
		o.Paid = m.partsOf(o)
	case EventRefund:
		if o.State == StateCompleted { // it gives money back
			o.Paid = m.partsOf(o)
		}
	}
}

// partsOf returns what paid o: what the move says, or all in cash.
func (m Move) partsOf(o *Order) Parts {
	for _, p := range m.Parts {
		if p.Order == o.ID {
			return p.Parts
		}
	}
	return Parts{Cash: o.Payable()}
}

// Check reports a move that no order can make, as a [*FieldError].
func (m Move) Check() error {
	if err := checkTime("at", m.At); err != nil {
		return err
	}
	if err := CheckWord("event", m.Event, events); err != nil {
		return err
	}
	if err := CheckID("by", m.By); err != nil {
		return err
	}
	if m.Event == EventPlace {
		return Invalid("event", string(m.Event), "makes an order: use Place")
	}
	if err := m.checkPayment(); err != nil {
		return err
	}
	if err := m.checkReason(); err != nil {
		return err
	}
	if m.Parts != nil && m.Event != EventSettle && m.Event != EventRefund {
		return Invalid("parts", "", "belong to settle and refund alone")
	}
	return nil
}

func (m *Move) checkPayment() error {
	switch m.Event {
	case EventHold, EventSettle, EventRelease:
		return CheckID("payment", m.Payment)
	}
	if m.Payment != "" {
		return Invalid("payment", string(m.Payment), "belongs to hold, settle and release alone")
	}
	return nil
}

func (m *Move) checkReason() error {
	if m.Reason == "" && m.Event != EventCancel {
		return nil
	}
	if err := CheckWord("reason", m.Reason, reasons); err != nil {
		return err
	}
	switch {
	case m.Event != EventCancel && m.Event != EventFail:
		return Invalid("reason", string(m.Reason), "belongs to cancel and fail alone")
	case m.Event == EventCancel && m.Reason == ReasonRejected:
		return Invalid("reason", string(m.Reason), "is the reason of a rejection: use reject")
	}
	return nil
}

// allows reports why a move that the table has is refused: its time, the discount, the
// payment or the parts.
func (o *Order) allows(m Move) error {
	if err := o.allowsAt(m); err != nil {
		return err
	}
	switch m.Event {
	case EventHold:
		if r := &o.Reduction; o.State == StateUnpaid && r.Lapse == LapseJudged && r.Window.Ended(m.At) {
			return &ReductionError{Order: o.ID, Kind: r.Kind, ID: r.ID, Window: r.Window, At: m.At, Err: ErrWindow,
				Do: "it ended " + Stamp(r.Window.Until) + ": choose another, or none (E4)"}
		}
	case EventSettle, EventRelease:
		if o.State == StatePaying && m.Payment != o.Payment {
			return o.refuse(m, ErrOtherPayment, "payment "+string(o.Payment)+" holds it, not "+string(m.Payment))
		}
	}
	return o.allowsParts(m)
}

// allowsAt reports a time at which an order that is before payment cannot make the move.
func (o *Order) allowsAt(m Move) error {
	if !o.State.early() {
		return nil
	}
	if m.At.Unix() < o.Placed.Unix() {
		return Within("move", Invalid("at", Stamp(m.At), "is before the order was placed, "+Stamp(o.Placed)))
	}
	late := past(m.At, o.Deadline)
	switch m.Event {
	case EventApprove, EventConfirm, EventHold:
		if late {
			return o.refuse(m, ErrPastDeadline, "it counts as voided: place a new order")
		}
	case EventExpire:
		if !late {
			return o.refuse(m, ErrNotDue, o.payableUntil())
		}
	}
	return nil
}

// payableUntil says until when o can be paid.
func (o *Order) payableUntil() string {
	if o.Deadline.IsZero() {
		return "it has no deadline"
	}
	return "it can be paid until " + Stamp(o.Deadline)
}

// allowsParts reports parts that are not those of o, or come at another time than the money.
func (o *Order) allowsParts(m Move) error {
	if m.Event == EventRefund && m.Parts != nil && o.table() != FlowBack {
		return Invalid("move.parts", "", "were given when the order was paid")
	}
	if m.Event == EventSettle && o.Purchase != "" {
		return nil // they are of all its orders: Purchase.checkParts looks at them
	}
	for i, p := range m.Parts {
		if p.Order != o.ID || i > 0 {
			return Invalid("move.parts["+itoa(int64(i))+"].order", string(p.Order), "is not the order that is moved, "+string(o.ID)+", or is a duplicate")
		}
	}
	return nil
}

// refuse returns the error of a move that is not made.
func (o *Order) refuse(m Move, err error, advice string) error {
	return &MoveError{Order: o.ID, Purchase: o.Purchase, From: o.State, Event: m.Event, At: m.At, Deadline: o.Deadline,
		Payment: o.Payment, Err: err, Do: advice}
}

// refuseState is refuse for a move that the table does not have, such as paying before
// approval (O7).
func (o *Order) refuseState(m Move) error {
	switch {
	case o.State == StatePaying:
		return o.refuse(m, ErrPaymentInProgress, "cancel payment "+string(o.Payment)+" first, or wait for it")
	case o.State.Final():
		return o.refuse(m, ErrState, "that is final: place a new order")
	case m.Event == EventHold && o.State == StatePendingApproval:
		return o.refuse(m, ErrState, "it is paid only after approval (O7): approve it first")
	case m.Event == EventHold && o.State == StatePendingConfirmation:
		return o.refuse(m, ErrState, "the customer confirms it first")
	case o.Flow() == FlowBack && m.Event == EventCancel:
		return o.refuse(m, ErrState, "an order that gives money back is withdrawn while it is pending approval")
	}
	return o.refuse(m, ErrState, "load it again to see where it stands")
}

// MoveError says which move was refused of which order, and why.
type MoveError struct {
	Order    ID
	Purchase PurchaseID // set when the order is a member of one
	From     State
	Event    Event
	At       time.Time
	Deadline time.Time
	Payment  PaymentID // the one that holds the order
	Err      error     // one of the sentinels of this package
	Do       string    // what to do instead
}

// Advice says what to do instead.
func (e *MoveError) Advice() string { return e.Do }

func (e *MoveError) Error() string {
	s := fmt.Sprintf("order %s: %s refused while %s: %v", e.Order, e.Event, e.From, e.Err)
	if e.Do != "" {
		s += ": " + e.Do
	}
	return s
}

func (e *MoveError) Unwrap() error { return e.Err }

// ReductionError says why an order cannot be reduced by, or paid with, a
// discount: [ErrWindow] or [ErrLocked].
type ReductionError struct {
	Order    ID
	Kind, ID string
	Window   Window
	At       time.Time
	Err      error
	Do       string
}

// Advice says what to do instead.
func (e *ReductionError) Advice() string { return e.Do }

func (e *ReductionError) Error() string {
	return fmt.Sprintf("order %s: %s %q: %v: %s", e.Order, cmp.Or(e.Kind, "no discount"), e.ID, e.Err, e.Do)
}

func (e *ReductionError) Unwrap() error { return e.Err }
