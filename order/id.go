package order

import (
	"database/sql/driver"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IDs are 1 to 64 printable characters (P12). They are the host's: the library
// compares them and nothing else. Their text, JSON and SQL form is the ID itself,
// read strictly.
type (
	ID         string // an order
	CustomerID string // who pays, or whose resource it is
	PurchaseID string // orders made together (O6)
	PaymentID  string // a payment that holds or settled an order
	RefundID   string // a refund: derived, 32 characters (P12)
	ProjectID  string // an enterprise project (O10)
	ResourceID string // what an order provides or changes (O12)
)

// IDText is any of the kinds of ID.
type IDText interface {
	~string
}

// CheckID reports an ID that is empty, longer than 64 characters or not printable
// (P12). what names it in the error.
func CheckID[T IDText](what string, id T) error {
	if id == "" {
		return Invalid(what, "", "is empty: give 1 to 64 printable characters")
	}
	return checkText(what, string(id), 64)
}

// CheckIDs reports a list that is empty, is longer than most, or holds a text that is not
// an ID or is there twice.
func CheckIDs[T ~string](field string, ids []T, most int) error {
	switch {
	case len(ids) == 0:
		return Invalid(field, "", "is required: name at least one")
	case len(ids) > most:
		return TooMany(field, len(ids), most)
	}
	return CheckDistinct(field, ids)
}

// CheckDistinct reports a text of a list that is not an ID, or is there twice.
func CheckDistinct[T ~string](field string, ids []T) error {
	for i, id := range ids {
		if err := CheckID(Element(field, i), id); err != nil {
			return err
		}
		if slices.Contains(ids[:i], id) {
			return Invalid(Element(field, i), string(id), "is named twice")
		}
	}
	return nil
}

// CheckOptional reports a text that is not an ID; an empty one is allowed.
func CheckOptional[T ~string](field string, id T) error {
	if id == "" {
		return nil
	}
	return CheckID(field, id)
}

// List joins IDs for a person: "CS1, CS2".
func List[T ~string](ids []T) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return strings.Join(texts, ", ")
}

// CheckText reports text over most characters or with characters that do not print; an empty one is
// allowed.
func CheckText(field, text string, most int) error { return checkText(field, text, most) }

// checkText reports text over most characters or with characters that do not print.
func checkText(what, s string, most int) error {
	if len(s) <= most && plainASCII(s) {
		return nil
	}
	n := 0
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return Invalid(what, s, "is not valid UTF-8")
			}
		}
		if !unicode.IsPrint(r) {
			return Invalid(what, s, "has a character that does not print: remove it")
		}
		n++
	}
	if n > most {
		return Invalid(what, s, "has more than "+itoa(int64(most))+" characters")
	}
	return nil
}

// plainASCII reports whether s has only ASCII characters that print.
func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// readID is the strict reading of every kind of ID.
func readID[T IDText](what string, dst *T, text string) error {
	if err := CheckID(what, text); err != nil {
		return err
	}
	*dst = T(text)
	return nil
}

func scanID[T IDText](what string, dst *T, src any) error {
	if src == nil { // SQL's form of an ID that is not there
		*dst = ""
		return nil
	}
	s, err := sqlText(what, src)
	if err != nil {
		return err
	}
	return readID(what, dst, s)
}

func idValue[T IDText](id T) (driver.Value, error) {
	if id == "" {
		return nil, nil
	}
	return string(id), nil
}

// UnmarshalText reads an ID strictly.
func (id *ID) UnmarshalText(b []byte) error { return readID("order ID", id, string(b)) }

// UnmarshalText reads an ID strictly.
func (id *CustomerID) UnmarshalText(b []byte) error { return readID("customer ID", id, string(b)) }

// UnmarshalText reads an ID strictly.
func (id *PurchaseID) UnmarshalText(b []byte) error { return readID("purchase ID", id, string(b)) }

// UnmarshalText reads an ID strictly.
func (id *PaymentID) UnmarshalText(b []byte) error { return readID("payment ID", id, string(b)) }

// UnmarshalText reads an ID strictly.
func (id *RefundID) UnmarshalText(b []byte) error { return readID("refund ID", id, string(b)) }

// UnmarshalText reads an ID strictly.
func (id *ProjectID) UnmarshalText(b []byte) error { return readID("project ID", id, string(b)) }

// UnmarshalText reads an ID strictly.
func (id *ResourceID) UnmarshalText(b []byte) error { return readID("resource ID", id, string(b)) }

// Scan reads an ID from a text column, the empty ID from NULL.
func (id *ID) Scan(src any) error { return scanID("order ID", id, src) }

// Scan reads an ID from a text column, the empty ID from NULL.
func (id *CustomerID) Scan(src any) error { return scanID("customer ID", id, src) }

// Scan reads an ID from a text column, the empty ID from NULL.
func (id *PurchaseID) Scan(src any) error { return scanID("purchase ID", id, src) }

// Scan reads an ID from a text column, the empty ID from NULL.
func (id *PaymentID) Scan(src any) error { return scanID("payment ID", id, src) }

// Scan reads an ID from a text column, the empty ID from NULL.
func (id *RefundID) Scan(src any) error { return scanID("refund ID", id, src) }

// Scan reads an ID from a text column, the empty ID from NULL.
func (id *ProjectID) Scan(src any) error { return scanID("project ID", id, src) }

// Scan reads an ID from a text column, the empty ID from NULL.
func (id *ResourceID) Scan(src any) error { return scanID("resource ID", id, src) }

// Value is the ID, NULL for the empty one.
func (id ID) Value() (driver.Value, error) { return idValue(id) }

// Value is the ID, NULL for the empty one.
func (id CustomerID) Value() (driver.Value, error) { return idValue(id) }

// Value is the ID, NULL for the empty one.
func (id PurchaseID) Value() (driver.Value, error) { return idValue(id) }

// Value is the ID, NULL for the empty one.
func (id PaymentID) Value() (driver.Value, error) { return idValue(id) }

// Value is the ID, NULL for the empty one.
func (id RefundID) Value() (driver.Value, error) { return idValue(id) }

// Value is the ID, NULL for the empty one.
func (id ProjectID) Value() (driver.Value, error) { return idValue(id) }

// Value is the ID, NULL for the empty one.
func (id ResourceID) Value() (driver.Value, error) { return idValue(id) }
