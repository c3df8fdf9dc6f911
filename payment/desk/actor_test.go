package desk_test

import (
	"errors"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

// P10: where a customer's verb names nobody who acts, the customer does, and every entry that it
// writes says so. A discount and a mode move nothing, and have no entry.
func TestP10_WhoActsIsTheCustomer(t *testing.T) {
	for _, row := range []struct {
		verb    string
		entries bool
		do      func(h *front) error
	}{
		{"ChooseDiscount", false, func(h *front) error {
			return second(h.ChooseDiscount(h.ctx, desk.DiscountRequest{Customer: "c-7", Pick: payment.Pick{Order: "U1", Discount: "deal"}}))
		}},
		{"CancelOrders", true, func(h *front) error {
			_, _, err := h.CancelOrders(h.ctx, desk.CancelRequest{Customer: "c-7", Orders: []order.ID{"U1"}})
			return err
		}},
		{"Pay", true, func(h *front) error {
			r := soundRequest(h)
			r.By = ""
			p, err := h.Pay(h.ctx, r)
			if p.Request.By != "c-7" {
				t.Errorf("the payment is asked for by %q", p.Request.By)
			}
			if again, err := h.Pay(h.ctx, p.Request); err != nil || again.ID != p.ID {
				t.Errorf("asked for by the customer by name: %v", err)
			}
			return err
		}},
		{"CancelPayment", true, func(h *front) error {
			return second(h.CancelPayment(h.ctx, desk.CancelPaymentRequest{Customer: "c-7", Payment: h.pending}))
		}},
		{"Renew", true, func(h *front) error {
			return second(h.Renew(h.ctx, desk.RenewRequest{Customer: "c-7", ID: "new", Resources: []order.ResourceID{"R1"}, Term: month(1)}))
		}},
		{"SetMode", false, func(h *front) error {
			return second(h.SetMode(h.ctx, desk.ModeRequest{Customer: "c-7", Resource: "R1", Mode: renewal.ModeNone}))
		}},
		{"Release", true, func(h *front) error {
			return h.Release(h.ctx, desk.ReleaseRequest{Customer: "c-7", Resource: "SPENT"})
		}},
		{"Claim", true, func(h *front) error {
			return second(h.Claim(h.ctx, desk.ClaimRequest{Issuer: "shop", Code: "OPEN", Customer: "c-8"}))
		}},
	} {
		t.Run(row.verb, func(t *testing.T) {
			h := newFront(t)
			before := make(map[string]bool)
			for _, id := range h.store.Customers() {
				for _, e := range h.store.All(id).Entries {
					before[e.ID] = true
				}
			}
			if err := row.do(h); err != nil {
				t.Fatal(err)
			}
			acted, customer := false, map[bool]string{true: "c-8", false: "c-7"}[row.verb == "Claim"]
			for _, id := range h.store.Customers() {
				for _, e := range h.store.All(id).Entries {
					switch {
					case before[e.ID] || e.By == payment.ByDesk:
					case e.By != customer:
						t.Errorf("%s: %q acted", e.Step, e.By)
					default:
						acted = true
					}
				}
			}
			if acted != row.entries {
				t.Errorf("an entry names the customer: %t", acted)
			}
		})
	}
}

// P10: a customer's request is read from a body that names neither the customer nor who acts, and
// says nothing that is not the customer's to say; the host says who it is.
func TestP10_BodiesWithoutCustomer(t *testing.T) {
	for body, into := range map[string]any{
		`{"id": "O1", "lines": [{"product": "team", "count": 17, "term": {"n": 1, "unit": "month"}}]}`: new(desk.BuyRequest),
		`{"key": "k", "orders": ["O1"], "method": "balance"}`:                                          new(payment.Request),
		`{"id": "rn", "resources": ["R1"], "term": {"n": 1, "unit": "month"}}`:                         new(desk.RenewRequest),
		`{"id": "O2", "resource": "R1", "count": 20}`:                                                  new(desk.ChangeRequest),
		`{"id": "O3", "resource": "R1"}`:                                                               new(desk.UnsubscribeRequest),
		`{"resource": "R1", "mode": "not renewed"}`:                                                    new(desk.ModeRequest),
		`{"resource": "R1"}`:                      new(desk.ReleaseRequest),
		`{"orders": ["O1"]}`:                      new(desk.CancelRequest),
		`{"payment": "P1"}`:                       new(desk.CancelPaymentRequest),
		`{"pick": {"order": "O1", "best": true}}`: new(desk.DiscountRequest),
		`{"issuer": "shop", "code": "OPEN"}`:      new(desk.ClaimRequest),
	} {
		if err := order.Decode([]byte(body), into); err != nil {
			t.Errorf("%T: %v", into, err)
		}
	}
	var wrong *order.FieldError
	err := order.Decode([]byte(`{"id": "O1", "lines": [{"product": "team", "count": 1, "term": {"n": 1, "unit": "month"}, "amount": {"amount": "0.01", "currency": "EUR"}}]}`), new(desk.BuyRequest))
	if !errors.As(err, &wrong) || wrong.Field != "lines[0].amount" {
		t.Errorf("a price of the customer's: %v", err)
	}
}
