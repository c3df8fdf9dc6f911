package gatewaytest

import (
	"context"
	"errors"
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

func gatewayCanceled(g side, c gateway.Charge) error {
	canceler := g.Gateway.(gateway.Canceler)
	out, err := canceler.Cancel(ctx, c)
	if err != nil {
		return errIdle
	}
	if out.Status != gateway.StatusCanceled {
		if out.Status == gateway.StatusNotFound {
			return errIdle // it cannot, and says so: it is waited out
		}
		return fmt.Errorf("a charge that was never seen is %s", out.Status)
	}
	return staysCanceled(g, canceler, c)
}

// staysCanceled reports what becomes of a charge that was canceled.
func staysCanceled(g gateway.Gateway, canceler gateway.Canceler, c gateway.Charge) error {
	for _, call := range []func(context.Context, gateway.Charge) (gateway.Outcome, error){g.Lookup, g.Charge, g.Lookup, canceler.Cancel, g.Charge} {
		if after, err := call(ctx, c); err == nil && after.Status != gateway.StatusCanceled && after.Status != gateway.StatusDeclined {
			return fmt.Errorf("canceled, and then %s", after.Status)
		}
	}
	return nil
}

func gatewayCanceledOpen(g side, c gateway.Charge) error {
	canceler := g.Gateway.(gateway.Canceler)
	if _, ok := g.opens(c); !ok {
		return errIdle
	}
	if out, err := canceler.Cancel(ctx, c); err != nil || out.Status != gateway.StatusCanceled {
		return errIdle // it is too late, or not known
	}
	return staysCanceled(g, canceler, c)
}

func gatewayTooLate(g side, c gateway.Charge) error {
	canceler := g.Gateway.(gateway.Canceler)
	if _, ok := g.captures(c); !ok {
		return errIdle
	}
	if late, err := canceler.Cancel(ctx, c); err == nil && late.Status != gateway.StatusCaptured {
		return fmt.Errorf("captured, and canceling it says %s", late.Status)
	}
	if after, err := g.Lookup(ctx, c); err == nil && after.Status != gateway.StatusCaptured {
		return fmt.Errorf("captured, canceled, and then %s", after.Status)
	}
	return nil
}

// captured makes a charge, and returns what gives it back; false where it was not captured.
func captured(g side, c gateway.Charge) (refund func(key string, amount int64) (gateway.Outcome, error), ok bool) {
	refunder := g.Gateway.(gateway.Refunder)
	out, ok := g.captures(c)
	if !ok {
		return nil, false
	}
	return func(key string, amount int64) (gateway.Outcome, error) {
		return refunder.Refund(ctx, refundOf(c, out.Trade, key, amount))
	}, true
}

func refundOf(c gateway.Charge, trade, key string, amount int64) gateway.Refund {
	key = (key + c.Key)[:len(c.Key)]
	return gateway.Refund{Refund: order.RefundID(key), Customer: c.Customer, Payment: c.Payment, Amount: order.Minor(amount, c.Amount.Currency()),
		Gateway: c.Gateway, Key: key, Charge: c.Key, Trade: trade}
}

func gatewayRefundOnce(g side, c gateway.Charge) error {
	refund, ok := captured(g, c)
	if !ok {
		return errIdle
	}
	whole := c.Amount.Minor()
	first, err := refund("a", whole)
	if err != nil {
		return errIdle
	}
	again, err := refund("a", whole)
	if err == nil && decided(first.Status) && !sameOutcome(first, again) {
		return fmt.Errorf("%+v, and then %+v", first, again)
	}
	if first.Status == gateway.StatusCaptured && first.Amount != c.Amount {
		return fmt.Errorf("%s is back where %s was asked for", first.Amount, c.Amount)
	}
	return nil
}

func gatewayRefundAtOnce(g side, c gateway.Charge) error {
	refund, ok := captured(g, c)
	if !ok {
		return errIdle
	}
	outs := make([]gateway.Outcome, 6)
	calls := make([]func() error, len(outs))
	for i := range calls {
		calls[i] = func() (err error) {
			outs[i], err = refund("a", max(1, c.Amount.Minor()/int64(len(calls)))) // all of them together are no more than was captured
			return err
		}
	}
	trades := make(map[string]bool)
	for i, err := range together(calls...) {
		if err == nil && outs[i].Status == gateway.StatusCaptured {
			trades[outs[i].Trade] = true
		}
	}
	if len(trades) > 1 {
		return fmt.Errorf("given back under %d trade numbers", len(trades))
	}
	return nil
}

func gatewayRefundMost(g side, c gateway.Charge) error {
	refund, ok := captured(g, c)
	if !ok {
		return errIdle
	}
	sum := int64(0)
	for i, amount := range []int64{(c.Amount.Minor() + 1) / 2, c.Amount.Minor(), c.Amount.Minor() / 2, 1} {
		if amount == 0 {
			continue
		}
		out, err := refund(string(rune('b'+i)), amount)
		if err != nil || out.Status != gateway.StatusCaptured {
			continue
		}
		if part := order.Minor(amount, c.Amount.Currency()); out.Amount != part {
			return fmt.Errorf("%s is back where %s of %s was asked for", out.Amount, part, c.Amount)
		}
		sum += amount
	}
	if sum > c.Amount.Minor() {
		return fmt.Errorf("%d minor units are back of %s", sum, c.Amount)
	}
	return nil
}

func gatewayRefundNothing(g side, c gateway.Charge) error {
	refunder := g.Gateway.(gateway.Refunder)
	if out, err := refunder.Refund(ctx, refundOf(c, "none", "z", 1)); err == nil && out.Status == gateway.StatusCaptured {
		return errors.New("a charge that was never made gives money back")
	}
	if _, err := g.Charge(ctx, c); err != nil {
		return nil
	}
	back, err := refunder.Refund(ctx, refundOf(c, "none", "y", 1))
	if err != nil || back.Status != gateway.StatusCaptured {
		return nil
	}
	if out, err := g.Lookup(ctx, c); err == nil && out.Status != gateway.StatusCaptured { // not even in between
		return fmt.Errorf("a charge that is %s gives money back", out.Status)
	}
	return nil
}
