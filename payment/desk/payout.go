package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// PayOutRequest names the credit of a customer that an operator pays out.
type PayOutRequest struct {
	ID       string           `json:"id"` // 1 to 64 printable characters: the same ID again changes nothing
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Currency order.Currency   `json:"currency"`
}

// Check reports the first thing about x that is not valid, as an [*order.FieldError].
func (x PayOutRequest) Check() error {
	return cmp.Or(order.CheckID("id", x.ID), checkActor(x.Customer, x.By), checkCurrency(x.Currency))
}

// PaidOut is what was done to pay a credit out.
type PaidOut struct {
	Refunds []payment.Refund `json:"refunds"` // of the payments of bills, the newest first; each is sent as other refunds are
	Amount  order.Money      `json:"amount"`  // what they give back
	Rest    order.Money      `json:"rest"`    // what is still in credit: no payment can take it, and it waits for an operator ([Desk.SettleCredit])
}

// PayOut pays the credit of a customer out (P21): it goes back to the payments that charged bills
// in its currency, the newest first, to each at most what has not gone back of it, nor been taken
// back (P18). The credit is
// taken in the commit that makes the refunds due. It is refused while an order is open
// ([payment.ReasonState]), a bill of the currency is due (the same), or a payment is open
// ([payment.ReasonPaymentInProgress]), and where there is no credit ([order.ErrNotFound]).
//
// What no payment can take stays in credit, in [ledger.CreditReview]. The same ID again returns
// the same refunds; with another currency it is [payment.ReasonKey].
func (d *Desk) PayOut(ctx context.Context, x PayOutRequest) (out PaidOut, err error) {
	if err := x.Check(); err != nil {
		return PaidOut{}, err
	}
	err = d.forHouse(ctx, x.Customer, ledger.StepPayOut, x.By, func(b *tx) error {
		b.EntryID = order.Derive(ledger.StepPayOut, string(x.Customer), x.ID)
		there := false
		if out, there, err = b.paidOutBefore(x); err != nil || there {
			return err
		}
		c, err := b.creditBalance(x.Currency)
		if err != nil {
			return err
		}
		if c.Balance.Sign() == 0 {
			return &order.FieldError{Field: "currency", Value: x.Currency.String(), Reason: "the customer has no credit in it", Err: order.ErrNotFound}
		}
		if err := b.payOutBarred(x.Currency); err != nil {
			return err
		}
		out, err = b.payOut(c, x.ID)
		return err
	})
	if err != nil {
		return PaidOut{}, err
	}
	return out, nil
}

// paidOutBefore finds what a request has done.
func (b *tx) paidOutBefore(x PayOutRequest) (out PaidOut, there bool, err error) {
	if err := b.Need(ledger.KindEntry, b.EntryID); err != nil {
		return out, false, err
	}
	e, there := ledger.Get(b.Tx, ledger.Entries, b.EntryID)
	if !there {
		return out, false, nil
	}
	var refunds []string
	for _, m := range e.Moves {
		switch {
		case m.Kind == ledger.KindRefund:
			refunds = append(refunds, m.ID)
		case m.Kind == ledger.KindCredit && m.ID != x.Currency.String():
			return out, true, payment.Refusef(payment.ReasonKey, "pay-out %s has been made of %s: use another ID", x.ID, m.ID)
		}
	}
	if err := b.Need(ledger.KindRefund, refunds...); err != nil {
		return out, true, err
	}
	c, err := b.creditBalance(x.Currency)
	out = PaidOut{Refunds: []payment.Refund{}, Amount: order.Minor(0, x.Currency), Rest: c.Balance}
	for _, id := range refunds {
		f, _ := ledger.Get(b.Tx, ledger.Refunds, id)
		out.Refunds = append(out.Refunds, f)
		out.Amount = order.Minor(out.Amount.Minor()+f.Cash.Minor(), x.Currency)
	}
	return out, true, err
}

// payOutBarred says why the credit of a currency is not paid out now, as a [*payment.Refusal].
// Orders, bills and payments are read whole, so that the commit finds what comes meanwhile.
func (b *tx) payOutBarred(cur order.Currency) error {
	for _, kind := range [...]ledger.Kind{ledger.KindOrder, ledger.KindBill, ledger.KindPayment} {
		if err := b.NeedAll(kind); err != nil {
			return err
		}
	}
	for i := range b.Now.Payments {
		if p := &b.Now.Payments[i]; p.State.Live() {
			return payment.Refusef(payment.ReasonPaymentInProgress, "payment %s is %s: a credit is paid out once no payment is open", p.ID, p.State)
		}
	}
	for i := range b.Now.Orders {
		if o := &b.Now.Orders[i]; o.State.Open() && !b.past(o) {
			no := payment.Refusef(payment.ReasonState, "order %s is %s: a credit is paid out once no order is open", o.ID, o.State)
			no.Orders = []order.ID{o.ID}
			return no
		}
	}
	for i := range b.Now.Bills {
		if bill := &b.Now.Bills[i]; bill.State == payment.BillDue && bill.Charges.Currency() == cur {
			return payment.Refusef(payment.ReasonState, "the bill of %s, %s, is due: a credit is paid out once it is charged", bill.Month, bill.Amount())
		}
	}
	return nil
}

// payOut gives a credit back to the payments that charged bills, the newest first. What none of
// them can take waits for an operator. All payments have been read.
func (b *tx) payOut(c ledger.CreditBalance, id string) (out PaidOut, err error) {
	cur := c.Balance.Currency()
	out = PaidOut{Refunds: []payment.Refund{}, Amount: order.Minor(0, cur), Rest: c.Balance}
	for _, p := range b.chargedBills(cur) {
		cash := order.Minor(min(out.Rest.Minor(), p.Amount.Minor()-p.Returned().Minor(), p.Left().Minor()), cur)
		if cash.Sign() <= 0 {
			continue
		}
		f := b.refundPart(p, cash, order.ID(id))
		out.Refunds = append(out.Refunds, f)
		out.Amount = order.Minor(out.Amount.Minor()+cash.Minor(), cur)
		out.Rest = order.Minor(out.Rest.Minor()-cash.Minor(), cur)
	}
	if c, err = c.With(out.Rest); err != nil {
		return out, err
	}
	if out.Rest.Sign() > 0 {
		c.State = ledger.CreditReview
	}
	if out.Amount.Sign() > 0 {
		b.Tell(ledger.Notice{Kind: ledger.NoticePaidOut, Amount: out.Amount})
	}
	return out, b.putCredit(c)
}

// chargedBills are the payments that charged bills in a currency, the newest first.
func (b *tx) chargedBills(cur order.Currency) (list []payment.Payment) {
	for i := range b.Now.Payments {
		if p := &b.Now.Payments[i]; p.Bill != "" && p.State == payment.PaymentSucceeded && p.Amount.Currency() == cur {
			list = append(list, *p)
		}
	}
	slices.SortFunc(list, func(p, q payment.Payment) int {
		return cmp.Or(q.Paid.Compare(p.Paid), strings.Compare(string(q.Bill), string(p.Bill)), strings.Compare(string(p.ID), string(q.ID)))
	})
	return list
}

// refundPart makes a refund due of a payment that charged a bill, or paid into the balance: it fits
// what the payment captured without its refunds before, those due and sent included, and what is gone.
func (b *tx) refundPart(p payment.Payment, cash order.Money, by order.ID) payment.Refund {
	id := p.RefundID("", by, "")
	f := payment.Refund{ID: id, Customer: b.Customer, Payment: p.ID, Cash: cash, Method: payment.MethodOnline, Made: b.At,
		Gateway: p.Gateway, Charge: p.Key, Trade: p.Trade, Key: p.RefundKey(id)}
	f, _ = f.Apply(payment.RefundMove{Event: payment.EventMake, At: b.At})
	p.Returns = append(slices.Clip(p.Returns), payment.Return{Refund: id, Cash: cash})
	p.Changed = ledger.Later(p.Changed, b.At)
	ledger.Put(b.Tx, ledger.Payments, p)
	ledger.Put(b.Tx, ledger.Refunds, f)
	return f
}

// SettleCreditRequest says that an operator gave a customer what was in credit in another way.
type SettleCreditRequest struct {
	ID       string           `json:"id"` // 1 to 64 printable characters: the same ID again changes nothing
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Why      string           `json:"why"`    // kept in the entry: 1 to 500 printable characters
	Amount   order.Money      `json:"amount"` // above zero, at most the credit of its currency
}

// Check reports the first thing about x that is not valid, as an [*order.FieldError].
func (x SettleCreditRequest) Check() error {
	if err := cmp.Or(order.CheckID("id", x.ID), checkActor(x.Customer, x.By)); err != nil {
		return err
	}
	if x.Why == "" || x.Why != gateway.Printable(x.Why) {
		return order.Invalid("why", x.Why, "is not 1 to 500 printable characters, without a blank before or after")
	}
	return checkAbove("amount", x.Amount)
}

// SettleCredit takes an amount off a customer's credit that an operator gave back outside the
// gateways, by bank transfer for one: what no payment can take ([PaidOut.Rest]), or any other part
// (P21). Open orders, bills and payments do not matter: the money has gone. More than the credit
// is an [*order.FieldError]. The same ID with the same amount again changes nothing, with another
// it is [payment.ReasonKey].
func (d *Desk) SettleCredit(ctx context.Context, x SettleCreditRequest) (c ledger.CreditBalance, err error) {
	if err := x.Check(); err != nil {
		return ledger.CreditBalance{}, err
	}
	err = d.forHouse(ctx, x.Customer, ledger.StepSettleCredit, x.By, func(b *tx) error {
		b.Why, b.EntryID = x.Why, order.Derive(ledger.StepSettleCredit, string(x.Customer), x.ID)
		if err := b.Need(ledger.KindEntry, b.EntryID); err != nil {
			return err
		}
		if c, err = b.creditBalance(x.Amount.Currency()); err != nil {
			return err
		}
		if e, done := ledger.Get(b.Tx, ledger.Entries, b.EntryID); done {
			if e.Moves[0].Amount != x.Amount.Neg() {
				return payment.Refusef(payment.ReasonKey, "credit was settled under %s with another amount: use another ID", x.ID)
			}
			return nil
		}
		if x.Amount.Minor() > c.Balance.Minor() {
			return order.Invalid("amount", x.Amount.String(), "is more than the customer has in credit, "+c.Balance.String())
		}
		if c, err = c.With(order.Minor(c.Balance.Minor()-x.Amount.Minor(), x.Amount.Currency())); err != nil {
			return err
		}
		b.Tell(ledger.Notice{Kind: ledger.NoticePaidOut, Amount: x.Amount})
		err = b.putCredit(c)
		c, _ = ledger.Get(b.Tx, ledger.Credits, c.ID())
		return err
	})
	if err != nil {
		return ledger.CreditBalance{}, err
	}
	return c, nil
}

// sweepCredit pays a credit out by itself once its time has come, or looks at it again later.
func (d *Desk) sweepCredit(ctx context.Context, c *call, id string, s *Swept) (done bool, err error) {
	err = d.transact(ctx, c, ledger.StepPayOut, payment.ByDesk, func(b *tx) error {
		done, err = b.payOutDue(id, s)
		return err
	})
	return done, err
}

// payOutDue pays a credit out if it is due, and says whether it did.
func (b *tx) payOutDue(id string, s *Swept) (paid bool, err error) {
	if err := b.Need(ledger.KindCredit, id); err != nil {
		return false, err
	}
	c, ok := ledger.Get(b.Tx, ledger.Credits, id)
	if !ok || !s.due(b.At, c.DueAt) {
		return false, nil
	}
	if err := b.putCredit(c); err != nil {
		return false, err
	}
	if c, _ = ledger.Get(b.Tx, ledger.Credits, id); c.DueAt.IsZero() || c.DueAt.After(b.At) {
		return false, nil
	}
	err = b.payOutBarred(c.Balance.Currency())
	var no *payment.Refusal
	if errors.As(err, &no) {
		c.DueAt = b.At.Add(dayLong)
		ledger.Put(b.Tx, ledger.Credits, c)
		return false, nil
	} else if err != nil {
		return false, err
	}
	_, err = b.payOut(c, order.Derive(ledger.StepPayOut, string(b.Customer), id, strconv.FormatInt(c.Version, 10)))
	return err == nil, err
}
