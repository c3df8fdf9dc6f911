package ordertest

import (
	"context"
	"encoding"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Exercise is a fuzz target that decodes values from JSON and calls every exported method of
// each, with arguments that are valid, odd, or valid in part: no method may panic on a value
// that can be decoded. Each value given is a value of the type to exercise or a
// *rapid.Generator of such values; what is drawn from it is decoded too, and is handed to
// methods that take its type. The types and methods named in but, such as "Query.Each", are
// left out, each with its reason. Exercise fails if an exported type of the package in the
// current directory has methods and is neither given nor left out.
func Exercise(f *testing.F, but map[string]string, values ...any) {
	f.Helper()
	var types []reflect.Type
	drawn := make(samples)
	for _, v := range values {
		types = append(types, drawn.take(v))
	}
	missing, err := notGiven(types, but)
	if err != nil {
		f.Fatal(err)
	}
	if len(missing) > 0 {
		f.Fatalf("types with methods that are not exercised: %s", strings.Join(missing, ", "))
	}
	words, err := constants()
	if err != nil {
		f.Fatal(err)
	}
	texts := map[reflect.Type][]string{nil: append(words, oddTexts...)}
	random := rand.New(rand.NewPCG(1, 1))
	for i, t := range types {
		for _, text := range append(slices.Clone(drawn[t]), slices.Repeat([][]byte{nil}, 24)...) {
			choices := make([]byte, 512)
			for i := range choices {
				choices[i] = byte(random.Uint32())
			}
			f.Add(uint8(i), text, choices)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, text, bytes []byte) {
		of, c := types[int(which)%len(types)], choices{bytes, drawn, texts}
		if len(text) == 0 {
			v := reflect.New(of)
			c.fill(v.Elem(), 0)
			if text, err = json.Marshal(v.Interface()); err != nil {
				return
			}
		}
		for i := range reflect.PointerTo(of).NumMethod() {
			v := reflect.New(of)
			if json.Unmarshal(text, v.Interface()) != nil {
				return
			}
			name := of.Name() + "." + v.Type().Method(i).Name
			if _, out := but[name]; !out {
				callMethod(t, name, v.Method(i), &c)
			}
		}
	})
}

// samples are drawn values by their type, as JSON.
type samples map[reflect.Type][][]byte

// take keeps what a generator draws, or a value that is not zero, and returns its type.
func (s samples) take(given any) reflect.Type {
	v := reflect.ValueOf(given)
	keep := func(v reflect.Value) {
		if text, err := json.Marshal(v.Interface()); err == nil && !v.IsZero() {
			s[v.Type()] = append(s[v.Type()], text)
		}
	}
	example := v.MethodByName("Example")
	if !example.IsValid() {
		keep(v)
		return v.Type()
	}
	for seed := range 8 {
		keep(example.Call([]reflect.Value{reflect.ValueOf(seed)})[0])
	}
	return example.Type().Out(0)
}

// notGiven names the exported types of the directory's package that have methods and are not
// among those given.
func notGiven(given []reflect.Type, but map[string]string) (missing []string, err error) {
	paths, err := filepath.Glob("*.go")
	if err != nil {
		return nil, err
	}
	methods := make(map[string]bool)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || !fn.Name.IsExported() {
				continue
			}
			t := fn.Recv.List[0].Type
			if p, ok := t.(*ast.StarExpr); ok {
				t = p.X
			}
			if id, ok := t.(*ast.Ident); ok && id.IsExported() {
				methods[id.Name] = true
			}
		}
	}
	for name := range methods {
		if _, out := but[name]; !out && !slices.ContainsFunc(given, func(t reflect.Type) bool { return t.Name() == name }) {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// constants returns the texts of all constants of the module: the words of its closed sets are
// among them.
func constants() (words []string, err error) {
	root, err := filepath.Abs(".")
	if err != nil {
		return nil, err
	}
	for root != filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Dir(root)
	}
	err = filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
				ast.Inspect(g, func(n ast.Node) bool {
					if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if word, err := strconv.Unquote(lit.Value); err == nil {
							words = append(words, word)
						}
					}
					return true
				})
			}
		}
		return nil
	})
	slices.Sort(words)
	return slices.Compact(words), err
}

// callMethod calls a method with arguments as chosen, and goes through what it returns.
func callMethod(t *testing.T, name string, m reflect.Value, c *choices) {
	t.Helper()
	in := make([]reflect.Value, m.Type().NumIn())
	for i := range in {
		in[i] = c.argument(m.Type().In(i))
	}
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%s panics: %v\n%s", name, p, debug.Stack())
		}
	}()
	var out []reflect.Value
	if m.Type().IsVariadic() {
		out = m.CallSlice(in)
	} else {
		out = m.Call(in)
	}
	for _, r := range out {
		if isSequence(r) {
			r.Call([]reflect.Value{reflect.MakeFunc(r.Type().In(0), func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(true)} })})
			continue
		}
		if r.CanInterface() {
			_ = fmt.Sprint(r.Interface())
		}
	}
}

// choices makes values as bytes say, one choice a byte; when they are used up, the first of
// each.
type choices struct {
	rest  []byte
	drawn samples
	texts map[reflect.Type][]string // all under nil
}

// of chooses one of n.
func (c *choices) of(n int) int {
	if len(c.rest) == 0 {
		return 0
	}
	b := c.rest[0]
	c.rest = c.rest[1:]
	return int(b) % n
}

// argument makes an argument: no nil where a pointer or a function is asked for.
func (c *choices) argument(of reflect.Type) reflect.Value {
	v := reflect.New(of).Elem()
	switch {
	case of == reflect.TypeFor[context.Context]():
		v.Set(reflect.ValueOf(context.Background()))
	case of == reflect.TypeFor[io.Writer]():
		v.Set(reflect.ValueOf(io.Discard))
	case of.Kind() == reflect.Func:
		v.Set(reflect.MakeFunc(of, func([]reflect.Value) []reflect.Value {
			outs := make([]reflect.Value, of.NumOut())
			for i := range outs {
				outs[i] = reflect.Zero(of.Out(i))
			}
			return outs
		}))
	case of.Kind() == reflect.Pointer:
		v.Set(reflect.New(of.Elem()))
		c.fill(v.Elem(), 0)
	default:
		c.fill(v, 0)
	}
	return v
}

var (
	oddTexts = []string{"x-1", "", "USD", "JPY", "12.30 USD", "0.10 USD", "-1.00 USD", "0.85", "1", "2024-03", "2024-02-29", "23:59:59", "\x00;=" + strings.Repeat("ä", 70)}
	numbers  = []int64{0, 1, 2, -1, 3, 7, 31, 200, math.MaxInt32, math.MaxInt64, math.MinInt64}
	instants = []time.Time{{}, time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC), time.Date(2024, 3, 1, 0, 0, 0, 1, time.FixedZone("", 8*60*60)),
		time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999, time.FixedZone("odd", -18*60*60))}
)

// read returns the texts that a type reads.
func (c *choices) read(of reflect.Type) []string {
	read, known := c.texts[of]
	if !known {
		for _, text := range c.texts[nil] {
			if reflect.New(of).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)) == nil {
				read = append(read, text)
			}
		}
		c.texts[of] = read
	}
	return read
}

// fill sets what can be set: to what was drawn, to a text that the type reads, or part by part.
func (c *choices) fill(v reflect.Value, depth int) {
	if depth > 6 || !v.CanSet() {
		return
	}
	if drawn := c.drawn[v.Type()]; len(drawn) > 0 && c.of(2) == 0 {
		if json.Unmarshal(drawn[c.of(len(drawn))], v.Addr().Interface()) != nil {
			v.SetZero()
		}
		return
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(instants[c.of(len(instants))]))
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if read := c.read(v.Type()); len(read) > 0 && u.UnmarshalText([]byte(read[c.of(len(read))])) != nil {
			v.SetZero()
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(oddTexts[c.of(len(oddTexts))])
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if n := numbers[c.of(len(numbers))]; !v.OverflowInt(n) {
			v.SetInt(n)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(c.of(256)))
	case reflect.Bool:
		v.SetBool(c.of(2) == 1)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.fill(v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), c.of(4), 4))
		for i := range v.Len() {
			c.fill(v.Index(i), depth+1)
		}
	case reflect.Pointer:
		if c.of(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			c.fill(v.Elem(), depth+1)
		}
	}
}

// isSequence reports whether v is a sequence to range over: a function that takes a yield.
func isSequence(v reflect.Value) bool {
	if v.Kind() != reflect.Func || v.IsNil() {
		return false
	}
	return v.Type().NumIn() == 1 && v.Type().In(0).Kind() == reflect.Func
}
