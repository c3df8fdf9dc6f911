package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
)

// Lister is a Store that lists the records of a kind over all customers (X4), for operators,
// and for a host that audits or copies what it has. Of the Desk, List alone needs
// it; ledgertest.TestStore checks it where a store has it.
type Lister interface {
	// List returns the records of q.Kind, in q.State if that is set, that stand after q.After:
	// the oldest first, by At, then by customer, then by ID, both by their bytes, as
	// [Cursor.Compare] says; at most q.Limit of them, or [order.DefaultLimit]. Kind, state and
	// At are those of the view ([Record]), so that an index over (kind, state, at, customer, id)
	// serves it. Next is the cursor of the last record, if others follow.
	//
	// Pages asked for one after the other, each from the Next of the one before, list each
	// record once that stays as it is, whatever comes or changes in between; one that changes
	// may come again, as it is then. A page stands as of one instant, and is the caller's. A
	// query that is not valid is an [*order.FieldError].
	List(ctx context.Context, q ListQuery) (RecordPage, error)
}

// ListQuery says which records of all customers are listed, and which page of them (X4).
type ListQuery struct {
	Kind  Kind
	State string // as [Record] has it; empty: any
	After Cursor // the Next of the page before; zero: the first page
	Limit int    // of a page, at most [order.MaxLimit]; 0: [order.DefaultLimit]
}

// Check reports the first thing about q that is not valid, as an [*order.FieldError].
func (q ListQuery) Check() error {
	if err := order.CheckWord("kind", q.Kind, kinds); err != nil {
		return err
	}
	if q.Limit < 0 || q.Limit > order.MaxLimit {
		return order.Invalid("limit", strconv.Itoa(q.Limit), "is not 0 to "+strconv.Itoa(order.MaxLimit))
	}
	return q.After.Check()
}

// Has reports whether a record, known by its view, is on one of the pages of q.
func (q ListQuery) Has(r Record) bool {
	return r.Kind == q.Kind && (q.State == "" || r.State == q.State)
}

// RecordPage is one page of a list of records.
type RecordPage struct {
	Records []Record // with bodies
	Next    Cursor   // the After of the page that follows; zero: this is the last one
}

// Cursor is the place of a record in a list of its kind. Its text and JSON form is
// "2018-11-01T00:00:00Z/customer/ID", the time in UTC, what is special in the customer escaped
// as in a URL. The zero Cursor is before the first record.
type Cursor struct {
	At       time.Time
	Customer order.CustomerID
	ID       string
}

// CursorOf returns the place of a record, known by its view.
func CursorOf(r Record) Cursor { return Cursor{r.At.UTC(), r.Customer, r.ID} }

// Compare returns -1 where c stands before d in a list, 1 where it stands after, 0 for the same
// place.
func (c Cursor) Compare(d Cursor) int {
	return cmp.Or(c.At.Compare(d.At), strings.Compare(string(c.Customer), string(d.Customer)), strings.Compare(c.ID, d.ID))
}

// IsZero reports whether c is the zero Cursor.
func (c Cursor) IsZero() bool { return c.At.IsZero() && c.Customer == "" && c.ID == "" }

// Check reports a cursor that cannot be the place of a record; the zero Cursor is valid.
func (c Cursor) Check() error {
	if c.IsZero() {
		return nil
	}
	if err := cmp.Or(order.CheckID("after.customer", c.Customer), order.CheckOptionalTime("after.at", c.At)); err != nil {
		return err
	}
	if c.ID == "" {
		return order.Invalid("after.id", "", "is empty: give back the cursor of the page before")
	}
	return nil
}

const cursorLayout = "2006-01-02T15:04:05Z"

// MarshalText writes "2018-11-01T00:00:00Z/customer/ID", nothing for the zero Cursor.
func (c Cursor) MarshalText() ([]byte, error) {
	if err := c.Check(); err != nil || c.IsZero() {
		return nil, err
	}
	return []byte(c.At.UTC().Format(cursorLayout) + "/" + url.PathEscape(string(c.Customer)) + "/" + c.ID), nil
}

// UnmarshalText reads what MarshalText writes, and nothing else.
func (c *Cursor) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = Cursor{}
		return nil
	}
	stamp, rest, _ := strings.Cut(string(b), "/")
	escaped, id, _ := strings.Cut(rest, "/")
	at, err := time.Parse(cursorLayout, stamp)
	customer, escape := url.PathUnescape(escaped)
	read := Cursor{at, order.CustomerID(customer), id}
	text, wrong := read.MarshalText()
	if cmp.Or(err, escape, wrong) != nil || string(text) != string(b) {
		return order.Invalid("after", string(b), "is not a cursor: give back the one of the page before, such as 2018-11-01T00:00:00Z/customer/ID")
	}
	*c = read
	return nil
}

// UnmarshalJSON reads the text in quotes, the zero Cursor from null.
func (c *Cursor) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return order.Invalid("after", string(b), `is not a text: give one such as "2018-11-01T00:00:00Z/customer/ID"`)
	}
	return c.UnmarshalText([]byte(text))
}
