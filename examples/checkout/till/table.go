package till

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duebook/duebook/order"
)

// wide is how many characters a line has at most, unless a word or the amounts of a
// row are longer.
const wide = 110

// columns of the table.
const (
	colOrder = iota
	colWhat
	colList
	colOff
	colPayable
	colState
	colUntil
	numCols
)

type row [numCols]string

var heads = row{"ORDER", "WHAT", "LIST", "OFF", "PAYABLE", "STATE", "PAY UNTIL"}

// table lays out rows, the widths of whose columns it knows beforehand.
type table struct {
	b      strings.Builder
	widths [numCols]int
	zones  bool // times with their zone: not all are in one
}

// WriteTable writes the bill for a person.
func (b Bill) WriteTable(w io.Writer) error {
	t := &table{}
	t.wrapped("", b.About)
	for i := range b.Accounts {
		a := &b.Accounts[i]
		t.zones = len(a.Records) > 0 && (zone(a.Records) == "" || !quoteZone(a))
		t.measure(a)
		t.account(a)
	}
	_, err := io.WriteString(w, strings.TrimPrefix(t.b.String(), "\n"))
	return err
}

// zone is what all times of the records are in, "" if there is no such zone.
func zone(records []Record) string {
	name := ""
	for i, r := range records {
		n := "UTC" + r.Order.Placed.Format("-07:00")
		if n == "UTC+00:00" {
			n = "UTC"
		}
		if i > 0 && n != name {
			return ""
		}
		name = n
	}
	return name
}

func (t *table) measure(a *Account) {
	t.widths = [numCols]int{}
	fit := func(cells row) {
		for i, c := range cells {
			t.widths[i] = max(t.widths[i], utf8.RuneCountInString(c))
		}
	}
	fit(heads)
	for i := range a.Records {
		fit(t.row(&a.Records[i]))
	}
	for i := range a.Sums {
		fit(sumRow(&a.Sums[i]))
	}
}

func (t *table) account(a *Account) {
	title := fmt.Sprintf("%s (%s)", a.Customer.Name, a.Customer.ID)
	switch {
	case len(a.Records) == 0:
		title += ", no orders"
	case t.zones:
		title += ", times with their zone"
	default:
		title += ", times " + zone(a.Records)
	}
	fmt.Fprintf(&t.b, "\n%s\n%s\n", title, strings.Repeat("=", utf8.RuneCountInString(title)))
	t.wrapped("", a.Customer.About)
	if len(a.Records) == 0 {
		return
	}
	t.b.WriteByte('\n')
	t.line(heads)
	for i := range a.Records {
		t.b.WriteByte('\n')
		t.record(&a.Records[i], together(a.Records, i))
	}
	for i := range a.Sums {
		s := &a.Sums[i]
		t.b.WriteByte('\n')
		t.line(sumRow(s))
		t.note("", fmt.Sprintf("to be paid %s, paid %s, given back %s; what was canceled, voided or refunded is left out",
			s.Open.Amount(), s.Paid.Amount(), s.Back.Neg().Amount()))
	}
	for i := range a.Quotes {
		t.quoted(&a.Quotes[i])
	}
}

// together returns the records of the purchase that record i is the last member of.
func together(records []Record, i int) (members []Record) {
	id := records[i].Order.Purchase
	if id == "" || i+1 < len(records) && records[i+1].Order.Purchase == id {
		return nil
	}
	for _, r := range records {
		if r.Order.Purchase == id {
			members = append(members, r)
		}
	}
	return members
}

func (t *table) row(r *Record) row {
	return row{
		colOrder: string(r.Order.ID), colWhat: string(r.Order.Type),
		colList: r.List.Amount(), colOff: r.Off.Amount(), colPayable: r.Payable.String(),
		colState: string(r.Order.State), colUntil: t.time(r.Deadline),
	}
}

func sumRow(s *Sum) row {
	return row{colOrder: "sum", colList: s.List.Amount(), colOff: s.Off.Amount(), colPayable: s.Payable.String()}
}

func (t *table) time(at time.Time) string {
	switch {
	case at.IsZero():
		return "-"
	case t.zones:
		return at.Format("2006-01-02 15:04:05 -07:00")
	}
	return at.Format(time.DateTime)
}

// record writes one order: its row, and below it what there is to say.
func (t *table) record(r *Record, members []Record) {
	o := &r.Order
	t.line(t.row(r))
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
		t.note("discount", fmt.Sprintf("%s %q, %s off, %s%s", red.Kind, red.ID, r.Off.Amount(), t.window(o), locked[red.Lock]))
	}
	t.lost(r.Verdicts)
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
	if members != nil {
		t.purchase(members)
	}
}

var locked = map[order.Lock]string{
	order.LockPartner:   "; the partner set it",
	order.LockConfirmed: "; fixed when the order was confirmed",
}

// window writes when the discount of o is valid, in the zone of o.
func (t *table) window(o *order.Order) string {
	w := o.Reduction.Window
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

// lost says why each discount that was not the best is not, those with one reason together.
func (t *table) lost(verdicts []Verdict) {
	for i, v := range verdicts {
		first := slices.IndexFunc(verdicts, func(u Verdict) bool { return u.Why == v.Why })
		if v.Why == "chosen" || first < i {
			continue
		}
		var names []string
		for _, u := range verdicts[i:] {
			if u.Why != v.Why {
				continue
			}
			name := fmt.Sprintf("%s %q", u.Kind, string(u.ID))
			if u.Off.Sign() != 0 {
				name += " (" + u.Off.Amount() + ")"
			}
			names = append(names, name)
		}
		t.note("not best", strings.Join(names, ", ")+": "+string(v.Why))
	}
}

func (t *table) answers(r *Record) {
	for _, a := range r.PayAt {
		answer := "yes"
		if !a.Can {
			answer = "no, " + short(&r.Order, a.Refusal.Text)
		}
		t.note("pay at", t.time(a.At)+"? "+answer)
	}
}

// purchase closes the orders that were made together.
func (t *table) purchase(members []Record) {
	last := &members[len(members)-1]
	sum := order.Money{}
	for _, m := range members {
		sum, _ = sum.Add(m.Payable) // adds up: a purchase that does not is not placed
	}
	t.note("together", fmt.Sprintf("purchase %s has %d orders and %s payable: paid together or not at all", last.Order.Purchase, len(members), sum))
	t.answers(last)
}

// short leaves out which order a text is about, where it stands below that order.
func short(o *order.Order, text string) string {
	return strings.TrimPrefix(text, "order "+string(o.ID)+": ")
}

// item says what a line is for.
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

// line writes cells under their heads.
func (t *table) line(cells row) {
	line := ""
	for i, c := range cells {
		pad := strings.Repeat(" ", t.widths[i]-utf8.RuneCountInString(c))
		if i == colList || i == colOff || i == colPayable {
			line += "  " + pad + c
		} else {
			line += "  " + c + pad
		}
	}
	t.b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// note writes a text below a row, with a label before it.
func (t *table) note(label, text string) {
	if label != "" {
		label = fmt.Sprintf("%-10s", label)
	}
	t.wrapped("    "+label, text)
}

// wrapped writes a text after a prefix, its further lines below the first. No text
// writes nothing.
func (t *table) wrapped(prefix, text string) {
	if text == "" {
		return
	}
	for _, part := range wrap(text, max(wide-utf8.RuneCountInString(prefix), 40)) {
		t.b.WriteString(prefix + part + "\n")
		prefix = strings.Repeat(" ", utf8.RuneCountInString(prefix))
	}
}

// wrap breaks a text at its spaces into lines of at most n characters; a longer word
// has a line of its own. There is always a line.
func wrap(text string, n int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		switch {
		case line == "":
			line, used = word, size
		case used+1+size <= n:
			line, used = line+" "+word, used+1+size
		default:
			lines = append(lines, line)
			line, used = word, size
		}
	}
	return append(lines, line)
}
