package desk

import (
	"cmp"
	"errors"
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// needOrders needs orders and what moves with them: their purchases, the resources they name,
// the discount coupons that reduce them.
func (b *tx) needOrders(ids ...order.ID) error {
	if err := b.Need(ledger.KindOrder, ledger.Texts(ids)...); err != nil {
		return err
	}
	var things, held []string
	for _, o := range b.withPurchases(ids) {
		for k := range o.Lines {
			things = append(things, string(o.Lines[k].Resource))
		}
		if o.Reduction.Kind == string(discount.KindCoupon) {
			held = append(held, o.Reduction.ID)
		}
	}
	return errors.Join(b.Need(ledger.KindResource, things...), b.Need(ledger.KindCoupon, held...))
}

// withPurchases returns orders that have been read, and those of their purchases.
func (b *tx) withPurchases(ids []order.ID) (all []*order.Order) {
	purchases := make(map[order.PurchaseID]bool)
	for i := range b.Now.Orders {
		if o := &b.Now.Orders[i]; o.Purchase != "" && slices.Contains(ids, o.ID) {
			purchases[o.Purchase] = true
		}
	}
	for i := range b.Now.Orders {
		if o := &b.Now.Orders[i]; purchases[o.Purchase] || slices.Contains(ids, o.ID) {
			all = append(all, o)
		}
	}
	return all
}

// needNamed needs what a request names: its orders and coupons.
func (b *tx) needNamed(r *payment.Request) error {
	all := r.Choose
	wanted := ledger.Texts(r.Coupons)
	for _, p := range r.Discounts {
		all = all || p.Best
		wanted = append(wanted, string(p.Discount)) // perhaps a discount coupon
	}
	coupons := b.Need(ledger.KindCoupon, wanted...)
	if all {
		coupons = b.NeedAll(ledger.KindCoupon)
	}
	return errors.Join(b.Need(ledger.KindOrder, ledger.Texts(r.Orders)...), coupons)
}

// needRequest needs what a request is judged on: what it names, and then, in one load, what belongs
// to that.
func (b *tx) needRequest(r *payment.Request) error {
	if err := b.needNamed(r); err != nil {
		return err
	}
	var cur order.Currency
	var some, all counted // of which a part is to be known, and all parts
	asks := slices.ContainsFunc(b.Now.Coupons, func(c coupon.Coupon) bool { return c.Limits.FirstOrder })
	for i := range b.Now.Orders {
		if o := &b.Now.Orders[i]; slices.Contains(r.Orders, o.ID) {
			cur = o.Currency()
			if asks || o.Reduction.Kind == string(discount.KindCoupon) { // which may ask for a first order
				all.add(o)
			} else {
				some.add(o)
			}
		}
	}
	tallies := append(some.in(r.Payment()), ledger.TallyIDs(all.names...)...)
	var elsewhere []string // the orders that hold what it wants
	for i := range b.Now.Coupons {
		if c := &b.Now.Coupons[i]; r.Wanted(c) {
			elsewhere = append(elsewhere, ledger.Texts(c.HeldFor)...)
		}
	}
	return errors.Join(b.needOrders(r.Orders...), b.Need(ledger.KindTally, tallies...), b.Need(ledger.KindOrder, elsewhere...), b.needFunds(r, cur), b.needCard(r))
}

// needFunds needs what a request in a currency is paid from.
func (b *tx) needFunds(r *payment.Request, cur order.Currency) error {
	if r.Method == payment.MethodOnline || cur == 0 {
		return nil
	}
	accounts := b.Need(ledger.KindAccount, payment.FundCash.AccountID(cur), payment.FundCredit.AccountID(cur), payment.FundBudget.AccountID(cur), string(payment.FundMonthly))
	if r.Method == payment.MethodMonthly {
		return errors.Join(accounts, b.Need(ledger.KindBill, b.Policy.MonthOf(b.At).BillID(cur)))
	}
	return accounts
}

// needCard needs the tries of the instrument that a request would charge.
func (b *tx) needCard(r *payment.Request) error {
	at := cmp.Or(r.Gateway, b.call.Gateway)
	in := b.call.Charges(r, at)
	if r.Method != payment.MethodOnline || in == "" {
		return nil
	}
	return b.Need(ledger.KindInstrument, ledger.InstrumentID(b.Customer, at, in))
}

// needPayment finds a payment, and needs what it holds and what ends with it. The tallies of its orders
// are needed where they are counted: one that is settled is not in conflict about them.
func (b *tx) needPayment(id order.PaymentID) (payment.Payment, error) {
	if err := b.Need(ledger.KindPayment, string(id)); err != nil {
		return payment.Payment{}, err
	}
	p, ok := ledger.Get(b.Tx, ledger.Payments, string(id))
	if !ok {
		return payment.Payment{}, payment.Refusef(payment.ReasonNoOrder, "payment %s: the customer has no such payment", id)
	}
	if p.Instrument != "" {
		if err := b.Need(ledger.KindInstrument, ledger.InstrumentID(p.Customer, p.Gateway, p.Instrument)); err != nil {
			return p, err
		}
	}
	if p.Bill != "" {
		cur := p.Amount.Currency()
		return p, errors.Join(b.Need(ledger.KindBill, p.Bill.BillID(cur)), b.Need(ledger.KindAccount, string(payment.FundMonthly)))
	}
	var ids []order.ID
	var held []string
	for i := range p.Quote.Items {
		ids = append(ids, p.Quote.Items[i].Order)
	}
	for _, part := range p.Quote.CouponParts() {
		held = append(held, string(part.Coupon))
	}
	return p, errors.Join(b.needOrders(ids...), b.Need(ledger.KindCoupon, held...))
}

// needRefund finds a refund.
func (b *tx) needRefund(id order.RefundID) (payment.Refund, error) {
	if err := b.Need(ledger.KindRefund, string(id)); err != nil {
		return payment.Refund{}, err
	}
	f, ok := ledger.Get(b.Tx, ledger.Refunds, string(id))
	if !ok {
		return f, payment.Refusef(payment.ReasonNoOrder, "refund %s: the customer has no such refund", id)
	}
	return f, nil
}

// needBatch needs resources, and those bound to the ones that are renewed on their own.
func (b *tx) needBatch(ids []order.ResourceID) error {
	if err := b.Need(ledger.KindResource, ledger.Texts(ids)...); err != nil {
		return err
	}
	for _, id := range ids {
		x, ok := ledger.Get(b.Tx, ledger.Resources, string(id))
		if !ok {
			continue
		}
		x, err := b.alone(x)
		if err == nil && (x.Main == "" || x.Attached) {
			err = b.NeedBound(id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
