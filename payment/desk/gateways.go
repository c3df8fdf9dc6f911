package desk

import (
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
)

func (d *Desk) gateway(of string) (gateway.Gateway, error) {
	g := d.Gateways[of]
	if g == nil {
		return nil, misset("gateway", of, "is unknown to the Desk")
	}
	if err := g.Traits().Check(); err != nil {
		return nil, ofHost(order.Within("gateway "+of+".traits", err))
	}
	return g, nil
}

// said is what a gateway has said of a charge: what nothing can be concluded from is no answer.
func said(out gateway.Outcome, err error) (gateway.Outcome, error) {
	if err == nil {
		err = out.Unclear()
	}
	return out, err
}

// handle is the gateway's own name of a charge or refund, where it can be kept.
func handle(out gateway.Outcome) string {
	if order.CheckText("handle", out.Handle, 255) != nil {
		return ""
	}
	return out.Handle
}

// forClient adds to a payment what the client's own code needs for the action that the gateway asks
// for: it is passed on, and stored nowhere.
func forClient(p payment.Payment, out gateway.Outcome) payment.Payment {
	if p.State == payment.PaymentPending && out.Status == gateway.StatusAction {
		p.Data = out.Data
	}
	return p
}

// chargeOf is what the gateway is asked for.
func chargeOf(p *payment.Payment) gateway.Charge {
	return gateway.Charge{Gateway: p.Gateway, Key: p.Key, Customer: p.Customer, Payment: p.ID, Amount: p.Amount, At: p.FirstSentAt, Handle: p.Handle,
		Instrument: p.Instrument, Absent: p.Absent, Keep: p.Request.Keep}
}

// refundOf is what the gateway is asked to give back.
func refundOf(f *payment.Refund) gateway.Refund {
	return gateway.Refund{Gateway: f.Gateway, Key: f.Key, Charge: f.Charge, Trade: f.Trade, Customer: f.Customer, Payment: f.Payment,
		Refund: f.ID, Order: f.Order, Amount: f.Cash, Handle: f.Handle}
}
