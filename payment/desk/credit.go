package desk

import (
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// creditBalance returns the customer's credit in a currency, which is made with the first amount
// that comes to it.
func (b *tx) creditBalance(cur order.Currency) (ledger.CreditBalance, error) {
	if err := b.Need(ledger.KindCredit, cur.String()); err != nil {
		return ledger.CreditBalance{}, err
	}
	if c, ok := ledger.Get(b.Tx, ledger.Credits, cur.String()); ok {
		return c, nil
	}
	return ledger.CreditBalance{Customer: b.Customer, State: ledger.CreditOpen, Balance: order.Minor(0, cur)}, nil
}

// giveCredit gives back what was settled monthly: bills that are made take from it (P6, P21).
func (b *tx) giveCredit(amount order.Money) error {
	c, err := b.creditBalance(amount.Currency())
	if err != nil {
		return err
	}
	sum, err := c.Balance.Add(amount)
	if err != nil {
		return order.Within("credit balance", err)
	}
	if c, err = c.With(sum); err != nil {
		return err
	}
	return b.putCredit(c)
}

// dayLong is a day of a policy: elapsed time (T2).
const dayLong = 24 * time.Hour

// lookAgain is how often a credit is looked at that the policy does not pay out, or of a customer
// who still has resources: the policy may have changed.
const lookAgain = 30 * dayLong

// putCredit writes a credit with the time at which it is paid out by itself, or looked at again.
func (b *tx) putCredit(c ledger.CreditBalance) error {
	c.PayOutAfter, c.DueAt = b.Policy.PayOutAfter, time.Time{}
	if c.Balance.Sign() > 0 && c.State == ledger.CreditOpen {
		c.DueAt = b.At.Add(lookAgain)
		if c.PayOutAfter > 0 {
			end, err := b.lastEnd()
			if err != nil {
				return err
			}
			if !end.IsZero() {
				c.DueAt = end.Add(time.Duration(c.PayOutAfter) * dayLong).UTC()
			}
		}
	}
	ledger.Put(b.Tx, ledger.Credits, c)
	return nil
}

// lastEnd is when the last resource of the customer ended; zero: one has not, or there was none.
func (b *tx) lastEnd() (end time.Time, err error) {
	if err := b.NeedAll(ledger.KindResource); err != nil {
		return end, err
	}
	for i := range b.Now.Resources {
		r := &b.Now.Resources[i]
		if r.Released.IsZero() {
			return time.Time{}, nil
		}
		end = ledger.Later(end, r.Released)
	}
	return end, nil
}

// Change closes the transaction. Where a resource has ended, the credits of the customer may be
// paid out from now on (P21).
func (b *tx) Change() (ledger.Change, error) {
	if b.ended && b.Policy.PayOutAfter > 0 {
		if err := b.NeedAll(ledger.KindCredit); err != nil {
			return ledger.Change{}, err
		}
		for _, c := range b.Now.Credits {
			if c.Balance.Sign() == 0 || c.State != ledger.CreditOpen {
				continue
			}
			if err := b.putCredit(c); err != nil {
				return ledger.Change{}, err
			}
		}
	}
	return b.Tx.Change()
}
