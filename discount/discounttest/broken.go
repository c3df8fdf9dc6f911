package discounttest

import (
	"strings"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// Broken draws a discount with one fault, and names the fault.
func Broken() *rapid.Generator[ordertest.Broken[discount.Discount]] {
	return rapid.Custom(func(t *rapid.T) ordertest.Broken[discount.Discount] {
		d := AnyDiscount().Draw(t, "valid")
		b := rapid.SampledFrom(breaches).Draw(t, "breach")
		b.do(&d)
		return ordertest.Broken[discount.Discount]{Value: d, Field: b.field, What: b.what}
	})
}

// breaches are what can be wrong with a discount, and the field that says so.
var breaches = []struct {
	field, what string
	do          func(d *discount.Discount)
}{
	{"id", "empty", func(d *discount.Discount) { d.ID = "" }},
	{"id", "65 characters", func(d *discount.Discount) { d.ID = discount.ID(long) }},
	{"id", "a control character", func(d *discount.Discount) { d.ID = "a\tb" }},
	{"kind", "none", func(d *discount.Discount) { d.Kind = "" }},
	{"kind", "another case", func(d *discount.Discount) { d.Kind = "Promotional" }},
	{"window.until", "ends before it begins", func(d *discount.Discount) {
		d.Window = order.Window{From: time.Unix(1_700_000_000, 0), Until: time.Unix(1_699_999_999, 0)}
	}},
	{"window.until", "the year 9999", func(d *discount.Discount) {
		d.Window = order.Window{Until: time.Date(9999, 1, 2, 0, 0, 0, 0, time.UTC)}
	}},
	{"scope.services", "an empty name", func(d *discount.Discount) { d.Scope.Services = []string{"ECS", ""} }},
	{"scope.products", "a control character", func(d *discount.Discount) { d.Scope.Products = []string{"a\x00"} }},
	{"scope.regions", "65 characters", func(d *discount.Discount) { d.Scope.Regions = []string{long} }},
	{"scope.types", "no type", func(d *discount.Discount) { d.Scope.Types = []order.Type{order.TypePurchase, "buy"} }},
	{"scope.charges", "no charge type", func(d *discount.Discount) { d.Scope.Charges = []order.Charge{"prepaid"} }},
	{"scope.terms.least", "least above most", func(d *discount.Discount) {
		d.Scope.Terms = order.Terms{Least: order.Term{N: 2, Unit: order.Year}, Most: order.Term{N: 23, Unit: order.Month}}
	}},
	{"ratio", "no way to reduce", func(d *discount.Discount) {
		d.Ratio, d.Price, d.Off, d.Rule = order.Rate{}, order.Money{}, order.Money{}, nil
	}},
	{"ratio", "two ways to reduce", func(d *discount.Discount) {
		d.Ratio, d.Off = order.Percent(50), order.Minor(100, order.USD)
	}},
	{"ratio", "a rule and a price", func(d *discount.Discount) {
		d.Price, d.Rule = order.Minor(100, order.USD), half{}
	}},
	{"ratio", "more than 1", only(func(d *discount.Discount) { d.Ratio = order.Percent(101) })},
	{"price", "below zero", only(func(d *discount.Discount) { d.Price = order.Minor(-1, order.USD) })},
	{"off", "below zero", only(func(d *discount.Discount) { d.Off = order.Minor(-1, order.USD) })},
	{"price", "19 digits", only(func(d *discount.Discount) { d.Price = order.Minor(1_000_000_000_000_000_000, order.USD) })},
	{"off", "no currency", only(func(d *discount.Discount) { d.Off = order.Minor(1, 0) })},
}

// only is a breach of the one way to reduce.
func only(do func(d *discount.Discount)) func(d *discount.Discount) {
	return func(d *discount.Discount) {
		d.Ratio, d.Price, d.Off, d.Rule = order.Rate{}, order.Money{}, order.Money{}, nil
		do(d)
	}
}

// long has one character too many for any name.
var long = strings.Repeat("x", 65)
