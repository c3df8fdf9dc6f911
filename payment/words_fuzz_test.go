package payment_test

import (
	"encoding"
	"encoding/json"
	"errors"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// readWord reads a text as a word of a closed set: it is refused and nothing is written, or
// it is that word, and its JSON form is read as the same.
func readWord[T ~string, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, text string) {
	before := T("before")
	w := before
	if err := P(&w).UnmarshalText([]byte(text)); err != nil {
		if w != before || !errors.Is(err, order.ErrInvalid) {
			t.Fatalf("%T %q: refused with %v, and it is %q", w, text, err, w)
		}
		return
	}
	if string(w) != text {
		t.Fatalf("%T %q is read as %q", w, text, w)
	}
	body, err := json.Marshal(w)
	again := before
	if err == nil {
		err = json.Unmarshal(body, &again)
	}
	if err != nil || again != w {
		t.Fatalf("%T %q is written as %s, and read as %q: %v", w, text, body, again, err)
	}
}

// FuzzP12_Words: states and the other closed words are read strictly.
func FuzzP12_Words(f *testing.F) {
	for _, text := range []string{"", " ", "paid", "Paid", "succeeded", "succeeded\n", "review", "done", "due", "open", "captured", "not found", "not  found",
		"again", "approved", "will be released", "balance", "own", "reseller", "cash", "debit", "quota", string(payment.ReasonNoOrder), "2026-11", "2026-13", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		readWord[payment.PaymentState](t, text)
		readWord[payment.RefundState](t, text)
		readWord[payment.BillState](t, text)
		readWord[ledger.ClaimState](t, text)
		readWord[gateway.Status](t, text)
		readWord[desk.Decision](t, text)
		readWord[ledger.NoticeKind](t, text)
		readWord[payment.Method](t, text)
		readWord[payment.AccountType](t, text)
		readWord[payment.Association](t, text)
		readWord[payment.Fund](t, text)
		readWord[payment.Funding](t, text)
		readWord[payment.Fault](t, text)
		readWord[payment.Reason](t, text)
		readWord[payment.Month](t, text)
	})
}
