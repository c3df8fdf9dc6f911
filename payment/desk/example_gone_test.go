package desk_test

import (
	"context"
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

// What a host sees when the bank takes money back that was captured: the payment says how much is
// gone, the customer hears of it, and an order that fails then gives nothing back until the dispute
// is won, and an operator says so.
func ExampleDesk_Hint_takenBack() {
	ctx := context.Background()
	s := newShop(ctx)
	p, err := s.Pay(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodOnline})
	fmt.Println(p.State, err)

	bank := s.Gateways["cards"].(*inmem.Gateway)
	bank.Return(p.Key, p.Amount) // and the provider notifies the host
	p, err = s.Hint(ctx, gateway.Hint{Customer: "c-7", Payment: p.ID})
	fmt.Println(p.State, "with", p.Gone, "gone,", p.Left(), "left", err)

	_, err = s.Move(ctx, desk.MoveRequest{Customer: "c-7", By: "ann", Order: "CS1", Event: order.EventFail})
	parked, _ := s.List(ctx, desk.ListRequest{By: "ann", List: desk.ListParked})
	f := parked.Refunds[0]
	fmt.Println(f.State, f.Cash, err)

	bank.Return(p.Key, order.Minor(0, order.USD)) // the dispute is won
	p, _ = s.Hint(ctx, gateway.Hint{Customer: "c-7", Payment: p.ID})
	err = s.Resolve(ctx, desk.ResolveRequest{Customer: "c-7", By: "ann", Why: "dispute 4711 was won", Refund: f.ID, Decision: desk.DecisionAgain})
	o, _ := s.Order(ctx, "c-7", "CS1")
	fmt.Println(p.Left(), "left,", "order", o.State, err)

	s.Notifier = tellsGone{}
	_, _ = s.Sweep(ctx, 100)
	// Output:
	// succeeded <nil>
	// succeeded with 100.00 USD gone, 0.00 USD left <nil>
	// parked 100.00 USD <nil>
	// 100.00 USD left, order refunded <nil>
	// money taken back, 100.00 USD: 100.00 USD of 100.00 USD is gone
	// money come again, 100.00 USD: nothing of 100.00 USD is gone
}

// tellsGone prints what was taken back, and has come again.
type tellsGone struct{}

func (tellsGone) Notify(_ context.Context, n ledger.Notice) error {
	if n.Kind == ledger.NoticeTakenBack || n.Kind == ledger.NoticeComeAgain {
		fmt.Printf("%s, %s: %s\n", n.Kind, n.Amount, n.Text)
	}
	return nil
}

// A bill that was charged is due again by what the bank took back of that, and charged when an
// operator says so.
func ExampleDesk_ResolveBill() {
	ctx := context.Background()
	s := newShop(ctx)
	s.credited(ctx)
	var charged payment.Payment
	for _, p := range s.Store.(*inmem.Store).All("c-7").Payments {
		if p.Bill != "" {
			charged = p
		}
	}
	s.Gateways["cards"].(*inmem.Gateway).Return(charged.Key, order.Minor(2500, order.USD))
	_, err := s.Hint(ctx, gateway.Hint{Customer: "c-7", Payment: charged.ID})
	overdue, _ := s.List(ctx, desk.ListRequest{By: "ann", List: desk.ListBills})
	b := overdue.Bills[0]
	fmt.Println(b.Month, b.State, b.Due(), err)

	err = s.ResolveBill(ctx, desk.ResolveBillRequest{Customer: "c-7", By: "ann", Why: "agreed by phone", Month: b.Month, Currency: order.USD, Decision: desk.DecisionAgain})
	_, _ = s.Sweep(ctx, 100)
	fmt.Println(s.Store.(*inmem.Store).All("c-7").Bills[0].State, err)
	// Output:
	// 2026-11 due 25.00 USD <nil>
	// paid <nil>
}
