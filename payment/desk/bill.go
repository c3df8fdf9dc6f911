package desk

import (
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// monthly returns the monthly account, which is made with the first bill that needs it.
func (b *tx) monthly() (payment.Account, error) {
	if err := b.Need(ledger.KindAccount, string(payment.FundMonthly)); err != nil {
		return payment.Account{}, err
	}
	a, _ := ledger.Get(b.Tx, ledger.Accounts, string(payment.FundMonthly))
	a.Customer, a.Fund = b.Customer, payment.FundMonthly
	return a, nil
}

// settleBill: the bill of a payment was charged.
func (b *tx) settleBill(p payment.Payment) error {
	bill, monthly, err := b.billOf(&p)
	if err != nil {
		return err
	}
	b.Tell(ledger.Notice{Kind: ledger.NoticePaid, Payment: p.ID, Bill: p.Bill, Amount: p.Amount})
	ledger.Put(b.Tx, ledger.Payments, p)
	bill = charged(bill, &p)
	if bill.Reopened > 0 {
		repaid, account, credit, err := bill.Repay(p.Amount, monthly)
		if err != nil {
			return err
		}
		return b.putReopened(repaid, account, credit)
	}
	paid, account, err := bill.Pay(monthly, b.At, *b.Policy)
	if err != nil {
		return err
	}
	if account != monthly {
		ledger.Put(b.Tx, ledger.Accounts, account)
	}
	return b.putBill(paid)
}

// declineBill: the bill of a payment could not be charged; it is tried again, unless what had been
// taken back of it has come again (P18).
func (b *tx) declineBill(p payment.Payment) error {
	bill, monthly, err := b.billOf(&p)
	if err != nil {
		return err
	}
	ledger.Put(b.Tx, ledger.Payments, p)
	if bill = charged(bill, &p); bill.State == payment.BillPaid {
		return b.putBill(bill)
	}
	return b.decline(bill, monthly, p.Reason)
}

func (b *tx) billOf(p *payment.Payment) (payment.Bill, payment.Account, error) {
	bill, _ := ledger.Get(b.Tx, ledger.Bills, p.Bill.BillID(p.Amount.Currency()))
	monthly, err := b.monthly()
	return bill, monthly, err
}

// charged returns a bill that a payment no longer charges.
func charged(bill payment.Bill, p *payment.Payment) payment.Bill {
	if bill.Payment == p.ID {
		bill.Payment = ""
	}
	return bill
}

// decline notes that a bill could not be charged, and stops monthly settlement (P6).
func (b *tx) decline(bill payment.Bill, monthly payment.Account, why string) error {
	declined, account, err := bill.Decline(monthly, b.At, *b.Policy)
	if err != nil {
		return err
	}
	if account != monthly {
		ledger.Put(b.Tx, ledger.Accounts, account)
	}
	b.Tell(ledger.Notice{Kind: ledger.NoticeBillDeclined, Bill: bill.Month, Amount: bill.Due(), Until: declined.Try, Text: why})
	return b.putBill(declined)
}

// makeBill makes a bill whose day has come, which takes from the credit of its currency (P21).
func (b *tx) makeBill(bill payment.Bill) (payment.Bill, error) {
	credit, err := b.creditBalance(bill.Charges.Currency())
	if err != nil {
		return bill, err
	}
	made, left, err := bill.Make(credit.Balance, b.At, *b.Policy)
	if err != nil {
		return bill, err
	}
	if left != credit.Balance {
		if credit, err = credit.With(left); err != nil {
			return bill, err
		}
		if err := b.putCredit(credit); err != nil {
			return bill, err
		}
	}
	if made.State == payment.BillDue {
		b.Tell(ledger.Notice{Kind: ledger.NoticeBillDue, Bill: made.Month, Amount: made.Amount()})
	}
	return made, b.putBill(made)
}

// billPayment is the payment that charges a bill: each try is one of its own (P6), with the
// customer's instrument, while nobody is there (P19).
func (b *tx) billPayment(bill *payment.Bill) payment.Payment {
	zero := order.Minor(0, bill.Charges.Currency())
	p := payment.Payment{ID: order.PaymentID(order.Derive("bill payment", string(b.Customer), string(bill.Key()))), Customer: b.Customer, Bill: bill.Month, HeldAt: b.At, Changed: b.At,
		Gateway: b.call.Gateway, Amount: bill.Due(), Instrument: b.call.Instrument, Absent: true}
	p.Quote = payment.Quote{Payment: p.ID, Customer: b.Customer, At: b.At, Method: payment.MethodOnline, Gateway: p.Gateway,
		Sum: payment.Amounts{List: p.Amount, Discount: zero, Payable: p.Amount, Coupons: zero, Cards: zero, Cash: p.Amount}}
	return p
}

// holdBill makes the payment that charges a bill, unless its instrument is not tried again.
func (b *tx) holdBill(bill payment.Bill) (payment.Payment, error) {
	p := b.billPayment(&bill)
	if err := b.Need(ledger.KindPayment, string(p.ID)); err != nil {
		return p, err
	}
	if there, ok := ledger.Get(b.Tx, ledger.Payments, string(p.ID)); ok {
		return there, nil // this try is on its way
	}
	if err := b.again(p.Gateway, p.Instrument); err != nil {
		return p, err
	}
	p, _ = p.Apply(payment.PaymentMove{Event: payment.EventMake, At: b.At})
	// The payment waits for the clock from here on; the bill with it.
	bill.Payment, bill.DueAt = p.ID, time.Time{}
	ledger.Put(b.Tx, ledger.Bills, bill)
	return p, nil
}

// onBill puts an amount on the bill of this month.
func (b *tx) onBill(amount order.Money) error {
	bill, err := b.openBill(amount.Currency())
	if err != nil {
		return err
	}
	if bill, err = bill.Charge(amount, b.At, *b.Policy); err != nil {
		return err
	}
	return b.putBill(bill)
}

// openBill returns the bill of this month, and opens it first if there is no such bill yet.
func (b *tx) openBill(cur order.Currency) (payment.Bill, error) {
	id := b.Policy.MonthOf(b.At).BillID(cur)
	if err := b.Need(ledger.KindBill, id); err != nil {
		return payment.Bill{}, err
	}
	if bill, ok := ledger.Get(b.Tx, ledger.Bills, id); ok {
		return bill, nil
	}
	return b.Policy.OpenBill(b.Customer, cur, b.At)
}

// putBill writes a bill with the time at which the clock moves it next.
func (b *tx) putBill(bill payment.Bill) error {
	bill.DueAt = bill.Try // zero once it is paid
	if bill.Payment != "" {
		bill.DueAt = time.Time{}
	}
	if bill.State == payment.BillOpen {
		made, err := b.Policy.MadeAt(bill.Month)
		if err != nil {
			return err
		}
		bill.DueAt = made.UTC()
	}
	ledger.Put(b.Tx, ledger.Bills, bill)
	return nil
}
