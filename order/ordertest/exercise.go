package ordertest

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// Exercise is a fuzz target that decodes values of the types of the given values from JSON
// and calls every exported method of each, with arguments that are sound and others that are
// not: no method may panic on a value that can be decoded. Methods named in but, such as
// "Query.Each", are left out. It fails where a package's exported types, in the current
// directory, have one that is not given and has methods.
func Exercise(f *testing.F, values []any, but ...string) {
	f.Helper()
	var types []reflect.Type
	for _, v := range values {
		types = append(types, reflect.TypeOf(v))
	}
	missing, err := notGiven(types, but)
	if err != nil {
		f.Fatal(err)
	}
	if len(missing) > 0 {
		f.Fatalf("types with methods that are not exercised: %s", strings.Join(missing, ", "))
	}
	for i, t := range types {
		for depth := range 3 {
			v := reflect.New(t)
			fillValue(v.Elem(), depth, depth)
			text, err := json.Marshal(v.Interface())
			if err != nil {
				text = []byte("null")
			}
			f.Add(uint8(i), text)
		}
		f.Add(uint8(i), []byte(`null`))
		f.Add(uint8(i), []byte(`{}`))
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		of := types[int(which)%len(types)]
		for kind := range 3 {
			v := reflect.New(of)
			if json.Unmarshal(text, v.Interface()) != nil {
				return
			}
			for i := range v.NumMethod() {
				name := of.Name() + "." + v.Type().Method(i).Name
				if !slices.Contains(but, name) {
					callMethod(t, name, v.Method(i), text, kind)
				}
			}
		}
	})
}

// notGiven names the exported types of the directory's package that have methods and are not
// among those given.
func notGiven(given []reflect.Type, but []string) (missing []string, err error) {
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
		if !slices.Contains(but, name) && !slices.ContainsFunc(given, func(t reflect.Type) bool { return t.Name() == name }) {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// callMethod calls a method with arguments of a kind, and goes through what it returns.
func callMethod(t *testing.T, name string, m reflect.Value, text []byte, kind int) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%s panics: %v", name, p)
		}
	}()
	in := make([]reflect.Value, m.Type().NumIn())
	for i := range in {
		in[i] = argument(m.Type().In(i), text, kind)
	}
	var out []reflect.Value
	if m.Type().IsVariadic() {
		out = m.CallSlice(in)
	} else {
		out = m.Call(in)
	}
	for _, r := range out {
		if r.Kind() == reflect.Func && !r.IsNil() && r.Type().NumIn() == 1 && r.Type().In(0).Kind() == reflect.Func { // a sequence
			r.Call([]reflect.Value{reflect.MakeFunc(r.Type().In(0), func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(true)} })})
			continue
		}
		if r.CanInterface() {
			_ = fmt.Sprint(r.Interface())
		}
	}
}

// argument makes an argument: nothing, what the text says or what is sound, what is odd.
func argument(of reflect.Type, text []byte, kind int) reflect.Value {
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
		fillValue(v.Elem(), kind, 1)
	case kind == 1:
		if of.Kind() != reflect.Interface && json.Unmarshal(text, v.Addr().Interface()) != nil {
			v.SetZero()
		}
		if v.IsZero() {
			fillValue(v, 1, 1)
		}
	case kind == 2:
		fillValue(v, 2, 2)
	}
	return v
}

// fillValue sets what can be set: with 0 nothing, with 1 to what is plain, with 2 to what is odd.
func fillValue(v reflect.Value, odd, depth int) {
	if odd == 0 || depth > 8 || !v.CanSet() {
		return
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		at := time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)
		if odd == 2 {
			at = time.Date(9999, 12, 31, 23, 59, 59, 999, time.FixedZone("odd", -18*60*60))
		}
		v.Set(reflect.ValueOf(at))
		return
	}
	if u, ok := v.Addr().Interface().(json.Unmarshaler); ok && odd == 1 {
		for _, word := range []string{`{"amount":"12.30","currency":"USD"}`, `"0.85"`} {
			if u.UnmarshalJSON([]byte(word)) == nil {
				return
			}
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"", "x-1", "\x00;=" + strings.Repeat("ä", 70)}[odd])
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt([]int64{0, 1, math.MinInt64}[odd])
		if odd == 2 && v.Kind() != reflect.Int64 && v.Kind() != reflect.Int {
			v.SetInt(-1)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint([]uint64{0, 1, 255}[odd])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillValue(v.Field(i), odd, depth+1)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fillValue(v.Index(i), odd, depth+1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), odd, depth+1)
	}
}
