package payment

import (
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// Receipt says what was paid, with what, and what was not (P14). It never changes.
type Receipt struct {
	Payment  order.PaymentID  `json:"payment"`
	Trade    string           `json:"trade"` // the trade number: the gateway's, or the host's own
	Customer order.CustomerID `json:"customer"`
	At       time.Time        `json:"at"`    // when it was paid
	Items    []Item           `json:"items"` // in the order of the request
	Sum      Amounts          `json:"sum"`
	TopUp    order.Money      `json:"topUp,omitzero"`    // what was paid into the own balance, in place of Items (P20)
	Dropped  []Drop           `json:"dropped,omitempty"` // asked for and not paid, and why (P3)
	Method   Method           `json:"method"`
	Account  AccountType      `json:"account,omitempty"`
	Gateway  string           `json:"gateway,omitempty"`
	Takes    AccountParts     `json:"takes,omitzero"`
}

// Receipt returns the receipt for what was paid as quoted, under a trade number of 1 to
// 64 printable characters. The error is an [*order.FieldError].
func (q Quote) Receipt(trade string, at time.Time) (Receipt, error) {
	at, err := order.Second(at)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Payment: q.Payment, Trade: trade, Customer: q.Customer, At: at, Items: q.Items, Sum: q.Sum, TopUp: q.TopUp, Dropped: q.Dropped,
		Method: q.Method, Account: q.Account, Gateway: q.Gateway, Takes: q.Takes}
	if err := r.Check(); err != nil {
		return Receipt{}, err
	}
	return r, nil
}

// Check reports the first identity that r breaks, as an [*order.FieldError]: per order
// and in sum list - discount = payable = coupons + cards + cash, none below zero (O5);
// the parts of coupons add up; what accounts gave is the cash part (P4).
func (r Receipt) Check() error {
	if err := order.CheckID("payment", r.Payment); err != nil {
		return err
	}
	if err := order.CheckID("trade", r.Trade); err != nil {
		return err
	}
	if err := order.CheckID("customer", r.Customer); err != nil {
		return err
	}
	if _, err := order.Second(r.At); err != nil {
		return err
	}
	if err := order.CheckWord("method", r.Method, methods); err != nil {
		return err
	}
	sum, err := r.itemsOrTopUp()
	if err != nil {
		return err
	}
	if err := r.Sum.check(r.Sum.List.Currency()); err != nil {
		return order.Within("sum", err)
	}
	if sum.amounts(r.Sum.List.Currency()) != r.Sum {
		return order.Invalid("sum", "", "is not what the items add up to")
	}
	if r.Method == MethodBalance {
		if from := r.Takes.Cash.Minor() + r.Takes.Credit.Minor() + r.Takes.Budget.Minor(); from != r.Sum.Cash.Minor() {
			return order.Invalid("takes", "", "are not the cash part, "+r.Sum.Cash.String())
		}
	} else if r.Takes != (AccountParts{}) {
		return order.Invalid("takes", "", "belong to the method balance alone")
	}
	return nil
}

// itemsOrTopUp adds up what was paid for.
func (r *Receipt) itemsOrTopUp() (sum total, err error) {
	if r.TopUp != (order.Money{}) {
		if len(r.Items) > 0 {
			return sum, order.Invalid("topUp", r.TopUp.String(), "was paid beside items: a receipt is of one or the other")
		}
		if r.TopUp != r.Sum.List {
			return sum, order.Invalid("topUp", r.TopUp.String(), "is not what was paid, "+r.Sum.List.String())
		}
		return total{list: r.TopUp.Minor(), cash: r.TopUp.Minor()}, checkPaidIn("topUp", r.TopUp)
	}
	if len(r.Items) == 0 {
		return sum, order.Invalid("items", "", "is required: nothing was paid")
	}
	for i := range r.Items {
		it := &r.Items[i]
		if err := it.check(r.Sum.List.Currency()); err != nil {
			return sum, order.Within(order.Element("items", i), err)
		}
		if sum.add(it.Amounts); sum.list > maxMinor {
			return sum, order.Within("sum", tooMuch().Err)
		}
	}
	return sum, nil
}

// check reports the first identity that an item breaks.
func (it *Item) check(cur order.Currency) error {
	if err := order.CheckID("order", it.Order); err != nil {
		return err
	}
	if err := it.Amounts.check(cur); err != nil {
		return err
	}
	coupons, cards := int64(0), int64(0)
	for i, p := range it.Parts {
		if p.Amount.Currency() != cur || p.Amount.Sign() <= 0 {
			return order.Invalid(order.Element("parts", i)+".amount", p.Amount.String(), "is not above zero, in the currency of the payment")
		}
		switch p.Kind {
		case coupon.KindCash, coupon.KindFlexi:
			coupons += p.Amount.Minor()
		case coupon.KindCard:
			cards += p.Amount.Minor()
		default:
			return order.Invalid(order.Element("parts", i)+".kind", string(p.Kind), "does not pay")
		}
	}
	if coupons != it.Coupons.Minor() || cards != it.Cards.Minor() {
		return order.Invalid("parts", "", "do not add up to coupons and cards")
	}
	return nil
}

func (a Amounts) check(cur order.Currency) error {
	for _, m := range [...]struct {
		name string
		of   order.Money
	}{{"list", a.List}, {"discount", a.Discount}, {"payable", a.Payable}, {"coupons", a.Coupons}, {"cards", a.Cards}, {"cash", a.Cash}} {
		if err := order.CheckAmount(m.name, m.of); err != nil {
			return err
		}
		if m.of.Currency() != cur || m.of.Sign() < 0 {
			return order.Invalid(m.name, m.of.String(), "is below zero, or not in the currency of the payment")
		}
	}
	if a.List.Minor()-a.Discount.Minor() != a.Payable.Minor() {
		return order.Invalid("payable", a.Payable.String(), "is not list - discount")
	}
	if a.Coupons.Minor()+a.Cards.Minor()+a.Cash.Minor() != a.Payable.Minor() {
		return order.Invalid("cash", a.Cash.String(), "is not what coupons and cards leave of "+a.Payable.String())
	}
	return nil
}

// total adds amounts up, in minor units.
type total struct{ list, discount, coupons, cards, cash int64 }

func (t *total) add(a Amounts) {
	t.list += a.List.Minor()
	t.discount += a.Discount.Minor()
	t.coupons += a.Coupons.Minor()
	t.cards += a.Cards.Minor()
	t.cash += a.Cash.Minor()
}

func (t *total) amounts(cur order.Currency) Amounts {
	return Amounts{List: order.Minor(t.list, cur), Discount: order.Minor(t.discount, cur), Payable: order.Minor(t.list-t.discount, cur),
		Coupons: order.Minor(t.coupons, cur), Cards: order.Minor(t.cards, cur), Cash: order.Minor(t.cash, cur)}
}
