package desk_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// shop is a desk of an example: customer c-7 has 500.00 and an unpaid order CS1 of 100.00; the
// gateway says what answer holds.
type shop struct {
	*desk.Desk
	clock  *inmem.Clock
	answer gateway.Outcome
}

// monthly is a host's price list: 100.00 a month for each.
type monthly struct{}

func (monthly) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	return order.Minor(10000*int64(r.Count)*int64(t.N), order.USD), nil
}

func newShop(ctx context.Context) *shop {
	s := &shop{clock: inmem.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)), answer: gateway.Outcome{Status: gateway.StatusCaptured}}
	cards := &inmem.Gateway{Answer: func(gateway.Charge) gateway.Outcome { return s.answer }}
	s.Desk = &desk.Desk{Store: &inmem.Store{}, Customers: inmem.Customers{Default: payment.Customer{Gateway: "cards"}},
		Gateways: map[string]gateway.Gateway{"cards": cards}, Prices: monthly{}, Now: s.clock.Now}
	_, err := s.Deposit(ctx, desk.DepositRequest{ID: "start", Customer: "c-7", By: "ann", Fund: payment.FundCash, Amount: order.Minor(50000, order.USD)})
	if err == nil {
		_, err = s.Place(ctx, desk.PlaceRequest{Customer: "c-7", By: "c-7", Drafts: []order.Draft{server("CS1", 10000)}})
	}
	if err != nil {
		panic(err)
	}
	return s
}

// bought pays order CS1 from the balance, and provides resource vm-1 for it.
func (s *shop) bought(ctx context.Context) {
	_, err := s.Pay(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodBalance})
	if err == nil {
		_, err = s.Provide(ctx, desk.ProvideRequest{Customer: "c-7", By: "host", Order: "CS1", Resources: []order.ResourceID{"vm-1"}})
	}
	if err != nil {
		panic(err)
	}
}

// online pays order CS1 through the gateway.
func (s *shop) online(ctx context.Context) payment.Payment {
	p, err := s.Pay(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodOnline})
	if err != nil {
		panic(err)
	}
	return p
}

// quotas is a check of the host: a customer has so many servers.
type quotas struct{ most int }

func (q quotas) Check(_ context.Context, in desk.Inquiry) (f payment.Findings, err error) {
	for i, o := range in.Orders {
		if i >= q.most {
			f.Resources = append(f.Resources, payment.ResourceFault{Order: o.ID, Region: "north", Wrong: payment.WrongQuota})
		}
	}
	return f, nil
}

func ExampleCheck() {
	ctx := context.Background()
	s := newShop(ctx)
	s.Checks = desk.Checks{quotas{most: 0}}
	_, err := s.Pay(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodBalance})
	fmt.Println(err)
	// Output:
	// refused: resources: order CS1: quota short: raise the quota, then pay
}

func ExampleDesk_Place() {
	ctx := context.Background()
	s := newShop(ctx)
	orders, err := s.Place(ctx, desk.PlaceRequest{Customer: "c-7", By: "c-7", Purchase: "P1", Drafts: []order.Draft{server("CS2", 10000), server("CS3", 2500)}})
	for _, o := range orders {
		fmt.Println(o.ID, o.State, o.Payable(), "until", o.Deadline.Format(time.DateTime))
	}
	fmt.Println(err)
	// Output:
	// CS2 unpaid 100.00 USD until 2026-12-01 09:00:00
	// CS3 unpaid 25.00 USD until 2026-12-01 09:00:00
	// <nil>
}

func ExampleDesk_Quote() {
	ctx := context.Background()
	s := newShop(ctx)
	q, err := s.Quote(ctx, payment.Request{Key: "cart-1", Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1"}, Method: payment.MethodBalance})
	fmt.Println(q.Sum.Cash, q.Takes.Cash, err)
	// Output:
	// 100.00 USD 100.00 USD <nil>
}

func ExampleDesk_ChooseDiscount() {
	ctx := context.Background()
	s := newShop(ctx)
	_, err := s.Issue(ctx, desk.IssueRequest{By: "ann", Coupon: coupon.Coupon{ID: "TEN", Customer: "c-7", Kind: coupon.KindDiscount, Discount: coupon.Discount{Ratio: order.Percent(90)}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	o, err := s.ChooseDiscount(ctx, desk.DiscountRequest{Customer: "c-7", By: "c-7", Pick: payment.Pick{Order: "CS1", Discount: discount.ID("TEN")}})
	fmt.Println(o.Payable(), err)
	// Output:
	// 90.00 USD <nil>
}

func ExampleDesk_CancelOrders() {
	ctx := context.Background()
	s := newShop(ctx)
	canceled, refused, err := s.CancelOrders(ctx, desk.CancelRequest{Customer: "c-7", By: "c-7", Orders: []order.ID{"CS1", "CS9"}})
	fmt.Println(canceled[0].ID, canceled[0].State, err)
	fmt.Println(refused[0].Err)
	// Output:
	// CS1 canceled <nil>
	// refused: no such order: CS9: look for the ID in the customer's own list
}

func ExampleDesk_Move() {
	ctx := context.Background()
	s := newShop(ctx)
	s.online(ctx)
	o, err := s.Move(ctx, desk.MoveRequest{Customer: "c-7", By: "host", Order: "CS1", Event: order.EventFail}) // it cannot be provided
	fmt.Println(o.State, err)
	// Output:
	// refunding <nil>
}

// A customer names products and counts; the price list says what they cost.
func ExampleDesk_Buy() {
	ctx := context.Background()
	s := newShop(ctx)
	o, err := s.Buy(ctx, desk.BuyRequest{ID: "CS2", Customer: "c-7", Lines: []order.Line{{Product: "s6.large", Count: 3, Term: order.Term{N: 1, Unit: order.Month}}}})
	fmt.Println(o.Type, o.Payable(), o.State, err)
	// Output:
	// purchase 300.00 USD unpaid <nil>
}

func ExampleDesk_Provide() {
	ctx := context.Background()
	s := newShop(ctx)
	s.online(ctx)
	list, err := s.Provide(ctx, desk.ProvideRequest{Customer: "c-7", By: "host", Order: "CS1", Resources: []order.ResourceID{"vm-1"}})
	for _, r := range list {
		fmt.Println(r.ID, r.Product, r.Mode, "until", r.Expiry.Format(time.DateTime), err)
	}
	// Output:
	// vm-1 s6.large manual renewal until 2026-12-24 23:59:59 <nil>
}

func ExampleDesk_CancelPayment() {
	ctx := context.Background()
	s := newShop(ctx)
	s.answer = gateway.Outcome{Status: gateway.StatusProcessing}
	p := s.online(ctx)
	fmt.Println(p.State)
	p, err := s.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c-7", By: "c-7", Payment: p.ID})
	fmt.Println(p.State, err)
	// Output:
	// pending
	// canceled <nil>
}

func ExampleDesk_Hint() {
	ctx := context.Background()
	s := newShop(ctx)
	s.answer = gateway.Outcome{Status: gateway.StatusProcessing}
	p := s.online(ctx)
	s.answer = gateway.Outcome{Status: gateway.StatusCaptured} // and the gateway calls the host's webhook
	p, err := s.Hint(ctx, gateway.Hint{Customer: p.Customer, Payment: p.ID})
	fmt.Println(p.State, err)
	// Output:
	// succeeded <nil>
}

func ExampleDesk_Payment() {
	ctx := context.Background()
	s := newShop(ctx)
	paid := s.online(ctx)
	p, err := s.Payment(ctx, "c-7", paid.ID)
	receipt, ok := p.Receipt()
	fmt.Println(p.State, receipt.Sum.Payable, ok, err)
	// Output:
	// succeeded 100.00 USD true <nil>
}

func ExampleDesk_Resolve() {
	ctx := context.Background()
	s := newShop(ctx)
	s.answer = gateway.Outcome{Status: gateway.StatusCaptured, Amount: order.Minor(1000000, order.USD)} // 100 times what was asked for
	p := s.online(ctx)
	fmt.Println(p.State, p.Reason)
	x := desk.ResolveRequest{Customer: "c-7", By: "ann", Why: "seen at the bank", Payment: p.ID, Decision: desk.DecisionSucceeded, Trade: "T-1"}
	fmt.Println(s.Desk.Resolve(ctx, x))
	x.Surplus = payment.SurplusRefund
	fmt.Println(s.Desk.Resolve(ctx, x))
	p, err := s.Payment(ctx, "c-7", p.ID)
	fmt.Println(p.State, p.Over(), err)
	// Output:
	// review the gateway captured 10000.00 USD where 100.00 USD was asked for
	// surplus: is required: 9900.00 USD more than was asked for was captured; say refund, and it goes back through the gateway, or balance, and the cash account has it
	// <nil>
	// succeeded 9900.00 USD <nil>
}

func ExampleDesk_Deposit() {
	ctx := context.Background()
	s := newShop(ctx)
	x := desk.DepositRequest{ID: "d-1", Customer: "c-7", By: "ann", Fund: payment.FundCash, Amount: order.Minor(2500, order.USD)}
	a, err := s.Desk.Deposit(ctx, x)
	fmt.Println(a.Balance, err)
	a, err = s.Desk.Deposit(ctx, x) // said twice, done once
	fmt.Println(a.Balance, err)
	// Output:
	// 525.00 USD <nil>
	// 525.00 USD <nil>
}

func ExampleDesk_SetCredit() {
	ctx := context.Background()
	s := newShop(ctx)
	a, err := s.SetCredit(ctx, desk.CreditRequest{Customer: "c-7", By: "ann", Limit: order.Minor(20000, order.USD)})
	available, _ := a.Available()
	fmt.Println(a.Fund, available, err)
	// Output:
	// credit 200.00 USD <nil>
}

func ExampleDesk_Issue() {
	ctx := context.Background()
	s := newShop(ctx)
	c, err := s.Issue(ctx, desk.IssueRequest{By: "ann", Coupon: coupon.Coupon{ID: "K1", Customer: "c-7", Kind: coupon.KindCash, Face: order.Minor(1000, order.USD)}})
	fmt.Println(c.ID, c.State, c.Balance, err)
	// Output:
	// K1 available 10.00 USD <nil>
}

func ExampleDesk_MoveCoupon() {
	ctx := context.Background()
	s := newShop(ctx)
	if _, err := s.Issue(ctx, desk.IssueRequest{By: "ann", Coupon: coupon.Coupon{ID: "K1", Customer: "c-7", Kind: coupon.KindCash, Face: order.Minor(1000, order.USD)}}); err != nil {
		fmt.Println(err)
		return
	}
	c, err := s.MoveCoupon(ctx, desk.CouponRequest{Customer: "c-7", By: "ann", Coupon: "K1", Move: desk.CouponReclaim})
	fmt.Println(c.State, err)
	// Output:
	// reclaimed <nil>
}

func ExampleDesk_Claim() {
	ctx := context.Background()
	s := newShop(ctx)
	_, err := s.IssueCode(ctx, desk.IssueCodeRequest{By: "ann", Code: ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "SPRING", Left: 1,
		Coupon: coupon.Template{Kind: coupon.KindCard, Face: order.Minor(300, order.USD), Reusable: true}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := s.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "SPRING", Customer: "c-7", By: "c-7"})
	fmt.Println(c.Kind, c.Balance, err)
	_, err = s.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "SPRING", Customer: "c-8", By: "c-8"})
	fmt.Println(err)
	// Output:
	// stored-value card 3.00 USD <nil>
	// refused: coupon not usable: code SPRING has been claimed
}

func ExampleDesk_IssueCode() {
	ctx := context.Background()
	s := newShop(ctx)
	code, err := s.IssueCode(ctx, desk.IssueCodeRequest{By: "ann", Code: ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "SPRING", Left: 100,
		Coupon: coupon.Template{Kind: coupon.KindDiscount, Discount: coupon.Discount{Ratio: order.Percent(90)}, Span: order.Term{N: 3, Unit: order.Month}}}}})
	fmt.Println(code.Code.Code, code.Code.Left, code.Code.Coupon.Span, err)
	// Output:
	// SPRING 100 3 months <nil>
}

func ExampleDesk_Adopt() {
	ctx := context.Background()
	s := newShop(ctx)
	err := s.Adopt(ctx, desk.AdoptRequest{By: "ann", Resource: renewal.Resource{ID: "old-1", Customer: "c-7", Product: "s6.large", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual,
		Start: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC), Expiry: time.Date(2026, 12, 1, 23, 59, 59, 0, time.UTC)}})
	fmt.Println(err)
	orders, err := s.Renew(ctx, desk.RenewRequest{Customer: "c-7", By: "c-7", ID: "r-1", Resources: []order.ResourceID{"old-1"}, Term: renewal.Term{N: 1, Unit: renewal.Month}})
	fmt.Println(orders[0].Payable(), err)
	// Output:
	// <nil>
	// 100.00 USD <nil>
}

func ExampleDesk_Renew() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	orders, err := s.Renew(ctx, desk.RenewRequest{Customer: "c-7", By: "c-7", ID: "r-1", Resources: []order.ResourceID{"vm-1"}, Term: renewal.Term{N: 2, Unit: renewal.Month}})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := s.Pay(ctx, payment.Request{Key: "again", Customer: "c-7", By: "c-7", Orders: []order.ID{orders[0].ID}, Method: payment.MethodBalance})
	fmt.Println(orders[0].Type, p.State, p.Quote.Sum.Payable, err)
	// Output:
	// renewal succeeded 200.00 USD <nil>
}

func ExampleDesk_SetMode() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	s.Policy.Renewal.Attempts = renewal.Attempts{Days: []int{1}} // a day before it expires
	r, err := s.SetMode(ctx, desk.ModeRequest{Customer: "c-7", By: "c-7", Resource: "vm-1", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: renewal.Term{N: 1, Unit: renewal.Month}}})
	fmt.Println(r.Mode, "until", r.Expiry.Format(time.DateTime), err)
	s.clock.Move(30 * 24 * time.Hour)
	_, err = s.Sweep(ctx, 100)
	back, _ := s.QuoteUnsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c-7", By: "c-7", ID: "l-1", Resource: "vm-1"})
	fmt.Println(len(back.Refund.Periods), err)
	// Output:
	// automatic renewal until 2026-12-24 23:59:59 <nil>
	// 2 <nil>
}

func ExampleDesk_QuoteUnsubscribe() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	s.clock.Move(10 * 24 * time.Hour)
	back, err := s.QuoteUnsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c-7", By: "c-7", ID: "l-1", Resource: "vm-1"})
	fmt.Println(back.Back, err)
	// Output:
	// 67.74 USD <nil>
}

func ExampleDesk_Release() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	fmt.Println(s.Release(ctx, desk.ReleaseRequest{Customer: "c-7", By: "c-7", Resource: "vm-1"}))
	s.clock.Move(31 * 24 * time.Hour)
	fmt.Println(s.Release(ctx, desk.ReleaseRequest{Customer: "c-7", By: "c-7", Resource: "vm-1"})) // it has expired
	// Output:
	// resource vm-1: release refused while in use: resource state does not allow this: it has not expired: unsubscribe from it
	// <nil>
}

// A host with a machine of its own decides on records that it has read, and writes the change
// itself.
func ExampleCase_Unsubscribe() {
	ctx := context.Background()
	s := newShop(ctx)
	s.bought(ctx)
	c := desk.Case{Customer: payment.Customer{ID: "c-7", Gateway: "cards"}, By: "c-7", At: s.clock.Now().Add(10 * 24 * time.Hour)}
	for {
		left, change, err := c.Unsubscribe(desk.UnsubscribeRequest{ID: "l-1", Resource: "vm-1"}, payment.Findings{})
		var missing *ledger.Missing
		if errors.As(err, &missing) {
			records, err := s.Store.Load(ctx, missing.Ask)
			if err != nil {
				fmt.Println(err)
				return
			}
			c = c.With(missing.Ask, records)
			continue
		}
		fmt.Println(left.Order.ID, left.Order.State, left.Order.Payable(), err)
		fmt.Println(change.Put.Refunds[0].State, change.Put.Resources[0].Released.Format(time.DateOnly), change.Put.Accounts[0].Balance)
		fmt.Println(s.Store.Commit(ctx, change))
		return
	}
	// Output:
	// l-1 completed -67.74 USD <nil>
	// done 2026-12-04 467.74 USD
	// <nil>
}
