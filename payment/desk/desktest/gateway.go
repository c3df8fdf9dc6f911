package desktest

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
)

// gateway keeps a ledger of its own: what it says may be wrong, what it did is there.
type provider struct {
	w       *world
	name    string
	traits  gateway.Traits
	charges map[string]*charged
	took    map[string]*charged // what was captured, whatever a lookup says
	refunds map[string]*refunded
	flying  []flight
	ledger  []gateway.Movement
	refuses bool // declines whatever is charged now
}

// charged is what is known under a key, for as long as it is.
type charged struct {
	asked    gateway.Charge
	first    time.Time
	outcome  gateway.Outcome
	decides  time.Time // when what is open is decided; zero: never
	declines bool
	twice    bool      // the customer's part comes first, and makes it ready
	lapses   time.Time // when what is ready is given up there
	returned int64
	gone     int64     // taken back without the Desk
	goes     time.Time // when some of it is; zero: it is not
	comes    time.Time // when some of that comes again; zero: it does not
}

// flight is a charge on its way.
type flight struct {
	c       gateway.Charge
	arrives time.Time
}

// arrive lets the clock act on the gateway: charges arrive, open ones are decided, keys are
// forgotten.
func (g *provider) arrive() {
	now := g.w.at
	kept := g.flying[:0]
	for _, f := range g.flying {
		if f.arrives.After(now) {
			kept = append(kept, f)
			continue
		}
		g.w.say("gateway %s: the charge of %s arrives late", g.name, f.c.Payment)
		g.w.at = f.arrives // the clock may have jumped on since
		g.charge(f.c)
		g.w.at = now
	}
	g.flying = kept
	for _, key := range sortedKeys(g.charges) {
		x := g.charges[key]
		if !x.decides.IsZero() && !x.decides.After(now) {
			g.decide(x)
		}
		if x.outcome.Status == gateway.StatusReady && !x.lapses.After(now) {
			x.outcome = gateway.Outcome{Status: gateway.StatusDeclined, Text: "the approval has lapsed"}
		}
	}
	g.takeBack(now)
	g.endRefunds(now)
}

func (g *provider) decide(x *charged) {
	x.decides = time.Time{}
	if !x.open() {
		return
	}
	if x.twice {
		x.twice, x.lapses = false, g.w.at.Add(g.traits.Action)
		x.outcome = gateway.Outcome{Status: gateway.StatusReady}
		g.w.met[Cell{AtProvider, Ready}]++
		g.w.say("gateway %s: the customer has approved %s", g.name, x.asked.Payment)
		return
	}
	if x.declines {
		x.outcome = gateway.Outcome{Status: gateway.StatusDeclined, Text: "insufficient funds", Spent: x.asked.Instrument != "" && g.w.one(3)}
		return
	}
	g.ledger = append(g.ledger, gateway.Movement{Customer: x.asked.Customer, Payment: x.asked.Payment, Key: x.asked.Key, Amount: x.asked.Amount})
	if g.took == nil {
		g.took = make(map[string]*charged)
	}
	g.took[x.asked.Key] = x
	x.outcome = gateway.Outcome{Status: gateway.StatusCaptured, Amount: x.asked.Amount, Reference: x.asked.Payment, Trade: fmt.Sprintf("%s-%d", g.name, len(g.ledger))}
	if x.asked.Keep {
		x.outcome.Instrument = g.w.keep(x.asked.Customer)
	}
	g.w.say("gateway %s: captures %s of %s", g.name, x.asked.Amount, x.asked.Payment)
	if r := g.w.rng; r.IntN(6) == 0 {
		x.goes = g.w.at.Add(time.Duration(r.IntN(6*3600)) * time.Second)
	}
}

// known returns the charge that a lookup still finds under a key. What a gateway promises it keeps
// for longer: clocks differ.
func (g *provider) known(key string) *charged {
	x := g.charges[key]
	if x != nil && g.traits.Lookup > 0 && g.w.at.Sub(x.first) > g.traits.Lookup+skew {
		return nil
	}
	return x
}

func (g *provider) see(c gateway.Charge) *charged {
	if g.charges == nil {
		g.charges = make(map[string]*charged)
	}
	x := &charged{asked: c, first: g.w.at, outcome: gateway.Outcome{Status: gateway.StatusProcessing}}
	g.charges[c.Key] = x
	return x
}

// charge is a charge that has arrived. Once its key is forgotten it is a new one.
func (g *provider) charge(c gateway.Charge) gateway.Outcome {
	if x := g.known(c.Key); x != nil && (g.traits.Resend == 0 || g.w.at.Sub(x.first) <= g.traits.Resend+skew) {
		if x.outcome.Status == gateway.StatusReady {
			g.decide(x)
		}
		return x.outcome
	}
	x := g.see(c)
	r := g.w.rng
	if c.Instrument != "" && g.w.holders[c.Instrument] != c.Customer {
		g.w.violate("P19", "%s is charged with the instrument of %s", c.Customer, g.w.holders[c.Instrument])
	}
	x.declines = r.IntN(6) == 0 || g.refuses
	x.twice = r.IntN(5) == 0
	switch k := r.IntN(10); {
	case k < 6:
		g.decide(x)
	case k < 8:
		x.decides = g.w.at.Add(time.Duration(r.IntN(7200)) * time.Second)
		switch settle := int(g.traits.Settle / time.Second); {
		case settle == 0:
		case r.IntN(4) == 0:
			x.decides = time.Time{} // in spite of what the gateway promises
		case r.IntN(2) == 0:
			x.decides = g.w.at.Add(time.Duration(r.IntN(settle)) * time.Second)
			g.w.met[Cell{AtProvider, SlowDebit}]++
		}
	default:
		x.outcome = gateway.Outcome{Status: gateway.StatusAction, Action: "https://pay.example/" + c.Key}
		if r.IntN(3) > 0 {
			x.decides = g.w.at.Add(time.Duration(r.IntN(3500)) * time.Second)
		}
		if c.Absent {
			g.w.met[Cell{AtProvider, CustomerNeeded}]++
		}
	}
	return x.outcome
}

func (g *provider) lookup(c gateway.Charge) gateway.Outcome {
	if x := g.known(c.Key); x != nil {
		return x.outcome
	}
	return gateway.Outcome{Status: gateway.StatusNotFound}
}

// ends reports whether a lookup says for certain how a payment ended, which nothing contradicts.
func (g *provider) ends(p *payment.Payment) bool {
	x := g.known(p.Key)
	if x == nil {
		return false
	}
	switch x.outcome.Status {
	case gateway.StatusCaptured, gateway.StatusReversed:
		return x.outcome.Amount == p.Amount
	case gateway.StatusDeclined, gateway.StatusCanceled:
		return p.Captured == (order.Money{}) && g.traits.Lookup == 0
	}
	return false
}

func (g *provider) cancel(c gateway.Charge) gateway.Outcome {
	x := g.known(c.Key)
	if x == nil {
		x = g.see(c)
	}
	x.close()
	return x.outcome
}

// open reports whether a charge is not decided.
func (x *charged) open() bool {
	s := x.outcome.Status
	return s == gateway.StatusProcessing || s == gateway.StatusAction || s == gateway.StatusReady
}

// close cancels what is not decided.
func (x *charged) close() {
	if x.open() {
		x.outcome, x.decides = gateway.Outcome{Status: gateway.StatusCanceled}, time.Time{}
	}
}

// inBooks is what an operator sees under a key, who has it closed there first.
func (g *provider) inBooks(key string) *charged {
	if x := g.took[key]; x != nil {
		return x
	}
	x := g.charges[key]
	if x != nil {
		x.close()
	}
	return x
}

// simGateway is a gateway as a host sees it, without powers.
type simGateway struct {
	w  *world
	h  *host
	of *provider
}

// Traits returns those of the gateway.
func (s simGateway) Traits() gateway.Traits { return s.of.traits }

func (s simGateway) Charge(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	sent := s.w.at
	f := s.w.call(s.h, AtCharge, CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Delay, Contradiction, ClockJump)
	if s.w.at.Sub(sent) > s.of.traits.Flight { // it is cut off: nothing arrives later than the gateway says
		return gateway.Outcome{}, errFault
	}
	switch f {
	case Fails:
		return gateway.Outcome{}, errFault
	case Delay:
		s.of.flying = append(s.of.flying, flight{c, s.w.at.Add(time.Duration(s.w.rng.IntN(int(s.of.traits.Flight/time.Second))) * time.Second)})
		return gateway.Outcome{}, errFault
	case Duplicate:
		s.of.charge(c)
	}
	return s.answer(f, s.of.charge(c), c)
}

func (s simGateway) Lookup(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	f := s.w.call(s.h, AtLookup, CrashBefore, CrashAfter, Fails, Contradiction, ClockJump)
	if f == Fails {
		return gateway.Outcome{}, errFault
	}
	return s.answer(f, s.of.lookup(c), c)
}

// answer is what comes back of a call that had its effect.
func (s simGateway) answer(f Fault, out gateway.Outcome, c gateway.Charge) (gateway.Outcome, error) {
	dies(f)
	switch f {
	case ReplyLost:
		return gateway.Outcome{}, errFault
	case Contradiction:
		if out.Status == gateway.StatusCaptured && s.w.one(2) {
			out.Amount = order.Minor(c.Amount.Minor()+1, c.Amount.Currency())
			return out, nil
		}
		return pick(s.w, []gateway.Outcome{
			{Status: "captured?"},
			{Status: gateway.StatusAction, Action: "http://pay.example"},
			{Status: gateway.StatusReversed, Amount: c.Amount, Back: order.Minor(c.Amount.Minor()+1, c.Amount.Currency()), Reference: c.Payment, Trade: "x"},
			{Status: gateway.StatusCaptured, Amount: order.Minor(1, order.EUR), Reference: c.Payment, Trade: "x"},
			{Status: gateway.StatusCaptured, Amount: c.Amount, Reference: "another", Trade: "x"},
			{Status: gateway.StatusCaptured, Amount: c.Amount, Reference: c.Payment},
		}), nil
	}
	return out, nil
}

// fullGateway can cancel and refund.
type fullGateway struct{ simGateway }

func (s fullGateway) Cancel(_ context.Context, c gateway.Charge) (gateway.Outcome, error) {
	f := s.w.call(s.h, AtCancel, CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Contradiction, ClockJump)
	if f == Fails {
		return gateway.Outcome{}, errFault
	}
	if f == Duplicate {
		s.of.cancel(c)
	}
	return s.answer(f, s.of.cancel(c), c)
}

func (s fullGateway) Refund(_ context.Context, x gateway.Refund) (gateway.Outcome, error) {
	if s.w.unfit[x.Key] {
		s.w.violate("I3", "refund %s of %s was sent, and did not fit when it was claimed", x.Refund, x.Amount)
	}
	f := s.w.call(s.h, AtRefund, CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Contradiction, ClockJump)
	if f == Fails {
		return gateway.Outcome{}, errFault
	}
	if f == Duplicate {
		s.of.refund(x)
	}
	return s.answerRefund(f, s.of.refund(x), x)
}

func (s fullGateway) LookupRefund(_ context.Context, x gateway.Refund) (gateway.Outcome, error) {
	f := s.w.call(s.h, AtLookupRefund, CrashBefore, CrashAfter, Fails, Contradiction, ClockJump)
	if f == Fails {
		return gateway.Outcome{}, errFault
	}
	return s.answerRefund(f, s.of.lookupRefund(x), x)
}

// answerRefund is answer, of a refund: no answer contradicts itself that says of one which is not
// done that it is.
func (s simGateway) answerRefund(f Fault, out gateway.Outcome, x gateway.Refund) (gateway.Outcome, error) {
	if f == Contradiction {
		return pick(s.w, []gateway.Outcome{
			{Status: "captured?"},
			{Status: gateway.StatusAction, Action: "http://pay.example"},
			{Status: gateway.StatusCaptured, Amount: order.Minor(x.Amount.Minor()+1, x.Amount.Currency()), Reference: x.Payment, Trade: "x"},
		}), nil
	}
	return s.answer(f, out, gateway.Charge{Payment: x.Payment, Amount: x.Amount})
}
