package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"
)

// Save has a customer keep a card, or an account, and returns its ID.
func (s *Stripe) Save(customer string, card Card) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &method{id: s.id("pm"), customer: customer, card: card}
	s.methods[m.id] = m
	return m.id
}

// Loose has somebody make a card that is kept for nobody, as whoever has the publishable key can.
func (s *Stripe) Loose(card Card) string { return s.Save("", card) }

// Remove has a customer take a saved card away.
func (s *Stripe) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.methods, id)
}

// Plan has the saved card that is charged under a key behave so, whatever it is.
func (s *Stripe) Plan(key string, card Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans[key] = plan{card, true}
}

// Pay has the customer of the charge under a key pay it, where they are asked to: on the page of
// Stripe's, with Elements on the host's, or by confirming that it is them. It reports whether they
// could.
func (s *Stripe) Pay(key string, card Card) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pay(key, card)
}

func (s *Stripe) pay(key string, card Card) bool {
	for _, x := range slices.Backward(s.sessions) { // nobody was sent to one that was made again
		if x.metadata["duebook_key"] == key && x.status == "open" {
			s.payOn(x, card)
			return true
		}
	}
	x := s.of(key)
	if x == nil || x.session != nil || x.status != "requires_action" && x.status != "requires_payment_method" { // by nobody but on its page
		return false
	}
	if x.status == "requires_payment_method" {
		m := &method{id: s.id("pm"), card: card}
		s.methods[m.id] = m
		x.method, x.offSession = m.id, false
	}
	s.charge(x, card)
	return true
}

// Attach has the host name a card for what waits for one, without charging it.
func (s *Stripe) Attach(key string, card Card) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.of(key)
	if x == nil || x.session != nil || x.status != "requires_payment_method" {
		return false
	}
	m := &method{id: s.id("pm"), card: card}
	s.methods[m.id] = m
	x.method, x.status = m.id, "requires_confirmation"
	return true
}

// Decide has a debit that is processing end.
func (s *Stripe) Decide(key string, good bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.of(key)
	if x == nil || x.status != "processing" {
		return
	}
	if good {
		s.succeed(x)
		return
	}
	s.decline(x, "charge_failed", "")
	x.lastCode, x.lastMessage = "payment_intent_payment_attempt_failed", "The payment failed."
}

// Dispute has a bank take so much of a charge back, in Stripe's units.
func (s *Stripe) Dispute(key string, amount int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.of(key); x != nil && x.status == "succeeded" {
		s.dispute(x, amount)
	}
}

// Inquire has a bank ask about a charge, without taking anything.
func (s *Stripe) Inquire(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.of(key); x != nil {
		x.disputed = true
		s.disputes = append(s.disputes, &dispute{id: s.id("dp"), status: "warning_needs_response", of: x, amount: x.amount})
	}
}

// Win has all disputes of a charge won.
func (s *Stripe) Win(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.of(key)
	for _, d := range s.disputes {
		if d.of == x && len(d.moved) == 1 {
			s.win(d)
		}
	}
}

// Gone is how much of a charge is taken back.
func (s *Stripe) Gone(key string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone(s.of(key))
}

// EndRefund has the refund under a key be pending, succeeded or failed: now, or when it is made.
func (s *Stripe) EndRefund(key, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends[key] = status
	for _, x := range s.refunds {
		if x.metadata["duebook_key"] == key {
			s.endRefund(x, status)
		}
	}
}

// Taken returns what is in the balance of a charge, in Stripe's units, beside disputes, and its
// currency; "": nothing was taken.
func (s *Stripe) Taken(key string) (units int64, currency string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.intents {
		if x.key() == key && x.received > 0 {
			units, currency = units+x.received-x.refunded, x.currency
		}
	}
	return units, currency
}

// Status is the status of the PaymentIntent under a key; "": there is none.
func (s *Stripe) Status(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.of(key); x != nil {
		return x.status
	}
	return ""
}

// of is the PaymentIntent that is, or can be, paid under a key; the newest where it is several.
func (s *Stripe) of(key string) *intent {
	var of *intent
	for _, x := range s.intents {
		if x.key() == key && (of == nil || of.status != "succeeded") {
			of = x
		}
	}
	return of
}

// tell keeps an event.
func (s *Stripe) tell(kind string, object map[string]any) {
	body, err := json.Marshal(map[string]any{"id": s.id("evt"), "object": "event", "type": kind, "api_version": stripe.APIVersion, "created": s.now.Unix(),
		"data": map[string]any{"object": object}})
	if err == nil {
		s.events = append(s.events, body)
	}
}

// Events returns the bodies of the events since the last call.
func (s *Stripe) Events() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.events
	s.events = nil
	return events
}

// Sign returns the header of an event that is sent at a time.
func Sign(body []byte, at time.Time, secret string) http.Header {
	return http.Header{"Stripe-Signature": {fmt.Sprintf("t=%d,v1=%x", at.Unix(), webhook.ComputeSignature(at, body, secret))}}
}

// PayAt has the customer pay on the page of Stripe's that has a URL. It reports whether it is open.
func (s *Stripe) PayAt(url string, card Card) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sessions {
		if x.status == "open" && pageURL(x) == url {
			s.payOn(x, card)
			return true
		}
	}
	return false
}

// Disputed reports whether a charge was disputed.
func (s *Stripe) Disputed(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.of(key)
	return x != nil && x.disputed
}

// Refunded reports whether there is a refund under a key that has not failed.
func (s *Stripe) Refunded(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.refunds {
		if x.metadata["duebook_key"] == key && x.status != "failed" {
			return true
		}
	}
	return false
}

// Behave has a saved card behave otherwise from now on.
func (s *Stripe) Behave(id string, card Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.methods[id]; m != nil {
		m.card = card
	}
}
