package order

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep a JSON text may nest.
const maxDepth = 32

// Decode reads JSON into what v points to, strictly, as at the edge of a system:
// a key that is unknown, written twice or in another case, anything after the
// value, nesting beyond 32 levels and every value that its type refuses is a
// [*DecodeError]. A struct with a method Check() error is checked once it is read; a
// null in its place is checked as the zero value, but in a field it is the field left
// out. v is changed only when all of it is right. This strictness reaches through
// structs, slices and pointers; maps, arrays and types that read JSON or text
// themselves are read as encoding/json does. encoding/json alone reads the same forms
// tolerantly: it passes over keys that it does not know and checks no struct, so call
// Check; amounts and words stay strict.
func Decode(data []byte, v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return Invalid("v", "", "is not a pointer to read into")
	}
	d := &decoder{data: data, json: json.NewDecoder(bytes.NewReader(data))}
	d.json.UseNumber()
	if at := invalidUTF8(data); at >= 0 {
		return d.wrong(at, "", errors.New("is not valid UTF-8"))
	}
	read := reflect.New(target.Type().Elem()).Elem()
	if err := d.element(read, "", 0); err != nil {
		return err
	}
	if rest := bytes.TrimLeft(data[d.json.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return d.wrong(len(data)-len(rest), "", errors.New("something follows the value: give one alone"))
	}
	target.Elem().Set(read)
	return nil
}

// invalidUTF8 is the offset of the first byte that is not UTF-8, -1 if all are:
// encoding/json would make one and the same text of different ones.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

type decoder struct {
	data []byte
	json *json.Decoder
}

// start is the offset of the next value.
func (d *decoder) start() int { return valueAt(d.data, int(d.json.InputOffset())) }

func (d *decoder) wrong(at int, field string, err error) error {
	return wrongAt(d.data, at, field, err)
}

// syntax is wrong for an error of the JSON text itself. A json.Decoder that gives
// tokens miscounts its place, so the whole text is parsed again.
func (d *decoder) syntax(field string, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return d.wrong(len(d.data), field, errors.New("the text ends too early"))
	}
	at := d.start()
	var s *json.SyntaxError
	if errors.As(json.Unmarshal(d.data, new(json.RawMessage)), &s) {
		at, err = max(int(s.Offset)-1, 0), s
	}
	return d.wrong(at, field, err)
}

// element reads the next value into v, which is not a field: a null is checked.
func (d *decoder) element(v reflect.Value, field string, depth int) error {
	at := d.start()
	if err := d.value(v, field, depth); err != nil {
		return err
	}
	if v.Kind() == reflect.Struct && at < len(d.data) && d.data[at] == 'n' {
		return d.check(v, field)
	}
	return nil
}

func (d *decoder) check(v reflect.Value, field string) error {
	if c, ok := v.Addr().Interface().(interface{ Check() error }); ok {
		if err := c.Check(); err != nil {
			return Locate(d.data, field, err)
		}
	}
	return nil
}

// value reads the next value into v.
func (d *decoder) value(v reflect.Value, field string, depth int) error {
	at := d.start()
	if depth > maxDepth {
		return d.wrong(at, field, fmt.Errorf("nests deeper than %d levels", maxDepth))
	}
	if at < len(d.data) && !readsItself(v.Type()) {
		switch open := d.data[at]; {
		case v.Kind() == reflect.Pointer && open != 'n':
			v.Set(reflect.New(v.Type().Elem()))
			return d.value(v.Elem(), field, depth)
		case v.Kind() == reflect.Struct && open == '{':
			return d.record(v, field, depth)
		case v.Kind() == reflect.Slice && open == '[':
			return d.list(v, field, depth)
		}
	}
	var raw json.RawMessage
	if err := d.json.Decode(&raw); err != nil {
		return d.syntax(field, err)
	}
	if deep(raw) > maxDepth-depth {
		return d.wrong(at, field, fmt.Errorf("nests deeper than %d levels", maxDepth))
	}
	if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
		return d.inside(at, field, v.Type(), plain(err))
	}
	return nil
}

// inside is wrong for an error of the value at the given offset, where a type that
// reads itself with Decode says the place from its own start.
func (d *decoder) inside(at int, field string, t reflect.Type, err error) error {
	outer := wrongAt(d.data, at, field, err)
	inner, ok := err.(*DecodeError)
	if !ok || !readsItself(t) {
		return outer
	}
	if inner.Line == 1 {
		inner.Column += outer.Column - 1
	}
	inner.Line += outer.Line - 1
	if inner.Field != "" && field != "" {
		field += "."
	}
	return &DecodeError{Line: inner.Line, Column: inner.Column, Field: field + inner.Field, Err: inner.Err}
}

// readsItself: a type with its own way of reading JSON or text.
func readsItself(t reflect.Type) bool {
	if t.Kind() != reflect.Pointer {
		t = reflect.PointerTo(t)
	}
	return t.Implements(reflect.TypeFor[json.Unmarshaler]()) || t.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func (d *decoder) record(v reflect.Value, field string, depth int) error {
	if _, err := d.json.Token(); err != nil {
		return d.syntax(field, err)
	}
	seen := make(map[string]bool)
	for d.json.More() {
		keyAt := d.start()
		token, err := d.json.Token()
		if err != nil {
			return d.syntax(field, err)
		}
		key := token.(string)
		path := join(field, key)
		if seen[key] {
			return d.wrong(keyAt, path, errors.New("is a duplicate: keep one"))
		}
		seen[key] = true
		member, known := fieldOf(v.Type(), key)
		if member == nil {
			return d.wrong(keyAt, path, fmt.Errorf("is not known here: the keys are %s", strings.Join(known, ", ")))
		}
		if err := d.value(fieldByIndex(v, member), path, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.json.Token(); err != nil {
		return d.syntax(field, err)
	}
	return d.check(v, field)
}

func (d *decoder) list(v reflect.Value, field string, depth int) error {
	if _, err := d.json.Token(); err != nil {
		return d.syntax(field, err)
	}
	out := reflect.MakeSlice(v.Type(), 0, 0)
	for i := 0; d.json.More(); i++ {
		out = reflect.Append(out, reflect.Zero(v.Type().Elem()))
		if err := d.element(out.Index(i), fmt.Sprintf("%s[%d]", field, i), depth+1); err != nil {
			return err
		}
	}
	if _, err := d.json.Token(); err != nil {
		return d.syntax(field, err)
	}
	v.Set(out)
	return nil
}

func join(path, key string) string {
	key = shorten(key)
	if checkText("", key, len(key)) != nil {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// deep is how deep a JSON value nests.
func deep(raw []byte) (most int) {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			most = max(most, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return most
}

// plain says in words of JSON, not of Go, which value does not belong.
func plain(err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return fmt.Errorf("a JSON %s does not belong here", t.Value)
	}
	return err
}
