package gatewaytest

import (
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

func gatewayAmounts(g side, c gateway.Charge) error {
	out, ok := g.captures(c)
	if !ok {
		return errIdle
	}
	if err := g.sees(c.Key, c.Amount); err != nil {
		return err
	}
	refunder, ok := g.Gateway.(gateway.Refunder)
	if !ok {
		return nil
	}
	part := order.Minor((c.Amount.Minor()+1)/2, c.Amount.Currency())
	if units, digits, _ := g.vendor.Seen(c.Key); units > 1 { // what the provider can count
		if counted, err := order.FromScaled(units/2, digits, c.Amount.Currency()); err == nil {
			part = counted
		}
	}
	if back, err := refunder.Refund(ctx, refundOf(c, out.Trade, "a", part.Minor())); err != nil || back.Status != gateway.StatusCaptured {
		return nil
	}
	if err := g.sees(c.Key, order.Minor(c.Amount.Minor()-part.Minor(), c.Amount.Currency())); err != nil {
		return fmt.Errorf("%s was given back: %w", part, err)
	}
	return nil
}

func gatewayDecidedLater(g side, c gateway.Charge) error {
	met := errIdle
	for i, as := range []gateway.Status{gateway.StatusCaptured, gateway.StatusDeclined} {
		for j, before := range []gateway.Status{gateway.StatusProcessing, gateway.StatusAction} {
			c := variant(c, 2*i+j)
			if out, ok := g.makes(c, before); !ok || decided(out.Status) {
				continue
			}
			g.vendor.Decide(c.Key, as)
			out, err := g.Lookup(ctx, c)
			if err != nil {
				continue
			}
			met = nil
			if as == gateway.StatusDeclined && out.Status != as {
				out = g.undecided(c, out)
			}
			if end := out.Status == as || as == gateway.StatusDeclined && out.Status == gateway.StatusCanceled; !end {
				return fmt.Errorf("%s, then %s at the provider, and looked up it is %s", before, as, out.Status)
			}
			if err := soundOutcome(out, c); err != nil {
				return err
			}
		}
	}
	return met
}

// undecided says what becomes of a charge that was declined and could still be paid with another
// card, where a lookup says so: what is ready is ended by charging again, an action by canceling.
func (g side) undecided(c gateway.Charge, out gateway.Outcome) gateway.Outcome {
	end := g.Charge
	if canceler, ok := g.Gateway.(gateway.Canceler); ok && out.Status == gateway.StatusAction {
		end = canceler.Cancel
	}
	if ended, err := end(ctx, c); err == nil && (out.Status == gateway.StatusReady || out.Status == gateway.StatusAction) {
		return ended
	}
	return out
}

func gatewayDeclined(g side, c gateway.Charge) error {
	out, ok := g.makes(c, gateway.StatusDeclined)
	if !ok || out.Status != gateway.StatusDeclined {
		return errIdle
	}
	g.vendor.Decide(c.Key, gateway.StatusCaptured)
	for _, call := range g.calls() {
		if after, err := call(ctx, c); err == nil && after.Moved() {
			return fmt.Errorf("declined, and then %s", after.Status)
		}
	}
	return g.sees(c.Key, order.Minor(0, c.Amount.Currency()))
}

// ready makes a charge that is ready.
func (g side) ready(c gateway.Charge) bool {
	if _, ok := g.opens(c); !ok {
		return false
	}
	g.vendor.Decide(c.Key, gateway.StatusReady)
	out, err := g.Lookup(ctx, c)
	return err == nil && out.Status == gateway.StatusReady
}

// completed reports how a charge that was ready and is captured is charged once more.
func (g side) completed(c gateway.Charge, out gateway.Outcome) error {
	if err := soundOutcome(out, c); err != nil {
		return err
	}
	once, _, _ := g.vendor.Seen(c.Key)
	for range 2 {
		if again, err := g.Charge(ctx, c); err == nil && !sameOutcome(out, again) {
			return fmt.Errorf("completed %+v, and then %+v", out, again)
		}
	}
	if units, _, _ := g.vendor.Seen(c.Key); units != once || units == 0 {
		return fmt.Errorf("the provider has %d of its units when it is completed, and %d when it is charged again", once, units)
	}
	return nil
}

func gatewayReady(g side, c gateway.Charge) error {
	done, dropped := variant(c, 0), variant(c, 1)
	nothing := order.Minor(0, c.Amount.Currency())
	if !g.ready(done) {
		return errIdle
	}
	if _, err := g.Lookup(ctx, done); err == nil && g.sees(done.Key, nothing) != nil {
		return fmt.Errorf("it was looked up alone: %w", g.sees(done.Key, nothing))
	}
	out, err := g.Charge(ctx, done)
	if err != nil {
		return errIdle
	}
	if s := out.Status; s == gateway.StatusReady || s == gateway.StatusNotFound {
		return fmt.Errorf("it was ready, and charged again it is %s", s)
	}
	if out.Status == gateway.StatusCaptured {
		if err := g.completed(done, out); err != nil {
			return err
		}
	}
	canceler, ok := g.Gateway.(gateway.Canceler)
	if !ok || !g.ready(dropped) {
		return nil
	}
	if out, err := canceler.Cancel(ctx, dropped); err != nil || out.Status != gateway.StatusCanceled {
		return nil
	}
	if err := staysCanceled(g, canceler, dropped); err != nil {
		return err
	}
	return g.sees(dropped.Key, nothing)
}

// lives are how far the clock is moved on each time: past the life of keys that providers have, a
// day, a month, and more.
var lives = [...]time.Duration{25 * time.Hour, 32 * 24 * time.Hour, 400 * 24 * time.Hour}

func gatewayAfterLife(g side, c gateway.Charge) error {
	met := errIdle
	for i, as := range []gateway.Status{gateway.StatusCaptured, gateway.StatusAction, gateway.StatusProcessing} {
		c, passed := variant(c, i), time.Duration(0)
		first, ok := g.makes(c, as)
		if !ok || first.Status != as {
			continue
		}
		for _, by := range lives {
			g.vendor.(Clock).Advance(by)
			passed += by
			found, err := g.Lookup(ctx, c)
			known := err == nil && found.Status != gateway.StatusNotFound
			if !known && !g.Traits().Resends(sending, sending.Add(passed)) {
				continue // it is known to be unsafe
			}
			met = nil
			again, err := g.Charge(ctx, c)
			if err == nil && decided(first.Status) && !sameOutcome(first, again) {
				return fmt.Errorf("%+v, and sent again after %s %+v", first, passed, again)
			}
		}
		g.vendor.Decide(c.Key, gateway.StatusCaptured)
		if units, _, _ := g.vendor.Seen(c.Key); units != 0 && g.sees(c.Key, c.Amount) != nil {
			return fmt.Errorf("%s, sent again after the key's life, and captured: %w", as, g.sees(c.Key, c.Amount))
		}
	}
	return met
}
