// Command words checks that the comment of each word type names all its words, since go doc prints but the first constant
// of a type: of a type of text what its constants say, of a number their names. It prints what is left out, and fails then.
//
//	go run ./.ci/words [DIR...]
package main

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	types, wrong := 0, 0
	for _, dir := range os.Args[1:] {
		lacks, n, err := check(dir)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		types += n
		wrong += len(lacks)
		for _, text := range lacks {
			fmt.Println(text)
		}
	}
	fmt.Printf("%d types of words\n", types)
	if wrong > 0 || types == 0 {
		os.Exit(1)
	}
}

// check lists the types of a package whose comments leave out a word, and counts all of them.
func check(dir string) (lacks []string, n int, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, 0, err
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return nil, 0, err
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, dir)
	if err != nil {
		return nil, 0, err
	}
	for _, t := range p.Types {
		words := wordsOf(t)
		if len(words) < 2 {
			continue
		}
		n++
		text := strings.Join(strings.Fields(t.Doc), " ")
		var out []string
		for _, w := range words {
			if !strings.Contains(text, w) {
				out = append(out, w)
			}
		}
		if len(out) > 0 {
			lacks = append(lacks, fmt.Sprintf("%s: %s does not name %s", fset.Position(t.Decl.Pos()), t.Name, strings.Join(out, ", ")))
		}
	}
	return lacks, n, nil
}

// wordsOf are the texts of a type's constants, or their names where they are numbers.
func wordsOf(t *doc.Type) (words []string) {
	for _, group := range t.Consts {
		for _, spec := range group.Decl.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, name := range v.Names {
				word := name.Name
				if !name.IsExported() {
					continue
				}
				if i < len(v.Values) {
					if lit, ok := v.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if text, err := strconv.Unquote(lit.Value); err == nil && text != "" {
							word = text
						}
					}
				}
				words = append(words, word)
			}
		}
	}
	return words
}
