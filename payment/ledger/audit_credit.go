package ledger

import (
	"maps"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// credited: I14, the credit of a currency is what was given back of orders settled monthly,
// without what bills took of it, and what was paid out (P21).
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
		left[b.Charges.Currency()] -= took
	}
	for i := range a.r.Credits {
		left[a.r.Credits[i].Balance.Currency()] -= a.r.Credits[i].Balance.Minor()
	}
	for _, cur := range slices.Sorted(maps.Keys(left)) {
		if n := left[cur]; n != 0 {
			a.report("I14", refs(KindCredit, cur.String()), "%d minor units of %s were given back of orders settled monthly, and neither is the customer's credit that much more nor did bills take it, nor was it paid out", n, cur)
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
