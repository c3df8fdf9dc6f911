package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// backing is a state of one payment of 3, which succeeded, of two refunds of it, 1 and 2, and of
// what the bank has taken back of it.
type backing struct {
	bank   uint8 // what is gone at the bank
	heard  uint8 // what the gateway said last
	gone   uint8 // what the payment says
	parked uint8 // the same
	told   int8  // notices of money taken back, without those of money come again, in money
	f      [2]back
	broken string
}

// back is one refund.
type back struct {
	state payment.RefundState
	fresh bool // the charge was looked up since it is due
	given bool // by the gateway
	stays bool // what was taken back stands for it
}

// backingShortcuts are mistakes that the model of refunds can make.
type backingShortcuts struct {
	deaf  bool // what was taken back of a payment that had succeeded is not noted
	blind bool // the charge is not looked up before a refund is sent
	unfit bool // what does not fit is sent
}

const took = 3

func (m *backing) cash(i int) uint8 { return uint8(i + 1) }

// payment is the payment in the code's words.
func (m *backing) payment() payment.Payment {
	p := payment.Payment{State: payment.PaymentSucceeded, Amount: cents(took)}
	p.Quote.Sum.Cash = cents(took)
	if m.gone > 0 {
		p.Gone = cents(int64(m.gone))
	}
	if m.parked > 0 {
		p.Parked = cents(int64(m.parked))
	}
	for i := range m.f {
		if m.f[i].state != "" {
			p.Returns = append(p.Returns, payment.Return{Refund: order.RefundID(fmt.Sprint(i)), Cash: cents(int64(m.cash(i)))})
		}
	}
	return p
}

// looks notes what the gateway says of the charge ([payment.Payment.Apply]).
func (m *backing) looks(s backingShortcuts) {
	m.heard = m.bank
	move := payment.PaymentMove{Event: payment.EventCaptured, At: then}
	if m.bank > 0 {
		move.Event, move.Gone = payment.EventReversed, cents(int64(m.bank))
	}
	after, do := m.payment().Apply(move)
	if s.deaf || do != payment.EffectGone {
		return
	}
	m.told += int8(after.Gone.Minor()) - int8(m.gone)
	m.gone = uint8(after.Gone.Minor())
}

// hears lets the code decide what becomes of a refund ([payment.Refund.Apply], [payment.Payment.Park]).
func (m *backing) hears(i int, move payment.RefundMove) {
	f := payment.Refund{State: m.f[i].state, Cash: cents(int64(m.cash(i))), Gone: m.f[i].stays}
	move.At = then
	after, _ := f.Apply(move)
	if after.Stays() != f.Stays() {
		m.parked = uint8(m.payment().Park(&f, after.Stays()).Parked.Minor())
	}
	m.f[i].state, m.f[i].stays = after.State, after.Gone
}

// sends asks the gateway for a refund, if it fits as the payment says.
func (m *backing) sends(i int, s backingShortcuts) bool {
	fresh := m.f[i].fresh
	m.f[i].fresh = false
	if m.payment().Left().Sign() < 0 && !s.unfit {
		m.hears(i, payment.RefundMove{Event: payment.EventUnfit})
		return false
	}
	if !fresh {
		m.broken = "P18: a refund is sent, and its charge was not looked up"
	}
	m.hears(i, payment.RefundMove{Event: payment.EventAsk})
	out := m.cash(i)
	if other := &m.f[1-i]; other.state == payment.RefundSent || other.state == payment.RefundDone && !other.stays {
		out += m.cash(1 - i)
	}
	if out+m.heard > took {
		m.broken = "I3: a refund is sent that does not fit what was captured without refunds and what is gone"
	}
	return true
}

func (m backing) next(s backingShortcuts) (all []backing, did []string) {
	add := func(to backing, format string, args ...any) {
		all, did = append(all, to), append(did, fmt.Sprintf(format, args...))
	}
	for gone := range uint8(took + 1) {
		if gone != m.bank {
			to := m
			to.bank = gone
			add(to, "%d is gone at the bank", gone)
		}
	}
	to := m
	to.looks(s)
	add(to, "a hint comes")
	for i := range m.f {
		m.refund(i, s, add)
	}
	return all, did
}

func (m backing) refund(i int, s backingShortcuts, add func(backing, string, ...any)) {
	to := m
	left := to.payment().Left().Minor()
	switch m.f[i].state {
	case "":
		to.hears(i, payment.RefundMove{Event: payment.EventMake, Unfit: left < int64(m.cash(i))})
		add(to, "refund %d is made", i)
	case payment.RefundDue, payment.RefundSent:
		if !m.f[i].fresh && !s.blind {
			to.looks(s)
			to.f[i].fresh = true
			add(to, "the charge is looked up for refund %d", i)
			return
		}
		if !to.sends(i, s) {
			add(to, "refund %d does not fit", i)
			return
		}
		declined := to
		to.f[i].given = true
		add(to, "refund %d is given, and the reply lost", i)
		to.hears(i, payment.RefundMove{Event: payment.EventCaptured})
		add(to, "refund %d is given", i)
		if !m.f[i].given {
			declined.hears(i, payment.RefundMove{Event: payment.EventDeclined})
			add(declined, "refund %d is declined", i)
		}
	case payment.RefundParked:
		if left >= int64(m.cash(i)) {
			to.hears(i, payment.RefundMove{Event: payment.EventAgain})
			add(to, "an operator lets refund %d go on", i)
		}
		if to = m; m.cash(i) <= m.gone {
			to.hears(i, payment.RefundMove{Event: payment.EventResolveFailed})
			add(to, "what was taken back stands for refund %d", i)
		}
	case payment.RefundReview:
		to.hears(i, payment.RefundMove{Event: payment.EventResolveDone})
		add(to, "refund %d is done by hand", i)
		if to = m; left >= 0 {
			to.hears(i, payment.RefundMove{Event: payment.EventAgain})
			add(to, "refund %d is asked for again", i)
		}
	}
}

// breaks names the invariant that a state breaks; "": none.
func (m backing) breaks(s backingShortcuts) string {
	stays := uint8(0)
	for i := range m.f {
		if m.f[i].state == payment.RefundParked || m.f[i].stays {
			stays += m.cash(i)
		}
	}
	switch {
	case m.broken != "":
		return m.broken
	case stays != m.parked:
		return "I3: the payment says that other refunds are parked than are"
	case m.gone != m.heard && !s.deaf:
		return "I3: what is gone is not what the gateway said last"
	case m.told != int8(m.gone):
		return "I12: the customer heard of another amount than is gone"
	}
	return ""
}

// exploreBacks visits every state of refunds and of what is taken back.
func exploreBacks(s backingShortcuts) (states int, broken string, story []string) {
	list, index, from, did := []backing{{}}, map[backing]int{{}: 0}, []int{-1}, []string{""}
	for i := 0; i < len(list); i++ {
		if why := list[i].breaks(s); why != "" {
			for k := i; k > 0; k = from[k] {
				story = append(story, did[k])
			}
			slices.Reverse(story)
			return len(list), why, story
		}
		all, how := list[i].next(s)
		for k, to := range all {
			if _, known := index[to]; !known {
				index[to] = len(list)
				list, from, did = append(list, to), append(from, i), append(did, how[k])
			}
		}
	}
	return len(list), "", nil
}

// P18: two refunds, and a bank that takes back and gives up as it likes, in every order: nothing is
// sent that does not fit by what was heard last. Each shortcut breaks that, and the model tells how.
func TestP18_Model(t *testing.T) {
	states, broken, story := exploreBacks(backingShortcuts{})
	if broken != "" {
		t.Errorf("%s:\n  %s", broken, strings.Join(story, "\n  "))
	}
	t.Logf("%d states", states)
	for name, s := range map[string]backingShortcuts{
		"what was taken back is not noted":   {deaf: true},
		"the charge is not looked up before": {blind: true},
		"what does not fit is sent":          {unfit: true},
	} {
		states, broken, story := exploreBacks(s)
		if broken == "" {
			t.Errorf("%s: breaks nothing in %d states", name, states)
			continue
		}
		t.Logf("%s: %s, after %d states:\n  %s", name, broken, states, strings.Join(story, "\n  "))
	}
}
