package payment

import (
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// giveBackOrder makes the refund due of an order that was paid and cannot be carried out;
// what it renewed is as it was before.
func (b *book) giveBackOrder(o order.Order) error {
	if o.Flow() == order.FlowBack {
		return nil // its refunds are made when it is placed, or approved
	}
	for i := range o.Lines {
		r, ok := get(b, resources, string(o.Lines[i].Resource))
		if !ok || r.State(b.at, b.policy.Renewal) == renewal.StateReleased || !slices.ContainsFunc(r.Periods, func(h renewal.Held) bool { return h.Order == o.ID }) {
			continue
		}
		r, err := b.outdated(r) // an extension was computed from what is taken back
		if err != nil {
			return err
		}
		before, err := r.Annul(o.ID, b.at, b.policy.Renewal)
		if err != nil {
			return err
		}
		b.putResource(before)
	}
	if o.Payment == "" { // it charged nothing
		return b.moveAlone(&o, order.Move{Event: order.EventRefund, By: desk})
	}
	if err := b.need(KindPayment, string(o.Payment)); err != nil {
		return err
	}
	p, ok := get(b, payments, string(o.Payment))
	if !ok {
		return field("payment", string(o.Payment), "paid order "+string(o.ID)+", and is not in the store")
	}
	return b.giveBackAll(&p, o.ID)
}

// giveBackAll records that all of what an order paid comes back, with its coupons: for an
// order that cannot be provided, or whose cause came while it was being paid.
func (b *book) giveBackAll(p *Payment, id order.ID) error {
	it := p.item(id)
	if it == nil {
		return field("order", string(id), "was not paid by payment "+string(p.ID))
	}
	if o, ok := get(b, orders, string(id)); ok { // it was no first order after all (C11)
		if err := b.need(KindTally, firstOrders(&o)...); err != nil {
			return err
		}
		b.count([]order.Order{o}, -1)
		if err := b.freeFirsts(&o, ""); err != nil {
			return err
		}
	}
	r := Return{Order: id, Cash: order.Minor(it.Cash.Minor()-p.returnedOf(id).Minor(), it.Cash.Currency())}
	for _, part := range it.Parts {
		if left := part.Amount.Minor() - p.couponBack(id, part.Coupon); left > 0 {
			r.Coupons = append(r.Coupons, CouponPart{part.Coupon, part.Kind, order.Minor(left, part.Amount.Currency())})
		}
	}
	f, err := b.giveBack(p, r, id, nil)
	if err != nil {
		return err
	}
	if f.State == RefundDone {
		return b.refunded(f)
	}
	return nil
}

// giveBack records a refund, and on its payment what it gives back: to accounts, the bill
// and coupons in this commit, through a gateway once it is due. by is the order that gives
// it back.
func (b *book) giveBack(p *Payment, r Return, by order.ID, with []RefundID) (Refund, error) {
	r.Refund = refundID(p.ID, r.Order, by, r.Resource)
	f := Refund{ID: r.Refund, Customer: b.customer, Payment: p.ID, Order: r.Order, For: by, With: with, Cash: r.Cash, Method: p.Quote.Method,
		Coupons: r.Coupons, Made: b.at, State: RefundDone, Done: b.at}
	if slices.ContainsFunc(p.Returns, func(before Return) bool { return before.Refund == r.Refund }) {
		return f, field("refund", string(r.Refund), "has been made of payment "+string(p.ID)+" already")
	}
	if f.Method == MethodOnline && r.Cash.Sign() > 0 {
		f.State, f.Done, f.Waits = RefundDue, time.Time{}, b.at
		f.Gateway, f.Charge, f.Trade, f.Key = p.Gateway, p.Key, p.Trade, p.refundKey(f.ID)
	}
	var err error
	switch {
	case r.Cash.Sign() == 0:
	case f.Method == MethodMonthly:
		err = b.onBill(r.Cash, Bill.Credit)
	case f.Method == MethodBalance:
		r.Takes, err = b.giveToAccounts(p, r.Cash)
	}
	if err != nil {
		return f, err
	}
	p.Returns = append(slices.Clip(p.Returns), r)
	p.Changed = later(p.Changed, b.at)
	if err := b.returnCoupons(p, r.Coupons, by); err != nil {
		return f, err
	}
	put(b, payments, *p)
	put(b, refunds, f)
	return f, nil
}

// refundKey is cut as the key of the charge was, to what the gateway takes.
func (p *Payment) refundKey(id RefundID) string { return string(id)[:min(len(id), len(p.Key))] }

// giveToAccounts gives an amount back to the accounts that it came from, in proportion to
// what is left of what each gave (Q6).
func (b *book) giveToAccounts(p *Payment, amount order.Money) (Takes, error) {
	from := p.Quote.Takes.each()
	weights, parts := make([]int64, len(from)), make([]order.Money, len(from))
	for i := range from {
		weights[i] = from[i].amount.Minor()
		for k := range p.Returns {
			weights[i] -= p.Returns[k].Takes.each()[i].amount.Minor()
		}
	}
	weights[0] = max(0, weights[0]) // more was given to cash before, in place of credit
	if err := amount.SplitInto(parts, weights); err != nil {
		return Takes{}, err
	}
	// Credit that has been repaid meanwhile is not used: the customer has it in cash.
	if parts[1].Sign() > 0 {
		if err := b.need(KindAccount, accountID(FundCredit, amount.Currency())); err != nil {
			return Takes{}, err
		}
		credit, _ := get(b, accounts, accountID(FundCredit, amount.Currency()))
		if more := parts[1].Minor() + credit.Balance.Minor(); more > 0 {
			parts[0] = order.Minor(parts[0].Minor()+more, amount.Currency())
			parts[1] = order.Minor(parts[1].Minor()-more, amount.Currency())
		}
	}
	for i := range from {
		if parts[i].Sign() == 0 {
			continue
		}
		id := accountID(from[i].fund, amount.Currency())
		if err := b.need(KindAccount, id); err != nil {
			return Takes{}, err
		}
		a, _ := get(b, accounts, id)
		a.Customer, a.Fund = b.customer, from[i].fund
		sum, err := a.Balance.Add(parts[i])
		if err != nil {
			return Takes{}, err
		}
		a.Balance = sum
		put(b, accounts, a)
	}
	return Takes{Cash: parts[0], Credit: parts[1], Budget: parts[2]}, nil
}

// returnCoupons gives coupons back what they paid. One that is not reusable comes back
// whole, once all that it paid has (Q5); what it paid of an order that ended without being
// provided comes back as a new coupon (C14). by is the order that gives it back.
func (b *book) returnCoupons(p *Payment, parts []CouponPart, by order.ID) error {
	o, _ := get(b, orders, string(by))
	failed := o.Flow() != order.FlowBack
	for _, part := range parts {
		if err := b.need(KindCoupon, string(part.Coupon)); err != nil {
			return err
		}
		c, ok := get(b, coupons, string(part.Coupon))
		if !ok {
			continue
		}
		amount, undone := part.Amount, p.paidBy(part.Coupon) == p.returnedTo(part.Coupon)
		ended := c.Validity().Ended(b.at) || c.State == coupon.StateExpired || c.State == coupon.StateReclaimed
		if failed && ended {
			b.tell(Notice{Kind: NoticeCouponEnded, Payment: p.ID, Orders: []order.ID{by}, Amount: part.Amount, Text: string(c.ID)})
		}
		if !c.Reusable {
			if undone {
				amount = order.Minor(p.paidBy(part.Coupon).Minor()-c.PassedOn.Minor(), part.Amount.Currency())
			}
			if (!undone || c.PassedOn.Sign() > 0) && !ended && (failed || undone) {
				if err := b.passOn(c, amount, by); err != nil {
					return err
				}
			}
			if !undone || c.PassedOn.Sign() > 0 {
				continue
			}
		}
		after, err := c.Return(amount, undone, b.at)
		if err != nil {
			return err
		}
		if after.Balance != c.Balance {
			b.putCoupon(after)
		}
	}
	return nil
}

// passOn gives back what a coupon of a single use paid, as a new one (C14).
func (b *book) passOn(c coupon.Coupon, part order.Money, by order.ID) error {
	id := derive("coupon part", string(b.customer), string(c.ID), string(by))
	if err := b.need(KindCoupon, id); err != nil {
		return err
	}
	if _, there := get(b, coupons, id); there {
		return field("coupon", id, "has come back of coupon "+string(c.ID)+" already")
	}
	after, fresh, err := c.PassOn(coupon.ID(id), part, b.at)
	if err != nil {
		return err
	}
	b.putCoupon(after)
	b.putCoupon(cloneCoupon(fresh))
	return nil
}

// returnUse gives a discount coupon back the use of an order that is not provided (C14).
func (b *book) returnUse(o *order.Order) error {
	if o.Reduction.Kind != kindDiscountCoupon {
		return nil
	}
	if err := b.need(KindCoupon, o.Reduction.ID); err != nil {
		return err
	}
	c, ok := get(b, coupons, o.Reduction.ID)
	if !ok || c.Used == 0 || c.Kind != coupon.KindDiscount {
		return nil
	}
	after, err := c.Return(order.Money{}, true, b.at)
	if err != nil {
		return err
	}
	if after.Used == c.Used {
		b.tell(Notice{Kind: NoticeCouponEnded, Orders: []order.ID{o.ID}, Text: string(c.ID)})
		return nil
	}
	b.putCoupon(after)
	return nil
}

// paidBy is what a coupon paid of the payment.
func (p *Payment) paidBy(id coupon.ID) (sum order.Money) {
	for _, part := range p.Quote.couponParts() {
		if part.Coupon == id {
			sum = part.Amount
		}
	}
	return sum
}

// returnedTo is what was given back to a coupon.
func (p *Payment) returnedTo(id coupon.ID) order.Money {
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

// refundLate records that what a gateway took goes back, of a payment that had ended
// without it. What the gateway says wrongly is kept for an operator, and the payment still
// looked at: where it says it right before that was sent, the refund is of what is right.
func (b *book) refundLate(p Payment, out Outcome, wrong string) (Payment, error) {
	id := refundID(p.ID, "", "", "")
	if err := b.need(KindRefund, string(id)); err != nil {
		return p, err
	}
	f, there := get(b, refunds, string(id))
	if order.CheckID("trade", out.Trade) != nil {
		out.Trade = "" // wrong names it
	}
	if there && (wrong != "" || f.State != RefundReview || f.Tries > 0 || !f.Sent.IsZero() || f.Cash == out.Amount && f.Trade == out.Trade) {
		return p, nil
	}
	f = Refund{ID: id, Customer: b.customer, Payment: p.ID, Cash: out.Amount, Method: MethodOnline, State: RefundDue, Made: b.at, Waits: b.at,
		Gateway: p.Gateway, Charge: p.Key, Trade: out.Trade, Key: p.refundKey(id)}
	p.Late, p.Trade, p.Changed = out.Amount, out.Trade, later(p.Changed, b.at)
	if wrong != "" {
		f.State, f.Reason, f.Waits = RefundReview, wrong, time.Time{}
	} else {
		p.Waits = time.Time{}
	}
	put(b, refunds, f)
	put(b, payments, p)
	return p, nil
}

// refunded moves the order that a refund is for, once all of its refunds are done.
func (b *book) refunded(f Refund) error {
	if f.For == "" {
		return nil
	}
	if err := b.need(KindRefund, texts(f.With)...); err != nil {
		return err
	}
	for _, id := range f.With {
		if other, ok := get(b, refunds, string(id)); !ok || other.State != RefundDone {
			return nil
		}
	}
	if err := b.needOrders(f.For); err != nil {
		return err
	}
	o, ok := get(b, orders, string(f.For))
	if !ok || o.State != order.StateRefunding {
		return nil
	}
	return b.moveAlone(&o, order.Move{Event: order.EventRefund, By: desk})
}
