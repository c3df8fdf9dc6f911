package payment

import (
	"time"

	"github.com/duebook/duebook/order"
)

// billStep is Bill.Charge or Bill.Credit.
type billStep func(Bill, order.Money, time.Time, Policy) (Bill, error)

// monthly returns the monthly account, which is made with the first bill that needs it.
func (b *book) monthly() (Account, error) {
	if err := b.need(KindAccount, string(FundMonthly)); err != nil {
		return Account{}, err
	}
	a, _ := get(b, accounts, string(FundMonthly))
	a.Customer, a.Fund = b.customer, FundMonthly
	return a, nil
}

// settleBill: the bill of a payment was charged.
func (b *book) settleBill(p Payment) error {
	bill, monthly, err := b.billOf(&p)
	if err != nil {
		return err
	}
	paid, account, err := bill.Pay(monthly, b.at, *b.policy)
	if err != nil {
		return err
	}
	if account != monthly {
		put(b, accounts, account)
	}
	b.tell(Notice{Kind: NoticePaid, Payment: p.ID, Bill: p.Bill, Amount: p.Amount})
	put(b, payments, p)
	return b.putBill(paid)
}

// declineBill: the bill of a payment could not be charged; it is tried again.
func (b *book) declineBill(p Payment) error {
	bill, monthly, err := b.billOf(&p)
	if err != nil {
		return err
	}
	put(b, payments, p)
	return b.decline(bill, monthly, p.Reason)
}

func (b *book) billOf(p *Payment) (Bill, Account, error) {
	bill, _ := get(b, bills, billID(p.Bill, p.Amount.Currency()))
	monthly, err := b.monthly()
	return bill, monthly, err
}

// decline notes that a bill could not be charged, and stops monthly settlement (P6).
func (b *book) decline(bill Bill, monthly Account, why string) error {
	declined, account, err := bill.Decline(monthly, b.at, *b.policy)
	if err != nil {
		return err
	}
	if account != monthly {
		put(b, accounts, account)
	}
	b.tell(Notice{Kind: NoticeBillDeclined, Bill: bill.Month, Amount: bill.Amount(), Until: declined.Try, Text: why})
	return b.putBill(declined)
}

// makeBill makes a bill whose day has come.
func (b *book) makeBill(bill Bill) (Bill, error) {
	next, err := b.openBill(bill.Charges.Currency())
	if err != nil {
		return bill, err
	}
	made, carried, err := bill.Make(next, b.at, *b.policy)
	if err != nil {
		return bill, err
	}
	if carried != next {
		if err := b.putBill(carried); err != nil {
			return bill, err
		}
	}
	if made.State == BillDue {
		b.tell(Notice{Kind: NoticeBillDue, Bill: made.Month, Amount: made.Amount()})
	}
	return made, b.putBill(made)
}

// holdBill makes the payment that charges a bill: each try is one of its own (P6).
func (b *book) holdBill(bill Bill) (Payment, error) {
	zero := order.Minor(0, bill.Charges.Currency())
	p := Payment{ID: order.PaymentID(derive("bill payment", string(b.customer), string(bill.Key()))), Customer: b.customer, State: PaymentPending, Bill: bill.Month, Held: b.at, Changed: b.at,
		Gateway: b.facts.Gateway, Amount: bill.Amount()}
	p.Quote = Quote{Payment: p.ID, Customer: b.customer, At: b.at, Method: MethodOnline, Gateway: p.Gateway,
		Sum: Amounts{List: p.Amount, Discount: zero, Payable: p.Amount, Coupons: zero, Cards: zero, Cash: p.Amount}}
	if err := b.need(KindPayment, string(p.ID)); err != nil {
		return p, err
	}
	if there, ok := get(b, payments, string(p.ID)); ok {
		return there, nil // this try is on its way
	}
	// The payment waits for the clock from here on; the bill with it.
	bill.Waits = time.Time{}
	put(b, bills, bill)
	return p, nil
}
