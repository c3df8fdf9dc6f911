package desk

import (
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// succeeded settles a payment of which an operator says that its money was taken. What was
// captured is what the operator says, else what the gateway said, else what was asked for. Of
// what is less, or in another currency, nothing is settled; what is more goes where the
// operator says (I3).
func (b *tx) succeeded(p payment.Payment, x *ResolveRequest) error {
	if x.Captured != (order.Money{}) {
		p.Captured = x.Captured
	}
	if p.Captured == (order.Money{}) {
		p.Captured = p.Amount
	}
	taken, over := p.Captured, p.Captured.Minor()-p.Amount.Minor()
	switch {
	case taken.Currency() != p.Amount.Currency():
		return order.Invalid("captured", taken.String(), "is not in the currency of "+p.Amount.String()+", which was asked for: say "+string(DecisionFailed)+" with it, and it goes back; or say what was captured")
	case over < 0:
		return order.Invalid("captured", taken.String(), "is less than "+p.Amount.String()+", which was asked for: say "+string(DecisionFailed)+" with it, and it goes back; or say what was captured")
	case over == 0 && x.Surplus != "":
		return order.Invalid("surplus", string(x.Surplus), "is of nothing: "+taken.String()+" was captured, as was asked for; leave it out")
	case over > 0 && x.Surplus == "":
		return order.Invalid("surplus", "", "is not said, and "+order.Minor(over, taken.Currency()).String()+" more than was asked for was captured: say "+
			string(payment.SurplusRefund)+", and it goes back through the gateway, or "+string(payment.SurplusBalance)+", and the cash account has it")
	}
	if p.Surplus = x.Surplus; over == 0 {
		p.Captured = order.Money{}
	}
	if err := b.hear(&p, payment.PaymentMove{Event: payment.EventResolveDone, Trade: x.Trade}); err != nil || over == 0 {
		return err
	}
	if p.Surplus == payment.SurplusBalance {
		return b.credit(p.Over())
	}
	id := payment.RefundID(p.ID, "", "", "")
	if err := b.Need(ledger.KindRefund, string(id)); err != nil {
		return err
	}
	f := payment.Refund{ID: id, Customer: b.Customer, Payment: p.ID, Cash: p.Over(), Method: payment.MethodOnline, Made: b.At,
		Gateway: p.Gateway, Charge: p.Key, Trade: p.Trade, Key: p.RefundKey(id)}
	f, _ = f.Apply(payment.RefundMove{Event: payment.EventMake, At: b.At})
	ledger.Put(b.Tx, ledger.Refunds, f)
	return nil
}

// credit puts an amount into the cash account.
func (b *tx) credit(amount order.Money) error {
	id := payment.AccountID(payment.FundCash, amount.Currency())
	if err := b.Need(ledger.KindAccount, id); err != nil {
		return err
	}
	a, _ := ledger.Get(b.Tx, ledger.Accounts, id)
	sum, err := a.Balance.Add(amount)
	if err != nil {
		return order.Within("account "+id, err)
	}
	a.Customer, a.Fund, a.Balance = b.Customer, payment.FundCash, sum
	ledger.Put(b.Tx, ledger.Accounts, a)
	return nil
}

// failed releases a payment of which an operator says that no money was taken, or that what
// was goes back. Where the gateway says that it captured some, the operator says how much.
func (d *Desk) failed(b *tx, p payment.Payment, x *ResolveRequest) error {
	if said := p.Captured; x.Captured == (order.Money{}) && said != (order.Money{}) {
		return order.Invalid("captured", "", "is not said, and the gateway says that it captured "+said.String()+": say so, and it goes back, or "+
			order.Minor(0, said.Currency()).String()+" if it has not")
	}
	p.Captured = order.Money{}
	if err := b.hear(&p, payment.PaymentMove{Event: payment.EventResolveFailed, Why: x.Why}); err != nil {
		return err
	}
	if x.Captured.Sign() > 0 {
		return b.hear(&p, payment.PaymentMove{Event: payment.EventCaptured, Amount: x.Captured, Trade: x.Trade})
	}
	// An operator can err: money that comes all the same goes back.
	if g, err := d.gateway(p.Gateway); err == nil {
		p.Tries = 0
		p.Waits = b.next(&p, g.Traits())
		ledger.Put(b.Tx, ledger.Payments, p)
	}
	return nil
}
