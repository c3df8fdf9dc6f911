package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// Swept is what a sweep has done.
type Swept struct {
	Orders    int           `json:"orders,omitempty"`    // voided, or their customers reminded of the deadline
	Coupons   int           `json:"coupons,omitempty"`   // expired
	Payments  int           `json:"payments,omitempty"`  // looked at
	Refunds   int           `json:"refunds,omitempty"`   // sent, or sent again
	Bills     int           `json:"bills,omitempty"`     // made, or charged
	Resources int           `json:"resources,omitempty"` // renewed, released, or moved on otherwise
	Claims    int           `json:"claims,omitempty"`    // completed
	Notices   int           `json:"notices,omitempty"`   // delivered
	Kept      int           `json:"kept,omitempty"`      // notices that could not be delivered
	Reviews   int           `json:"reviews,omitempty"`   // payments and refunds that were left to an operator
	Failed    int           `json:"failed,omitempty"`    // records that were put off, or have no price, since something about them failed: Errs says what
	Oldest    time.Duration `json:"oldest,omitempty"`    // how long the one that waited the longest had waited
	More      bool          `json:"more,omitempty"`      // the limit was reached: sweep again
	Errs      []error       `json:"-"`                   // at most 10
}

// Sweep does what the clock or a crash has left, of at most limit customers and of each at
// most limit records, those that wait the longest first: deadlines (O8), payments and
// refunds that are not decided, bills (P6), automatic renewals, grace, retention and release
// (R5, R9, R11, R12), claims, ended coupons, notices (P17). An automatic renewal is paid on
// the monthly bill or from the balance, never by card ([Desk.SetMode]), and the host
// completes its order. Call it every few seconds, from as many hosts as you like. What fails
// is put off and counted; the error is that of the store, or of the context. Reviews is all
// that tells of what waits for an operator: the payments and refunds in a store whose State
// is review, with a Reason, each moved there by an [Entry]; [Desk.Resolve] ends that.
func (d *Desk) Sweep(ctx context.Context, limit int) (s Swept, err error) {
	if limit < 1 {
		return s, field("limit", "", "is below 1")
	}
	if d.Store == nil {
		return s, field("desk", "", "has no Store: set it")
	}
	at, err := d.now()
	if err != nil {
		return s, err
	}
	asks, err := d.Store.Waiting(ctx, at, limit)
	d.trace("waiting", "", "", err)
	if err != nil {
		return s, fmt.Errorf("payment: waiting: %w", err)
	}
	s.More = len(asks) >= limit
	own := *d
	own.reviews, d = &s.Reviews, &own
	for _, ask := range asks {
		if err := d.sweepCustomer(ctx, ask, &s); err != nil {
			return s, err
		}
		s.More = s.More || len(ask.Refs) >= limit
	}
	return s, nil
}

func (d *Desk) sweepCustomer(ctx context.Context, ask Ask, s *Swept) error {
	c, err := d.customerOf(ctx, ask.Customer)
	if err != nil {
		// Nothing of this customer can be moved, nor put off by its policy.
		s.fail(err)
		c = &Customer{ID: ask.Customer}
	}
	for _, ref := range ask.Refs {
		failed := err
		if failed == nil {
			failed = d.sweepRecord(ctx, c, ref, s)
		}
		if failed == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			s.fail(fmt.Errorf("payment: sweep of %s %s of customer %s: %w", ref.Kind, ref.ID, ask.Customer, failed))
		}
		if err := d.putOff(ctx, c, ref, s); err != nil {
			s.fail(err)
		}
	}
	return nil
}

func (s *Swept) fail(err error) {
	s.Failed++
	if len(s.Errs) < 10 {
		s.Errs = append(s.Errs, err)
	}
}

func (d *Desk) sweepRecord(ctx context.Context, c *Customer, ref Ref, s *Swept) (err error) {
	done, count := false, (*int)(nil)
	switch ref.Kind {
	case KindOrder:
		count = &s.Orders
		done, err = d.sweepOrder(ctx, c, order.ID(ref.ID), s)
	case KindCoupon:
		count = &s.Coupons
		done, err = d.sweepCoupon(ctx, c, coupon.ID(ref.ID), s)
	case KindPayment:
		count = &s.Payments
		done, err = d.sweepPayment(ctx, c, order.PaymentID(ref.ID), s)
	case KindRefund:
		count = &s.Refunds
		done, err = d.sweepRefund(ctx, c, RefundID(ref.ID), s)
	case KindBill:
		count = &s.Bills
		done, err = d.sweepBill(ctx, c, ref.ID, s)
	case KindResource:
		count = &s.Resources
		done, err = d.sweepResource(ctx, c, order.ResourceID(ref.ID), s)
	case KindClaim:
		count = &s.Claims
		_, err = d.completeClaim(ctx, c, ref.ID)
		done = err == nil
	case KindOutbox:
		return d.sweepOutbox(ctx, c, s)
	default:
		return field("kind", string(ref.Kind), "waits for nothing")
	}
	if done && err == nil {
		*count++
	}
	return err
}

// putOff moves the waiting time of a record forward that could not be moved on, so that it
// does not stay first. Nothing else of it changes.
func (d *Desk) putOff(ctx context.Context, c *Customer, ref Ref, s *Swept) error {
	return d.transact(ctx, c, "put off", desk, func(b *book) error {
		b.unchecked = true
		if err := b.need(ref.Kind, ref.ID); err != nil {
			return err
		}
		for _, x := range b.now.Views() {
			if x.Ref.name() == ref.name() {
				s.due(b.at, x.Waits)
			}
		}
		for _, of := range shelves {
			if of.of() == ref.Kind {
				of.putOff(b, ref.ID, b.at.Add(10*time.Minute))
			}
		}
		return nil
	})
}

func (s *shelf[T]) putOff(b *book, id string, until time.Time) {
	x, ok := get(b, s, id)
	if !ok || s.waits == nil {
		return
	}
	if waits := s.waits(&x); !waits.IsZero() && !waits.After(b.at) {
		*waits = until
		put(b, s, x)
	}
}

// sweepOrder voids an order past its deadline, or reminds the customer of it.
func (d *Desk) sweepOrder(ctx context.Context, c *Customer, id order.ID, s *Swept) (done bool, err error) {
	err = d.transact(ctx, c, "deadline", desk, func(b *book) error {
		if err := b.needOrders(id); err != nil {
			return err
		}
		o, ok := get(b, orders, string(id))
		if done = !ok || !s.due(b.at, o.Waits); done {
			return nil
		}
		if b.past(&o) {
			return b.void(o)
		}
		n := Notice{Kind: NoticeDeadline, Until: o.Deadline}
		for _, x := range b.members(o) {
			x.Told = x.Deadline
			if x.Waits = b.orderWaits(&x); x.Waits.IsZero() {
				continue
			}
			n.Orders = append(n.Orders, x.ID)
			n.Amount = order.Minor(n.Amount.Minor()+x.Payable().Minor(), x.Currency())
			put(b, orders, x)
		}
		if n.Orders == nil {
			o.Waits = time.Time{}
			put(b, orders, o)
		} else if b.reminds(&o) {
			b.tell(n)
		}
		return nil
	})
	return !done, err
}

// due reports whether a record's time has come, and notes for how long it has waited.
func (s *Swept) due(at, since time.Time) bool {
	if since.IsZero() || since.After(at) {
		return false
	}
	s.Oldest = max(s.Oldest, at.Sub(since))
	return true
}

// sweepCoupon expires a coupon that has ended and that nobody holds.
func (d *Desk) sweepCoupon(ctx context.Context, c *Customer, id coupon.ID, s *Swept) (done bool, err error) {
	err = d.transact(ctx, c, "expire coupon", desk, func(b *book) error {
		if err := b.need(KindCoupon, string(id)); err != nil {
			return err
		}
		x, ok := get(b, coupons, string(id))
		if done = !ok || !s.due(b.at, x.Waits); done {
			return nil
		}
		expired, err := x.Expire(b.at)
		if err != nil {
			return err
		}
		b.putCoupon(expired)
		return nil
	})
	return !done, err
}

// sweepBill makes a bill whose day has come, or charges one that is due (P6).
func (d *Desk) sweepBill(ctx context.Context, c *Customer, id string, s *Swept) (done bool, err error) {
	var p Payment
	err = d.transact(ctx, c, "bill", desk, func(b *book) error {
		p = Payment{}
		if err := b.need(KindBill, id); err != nil {
			return err
		}
		bill, ok := get(b, bills, id)
		if done = !ok || !s.due(b.at, bill.Waits); done {
			return nil
		}
		if bill.State == BillOpen {
			var err error
			if bill, err = b.makeBill(bill); err != nil || bill.State != BillDue {
				return err
			}
		}
		if c.Gateway == "" {
			monthly, err := b.monthly()
			if err != nil {
				return err
			}
			return b.decline(bill, monthly, "there is no payment method that it can be charged to")
		}
		var err error
		if p, err = b.holdBill(bill); err != nil || p.Version > 0 {
			return err
		}
		if err := d.aim(b, &p); err != nil {
			return err
		}
		put(b, payments, p)
		return nil
	})
	if err != nil || done || p.State != PaymentPending || p.Version > 0 {
		return !done, err
	}
	_, err = d.send(ctx, c, p)
	return true, err
}

// sweepOutbox delivers the notices of a customer in their order, each claimed first. One
// that cannot be delivered holds up those after it until its tries are used up; then it is
// kept, and counted.
func (d *Desk) sweepOutbox(ctx context.Context, c *Customer, s *Swept) error {
	for {
		var n Notice
		kept := false
		err := d.transact(ctx, c, "claim notice", desk, func(b *book) error {
			n, kept = Notice{}, false
			if err := b.need(KindOutbox, outboxID); err != nil {
				return err
			}
			out, ok := get(b, outboxes, outboxID)
			if !ok || !s.due(b.at, out.Waits) {
				return nil
			}
			next := noticeID(c.ID, out.Sent+1)
			if err := b.need(KindNotice, next); err != nil {
				return err
			}
			if n, ok = get(b, notices, next); !ok {
				return field("notice", next, "is not in the store, and was written")
			}
			if d.Notifier == nil {
				n = Notice{}
				out.Waits = b.at.Add(time.Hour)
				put(b, outboxes, out)
				return nil
			}
			wait, more := b.policy.wait(out.Tries)
			if out.Tries++; !more {
				kept = true
				out.Kept++
				b.sent(out)
				return nil
			}
			out.Waits = b.at.Add(wait)
			put(b, outboxes, out)
			return nil
		})
		switch {
		case err != nil:
			return err
		case kept:
			s.Kept++
			continue
		case n.N == 0:
			return nil
		}
		err = d.Notifier.Notify(ctx, n)
		d.trace("notify", c.ID, n.ID, err)
		if err != nil {
			return nil // it is tried again, in its turn
		}
		s.Notices++
		if err := d.transact(ctx, c, "notified", desk, func(b *book) error {
			if err := b.need(KindOutbox, outboxID); err != nil {
				return err
			}
			if out, _ := get(b, outboxes, outboxID); out.Sent == n.N-1 {
				b.sent(out)
			}
			return nil
		}); err != nil {
			return err
		}
	}
}

// sent counts a notice as done with: the next one is due at once.
func (b *book) sent(out Outbox) {
	out.Sent++
	out.Tries, out.Waits = 0, b.at
	if out.Sent == out.Written {
		out.Waits = time.Time{}
	}
	put(b, outboxes, out)
}
