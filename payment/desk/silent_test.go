package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// withoutLookup is a gateway that cannot be asked.
type withoutLookup struct{ gateway.Gateway }

var errSilent = errors.New("no route")

func (withoutLookup) Lookup(context.Context, gateway.Charge) (gateway.Outcome, error) {
	return gateway.Outcome{}, errSilent
}

// P16: a notification whose payment cannot be looked up is not lost: Hint says so, and it is the
// host's. Payment answers what is stored, and a payment can still be given up.
func TestP16_SilentGateway(t *testing.T) {
	r, g, p := toldHost(t, gateway.Traits{}, gateway.StatusProcessing)
	r.d.Gateways["g"] = withoutLookup{g}
	got, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID})
	if !errors.Is(err, payment.ErrHost) || !errors.Is(err, errSilent) || got.State != payment.PaymentPending {
		t.Errorf("a hint: %s, %v", got.State, err)
	}
	if got, err = r.d.Payment(ctx, "c1", p.ID); err != nil || got.State != payment.PaymentPending {
		t.Errorf("a payment: %s, %v", got.State, err)
	}
	ended, stop := context.WithCancel(ctx)
	stop()
	if _, err := r.d.Hint(ended, gateway.Hint{Customer: "c1", Payment: p.ID}); errors.Is(err, payment.ErrHost) || !errors.Is(err, context.Canceled) {
		t.Errorf("a hint whose context has ended: %v", err)
	}
	if got, err = r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", Payment: p.ID}); err != nil || got.State != payment.PaymentCanceling {
		t.Errorf("given up: %s, %v", got.State, err)
	}
	r.d.Gateways["g"], g.says = g, says(gateway.StatusCaptured)
	if got, err = r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID}); err != nil || got.State != payment.PaymentSucceeded {
		t.Errorf("the hint again: %s, %v", got.State, err)
	}
}

// abroad is a price list that has one product in another currency.
type abroad struct {
	renewal.Prices
	product string
}

func (p abroad) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	m, err := p.Prices.Price(r, t)
	if r.Product == p.product {
		m = order.Minor(m.Minor(), order.USD)
	}
	return m, err
}

// Q8: what the price list says in another currency is the host's fault, and what was agreed to in
// another is the caller's, by its field.
func TestQ8_OtherCurrencies(t *testing.T) {
	for _, product := range []string{"team", "enterprise"} {
		x := newSeats(t)
		x.d.Prices = abroad{x.d.Prices, product}
		for _, to := range []desk.ChangeRequest{{Product: "enterprise"}, {Count: 20}, {Count: 3}} {
			to.ID, to.Customer, to.Resource = "C1", "c1", workspace
			if product == "enterprise" && to.Product == "" {
				continue
			}
			_, err := x.d.Change(ctx, to)
			if _, quoted := x.d.QuoteChange(ctx, to); !errors.Is(err, payment.ErrHost) || !errors.Is(err, order.ErrCurrency) || !errors.Is(quoted, payment.ErrHost) {
				t.Errorf("%s in USD, to %s %d: %v, quoted %v", product, to.Product, to.Count, err, quoted)
			}
		}
		line := func(product string) order.Line { return order.Line{Product: product, Count: 1, Term: month(1)} }
		if _, err := x.d.Buy(ctx, desk.BuyRequest{ID: "B1", Customer: "c1", Lines: []order.Line{line("team"), line("enterprise")}}); !errors.Is(err, payment.ErrHost) || !errors.Is(err, order.ErrCurrency) {
			t.Errorf("%s in USD, bought with the other: %v", product, err)
		}
	}
	x := newSeats(t)
	for field, to := range map[string]desk.ChangeRequest{"due": {Count: 20, Due: usd(1)}, "back": {Count: 3, Back: usd(1)}} {
		to.ID, to.Customer, to.Resource = "C1", "c1", workspace
		var f *order.FieldError
		if _, err := x.d.Change(ctx, to); !errors.As(err, &f) || f.Field != field || !errors.Is(err, order.ErrCurrency) || errors.Is(err, payment.ErrHost) {
			t.Errorf("agreed to in USD: %v, want one for %s", err, field)
		}
	}
}

// A customer whom the host does not know is named by the caller's path.
func TestP10_UnknownCustomer(t *testing.T) {
	h := newFront(t)
	h.Customers = customersFunc(func(id order.CustomerID) (payment.Customer, error) {
		if c, ok := h.known[id]; ok {
			return c, nil
		}
		return payment.Customer{}, order.ErrNotFound
	})
	theirs := pays("NEW", coupon.KindFlexi, 1)
	theirs.Customer = "nobody"
	r := machine("NEW", "2026-11-01 00:00:00", "2026-12-10 23:59:59")
	r.Customer = "nobody"
	for path, err := range map[string]error{
		"coupon.customer":   second(h.Issue(h.ctx, desk.IssueRequest{By: "shop", Coupon: theirs})),
		"resource.customer": h.Adopt(h.ctx, desk.AdoptRequest{By: "ann", Resource: r}),
		"issuer":            second(h.Claim(h.ctx, desk.ClaimRequest{Issuer: "nobody", Code: "OPEN", Customer: "c-8"})),
		"code.issuer": second(h.IssueCode(h.ctx, desk.IssueCodeRequest{By: "shop", Code: ledger.PublicCode{Issuer: "nobody",
			Code: coupon.Code{Code: "NEW", Coupon: coupon.Template{Kind: coupon.KindFlexi, Face: usd(1)}}}})),
		"customer": second(h.Claim(h.ctx, desk.ClaimRequest{Issuer: "shop", Code: "OPEN", Customer: "nobody"})),
	} {
		var f *order.FieldError
		if !errors.As(err, &f) || f.Field != path || !errors.Is(err, order.ErrNotFound) || errors.Is(err, payment.ErrHost) {
			t.Errorf("%v, want one for %s", err, path)
		}
	}
}
