// Package quick reads JSON that this library wrote, and writes it, several times as fast as
// encoding/json: with a table of fields that is made once for each type, and an allocation for what needs
// one alone.
//
// It writes what encoding/json writes, byte for byte. It reads what it surely understands as
// encoding/json does, and nothing else: at a key that is not known, is written in another case or twice,
// at an escape of more than one unit, at a type that it has no form for, such as a map, at any error and
// at whatever follows the value it gives up, and says so, as it does where a value cannot be written.
// Whoever calls it then uses encoding/json, which decides, and says what is wrong. Values that read or
// write themselves, as json.Unmarshaler or encoding.TextMarshaler do, are asked to.
package quick

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Of reads and writes values of T. Its zero value does too, and copies each word that it reads.
type Of[T any] struct {
	words []string
	once  sync.Once
	root  *plan
}

// New returns a reader of T that has no copy made of words of this list, as states are, where a type
// that reads text takes them as they are.
func New[T any](words ...string) *Of[T] { return &Of[T]{words: words} }

// Read reads an object with the members of T, and the number of one more member, schema, into x,
// which is the zero value. Where it returns false it has given up, and x may be half read.
func (o *Of[T]) Read(data []byte, x *T) (schema int, ok bool) {
	root := o.plan()
	if root.form != formStruct {
		return 0, false
	}
	r := reader{data: data, root: root}
	ok = r.members(root, reflect.ValueOf(x).Elem()) && r.skipSpace() == 0 && r.at == len(data)
	return r.schema, ok
}

func (o *Of[T]) plan() *plan {
	o.once.Do(func() {
		c := compiler{words: o.words, made: make(map[reflect.Type]*plan)}
		o.root = c.plan(reflect.TypeFor[T]())
	})
	return o.root
}

// form is how a value is read.
type form uint8

const (
	formOther   form = iota // by encoding/json
	formJSON                // by itself, from JSON
	formText                // by itself, from text
	formWord                // so too, and is a string
	formString              //
	formInt                 //
	formUint                //
	formBool                //
	formStruct              // an object
	formSlice               // a list
	formPointer             //
)

// plan is how values of a type are read and written.
type plan struct {
	form    form
	out     out
	of      reflect.Type
	id      uint8             // tells the types of texts apart
	elem    *plan             // of a list or a pointer
	fields  []field           // of an object
	written []int             // those, in the order in which they are written
	words   map[string]string // of a word: those that it takes as they are
}

type field struct {
	key   string
	in    []int // through embedded structs
	plan  *plan
	head  string // as it is written
	omits omits
}

type compiler struct {
	words []string
	made  map[reflect.Type]*plan
}

func (c *compiler) plan(t reflect.Type) *plan {
	if p := c.made[t]; p != nil {
		return p
	}
	p := &plan{of: t, id: uint8(len(c.made))}
	c.made[t] = p
	pointer := reflect.PointerTo(t)
	switch {
	case t.Kind() == reflect.Pointer:
		if p.elem = c.plan(t.Elem()); p.elem.form != formOther {
			p.form = formPointer
		}
	case pointer.Implements(reflect.TypeFor[json.Unmarshaler]()):
		p.form = formJSON
	case pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		p.form = formText
		if t.Kind() == reflect.String {
			p.form, p.words = formWord, c.taken(t)
		}
	case t.Kind() == reflect.String:
		p.form = formString
	case t.Kind() == reflect.Bool:
		p.form = formBool
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		p.form = formInt
	case t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64:
		p.form = formUint
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8: // which can be base64
		p.form, p.elem = formSlice, c.plan(t.Elem())
	case t.Kind() == reflect.Struct:
		var sure bool
		if p.fields, sure = c.fields(t); sure {
			p.form = formStruct
			p.written = inOrder(p.fields)
		}
	}
	p.out = p.outOf(t)
	return p
}

// inOrder returns the indexes of fields in the order in which the structs have them.
func inOrder(fields []field) []int {
	all := make([]int, len(fields))
	for i := range all {
		all[i] = i
	}
	slices.SortFunc(all, func(i, j int) int { return slices.Compare(fields[i].in, fields[j].in) })
	return all
}

// taken returns the words that a type which reads text takes as they are.
func (c *compiler) taken(t reflect.Type) map[string]string {
	taken := make(map[string]string)
	for _, w := range c.words {
		v := reflect.New(t)
		if v.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(w)) == nil && v.Elem().String() == w {
			taken[w] = w
		}
	}
	return taken
}

// most is how many fields of an object can be told apart.
const most = 64

// fields returns the fields of a struct as JSON sees them, its own, which hide others of the same key,
// before those of embedded structs; not sure where their tags ask for more than a name, or two that
// are not its own have one key.
func (c *compiler) fields(t reflect.Type) (all []field, sure bool) {
	var embedded []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if strings.Contains(options, "string") {
			return nil, false
		}
		if f.Anonymous && name == "" {
			if f.Type.Kind() != reflect.Struct {
				return nil, false
			}
			inner, sure := c.fields(f.Type)
			if !sure {
				return nil, false
			}
			for _, x := range inner {
				x.in = append([]int{i}, x.in...)
				embedded = append(embedded, x)
			}
			continue
		}
		if !f.IsExported() {
			continue
		}
		if name == "" {
			name = f.Name
		}
		all = append(all, field{key: name, in: []int{i}, plan: c.plan(f.Type), head: strconv.Quote(name) + ":", omits: omitsOf(f.Type, options)})
	}
	keys := make(map[string]bool)
	for _, f := range all {
		if keys[f.key] {
			return nil, false
		}
		keys[f.key] = true
	}
	own := len(all)
	for _, f := range embedded {
		switch before := slices.IndexFunc(all, func(g field) bool { return g.key == f.key }); {
		case before >= own:
			return nil, false
		case before < 0: // else it is hidden
			all = append(all, f)
		}
	}
	return all, len(all) <= most
}

// find returns the index of the field with a key, looking on from where the one before was found:
// fields are written in their order.
func (p *plan) find(key []byte, from int) int {
	n := len(p.fields)
	for i := from; i < n; i++ {
		if p.fields[i].key == string(key) {
			return i
		}
	}
	return slices.IndexFunc(p.fields[:min(from, n)], func(f field) bool { return f.key == string(key) })
}
