package payment

import (
	"cmp"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// CouponParts returns what each coupon pays of all orders, by ID.
func (q *Quote) CouponParts() []CouponPart {
	var sum []CouponPart
	for i := range q.Items {
		for _, part := range q.Items[i].Parts {
			k := slices.IndexFunc(sum, func(s CouponPart) bool { return s.Coupon == part.Coupon })
			if k < 0 {
				sum = append(sum, part)
				continue
			}
			sum[k].Amount = order.Minor(sum[k].Amount.Minor()+part.Amount.Minor(), part.Amount.Currency())
		}
	}
	slices.SortFunc(sum, func(a, b CouponPart) int { return cmp.Compare(a.Coupon, b.Coupon) })
	return sum
}

// Quote is what a payment would be, before anyone pays: who is in, what each order costs
// and who pays it, and who dropped out and why. Nothing is held by it.
type Quote struct {
	Payment  order.PaymentID  `json:"payment,omitempty"` // empty where the request has no key
	Customer order.CustomerID `json:"customer"`
	At       time.Time        `json:"at"` // when it was judged
	// Items are the orders that are in, in the order of the request, and Sum adds them up.
	Items []Item  `json:"items"`
	Sum   Amounts `json:"sum"`
	// TopUp is what is paid into the own balance, in place of Items, and all of Sum (P20).
	TopUp order.Money `json:"topUp,omitzero"`
	// Dropped are those that are not, in the order of the request (P3).
	Dropped []Drop `json:"dropped,omitempty"`
	// Coupons are how the coupons fared that were named, or that there were to choose
	// from (C12).
	Coupons []coupon.Verdict `json:"coupons,omitempty"`

	Method  Method       `json:"method,omitempty"`  // of the cash part; empty: nobody has been asked to pay it
	Account AccountType  `json:"account,omitempty"` // of MethodBalance (P9)
	Gateway string       `json:"gateway,omitempty"` // of MethodOnline
	Takes   AccountParts `json:"takes,omitzero"`    // of MethodBalance: what comes from where (P4)

	// Deadline is the last second in which all of it can be paid, and DeadlineOf the
	// order that sets it; zero where nothing that is in has one.
	Deadline   time.Time `json:"deadline,omitzero"`
	DeadlineOf order.ID  `json:"deadlineOf,omitempty"`

	// Orders are those of Items, with the discounts that were chosen. They may share
	// memory with Facts.Orders. The quote of a payment's record has none: they are records
	// themselves.
	Orders []order.Order `json:"orders,omitempty"`
}

// Charged reports whether a gateway is to charge something.
func (q *Quote) Charged() bool { return q.Method == MethodOnline && q.Sum.Cash.Sign() > 0 }

// Amounts are the parts of what an order, or a payment, costs: List - Discount = Payable
// = Coupons + Cards + Cash, each at least 0 (O5, P15).
type Amounts struct {
	List     order.Money `json:"list"`
	Discount order.Money `json:"discount"`
	Payable  order.Money `json:"payable"`
	Coupons  order.Money `json:"coupons"` // cash coupons, then flexi-purchase coupons
	Cards    order.Money `json:"cards"`   // stored-value cards
	Cash     order.Money `json:"cash"`    // the rest, by the method
}

// Item is an order of a payment.
type Item struct {
	Order    order.ID         `json:"order"`
	Purchase order.PurchaseID `json:"purchase,omitempty"`
	Amounts
	Parts []CouponPart `json:"parts,omitempty"` // what each coupon pays, in the order of P15
	// Lines are, of an order whose lines a coupon tells apart, what each of Parts pays of each
	// line; nil where each pays of all lines, in proportion to what is left of them.
	Lines [][]order.Money `json:"lines,omitempty"`
}

// LinesOf returns what part k pays of each line, where the lines are told apart; nil where they
// are not, or there is no such part.
func (it *Item) LinesOf(k int) []order.Money {
	if k < 0 || k >= len(it.Lines) {
		return nil
	}
	return it.Lines[k]
}

// checkLines: where the lines are told apart, each part is what it pays of them.
func (it *Item) checkLines() error {
	if it.Lines != nil && len(it.Lines) != len(it.Parts) {
		return order.Invalid("lines", "", "are not those of each part")
	}
	for k, lines := range it.Lines {
		sum := int64(0)
		for _, m := range lines {
			sum += m.Minor()
		}
		if sum != it.Parts[k].Amount.Minor() {
			return order.Invalid(order.Element("lines", k), "", "add up to something else than the part, "+it.Parts[k].Amount.String())
		}
	}
	return nil
}

// CouponPart is what a coupon pays of an order.
type CouponPart struct {
	Coupon coupon.ID   `json:"coupon"`
	Kind   coupon.Kind `json:"kind"`
	Amount order.Money `json:"amount"`
}

// AccountParts are what a balance payment takes from which account: the cash account first, the
// credit account for the rest (P4), or a partner's budget (P9).
type AccountParts struct {
	Cash   order.Money `json:"cash,omitzero"`
	Credit order.Money `json:"credit,omitzero"`
	Budget order.Money `json:"budget,omitzero"`
}

// Each returns what comes from, or goes to, each account, zeros too.
func (t *AccountParts) Each() [3]struct {
	Fund   Fund
	Amount order.Money
} {
	return [...]struct {
		Fund   Fund
		Amount order.Money
	}{{FundCash, t.Cash}, {FundCredit, t.Credit}, {FundBudget, t.Budget}}
}

// Paid returns what pays an order, as it will stand in [order.Order.Paid].
func (a Amounts) Paid() order.Parts {
	return order.Parts{Coupons: a.Coupons, Cards: a.Cards, Cash: a.Cash}
}

// Paid returns what pays each order, for the move that settles them.
func (q Quote) Paid() []order.OrderParts {
	parts := make([]order.OrderParts, len(q.Items))
	for i := range q.Items {
		parts[i] = order.OrderParts{Order: q.Items[i].Order, Parts: q.Items[i].Paid()}
	}
	return parts
}

// Explain says what set the deadline of the payment (E6).
func (q Quote) Explain() order.Explanation {
	for i := range q.Orders {
		if q.Orders[i].ID == q.DeadlineOf {
			return q.Orders[i].Explain()
		}
	}
	if !q.Deadline.IsZero() { // of a payment's record, whose orders are records themselves
		return order.Explanation{Rule: "E1", Thing: "order " + string(q.DeadlineOf), To: q.Deadline,
			Text: "it is the deadline of order " + string(q.DeadlineOf)}
	}
	return order.Explanation{Text: "none: nothing of it is charged for now"}
}

// Quote judges the request on the facts at the given time: which of its orders are paid
// and what each costs (P3), or a [*Refusal] with the reason why nothing is paid (P11). Of
// several reasons the first is given: the request itself, who acts, the account, the
// orders, the host's checks, coupons, what was agreed to, the second authentication, the
// method. Discount, coupons and cards come before the method (P15). Quote holds nothing
// and changes nothing; the same request and facts are the same quote, however the
// facts are ordered and the coupons are named.
//
// What is only priced needs no Key and no Method: who pays the cash part is not judged then. An
// empty By, and an ID that the customer of the facts lacks, are those of the request's customer.
//
// Any other error is an [*order.FieldError] for facts that are not valid, and [ErrHost].
//
// The orders are taken as package order returned them. Quote makes sure of what it
// decides on: owner, state, deadline, purchase, currency and amounts; [order.Order.Check]
// states the rest.
func (r Request) Quote(f Facts, at time.Time) (Quote, error) { return r.QuoteBeforeCard(f, at, true) }

// QuoteBeforeCard is [Request.Quote], with the card that would be charged, or before it is known.
func (r Request) QuoteBeforeCard(f Facts, at time.Time, card bool) (Quote, error) {
	at, err := order.Second(at)
	if err != nil {
		return Quote{}, err
	}
	r.By = cmp.Or(r.By, string(r.Customer))
	f.Customer.ID = cmp.Or(f.Customer.ID, r.Customer)
	if err := order.CheckID("customer", r.Customer); err != nil {
		return Quote{}, Refuse(ReasonBadRequest, err)
	}
	if err := f.Check(); err != nil {
		return Quote{}, ofFacts(order.Within("facts", err))
	}
	j := &judge{request: r, facts: f, at: at, card: card}
	if refusal := j.admit(); refusal != nil {
		return Quote{}, refusal
	}
	if r.TopUp != (order.Money{}) {
		return j.topUp()
	}
	if err := j.gather(); err != nil {
		return Quote{}, ofFacts(err)
	}
	if refusal := j.checkFindings(); refusal != nil {
		return Quote{}, refusal
	}
	q := Quote{Customer: r.Customer, At: at, Dropped: j.dropped, Method: r.Method, Orders: j.orders}
	if r.Key != "" {
		q.Payment = r.Payment()
	}
	if err := j.allocate(&q); err != nil {
		return Quote{}, ofFacts(err)
	}
	if refusal := j.chooseMethod(&q); refusal != nil {
		return Quote{}, refusal
	}
	q.limit()
	return q, nil
}

// limit finds the deadline of the whole: the earliest.
func (q *Quote) limit() {
	for i := range q.Orders {
		o := &q.Orders[i]
		if o.Deadline.IsZero() || !q.Deadline.IsZero() && !o.Deadline.Before(q.Deadline) {
			continue
		}
		q.Deadline, q.DeadlineOf = o.Deadline, o.ID
	}
}
