package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"pgregory.net/rapid"
)

// P12: whatever a later version has added, at whatever depth, the body is refused, and the error says
// where: read and written back, it would be lost.
func TestP12_UnknownKeysAreRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		views, err := ledgertest.DrawKept().Draw(t, "kept").Customers[rapid.IntRange(0, 2).Draw(t, "customer")].Encode()
		if err != nil {
			t.Fatal(err)
		}
		if len(views) == 0 {
			return
		}
		v := rapid.SampledFrom(views).Draw(t, "record")
		opens := bytes.Count(v.Body, []byte("{"))
		n := rapid.IntRange(1, opens).Draw(t, "object")
		at := 0
		for range n {
			at += bytes.IndexByte(v.Body[at:], '{') + 1
		}
		rest := "," + string(v.Body[at:])
		if v.Body[at] == '}' {
			rest = rest[1:]
		}
		value := rapid.SampledFrom([]string{`null`, `{"a":[1]}`, `"x"`, `[]`}).Draw(t, "value")
		v.Body = json.RawMessage(string(v.Body[:at]) + `"tomorrow":` + value + rest)
		var r ledger.Records
		err = r.Decode(v)
		var where *order.DecodeError
		if !errors.As(err, &where) || !errors.Is(err, order.ErrInvalid) || !strings.Contains(err.Error(), "tomorrow") || len(r.Views()) > 0 {
			t.Fatalf("%s\nis read: %v", v.Body, err)
		}
		if n == 1 && (where.Field != "tomorrow" || !strings.Contains(err.Error(), "a newer one wrote it, so update this one")) {
			t.Fatalf("%v", err)
		}
	})
}

// P12: what earlier schemas had, and this one has not, is read on.
func TestP12_RetiredKeys(t *testing.T) {
	const bill = `{"schema":1,"customer":"c","month":"2026-01","state":"open","charges":{"amount":"5.00","currency":"USD"},"credits":{"amount":"1.00","currency":"USD"},` +
		`"carried":{"amount":"-2.00","currency":"USD"}}`
	var r ledger.Records
	err := r.Decode(ledger.Record{Customer: "c", Ref: ledger.Ref{Kind: ledger.KindBill, ID: "2026-01/USD"}, Body: json.RawMessage(bill)})
	if err != nil || r.Bills[0].Credits != order.Minor(300, order.USD) {
		t.Errorf("%+v, %v", r.Bills, err)
	}
	err = new(ledger.Records).Decode(ledger.Record{Customer: "c", Ref: ledger.Ref{Kind: ledger.KindTally, ID: "n"}, Body: json.RawMessage(`{"schema":1,"customer":"c","name":"n","carried":null}`)})
	if err == nil || !strings.Contains(err.Error(), "carried") {
		t.Errorf("of another kind: %v", err)
	}
}
