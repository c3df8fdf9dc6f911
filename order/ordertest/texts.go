package ordertest

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

var (
	namedTime = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?`)
	namedZone = regexp.MustCompile(`^(Z| ?[+-][0-9]{2}:[0-9]{2})`)
)

// Zoned reports a time in a text for persons that stands without its zone. A time of day
// without a date, as a policy names it, has none.
func Zoned(text string) error {
	for _, at := range namedTime.FindAllStringIndex(text, -1) {
		if !namedZone.MatchString(text[at[1]:]) {
			return fmt.Errorf("%s has no zone in %q: write it with order.Stamp", text[at[0]:at[1]], text)
		}
	}
	return nil
}

// Leads reports a path in v that leads nowhere: "lines[0].amount" names a field as its JSON tag
// says, or else as the Go field begins in lower case, an element of a list by its index, and so on
// to the end.
func Leads(v any, path string) error {
	t := reflect.TypeOf(v)
	for name := range strings.SplitSeq(path, ".") {
		name, index, listed := strings.Cut(name, "[")
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		of, ok := fieldNamed(t, name)
		if !ok {
			return fmt.Errorf("path %q leads nowhere in a %T: a %s has no %q", path, v, t, name)
		}
		if t = of; !listed {
			continue
		}
		if n := strings.TrimSuffix(index, "]"); t.Kind() != reflect.Slice && t.Kind() != reflect.Array || strings.Trim(n, "0123456789") != "" || n == "" {
			return fmt.Errorf("path %q leads nowhere in a %T: %s is no list with such an element", path, v, name)
		}
		t = t.Elem()
	}
	return nil
}

// fieldNamed is the type of a field, also of one of an embedded struct.
func fieldNamed(t reflect.Type, name string) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct {
		return nil, false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			if of, ok := fieldNamed(f.Type, name); ok {
				return of, true
			}
			continue
		}
		if f.IsExported() && name == cmp.Or(tag, lowered(f.Name)) {
			return f.Type, true
		}
	}
	return nil, false
}

// lowered is a Go name as a path has it: id of ID, byID of ByID.
func lowered(name string) string {
	n := len(name) - len(strings.TrimLeft(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if n > 1 && n < len(name) {
		n--
	}
	return strings.ToLower(name[:n]) + name[n:]
}
