package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/duebook/duebook/examples/internal/golden"
)

func TestGolden(t *testing.T) { golden.Prints(t, "testdata/crash.golden", run) }

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
