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
		if f := &c.Put.Refunds[i]; f.State == payment.RefundSent && f.Tries > w.tries[f.Key] {
			w.tries[f.Key] = f.Tries
			w.unfit[f.Key] = !w.fits(c.Customer, f)
		}
	}
	for i := range c.Put.Payments {
		w.comesAgain(c.Customer, &c.Put.Payments[i])
		w.alone(c.Customer, &c.Put.Payments[i])
	}
}

// comesAgain: what was claimed only to be looked at, and did not fit then, may be sent once the money has
// come again that it lacked (P18).
func (w *world) comesAgain(c order.CustomerID, p *payment.Payment) {
	r := w.all(c)
	for i := range r.Refunds {
		if f := &r.Refunds[i]; f.Payment == p.ID && w.unfit[f.Key] {
			w.unfit[f.Key] = !w.fits(c, f)
		}
	}
}

// fits reports whether a refund that is to be sent fits what is left of its payment, as far as the store
// knows: what was captured, without what went back or is on its way, and without what is gone (P18).
func (w *world) fits(c order.CustomerID, f *payment.Refund) bool {
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
	return left >= 0
}

// alone: nobody is there for a payment, and no other try for the same bill or resource is open (P19).
func (w *world) alone(c order.CustomerID, p *payment.Payment) {
	if !p.Absent || p.State != payment.PaymentPending || w.begun[p.ID] {
		return
	}
	w.begun[p.ID] = true
	r := w.all(c)
	of := resourcesOf(&r, p)
	for i := range r.Payments {
		x := &r.Payments[i]
		if x.ID == p.ID || !x.Absent || !x.State.Live() {
			continue
		}
		same := slices.ContainsFunc(resourcesOf(&r, x), func(id order.ResourceID) bool { return slices.Contains(of, id) })
		if same || p.Bill != "" && x.Bill == p.Bill && x.Amount.Currency() == p.Amount.Currency() {
			w.violate("P19", "payment %s was begun, and %s, for the same, is %s", p.ID, x.ID, x.State)
		}
	}
}

// resourcesOf are those that a payment renews.
func resourcesOf(r *ledger.Records, p *payment.Payment) (ids []order.ResourceID) {
	for i := range p.Quote.Items {
		for k := range r.Orders {
			if o := &r.Orders[k]; o.ID == p.Quote.Items[i].Order && o.Type == order.TypeRenewal {
				for _, line := range o.Lines {
					ids = append(ids, line.Resource)
				}
			}
		}
	}
	return ids
}
