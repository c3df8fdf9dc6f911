package desk

import (
	"cmp"
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// ResolveBillRequest is an operator's decision on one bill that is due again, since what it was
// paid by was taken back (P18).
type ResolveBillRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Why      string           `json:"why"`   // kept in the entry: 1 to 500 printable characters
	Month    payment.Month    `json:"month"` // of the bill
	Currency order.Currency   `json:"currency"`
	Decision Decision         `json:"decision"` // [DecisionAgain]: what is due of it is charged; [DecisionSucceeded]: the customer has paid that in another way
}

// Check reports the first thing about x that is not valid, as an [*order.FieldError].
func (x ResolveBillRequest) Check() error {
	if err := checkActor(x.Customer, x.By); err != nil {
		return err
	}
	if x.Why == "" || x.Why != gateway.Printable(x.Why) {
		return order.Invalid("why", x.Why, "is not 1 to 500 printable characters, without a blank before or after")
	}
	if err := cmp.Or(x.Month.Check(), checkCurrency(x.Currency), order.CheckWord("decision", x.Decision, decisions)); err != nil {
		return err
	}
	if x.Decision == DecisionFailed {
		return order.Invalid("decision", string(x.Decision), "is for payments: have the bill charged and say "+string(DecisionAgain)+", or "+string(DecisionSucceeded)+" once it was paid in another way")
	}
	return nil
}

// ResolveBill ends the wait of a bill for an operator, with a reason (P18): what was taken back of
// what it was paid by, and has not been paid again, is charged by the next sweep, in a payment of
// its own, or was paid in another way. Declined it waits for an operator again. A bill that waits
// for nobody stays as it is; one that is being charged is [payment.ReasonPaymentInProgress] where
// it is said to be paid. An unknown bill is [order.ErrNotFound].
func (d *Desk) ResolveBill(ctx context.Context, x ResolveBillRequest) error {
	if err := x.Check(); err != nil {
		return err
	}
	return d.forHouse(ctx, x.Customer, "resolve bill", x.By, func(b *tx) error {
		id := x.Month.BillID(x.Currency)
		b.Why, b.Shown = x.Why, ledger.Ref{Kind: ledger.KindBill, ID: id}
		if err := b.Need(ledger.KindBill, id); err != nil {
			return err
		}
		bill, there := ledger.Get(b.Tx, ledger.Bills, id)
		busy := bill.Payment != "" || !bill.Try.IsZero()
		switch {
		case !there:
			return notHere("month", id, "look for it in the list of bills overdue")
		case bill.State != payment.BillDue || bill.Reopened == 0:
			return nil
		case busy && x.Decision == DecisionSucceeded:
			return payment.Refusef(payment.ReasonPaymentInProgress, "bill %s is being charged: wait until that has ended", bill.Month)
		case busy:
			return nil
		case x.Decision == DecisionAgain:
			again, err := bill.TryAgain(b.At)
			if err != nil {
				return err
			}
			return b.putBill(again)
		}
		monthly, err := b.monthly()
		if err != nil {
			return err
		}
		paid, account, err := bill.PaidByHand(monthly)
		if err != nil {
			return err
		}
		return b.putReopened(paid, account, order.Money{})
	})
}
