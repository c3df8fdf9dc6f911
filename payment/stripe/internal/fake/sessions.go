package fake

import "time"

type session struct {
	id, status, customer, currency string
	amount, created                int64
	expires                        time.Time
	metadata, of                   map[string]string
	keep                           bool
	intent                         *intent
}

func (s *Stripe) createSession(f form) (map[string]any, *problem) {
	const price = "line_items[0][price_data]"
	x := &session{status: "open", customer: f.Get("customer"), currency: f.Get(price + "[currency]"), amount: f.number(price + "[unit_amount]"), created: s.now.Unix(),
		expires: time.Unix(f.number("expires_at"), 0), metadata: f.metadata("metadata"), of: f.metadata("payment_intent_data[metadata]"),
		keep: f.Get("payment_intent_data[setup_future_usage]") == "off_session"}
	switch {
	case f.Get("success_url") == "" || f.Get("mode") != "payment" || f.Get(price+"[product_data][name]") == "":
		return nil, bad("parameter_missing", "Missing required param")
	case x.expires.Before(s.now.Add(30*time.Minute)) || x.expires.After(s.now.Add(24*time.Hour)):
		return nil, bad("parameter_invalid_integer", "The expires_at timestamp must be 30 minutes to 24 hours from now")
	}
	if wrong := sound(x.amount, x.currency); wrong != nil {
		return nil, wrong
	}
	x.id = s.id("cs")
	s.sessions = append(s.sessions, x)
	return s.renderSession(x, f), nil
}

func (s *Stripe) listSessions(f form) map[string]any {
	all := []map[string]any{}
	for i := len(s.sessions) - 1; i >= 0; i-- {
		if x := s.sessions[i]; f.listed(x.created, x.customer) {
			all = append(all, s.renderSession(x, f))
		}
	}
	return page(f, all)
}

func (s *Stripe) onSession(verb string, path []string, f form) (map[string]any, *problem) {
	for _, x := range s.sessions {
		if x.id != path[0] {
			continue
		}
		if len(path) > 1 && path[1] == "expire" {
			if x.status != "open" {
				return nil, bad("", "Only Checkout Sessions with a status in [\"open\"] can be expired.")
			}
			s.expire(x)
		}
		return s.renderSession(x, f), nil
	}
	return nil, absent("checkout.session: '" + path[0] + "'")
}

func (s *Stripe) expire(x *session) {
	x.status = "expired"
	if x.intent != nil && x.intent.open() {
		s.cancel(x.intent)
	}
	s.tell("checkout.session.expired", s.renderSession(x, form{}))
}

// payOn has the customer pay on the page of a session with a card of theirs. A card that is declined
// leaves the page open; a debit ends it, and is decided later.
func (s *Stripe) payOn(x *session, card Card) {
	if x.status != "open" {
		return
	}
	if x.intent == nil {
		pi := &intent{id: s.id("pi"), currency: x.currency, amount: x.amount, customer: x.customer, metadata: x.of, created: s.now.Unix(), keep: x.keep,
			status: "requires_payment_method", session: x}
		x.intent = pi
		s.intents = append(s.intents, pi)
	}
	m := &method{id: s.id("pm"), card: card}
	if card == CardAuthenticates { // of which the holder has confirmed, or was asked
		m.card = CardGood
	}
	s.methods[m.id] = m
	x.intent.method = m.id
	s.charge(x.intent, card)
	if st := x.intent.status; st == "succeeded" || st == "processing" {
		x.status = "complete"
		s.tell("checkout.session.completed", s.renderSession(x, form{}))
	}
}

// pageURL is where a session is paid.
func pageURL(x *session) string { return "https://checkout.stripe.example/c/pay/" + x.id }

func (s *Stripe) renderSession(x *session, f form) map[string]any {
	o := map[string]any{"id": x.id, "object": "checkout.session", "status": x.status, "customer": null(x.customer), "currency": x.currency, "amount_total": x.amount,
		"created": x.created, "expires_at": x.expires.Unix(), "metadata": x.metadata, "mode": "payment", "payment_intent": nil, "url": nil, "payment_status": "unpaid"}
	if x.status == "open" {
		o["url"] = pageURL(x)
	}
	if x.intent != nil {
		o["payment_intent"] = x.intent.id
		if f.expands("payment_intent") {
			o["payment_intent"] = s.render(x.intent, f)
		}
		if x.intent.status == "succeeded" {
			o["payment_status"] = "paid"
		}
	}
	return o
}
