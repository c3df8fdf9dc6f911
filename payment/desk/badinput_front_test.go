package desk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// front is a Desk on a prepared store: customer c-7 has something in every state, c-8 is
// another one, shop issues codes.
type front struct {
	*desk.Desk
	ctx          context.Context
	store        *inmem.Store
	reads        *reads         // of it, by the Desk
	cards, plain *inmem.Gateway // plain can neither cancel nor refund
	known        map[order.CustomerID]payment.Customer
	clock        *inmem.Clock

	// Of c-7: payments that wait for an action, are in review and have failed, and a refund
	// in review.
	pending, review, failed order.PaymentID
	refund                  order.RefundID
}

var errHost = errors.New("the host has no line")

// offers are discounts to choose from.
type offers []discount.Discount

func (o offers) Discounts(context.Context, desk.Inquiry) ([]discount.Discount, error) {
	return o, nil
}

// mute is a host that cannot say anything.
type mute struct{}

func (mute) Discounts(context.Context, desk.Inquiry) ([]discount.Discount, error) {
	return nil, errHost
}

func (mute) Card(context.Context, desk.Inquiry, string, order.Opaque) (payment.Card, error) {
	return payment.Card{}, errHost
}

func (mute) Authenticated(context.Context, desk.Inquiry, order.PaymentID) (bool, error) {
	return false, errHost
}

// priced is a host's price list.
type priced func(x renewal.Resource, t renewal.Term) (order.Money, error)

func (p priced) Price(x renewal.Resource, t renewal.Term) (order.Money, error) { return p(x, t) }

// listed is a price list: months of products, a year for ten of them.
func listed(x renewal.Resource, t renewal.Term) (order.Money, error) {
	month, ok := map[string]int64{"ECS.large": 10000, "ECS.small": 4000, "ECS.huge": 30000}[x.Product]
	switch {
	case !ok:
		return order.Money{}, errHost
	case t.Unit == renewal.Year:
		return usd(month * int64(t.N) * 10), nil
	}
	return usd(month * int64(t.N)), nil
}

// customersFunc finds customers by a function.
type customersFunc func(id order.CustomerID) (payment.Customer, error)

func (f customersFunc) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	return f(id)
}

// gatewayOf says other traits of a gateway.
type gatewayOf struct {
	gateway.Gateway
	traits gateway.Traits
}

func (g gatewayOf) Traits() gateway.Traits { return g.traits }

// reads counts what is read of a store.
type reads struct {
	ledger.Store
	n int
}

func (s *reads) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	s.n++
	return s.Store.Load(ctx, ask)
}

func (s *reads) List(ctx context.Context, q ledger.ListQuery) (ledger.RecordPage, error) {
	s.n++
	return s.Store.(ledger.Lister).List(ctx, q)
}

func (s *reads) Waiting(ctx context.Context, due ledger.Due) ([]ledger.Ask, error) {
	s.n++
	return s.Store.Waiting(ctx, due)
}

func month(n int) renewal.Term { return renewal.Term{N: n, Unit: renewal.Month} }

// machine is a resource of c-7 that nothing is known of but how long it runs.
func machine(id order.ResourceID, from, until string) renewal.Resource {
	return renewal.Resource{ID: id, Customer: "c-7", Product: "ECS.large", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
		Start: clock(from), Expiry: clock(until), Mode: renewal.ModeManual}
}

func newFront(t testing.TB) *front {
	t.Helper()
	policy := payment.Huawei()
	policy.Cards = payment.Cards{}
	h := &front{ctx: context.Background(), store: new(inmem.Store), plain: new(inmem.Gateway), clock: inmem.NewClock(clock("2026-11-02 12:00:00")),
		known: map[order.CustomerID]payment.Customer{
			"c-7":  {ID: "c-7", Gateway: "cards", Monthly: true, Policy: &policy},
			"c-8":  {ID: "c-8", Gateway: "cards", Policy: &policy},
			"shop": {ID: "shop", Policy: &policy},
		},
		pending: payment.Request{Customer: "c-7", Key: "pending"}.Payment(), review: payment.Request{Customer: "c-7", Key: "review"}.Payment(), failed: payment.Request{Customer: "c-7", Key: "failed"}.Payment(),
	}
	answers := map[order.PaymentID]gateway.Outcome{
		h.pending: {Status: gateway.StatusAction, Action: "https://cards.example/3ds"},
		h.failed:  {Status: gateway.StatusDeclined, Text: "no funds"},
		h.review:  {Status: gateway.StatusCaptured, Amount: usd(1)},
	}
	h.cards = &inmem.Gateway{Answer: func(c gateway.Charge) gateway.Outcome {
		if out, ok := answers[c.Payment]; ok {
			return out
		}
		return gateway.Outcome{Status: gateway.StatusCaptured}
	}}
	h.Desk = &desk.Desk{Store: h.store, Customers: inmem.Customers{Known: h.known}, Now: h.clock.Now, Prices: priced(listed),
		Offers:   offers{{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(90)}},
		Gateways: map[string]gateway.Gateway{"cards": h.cards, "plain": inmem.Plain{Of: h.plain}}}
	h.furnish(t)
	h.reads = &reads{Store: h.store}
	h.Store = h.reads
	return h
}

// furnish prepares the store.
func (h *front) furnish(t testing.TB) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	place := func(purchase order.PurchaseID, drafts ...order.Draft) {
		t.Helper()
		must(second(h.Place(h.ctx, desk.PlaceRequest{Customer: drafts[0].Customer, By: "ann", Purchase: purchase, Drafts: drafts})))
	}
	pay := func(key payment.Key, method payment.Method, named string, coupons []coupon.ID, ids ...order.ID) {
		t.Helper()
		must(second(h.Pay(h.ctx, payment.Request{Key: key, Customer: "c-7", By: "ann", Orders: ids, Method: method, Gateway: named, Coupons: coupons})))
	}
	move := func(id order.ID, e order.Event, provided ...renewal.Resource) {
		t.Helper()
		must(second(h.Move(h.ctx, desk.MoveRequest{Customer: "c-7", By: "ann", Order: id, Event: e, Resources: provided})))
	}
	mark := func(d order.Draft, do func(d *order.Draft)) order.Draft { do(&d); return d }

	place("", draft("LATE", line("ECS", 10000))) // 7 days
	h.clock.Move(8 * 24 * time.Hour)             // 2026-11-10 12:00:00

	for _, x := range []desk.DepositRequest{{ID: "D1", Fund: payment.FundCash, Amount: usd(100000)}, {ID: "D2", Fund: payment.FundCash, Amount: order.Minor(500, order.EUR)},
		{ID: "D3", Customer: "c-8", Fund: payment.FundCash, Amount: usd(100000)}} {
		if x.Customer == "" {
			x.Customer = "c-7"
		}
		x.By = "ann"
		must(second(h.Deposit(h.ctx, x)))
	}
	must(second(h.SetCredit(h.ctx, desk.CreditRequest{Customer: "c-7", By: "ann", Limit: usd(10000)})))

	at := h.clock.Now()
	for _, c := range wallet(at) {
		must(second(h.Issue(h.ctx, desk.IssueRequest{By: "shop", Coupon: c})))
	}
	must(second(h.MoveCoupon(h.ctx, desk.CouponRequest{Customer: "c-7", By: "shop", Coupon: "FROZEN", Move: desk.CouponFreeze})))
	must(second(h.MoveCoupon(h.ctx, desk.CouponRequest{Customer: "c-7", By: "shop", Coupon: "GONE", Move: desk.CouponReclaim})))
	for _, c := range []coupon.Code{{Code: "OPEN", Left: 5}, {Code: "NONE"}, {Code: "OVER", Left: 5, Window: order.Window{Until: at.Add(-time.Hour)}},
		{Code: "SOON", Left: 5, Window: order.Window{From: at.Add(time.Hour)}}} {
		c.Coupon = coupon.Template{Kind: coupon.KindFlexi, Face: usd(500)}
		must(second(h.IssueCode(h.ctx, desk.IssueCodeRequest{By: "shop", Code: ledger.PublicCode{Issuer: "shop", Code: c}})))
	}
	for i := range 31 {
		must(h.Adopt(h.ctx, desk.AdoptRequest{By: "ann", Resource: machine(order.ResourceID(fmt.Sprint("N", i)), "2026-11-01 00:00:00", "2026-12-10 23:59:59")}))
	}
	must(second(h.Claim(h.ctx, desk.ClaimRequest{Issuer: "shop", Code: "OPEN", Customer: "c-7", By: "ann"})))

	place("", draft("U1", line("ECS", 10000)))
	place("", draft("U2", line("ECS", 20000)))
	must(second(h.ChooseDiscount(h.ctx, desk.DiscountRequest{Customer: "c-7", By: "ann", Pick: payment.Pick{Order: "U2", Discount: "OFF2"}})))
	euro := line("ECS", 0)
	euro.Amount = order.Minor(10000, order.EUR)
	place("", draft("EURO", euro))
	place("both", draft("P1", line("ECS", 1000)), draft("P2", line("ECS", 2000)))
	place("", mark(draft("REVIEW", line("ECS", 10000)), func(d *order.Draft) { d.Review = true }))
	place("", mark(draft("CONFIRM", line("ECS", 10000)), func(d *order.Draft) { d.Confirm = true }))
	place("", draft("X1", line("ECS", 10000)))
	_, _, err := h.CancelOrders(h.ctx, desk.CancelRequest{Customer: "c-7", By: "ann", Orders: []order.ID{"X1"}})
	must(err)
	place("", mark(draft("O8", line("ECS", 10000)), func(d *order.Draft) { d.Customer = "c-8" }))

	place("", draft("B1", line("ECS", 10000)))
	pay("b1", payment.MethodBalance, "", []coupon.ID{"USED"}, "B1")
	move("B1", order.EventComplete, machine("R1", "2026-11-10 12:00:00", "2026-12-10 23:59:59"))
	place("", draft("B2", line("ECS", 10000)))
	pay("b2", payment.MethodOnline, "", nil, "B2")
	move("B2", order.EventComplete, machine("R2", "2026-11-10 12:00:00", "2026-12-10 23:59:59"))
	place("", draft("M1", line("ECS", 10000)))
	pay("m1", payment.MethodMonthly, "", nil, "M1")
	bound := machine("BOUND", "2026-11-01 00:00:00", "2026-12-10 23:59:59")
	bound.Main = "R2"
	byUse := machine("BYUSE", "2026-11-01 00:00:00", "2026-12-10 23:59:59")
	byUse.Charge = order.ChargePayPerUse
	withdrawn := machine("OLD", "2026-11-01 00:00:00", "2026-12-10 23:59:59")
	withdrawn.Withdrawn, withdrawn.Mode = true, renewal.ModeNone
	theirs := machine("R8", "2026-11-01 00:00:00", "2026-12-10 23:59:59")
	theirs.Customer = "c-8"
	for _, r := range []renewal.Resource{bound, byUse, withdrawn, theirs, machine("SPENT", "2026-09-01 00:00:00", "2026-11-01 23:59:59"),
		machine("LOST", "2026-09-01 00:00:00", "2026-11-01 23:59:59"), machine("TAKEN", "2026-11-01 00:00:00", "2026-12-10 23:59:59")} {
		must(h.Adopt(h.ctx, desk.AdoptRequest{By: "ann", Resource: r}))
	}
	must(h.Release(h.ctx, desk.ReleaseRequest{Customer: "c-7", By: "ann", Resource: "LOST"}))
	must(second(h.Renew(h.ctx, desk.RenewRequest{Customer: "c-7", By: "ann", ID: "renew-1", Resources: []order.ResourceID{"TAKEN"}, Term: month(1)})))

	place("", draft("W1", line("ECS", 10000)))
	pay("pending", payment.MethodOnline, "", []coupon.ID{"HELD"}, "W1")
	place("", draft("V1", line("ECS", 10000)))
	pay("review", payment.MethodOnline, "", nil, "V1")
	place("", draft("F1", line("ECS", 10000)))
	pay("failed", payment.MethodOnline, "", nil, "F1")
	place("", draft("G1", line("ECS", 10000)))
	pay("g1", payment.MethodOnline, "plain", nil, "G1")
	move("G1", order.EventFail)
	for _, f := range h.store.All("c-7").Refunds {
		if f.State == payment.RefundReview {
			h.refund = f.ID
		}
	}
}

// wallet is the coupons of c-7, and one of c-8.
func wallet(at time.Time) []coupon.Coupon {
	all := []coupon.Coupon{pays("CASH", coupon.KindCash, 1000), pays("FLEXI", coupon.KindFlexi, 1000), pays("FROZEN", coupon.KindFlexi, 1000), pays("GONE", coupon.KindFlexi, 1000),
		pays("USED", coupon.KindFlexi, 1000), pays("HELD", coupon.KindFlexi, 1000), pays("ENDED", coupon.KindFlexi, 1000), pays("SOON", coupon.KindFlexi, 1000),
		pays("SLEEPS", coupon.KindFlexi, 1000), pays("EURO", coupon.KindFlexi, 1000), pays("HIGH", coupon.KindFlexi, 1000), pays("RDS", coupon.KindFlexi, 1000),
		pays("THEIRS", coupon.KindFlexi, 1000)}
	all[6].Window.Until = at.Add(-time.Hour)
	all[7].Window.From = at.Add(time.Hour)
	all[8].State = coupon.StateInactive
	all[9].Face, all[9].Balance = order.Minor(1000, order.EUR), order.Minor(1000, order.EUR)
	all[10].Limits.Threshold = usd(1000000)
	all[11].Limits.Scope.Services = []string{"RDS"}
	all[12].Customer = "c-8"
	off := coupon.Coupon{ID: "OFF", Customer: "c-7", Kind: coupon.KindDiscount, State: coupon.StateAvailable, Discount: coupon.Discount{Ratio: order.Percent(80)}}
	held, over := off, off
	held.ID, over.ID = "OFF2", "OFF3"
	over.Window.Until = at.Add(-time.Hour)
	return append(all, off, held, over)
}
