package ordertest

import (
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// Broken is a value in which exactly one rule is broken.
type Broken[T any] struct {
	Value T
	Field string // the field that breaks it, as [order.FieldError] names it: "lines[0].amount"
	What  string // what is wrong with it
}

// breach breaks one rule of a value.
type breach[T any] struct {
	field, what string
	fits        func(v T) bool // whether v has what is broken; nil: every one
	do          func(v *T)
}

// broken draws a value and one of the breaches that fit it. do may write to v's slices:
// what valid draws is used once.
func broken[T any](valid *rapid.Generator[T], breaches ...func(t *rapid.T, v T) []breach[T]) *rapid.Generator[Broken[T]] {
	return rapid.Custom(func(t *rapid.T) Broken[T] {
		v := valid.Draw(t, "valid")
		var fit []breach[T]
		for _, of := range breaches {
			for _, b := range of(t, v) {
				if b.fits == nil || b.fits(v) {
					fit = append(fit, b)
				}
			}
		}
		b := fit[rapid.IntRange(0, len(fit)-1).Draw(t, "breach")]
		b.do(&v)
		return Broken[T]{v, b.field, b.what}
	})
}

// BrokenText draws text that is not an ID and that no field takes: over length, not
// printable or not UTF-8.
func BrokenText() *rapid.Generator[Broken[string]] {
	return rapid.SampledFrom([]Broken[string]{
		{strings.Repeat("x", 65), "", "65 characters"},
		{strings.Repeat("中", 65), "", "65 characters of three bytes"},
		{"a\nb", "", "a control character"},
		{"a\x00", "", "a NUL"},
		{"\u200b", "", "a space of no width"},
		{"\u202eabc", "", "a change of direction"},
		{"a\xff", "", "not UTF-8"},
	})
}

// BrokenID draws what is no ID: [BrokenText], or empty.
func BrokenID[T order.IDText]() *rapid.Generator[Broken[T]] {
	return rapid.Custom(func(t *rapid.T) Broken[T] {
		if rapid.IntRange(0, 7).Draw(t, "empty") == 0 {
			return Broken[T]{"", "", "empty"}
		}
		b := BrokenText().Draw(t, "text")
		return Broken[T]{T(b.Value), "", b.What}
	})
}

// BrokenWindow draws a window that ends before it begins, or at a time out of range.
func BrokenWindow() *rapid.Generator[Broken[order.Window]] {
	return broken(Window(), func(t *rapid.T, w order.Window) []breach[order.Window] {
		at := Instant().Draw(t, "at")
		return []breach[order.Window]{
			{"until", "before from", nil, func(w *order.Window) { *w = order.Window{From: at, Until: at.Add(-time.Second)} }},
			{"from", "the year 9999", nil, func(w *order.Window) { *w = order.Window{From: year(9999)} }},
			{"until", "the year 9999", nil, func(w *order.Window) { w.Until = year(9999) }},
			{"from", "the year 0", nil, func(w *order.Window) { w.From = year(0) }},
		}
	})
}

func year(n int) time.Time { return time.Date(n, 6, 1, 0, 0, 0, 0, time.UTC) }

// BrokenTerm draws a term of no length, of too much or of no unit.
func BrokenTerm() *rapid.Generator[Broken[order.Term]] {
	return broken(Term(), func(*rapid.T, order.Term) []breach[order.Term] {
		return []breach[order.Term]{
			{"n", "0", nil, func(v *order.Term) { v.N = 0 }},
			{"n", "below zero", nil, func(v *order.Term) { v.N = -1 }},
			{"n", "more than 100 years of minutes", nil, func(v *order.Term) { v.N = 52_596_001 }},
			{"unit", "none", nil, func(v *order.Term) { v.Unit = "" }},
			{"unit", "unknown", nil, func(v *order.Term) { v.Unit = "fortnight" }},
		}
	})
}

// BrokenTerms draws a range in which no term lies, or with an end that is not a term.
func BrokenTerms() *rapid.Generator[Broken[order.Terms]] {
	return broken(Terms(), func(t *rapid.T, _ order.Terms) []breach[order.Terms] {
		bad := BrokenTerm().Draw(t, "bad term")
		return []breach[order.Terms]{
			{"least." + bad.Field, bad.What, nil, func(v *order.Terms) { v.Least = bad.Value }},
			{"most." + bad.Field, bad.What, nil, func(v *order.Terms) { *v = order.Terms{Most: bad.Value} }},
			{"least", "more than most", nil, func(v *order.Terms) {
				*v = order.Terms{Least: order.Term{N: 13, Unit: order.Month}, Most: order.Term{N: 1, Unit: order.Year}}
			}},
			{"least", "of a unit that cannot be compared", nil, func(v *order.Terms) {
				*v = order.Terms{Least: order.Term{N: 1, Unit: order.Day}, Most: order.Term{N: 1, Unit: order.Year}}
			}},
		}
	})
}

// BrokenPolicy draws a policy with one field that means nothing.
func BrokenPolicy() *rapid.Generator[Broken[order.Policy]] {
	return broken(Policy(), func(*rapid.T, order.Policy) []breach[order.Policy] {
		return []breach[order.Policy]{
			{"lifetime", "below zero", nil, func(p *order.Policy) { p.Lifetime = -time.Second }},
			{"lifetime", "no whole second", nil, func(p *order.Policy) { p.Lifetime = time.Second + 1 }},
			{"lifetime", "an exception below zero", nil, func(p *order.Policy) { p.Lifetimes = []order.Lifetime{{For: -time.Hour}} }},
			{"lifetimes", "an exception of no length", nil, func(p *order.Policy) { p.Lifetimes = []order.Lifetime{{Service: "disk"}} }},
			{"lifetimes", "an exception for no type", nil, func(p *order.Policy) { p.Lifetimes = []order.Lifetime{{Type: "gift", For: time.Hour}} }},
			{"lifetime", "an export kept for less than nothing", nil, func(p *order.Policy) { p.KeepExport = -time.Hour }},
			{"maxOrders", "below zero", nil, func(p *order.Policy) { p.MaxOrders = -1 }},
			{"cancelFrom", "a state of payment", nil, func(p *order.Policy) { p.CancelFrom = []order.State{order.StatePaying} }},
			{"cancelFrom", "no state", nil, func(p *order.Policy) { p.CancelFrom = []order.State{""} }},
		}
	})
}

// BrokenReduction draws a reduction with one field that breaks a rule, but for that
// valid at the given time.
func BrokenReduction(at time.Time) *rapid.Generator[Broken[order.Reduction]] {
	return broken(ReductionAt(at), func(t *rapid.T, _ order.Reduction) []breach[order.Reduction] {
		id := BrokenID[string]().Draw(t, "bad ID")
		return []breach[order.Reduction]{
			{"kind", id.What, nil, func(r *order.Reduction) { r.Kind = id.Value }},
			{"id", id.What, nil, func(r *order.Reduction) { r.ID = id.Value }},
			{"window.until", "before from", nil, func(r *order.Reduction) {
				r.Window = order.Window{From: at.Add(time.Second), Until: at}
			}},
			{"lapse", "none", nil, func(r *order.Reduction) { r.Lapse = "" }},
			{"lapse", "unknown", nil, func(r *order.Reduction) { r.Lapse = "forgiven" }},
			{"lock", "unknown", nil, func(r *order.Reduction) { r.Lock = "customer" }},
			{"lapse", "locked, and not honored", nil, func(r *order.Reduction) { r.Lapse, r.Lock = order.LapseShortens, order.LockPartner }},
			{"lapse", "locked, and judged at payment", nil, func(r *order.Reduction) { r.Lapse, r.Lock = order.LapseJudged, order.LockConfirmed }},
		}
	})
}

// BrokenMove draws a move that no order can make. The field begins with "move.".
func BrokenMove() *rapid.Generator[Broken[order.Move]] {
	is := func(es ...order.Event) func(order.Move) bool {
		return func(m order.Move) bool {
			for _, e := range es {
				if m.Event == e {
					return true
				}
			}
			return false
		}
	}
	not := func(f func(order.Move) bool) func(order.Move) bool { return func(m order.Move) bool { return !f(m) } }
	held := is(order.EventHold, order.EventSettle, order.EventRelease)
	return broken(Move(), func(t *rapid.T, _ order.Move) []breach[order.Move] {
		id := BrokenID[string]().Draw(t, "bad ID")
		return []breach[order.Move]{
			{"move.at", "no time", nil, func(m *order.Move) { m.At = time.Time{} }},
			{"move.at", "the year 9999", nil, func(m *order.Move) { m.At = year(9999) }},
			{"move.at", "the year 0", nil, func(m *order.Move) { m.At = year(0) }},
			{"move.event", "none", nil, func(m *order.Move) { m.Event = "" }},
			{"move.event", "unknown", nil, func(m *order.Move) { m.Event = "HOLD" }},
			{"move.event", "place, which Place does", nil, func(m *order.Move) { m.Event = order.EventPlace }},
			{"move.by", id.What, nil, func(m *order.Move) { m.By = id.Value }},
			{"move.payment", id.What, held, func(m *order.Move) { m.Payment = order.PaymentID(id.Value) }},
			{"move.payment", "where none belongs", not(held), func(m *order.Move) { m.Payment = "P1" }},
			{"move.reason", "none", is(order.EventCancel), func(m *order.Move) { m.Reason = "" }},
			{"move.reason", "rejected, which reject says", is(order.EventCancel), func(m *order.Move) { m.Reason = order.ReasonRejected }},
			{"move.reason", "unknown", is(order.EventCancel, order.EventFail), func(m *order.Move) { m.Reason = "bored" }},
			{"move.reason", "where none belongs", not(is(order.EventCancel, order.EventFail)), func(m *order.Move) { m.Reason = order.ReasonCustomer }},
			{"move.parts", "where none belong", not(is(order.EventSettle, order.EventRefund)), func(m *order.Move) { m.Parts = []order.OrderParts{{Order: "O1"}} }},
		}
	})
}
