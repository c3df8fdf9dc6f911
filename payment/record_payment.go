package payment

import (
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// PaymentState is where a payment stands. The zero value is no state.
type PaymentState string

const (
	PaymentPending   PaymentState = "pending"   // everything is held, and the gateway is asked
	PaymentSucceeded PaymentState = "succeeded" // final
	PaymentFailed    PaymentState = "failed"    // final: the gateway declined
	PaymentCanceling PaymentState = "canceling" // to be given up, as soon as the gateway says that no money will come
	PaymentCanceled  PaymentState = "canceled"  // final
	PaymentReview    PaymentState = "review"    // the gateway contradicts itself, or says nothing: everything stays held until an operator decides
)

var paymentStates = []PaymentState{PaymentPending, PaymentSucceeded, PaymentFailed, PaymentCanceling, PaymentCanceled, PaymentReview}

// paymentMoves are the moves of a payment; there are no others.
var paymentMoves = map[PaymentState][]PaymentState{
	"":               {PaymentPending, PaymentSucceeded},
	PaymentPending:   {PaymentSucceeded, PaymentFailed, PaymentCanceling, PaymentReview},
	PaymentCanceling: {PaymentSucceeded, PaymentFailed, PaymentCanceled, PaymentReview},
	PaymentReview:    {PaymentSucceeded, PaymentFailed},
}

// UnmarshalText reads a state strictly.
func (s *PaymentState) UnmarshalText(b []byte) error {
	return read("payment state", s, paymentStates, b)
}

// Scan reads a state from a text column.
func (s *PaymentState) Scan(src any) error {
	return order.ScanText("payment state", src, s.UnmarshalText)
}

// Final reports whether no move leaves s.
func (s PaymentState) Final() bool {
	return s == PaymentSucceeded || s == PaymentFailed || s == PaymentCanceled
}

// Payment is a payment of orders, or of one bill, from the commit that holds what it pays.
type Payment struct {
	ID       order.PaymentID  `json:"id"`
	Customer order.CustomerID `json:"customer"`
	State    PaymentState     `json:"state"`
	Request  Request          `json:"request,omitzero"` // what was asked for, word for word
	Bill     Month            `json:"bill,omitempty"`   // the bill it pays, in place of orders
	Quote    Quote            `json:"quote"`            // what it was judged to be when it was held
	Held     time.Time        `json:"held"`             // when

	// Of what goes through a gateway.
	Gateway string      `json:"gateway,omitempty"`
	Key     string      `json:"key,omitempty"` // the gateway's, the same for ever
	Amount  order.Money `json:"amount,omitzero"`
	Sent    time.Time   `json:"sent,omitzero"`   // the first send
	Last    time.Time   `json:"last,omitzero"`   // the last send
	Absent  time.Time   `json:"absent,omitzero"` // the first "not found" since nothing can be on its way any more
	Action  string      `json:"action,omitempty"`
	Acts    bool        `json:"acts,omitempty"` // an action has been asked for: the customer can still finish it
	Tries   int         `json:"tries,omitempty"`
	Reason  string      `json:"reason,omitempty"` // why it failed, is canceled, or in review
	Trade   string      `json:"trade,omitempty"`
	Late    order.Money `json:"late,omitzero"` // what the gateway took though it failed; given back
	// What the gateway says that it captured, of a payment in review; of one that succeeded where
	// it was more than Amount, and Surplus says where the rest went.
	Captured order.Money `json:"captured,omitzero"`
	Surplus  Surplus     `json:"surplus,omitempty"`
	Paid     time.Time   `json:"paid,omitzero"`
	Changed  time.Time   `json:"changed"`
	Returns  []Return    `json:"returns,omitempty"` // what has been given back so far, refunds due included
	Waits    time.Time   `json:"waits,omitzero"`
	Version  int64       `json:"version,omitempty"`
}

// Return is what was given back of an order, or of one resource of it.
type Return struct {
	Refund   RefundID         `json:"refund"`
	Order    order.ID         `json:"order"`
	Resource order.ResourceID `json:"resource,omitempty"`
	Cash     order.Money      `json:"cash"`
	Takes    Takes            `json:"takes,omitzero"` // of a balance: to which accounts
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

// Charge returns what the gateway is asked for.
func (p *Payment) Charge() Charge {
	return Charge{Gateway: p.Gateway, Key: p.Key, Customer: p.Customer, Payment: p.ID, Amount: p.Amount, At: p.Sent}
}

// live reports whether the payment holds something.
func (s PaymentState) live() bool { return s != "" && !s.Final() }

// open reports whether the gateway decides what becomes of the payment.
func (s PaymentState) open() bool { return s == PaymentPending || s == PaymentCanceling }

func (p Payment) clone() Payment {
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
	p.Returns = slices.Clone(p.Returns)
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
	if err := checkWord("state", p.State, paymentStates); err != nil {
		return err
	}
	if p.Bill != "" {
		if err := p.Bill.Check(); err != nil {
			return err
		}
		if len(p.Quote.Items) > 0 {
			return field("bill", string(p.Bill), "is paid beside orders: a payment is of one or the other")
		}
	} else {
		// What a quote promises of its amounts, a receipt says in public.
		if _, err := p.Quote.Receipt(string(p.ID), p.Held); err != nil {
			return under("quote", err)
		}
		for i := range p.Quote.Items {
			if err := p.Quote.Items[i].checkLines(); err != nil {
				return under("quote."+nth("items", i), err)
			}
		}
		if p.ID != p.Request.Payment() {
			return field("id", string(p.ID), "is not derived from customer and key")
		}
	}
	if p.Amount != (order.Money{}) {
		if err := order.CheckID("key", p.Key); err != nil {
			return err
		}
		if err := order.CheckID("gateway", p.Gateway); err != nil {
			return err
		}
		if p.Amount != p.Quote.Sum.Cash || p.Amount.Sign() <= 0 {
			return field("amount", p.Amount.String(), "is not the cash part, "+p.Quote.Sum.Cash.String())
		}
	} else if p.State != PaymentSucceeded {
		return field("state", string(p.State), "is none of a payment that charges nothing: it succeeds at once")
	}
	switch {
	case (p.State == PaymentSucceeded) == p.Paid.IsZero():
		return field("paid", "", "is when the payment succeeded, and only that")
	case p.State == PaymentSucceeded && order.CheckID("trade", p.Trade) != nil:
		return order.CheckID("trade", p.Trade)
	case p.State.open() && p.Waits.IsZero():
		return field("waits", "", "is not set, and the gateway has to be asked again")
	case len(p.Returns) > 0 && p.State != PaymentSucceeded:
		return field("returns", "", "are of a payment that has not succeeded")
	case p.Version < 0:
		return field("version", strconv.FormatInt(p.Version, 10), "is below zero")
	}
	if err := checkTimes(namedTime{"held", p.Held}, namedTime{"sent", p.Sent}, namedTime{"last", p.Last}, namedTime{"paid", p.Paid},
		namedTime{"changed", p.Changed}, namedTime{"waits", p.Waits}, namedTime{"quote.at", p.Quote.At}, namedTime{"quote.deadline", p.Quote.Deadline}); err != nil {
		return err
	}
	if err := checkWords(namedWord{"request.by", p.Request.By}, namedWord{"quote.gateway", p.Quote.Gateway}); err != nil {
		return err
	}
	if err := p.checkCaptured(); err != nil {
		return err
	}
	return p.checkReturns()
}

// checkReturns: of no order, and in sum of nothing, more comes back than was paid (Q6).
func (p *Payment) checkReturns() error {
	for i, r := range p.Returns {
		if err := order.CheckID("refund", r.Refund); err != nil {
			return under(nth("returns", i), err)
		}
		if r.Cash.Sign() < 0 || r.Cash.Currency() != p.Quote.Sum.Cash.Currency() {
			return field(nth("returns", i)+".cash", r.Cash.String(), "is not above zero, in the currency of the payment")
		}
	}
	if p.Returned().Minor() > p.Quote.Sum.Cash.Minor() {
		return field("returns", p.Returned().String(), "are more than was paid, "+p.Quote.Sum.Cash.String())
	}
	for i := range p.Quote.Items {
		it := &p.Quote.Items[i]
		if back := p.returnedOf(it.Order); back.Minor() > it.Cash.Minor() {
			return field("returns", back.String(), "are more than order "+string(it.Order)+" paid, "+it.Cash.String())
		}
		for _, part := range it.Parts {
			if p.couponBack(it.Order, part.Coupon) > part.Amount.Minor() {
				return field("returns", "", "are more than coupon "+string(part.Coupon)+" paid of order "+string(it.Order))
			}
		}
	}
	return nil
}

// couponBack is how many minor units a coupon has had back of an order.
func (p *Payment) couponBack(of order.ID, id coupon.ID) (sum int64) {
	for _, r := range p.Returns {
		for _, c := range r.Coupons {
			if r.Order == of && c.Coupon == id {
				sum += c.Amount.Minor()
			}
		}
	}
	return sum
}

// returnedOf is how much of the cash part of an order was given back.
func (p *Payment) returnedOf(id order.ID) order.Money {
	sum := order.Minor(0, p.Quote.Sum.Cash.Currency())
	for _, r := range p.Returns {
		if r.Order == id {
			sum = order.Minor(sum.Minor()+r.Cash.Minor(), sum.Currency())
		}
	}
	return sum
}

// item returns what the payment paid of an order.
func (p *Payment) item(id order.ID) *Item {
	for i := range p.Quote.Items {
		if p.Quote.Items[i].Order == id {
			return &p.Quote.Items[i]
		}
	}
	return nil
}
