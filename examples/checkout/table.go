package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// wide is the most characters of a line, unless a word or the amounts of a row need more.
const wide = 110

// table is the report for a person, as far as it is written.
type table struct {
	b     strings.Builder
	zones bool // times with their zone: not all are in one
}

func (r report) writeTable(w io.Writer) error {
	t := &table{}
	t.wrapped("", r.about)
	for _, s := range r.sections {
		t.section(s)
	}
	_, err := io.WriteString(w, strings.TrimPrefix(t.b.String(), "\n"))
	return err
}

func (t *table) section(s section) {
	zone := s.zone()
	title := fmt.Sprintf("%s (%s), times %s", s.customer.Name, s.customer.ID, zone)
	t.zones = zone == "with their zone"
	if len(s.records) == 0 {
		title = fmt.Sprintf("%s (%s), no orders", s.customer.Name, s.customer.ID)
	}
	fmt.Fprintf(&t.b, "\n%s\n%s\n", title, strings.Repeat("=", utf8.RuneCountInString(title)))
	t.wrapped("", s.customer.About)
	if len(s.records) == 0 {
		return
	}
	rows := [][]string{{"ORDER", "WHAT", "LIST", "OFF", "PAYABLE", "STATE", "PAY UNTIL"}}
	for _, r := range s.records {
		rows = append(rows, []string{string(r.Order.ID), string(r.Order.Type), r.List.Amount(), r.Off.Amount(), r.Payable.String(), string(r.Order.State), t.time(r.Deadline)})
	}
	for _, x := range s.sums {
		rows = append(rows, []string{"sum", "", x.list.Amount(), x.off.Amount(), x.payable.String(), "", ""})
	}
	lines := columns("  ", rows, 2, 4)
	t.b.WriteString("\n" + lines[0])
	for i := range s.records {
		t.b.WriteString("\n" + lines[1+i])
		t.record(&s.records[i])
		t.purchase(s.records, i)
	}
	for _, line := range lines[1+len(s.records):] {
		t.b.WriteString("\n" + line)
		t.note("", "without what was canceled, voided or refunded")
	}
	for i := range s.quotes {
		t.quoted(&s.quotes[i])
	}
}

// zone names the zone that all times of a customer are in.
func (s *section) zone() string {
	var zones []string
	for _, r := range s.records {
		zones = append(zones, "UTC"+r.Order.Placed.Format("-07:00"))
	}
	for _, q := range s.quotes {
		zones = append(zones, "UTC"+q.At.Format("-07:00"))
	}
	slices.Sort(zones)
	if zones = slices.Compact(zones); len(zones) != 1 {
		return "with their zone"
	}
	return strings.TrimSuffix(zones[0], "+00:00")
}

// record writes below the row of an order what there is to say.
func (t *table) record(r *record) {
	o := &r.Order
	t.note("", r.About)
	for _, l := range o.Lines {
		if l.Own() {
			t.note("item", item(l))
		} else {
			t.note("listed", fmt.Sprintf("%s, %s: sold by %s, not charged here", item(l), l.Amount, l.Seller))
		}
	}
	t.note("placed", t.time(o.Placed))
	if red := &o.Reduction; red.Kind != "" {
		t.note("discount", fmt.Sprintf("%s %q, %s off, %s%s", red.Kind, red.ID, r.Off.Amount(), t.window(red.Window), locked[red.Lock]))
	}
	var lost grouped
	for _, v := range r.Verdicts {
		name := fmt.Sprintf("%s %q", v.Kind, string(v.ID))
		if v.Off.Sign() != 0 {
			name += " (" + v.Off.Amount() + ")"
		}
		if v.Reason != "chosen" {
			lost.add(string(v.Reason), name)
		}
	}
	lost.write(t, "not best")
	if o.Reason != "" {
		t.note("reason", string(o.Reason))
	}
	for _, x := range r.Refusals {
		t.note("refused", t.time(x.At)+": "+short(o, x.Text))
	}
	t.note("why", r.Explanation.Text)
	if o.Purchase == "" {
		t.answers(r)
	}
}

// purchase closes orders that were made together, below the last of them.
func (t *table) purchase(records []record, i int) {
	id := records[i].Order.Purchase
	if id == "" || i+1 < len(records) && records[i+1].Order.Purchase == id {
		return
	}
	sum, n := order.Money{}, 0
	for _, r := range records {
		if r.Order.Purchase == id {
			sum, _ = sum.Add(r.Payable) // adds up: a purchase that does not is not placed
			n++
		}
	}
	t.note("together", fmt.Sprintf("purchase %s has %d orders and %s payable: paid together or not at all", id, n, sum))
	t.answers(&records[i])
}

func (t *table) answers(r *record) {
	for _, a := range r.PayAt {
		said := "yes"
		if !a.Can {
			said = "no, " + short(&r.Order, a.Refusal.Text)
		}
		t.note("pay at", t.time(a.At)+"? "+said)
	}
}

// short leaves out which order a text is about, where it is printed below that order.
func short(o *order.Order, text string) string {
	return strings.TrimPrefix(text, "order "+string(o.ID)+": ")
}

var locked = map[order.Lock]string{
	order.LockPartner:   "; the partner set it",
	order.LockConfirmed: "; fixed when the order was confirmed",
}

func (t *table) window(w order.Window) string {
	switch {
	case w == order.Window{}:
		return "always valid"
	case w.From.IsZero():
		return "valid until " + t.time(w.Until)
	case w.Until.IsZero():
		return "valid from " + t.time(w.From)
	}
	return "valid " + t.time(w.From) + " .. " + t.time(w.Until)
}

func item(l order.Line) string {
	s := fmt.Sprintf("%d x %s", l.Count, l.Product)
	if term := l.Term.String(); term != "" {
		s += ", " + term
	}
	if l.Charge == order.ChargePayPerUse && l.UnitPrice != (order.Rate{}) {
		s += fmt.Sprintf(", %s per %s", l.UnitPrice, l.Per)
	}
	if l.Resource != "" {
		s += fmt.Sprintf(" (%s)", l.Resource)
	}
	return s
}

// quoted writes what a payment would be, or why it is refused.
func (t *table) quoted(q *quoted) {
	fmt.Fprintf(&t.b, "\n  payment %s at %s\n", string(q.Key), t.time(q.At))
	t.note("", q.About)
	if r := q.Refusal; r != nil {
		t.note("refused", string(r.Reason)+": "+r.Text)
		for _, d := range r.Dropped[min(1, len(r.Dropped)):] { // the first is the text's
			t.note("", d.String())
		}
		return
	}
	for _, line := range columns("    ", quoteRows(q.Quote), 1, wide) {
		t.b.WriteString(line)
	}
	until := "any time"
	if !q.Quote.Deadline.IsZero() {
		until = fmt.Sprintf("%s, order %s: %s", t.time(q.Quote.Deadline), q.Quote.DeadlineOf, q.Quote.Explain().Text)
	}
	t.note("until", until)
	t.note("pays", paysWith(q.Quote))
	for _, d := range q.Quote.Dropped {
		t.note("not paid", d.String())
	}
	var unused grouped
	for _, v := range q.Quote.Coupons {
		if v.Reason != coupon.ReasonUsed {
			unused.add(strings.TrimPrefix(v.String(), "coupon "+string(v.Coupon)+" "), string(v.Coupon))
		}
	}
	unused.write(t, "not used")
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
	for i, m := range []order.Money{q.Takes.Cash, q.Takes.Credit, q.Takes.Budget} {
		if m.Sign() > 0 {
			s += fmt.Sprintf(", %s %s", m.Amount(), []payment.Fund{payment.FundCash, payment.FundCredit, payment.FundBudget}[i])
		}
	}
	return s
}

// quoteRows are a row for each order with a column for each coupon that pays, and the sum.
func quoteRows(q *payment.Quote) [][]string {
	heads, sums := []string{"order", "list", "off", "payable"}, map[coupon.ID]order.Money{}
	var paying []coupon.ID
	for _, it := range q.Items {
		for _, p := range it.Parts {
			if !slices.Contains(paying, p.Coupon) {
				paying, heads = append(paying, p.Coupon), append(heads, string(p.Coupon))
			}
		}
	}
	rows := [][]string{append(heads, "cash")}
	for _, it := range q.Items {
		cells := []string{string(it.Order), it.List.Amount(), it.Discount.Amount(), it.Payable.Amount()}
		for _, id := range paying {
			part := order.Minor(0, it.Cash.Currency())
			if k := slices.IndexFunc(it.Parts, func(p payment.CouponPart) bool { return p.Coupon == id }); k >= 0 {
				part = it.Parts[k].Amount
			}
			sums[id], _ = sums[id].Add(part) // of one payment, which adds up
			cells = append(cells, part.Amount())
		}
		rows = append(rows, append(cells, it.Cash.Amount()))
	}
	cells := []string{"sum", q.Sum.List.Amount(), q.Sum.Discount.Amount(), q.Sum.Payable.Amount()}
	for _, id := range paying {
		cells = append(cells, sums[id].Amount())
	}
	return append(rows, append(cells, q.Sum.Cash.Amount()))
}

// grouped are names by the reason they share, in the order in which the reasons came.
type grouped struct {
	reasons []string
	names   map[string][]string
}

func (g *grouped) add(reason, name string) {
	if g.names == nil {
		g.names = make(map[string][]string)
	}
	if g.names[reason] == nil {
		g.reasons = append(g.reasons, reason)
	}
	g.names[reason] = append(g.names[reason], name)
}

func (g *grouped) write(t *table, label string) {
	for _, reason := range g.reasons {
		t.note(label, strings.Join(g.names[reason], ", ")+": "+reason)
	}
}

// columns lays out rows of cells as lines, the columns from first to last flush right.
func columns(indent string, rows [][]string, first, last int) []string {
	widths := make([]int, len(rows[0]))
	for _, cells := range rows {
		for i, c := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	var lines []string
	for _, cells := range rows {
		for i, c := range cells {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			cells[i] = c + pad
			if first <= i && i <= last {
				cells[i] = pad + c
			}
		}
		lines = append(lines, strings.TrimRight(indent+strings.Join(cells, "  "), " ")+"\n")
	}
	return lines
}

func (t *table) time(at time.Time) string {
	switch {
	case at.IsZero():
		return "-"
	case t.zones:
		return order.Stamp(at)
	}
	return at.Format(time.DateTime)
}

// note writes a text below a row, with a label before it.
func (t *table) note(label, text string) {
	if label != "" {
		label = fmt.Sprintf("%-10s", label)
	}
	t.wrapped("    "+label, text)
}

// wrapped writes a text after a prefix, broken at its spaces, its further lines below the
// first. An empty text writes nothing.
func (t *table) wrapped(prefix, text string) {
	indent := utf8.RuneCountInString(prefix)
	used := 0
	for i, word := range strings.Fields(printable(text)) {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			t.b.WriteString(prefix + word)
			used = indent + size
		case used+1+size <= wide:
			t.b.WriteString(" " + word)
			used += 1 + size
		default:
			t.b.WriteString("\n" + strings.Repeat(" ", indent) + word)
			used = indent + size
		}
	}
	if used > 0 {
		t.b.WriteByte('\n')
	}
}
