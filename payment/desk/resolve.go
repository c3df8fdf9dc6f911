package desk

import (
	"cmp"
	"context"
	"errors"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
)

// Decision is what an operator decides on a payment or a refund in review, a refund that is parked,
// a bill that is due again, or a notice.
//
// One of: succeeded, failed, again.
type Decision string

const (
	DecisionSucceeded Decision = "succeeded" // the money was taken, or given back by hand, in full
	DecisionFailed    Decision = "failed"    // no money was taken, and none will be; Captured is given back where some was: it must be said, as zero too, where the gateway says that some was. Of a refund that is parked: nothing is given back, what was taken back stands for it (P18)
	DecisionAgain     Decision = "again"     // ask the gateway once more: refunds alone. One that it has declined, or that came back, is sent with another key; else it is looked up, and sent again with its key where the gateway has not seen it and that is safe. Of a refund that is parked: let it go on, once it fits
)

var decisions = []Decision{DecisionSucceeded, DecisionFailed, DecisionAgain}

// UnmarshalText reads a decision strictly.
func (x *Decision) UnmarshalText(b []byte) error { return order.ReadWord("decision", x, decisions, b) }

// ResolveRequest is an operator's decision on one payment or refund that is in review.
type ResolveRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Why      string           `json:"why"`               // kept in the entry, and in a record that failed or is given back: 1 to 500 printable characters
	Payment  order.PaymentID  `json:"payment,omitempty"` // this, or
	Refund   order.RefundID   `json:"refund,omitempty"`
	Decision Decision         `json:"decision"`
	Trade    string           `json:"trade,omitempty"`   // of a payment that succeeded: the gateway's number
	Captured order.Money      `json:"captured,omitzero"` // of a payment: what was taken, where the gateway says something else, or it failed: then it goes back
	Surplus  payment.Surplus  `json:"surplus,omitempty"` // of a payment that succeeded: what becomes of what was captured over what was asked for
}

// Check reports the first thing about x that is not valid, as an [*order.FieldError].
func (x ResolveRequest) Check() error {
	if err := checkActor(x.Customer, x.By); err != nil {
		return err
	}
	if err := cmp.Or(order.CheckOptional("payment", string(x.Payment)), order.CheckOptional("refund", string(x.Refund))); err != nil {
		return err
	}
	if x.Why == "" || x.Why != gateway.Printable(x.Why) {
		return order.Invalid("why", x.Why, "is not 1 to 500 printable characters, without a blank before or after")
	}
	if err := order.CheckWord("decision", x.Decision, decisions); err != nil {
		return err
	}
	switch {
	case (x.Payment == "") == (x.Refund == ""):
		return order.Invalid("payment", string(x.Payment), "or refund: name one of them")
	case x.Refund == "" && x.Decision == DecisionAgain:
		return order.Invalid("decision", string(x.Decision), "is for refunds: see at the gateway what has become of a payment, and say so")
	}
	if x.Trade != "" || x.succeeded() {
		if err := order.CheckID("trade", x.Trade); err != nil {
			return err
		}
	}
	return x.checkCaptured()
}

// succeeded reports whether a payment is said to have succeeded.
func (x *ResolveRequest) succeeded() bool { return x.Payment != "" && x.Decision == DecisionSucceeded }

// checkCaptured checks what was taken, which a request says of a payment alone, and where a
// surplus goes, which it says of a payment that succeeded.
func (x *ResolveRequest) checkCaptured() error {
	succeeded := x.succeeded()
	if m := x.Captured; m != (order.Money{}) {
		switch {
		case x.Refund != "":
			return order.Invalid("captured", m.String(), "is for payments, and a refund is named: leave it out")
		case m.Check() != nil || m.Sign() < 0:
			return order.Invalid("captured", m.String(), "is not an amount of zero or more")
		case succeeded && m.Sign() == 0:
			return order.Invalid("captured", m.String(), "is zero, and the payment succeeded: say "+string(DecisionFailed))
		}
	}
	switch {
	case x.Surplus == "":
		return nil
	case !succeeded:
		return order.Invalid("surplus", string(x.Surplus), "is for payments that succeeded: leave it out")
	}
	return x.Surplus.Check()
}

// Resolve ends a review as an operator decides, with a reason, or lets a refund go on that is parked
// (P18). A record that is no longer in review, or parked, stays as it is. A payment succeeds only if
// at least what was asked for was captured; the operator says whether a surplus goes back or into
// the balance. If less was captured, or another currency, the payment failed, and the money goes
// back. Anything else is an [*order.FieldError] that says what to do, and nothing changes (I3). A
// refund is not asked for again if the gateway gives no refunds, or while less is left of the
// payment, since some was taken back.
func (d *Desk) Resolve(ctx context.Context, x ResolveRequest) error {
	if err := x.Check(); err != nil {
		return err
	}
	return d.forHouse(ctx, x.Customer, "resolve", x.By, func(b *tx) error {
		b.Why = x.Why
		if x.Refund != "" {
			return d.resolveRefund(b, x)
		}
		p, err := b.needPayment(x.Payment)
		if err != nil || p.State != payment.PaymentReview {
			return err
		}
		if x.Decision == DecisionSucceeded {
			return b.succeeded(p, &x)
		}
		return d.failed(b, p, &x)
	})
}

func (d *Desk) resolveRefund(b *tx, x ResolveRequest) error {
	f, err := b.needRefund(x.Refund)
	parked := f.State == payment.RefundParked
	switch {
	case err != nil:
		return err
	case !parked && f.State != payment.RefundReview:
		return nil
	case x.Decision == DecisionAgain:
		if err := d.mayAsk(&f); err != nil {
			return err
		}
		if err := b.fits(&f); err != nil {
			return err
		}
		return b.hearRefund(&f, payment.RefundMove{Event: payment.EventAgain, Why: x.Why})
	case x.Decision == DecisionSucceeded:
		return b.hearRefund(&f, payment.RefundMove{Event: payment.EventResolveDone, Why: x.Why})
	case !parked:
		return order.Invalid("decision", string(x.Decision), "is for payments and refunds that are parked: this one is owed, give it back by hand or ask again")
	}
	p, err := b.paymentOf(&f)
	if err != nil {
		return err
	}
	if f.Cash.Minor() > p.Gone.Minor() {
		return order.Invalid("decision", string(x.Decision), "does not fit: "+p.Gone.String()+" was taken back, which does not stand for "+f.Cash.String()+"; give it back by hand, or ask again once it fits")
	}
	return b.hearRefund(&f, payment.RefundMove{Event: payment.EventResolveFailed, Why: x.Why})
}

// fits reports a refund that is more than is left of its payment (P18).
func (b *tx) fits(f *payment.Refund) error {
	p, err := b.paymentOf(f)
	if err != nil {
		return err
	}
	left := p.Left()
	if !f.Stays() { // else it is not counted
		left = order.Minor(left.Minor()+f.Cash.Minor(), f.Cash.Currency())
	}
	if f.Cash.Minor() <= left.Minor() {
		return nil
	}
	return order.Invalid("decision", string(DecisionAgain), "does not fit: "+p.Gone.String()+" was taken back, and "+left.String()+" is left for "+f.Cash.String()+
		"; wait until more has come again, or do it by hand, and say "+string(DecisionSucceeded))
}

// mayAsk reports why a refund cannot be asked for again: then it is given back by hand.
func (d *Desk) mayAsk(f *payment.Refund) error {
	g, err := d.gateway(f.Gateway)
	if err != nil {
		return err
	}
	if _, ok := g.(gateway.Refunder); !ok {
		return order.Invalid("decision", string(DecisionAgain), "is of no use, gateway "+f.Gateway+" gives no money back: do it by hand, and say "+string(DecisionSucceeded))
	}
	return nil
}

// succeeded settles a payment whose money was taken, as an operator says. What was captured is
// what the operator says, else what the gateway said, else what was asked for. A smaller
// amount or another currency settles nothing; a surplus goes where the operator says (I3).
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
		return order.Invalid("surplus", string(x.Surplus), "has nothing to go to: "+taken.String()+" was captured, as was asked for; leave it out")
	case over > 0 && x.Surplus == "":
		return order.Invalid("surplus", "", "is required: "+order.Minor(over, taken.Currency()).String()+" more than was asked for was captured; say "+
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
	id := p.RefundID("", "", "")
	if err := b.Need(ledger.KindRefund, string(id)); err != nil {
		return err
	}
	f := payment.Refund{ID: id, Customer: b.Customer, Payment: p.ID, Cash: p.Over(), Method: payment.MethodOnline, Made: b.At,
		Gateway: p.Gateway, Charge: p.Key, Trade: p.Trade, Key: p.RefundKey(id)}
	f, _ = f.Apply(payment.RefundMove{Event: payment.EventMake, At: b.At})
	ledger.Put(b.Tx, ledger.Refunds, f)
	return nil
}

// credit puts a surplus into the cash account.
func (b *tx) credit(amount order.Money) error {
	err := b.toCash(amount)
	if errors.Is(err, order.ErrOverflow) {
		return &order.FieldError{Field: "surplus", Value: string(payment.SurplusBalance), Reason: "is more than the balance can hold: say " + string(payment.SurplusRefund), Err: err}
	}
	return err
}

// failed releases a payment of which an operator says that no money was taken, or that what
// was goes back. Where the gateway says that it captured some, the operator says how much.
func (d *Desk) failed(b *tx, p payment.Payment, x *ResolveRequest) error {
	if said := p.Captured; x.Captured == (order.Money{}) && said != (order.Money{}) {
		return order.Invalid("captured", "", "is required: the gateway says that it captured "+said.String()+"; say so, and it goes back, or "+
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
		p.DueAt = b.next(&p, g.Traits())
		ledger.Put(b.Tx, ledger.Payments, p)
	}
	return nil
}
