package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/paymenttest"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file anew")

func openStore() payment.Store { return &store{docs: map[string]payment.Record{}} }

// The host's own tests, a line each.
func TestStore(t *testing.T) { paymenttest.TestStore(t, openStore) }
func TestGateway(t *testing.T) {
	paymenttest.TestGateway(t, func() payment.Gateway { return &bank{confirmed: true, charges: map[string]payment.Outcome{}} })
}
func TestSimulate(t *testing.T) { paymenttest.Simulate(t, openStore, 30) }

// TestPage: store, gateway and web handler are within 120 lines, beside comments and space.
func TestPage(t *testing.T) {
	source, err := os.ReadFile("host.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(source)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	if n > 120 {
		t.Errorf("host.go has %d lines", n)
	}
}

func TestGolden(t *testing.T) {
	const path = "testdata/host.golden"
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
