package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file anew")

func TestGolden(t *testing.T) {
	const path = "testdata/crash.golden"
	var got bytes.Buffer
	if err := run(&got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("not what %s says (-want +got); -update writes it anew:\n%s", path, diff)
	}
}

// P16: in both scenes one capture, one receipt, and nothing broken.
func TestP16_OneCapture(t *testing.T) {
	var told bytes.Buffer
	if err := run(&told); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(told.String(), "captures at the gateway: 1; violations found: 0"); n != 2 {
		t.Errorf("%d of two scenes end well:\n%s", n, told.String())
	}
}
