package desk_test

import (
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
)

// online is a payment of ann's that succeeded, of 10.00.
func (w *nthWorld) online() payment.Payment {
	w.place("ann", "o")
	return w.pay(nthRequest("ann", "k", payment.MethodOnline, "o"), payment.PaymentSucceeded)
}

// returned has the bank take so many cents back in all, and nobody hears of it.
func (w *nthWorld) returned(p payment.Payment, cents int64) { w.full.Return(p.Key, usd(cents)) }

// goes has the bank take so many cents back in all, and the gateway tell of it.
func (w *nthWorld) goes(p payment.Payment, cents int64) {
	w.returned(p, cents)
	_, err := w.desk.Hint(nthCtx, gateway.Hint{Customer: p.Customer, Payment: p.ID})
	w.must(err)
}

// nthTold tells of the first payment of ann's that a gateway captured.
func nthTold(w *nthWorld, d *desk.Desk) error {
	for _, p := range w.store.All("ann").Payments {
		if p.Trade != "" && p.Amount.Sign() > 0 {
			_, err := d.Hint(nthCtx, gateway.Hint{Customer: "ann", Payment: p.ID})
			return err
		}
	}
	return errNth
}

// billed is the first payment that charged a bill of ann's.
func (w *nthWorld) billed() (first payment.Payment) {
	for _, p := range w.store.All("ann").Payments {
		if p.Bill != "" && p.State == payment.PaymentSucceeded {
			return p
		}
	}
	w.violate("no bill was charged")
	return first
}

// reopened is a bill of ann's of which 20.00 are due again.
func (w *nthWorld) reopened() {
	w.credited()
	w.goes(w.billed(), 2000)
}

// charging is that bill while it is charged again, and what the gateway says of that.
func (w *nthWorld) charging(out gateway.Outcome) {
	w.reopened()
	w.must(nthBill(desk.DecisionAgain)(w, w.desk))
	w.always(out)
	w.must(nthSweep(w, w.desk))
}

func nthBill(how desk.Decision) func(*nthWorld, *desk.Desk) error {
	return func(w *nthWorld, d *desk.Desk) error {
		bill := w.store.All("ann").Bills[0]
		return d.ResolveBill(nthCtx, desk.ResolveBillRequest{Customer: "ann", By: "op", Why: "agreed", Month: bill.Month, Currency: order.USD, Decision: how})
	}
}
