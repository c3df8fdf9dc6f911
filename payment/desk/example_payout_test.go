package desk_test

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/inmem"
)

// credited settles order CS1 monthly, charges its bill, and gives it back: 100.00 are in credit.
func (s *shop) credited(ctx context.Context) {
	s.Customers = inmem.Customers{Default: payment.Customer{Gateway: "cards", Monthly: true}}
	_, err := s.Pay(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodMonthly})
	s.clock.Move(8 * 24 * time.Hour) // 2026-12-02: the bill of November has been made
	if err == nil {
		_, err = s.Sweep(ctx, 100)
	}
	if err == nil {
		_, err = s.Move(ctx, desk.MoveRequest{Customer: "c-7", By: "ann", Order: "CS1", Event: order.EventFail})
	}
	if err != nil {
		panic(err)
	}
}

func ExampleDesk_PayOut() {
	ctx := context.Background()
	s := newShop(ctx)
	s.credited(ctx)
	out, err := s.PayOut(ctx, desk.PayOutRequest{ID: "leaves-1", Customer: "c-7", By: "ann", Currency: order.USD})
	fmt.Println(out.Amount, "goes back to", len(out.Refunds), "payment,", out.Rest, "waits for an operator", err)
	// Output:
	// 100.00 USD goes back to 1 payment, 0.00 USD waits for an operator <nil>
}

func ExampleDesk_SettleCredit() {
	ctx := context.Background()
	s := newShop(ctx)
	s.credited(ctx)
	c, err := s.SettleCredit(ctx, desk.SettleCreditRequest{ID: "bank-4711", Customer: "c-7", By: "ann", Why: "bank transfer 4711", Amount: order.Minor(4000, order.USD)})
	fmt.Println(c.Balance, c.State, err)
	// Output:
	// 60.00 USD open <nil>
}
