package payment

import "context"

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
	if err := b.vacateFirsts(r.needs, r.Orders); err != nil {
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
	q, err := d.judged(ctx, b, r, f, in)
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

// judged judges a request on facts that lack the card: the wallet is asked for it only where
// all the rest is as it should be, and something is left to be charged (O13).
func (d *Desk) judged(ctx context.Context, b *book, r Request, f Facts, in Inquiry) (Quote, error) {
	if d.Wallets == nil {
		return r.Quote(f, b.at)
	}
	q, err := r.quote(f, b.at, false)
	if err != nil || q.Method != MethodOnline || q.Sum.Cash.Sign() == 0 {
		return q, err
	}
	f.Card, err = d.Wallets.Card(ctx, in, q.Gateway)
	d.trace("card", b.customer, q.Gateway, err)
	if err != nil {
		return Quote{}, &hostError{"card", b.customer, err}
	}
	if b.at, err = d.now(); err != nil {
		return Quote{}, err
	}
	return r.Quote(f, b.at)
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
