package payment

import (
	"context"
	"errors"
	"time"

	"github.com/duebook/duebook/order"
)

// Quote says what a payment would be now, or why not, and holds nothing. It needs the key
// that the payment will have: the quote names the payment, and a second authentication is
// for it. What Pay would refuse Quote refuses, with the same reason; only a key of another
// request is Pay's alone to find.
//
// A gateway that the request names and the Desk does not have is [ReasonBadRequest]. Where
// the request names none, that the Desk has not the customer's is a fault of the host's: an
// [*order.FieldError], and no refusal.
func (d *Desk) Quote(ctx context.Context, r Request) (Quote, error) {
	if err := r.asked(); err != nil {
		return Quote{}, err
	}
	c, err := d.customerOf(ctx, r.Customer)
	if err != nil {
		return Quote{}, err
	}
	b, err := d.open(ctx, c, "quote", r.By)
	if err != nil {
		return Quote{}, err
	}
	return d.quote(ctx, b, r)
}

// asked reports a request that is not sound, or is of nobody.
func (r Request) asked() error {
	err := r.Check()
	if err == nil && r.By == desk {
		err = field("by", desk, "is the Desk itself: say who acts")
	}
	if err != nil {
		return refuse(ReasonBadRequest, err)
	}
	return nil
}

// quote judges a request on what stands in the store now, and what the host's checks say;
// what policy and Desk alone can refuse first. Pay has looked for its key's payment by then:
// that stays the same, whatever a policy or the Desk has become (P13).
func (d *Desk) quote(ctx context.Context, b *book, r Request) (Quote, error) {
	if refusal := r.within(b.policy); refusal != nil {
		return Quote{}, refusal
	}
	if r.Gateway != "" && d.Gateways[r.Gateway] == nil {
		return Quote{}, refuse(ReasonBadRequest, field("gateway", r.Gateway, "is none that the Desk has: name another, or none"))
	}
	if err := b.needRequest(&r); err != nil {
		return Quote{}, err
	}
	if err := b.vacate(r.wanted, r.Orders); err != nil {
		return Quote{}, err
	}
	f, err := d.offered(ctx, b, r)
	if err != nil {
		return Quote{}, err
	}
	f.Accounts = b.now.Accounts
	in := inquiry(b, r.By, f.Orders)
	if f.Said, err = d.ask(ctx, b, d.Checks, in); err != nil {
		return Quote{}, err
	}
	if gateway := orElse(r.Gateway, b.facts.Gateway); r.Method == MethodOnline && d.Wallets != nil {
		f.Card, err = d.Wallets.Card(ctx, in, gateway)
		d.trace("card", b.customer, gateway, err)
		if err != nil {
			return Quote{}, &hostError{"card", b.customer, err}
		}
	}
	f.Authenticated = r.By == desk // nobody sits at an automatic renewal
	if b.facts.Protected && !f.Authenticated && d.Seconds != nil {
		f.Authenticated, err = d.Seconds.Authenticated(ctx, in, r.Payment())
		d.trace("authenticated", b.customer, string(r.Payment()), err)
		if err != nil {
			return Quote{}, &hostError{"authentication", b.customer, err}
		}
	}
	// The clock after the checks, which may have taken their time.
	if b.at, err = d.now(); err != nil {
		return Quote{}, err
	}
	q, err := r.Quote(f, b.at)
	if err != nil || q.Method != MethodOnline || q.Sum.Cash.Sign() == 0 {
		return q, err
	}
	if d.Gateways[q.Gateway] == nil { // which the host says, not the request
		return Quote{}, field("customer.gateway", q.Gateway, "is none that the Desk has, and the request names none: mend one of them")
	}
	if _, err := d.gateway(q.Gateway); err != nil {
		return Quote{}, err
	}
	return q, nil
}

// ask asks checks of the host.
func (d *Desk) ask(ctx context.Context, b *book, checks Checks, in Inquiry) (Findings, error) {
	said, err := checks.Ask(ctx, in)
	d.trace("checks", b.customer, b.step, err)
	if err != nil {
		return said, &hostError{"checks", b.customer, err}
	}
	return said, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Pay pays what a request asks for, whole or not at all. The payment that it returns has
// succeeded, has failed, or is pending: its Action, if any, is where to send the customer,
// and the sweep finds out how it ends, also where something fails once it is held. A
// [*Refusal] says why nothing is paid; then nothing is held, and the key is free. The same
// key with the same request again is the same payment, with another one [ReasonKey] (P13).
func (d *Desk) Pay(ctx context.Context, r Request) (Payment, error) {
	if err := r.asked(); err != nil {
		return Payment{}, err
	}
	c, err := d.customerOf(ctx, r.Customer)
	if err != nil {
		return Payment{}, err
	}
	var p Payment
	fresh := false
	if err := d.transact(ctx, c, "hold", r.By, func(b *book) error {
		p, fresh, err = d.hold(ctx, b, r)
		return err
	}); err != nil {
		return Payment{}, err
	}
	switch {
	case p.State.Final() || p.State == PaymentReview:
		return p, nil
	case fresh:
		p, _ = d.send(ctx, c, p)
	default:
		p, _ = d.lookUp(ctx, c, p, false)
	}
	return p, nil // it is held, whatever has failed since: the sweep goes on
}

// hold holds what a request asks for, or finds the payment that its key has made.
func (d *Desk) hold(ctx context.Context, b *book, r Request) (p Payment, fresh bool, err error) {
	if err := b.need(KindPayment, string(r.Payment())); err != nil {
		return Payment{}, false, err
	}
	if p, ok := get(b, payments, string(r.Payment())); ok {
		if !p.Request.Same(r) {
			return Payment{}, false, &Refusal{Reason: ReasonKey, Text: "key " + string(r.Key) + " is used for another request: use another key"}
		}
		return p, false, nil
	}
	q, err := d.quote(ctx, b, r)
	if err != nil {
		if p, there := d.meanwhile(ctx, b, r, err); there {
			return p, false, nil
		}
		return Payment{}, false, err
	}
	if p, err = b.hold(r, q); err != nil {
		var host *hostError
		if errors.As(err, &host) {
			return Payment{}, false, err
		}
		return Payment{}, false, refuse(reasonOf(err), err) // a resource that is gone, say
	}
	if p.State == PaymentPending {
		if err := d.aim(b, &p); err != nil {
			return Payment{}, false, err
		}
		put(b, payments, p)
	}
	return p, true, nil
}

// meanwhile looks once more for the payment of a request that was refused: somebody who says
// the same may have held it between one load and the next, and that is what refused it.
func (d *Desk) meanwhile(ctx context.Context, b *book, r Request, err error) (Payment, bool) {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return Payment{}, false
	}
	p, err := d.find(ctx, b.facts, b.step, r.Payment())
	if err != nil || !p.Request.Same(r) {
		return Payment{}, false
	}
	b.undo()
	return p, true
}

// aim gives a payment the key that its gateway is asked with, and the time of the first
// look at it, should this host die now.
func (d *Desk) aim(b *book, p *Payment) error {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return err
	}
	p.Key = g.Traits().key(string(p.ID))
	p.Sent, p.Last = b.at, b.at
	p.Waits = b.next(p, g.Traits())
	return nil
}

func (d *Desk) gateway(of string) (Gateway, error) {
	g := d.Gateways[of]
	if g == nil {
		return nil, field("gateway", of, "is none that the Desk has")
	}
	if err := g.Traits().Check(); err != nil {
		return nil, under("gateway "+of+".traits", err)
	}
	return g, nil
}

// send charges a payment that is held, with its key.
func (d *Desk) send(ctx context.Context, c *Customer, p Payment) (Payment, error) {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	out, err := g.Charge(ctx, p.Charge())
	d.trace("charge", p.Customer, string(p.ID), err)
	if err != nil {
		return p, nil // unknown: it stays pending, and the sweep looks
	}
	return d.conclude(ctx, c, p, out)
}

// lookUp asks the gateway what has become of a payment, and does what follows. A sweep
// may send it again, or give it up; a caller who asks does not.
func (d *Desk) lookUp(ctx context.Context, c *Customer, p Payment, sweep bool) (Payment, error) {
	g, err := d.gateway(p.Gateway)
	if err != nil {
		return p, err
	}
	out, err := g.Lookup(ctx, p.Charge())
	d.trace("lookup", p.Customer, string(p.ID), err)
	if err != nil {
		return p, nil
	}
	if out.Status == StatusNotFound && sweep {
		return d.notFound(ctx, c, p, g)
	}
	if out.Status == StatusAction || out.Status == StatusProcessing {
		return d.stillOpen(ctx, c, p, out, g, sweep)
	}
	return d.conclude(ctx, c, p, out)
}

// conclude does what an outcome decides: settle, release or review; what is open stays so.
// On an error it returns the payment as it was read last.
func (d *Desk) conclude(ctx context.Context, c *Customer, p Payment, out Outcome) (Payment, error) {
	step := "settle"
	charge := p.Charge()
	wrong := out.wrong(&charge)
	out.Text = printable(out.Text)
	switch {
	case wrong != "":
		step = "review"
	case out.Status == StatusDeclined, out.Status == StatusCanceled:
		step = "release"
	case out.Status == StatusAction:
		step = "action"
	case out.Status == StatusProcessing && !p.Absent.IsZero():
		step = "seen"
	case out.Status != StatusCaptured:
		return p, nil
	}
	was := p
	err := d.transact(ctx, c, step, desk, func(b *book) error {
		now, err := b.needPayment(p.ID)
		if err != nil {
			return err
		}
		p, was = now, now
		if wrong != "" {
			return b.contradicted(&p, out, wrong)
		}
		switch out.Status {
		case StatusCaptured:
			return b.captured(&p, out)
		case StatusAction:
			b.acts(&p, out.Action)
			return nil
		case StatusProcessing:
			b.seen(&p)
			return nil
		}
		if !p.State.open() {
			return nil // it has ended; a review is for an operator
		}
		if g, err := d.gateway(p.Gateway); err != nil || !g.Traits().lives(p.Sent, b.at) {
			b.review(&p, "the gateway may have forgotten the key, and says "+string(out.Status)+": see there, and resolve it")
			return err
		}
		state := PaymentFailed
		if out.Status == StatusCanceled {
			if state = PaymentCanceled; p.State == PaymentPending {
				state = PaymentFailed // nobody here asked for it
			}
		}
		p, err = b.release(p, state, orElse(out.Text, string(out.Status)))
		return err
	})
	if err != nil {
		return was, err
	}
	return p, nil
}

// captured settles a payment whose money has been taken. Money of one that has ended
// without it goes back.
func (b *book) captured(p *Payment, out Outcome) (err error) {
	switch p.State {
	case PaymentPending, PaymentCanceling:
		*p, err = b.settle(*p, out.Trade)
	case PaymentFailed, PaymentCanceled:
		err = b.late(p, out, "")
	}
	return err
}

// contradicted stops a payment of which the gateway says what cannot be (I2): an operator
// decides. One that has ended stays as it is; what was taken for it in error goes back.
func (b *book) contradicted(p *Payment, out Outcome, wrong string) error {
	switch {
	case p.State.open():
		b.review(p, wrong)
	case p.State.Final() && p.State != PaymentSucceeded && out.Status == StatusCaptured && out.Amount.Sign() > 0 && out.Amount.Check() == nil:
		return b.late(p, out, wrong)
	}
	return nil
}

// review leaves a payment to an operator: everything stays held.
func (b *book) review(p *Payment, why string) {
	p.State, p.Reason, p.Waits, p.Action, p.Changed = PaymentReview, why, time.Time{}, "", later(p.Changed, b.at)
	put(b, payments, *p)
}

// late gives money back that a payment got which had ended without it, once; what the
// gateway says wrongly of it is for an operator, until it says it right.
func (b *book) late(p *Payment, out Outcome, wrong string) (err error) {
	if p.Late == (order.Money{}) || wrong == "" {
		*p, err = b.refundLate(*p, out, wrong)
	}
	return err
}

// acts notes where the customer finishes a payment, and of one that is to be canceled that
// the customer still can.
func (b *book) acts(p *Payment, url string) {
	switch {
	case p.State == PaymentPending && p.Action != url:
		p.Action = url
	case !p.State.open() || p.Acts:
		return
	}
	p.Acts, p.Absent = true, time.Time{}
	put(b, payments, *p)
}

// seen forgets that the gateway did not have a charge: it has.
func (b *book) seen(p *Payment) {
	if !p.Absent.IsZero() {
		p.Absent = time.Time{}
		put(b, payments, *p)
	}
}

// CancelPayment gives a payment up that is pending: it is looked up first, then canceled as
// soon as the gateway says that no money will come, at the latest by the sweep, and succeeds
// where the money was faster. One that has ended is returned as it is.
func (d *Desk) CancelPayment(ctx context.Context, customer order.CustomerID, by string, id order.PaymentID) (Payment, error) {
	if err := checkIDs(namedWord{"customer", string(customer)}, namedWord{"by", by}, namedWord{"payment", string(id)}); err != nil {
		return Payment{}, err
	}
	c, err := d.customerOf(ctx, customer)
	if err != nil {
		return Payment{}, err
	}
	p, err := d.find(ctx, c, "cancel payment", id)
	switch {
	case err != nil:
		return Payment{}, err
	case p.Bill != "":
		return Payment{}, field("payment", string(id), "charges a bill, which is tried again: it is not canceled")
	case !p.State.open():
		return p, nil
	}
	g, gone := d.gateway(p.Gateway)
	traits := Traits{}
	if gone == nil { // else it is canceled once the Desk has its gateway again
		traits = g.Traits()
		if p, err = d.lookUp(ctx, c, p, false); err != nil || !p.State.open() {
			return p, err
		}
	}
	if err := d.transact(ctx, c, "cancel payment", by, func(b *book) error {
		var err error
		if p, err = b.needPayment(id); err != nil {
			return err
		}
		if p.State == PaymentPending {
			b.giveUp(&p, traits, "canceled by "+by)
		}
		return nil
	}); err != nil {
		return Payment{}, err
	}
	if p.State == PaymentCanceling && gone == nil {
		p, _ = d.cancel(ctx, c, p, g, "") // what fails of it is left to the sweep
	}
	return p, nil
}

// giveUp makes a pending payment canceling: it is looked at at once.
func (b *book) giveUp(p *Payment, t Traits, why string) {
	p.State, p.Reason, p.Tries, p.Absent, p.Action = PaymentCanceling, why, 0, time.Time{}, ""
	p.Changed = later(p.Changed, b.at)
	p.Waits = b.next(p, t)
	put(b, payments, *p)
}

// find reads a payment.
func (d *Desk) find(ctx context.Context, c *Customer, step string, id order.PaymentID) (Payment, error) {
	b, err := d.open(ctx, c, step, desk)
	if err != nil {
		return Payment{}, err
	}
	if err := b.need(KindPayment, string(id)); err != nil {
		return Payment{}, err
	}
	p, ok := get(b, payments, string(id))
	if !ok {
		return Payment{}, refusef(ReasonNoOrder, "payment %s: there is none of this customer", id)
	}
	return p, nil
}

// Hint says that a gateway has something to say of a payment: the Desk looks it up, unless
// it is for an operator. It believes nothing else in a notification, which the host has
// verified ([Verifier]).
func (d *Desk) Hint(ctx context.Context, h Hint) (Payment, error) {
	if err := h.Check(); err != nil {
		return Payment{}, err
	}
	c, err := d.customerOf(ctx, h.Customer)
	if err != nil {
		return Payment{}, err
	}
	p, err := d.find(ctx, c, "hint", h.Payment)
	if err != nil || p.Amount == (order.Money{}) || p.State == PaymentReview {
		return p, err
	}
	return d.lookUp(ctx, c, p, false)
}

// Payment returns a payment as it stands. One that is not final is looked up first.
func (d *Desk) Payment(ctx context.Context, customer order.CustomerID, id order.PaymentID) (Payment, error) {
	if err := (Hint{customer, id}).Check(); err != nil {
		return Payment{}, err
	}
	c, err := d.customerOf(ctx, customer)
	if err != nil {
		return Payment{}, err
	}
	p, err := d.find(ctx, c, "payment", id)
	if err != nil || !p.State.open() {
		return p, err
	}
	return d.lookUp(ctx, c, p, false)
}
