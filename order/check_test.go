package order_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// house is a few orders and purchases that random calls are made on.
type house struct {
	orders    []order.Order
	purchases []order.Purchase
}

// one and group draw what the next call is made on.
func (h *house) one(t *rapid.T) int {
	return rapid.IntRange(0, len(h.orders)-1).Draw(t, "order")
}

func (h *house) group(t *rapid.T) int {
	return rapid.IntRange(0, len(h.purchases)-1).Draw(t, "purchase")
}

// tight copies an order into slices with room behind that nobody may write to.
func tight(o order.Order) order.Order {
	lines := append(slices.Clone(o.Lines), order.Line{Product: "behind the slice"})
	o.Lines = lines[:len(o.Lines)]
	return o
}

func tightAll(p order.Purchase) order.Purchase {
	var os []order.Order
	for _, o := range p.Orders {
		os = append(os, tight(o))
	}
	os = append(os, order.Order{ID: "behind the slice"})
	p.Orders = os[:len(p.Orders)]
	return p
}

// untouched fails when a call wrote into what it was given, or behind it.
func untouched(t *rapid.T, before, after order.Purchase) {
	t.Helper()
	same(t, "the purchase given", before, after)
	if behind := after.Orders[:len(after.Orders)+1][len(after.Orders)]; behind.ID != "behind the slice" {
		t.Fatalf("written behind the slice: %v", behind)
	}
	for _, o := range after.Orders {
		untouchedLines(t, o)
	}
}

func untouchedLines(t *rapid.T, o order.Order) {
	t.Helper()
	if behind := o.Lines[:len(o.Lines)+1][len(o.Lines)]; behind.Product != "behind the slice" {
		t.Fatalf("written behind the lines: %v", behind)
	}
}

// kept fails when money that is settled or agreed went missing between two states of an order.
func kept(t *rapid.T, before, after order.Order) {
	t.Helper()
	sound(t, after)
	if after.List() != before.List() || after.Currency() != before.Currency() {
		t.Fatalf("list %v, then %v", before.List(), after.List())
	}
	if before.Paid != (order.Parts{}) && after.Paid != before.Paid {
		t.Fatalf("paid %v, then %v", before.Paid, after.Paid)
	}
	if after.Project != before.Project || after.ID != before.ID || after.Customer != before.Customer || !after.Latest.Equal(before.Latest) {
		t.Fatal("what is for ever has changed")
	}
}

// whole fails on a purchase that is not.
func whole(t *rapid.T, before, after order.Purchase) {
	t.Helper()
	if err := after.Check(); err != nil {
		t.Fatal(err)
	}
	if len(after.Orders) != len(before.Orders) {
		t.Fatalf("%d orders, then %d", len(before.Orders), len(after.Orders))
	}
	for i := range after.Orders {
		kept(t, before.Orders[i], after.Orders[i])
	}
}

// O5: whatever calls are made, with sound input or with one thing wrong in it, what
// comes back without an error fulfils every identity, purchases stay whole, and what
// is refused is as it was; what was given is never written to.
func TestO5_NoCallYieldsABadOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := house{
			orders:    []order.Order{ordertest.Order().Draw(t, "first order")},
			purchases: []order.Purchase{ordertest.PurchasePlaced(ordertest.Flow().Draw(t, "flow")).Draw(t, "first purchase")},
		}
		refused := func(t *rapid.T, err error) { // every refusal is one that callers can tell
			t.Helper()
			var f *order.FieldError
			var m *order.MoveError
			var r *order.ReductionError
			if !errors.As(err, &f) && !errors.As(err, &m) && !errors.As(err, &r) {
				t.Fatalf("%T: %v", err, err)
			}
			if f != nil && (f.Field == "" || !errors.Is(err, order.ErrInvalid)) {
				t.Fatalf("no field: %v", err)
			}
		}
		order1 := func(t *rapid.T, i int, call func(o order.Order) (order.Order, error)) {
			t.Helper()
			o, before := tight(h.orders[i]), tight(h.orders[i])
			after, err := call(o)
			same(t, "the order given", before, o)
			untouchedLines(t, o)
			if err != nil {
				refused(t, err)
				same(t, "refused", before, after)
				return
			}
			kept(t, before, after)
			h.orders[i] = after
		}
		purchase1 := func(t *rapid.T, i int, call func(p order.Purchase) (order.Purchase, error)) {
			t.Helper()
			p, before := tightAll(h.purchases[i]), tightAll(h.purchases[i])
			after, err := call(p)
			untouched(t, before, p)
			if err != nil {
				refused(t, err)
				same(t, "refused", before, after)
				return
			}
			whole(t, before, after)
			h.purchases[i] = after
		}
		instant := func(t *rapid.T, o order.Order) time.Time {
			at := rapid.SampledFrom([]time.Time{o.Placed, o.Changed, o.Deadline, o.Latest, o.Reduction.Window.Until}).Draw(t, "near")
			if at.IsZero() {
				at = o.Placed
			}
			return at.Add(time.Duration(rapid.IntRange(-1500, 1500).Draw(t, "ms")) * time.Millisecond)
		}
		anyReduction := func(t *rapid.T, o order.Order, at time.Time) (order.Reduction, []order.Cut) {
			switch rapid.IntRange(0, 5).Draw(t, "reduction") {
			case 0:
				return order.Reduction{}, nil
			case 1:
				return ordertest.BrokenReduction(at).Draw(t, "broken").Value, ordertest.Cuts(o).Draw(t, "cuts")
			case 2:
				other := ordertest.Order().Draw(t, "another order")
				return ordertest.ReductionAt(o.Placed).Draw(t, "at placement"), ordertest.Cuts(other).Draw(t, "cuts of another")
			}
			return ordertest.ReductionAt(at).Draw(t, "fitting"), ordertest.Cuts(o).Draw(t, "cuts")
		}
		t.Repeat(map[string]func(*rapid.T){
			"Place": func(t *rapid.T) {
				d := ordertest.AnyDraft().Draw(t, "draft")
				if rapid.IntRange(0, 3).Draw(t, "broken") == 0 {
					d = ordertest.BrokenDraft().Draw(t, "broken draft").Value
				}
				before := cloneDraft(d)
				o, err := order.Place(d, ordertest.Instant().Draw(t, "at"), ordertest.Policy().Draw(t, "policy"))
				same(t, "the draft given", before.Lines, append([]order.Line(nil), d.Lines...))
				if err != nil {
					refused(t, err)
					same(t, "refused", order.Order{}, o)
					return
				}
				sound(t, o)
				h.orders = append(h.orders, o)
			},
			"PlaceTogether": func(t *rapid.T) {
				ds := ordertest.Drafts(ordertest.Flow().Draw(t, "flow"), 1, 3).Draw(t, "drafts")
				switch rapid.IntRange(0, 3).Draw(t, "broken") {
				case 0:
					ds[0] = ordertest.BrokenDraft().Draw(t, "broken draft").Value
				case 1:
					ds = append(ds, ordertest.AnyDraft().Draw(t, "of another"))
				}
				p, err := order.PlaceTogether("M1", ds, ordertest.Instant().Draw(t, "at"), ordertest.Policy().Draw(t, "policy"))
				if err != nil {
					refused(t, err)
					same(t, "refused", order.Purchase{}, p)
					return
				}
				whole(t, p, p)
				h.purchases = append(h.purchases, p)
			},
			"Apply": func(t *rapid.T) {
				i := h.one(t)
				m := anyMove(t, h.orders[i])
				if rapid.IntRange(0, 3).Draw(t, "broken") == 0 {
					m = ordertest.BrokenMove().Draw(t, "broken move").Value
				}
				order1(t, i, func(o order.Order) (order.Order, error) { return o.Apply(m) })
			},
			"Apply, parts": func(t *rapid.T) {
				i := h.one(t)
				o := h.orders[i]
				m := moveAt(rapid.SampledFrom([]order.Event{order.EventSettle, order.EventRefund}).Draw(t, "event"), o.Placed)
				if m.Payment != "" && o.Payment != "" {
					m.Payment = o.Payment
				}
				payable := o.Payable()
				if rapid.IntRange(0, 3).Draw(t, "wrong sum") == 0 {
					payable = order.Minor(payable.Minor()+int64(rapid.SampledFrom([]int{-1, 1}).Draw(t, "by a cent")), payable.Currency())
				}
				m.Parts = []order.OrderParts{{Order: o.ID, Parts: ordertest.Parts(payable).Draw(t, "parts")}}
				order1(t, i, func(o order.Order) (order.Order, error) { return o.Apply(m) })
			},
			"Apply, legal": func(t *rapid.T) {
				i := h.one(t)
				if h.orders[i].State.Final() {
					t.Skip("final")
				}
				m := ordertest.MoveFor(h.orders[i]).Draw(t, "move")
				order1(t, i, func(o order.Order) (order.Order, error) { return o.Apply(m) })
			},
			"Purchase.Apply": func(t *rapid.T) {
				i := h.group(t)
				o := rapid.SampledFrom(h.purchases[i].Orders).Draw(t, "member")
				m := anyMove(t, o)
				m.Order = rapid.SampledFrom([]order.ID{"", o.ID, "no member"}).Draw(t, "named")
				if rapid.IntRange(0, 3).Draw(t, "broken") == 0 {
					m = ordertest.BrokenMove().Draw(t, "broken move").Value
				}
				purchase1(t, i, func(p order.Purchase) (order.Purchase, error) { return p.Apply(m) })
			},
			"Purchase.Apply, legal": func(t *rapid.T) {
				i := h.group(t)
				m := ordertest.MoveForPurchase(h.purchases[i]).Draw(t, "move")
				purchase1(t, i, func(p order.Purchase) (order.Purchase, error) { return p.Apply(m) })
			},
			"Reduce": func(t *rapid.T) {
				i := h.one(t)
				at := instant(t, h.orders[i])
				r, cuts := anyReduction(t, h.orders[i], at)
				order1(t, i, func(o order.Order) (order.Order, error) { return o.Reduce(r, cuts, at) })
			},
			"Purchase.Reduce": func(t *rapid.T) {
				i := h.group(t)
				o := rapid.SampledFrom(h.purchases[i].Orders).Draw(t, "member")
				at := instant(t, o)
				r, cuts := anyReduction(t, o, at)
				id := rapid.SampledFrom([]order.ID{o.ID, o.ID, "no member"}).Draw(t, "ID")
				purchase1(t, i, func(p order.Purchase) (order.Purchase, error) { return p.Reduce(id, r, cuts, at) })
			},
			"a member moved alone": func(t *rapid.T) {
				o := tight(rapid.SampledFrom(h.purchases[h.group(t)].Orders).Draw(t, "member"))
				m := anyMove(t, o)
				after, err := o.Apply(m)
				if err != nil {
					refused(t, err)
					same(t, "refused", o, after)
					return
				}
				kept(t, o, after)
			},
			"Cancel": func(t *rapid.T) {
				given := tightAll(order.Purchase{Orders: append([]order.Order{h.orders[h.one(t)]}, h.purchases[h.group(t)].Orders...)})
				before := tightAll(given)
				m := because(rapid.SampledFrom(order.Reasons()).Draw(t, "reason"))
				m.At = instant(t, given.Orders[0])
				got, left, err := order.Cancel(given.Orders, m, ordertest.Policy().Draw(t, "policy"))
				untouched(t, before, given)
				if err != nil {
					refused(t, err)
					if got != nil || left != nil {
						t.Fatal("moved, and refused")
					}
					return
				}
				if len(got)+len(left) != len(given.Orders) {
					t.Fatalf("%d given, %d moved, %d refused", len(given.Orders), len(got), len(left))
				}
				for _, o := range got {
					kept(t, before.Orders[slices.Index(ids(before.Orders), o.ID)], o)
				}
				for _, r := range left {
					refused(t, r.Err)
				}
			},
			"JSON": func(t *rapid.T) {
				o := h.orders[h.one(t)]
				text, err := json.Marshal(o)
				if err != nil {
					t.Fatal(err)
				}
				var back order.Order
				if err := order.Decode(text, &back); err != nil {
					t.Fatalf("%v: %s", err, text)
				}
				if d := cmp.Diff(o, back, plainly); d != "" {
					t.Fatalf("(-written +read):\n%s", d)
				}
				p := h.purchases[h.group(t)]
				if text, err = json.Marshal(p); err != nil {
					t.Fatal(err)
				}
				var all order.Purchase
				if err := order.Decode(text, &all); err != nil {
					t.Fatalf("%v: %s", err, text)
				}
				if d := cmp.Diff(p, all, plainly); d != "" {
					t.Fatalf("(-written +read):\n%s", d)
				}
			},
		})
	})
}

// O5: a broken order is refused by every call that takes one, for what is broken, and
// so is JSON that says the same.
func TestO5_BrokenOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := ordertest.BrokenOrder().Draw(t, "broken")
		o := b.Value
		wrong := func(call string, err error) {
			t.Helper()
			if !errors.Is(err, order.ErrInvalid) || fieldOf(err) != "order."+b.Field {
				t.Fatalf("%s: %s: %s: %v", call, b.Field, b.What, err)
			}
		}
		moved, err := o.Apply(moveAt(order.EventHold, placedThen))
		wrong("Apply", err)
		same(t, "not moved", o, moved)
		reduced, err := o.Reduce(order.Reduction{}, nil, placedThen)
		wrong("Reduce", err)
		same(t, "not reduced", o, reduced)
		if o.Purchase == "" {
			got, refused, err := order.Cancel([]order.Order{o}, mv(order.EventCancel), order.Policy{})
			if err != nil || len(got) != 0 || len(refused) != 1 {
				t.Fatalf("canceled: %v, %v", refused, err)
			}
			wrong("Cancel", refused[0].Err)
		}
		text, err := json.Marshal(o)
		if err != nil {
			return // it cannot even be written
		}
		into := placedThenOrder
		if err := order.Decode(text, &into); err == nil && into.Check() != nil {
			t.Fatalf("read: %s", text)
		}
	})
}

var placedThenOrder, _ = order.Place(draftOf("O1", 100), placedThen, order.Policy{})

// Bad input to Check: each row breaks an identity of its own.
func TestBadInput_Check(t *testing.T) {
	unpaid := placedOrder(t, draftOf("O1", 100, 200))
	with := reduced(t, unpaid, reductionOf(order.LapseShortens), off(10, 20), soon)
	paying := moved(t, unpaid, mv(order.EventHold))
	paid := moved(t, paying, mv(order.EventSettle))
	free := placedOrder(t, freeDraft("O1"))
	back := placedOrder(t, backDraft("O1", 100))
	canceled := moved(t, unpaid, mv(order.EventCancel))
	usd := func(n int64) order.Money { return order.Minor(n, order.USD) }
	for _, x := range []struct {
		name   string
		from   order.Order
		change func(o *order.Order)
		field  string
	}{
		{"O1 no state", unpaid, func(o *order.Order) { o.State = "" }, "state"},
		{"O1 a vendor's word", unpaid, func(o *order.Order) { o.State = "Unpaid" }, "state"},
		{"O2 money back that is unpaid", back, func(o *order.Order) { o.State = order.StateUnpaid }, "state"},
		{"O2 free and unpaid, alone", free, func(o *order.Order) { o.State = order.StateUnpaid }, "state"},
		{"O2 free and voided", free, func(o *order.Order) { o.State = order.StateVoided }, "state"},
		{"O2 money back that is refunded", back, func(o *order.Order) { o.State = order.StateRefunded }, "state"},
		{"O2 paying by no payment", paying, func(o *order.Order) { o.Payment = "" }, "payment"},
		{"O2 paid by no payment", paid, func(o *order.Order) { o.Payment = "" }, "payment"},
		{"O2 unpaid by a payment", unpaid, func(o *order.Order) { o.Payment = "P1" }, "payment"},
		{"O2 free by a payment", free, func(o *order.Order) { o.Payment = "P1" }, "payment"},
		{"O5 paid before it is", paying, func(o *order.Order) { o.Paid.Cash = usd(300) }, "paid"},
		{"O5 nothing paid", paid, func(o *order.Order) { o.Paid = order.Parts{} }, "paid"},
		{"O5 a cent more", paid, func(o *order.Order) { o.Paid.Cash = usd(301) }, "paid"},
		{"O5 a cent less", paid, func(o *order.Order) { o.Paid.Cash = usd(299) }, "paid"},
		{"O5 a part below zero", paid, func(o *order.Order) { o.Paid = order.Parts{Cards: usd(-1), Cash: usd(301)} }, "paid"},
		{"O5 the price changed once paid", paid, func(o *order.Order) { o.Lines[0].Amount = usd(99) }, "paid"},
		{"O9 canceled for nothing", canceled, func(o *order.Order) { o.Reason = "" }, "reason"},
		{"O9 canceled for no reason there is", canceled, func(o *order.Order) { o.Reason = "whim" }, "reason"},
		{"O9 unpaid for a reason", unpaid, func(o *order.Order) { o.Reason = order.ReasonCustomer }, "reason"},
		{"O9 paid for a reason", paid, func(o *order.Order) { o.Reason = order.ReasonContractEnded }, "reason"},
		{"O9 the customer while paying", paying, func(o *order.Order) { o.Reason = order.ReasonCustomer }, "reason"},
		{"O9 money back for a reason", back, func(o *order.Order) { o.Reason = order.ReasonContractEnded }, "reason"},
		{"O7 unpaid and to be reviewed", unpaid, func(o *order.Order) { o.Review = true }, "review"},
		{"E1 no lifetime", unpaid, func(o *order.Order) { o.Latest = time.Time{} }, "latest"},
		{"E1 a lifetime that ended before", unpaid, func(o *order.Order) { o.Latest = o.Placed.Add(-time.Second) }, "latest"},
		{"E1 the lifetime of a free order", free, func(o *order.Order) { o.Latest = o.Placed }, "latest"},
		{"E1 a deadline a second late", unpaid, func(o *order.Order) { o.Deadline = o.Deadline.Add(time.Second) }, "deadline"},
		{"E1 a deadline a second early", unpaid, func(o *order.Order) { o.Deadline = o.Deadline.Add(-time.Second) }, "deadline"},
		{"E2 the lifetime's, shortened", with, func(o *order.Order) { o.Deadline = o.Latest }, "deadline"},
		{"O6 the deadline of another, alone", unpaid, func(o *order.Order) { o.DeadlineOf = "O2" }, "deadline"},
		{"O6 the deadline of a free order, alone", free, func(o *order.Order) { o.Deadline = o.Placed }, "deadline"},
		{"T1 half a second", unpaid, func(o *order.Order) { o.Changed = o.Changed.Add(time.Second / 2) }, "changed"},
		{"T1 changed before it was placed", unpaid, func(o *order.Order) { o.Changed = o.Placed.Add(-time.Second) }, "changed"},
		{"T2 a zone of seconds", unpaid, func(o *order.Order) { o.Changed = o.Changed.In(time.FixedZone("LMT", 29143)) }, "changed"},
		{"O6 members without a purchase", unpaid, func(o *order.Order) { o.Members = 2 }, "members"},
		{"O6 a purchase without members", unpaid, func(o *order.Order) { o.Purchase = "M1" }, "members"},
		{"D2 a reduction of nothing", free, func(o *order.Order) { o.Reduction = reductionOf(order.LapseHonored) }, "reduction"},
		{"D8 a reduction without a kind", with, func(o *order.Order) { o.Reduction.Kind = "" }, "reduction.kind"},
		{"D8 reduced by nothing", with, func(o *order.Order) { o.Reduction = order.Reduction{} }, "lines[0].off"},
		{"D3 reduced by more than it costs", with, func(o *order.Order) { o.Lines[1].Off = usd(201) }, "lines[1].off"},
		{"D3 money back, reduced", back, func(o *order.Order) { o.Lines[0].Off = usd(-1) }, "lines[0].off"},
		{"O13 an amount of 19 digits", unpaid, func(o *order.Order) { o.Lines[1].Amount = usd(-1_000_000_000_000_000_000) }, "lines[1].amount"},
		{"P12 a version below zero", unpaid, func(o *order.Order) { o.Version = -1 }, "version"},
	} {
		t.Run(x.name, func(t *testing.T) {
			o := x.from
			o.Lines = slices.Clone(o.Lines)
			if err := o.Check(); err != nil {
				t.Fatalf("refused before anything was broken: %v", err)
			}
			x.change(&o)
			if err := o.Check(); !errors.Is(err, order.ErrInvalid) || fieldOf(err) != x.field {
				t.Errorf("%v; want field %s", err, x.field)
			}
			leads(t, order.Order{}, x.field)
		})
	}
}
