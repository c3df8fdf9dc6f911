package order

import (
	"database/sql/driver"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Invalid says what is wrong with the value of a field, as a [*FieldError]. The path of
// the field is the caller's, as in "lines[2].count".
func Invalid(field, value, reason string) error {
	return &FieldError{Field: field, Value: value, Reason: reason}
}

// Within puts the path of a value before the field that an error of it names. No error
// that errors.Is would find is lost.
func Within(path string, err error) error {
	var f *FieldError
	if errors.As(err, &f) && error(f) == err {
		g := *f
		g.Field = path + "." + f.Field
		return &g
	}
	return &FieldError{Field: path, Err: err}
}

// Element is the path of an element of a list: "lines[2]".
func Element(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// TooMany says that a list of n is longer than what is done at once. It is [ErrTooMany].
func TooMany(field string, n, most int) error {
	return &FieldError{Field: field, Value: strconv.Itoa(n), Reason: "at most " + strconv.Itoa(most) + " at once: make several calls", Err: ErrTooMany}
}

// CheckIDs reports a list that is empty, is longer than most, or holds a text that is no ID
// or stands there twice.
func CheckIDs[T ~string](field string, ids []T, most int) error {
	switch {
	case len(ids) == 0:
		return Invalid(field, "", "is required: name at least one")
	case len(ids) > most:
		return TooMany(field, len(ids), most)
	}
	return CheckDistinct(field, ids)
}

// CheckDistinct reports a text of a list that is no ID, or stands there twice.
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

// CheckOptional reports a text that is no ID; an empty one is passed over.
func CheckOptional[T ~string](field string, id T) error {
	if id == "" {
		return nil
	}
	return CheckID(field, id)
}

// CheckOptionalTime reports a time outside the years 1 to 9998; a zero one is passed over.
func CheckOptionalTime(field string, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	if _, err := Second(at); err != nil {
		return Invalid(field, at.String(), "is not in the years 1 to 9998")
	}
	return nil
}

// CheckAmount reports an amount that is not set or not sound.
func CheckAmount(field string, m Money) error {
	if m == (Money{}) {
		return Invalid(field, "", "is not set: give an amount and its currency")
	}
	if err := m.Check(); err != nil {
		return Within(field, err)
	}
	return nil
}

// matches reports whether a text is the one asked for; an empty one asks for nothing.
func matches[T ~string](want, is T) bool { return want == "" || want == is }

// List joins IDs for a person: "CS1, CS2".
func List[T ~string](ids []T) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return strings.Join(texts, ", ")
}

// CheckWord reports a word that is not one of a closed set.
func CheckWord[T ~string](field string, w T, set []T) error {
	if slices.Contains(set, w) {
		return nil
	}
	if w == "" {
		return Invalid(field, "", "is not set: give one, such as "+string(set[0]))
	}
	return Invalid(field, string(w), "is unknown: give one such as "+string(set[0]))
}

// ReadWord reads a word of a closed set strictly.
func ReadWord[T ~string, B ~string | ~[]byte](field string, dst *T, set []T, text B) error {
	if err := CheckWord(field, T(text), set); err != nil {
		return err
	}
	*dst = T(text)
	return nil
}

// ScanWord reads a word of a closed set from a text column, the zero word from NULL.
func ScanWord[T ~string](field string, dst *T, set []T, src any) error {
	if src == nil {
		*dst = ""
		return nil
	}
	s, err := sqlText(field, src)
	if err != nil {
		return err
	}
	return ReadWord(field, dst, set, s)
}

// WordValue is the form of a word in a text column, NULL for the zero word.
func WordValue[T ~string](w T) (driver.Value, error) {
	if w == "" {
		return nil, nil
	}
	return string(w), nil
}
