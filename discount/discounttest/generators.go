package discounttest

import (
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// Kind draws a kind.
func Kind() *rapid.Generator[discount.Kind] { return rapid.SampledFrom(discount.Kinds()) }

// Policy draws a policy: a preset, or any valid one.
func Policy() *rapid.Generator[discount.Policy] {
	return rapid.Custom(func(t *rapid.T) discount.Policy {
		switch rapid.IntRange(0, 5).Draw(t, "preset") {
		case 0:
			return discount.Policy{}
		case 1:
			return discount.Huawei2020()
		case 2:
			return discount.Huawei2024()
		case 3:
			return discount.HuaweiChina()
		}
		lapse := rapid.SampledFrom([]order.Lapse{"", order.LapseShortens, order.LapseHonored, order.LapseJudged})
		p := discount.Policy{
			Rounding: rapid.SampledFrom([]order.Rounding{order.HalfUp, order.HalfEven, order.Truncate}).Draw(t, "rounding"),
			Lapses: discount.Lapses{
				Promotional: lapse.Draw(t, "promotional"), Commercial: lapse.Draw(t, "commercial"),
				PartnerAuthorized: lapse.Draw(t, "partner-authorized"), OfflineContract: lapse.Draw(t, "offline contract"),
				Coupon: lapse.Draw(t, "coupon"),
			},
		}
		if rapid.Bool().Draw(t, "says who competes") {
			p.Compete = rapid.SliceOfNDistinct(Kind(), 0, 6, rapid.ID).Draw(t, "compete")
		}
		if rapid.IntRange(0, 3).Draw(t, "fixed at confirmation") == 0 {
			p.Confirmed = []discount.Confirmed{{
				Types:    rapid.SliceOfNDistinct(rapid.SampledFrom(order.Types()), 1, 4, rapid.ID).Draw(t, "types"),
				Services: []string{rapid.SampledFrom([]string{"compute", "disk", "ECS"}).Draw(t, "service")},
			}}
		}
		return p
	})
}

// Scope draws any valid scope.
func Scope() *rapid.Generator[discount.Scope] {
	return rapid.Custom(func(t *rapid.T) discount.Scope {
		var s discount.Scope
		name := ordertest.Text(1, 64)
		if rapid.Bool().Draw(t, "limits services") {
			s.Services = rapid.SliceOfN(name, 1, 3).Draw(t, "services")
		}
		if rapid.Bool().Draw(t, "limits products") {
			s.Products = rapid.SliceOfN(name, 1, 3).Draw(t, "products")
		}
		if rapid.Bool().Draw(t, "limits regions") {
			s.Regions = rapid.SliceOfN(name, 1, 3).Draw(t, "regions")
		}
		if rapid.Bool().Draw(t, "limits types") {
			s.Types = rapid.SliceOfNDistinct(rapid.SampledFrom(order.Types()), 1, 4, rapid.ID).Draw(t, "types")
		}
		if rapid.Bool().Draw(t, "limits charges") {
			s.Charges = rapid.SliceOfNDistinct(rapid.SampledFrom(order.Charges()), 1, 3, rapid.ID).Draw(t, "charges")
		}
		if rapid.Bool().Draw(t, "limits terms") {
			s.Terms = ordertest.Terms().Draw(t, "terms")
		}
		return s
	})
}

// ScopeFor draws a scope that covers at least one line of o, which has one of the
// merchant's own.
func ScopeFor(o order.Order) *rapid.Generator[discount.Scope] {
	return rapid.Custom(func(t *rapid.T) discount.Scope {
		var s discount.Scope
		l := rapid.SampledFrom(own(o)).Draw(t, "a line it covers")
		if l.Service != "" && rapid.IntRange(0, 2).Draw(t, "limits services") == 0 {
			s.Services = []string{"another", l.Service}
		}
		if rapid.IntRange(0, 2).Draw(t, "limits products") == 0 {
			s.Products = []string{l.Product}
		}
		if l.Region != "" && rapid.IntRange(0, 2).Draw(t, "limits regions") == 0 {
			s.Regions = []string{l.Region, "another"}
		}
		if rapid.IntRange(0, 2).Draw(t, "limits types") == 0 {
			s.Types = []order.Type{o.Type}
		}
		if rapid.IntRange(0, 2).Draw(t, "limits charges") == 0 {
			s.Charges = []order.Charge{l.Charge}
		}
		if l.Term != (order.Term{}) && rapid.IntRange(0, 2).Draw(t, "limits terms") == 0 {
			s.Terms = order.Terms{Least: l.Term, Most: l.Term}
		}
		return s
	})
}

// Discount draws a discount of any kind and way to reduce that can be applied to o at
// the given time: it is in its window, in the order's currency, and covers a line.
func Discount(o order.Order, at time.Time) *rapid.Generator[discount.Discount] {
	return rapid.Custom(func(t *rapid.T) discount.Discount {
		d := discount.Discount{
			ID:     ordertest.ID[discount.ID]().Draw(t, "ID"),
			Kind:   Kind().Draw(t, "kind"),
			Window: ordertest.WindowAround(at).Draw(t, "window"),
			Scope:  ScopeFor(o).Draw(t, "scope"),
		}
		reduce(t, &d, o.Currency(), o.List().Minor())
		return d
	})
}

// AnyDiscount draws a valid discount that need not fit any order.
func AnyDiscount() *rapid.Generator[discount.Discount] {
	return rapid.Custom(func(t *rapid.T) discount.Discount {
		d := discount.Discount{
			ID:     ordertest.ID[discount.ID]().Draw(t, "ID"),
			Kind:   Kind().Draw(t, "kind"),
			Window: ordertest.Window().Draw(t, "window"),
			Scope:  Scope().Draw(t, "scope"),
		}
		reduce(t, &d, ordertest.Currency().Draw(t, "currency"), 999_999_999_999_999_999)
		return d
	})
}

// reduce gives d one way to reduce, in currency c and about the size of most.
func reduce(t *rapid.T, d *discount.Discount, c order.Currency, most int64) {
	minor := func(label string) order.Money {
		return order.Minor(rapid.OneOf(rapid.Int64Range(0, 100), rapid.Int64Range(0, max(most, 100))).Draw(t, label), c)
	}
	switch rapid.SampledFrom([]string{"ratio", "fine ratio", "price", "off", "rule"}).Draw(t, "way") {
	case "ratio":
		d.Ratio = ordertest.Share().Draw(t, "ratio")
	case "fine ratio":
		d.Ratio = rapid.Map(rapid.Int64Range(0, 1_000_000_000), perBillion).Draw(t, "ratio")
	case "price":
		d.Price = minor("price")
	case "off":
		d.Off = minor("off")
	case "rule":
		d.Rule = rapid.SampledFrom([]discount.Rule{thirdFree{}, half{}}).Draw(t, "rule")
	}
}

// perBillion is n / 1,000,000,000 as a rate.
func perBillion(n int64) order.Rate {
	r, err := order.RateOf(order.Minor(n, order.JPY).Decimal().Shift(-9))
	if err != nil {
		panic(err) // not for n from 0 to 1,000,000,000
	}
	return r
}

// Candidates draws up to 12 valid candidates for the choice for o at the given time, no
// two of one kind and ID: most can be used, others have ended or not begun, cover
// nothing or are in another currency, and some save the same.
func Candidates(o order.Order, at time.Time) *rapid.Generator[[]discount.Discount] {
	return rapid.Custom(func(t *rapid.T) []discount.Discount {
		type name struct {
			discount.Kind
			discount.ID
		}
		one := rapid.Custom(func(t *rapid.T) discount.Discount {
			d := Discount(o, at).Draw(t, "fits")
			d.ID = discount.ID(rapid.StringMatching("[a-d]{1,2}").Draw(t, "ID"))
			switch rapid.IntRange(0, 9).Draw(t, "fits not") {
			case 0:
				d.Window = order.Window{Until: at.Add(-time.Second)}
			case 1:
				d.Window = order.Window{From: at.Add(time.Second)}
			case 2:
				d.Scope = Scope().Draw(t, "any scope")
			case 3:
				d.Ratio, d.Price, d.Off, d.Rule = order.Rate{}, order.Money{}, order.Money{}, nil
				reduce(t, &d, ordertest.Currency().Draw(t, "any currency"), 1000)
			case 4, 5, 6, 7: // those that often save the same
				d.Scope = discount.Scope{}
				d.Kind = rapid.SampledFrom([]discount.Kind{discount.KindCommercial, discount.KindOfflineContract, discount.KindCoupon}).Draw(t, "kind")
				d.Ratio, d.Price, d.Off, d.Rule = rapid.SampledFrom([]order.Rate{order.Percent(50), order.Percent(80)}).Draw(t, "ratio"), order.Money{}, order.Money{}, nil
			}
			return d
		})
		return rapid.SliceOfNDistinct(one, 0, 12, func(d discount.Discount) name { return name{d.Kind, d.ID} }).Draw(t, "candidates")
	})
}

// thirdFree gives every third instance of a line free.
type thirdFree struct{}

func (thirdFree) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	off := make([]order.Money, len(covered))
	for i, l := range covered {
		off[i] = order.Minor(l.Amount.Minor()/int64(l.Count)*int64(l.Count/3), l.Amount.Currency())
	}
	return off, nil
}

// half takes half off, rounded down.
type half struct{}

func (half) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	off := make([]order.Money, len(covered))
	for i, l := range covered {
		off[i] = order.Minor(l.Amount.Minor()/2, l.Amount.Currency())
	}
	return off, nil
}
