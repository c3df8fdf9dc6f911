package ledger_test

import (
	"testing"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/ledger"
)

// P16: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzP16_Decoded(f *testing.F) {
	ordertest.Exercise(f, []any{
		*new(ledger.Change), *new(ledger.Claim), *new(ledger.ClaimState), *new(ledger.Entry), *new(ledger.Notice),
		*new(ledger.NoticeKind), *new(ledger.Of), *new(ledger.Outbox), *new(ledger.PublicCode), *new(ledger.Records),
		*new(ledger.Violation),
	}, "Tx", "Table")
}
