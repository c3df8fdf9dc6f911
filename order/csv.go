package order

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// orderColumns and lineColumns are the headers of the two exports.
var (
	orderColumns = []string{"id", "customer", "user", "purchase", "project", "type", "state", "reason", "products",
		"list", "discount", "payable", "coupons", "cards", "cash", "currency", "reduction kind", "reduction id",
		"placed", "deadline", "changed"}
	lineColumns = []string{"order", "product", "service", "region", "configuration", "resource", "count", "duration",
		"unit price", "per", "charge", "amount", "tax", "off", "payable", "currency", "seller"}
)

// ExportError says where an export stopped and why: the error of the sequence, of an
// order that is refused, or of the writer.
type ExportError struct {
	Rows  int // written before it, without the header
	Order ID  // the one that was refused; empty where none was
	Err   error
}

func (e *ExportError) Error() string {
	if e.Order == "" {
		return fmt.Sprintf("export stopped after %d rows: %v", e.Rows, e.Err)
	}
	return fmt.Sprintf("export stopped after %d rows, at order %s: %v", e.Rows, e.Order, e.Err)
}

func (e *ExportError) Unwrap() error { return e.Err }

// WriteCSV writes a header and one row for each order, as RFC 4180 has it: commas,
// CRLF, UTF-8 (X2). It writes as the orders come, in their order, and keeps one row and
// a buffer of some kilobytes. A row shows what O5 says of an order:
//
//	id, customer, user, purchase, project, type, state, reason
//	products                        of all lines, each once, with ", " between
//	list, discount, payable         exact, as [Money.Amount]
//	coupons, cards, cash            what paid it, 0 until paid
//	currency                        of these six
//	reduction kind, reduction id
//	placed, deadline, changed       RFC 3339 with the zone they are kept in
//
// What an order does not have is an empty cell. Cells that hold texts and IDs of the
// host are safe to open in a spreadsheet ([CSVCell]): what would begin a formula has a '
// before it, also where a spreadsheet splits the cell, which [CSVText] takes off. Numbers,
// times and the library's words are as they are.
//
// n counts the rows; where w fails, the last of them may not have reached it. An error
// of the sequence, an order that [Order.Check] refuses and an error of w end the export
// with an [*ExportError]; the rows of the orders before are written.
func WriteCSV(w io.Writer, orders iter.Seq2[Order, error]) (n int, err error) {
	return export(w, orderColumns, orders, func(row []string, o *Order, write func([]string) error) error {
		list, off := o.sums()
		amount := func(n int64) string { return Money{n, list.cur}.Amount() }
		return write(append(row,
			CSVCell(string(o.ID)), CSVCell(string(o.Customer)), CSVCell(string(o.User)), CSVCell(string(o.Purchase)), CSVCell(string(o.Project)),
			string(o.Type), string(o.State), string(o.Reason), CSVCell(products(o.Lines)),
			amount(list.minor), amount(off.minor), amount(list.minor-off.minor),
			amount(o.Paid.Coupons.minor), amount(o.Paid.Cards.minor), amount(o.Paid.Cash.minor), list.cur.String(),
			CSVCell(o.Reduction.Kind), CSVCell(o.Reduction.ID), zoned(o.Placed), zoned(o.Deadline), zoned(o.Changed)))
	})
}

// WriteLinesCSV is [WriteCSV] with one row for each line of each order, third parties'
// too:
//
//	order                           the ID
//	product, service, region, configuration, resource
//	count, duration                 3, 1 month
//	unit price, per                 exact, for one instance
//	charge
//	amount, tax                     list price before the discount, and the tax it contains
//	off, payable                    empty for a line of a third party (O11)
//	currency                        of the amounts
//	seller                          the third party; empty: the merchant
//
// n counts lines.
func WriteLinesCSV(w io.Writer, orders iter.Seq2[Order, error]) (n int, err error) {
	return export(w, lineColumns, orders, func(row []string, o *Order, write func([]string) error) error {
		for i := range o.Lines {
			l := &o.Lines[i]
			off, payable := "", ""
			if l.Own() {
				off, payable = Money{l.Off.minor, l.Amount.cur}.Amount(), l.Payable().Amount()
			}
			err := write(append(row,
				CSVCell(string(o.ID)), CSVCell(l.Product), CSVCell(l.Service), CSVCell(l.Region), CSVCell(l.Configuration), CSVCell(string(l.Resource)),
				itoa(int64(l.Count)), l.Term.String(), l.UnitPrice.String(), string(l.Per), string(l.Charge),
				l.Amount.Amount(), l.Tax.Amount(), off, payable, l.Amount.cur.String(), CSVCell(l.Seller)))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// export writes the header, and rows as rowsOf makes them of each order.
func export(w io.Writer, header []string, orders iter.Seq2[Order, error], rowsOf func(row []string, o *Order, write func([]string) error) error) (n int, err error) {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	row := make([]string, 0, len(header))
	write := func(row []string) error {
		err := out.Write(row)
		if err == nil {
			n++
		}
		return err
	}
	err = out.Write(header)
	var refused ID
	if err == nil && orders != nil {
		for o, failed := range orders {
			if err = failed; err != nil {
				break
			}
			if err = o.Check(); err != nil {
				refused = o.ID
				break
			}
			if err = rowsOf(row, &o, write); err != nil {
				break
			}
		}
	}
	out.Flush()
	if failed := out.Error(); failed != nil && !errors.Is(err, failed) {
		err = errors.Join(err, failed)
	}
	if err != nil {
		return n, &ExportError{Rows: n, Order: refused, Err: err}
	}
	return n, nil
}

// products returns the product of every line, each once.
func products(lines []Line) string {
	if len(lines) == 1 {
		return lines[0].Product
	}
	var names []string
	for i := range lines {
		if !slices.Contains(names, lines[i].Product) {
			names = append(names, lines[i].Product)
		}
	}
	return strings.Join(names, ", ")
}

// zoned writes t as RFC 3339 with its zone, nothing for the zero time. Every zone
// that an order can have fits this form.
func zoned(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// CSVCell returns a text or ID as a cell of an export that is safe to open in a spreadsheet:
// what would begin a formula gets a ' before it, at the start of the cell and behind each
// semicolon, comma, tab or line break, at which a spreadsheet with another separator splits
// the cell (X2). A text that begins with ' there gets another one, so that CSVText can tell
// the two apart.
func CSVCell(text string) string {
	from := 0
	var cell strings.Builder
	for i, r := range text {
		first := i == 0 || splits(text[i-1])
		if first && (r == '\'' || formula(text[i:])) {
			cell.WriteString(text[from:i])
			cell.WriteByte('\'')
			from = i
		}
	}
	if cell.Len() == 0 {
		return text
	}
	cell.WriteString(text[from:])
	return cell.String()
}

// CSVText returns the text or ID that a cell of an export stands for: without each ' that
// [CSVCell] put in (X2).
func CSVText(cell string) string {
	from := 0
	var text strings.Builder
	for i, r := range cell {
		if r == '\'' && (i == 0 || splits(cell[i-1])) {
			text.WriteString(cell[from:i])
			from = i + 1
		}
	}
	if from == 0 {
		return cell
	}
	text.WriteString(cell[from:])
	return text.String()
}

// splits reports whether some spreadsheet begins another cell, or row, behind b.
func splits(b byte) bool { return strings.IndexByte(";,\t\r\n", b) >= 0 }

// formula reports whether a spreadsheet could read s as a formula: it begins with = + - @, a
// full-width form of these, a tab or a line break, also after spaces and quotation marks,
// which a spreadsheet may take off, and characters that nobody sees.
func formula(s string) bool {
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return r == '"' || r == '\'' || !strings.ContainsRune("\t\r\n", r) && (unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf))
	})
	first, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("=+-@＝＋－＠\t\r\n", first)
}
