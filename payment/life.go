package payment

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
)

// Event is what a payment, or a refund, hears of its gateway or is told.
//
// One of: make, captured, reversed, declined, canceled, processing, action required, ready, not
// found, contradicted, unanswered, give up, ask, does not fit, ask again, corrected, resolved as
// done, resolved as failed.
type Event string

const (
	EventMake          Event = "make"               // a payment is held, a refund is owed
	EventCaptured      Event = "captured"           // the gateway moved the money, all that was asked for
	EventReversed      Event = "reversed"           // it moved the money, and some of it has been taken back since (P18)
	EventDeclined      Event = "declined"           // the gateway will not move it
	EventCanceled      Event = "canceled"           // the gateway was told to stop
	EventProcessing    Event = "processing"         // the gateway has the charge, and decides later
	EventAction        Event = "action required"    // the customer has to finish it
	EventReady         Event = "ready"              // the customer has done their part, and a charge with the same key completes it
	EventNotFound      Event = "not found"          // the gateway has no charge, or, once it is given up, none that it finishes by itself
	EventContradicted  Event = "contradicted"       // the gateway says what cannot be
	EventUnanswered    Event = "unanswered"         // the gateway has not said how it ends, at the last look, or cannot be asked
	EventGiveUp        Event = "give up"            // the customer cancels, or the hold has ended
	EventAsk           Event = "ask"                // the gateway is asked for a refund, with its key, or what has become of it
	EventUnfit         Event = "does not fit"       // a refund is more than is left of what was captured (P18)
	EventAgain         Event = "ask again"          // an operator's word
	EventCorrected     Event = "corrected"          // the gateway says right what it had said wrongly
	EventResolveDone   Event = "resolved as done"   // by an operator: paid, or given back by hand
	EventResolveFailed Event = "resolved as failed" // by an operator: not paid, or not given back
)

// The conditions under which transitions are taken.
const (
	always      = ""
	ifHere      = "nothing goes through a gateway"
	ifForgotten = "the gateway may have forgotten the charge"
	ifCertain   = "the gateway has not forgotten the charge, nor said that it captured some"
	ifSendable  = "the hold lasts, and sending again is safe"
	ifQuiet     = "nothing can be on its way"
	ifTwice     = "nothing can be on its way, for the second time"
	ifTaken     = "money was taken"
	ifWrong     = "what the gateway says is wrong"
	ifOther     = "another amount is gone than before"
	ifLate      = "it came late before, and another amount is gone"
	ifGone      = "some of it was gone"
	ifUnfit     = "it is more than is left"
	ifSafe      = "sending again is safe"
	ifThrough   = "the gateway gave it back"
	ifNews      = "for the first time under its key"
)

// Effect is what else belongs into the commit of a transition.
//
// One of: settle, release, send again, give back, refund order, note gone.
type Effect string // empty: nothing else

const (
	EffectSettle  Effect = "settle"       // orders paid, coupons used
	EffectRelease Effect = "release"      // orders and coupons free
	EffectSend    Effect = "send again"   // after the commit, with the same key
	EffectReturn  Effect = "give back"    // a refund of what was taken late
	EffectOrder   Effect = "refund order" // the order that gives back is done
	EffectGone    Effect = "note gone"    // it is told how much was taken back, or has come again; what it paid is open again, or no longer (P18)
)

// Transition is one line of the table of a life.
type Transition[S ~string] struct {
	From   S // empty: it is made
	Event  Event
	When   string // the condition under which it is taken; empty: always
	To     S
	Effect Effect
}

// paymentLife is the table of payments: what is not here changes nothing. Of lines that share
// state and event the first whose condition holds is taken.
var paymentLife = [...]Transition[PaymentState]{
	{"", EventMake, ifHere, PaymentSucceeded, EffectSettle},
	{"", EventMake, always, PaymentPending, ""},

	{PaymentPending, EventCaptured, always, PaymentSucceeded, EffectSettle},
	{PaymentPending, EventReversed, always, PaymentSucceeded, EffectSettle},
	{PaymentPending, EventDeclined, ifForgotten, PaymentReview, ""},
	{PaymentPending, EventDeclined, always, PaymentFailed, EffectRelease},
	{PaymentPending, EventCanceled, ifForgotten, PaymentReview, ""},
	{PaymentPending, EventCanceled, always, PaymentFailed, EffectRelease}, // nobody here asked for it
	{PaymentPending, EventProcessing, always, PaymentPending, ""},
	{PaymentPending, EventAction, always, PaymentPending, ""},
	{PaymentPending, EventReady, ifSendable, PaymentPending, EffectSend},
	{PaymentPending, EventReady, always, PaymentCanceling, ""},
	{PaymentPending, EventNotFound, ifForgotten, PaymentReview, ""},
	{PaymentPending, EventNotFound, ifSendable, PaymentPending, EffectSend},
	{PaymentPending, EventNotFound, always, PaymentCanceling, ""},
	{PaymentPending, EventContradicted, always, PaymentReview, ""},
	{PaymentPending, EventUnanswered, always, PaymentReview, ""},
	{PaymentPending, EventGiveUp, always, PaymentCanceling, ""},

	{PaymentCanceling, EventCaptured, always, PaymentSucceeded, EffectSettle},
	{PaymentCanceling, EventReversed, always, PaymentSucceeded, EffectSettle},
	{PaymentCanceling, EventDeclined, ifForgotten, PaymentReview, ""},
	{PaymentCanceling, EventDeclined, always, PaymentFailed, EffectRelease},
	{PaymentCanceling, EventCanceled, ifForgotten, PaymentReview, ""},
	{PaymentCanceling, EventCanceled, always, PaymentCanceled, EffectRelease},
	{PaymentCanceling, EventProcessing, always, PaymentCanceling, ""},
	{PaymentCanceling, EventAction, always, PaymentCanceling, ""},
	{PaymentCanceling, EventNotFound, ifForgotten, PaymentReview, ""},
	{PaymentCanceling, EventNotFound, ifTwice, PaymentCanceled, EffectRelease},
	{PaymentCanceling, EventNotFound, ifQuiet, PaymentCanceling, ""},
	{PaymentCanceling, EventContradicted, always, PaymentReview, ""},
	{PaymentCanceling, EventUnanswered, always, PaymentReview, ""},

	{PaymentReview, EventCaptured, always, PaymentSucceeded, EffectSettle},
	{PaymentReview, EventReversed, always, PaymentSucceeded, EffectSettle},
	{PaymentReview, EventDeclined, ifCertain, PaymentFailed, EffectRelease},
	{PaymentReview, EventCanceled, ifCertain, PaymentFailed, EffectRelease},
	{PaymentReview, EventResolveDone, always, PaymentSucceeded, EffectSettle},
	{PaymentReview, EventResolveFailed, always, PaymentFailed, EffectRelease},

	{PaymentSucceeded, EventCaptured, ifGone, PaymentSucceeded, EffectGone},
	{PaymentSucceeded, EventReversed, ifOther, PaymentSucceeded, EffectGone},

	{PaymentFailed, EventCaptured, ifGone, PaymentFailed, EffectGone},
	{PaymentFailed, EventCaptured, always, PaymentFailed, EffectReturn},
	{PaymentFailed, EventReversed, ifLate, PaymentFailed, EffectGone},
	{PaymentFailed, EventReversed, always, PaymentFailed, EffectReturn},
	{PaymentFailed, EventContradicted, ifTaken, PaymentFailed, EffectReturn},
	{PaymentCanceled, EventCaptured, ifGone, PaymentCanceled, EffectGone},
	{PaymentCanceled, EventCaptured, always, PaymentCanceled, EffectReturn},
	{PaymentCanceled, EventReversed, ifLate, PaymentCanceled, EffectGone},
	{PaymentCanceled, EventReversed, always, PaymentCanceled, EffectReturn},
	{PaymentCanceled, EventContradicted, ifTaken, PaymentCanceled, EffectReturn},
}

// refundLife is the table of refunds, read as that of payments is.
var refundLife = [...]Transition[RefundState]{
	{"", EventMake, ifHere, RefundDone, EffectOrder},
	{"", EventMake, ifWrong, RefundReview, ""},
	{"", EventMake, ifUnfit, RefundParked, ""},
	{"", EventMake, always, RefundDue, ""},

	{RefundDue, EventAsk, always, RefundSent, ""},
	{RefundDue, EventUnanswered, always, RefundReview, ""},
	{RefundDue, EventContradicted, always, RefundReview, ""},
	{RefundDue, EventUnfit, always, RefundParked, ""},

	{RefundSent, EventAsk, always, RefundSent, ""},
	{RefundSent, EventProcessing, always, RefundSent, ""},
	{RefundSent, EventNotFound, ifSafe, RefundSent, EffectSend},
	{RefundSent, EventNotFound, always, RefundReview, ""},
	{RefundSent, EventCaptured, always, RefundDone, EffectOrder},
	{RefundSent, EventDeclined, always, RefundReview, ""},
	{RefundSent, EventContradicted, always, RefundReview, ""},
	{RefundSent, EventUnanswered, always, RefundReview, ""},
	{RefundSent, EventUnfit, always, RefundReview, ""}, // it may be back already

	{RefundParked, EventAgain, always, RefundDue, ""},
	{RefundParked, EventResolveDone, always, RefundDone, EffectOrder},
	{RefundParked, EventResolveFailed, always, RefundDone, EffectOrder}, // what was taken back stands for it

	{RefundReview, EventCaptured, always, RefundDone, EffectOrder},
	{RefundReview, EventDeclined, ifNews, RefundReview, ""},
	{RefundReview, EventCorrected, always, RefundDue, ""},
	{RefundReview, EventResolveDone, always, RefundDone, EffectOrder},
	{RefundReview, EventAgain, always, RefundSent, ""},

	{RefundDone, EventDeclined, ifThrough, RefundReview, ""}, // it came back
}

// PaymentTransitions returns the table of payments, for drawing and checking.
func PaymentTransitions() []Transition[PaymentState] {
	return slices.Clone(paymentLife[:])
}

// RefundTransitions returns the table of refunds.
func RefundTransitions() []Transition[RefundState] { return slices.Clone(refundLife[:]) }

// PaymentMove is what a payment hears, and what was known then.
type PaymentMove struct {
	Event  Event
	At     time.Time
	Why    string       // the reason that is kept where it fails, is given up, or goes to review
	Trade  string       // of what was captured: the gateway's number
	Amount order.Money  // of what was captured late, or was contradicted: how much
	Gone   order.Money  // of reversed: how much has been taken back, in all (P18)
	Fee    order.Money  // of what was captured: what the gateway keeps of it
	Action string       // of action required: where the customer goes
	Until  time.Time    // of action required: how long what began while nobody was there waits for the customer (P19)
	Handle string       // the gateway's own name of the charge: the first is kept
	Kept   order.Opaque // of captured: the instrument that was kept; only where the request asked for that

	Here      bool // nothing goes through a gateway
	Forgotten bool // the gateway may have forgotten the charge: what it says is not certain, unless it is captured
	Unsafe    bool // sending again may no longer be safe
	Lasts     bool // the hold has not ended
	Quiet     bool // nothing can be on its way any more, nor be finished
	Apart     bool // long enough since the gateway first had nothing when all was quiet
}

// Apply returns the payment as it stands after a move, and what else belongs into the same
// commit. Where the table has no line, nothing changes: what is said twice is done once. When
// the clock looks again is the caller's to say.
func (p Payment) Apply(m PaymentMove) (Payment, Effect) {
	t, ok := taken(paymentLife[:], p.State, m.Event, func(w string) bool { return p.holds(w, &m) })
	if !ok {
		return p, ""
	}
	after := p
	after.State = t.To
	after.Handle = cmp.Or(p.Handle, m.Handle)
	switch {
	case t.Effect == EffectSettle:
		after.settle(&m)
	case t.Effect == EffectRelease:
		if t.To != PaymentCanceled {
			after.Reason = m.Why // what is canceled has said why when it was given up
		}
		after.rest(m.At)
	case t.Effect == EffectReturn || t.Effect == EffectGone:
		after.goes(&m, t.Effect)
	case t.Effect == EffectSend:
		after.LastSentAt, after.Action = later(p.LastSentAt, m.At), "" // what the customer had to do is done
	case t.To == PaymentReview:
		after.Reason = m.Why
		if m.Amount.Sign() > 0 {
			after.Captured = m.Amount
		}
		after.rest(m.At)
	case t.To == PaymentCanceling && p.State != t.To:
		after.Reason, after.Tries, after.NotFoundSince, after.Action, after.Changed = m.Why, 0, time.Time{}, "", later(p.Changed, m.At)
	case m.Event == EventNotFound:
		after.NotFoundSince = m.At
	case m.Event == EventProcessing:
		after.goesOn()
	case m.Event == EventAction:
		after.acts(&m)
	}
	return after, t.Effect
}

// goes notes what came late, and what is gone.
func (p *Payment) goes(m *PaymentMove, do Effect) {
	p.Gone, p.Changed = m.Gone, later(p.Changed, m.At)
	if do == EffectGone {
		return
	}
	p.LateCapture, p.Trade = m.Amount, m.Trade
	if m.Event != EventContradicted {
		p.DueAt = time.Time{} // else the gateway may still say it right
	}
}

// settle notes that a payment was paid.
func (p *Payment) settle(m *PaymentMove) {
	p.Trade, p.Fee, p.Paid, p.Reason, p.Gone = m.Trade, m.Fee, m.At, "", m.Gone
	if p.Request.Keep && m.Kept.Check("kept", maxInstrument) == nil { // else the gateway has kept nothing that can be charged
		p.Kept = m.Kept
	}
	if m.Event != EventResolveDone {
		p.Captured = order.Money{} // a review may have kept what was said before
	}
	p.rest(m.At)
}

// holds reports whether a condition of the table holds.
func (p *Payment) holds(w string, m *PaymentMove) bool {
	switch w {
	case ifHere:
		return m.Here
	case ifForgotten:
		return m.Forgotten
	case ifCertain:
		return !m.Forgotten && p.Captured == (order.Money{})
	case ifSendable:
		return m.Lasts && !m.Unsafe
	case ifQuiet:
		return m.Quiet && p.NotFoundSince.IsZero()
	case ifTwice:
		return m.Quiet && m.Apart && !p.NotFoundSince.IsZero()
	case ifTaken:
		return m.Amount.Sign() > 0 && p.LateCapture == (order.Money{})
	}
	return w == always || p.holdsGone(w, m)
}

// holdsGone reports whether a condition holds that is about what is gone.
func (p *Payment) holdsGone(w string, m *PaymentMove) bool {
	other := p.Gone != m.Gone
	switch w {
	case ifOther:
		return other
	case ifLate:
		return other && p.LateCapture == m.Amount
	}
	return w == ifGone && p.Gone.Sign() > 0
}

// rest: the clock waits for nothing, and the customer has nothing to do.
func (p *Payment) rest(at time.Time) {
	p.DueAt, p.Action, p.Changed = time.Time{}, "", later(p.Changed, at)
}

// acts notes where the customer finishes a payment, how long one waits for the customer that began
// while nobody was there, and of one that is to be canceled that the customer still can.
func (p *Payment) acts(m *PaymentMove) {
	if p.Absent && p.State == PaymentPending && p.ActionUntil.IsZero() {
		p.ActionUntil = m.Until
	}
	if p.State == PaymentPending && p.Action != m.Action {
		p.Action = m.Action
	} else if p.ActionPossible {
		return
	}
	p.ActionPossible, p.NotFoundSince = true, time.Time{}
}

// goesOn notes that the gateway has the charge. The customer whom it asked for has been there: what it
// asks for next is another action.
func (p *Payment) goesOn() {
	p.NotFoundSince = time.Time{}
	if p.Absent {
		p.Action, p.ActionUntil = "", time.Time{}
	}
}

// RefundMove is what a refund hears, and what was known then.
type RefundMove struct {
	Event  Event
	At     time.Time
	Why    string    // the reason that is kept in review, or an operator's
	Next   time.Time // of ask: when the gateway is asked again
	Handle string    // of an answer: the gateway's own name of the refund

	Here   bool // nothing goes through a gateway
	Wrong  bool // what the gateway says of it is wrong
	Unfit  bool // it is more than is left of what was captured
	Unsafe bool // sending again may no longer be safe
}

// attemptKey is the key that the refund is asked with next: after a decline another one, as long as
// the first, since a gateway answers a key that it has declined as before.
func (f *Refund) attemptKey() string {
	if f.Attempt == 0 {
		return f.Key
	}
	key := order.Derive("refund", string(f.ID), strconv.Itoa(f.Attempt))
	return key[:min(len(key), len(f.Key))]
}

// Apply returns the refund as it stands after a move, and what else belongs into the same
// commit. Where the table has no line, nothing changes.
func (f Refund) Apply(m RefundMove) (Refund, Effect) {
	t, ok := taken(refundLife[:], f.State, m.Event, func(w string) bool { return f.holds(w, &m) })
	if !ok {
		return f, ""
	}
	after := f
	after.State = t.To
	after.Handle = cmp.Or(f.Handle, m.Handle)
	switch {
	case m.Event == EventAgain:
		after.again(&m)
	case m.Event == EventAsk:
		after.DueAt = m.Next
		after.Tries++
		if f.FirstSentAt.IsZero() {
			after.FirstSentAt, after.Tries = m.At, 1
		}
	case t.To == RefundDone:
		after.Done, after.DueAt, after.Reason, after.ByHand = m.At, time.Time{}, m.Why, m.Event == EventResolveDone
		after.Gone = m.Event == EventResolveFailed
	case t.To == RefundDue:
		after.DueAt = m.At
	case t.To == RefundReview, t.To == RefundParked:
		after.Reason, after.DueAt = m.Why, time.Time{}
		if m.Event == EventDeclined {
			after.FirstSentAt = time.Time{} // for certain: nothing comes back under this key
			after.Attempt++
		}
		if f.State == RefundDone {
			after.Done = time.Time{}
			after.CameBack++
		}
	}
	return after, t.Effect
}

// again has a refund asked for once more, as another one where it was declined.
func (f *Refund) again(m *RefundMove) {
	f.Reason, f.DueAt, f.Tries = m.Why, m.At, 0
	if key := f.attemptKey(); key != f.Key {
		f.Key, f.Handle = key, ""
	}
}

// holds reports whether a condition of the table of refunds holds.
func (f *Refund) holds(w string, m *RefundMove) bool {
	switch w {
	case ifHere:
		return m.Here
	case ifWrong:
		return m.Wrong
	case ifUnfit:
		return m.Unfit
	case ifSafe:
		return !m.Unsafe
	case ifThrough:
		return f.Key != "" && !f.ByHand && !f.Gone
	case ifNews:
		return !f.FirstSentAt.IsZero()
	}
	return w == always
}

// taken is the line of a table that an event takes.
func taken[S ~string](life []Transition[S], from S, event Event, holds func(string) bool) (Transition[S], bool) {
	for i := range life {
		if t := &life[i]; t.From == from && t.Event == event && holds(t.When) {
			return *t, true
		}
	}
	return Transition[S]{}, false
}

// Diagram returns the life that a table describes as a Mermaid state diagram.
func Diagram[S ~string](life []Transition[S]) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	var ends []S
	for _, t := range life {
		fmt.Fprintf(&b, "    %s --> %s: %s", cmp.Or(string(t.From), "[*]"), t.To, t.Event)
		if t.When != always {
			fmt.Fprintf(&b, " (%s)", t.When)
		}
		b.WriteByte('\n')
		final := !slices.ContainsFunc(life, func(u Transition[S]) bool { return u.From == t.To && u.To != t.To })
		if final && !slices.Contains(ends, t.To) {
			ends = append(ends, t.To)
		}
	}
	for _, s := range ends {
		fmt.Fprintf(&b, "    %s --> [*]\n", s)
	}
	return b.String()
}

// later is the later of two instants: what happened never moves back with a clock.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
