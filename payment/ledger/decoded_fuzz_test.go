package ledger_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"pgregory.net/rapid"
)

// P16: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzP16_Decoded(f *testing.F) {
	records := rapid.Map(ledgertest.DrawKept(), func(k ledgertest.Kept) ledger.Records { return k.Customers[0] })
	ordertest.Exercise(f, map[string]string{
		"Tx":     "is made by Begin alone, and is never decoded",
		"Locks":  "is made by a store, and is never decoded",
		"Recall": "is made by Tx alone, and is never decoded",
		"Table":  "is a set of functions",
	},
		rapid.Just(ledger.Missing{Ask: ledger.AskAll("alice")}),
		records, rapid.Map(records, func(r ledger.Records) ledger.Change { return ledger.Change{Customer: "alice", Put: r} }),
		first(records, func(r ledger.Records) []ledger.Entry { return r.Entries }), first(records, func(r ledger.Records) []ledger.Notice { return r.Notices }),
		first(records, func(r ledger.Records) []ledger.Claim { return r.Claims }), first(records, func(r ledger.Records) []ledger.PublicCode { return r.Codes }),
		first(records, func(r ledger.Records) []ledger.Outbox { return r.Outboxes }),
		first(records, func(r ledger.Records) []ledger.CreditBalance { return r.Credits }), *new(ledger.CreditState), ledger.Instrument{Tries: make([]time.Time, 20)},
		*new(ledger.ClaimState), *new(ledger.NoticeKind), *new(ledger.NoticeState), *new(ledger.ListQuery), *new(ledger.Cursor), *new(ledger.Of), *new(ledger.Record), *new(ledger.Violation),
	)
}

// first draws the first record of a kind.
func first[T any](records *rapid.Generator[ledger.Records], of func(ledger.Records) []T) *rapid.Generator[T] {
	return rapid.Map(records, func(r ledger.Records) (v T) {
		if all := of(r); len(all) > 0 {
			return all[0]
		}
		return v
	})
}
