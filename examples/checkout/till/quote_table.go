package till

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// quoted writes what a payment would be: a row for each order with a column for each
// coupon that pays, and what there is to say.
func (t *table) quoted(q *Quoted) {
	fmt.Fprintf(&t.b, "\n  payment %s at %s\n", string(q.Key), t.time(q.At))
	t.note("", q.About)
	if r := q.Refusal; r != nil {
		t.note("refused", string(r.Reason)+": "+r.Text)
		for _, d := range r.Dropped[min(1, len(r.Dropped)):] { // the first is the text's
			t.note("", d.String())
		}
		return
	}
	t.grid(quoteRows(q.Quote))
	t.note("until", t.until(q.Quote))
	t.note("pays", paysWith(q.Quote))
	for _, d := range q.Quote.Dropped {
		t.note("not paid", d.String())
	}
	t.unused(q.Quote.Coupons)
}

// unused says why each coupon that does not pay does not, those with one reason together.
func (t *table) unused(verdicts []coupon.Verdict) {
	whys := make(map[string][]string)
	var inOrder []string
	for _, v := range verdicts {
		if v.Why == coupon.WhyUsed {
			continue
		}
		why := strings.TrimPrefix(v.String(), "coupon "+string(v.Coupon)+" ")
		if whys[why] == nil {
			inOrder = append(inOrder, why)
		}
		whys[why] = append(whys[why], string(v.Coupon))
	}
	for _, why := range inOrder {
		t.note("not used", strings.Join(whys[why], ", ")+": "+why)
	}
}

func (t *table) until(q *payment.Quote) string {
	if q.Deadline.IsZero() {
		return "any time"
	}
	return fmt.Sprintf("%s, order %s: %s", t.time(q.Deadline), q.DeadlineOf, q.Explain().Text)
}

// paysWith says how the cash part is paid.
func paysWith(q *payment.Quote) string {
	s := fmt.Sprintf("%s, %s", q.Sum.Cash, q.Method)
	switch {
	case q.Sum.Cash.Sign() == 0:
		return q.Sum.Cash.String() + ": settled at once"
	case q.Gateway != "":
		return s + " through " + q.Gateway
	}
	for _, x := range []struct {
		fund payment.Fund
		m    order.Money
	}{{payment.FundCash, q.Takes.Cash}, {payment.FundCredit, q.Takes.Credit}, {payment.FundBudget, q.Takes.Budget}} {
		if x.m.Sign() > 0 {
			s += fmt.Sprintf(", %s %s", x.m.Amount(), x.fund)
		}
	}
	return s
}

// quoteRows are the cells of a quote: heads, a row for each order, the sum.
func quoteRows(q *payment.Quote) [][]string {
	var paying []coupon.ID
	for _, it := range q.Items {
		for _, p := range it.Parts {
			if !slices.Contains(paying, p.Coupon) {
				paying = append(paying, p.Coupon)
			}
		}
	}
	heads := []string{"order", "list", "off", "payable"}
	for _, id := range paying {
		heads = append(heads, string(id))
	}
	rows := [][]string{append(heads, "cash")}
	sums := make([]order.Money, len(paying))
	for _, it := range q.Items {
		cells := []string{string(it.Order), it.List.Amount(), it.Discount.Amount(), it.Payable.Amount()}
		for i, id := range paying {
			part := order.Minor(0, it.Cash.Currency())
			if k := slices.IndexFunc(it.Parts, func(p payment.CouponPart) bool { return p.Coupon == id }); k >= 0 {
				part = it.Parts[k].Amount
			}
			sums[i], _ = sums[i].Add(part) // of one payment, which adds up
			cells = append(cells, part.Amount())
		}
		rows = append(rows, append(cells, it.Cash.Amount()))
	}
	cells := []string{"sum", q.Sum.List.Amount(), q.Sum.Discount.Amount(), q.Sum.Payable.Amount()}
	for _, m := range sums {
		cells = append(cells, m.Amount())
	}
	return append(rows, append(cells, q.Sum.Cash.Amount()))
}

// grid writes rows of cells, all but the first flush right.
func (t *table) grid(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, cells := range rows {
		for i, c := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for _, cells := range rows {
		line := "   "
		for i, c := range cells {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if i == 0 {
				line += " " + c + pad
			} else {
				line += "  " + pad + c
			}
		}
		t.b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// quoteZone reports whether all quotes of an account are in the zone of its orders.
func quoteZone(a *Account) bool {
	for _, q := range a.Quotes {
		if len(a.Records) > 0 && q.At.Format("-07:00") != a.Records[0].Order.Placed.Format("-07:00") {
			return false
		}
	}
	return true
}
