package desk

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// giveBackOrder makes the refund due of an order that was paid and cannot be carried out;
// what it renewed is as it was before.
func (b *tx) giveBackOrder(o order.Order) error {
	if o.Flow() == order.FlowBack {
		return nil // its refunds are made when it is placed, or approved
	}
	for i := range o.Lines {
		r, ok := ledger.Get(b.Tx, ledger.Resources, string(o.Lines[i].Resource))
		if !ok || r.State(b.At, b.Policy.Renewal) == renewal.StateReleased || !slices.ContainsFunc(r.Periods, func(h renewal.Held) bool { return h.Order == o.ID }) {
			continue
		}
		r, err := b.outdated(r) // an extension was computed from what is taken back
		if err != nil {
			return err
		}
		before, err := r.Annul(o.ID, b.At, b.Policy.Renewal)
		if err != nil {
			return err
		}
		b.putResource(before)
	}
	if o.Payment == "" { // it charged nothing
		return b.moveAlone(&o, order.Move{Event: order.EventRefund, By: payment.ByDesk})
	}
	if err := b.Need(ledger.KindPayment, string(o.Payment)); err != nil {
		return err
	}
	p, ok := ledger.Get(b.Tx, ledger.Payments, string(o.Payment))
	if !ok {
		return order.Invalid("payment", string(o.Payment), "paid order "+string(o.ID)+", and is not in the store")
	}
	return b.giveBackAll(&p, o.ID)
}

// giveBackAll records that all of what an order paid comes back, with its coupons: for an
// order that cannot be provided, or whose cause came while it was being paid.
func (b *tx) giveBackAll(p *payment.Payment, id order.ID) error {
	it := p.Item(id)
	if it == nil {
		return order.Invalid("order", string(id), "was not paid by payment "+string(p.ID))
	}
	if o, ok := ledger.Get(b.Tx, ledger.Orders, string(id)); ok { // it was no first order after all (C11)
		if err := b.Need(ledger.KindTally, payment.FirstOrders(&o)...); err != nil {
			return err
		}
		b.count([]order.Order{o}, -1)
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

// giveBack records a refund, and on its payment what it gives back: to accounts, the bill
// and coupons in this commit, through a gateway once it is due. by is the order that gives
// it back.
func (b *tx) giveBack(p *payment.Payment, r payment.Return, by order.ID, with []order.RefundID) (payment.Refund, error) {
	r.Refund = payment.RefundID(p.ID, r.Order, by, r.Resource)
	f := payment.Refund{ID: r.Refund, Customer: b.Customer, Payment: p.ID, Order: r.Order, For: by, With: with, Cash: r.Cash, Method: p.Quote.Method,
		Coupons: r.Coupons, Made: b.At}
	if slices.ContainsFunc(p.Returns, func(before payment.Return) bool { return before.Refund == r.Refund }) {
		return f, order.Invalid("refund", string(r.Refund), "has been made of payment "+string(p.ID)+" already")
	}
	online := f.Method == payment.MethodOnline && r.Cash.Sign() > 0
	f, _ = f.Apply(payment.RefundMove{Event: payment.EventMake, At: b.At, Here: !online})
	if online {
		f.Gateway, f.Charge, f.Trade, f.Key = p.Gateway, p.Key, p.Trade, p.RefundKey(f.ID)
	}
	var err error
	switch {
	case r.Cash.Sign() == 0:
	case f.Method == payment.MethodMonthly:
		err = b.onBill(r.Cash, payment.Bill.Credit)
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
	return f, nil
}

// giveToAccounts gives an amount back to the accounts that it came from, in proportion to
// what is left of what each gave (Q6).
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
	// Credit that has been repaid meanwhile is not used: the customer has it in cash.
	if parts[1].Sign() > 0 {
		if err := b.Need(ledger.KindAccount, payment.AccountID(payment.FundCredit, amount.Currency())); err != nil {
			return payment.AccountParts{}, err
		}
		credit, _ := ledger.Get(b.Tx, ledger.Accounts, payment.AccountID(payment.FundCredit, amount.Currency()))
		if more := parts[1].Minor() + credit.Balance.Minor(); more > 0 {
			parts[0] = order.Minor(parts[0].Minor()+more, amount.Currency())
			parts[1] = order.Minor(parts[1].Minor()-more, amount.Currency())
		}
	}
	for i := range from {
		if parts[i].Sign() == 0 {
			continue
		}
		id := payment.AccountID(from[i].Fund, amount.Currency())
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

// returnCoupons gives coupons back what they paid. One that is not reusable comes back
// whole, once all that it paid has (Q5); what it paid of an order that ended without being
// provided comes back as a new coupon (C14). by is the order that gives it back.
func (b *tx) returnCoupons(p *payment.Payment, parts []payment.CouponPart, by order.ID) error {
	o, _ := ledger.Get(b.Tx, ledger.Orders, string(by))
	failed := o.Flow() != order.FlowBack
	for _, part := range parts {
		if err := b.Need(ledger.KindCoupon, string(part.Coupon)); err != nil {
			return err
		}
		c, ok := ledger.Get(b.Tx, ledger.Coupons, string(part.Coupon))
		if !ok {
			continue
		}
		amount, undone := part.Amount, p.PaidBy(part.Coupon) == p.ReturnedTo(part.Coupon)
		ended := c.Validity().Ended(b.At) || c.State == coupon.StateExpired || c.State == coupon.StateReclaimed
		if failed && ended {
			b.tellCouponEnded(c.ID, by, p.ID, part.Amount)
		}
		if !c.Reusable {
			if undone {
				amount = order.Minor(p.PaidBy(part.Coupon).Minor()-c.PassedOn.Minor(), part.Amount.Currency())
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
		after, err := c.Return(amount, undone, b.At)
		if err != nil {
			return err
		}
		if after.Balance != c.Balance {
			b.PutCoupon(after)
		}
	}
	return nil
}

// tellCouponEnded tells that what an order used or held of a coupon does not come back (C14):
// a part, and of which payment, or of a discount coupon its use.
func (b *tx) tellCouponEnded(c coupon.ID, o order.ID, p order.PaymentID, part order.Money) {
	b.Tell(ledger.Notice{Kind: ledger.NoticeCouponEnded, Payment: p, Orders: []order.ID{o}, Amount: part, Text: string(c)})
}

// passOn gives back what a coupon of a single use paid, as a new one (C14).
func (b *tx) passOn(c coupon.Coupon, part order.Money, by order.ID) error {
	id := order.Derive("coupon part", string(b.Customer), string(c.ID), string(by))
	if err := b.Need(ledger.KindCoupon, id); err != nil {
		return err
	}
	if _, there := ledger.Get(b.Tx, ledger.Coupons, id); there {
		return order.Invalid("coupon", id, "has come back of coupon "+string(c.ID)+" already")
	}
	after, fresh, err := c.PassOn(coupon.ID(id), part, b.At)
	if err != nil {
		return err
	}
	b.PutCoupon(after)
	b.PutCoupon(ledger.CloneCoupon(fresh))
	return nil
}

// returnUse gives a discount coupon back the use of an order that is not provided (C14).
func (b *tx) returnUse(o *order.Order) error {
	if o.Reduction.Kind != payment.KindDiscountCoupon {
		return nil
	}
	if err := b.Need(ledger.KindCoupon, o.Reduction.ID); err != nil {
		return err
	}
	c, ok := ledger.Get(b.Tx, ledger.Coupons, o.Reduction.ID)
	if !ok || c.Used == 0 || c.Kind != coupon.KindDiscount {
		return nil
	}
	after, err := c.Return(order.Money{}, true, b.At)
	if err != nil {
		return err
	}
	if after.Used == c.Used {
		b.tellCouponEnded(c.ID, o.ID, "", order.Money{})
		return nil
	}
	b.PutCoupon(after)
	return nil
}

// refundLate records that what a gateway took goes back, of a payment that had ended
// without it. What the gateway says wrongly is kept for an operator, and the payment still
// looked at: where it says it right before that was sent, the refund is of what is right.
func (b *tx) refundLate(p, after payment.Payment, m payment.PaymentMove) (payment.Payment, error) {
	id := payment.RefundID(p.ID, "", "", "")
	if err := b.Need(ledger.KindRefund, string(id)); err != nil {
		return p, err
	}
	was, there := ledger.Get(b.Tx, ledger.Refunds, string(id))
	wrong := m.Event == payment.EventContradicted
	if there && (wrong || was.State != payment.RefundReview || was.Tries > 0 || !was.Sent.IsZero() || was.Cash == m.Amount && was.Trade == m.Trade) {
		return p, nil
	}
	f := payment.Refund{ID: id, Customer: b.Customer, Payment: p.ID, State: was.State, Cash: m.Amount, Method: payment.MethodOnline, Made: b.At,
		Gateway: p.Gateway, Charge: p.Key, Trade: m.Trade, Key: p.RefundKey(id)}
	event := payment.EventMake
	if there {
		event = payment.EventCorrected
	}
	f, _ = f.Apply(payment.RefundMove{Event: event, At: b.At, Wrong: wrong, Why: m.Why})
	ledger.Put(b.Tx, ledger.Refunds, f)
	ledger.Put(b.Tx, ledger.Payments, after)
	return after, nil
}

// refunded moves the order that a refund is for, once all of its refunds are done.
func (b *tx) refunded(f payment.Refund) error {
	if f.For == "" {
		return nil
	}
	if err := b.Need(ledger.KindRefund, ledger.Texts(f.With)...); err != nil {
		return err
	}
	for _, id := range f.With {
		if other, ok := ledger.Get(b.Tx, ledger.Refunds, string(id)); !ok || other.State != payment.RefundDone {
			return nil
		}
	}
	if err := b.needOrders(f.For); err != nil {
		return err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(f.For))
	if !ok || o.State != order.StateRefunding {
		return nil
	}
	return b.moveAlone(&o, order.Move{Event: order.EventRefund, By: payment.ByDesk})
}

// sendDue asks the gateway for the refunds that a commit has made due. What comes of it
// does not matter here: the sweep goes on where it ends.
func (d *Desk) sendDue(ctx context.Context, c *payment.Customer, b *tx) {
	for i := range b.Now.Refunds {
		if f := &b.Now.Refunds[i]; f.State == payment.RefundDue && b.Written(ledger.KindRefund, string(f.ID)) {
			_, _ = d.sweepRefund(ctx, c, f.ID, &Swept{})
		}
	}
}

// sweepRefund sends a refund whose time has come: claimed first, so that nobody else does
// meanwhile, with its own key, the same each time.
func (d *Desk) sweepRefund(ctx context.Context, c *payment.Customer, id order.RefundID, s *Swept) (done bool, err error) {
	var f payment.Refund
	err = d.transact(ctx, c, "send refund", payment.ByDesk, func(b *tx) error {
		if f, err = b.needRefund(id); err != nil {
			return err
		}
		if done = !s.due(b.At, f.Waits); done {
			return nil
		}
		g, err := d.gateway(f.Gateway)
		if err != nil {
			return err
		}
		_, gives := g.(gateway.Refunder)
		wait, more := b.Policy.WaitAfter(f.Tries)
		m := payment.RefundMove{Event: payment.EventUnanswered}
		switch {
		case !gives:
			m.Why = "gateway " + f.Gateway + " gives no money back: do it by hand, and resolve it"
		case !f.Sent.IsZero() && !g.Traits().Lives(f.Sent, b.At):
			m.Why = "the gateway has not answered for as long as it knows the key: see there, and resolve it"
		case !more:
			m.Why = "the gateway has not answered: see there, and resolve it"
		default:
			m = payment.RefundMove{Event: payment.EventAsk, Next: b.At.Add(wait)}
		}
		return b.hearRefund(&f, m)
	})
	if err != nil || done || f.State != payment.RefundSent {
		return !done, err
	}
	out, err := d.Gateways[f.Gateway].(gateway.Refunder).Refund(ctx, refundOf(&f))
	d.trace("refund", c.ID, string(f.ID), err)
	if err != nil {
		return true, nil // unknown: the sweep asks again
	}
	return true, d.transact(ctx, c, "refund", payment.ByDesk, func(b *tx) error {
		f, err := b.needRefund(id)
		if err != nil {
			return err
		}
		return b.hearRefund(&f, refundHeard(&f, out))
	})
}

// refundHeard is what a refund hears when a gateway answers.
func refundHeard(f *payment.Refund, out gateway.Outcome) (m payment.RefundMove) {
	switch {
	case out.Status == gateway.StatusCaptured && out.Amount == f.Cash:
		m.Event = payment.EventCaptured
	case out.Status == gateway.StatusCaptured:
		m.Event = payment.EventContradicted
		m.Why = "the gateway gave " + cmp.Or(out.Amount.String(), "no amount") + " back where " + f.Cash.String() + " was asked for"
	case out.Status == gateway.StatusDeclined, out.Status == gateway.StatusCanceled:
		m.Event = payment.EventDeclined
		m.Why = "the gateway declined: " + cmp.Or(gateway.Printable(out.Text), "without a reason")
	}
	return m
}

// hearRefund does what a refund hears, now: it changes as its table says
// ([payment.Refund.Apply]), and the order that gives back with it.
func (b *tx) hearRefund(f *payment.Refund, m payment.RefundMove) error {
	m.At = b.At
	after, do := f.Apply(m)
	if reflect.DeepEqual(after, *f) {
		return nil
	}
	*f = after
	ledger.Put(b.Tx, ledger.Refunds, after)
	if do == payment.EffectOrder {
		return b.refunded(after)
	}
	return nil
}

// needRefund finds a refund.
func (b *tx) needRefund(id order.RefundID) (payment.Refund, error) {
	if err := b.Need(ledger.KindRefund, string(id)); err != nil {
		return payment.Refund{}, err
	}
	f, ok := ledger.Get(b.Tx, ledger.Refunds, string(id))
	if !ok {
		return f, payment.Refusef(payment.ReasonNoOrder, "refund %s: the customer has no such refund", id)
	}
	return f, nil
}

// refundOf is what the gateway is asked to give back.
func refundOf(f *payment.Refund) gateway.Refund {
	return gateway.Refund{Gateway: f.Gateway, Key: f.Key, Charge: f.Charge, Trade: f.Trade, Customer: f.Customer, Payment: f.Payment,
		Refund: f.ID, Order: f.Order, Amount: f.Cash}
}

// Decision is what an operator says of a payment or a refund in review.
type Decision string

const (
	DecisionSucceeded Decision = "succeeded" // the money was taken, or given back by hand, in full
	DecisionFailed    Decision = "failed"    // no money was taken, and none will be; Captured is given back where some was: it must be said, as zero too, where the gateway says that some was
	DecisionAgain     Decision = "again"     // ask the gateway once more, with the same key: refunds alone, of a key that it still knows or has declined
)

var decisions = []Decision{DecisionSucceeded, DecisionFailed, DecisionAgain}

// UnmarshalText reads a decision strictly.
func (x *Decision) UnmarshalText(b []byte) error { return order.ReadWord("decision", x, decisions, b) }

// ResolveRequest is an operator's decision on one payment or refund that is in review.
type ResolveRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Why      string           `json:"why"`               // kept in the entry, and in a record that failed or is given back: 1 to 500 printable characters
	Payment  order.PaymentID  `json:"payment,omitempty"` // this, or
	Refund   order.RefundID   `json:"refund,omitempty"`
	Decision Decision         `json:"decision"`
	Trade    string           `json:"trade,omitempty"`   // of a payment that succeeded: the gateway's number
	Captured order.Money      `json:"captured,omitzero"` // of a payment: what was taken, where the gateway says something else, or it failed: then it goes back
	Surplus  payment.Surplus  `json:"surplus,omitempty"` // of a payment that succeeded: what becomes of what was captured over what was asked for
}

// Check reports the first thing about x that is not sound, as an [*order.FieldError].
func (x ResolveRequest) Check() error {
	if err := cmp.Or(order.CheckID("customer", string(x.Customer)), order.CheckID("by", x.By)); err != nil {
		return err
	}
	if err := cmp.Or(order.CheckOptional("payment", string(x.Payment)), order.CheckOptional("refund", string(x.Refund))); err != nil {
		return err
	}
	if x.Why == "" || x.Why != gateway.Printable(x.Why) {
		return order.Invalid("why", x.Why, "is not 1 to 500 printable characters, without a blank before or after")
	}
	if err := order.CheckWord("decision", x.Decision, decisions); err != nil {
		return err
	}
	switch {
	case (x.Payment == "") == (x.Refund == ""):
		return order.Invalid("payment", string(x.Payment), "or refund: name one of them")
	case x.Payment != "" && x.Decision == DecisionAgain:
		return order.Invalid("decision", string(x.Decision), "is for refunds: see at the gateway what has become of a payment, and say so")
	case x.Refund != "" && x.Decision == DecisionFailed:
		return order.Invalid("decision", string(x.Decision), "is for payments: a refund is owed, give it back by hand or ask again")
	case x.Payment != "" && x.Decision == DecisionSucceeded && order.CheckID("trade", x.Trade) != nil:
		return order.CheckID("trade", x.Trade)
	case x.Trade != "" && order.CheckID("trade", x.Trade) != nil:
		return order.CheckID("trade", x.Trade)
	}
	return x.checkCaptured()
}

// checkCaptured: what was taken is said of payments, and of one that succeeded where the rest
// of it goes.
func (x *ResolveRequest) checkCaptured() error {
	succeeded := x.Payment != "" && x.Decision == DecisionSucceeded
	if m := x.Captured; m != (order.Money{}) {
		switch {
		case x.Refund != "":
			return order.Invalid("captured", m.String(), "is of a payment, and a refund is named: leave it out")
		case m.Check() != nil || m.Sign() < 0:
			return order.Invalid("captured", m.String(), "is no amount of money, or is below zero")
		case succeeded && m.Sign() == 0:
			return order.Invalid("captured", m.String(), "is nothing, and the payment succeeded: say "+string(DecisionFailed))
		}
	}
	switch {
	case x.Surplus == "":
		return nil
	case !succeeded:
		return order.Invalid("surplus", string(x.Surplus), "is of a payment that succeeded: leave it out")
	}
	return order.CheckWord("surplus", x.Surplus, payment.Surpluses)
}

// Resolve ends a review as an operator decides, with a reason. What is no longer in review
// stays as it is. A payment succeeds where all that was asked for was captured; of what is
// over the operator says whether it goes back or into the balance, and what is less, or in
// another currency, goes back with a payment that failed: else an [*order.FieldError] says
// what to say, and nothing changes (I3). To ask again for a refund is refused where the gateway gives none, or may
// have given it already and forgotten the key.
func (d *Desk) Resolve(ctx context.Context, x ResolveRequest) error {
	if err := x.Check(); err != nil {
		return err
	}
	return d.forCustomer(ctx, x.Customer, "resolve", x.By, func(b *tx) error {
		b.Why = x.Why
		if x.Refund != "" {
			return d.resolveRefund(b, x)
		}
		p, err := b.needPayment(x.Payment)
		if err != nil || p.State != payment.PaymentReview {
			return err
		}
		if x.Decision == DecisionSucceeded {
			return b.succeeded(p, &x)
		}
		return d.failed(b, p, &x)
	})
}

func (d *Desk) resolveRefund(b *tx, x ResolveRequest) error {
	f, err := b.needRefund(x.Refund)
	switch {
	case err != nil:
		return err
	case f.State != payment.RefundReview:
		return nil
	case x.Decision == DecisionAgain:
		if err := d.mayAsk(&f, b.At); err != nil {
			return err
		}
		return b.hearRefund(&f, payment.RefundMove{Event: payment.EventAgain, Why: x.Why})
	}
	return b.hearRefund(&f, payment.RefundMove{Event: payment.EventResolveDone, Why: x.Why})
}

// mayAsk reports why a refund cannot be asked for again: then it is given back by hand.
func (d *Desk) mayAsk(f *payment.Refund, at time.Time) error {
	g, err := d.gateway(f.Gateway)
	if err != nil {
		return err
	}
	if _, ok := g.(gateway.Refunder); !ok {
		return order.Invalid("decision", string(DecisionAgain), "is of no use, gateway "+f.Gateway+" gives no money back: do it by hand, and say "+string(DecisionSucceeded))
	}
	if !f.Sent.IsZero() && !g.Traits().Lives(f.Sent, at) {
		return order.Invalid("decision", string(DecisionAgain), "is too late, the gateway may have given it back and forgotten the key: see there, and say "+string(DecisionSucceeded)+" once it is back")
	}
	return nil
}
