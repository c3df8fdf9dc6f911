package inmem

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
)

// Gateway plays a gateway that can cancel and refund, and its provider: what Decide, Return and
// EndRefund say happens there without a call of the Desk. The zero Gateway takes all that it is
// asked for; it is safe for use by many goroutines. Set its fields before the first call.
type Gateway struct {
	Promises gateway.Traits // what Traits returns
	// Answer says what becomes of a charge that is seen for the first time, and of one that
	// is not decided yet when it is looked up; a zero Outcome captures it. Nil: it is captured.
	Answer func(c gateway.Charge) gateway.Outcome
	// Fail, if it returns an error, makes a call fail after it has had its effect. Nil: none
	// does.
	Fail func(call string) error
	// Instruments are saved instruments, and whose they are; Instrument and a charge that asks to
	// keep one make more. Nil: there are none to begin with.
	Instruments map[order.Opaque]order.CustomerID

	mu       sync.Mutex
	declines []string // of the next charges
	charges  map[string]*charge
	refunds  map[string]*refund
	decided  map[string]gateway.Status // of charges, by Decide
	ended    map[string]gateway.Status // of refunds, by EndRefund
	kept     map[order.Opaque]order.CustomerID
	ledger   []gateway.Movement
}

// charge is what the gateway knows under a key.
type charge struct {
	asked    gateway.Charge
	outcome  gateway.Outcome
	returned order.Money // by refunds that are done or on their way
}

// refund is what the gateway knows under the key of a refund.
type refund struct {
	asked   gateway.Refund
	outcome gateway.Outcome
}

// Traits returns what the gateway was given.
func (g *Gateway) Traits() gateway.Traits { return g.Promises }

// Charge takes money, once for each key, and completes what is ready. It declines an instrument
// that is not the customer's.
func (g *Gateway) Charge(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.charges[c.Key]
	switch {
	case x == nil:
		x = g.see(c)
		if text := g.refuses(c); text != "" {
			x.outcome = gateway.Outcome{Status: gateway.StatusDeclined, Text: text}
		}
		g.decide(x)
	case x.outcome.Status == gateway.StatusReady:
		g.set(x, gateway.Outcome{})
	}
	return x.outcome, g.fail("charge")
}

// DeclineNext has the next charge declined that the gateway has not seen before, with a text for
// a person; called twice, the next two.
func (g *Gateway) DeclineNext(text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.declines = append(g.declines, text)
}

// Lookup says what has become of a charge.
func (g *Gateway) Lookup(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.charges[c.Key]
	if x == nil {
		return gateway.Outcome{Status: gateway.StatusNotFound}, g.fail("lookup")
	}
	g.decide(x)
	return x.outcome, g.fail("lookup")
}

// Cancel gives a charge up that is not decided.
func (g *Gateway) Cancel(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.charges[c.Key]
	if x == nil {
		x = g.see(c)
	}
	if open(x.outcome.Status) {
		x.outcome = gateway.Outcome{Status: gateway.StatusCanceled}
	}
	return x.outcome, g.fail("cancel")
}

// Ledger returns what the gateway took, above zero, and gave back, below it, in its order, and what
// was taken back, or came again, without anybody's asking.
func (g *Gateway) Ledger() []gateway.Movement {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.ledger)
}

// see notes a charge that has not been seen.
func (g *Gateway) see(c gateway.Charge) *charge {
	if g.charges == nil {
		g.charges = make(map[string]*charge)
	}
	x := &charge{asked: c, outcome: gateway.Outcome{Status: gateway.StatusProcessing}}
	g.charges[c.Key] = x
	return x
}

// refuses says why a charge that has not been seen is declined, before it is decided.
func (g *Gateway) refuses(c gateway.Charge) (text string) {
	switch {
	case c.Instrument != "" && g.holder(c.Instrument) != c.Customer:
		return "there is no such instrument"
	case len(g.declines) > 0:
		text, g.declines = g.declines[0], g.declines[1:]
	}
	return text
}

// decide decides of a charge that is open, as Decide was called for it, or else as Answer says.
func (g *Gateway) decide(x *charge) {
	if !open(x.outcome.Status) {
		return
	}
	var out gateway.Outcome
	if as := g.decided[x.asked.Key]; as != "" {
		out = become(as, x.asked.Key)
	} else if g.Answer != nil {
		out = g.Answer(x.asked)
	}
	g.set(x, out)
}

// set puts an outcome in place of that of an open charge; a zero one captures it.
func (g *Gateway) set(x *charge, out gateway.Outcome) {
	if out == (gateway.Outcome{}) {
		out.Status = gateway.StatusCaptured
	}
	x.outcome = out
	if o := &x.outcome; o.Status == gateway.StatusCaptured {
		if o.Amount == (order.Money{}) {
			o.Amount = x.asked.Amount
		}
		if o.Reference == "" {
			o.Reference = x.asked.Payment
		}
		x.returned = order.Minor(0, o.Amount.Currency())
		g.ledger = append(g.ledger, gateway.Movement{Customer: x.asked.Customer, Payment: x.asked.Payment, Key: x.asked.Key, Amount: o.Amount})
		if o.Trade == "" {
			o.Trade = "t" + strconv.Itoa(len(g.ledger))
		}
		if x.asked.Keep && o.Instrument == "" {
			o.Instrument = g.keep(x.asked.Customer)
		}
	}
}

func open(s gateway.Status) bool {
	return s == gateway.StatusProcessing || s == gateway.StatusAction || s == gateway.StatusReady
}

func (g *Gateway) fail(call string) error {
	if g.Fail == nil {
		return nil
	}
	return g.Fail(call)
}

// Plain is a gateway that can neither cancel nor refund.
type Plain struct{ Of *Gateway }

// Traits returns those of the gateway.
func (p Plain) Traits() gateway.Traits { return p.Of.Traits() }

// Charge takes money.
func (p Plain) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return p.Of.Charge(ctx, c)
}

// Lookup says what has become of a charge.
func (p Plain) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	return p.Of.Lookup(ctx, c)
}

// Customers keeps the facts of customers: one for each ID, or Default under every ID.
type Customers struct {
	Default payment.Customer
	Known   map[order.CustomerID]payment.Customer
}

// Customer returns the facts of a customer.
func (c Customers) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	known, ok := c.Known[id]
	if !ok {
		known = c.Default
		known.ID = id
	}
	return known, nil
}

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock returns a clock that shows a time.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Move moves the clock on.
func (c *Clock) Move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}
