package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duebook/duebook/payment/sqlstore/internal/server"
)

// TestPage: the page prints the same on a file and on a server as examples/saas does in memory.
func TestPage(t *testing.T) {
	want, err := os.ReadFile("../../../../examples/saas/testdata/saas.golden")
	if err != nil {
		t.Fatal(err)
	}
	pg, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := pg.Stop(); err != nil {
			t.Error(err)
		}
	}()
	for name, db := range map[string]string{"a file": filepath.Join(t.TempDir(), "saas.db"), "a server": "postgres://postgres@/postgres?port=5432&host=" + pg.Dir()} {
		var got bytes.Buffer
		if err := run(context.Background(), &got, db); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-in memory +here):\n%s", name, diff)
		}
	}
}
