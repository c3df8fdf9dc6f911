package payment

import (
	"cmp"
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// Wanted says which discount coupons a request may reduce orders by.
func (r *Request) Wanted(c *coupon.Coupon) bool {
	return slices.ContainsFunc(r.Discounts, func(p Pick) bool { return p.Best || string(p.Discount) == string(c.ID) })
}

// Needs says which coupons a request may use, to reduce orders or to pay.
func (r *Request) Needs(c *coupon.Coupon) bool {
	return r.Wanted(c) || r.Choose || slices.Contains(r.Coupons, c.ID)
}

// Asked is Check for a caller of the Desk, as a [*Refusal]: a payment needs a key and a method,
// and nobody acts as the Desk itself.
func (r Request) Asked() error {
	err := r.Check()
	if err == nil {
		err = cmp.Or(order.CheckID("key", r.Key), order.CheckID("customer", r.Customer), order.CheckWord("method", r.Method, methods))
	}
	if err == nil && r.By == ByDesk {
		err = order.Invalid("by", ByDesk, "is the Desk itself: say who acts")
	}
	if err != nil {
		return Refuse(ReasonBadRequest, err)
	}
	return nil
}

// Request is what a customer asks to be paid, and how. It names things: what they cost
// is found out (P3).
type Request struct {
	Key      Key              `json:"key,omitempty"` // of the payment: the Desk needs one (P13)
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	// Orders are one, or 2 to 30 for a combined payment (P1). A purchase is named with
	// all its orders (P2). Coupons are spread over them in this order (C9).
	Orders []order.ID `json:"orders,omitempty"`
	// TopUp is what the customer pays into the own balance, in place of orders: online alone, and
	// without what belongs to orders (P20).
	TopUp order.Money `json:"topUp,omitzero"`
	// Discounts are chosen for orders in place of those they have; others keep theirs.
	Discounts []Pick `json:"discounts,omitempty"`
	// Coupons pay as far as they can. Where none is named none is used, unless Choose asks
	// for the automatic choice (C8).
	Coupons []coupon.ID `json:"coupons,omitempty"`
	Choose  bool        `json:"choose,omitempty"`
	Method  Method      `json:"method,omitempty"`  // of the cash part; empty: only priced, and nobody pays
	Account AccountType `json:"account,omitempty"` // of MethodBalance; empty: by association (P9)
	Gateway string      `json:"gateway,omitempty"` // of MethodOnline; empty: the customer's
	// Instrument is what MethodOnline charges: a saved card or mandate of the customer at this
	// gateway, 1 to 64 bytes. Empty: the customer's own, where the gateway is the customer's, or
	// else what the customer names at the gateway (P19).
	Instrument order.Opaque `json:"instrument,omitempty"`
	// Keep: the customer names an instrument at the gateway, and has agreed that it is kept for
	// later charges, which the host has asked for. [Payment.Kept] is its handle (P19).
	Keep bool `json:"keep,omitempty"`
	// Independent is the customer's word that what overlaps with the standard sales
	// contract is independent of it (P7).
	Independent bool `json:"independent,omitempty"`
	// Whole refuses the payment where an order would drop out of it (P3).
	Whole bool `json:"whole,omitempty"`
	// Agreed is what the customer saw and agreed to, as [Quote.Agreed] gives it: an order
	// that is not in it, or no longer so, drops out (P3). None: nothing is compared.
	Agreed []Agreed `json:"agreed,omitempty"`
}

// Pick is a discount chosen for an order when it is paid: one of those to choose from,
// the best of them, or, with neither, none. Best looks at the kinds that compete ([discount.Policy],
// Compete): unless a house says otherwise, promotional discounts and discount coupons must be
// named.
type Pick struct {
	Order    order.ID    `json:"order"`
	Discount discount.ID `json:"discount,omitempty"`
	Best     bool        `json:"best,omitempty"` // the best of those that compete, unless what the order has is as good (D7)
}

// Payment derives the ID of the payment that r asks for from its customer and key alone: 32
// characters, the same wherever it is derived (P12).
func (r Request) Payment() order.PaymentID {
	return order.PaymentID(order.Derive("payment", string(r.Customer), string(r.Key)))
}

// Check reports the first thing about r that is not valid, as an [*order.FieldError]. Who asks,
// the key and the method may be left out: a host says who asks after it has read the rest, and
// what is only priced needs no more. Fewer orders than 30, and how many coupons there may be,
// is policy, and judged by [Request.Quote].
func (r Request) Check() error {
	if err := cmp.Or(order.CheckOptional("key", r.Key), order.CheckOptional("customer", r.Customer), order.CheckOptional("by", r.By)); err != nil {
		return err
	}
	if r.TopUp != (order.Money{}) {
		return r.checkTopUp()
	}
	if err := order.CheckIDs("orders", r.Orders, order.MaxAtOnce); err != nil {
		return err
	}
	for i, p := range r.Discounts {
		if err := r.checkPick(i, p); err != nil {
			return order.Within(order.Element("discounts", i), err)
		}
	}
	if err := order.CheckDistinct("coupons", r.Coupons); err != nil {
		return err
	}
	if r.Choose && len(r.Coupons) > 0 {
		return order.Invalid("choose", "", "asks for the automatic choice beside coupons that are named: do one or the other")
	}
	if err := r.checkMethod(); err != nil {
		return err
	}
	for i, a := range r.Agreed {
		if err := a.Check(); err != nil {
			return order.Within(order.Element("agreed", i), err)
		}
		if slices.ContainsFunc(r.Agreed[:i], func(b Agreed) bool { return b.Order == a.Order }) {
			return order.Invalid(order.Element("agreed", i)+".order", string(a.Order), "is named twice")
		}
	}
	return nil
}

func (r Request) checkPick(i int, p Pick) error {
	switch {
	case !slices.Contains(r.Orders, p.Order):
		return order.Invalid("order", string(p.Order), "is not among the orders to be paid")
	case slices.ContainsFunc(r.Discounts[:i], func(q Pick) bool { return q.Order == p.Order }):
		return order.Invalid("order", string(p.Order), "has a discount chosen already: one order, one discount (D2)")
	}
	return p.Check()
}

// Check reports the first thing about p that is not valid, as an [*order.FieldError].
func (p Pick) Check() error {
	if p.Best && p.Discount != "" {
		return order.Invalid("best", "", "asks for the best beside a discount that is named: do one or the other")
	}
	return cmp.Or(order.CheckID("order", p.Order), order.CheckOptional("discount", p.Discount))
}

func (r Request) checkMethod() error {
	if r.Method != "" {
		if err := order.CheckWord("method", r.Method, methods); err != nil {
			return err
		}
	}
	if r.Account != "" {
		if err := order.CheckWord("account", r.Account, accountTypes); err != nil {
			return err
		}
		if r.Method != MethodBalance {
			return order.Invalid("account", string(r.Account), "belongs to the method balance alone")
		}
	}
	if r.Gateway != "" {
		if r.Method != MethodOnline {
			return order.Invalid("gateway", r.Gateway, "belongs to the method online alone")
		}
		if err := order.CheckID("gateway", r.Gateway); err != nil {
			return err
		}
	}
	return r.checkInstrument()
}

// checkInstrument reports what is asked of an instrument and cannot be (P19). The instrument stands
// in no error.
func (r Request) checkInstrument() error {
	online := r.Method == MethodOnline
	switch {
	case r.Instrument != "" && !online:
		return order.Invalid("instrument", "", "belongs to the method online alone")
	case r.Keep && !online:
		return order.Invalid("keep", "", "belongs to the method online alone")
	case r.Keep && r.Instrument != "":
		return order.Invalid("keep", "", "asks to keep what the customer names at the gateway, beside an instrument that is kept already: do one or the other")
	case r.Instrument != "":
		return r.Instrument.Check("instrument", maxInstrument)
	}
	return nil
}

// maxInstrument is how many bytes an instrument has, at most (P19).
const maxInstrument = 64

// Within reports more orders, or coupons, than a customer's policy allows (P1, C4).
func (r Request) Within(p *Policy) *Refusal {
	if n := p.maxOrders(); len(r.Orders) > n {
		return Refuse(ReasonBadRequest, order.TooMany("orders", len(r.Orders), n))
	}
	if n := cmp.Or(p.Coupon.MaxCoupons, 3); len(r.Coupons) > n {
		refusal := Refusef(ReasonCoupon, "%d coupons are named, and at most %d pay: leave some out", len(r.Coupons), n)
		for _, id := range r.Coupons[max(n, 0):] {
			refusal.Coupons = append(refusal.Coupons, coupon.Verdict{Coupon: id, Reason: coupon.ReasonTooMany})
		}
		return refusal
	}
	return nil
}

// Same reports whether r and s ask for the same, so that under one key they are one
// payment (P13). Coupons, discounts and what was agreed to are compared as sets, orders
// in their order, in which coupons are spread.
func (r Request) Same(s Request) bool {
	return r.Key == s.Key && r.Customer == s.Customer && r.By == s.By && slices.Equal(r.Orders, s.Orders) && r.TopUp == s.TopUp &&
		sameSet(r.Discounts, s.Discounts) && sameSet(r.Coupons, s.Coupons) && r.Choose == s.Choose && r.sameMeans(&s) &&
		r.Independent == s.Independent && r.Whole == s.Whole &&
		slices.EqualFunc(byOrder(r.Agreed), byOrder(s.Agreed), Agreed.same)
}

// sameMeans reports whether r and s are paid in the same way.
func (r *Request) sameMeans(s *Request) bool {
	return r.Method == s.Method && r.Account == s.Account && r.Gateway == s.Gateway && r.Instrument == s.Instrument && r.Keep == s.Keep
}

// sameSet reports whether a and b hold the same, in any order.
func sameSet[T comparable](a, b []T) bool {
	in := func(set []T) func(T) bool {
		return func(x T) bool { return !slices.Contains(set, x) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}
