package discount_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// The floors are what a programmer writes by hand for one shop: minor units in int64, a
// ratio in ten thousandths, instants as Unix seconds, one scope, no errors to explain.
// They judge the same states, deadlines, windows and scopes as the library does.

type floorLine struct {
	Seller, Service, Product, Region, Charge string
	Amount, Off                              int64
}

type floorOrder struct {
	State, Type              string
	Currency                 uint16
	Placed, Latest, Deadline int64
	Lines                    []floorLine
	Kind, ID                 string
	From, Until              int64
}

type floorDiscount struct {
	Kind, ID    string
	From, Until int64
	Services    []string
	Types       []string
	Ratio       int64 // ten thousandths
}

func (d *floorDiscount) covers(o *floorOrder, l *floorLine) bool {
	return l.Seller == "" && (d.Types == nil || slices.Contains(d.Types, o.Type)) && (d.Services == nil || slices.Contains(d.Services, l.Service))
}

func (o *floorOrder) open(at int64) bool {
	switch o.State {
	case "pending approval", "pending confirmation", "unpaid":
		return at >= o.Placed && at <= o.Deadline
	}
	return false
}

// cut returns what d takes off each line, and whether it covers any.
func (d *floorDiscount) cut(dst []int64, o *floorOrder) bool {
	covered := false
	for i := range o.Lines {
		l := &o.Lines[i]
		if !d.covers(o, l) {
			dst[i] = 0
			continue
		}
		covered = true
		dst[i] = l.Amount - (l.Amount*d.Ratio+5_000)/10_000
	}
	return covered
}

func (d *floorDiscount) apply(o floorOrder, at int64) (floorOrder, bool) {
	if !o.open(at) || at < d.From || at > d.Until {
		return o, false
	}
	lines := make([]floorLine, len(o.Lines))
	covered := false
	for i := range o.Lines {
		l := &o.Lines[i]
		lines[i] = *l
		lines[i].Off = 0
		if d.covers(&o, l) {
			covered = true
			lines[i].Off = l.Amount - (l.Amount*d.Ratio+5_000)/10_000
		}
	}
	if !covered {
		return o, false
	}
	o.Lines = lines
	o.Kind, o.ID, o.From, o.Until = d.Kind, d.ID, d.From, d.Until
	o.Deadline = o.Latest
	if d.Kind == "promotional" && d.Until < o.Latest {
		o.Deadline = d.Until
	}
	return o, true
}

type floorVerdict struct {
	why uint8
	off int64
}

type floorChoice struct {
	best     int
	off      int64
	verdicts []floorVerdict
}

func floorChoose(orders []floorOrder, ds []floorDiscount, at int64) []floorChoice {
	verdicts := make([]floorVerdict, len(orders)*len(ds))
	choices := make([]floorChoice, len(orders))
	for i := range orders {
		o := &orders[i]
		c := floorChoice{best: -1, verdicts: verdicts[i*len(ds) : (i+1)*len(ds)]}
		if !o.open(at) {
			return nil
		}
		for j := range ds {
			d, v := &ds[j], &c.verdicts[j]
			switch {
			case at < d.From:
				v.why = 1
				continue
			case at > d.Until:
				v.why = 2
				continue
			}
			covered := false
			for k := range o.Lines {
				if l := &o.Lines[k]; d.covers(o, l) {
					covered = true
					v.off += l.Amount - (l.Amount*d.Ratio+5_000)/10_000
				}
			}
			switch {
			case !covered:
				v.why = 3
			case v.off == 0:
				v.why = 4
			case c.best < 0 || v.off > c.off || v.off == c.off && (d.Kind < ds[c.best].Kind || d.Kind == ds[c.best].Kind && d.ID < ds[c.best].ID):
				c.best, c.off = j, v.off
			}
		}
		for j := range c.verdicts {
			if v := &c.verdicts[j]; v.why == 0 && j != c.best {
				v.why = 5
				if v.off == c.off {
					v.why = 6
				}
			}
		}
		choices[i] = c
	}
	return choices
}

// benchOrders returns 30 orders of 3 lines, in both forms.
func benchOrders() ([]order.Order, []floorOrder) {
	services := []string{"ECS", "EVS", "VPC"}
	var orders []order.Order
	var floors []floorOrder
	for i := range 30 {
		d := order.Draft{ID: order.ID(fmt.Sprintf("order-%02d", i)), Customer: "customer-1", Type: order.TypePurchase}
		f := floorOrder{State: "unpaid", Type: "purchase", Currency: 840}
		for j, service := range services {
			amount := int64(10_000 + 1_237*i + 311*j)
			d.Lines = append(d.Lines, order.Line{
				Product: service + ".large", Service: service, Region: "north", Count: 1, Term: order.Term{N: 1, Unit: order.Month},
				Charge: order.ChargeSubscription, Amount: order.Minor(amount, order.USD),
			})
			f.Lines = append(f.Lines, floorLine{Service: service, Product: service + ".large", Region: "north", Charge: "subscription", Amount: amount})
		}
		o, err := order.Place(d, placed, order.Policy{})
		if err != nil {
			panic(err)
		}
		f.Placed, f.Latest, f.Deadline = o.Placed.Unix(), o.Latest.Unix(), o.Deadline.Unix()
		orders, floors = append(orders, o), append(floors, f)
	}
	return orders, floors
}

// benchDiscounts returns n ratio discounts, in both forms; every other one is limited to
// a service and a type.
func benchDiscounts(n int) ([]discount.Discount, []floorDiscount) {
	var ds []discount.Discount
	var fs []floorDiscount
	for i := range n {
		ratio := int64(70 + 7*i%30)
		d := discount.Discount{
			ID: discount.ID(fmt.Sprintf("discount-%03d", i)), Kind: discount.KindCommercial, Window: november, Ratio: order.Percent(ratio),
		}
		f := floorDiscount{Kind: "commercial", ID: string(d.ID), From: november.From.Unix(), Until: november.Until.Unix(), Ratio: ratio * 100}
		if i%2 == 1 {
			d.Scope = discount.Scope{Services: []string{"ECS", "VPC"}, Types: []order.Type{order.TypePurchase}}
			f.Services, f.Types = []string{"ECS", "VPC"}, []string{"purchase"}
		}
		ds, fs = append(ds, d), append(fs, f)
	}
	return ds, fs
}

func BenchmarkS1_Price(b *testing.B) {
	orders, floors := benchOrders()
	ds, fs := benchDiscounts(30)
	at, sec := placed, placed.Unix()
	var cuts []order.Cut
	var offs [3]int64
	var total, floorTotal int64
	policy := discount.Huawei2024()
	lib := func() {
		total = 0
		for i := range orders {
			o, d := &orders[i], &ds[i]
			if err := o.Reducible(at); err != nil {
				b.Fatal(err)
			}
			if !d.Window.Contains(at) {
				b.Fatal("outside its window")
			}
			var err error
			if cuts, err = d.Cut(cuts, o, policy); err != nil {
				b.Fatal(err)
			}
			for _, c := range cuts {
				total += c.Off.Minor()
			}
		}
	}
	floor := func() {
		floorTotal = 0
		for i := range floors {
			o, d := &floors[i], &fs[i]
			if !o.open(sec) || sec < d.From || sec > d.Until || !d.cut(offs[:], o) {
				b.Fatal("not priced")
			}
			for _, off := range offs {
				floorTotal += off
			}
		}
	}
	ordertest.Bench(b, lib, floor)
	if total != floorTotal {
		b.Fatalf("%d off, the floor says %d", total, floorTotal)
	}
}

func BenchmarkS1_Apply(b *testing.B) {
	orders, floors := benchOrders()
	ds, fs := benchDiscounts(30)
	at, sec := placed, placed.Unix()
	policy := discount.Huawei2024()
	out := make([]order.Order, len(orders))
	floorOut := make([]floorOrder, len(floors))
	lib := func() {
		for i := range orders {
			var err error
			if out[i], err = discount.Apply(orders[i], ds[i], at, policy); err != nil {
				b.Fatal(err)
			}
		}
	}
	floor := func() {
		for i := range floors {
			var ok bool
			if floorOut[i], ok = fs[i].apply(floors[i], sec); !ok {
				b.Fatal("not applied")
			}
		}
	}
	ordertest.Bench(b, lib, floor)
	for i := range out {
		for j, l := range out[i].Lines {
			if l.Off.Minor() != floorOut[i].Lines[j].Off {
				b.Fatalf("%s off, the floor says %d", l.Off, floorOut[i].Lines[j].Off)
			}
		}
	}
}

func BenchmarkS3_Choose(b *testing.B) {
	orders, floors := benchOrders()
	at, sec := placed, placed.Unix()
	var ten float64
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprintf("D=%d", n), func(b *testing.B) {
			ds, fs := benchDiscounts(n)
			var choices []discount.Choice
			var floorChoices []floorChoice
			lib := func() {
				var err error
				if choices, err = discount.ChooseEach(orders, ds, at, discount.Policy{}); err != nil {
					b.Fatal(err)
				}
			}
			floor := func() { floorChoices = floorChoose(floors, fs, sec) }
			each, _ := ordertest.Bench(b, lib, floor)
			if n == 10 {
				ten = each
			} else if ten > 0 {
				b.ReportMetric(each/ten, "x-D=10")
			}
			for i, c := range choices {
				if c.Best != floorChoices[i].best || c.Off.Minor() != floorChoices[i].off {
					b.Fatalf("order %d: %d takes %s off, the floor says %d and %d", i, c.Best, c.Off, floorChoices[i].best, floorChoices[i].off)
				}
			}
		})
	}
}
