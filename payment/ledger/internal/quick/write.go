package quick

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Append appends x as encoding/json writes it, with a number as its first member, schema. Where it
// returns false it has given up, and what it returns is not to be used.
func (o *Of[T]) Append(to []byte, schema int, x *T) ([]byte, bool) {
	p := o.plan()
	if p.out != outStruct {
		return nil, false
	}
	to = strconv.AppendInt(append(to, `{"schema":`...), int64(schema), 10)
	return p.appendMembers(to, reflect.ValueOf(x).Elem(), false)
}

// out is how a value is written.
type out uint8

const (
	outOther   out = iota // by encoding/json
	outTime               //
	outAppend             // by itself, as JSON that encoding/json leaves as it is
	outJSON               // by itself, as JSON
	outText               // by itself, as text
	outString             //
	outInt                //
	outUint               //
	outBool               //
	outStruct             // an object
	outSlice              // a list
	outPointer            //
)

// appender is what an amount or a rate is.
type appender interface {
	AppendJSON(to []byte) ([]byte, error)
}

// outOf returns how values of a type are written whose elements or fields are planned.
func (p *plan) outOf(t reflect.Type) out {
	pointer := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[time.Time]():
		return outTime
	case pointer.Implements(reflect.TypeFor[appender]()):
		return outAppend
	case pointer.Implements(reflect.TypeFor[json.Marshaler]()):
		return outJSON
	case pointer.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return outText
	case t.Kind() == reflect.String:
		return outString
	case t.Kind() == reflect.Bool:
		return outBool
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		return outInt
	case t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64:
		return outUint
	case p.form == formStruct:
		return outStruct
	case p.form == formSlice:
		return outSlice
	case p.form == formPointer:
		return outPointer
	}
	return outOther
}

// omits is when a member is left out.
type omits struct {
	empty, zero bool
	asks        bool // it says itself whether it is zero
}

type zeroer interface{ IsZero() bool }

func omitsOf(t reflect.Type, options string) omits {
	words := strings.Split(options, ",")
	of := t
	if t.Kind() != reflect.Pointer {
		of = reflect.PointerTo(t)
	}
	return omits{empty: slices.Contains(words, "omitempty"), zero: slices.Contains(words, "omitzero"), asks: of.Implements(reflect.TypeFor[zeroer]())}
}

func (o omits) isZero(v reflect.Value) bool {
	switch {
	case !o.asks:
		return v.IsZero()
	case v.Kind() == reflect.Pointer:
		return v.IsNil() || v.Interface().(zeroer).IsZero()
	}
	return v.Addr().Interface().(zeroer).IsZero()
}

func (o omits) holds(v reflect.Value) bool {
	if o.zero && o.isZero(v) {
		return true
	}
	if !o.empty {
		return false
	}
	switch v.Kind() {
	case reflect.String, reflect.Slice:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// appendMembers appends the members of an object, after others or as the first ones, and its end.
func (p *plan) appendMembers(to []byte, v reflect.Value, first bool) (_ []byte, ok bool) {
	for _, i := range p.written {
		f, x := &p.fields[i], v
		for _, k := range f.in {
			x = x.Field(k)
		}
		if f.omits.holds(x) {
			continue
		}
		if !first {
			to = append(to, ',')
		}
		first = false
		if to, ok = f.plan.append(append(to, f.head...), x); !ok {
			return nil, false
		}
	}
	return append(to, '}'), true
}

// append appends a value, which is addressable.
func (p *plan) append(to []byte, v reflect.Value) (_ []byte, ok bool) {
	switch p.out {
	case outStruct:
		return p.appendMembers(append(to, '{'), v, true)
	case outString:
		return appendString(to, v.String())
	case outInt:
		return strconv.AppendInt(to, v.Int(), 10), true
	case outUint:
		return strconv.AppendUint(to, v.Uint(), 10), true
	case outBool:
		return strconv.AppendBool(to, v.Bool()), true
	case outTime:
		to, err := v.Addr().Interface().(*time.Time).AppendText(append(to, '"'))
		return append(to, '"'), err == nil
	case outAppend:
		to, err := v.Addr().Interface().(appender).AppendJSON(to)
		return to, err == nil
	case outText:
		text, err := v.Addr().Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return nil, false
		}
		return appendString(to, string(text))
	case outJSON:
		said, err := v.Addr().Interface().(json.Marshaler).MarshalJSON()
		return append(to, said...), err == nil && plain(said)
	case outPointer:
		if v.IsNil() {
			return append(to, "null"...), true
		}
		return p.elem.append(to, v.Elem())
	case outSlice:
		return p.appendList(to, v)
	}
	return nil, false
}

func (p *plan) appendList(to []byte, v reflect.Value) (_ []byte, ok bool) {
	if v.IsNil() {
		return append(to, "null"...), true
	}
	to = append(to, '[')
	for i := range v.Len() {
		if i > 0 {
			to = append(to, ',')
		}
		if to, ok = p.elem.append(to, v.Index(i)); !ok {
			return nil, false
		}
	}
	return append(to, ']'), true
}

// plain reports whether encoding/json leaves what a value has said of itself as it is.
func plain(said []byte) bool {
	return !slices.ContainsFunc(said, func(c byte) bool { return c <= ' ' || c == '<' || c == '>' || c == '&' || c > '~' })
}

// appendString appends a text; encoding/json escapes what it has to.
func appendString(to []byte, s string) ([]byte, bool) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			b, err := json.Marshal(s)
			return append(to, b...), err == nil
		}
	}
	return append(append(append(to, '"'), s...), '"'), true
}
