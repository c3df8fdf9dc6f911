package fake

import (
	"strings"
)

// Card is how a saved card, or an account, behaves when it is charged.
//
// One of: good, authenticates, processes, or a decline code such as insufficient_funds.
type Card string

const (
	CardGood          Card = "good"
	CardAuthenticates Card = "authenticates" // its holder confirms on a page; while nobody is there it is declined for that
	CardProcesses     Card = "processes"     // a debit, which takes days
)

// plan is what is to become of a charge whatever its card says.
type plan struct {
	card Card
	set  bool
}

type method struct {
	id, customer string
	card         Card
}

type intent struct {
	id, currency, customer, method, status string
	amount, received, refunded, created    int64
	metadata                               map[string]string
	keep, offSession                       bool
	next                                   string // where the customer confirms
	lastCode, lastDecline, lastMessage     string
	charge                                 string
	disputed                               bool
	session                                *session
}

// minimal are the least amounts that the fake holds to.
var minimal = map[string]int64{"usd": 50, "eur": 50, "jpy": 50, "gbp": 30}

// whole are the currencies of two digits that must be zeros.
var whole = map[string]int64{"isk": 100, "ugx": 100, "kwd": 10, "bhd": 10, "jod": 10, "omr": 10, "tnd": 10}

// sound reports an amount that Stripe does not take.
func sound(amount int64, currency string) *problem {
	switch {
	case amount < max(1, minimal[currency]):
		return bad("amount_too_small", "Amount must be at least so much")
	case amount > 999_999_999_999:
		return bad("amount_too_large", "Amount must be no more than so much")
	case whole[currency] > 0 && amount%whole[currency] != 0:
		return bad("parameter_invalid_integer", "Invalid amount for "+currency)
	}
	return nil
}

func (s *Stripe) createIntent(f form) (map[string]any, *problem) {
	x := &intent{currency: f.Get("currency"), amount: f.number("amount"), customer: f.Get("customer"), method: f.Get("payment_method"), metadata: f.metadata("metadata"),
		created: s.now.Unix(), keep: f.Get("setup_future_usage") == "off_session", status: "requires_payment_method"}
	if wrong := sound(x.amount, x.currency); wrong != nil {
		return nil, wrong
	}
	if x.method != "" {
		m := s.methods[x.method]
		if m == nil || m.customer != "" && m.customer != x.customer {
			return nil, absent("PaymentMethod: '" + x.method + "'")
		}
		x.status = "requires_confirmation"
	}
	x.id = s.id("pi")
	s.intents = append(s.intents, x)
	return s.render(x, f), nil
}

func (s *Stripe) intent(id string) *intent {
	for _, x := range s.intents {
		if x.id == id {
			return x
		}
	}
	return nil
}

func (s *Stripe) listIntents(f form) map[string]any {
	all := []map[string]any{}
	for i := len(s.intents) - 1; i >= 0; i-- {
		if x := s.intents[i]; f.listed(x.created, x.customer) {
			all = append(all, s.render(x, f))
		}
	}
	return page(f, all)
}

func (s *Stripe) onIntent(verb string, path []string, f form) (map[string]any, *problem) {
	x := s.intent(path[0])
	if x == nil {
		return nil, absent("payment_intent: '" + path[0] + "'")
	}
	act := verb
	if len(path) > 1 {
		act = path[1]
	}
	switch act {
	case "POST":
		for name, word := range f.metadata("metadata") {
			x.metadata[name] = word
		}
	case "confirm":
		if wrong := s.confirm(x, f); wrong != nil {
			return nil, wrong
		}
	case "cancel":
		if x.session != nil || !x.open() {
			return nil, bad("payment_intent_unexpected_state", "You cannot cancel this PaymentIntent because it has a status of "+x.status)
		}
		s.cancel(x)
	}
	return s.render(x, f), nil
}

func (x *intent) open() bool { return strings.HasPrefix(x.status, "requires_") }

func (s *Stripe) cancel(x *intent) {
	x.status, x.next = "canceled", ""
	s.tell("payment_intent.canceled", s.render(x, form{}))
}

func (s *Stripe) confirm(x *intent, f form) *problem {
	if x.status != "requires_confirmation" {
		return bad("payment_intent_unexpected_state", "This PaymentIntent's status is "+x.status)
	}
	if f.Get("return_url") == "" {
		return bad("parameter_missing", "This PaymentIntent might redirect the customer: provide a return_url")
	}
	m := s.methods[x.method]
	if m == nil {
		return absent("PaymentMethod: '" + x.method + "'")
	}
	x.offSession = f.Get("off_session") == "true"
	s.charge(x, s.card(x, m.card))
	if x.lastCode != "" {
		return &problem{status: 402, kind: "card_error", code: x.lastCode, decline: x.lastDecline, message: x.lastMessage, intent: s.render(x, form{})}
	}
	return nil
}

// card is how a card behaves for an intent: as it is planned, or as it is.
func (s *Stripe) card(x *intent, card Card) Card {
	if p := s.plans[x.key()]; p.set {
		return p.card
	}
	return card
}

func (x *intent) key() string {
	if x.session != nil {
		return x.session.metadata["duebook_key"]
	}
	return x.metadata["duebook_key"]
}

// charge has a card charged.
func (s *Stripe) charge(x *intent, card Card) {
	x.lastCode, x.lastDecline, x.lastMessage, x.next = "", "", "", ""
	switch card {
	case CardGood:
		s.succeed(x)
	case CardProcesses:
		x.status = "processing"
		x.charge = s.id("py")
		s.tell("payment_intent.processing", s.render(x, form{}))
	case CardAuthenticates:
		if x.offSession {
			s.decline(x, "authentication_required", "authentication_required")
			return
		}
		x.status, x.next = "requires_action", "https://hooks.stripe.example/3ds/"+x.id
		s.tell("payment_intent.requires_action", s.render(x, form{}))
	default:
		s.decline(x, "card_declined", string(card))
	}
}

func (s *Stripe) succeed(x *intent) {
	x.status, x.received, x.next = "succeeded", x.amount, ""
	if x.charge == "" || x.lastCode != "" {
		x.charge = s.id("ch")
	}
	x.lastCode, x.lastDecline, x.lastMessage = "", "", ""
	if m := s.methods[x.method]; m != nil && x.keep && m.customer == "" {
		m.customer = x.customer
	}
	s.moves = append(s.moves, Move{Key: x.key(), Kind: "charge", Amount: x.amount})
	s.tell("payment_intent.succeeded", s.render(x, form{}))
}

func (s *Stripe) decline(x *intent, code, decline string) {
	x.status, x.next, x.lastCode, x.lastDecline, x.lastMessage = "requires_payment_method", "", code, decline, "Your card was declined."
	switch decline {
	case "insufficient_funds":
		x.lastMessage = "Your card has insufficient funds."
	case "authentication_required":
		x.lastMessage = "Your card was declined. This transaction requires authentication."
	}
	x.charge = s.id("ch")
	s.tell("payment_intent.payment_failed", s.render(x, form{}))
}

// render writes an intent as Stripe does, with its charge where that is asked for.
func (s *Stripe) render(x *intent, f form) map[string]any {
	o := map[string]any{"id": x.id, "object": "payment_intent", "amount": x.amount, "amount_received": x.received, "currency": x.currency, "created": x.created,
		"customer": null(x.customer), "payment_method": null(x.method), "status": x.status, "metadata": x.metadata, "client_secret": x.id + "_secret_fake",
		"next_action": nil, "last_payment_error": nil, "latest_charge": null(x.charge), "setup_future_usage": nil}
	if x.keep {
		o["setup_future_usage"] = "off_session"
	}
	if x.next != "" {
		o["next_action"] = map[string]any{"type": "redirect_to_url", "redirect_to_url": map[string]any{"url": x.next}}
	}
	if x.lastCode != "" {
		o["last_payment_error"] = map[string]any{"type": "card_error", "code": x.lastCode, "decline_code": x.lastDecline, "message": x.lastMessage,
			"payment_method": map[string]any{"id": x.method, "object": "payment_method"}}
	}
	if x.charge != "" && f.expands("latest_charge") {
		o["latest_charge"] = s.renderCharge(x)
	}
	return o
}

func (s *Stripe) renderCharge(x *intent) map[string]any {
	o := map[string]any{"id": x.charge, "object": "charge", "amount": x.amount, "currency": x.currency, "disputed": x.disputed, "balance_transaction": nil, "payment_intent": x.id}
	if x.status == "succeeded" {
		o["balance_transaction"] = map[string]any{"id": "txn_" + x.id, "object": "balance_transaction", "amount": x.amount, "currency": x.currency, "fee": (x.amount/100)*3 + fixed(x.currency)}
	}
	if x.lastDecline == "do_not_honor" {
		o["outcome"] = map[string]any{"type": "issuer_declined", "advice_code": "do_not_try_again"}
	}
	return o
}

// fixed is the fixed part of a fee.
func fixed(currency string) int64 {
	if currency == "usd" || currency == "eur" {
		return 30
	}
	return 0
}

// null is what stands for an ID that is not there.
func null(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// owned answers whether a saved instrument is a customer's.
func (s *Stripe) owned(customer, id string) (map[string]any, *problem) {
	m := s.methods[id]
	if m == nil || m.customer != customer {
		return nil, absent("PaymentMethod: '" + id + "'")
	}
	return map[string]any{"id": m.id, "object": "payment_method", "customer": m.customer, "type": "card",
		"card": map[string]any{"brand": "visa", "last4": "4242", "country": "US", "funding": "credit"}}, nil
}
