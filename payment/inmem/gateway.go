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

// Gateway plays a gateway that can cancel and refund. The zero Gateway takes all that it is
// asked for; it is safe for use by many goroutines. Set its fields before the first call.
type Gateway struct {
	Promises gateway.Traits // what Traits returns
	// Answer says what becomes of a charge that is seen for the first time, and of one that
	// is not decided yet when it is looked up; a zero Outcome captures it. Nil: it is captured.
	Answer func(c gateway.Charge) gateway.Outcome
	// Fail, if it returns an error, makes a call fail after it has had its effect. Nil: none
	// does.
	Fail func(call string) error

	mu       sync.Mutex
	declines []string // of the next charges
	charges  map[string]*charge
	refunds  map[string]gateway.Outcome
	ledger   []gateway.Movement
}

// charge is what the gateway knows under a key.
type charge struct {
	asked    gateway.Charge
	outcome  gateway.Outcome
	returned order.Money
}

// Traits returns what the gateway was given.
func (g *Gateway) Traits() gateway.Traits { return g.Promises }

// Charge takes money, once for each key.
func (g *Gateway) Charge(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.charges[c.Key]
	if x == nil {
		x = g.see(c)
		x.outcome = gateway.Outcome{Status: gateway.StatusProcessing}
		if len(g.declines) > 0 {
			x.outcome = gateway.Outcome{Status: gateway.StatusDeclined, Text: g.declines[0]}
			g.declines = g.declines[1:]
		}
		g.decide(x)
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
		x.outcome = gateway.Outcome{Status: gateway.StatusProcessing}
	}
	if open(x.outcome.Status) {
		x.outcome = gateway.Outcome{Status: gateway.StatusCanceled}
	}
	return x.outcome, g.fail("cancel")
}

// Refund gives money back, once for each key, and never more than was captured.
func (g *Gateway) Refund(_ context.Context, f gateway.Refund) (gateway.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if out, done := g.refunds[f.Key]; done {
		return out, g.fail("refund")
	}
	out := gateway.Outcome{Status: gateway.StatusDeclined, Text: "there is no such charge"}
	if x := g.charges[f.Charge]; x != nil && x.outcome.Status == gateway.StatusCaptured {
		sum, err := x.returned.Add(f.Amount)
		if err != nil || f.Amount.Sign() <= 0 || sum.Minor() > x.outcome.Amount.Minor() {
			out.Text = "more than was captured"
		} else {
			x.returned = sum
			g.ledger = append(g.ledger, gateway.Movement{Customer: x.asked.Customer, Payment: x.asked.Payment, Key: x.asked.Key, Amount: f.Amount.Neg()})
			out = gateway.Outcome{Status: gateway.StatusCaptured, Amount: f.Amount, Reference: f.Payment, Trade: "r" + strconv.Itoa(len(g.ledger))}
		}
	}
	if g.refunds == nil {
		g.refunds = make(map[string]gateway.Outcome)
	}
	g.refunds[f.Key] = out
	return out, g.fail("refund")
}

// LookupRefund says what has become of a refund.
func (g *Gateway) LookupRefund(_ context.Context, f gateway.Refund) (gateway.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if out, done := g.refunds[f.Key]; done {
		return out, g.fail("lookup refund")
	}
	return gateway.Outcome{Status: gateway.StatusNotFound}, g.fail("lookup refund")
}

// Ledger returns what the gateway took, above zero, and gave back, below it, in its order.
func (g *Gateway) Ledger() []gateway.Movement {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.ledger)
}

func (g *Gateway) see(c gateway.Charge) *charge {
	if g.charges == nil {
		g.charges = make(map[string]*charge)
	}
	x := &charge{asked: c}
	g.charges[c.Key] = x
	return x
}

// decide asks Answer about a charge that is not decided.
func (g *Gateway) decide(x *charge) {
	if !open(x.outcome.Status) {
		return
	}
	x.outcome = gateway.Outcome{Status: gateway.StatusCaptured}
	if g.Answer != nil {
		if out := g.Answer(x.asked); out != (gateway.Outcome{}) {
			x.outcome = out
		}
	}
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
	}
}

func open(s gateway.Status) bool {
	return s == gateway.StatusProcessing || s == gateway.StatusAction
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
