package payment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
)

// PaymentEvent is what a payment hears of its gateway, or is told.
type PaymentEvent string

const (
	EventHold          PaymentEvent = "hold"                 // everything is held
	EventCaptured      PaymentEvent = "captured"             // the gateway has the money, all that was asked for
	EventDeclined      PaymentEvent = "declined"             // the gateway will not take it
	EventCanceled      PaymentEvent = "canceled"             // the gateway was told to stop
	EventProcessing    PaymentEvent = "processing"           // the gateway has the charge, and decides later
	EventAction        PaymentEvent = "action required"      // the customer has to finish it
	EventNotFound      PaymentEvent = "not found"            // the gateway has no charge, or, once it is given up, none that it finishes by itself
	EventContradicted  PaymentEvent = "contradicted"         // the gateway says what cannot be
	EventUnanswered    PaymentEvent = "unanswered"           // the gateway has not said how it ends, at the last look
	EventGiveUp        PaymentEvent = "give up"              // the customer cancels, or the hold has ended
	EventResolvePaid   PaymentEvent = "resolved as paid"     // by an operator
	EventResolveUnpaid PaymentEvent = "resolved as not paid" // by an operator
)

// RefundEvent is what a refund hears of its gateway, or is told.
type RefundEvent string

const (
	RefundMake         RefundEvent = "make"              // it is owed
	RefundAsk          RefundEvent = "ask"               // the gateway is asked, with the refund's key
	RefundGiven        RefundEvent = "given"             // the gateway gave it back, all of it
	RefundDeclined     RefundEvent = "declined"          // the gateway will not
	RefundContradicted RefundEvent = "contradicted"      // the gateway gave something else back
	RefundUnanswered   RefundEvent = "unanswered"        // the gateway cannot be asked, or not any more
	RefundCorrected    RefundEvent = "corrected"         // the gateway says right what it had said wrongly
	RefundResolve      RefundEvent = "resolved as given" // by an operator, by hand
	RefundAgain        RefundEvent = "ask again"         // an operator's word
)

// When is the condition under which a transition is taken.
type When string

const (
	Always      When = ""
	IfHere      When = "nothing goes through a gateway"
	IfKeyGone   When = "the gateway may have forgotten the key"
	IfHoldLasts When = "the hold lasts"
	IfQuiet     When = "nothing can be on its way"
	IfTwice     When = "nothing can be on its way, for the second time"
	IfTaken     When = "money was taken"
	IfWrong     When = "what the gateway says is wrong"
)

// Effect is what else belongs into the commit of a transition.
type Effect string

const (
	EffectNone    Effect = ""
	EffectSettle  Effect = "settle"       // orders paid, coupons used
	EffectRelease Effect = "release"      // orders and coupons free
	EffectSend    Effect = "send again"   // after the commit, with the same key
	EffectReturn  Effect = "give back"    // a refund of what was taken late
	EffectOrder   Effect = "refund order" // the order that gives back is done
)

// Transition is one line of the table of a life: S is the state, E the event.
type Transition[S, E ~string] struct {
	From   S // empty: it is made
	Event  E
	When   When
	To     S
	Effect Effect
}

// paymentLife is the table of payments: what is not here changes nothing. Of lines that share
// state and event the first whose condition holds is taken.
var paymentLife = [...]Transition[PaymentState, PaymentEvent]{
	{"", EventHold, IfHere, PaymentSucceeded, EffectSettle},
	{"", EventHold, Always, PaymentPending, EffectNone},

	{PaymentPending, EventCaptured, Always, PaymentSucceeded, EffectSettle},
	{PaymentPending, EventDeclined, IfKeyGone, PaymentReview, EffectNone},
	{PaymentPending, EventDeclined, Always, PaymentFailed, EffectRelease},
	{PaymentPending, EventCanceled, IfKeyGone, PaymentReview, EffectNone},
	{PaymentPending, EventCanceled, Always, PaymentFailed, EffectRelease}, // nobody here asked for it
	{PaymentPending, EventProcessing, Always, PaymentPending, EffectNone},
	{PaymentPending, EventAction, Always, PaymentPending, EffectNone},
	{PaymentPending, EventNotFound, IfKeyGone, PaymentReview, EffectNone},
	{PaymentPending, EventNotFound, IfHoldLasts, PaymentPending, EffectSend},
	{PaymentPending, EventNotFound, Always, PaymentCanceling, EffectNone},
	{PaymentPending, EventContradicted, Always, PaymentReview, EffectNone},
	{PaymentPending, EventUnanswered, Always, PaymentReview, EffectNone},
	{PaymentPending, EventGiveUp, Always, PaymentCanceling, EffectNone},

	{PaymentCanceling, EventCaptured, Always, PaymentSucceeded, EffectSettle},
	{PaymentCanceling, EventDeclined, IfKeyGone, PaymentReview, EffectNone},
	{PaymentCanceling, EventDeclined, Always, PaymentFailed, EffectRelease},
	{PaymentCanceling, EventCanceled, IfKeyGone, PaymentReview, EffectNone},
	{PaymentCanceling, EventCanceled, Always, PaymentCanceled, EffectRelease},
	{PaymentCanceling, EventProcessing, Always, PaymentCanceling, EffectNone},
	{PaymentCanceling, EventAction, Always, PaymentCanceling, EffectNone},
	{PaymentCanceling, EventNotFound, IfKeyGone, PaymentReview, EffectNone},
	{PaymentCanceling, EventNotFound, IfTwice, PaymentCanceled, EffectRelease},
	{PaymentCanceling, EventNotFound, IfQuiet, PaymentCanceling, EffectNone},
	{PaymentCanceling, EventContradicted, Always, PaymentReview, EffectNone},
	{PaymentCanceling, EventUnanswered, Always, PaymentReview, EffectNone},

	{PaymentReview, EventResolvePaid, Always, PaymentSucceeded, EffectSettle},
	{PaymentReview, EventResolveUnpaid, Always, PaymentFailed, EffectRelease},

	{PaymentFailed, EventCaptured, Always, PaymentFailed, EffectReturn},
	{PaymentFailed, EventContradicted, IfTaken, PaymentFailed, EffectReturn},
	{PaymentCanceled, EventCaptured, Always, PaymentCanceled, EffectReturn},
	{PaymentCanceled, EventContradicted, IfTaken, PaymentCanceled, EffectReturn},
}

// refundLife is the table of refunds, read as that of payments is.
var refundLife = [...]Transition[RefundState, RefundEvent]{
	{"", RefundMake, IfHere, RefundDone, EffectOrder},
	{"", RefundMake, IfWrong, RefundReview, EffectNone},
	{"", RefundMake, Always, RefundDue, EffectNone},

	{RefundDue, RefundAsk, Always, RefundSent, EffectNone},
	{RefundDue, RefundUnanswered, Always, RefundReview, EffectNone},

	{RefundSent, RefundAsk, Always, RefundSent, EffectNone},
	{RefundSent, RefundGiven, Always, RefundDone, EffectOrder},
	{RefundSent, RefundDeclined, Always, RefundReview, EffectNone},
	{RefundSent, RefundContradicted, Always, RefundReview, EffectNone},
	{RefundSent, RefundUnanswered, Always, RefundReview, EffectNone},

	{RefundReview, RefundCorrected, Always, RefundDue, EffectNone},
	{RefundReview, RefundResolve, Always, RefundDone, EffectOrder},
	{RefundReview, RefundAgain, Always, RefundSent, EffectNone},
}

// PaymentTransitions returns the table of payments, for drawing and checking.
func PaymentTransitions() []Transition[PaymentState, PaymentEvent] {
	return slices.Clone(paymentLife[:])
}

// RefundTransitions returns the table of refunds.
func RefundTransitions() []Transition[RefundState, RefundEvent] { return slices.Clone(refundLife[:]) }

// PaymentMove is what a payment hears, and what was known then.
type PaymentMove struct {
	Event  PaymentEvent
	At     time.Time
	Why    string      // the reason that is kept where it fails, is given up, or goes to review
	Trade  string      // of what was captured: the gateway's number
	Amount order.Money // of what was captured late, or was contradicted: how much
	Action string      // of action required: where the customer goes

	Here    bool // nothing goes through a gateway
	KeyGone bool // the gateway may have forgotten the key
	Lasts   bool // the hold has not ended
	Quiet   bool // nothing can be on its way any more, nor be finished
	Apart   bool // long enough since the gateway first had nothing when all was quiet
}

// Apply returns the payment as it stands after a move, and what else belongs into the same
// commit. Where the table has no line, nothing changes: what is said twice is done once. When
// the clock looks again is the caller's to say.
func (p Payment) Apply(m PaymentMove) (Payment, Effect) {
	t, ok := taken(paymentLife[:], p.State, m.Event, func(w When) bool { return p.holds(w, &m) })
	if !ok {
		return p, EffectNone
	}
	after := p
	after.State = t.To
	switch {
	case t.Effect == EffectSettle:
		after.Trade, after.Paid, after.Reason = m.Trade, m.At, ""
		after.rest(m.At)
	case t.Effect == EffectRelease:
		if t.To != PaymentCanceled {
			after.Reason = m.Why // what is canceled has said why when it was given up
		}
		after.rest(m.At)
	case t.Effect == EffectReturn:
		after.Late, after.Trade, after.Changed = m.Amount, m.Trade, later(p.Changed, m.At)
		if m.Event == EventCaptured {
			after.Waits = time.Time{} // else the gateway may still say it right
		}
	case t.Effect == EffectSend:
		after.Last = later(p.Last, m.At)
	case t.To == PaymentReview:
		after.Reason = m.Why
		if m.Amount.Sign() > 0 {
			after.Captured = m.Amount
		}
		after.rest(m.At)
	case t.To == PaymentCanceling && p.State != t.To:
		after.Reason, after.Tries, after.Absent, after.Action, after.Changed = m.Why, 0, time.Time{}, "", later(p.Changed, m.At)
	case m.Event == EventNotFound:
		after.Absent = m.At
	case m.Event == EventProcessing:
		after.Absent = time.Time{}
	case m.Event == EventAction:
		after.acts(m.Action)
	}
	return after, t.Effect
}

// holds reports whether a condition of the table holds.
func (p *Payment) holds(w When, m *PaymentMove) bool {
	switch w {
	case IfHere:
		return m.Here
	case IfKeyGone:
		return m.KeyGone
	case IfHoldLasts:
		return m.Lasts
	case IfQuiet:
		return m.Quiet && p.Absent.IsZero()
	case IfTwice:
		return m.Quiet && m.Apart && !p.Absent.IsZero()
	case IfTaken:
		return m.Amount.Sign() > 0 && p.Late == (order.Money{})
	}
	return w == Always
}

// rest: the clock waits for nothing, and the customer has nothing to do.
func (p *Payment) rest(at time.Time) {
	p.Waits, p.Action, p.Changed = time.Time{}, "", later(p.Changed, at)
}

// acts notes where the customer finishes a payment, and of one that is to be canceled that the
// customer still can.
func (p *Payment) acts(url string) {
	if p.State == PaymentPending && p.Action != url {
		p.Action = url
	} else if p.Acts {
		return
	}
	p.Acts, p.Absent = true, time.Time{}
}

// RefundMove is what a refund hears, and what was known then.
type RefundMove struct {
	Event RefundEvent
	At    time.Time
	Why   string    // the reason that is kept in review, or an operator's
	Next  time.Time // of ask: when the gateway is asked again

	Here  bool // nothing goes through a gateway
	Wrong bool // what the gateway says of it is wrong
}

// Apply returns the refund as it stands after a move, and what else belongs into the same
// commit. Where the table has no line, nothing changes.
func (f Refund) Apply(m RefundMove) (Refund, Effect) {
	t, ok := taken(refundLife[:], f.State, m.Event, func(w When) bool {
		return w == Always || w == IfHere && m.Here || w == IfWrong && m.Wrong
	})
	if !ok {
		return f, EffectNone
	}
	after := f
	after.State = t.To
	switch {
	case m.Event == RefundAgain:
		after.Reason, after.Waits, after.Tries = m.Why, m.At, 0
	case t.To == RefundSent:
		after.Waits = m.Next
		after.Tries++
		if f.Sent.IsZero() {
			after.Sent = m.At
		}
	case t.To == RefundDone:
		after.Done, after.Waits, after.Reason, after.ByHand = m.At, time.Time{}, m.Why, m.Event == RefundResolve
	case t.To == RefundDue:
		after.Waits = m.At
	case t.To == RefundReview:
		after.Reason, after.Waits = m.Why, time.Time{}
		if m.Event == RefundDeclined {
			after.Sent = time.Time{} // for certain: with this key it can be asked again
		}
	}
	return after, t.Effect
}

// taken is the line of a table that an event takes.
func taken[S, E ~string](life []Transition[S, E], from S, event E, holds func(When) bool) (Transition[S, E], bool) {
	for i := range life {
		if t := &life[i]; t.From == from && t.Event == event && holds(t.When) {
			return *t, true
		}
	}
	return Transition[S, E]{}, false
}

// PaymentDiagram returns the life of a payment as a Mermaid state diagram.
func PaymentDiagram() string { return diagram(paymentLife[:], PaymentState.Final, paymentStates) }

// RefundDiagram returns the life of a refund as a Mermaid state diagram.
func RefundDiagram() string {
	return diagram(refundLife[:], func(s RefundState) bool { return s == RefundDone }, refundStates)
}

func diagram[S, E ~string](life []Transition[S, E], final func(S) bool, states []S) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, t := range life {
		fmt.Fprintf(&b, "    %s --> %s: %s", cmp.Or(string(t.From), "[*]"), t.To, t.Event)
		if t.When != Always {
			fmt.Fprintf(&b, " (%s)", t.When)
		}
		b.WriteByte('\n')
	}
	for _, s := range states {
		if final(s) {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
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
