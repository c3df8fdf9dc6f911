package gatewaytest

import (
	"context"
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// calls are those that take a charge and may be repeated.
func (g side) calls() []func(context.Context, gateway.Charge) (gateway.Outcome, error) {
	all := []func(context.Context, gateway.Charge) (gateway.Outcome, error){g.Lookup, g.Charge, g.Lookup}
	if canceler, ok := g.Gateway.(gateway.Canceler); ok {
		all = append(all, canceler.Cancel)
	}
	return all
}

// part is one of n parts of a charge, which the provider can count; all of it where there is none.
func (g side) part(c gateway.Charge, n int64) order.Money {
	units, digits, _ := g.vendor.Seen(c.Key)
	part, err := order.FromScaled(units/n, digits, c.Amount.Currency())
	if err != nil || part.Sign() == 0 || part.Minor() > c.Amount.Minor() {
		return c.Amount
	}
	return part
}

func gatewayTakenBack(g side, c gateway.Charge) error {
	first, ok := g.captures(c)
	if !ok {
		return errIdle
	}
	before, _, _ := g.vendor.Seen(c.Key)
	for _, back := range []order.Money{g.part(c, 2), c.Amount, g.part(c, 4), order.Minor(0, c.Amount.Currency()), c.Amount} {
		g.vendor.(Returner).Return(c.Key, back)
		want := gateway.StatusReversed
		if back.Sign() == 0 {
			want = gateway.StatusCaptured
		}
		for _, call := range g.calls() {
			out, err := call(ctx, c)
			if err != nil {
				continue
			}
			if gone := out.Back.Minor() == back.Minor(); out.Status != want || !gone {
				return fmt.Errorf("%s of %s is taken back, and it is %s with %s", back, c.Amount, out.Status, out.Back)
			}
			if out.Trade != first.Trade || soundOutcome(out, c) != nil {
				return fmt.Errorf("captured %+v, and once %s is taken back %+v", first, back, out)
			}
		}
	}
	if units, _, _ := g.vendor.Seen(c.Key); units != before {
		return fmt.Errorf("the provider took %d of its units, and %d once it is charged again", before, units)
	}
	return nil
}

func gatewayRefundFound(g side, c gateway.Charge) error {
	refunder := g.Gateway.(gateway.Refunder)
	charged, ok := g.captures(c)
	if !ok {
		return errIdle
	}
	f := refundOf(c, charged.Trade, "a", c.Amount.Minor())
	for range 2 {
		if out, err := refunder.LookupRefund(ctx, f); err == nil && out.Status != gateway.StatusNotFound {
			return fmt.Errorf("a refund that was never sent is %s", out.Status)
		}
	}
	sent, err := refunder.Refund(ctx, f)
	if err != nil {
		return errIdle
	}
	for _, handle := range []string{"", sent.Handle} {
		f.Handle = handle
		found, err := refunder.LookupRefund(ctx, f)
		if err != nil || sent.Status == gateway.StatusDeclined && found.Status == gateway.StatusNotFound {
			continue
		}
		if found.Status == gateway.StatusNotFound || decided(sent.Status) && !sameOutcome(sent, found) {
			return fmt.Errorf("sent %+v, and looked up %+v", sent, found)
		}
	}
	return nil
}

// refunds sends a refund of all of a charge, and reports whether it is as the provider was told.
func (g side) refunds(c gateway.Charge, as gateway.Status) (f gateway.Refund, ok bool) {
	refunder := g.Gateway.(gateway.Refunder)
	charged, ok := g.captures(c)
	if !ok {
		return f, false
	}
	f = refundOf(c, charged.Trade, "a", c.Amount.Minor())
	g.vendor.(RefundEnder).EndRefund(f.Key, as)
	if _, err := refunder.Refund(ctx, f); err != nil {
		return f, false
	}
	out, err := refunder.LookupRefund(ctx, f)
	return f, err == nil && out.Status == as
}

// ended has a refund end, and reports what a lookup says that is something else.
func (g side) ended(f gateway.Refund, as gateway.Status) error {
	g.vendor.(RefundEnder).EndRefund(f.Key, as)
	for range 2 {
		out, err := g.Gateway.(gateway.Refunder).LookupRefund(ctx, f)
		switch {
		case err != nil:
		case out.Status != as:
			return fmt.Errorf("it is %s at the provider, and looked up %s", as, out.Status)
		case as == gateway.StatusCaptured && out.Amount != f.Amount:
			return fmt.Errorf("%s is back where %s was asked for", out.Amount, f.Amount)
		}
	}
	return nil
}

func gatewayRefundEnds(g side, c gateway.Charge) error {
	met := errIdle
	for i, as := range []gateway.Status{gateway.StatusCaptured, gateway.StatusDeclined} {
		c := variant(c, i)
		f, ok := g.refunds(c, gateway.StatusProcessing)
		if !ok {
			continue
		}
		met = nil
		if err := g.ended(f, as); err != nil {
			return err
		}
	}
	return met
}

func gatewayRefundBack(g side, c gateway.Charge) error {
	f, ok := g.refunds(c, gateway.StatusCaptured)
	if !ok {
		return errIdle
	}
	return g.ended(f, gateway.StatusDeclined)
}
