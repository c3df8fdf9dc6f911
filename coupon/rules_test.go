package coupon_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// use is coupon.Use now, with tallies for nothing.
func use(orders []order.Order, p coupon.Policy, named ...coupon.Coupon) (coupon.Plan, error) {
	return coupon.Use(orders, named, nil, now, p)
}

// refusedFor checks that the coupons are refused for the reasons given, in every order.
func refusedFor(t *testing.T, orders []order.Order, p coupon.Policy, named []coupon.Coupon, want map[coupon.ID]coupon.Reason) {
	t.Helper()
	for n := range named {
		turned := slices.Concat(named[n:], named[:n])
		plan, err := use(orders, p, turned...)
		if got := whys(t, err); !reflect.DeepEqual(got, want) {
			t.Errorf("refused %v, want %v", got, want)
		}
		if !isEmpty(plan) {
			t.Errorf("a plan comes with the error: %+v", plan)
		}
		for id, why := range want {
			if !strings.Contains(err.Error(), "coupon "+string(id)+" "+string(why)) {
				t.Errorf("the error does not say why %s: %v", id, err)
			}
		}
	}
}

func TestC3_Limits(t *testing.T) {
	o := placed(t, "1", line("ECS", 1000), line("EVS", 300), line("VPC", 70))
	theirs := line("ECS", 5000)
	theirs.Seller = "somebody else"
	withTheirs := placed(t, "1", line("ECS", 1000), theirs)
	shop := o
	shop.Project = "shop"
	renewal := o
	renewal.Type = order.TypeRenewal
	for name, x := range map[string]struct {
		order order.Order
		limit func(l *coupon.Limits)
		pays  int64 // 0: refused for why
		why   coupon.Reason
	}{
		"none":             {o, func(l *coupon.Limits) {}, 1370, ""},
		"service":          {o, func(l *coupon.Limits) { l.Scope.Services = []string{"EVS"} }, 300, ""},
		"services":         {o, func(l *coupon.Limits) { l.Scope.Services = []string{"EVS", "VPC"} }, 370, ""},
		"product":          {o, func(l *coupon.Limits) { l.Scope.Products = []string{"address"} }, 70, ""},
		"product, service": {o, func(l *coupon.Limits) { l.Scope.Products, l.Scope.Services = []string{"disk"}, []string{"ECS"} }, 0, coupon.ReasonNotCovered},
		"region":           {o, func(l *coupon.Limits) { l.Scope.Regions = []string{"south"} }, 0, coupon.ReasonNotCovered},
		"third party":      {withTheirs, func(l *coupon.Limits) {}, 1000, ""},
		"term":             {o, func(l *coupon.Limits) { l.Scope.Terms.Least = order.Term{N: 2, Unit: order.Month} }, 0, coupon.ReasonNotCovered},
		"charge":           {o, func(l *coupon.Limits) { l.Scope.Charges = []order.Charge{order.ChargePackage} }, 0, coupon.ReasonNotCovered},
		"new":              {o, func(l *coupon.Limits) { l.Scope.Types = coupon.New() }, 1370, ""},
		"renew":            {o, func(l *coupon.Limits) { l.Scope.Types = coupon.Renew() }, 0, coupon.ReasonNotCovered},
		"renew a renewal":  {renewal, func(l *coupon.Limits) { l.Scope.Types = coupon.Renew() }, 1370, ""},
		"change":           {renewal, func(l *coupon.Limits) { l.Scope.Types = coupon.Change() }, 0, coupon.ReasonNotCovered},
		"project":          {shop, func(l *coupon.Limits) { l.Projects = []order.ProjectID{"lab", "shop"} }, 1370, ""},
		"other project":    {shop, func(l *coupon.Limits) { l.Projects = []order.ProjectID{"lab"} }, 0, coupon.ReasonNotCovered},
		"no project":       {o, func(l *coupon.Limits) { l.Projects = []order.ProjectID{"lab"} }, 0, coupon.ReasonNotCovered},
		"half":             {o, func(l *coupon.Limits) { l.Share = order.Percent(50) }, 685, ""},
		"a third, down":    {o, func(l *coupon.Limits) { l.Share = order.Percent(33) }, 452, ""}, // 4.521
		"half of disks":    {o, func(l *coupon.Limits) { l.Share, l.Scope.Services = order.Percent(50), []string{"EVS"} }, 150, ""},
		"no share":         {o, func(l *coupon.Limits) { l.Share = order.Percent(0) }, 0, coupon.ReasonNothingDue},
	} {
		t.Run(name, func(t *testing.T) {
			c := flexi("C1", 100_000)
			x.limit(&c.Limits)
			plan, err := use([]order.Order{x.order}, coupon.Policy{}, c)
			if x.pays == 0 {
				if got := whys(t, err)["C1"]; got != x.why {
					t.Errorf("%s", got)
				}
				return
			}
			if err != nil || plan.Paid != usd(x.pays) || plan.Left[0] != usd(x.order.Payable().Minor()-x.pays) {
				t.Errorf("%s paid, %v, want %d", plan.Paid, err, x.pays)
			}
		})
	}
}

// TestC3_LimitsTogether limits a coupon in two ways at once; each alone leaves out what is
// ordered.
func TestC3_LimitsTogether(t *testing.T) {
	orders := []order.Order{reduced(t, dues(t, 1000)[0], discount.Discount{ID: "D", Kind: discount.KindPromotional, Ratio: order.Percent(90)})}
	limits := []func(l *coupon.Limits){
		func(l *coupon.Limits) { l.Scope.Services = []string{"EVS"} },
		func(l *coupon.Limits) { l.Scope.Products = []string{"disk"} },
		func(l *coupon.Limits) { l.Scope.Regions = []string{"south"} },
		func(l *coupon.Limits) { l.Scope.Types = coupon.Renew() },
		func(l *coupon.Limits) { l.Scope.Charges = []order.Charge{order.ChargePackage} },
		func(l *coupon.Limits) { l.Projects = []order.ProjectID{"lab"} },
		func(l *coupon.Limits) { l.Without = []discount.Kind{discount.KindPromotional} },
	}
	for i, one := range limits {
		for j, other := range limits {
			c := with(flexi("C1", 1), func(c *coupon.Coupon) { one(&c.Limits); other(&c.Limits) })
			if plan, err := use(orders, coupon.Policy{}, c); err == nil {
				t.Errorf("limits %d and %d: %s paid", i, j, plan.Paid)
			}
		}
	}
}

// TestC3_DiscountFor holds a discount coupon against the limits that only the order tells.
func TestC3_DiscountFor(t *testing.T) {
	o := placed(t, "1", line("ECS", 1000), line("EVS", 300))
	theirs := line("VPC", 5000)
	theirs.Seller = "somebody else"
	withTheirs := placed(t, "1", line("ECS", 1000), line("EVS", 300), theirs)
	shop := o
	shop.Project = "shop"
	once := []coupon.Tally{{Customer: "customer-1", Name: coupon.FirstOrderTally("ECS"), N: 1}}
	threshold := func(m order.Money) func(c *coupon.Coupon) {
		return func(c *coupon.Coupon) { c.Limits.Threshold = m }
	}
	reached := coupon.Policy{Threshold: coupon.Threshold{Reached: true}}
	for name, x := range map[string]struct {
		order   order.Order
		change  func(c *coupon.Coupon)
		tallies []coupon.Tally
		policy  coupon.Policy
		why     coupon.Reason // "": it is for the order
	}{
		"no limits":                       {order: o, change: func(*coupon.Coupon) {}, tallies: once},
		"another's":                       {order: o, change: func(c *coupon.Coupon) { c.Customer = "customer-2" }, why: coupon.ReasonOwner},
		"its project":                     {order: shop, change: func(c *coupon.Coupon) { c.Limits.Projects = []order.ProjectID{"lab", "shop"} }},
		"another project":                 {order: shop, change: func(c *coupon.Coupon) { c.Limits.Projects = []order.ProjectID{"lab"} }, why: coupon.ReasonNotCovered},
		"no project":                      {order: o, change: func(c *coupon.Coupon) { c.Limits.Projects = []order.ProjectID{"lab"} }, why: coupon.ReasonNotCovered},
		"covers a line":                   {order: o, change: func(c *coupon.Coupon) { c.Limits.Scope.Services = []string{"EVS"} }},
		"covers none":                     {order: o, change: func(c *coupon.Coupon) { c.Limits.Scope.Services = []string{"VPC"} }, why: coupon.ReasonNotCovered},
		"covers a third party's alone":    {order: withTheirs, change: func(c *coupon.Coupon) { c.Limits.Scope.Services = []string{"VPC"} }, why: coupon.ReasonNotCovered},
		"a first order":                   {order: o, change: func(c *coupon.Coupon) { c.Limits.FirstOrder = true }},
		"not a first order":               {order: o, change: func(c *coupon.Coupon) { c.Limits.FirstOrder = true }, tallies: once, why: coupon.ReasonFirstOrder},
		"a first of what it covers":       {order: o, change: func(c *coupon.Coupon) { c.Limits.FirstOrder, c.Limits.Scope.Services = true, []string{"EVS"} }, tallies: once},
		"a cent above the threshold":      {order: o, change: threshold(usd(1299))},
		"at the threshold":                {order: o, change: threshold(usd(1300)), why: coupon.ReasonThreshold},
		"at the threshold, reached":       {order: o, change: threshold(usd(1300)), policy: reached},
		"a cent below, reached":           {order: o, change: threshold(usd(1301)), policy: reached, why: coupon.ReasonThreshold},
		"a cent below":                    {order: o, change: threshold(usd(1301)), why: coupon.ReasonThreshold},
		"third parties do not reach it":   {order: withTheirs, change: threshold(usd(1301)), why: coupon.ReasonThreshold},
		"a threshold of what it covers":   {order: o, change: func(c *coupon.Coupon) { c.Limits.Threshold, c.Limits.Scope.Services = usd(299), []string{"EVS"} }},
		"a threshold it does not reach":   {order: o, change: func(c *coupon.Coupon) { c.Limits.Threshold, c.Limits.Scope.Services = usd(300), []string{"EVS"} }, why: coupon.ReasonThreshold},
		"a threshold in another currency": {order: o, change: threshold(order.Minor(1, order.EUR)), why: coupon.ReasonCurrency},
	} {
		c := with(discountCoupon(), x.change)
		d, err := c.DiscountFor(x.order, x.tallies, now, x.policy)
		if x.why == "" {
			if want, _ := c.AsDiscount(); err != nil || !reflect.DeepEqual(d, want) {
				t.Errorf("%s: %+v, %v", name, d, err)
			}
			continue
		}
		var e *coupon.Error
		if !errors.As(err, &e) || len(e.Verdicts) != 1 || e.Verdicts[0].Coupon != "D1" || e.Verdicts[0].Reason != x.why || !reflect.DeepEqual(d, discount.Discount{}) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	if _, err := flexi("C1", 1).DiscountFor(o, nil, now, coupon.Policy{}); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("a coupon that pays is a discount: %v", err)
	}
}

func TestC3_Window(t *testing.T) {
	orders := dues(t, 1000)
	for _, x := range []struct {
		at  string
		why coupon.Reason
	}{
		{"2017-02-28 23:59:59", coupon.ReasonNotBegun}, {"2017-03-01 00:00:00", ""}, {"2017-03-09 23:59:59", ""}, {"2017-03-10 00:00:00", coupon.ReasonExpired},
	} {
		_, err := coupon.Use(orders, []coupon.Coupon{flexi("C1", 1)}, nil, clock(x.at), coupon.Policy{})
		if x.why == "" && err != nil || x.why != "" && whys(t, err)["C1"] != x.why {
			t.Errorf("%s: %v", x.at, err)
		}
	}
	if _, err := coupon.Use(orders, []coupon.Coupon{flexi("C1", 1)}, nil, march.Until.Add(999e6), coupon.Policy{}); err != nil {
		t.Errorf("within the last second: %v", err)
	}
}

func TestC11_FirstOrder(t *testing.T) {
	orders := []order.Order{placed(t, "1", line("ECS", 1000), line("EVS", 300))}
	c := with(flexi("C1", 100_000), func(c *coupon.Coupon) { c.Limits.FirstOrder = true })
	tally := func(service string, n int) coupon.Tally {
		return coupon.Tally{Customer: "customer-1", Name: coupon.FirstOrderTally(service), N: n}
	}
	others := tally("ECS", 3)
	others.Customer = "customer-2"
	for name, x := range map[string]struct {
		tallies []coupon.Tally
		pays    int64
	}{
		"no tallies":        {nil, 1300},
		"tallies of 0":      {[]coupon.Tally{tally("ECS", 0), tally("EVS", 0)}, 1300},
		"of another":        {[]coupon.Tally{others}, 1300},
		"of another's name": {[]coupon.Tally{{Customer: "customer-1", Name: "ECS", N: 1}}, 1300},
		"one before":        {[]coupon.Tally{tally("ECS", 1)}, 300},
		"both before":       {[]coupon.Tally{tally("EVS", 2), tally("ECS", 1)}, 0},
	} {
		plan, err := coupon.Use(orders, []coupon.Coupon{c}, x.tallies, now, coupon.Policy{})
		if x.pays == 0 {
			if whys(t, err)["C1"] != coupon.ReasonFirstOrder {
				t.Errorf("%s: %v", name, err)
			}
		} else if err != nil || plan.Paid != usd(x.pays) {
			t.Errorf("%s: %s paid, %v", name, plan.Paid, err)
		}
	}
}

func TestC4_Counts(t *testing.T) {
	orders := dues(t, 100_000)
	cash := func(id coupon.ID) coupon.Coupon { return pays(id, coupon.KindCash, 10) }
	card := func(id coupon.ID) coupon.Coupon { return pays(id, coupon.KindCard, 10) }
	type cs = []coupon.Coupon
	for _, good := range []cs{nil, {cash("A")}, {flexi("A", 1), flexi("B", 1), flexi("C", 1)}, {cash("A"), flexi("B", 1), card("C")}} {
		plan, err := use(orders, coupon.Policy{}, good...)
		if err != nil || len(plan.Pays) != len(good) {
			t.Errorf("%d: %+v, %v", len(good), plan, err)
		}
	}
	refusedFor(t, orders, coupon.Policy{}, cs{flexi("A", 1), flexi("B", 1), flexi("C", 1), flexi("D", 1)}, map[coupon.ID]coupon.Reason{"D": coupon.ReasonTooMany})
	refusedFor(t, orders, coupon.Policy{}, cs{cash("A"), cash("B"), card("C")}, map[coupon.ID]coupon.Reason{"B": coupon.ReasonTooManyCash})
	refusedFor(t, orders, coupon.Policy{}, cs{card("A"), card("A"), flexi("B", 1)}, map[coupon.ID]coupon.Reason{"A": coupon.ReasonTwice})
	t.Run("counts are policy", func(t *testing.T) {
		p := coupon.Policy{MaxCoupons: 4, MaxCash: 2}
		if _, err := use(orders, p, cash("A"), cash("B"), flexi("C", 1), card("D")); err != nil {
			t.Error(err)
		}
		refusedFor(t, orders, p, cs{cash("A"), cash("B"), cash("C")}, map[coupon.ID]coupon.Reason{"C": coupon.ReasonTooManyCash})
		refusedFor(t, orders, p, cs{card("A"), card("B"), card("C"), card("D"), card("E")}, map[coupon.ID]coupon.Reason{"E": coupon.ReasonTooMany})
	})
	t.Run("the choice keeps them too", func(t *testing.T) {
		plan, err := coupon.Choose(orders, cs{cash("A"), cash("B"), flexi("C", 1), flexi("D", 1), flexi("E", 1)}, nil, now, coupon.Policy{})
		if err != nil || !reflect.DeepEqual(ids(plan), []coupon.ID{"A", "C", "D"}) {
			t.Errorf("%v, %v", ids(plan), err)
		}
		if plan.Verdicts[1].Reason != coupon.ReasonTooManyCash || plan.Verdicts[4].Reason != coupon.ReasonTooMany {
			t.Errorf("%v", plan.Verdicts)
		}
	})
}

// classed is a coupon of a kind and a group.
func classed(id coupon.ID, kind coupon.Kind, g coupon.Group) coupon.Coupon {
	return with(pays(id, kind, 10), func(c *coupon.Coupon) { c.Limits.Group = g })
}

func TestC5_Exclusions(t *testing.T) {
	orders := dues(t, 100_000)
	kinds := []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard}
	groups := []coupon.Group{coupon.GroupOrdinary, coupon.GroupMarketplace, coupon.GroupDedicated, coupon.GroupHardware}
	words := []coupon.Class{"cash coupon", "flexi-purchase coupon", "stored-value card", "marketplace", "dedicated", "hardware"}
	of := func(c coupon.Coupon, w coupon.Class) bool {
		return w == coupon.Class(c.Kind) || w == coupon.Class(c.Limits.Group)
	}
	for _, a := range words {
		for _, b := range words {
			p := coupon.Policy{MaxCash: 2, Exclusions: []coupon.Exclusion{{A: a, B: b}}}
			turned := coupon.Policy{MaxCash: 2, Exclusions: []coupon.Exclusion{{A: b, B: a}}}
			for i := range len(kinds) * len(groups) {
				for j := range len(kinds) * len(groups) {
					x, y := classed("X", kinds[i%3], groups[i/3]), classed("Y", kinds[j%3], groups[j/3])
					excluded := of(x, a) && of(y, b) || of(x, b) && of(y, a)
					for _, p := range []coupon.Policy{p, turned} {
						for _, named := range [][]coupon.Coupon{{x, y}, {y, x}} {
							_, err := use(orders, p, named...)
							if !excluded {
								if err != nil {
									t.Fatalf("%s and %s, %v: %v", a, b, named, err)
								}
								continue
							}
							if w := whys(t, err); w["X"] != coupon.ReasonExcluded || w["Y"] != coupon.ReasonExcluded {
								t.Fatalf("%s and %s: %v", a, b, w)
							}
						}
					}
				}
			}
		}
	}
	t.Run("marketplace and dedicated", func(t *testing.T) {
		named := []coupon.Coupon{classed("M", coupon.KindCard, coupon.GroupMarketplace), classed("D", coupon.KindFlexi, coupon.GroupDedicated)}
		refusedFor(t, orders, coupon.Huawei(), named, map[coupon.ID]coupon.Reason{"M": coupon.ReasonExcluded, "D": coupon.ReasonExcluded})
		var refused *coupon.Error
		_, err := use(orders, coupon.Huawei(), named...)
		if !errors.As(err, &refused) || refused.Verdicts[0].With != "D" || refused.Verdicts[1].With != "M" {
			t.Errorf("%v", err)
		}
		if _, err := use(orders, coupon.Policy{}, named...); err != nil {
			t.Error(err)
		}
	})
	t.Run("a cash coupon and a discount coupon", func(t *testing.T) {
		d, err := discountCoupon().AsDiscount()
		if err != nil {
			t.Fatal(err)
		}
		orders := []order.Order{placed(t, "1", line("ECS", 1000)), reduced(t, placed(t, "2", line("EVS", 1000)), d)}
		cash := pays("A", coupon.KindCash, 10)
		refusedFor(t, orders, coupon.Huawei(), []coupon.Coupon{cash}, map[coupon.ID]coupon.Reason{"A": coupon.ReasonExcluded})
		for _, ok := range []struct {
			orders []order.Order
			p      coupon.Policy
			c      coupon.Coupon
		}{{orders[:1], coupon.Huawei(), cash}, {orders, coupon.Policy{}, cash}, {orders, coupon.Huawei(), flexi("B", 1)}} {
			if _, err := use(ok.orders, ok.p, ok.c); err != nil {
				t.Error(err)
			}
		}
		refusedFor(t, orders[:1], coupon.Huawei(), []coupon.Coupon{cash, discountCoupon()},
			map[coupon.ID]coupon.Reason{"A": coupon.ReasonExcluded, "D1": coupon.ReasonDiscount})
	})
}

func TestC5_Without(t *testing.T) {
	for _, kind := range discount.Kinds() {
		plain := placed(t, "1", line("ECS", 1000))
		o := reduced(t, placed(t, "2", line("ECS", 1000)), discount.Discount{ID: "X", Kind: kind, Ratio: order.Percent(50)})
		for _, without := range discount.Kinds() {
			c := with(flexi("C1", 10_000), func(c *coupon.Coupon) { c.Limits.Without = []discount.Kind{without} })
			plan, err := use([]order.Order{o, plain}, coupon.Policy{}, c)
			want := int64(1500)
			if kind == without {
				want = 1000
			}
			if err != nil || plan.Paid != usd(want) {
				t.Errorf("%s without %s: %s, %v", kind, without, plan.Paid, err)
			}
			_, err = use([]order.Order{o}, coupon.Policy{}, c)
			if kind == without && whys(t, err)["C1"] != coupon.ReasonWithout || kind != without && err != nil {
				t.Errorf("%s without %s alone: %v", kind, without, err)
			}
		}
	}
}

func TestC5_LeastRatio(t *testing.T) {
	rate := func(s string) order.Rate {
		r, err := order.ParseRate(s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	ratio := func(s string) discount.Discount {
		return discount.Discount{ID: "X", Kind: discount.KindCommercial, Ratio: rate(s)}
	}
	off := func(cents int64) discount.Discount {
		return discount.Discount{ID: "X", Kind: discount.KindCommercial, Off: usd(cents)}
	}
	only := func(d discount.Discount, service string) discount.Discount {
		d.Scope.Services = []string{service}
		return d
	}
	for name, x := range map[string]struct {
		by   discount.Discount
		only []string // the services the coupon covers
		ok   bool
	}{
		"no discount":                       {discount.Discount{}, nil, true},
		"0.9":                               {ratio("0.9"), nil, true},
		"0.899999":                          {ratio("0.899999"), nil, false},
		"0.95":                              {ratio("0.95"), nil, true},
		"0.1":                               {ratio("0.1"), nil, false},
		"a tenth off as an amount":          {off(200), nil, true},
		"a cent more":                       {off(202), nil, false},
		"one line below":                    {only(ratio("0.5"), "ECS"), nil, true},
		"the only one covered below":        {only(ratio("0.5"), "ECS"), []string{"ECS"}, false},
		"the one below is not covered":      {only(ratio("0.5"), "ECS"), []string{"EVS"}, true},
		"off one line, the other untouched": {only(off(500), "EVS"), nil, true},
		"off the only line":                 {only(off(101), "EVS"), []string{"EVS"}, false},
		"a tenth off the only line":         {only(off(100), "EVS"), []string{"EVS"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := placed(t, "1", line("ECS", 1000), line("EVS", 1000))
			if x.by.ID != "" {
				o = reduced(t, o, x.by)
			}
			c := with(flexi("C1", 10), func(c *coupon.Coupon) { c.Limits.LeastRatio, c.Limits.Scope.Services = rate("0.9"), x.only })
			_, err := use([]order.Order{o}, coupon.Policy{}, c)
			if x.ok && err != nil || !x.ok && whys(t, err)["C1"] != coupon.ReasonRatio {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestC6_Threshold(t *testing.T) {
	type p = coupon.Threshold
	for _, x := range []struct {
		policy p
		dues   []int64
		pays   int64 // 0: refused
	}{
		{p{}, []int64{9999}, 0}, {p{}, []int64{10_000}, 0}, {p{}, []int64{10_001}, 10_001},
		{p{}, []int64{5000, 5000}, 0}, {p{}, []int64{5000, 5001}, 10_001},
		{p{Reached: true}, []int64{9999}, 0}, {p{Reached: true}, []int64{10_000}, 10_000}, {p{Reached: true}, []int64{4000, 6000}, 10_000},
		{p{Reached: true}, []int64{4000, 5999}, 0},
		{p{PerOrder: true}, []int64{10_000, 10_000}, 0}, {p{PerOrder: true}, []int64{10_001, 10_000}, 10_001},
		{p{PerOrder: true}, []int64{10_001, 20_000, 1}, 30_001},
		{p{PerOrder: true, Reached: true}, []int64{10_000, 9999}, 10_000}, {p{PerOrder: true, Reached: true}, []int64{9999, 9999}, 0},
	} {
		c := with(flexi("C1", 1_000_000), func(c *coupon.Coupon) { c.Limits.Threshold = usd(10_000) })
		plan, err := use(dues(t, x.dues...), coupon.Policy{Threshold: x.policy}, c)
		where := fmt.Sprintf("%+v, %v", x.policy, x.dues)
		if x.pays > 0 {
			if err != nil || plan.Paid != usd(x.pays) {
				t.Errorf("%s: %s, %v", where, plan.Paid, err)
				continue
			}
			for i, d := range x.dues { // an order is paid whole or, where it does not meet the threshold, not at all
				want := d
				if x.policy.PerOrder && (d < 10_000 || d == 10_000 && !x.policy.Reached) {
					want = 0
				}
				if plan.Pays[0].Parts[i] != usd(want) {
					t.Errorf("%s: pays %v", where, plan.Pays[0].Parts)
				}
			}
			continue
		}
		var refused *coupon.Error
		if whys(t, err)["C1"] != coupon.ReasonThreshold || !errors.As(err, &refused) {
			t.Errorf("%s: %v", where, err)
			continue
		}
		var sum int64
		for _, d := range x.dues {
			sum += d
		}
		if v := refused.Verdicts[0]; v.Need != usd(10_000) || v.Have != usd(sum) || !strings.Contains(err.Error(), "100.00 USD, there is "+usd(sum).String()) {
			t.Errorf("%s: %+v: %v", where, v, err)
		}
	}
	t.Run("on what is covered, after the discount, before any coupon", func(t *testing.T) {
		o := placed(t, "1", line("ECS", 10_000), line("EVS", 500))
		c := with(flexi("C1", 100), func(c *coupon.Coupon) { c.Limits.Threshold, c.Limits.Scope.Services = usd(9_999), []string{"ECS"} })
		before := flexi("C0", 5000)
		if _, err := use([]order.Order{o}, coupon.Policy{}, before, c); err != nil {
			t.Error(err)
		}
		c.Limits.Threshold = usd(10_000)
		refusedFor(t, []order.Order{o}, coupon.Policy{}, []coupon.Coupon{c}, map[coupon.ID]coupon.Reason{"C1": coupon.ReasonThreshold})
		c.Limits.Threshold = usd(9_000)
		less := reduced(t, o, discount.Discount{ID: "X", Kind: discount.KindCommercial, Ratio: order.Percent(90)})
		refusedFor(t, []order.Order{less}, coupon.Policy{}, []coupon.Coupon{c}, map[coupon.ID]coupon.Reason{"C1": coupon.ReasonThreshold})
	})
	t.Run("0 is a threshold too", func(t *testing.T) {
		c := with(flexi("C1", 100), func(c *coupon.Coupon) { c.Limits.Threshold = usd(0) })
		for _, per := range []bool{false, true} {
			for _, reached := range []bool{false, true} {
				if _, err := use(dues(t, 1), coupon.Policy{Threshold: p{Reached: reached, PerOrder: per}}, c); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

func TestC7_Sequence(t *testing.T) {
	card := func(id coupon.ID, end string) coupon.Coupon { return until(pays(id, coupon.KindCard, 100), end) }
	named := []coupon.Coupon{
		card("B", "2017-03-08 00:00:00"), until(pays("E", coupon.KindCash, 100), "2017-03-31 00:00:00"), card("A", "2017-03-08 00:00:00"),
		until(flexi("D", 100), "2017-03-30 00:00:00"), with(card("C", "2017-03-08 00:00:00"), func(c *coupon.Coupon) { c.Window.Until = c.Window.From.AddDate(90, 0, 0) }),
	}
	named = append(named, with(card("F", "2017-03-08 00:00:00"), func(c *coupon.Coupon) { c.Window = order.Window{} }))
	want := []coupon.ID{"E", "D", "A", "B", "C", "F"}
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.Permutation(named).Draw(t, "given")
		plan, err := use(dues550(), coupon.Policy{MaxCoupons: 6}, given...)
		if err != nil || !reflect.DeepEqual(ids(plan), want) {
			t.Fatalf("%v, %v", ids(plan), err)
		}
		for i, pay := range plan.Pays { // 5.50 due: the last pays what is left
			if cents := min(100, 550-100*int64(i)); pay.Amount != usd(cents) {
				t.Fatalf("%s pays %s", pay.Coupon, pay.Amount)
			}
		}
		if plan.Left[0] != usd(0) || plan.Paid != usd(550) {
			t.Fatalf("%s left, %s paid", plan.Left[0], plan.Paid)
		}
	})
	t.Run("only covered lines", func(t *testing.T) {
		o := placed(t, "1", line("ECS", 1000), line("EVS", 300))
		disks := with(pays("A", coupon.KindCash, 10_000), func(c *coupon.Coupon) { c.Limits.Scope.Services = []string{"EVS"} })
		all := flexi("B", 900)
		plan, err := use([]order.Order{o}, coupon.Policy{}, all, disks)
		if err != nil || plan.Pays[0].Amount != usd(300) || plan.Pays[1].Amount != usd(900) || plan.Left[0] != usd(100) {
			t.Errorf("%+v, %v", plan, err)
		}
	})
	t.Run("what is left with nothing to pay is refused, not lost", func(t *testing.T) {
		refusedFor(t, dues(t, 100), coupon.Policy{}, []coupon.Coupon{flexi("B", 50), pays("A", coupon.KindCash, 100)},
			map[coupon.ID]coupon.Reason{"B": coupon.ReasonNothingDue})
	})
}

func dues550() []order.Order {
	o, err := order.Place(order.Draft{ID: "1", Customer: "customer-1", Type: order.TypePurchase, Lines: []order.Line{line("ECS", 550)}}, now, order.Policy{})
	if err != nil {
		panic(err)
	}
	return []order.Order{o}
}

type onlyEVS struct{}

func (onlyEVS) Covers(o order.Order, i int, _ coupon.Coupon) bool { return o.Lines[i].Service == "EVS" }

func TestC3_HostLimit(t *testing.T) {
	o := placed(t, "1", line("ECS", 1000), line("EVS", 300))
	p := coupon.Policy{Limit: onlyEVS{}}
	plan, err := use([]order.Order{o}, p, flexi("C1", 5000))
	if err != nil || plan.Paid != usd(300) {
		t.Errorf("%s, %v", plan.Paid, err)
	}
	narrow := with(flexi("C1", 5000), func(c *coupon.Coupon) { c.Limits.Scope.Services = []string{"ECS"} })
	refusedFor(t, []order.Order{o}, p, []coupon.Coupon{narrow}, map[coupon.ID]coupon.Reason{"C1": coupon.ReasonLimit})
}

// TestC12_Reasons has a row for each reason.
func TestC12_Reasons(t *testing.T) {
	type cs = []coupon.Coupon
	orders := dues(t, 10_000)
	half := reduced(t, orders[0], discount.Discount{ID: "X", Kind: discount.KindCommercial, Ratio: order.Percent(50)})
	one := func(f func(c *coupon.Coupon)) cs { return cs{with(flexi("C1", 100), f)} }
	set := func(s coupon.State) cs {
		return one(func(c *coupon.Coupon) {
			c.State = s
			if s == coupon.StateHeld {
				c.HeldBy = "P1"
			}
		})
	}
	rows := []struct {
		why    coupon.Reason
		orders []order.Order
		policy coupon.Policy
		named  cs
	}{
		{coupon.ReasonOwner, orders, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Customer = "customer-2" })},
		{coupon.ReasonInactive, orders, coupon.Policy{}, set(coupon.StateInactive)},
		{coupon.ReasonHeld, orders, coupon.Policy{}, set(coupon.StateHeld)},
		{coupon.ReasonUsedUp, orders, coupon.Policy{}, set(coupon.StateUsed)},
		{coupon.ReasonExpired, orders, coupon.Policy{}, set(coupon.StateExpired)},
		{coupon.ReasonExpired, orders, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Window.Until = now.Add(-1e9) })},
		{coupon.ReasonReclaimed, orders, coupon.Policy{}, set(coupon.StateReclaimed)},
		{coupon.ReasonFrozen, orders, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Frozen = true })},
		{coupon.ReasonNotBegun, orders, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Window.From = now.Add(1e9) })},
		{coupon.ReasonDiscount, orders, coupon.Policy{}, cs{with(discountCoupon(), func(c *coupon.Coupon) { c.ID = "C1" })}},
		{coupon.ReasonCurrency, orders, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Face, c.Balance = order.Minor(1, order.EUR), order.Minor(1, order.EUR) })},
		{coupon.ReasonNotCovered, orders, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Limits.Scope.Services = []string{"VPC"} })},
		{coupon.ReasonLimit, orders, coupon.Policy{Limit: onlyEVS{}}, one(func(c *coupon.Coupon) {})},
		{coupon.ReasonFirstOrder, orders, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Limits.FirstOrder = true })},
		{coupon.ReasonWithout, []order.Order{half}, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Limits.Without = []discount.Kind{discount.KindCommercial} })},
		{coupon.ReasonRatio, []order.Order{half}, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Limits.LeastRatio = order.Percent(51) })},
		{coupon.ReasonThreshold, orders, coupon.Policy{}, one(func(c *coupon.Coupon) { c.Limits.Threshold = usd(10_000) })},
		{coupon.ReasonNothingDue, dues(t, 0), coupon.Policy{}, one(func(c *coupon.Coupon) {})},
		{coupon.ReasonTwice, orders, coupon.Policy{}, cs{flexi("C1", 1), flexi("C1", 1)}},
		{coupon.ReasonTooMany, orders, coupon.Policy{MaxCoupons: 1}, cs{flexi("C0", 1), flexi("C1", 1)}},
		{coupon.ReasonTooManyCash, orders, coupon.Policy{}, cs{pays("C0", coupon.KindCash, 1), pays("C1", coupon.KindCash, 1)}},
		{coupon.ReasonExcluded, orders, coupon.Policy{Exclusions: []coupon.Exclusion{{A: coupon.Class(coupon.KindCash), B: coupon.Class(coupon.KindFlexi)}}},
			cs{pays("C0", coupon.KindCash, 1), flexi("C1", 1)}},
	}
	tallies := []coupon.Tally{{Customer: "customer-1", Name: coupon.FirstOrderTally("ECS"), N: 1}}
	seen := map[coupon.Reason]bool{coupon.ReasonUsed: true, coupon.ReasonNotChosen: true}
	for _, row := range rows {
		t.Run(string(row.why), func(t *testing.T) {
			seen[row.why] = true
			plan, err := coupon.Use(row.orders, row.named, tallies, now, row.policy)
			if got := whys(t, err)["C1"]; got != row.why || !isEmpty(plan) {
				t.Errorf("named: %q", got)
			}
			if row.why == coupon.ReasonTwice {
				if _, err := coupon.Choose(row.orders, row.named, tallies, now, row.policy); !errors.Is(err, order.ErrInvalid) {
					t.Errorf("chosen from: %v", err)
				}
				return
			}
			plan, err = coupon.Choose(row.orders, row.named, tallies, now, row.policy)
			if v := plan.Verdicts; err != nil || len(v) != len(row.named) || v[len(v)-1].Reason != row.why || v[len(v)-1].Coupon != "C1" {
				t.Errorf("chosen from: %v, %v", plan.Verdicts, err)
			}
		})
	}
	for _, why := range []coupon.Reason{
		coupon.ReasonUsed, coupon.ReasonNotChosen, coupon.ReasonOwner, coupon.ReasonInactive, coupon.ReasonHeld, coupon.ReasonUsedUp, coupon.ReasonExpired, coupon.ReasonReclaimed,
		coupon.ReasonFrozen, coupon.ReasonNotBegun, coupon.ReasonDiscount, coupon.ReasonCurrency, coupon.ReasonNotCovered, coupon.ReasonLimit, coupon.ReasonFirstOrder,
		coupon.ReasonWithout, coupon.ReasonRatio, coupon.ReasonThreshold, coupon.ReasonNothingDue, coupon.ReasonTwice, coupon.ReasonTooMany, coupon.ReasonTooManyCash, coupon.ReasonExcluded,
	} {
		if !seen[why] {
			t.Errorf("no row for %q", why)
		}
	}
	p := coupon.Policy{MaxCoupons: 1, Choice: []coupon.By{coupon.MostSaved}}
	nothing := of(flexi("C", 3), func(l *coupon.Limits) { l.Share = order.Percent(0) })
	plan, err := coupon.Choose(orders, cs{flexi("A", 1), flexi("B", 2), nothing}, nil, now, p)
	if err != nil || plan.Verdicts[0].Reason != coupon.ReasonNotChosen || plan.Verdicts[1].Reason != coupon.ReasonUsed || plan.Verdicts[2].Reason != coupon.ReasonNothingDue {
		t.Errorf("%v, %v", plan.Verdicts, err)
	}
}
