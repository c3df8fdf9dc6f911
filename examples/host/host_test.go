package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/examples/internal/golden"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/desk/desktest"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
)

// bodies lets the suite write what a later version would have written.
type bodies struct{ *store }

func (b bodies) Rewrite(_ context.Context, c order.CustomerID, r ledger.Ref, change func([]byte) []byte) error {
	b.Lock()
	defer b.Unlock()
	d := b.docs[key(c, r)]
	d.Body = change(d.Body)
	b.docs[key(c, r)] = d
	return nil
}

func openStore() ledger.Store {
	return bodies{&store{docs: map[[3]string]ledger.Record{}, leases: map[order.CustomerID]ledger.Due{}}}
}

// The host's own tests, a line each.
func TestStore(t *testing.T) { ledgertest.TestStore(t, openStore) }
func TestGateway(t *testing.T) {
	gatewaytest.TestGateway(t, func() (gateway.Gateway, gatewaytest.Vendor) {
		return &bank{confirmed: true, charges: map[string]gateway.Charge{}}, nil // its own side cannot be played
	})
}
func TestVerifier(t *testing.T) {
	signed := func(body, secret string) http.Header {
		return http.Header{"Bank-Signature": {sign([]byte(body), secret)}}
	}
	paid := `{"kind":"payment","customer":"c-7","payment":"p-1"}`
	gatewaytest.TestVerifier(t, &bank{secrets: []string{"s-2", "s-1"}}, gatewaytest.Notifications{
		Samples: []gatewaytest.Signed{
			{Header: signed(paid, "s-2"), Body: []byte(paid), Hints: []gateway.Hint{{Customer: "c-7", Payment: "p-1"}}},
			{Header: signed(`{"kind":"payout"}`, "s-2"), Body: []byte(`{"kind":"payout"}`)},
		},
		Sign:    func(body []byte, _ time.Time, secret string) http.Header { return signed(string(body), secret) },
		Secrets: []string{"s-2", "s-1"}, Retired: []string{"s-0"},
	})
}
func TestSimulate(t *testing.T) { desktest.Simulate(t, openStore, 30) }

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

// TestGuides: what the guides quote of the program is what stands there.
func TestGuides(t *testing.T) {
	var source []byte
	for _, name := range []string{"host.go", "verify.go", "find.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
	}
	for _, guide := range []string{"STORE.md", "GATEWAY.md"} {
		text, err := os.ReadFile("../../.github/" + guide)
		if err != nil {
			t.Fatal(err)
		}
		quoted := 0
		for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(text, -1) {
			if bytes.HasPrefix(block[1], []byte("func Test")) {
				continue // the host's own tests
			}
			quoted++
			if !bytes.Contains(source, block[1]) {
				t.Errorf("%s quotes what the program does not have:\n%s", guide, block[1])
			}
		}
		if quoted == 0 {
			t.Errorf("%s quotes nothing", guide)
		}
	}
}

func TestGolden(t *testing.T) { golden.Prints(t, "testdata/host.golden", run) }
