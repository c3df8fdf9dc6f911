package payment

import (
	"github.com/duebook/duebook/order"
)

// Surplus is what an operator lets become of what a gateway captured over what was asked for.
// There is no default: it is the customer's money.
type Surplus string

const (
	SurplusRefund  Surplus = "refund"  // it goes back through the gateway: a refund is due
	SurplusBalance Surplus = "balance" // it goes into the customer's cash account
)

var surpluses = []Surplus{SurplusRefund, SurplusBalance}

// UnmarshalText reads a surplus strictly.
func (x *Surplus) UnmarshalText(b []byte) error { return read("surplus", x, surpluses, b) }

// Over is what a gateway captured over what was asked for, of a payment that succeeded: zero,
// or above zero and gone where its Surplus says (I3).
func (p Payment) Over() order.Money {
	if p.State != PaymentSucceeded || p.Captured == (order.Money{}) {
		return order.Minor(0, p.Amount.Currency())
	}
	return order.Minor(p.Captured.Minor()-p.Amount.Minor(), p.Amount.Currency())
}

// checkCaptured: what a gateway captured is kept while an operator has not decided, and of a
// payment that succeeded where it was more than was asked for, with where the rest went.
func (p *Payment) checkCaptured() error {
	if p.Captured == (order.Money{}) {
		if p.Surplus != "" {
			return field("surplus", string(p.Surplus), "is of a payment of which no more was captured than was asked for")
		}
		return nil
	}
	switch {
	case p.Captured.Check() != nil || p.Captured.Sign() <= 0:
		return field("captured", p.Captured.String(), "is not above zero")
	case p.State == PaymentReview && p.Surplus != "":
		return field("surplus", string(p.Surplus), "is of a payment in review: nothing has been decided of it")
	case p.State == PaymentReview:
		return nil
	case p.State != PaymentSucceeded:
		return field("captured", p.Captured.String(), "is of a payment that is neither in review nor succeeded")
	case p.Captured.Currency() != p.Amount.Currency() || p.Captured.Minor() <= p.Amount.Minor():
		return field("captured", p.Captured.String(), "is not more than was asked for, "+p.Amount.String())
	}
	return checkWord("surplus", p.Surplus, surpluses)
}

// took notes what a gateway says that it captured, for the operator who decides.
func (p *Payment) took(out *Outcome) {
	if out.Status == StatusCaptured && out.Amount.Check() == nil && out.Amount.Sign() > 0 {
		p.Captured = out.Amount
	}
}

// succeeded settles a payment of which an operator says that its money was taken. What was
// captured is what the operator says, else what the gateway said, else what was asked for. Of
// what is less, or in another currency, nothing is settled; what is more goes where the
// operator says (I3).
func (b *book) succeeded(p Payment, x *Resolving) error {
	if x.Captured != (order.Money{}) {
		p.Captured = x.Captured
	}
	if p.Captured == (order.Money{}) {
		p.Captured = p.Amount
	}
	taken, over := p.Captured, p.Captured.Minor()-p.Amount.Minor()
	switch {
	case taken.Currency() != p.Amount.Currency():
		return field("captured", taken.String(), "is not in the currency of "+p.Amount.String()+", which was asked for: say "+string(DecisionFailed)+" with it, and it goes back; or say what was captured")
	case over < 0:
		return field("captured", taken.String(), "is less than "+p.Amount.String()+", which was asked for: say "+string(DecisionFailed)+" with it, and it goes back; or say what was captured")
	case over == 0 && x.Surplus != "":
		return field("surplus", string(x.Surplus), "is of nothing: "+taken.String()+" was captured, as was asked for; leave it out")
	case over > 0 && x.Surplus == "":
		return field("surplus", "", "is not said, and "+order.Minor(over, taken.Currency()).String()+" more than was asked for was captured: say "+
			string(SurplusRefund)+", and it goes back through the gateway, or "+string(SurplusBalance)+", and the cash account has it")
	}
	if p.Surplus = x.Surplus; over == 0 {
		p.Captured = order.Money{}
	}
	p, err := b.settle(p, x.Trade)
	if err != nil || over == 0 {
		return err
	}
	if p.Surplus == SurplusBalance {
		return b.credit(p.Over())
	}
	id := refundID(p.ID, "", "", "")
	if err := b.need(KindRefund, string(id)); err != nil {
		return err
	}
	put(b, refunds, Refund{ID: id, Customer: b.customer, Payment: p.ID, Cash: p.Over(), Method: MethodOnline, State: RefundDue, Made: b.at, Waits: b.at,
		Gateway: p.Gateway, Charge: p.Key, Trade: p.Trade, Key: p.refundKey(id)})
	return nil
}

// credit puts an amount into the cash account.
func (b *book) credit(amount order.Money) error {
	id := accountID(FundCash, amount.Currency())
	if err := b.need(KindAccount, id); err != nil {
		return err
	}
	a, _ := get(b, accounts, id)
	sum, err := a.Balance.Add(amount)
	if err != nil {
		return under("account "+id, err)
	}
	a.Customer, a.Fund, a.Balance = b.customer, FundCash, sum
	put(b, accounts, a)
	return nil
}

// failed releases a payment of which an operator says that no money was taken, or that what
// was goes back. Where the gateway says that it captured some, the operator says how much.
func (d *Desk) failed(b *book, p Payment, x *Resolving) error {
	if said := p.Captured; x.Captured == (order.Money{}) && said != (order.Money{}) {
		return field("captured", "", "is not said, and the gateway says that it captured "+said.String()+": say so, and it goes back, or "+
			order.Minor(0, said.Currency()).String()+" if it has not")
	}
	p.Captured = order.Money{}
	p, err := b.release(p, PaymentFailed, x.Why)
	if err != nil {
		return err
	}
	if x.Captured.Sign() > 0 {
		_, err = b.refundLate(p, Outcome{Status: StatusCaptured, Amount: x.Captured, Trade: x.Trade}, "")
		return err
	}
	// An operator can err: money that comes all the same goes back.
	if g, err := d.gateway(p.Gateway); err == nil {
		p.Tries = 0
		p.Waits = b.next(&p, g.Traits())
		put(b, payments, p)
	}
	return nil
}

// surplusOf reports whether f gives back what was captured over what was asked for.
func (p *Payment) surplusOf(f *Refund) bool {
	return p.Surplus == SurplusRefund && f.ID == refundID(p.ID, "", "", "") && f.Cash == p.Over()
}
