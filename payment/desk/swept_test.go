package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// A sweep counts what it leaves to an operator, whatever leads there (P16).
func TestP16_SweptReviews(t *testing.T) {
	t.Run("payments", func(t *testing.T) {
		r, g := sayingHost(t)
		r.undecided()
		for _, id := range []order.ID{"a", "b"} {
			r.place("", draftFor(id, 1000))
			r.pay(payment.Key(id), payment.MethodOnline, nil, id)
		}
		r.clock.Move(time.Minute)
		g.lookup = &gateway.Outcome{Status: "?"}
		for _, want := range []int{2, 0} {
			if s, err := r.d.Sweep(ctx, 10); err != nil || s.Reviews != want {
				t.Errorf("%+v, %v", s, err)
			}
		}
	})
	t.Run("the refund of late money", func(t *testing.T) {
		r, g, p := toldHost(t, gateway.Traits{}, gateway.StatusNotFound)
		_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
		r.must(err)
		for r.payment(p.ID).State != payment.PaymentCanceled {
			r.look(p.ID)
		}
		g.says = says(gateway.StatusCaptured)
		r.clock.Move(r.payment(p.ID).DueAt.Sub(r.clock.Now()))
		if s, err := r.d.Sweep(ctx, 10); err != nil || s.Reviews != 1 || r.refund().State != payment.RefundReview {
			t.Errorf("%+v, %v", s, err)
		}
	})
	t.Run("none by a call", func(t *testing.T) {
		r, g := sayingHost(t)
		r.undecided()
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		g.lookup = &gateway.Outcome{Status: "?"}
		r.hint(p)
		if s, err := r.d.Sweep(ctx, 10); err != nil || s.Reviews != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// nobody is a host that cannot say who a customer is.
type nobody struct{}

func (nobody) Customer(context.Context, order.CustomerID) (payment.Customer, error) {
	return payment.Customer{}, errors.New("no answer")
}

// How long something has waited is told also where the host does not know its customer.
func TestP16_OldestWaitOfAnUnknownCustomer(t *testing.T) {
	r := newHost(t)
	r.place("", draftFor("a", 1000))
	due := r.order("a").DueAt
	r.d.Customers = nobody{}
	r.clock.Move(due.Sub(start) + 3*time.Hour)
	for _, want := range []time.Duration{3 * time.Hour, 0} {
		if s, err := r.d.Sweep(ctx, 10); err != nil || s.Oldest != want || s.Failed != int(want/time.Hour/3) {
			t.Errorf("%+v, %v", s, err)
		}
	}
}

// A bill whose gateway the Desk does not have is put off, and counted: the host has failed,
// not the customer, who can go on settling monthly (P6).
func TestP6_UnknownGateway(t *testing.T) {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly, c.Gateway = true, "gone" }}
	r.place("", draftFor("a", 700))
	r.pay("k", payment.MethodMonthly, nil, "a")
	r.clock.Move(31 * day)
	s := r.sweep()
	if b := r.s.All("c1").Bills[0]; s.Failed != 1 || b.Declines != 0 || !b.DueAt.After(r.clock.Now()) || !strings.Contains(s.Errs[0].Error(), "gone") {
		t.Errorf("%+v, %+v", s, b)
	}
	r.place("", draftFor("b", 700))
	r.pay("k2", payment.MethodMonthly, nil, "b")
	r.d.Gateways["gone"] = r.g
	r.clock.Move(time.Hour)
	r.sweep()
	if b := r.s.All("c1").Bills[0]; b.State != payment.BillPaid {
		t.Errorf("%+v", b)
	}
	for _, n := range r.s.All("c1").Notices {
		if n.Kind == ledger.NoticeBillDeclined {
			t.Errorf("told: %s", n.Text)
		}
	}
	r.nets(700)
	r.audit()
}
