// Command figures prints what can be measured of the house: for each library package its files, exported names, functions
// and conditions, and how many arrows between its files run back up; then what is over the house's measure.
//
//	go run ./.ci/figures
package main

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	mostNames    = 150 // types, functions, constants and variables of a package; methods not counted
	mostLines    = 60
	mostBranches = 15
	mostParts    = 3 // of one condition
)

var packages = []string{"order", "discount", "coupon", "renewal", "payment", "payment/vendor", "payment/gateway", "payment/ledger", "payment/desk", "payment/paymenthttp", "payment/inmem"}

func main() {
	fset := token.NewFileSet()
	from := importer.ForCompiler(fset, "source", nil)
	fmt.Printf("%-16s %5s %6s %6s  %-14s %-14s %10s  %6s %5s\n", "package", "files", "lines", "names", "lines/function", "branches", "conditions", "arrows", "back")
	fmt.Printf("%-16s %5s %6s %6s  %-14s %-14s %10s  %6s %5s\n", "", "", "", "", "p50/p90/max", "p50/p90/max", "of 4+", "", "")
	var found, back []string
	for _, dir := range packages {
		p, err := read(fset, from, dir)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%-16s %5d %6d %6d  %-14s %-14s %10d  %6d %5d\n", dir, len(p.files), p.lines, p.names, spread(p.length), spread(p.branches), p.conditions, p.arrows, p.back)
		if p.names > mostNames && dir != "order" {
			found = append(found, fmt.Sprintf("%s exports %d names", dir, p.names))
		}
		found = append(found, p.long...)
		back = append(back, p.up...)
	}
	fmt.Printf("\nOver %d names, %d lines, %d branches or three parts of a condition:\n", mostNames, mostLines, mostBranches)
	for _, text := range found {
		fmt.Println("  " + text)
	}
	fmt.Println("\nArrows that run back up:")
	slices.Sort(back)
	for _, text := range back {
		fmt.Println("  " + text)
	}
}

// pack is what is measured of a package.
type pack struct {
	files            []*ast.File
	lines, names     int
	length, branches []int
	conditions       int // with more parts than mostParts
	arrows, back     int
	long             []string // functions that are long or branch much, and conditions of many parts
	up               []string // the arrows that run back
}

func read(fset *token.FileSet, from types.Importer, dir string) (p pack, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return p, err
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return p, err
		}
		p.files = append(p.files, file)
		p.lines += fset.Position(file.End()).Line
	}
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	own, err := (&types.Config{Importer: from}).Check("github.com/duebook/duebook/"+dir, fset, p.files, info)
	if err != nil {
		return p, err
	}
	for _, name := range own.Scope().Names() {
		if ast.IsExported(name) {
			p.names++
		}
	}
	for _, file := range p.files {
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				p.measure(fset, fn)
			}
		}
	}
	p.draw(fset, own, info)
	slices.Sort(p.length)
	slices.Sort(p.branches)
	return p, nil
}

// measure counts the lines and branches of a function.
func (p *pack) measure(fset *token.FileSet, fn *ast.FuncDecl) {
	lines := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1
	branches := 1
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			branches++
		case *ast.CaseClause:
			if n.List != nil {
				branches++
			}
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				branches++
			}
		}
		if s, ok := n.(*ast.IfStmt); ok && parts(s.Cond) > mostParts {
			p.conditions++
			p.long = append(p.long, fmt.Sprintf("%s: a condition of %d parts", fset.Position(s.Pos()), parts(s.Cond)))
		}
		return true
	})
	p.length, p.branches = append(p.length, lines), append(p.branches, branches)
	if lines > mostLines || branches > mostBranches {
		at := fset.Position(fn.Pos())
		p.long = append(p.long, fmt.Sprintf("%s:%d: %s has %d lines, %d branches", at.Filename, at.Line, fn.Name.Name, lines, branches))
	}
}

// parts counts what a condition joins.
func parts(e ast.Expr) int {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return parts(e.X)
	case *ast.UnaryExpr:
		return parts(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			return parts(e.X) + parts(e.Y)
		}
	}
	return 1
}

// draw counts the arrows from each file to the others whose names it uses, and how many run
// back up when the files are put into an order that leaves few: those that others use alone
// come last, those that use others alone first, and between them who uses more than is used.
func (p *pack) draw(fset *token.FileSet, own *types.Package, info *types.Info) {
	type arrow struct{ from, to string }
	arrows := make(map[arrow]bool)
	for id, obj := range info.Uses {
		if obj.Pkg() != own || !obj.Pos().IsValid() {
			continue
		}
		a := arrow{fset.Position(id.Pos()).Filename, fset.Position(obj.Pos()).Filename}
		if a.from != a.to {
			arrows[a] = true
		}
	}
	p.arrows = len(arrows)
	left := make(map[string]bool)
	for a := range arrows {
		left[a.from], left[a.to] = true, true
	}
	count := func(f string) (out, in int) {
		for a := range arrows {
			if left[a.from] && left[a.to] {
				if a.from == f {
					out++
				}
				if a.to == f {
					in++
				}
			}
		}
		return out, in
	}
	var first, last []string
	for len(left) > 0 {
		next, most, end := "", 0, false
		for _, f := range sorted(left) {
			out, in := count(f)
			switch {
			case out == 0:
				next, end = f, true
			case !end && (next == "" || in == 0 || out-in > most):
				next, most = f, out-in
				if in == 0 {
					most = len(arrows)
				}
			}
			if end {
				break
			}
		}
		if delete(left, next); end {
			last = append([]string{next}, last...)
		} else {
			first = append(first, next)
		}
	}
	order := append(first, last...)
	for a := range arrows {
		if slices.Index(order, a.from) > slices.Index(order, a.to) {
			p.back++
			p.up = append(p.up, a.from+" -> "+filepath.Base(a.to))
		}
	}
}

func sorted(set map[string]bool) (all []string) {
	for s := range set {
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

func spread(of []int) string {
	if len(of) == 0 {
		return "-"
	}
	at := func(q float64) int { return of[int(q*float64(len(of)-1))] }
	return fmt.Sprintf("%d/%d/%d", at(.5), at(.9), at(1))
}
