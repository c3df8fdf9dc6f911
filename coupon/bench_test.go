package coupon_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// The floors are what a programmer writes by hand for one shop: minor units in int64,
// instants as Unix seconds, no errors to explain. They judge the same owners, states,
// windows, limits and thresholds as the library does.

type floorLine struct {
	Seller, Service string
	Amount, Off     int64
}

type floorOrder struct {
	ID, Customer, Kind string
	Currency           uint16
	Lines              []floorLine
}

type floorCoupon struct {
	ID, Customer, Kind, State, Group string
	Currency                         uint16
	From, Until, Balance, Threshold  int64
	Frozen, Reusable                 bool
	Uses, Used                       int
	Services                         []string
}

func (c *floorCoupon) usable(customer string, cur uint16, at int64) bool {
	return c.Customer == customer && c.Currency == cur && c.State == "available" && !c.Frozen &&
		(c.From == 0 || at >= c.From) && (c.Until == 0 || at <= c.Until) && (c.Uses == 0 || c.Used < c.Uses)
}

type floorPlan struct {
	parts [][]int64 // per coupon and order
	left  []int64
	paid  int64
}

// floorUse lets coupons that cover everything pay the orders in proportion.
func floorUse(orders []floorOrder, coupons []floorCoupon, at int64) (floorPlan, bool) {
	p := floorPlan{left: make([]int64, len(orders))}
	var total int64
	for i := range orders {
		o := &orders[i]
		if o.Customer != orders[0].Customer || o.Currency != orders[0].Currency {
			return p, false
		}
		for j := range o.Lines {
			if l := &o.Lines[j]; l.Seller == "" {
				if l.Off < 0 || l.Off > l.Amount {
					return p, false
				}
				p.left[i] += l.Amount - l.Off
			}
		}
		total += p.left[i]
	}
	rank := func(c *floorCoupon) int { return slices.Index([]string{"cash", "flexi", "card"}, c.Kind) }
	turns := make([]*floorCoupon, len(coupons))
	cash := 0
	for i := range coupons {
		c := &coupons[i]
		if !c.usable(orders[0].Customer, orders[0].Currency, at) || c.Threshold != 0 && total <= c.Threshold {
			return p, false
		}
		if c.Kind == "cash" {
			cash++
		}
		turns[i] = c
	}
	if cash > 1 || len(coupons) > 3 {
		return p, false
	}
	slices.SortFunc(turns, func(a, b *floorCoupon) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
	})
	rem := make([]int64, len(orders))
	left := total
	for _, c := range turns {
		amount := min(c.Balance, left)
		if amount == 0 {
			return p, false
		}
		parts := make([]int64, len(orders))
		ordertest.FloorSplit(parts, rem, p.left, amount)
		for i := range parts {
			p.left[i] -= parts[i]
		}
		p.parts = append(p.parts, parts)
		p.paid += amount
		left -= amount
	}
	return p, true
}

var benchAt = time.Date(2018, 11, 26, 15, 12, 32, 0, time.UTC)

// benchOrders returns n orders of 3 lines, in both forms.
func benchOrders(n int) (orders []order.Order, floors []floorOrder) {
	for i := range n {
		d := order.Draft{ID: order.ID(fmt.Sprintf("order-%02d", i)), Customer: "customer-1", Type: order.TypePurchase}
		f := floorOrder{ID: string(d.ID), Customer: "customer-1", Currency: 840}
		for j, service := range []string{"ECS", "EVS", "VPC"} {
			amount := int64(10_000 + 1_237*i + 311*j)
			d.Lines = append(d.Lines, order.Line{
				Product: service + ".large", Service: service, Region: "north", Count: 1, Term: order.Term{N: 1, Unit: order.Month},
				Charge: order.ChargeSubscription, Amount: order.Minor(amount, order.USD),
			})
			f.Lines = append(f.Lines, floorLine{Service: service, Amount: amount})
		}
		o, err := order.Place(d, benchAt, order.Policy{})
		if err != nil {
			panic(err)
		}
		orders, floors = append(orders, o), append(floors, f)
	}
	return orders, floors
}

// benchCoupon returns a coupon in both forms.
func benchCoupon(i int, kind coupon.Kind, balance int64) (coupon.Coupon, floorCoupon) {
	m := order.Minor(balance, order.USD)
	until := benchAt.Add(time.Duration(i%7+1) * 24 * time.Hour)
	c := coupon.Coupon{
		ID: coupon.ID(fmt.Sprintf("coupon-%02d", i)), Customer: "customer-1", Kind: kind, State: coupon.StateAvailable,
		Window: order.Window{Until: until}, Face: m, Balance: m,
		Limits: coupon.Limits{Threshold: order.Minor(100, order.USD)},
	}
	short := map[coupon.Kind]string{coupon.KindCash: "cash", coupon.KindFlexi: "flexi", coupon.KindCard: "card"}
	return c, floorCoupon{
		ID: string(c.ID), Customer: "customer-1", Kind: short[kind], State: "available", Currency: 840,
		Until: until.Unix(), Balance: balance, Threshold: 100,
	}
}

func BenchmarkC9_Use(b *testing.B) {
	orders, floors := benchOrders(30)
	var cs []coupon.Coupon
	var fs []floorCoupon
	for i, kind := range []coupon.Kind{coupon.KindCard, coupon.KindCash, coupon.KindFlexi} {
		c, f := benchCoupon(i, kind, int64(100_003+7*i))
		cs, fs = append(cs, c), append(fs, f)
	}
	for _, shape := range []string{"all covered", "a service each"} {
		b.Run(shape, func(b *testing.B) {
			given := slices.Clone(cs)
			if shape == "a service each" {
				for i := range given {
					given[i].Limits.Scope.Services = []string{orders[0].Lines[i].Service}
				}
			}
			var plan coupon.Plan
			var want floorPlan
			lib := func() {
				var err error
				if plan, err = coupon.Use(orders, given, nil, benchAt, coupon.Policy{}); err != nil {
					b.Fatal(err)
				}
			}
			floor := func() {
				var ok bool
				if want, ok = floorUse(floors, fs, benchAt.Unix()); !ok {
					b.Fatal("the floor refuses")
				}
			}
			if shape != "all covered" { // the floor knows no services
				b.ReportAllocs()
				for b.Loop() {
					lib()
				}
				return
			}
			ordertest.Bench(b, lib, floor)
			for k, pay := range plan.Pays {
				for i, part := range pay.Parts {
					if part.Minor() != want.parts[k][i] {
						b.Fatalf("coupon %s pays %s of order %d, the floor says %d", pay.Coupon, part, i, want.parts[k][i])
					}
				}
			}
			if plan.Paid.Minor() != want.paid {
				b.Fatalf("%s paid, the floor says %d", plan.Paid, want.paid)
			}
		})
	}
}

// floorBest tries every set of up to three coupons, at most one of them cash, that no
// group excludes, and returns what the best pays and wastes: what a programmer writes who
// tries them all, with all that can be known before found out once.
func floorBest(orders []floorOrder, coupons []floorCoupon) (pays, waste int64, tried int) {
	n := len(coupons)
	lines := len(orders[0].Lines)
	due := make([]int64, len(orders)*lines)
	covers := make([][]bool, n)
	most := make([]int64, n)
	for i := range coupons {
		covers[i] = make([]bool, len(due))
		for j := range due {
			l := &orders[j/lines].Lines[j%lines]
			due[j] = l.Amount
			if covers[i][j] = coupons[i].Services == nil || slices.Contains(coupons[i].Services, l.Service); covers[i][j] {
				most[i] += l.Amount
			}
		}
		most[i] = min(most[i], coupons[i].Balance)
	}
	turn := make([]int, n)
	for i := range turn {
		turn[i] = i
	}
	rank := func(c *floorCoupon) int { return slices.Index([]string{"cash", "flexi", "card"}, c.Kind) }
	slices.SortFunc(turn, func(i, j int) int {
		a, b := &coupons[i], &coupons[j]
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
	})
	left, weights := make([]int64, len(due)), make([]int64, lines)
	caps, parts, lineParts := make([]int64, len(orders)), make([]int64, len(orders)), make([]int64, lines)
	rem := make([]int64, max(len(orders), lines))
	try := func(set []int) {
		tried++
		copy(left, due)
		var sum, lost int64
		for _, i := range set {
			c := &coupons[i]
			var total int64
			for k := range caps {
				caps[k] = 0
				for j := k * lines; j < (k+1)*lines; j++ {
					if covers[i][j] {
						caps[k] += left[j]
					}
				}
				total += caps[k]
			}
			amount := min(most[i], total)
			if amount == 0 {
				return
			}
			sum += amount
			if !c.Reusable {
				lost += c.Balance - amount
			}
			ordertest.FloorSplit(parts, rem, caps, amount)
			for k, part := range parts {
				if part == 0 {
					continue
				}
				for j := range weights {
					weights[j] = 0
					if covers[i][k*lines+j] {
						weights[j] = left[k*lines+j]
					}
				}
				ordertest.FloorSplit(lineParts, rem, weights, part)
				for j := range weights {
					left[k*lines+j] -= lineParts[j]
				}
			}
		}
		if sum > pays || sum == pays && lost < waste {
			pays, waste = sum, lost
		}
	}
	ok := func(set []int) bool {
		for i, a := range set {
			for _, b := range set[:i] {
				x, y := &coupons[a], &coupons[b]
				if x.Kind == "cash" && y.Kind == "cash" || x.Group+y.Group == "marketplacededicated" || x.Group+y.Group == "dedicatedmarketplace" {
					return false
				}
			}
		}
		return true
	}
	for a := range turn {
		try(turn[a : a+1])
		for b := a + 1; b < n; b++ {
			if two := []int{turn[a], turn[b]}; ok(two) {
				try(two)
			} else {
				continue
			}
			for c := b + 1; c < n; c++ {
				if three := []int{turn[a], turn[b], turn[c]}; ok(three) {
					try(three)
				}
			}
		}
	}
	return pays, waste, tried
}

// BenchmarkS4_MostSaved finds 3 of 50 coupons with exclusions. x-every-set is how many
// times longer a hand-written search of every set in int64 takes, x-every-use one that
// names every set to Use.
func BenchmarkS4_MostSaved(b *testing.B) {
	kinds := []coupon.Kind{coupon.KindFlexi, coupon.KindCash, coupon.KindCard}
	groups := []coupon.Group{coupon.GroupOrdinary, coupon.GroupMarketplace, coupon.GroupDedicated, coupon.GroupOrdinary, coupon.GroupOrdinary}
	for _, shape := range []struct {
		name    string
		orders  int
		balance func(i int) int64
		partial bool
	}{
		{"one order, less than is due", 1, func(i int) int64 { return int64(1000 + 3571*i%6000) }, false},
		{"one order, more than is due", 1, func(i int) int64 { return int64(9000 + 3571*i%16_000) }, false},
		{"30 orders, part covered", 30, func(i int) int64 { return int64(100_000 + 17_911*i%250_000) }, true},
		{"30 orders, part covered, tight", 30, func(i int) int64 { return int64(300_000 + 17_911*i%250_000) }, true},
		{"many ties", 30, func(i int) int64 { return int64(50_000 * (1 + i%3)) }, false},
		{"all the same", 30, func(i int) int64 { return 50_000 }, false},
	} {
		b.Run(shape.name, func(b *testing.B) {
			orders, floors := benchOrders(shape.orders)
			var cs []coupon.Coupon
			var fs []floorCoupon
			for i := range 50 {
				c, f := benchCoupon(i, kinds[i%3], shape.balance(i))
				c.Limits.Group = groups[i%5]
				f.Group = string(c.Limits.Group)
				if shape.partial && i%4 > 0 {
					c.Limits.Scope.Services = []string{"ECS", "EVS", "VPC"}[i%3 : i%3+1]
					if i%4 == 2 {
						c.Limits.Scope.Services = []string{"ECS", "VPC"}
					}
					f.Services = c.Limits.Scope.Services
				}
				c.Reusable = i%7 == 0
				f.Reusable = c.Reusable
				cs, fs = append(cs, c), append(fs, f)
			}
			policy := coupon.Huawei()
			policy.Choice, policy.Spread = []coupon.By{coupon.MostSaved}, coupon.Proportional
			var plan coupon.Plan
			lib := func() {
				var err error
				if plan, err = coupon.Choose(orders, cs, nil, benchAt, policy); err != nil {
					b.Fatal(err)
				}
			}
			var pays, waste int64
			var tried int
			floor := func() { pays, waste, tried = floorBest(floors, fs) }
			b.ReportAllocs()
			for b.Loop() {
				lib()
			}
			l, f := ordertest.Against(b, lib, floor)
			b.ReportMetric(f/l, "x-every-set")
			b.ReportMetric(float64(tried), "sets")
			start := time.Now()
			best, _ := everySet(coupontest.Paying{Orders: orders, Coupons: cs, At: benchAt, Policy: policy})
			b.ReportMetric(float64(time.Since(start))/l, "x-every-use")
			var lost int64
			for _, pay := range plan.Pays {
				for i := range cs {
					if cs[i].ID == pay.Coupon && !cs[i].Reusable {
						lost += cs[i].Balance.Minor() - pay.Amount.Minor()
					}
				}
			}
			if plan.Paid.Minor() != pays || lost != waste || !slices.Equal(ids(plan), ids(best)) {
				b.Fatalf("%v pay %s and waste %d; of every set the best, %v, pay %d and waste %d", ids(plan), plan.Paid, lost, ids(best), pays, waste)
			}
		})
	}
}
