package order

import (
	"log/slog"
	"strconv"
	"unicode/utf8"
)

// Opaque is text of another system that is passed on and never shown: the handle of a saved card, data
// for a client's own code. JSON and a store have it as it is; fmt and slog print how long it is.
type Opaque string

// String says that something is there, and not what: use string(o) for the text.
func (o Opaque) String() string {
	if o == "" {
		return ""
	}
	return "[" + strconv.Itoa(len(o)) + " bytes]"
}

// GoString is String, for %#v.
func (o Opaque) GoString() string { return o.String() }

// LogValue is String, for slog.
func (o Opaque) LogValue() slog.Value { return slog.StringValue(o.String()) }

// Check reports text that is empty, longer than most bytes or not UTF-8, as a [*FieldError] that does
// not name it.
func (o Opaque) Check(field string, most int) error {
	switch {
	case o == "":
		return Invalid(field, "", "is required")
	case len(o) > most:
		return Invalid(field, "", "has more than "+strconv.Itoa(most)+" bytes")
	case !utf8.ValidString(string(o)):
		return Invalid(field, "", "is not valid UTF-8")
	}
	return nil
}
