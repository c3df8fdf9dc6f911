package order_test

import (
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// T1: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzT1_Decoded(f *testing.F) {
	ordertest.Exercise(f, []any{
		*new(order.AmountError), *new(order.Bill), *new(order.Charge), *new(order.Clock), *new(order.Currency),
		*new(order.CurrencyError), *new(order.Cursor), *new(order.CustomerID), *new(order.Date), *new(order.DecodeError),
		*new(order.Event), *new(order.Explanation), *new(order.ExportError), *new(order.FieldError), *new(order.ID), *new(order.Lapse),
		*new(order.Line), *new(order.Listing), *new(order.Lock), *new(order.Money), *new(order.Move), *new(order.MoveError),
		*new(order.Order), *new(order.Parts), *new(order.PaymentID), *new(order.Policy), *new(order.ProjectID), *new(order.Purchase),
		*new(order.PurchaseID), *new(order.Query), *new(order.Rate), *new(order.Reason), *new(order.Reduction),
		*new(order.ReductionError), *new(order.ResourceError), *new(order.RefundID), *new(order.ResourceID), *new(order.Rounding), *new(order.State),
		*new(order.Term), *new(order.Terms), *new(order.Type), *new(order.Unit), *new(order.Window),
	})
}
