package paymenttest_test

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/inmem"
)

// subtleGateways are gateways that break a law in another way than those of wrongs.
var subtleGateways = []struct {
	law, what string
	open      func() payment.Gateway
}{
	{"at once", "a decline for whoever comes while it is busy", func() payment.Gateway {
		var busy sync.Mutex
		return wrong{Gateway: new(inmem.Gateway), charge: func(g *inmem.Gateway, c payment.Charge) (payment.Outcome, error) {
			if !busy.TryLock() {
				return payment.Outcome{Status: payment.StatusDeclined}, nil
			}
			defer busy.Unlock()
			time.Sleep(time.Millisecond)
			return g.Charge(background, c)
		}}
	}},
	{"refund of nothing", "money back of what was declined", func() payment.Gateway {
		return wrong{Gateway: &inmem.Gateway{Answer: func(payment.Charge) payment.Outcome { return payment.Outcome{Status: payment.StatusDeclined} }},
			refund: func(g *inmem.Gateway, f payment.Refund) (payment.Outcome, error) {
				if out, _ := g.Lookup(background, payment.Charge{Key: f.Charge}); out.Status == payment.StatusNotFound {
					return payment.Outcome{Status: payment.StatusDeclined}, nil
				}
				return payment.Outcome{Status: payment.StatusCaptured, Amount: f.Cash, Trade: f.Key}, nil
			}}
	}},
	{"other keys", "keys cut by their last character", func() payment.Gateway {
		return keyed(func(key string) string { return key[:len(key)-1] })
	}},
	{"other keys", "keys cut by their first character", func() payment.Gateway {
		return keyed(func(key string) string { return key[1:] })
	}},
	{"not found", "an answer that is remembered: not found", func() payment.Gateway {
		var absent sync.Map
		return wrong{Gateway: new(inmem.Gateway), lookup: func(g *inmem.Gateway, c payment.Charge) (payment.Outcome, error) {
			out, err := g.Lookup(background, c)
			if out.Status == payment.StatusNotFound {
				absent.Store(c.Key, true)
			} else if _, is := absent.Load(c.Key); is {
				out = payment.Outcome{Status: payment.StatusNotFound}
			}
			return out, err
		}}
	}},
	{"refund at most", "all of it said to be back of a part", func() payment.Gateway {
		return wrong{Gateway: new(inmem.Gateway), refund: func(g *inmem.Gateway, f payment.Refund) (payment.Outcome, error) {
			if c, _ := g.Lookup(background, payment.Charge{Key: f.Charge}); c.Status == payment.StatusCaptured {
				f.Cash = c.Amount
			}
			return g.Refund(background, f)
		}}
	}},
	{"same key", "another amount that is taken too", func() payment.Gateway {
		return wrong{Gateway: new(inmem.Gateway), charge: func(g *inmem.Gateway, c payment.Charge) (payment.Outcome, error) {
			out, err := g.Charge(background, c)
			if out.Status == payment.StatusCaptured && out.Amount != c.Amount {
				c.Key = "another"
				return g.Charge(background, c)
			}
			return out, err
		}}
	}},
	{"same key", "another amount that is said to be taken", func() payment.Gateway {
		return wrong{Gateway: new(inmem.Gateway), charge: func(g *inmem.Gateway, c payment.Charge) (payment.Outcome, error) {
			out, err := g.Charge(background, c)
			out.Amount = c.Amount
			return out, err
		}}
	}},
	{"same key", "not found in place of what is open", func() payment.Gateway {
		var seen atomic.Bool
		return wrong{Gateway: &inmem.Gateway{Answer: func(payment.Charge) payment.Outcome { return payment.Outcome{Status: payment.StatusProcessing} }},
			charge: func(g *inmem.Gateway, c payment.Charge) (payment.Outcome, error) {
				if seen.Swap(true) {
					return payment.Outcome{Status: payment.StatusNotFound}, nil
				}
				return g.Charge(background, c)
			}}
	}},
}

// keyed is a gateway that knows charges by something of their keys.
func keyed(of func(key string) string) payment.Gateway {
	known := func(c payment.Charge) payment.Charge { c.Key = of(c.Key); return c }
	return wrong{Gateway: new(inmem.Gateway),
		charge: func(g *inmem.Gateway, c payment.Charge) (payment.Outcome, error) {
			return g.Charge(background, known(c))
		},
		lookup: func(g *inmem.Gateway, c payment.Charge) (payment.Outcome, error) {
			return g.Lookup(background, known(c))
		},
		cancel: func(g *inmem.Gateway, c payment.Charge) (payment.Outcome, error) {
			return g.Cancel(background, known(c))
		},
		refund: func(g *inmem.Gateway, f payment.Refund) (payment.Outcome, error) {
			f.Charge = of(f.Charge)
			return g.Refund(background, f)
		}}
}
