package payment

import (
	"cmp"
	"database/sql/driver"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// RefundState is where a refund stands. The zero value is no state.
//
// One of: due, parked, sent, done, review.
type RefundState string

const (
	// RefundDue: what comes back is recorded, and the gateway has not been asked. The Desk asks
	// it next, once it has looked the charge up; a gateway that cannot refund sends it to review.
	RefundDue RefundState = "due"
	// RefundParked: what is left of what was captured does not cover it, since some has been taken
	// back (P18). It is not sent, and counts as owed. An operator alone lets it go on, once enough
	// has come again, gives the money back by hand, or lets what was taken back stand for it.
	RefundParked RefundState = "parked"
	// RefundSent: the gateway has been asked, or the Desk stopped just before. It is looked up until
	// the gateway says that the money is back, declines, or contradicts itself, and sent again, with
	// the same key, only where the gateway has not seen it. One that no longer fits then goes to
	// review: it may be on its way.
	RefundSent RefundState = "sent"
	// RefundDone: the money is back, through the gateway or by an operator's hand, or since it was
	// taken back (P18). What went through the gateway can still come back, to an account that is
	// closed: then it is in review.
	RefundDone RefundState = "done"
	// RefundReview: the gateway cannot, will not, or does not say, or the money came back. An operator
	// has it asked again, or gives the money back by hand; at a hint the gateway is asked what has
	// become of it, and it is done where the money is back; where the gateway corrects what it said
	// of the charge, it is due again.
	RefundReview RefundState = "review"
)

var refundStates = []RefundState{RefundDue, RefundParked, RefundSent, RefundDone, RefundReview}

// UnmarshalText reads a state strictly.
func (s *RefundState) UnmarshalText(b []byte) error {
	return order.ReadWord("refund state", s, refundStates, b)
}

// Scan reads a state from a text column.
func (s *RefundState) Scan(src any) error {
	return order.ScanWord("refund state", s, refundStates, src)
}

// Value is the word, NULL for the zero one.
func (s RefundState) Value() (driver.Value, error) { return order.WordValue(s) }

// Refund is money on its way back to where it came from: of an order, or of a payment that
// had failed when its money arrived.
type Refund struct {
	ID          order.RefundID   `json:"id"`
	Customer    order.CustomerID `json:"customer"`
	Payment     order.PaymentID  `json:"payment"`
	Order       order.ID         `json:"order,omitempty"` // whose cash and coupon parts come back; empty: all that arrived late
	RefundOrder order.ID         `json:"for,omitempty"`   // the order that gives it back: the same, or one to unsubscribe
	Siblings    []order.RefundID `json:"with,omitempty"`  // the others that For waits for
	State       RefundState      `json:"state"`
	Cash        order.Money      `json:"cash"`
	Method      Method           `json:"method"` // to where the cash part goes
	Coupons     []CouponPart     `json:"coupons,omitempty"`

	// Of what goes through a gateway.
	Gateway     string    `json:"gateway,omitempty"`
	Key         string    `json:"key,omitempty"`     // the attempt's own, the same until the gateway has declined it
	Attempt     int       `json:"attempt,omitempty"` // how often the gateway has declined it, or it came back: what is asked again then has another key
	Handle      string    `json:"handle,omitempty"`  // the attempt's own: the gateway's name of it, from the first answer that has one
	Charge      string    `json:"charge,omitempty"`  // the key of the charge
	Trade       string    `json:"trade,omitempty"`   // the gateway's number of the charge
	FirstSentAt time.Time `json:"sent,omitzero"`     // the first send since the gateway last declined
	Tries       int       `json:"tries,omitempty"`
	Reason      string    `json:"reason,omitempty"` // why it is in review or parked, or what the operator said
	ByHand      bool      `json:"byHand,omitempty"` // an operator gave it back outside the gateway
	Gone        bool      `json:"gone,omitempty"`   // nothing is given back: what was taken back of the payment stands for it, as an operator said (P18)
	CameBack    int       `json:"back,omitempty"`   // how often it came back after it was done
	Untold      bool      `json:"untold,omitempty"` // it was first done before customers were told of refunds (schema 10)
	Made        time.Time `json:"made"`
	Done        time.Time `json:"done,omitzero"`
	DueAt       time.Time `json:"waits,omitzero"`
	Version     int64     `json:"version,omitempty"`
}

// Stays reports whether nothing of the refund leaves the house: it is parked, or what was taken back
// stands for it (P18).
func (f Refund) Stays() bool { return f.State == RefundParked || f.Gone }

// Check reports the first thing about f that is not valid, as an [*order.FieldError].
func (f Refund) Check() error {
	for _, x := range [...]struct{ name, text string }{{"id", string(f.ID)}, {"customer", string(f.Customer)}, {"payment", string(f.Payment)}} {
		if err := order.CheckID(x.name, x.text); err != nil {
			return err
		}
	}
	if err := order.CheckWord("state", f.State, refundStates); err != nil {
		return err
	}
	if err := order.CheckWord("method", f.Method, methods); err != nil {
		return err
	}
	if err := f.checkAmounts(); err != nil {
		return err
	}
	if err := f.checkState(); err != nil {
		return err
	}
	switch {
	case f.Attempt < 0:
		return order.Invalid("attempt", strconv.Itoa(f.Attempt), "is below zero")
	case f.CameBack < 0 || f.CameBack > f.Attempt:
		return order.Invalid("back", strconv.Itoa(f.CameBack), "is not between zero and the attempts, "+strconv.Itoa(f.Attempt))
	case f.Tries < 0:
		return order.Invalid("tries", strconv.Itoa(f.Tries), "is below zero")
	case f.Version < 0:
		return order.Invalid("version", strconv.FormatInt(f.Version, 10), "is below zero")
	case f.Made.IsZero():
		return order.Invalid("made", "", "is required")
	}
	return cmp.Or(order.CheckOptional("gateway", f.Gateway), order.CheckOptional("key", f.Key), order.CheckOptional("charge", f.Charge),
		order.CheckOptional("trade", f.Trade), order.CheckText("handle", f.Handle, longestHandle), order.CheckOptionalTime("made", f.Made), order.CheckOptionalTime("sent", f.FirstSentAt),
		order.CheckOptionalTime("done", f.Done), order.CheckOptionalTime("waits", f.DueAt))
}

func (f *Refund) checkAmounts() error {
	if err := checkNotBelow("cash", f.Cash); err != nil {
		return err
	}
	for i, c := range f.Coupons {
		if c.Amount.Sign() <= 0 || c.Amount.Currency() != f.Cash.Currency() {
			return order.Invalid(order.Element("coupons", i)+".amount", c.Amount.String(), "is not above zero, in the currency of the cash part")
		}
	}
	return nil
}

// checkState reports what does not fit the state, or where the money goes.
func (f *Refund) checkState() error {
	online := f.Method == MethodOnline && f.Cash.Sign() > 0
	switch {
	case online && (f.Key == "" || f.Gateway == "" || f.Charge == ""):
		return order.Invalid("key", f.Key, "is required, with a gateway and the key of the charge, where a gateway gives the money back")
	case !online && f.State != RefundDone:
		return order.Invalid("state", string(f.State), "does not fit a refund without a gateway: it is done at once")
	case (f.State == RefundDue || f.State == RefundSent) == f.DueAt.IsZero():
		return order.Invalid("waits", "", "is when the gateway is asked, and zero once it is done, parked or in review")
	case (f.State == RefundDone) == f.Done.IsZero():
		return order.Invalid("done", "", "must be set exactly when the refund is done")
	case f.Gone && (!online || f.State != RefundDone || f.ByHand):
		return order.Invalid("gone", "", "is of a refund through a gateway that is done, and not by hand")
	}
	return nil
}
