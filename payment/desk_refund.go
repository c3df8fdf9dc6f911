package payment

import (
	"context"
	"time"

	"github.com/duebook/duebook/order"
)

// sendDue asks the gateway for the refunds that a commit has made due. What comes of it
// does not matter here: the sweep goes on where it ends.
func (d *Desk) sendDue(ctx context.Context, c *Customer, b *book) {
	for i := range b.now.Refunds {
		if f := &b.now.Refunds[i]; f.State == RefundDue && b.puts[name{KindRefund, string(f.ID)}] {
			_, _ = d.sweepRefund(ctx, c, f.ID, &Swept{})
		}
	}
}

// sweepRefund sends a refund whose time has come: claimed first, so that nobody else does
// meanwhile, with its own key, the same each time.
func (d *Desk) sweepRefund(ctx context.Context, c *Customer, id RefundID, s *Swept) (done bool, err error) {
	var f Refund
	err = d.transact(ctx, c, "send refund", desk, func(b *book) error {
		if err := b.need(KindRefund, string(id)); err != nil {
			return err
		}
		f, _ = get(b, refunds, string(id))
		if done = !s.due(b.at, f.Waits); done {
			return nil
		}
		g, err := d.gateway(f.Gateway)
		if err != nil {
			return err
		}
		_, gives := g.(Refunder)
		wait, more := b.policy.wait(f.Tries)
		switch {
		case !gives:
			b.reviewRefund(&f, "gateway "+f.Gateway+" gives no money back: do it by hand, and resolve it")
		case !f.Sent.IsZero() && !g.Traits().lives(f.Sent, b.at):
			b.reviewRefund(&f, "the gateway has not answered for as long as it knows the key: see there, and resolve it")
		case !more:
			b.reviewRefund(&f, "the gateway has not answered: see there, and resolve it")
		default:
			f.State, f.Waits = RefundSent, b.at.Add(wait)
			f.Tries++
			if f.Sent.IsZero() {
				f.Sent = b.at
			}
			put(b, refunds, f)
		}
		return nil
	})
	if err != nil || done || f.State != RefundSent {
		return !done, err
	}
	out, err := d.Gateways[f.Gateway].(Refunder).Refund(ctx, f)
	d.trace("refund", c.ID, string(f.ID), err)
	if err != nil {
		return true, nil // unknown: the sweep asks again
	}
	return true, d.transact(ctx, c, "refund", desk, func(b *book) error {
		if err := b.need(KindRefund, string(id)); err != nil {
			return err
		}
		f, _ := get(b, refunds, string(id))
		switch {
		case f.State != RefundSent:
			return nil
		case out.Status == StatusCaptured && out.Amount == f.Cash:
			f.State, f.Done, f.Waits, f.Reason = RefundDone, b.at, time.Time{}, ""
			put(b, refunds, f)
			return b.refunded(f)
		case out.Status == StatusCaptured:
			b.reviewRefund(&f, "the gateway gave "+orElse(out.Amount.String(), "no amount")+" back where "+f.Cash.String()+" was asked for")
		case out.Status == StatusDeclined, out.Status == StatusCanceled:
			f.Sent = time.Time{} // for certain: with this key it can be asked again
			b.reviewRefund(&f, "the gateway declined: "+orElse(printable(out.Text), "without a reason"))
		}
		return nil
	})
}

// reviewRefund leaves a refund to an operator.
func (b *book) reviewRefund(f *Refund, why string) {
	f.State, f.Reason, f.Waits = RefundReview, why, time.Time{}
	put(b, refunds, *f)
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
func (x *Decision) UnmarshalText(b []byte) error { return read("decision", x, decisions, b) }

// Resolving is an operator's decision on one payment or refund that is in review.
type Resolving struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Why      string           `json:"why"`               // kept in the entry, and in a record that failed or is given back: 1 to 500 printable characters
	Payment  order.PaymentID  `json:"payment,omitempty"` // this, or
	Refund   RefundID         `json:"refund,omitempty"`
	Decision Decision         `json:"decision"`
	Trade    string           `json:"trade,omitempty"`   // of a payment that succeeded: the gateway's number
	Captured order.Money      `json:"captured,omitzero"` // of a payment: what was taken, where the gateway says something else, or it failed: then it goes back
	Surplus  Surplus          `json:"surplus,omitempty"` // of a payment that succeeded: what becomes of what was captured over what was asked for
}

// Check reports the first thing about x that is not sound, as an [*order.FieldError].
func (x Resolving) Check() error {
	if err := checkIDs(namedWord{"customer", string(x.Customer)}, namedWord{"by", x.By}); err != nil {
		return err
	}
	if err := checkWords(namedWord{"payment", string(x.Payment)}, namedWord{"refund", string(x.Refund)}); err != nil {
		return err
	}
	if x.Why == "" || x.Why != printable(x.Why) {
		return field("why", x.Why, "is not 1 to 500 printable characters, without a blank before or after")
	}
	if err := checkWord("decision", x.Decision, decisions); err != nil {
		return err
	}
	switch {
	case (x.Payment == "") == (x.Refund == ""):
		return field("payment", string(x.Payment), "or refund: name one of them")
	case x.Payment != "" && x.Decision == DecisionAgain:
		return field("decision", string(x.Decision), "is for refunds: see at the gateway what has become of a payment, and say so")
	case x.Refund != "" && x.Decision == DecisionFailed:
		return field("decision", string(x.Decision), "is for payments: a refund is owed, give it back by hand or ask again")
	case x.Payment != "" && x.Decision == DecisionSucceeded && order.CheckID("trade", x.Trade) != nil:
		return order.CheckID("trade", x.Trade)
	case x.Trade != "" && order.CheckID("trade", x.Trade) != nil:
		return order.CheckID("trade", x.Trade)
	}
	return x.checkCaptured()
}

// checkCaptured: what was taken is said of payments, and of one that succeeded where the rest
// of it goes.
func (x *Resolving) checkCaptured() error {
	succeeded := x.Payment != "" && x.Decision == DecisionSucceeded
	if m := x.Captured; m != (order.Money{}) {
		switch {
		case x.Refund != "":
			return field("captured", m.String(), "is of a payment, and a refund is named: leave it out")
		case m.Check() != nil || m.Sign() < 0:
			return field("captured", m.String(), "is no amount of money, or is below zero")
		case succeeded && m.Sign() == 0:
			return field("captured", m.String(), "is nothing, and the payment succeeded: say "+string(DecisionFailed))
		}
	}
	switch {
	case x.Surplus == "":
		return nil
	case !succeeded:
		return field("surplus", string(x.Surplus), "is of a payment that succeeded: leave it out")
	}
	return checkWord("surplus", x.Surplus, surpluses)
}

// Resolve ends a review as an operator decides, with a reason. What is no longer in review
// stays as it is. A payment succeeds where all that was asked for was captured; of what is
// over the operator says whether it goes back or into the balance, and what is less, or in
// another currency, goes back with a payment that failed: else an [*order.FieldError] says
// what to say, and nothing changes (I3). To ask again for a refund is refused where the gateway gives none, or may
// have given it already and forgotten the key.
func (d *Desk) Resolve(ctx context.Context, x Resolving) error {
	if err := x.Check(); err != nil {
		return err
	}
	return d.forCustomer(ctx, x.Customer, "resolve", x.By, func(b *book) error {
		b.why = x.Why
		if x.Refund != "" {
			return d.resolveRefund(b, x)
		}
		p, err := b.needPayment(x.Payment)
		if err != nil || p.State != PaymentReview {
			return err
		}
		if x.Decision == DecisionSucceeded {
			return b.succeeded(p, &x)
		}
		return d.failed(b, p, &x)
	})
}

func (d *Desk) resolveRefund(b *book, x Resolving) error {
	if err := b.need(KindRefund, string(x.Refund)); err != nil {
		return err
	}
	f, ok := get(b, refunds, string(x.Refund))
	switch {
	case !ok:
		return refusef(ReasonNoOrder, "refund %s: there is none of this customer", x.Refund)
	case f.State != RefundReview:
		return nil
	case x.Decision == DecisionAgain:
		if err := d.mayAsk(&f, b.at); err != nil {
			return err
		}
		f.State, f.Reason, f.Waits, f.Tries = RefundSent, x.Why, b.at, 0
		put(b, refunds, f)
		return nil
	}
	f.State, f.Reason, f.Done, f.ByHand = RefundDone, x.Why, b.at, true
	put(b, refunds, f)
	return b.refunded(f)
}

// mayAsk reports why a refund cannot be asked for again: then it is given back by hand.
func (d *Desk) mayAsk(f *Refund, at time.Time) error {
	g, err := d.gateway(f.Gateway)
	if err != nil {
		return err
	}
	if _, ok := g.(Refunder); !ok {
		return field("decision", string(DecisionAgain), "is of no use, gateway "+f.Gateway+" gives no money back: do it by hand, and say "+string(DecisionSucceeded))
	}
	if !f.Sent.IsZero() && !g.Traits().lives(f.Sent, at) {
		return field("decision", string(DecisionAgain), "is too late, the gateway may have given it back and forgotten the key: see there, and say "+string(DecisionSucceeded)+" once it is back")
	}
	return nil
}
