package desk_test

import (
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"pgregory.net/rapid"
)

// P16: no exported method panics on a value that can be decoded, whatever else is wrong
// with it.
func FuzzP16_Decoded(f *testing.F) {
	ordertest.Exercise(f, map[string]string{
		"CheckFunc": "is a function of the host",
		"Desk":      "is made of a host's interfaces; the simulator and TestP16_FaultAtEachCall call its methods",
	},
		rapid.Map(ordertest.Drafts(order.FlowCharge, 1, 3), func(ds []order.Draft) desk.PlaceRequest {
			return desk.PlaceRequest{Drafts: ds}
		}),
		rapid.Map(ordertest.Move(), func(m order.Move) desk.MoveRequest {
			return desk.MoveRequest{Event: m.Event, Reason: m.Reason}
		}),
		rapid.Map(ledgertest.DrawKept(), func(k ledgertest.Kept) desk.Case {
			r := k.Customers[0].Written()
			c := desk.Case{Customer: payment.Customer{Gateway: "g"}, By: "u", Asked: ledger.AskAll(""), Records: r, Prices: monthly{}}
			for i := range r.Orders {
				c.Customer.ID, c.At = r.Orders[i].Customer, r.Orders[i].Changed
			}
			c.Asked.Customer = c.Customer.ID
			return c
		}),
		*new(desk.BuyRequest), *new(desk.Checks), *new(desk.Decision), *new(desk.DepositRequest), *new(desk.ProvideRequest), *new(desk.RenewRequest), *new(desk.ResolveRequest), *new(desk.List), *new(desk.ListRequest),
		*new(desk.UnsubscribeRequest), *new(desk.PayOutRequest), *new(desk.SettleCreditRequest), *new(desk.ResolveNoticeRequest), *new(desk.ResolveBillRequest), *new(desk.RefundTopUpRequest),
		*new(desk.ChangeRequest),
	)
}
