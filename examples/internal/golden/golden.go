// Package golden holds what the examples print to files under testdata. With -update
// their tests write the files again.
package golden

import (
	"bytes"
	"flag"
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

// Prints reports where a program prints something else than the file says.
func Prints(t *testing.T, path string, program func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := program(&got); err != nil {
		t.Fatal(err)
	}
	Check(t, path, got.String())
}

// Check reports where a text differs from the file.
func Check(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s (-want +got); -update writes it again:\n%s", path, diff)
	}
}
