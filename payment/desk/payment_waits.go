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
// latest when its hold ends, and just before the gateway may forget the key of the first or
// the last charge. A payment that has ended is looked at until then, for late money: zero
// after that.
func (b *tx) next(p *payment.Payment, t gateway.Traits) time.Time {
	wait, more := b.Policy.WaitAfter(p.Tries)
	next, last := b.At.Add(wait), t.LivesUntil(p.LastSentAt)
	held := p.HeldAt.Add(b.Policy.HoldTime())
	if p.State.Final() {
		if held = last; !more || t.KeyLife > 0 && !last.After(b.At) {
			next = last
		}
	}
	for _, end := range [...]time.Time{t.LivesUntil(p.FirstSentAt), last, held} {
		if end.After(b.At) && end.Before(next) {
			next = end
		}
	}
	if !next.After(b.At) {
		return time.Time{}
	}
	return next
}

// lasts reports whether the hold of a payment lasts.
func (b *tx) lasts(p *payment.Payment) bool { return b.At.Before(p.HeldAt.Add(b.Policy.HoldTime())) }
