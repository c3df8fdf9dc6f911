package ordertest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Published is what a preset comes to, beside what is published of it: the preset's function,
// the field of the policy, as "BillDay" or "Leaving.Used", who publishes it, one of the
// sources, what it comes to, and what is published. A field may have several rows.
type Published [5]string

// sources are who publishes a number, and "ours" where nobody does: a number that no page
// has, or that is read into one.
var sources = []string{
	"H20",  // Huawei Cloud, "Paying an Order", 2020
	"H24",  // Huawei Cloud, "Paying Yearly/Monthly Product Orders (Old)", 2024
	"H25",  // Huawei Cloud, "Paying for Orders", 2025
	"HCN",  // Huawei Cloud, public-utility platform: orders and renewals
	"HC",   // Huawei Cloud, other pages of the billing centre
	"A",    // Alibaba Cloud
	"T",    // Tencent Cloud
	"B25",  // Baidu AI Cloud, "Order Management", 2025
	"B",    // Baidu AI Cloud, other pages
	"S",    // Stripe
	"M",    // Microsoft
	"ours", // no page
}

// CheckPublished fails where a preset comes to something else than is published, where a row
// names none of the sources, and where a row is missing: of a preset of the package in the
// current directory, which are its functions that return a Policy alone; of a field that one
// sets; and of the fields in always, which count something at their zero too.
func CheckPublished(t testing.TB, presets map[string]any, rows []Published, always ...string) {
	t.Helper()
	for _, name := range presetsHere(t) {
		if presets[name] == nil {
			t.Errorf("preset %s is not checked", name)
		}
	}
	for name, policy := range presets {
		for _, field := range append(setFields("", reflect.ValueOf(policy)), always...) {
			if !slices.ContainsFunc(rows, func(r Published) bool { return r[0] == name && r[1] == field }) {
				t.Errorf("%s: no row says who publishes its %s, or that it is ours", name, field)
			}
		}
	}
	for _, r := range rows {
		preset, field, source, got, want := r[0], r[1], r[2], r[3], r[4]
		switch {
		case presets[preset] == nil:
			t.Errorf("there is no preset %s", preset)
		case !slices.Contains(sources, source):
			t.Errorf("%s %s: %q is no source: name one of %s", preset, field, source, strings.Join(sources, ", "))
		case got != want:
			t.Errorf("%s %s: %s, and %s says %s", preset, field, got, source, want)
		}
	}
}

// setFields names the fields of a policy that are not zero, those of a part by its name and
// theirs; policies of other packages are left to these.
func setFields(under string, v reflect.Value) (names []string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		foreign := under == "" && f.Type.Name() == "Policy" // of another package
		switch {
		case !f.IsExported() || v.Field(i).IsZero() || foreign:
		case under == "" && f.Type.Kind() == reflect.Struct:
			names = append(names, setFields(f.Name+".", v.Field(i))...)
		default:
			names = append(names, under+f.Name)
		}
	}
	return names
}

func presetsHere(t testing.TB) (names []string) {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() {
				continue
			}
			if fn.Type.Params.NumFields() != 0 || fn.Type.Results.NumFields() != 1 {
				continue
			}
			if id, ok := fn.Type.Results.List[0].Type.(*ast.Ident); ok && id.Name == "Policy" {
				names = append(names, fn.Name.Name)
			}
		}
	}
	return names
}
