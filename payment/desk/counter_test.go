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

// counter is one host with one customer, c1, on a clock that is moved by hand.
type counter struct {
	t     *testing.T
	d     *desk.Desk
	s     *inmem.Store
	g     *inmem.Gateway
	clock *inmem.Clock
	p     *payment.Policy
	price map[string]int64 // of a month of a product
}

type counterCustomers struct{ r *counter }

func (c counterCustomers) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	return payment.Customer{ID: id, Gateway: "g", Monthly: false, Policy: *c.r.p}, nil
}

func (r *counter) Price(x renewal.Resource, t renewal.Term) (order.Money, error) {
	n := int64(t.N)
	if t.Unit == renewal.Year {
		n *= 12
	}
	return cents(r.price[x.Product] * n), nil
}

type counterOffers []discount.Discount

func (o counterOffers) Discounts(context.Context, desk.Inquiry) ([]discount.Discount, error) {
	return o, nil
}

func cents(n int64) order.Money { return order.Minor(n, order.USD) }

var (
	opening    = time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)
	everywhere = context.Background()
)

func newCounter(t *testing.T) *counter {
	r := &counter{t: t, s: &inmem.Store{}, g: &inmem.Gateway{}, clock: inmem.NewClock(opening), p: &payment.Policy{}, price: map[string]int64{"vm": 10000, "small": 5000, "tiny": 2500}}
	r.p.Renewal.Keep = []renewal.Keep{{Grace: 15 * 24 * time.Hour, Retention: 15 * 24 * time.Hour}}
	r.d = &desk.Desk{Store: r.s, Customers: counterCustomers{r}, Gateways: map[string]gateway.Gateway{"g": r.g}, Prices: r, Now: r.clock.Now}
	return r
}

func (r *counter) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *counter) deposit(id string, f payment.Fund, n int64) {
	r.t.Helper()
	_, err := r.d.Deposit(everywhere, desk.DepositRequest{ID: id, Customer: "c1", By: "u", Fund: f, Amount: cents(n)})
	r.must(err)
}

func draftFor(id order.ID, n int64) order.Draft {
	return order.Draft{ID: id, Customer: "c1", Type: order.TypePurchase, Lines: []order.Line{{Product: "vm", Service: "ecs", Count: 1,
		Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: cents(n)}}}
}

func (r *counter) place(p order.PurchaseID, ds ...order.Draft) []order.Order {
	r.t.Helper()
	o, err := r.d.Place(everywhere, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: p, Drafts: ds})
	r.must(err)
	return o
}

func (r *counter) pay(key payment.Key, m payment.Method, coupons []coupon.ID, ids ...order.ID) payment.Payment {
	r.t.Helper()
	p, err := r.d.Pay(everywhere, payment.Request{Key: key, Customer: "c1", By: "u", Orders: ids, Method: m, Coupons: coupons})
	r.must(err)
	return p
}

func (r *counter) move(id order.ID, e order.Event, xs ...renewal.Resource) order.Order {
	r.t.Helper()
	o, err := r.d.Move(everywhere, desk.MoveRequest{Customer: "c1", By: "u", Order: id, Event: e, Resources: xs})
	r.must(err)
	return o
}

func (r *counter) sweep() desk.Swept {
	r.t.Helper()
	var sum desk.Swept
	for range 20 {
		s, err := r.d.Sweep(everywhere, 100)
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

func (r *counter) order(id order.ID) order.Order {
	for _, o := range r.s.All("c1").Orders {
		if o.ID == id {
			return o
		}
	}
	return order.Order{}
}

func (r *counter) res(id order.ResourceID) renewal.Resource {
	for _, x := range r.s.All("c1").Resources {
		if x.ID == id {
			return x
		}
	}
	return renewal.Resource{}
}

func (r *counter) account(f payment.Fund) int64 {
	for _, a := range r.s.All("c1").Accounts {
		if a.Fund == f {
			return a.Balance.Minor()
		}
	}
	return 0
}

func (r *counter) cash() int64 { return r.account(payment.FundCash) }

func (r *counter) coupon(id coupon.ID) coupon.Coupon {
	for _, c := range r.s.All("c1").Coupons {
		if c.ID == id {
			return c
		}
	}
	return coupon.Coupon{}
}

func (r *counter) issue(c coupon.Coupon) {
	r.t.Helper()
	_, err := r.d.Issue(everywhere, desk.IssueRequest{By: "u", Coupon: c})
	r.must(err)
}

func resourceOf(id order.ResourceID, product string) renewal.Resource {
	return renewal.Resource{ID: id, Customer: "c1", Product: product, Service: "ecs", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: opening, Expiry: time.Date(2024, 3, 31, 23, 59, 59, 0, time.UTC)}
}

// bought: order id is placed, paid from the balance, and provides resource x.
func (r *counter) bought(id order.ID, x order.ResourceID) {
	r.t.Helper()
	r.place("", draftFor(id, 10000))
	r.pay(payment.Key("pay-"+id), payment.MethodBalance, nil, id)
	r.move(id, order.EventComplete, resourceOf(x, "vm"))
}

// undecided makes the gateway decide nothing until it is told what.
func (r *counter) undecided() (decide func(gateway.Status)) {
	status := gateway.StatusProcessing
	r.g.Answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: status} }
	return func(s gateway.Status) { status = s }
}

// nets checks what the gateway has in all.
func (r *counter) nets(want int64) {
	r.t.Helper()
	net := int64(0)
	for _, m := range r.g.Ledger() {
		net += m.Amount.Minor()
	}
	if net != want {
		r.t.Errorf("the gateway has %d, want %d", net, want)
	}
}

func (r *counter) audit() {
	r.t.Helper()
	for _, v := range ledger.Audit(r.s.All("c1"), r.g.Ledger()) {
		r.t.Errorf("audit: %s", v)
	}
}

func oneMonth() renewal.Term { return renewal.Term{N: 1, Unit: renewal.Month} }

// boughtDisk lets the customer have disk x2, which is bound to x1, by order o2.
func (r *counter) boughtDisk(n int64) {
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
