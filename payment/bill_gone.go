package payment

import (
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// TakeBack says how much more of what the bill was paid by was taken back without the Desk, or,
// below zero, has come again (P18). What is gone is due again, and overdue at once: the customer's
// monthly account counts it. It is not charged by itself ([Bill.TryAgain], [Bill.PaidByHand]), and
// what is charged then has another key. What came again after it had been paid again is returned:
// it belongs in the customer's credit (P21). All three belong in one commit.
func (b Bill) TakeBack(more order.Money, monthly Account) (after Bill, account Account, credit order.Money, err error) {
	after = b
	if err := b.Check(); err != nil {
		return b, monthly, credit, err
	}
	if b.State != BillPaid && b.Reopened == 0 {
		return b, monthly, credit, b.refuse("take back", time.Time{}, "it has to be paid first")
	}
	if after.Gone, err = b.Gone.Add(more); err != nil {
		return b, monthly, credit, order.Within("gone", err)
	}
	if more.Sign() > 0 {
		after.Reopened++
	}
	return b.settled(after, monthly)
}

// Repay says that what was taken back of a bill was charged again, in part or whole, or too much:
// what was paid twice is returned, as by [Bill.TakeBack].
func (b Bill) Repay(amount order.Money, monthly Account) (after Bill, account Account, credit order.Money, err error) {
	after = b
	if err := b.reopened("repay"); err != nil {
		return b, monthly, credit, err
	}
	if err := checkNotBelow("amount", amount); err != nil {
		return b, monthly, credit, err
	}
	if after.Repaid, err = b.Repaid.Add(amount); err != nil {
		return b, monthly, credit, order.Within("amount", err)
	}
	after.Try = time.Time{}
	return b.settled(after, monthly)
}

// PaidByHand says that an operator has had all of what was taken back of a bill in another way,
// by bank transfer for one. Nothing charges it at the time.
func (b Bill) PaidByHand(monthly Account) (after Bill, account Account, err error) {
	if err := b.waiting("settle by hand"); err != nil {
		return b, monthly, err
	}
	after = b
	due := b.Due()
	after.ByHand = order.Minor(b.ByHand.Minor()+due.Minor(), due.Currency())
	after.Repaid = order.Minor(b.Repaid.Minor()+due.Minor(), due.Currency())
	after, account, _, err = b.settled(after, monthly)
	return after, account, err
}

// TryAgain has what was taken back of a bill charged, as an operator decides. If that is declined
// it waits for an operator again.
func (b Bill) TryAgain(at time.Time) (Bill, error) {
	if err := b.waiting("try again"); err != nil {
		return b, err
	}
	if _, err := order.Second(at); err != nil {
		return b, err
	}
	after := b
	after.Try = at.Truncate(time.Second)
	return after, after.Check()
}

// settled returns the bill and the account once another part of it was paid, or taken back.
func (b Bill) settled(after Bill, monthly Account) (Bill, Account, order.Money, error) {
	credit := order.Minor(max(0, -after.Due().Minor()), after.Charges.Currency())
	if credit.Sign() > 0 {
		after.Twice = order.Minor(after.Twice.Minor()+credit.Minor(), credit.Currency())
	}
	if after.State = BillDue; after.Due().Sign() == 0 {
		after.State, after.Try = BillPaid, time.Time{}
	}
	account := monthly
	switch was, is := b.Overdue(), after.Overdue(); {
	case is && !was:
		account.Overdue++
	case was && !is:
		account.Overdue--
	}
	after, account, err := b.with(after, monthly, account)
	if err != nil {
		credit = order.Money{}
	}
	return after, account, credit, err
}

// reopened reports a bill that is not valid, or of which nothing was taken back.
func (b Bill) reopened(what string) error {
	if err := b.Check(); err != nil {
		return err
	}
	if b.Reopened == 0 {
		return b.refuse(what, time.Time{}, "what it was paid by has to be taken back first")
	}
	return nil
}

// waiting reports a bill that waits for no operator: nothing is due of it, or it is being charged.
func (b Bill) waiting(what string) error {
	if err := b.reopened(what); err != nil {
		return err
	}
	if b.State != BillDue || !b.Try.IsZero() || b.Payment != "" {
		return b.refuse(what, time.Time{}, "it has to be due, and nothing may charge it")
	}
	return nil
}

// checkReopened: what is gone of a bill was paid, and what was paid again was gone.
func (b *Bill) checkReopened() error {
	if b.Reopened < 0 || b.Reopened > 0 && b.State == BillOpen {
		return order.Invalid("reopened", strconv.Itoa(b.Reopened), "counts how often a bill that was paid is due again")
	}
	for _, x := range [...]struct {
		name string
		of   order.Money
	}{{"gone", b.Gone}, {"repaid", b.Repaid}, {"byHand", b.ByHand}, {"twice", b.Twice}} {
		if x.of == (order.Money{}) {
			continue
		}
		if err := checkNotBelow(x.name, x.of); err != nil {
			return err
		}
		if b.Reopened == 0 || x.of.Currency() != b.Charges.Currency() {
			return order.Invalid(x.name, x.of.String(), "is of a bill that is due again, in its currency")
		}
	}
	if b.ByHand.Minor() > b.Repaid.Minor() || b.Twice.Minor() > b.Repaid.Minor() {
		return order.Invalid("repaid", b.Repaid.String(), "is less than what of it was paid by hand, or twice")
	}
	if due := b.Due().Sign(); b.Reopened > 0 && (due < 0 || (due > 0) != (b.State == BillDue)) {
		return order.Invalid("repaid", b.Repaid.String(), "leaves "+b.Due().String()+", and the bill is "+string(b.State))
	}
	return order.CheckOptional("payment", b.Payment)
}
