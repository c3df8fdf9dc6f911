package renewal_test

import (
	"testing"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
)

// Q1: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzQ1_Decoded(f *testing.F) {
	ordertest.Exercise(f, []any{
		*new(renewal.Attempts), *new(renewal.Auto), *new(renewal.Bought), *new(renewal.Change), *new(renewal.Ending),
		*new(renewal.ExportError), *new(renewal.Extension), *new(renewal.Fraction), *new(renewal.Keep), *new(renewal.Leaving),
		*new(renewal.Mode), *new(renewal.MoveError), *new(renewal.Part), *new(renewal.Period), *new(renewal.Policy),
		*new(renewal.Position), *new(renewal.Query), *new(renewal.Refund), *new(renewal.Resource), *new(renewal.Row),
		*new(renewal.State), *new(renewal.UnifiedDay),
	})
}
