package order_test

import (
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// T1: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzT1_Decoded(f *testing.F) {
	ordertest.Exercise(f, nil,
		ordertest.Order(), ordertest.Line(order.FlowCharge, order.USD), ordertest.Purchase(), ordertest.Move(), ordertest.Query(),
		ordertest.Policy(), ordertest.ReductionAt(time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)), ordertest.Term(), ordertest.Terms(), ordertest.Unit(),
		ordertest.Window(), ordertest.Money(order.USD), ordertest.Rate(), ordertest.Currency(), ordertest.ID[order.ID](),
		ordertest.ID[order.CustomerID](), ordertest.ID[order.PaymentID](), ordertest.ID[order.ProjectID](), ordertest.ID[order.PurchaseID](),
		ordertest.ID[order.RefundID](), ordertest.ID[order.ResourceID](), rapid.SampledFrom(ordertest.Events()),
		rapid.Map(ordertest.Order(), func(o order.Order) order.Parts { return order.Parts{Cash: o.Payable()} }),
		rapid.Map(ordertest.Instant(), func(at time.Time) order.Date { return order.DateOf(at) }),
		order.Opaque("pm_visa"), *new(order.AmountError), *new(order.Bill), *new(order.Charge), *new(order.Clock), *new(order.CurrencyError),
		*new(order.Cursor), *new(order.DecodeError), *new(order.Explanation), *new(order.ExportError), *new(order.FieldError),
		*new(order.Lapse), *new(order.Listing), *new(order.Lock), *new(order.MoveError), *new(order.Page), *new(order.Reason),
		*new(order.ReductionError), *new(order.ResourceError), *new(order.Rounding), *new(order.State), *new(order.Type),
	)
}
