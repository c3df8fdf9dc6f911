package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// Sweep does what the clock or a crash has left, of at most limit customers and of each at
// most limit records, those that wait the longest first: deadlines (O8), payments and refunds
// that are not decided, bills (P6), credits that the policy pays out (P21), automatic renewals, grace, retention and release (R5, R9,
// R11, R12), claims, ended coupons, notices (P17). An automatic renewal is paid on the monthly
// bill or from the balance, or, where the policy or the resource says so, by the customer's own
// instrument ([Desk.SetMode], P19). What is charged while nobody is there is tried again only once it
// is final: the next attempt first gives up one that still waits for the customer.
// Call it every few seconds ([Desk.Run] does), from as many hosts as you like: each leases the
// customers that it is told of for a minute ([ledger.Lease], [Desk.Host]), so that they share the work. What fails is put off and counted
// in Failed; the error of Sweep is that of the store, or of the context. Reviews counts the
// payments and refunds that now wait for an operator: in the store their State is review, with
// a Reason. Nothing else tells of them; [Desk.Resolve] ends the review.
func (d *Desk) Sweep(ctx context.Context, limit int) (s Swept, err error) {
	if limit < 1 {
		return s, order.Invalid("limit", "", "is below 1")
	}
	if d.Store == nil {
		return s, misset("desk", "", "has no Store: set it")
	}
	at, err := d.now()
	if err != nil {
		return s, err
	}
	asks, err := d.Store.Waiting(ctx, ledger.Due{At: at, Limit: limit, Lease: ledger.Lease{By: cmp.Or(d.Host, process), For: leaseFor}})
	d.trace("waiting", "", "", err)
	if err != nil {
		return s, hostError(ctx, "waiting", "", err)
	}
	s.More = len(asks) >= limit
	for _, ask := range asks {
		if err := d.sweepCustomer(ctx, ask, &s); err != nil {
			return s, err
		}
		s.More = s.More || len(ask.Refs) >= limit
	}
	return s, nil
}

// leaseFor is for how long a host sees to the customers of a sweep.
const leaseFor = time.Minute

// process names this process among the hosts of a store.
var process = rand.Text()

func (d *Desk) sweepCustomer(ctx context.Context, ask ledger.Ask, s *Swept) error {
	c, err := d.customerOf(ctx, ask.Customer)
	if err != nil {
		// Without the customer's policy nothing can be moved; it is put off.
		s.fail(err)
		c = callOf(payment.Customer{ID: ask.Customer}, &d.Policy)
	}
	defer func() { s.Reviews += c.reviews }()
	refs, notices, unread := ask.Refs, map[string]ledger.Notice(nil), error(nil)
	if err == nil {
		refs, notices, unread = d.inOrder(ctx, ask)
	}
	for _, ref := range refs {
		failed := err
		switch n, there := notices[ref.ID]; {
		case failed != nil:
		case ref.Kind != ledger.KindNotice:
			failed = d.sweepRecord(ctx, c, ref, s)
		case there:
			failed = d.sweepNotice(ctx, c, n, s)
		default:
			failed = unread
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

func (d *Desk) sweepRecord(ctx context.Context, c *call, ref ledger.Ref, s *Swept) (err error) {
	done, count := false, (*int)(nil)
	switch ref.Kind {
	case ledger.KindOrder:
		count = &s.Orders
		done, err = d.sweepOrder(ctx, c, order.ID(ref.ID), s)
	case ledger.KindCoupon:
		count = &s.Coupons
		done, err = d.sweepCoupon(ctx, c, coupon.ID(ref.ID), s)
	case ledger.KindPayment:
		count = &s.Payments
		done, err = d.sweepPayment(ctx, c, order.PaymentID(ref.ID), s)
	case ledger.KindRefund:
		count = &s.Refunds
		done, err = d.sweepRefund(ctx, c, order.RefundID(ref.ID), s)
	case ledger.KindBill:
		count = &s.Bills
		done, err = d.sweepBill(ctx, c, ref.ID, s)
	case ledger.KindCredit:
		count = &s.Credits
		done, err = d.sweepCredit(ctx, c, ref.ID, s)
	case ledger.KindResource:
		count = &s.Resources
		done, err = d.sweepResource(ctx, c, order.ResourceID(ref.ID), s)
	case ledger.KindClaim:
		count = &s.Claims
		_, err = d.completeClaim(ctx, c, ref.ID)
		done = err == nil
	case ledger.KindOutbox:
		return d.sweepOutbox(ctx, c, s)
	default:
		return misset("kind", string(ref.Kind), "waits for nothing")
	}
	if done && err == nil {
		*count++
	}
	return err
}

// putOff postpones a record that failed, so that it does not stay first. Nothing else of it
// changes.
func (d *Desk) putOff(ctx context.Context, c *call, ref ledger.Ref, s *Swept) error {
	return d.transact(ctx, c, "put off", payment.ByDesk, func(b *tx) error {
		b.Unchecked = true
		if err := b.Need(ref.Kind, ref.ID); err != nil {
			return err
		}
		for _, x := range b.Now.Views() {
			if x.Kind == ref.Kind && x.ID == ref.ID {
				s.due(b.At, x.DueAt)
			}
		}
		b.PutOff(ref, b.At.Add(10*time.Minute))
		return nil
	})
}

// sweepOrder voids an order past its deadline, or reminds the customer of it.
func (d *Desk) sweepOrder(ctx context.Context, c *call, id order.ID, s *Swept) (done bool, err error) {
	err = d.transact(ctx, c, "deadline", payment.ByDesk, func(b *tx) error {
		if err := b.needOrders(id); err != nil {
			return err
		}
		o, ok := ledger.Get(b.Tx, ledger.Orders, string(id))
		if done = !ok || !s.due(b.At, o.DueAt); done {
			return nil
		}
		if b.past(&o) {
			return b.void(o)
		}
		n := ledger.Notice{Kind: ledger.NoticeDeadline, Until: o.Deadline}
		for _, x := range b.members(o) {
			x.RemindedFor = x.Deadline
			if x.DueAt = b.orderWaits(&x); x.DueAt.IsZero() {
				continue
			}
			n.Orders = append(n.Orders, x.ID)
			n.Amount = order.Minor(n.Amount.Minor()+x.Payable().Minor(), x.Currency())
			ledger.Put(b.Tx, ledger.Orders, x)
		}
		if n.Orders == nil {
			o.DueAt = time.Time{}
			ledger.Put(b.Tx, ledger.Orders, o)
		} else if b.reminds(&o) {
			b.Tell(n)
		}
		return nil
	})
	return !done, err
}

// sweepCoupon expires a coupon that has ended and that nobody holds.
func (d *Desk) sweepCoupon(ctx context.Context, c *call, id coupon.ID, s *Swept) (done bool, err error) {
	err = d.transact(ctx, c, "expire coupon", payment.ByDesk, func(b *tx) error {
		if err := b.Need(ledger.KindCoupon, string(id)); err != nil {
			return err
		}
		x, ok := ledger.Get(b.Tx, ledger.Coupons, string(id))
		if done = !ok || !s.due(b.At, x.DueAt); done {
			return nil
		}
		expired, err := x.Expire(b.At)
		if err != nil {
			return err
		}
		b.PutCoupon(expired)
		return nil
	})
	return !done, err
}
