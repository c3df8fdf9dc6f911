package payment

import (
	"github.com/duebook/duebook/order"
)

// Took is what the gateway took of the payment: what was asked for, what an operator found that it
// captured over that, or what came late. It is zero of a payment that no gateway took anything of.
func (p Payment) Took() order.Money {
	switch {
	case p.State != PaymentSucceeded:
		return p.LateCapture
	case p.Over().Sign() > 0:
		return p.Captured
	}
	return p.Amount
}

// Left is what a gateway can still give back of what it took: without the refunds that are due,
// sent, done or in review, and without what is gone (P18). It is below zero where more was taken
// back than was left, and zero of a payment that no gateway took anything of.
func (p Payment) Left() order.Money {
	if took := p.Took(); took.Sign() == 0 { // what was given back went to accounts
		return took
	}
	back := p.LateCapture.Minor() - p.Parked.Minor()
	if p.State == PaymentSucceeded {
		back = p.Returned().Minor() - p.Parked.Minor()
	}
	if p.Surplus == SurplusRefund {
		back += p.Over().Minor()
	}
	return order.Minor(p.Took().Minor()-back-p.Gone.Minor(), p.Took().Currency())
}

// Overdrawn is how much more was refunded and taken back than was ever captured, as a dispute
// after a refund may do (P18): zero, or above it.
func (p Payment) Overdrawn() order.Money {
	left := p.Left()
	return order.Minor(max(0, -left.Minor()), left.Currency())
}

// CashGone is what of the money that came into the cash account is gone where so much of the payment
// is (P18): of what was asked for, which goes first, where that was paid into the balance (P20), and
// of the surplus that went there.
func (p Payment) CashGone(gone order.Money) order.Money {
	asked, sum := min(gone.Minor(), p.Amount.Minor()), int64(0)
	if p.Quote.TopUp.Sign() > 0 {
		sum = asked
	}
	if p.Surplus == SurplusBalance {
		sum += gone.Minor() - asked
	}
	return order.Minor(sum, p.Amount.Currency())
}

// checkGone: what is gone, and what is parked, was captured.
func (p *Payment) checkGone() error {
	took := p.Took()
	for _, x := range [...]struct {
		name string
		of   order.Money
	}{{"gone", p.Gone}, {"parked", p.Parked}} {
		if x.of == (order.Money{}) {
			continue
		}
		if within := x.of.Sign() > 0 && x.of.Minor() <= took.Minor(); !within || x.of.Currency() != took.Currency() {
			return order.Invalid(x.name, x.of.String(), "is not above zero, and at most what was captured, "+took.String())
		}
	}
	return nil
}

// Park notes that a refund of the payment is parked, or is no longer (P18).
func (p Payment) Park(f *Refund, parked bool) Payment {
	by := f.Cash.Minor()
	if !parked {
		by = -by
	}
	if p.Parked = order.Minor(p.Parked.Minor()+by, f.Cash.Currency()); p.Parked.Sign() == 0 {
		p.Parked = order.Money{}
	}
	return p
}
