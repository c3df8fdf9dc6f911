package desktest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// bind lets a customer have a disk that is bound to a resource, provided elsewhere.
func (w *world) bind(ctx context.Context, h *host, c order.CustomerID, main order.ResourceID) {
	w.things.n++
	x := renewal.Resource{ID: order.ResourceID(fmt.Sprintf("%s-disk-%d", c, w.things.n)), Customer: c, Product: "small", Service: "EVS", Count: 1,
		Charge: order.ChargeSubscription, Start: w.at.Truncate(time.Second), Mode: renewal.ModeManual, Main: main}
	x.Expiry, _ = renewal.First(x.Start, renewal.Term{N: 1, Unit: renewal.Month}, w.policy().Renewal)
	err := h.desk.Adopt(ctx, desk.AdoptRequest{By: "host", Resource: x})
	w.say("adopt %s, bound to %s: %v", x.ID, main, err)
	if w.calm {
		w.must(err)
	}
}

// moreComes lets another host add to what a change writes or expects to be all: a resource
// that is bound to one that is written, or a coupon.
func (w *world) moreComes(h *host, c *ledger.Change) {
	var to []ledger.Of
	for _, r := range c.Put.Resources {
		if r.Main == "" {
			to = append(to, ledger.Of{Kind: ledger.KindResource, Group: string(r.ID)})
		}
	}
	for _, of := range c.ExpectAll {
		if of.Kind == ledger.KindCoupon {
			to = append(to, ledger.Of{Kind: of.Kind})
		}
	}
	if len(to) == 0 {
		return
	}
	of := pick(w, to)
	if slices.ContainsFunc(c.ExpectAll, func(x ledger.Of) bool { return x.Kind == of.Kind && x.Group == of.Group }) {
		w.meets(h, AtCommit, MoreCame)
	}
	calm, current := w.calm, w.current
	w.calm, w.current = true, nil // nobody else runs, and nothing goes wrong
	defer func() { w.calm, w.current = calm, current }()
	ctx, other := context.Background(), w.hosts[0]
	if other == h {
		other = w.hosts[1]
	}
	if of.Kind == ledger.KindResource {
		w.bind(ctx, other, c.Customer, order.ResourceID(of.Group))
		return
	}
	w.things.n++
	k := coupon.Coupon{ID: coupon.ID(fmt.Sprintf("%s-coupon-more-%d", c.Customer, w.things.n)), Customer: c.Customer, State: coupon.StateAvailable,
		Kind: coupon.KindCash, Face: usd(int64(w.rng.IntN(3000)) + 1)}
	k.Balance = k.Face
	_, err := other.desk.Issue(ctx, desk.IssueRequest{By: "host", Coupon: k})
	w.say("issue %s: %v", k.ID, err)
	w.must(err)
	w.things.coupons[c.Customer] = append(w.things.coupons[c.Customer], k.ID)
}

// mode sets the mode of a resource.
func (w *world) mode(ctx context.Context, h *host, c order.CustomerID, r order.ResourceID) {
	m, auto := pick(w, []renewal.Mode{renewal.ModeAutomatic, renewal.ModeAutomatic, renewal.ModePayPerUse, renewal.ModeNone, renewal.ModeManual}), renewal.Auto{}
	if m == renewal.ModeAutomatic {
		auto.Term = renewal.Term{N: 1, Unit: renewal.Month}
	}
	_, err := h.desk.SetMode(ctx, desk.ModeRequest{Customer: c, By: "somebody", Resource: r, Mode: m, Auto: auto})
	w.say("%s of %s: %v", m, r, err)
}

// follow: what is bound ends as its main resource does (R4, R10), in any sequence.
func (w *world) follow(all []renewal.Resource) {
	for _, main := range all {
		want := main.Mode
		if want == renewal.ModeAutomatic {
			want = renewal.ModeManual // it comes along
		}
		for _, x := range all {
			ends := func(r renewal.Resource) bool { return r.Released.IsZero() && r.Charge == order.ChargeSubscription }
			bound := x.Main == main.ID && ends(main) && ends(x)
			if bound && x.Mode != want {
				w.violate("I10", "%s was set for resource %s, and %s, which is bound to it, ends by %s", main.Mode, main.ID, x.ID, x.Mode)
			}
		}
	}
}
