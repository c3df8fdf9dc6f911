package order

import (
	"database/sql/driver"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Invalid says what is wrong with the value of a field, as a [*FieldError]. The path of
// the field is the caller's, as in "lines[2].count".
func Invalid(field, value, reason string) error {
	return &FieldError{Field: field, Value: value, Reason: reason}
}

// Within puts the path of a value before the field that an error of it names, or before each of
// those that [errors.Join] has joined. No error that errors.Is would find is lost.
func Within(path string, err error) error {
	if f, ok := err.(*FieldError); ok {
		g := *f
		g.Field = path + "." + f.Field
		return &g
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		all := slices.Clone(several.Unwrap())
		named := true
		for i := range all {
			f, ok := all[i].(*FieldError)
			if named = named && ok; named {
				all[i] = Within(path, f)
			}
		}
		if named {
			return errors.Join(all...)
		}
	}
	return &FieldError{Field: path, Err: err}
}

// Element is the path of an element of a list: "lines[2]".
func Element(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// TooMany says that a list of n is longer than what is done at once. It is [ErrTooMany].
func TooMany(field string, n, most int) error {
	return &FieldError{Field: field, Value: strconv.Itoa(n), Reason: "at most " + strconv.Itoa(most) + " at once: make several calls", Err: ErrTooMany}
}

// matches reports whether a text is the one asked for; an empty one asks for nothing.
func matches[T ~string](want, is T) bool { return want == "" || want == is }

// Renamed is err with another name at the beginning of the path of its field: of pairs of names, the
// first that stands there becomes its second. So an error of what was made of a request names what
// the caller gave. An error of no field stays as it is.
func Renamed(err error, pairs ...string) error {
	f, ok := err.(*FieldError)
	if !ok {
		return err
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		rest, of := strings.CutPrefix(f.Field, pairs[i])
		if of && (rest == "" || strings.ContainsAny(rest[:1], ".[")) {
			g := *f
			g.Field = pairs[i+1] + rest
			return &g
		}
	}
	return err
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

// ScanText reads a text column with the strict reading of a type, for its Scan method.
func ScanText(what string, src any, read func(text []byte) error) error {
	s, err := sqlText(what, src)
	if err != nil {
		return err
	}
	return read([]byte(s))
}

// sqlText is the text of a column.
func sqlText(what string, src any) (string, error) {
	switch v := src.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", Invalid(what, "", "is not a text column")
}
