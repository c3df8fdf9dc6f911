package desk

import (
	"reflect"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// giveBackOrder makes the refund due of an order that was paid and cannot be carried out, and
// undoes what it renewed.
func (b *tx) giveBackOrder(o order.Order) error {
	if o.Flow() == order.FlowBack {
		return nil // its refunds are made when it is placed, or approved
	}
	for i := range o.Lines {
		if o.Type == order.TypeUpgrade {
			break // it renews nothing: undoChange takes back what it began
		}
		r, ok := ledger.Get(b.Tx, ledger.Resources, string(o.Lines[i].Resource))
		if !ok || r.State(b.At, b.Policy.Renewal) == renewal.StateReleased || !slices.ContainsFunc(r.Periods, func(h renewal.PaidPeriod) bool { return h.Order == o.ID }) {
			continue
		}
		r, err := b.current(r)
		if err != nil {
			return err
		}
		r, err = b.outdated(r) // an extension is computed from what is taken back
		if err != nil {
			return err
		}
		before, err := r.VoidRenewal(o.ID, b.At, b.Policy.Renewal)
		if err != nil {
			return err
		}
		b.putResource(before)
	}
	if err := b.undoChange(&o); err != nil {
		return err
	}
	if o.Payment == "" { // it charged nothing
		return b.moveAlone(&o, order.Move{Event: order.EventRefund, By: payment.ByDesk})
	}
	if err := b.Need(ledger.KindPayment, string(o.Payment)); err != nil {
		return err
	}
	p, ok := ledger.Get(b.Tx, ledger.Payments, string(o.Payment))
	if !ok {
		return misset("payment", string(o.Payment), "paid order "+string(o.ID)+", and is not in the store")
	}
	return b.giveBackAll(&p, o.ID)
}

// giveBackAll gives back all that was paid for an order, and its coupons: for an order that
// cannot be provided, or that a cause ended while it was being paid.
func (b *tx) giveBackAll(p *payment.Payment, id order.ID) error {
	it := p.Item(id)
	if it == nil {
		return misset("order", string(id), "was not paid by payment "+string(p.ID))
	}
	if o, ok := ledger.Get(b.Tx, ledger.Orders, string(id)); ok { // it was no first order after all (C11)
		if err := b.count([]order.Order{o}, p.ID, -1); err != nil {
			return err
		}
		if err := b.freeFirsts(&o, ""); err != nil {
			return err
		}
	}
	r := payment.Return{Order: id, Cash: order.Minor(it.Cash.Minor()-p.ReturnedOf(id).Minor(), it.Cash.Currency())}
	for _, part := range it.Parts {
		if left := part.Amount.Minor() - p.CouponBack(id, part.Coupon); left > 0 {
			r.Coupons = append(r.Coupons, payment.CouponPart{Coupon: part.Coupon, Kind: part.Kind, Amount: order.Minor(left, part.Amount.Currency())})
		}
	}
	f, err := b.giveBack(p, r, id, nil)
	if err != nil {
		return err
	}
	if f.State == payment.RefundDone {
		return b.refunded(f)
	}
	return nil
}

// giveBack writes a refund, and on its payment what it gives back: to accounts, the credit
// and coupons in this commit, through a gateway later. by is the order that gives it back.
func (b *tx) giveBack(p *payment.Payment, r payment.Return, by order.ID, with []order.RefundID) (payment.Refund, error) {
	r.Refund = p.RefundID(r.Order, by, r.Resource)
	f := payment.Refund{ID: r.Refund, Customer: b.Customer, Payment: p.ID, Order: r.Order, RefundOrder: by, Siblings: with, Cash: r.Cash, Method: p.Quote.Method,
		Coupons: r.Coupons, Made: b.At}
	if slices.ContainsFunc(p.Returns, func(before payment.Return) bool { return before.Refund == r.Refund }) {
		return f, misset("refund", string(r.Refund), "has been made of payment "+string(p.ID)+" already")
	}
	online := f.Method == payment.MethodOnline && r.Cash.Sign() > 0
	m := payment.RefundMove{Event: payment.EventMake, At: b.At, Here: !online}
	if m.Unfit = online && p.Left().Minor() < r.Cash.Minor(); m.Unfit {
		m.Why = unfit(p)
		*p = p.Park(&f, true)
	}
	f, _ = f.Apply(m)
	if online {
		f.Gateway, f.Charge, f.Trade, f.Key = p.Gateway, p.Key, p.Trade, p.RefundKey(f.ID)
	}
	var err error
	switch {
	case r.Cash.Sign() == 0:
	case f.Method == payment.MethodMonthly:
		err = b.giveCredit(r.Cash)
	case f.Method == payment.MethodBalance:
		r.Takes, err = b.giveToAccounts(p, r.Cash)
	}
	if err != nil {
		return f, err
	}
	p.Returns = append(slices.Clip(p.Returns), r)
	p.Changed = ledger.Later(p.Changed, b.At)
	if err := b.returnCoupons(p, r.Coupons, by); err != nil {
		return f, err
	}
	ledger.Put(b.Tx, ledger.Payments, *p)
	ledger.Put(b.Tx, ledger.Refunds, f)
	if f.State == payment.RefundDone {
		err = b.tellRefunded(&f)
	}
	return f, err
}

// giveToAccounts gives an amount back to the accounts that it came from, in proportion to
// what is left of what each gave (Q6). What is missing in the cash account is filled before credit
// (P18).
func (b *tx) giveToAccounts(p *payment.Payment, amount order.Money) (payment.AccountParts, error) {
	from := p.Quote.Takes.Each()
	weights, parts := make([]int64, len(from)), make([]order.Money, len(from))
	for i := range from {
		weights[i] = from[i].Amount.Minor()
		for k := range p.Returns {
			weights[i] -= p.Returns[k].Takes.Each()[i].Amount.Minor()
		}
	}
	weights[0] = max(0, weights[0]) // more was given to cash before, in place of credit
	if err := amount.SplitInto(parts, weights); err != nil {
		return payment.AccountParts{}, err
	}
	// Credit that has been repaid since is no longer used: the customer gets it in cash.
	if parts[1].Sign() > 0 {
		if err := b.Need(ledger.KindAccount, payment.FundCredit.AccountID(amount.Currency())); err != nil {
			return payment.AccountParts{}, err
		}
		credit, _ := ledger.Get(b.Tx, ledger.Accounts, payment.FundCredit.AccountID(amount.Currency()))
		if more := parts[1].Minor() + credit.Balance.Minor(); more > 0 {
			parts[0] = order.Minor(parts[0].Minor()+more, amount.Currency())
			parts[1] = order.Minor(parts[1].Minor()-more, amount.Currency())
		}
		missing, err := b.missing(amount.Currency())
		if err != nil {
			return payment.AccountParts{}, err
		}
		if fill := min(parts[1].Minor(), missing.Minor()-parts[0].Minor()); fill > 0 {
			parts[0] = order.Minor(parts[0].Minor()+fill, amount.Currency())
			parts[1] = order.Minor(parts[1].Minor()-fill, amount.Currency())
		}
	}
	for i := range from {
		if parts[i].Sign() == 0 {
			continue
		}
		id := from[i].Fund.AccountID(amount.Currency())
		if err := b.Need(ledger.KindAccount, id); err != nil {
			return payment.AccountParts{}, err
		}
		a, _ := ledger.Get(b.Tx, ledger.Accounts, id)
		a.Customer, a.Fund = b.Customer, from[i].Fund
		sum, err := a.Balance.Add(parts[i])
		if err != nil {
			return payment.AccountParts{}, err
		}
		a.Balance = sum
		ledger.Put(b.Tx, ledger.Accounts, a)
	}
	return payment.AccountParts{Cash: parts[0], Credit: parts[1], Budget: parts[2]}, nil
}

// refundLate makes a refund of money that a gateway took for a payment that had ended. If the
// gateway's answer contradicts the charge, the refund goes to review, and the payment is still
// looked at: a right answer before the refund is sent corrects it.
func (b *tx) refundLate(p, after payment.Payment, m payment.PaymentMove) (payment.Payment, error) {
	id := p.RefundID("", "", "")
	if err := b.Need(ledger.KindRefund, string(id)); err != nil {
		return p, err
	}
	was, there := ledger.Get(b.Tx, ledger.Refunds, string(id))
	wrong := m.Event == payment.EventContradicted
	untouched := was.State == payment.RefundReview && was.Tries == 0 && was.FirstSentAt.IsZero()
	same := was.Cash == m.Amount && was.Trade == m.Trade
	if corrects := untouched && !wrong && !same; there && !corrects {
		return p, nil
	}
	f := payment.Refund{ID: id, Customer: b.Customer, Payment: p.ID, State: was.State, Cash: m.Amount, Method: payment.MethodOnline, Made: b.At,
		Gateway: p.Gateway, Charge: p.Key, Trade: m.Trade, Key: p.RefundKey(id)}
	event := payment.EventMake
	if there {
		event = payment.EventCorrected
	}
	move := payment.RefundMove{Event: event, At: b.At, Wrong: wrong, Unfit: after.Gone.Sign() > 0, Why: m.Why}
	if move.Unfit {
		move.Why = unfit(&after)
	}
	if f, _ = f.Apply(move); f.State == payment.RefundParked {
		after = after.Park(&f, true)
	}
	ledger.Put(b.Tx, ledger.Refunds, f)
	ledger.Put(b.Tx, ledger.Payments, after)
	return after, nil
}

// refunded moves the order that a refund is for, once all of its refunds are done.
func (b *tx) refunded(f payment.Refund) error {
	if f.RefundOrder == "" {
		return nil
	}
	if err := b.Need(ledger.KindRefund, ledger.Texts(f.Siblings)...); err != nil {
		return err
	}
	for _, id := range f.Siblings {
		if other, ok := ledger.Get(b.Tx, ledger.Refunds, string(id)); !ok || other.State != payment.RefundDone {
			return nil
		}
	}
	if err := b.needOrders(f.RefundOrder); err != nil {
		return err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(f.RefundOrder))
	if !ok || o.State != order.StateRefunding {
		return nil
	}
	return b.moveAlone(&o, order.Move{Event: order.EventRefund, By: payment.ByDesk})
}

// hearRefund changes a refund by an event, as its table says ([payment.Refund.Apply]), and
// with it the order that gives back, and the payment where the refund is parked, or no longer. An
// order that has given back stays as it is where the refund comes back: what is owed stands on the
// refund.
func (b *tx) hearRefund(f *payment.Refund, m payment.RefundMove) error {
	_, err := b.applyRefund(f, m)
	return err
}

func (b *tx) applyRefund(f *payment.Refund, m payment.RefundMove) (do payment.Effect, err error) {
	m.At = b.At
	was := *f
	after, do := f.Apply(m)
	if reflect.DeepEqual(after, was) {
		return do, nil
	}
	if parks := after.Stays(); parks != f.Stays() {
		p, err := b.paymentOf(f)
		if err != nil {
			return do, err
		}
		ledger.Put(b.Tx, ledger.Payments, p.Park(f, parks))
	}
	*f = after
	ledger.Put(b.Tx, ledger.Refunds, after)
	switch {
	case do == payment.EffectOrder:
		if err := b.tellRefunded(&after); err != nil {
			return do, err
		}
		return do, b.refunded(after)
	case was.State == payment.RefundDone:
		b.Tell(ofRefund(ledger.NoticeRefundBack, &after, after.Reason))
	}
	return do, nil
}

// tellRefunded tells the customer that money is back (P17), unless the pay-out of a credit has said
// so, coupons alone come back, or what was taken back stands for it.
func (b *tx) tellRefunded(f *payment.Refund) error {
	if f.Cash.Sign() == 0 || f.Gone {
		return nil
	}
	p, err := b.paymentOf(f)
	if err == nil && (f.CameBack > 0 || !ledger.PaysOut(&p, f)) {
		b.Tell(ofRefund(ledger.NoticeRefunded, f, ""))
	}
	return err
}

// ofRefund is a notice about a refund.
func ofRefund(kind ledger.NoticeKind, f *payment.Refund, why string) ledger.Notice {
	n := ledger.Notice{Kind: kind, Payment: f.Payment, Refund: f.ID, Amount: f.Cash, Text: why}
	if f.Order != "" {
		n.Orders = []order.ID{f.Order}
	}
	return n
}
