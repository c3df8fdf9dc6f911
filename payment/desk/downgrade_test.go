package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

// renewed renews a resource for a month, and pays it from the balance.
func (r *host) renewed(id string, x order.ResourceID) order.ID {
	r.t.Helper()
	os := r.renewal(id, x)
	r.pay(payment.Key("pay-"+id), payment.MethodBalance, nil, os[0].ID)
	return os[0].ID
}

// Leaving that has been asked for is approved as it was then, whatever the clock has done to
// the resources meanwhile (Q7).
func TestQ7_ApprovedAfterTheClock(t *testing.T) {
	for _, x := range []struct {
		name  string
		setup func(r *host)
		wait  time.Duration
		cash  int64
	}{
		{"gone to pay-per-use", func(r *host) {
			r.mode("x1", renewal.ModePayPerUse, renewal.Auto{})
			r.leave(left("lv", "x1", whole))
		}, 40 * day, 40000},
		{"what is bound was released", func(r *host) {
			r.boughtDisk(5000)
			r.leave(left("lv", "x1", whole))
		}, 80 * day, 40000},
		{"the renewal has begun", func(r *host) {
			id := r.renewed("rn", "x1")
			r.clock.Move(29 * day)
			r.leave(left("lv", "x1", taking(id)))
		}, 4 * day, 30000},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newHost(t)
			r.p.Renewal.Leaving.Approve = cents(100)
			r.deposit("d", payment.FundCash, 40000)
			r.bought("o1", "x1")
			x.setup(r)
			r.clock.Move(x.wait)
			r.sweep()
			if o := r.move("lv", order.EventApprove); o.State != order.StateCompleted {
				t.Errorf("order %s", o.State)
			}
			r.accounts("given back", x.cash, 0)
			r.audit()
		})
	}
}

type invoiced struct{ seen []order.Order }

func (i *invoiced) Check(_ context.Context, in desk.Inquiry) (payment.Findings, error) {
	i.seen = in.Orders
	return payment.Findings{Other: payment.ReasonDenied, OtherText: "it was invoiced at the marketplace"}, nil
}

// A host's own check is asked about the order that would give money back, and refuses it
// (Q7, P10).
func TestQ7_CheckOfTheHostRefusesLeaving(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	check := &invoiced{}
	r.d.Checks = desk.Checks{check}
	for name, ask := range map[string]func() error{
		"quoted": func() error { _, err := r.d.QuoteUnsubscribe(ctx, left("lv", "x1", whole)); return err },
		"left":   func() error { _, err := r.d.Unsubscribe(ctx, left("lv", "x1", whole)); return err },
	} {
		var no *payment.Refusal
		if err := ask(); !errors.As(err, &no) || no.Reason != payment.ReasonDenied {
			t.Errorf("%s: %v", name, err)
		}
		if len(check.seen) != 1 || check.seen[0].Type != order.TypeUnsubscribe || check.seen[0].Lines[0].Resource != "x1" {
			t.Errorf("%s: asked about %+v", name, check.seen)
		}
	}
	if r.order("lv").ID != "" || !r.res("x1").Released.IsZero() {
		t.Error("it was left")
	}
}
