package paymenttest

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// gateway keeps a ledger of its own: what it says may be wrong, what it did is there.
type gateway struct {
	w       *world
	name    string
	traits  payment.Traits
	charges map[string]*charged
	refunds map[string]payment.Outcome
	flying  []flight
	ledger  []payment.Movement
}

// charged is what is known under a key, for as long as it is.
type charged struct {
	asked    payment.Charge
	first    time.Time
	outcome  payment.Outcome
	decides  time.Time // when what is open is decided; zero: never
	declines bool
	returned int64
}

// flight is a charge on its way.
type flight struct {
	c       payment.Charge
	arrives time.Time
}

// arrive lets the clock act on the gateway: charges arrive, open ones are decided, keys are
// forgotten.
func (g *gateway) arrive() {
	now := g.w.at
	kept := g.flying[:0]
	for _, f := range g.flying {
		if f.arrives.After(now) {
			kept = append(kept, f)
			continue
		}
		g.w.say("gateway %s: the charge of %s arrives late", g.name, f.c.Payment)
		g.charge(f.c)
	}
	g.flying = kept
	for _, key := range sortedKeys(g.charges) {
		x := g.charges[key]
		if !x.decides.IsZero() && !x.decides.After(now) {
			g.decide(x)
		}
	}
}

func (g *gateway) decide(x *charged) {
	x.decides = time.Time{}
	switch x.outcome.Status {
	case payment.StatusProcessing, payment.StatusAction:
	default:
		return
	}
	if x.declines {
		x.outcome = payment.Outcome{Status: payment.StatusDeclined, Text: "insufficient funds"}
		return
	}
	g.ledger = append(g.ledger, payment.Movement{Customer: x.asked.Customer, Payment: x.asked.Payment, Key: x.asked.Key, Amount: x.asked.Amount})
	x.outcome = payment.Outcome{Status: payment.StatusCaptured, Amount: x.asked.Amount, Reference: x.asked.Payment, Trade: fmt.Sprintf("%s-%d", g.name, len(g.ledger))}
	g.w.say("gateway %s: captures %s of %s", g.name, x.asked.Amount, x.asked.Payment)
}

// known returns the charge of a key that is still known.
func (g *gateway) known(key string) *charged {
	x := g.charges[key]
	if x != nil && g.traits.KeyLife > 0 && g.w.at.Sub(x.first) > g.traits.KeyLife {
		delete(g.charges, key)
		return nil
	}
	return x
}

func (g *gateway) see(c payment.Charge) *charged {
	if g.charges == nil {
		g.charges = make(map[string]*charged)
	}
	x := &charged{asked: c, first: g.w.at, outcome: payment.Outcome{Status: payment.StatusProcessing}}
	g.charges[c.Key] = x
	return x
}

// charge is a charge that has arrived.
func (g *gateway) charge(c payment.Charge) payment.Outcome {
	if x := g.known(c.Key); x != nil {
		return x.outcome
	}
	x := g.see(c)
	r := g.w.rng
	x.declines = r.IntN(6) == 0
	switch k := r.IntN(10); {
	case k < 6:
		g.decide(x)
	case k < 8:
		x.decides = g.w.at.Add(time.Duration(r.IntN(7200)) * time.Second)
	default:
		x.outcome = payment.Outcome{Status: payment.StatusAction, Action: "https://pay.example/" + c.Key}
		if r.IntN(3) > 0 {
			x.decides = g.w.at.Add(time.Duration(r.IntN(3500)) * time.Second)
		}
	}
	return x.outcome
}

func (g *gateway) lookup(c payment.Charge) payment.Outcome {
	if x := g.known(c.Key); x != nil {
		return x.outcome
	}
	return payment.Outcome{Status: payment.StatusNotFound}
}

func (g *gateway) cancel(c payment.Charge) payment.Outcome {
	x := g.known(c.Key)
	if x == nil {
		x = g.see(c)
	}
	if s := x.outcome.Status; s == payment.StatusProcessing || s == payment.StatusAction {
		x.outcome, x.decides = payment.Outcome{Status: payment.StatusCanceled}, time.Time{}
	}
	return x.outcome
}

func (g *gateway) refund(f payment.Refund) payment.Outcome {
	if out, done := g.refunds[f.Key]; done {
		return out
	}
	out := payment.Outcome{Status: payment.StatusDeclined, Text: "no such charge"}
	if x := g.charges[f.Charge]; x != nil && x.outcome.Status == payment.StatusCaptured && x.returned+f.Cash.Minor() <= x.outcome.Amount.Minor() {
		x.returned += f.Cash.Minor()
		g.ledger = append(g.ledger, payment.Movement{Customer: x.asked.Customer, Payment: x.asked.Payment, Key: x.asked.Key, Amount: f.Cash.Neg()})
		out = payment.Outcome{Status: payment.StatusCaptured, Amount: f.Cash, Reference: f.Payment, Trade: fmt.Sprintf("%s-%d", g.name, len(g.ledger))}
		g.w.say("gateway %s: gives %s back of %s", g.name, f.Cash, f.Payment)
	}
	if g.refunds == nil {
		g.refunds = make(map[string]payment.Outcome)
	}
	g.refunds[f.Key] = out
	return out
}

// simGateway is a gateway as a host sees it, without powers.
type simGateway struct {
	w  *world
	h  *host
	of *gateway
}

// Traits returns those of the gateway.
func (s simGateway) Traits() payment.Traits { return s.of.traits }

func (s simGateway) Charge(_ context.Context, c payment.Charge) (payment.Outcome, error) {
	f := s.w.call(s.h, AtCharge, CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Delay, Contradiction, ClockJump)
	switch f {
	case Fails:
		return payment.Outcome{}, errFault
	case Delay:
		s.of.flying = append(s.of.flying, flight{c, s.w.at.Add(time.Duration(s.w.rng.IntN(int(s.of.traits.Flight/time.Second))) * time.Second)})
		return payment.Outcome{}, errFault
	case Duplicate:
		s.of.charge(c)
	}
	return s.answer(f, s.of.charge(c), c)
}

func (s simGateway) Lookup(_ context.Context, c payment.Charge) (payment.Outcome, error) {
	f := s.w.call(s.h, AtLookup, CrashBefore, CrashAfter, Fails, Contradiction, ClockJump)
	if f == Fails {
		return payment.Outcome{}, errFault
	}
	return s.answer(f, s.of.lookup(c), c)
}

// answer is what comes back of a call that had its effect.
func (s simGateway) answer(f Fault, out payment.Outcome, c payment.Charge) (payment.Outcome, error) {
	dies(f)
	switch f {
	case ReplyLost:
		return payment.Outcome{}, errFault
	case Contradiction:
		if out.Status == payment.StatusCaptured && s.w.one(2) {
			out.Amount = order.Minor(c.Amount.Minor()+1, c.Amount.Currency())
			return out, nil
		}
		return pick(s.w, []payment.Outcome{
			{Status: "captured?"},
			{Status: payment.StatusAction, Action: "http://pay.example"},
			{Status: payment.StatusCaptured, Amount: order.Minor(1, order.EUR), Reference: c.Payment, Trade: "x"},
			{Status: payment.StatusCaptured, Amount: c.Amount, Reference: "another", Trade: "x"},
			{Status: payment.StatusCaptured, Amount: c.Amount, Reference: c.Payment},
		}), nil
	}
	return out, nil
}

// fullGateway can cancel and refund.
type fullGateway struct{ simGateway }

func (s fullGateway) Cancel(_ context.Context, c payment.Charge) (payment.Outcome, error) {
	f := s.w.call(s.h, AtCancel, CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Contradiction, ClockJump)
	if f == Fails {
		return payment.Outcome{}, errFault
	}
	if f == Duplicate {
		s.of.cancel(c)
	}
	return s.answer(f, s.of.cancel(c), c)
}

func (s fullGateway) Refund(_ context.Context, x payment.Refund) (payment.Outcome, error) {
	f := s.w.call(s.h, AtRefund, CrashBefore, CrashAfter, Fails, ReplyLost, Duplicate, Contradiction, ClockJump)
	if f == Fails {
		return payment.Outcome{}, errFault
	}
	if f == Duplicate {
		s.of.refund(x)
	}
	return s.answer(f, s.of.refund(x), payment.Charge{Payment: x.Payment, Amount: x.Cash})
}
