package desk_test

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// all is a case on everything that the shop's store has of customer c-7.
func (s *shop) all(ctx context.Context) desk.Case {
	records, err := s.Store.Load(ctx, ledger.AskAll("c-7"))
	if err != nil {
		panic(err)
	}
	c := desk.Case{Customer: payment.Customer{ID: "c-7", Gateway: "cards"}, By: "c-7", At: s.clock.Now(), Prices: monthly{}}
	return c.With(ledger.AskAll("c-7"), records)
}

func ExampleCase_Pay() {
	ctx := context.Background()
	c := newShop(ctx).all(ctx)
	r := payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodOnline}
	q, err := r.Quote(payment.Facts{Customer: c.Customer, Orders: c.Records.Orders}, c.At)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, change, err := c.Pay(r, q, new(inmem.Gateway).Traits())
	fmt.Println(p.State, p.Amount, change.Put.Orders[0].State, err) // commit it, then charge it
	// Output:
	// pending 100.00 USD paying <nil>
}

func ExampleCase_Hear() {
	ctx := context.Background()
	s := newShop(ctx)
	s.answer = gateway.Outcome{Status: gateway.StatusProcessing}
	p := s.online(ctx)
	p, change, err := s.all(ctx).Hear(p.ID, payment.PaymentMove{Event: payment.EventDeclined, Why: "card expired"})
	fmt.Println(p.State, p.Reason, change.Put.Orders[0].State, err)
	// Output:
	// failed card expired unpaid <nil>
}

func ExampleCase_HearRefund() {
	ctx := context.Background()
	s := newShop(ctx)
	s.online(ctx)
	_, change, err := s.all(ctx).Move(desk.MoveRequest{Order: "CS1", Event: order.EventFail}) // it cannot be provided
	id := change.Put.Refunds[0].ID
	for _, m := range []payment.RefundMove{{Event: payment.EventAsk, Next: s.clock.Now().Add(time.Minute)}, {Event: payment.EventCaptured}} {
		if err == nil {
			err = s.Store.Commit(ctx, change)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		var f payment.Refund
		f, change, err = s.all(ctx).HearRefund(id, m)
		fmt.Println(f.State, f.Cash, len(change.Put.Orders), err)
	}
	fmt.Println(change.Put.Orders[0].State)
	// Output:
	// sent 100.00 USD 0 <nil>
	// done 100.00 USD 1 <nil>
	// refunded
}

func ExampleCase_Move() {
	ctx := context.Background()
	s := newShop(ctx)
	if _, err := s.Desk.Pay(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodBalance}); err != nil {
		fmt.Println(err)
		return
	}
	o, change, err := s.all(ctx).Move(desk.MoveRequest{Order: "CS1", Event: order.EventFail}) // it cannot be provided
	fmt.Println(o.State, change.Put.Accounts[0].Balance, err)
	// Output:
	// refunded 500.00 USD <nil>
}

func ExampleCase_Renew() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	orders, change, err := s.all(ctx).Renew(desk.RenewRequest{ID: "r-1", Resources: []order.ResourceID{"vm-1"}, Term: renewal.Term{N: 2, Unit: renewal.Month}}, payment.Findings{})
	fmt.Println(orders[0].Type, orders[0].Payable(), change.Put.Resources[0].Asked.Term, err)
	// Output:
	// renewal 200.00 USD 2 months <nil>
}

func ExampleCase_QuoteUnsubscribe() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	c := s.all(ctx)
	c.At = c.At.Add(10 * 24 * time.Hour)
	back, err := c.QuoteUnsubscribe(desk.UnsubscribeRequest{ID: "l-1", Resource: "vm-1"}, payment.Findings{})
	fmt.Println(back.Back, err)
	// Output:
	// 67.74 USD <nil>
}
