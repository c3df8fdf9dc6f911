package main

import (
	"os"
	"strings"
	"testing"
)

// README shows lines of the page, and what it prints.
func TestReadme(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	_, section, found := strings.Cut(read("../../README.md"), "\n## A plan by seats\n")
	section, _, ends := strings.Cut(section, "\n## ")
	if !found || !ends {
		t.Fatal("README.md has no such section")
	}
	page, printed, shown := read("main.go"), read("testdata/saas.golden"), ""
	for line := range strings.Lines(section) {
		code, indented := strings.CutPrefix(line, "    ")
		switch {
		case indented && strings.Contains(page, "\t"+code):
		case indented:
			shown += code
		}
	}
	if shown != printed {
		t.Errorf("README.md shows\n%swhich is not the page, and not what it prints:\n%s", shown, printed)
	}
}
