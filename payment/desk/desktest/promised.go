package desktest

import (
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// committed compares what a commit has written with what no commit may write.
func (w *world) committed(c ledger.Change) {
	w.barred(c)
	for i := range c.Put.Refunds {
		w.claimed(c.Customer, &c.Put.Refunds[i])
	}
}

// claimed notes whether a refund that is to be sent fits what is left of its payment, as is known
// when it is claimed: what was captured, without what went back or is on its way, and without what is
// gone (P18).
func (w *world) claimed(c order.CustomerID, f *payment.Refund) {
	if f.State != payment.RefundSent || f.Tries <= w.tries[f.Key] {
		return
	}
	w.tries[f.Key] = f.Tries
	r := w.all(c)
	i := slices.IndexFunc(r.Payments, func(p payment.Payment) bool { return p.ID == f.Payment })
	left := r.Payments[i].Took().Minor() - r.Payments[i].Gone.Minor()
	for k := range r.Refunds {
		x := &r.Refunds[k]
		away := x.State == payment.RefundSent || x.State == payment.RefundDone && !x.ByHand && !x.Gone || x.State == payment.RefundReview && !x.FirstSentAt.IsZero()
		if x.Payment == f.Payment && away {
			left -= x.Cash.Minor()
		}
	}
	w.unfit[f.Key] = left < 0
}
