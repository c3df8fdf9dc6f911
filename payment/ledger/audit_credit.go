package ledger

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// credited: I14, the credit of a currency is what was given back of orders settled monthly, or paid
// twice of bills, without what bills took of it, and what was paid out (P18, P21).
func (a *audit) credited() {
	left := make(map[order.Currency]int64)
	for i := range a.r.Payments {
		p := &a.r.Payments[i]
		switch cur := p.Quote.Sum.Cash.Currency(); {
		case !succeeded(p):
		case p.Quote.Method == payment.MethodMonthly:
			left[cur] += p.Returned().Minor()
		case p.Bill != "":
			left[cur] -= p.Returned().Minor() // what bills charged goes back when the credit is paid out
		}
	}
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		took := b.Credits.Minor()
		if b.State != payment.BillOpen {
			took = min(took, b.Charges.Minor()) // a bill of an earlier schema may have had more
		}
		left[b.Charges.Currency()] += b.Twice.Minor() - took
	}
	for _, m := range a.creditMoves(StepSettleCredit) {
		left[m.Amount.Currency()] += m.Amount.Minor()
	}
	for i := range a.r.Credits {
		left[a.r.Credits[i].Balance.Currency()] -= a.r.Credits[i].Balance.Minor()
	}
	for _, cur := range slices.Sorted(maps.Keys(left)) {
		if n := left[cur]; n != 0 {
			a.report("I14", refs(KindCredit, cur.String()), "%d minor units of %s were given back of orders settled monthly, or paid twice, and neither is the customer's credit that much more nor did bills take it, nor was it paid out", n, cur)
		}
	}
}

// emptyBills: I14, a month without charges makes no bill (P21). A bill of an earlier schema could
// have credits alone.
func (a *audit) emptyBills() {
	for i := range a.r.Bills {
		b := &a.r.Bills[i]
		id := Bills.id(b)
		had := slices.ContainsFunc(a.r.Entries, func(e Entry) bool {
			return slices.ContainsFunc(e.Moves, func(m EntryLine) bool { return m.Kind == KindBill && m.ID == id && m.Amount.Sign() != 0 })
		})
		if b.Charges.Sign() == 0 && !had {
			a.report("I14", refs(KindBill, id), "bill %s charges nothing: a month without charges makes no bill", id)
		}
	}
}

// creditMoves are what entries of a step say of credits.
func (a *audit) creditMoves(step string) (moves []EntryLine) {
	for i := range a.r.Entries {
		e := &a.r.Entries[i]
		for _, m := range e.Moves {
			if e.Step == step && m.Kind == KindCredit && m.Amount.Sign() != 0 {
				moves = append(moves, m)
			}
		}
	}
	return moves
}

// paidOutTold: I12, each time that a credit is paid out the customer hears how much.
func (a *audit) paidOutTold() {
	told := make(map[order.Money]int)
	for i := range a.r.Notices {
		if n := &a.r.Notices[i]; n.Kind == NoticePaidOut {
			told[n.Amount]++
		}
	}
	for _, m := range slices.Concat(a.creditMoves(StepPayOut), a.creditMoves(StepSettleCredit)) {
		told[m.Amount.Neg()]--
	}
	for _, amount := range slices.SortedFunc(maps.Keys(told), func(x, y order.Money) int {
		return cmp.Or(cmp.Compare(x.Currency(), y.Currency()), cmp.Compare(x.Minor(), y.Minor()))
	}) {
		if n := told[amount]; n != 0 {
			a.report("I12", refs(KindCredit, amount.Currency().String()), "%s was paid out, and %d notices too many say so", amount, n)
		}
	}
}

// stuck: I14, a credit that can be paid out by itself will be: the clock looks at it, as soon as
// the policy says that it is paid out, or, where that had to wait, within a day of what happened
// last (P21). Clocks of hosts may differ by an hour.
func (a *audit) stuck() {
	var last, end time.Time
	for i := range a.r.Entries {
		last = Later(last, a.r.Entries[i].At)
	}
	left := len(a.r.Resources) > 0
	for i := range a.r.Resources {
		left = left && !a.r.Resources[i].Released.IsZero()
		end = Later(end, a.r.Resources[i].Released)
	}
	for i := range a.r.Credits {
		c := &a.r.Credits[i]
		if c.Balance.Sign() == 0 || c.State != CreditOpen {
			continue
		}
		due := Later(end.Add(time.Duration(c.PayOutAfter)*24*time.Hour), last).Add(25 * time.Hour)
		overdue := left && c.PayOutAfter > 0 && c.DueAt.After(due) && !a.payOutWaits(c.Balance.Currency())
		if c.DueAt.IsZero() || overdue {
			a.report("I14", refs(KindCredit, c.ID()), "a credit of %s is stuck: nothing looks at it before %s, and the last resource ended %s", c.Balance, order.Stamp(c.DueAt), order.Stamp(end))
		}
	}
}

// payOutWaits reports whether something keeps the credit of a currency from being paid out.
func (a *audit) payOutWaits(cur order.Currency) bool {
	return slices.ContainsFunc(a.r.Payments, func(p payment.Payment) bool { return p.State.Live() }) ||
		slices.ContainsFunc(a.r.Orders, func(o order.Order) bool { return o.State.Open() }) ||
		slices.ContainsFunc(a.r.Bills, func(b payment.Bill) bool { return b.State == payment.BillDue && b.Charges.Currency() == cur })
}
