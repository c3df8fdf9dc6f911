package gatewaytest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/gateway"
	"pgregory.net/rapid"
)

// OpenGateway returns a gateway that has seen nothing under the keys that the suite makes: a
// fresh one, or the vendor's place for tests, the same each time. No two laws, no two charges of
// a law and no two runs make the same key, payment ID or refund ID.
type OpenGateway func() gateway.Gateway

// GatewayLaw is one promise of a [gateway.Gateway], on a charge that it has not seen.
type GatewayLaw = ordertest.Law[OpenGateway, gateway.Charge]

// GatewayLaws returns what a gateway promises, law by law. They hold for all that it decides of
// a charge; an error of a call is unknown, and breaks none but where it is all there is. A law
// charges under a new key each time that it is asked, made of that which it is given.
func GatewayLaws() []GatewayLaw {
	return apart([]GatewayLaw{
		{Name: "traits", Says: "its traits are sound, and do not change", Holds: gatewayTraits},
		{Name: "outcome", Says: "an outcome is one of the known ones, with the amount, reference and trade number of what was captured, and an https URL of an action", Holds: gatewayOutcome},
		{Name: "not found", Says: "a charge that was never made is not found, and looking for it makes none and hides none", Holds: gatewayNotFound},
		{Name: "same key", Says: "the same key takes money once, also if it is sent again with another amount: the decision is answered again", Holds: gatewaySameKey},
		{Name: "at once", Says: "the same key at once from many takes money once, and what is decided is decided for all", Holds: gatewayAtOnce},
		{Name: "other keys", Says: "each key is a charge of its own, to the last character", Holds: gatewayOtherKeys},
		{Name: "found", Says: "a charge that was answered is found, as it was answered; one that was refused before it was made may be unknown", Holds: gatewayFound},
		{Name: "as charged", Says: "a lookup says what was charged, also if it is asked with another amount", Holds: gatewayAsCharged},
		{Name: "canceled", Says: "what was canceled is never captured under this key, seen before or not", Holds: gatewayCanceled},
		{Name: "canceled while open", Says: "what was open and is canceled is never captured", Holds: gatewayCanceledOpen},
		{Name: "cancel too late", Says: "canceling what was captured says so, and gives nothing back", Holds: gatewayTooLate},
		{Name: "refund once", Says: "the same key of a refund gives back once, and answers the same", Holds: gatewayRefundOnce},
		{Name: "refund at once", Says: "the same key of a refund at once from many gives back once", Holds: gatewayRefundAtOnce},
		{Name: "refund at most", Says: "a refund gives back the part that was asked for, and all of them never more than was captured", Holds: gatewayRefundMost},
		{Name: "refund of nothing", Says: "nothing comes back of a charge that was not captured, made or not", Holds: gatewayRefundNothing},
	})
}

// apart has the laws keep out of each other's way, and out of that of other runs, at one place
// for tests.
func apart(laws []GatewayLaw) []GatewayLaw {
	run := rand.Text()
	var calls atomic.Int64
	for i, law := range laws {
		laws[i].Holds = func(open OpenGateway, c gateway.Charge) error {
			sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d/%s", run, law.Name, calls.Add(1), c.Key))
			c.Key = strings.ToLower(base32.HexEncoding.EncodeToString(sum[:20]))
			c.Payment = order.PaymentID(c.Key)
			return law.Holds(open, c)
		}
	}
	return laws
}

// TestGateway checks that the gateways which open returns keep every law of [GatewayLaws],
// each in a subtest of its own with charges that rapid draws. It is a host's whole test; a
// gateway that can cancel or refund is held to that too. Against a vendor's place for tests,
// -rapid.checks says how many charges are made.
func TestGateway(t *testing.T, open OpenGateway) {
	t.Helper()
	gatewaySuite().Test(t, open)
}

// VerifyGateway checks the same on n charges, for a program. The error is a [*ordertest.LawError]
// for the first on which a law is broken; n less than 1 is an error too.
func VerifyGateway(open OpenGateway, n int) error { return gatewaySuite().Verify(open, n) }

func gatewaySuite() ordertest.Suite[OpenGateway, gateway.Charge] {
	return ordertest.Suite[OpenGateway, gateway.Charge]{Laws: GatewayLaws(), Drawn: DrawCharge()}
}

// DrawCharge draws a charge of a few cents to a few thousand.
func DrawCharge() *rapid.Generator[gateway.Charge] {
	return rapid.Custom(func(t *rapid.T) gateway.Charge {
		key := rapid.StringMatching(`[a-v0-9]{32}`).Draw(t, "key")
		return gateway.Charge{Gateway: "gateway", Key: key, Customer: ordertest.ID[order.CustomerID]().Draw(t, "customer"), Payment: order.PaymentID(key),
			Amount: order.Minor(rapid.Int64Range(1, 500_000).Draw(t, "amount"), rapid.SampledFrom([]order.Currency{order.USD, order.EUR, order.JPY}).Draw(t, "currency")),
			At:     sending}
	})
}

// fit cuts the key to what the gateway takes.
func fit(g gateway.Gateway, c gateway.Charge) gateway.Charge {
	if n := g.Traits().KeyLength; n > 0 && n < len(c.Key) {
		c.Key = c.Key[:n]
	}
	return c
}

func gatewayTraits(open OpenGateway, c gateway.Charge) error {
	g := open()
	before := g.Traits()
	if err := before.Check(); err != nil {
		return err
	}
	_, _ = g.Charge(ctx, fit(g, c))
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

func gatewayOutcome(open OpenGateway, c gateway.Charge) error {
	g := open()
	c = fit(g, c)
	out, err := g.Charge(ctx, c)
	if err != nil {
		return nil // unknown
	}
	if out.Status == gateway.StatusNotFound {
		return errors.New("a charge that was made is not found")
	}
	return soundOutcome(out, c)
}

func gatewayNotFound(open OpenGateway, c gateway.Charge) error {
	g := open()
	c = fit(g, c)
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

func gatewaySameKey(open OpenGateway, c gateway.Charge) error {
	g := open()
	c = fit(g, c)
	first, err := g.Charge(ctx, c)
	if err != nil {
		return nil
	}
	other := c
	other.Amount = order.Minor(c.Amount.Minor()+1, c.Amount.Currency())
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

func gatewayAtOnce(open OpenGateway, c gateway.Charge) error {
	g := open()
	c = fit(g, c)
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

func gatewayOtherKeys(open OpenGateway, c gateway.Charge) error {
	g := open()
	c = fit(g, c)
	one, err := g.Charge(ctx, c)
	if err != nil {
		return nil
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

func gatewayFound(open OpenGateway, c gateway.Charge) error {
	g := open()
	c = fit(g, c)
	out, err := g.Charge(ctx, c)
	if err != nil {
		return nil
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

func gatewayAsCharged(open OpenGateway, c gateway.Charge) error {
	g := open()
	c = fit(g, c)
	if _, err := g.Charge(ctx, c); err != nil {
		return nil
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
