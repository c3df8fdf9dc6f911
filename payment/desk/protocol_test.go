package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/payment"
)

// fate is where a payment stands in the model.
type fate uint8

const (
	none fate = iota
	pending
	canceling
	succeeded
	failed
	inReview
)

// What the gateway knows under a key, and where a refund stands.
const (
	unseen uint8 = iota
	undecided
	ready // the customer has done their part: a charge completes it
	captured
	declined
	canceledThere
)

const (
	noRefund uint8 = iota
	refundDue
	refundSent // given back, and the reply is lost
	refundDone
	refundReview
)

// Steps of a caller.
const (
	idle uint8 = iota
	judged
	held
	sent
	gone
)

// party is one payment, its caller and its gateway.
type party struct {
	fate     fate
	caller   uint8
	stale    bool // what was judged has changed since
	missed   bool // more has come since of what was judged whole, and is not compared
	first    bool // judged to be the first order
	there    uint8
	again    uint8 // what the gateway knows under a second key, which there should not be
	flying   uint8 // charges on their way
	captures uint8
	over     bool // the hold has ended
	dead     bool // the key
	unsafe   bool // sending again would charge again: the gateway knows the charge, and not its key
	absent   bool // not found once, since nothing can be on its way
	watch    bool // ended, and still looked at
	refund   uint8
}

// model is a state of everything.
type model struct {
	p       [2]party
	order   [3]uint8 // 0 unpaid, 1 and 2 held by A and B, 3 and 4 paid by them, 5 voided
	coupon  uint8    // 0 free, 1 and 2 held, 3 and 4 used
	uses    uint8    // of the coupon
	tally   uint8
	late    bool // past the deadline
	blocked bool // a bill is overdue: nothing new may be held
	apart   bool // the same for ever: B pays order 2 alone
	broken  string
}

// shortcuts are the mistakes of RELIABILITY that the model can make.
type shortcuts struct {
	timeout, notFound, noGuard, sweepVoids, newKey, couponFree, takeOver, lateIgnored, uncompared, uncounted, counted bool
	noCoupon                                                                                                          bool // no mistake: nobody has a coupon
	plain                                                                                                             bool // no mistake: a gateway that cannot cancel
	resent                                                                                                            bool // sent again though that is not safe
}

// wants are the orders of a payment.
func (m *model) wants(i int) []int {
	switch {
	case i == 0:
		return []int{0, 1}
	case m.apart:
		return []int{2}
	}
	return []int{1, 2}
}

// step is a state that follows, and how.
type step struct {
	to  model
	did string
}

// next returns what can follow.
func (m model) next(s shortcuts) (all []step) {
	if m.broken != "" {
		return nil
	}
	add := func(to model, format string, args ...any) { all = append(all, step{to, fmt.Sprintf(format, args...)}) }
	for i := range m.p {
		m.caller(i, s, add)
		m.gateway(i, add)
		m.sweep(i, s, add)
		m.clock(i, add)
		m.refunds(i, add)
	}
	if !m.late {
		to := m
		to.late = true
		add(to, "the deadline passes")
	}
	if m.late {
		to := m
		for k, o := range to.order {
			if o == 0 || s.sweepVoids && (o == 1 || o == 2) {
				to.order[k] = 5
			}
		}
		if to != m {
			to.touched(-1)
			add(to, "the sweep voids what is past its deadline")
		}
	}
	if !m.blocked {
		to := m
		to.blocked = true
		if !s.uncompared {
			to.touched(-1)
		}
		add(to, "a bill is overdue")
	}
	if to := m.more(s); to != m {
		add(to, "more comes of what was judged whole")
	}
	return all
}

// more: a record comes to be of a kind or group that was judged whole, a coupon that is better
// or a resource that is bound. Whoever has judged did so without it.
func (m model) more(s shortcuts) model {
	for i := range m.p {
		if p := &m.p[i]; p.caller == judged {
			p.stale, p.missed = p.stale || !s.uncounted, s.uncounted
		}
	}
	return m
}

// touched: what others have judged has changed.
func (m *model) touched(by int) {
	for i := range m.p {
		if i != by && m.p[i].caller == judged {
			m.p[i].stale = true
		}
	}
}

func (m model) caller(i int, s shortcuts, add func(model, string, ...any)) {
	p, me, name := m.p[i], uint8(i), string(rune('A'+i))
	free := func(o uint8) bool { return o == 0 || s.takeOver && (o == 1 || o == 2) && o != me+1 }
	switch p.caller {
	case idle:
		taken := slices.ContainsFunc(m.wants(i), func(k int) bool { return !free(m.order[k]) })
		if m.late || m.blocked || m.coupon != 0 && !s.takeOver && !s.noCoupon || taken {
			return
		}
		to := m
		to.p[i].caller, to.p[i].stale, to.p[i].missed = judged, false, false
		to.p[i].first = m.tally == 0
		if s.counted {
			to.p[i].first = m.p[1-i].fate != succeeded
		}
		add(to, "%s loads and judges", name)
	case judged:
		to := m
		to.p[i].caller = idle
		if p.stale {
			add(to, "%s finds that others were faster", name)
			return
		}
		if m.blocked {
			to.broken = "I7: held on a record that was judged, and has changed since"
		}
		if p.missed {
			to.broken = "R10: held without what has come since of what was judged whole"
		}
		for _, k := range m.wants(i) {
			to.order[k] = me + 1
		}
		if !s.couponFree && !s.noCoupon {
			to.coupon = me + 1
		}
		to.tally++
		to.p[i].hears(payment.EventMake, false)
		to.p[i].caller = held
		to.touched(i)
		add(to, "%s holds", name)
	case held:
		to := m
		to.p[i].flying, to.p[i].caller = min(2, p.flying+1), sent
		add(to, "%s charges", name)
		to.p[i].flying = min(2, p.flying+2)
		add(to, "%s charges, and it arrives twice", name)
	case sent:
		to := m
		to.p[i].caller = gone
		if (p.there == captured || p.there == declined) && !p.dead {
			to.conclude(i, p.there, s)
			add(to, "%s hears how it ends", name)
		}
		to = m
		to.p[i].caller = gone
		if s.timeout && p.fate == pending {
			to.release(i)
		}
		add(to, "%s hears nothing in time", name)
	}
	if p.caller != gone && p.caller != idle {
		to := m
		to.p[i].caller = gone
		add(to, "%s dies", name)
	}
}

// The states of payments and refunds in the model, in the code's words.
var (
	fates   = [...]payment.PaymentState{none: "", pending: payment.PaymentPending, canceling: payment.PaymentCanceling, succeeded: payment.PaymentSucceeded, failed: payment.PaymentFailed, inReview: payment.PaymentReview}
	refunds = [...]payment.RefundState{noRefund: "", refundDue: payment.RefundDue, refundSent: payment.RefundSent, refundDone: payment.RefundDone, refundReview: payment.RefundReview}
	then    = time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)
)

// hears lets the code decide what becomes of a payment ([payment.Payment.Apply]).
func (p *party) hears(e payment.Event, quiet bool) payment.Effect {
	was := payment.Payment{State: fates[p.fate]}
	if p.absent {
		was.NotFoundSince = then
	}
	after, do := was.Apply(payment.PaymentMove{Event: e, At: then, Forgotten: p.dead, Unsafe: p.unsafe, Lasts: !p.over, Quiet: quiet, Apart: true})
	if p.absent = !after.NotFoundSince.IsZero(); after.State == payment.PaymentCanceled {
		after.State = payment.PaymentFailed // the model tells no difference
	}
	if p.fate = fate(slices.Index(fates[:], after.State)); p.fate != pending && p.flying == 0 {
		p.unsafe = false // nothing is sent any more
	}
	return do
}

// hears does what the code decides that a payment does.
func (m *model) hears(i int, e payment.Event, quiet bool, s shortcuts) payment.Effect {
	p := &m.p[i]
	do := p.hears(e, quiet)
	switch {
	case do == payment.EffectSettle, do == payment.EffectReturn && s.noGuard:
		m.settle(i, s)
	case do == payment.EffectReturn && p.refund == noRefund:
		if !s.lateIgnored {
			m.refundHears(i, payment.EventMake)
		}
	case do == payment.EffectRelease:
		m.release(i)
	}
	return do
}

// refundHears lets the code decide what becomes of a refund ([payment.Refund.Apply]).
func (m *model) refundHears(i int, e payment.Event) {
	p := &m.p[i]
	f, _ := payment.Refund{State: refunds[p.refund], Key: "k", FirstSentAt: then}.Apply(payment.RefundMove{Event: e, At: then})
	p.refund = uint8(slices.Index(refunds[:], f.State))
}

// conclude does what an answer of the gateway decides.
func (m *model) conclude(i int, answer uint8, s shortcuts) {
	m.hears(i, map[uint8]payment.Event{captured: payment.EventCaptured, declined: payment.EventDeclined, canceledThere: payment.EventCanceled}[answer], false, s)
	if p := &m.p[i]; answer == captured && p.fate == failed {
		p.watch = false // it has been seen
	}
}

func (m *model) settle(i int, s shortcuts) {
	me := uint8(i)
	for _, k := range m.wants(i) {
		if m.order[k] != me+1 {
			m.broken = "I1: an order is paid that another has, or that was given up"
		}
		m.order[k] = me + 3
	}
	if !s.noCoupon {
		m.coupon = me + 3
		m.uses++
	}
	m.p[i].fate, m.p[i].watch = succeeded, false
	m.touched(i)
}

func (m *model) release(i int) {
	me := uint8(i)
	for _, k := range m.wants(i) {
		if m.order[k] == me+1 {
			m.order[k] = 0
			if m.late {
				m.order[k] = 5
			}
		}
	}
	if m.coupon == me+1 {
		m.coupon = 0
	}
	m.tally--
	m.p[i].fate = failed
	m.touched(i)
}

// gateway: what is on its way arrives or is lost, what is undecided is decided.
func (m model) gateway(i int, add func(model, string, ...any)) {
	p, name := m.p[i], string(rune('A'+i))
	if p.flying > 0 {
		to := m
		to.p[i].flying--
		add(to, "a charge of %s is lost", name)
		if p.there == unseen || p.there == ready || p.unsafe {
			for _, becomes := range []uint8{undecided, captured, declined} {
				to := m
				to.p[i].flying--
				to.p[i].there = becomes
				if becomes == captured {
					to.p[i].captures++
				}
				add(to, "a charge of %s arrives", name)
			}
		}
	}
	if p.there == undecided {
		to := m
		to.p[i].there = captured
		to.p[i].captures++
		add(to, "the gateway captures %s", name)
		to = m
		to.p[i].there = declined
		add(to, "the gateway declines %s", name)
		if p.captures == 0 { // two steps are enough: the rest is as before
			to = m
			to.p[i].there = ready
			add(to, "the customer does their part of %s", name)
		}
	}
}

// sweep looks a payment up, and does what follows.
func (m model) sweep(i int, s shortcuts, add func(model, string, ...any)) {
	p, name := m.p[i], string(rune('A'+i))
	live := p.fate == pending || p.fate == canceling
	seen := p.there
	if p.dead {
		seen = unseen
	}
	to := m
	switch {
	case p.fate == inReview && (seen == captured || seen == declined || seen == canceledThere):
		to.conclude(i, seen, s)
		add(to, "a hint tells how %s ends, which is in review", name)
		return
	case live:
		to.hears(i, payment.EventUnanswered, false, s)
		add(to, "the last look at %s decides nothing: for an operator", name)
		to = m
	case !p.watch:
		return
	}
	switch {
	case seen == captured || seen == declined || seen == canceledThere:
		to.conclude(i, seen, s)
		add(to, "the sweep learns how %s ends", name)
	case !live:
	case p.dead:
		to.hears(i, payment.EventNotFound, false, s)
		add(to, "the key of %s may be forgotten: for an operator", name)
	case seen == unseen && s.notFound:
		to.release(i)
		add(to, "%s is not found, and released", name)
	case seen == unseen && p.fate == pending && !p.over:
		if s.newKey {
			if p.again == unseen {
				to.p[i].again = captured
				to.p[i].captures++
				add(to, "%s is sent again with a new key, and captured", name)
			}
			return
		}
		to.p[i].unsafe = p.unsafe && !s.resent
		if to.hears(i, payment.EventNotFound, false, s) == payment.EffectSend {
			to.p[i].flying = min(2, p.flying+1)
		}
		to.p[i].unsafe = p.unsafe && to.p[i].fate == pending
		add(to, "%s is not found, and sent again if that is safe", name)
	case seen == ready && p.fate == pending:
		if to.hears(i, payment.EventReady, false, s) == payment.EffectSend {
			to.p[i].flying = min(2, p.flying+1)
		}
		add(to, "%s is completed, or given up if that is not safe", name)
	case p.fate == pending && p.over:
		if to.hears(i, payment.EventNotFound, false, s); seen == undecided {
			to = m
			to.hears(i, payment.EventGiveUp, false, s)
		}
		add(to, "the hold of %s is over: it is given up", name)
	case p.fate == canceling && !s.plain:
		to.p[i].there = canceledThere
		to.hears(i, payment.EventCanceled, false, s)
		add(to, "the gateway cancels %s", name)
	case p.fate == canceling && (seen == unseen || seen == ready):
		to.p[i].watch = to.hears(i, payment.EventNotFound, p.flying == 0, s) == payment.EffectRelease
		if to != m {
			add(to, "%s is not found, and nothing is on its way", name)
		}
	}
}

// clock: a hold ends; a key dies, when no promise of the hosts forbids it.
func (m model) clock(i int, add func(model, string, ...any)) {
	p, name := m.p[i], string(rune('A'+i))
	if !p.over && p.fate == pending {
		to := m
		to.p[i].over = true
		add(to, "the hold of %s is over", name)
	}
	quiet := p.flying == 0 && (p.caller == gone || p.caller == sent) && p.there != undecided
	if !p.unsafe && p.fate == pending && p.flying == 0 && p.caller == gone {
		to := m
		to.p[i].unsafe = true
		add(to, "%s is not safely sent again any more", name)
	}
	looked := !p.watch || p.there != captured // it is, more often than keys die
	if !p.dead && p.over && quiet && looked {
		to := m
		to.p[i].dead, to.p[i].watch = true, false
		add(to, "the key of %s dies", name)
	}
}

func (m model) refunds(i int, add func(model, string, ...any)) {
	name := string(rune('A' + i))
	become := func(did string, es ...payment.Event) {
		to := m
		for _, e := range es {
			to.refundHears(i, e)
		}
		add(to, "the refund of %s %s", name, did)
	}
	switch m.p[i].refund {
	case refundDue:
		become("is given, and the reply is lost", payment.EventAsk)
		become("is given", payment.EventAsk, payment.EventCaptured)
		become("is declined: for an operator", payment.EventAsk, payment.EventDeclined)
	case refundSent:
		become("is looked up, and was given", payment.EventAsk, payment.EventCaptured)
		become("is looked up, and was declined: for an operator", payment.EventAsk, payment.EventDeclined)
		become("is not seen, and sent again with its key", payment.EventAsk, payment.EventNotFound)
		become("is not decided at the last look: for an operator", payment.EventUnanswered)
	case refundReview:
		become("is asked for again by an operator", payment.EventAgain)
		become("was given, as a hint tells", payment.EventCaptured)
	case refundDone:
		become("comes back, as a hint tells: for an operator", payment.EventDeclined)
	}
}

// breaks names the invariant that a state breaks; "": none.
func (m model) breaks() string {
	if m.broken != "" {
		return m.broken
	}
	for i := range m.p {
		p, me := m.p[i], uint8(i)
		if p.captures > 1 {
			return "I2: captured twice"
		}
		for _, k := range m.wants(i) {
			o := m.order[k]
			switch {
			case (p.fate == pending || p.fate == canceling || p.fate == inReview) && o != me+1:
				return "I5: a live payment does not hold all its orders"
			case p.fate == succeeded && o != me+3:
				return "I1: a payment has succeeded, and not all its orders are paid by it"
			case p.fate == failed && (o == me+1 || o == me+3):
				return "I5: a payment has ended, and still has an order"
			}
		}
		if p.fate == failed && !p.watch && p.there == captured && p.refund == noRefund {
			return "I3: the gateway has money of a payment that failed, and nobody looks"
		}
	}
	if m.uses > 1 {
		return "I6: the coupon is used twice"
	}
	if m.p[0].fate == succeeded && m.p[1].fate == succeeded && m.p[0].first && m.p[1].first {
		return "I6: two payments are the first"
	}
	return ""
}

// rests reports whether nothing has to happen any more.
func (m model) rests() bool {
	for _, p := range m.p {
		if p.fate == pending || p.fate == canceling || p.flying > 0 || p.there == undecided || p.caller == judged || p.caller == held || p.refund == refundDue || p.refund == refundSent {
			return false
		}
	}
	return true
}

// explore visits every state that can be reached, until one breaks an invariant: then it
// returns how it came there. stuck is a state from which rest cannot be reached.
func explore(s shortcuts, apart bool, most int) (states int, broken string, story []string, stuck bool) {
	start := model{apart: apart}
	var (
		list   = []model{start}
		index  = map[model]int32{start: 0}
		from   = []int32{-1}
		did    = []string{""}
		before [][]int32
	)
	before = append(before, nil)
	for i := 0; i < len(list); i++ {
		if why := list[i].breaks(); why != "" {
			for k := int32(i); k > 0; k = from[k] {
				story = append(story, did[k])
			}
			slices.Reverse(story)
			return len(list), why, story, false
		}
		for _, n := range list[i].next(s) {
			k, known := index[n.to]
			if !known {
				if len(list) == most {
					return len(list), "", nil, true // nobody has seen the rest
				}
				k = int32(len(list))
				index[n.to] = k
				list, from, did, before = append(list, n.to), append(from, int32(i)), append(did, n.did), append(before, nil)
			}
			before[k] = append(before[k], int32(i))
		}
	}
	reaches := make([]bool, len(list))
	var queue []int32
	for i := range list {
		if list[i].rests() {
			reaches[i], queue = true, append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		k := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, b := range before[k] {
			if !reaches[b] {
				reaches[b], queue = true, append(queue, b)
			}
		}
	}
	return len(list), "", nil, slices.Contains(reaches, false)
}

// P16: the protocol, in every order of everything that can happen.
func TestP16_Model(t *testing.T) {
	if raced {
		t.Skip("states of one goroutine: the race detector has nothing to find")
	}
	for _, x := range []struct {
		name  string
		s     shortcuts
		apart bool
	}{
		{"a gateway that cancels", shortcuts{}, false},
		{"a gateway that cancels, orders apart", shortcuts{}, true},
		{"a gateway that cannot cancel", shortcuts{plain: true}, false},
		{"a gateway that cannot cancel, orders apart", shortcuts{plain: true}, true},
		{"a gateway that cancels, orders apart and no coupon", shortcuts{noCoupon: true}, true},
	} {
		name := x.name
		states, broken, story, stuck := explore(x.s, x.apart, 20_000_000)
		t.Logf("%s: %d states", name, states)
		if broken != "" {
			t.Errorf("%s: %s:\n  %s", name, broken, strings.Join(story, "\n  "))
		}
		if stuck {
			t.Errorf("%s: there is a state from which rest cannot be reached", name)
		}
	}
}

// P16: each known shortcut breaks the protocol, and the model tells how.
func TestP16_ModelShortcuts(t *testing.T) {
	for _, x := range []struct {
		name  string
		s     shortcuts
		apart bool
	}{
		{"a time-out is taken for a failure", shortcuts{timeout: true}, false},
		{"not found is taken for a failure", shortcuts{notFound: true}, false},
		{"the last commit has no guard", shortcuts{noGuard: true, plain: true}, false},
		{"the sweep ignores holds", shortcuts{sweepVoids: true}, false},
		{"a new key on retry", shortcuts{newKey: true}, false},
		{"sent again when that is not safe", shortcuts{resent: true}, false},
		{"the coupon is checked, and not held", shortcuts{couponFree: true}, true},
		{"a hold is taken over", shortcuts{takeOver: true}, false},
		{"late money is ignored", shortcuts{lateIgnored: true, plain: true}, false},
		{"what was judged is not compared", shortcuts{uncompared: true}, false},
		{"that more has come is not compared", shortcuts{uncounted: true}, false},
		{"first orders are counted", shortcuts{counted: true, noCoupon: true}, true},
	} {
		states, broken, story, _ := explore(x.s, x.apart, 5_000_000)
		if broken == "" {
			t.Errorf("%s: breaks nothing in %d states", x.name, states)
			continue
		}
		t.Logf("%s: %s, after %d states:\n  %s", x.name, broken, states, strings.Join(story, "\n  "))
	}
}
