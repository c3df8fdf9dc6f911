package coupon_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// TestC12_BadInput breaks one rule a row, in what Use and Choose are given.
func TestC12_BadInput(t *testing.T) {
	one := func(f func(c *coupon.Coupon)) func(p *coupontest.Paying) {
		return func(p *coupontest.Paying) { f(&p.Coupons[1]) }
	}
	limit := func(f func(l *coupon.Limits)) func(p *coupontest.Paying) {
		return func(p *coupontest.Paying) { f(&p.Coupons[1].Limits) }
	}
	change := func(f func(o *order.Order)) func(p *coupontest.Paying) {
		return func(p *coupontest.Paying) { f(&p.Orders[1]) }
	}
	policy := func(f func(p *coupon.Policy)) func(p *coupontest.Paying) {
		return func(p *coupontest.Paying) { f(&p.Policy) }
	}
	long := strings.Repeat("x", 65)
	rate := order.Percent(101)
	for _, row := range []struct {
		what  string
		do    func(p *coupontest.Paying)
		field string // what the *order.FieldError names
		is    error  // besides order.ErrInvalid
	}{
		{"no time", func(p *coupontest.Paying) { p.At = time.Time{} }, "at", nil},
		{"the year 0", func(p *coupontest.Paying) { p.At = time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC) }, "at", nil},
		{"the year 9999", func(p *coupontest.Paying) { p.At = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, "at", nil},
		{"no orders", func(p *coupontest.Paying) { p.Orders = nil }, "orders", nil},
		{"an order twice", func(p *coupontest.Paying) { p.Orders = append(p.Orders, p.Orders[0]) }, "orders[2].id", nil},
		{"one order, twice", func(p *coupontest.Paying) { p.Orders = []order.Order{p.Orders[0], p.Orders[0]} }, "orders[1].id", nil},
		{"another customer's order", change(func(o *order.Order) { o.Customer = "customer-2" }), "orders[1].customer", nil},
		{"an order of nothing", change(func(o *order.Order) { o.Lines = nil }), "orders[1].lines", nil},
		{"an order of third parties alone", change(func(o *order.Order) { o.Lines[0].Seller = "x" }), "orders[1].lines", nil},
		{"an amount below zero", change(func(o *order.Order) { o.Lines[0].Amount = usd(-1) }), "orders[1].lines[0].amount", nil},
		{"an amount of 19 digits", change(func(o *order.Order) { o.Lines[0].Amount = usd(1e18) }), "orders[1].lines[0].amount", order.ErrOverflow},
		{"19 digits, most of it off", change(func(o *order.Order) { o.Lines[0].Amount, o.Lines[0].Off = usd(1e18), usd(1e18-1) }), "orders[1].lines[0].amount", order.ErrOverflow},
		{"more off than there is", change(func(o *order.Order) { o.Lines[0].Off = usd(9e4) }), "orders[1].lines[0].off", nil},
		{"less than nothing off", change(func(o *order.Order) { o.Lines[0].Off = usd(-1) }), "orders[1].lines[0].off", nil},
		{"off in another currency", change(func(o *order.Order) { o.Lines[0].Off = order.Minor(0, order.EUR) }), "orders[1].lines[0].off", order.ErrCurrency},
		{"an order in another currency", change(func(o *order.Order) { o.Lines[0].Amount = order.Minor(1, order.EUR) }), "orders[1].lines[0].amount", order.ErrCurrency},
		{"an order of no currency", func(p *coupontest.Paying) { p.Orders = p.Orders[:1]; p.Orders[0].Lines[0].Amount = order.Minor(1, 7) }, "orders[0].lines[0].amount", nil},
		{"more than 18 digits together", func(p *coupontest.Paying) {
			p.Orders[0].Lines[0].Amount, p.Orders[1].Lines[0].Amount = usd(6e17), usd(6e17)
		}, "orders[1].lines", order.ErrOverflow},
		{"an order that gives money back", change(func(o *order.Order) {
			*o, _ = order.Place(order.Draft{ID: "B", Customer: "customer-1", Type: order.TypeUnsubscribe, Lines: []order.Line{line("ECS", -5)}}, now, order.Policy{})
		}), "orders[1].type", nil},

		{"no ID", one(func(c *coupon.Coupon) { c.ID = "" }), "coupons[1].id", nil},
		{"a long ID", one(func(c *coupon.Coupon) { c.ID = coupon.ID(long) }), "coupons[1].id", nil},
		{"a control character", one(func(c *coupon.Coupon) { c.ID = "a\nb" }), "coupons[1].id", nil},
		{"no customer", one(func(c *coupon.Coupon) { c.Customer = "" }), "coupons[1].customer", nil},
		{"no kind", one(func(c *coupon.Coupon) { c.Kind = "" }), "coupons[1].kind", nil},
		{"a kind in capitals", one(func(c *coupon.Coupon) { c.Kind = "CASH COUPON" }), "coupons[1].kind", nil},
		{"no state, and a payment holds it", one(func(c *coupon.Coupon) { c.State, c.HeldBy = "", "P1" }), "coupons[1].state", nil},
		{"no balance, and it has been used", one(func(c *coupon.Coupon) { c.Reusable, c.Used, c.Balance = true, 1, order.Money{} }), "coupons[1].balance", nil},
		{"an unknown state", one(func(c *coupon.Coupon) { c.State = "lost" }), "coupons[1].state", nil},
		{"a window that ends before it begins", one(func(c *coupon.Coupon) { c.Window.Until = c.Window.From.Add(-1e9) }), "coupons[1].window.until", nil},
		{"a window from the year 9999", one(func(c *coupon.Coupon) { c.Window = order.Window{From: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} }), "coupons[1].window.from", nil},
		{"no face value", one(func(c *coupon.Coupon) { c.Face = order.Money{} }), "coupons[1].face", nil},
		{"a face value of 0", one(func(c *coupon.Coupon) { c.Face, c.Balance = usd(0), usd(0) }), "coupons[1].face", nil},
		{"a face value of 19 digits", one(func(c *coupon.Coupon) { c.Face = usd(1e18) }), "coupons[1].face", order.ErrOverflow},
		{"a face value of no currency", one(func(c *coupon.Coupon) { c.Face = order.Minor(5, 7) }), "coupons[1].face", order.ErrCurrency},
		{"a balance below zero", one(func(c *coupon.Coupon) { c.Balance = usd(-1) }), "coupons[1].balance", nil},
		{"a cent more than the face value", one(func(c *coupon.Coupon) { c.Balance = usd(101) }), "coupons[1].balance", nil},
		{"a balance in another currency", one(func(c *coupon.Coupon) { c.Balance = order.Minor(1, order.EUR) }), "coupons[1].balance", nil},
		{"nothing left of it", one(func(c *coupon.Coupon) { c.Balance = usd(0) }), "coupons[1].state", nil},
		{"a discount, and it pays", one(func(c *coupon.Coupon) { c.Discount.Off = usd(1) }), "coupons[1].discount", nil},
		{"a value, and it is a discount", one(func(c *coupon.Coupon) { c.Kind = coupon.KindDiscount }), "coupons[1].face", nil},
		{"uses below zero", one(func(c *coupon.Coupon) { c.Uses = -1 }), "coupons[1].uses", nil},
		{"used below zero", one(func(c *coupon.Coupon) { c.Used = -1 }), "coupons[1].used", nil},
		{"used more than it may be", one(func(c *coupon.Coupon) { c.Uses, c.Used = 1, 2 }), "coupons[1].used", nil},
		{"available with no use left", one(func(c *coupon.Coupon) { c.Uses, c.Used = 1, 1 }), "coupons[1].state", nil},
		{"a version below zero", one(func(c *coupon.Coupon) { c.Version = -1 }), "coupons[1].version", nil},
		{"held by nobody", one(func(c *coupon.Coupon) { c.State = coupon.StateHeld }), "coupons[1].state", nil},
		{"available, and held", one(func(c *coupon.Coupon) { c.HeldBy = "P1" }), "coupons[1].state", nil},
		{"held for an order", one(func(c *coupon.Coupon) { c.State, c.HeldFor = coupon.StateHeld, []order.ID{"1"} }), "coupons[1].heldFor", nil},
		{"held by no ID", one(func(c *coupon.Coupon) { c.State, c.HeldBy = coupon.StateHeld, "a\x00" }), "coupons[1].heldBy", nil},

		{"an empty service", limit(func(l *coupon.Limits) { l.Scope.Services = []string{""} }), "coupons[1].limits.scope.services", nil},
		{"a long product", limit(func(l *coupon.Limits) { l.Scope.Products = []string{long} }), "coupons[1].limits.scope.products", nil},
		{"a region of two lines", limit(func(l *coupon.Limits) { l.Scope.Regions = []string{"a\r"} }), "coupons[1].limits.scope.regions", nil},
		{"an unknown type", limit(func(l *coupon.Limits) { l.Scope.Types = []order.Type{"new"} }), "coupons[1].limits.scope.types", nil},
		{"an unknown charge type", limit(func(l *coupon.Limits) { l.Scope.Charges = []order.Charge{"free"} }), "coupons[1].limits.scope.charges", nil},
		{"a term of no unit", limit(func(l *coupon.Limits) { l.Scope.Terms.Most.N = 1 }), "coupons[1].limits.scope.terms.most.unit", nil},
		{"an empty project", limit(func(l *coupon.Limits) { l.Projects = []order.ProjectID{""} }), "coupons[1].limits.projects", nil},
		{"a threshold below zero", limit(func(l *coupon.Limits) { l.Threshold = usd(-1) }), "coupons[1].limits.threshold", nil},
		{"a threshold of 19 digits", limit(func(l *coupon.Limits) { l.Threshold = usd(1e18) }), "coupons[1].limits.threshold", order.ErrOverflow},
		{"a threshold in another currency", limit(func(l *coupon.Limits) { l.Threshold = order.Minor(1, order.EUR) }), "coupons[1].limits.threshold", nil},
		{"a share above 1", limit(func(l *coupon.Limits) { l.Share = rate }), "coupons[1].limits.share", nil},
		{"a least ratio above 1", limit(func(l *coupon.Limits) { l.LeastRatio = rate }), "coupons[1].limits.leastRatio", nil},
		{"an unknown group", limit(func(l *coupon.Limits) { l.Group = "vip" }), "coupons[1].limits.group", nil},
		{"an unknown kind of discount", limit(func(l *coupon.Limits) { l.Without = []discount.Kind{"gift"} }), "coupons[1].limits.without", nil},

		{"fewer than no coupons", policy(func(p *coupon.Policy) { p.MaxCoupons = -1 }), "policy.maxCoupons", nil},
		{"fewer than no cash coupons", policy(func(p *coupon.Policy) { p.MaxCash = -1 }), "policy.maxCash", nil},
		{"an exclusion of nothing", policy(func(p *coupon.Policy) { p.Exclusions = []coupon.Exclusion{{A: "marketplace"}} }), "policy.exclusions", nil},
		{"an exclusion of an unknown class", policy(func(p *coupon.Policy) { p.Exclusions = []coupon.Exclusion{{A: "x", B: "dedicated"}} }), "policy.exclusions", nil},
		{"an unknown spread", policy(func(p *coupon.Policy) { p.Spread = 2 }), "policy.spread", nil},
		{"an unknown comparison", policy(func(p *coupon.Policy) { p.Choice = []coupon.By{"oldest"} }), "policy.choice", nil},
		{"most saved with another", policy(func(p *coupon.Policy) { p.Choice = []coupon.By{coupon.MostSaved, coupon.ByEnd} }), "policy.choice", nil},
		{"most saved with a host's order", policy(func(p *coupon.Policy) { p.Choice, p.Order = []coupon.By{coupon.MostSaved}, smallFirst{} }), "policy.choice", nil},
	} {
		t.Run(row.what, func(t *testing.T) {
			p := coupontest.Paying{
				Orders: []order.Order{placed(t, "A", line("ECS", 100)), placed(t, "B", line("EVS", 200))},
				At:     now, Coupons: []coupon.Coupon{flexi("C1", 100), pays("C2", coupon.KindCard, 100)},
			}
			if _, err := coupon.Use(p.Orders, p.Coupons, nil, p.At, p.Policy); err != nil {
				t.Fatalf("before it is broken: %v", err)
			}
			row.do(&p)
			before := clone(p)
			for name, f := range map[string]func([]order.Order, []coupon.Coupon, []coupon.Tally, time.Time, coupon.Policy) (coupon.Plan, error){
				"Use": coupon.Use, "Choose": coupon.Choose,
			} {
				plan, err := f(p.Orders, p.Coupons, nil, p.At, p.Policy)
				var facts *order.FieldError
				if !errors.Is(err, order.ErrInvalid) || !errors.As(err, &facts) || facts.Field != row.field || row.is != nil && !errors.Is(err, row.is) {
					t.Errorf("%s: %v", name, err)
				}
				if err != nil {
					if err := errors.Join(ordertest.Zoned(err.Error()), ordertest.Leads(p, row.field)); err != nil {
						t.Error(err)
					}
				}
				if !isEmpty(plan) {
					t.Errorf("%s: a plan comes with the error: %+v", name, plan)
				}
			}
			if !reflect.DeepEqual(p, before) {
				t.Error("what was given changed")
			}
		})
	}
}

// TestC2_BadInput breaks one rule a row, in what a move is given.
func TestC2_BadInput(t *testing.T) {
	held := pays("C1", coupon.KindCard, 100)
	held.State, held.HeldBy, held.Reusable = coupon.StateHeld, "P1", true
	free := flexi("C1", 100)
	unsound := with(free, func(c *coupon.Coupon) { c.Face = usd(1) })
	for name, move := range moves {
		for what, at := range map[string]time.Time{"no time": {}, "the year 9999": time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
			for _, c := range []coupon.Coupon{held, free} {
				if got, err := move(c, "P1", at); !errors.Is(err, order.ErrInvalid) || !reflect.DeepEqual(got, c) {
					t.Errorf("%s, %s: %+v, %v", name, what, got, err)
				}
			}
		}
		if got, err := move(unsound, "P1", now); !errors.Is(err, order.ErrInvalid) || !reflect.DeepEqual(got, unsound) {
			t.Errorf("%s, a coupon that is not valid: %+v, %v", name, got, err)
		}
	}
	names := func(err error, field string) bool {
		var f *order.FieldError
		return errors.Is(err, order.ErrInvalid) && errors.As(err, &f) && f.Field == field
	}
	for _, holder := range []order.PaymentID{"", "a\n", order.PaymentID(strings.Repeat("x", 65))} {
		if got, err := free.Hold(holder, now); !names(err, "holder") || !reflect.DeepEqual(got, free) {
			t.Errorf("held by %q: %v", holder, err)
		}
	}
	partly := with(held, func(c *coupon.Coupon) { c.Balance = usd(50) })
	for _, paid := range []order.Money{usd(-1), usd(51), usd(1e18), order.Minor(1, order.EUR)} {
		if got, err := partly.Use("P1", paid, now); !names(err, "paid") || !reflect.DeepEqual(got, partly) {
			t.Errorf("%s paid: %v", paid, err)
		}
	}
	d := with(discountCoupon(), func(c *coupon.Coupon) { c.State, c.HeldFor = coupon.StateHeld, []order.ID{"1"} })
	for _, paid := range []order.Money{usd(0), usd(1), usd(-1)} {
		if got, err := d.Use("1", paid, now); !names(err, "paid") || !reflect.DeepEqual(got, d) {
			t.Errorf("%s paid by a discount coupon: %v", paid, err)
		}
	}
}

func TestC2_Forms(t *testing.T) {
	good := `{"id":"C1","customer":"customer-1","kind":"stored-value card","state":"available",
		"window":{"until":"2017-03-09T23:59:59+08:00"},"face":{"amount":"10.00","currency":"USD"},"balance":{"amount":"4.50","currency":"USD"},
		"reusable":true,"limits":{"scope":{"services":["ECS"]},"group":"dedicated","without":["commercial"]}}`
	var c coupon.Coupon
	if err := order.Decode([]byte(good), &c); err != nil || c.Balance != usd(450) || c.Limits.Group != coupon.GroupDedicated {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, x := range [][2]string{
		{`"stored-value card"`, `"Stored-value card"`}, {`"stored-value card"`, `""`}, {`"stored-value card"`, `null`}, {`"available"`, `"frozen"`}, {`"C1"`, `""`},
		{`"id":"C1",`, ``}, {`"kind"`, `"Kind"`}, {`"reusable":true`, `"reusable":true,"reusable":true`}, {`"4.50"`, `"10.01"`}, {`"4.50"`, `"4.5e0"`},
		{`"4.50"`, `"4.500"`}, {`"dedicated"`, `"Dedicated"`}, {`"commercial"`, `"gift"`}, {`"services"`, `"service"`}, {`"USD"},"balance"`, `"usd"},"balance"`},
		{`"reusable":true`, `"uses":-1`}, {`"reusable":true`, `"heldBy":"P1"`}, {`"reusable":true`, `"discount":{"ratio":"0.9"}`},
	} {
		text := strings.Replace(good, x[0], x[1], 1)
		before := c
		if err := order.Decode([]byte(text), &c); !errors.Is(err, order.ErrInvalid) || text == good || !reflect.DeepEqual(c, before) {
			t.Errorf("%s for %s: %v", x[1], x[0], err)
		}
	}
	for _, src := range []any{1, "Held", []byte("used "), ""} {
		for _, dst := range []interface{ Scan(any) error }{new(coupon.Kind), new(coupon.State), new(coupon.ID)} {
			if _, isID := dst.(*coupon.ID); isID && (src == "Held" || reflect.DeepEqual(src, []byte("used "))) {
				continue
			}
			if err := dst.Scan(src); !errors.Is(err, order.ErrInvalid) {
				t.Errorf("%T from %v: %v", dst, src, err)
			}
		}
	}
	held := coupon.StateHeld
	if err := held.Scan(nil); err != nil || held != "" { // NULL is no state
		t.Errorf("NULL is %q, %v", held, err)
	}
	var k coupon.Kind
	var s coupon.State
	var g coupon.Group
	var id coupon.ID
	if k.Scan("cash coupon") != nil || s.Scan([]byte("held")) != nil || g.Scan("") != nil || g.Scan("VIP") == nil || id.Scan("C1") != nil ||
		k != coupon.KindCash || s != coupon.StateHeld || id != "C1" {
		t.Errorf("%s, %s, %q", k, s, g)
	}
}
