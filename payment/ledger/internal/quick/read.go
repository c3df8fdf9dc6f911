package quick

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

// reader reads one text. Its methods return false where it gives up.
type reader struct {
	data   []byte
	at     int
	root   *plan
	schema int
	said   [32]text // what was read before, so that the same is not copied again
}

// text is a text that was read as of one type.
type text struct {
	id   uint8
	says string
}

// skipSpace skips space, and returns the byte that comes then, 0 at the end.
func (r *reader) skipSpace() byte {
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take skips space and the given byte.
func (r *reader) take(c byte) bool {
	if r.skipSpace() != c {
		return false
	}
	r.at++
	return true
}

// literal skips a word of JSON.
func (r *reader) literal(word string) bool {
	if !bytes.HasPrefix(r.data[r.at:], []byte(word)) {
		return false
	}
	r.at += len(word)
	return true
}

// more reports whether one more stands before the bracket at the end, and skips what is between them.
func (r *reader) more(first bool, end byte) (more, ok bool) {
	c := r.skipSpace()
	if c == end {
		r.at++
		return false, true
	}
	if first {
		return true, c != 0
	}
	return true, r.take(',')
}

// members reads an object into a struct.
func (r *reader) members(p *plan, v reflect.Value) bool {
	if !r.take('{') {
		return false
	}
	seen, next := uint64(0), 0
	for first := true; ; first = false {
		more, ok := r.more(first, '}')
		if !more || !ok {
			return ok
		}
		key, ok := r.key()
		if !ok {
			return false
		}
		i := p.find(key, next)
		if i < 0 {
			if p != r.root || string(key) != "schema" || r.schema != 0 {
				return false
			}
			n, ok := r.number()
			if !ok || n <= 0 || n > 1<<30 {
				return false
			}
			r.schema = int(n)
			continue
		}
		if seen&(1<<i) != 0 {
			return false
		}
		seen |= 1 << i
		next = i + 1
		f := &p.fields[i]
		to := v
		for _, k := range f.in {
			to = to.Field(k)
		}
		if !r.value(f.plan, to) {
			return false
		}
	}
}

// key reads the key of a member, and what stands before its value.
func (r *reader) key() ([]byte, bool) {
	if !r.take('"') {
		return nil, false
	}
	from := r.at
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			key := r.data[from:r.at]
			r.at++
			return key, r.take(':')
		case c == '\\' || c < ' ' || c >= utf8.RuneSelf:
			return nil, false
		}
	}
	return nil, false
}

// value reads the next value into v, which is zero.
func (r *reader) value(p *plan, v reflect.Value) bool {
	c := r.skipSpace()
	switch {
	case p.form == formJSON:
		return r.itself(p, v)
	case p.form == formOther:
		return false
	case c == 'n':
		return r.literal("null") // and v stays as it is
	}
	switch p.form {
	case formStruct:
		return r.members(p, v)
	case formSlice:
		return r.list(p, v)
	case formString, formWord, formText:
		return r.text(p, v)
	case formBool:
		v.SetBool(c == 't')
		return c == 't' && r.literal("true") || c == 'f' && r.literal("false")
	case formInt:
		n, ok := r.number()
		if !ok || v.OverflowInt(n) {
			return false
		}
		v.SetInt(n)
		return true
	case formUint:
		n, ok := r.number()
		if !ok || n < 0 || v.OverflowUint(uint64(n)) {
			return false
		}
		v.SetUint(uint64(n))
		return true
	}
	v.Set(reflect.New(p.of.Elem()))
	return r.value(p.elem, v.Elem())
}

// itself lets a value read its piece of the text.
func (r *reader) itself(p *plan, v reflect.Value) bool {
	from := r.at
	if !r.skip(0) {
		return false
	}
	piece := r.data[from:r.at]
	switch to := v.Addr().Interface().(type) {
	case *time.Time:
		return to.UnmarshalJSON(piece) == nil
	case json.Unmarshaler:
		return to.UnmarshalJSON(piece) == nil
	}
	return false
}

// list reads a list into a slice.
func (r *reader) list(p *plan, v reflect.Value) bool {
	if !r.take('[') {
		return false
	}
	if p.elem.form == formInt {
		if to, ok := v.Addr().Interface().(*[]int64); ok {
			return r.numbers(to)
		}
	}
	for n := 0; ; n++ {
		more, ok := r.more(n == 0, ']')
		if !ok {
			return false
		}
		if !more {
			if n == 0 {
				v.Set(reflect.MakeSlice(p.of, 0, 0))
			}
			return true
		}
		if n == 0 {
			v.Grow(r.count())
		} else if n == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(n + 1)
		if !r.value(p.elem, v.Index(n)) {
			return false
		}
	}
}

// numbers reads the rest of a list of numbers.
func (r *reader) numbers(to *[]int64) bool {
	n := 0
	if i := bytes.IndexByte(r.data[r.at:], ']'); i >= 0 {
		n = bytes.Count(r.data[r.at:r.at+i], []byte(",")) + 1
	}
	all := make([]int64, 0, n)
	for first := true; ; first = false {
		more, ok := r.more(first, ']')
		if !more || !ok {
			*to = all
			return ok
		}
		n, ok := r.number()
		if !ok {
			return false
		}
		all = append(all, n)
	}
}

// count returns how many elements a list has from here on; where the text is not sound, it is some
// number from 1.
func (r *reader) count() int {
	n, depth, data := 1, 0, r.data
	for i := r.at; i < len(data); i++ {
		switch data[i] {
		case '"':
			for i++; i < len(data) && data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return n
			}
		case ',':
			if depth == 0 {
				n++
			}
		}
	}
	return 1
}

// text reads a string.
func (r *reader) text(p *plan, v reflect.Value) bool {
	b, ok := r.string()
	if !ok {
		return false
	}
	if p.form == formText {
		to, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
		return ok && to.UnmarshalText(b) == nil
	}
	if len(b) == 0 && p.form == formString {
		return true
	}
	// Of one type, the same text is always taken in the same way.
	was := &r.said[(len(b)*7+int(p.id)*5+int(last(b)))%len(r.said)]
	if was.id == p.id && was.says == string(b) && len(b) > 0 {
		v.SetString(was.says)
		return true
	}
	if word, ok := p.words[string(b)]; ok {
		v.SetString(word)
		return true
	}
	if p.form == formString {
		v.SetString(string(b))
	} else if to, ok := v.Addr().Interface().(encoding.TextUnmarshaler); !ok || to.UnmarshalText(b) != nil {
		return false
	}
	if s := v.String(); s == string(b) {
		*was = text{p.id, s}
	}
	return true
}

// last is the last byte of a text.
func last(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[len(b)-1]
}

// string reads a string; what it returns is valid until the text is changed.
func (r *reader) string() ([]byte, bool) {
	from := r.at + 1
	if !r.skipString() {
		return nil, false
	}
	b := r.data[from : r.at-1]
	if bytes.IndexByte(b, '\\') < 0 {
		return b, true
	}
	return unescaped(b)
}

// skipString skips a string of JSON that is UTF-8.
func (r *reader) skipString() bool {
	if r.skipSpace() != '"' {
		return false
	}
	plain := byte(0)
	for i := r.at + 1; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			whole := r.data[r.at+1 : i]
			r.at = i + 1
			return plain < utf8.RuneSelf || utf8.Valid(whole)
		case c == '\\':
			i++
			if i == len(r.data) || escape(r.data[i:]) == 0 {
				return false
			}
		case c < ' ':
			return false
		default:
			plain |= c
		}
	}
	return false
}

// escape returns how many bytes the escape has whose backslash is skipped, 0 where it is none that is
// known.
func escape(b []byte) int {
	switch b[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		if len(b) < 5 {
			return 0
		}
		n, err := strconv.ParseUint(string(b[1:5]), 16, 16)
		if err != nil || n >= 0xD800 && n < 0xE000 { // one of a pair
			return 0
		}
		return 5
	}
	return 0
}

// unescaped returns a string without its escapes, each of which is known.
func unescaped(b []byte) ([]byte, bool) {
	plain := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			plain = append(plain, b[i])
			continue
		}
		i++
		switch c := b[i]; c {
		case 'b':
			plain = append(plain, '\b')
		case 'f':
			plain = append(plain, '\f')
		case 'n':
			plain = append(plain, '\n')
		case 'r':
			plain = append(plain, '\r')
		case 't':
			plain = append(plain, '\t')
		case 'u':
			n, err := strconv.ParseUint(string(b[i+1:i+5]), 16, 16)
			if err != nil {
				return nil, false
			}
			plain = utf8.AppendRune(plain, rune(n))
			i += 4
		default:
			plain = append(plain, c)
		}
	}
	return plain, true
}

// number reads a whole number of at most 18 digits.
func (r *reader) number() (n int64, ok bool) {
	c := r.skipSpace()
	negative := c == '-'
	if negative {
		r.at++
	}
	from := r.at
	for ; r.at < len(r.data) && r.data[r.at] >= '0' && r.data[r.at] <= '9'; r.at++ {
		if r.at-from == 18 {
			return 0, false
		}
		n = n*10 + int64(r.data[r.at]-'0')
	}
	if r.at == from || r.data[from] == '0' && r.at > from+1 || !r.ends() {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// ends reports whether a number can end here.
func (r *reader) ends() bool {
	if r.at == len(r.data) {
		return true
	}
	switch r.data[r.at] {
	case ',', '}', ']', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// deepest is how deep what is skipped may nest.
const deepest = 32

// skip skips a value, which is sound JSON.
func (r *reader) skip(depth int) bool {
	if depth > deepest {
		return false
	}
	switch c := r.skipSpace(); c {
	case '"':
		return r.skipString()
	case 'n':
		return r.literal("null")
	case 't':
		return r.literal("true")
	case 'f':
		return r.literal("false")
	case '{', '[':
		r.at++
		end := c + 2 // } or ]
		for first := true; ; first = false {
			more, ok := r.more(first, end)
			if !more || !ok {
				return ok
			}
			if c == '{' && !(r.skipString() && r.take(':')) || !r.skip(depth+1) {
				return false
			}
		}
	default:
		_, ok := r.number()
		return ok
	}
}
