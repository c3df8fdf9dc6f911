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

// chargeOf is what the gateway is asked for.
func chargeOf(p *payment.Payment) gateway.Charge {
	return gateway.Charge{Gateway: p.Gateway, Key: p.Key, Customer: p.Customer, Payment: p.ID, Amount: p.Amount, At: p.FirstSentAt}
}

// refundOf is what the gateway is asked to give back.
func refundOf(f *payment.Refund) gateway.Refund {
	return gateway.Refund{Gateway: f.Gateway, Key: f.Key, Charge: f.Charge, Trade: f.Trade, Customer: f.Customer, Payment: f.Payment,
		Refund: f.ID, Order: f.Order, Amount: f.Cash}
}
