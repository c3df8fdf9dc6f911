package desktest

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// customerOf is what the hosts know of a customer: bob's gateway can neither cancel nor
// refund.
func (w *world) customerOf(id order.CustomerID) payment.Customer {
	c := payment.Customer{ID: id, Monthly: true, Gateway: "full", Instrument: w.own[id]}
	if id == "bob" {
		c.Gateway = "plain"
	}
	return c
}

// policy is the house's: some let a change to more begin a new period.
func (w *world) policy() payment.Policy {
	p := payment.Policy{Renewal: renewal.Huawei(), Order: order.Policy{Lifetime: w.lifetime}, PayOutAfter: w.payAfter, RenewBy: w.renewBy, HoldAbsent: w.absent}
	p.Renewal.Leaving.UpBeginsPeriod = w.payAfter == 1
	return p
}

// simPrices: ten a month for each, ten months for a year; half of that for something small.
type simPrices struct{}

func (simPrices) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	n := int64(t.N) * int64(r.Count)
	if t.Unit == renewal.Year {
		n *= 10
	}
	if r.Product == "small" {
		return order.Minor(500*n, order.USD), nil
	}
	return order.Minor(1000*n, order.USD), nil
}

// simCode is a public code of shop's that gives fewer coupons than there are customers.
const simCode = "SPRING"

// furnish is done in calm: accounts, coupons, resources.
func (w *world) furnish() {
	w.calm = true
	ctx, h := context.Background(), w.hosts[0]
	var lapsed order.CustomerID
	if w.one(5) {
		lapsed = pick(w, w.customers)
		w.lapse(ctx, h, lapsed)
		w.things.leavers = append(w.things.leavers, lapsed)
	}
	for _, c := range w.customers {
		w.deposit(ctx, h, desk.DepositRequest{ID: "start", Customer: c, By: "host", Fund: payment.FundCash, Amount: usd(int64(w.rng.IntN(20000)) + 1)})
		_, err := h.desk.SetCredit(ctx, desk.CreditRequest{Customer: c, By: "host", Limit: usd(5000)})
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
				k.Uses = w.rng.IntN(4)
				if w.one(3) {
					k.Uses, k.Span = k.Uses&^1, order.Term{N: 1, Unit: order.Month} // none or two
				}
			}
			if w.one(3) {
				k.Limits.FirstOrder = true
			}
			_, err := h.desk.Issue(ctx, desk.IssueRequest{By: "host", Coupon: k})
			w.must(err)
			w.things.coupons[c] = append(w.things.coupons[c], k.ID)
		}
		if c == lapsed && !w.one(3) {
			continue // with nothing else
		}
		if w.one(2) {
			r := renewal.Resource{ID: order.ResourceID(string(c) + "-vm"), Customer: c, Product: "vm", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
				Start: w.at.Add(-29 * 24 * time.Hour), Mode: renewal.ModeManual}
			r.Expiry, _ = renewal.First(r.Start, renewal.Term{N: 1, Unit: renewal.Month}, w.policy().Renewal)
			w.must(h.desk.Adopt(ctx, desk.AdoptRequest{By: "host", Resource: r}))
			w.things.resources[c] = append(w.things.resources[c], r.ID)
			if w.one(2) {
				w.bind(ctx, h, c, r.ID)
			}
			if w.own[c] != "" && w.one(2) {
				auto := renewal.Auto{Term: renewal.Term{N: 1, Unit: renewal.Month}, Method: string(payment.MethodOnline)}
				_, err := h.desk.SetMode(ctx, desk.ModeRequest{Customer: c, By: "somebody", Resource: r.ID, Mode: renewal.ModeAutomatic, Auto: auto})
				w.must(err)
			}
		}
		w.place(ctx, h, c)
		w.place(ctx, h, c)
		if c != lapsed && w.one(4) {
			w.rent(ctx, h, c)
		}
	}
	if w.one(3) {
		w.things.codes = 1
		_, err := h.desk.IssueCode(ctx, desk.IssueCodeRequest{By: "host", Code: ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: simCode, Left: w.things.codes,
			Coupon: coupon.Template{Kind: coupon.KindCard, Face: usd(300), Reusable: true}}}})
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
	r.Expiry, _ = renewal.First(r.Start, month, w.policy().Renewal)
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
	placed, err := h.desk.Place(ctx, desk.PlaceRequest{Customer: c, By: "somebody", Drafts: []order.Draft{{ID: id, Customer: c, Type: order.TypePurchase,
		Lines: []order.Line{{Product: "vm", Service: "ECS", Count: 1, Term: month, Charge: order.ChargeSubscription, Amount: usd(1000)}}}}})
	w.must(err)
	pay(payment.Key(string(c)+"-rent-1"), id)
	done, err := h.desk.Move(ctx, desk.MoveRequest{Customer: c, By: "host", Order: id, Event: order.EventComplete, Resources: []renewal.Resource{r}})
	if err != nil {
		return // the payment failed, or is still on its way
	}
	w.orders[c] = append(w.orders[c], placed[0].ID, done.ID)
	w.things.resources[c] = append(w.things.resources[c], r.ID)
	if more, err := h.desk.Renew(ctx, desk.RenewRequest{Customer: c, By: "somebody", ID: string(c) + "-again", Resources: []order.ResourceID{r.ID}, Term: month}); err == nil {
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
