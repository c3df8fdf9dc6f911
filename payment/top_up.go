package payment

import (
	"slices"

	"github.com/duebook/duebook/order"
)

// checkTopUp reports what does not fit a payment into the own balance (P20).
func (r Request) checkTopUp() error {
	if err := checkPaidIn("topUp", r.TopUp); err != nil {
		return err
	}
	for _, x := range [...]struct {
		name string
		said bool
	}{{"orders", len(r.Orders) > 0}, {"discounts", len(r.Discounts) > 0}, {"coupons", len(r.Coupons) > 0}, {"choose", r.Choose},
		{"account", r.Account != ""}, {"independent", r.Independent}, {"whole", r.Whole}, {"agreed", len(r.Agreed) > 0}} {
		if x.said {
			return order.Invalid(x.name, "", "has no place beside topUp: the balance is paid into alone; leave it out")
		}
	}
	if r.Method != "" && r.Method != MethodOnline {
		return order.Invalid("method", string(r.Method), "pays into no balance: use "+string(MethodOnline))
	}
	return r.checkMethod()
}

func checkPaidIn(field string, m order.Money) error {
	if err := order.CheckAmount(field, m); err != nil {
		return err
	}
	if m.Sign() <= 0 {
		return order.Invalid(field, m.String(), "is not above zero")
	}
	return nil
}

// topUp judges a payment into the own balance (P20).
func (j *judge) topUp() (Quote, error) {
	r, zero := &j.request, order.Minor(0, j.request.TopUp.Currency())
	q := Quote{Customer: r.Customer, At: j.at, Items: []Item{}, TopUp: r.TopUp, Method: r.Method,
		Sum: Amounts{List: r.TopUp, Discount: zero, Payable: r.TopUp, Coupons: zero, Cards: zero, Cash: r.TopUp}}
	if r.Key != "" {
		q.Payment = r.Payment()
	}
	if err := j.policy().admitTopUp(r.TopUp); err != nil {
		return Quote{}, Refuse(ReasonBadRequest, err)
	}
	if refusal := j.checkFindings(); refusal != nil {
		return Quote{}, refusal
	}
	if refusal := j.chooseMethod(&q); refusal != nil {
		return Quote{}, refusal
	}
	return q, nil
}

// admitTopUp reports a payment into the balance below the least amount, or above the most (P20).
func (p *Policy) admitTopUp(m order.Money) error {
	for _, least := range p.TopUpLeast {
		if least.Currency() == m.Currency() && m.Minor() < least.Minor() {
			return order.Invalid("topUp", m.String(), "is below the least that is paid into the balance at once, "+least.String())
		}
	}
	for _, most := range p.TopUpMost {
		if most.Currency() == m.Currency() && m.Minor() > most.Minor() {
			return order.Invalid("topUp", m.String(), "is above the most that is paid into the balance at once, "+most.String())
		}
	}
	return nil
}

// checkTopUps reports limits that no amount keeps.
func (p *Policy) checkTopUps() error {
	for _, x := range [...]struct {
		name string
		of   []order.Money
	}{{"topUpLeast", p.TopUpLeast}, {"topUpMost", p.TopUpMost}} {
		for i, m := range x.of {
			if err := checkPaidIn(order.Element(x.name, i), m); err != nil {
				return err
			}
			if slices.ContainsFunc(x.of[:i], func(n order.Money) bool { return n.Currency() == m.Currency() }) {
				return order.Invalid(order.Element(x.name, i), m.String(), "is the second of its currency")
			}
		}
	}
	for i, least := range p.TopUpLeast {
		k := slices.IndexFunc(p.TopUpMost, func(m order.Money) bool { return m.Currency() == least.Currency() })
		if k >= 0 && least.Minor() > p.TopUpMost[k].Minor() {
			return order.Invalid(order.Element("topUpLeast", i), least.String(), "is above the most, "+p.TopUpMost[k].String())
		}
	}
	return nil
}

// checkTopUp: what is paid into the balance is what was asked for, without orders.
func (p *Payment) checkTopUp() error {
	switch {
	case p.Bill != "" || len(p.Quote.Items) > 0:
		return order.Invalid("quote.topUp", p.Quote.TopUp.String(), "is paid beside orders or a bill: a payment is of one of the three")
	case p.Request.TopUp != p.Quote.TopUp:
		return order.Invalid("quote.topUp", p.Quote.TopUp.String(), "is not what was asked for, "+p.Request.TopUp.String())
	case p.Amount != p.Quote.TopUp:
		return order.Invalid("amount", p.Amount.String(), "is not what is paid into the balance, "+p.Quote.TopUp.String())
	}
	return nil
}
