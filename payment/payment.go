package payment

import (
	"cmp"
	"database/sql/driver"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// ByDesk is who the Desk's own steps are by.
const ByDesk = "duebook"

// RefundKey is cut as the key of the charge was, to what the gateway takes.
func (p *Payment) RefundKey(id order.RefundID) string { return string(id)[:min(len(id), len(p.Key))] }

// PaidBy is what a coupon paid of the payment.
func (p *Payment) PaidBy(id coupon.ID) (sum order.Money) {
	for _, part := range p.Quote.CouponParts() {
		if part.Coupon == id {
			sum = part.Amount
		}
	}
	return sum
}

// ReturnedTo is what was given back to a coupon.
func (p *Payment) ReturnedTo(id coupon.ID) order.Money {
	sum := order.Minor(0, p.Quote.Sum.Cash.Currency())
	for _, r := range p.Returns {
		for _, c := range r.Coupons {
			if c.Coupon == id {
				sum = order.Minor(sum.Minor()+c.Amount.Minor(), sum.Currency())
			}
		}
	}
	return sum
}

// Automatic reports whether the payment is one of the Desk's own, for an automatic renewal
// (R5): the customer hears of the renewal, not of the payment.
func (p *Payment) Automatic() bool { return p.Request.By == ByDesk }

// PaymentState is where a payment stands. The zero value is no state.
//
// One of: pending, succeeded, failed, canceling, canceled, review.
type PaymentState string

const (
	// PaymentPending: orders, coupons and balances are held, and the gateway is asked for the
	// money. A certain answer of the gateway ends it; the customer, or the end of the hold, makes
	// it canceling; a contradiction, or no answer at the last look, sends it to review. While its
	// gateway may rightly leave it undecided no look is the last.
	PaymentPending PaymentState = "pending"
	// PaymentSucceeded: the orders are paid, and the receipt stands. Final: what is given back is
	// a refund of its own, and what is taken back without the Desk is noted beside it (P18).
	PaymentSucceeded PaymentState = "succeeded"
	// PaymentFailed: the gateway declined, or an operator said that nothing was paid. Nothing is
	// held. Final: money that comes after all is given back.
	PaymentFailed PaymentState = "failed"
	// PaymentCanceling: the payment is to be given up, and everything stays held until the
	// gateway says that no money will come. It still succeeds where the money was faster.
	PaymentCanceling PaymentState = "canceling"
	// PaymentCanceled: given up, and nothing is held. Final, as failed is.
	PaymentCanceled PaymentState = "canceled"
	// PaymentReview: the gateway contradicts itself, or says nothing. Everything stays held until
	// the gateway, asked again at a hint, gives an answer that is certain and fits, or an operator
	// says whether it was paid.
	PaymentReview PaymentState = "review"
)

var paymentStates = []PaymentState{PaymentPending, PaymentSucceeded, PaymentFailed, PaymentCanceling, PaymentCanceled, PaymentReview}

// UnmarshalText reads a state strictly.
func (s *PaymentState) UnmarshalText(b []byte) error {
	return order.ReadWord("payment state", s, paymentStates, b)
}

// Scan reads a state from a text column.
func (s *PaymentState) Scan(src any) error {
	return order.ScanWord("payment state", s, paymentStates, src)
}

// Value is the word, NULL for the zero one.
func (s PaymentState) Value() (driver.Value, error) { return order.WordValue(s) }

// Final reports whether no move leaves s.
func (s PaymentState) Final() bool {
	return s == PaymentSucceeded || s == PaymentFailed || s == PaymentCanceled
}

// Payment is a payment of orders, of one bill, or into the own balance (Quote.TopUp), from the commit that holds what it pays.
type Payment struct {
	ID       order.PaymentID  `json:"id"`
	Customer order.CustomerID `json:"customer"`
	State    PaymentState     `json:"state"`
	Request  Request          `json:"request,omitzero"` // what was asked for, word for word
	Bill     Month            `json:"bill,omitempty"`   // the bill it pays, in place of orders
	Quote    Quote            `json:"quote"`            // what it was judged to be when it was held
	HeldAt   time.Time        `json:"held"`             // when

	// Of what goes through a gateway.
	Gateway       string      `json:"gateway,omitempty"`
	Key           string      `json:"key,omitempty"` // the gateway's, the same for ever
	Amount        order.Money `json:"amount,omitzero"`
	FirstSentAt   time.Time   `json:"sent,omitzero"`   // the first send
	LastSentAt    time.Time   `json:"last,omitzero"`   // the last send
	NotFoundSince time.Time   `json:"absent,omitzero"` // the first "not found" since nothing can be on its way any more
	// Instrument is what is charged: what the request names, or else the customer's own where the
	// gateway is the customer's; empty: what the customer names at the gateway (P19).
	Instrument     order.Opaque `json:"instrument,omitempty"`
	Absent         bool         `json:"unattended,omitempty"` // nobody is there: a bill, an automatic renewal
	Kept           order.Opaque `json:"kept,omitempty"`       // the instrument that the gateway has kept, as the request asked for
	Action         string       `json:"action,omitempty"`
	ActionUntil    time.Time    `json:"until,omitzero"` // of what began while nobody was there: how long it waits for the customer, whom the gateway asks for (P19)
	ActionPossible bool         `json:"acts,omitempty"` // an action has been asked for: the customer can still finish it
	Tries          int          `json:"tries,omitempty"`
	Reason         string       `json:"reason,omitempty"` // why it failed, is canceled, or in review
	Trade          string       `json:"trade,omitempty"`
	Handle         string       `json:"handle,omitempty"` // the gateway's own name of the charge, given with each later call
	Fee            order.Money  `json:"fee,omitzero"`     // what the gateway keeps of what it captured, where it says so: never judged
	LateCapture    order.Money  `json:"late,omitzero"`    // what the gateway took though it failed; given back
	// What the gateway says that it captured, of a payment in review; of one that succeeded where
	// it was more than Amount, and Surplus says where the rest went.
	Captured order.Money `json:"captured,omitzero"`
	Surplus  Surplus     `json:"surplus,omitempty"`
	// What the gateway says has been taken back of what it captured, without the Desk, in all: a
	// debit returned, a chargeback; less where a dispute is won (P18).
	Gone order.Money `json:"gone,omitzero"`
	// What of Returns, of LateCapture or of the surplus is a refund that is parked: it is not sent.
	Parked  order.Money `json:"parked,omitzero"`
	Paid    time.Time   `json:"paid,omitzero"`
	Changed time.Time   `json:"changed"`
	Returns []Return    `json:"returns,omitempty"` // what has been given back so far, refunds due included
	DueAt   time.Time   `json:"waits,omitzero"`
	Version int64       `json:"version,omitempty"`

	// Data is what the client's own code needs for the action, beside its URL or in place of it. It is
	// in what a call returns that has asked the gateway, and in no record.
	Data order.Opaque `json:"data,omitempty"`
}

// longestHandle is how many characters of a gateway's own name are kept.
const longestHandle = 255

// Return is what was given back of an order, or of one resource of it.
type Return struct {
	Refund   order.RefundID   `json:"refund"`
	Order    order.ID         `json:"order,omitempty"` // empty: of a bill's payment (P21)
	Resource order.ResourceID `json:"resource,omitempty"`
	Cash     order.Money      `json:"cash"`
	Takes    AccountParts     `json:"takes,omitzero"` // of a balance: to which accounts
	Coupons  []CouponPart     `json:"coupons,omitempty"`
}

// Receipt returns the receipt of a payment that succeeded: the same whenever it is asked
// for. A payment of a bill has none, and one that has not succeeded.
func (p Payment) Receipt() (Receipt, bool) {
	if p.State != PaymentSucceeded || p.Bill != "" {
		return Receipt{}, false
	}
	r, err := p.Quote.Receipt(p.Trade, p.Paid)
	return r, err == nil
}

// Returned is how much of the cash part was given back, refunds due included.
func (p Payment) Returned() order.Money {
	sum := order.Minor(0, p.Quote.Sum.Cash.Currency())
	for _, r := range p.Returns {
		sum = order.Minor(sum.Minor()+r.Cash.Minor(), sum.Currency())
	}
	return sum
}

// Live reports whether the payment holds something.
func (s PaymentState) Live() bool { return s != "" && !s.Final() }

// Open reports whether the gateway decides what becomes of the payment.
func (s PaymentState) Open() bool { return s == PaymentPending || s == PaymentCanceling }

// Clone returns a copy that shares no memory with p. The quote's orders and Data are left out, as in
// a record.
func (p Payment) Clone() Payment {
	r := &p.Request
	r.Orders, r.Discounts, r.Coupons, r.Agreed = slices.Clone(r.Orders), slices.Clone(r.Discounts), slices.Clone(r.Coupons), slices.Clone(r.Agreed)
	q := &p.Quote
	q.Items, q.Dropped, q.Coupons, q.Orders = slices.Clone(q.Items), slices.Clone(q.Dropped), slices.Clone(q.Coupons), nil
	for i := range q.Items {
		q.Items[i].Parts, q.Items[i].Lines = slices.Clone(q.Items[i].Parts), slices.Clone(q.Items[i].Lines)
		for k := range q.Items[i].Lines {
			q.Items[i].Lines[k] = slices.Clone(q.Items[i].Lines[k])
		}
	}
	p.Returns, p.Data = slices.Clone(p.Returns), ""
	for i := range p.Returns {
		p.Returns[i].Coupons = slices.Clone(p.Returns[i].Coupons)
	}
	return p
}

// Check reports the first identity that p breaks, as an [*order.FieldError].
func (p Payment) Check() error {
	if err := order.CheckID("id", p.ID); err != nil {
		return err
	}
	if err := order.CheckID("customer", p.Customer); err != nil {
		return err
	}
	if err := order.CheckWord("state", p.State, paymentStates); err != nil {
		return err
	}
	if err := p.checkSubject(); err != nil {
		return err
	}
	if err := p.checkCharge(); err != nil {
		return err
	}
	if err := p.checkState(); err != nil {
		return err
	}
	if err := cmp.Or(order.CheckOptionalTime("held", p.HeldAt), order.CheckOptionalTime("sent", p.FirstSentAt), order.CheckOptionalTime("last", p.LastSentAt),
		order.CheckOptionalTime("paid", p.Paid), order.CheckOptionalTime("changed", p.Changed), order.CheckOptionalTime("waits", p.DueAt), order.CheckOptionalTime("until", p.ActionUntil),
		order.CheckOptionalTime("quote.at", p.Quote.At), order.CheckOptionalTime("quote.deadline", p.Quote.Deadline),
		order.CheckOptional("request.by", p.Request.By), order.CheckOptional("quote.gateway", p.Quote.Gateway)); err != nil {
		return err
	}
	return cmp.Or(p.checkSaid(), p.checkCaptured(), p.checkReturns(), p.checkGone())
}

// checkSubject: a payment is of orders, of a bill, or into the own balance (P20).
func (p *Payment) checkSubject() error {
	if p.Quote.TopUp != (order.Money{}) || p.Request.TopUp != (order.Money{}) {
		if err := p.checkTopUp(); err != nil {
			return err
		}
	}
	if p.Bill != "" {
		if err := p.Bill.Check(); err != nil {
			return err
		}
		if len(p.Quote.Items) > 0 {
			return order.Invalid("bill", string(p.Bill), "is paid beside orders: a payment is of one or the other")
		}
		return nil
	}
	// What a quote promises of its amounts, a receipt says in public.
	if _, err := p.Quote.Receipt(string(p.ID), p.HeldAt); err != nil {
		return order.Within("quote", err)
	}
	for i := range p.Quote.Items {
		if err := p.Quote.Items[i].checkLines(); err != nil {
			return order.Within("quote."+order.Element("items", i), err)
		}
	}
	if p.ID != p.Request.Payment() {
		return order.Invalid("id", string(p.ID), "is not derived from customer and key")
	}
	return nil
}

// checkCharge: a gateway charges the cash part, or the payment succeeds at once.
func (p *Payment) checkCharge() error {
	if p.Amount == (order.Money{}) {
		if p.State != PaymentSucceeded {
			return order.Invalid("state", string(p.State), "does not fit a payment that charges nothing: it succeeds at once")
		}
		return nil
	}
	if err := cmp.Or(order.CheckID("key", p.Key), order.CheckID("gateway", p.Gateway)); err != nil {
		return err
	}
	if p.Amount != p.Quote.Sum.Cash || p.Amount.Sign() <= 0 {
		return order.Invalid("amount", p.Amount.String(), "is not the cash part, "+p.Quote.Sum.Cash.String())
	}
	return p.checkInstrument()
}

// checkInstrument: an instrument is one, and only a payment that began while nobody was there waits
// for the customer (P19).
func (p *Payment) checkInstrument() error {
	if p.Instrument != "" {
		if err := p.Instrument.Check("instrument", maxInstrument); err != nil {
			return err
		}
	}
	if p.Kept != "" {
		if err := p.Kept.Check("kept", maxInstrument); err != nil {
			return err
		}
	}
	if !p.Absent && !p.ActionUntil.IsZero() {
		return order.Invalid("until", order.Stamp(p.ActionUntil), "is of a payment that began while nobody was there")
	}
	return nil
}

// checkState reports what does not fit the state.
func (p *Payment) checkState() error {
	switch {
	case (p.State == PaymentSucceeded) == p.Paid.IsZero():
		return order.Invalid("paid", "", "must be set exactly when the payment succeeded")
	case p.State == PaymentSucceeded && order.CheckID("trade", p.Trade) != nil:
		return order.CheckID("trade", p.Trade)
	case p.State.Open() && p.DueAt.IsZero():
		return order.Invalid("waits", "", "is required: the gateway has to be asked again")
	case len(p.Returns) > 0 && p.State != PaymentSucceeded:
		return order.Invalid("returns", "", "are of a payment that has not succeeded")
	case p.Version < 0:
		return order.Invalid("version", strconv.FormatInt(p.Version, 10), "is below zero")
	}
	return nil
}

// checkSaid reports what a gateway cannot have said of a charge, or what is not kept of it.
func (p *Payment) checkSaid() error {
	if p.Data != "" {
		return order.Invalid("data", "", "is passed on, and stored nowhere")
	}
	if err := order.CheckText("handle", p.Handle, longestHandle); err != nil {
		return err
	}
	if p.Fee == (order.Money{}) {
		return nil
	}
	return checkNotBelow("fee", p.Fee)
}

// checkReturns: of no order, and in sum of nothing, more comes back than was paid (Q6).
func (p *Payment) checkReturns() error {
	for i, r := range p.Returns {
		if err := order.CheckID("refund", r.Refund); err != nil {
			return order.Within(order.Element("returns", i), err)
		}
		if r.Cash.Sign() < 0 || r.Cash.Currency() != p.Quote.Sum.Cash.Currency() {
			return order.Invalid(order.Element("returns", i)+".cash", r.Cash.String(), "is not above zero, in the currency of the payment")
		}
	}
	if p.Returned().Minor() > p.Quote.Sum.Cash.Minor() {
		return order.Invalid("returns", p.Returned().String(), "are more than was paid, "+p.Quote.Sum.Cash.String())
	}
	for i := range p.Quote.Items {
		it := &p.Quote.Items[i]
		if back := p.ReturnedOf(it.Order); back.Minor() > it.Cash.Minor() {
			return order.Invalid("returns", back.String(), "are more than order "+string(it.Order)+" paid, "+it.Cash.String())
		}
		for _, part := range it.Parts {
			if p.CouponBack(it.Order, part.Coupon) > part.Amount.Minor() {
				return order.Invalid("returns", "", "are more than coupon "+string(part.Coupon)+" paid of order "+string(it.Order))
			}
		}
	}
	return nil
}

// CouponBack is how many minor units a coupon has had back of an order.
func (p *Payment) CouponBack(of order.ID, id coupon.ID) (sum int64) {
	for _, r := range p.Returns {
		for _, c := range r.Coupons {
			if r.Order == of && c.Coupon == id {
				sum += c.Amount.Minor()
			}
		}
	}
	return sum
}

// ReturnedOf is how much of the cash part of an order was given back.
func (p *Payment) ReturnedOf(id order.ID) order.Money {
	sum := order.Minor(0, p.Quote.Sum.Cash.Currency())
	for _, r := range p.Returns {
		if r.Order == id {
			sum = order.Minor(sum.Minor()+r.Cash.Minor(), sum.Currency())
		}
	}
	return sum
}

// Item returns what the payment paid of an order.
func (p *Payment) Item(id order.ID) *Item {
	for i := range p.Quote.Items {
		if p.Quote.Items[i].Order == id {
			return &p.Quote.Items[i]
		}
	}
	return nil
}

// Over is what a gateway captured over what was asked for, of a payment that succeeded: zero,
// or above zero and gone where its Surplus says (I3).
func (p Payment) Over() order.Money {
	if p.State != PaymentSucceeded || p.Captured == (order.Money{}) {
		return order.Minor(0, p.Amount.Currency())
	}
	return order.Minor(p.Captured.Minor()-p.Amount.Minor(), p.Amount.Currency())
}

// checkCaptured: what a gateway captured is kept while an operator has not decided, and of a
// payment that succeeded where it was more than was asked for, with where the rest went.
func (p *Payment) checkCaptured() error {
	if p.Captured == (order.Money{}) {
		if p.Surplus != "" {
			return order.Invalid("surplus", string(p.Surplus), "needs a payment that captured more than was asked for")
		}
		return nil
	}
	switch {
	case p.Captured.Check() != nil || p.Captured.Sign() <= 0:
		return order.Invalid("captured", p.Captured.String(), "is not above zero")
	case p.State == PaymentReview && p.Surplus != "":
		return order.Invalid("surplus", string(p.Surplus), "is of a payment in review: nothing has been decided of it")
	case p.State == PaymentReview:
		return nil
	case p.State != PaymentSucceeded:
		return order.Invalid("captured", p.Captured.String(), "is of a payment that is neither in review nor succeeded")
	case p.Captured.Currency() != p.Amount.Currency() || p.Captured.Minor() <= p.Amount.Minor():
		return order.Invalid("captured", p.Captured.String(), "is not more than was asked for, "+p.Amount.String())
	}
	return p.Surplus.Check()
}

// SurplusOf reports whether f gives back what was captured over what was asked for.
func (p *Payment) SurplusOf(f *Refund) bool {
	return p.Surplus == SurplusRefund && f.ID == p.RefundID("", "", "") && f.Cash == p.Over()
}

// RefundID derives the ID of what is given back of an order that p paid, or of one resource of
// it, for another order: 32 characters (P12). What arrived late, or too much, has none of them.
func (p *Payment) RefundID(of, by order.ID, resource order.ResourceID) order.RefundID {
	return refundID(p.ID, of, by, resource)
}
