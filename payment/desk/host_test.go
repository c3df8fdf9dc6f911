package desk_test

import (
	"context"
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

// host is a host with one customer, c1, on a clock that is moved by hand.
type host struct {
	stored
	d     *desk.Desk
	g     *inmem.Gateway
	clock *inmem.Clock
	p     *payment.Policy
	price prices
}

// stored is the records of customer c1, in a store.
type stored struct {
	t *testing.T
	s *inmem.Store
}

// prices are those of a month, by product.
type prices map[string]int64

func perMonth() prices { return prices{"big": 20000, "vm": 10000, "small": 5000, "tiny": 2500} }

func (p prices) Price(x renewal.Resource, t renewal.Term) (order.Money, error) {
	n := int64(t.N) * int64(x.Count)
	if t.Unit == renewal.Year {
		n *= 12
	}
	return cents(p[x.Product] * n), nil
}

// fifteenDays is a grace period and a retention of 15 days each.
func fifteenDays() []renewal.Keep {
	return []renewal.Keep{{Grace: 15 * 24 * time.Hour, Retention: 15 * 24 * time.Hour}}
}

type hostCustomers struct{ r *host }

func (c hostCustomers) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	return payment.Customer{ID: id, Gateway: "g", Monthly: false, Policy: c.r.p}, nil
}

type hostOffers []discount.Discount

func (o hostOffers) Discounts(context.Context, desk.Inquiry) ([]discount.Discount, error) {
	return o, nil
}

func cents(n int64) order.Money { return order.Minor(n, order.USD) }

var (
	start = time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)
	ctx   = context.Background()
)

func newHost(t *testing.T) *host {
	r := &host{stored: stored{t, &inmem.Store{}}, g: &inmem.Gateway{}, clock: inmem.NewClock(start), p: &payment.Policy{}, price: perMonth()}
	r.p.Renewal.Keep = fifteenDays()
	r.p.Complete = []order.Type{} // renewals can fail
	r.d = &desk.Desk{Store: r.s, Customers: hostCustomers{r}, Gateways: map[string]gateway.Gateway{"g": r.g}, Prices: r.price, Now: r.clock.Now}
	return r
}

func (r *stored) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *host) deposit(id string, f payment.Fund, n int64) {
	r.t.Helper()
	_, err := r.d.Deposit(ctx, desk.DepositRequest{ID: id, Customer: "c1", By: "u", Fund: f, Amount: cents(n)})
	r.must(err)
}

func draftFor(id order.ID, n int64) order.Draft {
	return order.Draft{ID: id, Customer: "c1", Type: order.TypePurchase, Lines: []order.Line{{Product: "vm", Service: "ecs", Count: 1,
		Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: cents(n)}}}
}

func (r *host) place(p order.PurchaseID, ds ...order.Draft) []order.Order {
	r.t.Helper()
	o, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: p, Drafts: ds})
	r.must(err)
	return o
}

func (r *host) pay(key payment.Key, m payment.Method, coupons []coupon.ID, ids ...order.ID) payment.Payment {
	r.t.Helper()
	p, err := r.d.Pay(ctx, payment.Request{Key: key, Customer: "c1", By: "u", Orders: ids, Method: m, Coupons: coupons})
	r.must(err)
	return p
}

func (r *host) move(id order.ID, e order.Event, xs ...renewal.Resource) order.Order {
	r.t.Helper()
	o, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: id, Event: e, Resources: xs})
	r.must(err)
	return o
}

func (r *host) sweep() desk.Swept {
	r.t.Helper()
	var sum desk.Swept
	for range 20 {
		s, err := r.d.Sweep(ctx, 100)
		r.must(err)
		sum.Failed += s.Failed
		sum.Errs = append(sum.Errs, s.Errs...)
		sum.Resources += s.Resources
		sum.Orders += s.Orders
		if s.Failed+s.Resources+s.Orders+s.Payments+s.Refunds+s.Coupons+s.Bills == 0 {
			break
		}
	}
	return sum
}

func (r *stored) order(id order.ID) order.Order {
	for _, o := range r.s.All("c1").Orders {
		if o.ID == id {
			return o
		}
	}
	return order.Order{}
}

func (r *stored) res(id order.ResourceID) renewal.Resource {
	for _, x := range r.s.All("c1").Resources {
		if x.ID == id {
			return x
		}
	}
	return renewal.Resource{}
}

func (r *stored) account(f payment.Fund) int64 {
	for _, a := range r.s.All("c1").Accounts {
		if a.Fund == f {
			return a.Balance.Minor()
		}
	}
	return 0
}

func (r *stored) cash() int64 { return r.account(payment.FundCash) }

func (r *stored) coupon(id coupon.ID) coupon.Coupon {
	for _, c := range r.s.All("c1").Coupons {
		if c.ID == id {
			return c
		}
	}
	return coupon.Coupon{}
}

func (r *host) issue(c coupon.Coupon) {
	r.t.Helper()
	_, err := r.d.Issue(ctx, desk.IssueRequest{By: "u", Coupon: c})
	r.must(err)
}

func resourceOf(id order.ResourceID, product string) renewal.Resource {
	return renewal.Resource{ID: id, Customer: "c1", Product: product, Service: "ecs", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: start, Expiry: time.Date(2024, 3, 31, 23, 59, 59, 0, time.UTC)}
}

// bought: order id is placed, paid from the balance, and provides resource x.
func (r *host) bought(id order.ID, x order.ResourceID) {
	r.t.Helper()
	r.place("", draftFor(id, 10000))
	r.pay(payment.Key("pay-"+id), payment.MethodBalance, nil, id)
	r.move(id, order.EventComplete, resourceOf(x, "vm"))
}

// undecided makes the gateway decide nothing until it is told what.
func (r *host) undecided() (decide func(gateway.Status)) {
	status := gateway.StatusProcessing
	r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: status} }
	return func(s gateway.Status) { status = s }
}

// nets checks what the gateway has in all.
func (r *host) nets(want int64) {
	r.t.Helper()
	net := int64(0)
	for _, m := range r.g.Ledger() {
		net += m.Amount.Minor()
	}
	if net != want {
		r.t.Errorf("the gateway has %d, want %d", net, want)
	}
}

func (r *host) audit() {
	r.t.Helper()
	for _, v := range ledger.Audit(r.s.All("c1"), r.g.Ledger()) {
		r.t.Errorf("audit: %s", v)
	}
}

func oneMonth() renewal.Term { return renewal.Term{N: 1, Unit: renewal.Month} }

// boughtDisk lets the customer have disk x2, which is bound to x1, by order o2.
func (r *host) boughtDisk(n int64) {
	r.t.Helper()
	r.place("", draftFor("o2", n))
	r.pay("k2", payment.MethodBalance, nil, "o2")
	disk := resourceOf("x2", "small")
	disk.Main = "x1"
	r.move("o2", order.EventComplete, disk)
}

// btoi is 1 for what is true.
func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// renewal places the orders that renew resources for a month.
func (r *host) renewal(id string, xs ...order.ResourceID) []order.Order {
	r.t.Helper()
	os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: id, Resources: xs, Term: oneMonth()})
	r.must(err)
	return os
}

// mode says what becomes of a resource at its expiry.
func (r *host) mode(x order.ResourceID, m renewal.Mode, a renewal.Auto) renewal.Resource {
	r.t.Helper()
	set, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: x, Mode: m, Auto: a})
	r.must(err)
	return set
}
