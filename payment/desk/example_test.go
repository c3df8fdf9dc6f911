package desk_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// server is a month of a server.
func server(id order.ID, cents int64) order.Draft {
	return order.Draft{ID: id, Customer: "c-7", Type: order.TypePurchase, Lines: []order.Line{{Product: "s6.large", Service: "ECS", Count: 1,
		Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(cents, order.USD)}}}
}

func ExampleDesk() {
	ctx := context.Background()
	clock := inmem.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	d := desk.Desk{
		Store:     &inmem.Store{},
		Customers: inmem.Customers{Default: payment.Customer{Gateway: "cards"}},
		Gateways:  map[string]gateway.Gateway{"cards": &inmem.Gateway{}},
		Now:       clock.Now,
	}
	_, err := d.Place(ctx, desk.PlaceRequest{Customer: "c-7", By: "c-7", Purchase: "P1", Drafts: []order.Draft{server("CS1", 10000), server("CS2", 2500)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1", "CS2"}, Method: payment.MethodOnline}
	q, err := d.Quote(ctx, r)
	fmt.Println(q.Sum.Cash, "until", q.Deadline.Format(time.DateTime), err)

	r.Agreed = q.Agreed()
	p, err := d.Pay(ctx, r)
	fmt.Println(p.State, err)
	again, _ := d.Pay(ctx, r) // the reply was lost: say it again
	fmt.Println(again.ID == p.ID, again.Trade == p.Trade)
	// Output:
	// 125.00 USD until 2026-12-01 09:00:00 <nil>
	// succeeded <nil>
	// true true
}

func ExampleDesk_Pay_action() {
	ctx := context.Background()
	clock := inmem.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	done := false
	bank := &inmem.Gateway{Answer: func(c gateway.Charge) gateway.Outcome {
		if !done {
			return gateway.Outcome{Status: gateway.StatusAction, Action: "https://bank.example/confirm"}
		}
		return gateway.Outcome{Status: gateway.StatusCaptured}
	}}
	d := desk.Desk{Store: &inmem.Store{}, Customers: inmem.Customers{Default: payment.Customer{Gateway: "bank"}},
		Gateways: map[string]gateway.Gateway{"bank": bank}, Now: clock.Now}
	if _, err := d.Place(ctx, desk.PlaceRequest{Customer: "c-7", By: "c-7", Drafts: []order.Draft{server("CS1", 10000)}}); err != nil {
		fmt.Println(err)
		return
	}
	p, err := d.Pay(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodOnline})
	fmt.Println(p.State, p.Action, err)

	done = true // the customer confirms; the bank notifies the host, who has verified that
	p, err = d.Hint(ctx, gateway.Hint{Customer: "c-7", Payment: p.ID})
	receipt, ok := p.Receipt()
	fmt.Println(p.State, receipt.Sum.Cash, ok, err)
	// Output:
	// pending https://bank.example/confirm <nil>
	// succeeded 100.00 USD true <nil>
}

func ExampleDesk_Sweep() {
	ctx := context.Background()
	clock := inmem.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	lost := true
	cards := &inmem.Gateway{Fail: func(call string) error {
		if lost && call == "charge" {
			return errors.New("connection reset") // the money was taken, and nobody here knows
		}
		return nil
	}}
	d := desk.Desk{Store: &inmem.Store{}, Customers: inmem.Customers{Default: payment.Customer{Gateway: "cards"}},
		Gateways: map[string]gateway.Gateway{"cards": cards}, Now: clock.Now}
	if _, err := d.Place(ctx, desk.PlaceRequest{Customer: "c-7", By: "c-7", Drafts: []order.Draft{server("CS1", 10000)}}); err != nil {
		fmt.Println(err)
		return
	}
	p, err := d.Pay(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodOnline})
	fmt.Println(p.State, err)

	lost = false
	clock.Move(5 * time.Second)
	swept, err := d.Sweep(ctx, 100)
	fmt.Println(swept.Payments, "payment looked at,", swept.Failed, "failed,", err)
	p, _ = d.Payment(ctx, "c-7", p.ID)
	fmt.Println(p.State, "with", len(cards.Ledger()), "capture")
	// Output:
	// pending <nil>
	// 1 payment looked at, 0 failed, <nil>
	// succeeded with 1 capture
}

// Every host runs the sweep until it is told to stop, and waits for its end before the store is
// closed.
func ExampleDesk_Run() {
	ctx, stop := context.WithCancel(context.Background()) // in a program: signal.NotifyContext
	clock := inmem.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	d := desk.Desk{Store: &inmem.Store{}, Customers: inmem.Customers{}, Now: clock.Now, Notifier: prints(stop)}
	if _, err := d.Place(ctx, desk.PlaceRequest{Customer: "c-7", By: "c-7", Drafts: []order.Draft{server("CS1", 10000)}}); err != nil {
		fmt.Println(err)
		return
	}
	clock.Move(8 * 24 * time.Hour) // past the deadline

	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx, 5*time.Second, slog.New(slog.DiscardHandler)) // nil: slog.Default
	}()
	<-done
	// Output:
	// voided [CS1]
}

// prints says what a customer hears, and ends what runs.
type prints context.CancelFunc

func (stop prints) Notify(_ context.Context, n ledger.Notice) error {
	fmt.Println(n.Kind, n.Orders)
	stop()
	return nil
}

func ExampleDesk_Unsubscribe() {
	ctx := context.Background()
	at := time.Date(2024, 6, 14, 0, 0, 0, 0, time.UTC)
	clock := inmem.NewClock(at)
	d := desk.Desk{Store: &inmem.Store{}, Customers: inmem.Customers{Default: payment.Customer{Gateway: "cards"}},
		Gateways: map[string]gateway.Gateway{"cards": &inmem.Gateway{}}, Now: clock.Now}
	if _, err := d.Place(ctx, desk.PlaceRequest{Customer: "c-7", By: "c-7", Drafts: []order.Draft{server("CS1", 3100)}}); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := d.Pay(ctx, payment.Request{Key: "k", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodOnline}); err != nil {
		fmt.Println(err)
		return
	}
	vm := renewal.Resource{ID: "vm-1", Customer: "c-7", Product: "s6.large", Service: "ECS", Count: 1, Charge: order.ChargeSubscription,
		Mode: renewal.ModeManual, Start: at, Expiry: time.Date(2024, 7, 14, 23, 59, 59, 0, time.UTC), AnchorDay: at.Day()} // R3
	if _, err := d.Move(ctx, desk.MoveRequest{Customer: "c-7", By: "host", Order: "CS1", Event: order.EventComplete, Resources: []renewal.Resource{vm}}); err != nil {
		fmt.Println(err)
		return
	}
	clock.Move(7 * 24 * time.Hour)
	leave := desk.UnsubscribeRequest{Customer: "c-7", By: "c-7", ID: "CS2", Resource: "vm-1"}
	back, err := d.QuoteUnsubscribe(ctx, leave)
	of := back.Refund.Periods[0]
	fmt.Println(back.Back, "of", of.Paid, "after", of.Used.Num, "days of", of.Used.Den, err)
	left, err := d.Unsubscribe(ctx, leave)
	fmt.Println(left.Order.Type, left.Order.Payable(), err)
	// Output:
	// 24.00 USD of 31.00 USD after 7 days of 31 <nil>
	// unsubscribe -24.00 USD <nil>
}

func ExampleAudit() {
	ctx := context.Background()
	store, cards := &inmem.Store{}, &inmem.Gateway{}
	clock := inmem.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	d := desk.Desk{Store: store, Customers: inmem.Customers{Default: payment.Customer{Gateway: "cards"}},
		Gateways: map[string]gateway.Gateway{"cards": cards}, Now: clock.Now}
	if _, err := d.Issue(ctx, desk.IssueRequest{By: "shop", Coupon: coupon.Coupon{ID: "gift", Customer: "c-7", Kind: coupon.KindCash, State: coupon.StateAvailable,
		Face: order.Minor(500, order.USD), Balance: order.Minor(500, order.USD)}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(ledger.Audit(store.All("c-7"), cards.Ledger())), "violations")

	records := store.All("c-7")
	records.Coupons[0].Balance = order.Minor(300, order.USD) // somebody edits the database
	for _, v := range ledger.Audit(records, cards.Ledger()) {
		fmt.Println(v)
	}
	// Output:
	// 0 violations
	// I6: coupon gift was issued with 5.00 USD and has 3.00 USD: payments used 0 minor units and gave 0 back
}
