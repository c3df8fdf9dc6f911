package order_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
)

func BenchmarkPlace(b *testing.B) {
	d, p := draftOf("O1", 10000, 5000, 2500), order.Huawei()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := order.Place(d, placedThen, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	o := placedOrder(b, draftOf("O1", 10000, 5000, 2500))
	m := mv(order.EventHold)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := o.Apply(m); err != nil {
			b.Fatal(err)
		}
	}
}

// A purchase of 30 orders of 3 lines moves as one.
func BenchmarkPurchaseApply(b *testing.B) {
	var ds []order.Draft
	for i := range 30 {
		ds = append(ds, draftOf(order.ID(fmt.Sprintf("O%d", i)), 10000, 5000, 2500))
	}
	p, m := together(b, ds...), mv(order.EventHold)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Apply(m); err != nil {
			b.Fatal(err)
		}
	}
}

// The floor of S13: the fields of O5, D8 and O11 as one would write them by hand,
// lines by value, amounts in cents, instants in seconds.
type (
	floorOrder struct {
		id, customer, user, purchase, project, payment, deadlineOf string
		typ, state, reason                                         uint8
		review                                                     bool
		currency                                                   uint16
		members                                                    int32
		lines                                                      []floorLine
		reduction                                                  floorReduction
		placed, changed, latest, deadline                          int64
		coupons, cards, cash                                       int64
		version                                                    int64
	}
	floorLine struct {
		product, service, region, configuration, resource, seller string
		count, termN                                              int32
		termUnit, per, charge, unitPlaces, ratioPlaces            uint8
		reserved                                                  bool
		unitPrice, amount, tax, off, ratio                        int64
	}
	floorReduction struct {
		kind, id    string
		from, until int64
		lapse, lock uint8
	}
)

// floorOf is the hand-written Place: it judges nothing.
func floorOf(d order.Draft, at int64) floorOrder {
	o := floorOrder{
		id: string(d.ID), customer: string(d.Customer), user: string(d.User), purchase: "", project: string(d.Project), payment: "", deadlineOf: "",
		typ: 1, state: 3, reason: 0, review: d.Review, currency: uint16(order.USD), members: 0,
		lines:     make([]floorLine, len(d.Lines)),
		reduction: floorReduction{kind: "", id: "", from: 0, until: 0, lapse: 0, lock: 0},
		placed:    at, changed: at, latest: at + 7*24*60*60, deadline: at + 7*24*60*60,
		coupons: 0, cards: 0, cash: 0, version: 0,
	}
	for i, l := range d.Lines {
		o.lines[i] = floorLine{
			product: l.Product, service: l.Service, region: l.Region, configuration: l.Configuration, resource: string(l.Resource), seller: l.Seller,
			count: int32(l.Count), termN: int32(l.Term.N), termUnit: 4, per: 0, charge: 1, unitPlaces: 0, ratioPlaces: 0, reserved: l.Reserved,
			unitPrice: 0, amount: l.Amount.Minor(), tax: l.Tax.Minor(), off: 0, ratio: 0,
		}
	}
	return o
}

// S13: what an order of three lines takes in memory, beside the hand-written floor;
// texts are shared by both and not counted.
func BenchmarkS13(b *testing.B) {
	const n = 100_000
	d := draftOf("O1", 10000, 5000, 2500)
	perOrder := func(fill func() any) float64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		kept := fill()
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(kept)
		return (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / n
	}
	var ours, floor float64
	for b.Loop() {
		ours = perOrder(func() any {
			os := make([]order.Order, n)
			for i := range os {
				o, err := order.Place(d, placedThen.Add(time.Duration(i)*time.Second), order.Policy{})
				if err != nil {
					b.Fatal(err)
				}
				os[i] = o
			}
			return os
		})
		floor = perOrder(func() any {
			os := make([]floorOrder, n)
			for i := range os {
				os[i] = floorOf(d, placedThen.Unix()+int64(i))
			}
			return os
		})
	}
	b.ReportMetric(ours, "B/order")
	b.ReportMetric(floor, "floor-B/order")
	b.ReportMetric(ours/floor, "x-floor")
}
