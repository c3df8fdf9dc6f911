package desktest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// steps are how the clock goes on once faults have stopped: within these sweeps everything
// is at rest (I11).
var steps = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 31 * time.Minute, time.Hour, time.Hour, 3 * time.Hour,
	6 * time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour,
	24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour}

// settle stops the faults, sweeps until everything is at rest, lets an operator decide what
// is in review, and audits.
func (w *world) settle() {
	w.calm = true
	for _, h := range w.hosts {
		h.off = 0
	}
	w.sweepToRest()
	w.audit("at rest")
	for _, name := range [...]string{"full", "plain"} {
		w.gateways[name].afterwards()
	}
	w.notified()
	w.notified()
	w.sweepToRest()
	w.audit("once all was heard")
	w.operate()
	w.sweepToRest()
	w.audit("after the operator")
	w.standing()
}

// notified lets the gateways notify of all that they know of a payment or a refund, and compares what
// the records then say: nothing that is certain is left unheard.
func (w *world) notified() {
	ctx, d := context.Background(), w.hosts[0].desk
	for _, c := range w.customers {
		for _, p := range w.all(c).Payments {
			if p.Gateway == "" {
				continue
			}
			g := w.gateways[p.Gateway]
			p, err := d.Hint(ctx, gateway.Hint{Customer: c, Payment: p.ID})
			w.must(err)
			w.told(p, err)
			switch x := g.known(p.Key); {
			case p.State == payment.PaymentReview && g.ends(&p):
				w.violate("I11", "payment %s is in review, and the gateway has said how it ended", p.ID)
			case x != nil && p.State != payment.PaymentReview && x.outcome.Moved() && p.Gone.Minor() != x.gone:
				w.violate("I3", "%d minor units of payment %s are gone, and it says %s", x.gone, p.ID, p.Gone)
			}
		}
		for _, f := range w.all(c).Refunds {
			if f.Gateway != "full" {
				continue
			}
			_, err := d.Hint(ctx, gateway.Hint{Customer: c, Payment: f.Payment, Refund: f.ID})
			w.must(err)
		}
		for _, f := range w.all(c).Refunds {
			y := w.gateways["full"].refunds[f.Key]
			if y != nil && y.outcome.Status == gateway.StatusDeclined && f.State == payment.RefundDone && !f.ByHand {
				w.violate("I3", "refund %s came back, and is %s", f.ID, f.State)
			}
		}
	}
}

// wait lets time pass, and sweeps in between where a payment that has ended is looked at a last time, as a
// host does that sweeps every minute: a day later its gateway has forgotten it.
func (w *world) wait(step time.Duration) {
	end := w.at.Add(step)
	for _, c := range w.customers {
		for _, p := range w.all(c).Payments {
			if !p.State.Final() || p.DueAt.IsZero() || !p.DueAt.After(w.at) || !p.DueAt.Before(end) || !p.DueAt.Equal(w.gateways[p.Gateway].traits.KnowsUntil(p.LastSentAt)) {
				continue
			}
			w.advance(p.DueAt.Sub(w.at))
			_, err := w.hosts[0].desk.Sweep(context.Background(), 100)
			w.must(err)
		}
	}
	w.advance(end.Sub(w.at))
}

func (w *world) sweepToRest() {
	ctx, h := context.Background(), w.hosts[0]
	for _, step := range steps {
		for range 4 {
			s, err := h.desk.Sweep(ctx, 100)
			w.must(err)
			for _, err := range s.Errs {
				w.violate("calm", "%v", err)
			}
			if s.Orders+s.Payments+s.Refunds+s.Bills+s.Credits+s.Claims+s.Notices == 0 {
				break
			}
		}
		if w.rests() {
			return
		}
		w.wait(step)
	}
	for _, c := range w.customers {
		r := w.all(c)
		for _, p := range r.Payments {
			again := p.Absent && w.at.Sub(p.HeldAt) < 3*24*time.Hour+w.gateways[p.Gateway].traits.Settle // a bill or a renewal that was declined before, or made late
			if !p.State.Final() && p.State != payment.PaymentReview && !again {
				w.violate("I11", "payment %s is %s after %d sweeps", p.ID, p.State, len(steps))
			}
		}
		for _, f := range r.Refunds {
			rests := f.DueAt.IsZero() || w.at.Sub(f.Made) < 3*24*time.Hour+w.gateways[f.Gateway].traits.Refund // made late
			if !rests {
				w.violate("I11", "refund %s is %s after %d sweeps", f.ID, f.State, len(steps))
			}
		}
	}
}

// rests reports whether nothing is on its way.
func (w *world) rests() bool {
	for _, c := range append([]order.CustomerID{"shop"}, w.customers...) { // of shop the claims
		r, err := w.store.Load(context.Background(), ledger.Ask{Customer: c, All: []ledger.Kind{ledger.KindPayment, ledger.KindRefund, ledger.KindNotice, ledger.KindClaim}})
		w.must(err)
		for i := range r.Payments {
			if p := &r.Payments[i]; !p.DueAt.IsZero() {
				return false
			}
		}
		for i := range r.Refunds {
			if !r.Refunds[i].DueAt.IsZero() {
				return false
			}
		}
		for i := range r.Notices {
			if !r.Notices[i].DueAt.IsZero() {
				return false
			}
		}
		for i := range r.Claims {
			if !r.Claims[i].DueAt.IsZero() {
				return false
			}
		}
	}
	return true
}

// all returns every record of a customer, past all faults.
func (w *world) all(c order.CustomerID) ledger.Records {
	r, err := w.store.Load(context.Background(), ledger.AskAll(c))
	w.must(err)
	return r
}

func (w *world) audit(when string) {
	for _, c := range w.customers {
		var moved []gateway.Movement
		for _, name := range [...]string{"full", "plain"} {
			for _, m := range w.gateways[name].ledger {
				if m.Customer == c {
					moved = append(moved, m)
				}
			}
		}
		for _, v := range ledger.Audit(w.all(c), moved) {
			w.violate(v.Invariant, "%s, %s: %s", c, when, v.Text)
		}
	}
}

// operate lets an operator look into the gateways' own books, and decide.
func (w *world) operate() {
	ctx, h := context.Background(), w.hosts[0]
	for _, c := range w.customers {
		r := w.all(c)
		for _, p := range r.Payments {
			if p.State != payment.PaymentReview {
				continue
			}
			x := desk.ResolveRequest{Customer: c, By: "operator", Why: "seen at the gateway", Payment: p.ID, Decision: desk.DecisionFailed,
				Captured: order.Minor(0, p.Amount.Currency())}
			if k := w.gateways[p.Gateway].inBooks(p.Key); k != nil && k.outcome.Moved() {
				x.Decision, x.Trade, x.Captured = desk.DecisionSucceeded, k.outcome.Trade, k.outcome.Amount
			}
			err := h.desk.Resolve(ctx, x)
			w.say("the operator says of payment %s: %s, %v", p.ID, x.Decision, err)
			w.must(err)
		}
	}
	for _, c := range w.customers {
		for _, f := range w.all(c).Refunds {
			if f.State == payment.RefundReview || f.State == payment.RefundParked {
				w.decide(ctx, h, &f)
			}
		}
	}
}

// decide lets an operator decide on a refund: it is asked for again, what was taken back stands for
// it, or, where the Desk refuses that, it is given back by hand.
func (w *world) decide(ctx context.Context, h *host, f *payment.Refund) {
	x := desk.ResolveRequest{Customer: f.Customer, By: "operator", Why: "done by hand", Refund: f.ID, Decision: pick(w, []desk.Decision{desk.DecisionSucceeded, desk.DecisionAgain})}
	if f.State == payment.RefundParked && w.one(2) {
		x.Decision = desk.DecisionFailed
	}
	y := w.gateways[f.Gateway].refunds[f.Key]
	there := y != nil && y.outcome.Status != gateway.StatusDeclined
	if there {
		x.Decision = desk.DecisionAgain // it answers what it did
	}
	err := h.desk.Resolve(ctx, x)
	switch {
	case err != nil && there: // and it stays as it is
		return
	case err != nil && x.Decision != desk.DecisionSucceeded:
		w.say("the operator says of refund %s: %s, %v", f.ID, x.Decision, err)
		x.Decision = desk.DecisionSucceeded
		err = h.desk.Resolve(ctx, x)
	}
	w.say("the operator says of refund %s: %s, %v", f.ID, x.Decision, err)
	w.must(err)
}

// claims: what was claimed of the public code is there, no more than there was (C11).
func (w *world) claims() {
	if w.things.codes == 0 {
		return
	}
	n := 0
	for _, c := range w.customers {
		there := false
		for _, x := range w.all(c).Coupons {
			given := x.From != "" || strings.Contains(string(x.ID), "-coupon-")
			if x.Kind == coupon.KindCard && x.Face == usd(300) && !given {
				n++
				there = there || x.ID == w.things.claimed[c]
			}
		}
		if id := w.things.claimed[c]; id != "" && !there {
			w.violate("I10", "coupon %s was claimed by %s, and is not there", id, c)
		}
	}
	r, err := w.store.Load(context.Background(), ledger.Ask{Customer: "shop", Refs: []ledger.Ref{{Kind: ledger.KindCode, ID: simCode}}})
	w.must(err)
	if len(r.Codes) != 1 || r.Codes[0].Left+n != w.things.codes {
		w.violate("I6", "%d of %d coupons were claimed, and the code has %+v", n, w.things.codes, r.Codes)
	}
}

// standing: what callers were told stands (I8, I10), and customers heard it (I12).
func (w *world) standing() {
	ctx, h := context.Background(), w.hosts[0]
	w.claims()
	w.credits()
	for _, c := range w.customers {
		r := w.all(c)
		w.follow(r.Resources)
		there := make(map[order.ID]bool, len(r.Orders))
		for i := range r.Orders {
			there[r.Orders[i].ID] = true
		}
		for _, id := range w.orders[c] {
			if !there[id] {
				w.violate("I10", "order %s was placed, and is not there", id)
			}
		}
		for i := range r.Orders {
			o := &r.Orders[i]
			undone := slices.Contains([]order.State{order.StateRefunding, order.StateRefunded, order.StateCanceled}, o.State)
			if w.causes[o.ID] && !undone {
				w.violate("I10", "order %s is %s, and its contract ended while it was being paid", o.ID, o.State)
			}
		}
		for _, p := range r.Payments {
			if before, told := w.receipts[p.ID]; told {
				if now, ok := p.Receipt(); !ok || !sameReceipt(before, now) {
					w.violate("I8", "payment %s: the receipt is another than was shown", p.ID)
				}
			}
		}
		for i := range r.Notices {
			n := &r.Notices[i]
			if n.State == "" && n.DueAt.IsZero() && !w.heard[n.ID] {
				w.violate("I12", "%s never heard notice %s, %s", c, n.ID, n.Kind)
			}
		}
	}
	for _, id := range sortedKeys(w.deposits) {
		amount := w.deposits[id]
		c, name := order.CustomerID(id[:3]), id[4:]
		before := w.cash(c)
		_, err := h.desk.Deposit(ctx, desk.DepositRequest{ID: name, Customer: c, By: "host", Fund: payment.FundCash, Amount: amount})
		w.must(err)
		if w.cash(c) != before {
			w.violate("I10", "deposit %s was acknowledged, and is made again", id)
		}
	}
	for _, r := range w.things.requests {
		if p, err := h.desk.Pay(ctx, r); err == nil {
			w.told(p, nil)
		} else if _, told := w.receipts[r.Payment()]; told && !errors.Is(err, payment.ReasonKey) {
			w.violate("I8", "key %s has paid, and is refused: %v", r.Key, err)
		}
	}
}

func (w *world) cash(c order.CustomerID) order.Money {
	r, err := w.store.Load(context.Background(), ledger.Ask{Customer: c, All: []ledger.Kind{ledger.KindAccount}})
	w.must(err)
	for _, a := range r.Accounts {
		if a.Fund == payment.FundCash {
			return a.Balance
		}
	}
	return order.Money{}
}

// sameReceipt compares receipts that may have been in a store since.
func sameReceipt(a, b payment.Receipt) bool {
	return reflect.DeepEqual(a, b) || a.At.Equal(b.At) && fmt.Sprintf("%+v", plainTime(a)) == fmt.Sprintf("%+v", plainTime(b))
}

func plainTime(r payment.Receipt) payment.Receipt {
	r.At = r.At.UTC()
	return r
}
