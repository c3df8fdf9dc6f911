package desk_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/renewal"
)

func ExampleDesk_Order() {
	ctx := context.Background()
	s := newShop(ctx)
	o, err := s.Order(ctx, "c-7", "CS1")
	fmt.Println(o.State, o.Payable(), err)
	_, err = s.Order(ctx, "c-8", "CS1") // another customer's
	fmt.Println(errors.Is(err, order.ErrNotFound), err)
	// Output:
	// unpaid 100.00 USD <nil>
	// true order "CS1": look for the ID in the customer's own list: not found
}

func ExampleDesk_Resource() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	r, err := s.Resource(ctx, "c-7", "vm-1")
	fmt.Println(r.Product, "until", r.Expiry.Format("2006-01-02 15:04:05 MST"), err)
	// Output:
	// s6.large until 2026-12-24 23:59:59 UTC <nil>
}

func ExampleDesk_Resources() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	list, err := s.Resources(ctx, renewal.Query{Customer: "c-7", Mode: renewal.ModeManual})
	for _, r := range list {
		fmt.Println(r.ID, r.Count, r.Product, r.Mode)
	}
	fmt.Println(err)
	// Output:
	// vm-1 1 s6.large manual renewal
	// <nil>
}

func ExampleDesk_Coupon() {
	ctx := context.Background()
	s := newShop(ctx)
	gift := coupon.Coupon{ID: "gift", Customer: "c-7", Kind: coupon.KindCard, State: coupon.StateAvailable, Reusable: true, Face: order.Minor(5000, order.USD), Balance: order.Minor(5000, order.USD)}
	_, err := s.Issue(ctx, desk.IssueRequest{By: "ann", Coupon: gift})
	fmt.Println(err)
	c, err := s.Coupon(ctx, "c-7", "gift")
	fmt.Println(c.State, c.Balance, err)
	// Output:
	// <nil>
	// available 50.00 USD <nil>
}

func ExampleDesk_Account() {
	ctx := context.Background()
	s := newShop(ctx)
	cash, err := s.Account(ctx, "c-7", payment.FundCash, order.USD)
	fmt.Println(cash.Balance, err)
	euros, err := s.Account(ctx, "c-7", payment.FundCash, order.EUR) // never used
	fmt.Println(euros.Balance, err)
	// Output:
	// 500.00 USD <nil>
	// 0.00 EUR <nil>
}

func ExampleDesk_Refund() {
	ctx := context.Background()
	s := newShop(ctx)
	p := s.online(ctx)
	_, err := s.Move(ctx, desk.MoveRequest{Customer: "c-7", By: "ann", Order: "CS1", Event: order.EventFail}) // it cannot be provided
	fmt.Println(err)
	p, err = s.Payment(ctx, "c-7", p.ID)
	fmt.Println(err)
	f, err := s.Refund(ctx, "c-7", p.RefundID("CS1", "CS1", ""))
	fmt.Println(f.State, f.Cash, err)
	// Output:
	// <nil>
	// <nil>
	// done 100.00 USD <nil>
}

func ExampleDesk_Bill() {
	ctx := context.Background()
	s := newShop(ctx)
	_, err := s.Bill(ctx, "c-7", "2026-11", order.USD) // nothing was settled monthly
	fmt.Println(err)
	// Output:
	// month "2026-11": has no bill in USD: not found
}

func ExampleDesk_List() {
	ctx := context.Background()
	s := newShop(ctx)
	s.online(ctx)
	page, err := s.List(ctx, desk.ListRequest{By: "ann", List: desk.ListOrders}) // who is an operator
	for _, o := range page.Orders {
		fmt.Println(o.Customer, o.ID, o.State, "since", o.Changed.Format("2006-01-02 15:04:05 MST"))
	}
	fmt.Println(page.Next.IsZero(), err)
	// Output:
	// c-7 CS1 paid since 2026-11-24 09:00:00 UTC
	// true <nil>
}

// A customer pays 50.00 into the own balance by card; an operator gives 20.00 of that back.
func ExampleDesk_RefundTopUp() {
	ctx := context.Background()
	d := &desk.Desk{Store: new(inmem.Store), Gateways: map[string]gateway.Gateway{"card": new(inmem.Gateway)}}
	p, err := d.Pay(ctx, payment.Request{Key: "k1", Customer: "c-7", Method: payment.MethodOnline, TopUp: order.Minor(5000, order.EUR)})
	fmt.Println(p.State, err)
	f, err := d.RefundTopUp(ctx, desk.RefundTopUpRequest{ID: "b1", Customer: "c-7", By: "ann", Payment: p.ID, Amount: order.Minor(2000, order.EUR)})
	fmt.Println(f.Cash, err)
	a, err := d.Account(ctx, "c-7", payment.FundCash, order.EUR)
	fmt.Println(a.Balance, err)
	// Output:
	// succeeded <nil>
	// 20.00 EUR <nil>
	// 30.00 EUR <nil>
}
