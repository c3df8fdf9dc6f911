package desk

import (
	"context"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// Order returns an order of a customer as it is stored: one past its deadline stands as unpaid
// until a sweep has voided it. An order that is not there, or is another customer's, is an
// [*order.FieldError] that is [order.ErrNotFound], as is what any read of the Desk does not find.
func (d *Desk) Order(ctx context.Context, customer order.CustomerID, id order.ID) (order.Order, error) {
	return read(ctx, d, customer, ledger.Orders, wanted{ledger.KindOrder, string(id)})
}

// Resource returns a resource of a customer as it is stored. What it is now
// [renewal.Resource.State] says, with the clock and the policy, and [renewal.Resource.ApplyNext],
// if a change waited for its expiry and no sweep has come since.
func (d *Desk) Resource(ctx context.Context, customer order.CustomerID, id order.ResourceID) (renewal.Resource, error) {
	return read(ctx, d, customer, ledger.Resources, wanted{ledger.KindResource, string(id)})
}

// Coupon returns a coupon of a customer as it is stored: one that has ended stands as available
// until a sweep has expired it.
func (d *Desk) Coupon(ctx context.Context, customer order.CustomerID, id coupon.ID) (coupon.Coupon, error) {
	return read(ctx, d, customer, ledger.Coupons, wanted{ledger.KindCoupon, string(id)})
}

// Refund returns a refund of a customer as it stands. Nothing is asked of its gateway.
func (d *Desk) Refund(ctx context.Context, customer order.CustomerID, id order.RefundID) (payment.Refund, error) {
	return read(ctx, d, customer, ledger.Refunds, wanted{ledger.KindRefund, string(id)})
}

// Bill returns the bill of a month in a currency. A month in which nothing was settled monthly has
// none (P21).
func (d *Desk) Bill(ctx context.Context, customer order.CustomerID, month payment.Month, cur order.Currency) (payment.Bill, error) {
	if err := month.Check(); err != nil {
		return payment.Bill{}, err
	}
	if err := checkCurrency(cur); err != nil {
		return payment.Bill{}, err
	}
	b, err := read(ctx, d, customer, ledger.Bills, wanted{ledger.KindBill, month.BillID(cur)})
	if f, ok := err.(*order.FieldError); ok && f.Field == string(ledger.KindBill) {
		err = notHere("month", string(month), "has no bill in "+cur.String())
	}
	return b, err
}

// Account returns an account of a customer. One that was never used has a balance of zero and
// the Version 0: there is no customer without accounts. The monthly account is one for all
// currencies, and holds no money.
func (d *Desk) Account(ctx context.Context, customer order.CustomerID, fund payment.Fund, cur order.Currency) (payment.Account, error) {
	fresh := payment.Account{Customer: customer, Fund: fund}
	if fund != payment.FundMonthly {
		if err := checkCurrency(cur); err != nil {
			return payment.Account{}, err
		}
		fresh.Balance = order.Minor(0, cur)
	}
	if err := fresh.Check(); err != nil {
		return payment.Account{}, err
	}
	a, there, err := recordOf(ctx, d, customer, ledger.Accounts, wanted{ledger.KindAccount, fresh.ID()})
	if err != nil || there {
		return a, err
	}
	return fresh, nil
}

// Credit returns what a customer has in credit in a currency (P21). One that never had any has
// zero and the Version 0.
func (d *Desk) Credit(ctx context.Context, customer order.CustomerID, cur order.Currency) (ledger.CreditBalance, error) {
	if err := checkCurrency(cur); err != nil {
		return ledger.CreditBalance{}, err
	}
	c, there, err := recordOf(ctx, d, customer, ledger.Credits, wanted{ledger.KindCredit, cur.String()})
	if err != nil || there {
		return c, err
	}
	return ledger.CreditBalance{Customer: customer, State: ledger.CreditOpen, Balance: order.Minor(0, cur)}, nil
}

// wanted names a record that is read.
type wanted struct {
	kind ledger.Kind
	id   string
}

// read returns a record of a customer, or says that it is not found.
func read[T any](ctx context.Context, d *Desk, customer order.CustomerID, of *ledger.Table[T], w wanted) (T, error) {
	x, there, err := recordOf(ctx, d, customer, of, w)
	if err == nil && !there {
		err = notHere(string(w.kind), w.id, "look for the ID in the customer's own list")
	}
	return x, err
}

// recordOf looks for a record of a customer whom the host knows.
func recordOf[T any](ctx context.Context, d *Desk, customer order.CustomerID, of *ledger.Table[T], w wanted) (x T, there bool, err error) {
	if err := order.CheckID(string(w.kind), w.id); err != nil {
		return x, false, err
	}
	c, err := d.customerOf(ctx, customer)
	if err != nil {
		return x, false, err
	}
	b, err := d.open(c, string(w.kind), payment.ByDesk)
	if err != nil {
		return x, false, err
	}
	if err := d.decide(ctx, b, func() error { return b.Need(w.kind, w.id) }); err != nil {
		return x, false, err
	}
	x, there = ledger.Get(b.Tx, of, w.id)
	return x, there, nil
}

func checkCurrency(cur order.Currency) error {
	if _, known := cur.Digits(); !known {
		return order.Invalid("currency", cur.String(), "is unknown: give one such as "+order.USD.String())
	}
	return nil
}
