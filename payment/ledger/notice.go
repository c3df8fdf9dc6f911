package ledger

import (
	"cmp"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// NoticeKind is what a customer hears about (P17). The zero value is no kind.
//
// One of: approved, deadline, paid, payment failed, voided, bill due, bill declined, renewed,
// renewal failed, coupon ended, credit paid out, will be released, changed, money taken back,
// money come again, customer needed, refunded, refund came back.
type NoticeKind string

const (
	NoticeApproved      NoticeKind = "approved"         // an order (O7)
	NoticeDeadline      NoticeKind = "deadline"         // orders that can be paid for 24 hours more, or what the policy says
	NoticePaid          NoticeKind = "paid"             // a payment
	NoticeFailed        NoticeKind = "payment failed"   // or canceled
	NoticeVoided        NoticeKind = "voided"           // orders past their deadline
	NoticeBillDue       NoticeKind = "bill due"         // a bill that was made
	NoticeBillDeclined  NoticeKind = "bill declined"    // a bill that could not be charged
	NoticeRenewed       NoticeKind = "renewed"          // a resource, automatically
	NoticeRenewalFailed NoticeKind = "renewal failed"   // an automatic renewal
	NoticeCouponEnded   NoticeKind = "coupon ended"     // what an order used or held of it does not come back: of the coupon that Text names, the Amount that it paid or would have, none of a discount coupon (C14)
	NoticePaidOut       NoticeKind = "credit paid out"  // what goes back of a credit, to payments or by an operator's hand (P21)
	NoticeRelease       NoticeKind = "will be released" // a resource at the end of its retention period
	NoticeChanged       NoticeKind = "changed"          // a resource, by a change that waited for its expiry (Q8)
	NoticeTakenBack     NoticeKind = "money taken back" // Amount more of a payment, without the Desk; what of it is gone in all, and overdrawn, is in Text; what of its Bill is due again (P18)
	NoticeComeAgain     NoticeKind = "money come again" // Amount of what had been taken back (P18)
	NoticeAction        NoticeKind = "customer needed"  // to finish a payment that began while nobody was there: at Action, until Until (P19)
	NoticeRefunded      NoticeKind = "refunded"         // the Amount of a Refund is back, through the gateway, in an account or the credit, or by an operator's hand; of a credit that is paid out that notice says so
	NoticeRefundBack    NoticeKind = "refund came back" // what was refunded could not be delivered, as Text says: it is still owed, and an operator sees to it
)

var noticeKinds = []NoticeKind{NoticeApproved, NoticeDeadline, NoticePaid, NoticeFailed, NoticeVoided, NoticeBillDue, NoticeBillDeclined, NoticeRenewed, NoticeRenewalFailed,
	NoticeCouponEnded, NoticePaidOut, NoticeRelease, NoticeChanged, NoticeTakenBack, NoticeComeAgain, NoticeAction, NoticeRefunded, NoticeRefundBack}

// UnmarshalText reads a kind strictly.
func (k *NoticeKind) UnmarshalText(b []byte) error {
	return order.ReadWord("notice", k, noticeKinds, b)
}

// NoticeState is what has become of a notice that could not be delivered. The zero value is a
// notice that is on its way, or was delivered.
//
// One of: undeliverable, resolved.
type NoticeState string

const (
	NoticeUndeliverable NoticeState = "undeliverable" // its tries are used up: an operator tells the customer (X4)
	NoticeResolved      NoticeState = "resolved"      // an operator has; before schema 11 also: had it sent again
)

var noticeStates = []NoticeState{NoticeUndeliverable, NoticeResolved}

// UnmarshalText reads a state strictly.
func (s *NoticeState) UnmarshalText(b []byte) error {
	return order.ReadWord("notice state", s, noticeStates, b)
}

// Notice is what a customer is to hear, written in the commit that does what it tells. It goes out
// by itself: those of a customer that are due in their order ([Notice.Compare]), one that cannot be
// delivered later than those after it. A host that shows them sorts by At.
type Notice struct {
	ID       string           `json:"id"` // derived (P12)
	Customer order.CustomerID `json:"customer"`
	Entry    string           `json:"entry,omitempty"` // the ID of the entry of the commit that wrote it; empty before schema 11
	N        int64            `json:"n"`               // which of the notices of its commit it is, from 1; before schema 11, of the customer
	Seq      int64            `json:"seq,omitempty"`   // the version of what its commit wrote first: of two commits in one second that write the same, the later has a higher one
	Kind     NoticeKind       `json:"kind"`
	At       time.Time        `json:"at"`
	Orders   []order.ID       `json:"orders,omitempty"`
	Payment  order.PaymentID  `json:"payment,omitempty"`
	Refund   order.RefundID   `json:"refund,omitempty"`
	Bill     payment.Month    `json:"bill,omitempty"`
	Resource order.ResourceID `json:"resource,omitempty"`
	Amount   order.Money      `json:"amount,omitzero"`
	Until    time.Time        `json:"until,omitzero"`   // the deadline, the new expiry, the end of retention, of customer needed how long that is possible
	Text     string           `json:"text,omitempty"`   // why, for a person
	Action   string           `json:"action,omitempty"` // of customer needed: an https URL where the customer goes; empty: the host's own page, which has what desk.Desk.Payment returns
	State    NoticeState      `json:"state,omitempty"`
	Tries    int              `json:"tries,omitempty"` // how often it was sent, or was to be
	DueAt    time.Time        `json:"waits,omitzero"`  // when it goes out next; zero: it is done with
	Version  int64            `json:"version,omitempty"`
}

// Check reports the first thing about n that is not valid, as an [*order.FieldError].
func (n Notice) Check() error {
	if n.ID != NoticeID(n.Customer, n.Entry, n.N) {
		return order.Invalid("id", n.ID, "is not derived from customer, entry and number")
	}
	if n.N < 1 {
		return order.Invalid("n", strconv.FormatInt(n.N, 10), "is below 1")
	}
	if n.Seq < 0 {
		return order.Invalid("seq", strconv.FormatInt(n.Seq, 10), "is below zero")
	}
	if n.Tries < 0 {
		return order.Invalid("tries", strconv.Itoa(n.Tries), "is below zero")
	}
	if err := order.CheckWord("kind", n.Kind, noticeKinds); err != nil {
		return err
	}
	if n.State != "" {
		if err := order.CheckWord("state", n.State, noticeStates); err != nil {
			return err
		}
	}
	if n.State != "" && !n.DueAt.IsZero() {
		return order.Invalid("waits", order.Stamp(n.DueAt), "is set of a notice that is "+string(n.State))
	}
	if err := order.CheckOptionalTime("waits", n.DueAt); err != nil {
		return err
	}
	if err := n.Amount.Check(); err != nil {
		return order.Within("amount", err)
	}
	if err := order.CheckOptionalTime("until", n.Until); err != nil {
		return err
	}
	_, err := order.Second(n.At)
	return err
}

// Compare orders the notices of a customer as they go out: by the time at which they were written,
// and those of one commit by their numbers. Of commits in one second the one comes later that wrote
// the same record later; others stand in an order that is always the same.
func (n *Notice) Compare(m *Notice) int {
	return cmp.Or(n.At.Compare(m.At), cmp.Compare(n.Seq, m.Seq), cmp.Compare(n.Entry, m.Entry), cmp.Compare(n.N, m.N))
}

// NoticeID derives the ID of a notice: of its customer, of the entry of its commit and its number
// there. Without an entry it is one that was written before schema 11, by its number among all
// of the customer.
func NoticeID(customer order.CustomerID, entry string, n int64) string {
	number := strconv.FormatInt(n, 10)
	if entry == "" {
		return order.Derive("notice", string(customer), number)
	}
	return order.Derive("notice", string(customer), entry, number)
}

// OutboxID names the one outbox of a customer.
const OutboxID = "outbox"

// Outbox counted the notices of a customer before schema 11. None is written anew: the sweep makes
// those of its notices due that had not gone out, and ends it (Sent is then Written).
type Outbox struct {
	Customer      order.CustomerID `json:"customer"`
	Written       int64            `json:"written"` // how many notices there are
	Sent          int64            `json:"sent"`    // how many of them are done with
	Undeliverable int64            `json:"kept"`    // how many of these could not be delivered
	Tries         int              `json:"tries,omitempty"`
	DueAt         time.Time        `json:"waits,omitzero"`
	Version       int64            `json:"version,omitempty"`
}

// Check reports the first thing about o that is not valid, as an [*order.FieldError].
func (o Outbox) Check() error {
	if err := order.CheckID("customer", o.Customer); err != nil {
		return err
	}
	if inOrder := 0 <= o.Undeliverable && o.Undeliverable <= o.Sent && o.Sent <= o.Written; !inOrder || o.Tries < 0 {
		return order.Invalid("sent", strconv.FormatInt(o.Sent, 10), "is not between those kept and those written")
	}
	if (o.Written > o.Sent) == o.DueAt.IsZero() {
		return order.Invalid("waits", "", "is when the next notice goes out, and zero without one")
	}
	return order.CheckOptionalTime("waits", o.DueAt)
}
