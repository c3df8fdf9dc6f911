package desk

import (
	"time"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
)

// aim gives a payment the key for its gateway, and the time at which the sweep looks at it if
// this host dies now.
func (b *tx) aim(p *payment.Payment, t gateway.Traits) {
	p.Key = t.Key(string(p.ID))
	p.FirstSentAt, p.LastSentAt = b.At, b.At
	p.DueAt = b.next(p, t)
}

// next is when a payment is looked at next: after the wait for its number of tries, but at the
// earliest instant that can decide. Of one that is open that is when its hold ends, just before
// sending again may be unsafe or the gateway may forget the first or the last charge, when
// nothing can be on its way any more, and so long after that "not found" counts a second time.
// Once the waits are used up it is looked at daily, for as long as the gateway may rightly leave
// it undecided. A payment that has ended is looked at until the gateway may forget it, and when it must have
// decided, for late money: zero after that.
func (b *tx) next(p *payment.Payment, t gateway.Traits) time.Time {
	wait, more := b.Policy.WaitAfter(p.Tries)
	next, last := b.At.Add(wait), t.KnowsUntil(p.LastSentAt)
	ends := []time.Time{t.KnowsUntil(p.FirstSentAt), last}
	switch {
	case !p.State.Final():
		ends = append(ends, b.decisive(p, t)...)
		if !more && b.mayWait(p, t) {
			next, ends = b.At.Add(24*time.Hour), append(ends, settled(p, t).Add(time.Second))
		}
	default:
		decided := settled(p, t).Add(time.Second)
		if ends = append(ends, decided); !more || t.Lookup > 0 && !last.After(b.At) {
			next = last
		}
		if next.IsZero() && t.Settle > 0 {
			next = decided
		}
	}
	for _, end := range ends {
		if end.After(b.At) && end.Before(next) {
			next = end
		}
	}
	if !next.After(b.At) {
		return time.Time{}
	}
	return next
}

// decisive are the instants at which more can be decided of an open payment than before.
func (b *tx) decisive(p *payment.Payment, t gateway.Traits) []time.Time {
	held := b.heldUntil(p)
	ends := []time.Time{held}
	if safe := t.ResendsUntil(p.FirstSentAt); safe.Before(held) {
		ends = append(ends, safe)
	}
	if p.State == payment.PaymentCanceling {
		ends = append(ends, quiet(p, t).Add(time.Second))
		if !p.NotFoundSince.IsZero() {
			ends = append(ends, b.twice(p))
		}
	}
	return ends
}

// lasts reports whether the hold of a payment lasts.
func (b *tx) lasts(p *payment.Payment) bool { return b.At.Before(b.heldUntil(p)) }

// heldUntil is when the hold of a payment ends: of one that began while nobody was there, and whose
// gateway asks for the customer, when the customer has had time to come (P19).
func (b *tx) heldUntil(p *payment.Payment) time.Time {
	if !p.ActionUntil.IsZero() {
		return p.ActionUntil
	}
	return p.HeldAt.Add(b.Policy.HoldTime())
}

// quiet is the last instant in which a charge can be on its way, or be finished by the customer.
func quiet(p *payment.Payment, t gateway.Traits) time.Time {
	if p.ActionPossible {
		return p.LastSentAt.Add(t.Flight + t.Action)
	}
	return p.LastSentAt.Add(t.Flight)
}

// settled is the last instant in which a gateway may rightly not have decided a charge.
func settled(p *payment.Payment, t gateway.Traits) time.Time { return quiet(p, t).Add(t.Settle) }

// twice is when "not found" counts a second time.
func (b *tx) twice(p *payment.Payment) time.Time {
	apart, _ := b.Policy.WaitAfter(0)
	return p.NotFoundSince.Add(apart)
}

// mayWait reports whether a gateway may rightly leave an open payment undecided, so that nothing
// is wrong though the waits are used up.
func (b *tx) mayWait(p *payment.Payment, t gateway.Traits) bool {
	switch {
	case t.Settle > 0 && !b.At.After(settled(p, t)):
		return true
	case p.State != payment.PaymentCanceling:
		return false
	}
	return !b.At.After(quiet(p, t)) || !p.NotFoundSince.IsZero() && b.At.Before(b.twice(p))
}
