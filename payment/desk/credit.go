package desk

import (
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
	ledger.Put(b.Tx, ledger.Credits, c)
	return nil
}
