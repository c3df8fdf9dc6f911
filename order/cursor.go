package order

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// Compare returns -1 where a stands before b in a page, 1 where it stands after, 0 for
// the same order: the newest first, by time placed, then by ID, both descending, IDs by
// their bytes (X1).
func Compare(a, b Order) int { return comparePlaces(&a, &b) }

func comparePlaces(a, b *Order) int {
	if c := b.Placed.Compare(a.Placed); c != 0 {
		return c
	}
	return cmp.Compare(b.ID, a.ID)
}

// Cursor is the place of an order in the pages of a query: the next page begins after
// it, also when orders were placed since (X1). Its text and JSON form is
// "2018-11-01T00:00:00Z/ID", the time in UTC. The zero Cursor is before the first order.
type Cursor struct {
	Placed time.Time
	ID     ID
}

// CursorOf returns the place of o.
func CursorOf(o Order) Cursor { return Cursor{o.Placed.UTC(), o.ID} }

// IsZero reports whether c is the zero Cursor.
func (c Cursor) IsZero() bool { return c.Placed.IsZero() && c.ID == "" }

// Check reports a cursor that cannot be the place of an order; the zero Cursor is valid.
func (c Cursor) Check() error {
	if c.IsZero() {
		return nil
	}
	if err := checkSecond("placed", c.Placed); err != nil {
		return err
	}
	return CheckID("id", c.ID)
}

// before reports whether o stands after c.
func (c Cursor) before(o *Order) bool {
	return c.IsZero() || comparePlaces(&Order{Placed: c.Placed, ID: c.ID}, o) < 0
}

const cursorLayout = "2006-01-02T15:04:05Z"

// MarshalText writes "2018-11-01T00:00:00Z/ID", nothing for the zero Cursor.
func (c Cursor) MarshalText() ([]byte, error) {
	if err := c.Check(); err != nil || c.IsZero() {
		return nil, err
	}
	return []byte(c.Placed.UTC().Format(cursorLayout) + "/" + string(c.ID)), nil
}

// UnmarshalText reads what MarshalText writes, and nothing else.
func (c *Cursor) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = Cursor{}
		return nil
	}
	stamp, id, _ := strings.Cut(string(b), "/")
	placed, err := time.Parse(cursorLayout, stamp)
	if err != nil || placed.Format(cursorLayout) != stamp {
		return Invalid("cursor", string(b), "is not a cursor: give back the one of the page before, such as 2018-11-01T00:00:00Z/ID")
	}
	read := Cursor{placed, ID(id)}
	if err := CheckID("cursor", read.ID); err != nil {
		return err
	}
	if err := checkTime("cursor", placed); err != nil {
		return err
	}
	*c = read
	return nil
}

// UnmarshalJSON reads the text in quotes, the zero Cursor from null.
func (c *Cursor) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return Invalid("cursor", string(b), `is a text: "2018-11-01T00:00:00Z/ID"`)
	}
	return c.UnmarshalText([]byte(text))
}
