package desk

import (
	"cmp"
	"context"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
)

// Quote says what a payment would be now, or why not, and holds nothing. It needs the key that
// the payment will have, since a second authentication is for that payment. It refuses what
// Pay would refuse, with the same reason, except for a key that another request has used.
//
// A gateway that the request names and the Desk does not have is [payment.ReasonBadRequest].
// If the request names no gateway and the Desk lacks the customer's, the host is
// misconfigured: the error is an [*order.FieldError], and [payment.ErrHost].
func (d *Desk) Quote(ctx context.Context, r payment.Request) (payment.Quote, error) {
	if err := r.Asked(); err != nil {
		return payment.Quote{}, err
	}
	r.By = actor(r.By, r.Customer)
	c, err := d.customerOf(ctx, r.Customer)
	if err != nil {
		return payment.Quote{}, err
	}
	b, err := d.open(c, "quote", r.By)
	if err != nil {
		return payment.Quote{}, err
	}
	return d.quote(ctx, b, r)
}

// quote judges a request on what is in the store now and on what the host's checks find. What
// the policy and the Desk refuse comes first. Pay has looked for the payment of its key
// before, so that a change of policy does not change an answer that was given (P13).
func (d *Desk) quote(ctx context.Context, b *tx, r payment.Request) (payment.Quote, error) {
	if refusal := r.Within(b.Policy); refusal != nil {
		return payment.Quote{}, refusal
	}
	if r.Gateway != "" && d.Gateways[r.Gateway] == nil {
		return payment.Quote{}, payment.Refuse(payment.ReasonBadRequest, order.Invalid("gateway", r.Gateway, "is unknown to the Desk: name another, or leave it out"))
	}
	if err := d.decide(ctx, b, func() error { return b.makeRoom(&r) }); err != nil {
		return payment.Quote{}, err
	}
	f, err := d.offered(ctx, b, r)
	if err != nil {
		return payment.Quote{}, err
	}
	f.Accounts = b.Now.Accounts
	in := Inquiry{Customer: b.Customer, By: r.By, Orders: f.Orders, At: b.At}
	if f.Findings, err = d.ask(ctx, b.Step, in); err != nil {
		return payment.Quote{}, err
	}
	if f.Authenticated, err = d.authenticated(ctx, b, in, r.Payment()); err != nil {
		return payment.Quote{}, err
	}
	// The checks may have taken their time.
	if b.At, err = d.now(); err != nil {
		return payment.Quote{}, err
	}
	q, err := d.judged(ctx, b, r, f, in)
	if err == nil {
		err = b.checkTimely(q.Orders)
	}
	if err != nil || !q.Charged() {
		return q, err
	}
	if d.Gateways[q.Gateway] == nil { // which the host says, not the request
		return payment.Quote{}, misset("customer.gateway", q.Gateway, "is unknown to the Desk, and the request names no other: correct one of them")
	}
	g, err := d.gateway(q.Gateway)
	if err == nil {
		err = accepts(g, gateway.Charge{Gateway: q.Gateway, Customer: b.Customer, Payment: r.Payment(), Amount: q.Sum.Cash, At: b.At,
			Instrument: b.call.Charges(&r, q.Gateway), Absent: r.By == payment.ByDesk, Keep: r.Keep})
	}
	if err != nil {
		return payment.Quote{}, err
	}
	return q, nil
}

// accepts refuses what a gateway says beforehand that it never takes.
func accepts(g gateway.Gateway, c gateway.Charge) error {
	a, can := g.(gateway.Accepter)
	if !can {
		return nil
	}
	if why := a.Accepts(c); why != nil {
		return payment.Refusef(payment.ReasonMethod, "gateway %s does not take %s: %s", c.Gateway, c.Amount, gateway.Printable(why.Error()))
	}
	return nil
}

// checkTimely refuses what could not be carried out any more if it were paid now: a renewal to a
// unified day whose odd days were counted from another day than it would begin on (R1), and a change
// of which a period that was priced has ended (Q8).
func (b *tx) checkTimely(orders []order.Order) error {
	for i := range orders {
		for _, r := range b.renewedBy(&orders[i]) {
			if _, err := r.ApplyRenewal(b.At, b.Policy.Renewal); err != nil && (r.Asked.Day != 0 || r.Asked.Product != "") {
				return &payment.Refusal{Reason: payment.ReasonState, Orders: []order.ID{orders[i].ID}, Text: "order " + string(orders[i].ID) + ": " + err.Error(), Err: err}
			}
		}
	}
	return nil
}

// authenticated asks for the second factor, where the customer is protected by one (P8);
// nobody sits at an automatic renewal.
func (d *Desk) authenticated(ctx context.Context, b *tx, in Inquiry, id order.PaymentID) (bool, error) {
	if in.By == payment.ByDesk || !b.call.Protected || d.SecondFactor == nil {
		return in.By == payment.ByDesk, nil
	}
	yes, err := d.SecondFactor.Authenticated(ctx, in, id)
	d.trace("authenticated", b.Customer, string(id), err)
	if err != nil {
		return false, hostError(ctx, "authentication", b.Customer, err)
	}
	return yes, nil
}

// judged judges a request on facts that lack the card. The wallet is asked for the card, and whose
// an instrument is, only if nothing else refuses and something is left to be charged (O13), or the
// request names one (P19).
func (d *Desk) judged(ctx context.Context, b *tx, r payment.Request, f payment.Facts, in Inquiry) (payment.Quote, error) {
	if d.Wallets == nil && r.Instrument == "" && b.call.Instrument == "" {
		return r.Quote(f, b.At)
	}
	q, err := r.QuoteBeforeCard(f, b.At, false)
	named := r.Instrument != ""
	if err != nil || !q.Charged() && !named {
		return q, err
	}
	at := cmp.Or(q.Gateway, r.Gateway, b.call.Gateway)
	f.Card, err = d.card(ctx, b, in, at, b.call.Charges(&r, at), named)
	if err != nil {
		return payment.Quote{}, err
	}
	if d.Wallets == nil {
		return r.Quote(f, b.At)
	}
	if b.At, err = d.now(); err != nil {
		return payment.Quote{}, err
	}
	return r.Quote(f, b.At)
}
