package order

import (
	"cmp"
	"iter"
	"reflect"
	"slices"
	"strings"
)

// fieldOf finds the field with the given key, its own before those of embedded
// structs, and lists the keys there are.
func fieldOf(t reflect.Type, key string) (index []int, known []string) {
	for f := range fields(t, false) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		name = cmp.Or(name, f.Name)
		if name == key {
			return f.Index, nil
		}
		known = append(known, name)
	}
	for f := range fields(t, true) {
		inner, more := fieldOf(structOf(f.Type), key)
		if inner != nil {
			return slices.Concat(f.Index, inner), nil
		}
		known = append(known, more...)
	}
	return nil, known
}

// fields are the fields of a struct that JSON sees: the embedded structs whose keys
// count as its own, or the others.
func fields(t reflect.Type, embedded bool) iter.Seq[reflect.StructField] {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			tag := f.Tag.Get("json")
			name, _, _ := strings.Cut(tag, ",")
			flat := f.Anonymous && name == "" && structOf(f.Type) != nil
			// What is not exported counts only as the way into an embedded struct.
			open := f.IsExported() || flat && f.Type.Kind() != reflect.Pointer
			if tag == "-" || flat != embedded || !open {
				continue
			}
			if !yield(f) {
				return
			}
		}
	}
}

// structOf is the struct that t is or points to, nil if none.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// fieldByIndex is the field of v, through embedded pointers that are made on the way.
func fieldByIndex(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}
