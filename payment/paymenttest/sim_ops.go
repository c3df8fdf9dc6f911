package paymenttest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// customerOf is what the hosts know of a customer: bob's gateway can neither cancel nor
// refund.
func (w *world) customerOf(id order.CustomerID) payment.Customer {
	c := payment.Customer{ID: id, Monthly: true, Gateway: "full"}
	if id == "bob" {
		c.Gateway = "plain"
	}
	c.Policy.Renewal = renewal.Huawei()
	c.Policy.Order.Lifetime = w.lifetime
	return c
}

// simPrices: ten a month, ten months for a year; half of that for something small.
type simPrices struct{}

func (simPrices) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	n := int64(t.N)
	if t.Unit == renewal.Year {
		n *= 10
	}
	if r.Product == "small" {
		return order.Minor(500*n, order.USD), nil
	}
	return order.Minor(1000*n, order.USD), nil
}

// simCode is a public code of shop's, of which there are fewer coupons than customers.
const simCode = "SPRING"

// run is the whole history: what there is to begin with, callers at once while things go
// wrong, then calm, until everything is at rest; and what must hold then.
func (w *world) run() {
	w.furnish()
	var tasks []*task
	for i := range 2 + w.rng.IntN(5) {
		h := pick(w, w.hosts)
		tasks = append(tasks, w.spawn(fmt.Sprintf("caller %d on %s", i+1, h.name), func() {
			for range 1 + w.rng.IntN(5) {
				w.act(h)
			}
		}))
	}
	w.interleave(tasks)
	// Time goes by, and still nothing is safe.
	for range w.rng.IntN(5) {
		w.advance(pick(w, steps[:9]))
		var sweeps []*task
		for _, h := range w.hosts {
			sweeps = append(sweeps, w.spawn("sweep of "+h.name, func() {
				s, err := h.desk.Sweep(context.Background(), 10)
				w.say("sweep: %+v, %v", s, err)
				if w.one(3) {
					w.act(h)
				}
			}))
		}
		w.interleave(sweeps)
	}
	w.settle()
}

// furnish is done in calm: accounts, coupons, resources.
func (w *world) furnish() {
	w.calm = true
	ctx, h := context.Background(), w.hosts[0]
	for _, c := range w.customers {
		w.deposit(ctx, h, payment.Deposit{ID: "start", Customer: c, By: "host", Fund: payment.FundCash, Amount: usd(int64(w.rng.IntN(20000)) + 1)})
		_, err := h.desk.SetCredit(ctx, c, "host", usd(5000))
		w.must(err)
		for i := range w.rng.IntN(3) {
			k := coupon.Coupon{ID: coupon.ID(fmt.Sprintf("%s-coupon-%d", c, i)), Customer: c, State: coupon.StateAvailable, Face: usd(int64(w.rng.IntN(3000)) + 1),
				Kind: pick(w, []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard, coupon.KindDiscount}), Reusable: w.one(2)}
			k.Balance = k.Face
			if w.one(3) {
				k.Window.Until = w.at.Add(time.Duration(w.rng.IntN(72)) * time.Hour)
			}
			if k.Kind == coupon.KindDiscount {
				k.Face, k.Balance, k.Reusable, k.Discount.Ratio = order.Money{}, order.Money{}, false, order.Percent(80)
			}
			if w.one(3) {
				k.Limits.FirstOrder = true
			}
			_, err := h.desk.Issue(ctx, "host", k)
			w.must(err)
			w.things.coupons[c] = append(w.things.coupons[c], k.ID)
		}
		if w.one(2) {
			r := renewal.Resource{ID: order.ResourceID(string(c) + "-vm"), Customer: c, Product: "vm", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
				Start: w.at.Add(-29 * 24 * time.Hour), Mode: renewal.ModeManual}
			r.Expiry, _ = renewal.First(r.Start, renewal.Term{N: 1, Unit: renewal.Month}, w.customerOf(c).Policy.Renewal)
			w.must(h.desk.Adopt(ctx, "host", r))
			w.things.resources[c] = append(w.things.resources[c], r.ID)
		}
		w.place(ctx, h, c)
		w.place(ctx, h, c)
		if w.one(4) {
			w.rent(ctx, h, c)
		}
	}
	if w.one(3) {
		w.things.codes = 1
		_, err := h.desk.IssueCode(ctx, "host", payment.PublicCode{Issuer: "shop", Code: coupon.Code{Code: simCode, Left: w.things.codes,
			Coupon: coupon.Template{Kind: coupon.KindCard, Face: usd(300), Reusable: true}}})
		w.must(err)
	}
	w.calm = false
}

// rent lets a customer have a resource for two periods, each paid by itself, to be left.
func (w *world) rent(ctx context.Context, h *host, c order.CustomerID) {
	id := order.ID(string(c) + "-rent")
	month := order.Term{N: 1, Unit: order.Month}
	r := renewal.Resource{ID: order.ResourceID(string(c) + "-box"), Customer: c, Product: "vm", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
		Start: w.at, Mode: renewal.ModeManual}
	r.Expiry, _ = renewal.First(r.Start, month, w.customerOf(c).Policy.Renewal)
	pay := func(key payment.Key, ids ...order.ID) {
		q := payment.Request{Key: key, Customer: c, By: "somebody", Orders: ids, Method: pick(w, []payment.Method{payment.MethodOnline, payment.MethodOnline, payment.MethodMonthly})}
		p, err := h.desk.Pay(ctx, q)
		w.must(err)
		for i := 0; err == nil && p.State == payment.PaymentPending && i < 3; i++ {
			w.advance(time.Hour)
			p, err = h.desk.Payment(ctx, c, p.ID)
		}
		w.must(err)
	}
	placed, err := h.desk.Place(ctx, payment.Placing{Customer: c, By: "somebody", Drafts: []order.Draft{{ID: id, Customer: c, Type: order.TypePurchase,
		Lines: []order.Line{{Product: "vm", Service: "ECS", Count: 1, Term: month, Charge: order.ChargeSubscription, Amount: usd(1000)}}}}})
	w.must(err)
	pay(payment.Key(string(c)+"-rent-1"), id)
	done, err := h.desk.Move(ctx, payment.Moving{Customer: c, By: "host", Order: id, Event: order.EventComplete, Resources: []renewal.Resource{r}})
	if err != nil {
		return // the payment failed, or is still on its way
	}
	w.orders[c] = append(w.orders[c], placed[0].ID, done.ID)
	w.things.resources[c] = append(w.things.resources[c], r.ID)
	if more, err := h.desk.Renew(ctx, payment.Renewing{Customer: c, By: "somebody", ID: string(c) + "-again", Resources: []order.ResourceID{r.ID}, Term: month}); err == nil {
		w.things.renewals[r.ID] = more[0].ID
		pay(payment.Key(string(c)+"-rent-2"), more[0].ID)
	}
}

func usd(n int64) order.Money { return order.Minor(n, order.USD) }

// must is for what is done in calm: it cannot fail.
func (w *world) must(err error) {
	if err != nil {
		w.violate("calm", "%v", err)
	}
}

// act is one thing that a caller does.
func (w *world) act(h *host) {
	ctx, c := context.Background(), pick(w, w.customers)
	switch k := w.rng.IntN(100); {
	case k < 16:
		w.place(ctx, h, c)
	case k < 44:
		w.pay(ctx, h, c)
	case k < 50 && len(w.things.requests) > 0:
		r := pick(w, w.things.requests)
		p, err := h.desk.CancelPayment(ctx, r.Customer, "somebody", r.Payment())
		w.say("cancel payment %s: %s, %v", r.Key, p.State, err)
		w.told(p, err)
	case k < 56 && len(w.things.requests) > 0:
		r := pick(w, w.things.requests)
		p, err := h.desk.Hint(ctx, payment.Hint{Customer: r.Customer, Payment: r.Payment()})
		w.say("hint of %s: %s, %v", r.Key, p.State, err)
		w.told(p, err)
	case k < 61:
		w.cancelOrders(ctx, h, c)
	case k < 70:
		w.move(ctx, h, c)
	case k < 73:
		w.choose(ctx, h, c)
	case k < 76:
		w.things.n++
		w.deposit(ctx, h, payment.Deposit{ID: fmt.Sprint("more-", w.rng.IntN(3)), Customer: c, By: "host", Fund: payment.FundCash, Amount: usd(700)})
	case k < 80:
		w.renew(ctx, h, c)
	case k < 83:
		w.leave(ctx, h, c)
	case k < 85 && w.things.codes > 0:
		x, err := h.desk.Claim(ctx, "shop", simCode, c, "somebody")
		w.say("claim %s for %s: %s, %v", simCode, c, x.ID, err)
		if err == nil {
			w.things.claimed[c] = x.ID
			w.things.coupons[c] = append(w.things.coupons[c], x.ID)
		}
	case k < 89:
		w.fail(ctx, h)
	default:
		s, err := h.desk.Sweep(ctx, 10)
		w.say("sweep: %+v, %v", s, err)
	}
}

func (w *world) deposit(ctx context.Context, h *host, x payment.Deposit) {
	_, err := h.desk.Deposit(ctx, x)
	w.say("deposit %s of %s for %s: %v", x.ID, x.Amount, x.Customer, err)
	if err == nil {
		w.deposits[string(x.Customer)+"/"+x.ID] = x.Amount
	}
}

// place places an order, a purchase, now and then one of thirty.
func (w *world) place(ctx context.Context, h *host, c order.CustomerID) {
	n := 1
	switch {
	case w.one(400):
		n = 30
	case w.one(3):
		n = 2 + w.rng.IntN(3)
	}
	w.things.n++
	p := payment.Placing{Customer: c, By: "somebody"}
	var ids []order.ID
	for i := range n {
		id := order.ID(fmt.Sprintf("%s-%d-%d", c, w.things.n, i))
		ids = append(ids, id)
		d := order.Draft{ID: id, Customer: c, Type: order.TypePurchase, Review: w.one(12), Confirm: w.one(20), Lines: []order.Line{{Product: "vm",
			Service: pick(w, []string{"ECS", "EVS"}), Count: 1, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: usd(int64(w.rng.IntN(4000)))}}}
		if w.one(15) {
			d.Lines[0].Charge = order.ChargePayPerUse
			d.Confirm = false
		}
		if rs := w.things.resources[c]; len(rs) > 0 && w.one(10) {
			d.Type, d.Lines[0].Resource = order.TypeUpgrade, pick(w, rs)
			d.Lines[0].Amount = usd(int64(w.rng.IntN(900)) + 1)
		}
		p.Drafts = append(p.Drafts, d)
	}
	if n > 1 {
		p.Purchase = order.PurchaseID(fmt.Sprintf("%s-p%d", c, w.things.n))
	}
	for range 1 + w.rng.IntN(4)/3 { // now and then it is said twice
		placed, err := h.desk.Place(ctx, p)
		w.say("place %v: %v", ids, err)
		if err == nil {
			for _, o := range placed {
				w.orders[c] = append(w.orders[c], o.ID)
			}
			if n == 1 || placed != nil {
				w.things.orders[c] = append(w.things.orders[c], ids)
			}
		}
	}
}

// pay pays some orders, or says again what was said before.
func (w *world) pay(ctx context.Context, h *host, c order.CustomerID) {
	var r payment.Request
	if len(w.things.requests) > 0 && w.one(4) {
		r = pick(w, w.things.requests)
	} else {
		groups := w.things.orders[c]
		if len(groups) == 0 {
			return
		}
		w.things.n++
		r = payment.Request{Key: payment.Key(fmt.Sprint("k", w.things.n)), Customer: c, By: "somebody",
			Method: pick(w, []payment.Method{payment.MethodOnline, payment.MethodOnline, payment.MethodOnline, payment.MethodBalance, payment.MethodMonthly})}
		for range 1 + w.rng.IntN(3) {
			// The latest are the likeliest to be unpaid.
			g := groups[max(0, len(groups)-1-w.rng.IntN(4))]
			if !slices.Contains(r.Orders, g[0]) && len(r.Orders)+len(g) <= 30 {
				r.Orders = append(r.Orders, g...)
			}
		}
		switch ids := w.things.coupons[c]; {
		case w.one(3):
			r.Choose = true
		case len(ids) > 0 && w.one(2):
			r.Coupons = []coupon.ID{pick(w, ids)}
		}
		if w.one(5) {
			r.Discounts = []payment.Pick{{Order: r.Orders[0], Best: w.one(2)}}
		}
		w.things.requests = append(w.things.requests, r)
	}
	if w.one(10) {
		if q, err := h.desk.Quote(ctx, r); err == nil {
			r.Agreed = q.Agreed()
			w.things.requests = append(w.things.requests, r)
		}
	}
	p, err := h.desk.Pay(ctx, r)
	w.say("pay %s, %v by %s: %s, %v", r.Key, r.Orders, r.Method, p.State, err)
	w.told(p, err)
}

// told: what a caller was told of a payment stands (I8, I10).
func (w *world) told(p payment.Payment, err error) {
	if err != nil || p.ID == "" {
		return
	}
	receipt, ok := p.Receipt()
	if !ok {
		return
	}
	if before, told := w.receipts[p.ID]; told && !reflect.DeepEqual(before, receipt) {
		w.violate("I8", "payment %s has another receipt than before", p.ID)
	}
	w.receipts[p.ID] = receipt
}

func (w *world) anOrder(c order.CustomerID) (order.ID, bool) {
	groups := w.things.orders[c]
	if len(groups) == 0 {
		return "", false
	}
	return pick(w, pick(w, groups)), true
}

func (w *world) cancelOrders(ctx context.Context, h *host, c order.CustomerID) {
	groups := w.things.orders[c]
	if len(groups) == 0 {
		return
	}
	ids := pick(w, groups)
	canceled, refused, err := h.desk.CancelOrders(ctx, c, "somebody", ids...)
	w.say("cancel %v: %d canceled, %v, %v", ids, len(canceled), refused, err)
}

func (w *world) move(ctx context.Context, h *host, c order.CustomerID) {
	id, ok := w.anOrder(c)
	if !ok {
		return
	}
	m := payment.Moving{Customer: c, By: "reviewer", Order: id,
		Event: pick(w, []order.Event{order.EventApprove, order.EventApprove, order.EventConfirm, order.EventReject, order.EventComplete, order.EventComplete, order.EventFail, order.EventFail, order.EventCancel})}
	if m.Event == order.EventCancel {
		m.Reason = pick(w, []order.Reason{order.ReasonResourceDeleted, order.ReasonContractEnded})
	}
	if m.Event == order.EventComplete && w.one(2) {
		r := renewal.Resource{ID: order.ResourceID("of-" + string(id)), Customer: c, Product: "vm", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
			Start: w.at.Truncate(time.Second), Mode: renewal.ModeManual}
		r.Expiry, _ = renewal.First(r.Start, renewal.Term{N: 1, Unit: renewal.Month}, w.customerOf(c).Policy.Renewal)
		m.Resources = []renewal.Resource{r}
	}
	w.cause(ctx, h)
	o, err := h.desk.Move(ctx, m)
	w.say("%s %s: %s, %v", m.Event, id, o.State, err)
	if err == nil && len(m.Resources) > 0 {
		if r := m.Resources[0].ID; !slices.Contains(w.things.resources[c], r) {
			w.things.resources[c] = append(w.things.resources[c], r)
		}
	}
}

// cause says of an order that may be being paid that it is not wanted any more; it is kept.
func (w *world) cause(ctx context.Context, h *host) {
	if len(w.things.requests) == 0 || !w.one(2) {
		return
	}
	r := w.things.requests[len(w.things.requests)-1]
	id := pick(w, r.Orders)
	o, err := h.desk.Move(ctx, payment.Moving{Customer: r.Customer, By: "host", Order: id, Event: order.EventCancel, Reason: order.ReasonContractEnded})
	w.say("contract of %s ended: %s, %v", id, o.State, err)
	if err == nil && o.State == order.StatePaying {
		w.causes[id] = true
	}
}

// fail says of an order that has been paid that it cannot be provided.
func (w *world) fail(ctx context.Context, h *host) {
	for _, r := range w.things.requests {
		if _, paid := w.receipts[r.Payment()]; paid && w.one(2) {
			id := pick(w, r.Orders)
			o, err := h.desk.Move(ctx, payment.Moving{Customer: r.Customer, By: "reviewer", Order: id, Event: order.EventFail})
			w.say("fail %s: %s, %v", id, o.State, err)
			return
		}
	}
}

func (w *world) choose(ctx context.Context, h *host, c order.CustomerID) {
	if id, ok := w.anOrder(c); ok {
		_, err := h.desk.ChooseDiscount(ctx, c, "somebody", payment.Pick{Order: id, Best: w.one(2)})
		w.say("choose a discount for %s: %v", id, err)
	}
}

func (w *world) renew(ctx context.Context, h *host, c order.CustomerID) {
	rs := w.things.resources[c]
	if len(rs) == 0 {
		return
	}
	r := pick(w, rs)
	if w.one(3) {
		_, err := h.desk.SetMode(ctx, c, "somebody", r, renewal.ModeAutomatic, renewal.Auto{Term: renewal.Term{N: 1, Unit: renewal.Month}})
		w.say("renew %s automatically: %v", r, err)
		return
	}
	w.things.n++
	x := payment.Renewing{Customer: c, By: "somebody", ID: fmt.Sprint("r", w.things.n), Resources: []order.ResourceID{r}, Term: renewal.Term{N: 1, Unit: renewal.Month}}
	if w.one(2) {
		x.Day = 1
	}
	placed, err := h.desk.Renew(ctx, x)
	w.say("renew %s: %v", r, err)
	if err == nil {
		w.things.renewals[r] = placed[0].ID
		var ids []order.ID
		for _, o := range placed {
			ids = append(ids, o.ID)
			w.orders[c] = append(w.orders[c], o.ID)
		}
		w.things.orders[c] = append(w.things.orders[c], ids)
	}
}

func (w *world) leave(ctx context.Context, h *host, c order.CustomerID) {
	rs := w.things.resources[c]
	if len(rs) == 0 {
		return
	}
	l := payment.Leaving{Customer: c, By: "somebody", Resource: pick(w, rs)}
	l.ID = order.ID("leave-" + string(l.Resource))
	if w.one(5) {
		err := h.desk.Release(ctx, c, "somebody", l.Resource)
		w.say("release %s: %v", l.Resource, err)
		return
	}
	switch last := w.things.renewals[l.Resource]; {
	case w.one(3):
		l.ID, l.Product = order.ID("cheaper-"+string(l.Resource)), "small"
	case last != "" && w.one(2):
		l.ID, l.Renewal = "back-"+last, last
	}
	o, err := h.desk.Refund(ctx, l)
	w.say("%s: %s, %v", l.ID, o.State, err)
	if err == nil {
		w.orders[c] = append(w.orders[c], o.ID)
	}
}

// steps are how the clock goes on once faults have stopped: within these sweeps everything
// is at rest (I11).
var steps = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 31 * time.Minute, time.Hour, time.Hour, 3 * time.Hour,
	6 * time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour}

// settle stops the faults, sweeps until everything is at rest, lets an operator decide what
// is in review, and audits.
func (w *world) settle() {
	w.calm = true
	for _, h := range w.hosts {
		h.off = 0
	}
	w.sweepToRest()
	w.audit("at rest")
	// Gateways notify of what is long done, twice.
	for _, r := range append(w.things.requests, w.things.requests...) {
		p, err := w.hosts[0].desk.Hint(context.Background(), payment.Hint{Customer: r.Customer, Payment: r.Payment()})
		w.told(p, err)
	}
	w.operate()
	w.sweepToRest()
	w.audit("after the operator")
	w.standing()
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
			if s.Orders+s.Payments+s.Refunds+s.Bills+s.Claims+s.Notices == 0 {
				break
			}
		}
		if w.rests() {
			return
		}
		w.advance(step)
	}
	for _, c := range w.customers {
		r := w.all(c)
		for _, p := range r.Payments {
			anew := p.Bill != "" && w.at.Sub(p.Held) < 3*24*time.Hour // it was declined before
			if !p.State.Final() && p.State != payment.PaymentReview && !anew {
				w.violate("I11", "payment %s is %s after %d sweeps", p.ID, p.State, len(steps))
			}
		}
		for _, f := range r.Refunds {
			if f.State != payment.RefundDone && f.State != payment.RefundReview {
				w.violate("I11", "refund %s is %s after %d sweeps", f.ID, f.State, len(steps))
			}
		}
	}
}

// rests reports whether nothing is on its way.
func (w *world) rests() bool {
	for _, c := range append([]order.CustomerID{"shop"}, w.customers...) { // of shop the claims
		r, err := w.store.Load(context.Background(), payment.Ask{Customer: c, All: []payment.Kind{payment.KindPayment, payment.KindRefund, payment.KindOutbox, payment.KindClaim}})
		w.must(err)
		for i := range r.Payments {
			if p := &r.Payments[i]; !p.Waits.IsZero() {
				return false
			}
		}
		for i := range r.Refunds {
			if !r.Refunds[i].Waits.IsZero() {
				return false
			}
		}
		for i := range r.Outboxes {
			if !r.Outboxes[i].Waits.IsZero() {
				return false
			}
		}
		for i := range r.Claims {
			if !r.Claims[i].Waits.IsZero() {
				return false
			}
		}
	}
	return true
}

// all returns every record of a customer, past all faults.
func (w *world) all(c order.CustomerID) payment.Records {
	r, err := everything(w.store, c)
	w.must(err)
	return r
}

func (w *world) audit(when string) {
	for _, c := range w.customers {
		var ledger []payment.Movement
		for _, name := range [...]string{"full", "plain"} {
			for _, m := range w.gateways[name].ledger {
				if m.Customer == c {
					ledger = append(ledger, m)
				}
			}
		}
		for _, v := range payment.Audit(w.all(c), ledger) {
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
			x := payment.Resolving{Customer: c, By: "operator", Why: "seen at the gateway", Payment: p.ID, Decision: payment.DecisionFailed}
			if k := w.gateways[p.Gateway].charges[p.Key]; k != nil {
				// The operator has it closed there first.
				w.gateways[p.Gateway].cancel(p.Charge())
				if k.outcome.Status == payment.StatusCaptured {
					x.Decision, x.Trade = payment.DecisionSucceeded, k.outcome.Trade
				}
			}
			err := h.desk.Resolve(ctx, x)
			w.say("the operator says of payment %s: %s, %v", p.ID, x.Decision, err)
			w.must(err)
		}
	}
	for _, c := range w.customers {
		for _, f := range w.all(c).Refunds {
			if f.State != payment.RefundReview {
				continue
			}
			x := payment.Resolving{Customer: c, By: "operator", Why: "done by hand", Refund: f.ID, Decision: payment.DecisionSucceeded}
			if f.Gateway == "full" && w.gateways["full"].refunds[f.Key].Status == payment.StatusCaptured {
				x.Decision = payment.DecisionAgain // it answers what it did
			}
			err := h.desk.Resolve(ctx, x)
			w.say("the operator says of refund %s: %s, %v", f.ID, x.Decision, err)
			w.must(err)
		}
	}
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
			if x.Kind == coupon.KindCard && x.Face == usd(300) && !strings.Contains(string(x.ID), "-coupon-") {
				n++
				there = there || x.ID == w.things.claimed[c]
			}
		}
		if id := w.things.claimed[c]; id != "" && !there {
			w.violate("I10", "coupon %s was claimed by %s, and is not there", id, c)
		}
	}
	r, err := w.store.Load(context.Background(), payment.Ask{Customer: "shop", Refs: []payment.Ref{{Kind: payment.KindCode, ID: simCode}}})
	w.must(err)
	if len(r.Codes) != 1 || r.Codes[0].Left+n != w.things.codes {
		w.violate("I6", "%d of %d coupons were claimed, and the code has %+v", n, w.things.codes, r.Codes)
	}
}

// standing: what callers were told stands (I8, I10), and customers heard it (I12).
func (w *world) standing() {
	ctx, h := context.Background(), w.hosts[0]
	w.claims()
	for _, c := range w.customers {
		r := w.all(c)
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
			if o := &r.Orders[i]; w.causes[o.ID] && o.State != order.StateRefunding && o.State != order.StateRefunded && o.State != order.StateCanceled {
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
		for _, o := range r.Outboxes {
			if o.Kept == 0 && w.heard[c] != o.Written {
				w.violate("I12", "%s heard %d notices of %d", c, w.heard[c], o.Written)
			}
		}
	}
	for _, id := range sortedKeys(w.deposits) {
		amount := w.deposits[id]
		c, name := order.CustomerID(id[:3]), id[4:]
		before := w.cash(c)
		_, err := h.desk.Deposit(ctx, payment.Deposit{ID: name, Customer: c, By: "host", Fund: payment.FundCash, Amount: amount})
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
	r, err := w.store.Load(context.Background(), payment.Ask{Customer: c, All: []payment.Kind{payment.KindAccount}})
	w.must(err)
	for _, a := range r.Accounts {
		if a.Fund == payment.FundCash {
			return a.Balance
		}
	}
	return order.Money{}
}

// sameReceipt compares receipts that may have been in a store meanwhile.
func sameReceipt(a, b payment.Receipt) bool {
	return reflect.DeepEqual(a, b) || a.At.Equal(b.At) && fmt.Sprintf("%+v", plainTime(a)) == fmt.Sprintf("%+v", plainTime(b))
}

func plainTime(r payment.Receipt) payment.Receipt {
	r.At = r.At.UTC()
	return r
}
