package gatewaytest_test

import (
	"context"
	"sync"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/gateway/gatewaytest"
	"github.com/duebook/duebook/payment/inmem"
)

// adapter is a gateway whose calls are changed one by one, over a provider that is right.
type adapter struct {
	wrong
	found func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error)
}

func (a adapter) LookupRefund(ctx context.Context, f gateway.Refund) (gateway.Outcome, error) {
	if a.found == nil {
		return a.Gateway.LookupRefund(ctx, f)
	}
	return a.found(a.Gateway, f)
}

// over opens an adapter with what is wrong with it, made anew each time.
func over(wrong func(a *adapter)) gatewaytest.OpenGateway {
	return func() (gateway.Gateway, gatewaytest.Vendor) {
		g := new(inmem.Gateway)
		a := adapter{}
		a.Gateway = g
		wrong(&a)
		return a, timed{g}
	}
}

// notes are what an adapter remembers, for use by many goroutines.
type notes[T any] struct {
	mu sync.Mutex
	of map[string]T
}

// get returns what is noted under a key.
func (n *notes[T]) get(key string) T {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.of[key]
}

// put notes something under a key, in place of what was there.
func (n *notes[T]) put(key string, x T) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil {
		n.of = make(map[string]T)
	}
	n.of[key] = x
}

var background = context.Background()

// shown has every answer of an adapter about a charge be changed.
func (a *adapter) shown(change func(c gateway.Charge, out gateway.Outcome) gateway.Outcome) {
	by := func(call func(*inmem.Gateway, context.Context, gateway.Charge) (gateway.Outcome, error)) func(*inmem.Gateway, gateway.Charge) (gateway.Outcome, error) {
		return func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			out, err := call(g, background, c)
			return change(c, out), err
		}
	}
	a.charge, a.lookup, a.cancel = by((*inmem.Gateway).Charge), by((*inmem.Gateway).Lookup), by((*inmem.Gateway).Cancel)
}

// payable is a provider where what was declined can still be paid.
type payable struct {
	timed
	paid *notes[bool]
}

func openPayable(shows bool) gatewaytest.OpenGateway {
	return func() (gateway.Gateway, gatewaytest.Vendor) {
		g := new(inmem.Gateway)
		v := payable{timed{g}, new(notes[bool])}
		a := &adapter{}
		a.Gateway = g
		if shows {
			a.shown(func(c gateway.Charge, out gateway.Outcome) gateway.Outcome {
				if out.Status == gateway.StatusDeclined && v.paid.get(c.Key) {
					out = gateway.Outcome{Status: gateway.StatusCaptured, Amount: c.Amount, Reference: c.Payment, Trade: "late"}
				}
				return out
			})
		}
		return a, v
	}
}

func (v payable) Decide(key string, as gateway.Status) {
	out, err := v.Lookup(background, gateway.Charge{Key: key})
	if err == nil && out.Status == gateway.StatusDeclined && as == gateway.StatusCaptured {
		v.paid.put(key, true)
		return
	}
	v.timed.Decide(key, as)
}

func (v payable) Seen(key string) (int64, int, string) {
	if v.paid.get(key) {
		return 1, 0, "USD"
	}
	return v.timed.Seen(key)
}

// forgetful is a provider that makes a new charge once it has forgotten a key, and an adapter that
// does not look first.
type forgetful struct {
	adapter
	mu     *sync.Mutex
	passed *time.Duration
	first  map[string]time.Duration
	keys   map[string][]string // of the charges that were made under a key
}

func openForgetful(traits gateway.Traits) gatewaytest.OpenGateway {
	return func() (gateway.Gateway, gatewaytest.Vendor) {
		f := forgetful{mu: new(sync.Mutex), passed: new(time.Duration), first: map[string]time.Duration{}, keys: map[string][]string{}}
		f.Gateway = &inmem.Gateway{Promises: traits}
		return f, f
	}
}

func (f forgetful) Advance(by time.Duration) { *f.passed += by }

func (f forgetful) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	f.mu.Lock()
	known, seen := f.first[c.Key]
	if !seen || *f.passed-known > 24*time.Hour {
		f.first[c.Key] = *f.passed
		key := c.Key
		for range f.keys[c.Key] {
			key += "+"
		}
		f.keys[c.Key] = append(f.keys[c.Key], key)
	}
	keys := f.keys[c.Key]
	f.mu.Unlock()
	c.Key = keys[len(keys)-1]
	return f.Gateway.Charge(ctx, c)
}

func (f forgetful) Seen(key string) (units int64, digits int, currency string) {
	for _, made := range append([]string{key}, f.keys[key]...)[min(1, len(f.keys[key])):] {
		n, d, c := f.Gateway.Seen(made)
		if c != "" {
			units, digits, currency = units+n, d, c
		}
	}
	return units, digits, currency
}

func (f forgetful) Decide(key string, as gateway.Status) {
	f.Gateway.Decide(key, as)
	for _, made := range f.keys[key] {
		f.Gateway.Decide(made, as)
	}
}

// flawedProviders are gateways that break a law each as their provider's side shows.
func flawedProviders() []flawed {
	back := func(change func(out gateway.Outcome) gateway.Outcome) gatewaytest.OpenGateway {
		return over(func(a *adapter) {
			a.shown(func(_ gateway.Charge, out gateway.Outcome) gateway.Outcome {
				if out.Status == gateway.StatusReversed {
					out = change(out)
				}
				return out
			})
		})
	}
	return []flawed{
		{"amounts", "minor units of ISO 4217 passed on to a provider that has others", openBank(asISO, asISO)},
		{"amounts", "minor units passed on in refunds alone", openBank(rightly, asISO)},
		{"declined for good", "a decline that the customer can still pay, and a lookup that shows it", openPayable(true)},
		{"declined for good", "a decline that the customer can still pay, which no lookup shows", openPayable(false)},
		{"after the key's life", "charges sent again after the key's life without looking, as if keys lived for ever", openForgetful(gateway.Traits{})},
		{"after the key's life", "charges sent again after the key's life without looking, though a lookup finds them", openForgetful(gateway.Traits{Resend: 24 * time.Hour})},
		{"decided later", "an answer that is remembered", over(func(a *adapter) {
			var last notes[gateway.Outcome]
			a.shown(func(c gateway.Charge, out gateway.Outcome) gateway.Outcome {
				if before := last.get(c.Key); before.Status == gateway.StatusProcessing && out.Status == gateway.StatusCaptured {
					return before
				}
				last.put(c.Key, out)
				return out
			})
		})},
		{"ready", "a lookup that completes what is ready", over(func(a *adapter) {
			a.lookup = func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				out, err := g.Lookup(background, c)
				if out.Status == gateway.StatusReady {
					_, _ = g.Charge(background, c)
				}
				return out, err
			}
		})},
		{"ready", "what is ready never completed", over(func(a *adapter) {
			a.charge = func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				if out, err := g.Lookup(background, c); out.Status == gateway.StatusReady {
					return out, err
				}
				return g.Charge(background, c)
			}
		})},
		{"taken back", "captured said of what was taken back", back(func(out gateway.Outcome) gateway.Outcome {
			out.Status, out.Back = gateway.StatusCaptured, order.Money{}
			return out
		})},
		{"taken back", "declined said of what was taken back", back(func(out gateway.Outcome) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusDeclined, Text: "returned, MD06"}
		})},
		{"taken back", "all of it said to be gone where a part is", back(func(out gateway.Outcome) gateway.Outcome {
			out.Back = out.Amount
			return out
		})},
		{"taken back", "money that does not come again", over(func(a *adapter) {
			var gone notes[order.Money]
			a.shown(func(c gateway.Charge, out gateway.Outcome) gateway.Outcome {
				if out.Back.Minor() > gone.get(c.Key).Minor() {
					gone.put(c.Key, out.Back)
				}
				if m := gone.get(c.Key); m.Sign() > 0 {
					out.Status, out.Back = gateway.StatusReversed, m
				}
				return out
			})
		})},
		{"refund looked up", "a lookup that sends a refund", over(func(a *adapter) {
			a.found = func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) { return g.Refund(background, f) }
		})},
		{"refund looked up", "a refund that is not found where it was done at once", over(func(a *adapter) {
			var done notes[bool]
			a.refund = func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
				out, err := g.Refund(background, f)
				done.put(f.Key, out.Status == gateway.StatusCaptured)
				return out, err
			}
			a.found = func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
				out, err := g.LookupRefund(background, f)
				if out.Status == gateway.StatusCaptured && done.get(f.Key) {
					out = gateway.Outcome{Status: gateway.StatusNotFound}
				}
				return out, err
			}
		})},
		{"refund ends", "the first answer to a refund said for ever", replaying(gateway.StatusProcessing)},
		{"refund comes back", "a refund that is done for ever", replaying(gateway.StatusCaptured)},
		{"handle", "a charge that is not found by its handle", over(func(a *adapter) {
			a.shown(func(c gateway.Charge, out gateway.Outcome) gateway.Outcome {
				out.Handle = "h-" + c.Key
				return out
			})
			lookup := a.lookup
			a.lookup = func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				if c.Handle != "" {
					return gateway.Outcome{Status: gateway.StatusNotFound}, nil
				}
				return lookup(g, c)
			}
		})},
		{"another's instrument", "the instrument of another customer taken", over(func(a *adapter) {
			a.charge = func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				c.Instrument = ""
				return g.Charge(background, c)
			}
		})},
		{"another's instrument", "the instrument of another customer taken while they are there", over(func(a *adapter) {
			a.charge = func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				if !c.Absent {
					c.Instrument = ""
				}
				return g.Charge(background, c)
			}
		})},
		{"saved instrument", "a saved instrument declined while nobody is there", over(func(a *adapter) {
			var saved notes[bool]
			a.charge = func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				if c.Absent && !saved.get(string(c.Instrument)) {
					return gateway.Outcome{Status: gateway.StatusDeclined, Text: "authentication_required"}, nil
				}
				out, err := g.Charge(background, c)
				saved.put(string(out.Instrument), out.Instrument != "")
				return out, err
			}
		})},
		{"kept instrument", "an instrument that is kept though nobody agreed", over(func(a *adapter) {
			a.charge = func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				c.Keep = true
				return g.Charge(background, c)
			}
		})},
		{"another's instrument", "an instrument that is kept for everybody", over(func(a *adapter) {
			var kept notes[bool]
			a.charge = func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				if kept.get(string(c.Instrument)) {
					c.Instrument = ""
				}
				out, err := g.Charge(background, c)
				kept.put(string(out.Instrument), out.Instrument != "")
				return out, err
			}
		})},
	}
}

// replaying says of a refund for ever what was answered first, where that was so.
func replaying(first gateway.Status) gatewaytest.OpenGateway {
	return over(func(a *adapter) {
		var said notes[gateway.Outcome]
		a.refund = func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
			out, err := g.Refund(background, f)
			if out.Status == first {
				said.put(f.Key, out)
			}
			return out, err
		}
		a.found = func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
			if before := said.get(f.Key); before.Status != "" {
				return before, nil
			}
			return g.LookupRefund(background, f)
		}
	})
}
