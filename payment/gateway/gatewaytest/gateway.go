package gatewaytest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

func gatewayTraits(g side, c gateway.Charge) error {
	before := g.Traits()
	if err := before.Check(); err != nil {
		return err
	}
	_, _ = g.Charge(ctx, c)
	if after := g.Traits(); after != before {
		return fmt.Errorf("they were %+v, and are %+v", before, after)
	}
	return nil
}

// sound reports what in an outcome contradicts the charge.
func soundOutcome(o gateway.Outcome, c gateway.Charge) error {
	var s gateway.Status
	if err := s.UnmarshalText([]byte(o.Status)); err != nil {
		return err
	}
	switch o.Status {
	case gateway.StatusCaptured, gateway.StatusReversed:
		if o.Amount != c.Amount || o.Reference != c.Payment {
			return fmt.Errorf("captured %s for %q, where %s for %q was asked for", o.Amount, o.Reference, c.Amount, c.Payment)
		}
		return order.CheckID("trade", o.Trade)
	case gateway.StatusAction:
		return o.Unclear()
	}
	return nil
}

func gatewayOutcome(g side, c gateway.Charge) error {
	out, err := g.Charge(ctx, c)
	if err != nil {
		return errIdle // unknown
	}
	if out.Status == gateway.StatusNotFound {
		return errors.New("a charge that was made is not found")
	}
	return soundOutcome(out, c)
}

func gatewayNotFound(g side, c gateway.Charge) error {
	for range 2 {
		if out, err := g.Lookup(ctx, c); err == nil && out.Status != gateway.StatusNotFound {
			return fmt.Errorf("it is %s", out.Status)
		}
	}
	made, err := g.Charge(ctx, c)
	if err != nil || made.Status == gateway.StatusDeclined { // perhaps before it was made
		return nil
	}
	if out, err := g.Lookup(ctx, c); err == nil && out.Status == gateway.StatusNotFound {
		return errors.New("a charge that was looked for before it was made is not found")
	}
	return nil
}

// decided reports whether an outcome is final.
func decided(s gateway.Status) bool {
	return s == gateway.StatusCaptured || s == gateway.StatusDeclined || s == gateway.StatusCanceled
}

// sameOutcome reports whether a gateway answers again what it answered first.
func sameOutcome(first, again gateway.Outcome) bool {
	return again.Status == first.Status && again.Trade == first.Trade && again.Amount == first.Amount
}

func gatewaySameKey(g side, c gateway.Charge) error {
	first, err := g.Charge(ctx, c)
	if err != nil {
		return errIdle
	}
	other := c
	other.Amount = order.Minor(c.Amount.Minor()+1, c.Amount.Currency())
	if made, err := g.Lookup(ctx, c); err == nil && first.Status == gateway.StatusDeclined && made.Status == gateway.StatusNotFound {
		other = c // it was refused before it was made, and there is nothing to compare another amount with
	}
	for _, charge := range []gateway.Charge{c, other, c, c} {
		again, err := g.Charge(ctx, charge)
		switch {
		case err != nil:
		case again.Status == gateway.StatusNotFound:
			return fmt.Errorf("%s, and then not found", first.Status)
		case charge != c && again.Status != gateway.StatusCaptured:
			// Asked for another amount, a gateway may refuse the call, which takes nothing.
		case decided(first.Status) && !sameOutcome(first, again):
			return fmt.Errorf("%+v, and sent again with %s %+v", first, charge.Amount, again)
		case again.Status == gateway.StatusCaptured && again.Amount != c.Amount:
			return fmt.Errorf("sent with %s, and again with %s, it captured %s", c.Amount, charge.Amount, again.Amount)
		}
	}
	return nil
}

func gatewayAtOnce(g side, c gateway.Charge) error {
	outs := make([]gateway.Outcome, 6)
	calls := make([]func() error, len(outs))
	for i := range calls {
		calls[i] = func() (err error) {
			outs[i], err = g.Charge(ctx, c)
			return err
		}
	}
	errs := together(calls...)
	last, err := g.Lookup(ctx, c)
	outs, errs = append(outs, last), append(errs, err)
	trades, final := make(map[string]bool), make(map[gateway.Status]bool)
	for i, out := range outs {
		if errs[i] == nil && decided(out.Status) {
			trades[out.Trade], final[out.Status] = true, true
		}
	}
	if len(final) > 1 {
		return fmt.Errorf("of one charge the calls say, each for good: %v", slices.Sorted(maps.Keys(final)))
	}
	if final[gateway.StatusCaptured] && len(trades) > 1 {
		return fmt.Errorf("captured under %d trade numbers", len(trades))
	}
	return nil
}

func gatewayOtherKeys(g side, c gateway.Charge) error {
	one, err := g.Charge(ctx, c)
	if err != nil {
		return errIdle
	}
	last := len(c.Key) - 1
	for _, key := range []string{c.Key[1:] + c.Key[:1], c.Key[:last] + anotherDigit(c.Key[last]), anotherDigit(c.Key[0]) + c.Key[1:]} {
		other := c
		if other.Key = key; key == c.Key {
			continue
		}
		if out, err := g.Lookup(ctx, other); err == nil && out.Status != gateway.StatusNotFound {
			return fmt.Errorf("charged under %s, and another key, %s, is %s", c.Key, key, out.Status)
		}
		two, err := g.Charge(ctx, other)
		captured := one.Status == gateway.StatusCaptured && two.Status == gateway.StatusCaptured
		if err == nil && captured && one.Trade == two.Trade {
			return fmt.Errorf("two charges have the trade number %s", one.Trade)
		}
	}
	return nil
}

// anotherDigit is the other end of the digits of a key.
func anotherDigit(b byte) string {
	if b == '0' {
		return "v"
	}
	return "0"
}

func gatewayFound(g side, c gateway.Charge) error {
	out, err := g.Charge(ctx, c)
	if err != nil {
		return errIdle
	}
	for range 2 {
		found, err := g.Lookup(ctx, c)
		if err != nil {
			continue
		}
		if out.Status == gateway.StatusDeclined && found.Status == gateway.StatusNotFound {
			if again, err := g.Charge(ctx, c); err == nil && again.Status != gateway.StatusDeclined {
				return fmt.Errorf("declined, not found, and answered %+v when it is asked again", again)
			}
			continue
		}
		differs := found.Status != out.Status || found.Trade != out.Trade
		if found.Status == gateway.StatusNotFound || decided(out.Status) && differs {
			return fmt.Errorf("answered %+v, and looked up %+v", out, found)
		}
		if err := soundOutcome(found, c); err != nil {
			return err
		}
	}
	return nil
}

func gatewayHandle(g side, c gateway.Charge) error {
	out, err := g.Charge(ctx, c)
	if err != nil || out.Handle == "" {
		return errIdle
	}
	if len(out.Handle) > 255 || gateway.Printable(out.Handle) != out.Handle {
		return fmt.Errorf("its handle, %q, is not 1 to 255 printable characters", out.Handle)
	}
	with := c
	with.Handle = out.Handle
	for _, call := range g.calls() {
		given, err1 := call(ctx, with)
		not, err2 := call(ctx, c)
		if err1 != nil || err2 != nil {
			continue
		}
		found := (given.Status == gateway.StatusNotFound) == (not.Status == gateway.StatusNotFound)
		if !found || decided(given.Status) && decided(not.Status) && !sameOutcome(given, not) {
			return fmt.Errorf("%+v with the handle, and without it %+v", given, not)
		}
		for _, x := range []gateway.Outcome{given, not} {
			if x.Handle != "" && x.Handle != out.Handle {
				return fmt.Errorf("its handle is %q, and then %q", out.Handle, x.Handle)
			}
		}
	}
	return nil
}

func gatewayAsCharged(g side, c gateway.Charge) error {
	if _, err := g.Charge(ctx, c); err != nil {
		return errIdle
	}
	other := c
	other.Amount = order.Minor(c.Amount.Minor()+1, c.Amount.Currency())
	out, err := g.Lookup(ctx, other)
	asCharged := out.Amount == c.Amount && out.Reference == c.Payment
	if err == nil && out.Status == gateway.StatusCaptured && !asCharged {
		return fmt.Errorf("charged %s for %s, and looked up with %s it is %s for %s", c.Amount, c.Payment, other.Amount, out.Amount, out.Reference)
	}
	return nil
}

var (
	ctx     = context.Background()
	sending = time.Date(2026, 1, 28, 9, 0, 0, 0, time.UTC)
)

// together runs calls at once.
func together(calls ...func() error) []error {
	errs := make([]error, len(calls))
	var start, done sync.WaitGroup
	start.Add(1)
	for i, call := range calls {
		done.Add(1)
		go func() {
			defer done.Done()
			start.Wait()
			errs[i] = call()
		}()
	}
	start.Done()
	done.Wait()
	return errs
}
