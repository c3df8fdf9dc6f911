package stripe_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/stripe/internal/fake"
	"pgregory.net/rapid"
)

const buyer = "c-7"

// history is a Desk that takes money with Stripe, and what happens to it.
type history struct {
	*rapid.T
	*place
	desk   *desk.Desk
	store  *inmem.Store
	orders []order.ID
	saved  []order.Opaque // cards of the buyer
	told   [][]byte       // events that are on their way
}

func newHistory(t *rapid.T) *history {
	h := &history{T: t, place: open(), store: &inmem.Store{}}
	if rapid.Bool().Draw(t, "own page") {
		h.place = openPage()
	}
	h.desk = &desk.Desk{Store: h.store, Gateways: map[string]gateway.Gateway{"card": h.Gateway}, Wallets: h.Gateway, Now: h.api.Now}
	for _, card := range []fake.Card{fake.CardGood, fake.CardAuthenticates, fake.CardProcesses, "insufficient_funds"} {
		h.saved = append(h.saved, order.Opaque(h.api.Save(atStripe(buyer), card)))
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "orders") {
		h.order(order.ID(fmt.Sprintf("CS%d", i)))
	}
	return h
}

// order places an order of 12.00 EUR.
func (h *history) order(id order.ID) {
	_, err := h.desk.Place(ctx, desk.PlaceRequest{Customer: buyer, By: buyer, Drafts: []order.Draft{{ID: id, Customer: buyer, Type: order.TypePurchase,
		Lines: []order.Line{{Product: "s6.large", Count: 1, Charge: order.ChargePackage, Amount: order.Minor(1200, order.EUR)}}}}})
	if err != nil {
		h.Fatal(err)
	}
	h.orders = append(h.orders, id)
}

// faulty has each call fail with a drawn probability.
func (h *history) faulty() {
	faulty := rapid.SampledFrom([]int{0, 4, 10}).Draw(h.T, "one in so many calls fails")
	seed := rapid.Uint32().Draw(h.T, "seed")
	h.api.Fault = func(*http.Request) fake.Fault {
		if faulty == 0 {
			return fake.FaultNone
		}
		if seed = seed*1664525 + 1013904223; int(seed>>8)%faulty > 0 {
			return fake.FaultNone
		}
		return faults[int(seed>>16)%len(faults)]
	}
}

// step is one thing that happens.
func (h *history) step() {
	id := rapid.SampledFrom(h.orders).Draw(h.T, "order")
	keys := h.keys()
	card := rapid.SampledFrom([]fake.Card{fake.CardGood, fake.CardGood, fake.CardAuthenticates, fake.CardProcesses, "insufficient_funds"}).Draw(h.T, "card")
	switch what := rapid.SampledFrom([]string{"pays", "pays", "goes to the page", "goes to the page", "debit ends", "news", "news", "time", "time", "fails", "refund ends", "cancels", "disputes", "wins"}).Draw(h.T, "what"); what {
	case "pays":
		req := payment.Request{Key: payment.Key(rapid.SampledFrom([]string{"k1", "k2", "k3"}).Draw(h.T, "key") + string(id)), Customer: buyer, By: buyer,
			Orders: []order.ID{id}, Method: payment.MethodOnline}
		if rapid.Bool().Draw(h.T, "saved card") {
			req.Instrument = rapid.SampledFrom(h.saved).Draw(h.T, "instrument")
		} else {
			req.Keep = rapid.Bool().Draw(h.T, "keep")
		}
		_, _ = h.desk.Pay(ctx, req)
	case "goes to the page":
		for _, key := range keys {
			h.api.Pay(key, card)
		}
	case "debit ends":
		for _, key := range keys {
			h.api.Decide(key, rapid.Bool().Draw(h.T, "good"))
		}
	case "news":
		h.news()
	case "time":
		h.api.Advance(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 31 * time.Minute, 3 * time.Hour, 25 * time.Hour}).Draw(h.T, "by"))
		_, _ = h.desk.Sweep(ctx, 100)
	case "fails":
		_, _ = h.desk.Move(ctx, desk.MoveRequest{Customer: buyer, By: "shop", Order: id, Event: order.EventFail})
	case "refund ends":
		for _, f := range h.store.All(buyer).Refunds {
			h.api.EndRefund(f.Key, rapid.SampledFrom([]string{"pending", "succeeded", "failed"}).Draw(h.T, "refund"))
		}
	case "disputes":
		for _, key := range keys {
			if n := min(rapid.Int64Range(1, 1200).Draw(h.T, "of it"), 1200-h.api.Gone(key)); n > 0 {
				h.api.Dispute(key, n)
			}
		}
	case "wins":
		for _, key := range keys {
			h.api.Win(key)
		}
	case "cancels":
		for _, p := range h.store.All(buyer).Payments {
			_, _ = h.desk.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: buyer, Payment: p.ID})
		}
	}
}

// keys are those of the charges so far.
func (h *history) keys() (keys []string) {
	for _, p := range h.store.All(buyer).Payments {
		if p.Key != "" {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

// news has what Stripe notifies of arrive: some of it, in any order, or twice; what cannot be looked
// up comes again.
func (h *history) news() {
	h.told = append(h.told, h.api.Events()...)
	var again [][]byte
	for _, body := range rapid.Permutation(h.told).Draw(h.T, "news") {
		if !h.hears(body) || rapid.IntRange(0, 9).Draw(h.T, "twice") == 0 {
			again = append(again, body)
		}
	}
	h.told = again
}

// hears reports whether a notification was looked up.
func (h *history) hears(body []byte) bool {
	hints, err := h.Verify(ctx, fake.Sign(body, time.Now(), h.Secrets[0]), body)
	for _, hint := range hints {
		_, looked := h.desk.Hint(ctx, hint)
		err = cmp.Or(err, looked)
	}
	return err == nil
}

// rest lets everything end: debits are decided, refunds are done, and the Desk sweeps for weeks.
func (h *history) rest() {
	h.api.Fault = nil
	waits := slices.Concat(slices.Repeat([]time.Duration{time.Minute}, 10), slices.Repeat([]time.Duration{time.Hour}, 24), slices.Repeat([]time.Duration{24 * time.Hour}, 40))
	for _, wait := range waits {
		for _, key := range h.keys() {
			h.api.Decide(key, true)
		}
		for _, f := range h.store.All(buyer).Refunds {
			h.api.EndRefund(f.Key, "succeeded")
		}
		h.api.Advance(wait)
		if _, err := h.desk.Sweep(ctx, 100); err != nil {
			h.Fatal(err)
		}
		h.told = append(h.told, h.api.Events()...)
		for _, body := range h.told {
			h.hears(body)
		}
		h.told = nil
		h.operate()
	}
}

// operate is an operator who looks at Stripe for refunds of which no answer came in time, and gives
// back in another way what is not there.
func (h *history) operate() {
	for _, f := range h.store.All(buyer).Refunds {
		if f.State != payment.RefundReview || h.api.Refunded(f.Key) {
			continue
		}
		if err := h.desk.Resolve(ctx, desk.ResolveRequest{Customer: buyer, By: "ops", Why: "by bank transfer", Refund: f.ID, Decision: desk.DecisionSucceeded}); err != nil {
			h.Fatal(err)
		}
	}
}

// moved is what Stripe took and gave back, as [ledger.Audit] reads it.
func (h *history) moved() (moved []gateway.Movement) {
	of := map[string]order.PaymentID{}
	for _, p := range h.store.All(buyer).Payments {
		of[p.Key] = p.ID
	}
	for _, m := range h.api.Moves() {
		moved = append(moved, gateway.Movement{Customer: buyer, Payment: of[m.Key], Key: m.Key, Refund: order.RefundID(m.Refund), Amount: order.Minor(m.Amount, order.EUR),
			Unasked: strings.HasPrefix(m.Kind, "dispute")})
	}
	return moved
}

// P16: whatever fails of the calls to Stripe, whatever customers do on its pages, and whatever it
// notifies of: no order is paid twice or half, what was taken for an order that is not paid goes
// back, and everything ends by itself.
func TestP16_Histories(t *testing.T) {
	ends := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		h.faulty()
		for range rapid.IntRange(3, 25).Draw(t, "steps") {
			h.step()
		}
		h.rest()
		records := h.store.All(buyer)
		for _, v := range ledger.Audit(records, h.moved()) {
			t.Error(v)
		}
		for _, p := range records.Payments {
			if ends[string(p.State)]++; p.State.Open() || p.State == payment.PaymentReview {
				t.Errorf("payment %s is %s: %s", p.ID, p.State, p.Reason)
			}
		}
		for _, f := range records.Refunds {
			parked := f.State == payment.RefundParked && h.api.Disputed(f.Charge)
			if ends["refund "+string(f.State)]++; f.State != payment.RefundDone && !parked {
				t.Errorf("refund %s is %s: %s", f.ID, f.State, f.Reason)
			}
		}
	})
	for _, want := range []string{"succeeded", "failed", "canceled", "refund done"} {
		if ends[want] == 0 && !testing.Short() {
			t.Errorf("no history came to %s: %v", want, ends)
		}
	}
}
