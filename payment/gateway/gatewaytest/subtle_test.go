package gatewaytest_test

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

// subtleGateways are gateways that break a law in another way than those of wrongs.
var subtleGateways = []struct {
	law, what string
	open      func() gateway.Gateway
}{
	{"at once", "a decline for whoever comes while it is busy", func() gateway.Gateway {
		var busy sync.Mutex
		return wrong{Gateway: new(inmem.Gateway), charge: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			if !busy.TryLock() {
				return gateway.Outcome{Status: gateway.StatusDeclined}, nil
			}
			defer busy.Unlock()
			time.Sleep(time.Millisecond)
			return g.Charge(context.Background(), c)
		}}
	}},
	{"refund of nothing", "money back of what was declined", func() gateway.Gateway {
		return wrong{Gateway: &inmem.Gateway{Answer: func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusDeclined} }},
			refund: func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
				if out, _ := g.Lookup(context.Background(), gateway.Charge{Key: f.Charge}); out.Status == gateway.StatusNotFound {
					return gateway.Outcome{Status: gateway.StatusDeclined}, nil
				}
				return gateway.Outcome{Status: gateway.StatusCaptured, Amount: f.Amount, Trade: f.Key}, nil
			}}
	}},
	{"other keys", "keys cut by their last character", func() gateway.Gateway {
		return keyed(func(key string) string { return key[:len(key)-1] })
	}},
	{"other keys", "keys cut by their first character", func() gateway.Gateway {
		return keyed(func(key string) string { return key[1:] })
	}},
	{"not found", "an answer that is remembered: not found", func() gateway.Gateway {
		var absent sync.Map
		return wrong{Gateway: new(inmem.Gateway), lookup: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			out, err := g.Lookup(context.Background(), c)
			if out.Status == gateway.StatusNotFound {
				absent.Store(c.Key, true)
			} else if _, is := absent.Load(c.Key); is {
				out = gateway.Outcome{Status: gateway.StatusNotFound}
			}
			return out, err
		}}
	}},
	{"refund at most", "all of it said to be back of a part", func() gateway.Gateway {
		return wrong{Gateway: new(inmem.Gateway), refund: func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
			if c, _ := g.Lookup(context.Background(), gateway.Charge{Key: f.Charge}); c.Status == gateway.StatusCaptured {
				f.Amount = c.Amount
			}
			return g.Refund(context.Background(), f)
		}}
	}},
	{"same key", "another amount that is taken too", func() gateway.Gateway {
		return wrong{Gateway: new(inmem.Gateway), charge: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			out, err := g.Charge(context.Background(), c)
			if out.Status == gateway.StatusCaptured && out.Amount != c.Amount {
				c.Key = "another"
				return g.Charge(context.Background(), c)
			}
			return out, err
		}}
	}},
	{"same key", "another amount that is said to be taken", func() gateway.Gateway {
		return wrong{Gateway: new(inmem.Gateway), charge: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			out, err := g.Charge(context.Background(), c)
			out.Amount = c.Amount
			return out, err
		}}
	}},
	{"same key", "not found in place of what is open", func() gateway.Gateway {
		var seen atomic.Bool
		return wrong{Gateway: &inmem.Gateway{Answer: func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusProcessing} }},
			charge: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
				if seen.Swap(true) {
					return gateway.Outcome{Status: gateway.StatusNotFound}, nil
				}
				return g.Charge(context.Background(), c)
			}}
	}},
}

// keyed is a gateway that knows charges by something of their keys.
func keyed(of func(key string) string) gateway.Gateway {
	known := func(c gateway.Charge) gateway.Charge { c.Key = of(c.Key); return c }
	return wrong{Gateway: new(inmem.Gateway),
		charge: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			return g.Charge(context.Background(), known(c))
		},
		lookup: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			return g.Lookup(context.Background(), known(c))
		},
		cancel: func(g *inmem.Gateway, c gateway.Charge) (gateway.Outcome, error) {
			return g.Cancel(context.Background(), known(c))
		},
		refund: func(g *inmem.Gateway, f gateway.Refund) (gateway.Outcome, error) {
			f.Charge = of(f.Charge)
			return g.Refund(context.Background(), f)
		}}
}
