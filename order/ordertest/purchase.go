package ordertest

import (
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// Drafts draws drafts that can be placed together: one customer, one currency, each
// ID once, each resource in one of them at most. With FlowCharge at least one of them charges and others may charge
// nothing; otherwise all are of the flow.
func Drafts(f order.Flow, least, most int) *rapid.Generator[[]order.Draft] {
	return rapid.Custom(func(t *rapid.T) []order.Draft {
		c := Currency().Draw(t, "currency")
		customer := ID[order.CustomerID]().Draw(t, "customer")
		ids := rapid.SliceOfNDistinct(ID[order.ID](), least, most, rapid.ID).Draw(t, "IDs")
		charging := rapid.IntRange(0, len(ids)-1).Draw(t, "charges for sure")
		drafts := make([]order.Draft, len(ids))
		holder := make(map[order.ResourceID]order.ID)
		for i, id := range ids {
			of := f
			if f == order.FlowCharge && i != charging && rapid.IntRange(0, 2).Draw(t, "free") == 0 {
				of = order.FlowNone
			}
			d := Draft(of, c).Draw(t, "draft")
			d.ID, d.Customer = id, customer
			for j := range d.Lines {
				l := &d.Lines[j]
				if first, taken := holder[l.Resource]; taken && first != id {
					l.Resource = ""
				} else if l.Resource != "" {
					holder[l.Resource] = id
				}
			}
			drafts[i] = d
		}
		return drafts
	})
}

// Purchase draws orders made together: mostly up to four, now and then 30, of any flow
// and in any state.
func Purchase() *rapid.Generator[order.Purchase] {
	return rapid.Custom(func(t *rapid.T) order.Purchase {
		f := rapid.SampledFrom([]order.Flow{order.FlowCharge, order.FlowCharge, order.FlowNone, order.FlowBack}).Draw(t, "flow")
		return PurchaseOf(f).Draw(t, "purchase")
	})
}

// PurchaseOf is [Purchase] for a flow, as [Drafts] has it.
func PurchaseOf(f order.Flow) *rapid.Generator[order.Purchase] {
	return rapid.Custom(func(t *rapid.T) order.Purchase {
		p := PurchasePlaced(f).Draw(t, "placed")
		for range rapid.IntRange(0, 3+2*len(p.Orders)).Draw(t, "steps") {
			if rapid.IntRange(0, 4).Draw(t, "reduce") == 0 {
				p = reduceMember(t, p)
			}
			moves := movesForPurchase(t, p)
			if len(moves) == 0 {
				break
			}
			moved, err := p.Apply(rapid.SampledFrom(moves).Draw(t, "move"))
			if err != nil {
				t.Fatalf("move: %v", err)
			}
			p = moved
		}
		return p
	})
}

// PurchasePlaced draws a purchase as it was placed.
func PurchasePlaced(f order.Flow) *rapid.Generator[order.Purchase] {
	return rapid.Custom(func(t *rapid.T) order.Purchase {
		least, most := 1, 4
		if rapid.IntRange(0, 60).Draw(t, "size") == 60 {
			least, most = 30, 30
		}
		drafts := Drafts(f, least, most).Draw(t, "drafts")
		if !rapid.Bool().Draw(t, "waits for somebody") { // so that payment is reached often
			for i := range drafts {
				drafts[i].Review, drafts[i].Confirm = false, false
			}
		}
		p, err := order.PlaceTogether(ID[order.PurchaseID]().Draw(t, "ID"), drafts, Instant().Draw(t, "placed at"), Policy().Draw(t, "policy"))
		if err != nil {
			t.Fatalf("place: %v", err)
		}
		return p
	})
}

// Member draws an order that was made together with others.
func Member() *rapid.Generator[order.Order] {
	return rapid.Custom(func(t *rapid.T) order.Order {
		return rapid.SampledFrom(Purchase().Draw(t, "purchase").Orders).Draw(t, "member")
	})
}

// MoveForPurchase draws a move that p takes. Where p takes no move, the test that asks
// is skipped.
func MoveForPurchase(p order.Purchase) *rapid.Generator[order.Move] {
	return rapid.Custom(func(t *rapid.T) order.Move {
		ms := movesForPurchase(t, p)
		if len(ms) == 0 {
			t.Skip("no move is left for the purchase")
		}
		return rapid.SampledFrom(ms).Draw(t, "move")
	})
}

// movesForPurchase draws moves that p takes; those that end it early are rarer.
func movesForPurchase(t *rapid.T, p order.Purchase) (ms []order.Move) {
	for _, e := range Events() {
		named := rapid.SampledFrom(p.Orders).Draw(t, "named")
		for _, o := range p.Orders { // one that the event can leave, if there is one
			if leads(o, e) && !leads(named, e) {
				named = o
			}
		}
		if !leads(named, e) {
			continue
		}
		orders := p.Orders
		if e == order.EventRefund {
			orders = []order.Order{named}
		}
		for _, m := range try(t, e, named.Placed, p.Deadline(), orders) {
			one := m
			one.Order = named.ID
			for _, x := range [...]order.Move{m, one} {
				if _, err := p.Apply(x); err != nil {
					continue
				}
				ms = append(ms, x)
				if forward(e) {
					ms = append(ms, x, x, x)
				}
			}
		}
	}
	return ms
}

// forward reports whether an event brings an order nearer to its completion.
func forward(e order.Event) bool {
	return slices.Contains([]order.Event{order.EventApprove, order.EventConfirm, order.EventHold, order.EventSettle}, e)
}

// reduceMember gives a member another discount, or none, where it can have one.
func reduceMember(t *rapid.T, p order.Purchase) order.Purchase {
	o := rapid.SampledFrom(p.Orders).Draw(t, "reduced member")
	if o.Deadline.IsZero() {
		return p
	}
	at := o.Placed.Add(time.Duration(rapid.Int64Range(0, int64(o.Deadline.Sub(o.Placed)/time.Second)).Draw(t, "reduced after")) * time.Second)
	if reduced, err := p.Reduce(o.ID, ReductionAt(at).Draw(t, "reduction"), Cuts(o).Draw(t, "cuts"), at); err == nil {
		return reduced
	}
	return p // it charges nothing, is paid for already, or its discount is locked
}
