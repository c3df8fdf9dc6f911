package order_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// placedPair is a purchase M1 of the orders O1 and O2, unpaid.
func placedPair(t testing.TB) order.Purchase {
	t.Helper()
	return together(t, draftOf("O1", 10000), draftOf("O2", 5000))
}

// together places drafts as purchase M1 at the time of the example.
func together(t testing.TB, ds ...order.Draft) order.Purchase {
	t.Helper()
	p, err := order.PlaceTogether("M1", ds, placedThen, order.Huawei())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// movedAll applies moves that must be taken.
func movedAll(t testing.TB, p order.Purchase, ms ...order.Move) order.Purchase {
	t.Helper()
	for _, m := range ms {
		next, err := p.Apply(m)
		if err != nil {
			t.Fatalf("%s %s: %v", m.Event, m.Order, err)
		}
		p = next
	}
	return p
}

// statesOf lists the states of the members, "unpaid, paid".
func statesOf(p order.Purchase) string {
	var ss []string
	for _, o := range p.Orders {
		ss = append(ss, string(o.State))
	}
	return strings.Join(ss, ", ")
}

// cloneAll copies a purchase, lines too.
func cloneAll(p order.Purchase) order.Purchase {
	p.Orders = slices.Clone(p.Orders)
	for i := range p.Orders {
		p.Orders[i].Lines = slices.Clone(p.Orders[i].Lines)
	}
	return p
}

// ruledTogether is what O6 says of a move of a purchase, slowly: the states of its
// members after it, or that it is refused.
func ruledTogether(p order.Purchase, m order.Move) (to []order.State, refused bool) {
	at := -1
	for i, o := range p.Orders {
		to = append(to, o.State)
		if o.ID == m.Order {
			at = i
		}
	}
	if m.Order != "" && at < 0 {
		return nil, true
	}
	move := func(i int, cause order.Reason) {
		next, _, err := ruled(p.Orders[i], m, cause)
		to[i], refused = next, refused || err != nil
	}
	paying := p.Orders[0].State == order.StatePaying
	var cause order.Reason
	for _, o := range p.Orders {
		if cause == "" && o.State == order.StatePaying {
			cause = o.Reason
		}
	}
	switch {
	case m.Event == order.EventCancel && paying && m.Reason != order.ReasonCustomer: // kept on the one it came for
		if at < 0 {
			return nil, true
		}
		move(at, "")
	case m.Event == order.EventCancel && m.Reason != order.ReasonCustomer: // it came for one, and takes all
		for i := range p.Orders {
			move(i, "")
		}
	case m.Event == order.EventHold, m.Event == order.EventSettle, m.Event == order.EventRelease, m.Event == order.EventCancel, m.Event == order.EventExpire:
		if at >= 0 {
			return nil, true // all or none, and none is named
		}
		for i, o := range p.Orders {
			why := o.Reason
			if m.Event == order.EventRelease {
				why = cause // one cause cancels them all
			}
			move(i, why)
		}
	case at < 0:
		return nil, true
	case m.Event == order.EventReject:
		move(at, "")
		for i, o := range p.Orders {
			if i != at && (o.State == order.StatePendingApproval || o.State == order.StatePendingConfirmation || o.State == order.StateUnpaid) {
				to[i] = order.StateCanceled
			}
		}
	default:
		move(at, p.Orders[at].Reason)
	}
	return to, refused
}

// O6: over random walks a purchase stands where its twin stands; refused, it stays.
func TestO6_RandomWalks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := ordertest.PurchasePlaced(ordertest.Flow().Draw(t, "flow")).Draw(t, "purchase")
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if err := p.Check(); err != nil {
					t.Fatal(err)
				}
				early, holds := 0, 0
				for _, o := range p.Orders {
					sound(t, o)
					switch o.State {
					case order.StatePendingApproval, order.StatePendingConfirmation, order.StateUnpaid:
						early++
					case order.StatePaying:
						holds++
					}
				}
				if !p.Deadline().IsZero() && (early+holds)%len(p.Orders) != 0 || early > 0 && holds > 0 {
					t.Fatalf("not whole: %s", statesOf(p))
				}
			},
			"any move": func(t *rapid.T) {
				o := rapid.SampledFrom(p.Orders).Draw(t, "one")
				m := anyMove(t, o)
				m.Order = rapid.SampledFrom([]order.ID{"", "", o.ID, o.ID, "no member"}).Draw(t, "named")
				p = walk(t, p, m)
			},
			"a legal move": func(t *rapid.T) { p = walk(t, p, ordertest.MoveForPurchase(p).Draw(t, "move")) },
			"reduce": func(t *rapid.T) {
				o := rapid.SampledFrom(p.Orders).Draw(t, "one")
				at := o.Placed.Add(time.Duration(rapid.IntRange(0, 60*60).Draw(t, "seconds after")) * time.Second)
				before := cloneAll(p)
				after, err := p.Reduce(o.ID, ordertest.ReductionAt(at).Draw(t, "reduction"), ordertest.Cuts(o).Draw(t, "cuts"), at)
				same(t, "what was reduced", before, p)
				if err != nil {
					same(t, "refused", before, after)
				}
				p = after
			},
		})
	})
}

// walk moves p, and fails unless it did what the rule says.
func walk(t *rapid.T, p order.Purchase, m order.Move) order.Purchase {
	t.Helper()
	before := cloneAll(p)
	after, err := p.Apply(m)
	same(t, "what was moved", before, p)
	want, refused := ruledTogether(p, m)
	if refused {
		if err == nil {
			t.Fatalf("%s %q of %s was taken: %s", m.Event, m.Order, statesOf(p), statesOf(after))
		}
		same(t, "refused", before, after)
		return p
	}
	if err != nil {
		t.Fatalf("%s %q of %s: %v", m.Event, m.Order, statesOf(p), err)
	}
	for i, o := range after.Orders {
		if o.State != want[i] {
			t.Fatalf("%s %q of %s: %s, want %v", m.Event, m.Order, statesOf(p), statesOf(after), want)
		}
	}
	return after
}

// O6: at most 30 orders, or what the policy says.
func TestO6_AtMost30(t *testing.T) {
	drafts := func(n int) (ds []order.Draft) {
		for i := range n {
			ds = append(ds, draftOf(order.ID(fmt.Sprintf("O%d", i)), 100))
		}
		return ds
	}
	for _, x := range []struct {
		name string
		n    int
		p    order.Policy
		is   error
	}{
		{"O6 one", 1, order.Policy{}, nil}, {"O6 30", 30, order.Policy{}, nil}, {"O6 31", 31, order.Policy{}, order.ErrTooMany},
		{"O6 2 of 2", 2, order.Policy{MaxOrders: 2}, nil}, {"O6 3 of 2", 3, order.Policy{MaxOrders: 2}, order.ErrTooMany},
		{"O6 none", 0, order.Policy{}, order.ErrInvalid},
	} {
		t.Run(x.name, func(t *testing.T) {
			p, err := order.PlaceTogether("M1", drafts(x.n), placedThen, x.p)
			if x.is != nil {
				if !errors.Is(err, x.is) || fieldOf(err) != "drafts" {
					t.Errorf("%v", err)
				}
				same(t, "what is returned", order.Purchase{}, p)
				return
			}
			if sum, _ := p.Payable(); err != nil || len(p.Orders) != x.n || sum != order.Minor(int64(100*x.n), order.USD) {
				t.Errorf("%d orders, %v, %v", len(p.Orders), sum, err)
			}
		})
	}
}

// O6, by example: who moves with whom.
func TestO6_Moves(t *testing.T) {
	pair := placedPair(t)
	waits := together(t, draftOf("O1", 10000), review(draftOf("O2", 5000)), confirm(draftOf("O3", 1)))
	paying := movedAll(t, pair, mv(order.EventHold))
	caused := movedAll(t, paying, func() order.Move { m := because(order.ReasonContractEnded); m.Order = "O2"; return m }())
	paid := movedAll(t, paying, mv(order.EventSettle))
	causeFor := func(id order.ID) order.Move { m := because(order.ReasonResourceDeleted); m.Order = id; return m }
	late := sevenLater.Add(time.Second)
	other := mv(order.EventSettle)
	other.Payment = "P2"
	for _, x := range []struct {
		name string
		from order.Purchase
		move order.Move
		to   string
		is   error
	}{
		{"O6 hold moves all", pair, mv(order.EventHold), "paying, paying", nil},
		{"O6 hold names none", pair, named(order.EventHold, "O1"), "", order.ErrMember},
		{"O6 none is held until all are approved", waits, mv(order.EventHold), "", order.ErrState},
		{"O6 approve moves one", waits, named(order.EventApprove, "O2"), "unpaid, unpaid, pending confirmation", nil},
		{"O6 approve names one", waits, mv(order.EventApprove), "", order.ErrInvalid},
		{"O6 approve what is approved", waits, named(order.EventApprove, "O1"), "", order.ErrState},
		{"O6 confirm moves one", waits, named(order.EventConfirm, "O3"), "unpaid, pending approval, unpaid", nil},
		{"O6 confirm names one", waits, mv(order.EventConfirm), "", order.ErrInvalid},
		{"O6 held once all are approved", movedAll(t, waits, named(order.EventApprove, "O2"), named(order.EventConfirm, "O3")), mv(order.EventHold), "paying, paying, paying", nil},
		{"O6 reject takes the others along", waits, named(order.EventReject, "O2"), "canceled, canceled, canceled", nil},
		{"O6 reject names one", waits, mv(order.EventReject), "", order.ErrInvalid},
		{"O6 reject what is approved", waits, named(order.EventReject, "O1"), "", order.ErrState},
		{"O6 cancel moves all", waits, mv(order.EventCancel), "canceled, canceled, canceled", nil},
		{"O6 cancel names none", waits, named(order.EventCancel, "O1"), "", order.ErrMember},
		{"O6 a cause for one takes all", waits, causeFor("O1"), "canceled, canceled, canceled", nil},
		{"O6 cancel while paying", paying, mv(order.EventCancel), "", order.ErrPaymentInProgress},
		{"O6 a cause for one is kept while paying", paying, causeFor("O2"), "paying, paying", nil},
		{"O6 a cause while paying names one", paying, because(order.ReasonResourceDeleted), "", order.ErrInvalid},
		{"O6 expire moves all", waits, moveAt(order.EventExpire, late), "voided, voided, voided", nil},
		{"O6 expire at the deadline", waits, moveAt(order.EventExpire, sevenLater), "", order.ErrNotDue},
		{"O6 expire names none", waits, func() order.Move { m := moveAt(order.EventExpire, late); m.Order = "O1"; return m }(), "", order.ErrMember},
		{"O6 hold past the deadline", pair, moveAt(order.EventHold, late), "", order.ErrPastDeadline},
		{"O6 settle moves all", paying, mv(order.EventSettle), "paid, paid", nil},
		{"O6 settle by another payment", paying, other, "", order.ErrOtherPayment},
		{"O6 settle names none", paying, named(order.EventSettle, "O1"), "", order.ErrMember},
		{"O6 settle after a cause for one", caused, mv(order.EventSettle), "paid, refunding", nil},
		{"O6 release moves all", paying, mv(order.EventRelease), "unpaid, unpaid", nil},
		{"O6 release names none", paying, named(order.EventRelease, "O2"), "", order.ErrMember},
		{"O6 release past the deadline", paying, moveAt(order.EventRelease, late), "voided, voided", nil},
		{"O6 release after a cause for one", caused, mv(order.EventRelease), "canceled, canceled", nil},
		{"O6 once paid each goes its own way: complete", paid, named(order.EventComplete, "O1"), "completed, paid", nil},
		{"O6 once paid each goes its own way: fail", paid, named(order.EventFail, "O2"), "paid, refunding", nil},
		{"O6 once paid each goes its own way: refund", movedAll(t, paid, named(order.EventFail, "O2"), named(order.EventComplete, "O1")), named(order.EventRefund, "O2"), "completed, refunded", nil},
		{"O6 complete names one", paid, mv(order.EventComplete), "", order.ErrInvalid},
		{"O6 no member", paid, named(order.EventComplete, "O9"), "", order.ErrInvalid},
		{"O2 a free member waits", together(t, draftOf("O1", 1), freeDraft("O2")), mv(order.EventHold), "paying, paying", nil},
		{"O2 a free member waits for its approval", together(t, draftOf("O1", 1), review(freeDraft("O2"))), named(order.EventApprove, "O2"), "unpaid, unpaid", nil},
		{"O2 free orders alone are paid at once", together(t, freeDraft("O1"), freeDraft("O2")), named(order.EventComplete, "O2"), "paid, completed", nil},
		{"O2 money back, withdrawn alone", together(t, review(backDraft("O1", 1)), review(backDraft("O2", 1))), named(order.EventWithdraw, "O2"), "pending approval, canceled", nil},
		{"O2 money back, rejected together", together(t, review(backDraft("O1", 1)), review(backDraft("O2", 1))), named(order.EventReject, "O2"), "canceled, canceled", nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			before := cloneAll(x.from)
			after, err := x.from.Apply(x.move)
			same(t, "what was moved", before, x.from)
			if x.is != nil {
				if !errors.Is(err, x.is) {
					t.Errorf("%v, want %v", err, x.is)
				}
				same(t, "refused", before, after)
				return
			}
			if err != nil || statesOf(after) != x.to {
				t.Errorf("%s, %v; want %s", statesOf(after), err, x.to)
			}
		})
	}
	t.Run("O6 a member alone is refused, naming the purchase", func(t *testing.T) {
		for _, e := range []order.Event{order.EventHold, order.EventSettle, order.EventRelease, order.EventCancel, order.EventExpire, order.EventReject} {
			_, err := pair.Orders[0].Apply(mv(e))
			var m *order.MoveError
			if !errors.Is(err, order.ErrMember) || !errors.As(err, &m) || m.Purchase != "M1" || !strings.Contains(err.Error(), "purchase M1") {
				t.Errorf("%s: %v", e, err)
			}
		}
		for _, e := range []order.Event{order.EventApprove, order.EventConfirm, order.EventComplete, order.EventFail, order.EventRefund} {
			if _, err := pair.Orders[0].Apply(mv(e)); errors.Is(err, order.ErrMember) {
				t.Errorf("%s: %v", e, err)
			}
		}
	})
	t.Run("O6 the cause stands on the one it came for, and on all it cancels", func(t *testing.T) {
		if caused.Orders[0].Reason != "" || caused.Orders[1].Reason != order.ReasonContractEnded {
			t.Errorf("%q, %q", caused.Orders[0].Reason, caused.Orders[1].Reason)
		}
		for _, o := range movedAll(t, caused, mv(order.EventRelease)).Orders {
			if o.Reason != order.ReasonContractEnded || o.Payment != "" {
				t.Errorf("%s: %q", o.ID, o.Reason)
			}
		}
		settled := movedAll(t, caused, mv(order.EventSettle))
		if settled.Orders[0].Reason != "" || settled.Orders[1].Reason != order.ReasonContractEnded {
			t.Errorf("%q, %q", settled.Orders[0].Reason, settled.Orders[1].Reason)
		}
	})
	t.Run("O6 rejected is why, for the others too", func(t *testing.T) {
		for _, o := range movedAll(t, waits, named(order.EventReject, "O2")).Orders {
			if o.Reason != order.ReasonRejected {
				t.Errorf("%s: %q", o.ID, o.Reason)
			}
		}
	})
	t.Run("O2 a free member is settled at zero with those that charge", func(t *testing.T) {
		p := movedAll(t, together(t, draftOf("O1", 100), freeDraft("O2")), mv(order.EventHold), mv(order.EventSettle))
		if o := p.Orders[1]; o.State != order.StatePaid || o.Payment != "P1" || o.Paid.Cash != order.Minor(0, order.USD) {
			t.Errorf("%s by %q, %v", o.State, o.Payment, o.Paid)
		}
	})
}

// O6: what paid the members is said of each, once.
func TestO6_Parts(t *testing.T) {
	paying := movedAll(t, placedPair(t), mv(order.EventHold))
	usd := func(n int64) order.Money { return order.Minor(n, order.USD) }
	one := order.OrderParts{Order: "O1", Parts: order.Parts{Cards: usd(4000), Cash: usd(6000)}}
	two := order.OrderParts{Order: "O2", Parts: order.Parts{Coupons: usd(5000)}}
	for _, x := range []struct {
		name  string
		parts []order.OrderParts
		field string
	}{
		{"O6 parts of each", []order.OrderParts{two, one}, ""},
		{"O6 parts of one", []order.OrderParts{one}, "move.parts"},
		{"O6 parts of none", []order.OrderParts{}, "move.parts"},
		{"O6 parts of one, twice", []order.OrderParts{one, one}, "move.parts[1].order"},
		{"O6 parts of a stranger", []order.OrderParts{one, two, {Order: "O3"}}, "move.parts[2].order"},
		{"O6 parts of each other", []order.OrderParts{{Order: "O1", Parts: two.Parts}, {Order: "O2", Parts: one.Parts}}, "move.parts"},
	} {
		t.Run(x.name, func(t *testing.T) {
			m := mv(order.EventSettle)
			m.Parts = x.parts
			after, err := paying.Apply(m)
			if fieldOf(err) != x.field || (err == nil) != (x.field == "") {
				t.Fatalf("%v, want %q", err, x.field)
			}
			if err != nil {
				same(t, "refused", paying, after)
				return
			}
			if after.Orders[0].Paid != one.Parts || after.Orders[1].Paid != two.Parts {
				t.Errorf("%v, %v", after.Orders[0].Paid, after.Orders[1].Paid)
			}
		})
	}
}

// O6: the deadline of a purchase is the earliest of its members', and says whose.
func TestO6_Deadline(t *testing.T) {
	hardware := draftOf("O2", 5000)
	hardware.Lines[0].Service = "hardware" // an hour
	p := together(t, draftOf("O1", 10000), hardware, freeDraft("O3"))
	hour := placedThen.Add(time.Hour)
	for i, want := range []order.ID{"O2", "", "O2"} {
		o := p.Orders[i]
		if !o.Deadline.Equal(hour) || o.DeadlineOf != want {
			t.Errorf("%s until %v of %q", o.ID, o.Deadline, o.DeadlineOf)
		}
		e := o.Explain()
		wantText := "2018-11-27 00:12:32 +08:00: order O2 of the same purchase can be paid until then (O6)"
		if want == "" {
			wantText = "2018-11-27 00:12:32 +08:00: 1 hour after placement (E1)"
		}
		if e.String() != wantText || (e.Rule == "O6") != (want != "") {
			t.Errorf("%s: %s", e.Rule, e)
		}
	}
	if !p.Deadline().Equal(hour) {
		t.Errorf("%v", p.Deadline())
	}
	t.Run("O6 a discount of one shortens it for all, and gives way again", func(t *testing.T) {
		pair := placedPair(t)
		r := order.Reduction{Kind: "promotional", ID: "spring", Window: november, Lapse: order.LapseShortens}
		short, err := pair.Reduce("O2", r, []order.Cut{{Off: order.Minor(500, order.USD)}}, soon)
		if err != nil || !short.Deadline().Equal(november.Until) || short.Orders[0].DeadlineOf != "O2" || short.Orders[1].DeadlineOf != "" {
			t.Fatalf("%v, %v", short.Deadline(), err)
		}
		back, err := short.Reduce("O2", order.Reduction{}, nil, soon)
		if err != nil || !back.Deadline().Equal(sevenLater) {
			t.Fatalf("%v, %v", back.Deadline(), err)
		}
		if _, err := short.Apply(moveAt(order.EventHold, november.Until.Add(time.Second))); !errors.Is(err, order.ErrPastDeadline) {
			t.Errorf("held past it: %v", err)
		}
	})
	t.Run("O6 the earliest of every purchase", rapid.MakeCheck(func(t *rapid.T) {
		p := ordertest.Purchase().Draw(t, "purchase")
		var earliest time.Time
		var of order.ID
		for _, o := range p.Orders {
			own := o.Latest
			if u := o.Reduction.Window.Until; o.Reduction.Lapse == order.LapseShortens && !u.IsZero() && u.Before(own) {
				own = u
			}
			if o.Flow() == order.FlowCharge && (earliest.IsZero() || own.Before(earliest) || own.Equal(earliest) && o.ID < of) {
				earliest, of = own, o.ID
			}
		}
		listed := order.Purchase{ID: p.ID, Orders: slices.Clone(p.Orders)}
		slices.SortFunc(listed.Orders, func(a, b order.Order) int { return strings.Compare(string(b.ID), string(a.ID)) })
		if err := listed.Check(); err != nil || !listed.Deadline().Equal(p.Deadline()) {
			t.Fatalf("listed in another order: %v", err)
		}
		if !p.Deadline().Equal(earliest) {
			t.Fatalf("%v, want %v", p.Deadline(), earliest)
		}
		for _, o := range p.Orders {
			if !o.Deadline.Equal(earliest) || o.DeadlineOf != of && o.ID != of || o.ID == of && o.DeadlineOf != "" {
				t.Fatalf("%s until %v of %q, want %v of %s", o.ID, o.Deadline, o.DeadlineOf, earliest, of)
			}
		}
	}))
}

// O6: the members are the drafts, in their order, with lines of their own.
func TestO6_PlaceTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ds := ordertest.Drafts(ordertest.Flow().Draw(t, "flow"), 1, 5).Draw(t, "drafts")
		before := slices.Clone(ds)
		for i := range ds {
			before[i] = cloneDraft(ds[i])
		}
		p, err := order.PlaceTogether("M1", ds, ordertest.Instant().Draw(t, "at"), ordertest.Policy().Draw(t, "policy"))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the drafts", before, ds)
		for i, o := range p.Orders {
			sound(t, o)
			if o.ID != ds[i].ID || o.Purchase != "M1" || o.Members != len(ds) || o.Project != ds[i].Project {
				t.Fatalf("%d: %s of %s, %d", i, o.ID, o.Purchase, o.Members)
			}
			same(t, "lines", ds[i].Lines, o.Lines)
		}
		for i := range ds {
			ds[i].Lines[0].Count = 0
		}
		if err := p.Check(); err != nil {
			t.Fatalf("the lines are the drafts': %v", err)
		}
	})
}

// The customer of a purchase is named once, by its first draft (O6).
func TestO6_CustomerOfTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ds := ordertest.Drafts(ordertest.Flow().Draw(t, "flow"), 1, 5).Draw(t, "drafts")
		at, policy := ordertest.Instant().Draw(t, "at"), ordertest.Policy().Draw(t, "policy")
		want, err := order.PlaceTogether("M1", ds, at, policy)
		if err != nil {
			t.Fatal(err)
		}
		for i := range ds[1:] {
			ds[1+i].Customer = ""
		}
		got, err := order.PlaceTogether("M1", ds, at, policy)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the purchase", want, got)
	})
}

// Bad input to PlaceTogether and to what takes a purchase: a row for each rule.
func TestBadInput_Purchase(t *testing.T) {
	t.Run("placing", func(t *testing.T) {
		for _, x := range []struct {
			name   string
			change func(id *order.PurchaseID, ds []order.Draft, at *time.Time, p *order.Policy)
			field  string
			is     error
		}{
			{"P12 no ID", func(id *order.PurchaseID, _ []order.Draft, _ *time.Time, _ *order.Policy) { *id = "" }, "purchase", order.ErrInvalid},
			{"P12 an ID of 65", func(id *order.PurchaseID, _ []order.Draft, _ *time.Time, _ *order.Policy) {
				*id = order.PurchaseID(strings.Repeat("m", 65))
			}, "purchase", order.ErrInvalid},
			{"O6 an order twice", func(_ *order.PurchaseID, ds []order.Draft, _ *time.Time, _ *order.Policy) { ds[1].ID = "O1" }, "drafts[1].id", order.ErrInvalid},
			{"O6 another customer", func(_ *order.PurchaseID, ds []order.Draft, _ *time.Time, _ *order.Policy) { ds[1].Customer = "c-8" }, "drafts[1].customer", order.ErrInvalid},
			{"O13 another currency", func(_ *order.PurchaseID, ds []order.Draft, _ *time.Time, _ *order.Policy) {
				ds[1].Lines[0].Amount = order.Minor(1, order.EUR)
			}, "drafts[1].lines", order.ErrCurrency},
			{"O2 money back beside a charge", func(_ *order.PurchaseID, ds []order.Draft, _ *time.Time, _ *order.Policy) { ds[1] = backDraft("O2", 1) }, "drafts[1].type", order.ErrInvalid},
			{"O2 money back beside a free order", func(_ *order.PurchaseID, ds []order.Draft, _ *time.Time, _ *order.Policy) {
				ds[0], ds[1] = freeDraft("O1"), backDraft("O2", 1)
			}, "drafts[1].type", order.ErrInvalid},
			{"O13 19 digits in sum", func(_ *order.PurchaseID, ds []order.Draft, _ *time.Time, _ *order.Policy) {
				ds[0].Lines[0].Amount = order.Minor(999_999_999_999_999_999, order.USD)
			}, "drafts", order.ErrOverflow},
			{"O5 a member without lines", func(_ *order.PurchaseID, ds []order.Draft, _ *time.Time, _ *order.Policy) { ds[1].Lines = nil }, "drafts[1].lines", order.ErrInvalid},
			{"O2 money back, on the customer's behalf", func(_ *order.PurchaseID, ds []order.Draft, _ *time.Time, _ *order.Policy) {
				ds[0], ds[1] = backDraft("O1", 1), confirm(backDraft("O2", 1))
			}, "drafts[1].confirm", order.ErrInvalid},
			{"T2 no time", func(_ *order.PurchaseID, _ []order.Draft, at *time.Time, _ *order.Policy) { *at = time.Time{} }, "at", order.ErrInvalid},
			{"O6 a most below zero", func(_ *order.PurchaseID, _ []order.Draft, _ *time.Time, p *order.Policy) { p.MaxOrders = -1 }, "policy.maxOrders", order.ErrInvalid},
		} {
			t.Run(x.name, func(t *testing.T) {
				id, ds, at, policy := order.PurchaseID("M1"), []order.Draft{draftOf("O1", 100), draftOf("O2", 200)}, placedThen, order.Policy{}
				x.change(&id, ds, &at, &policy)
				p, err := order.PlaceTogether(id, ds, at, policy)
				if !errors.Is(err, x.is) || !errors.Is(err, order.ErrInvalid) || fieldOf(err) != x.field {
					t.Errorf("%v; want field %s and %v", err, x.field, x.is)
				}
				leads(t, struct {
					Purchase order.PurchaseID
					Drafts   []order.Draft
					At       time.Time
					Policy   order.Policy
				}{}, x.field)
				same(t, "what is returned", order.Purchase{}, p)
			})
		}
	})
	t.Run("moving", func(t *testing.T) {
		for _, x := range []struct {
			name   string
			change func(p *order.Purchase)
			field  string
		}{
			{"O6 no ID", func(p *order.Purchase) { p.ID = "" }, "purchase.id"},
			{"O6 no members", func(p *order.Purchase) { p.Orders = nil }, "purchase.orders"},
			{"O6 a part of it", func(p *order.Purchase) { p.Orders = p.Orders[:1] }, "purchase.orders[0].members"},
			{"O6 another's member", func(p *order.Purchase) { p.Orders[1].Purchase = "M2" }, "purchase.orders[1].purchase"},
			{"O6 a member twice", func(p *order.Purchase) { p.Orders[1] = p.Orders[0] }, "purchase.orders[1].id"},
			{"O6 another customer's", func(p *order.Purchase) { p.Orders[1].Customer = "c-8" }, "purchase.orders[1].customer"},
			{"O6 a deadline of its own", func(p *order.Purchase) { p.Orders[1].Deadline = p.Orders[1].Deadline.Add(-time.Second) }, "purchase.orders[1].deadline"},
			{"O6 the deadline of nobody", func(p *order.Purchase) { p.Orders[1].DeadlineOf = "O9" }, "purchase.orders[1].deadline"},
			{"O6 one of them paying", func(p *order.Purchase) { p.Orders[1].State, p.Orders[1].Payment = order.StatePaying, "P1" }, "purchase.orders[1].state"},
			{"O6 one of them canceled", func(p *order.Purchase) {
				p.Orders[1].State, p.Orders[1].Reason = order.StateCanceled, order.ReasonCustomer
			}, "purchase.orders[1].state"},
			{"O6 paying by two payments", func(p *order.Purchase) {
				for i := range p.Orders {
					p.Orders[i].State, p.Orders[i].Payment = order.StatePaying, order.PaymentID(fmt.Sprint("P", i))
				}
			}, "purchase.orders[1].payment"},
			{"O5 a member that is not sound", func(p *order.Purchase) { p.Orders[1].Version = -1 }, "purchase.orders[1].version"},
		} {
			t.Run(x.name, func(t *testing.T) {
				p := placedPair(t)
				x.change(&p)
				before := cloneAll(p)
				after, err := p.Apply(mv(order.EventHold))
				if !errors.Is(err, order.ErrInvalid) || fieldOf(err) != x.field {
					t.Errorf("%v; want field %s", err, x.field)
				}
				leads(t, struct{ Purchase order.Purchase }{}, x.field)
				same(t, "refused", before, after)
				reduced, err := p.Reduce("O1", order.Reduction{}, nil, soon)
				if fieldOf(err) != x.field {
					t.Errorf("reduced: %v", err)
				}
				same(t, "not reduced", before, reduced)
			})
		}
	})
	t.Run("P12 a move that is not sound", rapid.MakeCheck(func(t *rapid.T) {
		p := ordertest.Purchase().Draw(t, "purchase")
		b := ordertest.BrokenMove().Draw(t, "broken")
		after, err := p.Apply(b.Value)
		if !errors.Is(err, order.ErrInvalid) || fieldOf(err) != b.Field {
			t.Fatalf("%s: %v", b.Field, err)
		}
		same(t, "refused", p, after)
	}))
}

// A resource is in at most one open order, so in at most one of a purchase.
func TestO12_OnceInAPurchase(t *testing.T) {
	with := func(id order.ID, r order.ResourceID) order.Draft {
		d := draftOf(id, 100, 200)
		d.Lines[1].Resource = r
		return d
	}
	if _, err := order.PlaceTogether("M1", []order.Draft{with("O1", "vm-1"), with("O2", "vm-2")}, placedThen, order.Policy{}); err != nil {
		t.Fatal(err)
	}
	var taken *order.ResourceError
	p, err := order.PlaceTogether("M1", []order.Draft{with("O1", "vm-1"), with("O2", "vm-2"), with("O3", "vm-1")}, placedThen, order.Policy{})
	if !errors.Is(err, order.ErrResourceTaken) || !errors.As(err, &taken) || taken.Order != "O3" || taken.Holder != "O1" || taken.Resource != "vm-1" || p.Orders != nil {
		t.Errorf("%v", err)
	}
}

// What is returned has lines of its own, members that did not move too.
func TestO6_LinesOfItsOwn(t *testing.T) {
	p := together(t, review(draftOf("O1", 100)), review(draftOf("O2", 200)))
	after := movedAll(t, p, named(order.EventApprove, "O1"))
	o := placedOrder(t, draftOf("O3", 300))
	held := moved(t, o, mv(order.EventHold))
	for _, lines := range [][]order.Line{after.Orders[0].Lines, after.Orders[1].Lines, held.Lines} {
		lines[0].Amount = order.Minor(7, order.USD)
	}
	if got := []order.Money{p.Orders[0].List(), p.Orders[1].List(), o.List()}; got[0].Minor() != 100 || got[1].Minor() != 200 || got[2].Minor() != 300 {
		t.Errorf("what was moved costs %v now", got)
	}
}

// Each member is canceled for the cause that came for it, and the others for the first.
func TestO9_CausesOfAPurchase(t *testing.T) {
	p := movedAll(t, together(t, draftOf("O1", 1), draftOf("O2", 2), draftOf("O3", 3)), mv(order.EventHold))
	for id, r := range map[order.ID]order.Reason{"O1": order.ReasonContractEnded, "O3": order.ReasonResourceDeleted} {
		m := because(r)
		m.Order = id
		p = movedAll(t, p, m)
	}
	p = movedAll(t, p, mv(order.EventRelease))
	want := []order.Reason{order.ReasonContractEnded, order.ReasonContractEnded, order.ReasonResourceDeleted}
	for i, o := range p.Orders {
		if o.State != order.StateCanceled || o.Reason != want[i] {
			t.Errorf("%s: %s for %q, want %q", o.ID, o.State, o.Reason, want[i])
		}
	}
}
