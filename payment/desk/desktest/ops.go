package desktest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/renewal"
)

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

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

// act is one thing that a caller does.
func (w *world) act(h *host) {
	ctx, c := context.Background(), pick(w, w.customers)
	if len(w.things.leavers) > 0 && w.one(4) {
		w.payOut(ctx, h, pick(w, w.things.leavers))
		return
	}
	switch k := w.rng.IntN(100); {
	case k < 16:
		w.place(ctx, h, c)
	case k < 44:
		w.pay(ctx, h, c)
	case k < 50 && len(w.things.requests) > 0:
		r := pick(w, w.things.requests)
		p, err := h.desk.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: r.Customer, By: "somebody", Payment: r.Payment()})
		w.say("cancel payment %s: %s, %v", r.Key, p.State, err)
		w.told(p, err)
	case k < 56:
		w.hint(ctx, h, c)
	case k < 61:
		w.cancelOrders(ctx, h, c)
	case k < 70:
		w.move(ctx, h, c)
	case k < 73:
		w.choose(ctx, h, c)
	case k < 75:
		w.topUp(ctx, h, c)
	case k < 76:
		w.things.n++
		w.deposit(ctx, h, desk.DepositRequest{ID: fmt.Sprint("more-", w.rng.IntN(3)), Customer: c, By: "host", Fund: payment.FundCash, Amount: usd(700)})
	case k < 80:
		w.renew(ctx, h, c)
	case k < 83:
		w.leave(ctx, h, c)
	case k < 85 && w.things.codes > 0:
		x, err := h.desk.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: simCode, Customer: c, By: "somebody"})
		w.say("claim %s for %s: %s, %v", simCode, c, x.ID, err)
		if err == nil {
			w.things.claimed[c] = x.ID
			w.things.coupons[c] = append(w.things.coupons[c], x.ID)
		}
	case k < 92:
		w.fail(ctx, h)
	default:
		s, err := h.desk.Sweep(ctx, 10)
		w.say("sweep: %+v, %v", s, err)
	}
}

// hint lets a gateway notify of a payment, or of a refund, of a customer.
func (w *world) hint(ctx context.Context, h *host, c order.CustomerID) {
	r := w.all(c)
	if len(r.Payments) == 0 {
		return
	}
	x := gateway.Hint{Customer: c, Payment: pick(w, r.Payments).ID}
	if len(r.Refunds) > 0 && w.one(2) {
		f := pick(w, r.Refunds)
		x.Payment, x.Refund = f.Payment, f.ID
	}
	p, err := h.desk.Hint(ctx, x)
	w.say("hint of %s %s: %s, %v", x.Payment, x.Refund, p.State, err)
	w.told(p, err)
}

func (w *world) deposit(ctx context.Context, h *host, x desk.DepositRequest) {
	_, err := h.desk.Deposit(ctx, x)
	w.say("deposit %s of %s for %s: %v", x.ID, x.Amount, x.Customer, err)
	if err == nil {
		w.deposits[string(x.Customer)+"/"+x.ID] = x.Amount
	}
}

// topUp pays into the balance of a customer, or has that given back which was (P20).
func (w *world) topUp(ctx context.Context, h *host, c order.CustomerID) {
	paid := slices.DeleteFunc(w.all(c).Payments, func(p payment.Payment) bool { return p.Quote.TopUp.Sign() == 0 || p.State != payment.PaymentSucceeded })
	w.things.n++
	if len(paid) > 0 && w.one(2) {
		id := pick(w, paid).ID
		f, err := h.desk.RefundTopUp(ctx, desk.RefundTopUpRequest{ID: fmt.Sprint("back-", w.things.n), Customer: c, By: "op", Payment: id, Amount: usd(1 + w.rng.Int64N(600))})
		w.say("give back %s of %s: %s, %v", f.Cash, id, f.State, err)
		return
	}
	r := payment.Request{Key: payment.Key(fmt.Sprint("k", w.things.n)), Customer: c, By: "somebody", Method: payment.MethodOnline, TopUp: usd(600)}
	w.instrument(&r)
	w.things.requests = append(w.things.requests, r)
	p, err := h.desk.Pay(ctx, r)
	w.say("pay %s, into the balance: %s, %v", r.Key, p.State, err)
	w.told(p, err)
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
	p := desk.PlaceRequest{Customer: c, By: "somebody"}
	var ids []order.ID
	for i := range n {
		id := order.ID(fmt.Sprintf("%s-%d-%d", c, w.things.n, i))
		ids = append(ids, id)
		d := order.Draft{ID: id, Customer: c, Type: order.TypePurchase, Review: w.one(12), Confirm: w.one(20), Lines: []order.Line{{Product: "vm",
			Service: pick(w, []string{"ECS", "EVS", ""}), Count: 1, Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: usd(int64(w.rng.IntN(4000)))}}}
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
			r.Discounts = []payment.Pick{w.discount(c, r.Orders[0])}
		}
		if r.Method == payment.MethodOnline {
			w.instrument(&r)
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
	if charged := err == nil && p.Amount.Sign() > 0; charged && r.Instrument != "" && w.holders[r.Instrument] != r.Customer {
		w.violate("P19", "%s pays %s with the instrument of %s", r.Customer, r.Key, w.holders[r.Instrument])
	}
}

// instrument lets a customer name an instrument, now and then one of somebody else, or have the one
// kept that they name at the gateway.
func (w *world) instrument(r *payment.Request) {
	switch {
	case w.one(6):
		r.Keep = true
	case w.one(3):
		r.Instrument = pick(w, slices.Sorted(maps.Keys(w.holders)))
	}
}

// keep saves an instrument of a customer, who is charged with it from now on.
func (w *world) keep(c order.CustomerID) order.Opaque {
	saved := order.Opaque(fmt.Sprint("card ", len(w.holders)+1))
	w.holders[saved], w.own[c] = c, saved
	return saved
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
	canceled, refused, err := h.desk.CancelOrders(ctx, desk.CancelRequest{Customer: c, By: "somebody", Orders: ids})
	w.say("cancel %v: %d canceled, %v, %v", ids, len(canceled), refused, err)
}

func (w *world) move(ctx context.Context, h *host, c order.CustomerID) {
	id, ok := w.anOrder(c)
	if !ok {
		return
	}
	m := desk.MoveRequest{Customer: c, By: "reviewer", Order: id,
		Event: pick(w, []order.Event{order.EventApprove, order.EventApprove, order.EventConfirm, order.EventReject, order.EventComplete, order.EventComplete, order.EventFail, order.EventFail, order.EventCancel})}
	if m.Event == order.EventCancel {
		m.Reason = pick(w, []order.Reason{order.ReasonResourceDeleted, order.ReasonContractEnded})
	}
	if m.Event == order.EventComplete && w.one(2) {
		r := renewal.Resource{ID: order.ResourceID("of-" + string(id)), Customer: c, Product: "vm", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
			Start: w.at.Truncate(time.Second), Mode: renewal.ModeManual}
		r.Expiry, _ = renewal.First(r.Start, renewal.Term{N: 1, Unit: renewal.Month}, w.policy().Renewal)
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
	if len(r.Orders) == 0 { // into the balance
		return
	}
	id := pick(w, r.Orders)
	o, err := h.desk.Move(ctx, desk.MoveRequest{Customer: r.Customer, By: "host", Order: id, Event: order.EventCancel, Reason: order.ReasonContractEnded})
	w.say("contract of %s ended: %s, %v", id, o.State, err)
	if err == nil && o.State == order.StatePaying {
		w.causes[id] = true
	}
}

// fail says of an order that has been paid that it cannot be provided.
func (w *world) fail(ctx context.Context, h *host) {
	for _, r := range w.things.requests {
		if _, paid := w.receipts[r.Payment()]; paid && len(r.Orders) > 0 && w.one(2) {
			id := pick(w, r.Orders)
			o, err := h.desk.Move(ctx, desk.MoveRequest{Customer: r.Customer, By: "reviewer", Order: id, Event: order.EventFail})
			w.say("fail %s: %s, %v", id, o.State, err)
			return
		}
	}
}

func (w *world) choose(ctx context.Context, h *host, c order.CustomerID) {
	if id, ok := w.anOrder(c); ok {
		d := w.discount(c, id)
		_, err := h.desk.ChooseDiscount(ctx, desk.DiscountRequest{Customer: c, By: "somebody", Pick: d})
		w.say("choose discount %q for %s: %v", string(d.Discount), id, err)
	}
}

// discount draws what a customer chooses for an order: the best, none, or a coupon of theirs.
func (w *world) discount(c order.CustomerID, id order.ID) payment.Pick {
	p := payment.Pick{Order: id, Best: w.one(4)}
	if ids := w.things.coupons[c]; len(ids) > 0 && !p.Best && !w.one(3) {
		p.Discount = discount.ID(pick(w, ids))
	}
	return p
}

func (w *world) renew(ctx context.Context, h *host, c order.CustomerID) {
	rs := w.things.resources[c]
	if len(rs) == 0 {
		return
	}
	r := pick(w, rs)
	switch w.rng.IntN(6) {
	case 0, 1:
		w.mode(ctx, h, c, r)
		return
	case 2:
		w.bind(ctx, h, c, r)
		return
	}
	w.things.n++
	x := desk.RenewRequest{Customer: c, By: "somebody", ID: fmt.Sprint("r", w.things.n), Resources: []order.ResourceID{r}, Term: renewal.Term{N: 1, Unit: renewal.Month}}
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
	l := desk.UnsubscribeRequest{Customer: c, By: "somebody", Resource: pick(w, rs)}
	l.ID = order.ID("leave-" + string(l.Resource))
	if w.one(5) {
		err := h.desk.Release(ctx, desk.ReleaseRequest{Customer: c, By: "somebody", Resource: l.Resource})
		w.say("release %s: %v", l.Resource, err)
		return
	}
	if w.one(3) {
		w.change(ctx, h, c, l.Resource)
		return
	}
	if last := w.things.renewals[l.Resource]; last != "" && w.one(2) {
		l.ID, l.Renewal = "back-"+last, last
	} else if w.one(4) {
		l.ID, l.AtExpiry = "", true
	}
	x, err := h.desk.Unsubscribe(ctx, l)
	w.say("%s: %s, %v", l.ID, x.Order.State, err)
	if err == nil && !l.AtExpiry {
		w.orders[c] = append(w.orders[c], x.Order.ID)
	}
}

// change makes a resource more or less, and pays for it like for any order.
func (w *world) change(ctx context.Context, h *host, c order.CustomerID, r order.ResourceID) {
	w.things.n++
	q := desk.ChangeRequest{ID: order.ID(fmt.Sprint("change-", w.things.n)), Customer: c, Resource: r,
		Product: pick(w, []string{"", "small", "vm"}), Count: 1 + w.rng.IntN(3), AtExpiry: w.one(3)}
	for range 1 + w.rng.IntN(4)/3 { // now and then it is said twice
		x, err := h.desk.Change(ctx, q)
		w.say("%s of %s to %d %s: %s, %v", q.ID, r, q.Count, q.Product, x.Order.State, err)
		if err == nil && !q.AtExpiry {
			w.orders[c] = append(w.orders[c], q.ID)
			w.things.orders[c] = append(w.things.orders[c], []order.ID{q.ID})
		}
	}
}
