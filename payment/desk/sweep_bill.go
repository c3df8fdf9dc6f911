package desk

import (
	"context"
	"errors"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// sweepBill makes a bill whose day has come, or charges one that is due (P6). The host is asked
// before anything is held, as for every payment (P5, P19).
func (d *Desk) sweepBill(ctx context.Context, c *call, id string, s *Swept) (done bool, err error) {
	var p payment.Payment
	fresh := false
	err = d.transactAsking(ctx, c, "bill", payment.ByDesk, func(b *tx) error {
		var bill payment.Bill
		fresh = false
		if err := d.decide(ctx, b, func() (err error) {
			var due bool
			bill, due, err = b.dueBill(id, s)
			done = !due
			return err
		}); err != nil || bill.State != payment.BillDue {
			return err
		}
		t, refused, err := d.refusesBill(ctx, b, &bill)
		if err != nil {
			return err
		}
		return d.decide(ctx, b, func() error {
			p, fresh, err = b.chargeBill(bill, t, refused)
			return err
		})
	})
	if err != nil || !fresh {
		return !done, err
	}
	_, err = d.send(ctx, c, p)
	return true, err
}

// dueBill finds a bill whose time has come, and makes it if its day has.
func (b *tx) dueBill(id string, s *Swept) (bill payment.Bill, due bool, err error) {
	if err := b.Need(ledger.KindBill, id); err != nil {
		return bill, false, err
	}
	bill, ok := ledger.Get(b.Tx, ledger.Bills, id)
	if !ok || !s.due(b.At, bill.DueAt) {
		return payment.Bill{}, false, nil
	}
	if bill.State == payment.BillOpen {
		bill, err = b.makeBill(bill)
	}
	return bill, true, err
}

// refusesBill asks before a bill is charged whose the instrument is and which card it is (P19, P5),
// and whether the gateway takes such a charge. What is refused for certain says why: the bill is
// declined, and nothing is sent.
func (d *Desk) refusesBill(ctx context.Context, b *tx, bill *payment.Bill) (t gateway.Traits, refused *payment.Refusal, err error) {
	p := b.billPayment(bill)
	if p.Gateway == "" {
		return t, payment.Refusef(payment.ReasonMethod, "there is no payment method that it can be charged to"), nil
	}
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return t, nil, err
	}
	if p.Instrument != "" {
		var card payment.Card
		if card, err = d.card(ctx, b, Inquiry{Customer: b.Customer, By: payment.ByDesk, At: b.At}, p.Gateway, p.Instrument, false); err == nil {
			if why := b.Policy.Cards.Refuses(card); why != "" {
				err = payment.Refusef(payment.ReasonCard, "%s", why)
			}
		}
	}
	if err == nil {
		err = accepts(g, chargeOf(&p))
	}
	if errors.As(err, &refused) {
		err = nil
	}
	return g.Traits(), refused, err
}

// chargeBill holds the payment that charges a bill; fresh reports whether that is to be sent. A bill
// that nothing can be charged to is declined.
func (b *tx) chargeBill(bill payment.Bill, t gateway.Traits, refused *payment.Refusal) (p payment.Payment, fresh bool, err error) {
	if refused == nil {
		if p, err = b.holdBill(bill); !errors.As(err, &refused) {
			if fresh = err == nil && p.Version == 0; fresh {
				b.aim(&p, t)
				ledger.Put(b.Tx, ledger.Payments, p)
			}
			return p, fresh, err
		}
	}
	monthly, err := b.monthly()
	if err != nil {
		return p, false, err
	}
	return p, false, b.decline(bill, monthly, refused.Text)
}
