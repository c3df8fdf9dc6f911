package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// Check names all that is wrong with a Desk at once, as faults of the host, and nothing of one
// that works (P11).
func TestP11_CheckOfTheDesk(t *testing.T) {
	if err := newHost(t).d.Check(); err != nil {
		t.Errorf("a Desk that works: %v", err)
	}
	if err := (&desk.Desk{Store: new(inmem.Store)}).Check(); err != nil {
		t.Errorf("a store is enough: %v", err)
	}
	var noStore *inmem.Store
	var noFunc desk.CheckFunc
	bad := payment.Policy{MaxOrders: 31, BillDay: 29, Hold: time.Millisecond, Conflicts: -1}
	bad.Order.MaxOrders, bad.Coupon.MaxCoupons, bad.Renewal.Leaving.Times = -1, -1, -1
	d := desk.Desk{Store: noStore, Checks: desk.Checks{nil, noFunc}, Policy: bad, Now: func() time.Time { return time.Time{} },
		Gateways: map[string]gateway.Gateway{"none": nil, "hollow": (*inmem.Gateway)(nil), "": &inmem.Gateway{}, "g": &inmem.Gateway{Promises: gateway.Traits{KeyLength: -1}}}}
	err := d.Check()
	if !errors.Is(err, payment.ErrHost) {
		t.Errorf("%v", err)
	}
	for _, field := range []string{"store: ", "checks[0]: ", "checks[1]: ", `gateways "none": `, "gateways.hollow: ", "gateways: ", "gateways.g.traits.", "at: ",
		"policy.maxOrders", "policy.billDay", "policy.hold", "policy.conflicts", "policy.order.maxOrders", "policy.coupon.maxCoupons", "policy.renewal.leaving"} {
		if !strings.Contains("\n"+err.Error(), "\n"+field) {
			t.Errorf("nothing says %q: %v", field, err)
		}
	}
	if err := (&desk.Desk{}).Check(); !errors.Is(err, payment.ErrHost) || !strings.HasPrefix(err.Error(), "store: ") {
		t.Errorf("no store: %v", err)
	}
}

// What is not there is order.ErrNotFound, and no fault of the host, in every verb that names
// it: an order, resource, payment, refund, coupon, code or customer (P11).
func TestP11_NotFound(t *testing.T) {
	h := newFront(t)
	h.Customers = customersFunc(func(id order.CustomerID) (payment.Customer, error) {
		if c, known := h.known[id]; known {
			return c, nil
		}
		return payment.Customer{}, fmt.Errorf("row %s: %w", id, order.ErrNotFound)
	})
	pay := payment.Request{Key: "k", Customer: "c-7", By: "ann", Orders: []order.ID{"NONE"}, Method: payment.MethodOnline}
	theirs, coupons, nobodys := pay, pay, pay
	theirs.Orders = []order.ID{"O8"}
	coupons.Orders, coupons.Coupons = []order.ID{"U1"}, append(coupons.Coupons, "NONE")
	nobodys.Customer = "nobody"
	for what, err := range map[string]error{
		"Pay: an order":               second(h.Pay(h.ctx, pay)),
		"Quote: another's order":      second(h.Quote(h.ctx, theirs)),
		"Pay: a coupon":               second(h.Pay(h.ctx, coupons)),
		"Pay: a customer":             second(h.Pay(h.ctx, nobodys)),
		"ChooseDiscount: an order":    second(h.ChooseDiscount(h.ctx, desk.DiscountRequest{Customer: "c-7", By: "ann", Pick: payment.Pick{Order: "NONE"}})),
		"Move: an order":              second(h.Move(h.ctx, desk.MoveRequest{Customer: "c-7", By: "ann", Order: "NONE", Event: order.EventApprove})),
		"Hint: a payment":             second(h.Hint(h.ctx, gateway.Hint{Customer: "c-7", Payment: "none"})),
		"Hint: a customer":            second(h.Hint(h.ctx, gateway.Hint{Customer: "nobody", Payment: "none"})),
		"Payment: a payment":          second(h.Payment(h.ctx, "c-8", h.pending)),
		"CancelPayment: a payment":    second(h.CancelPayment(h.ctx, desk.CancelPaymentRequest{Customer: "c-7", By: "ann", Payment: "none"})),
		"Resolve: a payment":          h.Resolve(h.ctx, desk.ResolveRequest{Customer: "c-7", By: "ann", Why: "seen", Payment: "none", Decision: desk.DecisionFailed}),
		"Resolve: a refund":           h.Resolve(h.ctx, desk.ResolveRequest{Customer: "c-7", By: "ann", Why: "seen", Refund: "none", Decision: desk.DecisionAgain}),
		"SetMode: a resource":         second(h.SetMode(h.ctx, desk.ModeRequest{Customer: "c-7", By: "ann", Resource: "NONE", Mode: renewal.ModeManual})),
		"Release: another's resource": h.Release(h.ctx, desk.ReleaseRequest{Customer: "c-7", By: "ann", Resource: "R8"}),
		"Unsubscribe: a resource":     second(h.Unsubscribe(h.ctx, desk.UnsubscribeRequest{Customer: "c-7", By: "ann", ID: "L", Resource: "NONE"})),
		"Change: a resource":          second(h.Change(h.ctx, desk.ChangeRequest{Customer: "c-7", By: "ann", ID: "L", Resource: "NONE", Count: 2})),
		"Renew: a resource":           second(h.Renew(h.ctx, desk.RenewRequest{Customer: "c-7", By: "ann", ID: "L", Resources: []order.ResourceID{"R1", "NONE"}, Term: month(1)})),
		"MoveCoupon: a coupon":        second(h.MoveCoupon(h.ctx, desk.CouponRequest{Customer: "c-7", By: "ann", Coupon: "NONE", Move: desk.CouponFreeze})),
		"Claim: a code":               second(h.Claim(h.ctx, desk.ClaimRequest{Issuer: "shop", Code: "NO CODE", Customer: "c-7", By: "ann"})),
		"Claim: an issuer":            second(h.Claim(h.ctx, desk.ClaimRequest{Issuer: "nobody", Code: "OPEN", Customer: "c-7", By: "ann"})),
		"Coupon: a coupon":            second(h.Coupon(h.ctx, "c-7", "NONE")),
		"Order: another's order":      second(h.Order(h.ctx, "c-7", "O8")),
	} {
		if !errors.Is(err, order.ErrNotFound) || errors.Is(err, payment.ErrHost) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, refused, err := h.CancelOrders(h.ctx, desk.CancelRequest{Customer: "c-7", By: "ann", Orders: []order.ID{"NONE"}})
	if err != nil || len(refused) != 1 || !errors.Is(refused[0].Err, order.ErrNotFound) {
		t.Errorf("CancelOrders: %v, %v", refused, err)
	}
}

// Once the caller's context has ended, an error is no fault of the host; a time-out of the
// host's own is (P11).
func TestP11_ContextOfTheCaller(t *testing.T) {
	r := newHost(t)
	r.place("", draftFor("a", 1000))
	ask := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodOnline}
	slow := *r.d
	slow.Store = slowStore{r.s}
	ended, end := context.WithCancel(ctx)
	end()
	if _, err := slow.Quote(ended, ask); !errors.Is(err, context.Canceled) || errors.Is(err, payment.ErrHost) {
		t.Errorf("the caller has gone: %v", err)
	}
	if _, err := slow.Quote(ctx, ask); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, payment.ErrHost) {
		t.Errorf("the store has not answered in its time: %v", err)
	}
}

// slowStore answers nothing in its time.
type slowStore struct{ *inmem.Store }

func (slowStore) Load(context.Context, ledger.Ask) (ledger.Records, error) {
	return ledger.Records{}, context.DeadlineExceeded
}

func ExampleDesk_Check() {
	d := desk.Desk{Gateways: map[string]gateway.Gateway{"cards": nil}, Policy: payment.Policy{BillDay: 31}}
	err := d.Check()
	fmt.Println(errors.Is(err, payment.ErrHost))
	fmt.Println(err)
	// Output:
	// true
	// store: is required
	// gateways "cards": is nil: leave it out
	// policy.billDay "31": is no day that every month has: give 1 to 28
}
