package stripe_test

import (
	"context"
	"hash/fnv"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
	"github.com/duebook/duebook/payment/stripe"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
)

// shop is a gateway as a host uses it, and the people and banks at Stripe, who do what the suite
// decides: once they are asked, where it decides before.
type shop struct {
	*stripe.Gateway
	*side
	saved  bool // charges are by a saved card, where they name none
	absent bool // and nobody is there
}

// side is Stripe's side: a [gatewaytest.Vendor] with all further powers.
type side struct {
	api *fake.Stripe

	mu    sync.Mutex
	later map[string]gateway.Status
	cards map[string]order.Opaque // by the key of a charge
}

var _ interface {
	gatewaytest.Vendor
	gatewaytest.Clock
	gatewaytest.Returner
	gatewaytest.RefundEnder
	gatewaytest.Wallet
} = (*side)(nil)

func openShop(open func() *place, saved, absent bool) *shop {
	p := open()
	return &shop{p.Gateway, &side{api: p.api, later: map[string]gateway.Status{}, cards: map[string]order.Opaque{}}, saved, absent}
}

// with is a charge with its saved card, the same each time.
func (s *shop) with(c gateway.Charge) gateway.Charge {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.saved && c.Instrument == "" {
		if s.cards[c.Key] == "" {
			s.cards[c.Key] = s.Instrument(c.Customer)
		}
		c.Instrument, c.Absent = s.cards[c.Key], s.absent
	}
	return c
}

func (s *shop) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	out, err := s.Gateway.Charge(ctx, s.with(c))
	if err == nil {
		s.mu.Lock()
		as, asked := s.later[c.Key]
		delete(s.later, c.Key)
		s.mu.Unlock()
		if asked {
			s.does(c.Key, as)
		}
	}
	return out, err
}

func (s *shop) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return s.Gateway.Lookup(ctx, s.with(c))
}

func (s *shop) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return s.Gateway.Cancel(ctx, s.with(c))
}

// Decide implements [gatewaytest.Vendor].
func (s *side) Decide(key string, as gateway.Status) {
	if s.does(key, as) {
		return
	}
	cards := map[gateway.Status]fake.Card{gateway.StatusCaptured: fake.CardGood, gateway.StatusDeclined: "generic_decline", gateway.StatusProcessing: fake.CardProcesses,
		gateway.StatusAction: fake.CardAuthenticates}
	if card, ok := cards[as]; ok {
		s.api.Plan(key, card)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.later[key] = as
}

// does has it done now; false: nobody has been asked.
func (s *side) does(key string, as gateway.Status) bool {
	if s.api.Status(key) == "processing" {
		if as != gateway.StatusProcessing {
			s.api.Decide(key, as == gateway.StatusCaptured)
		}
		return true
	}
	switch as {
	case gateway.StatusCaptured:
		return s.api.Pay(key, fake.CardGood)
	case gateway.StatusProcessing:
		return s.api.Pay(key, fake.CardProcesses)
	case gateway.StatusDeclined: // where another card could be tried, by a debit that comes back
		asked := s.api.Pay(key, fake.CardProcesses)
		s.api.Decide(key, false)
		return asked
	case gateway.StatusReady:
		return s.api.Attach(key, fake.CardGood)
	}
	return s.api.Status(key) != ""
}

// digits are those in which Stripe counts, by its page of currencies.
func digits(code string) int {
	if n, special := published[code]; special {
		return n
	}
	return 2
}

// Seen implements [gatewaytest.Vendor].
func (s *side) Seen(key string) (units int64, counted int, currency string) {
	units, currency = s.api.Taken(key)
	currency = strings.ToUpper(currency)
	return units, digits(currency), currency
}

// Advance implements [gatewaytest.Clock].
func (s *side) Advance(by time.Duration) { s.api.Advance(by) }

// Return implements [gatewaytest.Returner], by disputes.
func (s *side) Return(key string, back order.Money) {
	n, err := back.Scaled(digits(back.Currency().String()))
	if err != nil {
		return
	}
	if n < s.api.Gone(key) {
		s.api.Win(key)
	}
	if more := n - s.api.Gone(key); more > 0 {
		s.api.Dispute(key, more)
	}
}

// EndRefund implements [gatewaytest.RefundEnder].
func (s *side) EndRefund(key string, as gateway.Status) {
	s.api.EndRefund(key, map[gateway.Status]string{gateway.StatusProcessing: "pending", gateway.StatusCaptured: "succeeded", gateway.StatusDeclined: "failed"}[as])
}

// Instrument implements [gatewaytest.Wallet].
func (s *side) Instrument(c order.CustomerID) order.Opaque {
	return order.Opaque(s.api.Save(atStripe(c), fake.CardGood))
}

// P16, P18, P19: every way to pay keeps every law of the suite.
func TestGateway(t *testing.T) {
	gatewaytest.TestGateway(t, func() (gateway.Gateway, gatewaytest.Vendor) { return sides(openShop(open, true, true)) })
}

func TestGateway_EveryWay(t *testing.T) {
	draws := 25
	if testing.Short() {
		draws = 5
	}
	for name, open := range ways() {
		t.Run(name, func(t *testing.T) {
			if err := gatewaytest.VerifyGateway(func() (gateway.Gateway, gatewaytest.Vendor) { return sides(open()) }, draws); err != nil {
				t.Error(err)
			}
		})
	}
}

// sides are those of a shop. Where no customer is known at Stripe nobody has a saved instrument.
func sides(s *shop) (gateway.Gateway, gatewaytest.Vendor) {
	if s.Customer == nil {
		return s, struct {
			gatewaytest.Vendor
			gatewaytest.Clock
			gatewaytest.Returner
			gatewaytest.RefundEnder
		}{s, s, s, s}
	}
	return s, s
}

func ways() map[string]func() *shop {
	return map[string]func() *shop{
		"checkout":              func() *shop { return openShop(open, false, false) },
		"own page":              func() *shop { return openShop(openPage, false, false) },
		"saved card":            func() *shop { return openShop(open, true, false) },
		"saved card, absent":    func() *shop { return openShop(open, true, true) },
		"saved card, own page":  func() *shop { return openShop(openPage, true, false) },
		"customers not at hand": func() *shop { s := openShop(open, false, false); s.Customer = nil; return s },
	}
}

// P16: the same where one call in six fails, in every way that it can.
func TestGateway_Trouble(t *testing.T) {
	for name, open := range ways() {
		t.Run(name, func(t *testing.T) {
			err := gatewaytest.VerifyGateway(func() (gateway.Gateway, gatewaytest.Vendor) {
				s := open()
				n := uint32(0)
				var mu sync.Mutex
				s.api.Fault = func(r *http.Request) fake.Fault {
					mu.Lock()
					defer mu.Unlock()
					n++
					h := fnv.New32()
					_, _ = h.Write([]byte(r.URL.Path))
					if draw := (h.Sum32()>>7 + n) % uint32(6*len(faults)); draw < uint32(len(faults)) {
						return faults[draw]
					}
					return fake.FaultNone
				}
				return sides(s)
			}, 40)
			if err != nil {
				t.Error(err)
			}
		})
	}
}
