package payment

import (
	"slices"

	"github.com/duebook/duebook/order"
)

// chooseMethod refuses what costs more than agreed, and decides how the cash part is paid (P4).
func (j *judge) chooseMethod(q *Quote) *Refusal {
	r, c := &j.request, &j.facts.Customer
	for i := range q.Items {
		it := &q.Items[i]
		k := slices.IndexFunc(r.Agreed, func(a Agreed) bool { return a.Order == it.Order })
		if k >= 0 && it.Cash.Minor() > r.Agreed[k].Cash.Minor() {
			return &Refusal{Reason: ReasonCost, Orders: []order.ID{it.Order}, Need: it.Cash, Have: r.Agreed[k].Cash,
				Text: "order " + string(it.Order) + " would cost " + it.Cash.String() + " where " + r.Agreed[k].Cash.String() + " was agreed to: ask for a new quote"}
		}
	}
	if c.Protected && !j.facts.Authenticated {
		return Refusef(ReasonAuthentication, "sensitive operations of this customer are protected: authenticate a second time, for this payment")
	}
	if r.Method == "" {
		return nil
	}
	if c.Association == AssociationReseller && r.Method != MethodBalance {
		return Refusef(ReasonAccount, "a reseller customer pays from the budget: use the method %s", MethodBalance)
	}
	switch r.Method {
	case MethodBalance:
		account, refusal := c.accountType(r.Account)
		if refusal != nil {
			return refusal
		}
		q.Account = account
		return j.take(q)
	case MethodOnline:
		return j.online(q)
	}
	return j.monthly(q)
}

// take takes the cash part from accounts: the cash account, then the credit account, or
// the budget. What was taken back of the cash account comes first (P18).
func (j *judge) take(q *Quote) *Refusal {
	need, cur := q.Sum.Cash, q.Sum.Cash.Currency()
	first, second := j.facts.available(FundCash, cur), j.facts.available(FundCredit, cur)
	if first.Sign() < 0 && need.Sign() > 0 && q.Account != AccountBudget {
		return &Refusal{Reason: ReasonBalance, Need: need, Have: first,
			Text: "the cash account has " + first.String() + ", since money that came to it was taken back: top up first, or use another method"}
	}
	if q.Account == AccountBudget {
		first, second = j.facts.available(FundBudget, cur), order.Minor(0, cur)
	}
	if short := need.Minor() - first.Minor(); short > second.Minor() {
		have, err := first.Add(second)
		if err != nil {
			have = first // a sum that overflows is not too little
		}
		return &Refusal{Reason: ReasonBalance, Need: need, Have: have,
			Text: need.String() + " is to be paid and " + have.String() + " is there: top up, or use another method"}
	}
	from := order.Minor(min(need.Minor(), first.Minor()), cur)
	rest := order.Minor(need.Minor()-from.Minor(), cur)
	if q.Account == AccountBudget {
		q.Takes.Budget = from
	} else {
		q.Takes.Cash, q.Takes.Credit = from, rest
	}
	return nil
}

// online judges the card before anything is charged (P5).
func (j *judge) online(q *Quote) *Refusal {
	c := &j.facts.Customer
	if q.Gateway = j.request.Gateway; q.Gateway == "" {
		q.Gateway = c.Gateway
	}
	if q.Sum.Cash.Sign() == 0 {
		return nil // settled without a gateway (O13)
	}
	if q.Gateway == "" {
		return Refuse(ReasonBadRequest, order.Invalid("gateway", "", "is not set, and the customer has none: name one"))
	}
	if why := j.policy().Cards.Refuses(j.facts.Card); j.card && why != "" {
		return Refusef(ReasonCard, "%s", why)
	}
	return nil
}

// monthly judges whether the bill of the month takes more (P6, P18); nothing is on no bill.
func (j *judge) monthly(q *Quote) *Refusal {
	cash := j.facts.available(FundCash, q.Sum.Cash.Currency())
	switch n := j.facts.overdue(); {
	case q.Sum.Cash.Sign() == 0:
	case !j.facts.Customer.Monthly:
		return Refusef(ReasonMethod, "monthly settlement is not enabled for this customer: use another method")
	case n > 0:
		return Refusef(ReasonMethod, "a bill is overdue: nothing more is settled monthly until it is charged; use another method")
	case cash.Sign() < 0:
		return Refusef(ReasonMethod, "the cash account has %s, since money that came to it was taken back: top up first, or use another method", cash)
	}
	return nil
}
