package gatewaytest_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
	"github.com/duebook/duebook/payment/inmem"
)

// answering is a gateway in memory that answers so where its provider's side does not say otherwise.
func answering(out gateway.Outcome) *inmem.Gateway {
	return &inmem.Gateway{Answer: func(gateway.Charge) gateway.Outcome { return out }}
}

// timed is a provider's side that has a clock; the gateway in memory forgets nothing.
type timed struct{ *inmem.Gateway }

func (timed) Advance(time.Duration) {}

// alone opens a gateway without its provider's side.
func alone(open func() gateway.Gateway) gatewaytest.OpenGateway {
	return func() (gateway.Gateway, gatewaytest.Vendor) { return open(), nil }
}

// P16: the gateway in memory keeps every law, whatever it decides, with its powers and
// without, with its provider's side in view and without.
func TestP16_GatewaySuite(t *testing.T) {
	gatewaytest.TestGateway(t, func() (gateway.Gateway, gatewaytest.Vendor) {
		g := new(inmem.Gateway)
		return handled{g}, timed{g}
	})
	for what, open := range map[string]func() *inmem.Gateway{
		"captured":   func() *inmem.Gateway { return new(inmem.Gateway) },
		"declined":   func() *inmem.Gateway { return answering(gateway.Outcome{Status: gateway.StatusDeclined}) },
		"processing": func() *inmem.Gateway { return answering(gateway.Outcome{Status: gateway.StatusProcessing}) },
		"action": func() *inmem.Gateway {
			return answering(gateway.Outcome{Status: gateway.StatusAction, Action: "https://pay.example/3ds"})
		},
		"ready":      func() *inmem.Gateway { return answering(gateway.Outcome{Status: gateway.StatusReady}) },
		"short keys": func() *inmem.Gateway { return &inmem.Gateway{Promises: gateway.Traits{KeyLength: 16}} },
	} {
		for with, open := range map[string]gatewaytest.OpenGateway{
			"alone":              func() (gateway.Gateway, gatewaytest.Vendor) { return open(), nil },
			"with the provider":  func() (gateway.Gateway, gatewaytest.Vendor) { g := open(); return g, timed{g} },
			"without its powers": func() (gateway.Gateway, gatewaytest.Vendor) { g := open(); return inmem.Plain{Of: g}, g },
		} {
			if err := gatewaytest.VerifyGateway(open, 20); err != nil {
				t.Errorf("%s, %s: %v", what, with, err)
			}
		}
	}
}

// choosy refuses a currency that it does not have for certain, before it makes anything.
type choosy struct{ *inmem.Gateway }

func (g choosy) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if c.Amount.Currency() == order.JPY {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: "currency_not_supported"}, nil
	}
	return g.Gateway.Charge(ctx, c)
}

// P16: a certain refusal before anything was made keeps every law, though nothing is found of it;
// what is captured when it is asked again does not.
func TestP16_RefusedBeforeItWasMade(t *testing.T) {
	err := gatewaytest.VerifyGateway(func() (gateway.Gateway, gatewaytest.Vendor) {
		g := new(inmem.Gateway)
		return choosy{g}, timed{g}
	}, 100)
	if err != nil {
		t.Error(err)
	}
	first := true
	err = gatewaytest.VerifyGateway(alone(func() gateway.Gateway {
		return wrong{Gateway: new(inmem.Gateway), charge: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			if first = !first; !first {
				return gateway.Outcome{Status: gateway.StatusDeclined}, nil
			}
			return g.Charge(context.Background(), c)
		}}
	}), 20)
	if err == nil {
		t.Error("declined, not found and then captured keeps every law")
	}
}

// wrong is a gateway with one flaw.
type wrong struct {
	*inmem.Gateway
	traits func() gateway.Traits
	charge func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error)
	lookup func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error)
	cancel func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error)
	refund func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error)
}

func (w wrong) Traits() gateway.Traits {
	if w.traits == nil {
		return w.Gateway.Traits()
	}
	return w.traits()
}

func (w wrong) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if w.charge == nil {
		return w.Gateway.Charge(ctx, c)
	}
	return w.charge(w.Gateway, c)
}

func (w wrong) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if w.lookup == nil {
		return w.Gateway.Lookup(ctx, c)
	}
	return w.lookup(w.Gateway, c)
}

func (w wrong) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if w.cancel == nil {
		return w.Gateway.Cancel(ctx, c)
	}
	return w.cancel(w.Gateway, c)
}

func (w wrong) Refund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if w.refund == nil {
		return w.Gateway.Refund(ctx, f)
	}
	return w.refund(w.Gateway, f)
}

// wrongs are gateways that break a law each.
func wrongs() map[string]func() wrong {
	var n atomic.Int64
	anew := func(c gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: c.Amount, Reference: c.Payment, Trade: "t" + strconv.FormatInt(n.Add(1), 10)}
	}
	return map[string]func() wrong{
		"traits": func() wrong {
			life := time.Hour
			return wrong{Gateway: new(inmem.Gateway), traits: func() gateway.Traits { life += time.Hour; return gateway.Traits{Resend: life} }}
		},
		"outcome": func() wrong { // more than was asked for
			return wrong{Gateway: &inmem.Gateway{Answer: func(c gateway.Charge) gateway.Outcome {
				return gateway.Outcome{Status: gateway.StatusCaptured, Amount: order.Minor(c.Amount.Minor()+1, c.Amount.Currency())}
			}}}
		},
		"not found": func() wrong { // to look is to charge
			return wrong{Gateway: new(inmem.Gateway), lookup: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				return g.Charge(context.Background(), c)
			}}
		},
		"same key": func() wrong { // each call is a charge
			return wrong{Gateway: new(inmem.Gateway), charge: func(_ *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) { return anew(c), nil }}
		},
		"at once": func() wrong { // checked, and then charged
			seen := make(chan gateway.Outcome, 1)
			return wrong{Gateway: new(inmem.Gateway), charge: func(_ *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				select {
				case out := <-seen:
					seen <- out
					return out, nil
				default:
				}
				time.Sleep(time.Millisecond)
				out := anew(c)
				select {
				case seen <- out:
				default:
				}
				return out, nil
			}}
		},
		"other keys": func() wrong { // told apart by customer alone
			return wrong{Gateway: new(inmem.Gateway),
				charge: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
					c.Key = string(c.Customer)
					return g.Charge(context.Background(), c)
				},
				lookup: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
					c.Key = string(c.Customer)
					return g.Lookup(context.Background(), c)
				}}
		},
		"found": func() wrong { // forgotten at once
			return wrong{Gateway: new(inmem.Gateway), lookup: func(*inmem.Gateway, gateway.Charge) (gateway.Outcome, error) {
				return gateway.Outcome{Status: gateway.StatusNotFound}, nil
			}}
		},
		"as charged": func() wrong { // what is asked for is answered
			return wrong{Gateway: new(inmem.Gateway), lookup: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				out, err := g.Lookup(context.Background(), c)
				if out.Status == gateway.StatusCaptured {
					out.Amount, out.Reference = c.Amount, c.Payment
				}
				return out, err
			}}
		},
		"canceled while open": func() wrong { // and captured later
			g := &inmem.Gateway{Answer: func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusProcessing} }}
			canceled := false
			return wrong{Gateway: g,
				cancel: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
					out, err := g.Lookup(context.Background(), c)
					if out.Status == gateway.StatusNotFound {
						return g.Cancel(context.Background(), c)
					}
					canceled = true
					return gateway.Outcome{Status: gateway.StatusCanceled}, err
				},
				lookup: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
					if canceled {
						return anew(c), nil
					}
					return g.Lookup(context.Background(), c)
				}}
		},
		"canceled": func() wrong { // what was not seen is not remembered
			return wrong{Gateway: new(inmem.Gateway), cancel: func(*inmem.Gateway, gateway.Charge) (gateway.Outcome, error) {
				return gateway.Outcome{Status: gateway.StatusCanceled}, nil
			}}
		},
		"cancel too late": func() wrong { // captured, and canceled
			return wrong{Gateway: new(inmem.Gateway), cancel: func(*inmem.Gateway, gateway.Charge) (gateway.Outcome, error) {
				return gateway.Outcome{Status: gateway.StatusCanceled}, nil
			}}
		},
		"refund once": func() wrong { // each call gives back
			return wrong{Gateway: new(inmem.Gateway), refund: func(_ *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
				return gateway.Outcome{Status: gateway.StatusCaptured, Amount: f.Amount, Trade: "r" + strconv.FormatInt(n.Add(1), 10)}, nil
			}}
		},
		"refund at once": func() wrong { // looked for, and then given back
			var mu sync.Mutex
			done := make(map[string]gateway.Outcome)
			return wrong{Gateway: new(inmem.Gateway), refund: func(_ *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
				mu.Lock()
				out, ok := done[f.Key]
				mu.Unlock()
				if ok {
					return out, nil
				}
				time.Sleep(time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				out = gateway.Outcome{Status: gateway.StatusCaptured, Amount: f.Amount, Trade: "r" + strconv.FormatInt(n.Add(1), 10)}
				done[f.Key] = out
				return out, nil
			}}
		},
		"refund at most": func() wrong { // whatever is asked for
			return wrong{Gateway: new(inmem.Gateway), refund: func(_ *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
				return gateway.Outcome{Status: gateway.StatusCaptured, Amount: f.Amount, Trade: f.Key}, nil
			}}
		},
		"refund of nothing": func() wrong {
			return wrong{Gateway: new(inmem.Gateway), refund: func(_ *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
				return gateway.Outcome{Status: gateway.StatusCaptured, Amount: f.Amount, Trade: f.Key}, nil
			}}
		},
	}
}

// TestP16_GatewayLawsCatch: beside every law stands a gateway that breaks it, and is caught.
func TestP16_GatewayLawsCatch(t *testing.T) {
	laws := gatewaytest.GatewayLaws()
	for _, flaw := range subtleGateways {
		i := slices.IndexFunc(laws, func(law gatewaytest.GatewayLaw) bool { return law.Name == flaw.law })
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = laws[i].Holds(alone(flaw.open), gatewaytest.DrawCharge().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("the law %q does not catch a gateway with %s", flaw.law, flaw.what)
		}
	}
	for _, law := range laws {
		flaw := wrongs()[law.Name]
		if flaw == nil {
			if !slices.ContainsFunc(flawedProviders(), func(f flawed) bool { return f.law == law.Name }) {
				t.Errorf("no gateway breaks the law %q", law.Name)
			}
			continue
		}
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = law.Holds(alone(func() gateway.Gateway { return flaw() }), gatewaytest.DrawCharge().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("the law %q does not catch the gateway that breaks it", law.Name)
		}
	}
}
