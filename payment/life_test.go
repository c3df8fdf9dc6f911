package payment_test

import (
	"fmt"
	"iter"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"pgregory.net/rapid"
)

// R: the moves that payments and refunds have, state by state, as RELIABILITY names them.
var (
	paymentLeads = map[payment.PaymentState][]payment.PaymentState{
		"":                       {"pending", "succeeded"},
		payment.PaymentPending:   {"canceling", "failed", "pending", "review", "succeeded"},
		payment.PaymentCanceling: {"canceled", "canceling", "failed", "review", "succeeded"},
		payment.PaymentReview:    {"failed", "succeeded"},
		payment.PaymentSucceeded: {"succeeded"},
		payment.PaymentFailed:    {"failed"},
		payment.PaymentCanceled:  {"canceled"},
	}
	refundLeads = map[payment.RefundState][]payment.RefundState{
		"":                   {"done", "due", "parked", "review"},
		payment.RefundDue:    {"parked", "review", "sent"},
		payment.RefundParked: {"done", "due"},
		payment.RefundSent:   {"done", "review", "sent"},
		payment.RefundReview: {"done", "due", "review", "sent"},
		payment.RefundDone:   {"review"},
	}
)

func leads[S ~string](life []payment.Transition[S]) map[S][]S {
	all := make(map[S][]S)
	for _, t := range life {
		if !slices.Contains(all[t.From], t.To) {
			all[t.From] = append(all[t.From], t.To)
		}
	}
	for _, to := range all {
		slices.Sort(to)
	}
	return all
}

func TestP16_LifeLeads(t *testing.T) {
	if got := leads(payment.PaymentTransitions()); !reflect.DeepEqual(got, paymentLeads) {
		t.Errorf("payments: %v", got)
	}
	if got := leads(payment.RefundTransitions()); !reflect.DeepEqual(got, refundLeads) {
		t.Errorf("refunds: %v", got)
	}
}

// events are those of a table, each once.
func events[S ~string](life []payment.Transition[S]) (all []payment.Event) {
	for _, t := range life {
		if !slices.Contains(all, t.Event) {
			all = append(all, t.Event)
		}
	}
	return all
}

// heard is every move that a payment can hear, with every combination of what is known.
func heard() iter.Seq[payment.PaymentMove] {
	return func(yield func(payment.PaymentMove) bool) {
		for _, e := range events(payment.PaymentTransitions()) {
			for bits := range 256 {
				m := payment.PaymentMove{Event: e, At: clock("2026-11-02 12:00:00"), Why: "why", Trade: "T-1", Action: "https://bank.example/a", Handle: "pi_1", Fee: usd(9),
					Here: bits&1 > 0, Forgotten: bits&2 > 0, Lasts: bits&4 > 0, Quiet: bits&8 > 0, Apart: bits&16 > 0, Unsafe: bits&64 > 0}
				if bits&32 > 0 {
					m.Amount = usd(500)
				}
				if bits&128 > 0 && e == payment.EventReversed {
					m.Gone = usd(200)
				}
				if !yield(m) {
					return
				}
			}
		}
	}
}

// standing is a payment in every state, with and without what the table asks of it.
func standing() (all []payment.Payment) {
	for _, s := range []payment.PaymentState{"", payment.PaymentPending, payment.PaymentCanceling, payment.PaymentReview,
		payment.PaymentSucceeded, payment.PaymentFailed, payment.PaymentCanceled} {
		for bits := range 16 {
			p := payment.Payment{ID: "p", Customer: "c-7", State: s, Key: "k", Amount: usd(500), Reason: "before", HeldAt: clock("2026-11-02 11:00:00"),
				Changed: clock("2026-11-02 11:00:00"), DueAt: clock("2026-11-02 12:30:00"), Tries: 2}
			if bits&1 > 0 {
				p.NotFoundSince = clock("2026-11-02 11:30:00")
			}
			if bits&2 > 0 {
				p.LateCapture = usd(500)
			}
			if bits&4 > 0 && s == payment.PaymentReview {
				p.Captured = usd(700)
			}
			if bits&8 > 0 && s.Final() {
				p.Gone = usd(300)
			}
			all = append(all, p)
		}
	}
	return all
}

// P16: in every state, whatever is heard: a payment that has ended stays as it ended, it moves
// along the table alone, orders are settled exactly with its success and freed exactly with its
// failure, nothing else about it changes, and what is heard twice is done once. Each line of
// the table is taken by something.
func TestP16_LifeOfPayments(t *testing.T) {
	taken, life := make(map[string]bool), payment.PaymentTransitions()
	n := 0
	for _, p := range standing() {
		for m := range heard() {
			if n++; testing.Short() && n%7 != 0 { // one goroutine does it all
				continue
			}
			after, do := p.Apply(m)
			say := func(format string, args ...any) {
				t.Errorf("%s, %s: %s", p.State, m.Event, fmt.Sprintf(format, args...))
			}
			i := slices.IndexFunc(life, func(x payment.Transition[payment.PaymentState]) bool {
				return x.From == p.State && x.Event == m.Event && x.To == after.State && x.Effect == do
			})
			if changed := !reflect.DeepEqual(after, p); i < 0 && changed {
				say("no line leads to %+v, %s", after, do)
			} else if changed {
				x := life[i]
				taken[string(x.From)+"/"+string(x.Event)+"/"+string(x.To)] = true
			}
			if p.State.Final() && after.State != p.State {
				say("has ended, and is %s", after.State)
			}
			if p.State == payment.PaymentSucceeded && (do == payment.EffectGone) == reflect.DeepEqual(after, p) {
				say("has succeeded, and %+v is noted: %s", after, do)
			}
			if do == payment.EffectGone && (after.Gone != m.Gone || after.Gone == p.Gone) {
				say("%s is gone, and was: %s", after.Gone, p.Gone)
			}
			if (do == payment.EffectSettle) != (after.State == payment.PaymentSucceeded && p.State != after.State) {
				say("%s with %s", after.State, do)
			}
			if (do == payment.EffectRelease) != (after.State.Final() && after.State != payment.PaymentSucceeded && p.State != after.State) {
				say("%s with %s", after.State, do)
			}
			if after.State == payment.PaymentReview && p.State != after.State && (after.Reason != "why" || !after.DueAt.IsZero()) {
				say("in review for %q, waits %s", after.Reason, after.DueAt)
			}
			if m.Event == payment.EventNotFound && do == payment.EffectRelease && (!m.Quiet || !m.Apart || p.NotFoundSince.IsZero()) {
				say("freed before it was not found twice, apart, with nothing on its way")
			}
			if m.Forgotten && do == payment.EffectRelease && m.Event != payment.EventResolveFailed {
				say("freed, and the gateway may have forgotten the charge")
			}
			if p.Captured != (order.Money{}) && do == payment.EffectRelease && m.Event != payment.EventResolveFailed {
				say("freed, and the gateway has said that it captured %s", p.Captured)
			}
			if do == payment.EffectSend && (m.Unsafe || !m.Lasts) {
				say("sent again, and that is not safe, or the hold is over")
			}
			if m.Unsafe && !m.Lasts { // that it is not safe matters to sending again alone
				m := m
				m.Unsafe = false
				if same, effect := p.Apply(m); effect != do || !reflect.DeepEqual(same, after) {
					say("%s where it is safely sent again, and %s where not", same.State, after.State)
				}
			}
			if again, twice := after.Apply(m); twice == payment.EffectSettle || twice == payment.EffectRelease && do == twice || again.State.Final() != after.State.Final() && m.Event != payment.EventNotFound {
				say("said again: %s, %s", again.State, twice)
			}
			after.State, after.Trade, after.Paid, after.Reason, after.DueAt, after.Action, after.Changed, after.ActionPossible = p.State, p.Trade, p.Paid, p.Reason, p.DueAt, p.Action, p.Changed, p.ActionPossible
			after.Gone = p.Gone
			after.Handle, after.Fee = p.Handle, p.Fee
			after.LateCapture, after.Captured, after.LastSentAt, after.NotFoundSince, after.Tries = p.LateCapture, p.Captured, p.LastSentAt, p.NotFoundSince, p.Tries
			if !reflect.DeepEqual(after, p) {
				say("changed more than its life: %+v", after)
			}
		}
	}
	for _, x := range life {
		if name := string(x.From) + "/" + string(x.Event) + "/" + string(x.To); !taken[name] && !testing.Short() {
			t.Errorf("nothing takes %s", name)
		}
	}
}

// P16: the same of refunds: what is done stays done, money is given back once, and the tries
// are counted.
func TestP16_LifeOfRefunds(t *testing.T) {
	taken := make(map[string]bool)
	at := clock("2026-11-02 12:00:00")
	for _, s := range []payment.RefundState{"", payment.RefundDue, payment.RefundParked, payment.RefundSent, payment.RefundReview, payment.RefundDone} {
		for _, e := range events(payment.RefundTransitions()) {
			for bits := range 128 {
				m := payment.RefundMove{Unfit: bits&32 > 0, Event: e, At: at, Why: "why", Next: at.Add(time.Hour), Handle: "re_1", Here: bits&1 > 0, Wrong: bits&2 > 0, Unsafe: bits&4 > 0}
				f := payment.Refund{ID: "f", Customer: "c-7", State: s, Cash: usd(500), Reason: "before", Key: "k", ByHand: bits&8 > 0, Gone: bits&64 > 0, Tries: 2}
				if bits&16 == 0 {
					f.FirstSentAt = at.Add(-time.Hour)
				}
				after, do := f.Apply(m)
				i := slices.IndexFunc(payment.RefundTransitions(), func(x payment.Transition[payment.RefundState]) bool {
					return x.From == s && x.Event == e && x.To == after.State && x.Effect == do
				})
				switch changed := !reflect.DeepEqual(after, f); {
				case changed && i < 0:
					t.Errorf("%s, %s: no line leads to %s, %s", s, e, after.State, do)
				case changed:
					taken[string(s)+"/"+string(e)+"/"+string(after.State)] = true
				}
				if came := e == payment.EventDeclined && !f.ByHand && !f.Gone; s == payment.RefundDone && (after.State != s) != came {
					t.Errorf("%s: done, and %+v", e, after)
				}
				if came := s == payment.RefundDone && after.State != s; after.CameBack != f.CameBack+map[bool]int{came: 1}[true] || came && (!after.Done.IsZero() || after.Attempt != 1) {
					t.Errorf("%s, %s: came back %d times, attempt %d", s, e, after.CameBack, after.Attempt)
				}
				if do == payment.EffectSend && (m.Unsafe || after.FirstSentAt != f.FirstSentAt) {
					t.Errorf("%s: sent again, and that is not safe: %+v", s, after)
				}
				if (do == payment.EffectOrder) != (after.State == payment.RefundDone && s != after.State) {
					t.Errorf("%s, %s: %s with %s", s, e, after.State, do)
				}
				if e == payment.EventAsk && after.State == payment.RefundSent && (after.Tries != map[bool]int{true: 1, false: 3}[f.FirstSentAt.IsZero()] || !after.DueAt.Equal(m.Next) || !f.FirstSentAt.IsZero() && !after.FirstSentAt.Equal(f.FirstSentAt)) {
					t.Errorf("%s, asked: %+v", s, after)
				}
				if after.Cash != f.Cash || after.ID != f.ID || after.Key != f.Key {
					t.Errorf("%s, %s: another refund: %+v", s, e, after)
				}
			}
		}
	}
	for _, x := range payment.RefundTransitions() {
		if name := string(x.From) + "/" + string(x.Event) + "/" + string(x.To); !taken[name] {
			t.Errorf("nothing takes %s", name)
		}
	}
}

// P16, P12: what a payment of a history hears leaves a sound payment, once the clock has been
// told when to look again.
func TestP16_LifeLeavesWhatIsSound(t *testing.T) {
	moves := slices.Collect(heard())
	drawn := left(func(r ledger.Records) []payment.Payment { return r.Payments })
	rapid.Check(t, func(t *rapid.T) {
		p := drawn.Draw(t, "payment")
		if p.Check() != nil {
			t.Skip("no payment of this history")
		}
		m := rapid.SampledFrom(moves).Draw(t, "heard")
		m.At = p.Changed.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(t, "seconds later")) * time.Second)
		if p.State == payment.PaymentReview && m.Event == payment.EventResolveDone {
			p.Captured = order.Money{} // the operator has said what was taken
		}
		if m.Event == payment.EventReversed { // of what it charges, in its currency: all else contradicts the charge
			if m.Amount = p.Amount; p.Amount == (order.Money{}) {
				t.Skip("it is not charged")
			}
			m.Gone = order.Minor(max(1, min(m.Gone.Minor(), p.Amount.Minor())), p.Amount.Currency())
		}
		after, _ := p.Apply(m)
		if after.State.Open() && after.DueAt.IsZero() {
			after.DueAt = m.At.Add(time.Second)
		}
		if err := after.Check(); err != nil {
			t.Fatalf("%s, %s: %v", p.State, m.Event, err)
		}
	})
}

// README draws the tables of payments and refunds.
func TestP16_LifeInReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, diagram := range []string{payment.Diagram(payment.PaymentTransitions()), payment.Diagram(payment.RefundTransitions())} {
		if !strings.Contains(string(readme), "```mermaid\n"+diagram+"```") {
			t.Errorf("README does not draw\n%s", diagram)
		}
	}
}
