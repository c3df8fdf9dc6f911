package renewal_test

import (
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
	"github.com/duebook/duebook/renewal/renewaltest"
	"pgregory.net/rapid"
)

// Q1: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzQ1_Decoded(f *testing.F) {
	ordertest.Exercise(f, nil,
		renewaltest.Resource(), renewaltest.Policy(), ordertest.Term(), ordertest.Instant(), ordertest.Money(order.USD),
		rapid.Map(renewaltest.Resource(), func(r renewal.Resource) renewal.Position { return r.Position() }),
		rapid.Map(renewaltest.Resource(), func(r renewal.Resource) renewal.Period {
			return renewal.Period{Start: r.Start, Expiry: r.Expiry, Term: order.Term{N: 1, Unit: order.Month}}
		}),
		*new(renewal.Attempts), *new(renewal.Auto), *new(renewal.Bought), *new(renewal.Change), *new(renewal.Ending),
		*new(renewal.ExportError), *new(renewal.Extension), *new(renewal.Fraction), *new(renewal.Keep), *new(renewal.RefundPolicy),
		*new(renewal.Mode), *new(renewal.MoveError), *new(renewal.Part), *new(renewal.Query), *new(renewal.Refund), *new(renewal.Row),
		*new(renewal.Sold), *new(renewal.State), *new(renewal.UnifiedDay), *new(renewal.UnifiedMonths),
	)
}
