package desktest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// paidOut is what an operator was told of a credit, and so must stand.
type paidOut struct {
	out     desk.PaidOut
	settled order.Money // by hand; zero: it was paid out
}

// lapse lets a customer on monthly settlement have bills behind them, the last of which may be
// declined, and something in credit: a month is gone by then. It is done in calm.
func (w *world) lapse(ctx context.Context, h *host, c order.CustomerID) {
	now, refuses := w.at, w.one(2)
	w.at = w.at.Add(-31 * 24 * time.Hour)
	plan := renewal.Resource{ID: order.ResourceID(string(c) + "-plan"), Customer: c, Product: "vm", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
		Start: w.at, Mode: renewal.ModeManual}
	plan.Expiry, _ = renewal.First(plan.Start, renewal.Term{N: 2, Unit: renewal.Month}, w.policy().Renewal)
	w.monthly(ctx, h, c, "plan", 2000)
	w.monthly(ctx, h, c, "extra", 900)
	_, err := h.desk.Move(ctx, desk.MoveRequest{Customer: c, By: "host", Order: order.ID(string(c) + "-plan"), Event: order.EventComplete, Resources: []renewal.Resource{plan}})
	w.must(err)
	w.bills(ctx, h, 6*24*time.Hour)
	if refuses {
		w.monthly(ctx, h, c, "late", 1500)
	}
	if w.one(2) {
		_, err := h.desk.Unsubscribe(ctx, desk.UnsubscribeRequest{ID: order.ID(string(c) + "-leaves"), Customer: c, By: "somebody", Resource: plan.ID})
		w.must(err)
	} else {
		w.things.resources[c] = append(w.things.resources[c], plan.ID)
	}
	w.advance(now.Sub(w.at))
	if refuses {
		g := w.gateways[w.customerOf(c).Gateway]
		g.refuses = true
		p := w.policy()
		due, err := p.MadeAt(p.MonthOf(w.at.Add(-7 * 24 * time.Hour))) // of January's
		w.must(err)
		w.bills(ctx, h, max(0, due.Sub(w.at)))
		g.refuses = false
	}
	if !w.one(3) {
		_, err := h.desk.Move(ctx, desk.MoveRequest{Customer: c, By: "host", Order: order.ID(string(c) + "-extra"), Event: order.EventFail})
		w.must(err)
	}
}

// monthly lets a customer have an order that is settled monthly.
func (w *world) monthly(ctx context.Context, h *host, c order.CustomerID, name string, amount int64) {
	id := order.ID(string(c) + "-" + name)
	_, err := h.desk.Place(ctx, desk.PlaceRequest{Customer: c, By: "somebody", Drafts: []order.Draft{{ID: id, Type: order.TypePurchase,
		Lines: []order.Line{{Product: "vm", Service: "ECS", Count: 1, Term: order.Term{N: 2, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: usd(amount)}}}}})
	w.must(err)
	r := payment.Request{Key: payment.Key(id), Customer: c, By: "somebody", Orders: []order.ID{id}, Method: payment.MethodMonthly}
	p, err := h.desk.Pay(ctx, r) // not while a bill is overdue
	w.say("pay %s by %s: %s, %v", id, r.Method, p.State, err)
	w.told(p, err)
	w.orders[c] = append(w.orders[c], id)
	w.things.requests = append(w.things.requests, r)
}

// bills lets time go by, and what is due then be charged.
func (w *world) bills(ctx context.Context, h *host, by time.Duration) {
	w.advance(by)
	for range 3 {
		_, err := h.desk.Sweep(ctx, 100)
		w.must(err)
		w.advance(3 * time.Hour)
	}
}

// payOut pays the credit of a customer out, or says what was given back by hand; now and then
// again under an ID that was used before.
func (w *world) payOut(ctx context.Context, h *host, c order.CustomerID) {
	id := fmt.Sprint("out-", w.rng.IntN(3))
	if w.one(4) {
		x := desk.SettleCreditRequest{ID: id, Customer: c, By: "operator", Why: "by bank transfer", Amount: usd(int64(w.rng.IntN(400)) + 1)}
		left, err := h.desk.SettleCredit(ctx, x)
		w.say("settle %s of the credit of %s, %s: %s left, %v", x.Amount, c, id, left.Balance, err)
		if err == nil {
			w.stands(string(c)+"/settle/"+id, paidOut{settled: x.Amount})
		}
		return
	}
	out, err := h.desk.PayOut(ctx, desk.PayOutRequest{ID: id, Customer: c, By: "operator", Currency: order.USD})
	w.say("pay the credit of %s out, %s: %s, %s left, %v", c, id, out.Amount, out.Rest, err)
	if err == nil && out.Amount.Sign() > 0 {
		w.stands(string(c)+"/pay/"+id, paidOut{out: out})
	}
}

// stands: what an operator was told under an ID is told again (I10).
func (w *world) stands(name string, now paidOut) {
	if before, told := w.payouts[name]; told && !samePayOut(before, now) {
		w.violate("I10", "%s paid out %s, settled %s, and now %s, %s", name, before.out.Amount, before.settled, now.out.Amount, now.settled)
	}
	w.payouts[name] = now
}

func samePayOut(a, b paidOut) bool {
	ids := func(p paidOut) (ids []order.RefundID) {
		for _, f := range p.out.Refunds {
			ids = append(ids, f.ID)
		}
		return ids
	}
	return a.out.Amount == b.out.Amount && a.settled == b.settled && slices.Equal(ids(a), ids(b))
}

// barred: a credit is paid out by a commit after which no bill is due and no payment is open (P21).
func (w *world) barred(c ledger.Change) {
	paid := false
	for i := range c.Put.Entries {
		paid = paid || c.Put.Entries[i].Step == ledger.StepPayOut && len(c.Put.Refunds) > 0
	}
	if !paid {
		return
	}
	r := w.all(c.Customer)
	for i := range r.Bills {
		if b := &r.Bills[i]; b.State == payment.BillDue && b.Charges.Currency() == order.USD {
			w.violate("I14", "a credit of %s was paid out, and the bill of %s is due", c.Customer, b.Month)
		}
	}
	for i := range r.Payments {
		if p := &r.Payments[i]; p.State.Live() {
			w.violate("I14", "a credit of %s was paid out, and payment %s is %s", c.Customer, p.ID, p.State)
		}
	}
	for i := range r.Orders {
		if o := &r.Orders[i]; o.State.Open() && o.Deadline.After(w.at.Add(skew)) {
			w.violate("I14", "a credit of %s was paid out, and order %s is %s", c.Customer, o.ID, o.State)
		}
	}
}

// credits: what operators were told of credits stands (I10), and by hand, once nothing is on its
// way: what was settled monthly is what gateways got of bills and kept, and what is to be charged,
// without what is in credit and what was given back by hand (I14).
func (w *world) credits() {
	ctx, h := context.Background(), w.hosts[0]
	for _, name := range sortedKeys(w.payouts) {
		told := w.payouts[name]
		part := strings.Split(name, "/")
		c, id := order.CustomerID(part[0]), part[2]
		before := w.all(c).Credits
		if told.settled.Sign() > 0 {
			_, err := h.desk.SettleCredit(ctx, desk.SettleCreditRequest{ID: id, Customer: c, By: "operator", Why: "by bank transfer", Amount: told.settled})
			w.must(err)
		} else {
			out, err := h.desk.PayOut(ctx, desk.PayOutRequest{ID: id, Customer: c, By: "operator", Currency: order.USD})
			w.must(err)
			w.stands(name, paidOut{out: out})
		}
		if !reflect.DeepEqual(before, w.all(c).Credits) {
			w.violate("I10", "%s was acknowledged, and is done again", name)
		}
	}
	for _, c := range w.customers {
		w.settledMonthly(c)
	}
}

// settledMonthly compares both sides of a customer's monthly settlement.
func (w *world) settledMonthly(c order.CustomerID) {
	r := w.all(c)
	owed, has, ofBills := int64(0), int64(0), make(map[order.PaymentID]bool)
	for i := range r.Payments {
		switch p := &r.Payments[i]; {
		case p.Bill != "" && p.State.Live():
			return // still on its way
		case p.Bill != "":
			ofBills[p.ID] = p.State == payment.PaymentSucceeded
			has -= p.Gone.Minor()
		case p.Quote.Method == payment.MethodMonthly && p.State == payment.PaymentSucceeded:
			owed += p.Quote.Sum.Cash.Minor() - p.Returned().Minor()
		}
	}
	for _, g := range w.gateways {
		for _, m := range g.ledger {
			if m.Customer == c && ofBills[m.Payment] && !m.Unasked { // that may never be heard of
				has += m.Amount.Minor()
			}
		}
	}
	for i := range r.Refunds {
		f := &r.Refunds[i]
		switch {
		case !ofBills[f.Payment]:
		case f.State != payment.RefundDone:
			return // still on its way
		case w.gateways["full"].gave(f.Key) != f.Cash:
			has -= f.Cash.Minor() // by hand
		}
	}
	for i := range r.Bills {
		b := &r.Bills[i]
		if has += b.ByHand.Minor(); b.State != payment.BillPaid {
			has += b.Due().Minor()
		}
	}
	for i := range r.Credits {
		has -= r.Credits[i].Balance.Minor()
	}
	for i := range r.Entries {
		for _, m := range r.Entries[i].Moves {
			if r.Entries[i].Step == ledger.StepSettleCredit && m.Kind == ledger.KindCredit {
				has += m.Amount.Minor() // below zero
			}
		}
	}
	if owed != has {
		w.violate("I14", "%s settled %d monthly, and %d of it was charged, or will be", c, owed, has)
	}
}
