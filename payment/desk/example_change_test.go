package desk_test

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
)

func ExampleDesk_QuoteChange() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	s.clock.Move(10 * 24 * time.Hour)
	q, err := s.QuoteChange(ctx, desk.ChangeRequest{Customer: "c-7", Resource: "vm-1", Count: 3})
	fmt.Println(q.Due, "for", q.Resource.Count, err) // two more, for 21 of 31 days
	// Output:
	// 135.48 USD for 3 <nil>
}

// What costs more is an order that is paid, what costs less comes back.
func ExampleDesk_Change() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	s.clock.Move(10 * 24 * time.Hour)
	more, err := s.Change(ctx, desk.ChangeRequest{ID: "CS2", Customer: "c-7", Resource: "vm-1", Count: 3})
	fmt.Println(more.Order.Type, more.Due, err)
	_, err = s.Pay(ctx, payment.Request{Key: "CS2", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS2"}, Method: payment.MethodBalance})
	fmt.Println("paid", err)
	s.clock.Move(7 * 24 * time.Hour)
	less, err := s.Change(ctx, desk.ChangeRequest{ID: "CS3", Customer: "c-7", Resource: "vm-1", Count: 2})
	fmt.Println(less.Order.Type, less.Back, "and", less.Resource.Count, "are left", err)
	// Output:
	// upgrade 135.48 USD <nil>
	// paid <nil>
	// downgrade 45.16 USD and 2 are left <nil>
}

// Where the policy says so, what costs more begins a new period: what is left of the old one is taken
// off its price.
func ExampleDesk_Change_newPeriod() {
	ctx := context.Background()
	s := newShop(ctx)
	s.Policy.Renewal.Leaving.UpBeginsPeriod = true
	s.bought(ctx)
	s.clock.Move(10 * 24 * time.Hour)
	more, err := s.Change(ctx, desk.ChangeRequest{ID: "CS2", Customer: "c-7", Resource: "vm-1", Count: 3})
	fmt.Println(more.Due, "for 3 until", more.Resource.Expiry.Format(time.DateOnly), err) // 300.00 less 100.00 x 21/31
	_, err = s.Pay(ctx, payment.Request{Key: "CS2", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS2"}, Method: payment.MethodBalance})
	fmt.Println("paid", err)
	left, err := s.QuoteUnsubscribe(ctx, desk.UnsubscribeRequest{ID: "CS3", Customer: "c-7", Resource: "vm-1"})
	fmt.Println(left.Back, "is left", err)
	// Output:
	// 232.26 USD for 3 until 2027-01-04 <nil>
	// paid <nil>
	// 300.00 USD is left <nil>
}

// Canceled at the end of the period: nothing comes back, and the resource is used until then.
func ExampleDesk_Unsubscribe_atExpiry() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	s.clock.Move(10 * 24 * time.Hour)
	done, err := s.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c-7", Resource: "vm-1", AtExpiry: true})
	fmt.Println(done.Resource.Mode, "after", done.Resource.Expiry.Format(time.DateTime), err)
	// Output:
	// not renewed after 2026-12-24 23:59:59 <nil>
}

// A change at the expiry: what is paid for stays as it is, and renewals pay for the change.
func ExampleDesk_Change_atExpiry() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	q := desk.ChangeRequest{Customer: "c-7", Resource: "vm-1", Count: 2, AtExpiry: true}
	waits, err := s.Change(ctx, q)
	fmt.Println(waits.Resource.Count, "now,", waits.Resource.Next.Count, "from", waits.Resource.Expiry.Format(time.DateOnly), err)
	orders, err := s.Renew(ctx, desk.RenewRequest{Customer: "c-7", By: "c-7", ID: "r-1", Resources: []order.ResourceID{"vm-1"}, Term: order.Term{N: 1, Unit: order.Month}})
	fmt.Println(orders[0].Lines[0].Count, "renewed for", orders[0].Payable(), err)
	// Output:
	// 1 now, 2 from 2026-12-24 <nil>
	// 2 renewed for 200.00 USD <nil>
}

func ExampleCase_QuoteChange() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	c := s.all(ctx)
	q, err := c.QuoteChange(desk.ChangeRequest{Resource: "vm-1", Count: 2}, payment.Findings{})
	fmt.Println(q.Due, err)
	// Output:
	// 100.00 USD <nil>
}

func ExampleCase_Change() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	done, change, err := s.all(ctx).Change(desk.ChangeRequest{ID: "CS2", Resource: "vm-1", Count: 2}, payment.Findings{})
	fmt.Println(done.Order.State, done.Due, change.Put.Resources[0].Asked.Count, err)
	// Output:
	// unpaid 100.00 USD 2 <nil>
}
