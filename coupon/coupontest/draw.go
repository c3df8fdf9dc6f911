package coupontest

import (
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// What limits single out, and what lines of a drawn payment are.
var (
	products = []string{"s6.large", "disk", "address"}
	services = []string{"ECS", "EVS", "VPC"}
	// lineServices are those, and none.
	lineServices = append([]string{""}, services...)
	regions      = []string{"north", "south"}
	projects     = []order.ProjectID{"", "shop", "lab"}
)

// Kind draws a kind of coupon.
func Kind() *rapid.Generator[coupon.Kind] {
	return rapid.SampledFrom([]coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard, coupon.KindDiscount})
}

// State draws a state of a coupon.
func State() *rapid.Generator[coupon.State] {
	return rapid.SampledFrom([]coupon.State{
		coupon.StateInactive, coupon.StateAvailable, coupon.StateHeld, coupon.StateUsed, coupon.StateExpired, coupon.StateReclaimed,
	})
}

// ID draws the ID of a coupon.
func ID() *rapid.Generator[coupon.ID] { return ordertest.ID[coupon.ID]() }

// Coupon draws a coupon of any kind, in any state.
func Coupon() *rapid.Generator[coupon.Coupon] {
	return rapid.Custom(func(t *rapid.T) coupon.Coupon { return CouponIn(State().Draw(t, "state")).Draw(t, "coupon") })
}

// CouponIn draws a coupon of any kind that stands in s.
func CouponIn(s coupon.State) *rapid.Generator[coupon.Coupon] {
	return rapid.Custom(func(t *rapid.T) coupon.Coupon {
		cur := ordertest.Currency().Draw(t, "currency")
		c := coupon.Coupon{
			ID:       ID().Draw(t, "ID"),
			Customer: ordertest.ID[order.CustomerID]().Draw(t, "customer"),
			Kind:     Kind().Draw(t, "kind"),
			State:    s,
			Frozen:   rapid.IntRange(0, 5).Draw(t, "frozen") == 0,
			Window:   ordertest.Window().Draw(t, "window"),
			Limits:   Limits(cur).Draw(t, "limits"),
			Version:  rapid.Int64Range(0, 9).Draw(t, "version"),
		}
		spent := c.State == coupon.StateUsed
		if c.Kind == coupon.KindDiscount {
			c.Discount = takes(t, cur)
		} else {
			c.Reusable = rapid.Bool().Draw(t, "reusable")
			c.Face = ordertest.MoneyOf(cur, 1).Draw(t, "face")
			least := int64(1)
			if c.State.Final() {
				least = 0
			}
			c.Balance = order.Minor(rapid.Int64Range(least, c.Face.Minor()).Draw(t, "balance"), cur)
		}
		most := 1
		if c.Kind == coupon.KindDiscount || c.Reusable {
			most = 3
		}
		c.Uses = rapid.IntRange(0, most).Draw(t, "uses")
		left := max(1, c.Uses)
		if c.Uses > 0 {
			most := c.Uses - 1
			if spent {
				most = c.Uses
			}
			c.Used = rapid.IntRange(0, most).Draw(t, "used")
			left -= c.Used
		}
		if most == 3 && rapid.IntRange(0, 3).Draw(t, "with a span") == 0 {
			c.Span = order.Term{N: rapid.IntRange(1, 3).Draw(t, "span"), Unit: rapid.SampledFrom([]order.Unit{order.Month, order.Year}).Draw(t, "unit")}
			if c.Uses == 0 { // any number
				c.Used = rapid.IntRange(0, 4).Draw(t, "used in its span")
			}
			if c.Used > 0 {
				first := ordertest.Instant().Draw(t, "first used").UTC()
				if first.Before(c.Window.From) {
					first = c.Window.From.UTC()
				}
				c.Ends = c.Span.Nth(first, 1).Add(-time.Second).Truncate(time.Second)
			}
		}
		gone := c.Face.Minor() - c.Balance.Minor()
		single := spent && c.Kind != coupon.KindDiscount && !c.Reusable
		if single && gone > 0 && rapid.Bool().Draw(t, "passed on") {
			c.PassedOn = order.Minor(rapid.Int64Range(1, gone).Draw(t, "part"), cur)
		}
		if c.Reusable && rapid.IntRange(0, 3).Draw(t, "came of another") == 0 {
			c.From = ID().Draw(t, "from")
		}
		if s == coupon.StateHeld {
			if c.Kind == coupon.KindDiscount {
				c.HeldFor = rapid.SliceOfNDistinct(ordertest.ID[order.ID](), 1, left, rapid.ID).Draw(t, "held for")
			} else {
				c.HeldBy = ordertest.ID[order.PaymentID]().Draw(t, "held by")
			}
		}
		return c
	})
}

func takes(t *rapid.T, cur order.Currency) (d coupon.Discount) {
	switch rapid.IntRange(0, 2).Draw(t, "takes") {
	case 0:
		d.Ratio = ordertest.Share().Draw(t, "ratio")
	case 1:
		d.Price = order.Minor(rapid.Int64Range(0, 100_000).Draw(t, "price"), cur)
	default:
		d.Off = order.Minor(rapid.Int64Range(0, 100_000).Draw(t, "off"), cur)
	}
	return d
}

// Limits draws limits of a coupon in currency cur; often none.
func Limits(cur order.Currency) *rapid.Generator[coupon.Limits] {
	return rapid.Custom(func(t *rapid.T) (l coupon.Limits) {
		is := func(what string) bool { return rapid.IntRange(0, 3).Draw(t, what) == 0 }
		if is("of services") {
			l.Scope.Services = some(t, services)
		}
		if is("of products") {
			l.Scope.Products = some(t, products)
		}
		if is("of regions") {
			l.Scope.Regions = some(t, regions)
		}
		if is("of types") {
			l.Scope.Types = rapid.SampledFrom([][]order.Type{coupon.New(), coupon.Renew(), coupon.Change()}).Draw(t, "types")
		}
		if is("of charges") {
			l.Scope.Charges = some(t, order.Charges())
		}
		if is("of terms") {
			l.Scope.Terms = order.Terms{Most: order.Term{N: rapid.IntRange(1, 24).Draw(t, "months"), Unit: order.Month}}
		}
		if is("of projects") {
			l.Projects = some(t, projects[1:])
		}
		l.FirstOrder = is("first order")
		if is("threshold") {
			l.Threshold = order.Minor(rapid.Int64Range(0, 50_000).Draw(t, "least due"), cur)
		}
		if is("share") {
			l.Share = ordertest.Share().Draw(t, "share")
		}
		l.Group = group(t)
		if is("without") {
			l.Without = some(t, discount.Kinds())
		}
		if is("least ratio") {
			l.LeastRatio = order.Percent(rapid.Int64Range(50, 100).Draw(t, "least"))
		}
		return l
	})
}

func group(t *rapid.T) coupon.Group {
	return rapid.SampledFrom([]coupon.Group{
		coupon.GroupOrdinary, coupon.GroupOrdinary, coupon.GroupMarketplace, coupon.GroupDedicated, coupon.GroupHardware,
	}).Draw(t, "group")
}

// some draws one or more of a set.
func some[T any](t *rapid.T, set []T) []T {
	return rapid.Permutation(set).Draw(t, "some")[:rapid.IntRange(1, len(set)).Draw(t, "how many")]
}

// Policy draws a policy: a vendor's, or any, with a chain of comparisons or [coupon.MostSaved].
func Policy() *rapid.Generator[coupon.Policy] {
	return rapid.Custom(func(t *rapid.T) (p coupon.Policy) {
		switch rapid.IntRange(0, 5).Draw(t, "preset") {
		case 0:
			return coupon.Policy{}
		case 1:
			return coupon.Huawei()
		case 2:
			return coupon.Tencent()
		case 3:
			return coupon.Baidu()
		}
		p.MaxCoupons = rapid.IntRange(0, 4).Draw(t, "most coupons")
		p.MaxCash = rapid.IntRange(0, 3).Draw(t, "most cash coupons")
		p.Exclusions = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) coupon.Exclusion {
			return coupon.Exclusion{A: class().Draw(t, "one"), B: class().Draw(t, "other")}
		}), 0, 2).Draw(t, "exclusions")
		p.Threshold = coupon.Threshold{Reached: rapid.Bool().Draw(t, "reached"), PerOrder: rapid.Bool().Draw(t, "per order")}
		p.Spread = rapid.SampledFrom([]coupon.Spread{coupon.Proportional, coupon.Evenly}).Draw(t, "spread")
		p.Choice = rapid.SampledFrom([][]coupon.By{
			nil, {coupon.MostSaved}, {coupon.ByLimits, coupon.ByEnd}, {coupon.ByProduct, coupon.ByBalance}, {coupon.ByDeduction},
		}).Draw(t, "choice")
		return p
	})
}

func class() *rapid.Generator[coupon.Class] {
	return rapid.SampledFrom([]coupon.Class{
		coupon.Class(coupon.KindCash), coupon.Class(coupon.KindFlexi), coupon.Class(coupon.KindCard), coupon.Class(coupon.KindDiscount),
		coupon.Class(coupon.GroupMarketplace), coupon.Class(coupon.GroupDedicated), coupon.Class(coupon.GroupHardware),
	})
}

// Tally draws a tally of a customer's orders of a service.
func Tally() *rapid.Generator[coupon.Tally] {
	return rapid.Custom(func(t *rapid.T) coupon.Tally {
		return coupon.Tally{
			Customer: ordertest.ID[order.CustomerID]().Draw(t, "customer"),
			Name:     coupon.FirstOrderTally(rapid.SampledFrom(lineServices).Draw(t, "service")),
			N:        rapid.IntRange(0, 3).Draw(t, "n"),
			HeldFor:  ordertest.ID[order.ID]().Draw(t, "held for"),
			HeldBy:   ordertest.ID[order.PaymentID]().Draw(t, "held by"),
			Version:  rapid.Int64Range(0, 3).Draw(t, "version"),
		}
	})
}

// Code draws a public code.
func Code() *rapid.Generator[coupon.Code] {
	return rapid.Custom(func(t *rapid.T) coupon.Code {
		c := CouponIn(coupon.StateAvailable).Draw(t, "coupon")
		c.ID, c.Customer, c.State, c.Balance, c.Used, c.Version = "", "", "", order.Money{}, 0, 0
		return coupon.Code{
			Code:    ordertest.Text(1, 64).Draw(t, "code"),
			Window:  ordertest.Window().Draw(t, "window"),
			Left:    rapid.IntRange(0, 100).Draw(t, "left"),
			Coupon:  coupon.Template(c),
			Version: rapid.Int64Range(0, 9).Draw(t, "version"),
		}
	})
}

// Paying is what [coupon.Use] and [coupon.Choose] are given.
type Paying struct {
	Orders  []order.Order
	Coupons []coupon.Coupon
	Tallies []coupon.Tally
	At      time.Time
	Policy  coupon.Policy
}

// Payment draws orders of one customer, up to most coupons, of which many can be used,
// tallies and a policy.
func Payment(most int) *rapid.Generator[Paying] {
	return rapid.Custom(func(t *rapid.T) Paying {
		p := Paying{Policy: Policy().Draw(t, "policy")}
		p.Orders, p.At = orders(t)
		cur, customer := p.Orders[0].Currency(), p.Orders[0].Customer
		var due int64
		for _, o := range p.Orders {
			due += o.Payable().Minor()
		}
		for _, id := range rapid.SliceOfNDistinct(ID(), 0, most, rapid.ID).Draw(t, "coupons") {
			p.Coupons = append(p.Coupons, fitting(t, id, customer, cur, due, p.At))
		}
		for _, s := range lineServices {
			tally := coupon.Tally{Customer: customer, Name: coupon.FirstOrderTally(s), N: rapid.IntRange(-1, 1).Draw(t, "tally")}
			if rapid.IntRange(0, 2).Draw(t, "held") == 0 {
				tally.HeldFor = rapid.SampledFrom(p.Orders).Draw(t, "holder").ID
			}
			if tally.N >= 0 {
				p.Tallies = append(p.Tallies, tally)
			}
		}
		return p
	})
}

// fitting draws a coupon for a payment of due: mostly of its customer, available and at
// its time, with limits that cover something.
func fitting(t *rapid.T, id coupon.ID, customer order.CustomerID, cur order.Currency, due int64, at time.Time) coupon.Coupon {
	if rapid.IntRange(0, 11).Draw(t, "any coupon") == 0 {
		c := Coupon().Draw(t, "coupon")
		c.ID = id
		return c
	}
	c := coupon.Coupon{
		ID: id, Customer: customer, State: coupon.StateAvailable,
		Kind:     rapid.SampledFrom([]coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard}).Draw(t, "kind"),
		Reusable: rapid.Bool().Draw(t, "reusable"),
	}
	if rapid.Bool().Draw(t, "ends") { // the same ends come again
		c.Window.Until = at.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "days left")) * 24 * time.Hour)
	}
	unit := max(1, due/int64(rapid.SampledFrom([]int{1, 4, 10, 1000}).Draw(t, "of the due"))) // the same amounts come again
	c.Face = order.Minor(min(unit*rapid.Int64Range(1, 4).Draw(t, "times"), maxMinor), cur)
	c.Balance = c.Face
	if rapid.IntRange(0, 3).Draw(t, "partly used") == 0 {
		c.Balance = order.Minor(rapid.Int64Range(1, c.Face.Minor()).Draw(t, "balance"), cur)
	}
	switch rapid.IntRange(0, 5).Draw(t, "limited") {
	case 0:
		c.Limits = Limits(cur).Draw(t, "limits")
	case 1:
		c.Limits.Scope.Services = some(t, services)
	case 2:
		c.Limits.Scope.Products = some(t, products)
	case 3:
		c.Limits.Share = ordertest.Share().Draw(t, "share")
		c.Limits.Threshold = order.Minor(rapid.Int64Range(max(0, due/2-1), due).Draw(t, "threshold"), cur)
	case 4:
		c.Limits.Group = group(t)
	}
	return c
}

// maxMinor is the largest amount in minor units: 18 digits.
const maxMinor = 999_999_999_999_999_999

// orders draws what one customer pays together, mostly up to four orders, now and then
// 30, each of up to three lines, third parties' too; and a time for it.
func orders(t *rapid.T) ([]order.Order, time.Time) {
	n := rapid.SampledFrom([]int{1, 1, 2, 2, 3, 4, 4, 30}).Draw(t, "orders")
	cur := ordertest.Currency().Draw(t, "currency")
	at := time.Unix(rapid.Int64Range(1_500_000_000, 1_600_000_000).Draw(t, "at"), 0).UTC()
	most := rapid.SampledFrom([]int64{3, 100, 10_000, 1_000_000_000_000_000}).Draw(t, "largest amount")
	all := make([]order.Order, n)
	for i := range all {
		d := order.Draft{
			ID: order.ID("order-" + string(rune('A'+i))), Customer: "customer-1",
			Project: rapid.SampledFrom(projects).Draw(t, "project"),
			Type:    rapid.SampledFrom([]order.Type{order.TypePurchase, order.TypePurchase, order.TypeRenewal}).Draw(t, "type"),
			Lines:   rapid.SliceOfN(line(cur, most), 1, 3).Draw(t, "lines"),
		}
		d.Lines[0].Seller = ""
		all[i] = placed(t, d, at)
	}
	return all, at
}

// placed places a draft and reduces it now and then.
func placed(t *rapid.T, d order.Draft, at time.Time) order.Order {
	o, err := order.Place(d, at, order.Policy{})
	if err != nil {
		t.Fatalf("place: %v", err)
	}
	if rapid.IntRange(0, 2).Draw(t, "reduced") > 0 {
		return o
	}
	by := discount.Discount{ID: "discount-1", Kind: rapid.SampledFrom(discount.Kinds()).Draw(t, "discount")}
	if rapid.Bool().Draw(t, "by ratio") {
		by.Ratio = order.Percent(rapid.Int64Range(50, 100).Draw(t, "ratio"))
	} else {
		by.Off = order.Minor(rapid.Int64Range(0, o.List().Minor()).Draw(t, "off"), o.Currency())
	}
	if o, err = discount.Apply(o, by, at, discount.Policy{}); err != nil {
		t.Fatalf("reduce: %v", err)
	}
	return o
}

func line(cur order.Currency, most int64) *rapid.Generator[order.Line] {
	return rapid.Custom(func(t *rapid.T) order.Line {
		l := order.Line{
			Product: rapid.SampledFrom(products).Draw(t, "product"),
			Service: rapid.SampledFrom(lineServices).Draw(t, "service"),
			Region:  rapid.SampledFrom(regions).Draw(t, "region"),
			Count:   rapid.IntRange(1, 3).Draw(t, "count"),
			Term:    order.Term{N: rapid.IntRange(1, 24).Draw(t, "months"), Unit: order.Month},
			Charge:  order.ChargeSubscription,
			Amount:  order.Minor(rapid.Int64Range(0, most).Draw(t, "amount"), cur),
		}
		if rapid.IntRange(0, 5).Draw(t, "third party") == 0 {
			l.Seller = "somebody else"
		}
		return l
	})
}
