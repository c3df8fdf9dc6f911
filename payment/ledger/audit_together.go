package ledger

import (
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// purchases: I5, the orders of a purchase differ only as they may before payment.
func (a *audit) purchases() {
	seen := make(map[order.PurchaseID]bool)
	for i := range a.r.Orders {
		id := a.r.Orders[i].Purchase
		if id == "" || seen[id] {
			continue
		}
		seen[id] = true
		p := order.Purchase{ID: id}
		var ids []order.ID
		for _, o := range a.r.Orders {
			if o.Purchase == id {
				p.Orders, ids = append(p.Orders, o), append(ids, o.ID)
			}
		}
		if err := p.Check(); err != nil {
			a.report("I5", refs(KindOrder, ids...), "purchase %s: %v", id, err)
		}
	}
}

// holding: I5, a live payment holds all of its orders.
func (a *audit) holding() {
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		for k := range p.Quote.Items {
			o, ok := find(a.r, Orders, string(p.Quote.Items[k].Order))
			if held := o.State == order.StatePaying && o.Payment == p.ID; !ok || live(p) && !held {
				a.report("I5", append(refs(KindPayment, p.ID), refs(KindOrder, p.Quote.Items[k].Order)...), "payment %s is %s, and does not hold order %s", p.ID, p.State, p.Quote.Items[k].Order)
			}
		}
	}
}

// together: I5, the orders of a purchase, and of a payment, enter payment and leave it in
// one commit.
func (a *audit) together() {
	purchase, members := make(map[string]order.PurchaseID), make(map[order.PurchaseID][]order.ID)
	for i := range a.r.Orders {
		if o := &a.r.Orders[i]; o.Purchase != "" {
			purchase[string(o.ID)] = o.Purchase
			members[o.Purchase] = append(members[o.Purchase], o.ID)
		}
	}
	for i := range a.r.Entries {
		e := &a.r.Entries[i]
		moves := make(map[order.ID]string)
		for _, m := range e.Moves {
			if way := through(m); m.Kind == KindOrder && way != "" {
				moves[order.ID(m.ID)] = way
			}
		}
		seen := make(map[order.PurchaseID]bool)
		for _, m := range e.Moves {
			switch {
			case m.Kind == KindPayment && (m.From == "" || payment.PaymentState(m.To).Final()):
				var ids []order.ID
				p, _ := find(a.r, Payments, m.ID)
				for k := range p.Quote.Items {
					ids = append(ids, p.Quote.Items[k].Order)
				}
				a.alike(e, "payment "+m.ID, ids, moves)
			case m.Kind == KindOrder && moves[order.ID(m.ID)] != "" && !seen[purchase[m.ID]]:
				seen[purchase[m.ID]] = true
				a.alike(e, "purchase "+string(purchase[m.ID]), members[purchase[m.ID]], moves)
			}
		}
	}
}

// alike reports orders that an entry moves otherwise than the first of them.
func (a *audit) alike(e *Entry, what string, ids []order.ID, moves map[order.ID]string) {
	if slices.ContainsFunc(ids, func(id order.ID) bool { return moves[id] != moves[ids[0]] }) {
		a.report("I5", append(refs(KindEntry, e.ID), refs(KindOrder, ids...)...), "%s: in step %q not all of its orders enter payment, or leave it", what, e.Step)
	}
}

// paidStates are those that an order passes into in the commit that holds and settles it.
var paidStates = []order.State{order.StatePaid, order.StateCompleted, order.StateRefunding, order.StateRefunded}

// through is how an order moves with regard to payment; empty: it does not.
func through(m EntryLine) string {
	from, to := order.State(m.From), order.State(m.To)
	switch {
	case to == order.StatePaying:
		return "enters"
	case from == order.StatePaying:
		return "leaves"
	case from == order.StateUnpaid && slices.Contains(paidStates, to):
		return "passes"
	}
	return ""
}
