package desk_test

import (
	"context"
	"errors"
	"fmt"
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
)

// charged lets the customer pay orders through the gateway in one payment, each of an amount.
func (r *host) charged(key payment.Key, amounts ...int64) payment.Payment {
	r.t.Helper()
	var ids []order.ID
	for i, n := range amounts {
		id := order.ID(fmt.Sprintf("%s%d", key, i))
		r.place("", draftFor(id, n))
		ids = append(ids, id)
	}
	p := r.pay(key, payment.MethodOnline, nil, ids...)
	if p.State != payment.PaymentSucceeded {
		r.t.Fatalf("the payment is %s: %s", p.State, p.Reason)
	}
	return p
}

// taken has the bank take back so much in all, and the gateway tells of it.
func (r *host) taken(p payment.Payment, n int64) payment.Payment {
	r.t.Helper()
	r.g.Return(p.Key, order.Minor(n, p.Amount.Currency()))
	return r.hint(p)
}

// refundsOf checks the states of the refunds of a payment, as they were made.
func (r *host) refundsOf(p payment.Payment, want ...payment.RefundState) []payment.Refund {
	r.t.Helper()
	var is []payment.Refund
	all := r.s.All("c1")
	for _, back := range r.payment(p.ID).Returns {
		for _, f := range all.Refunds {
			if f.ID == back.Refund {
				is = append(is, f)
			}
		}
	}
	if len(is) != len(want) {
		r.t.Fatalf("%d refunds, want %v", len(is), want)
	}
	for i, f := range is {
		if f.State != want[i] {
			r.t.Errorf("refund %d of %s is %s (%s), want %s", i, f.Cash, f.State, f.Reason, want[i])
		}
	}
	return is
}

// decides lets an operator decide on a refund.
func (r *host) decides(f payment.Refund, how desk.Decision) error {
	return r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "seen at the bank", Refund: f.ID, Decision: how})
}

// heardOf are the amounts of the notices of a kind.
func (r *stored) heardOf(kind ledger.NoticeKind) (amounts []string) {
	all := r.s.All("c1").Notices
	slices.SortFunc(all, func(x, y ledger.Notice) int { return x.Compare(&y) })
	for _, n := range all {
		if n.Kind == kind {
			amounts = append(amounts, n.Amount.String()+" "+n.Text)
		}
	}
	return amounts
}

// The measured case: 100.00 EUR are captured, and the bank takes them back. The customer and an
// entry hear of it, and what fails gives nothing back a second time; once the dispute is won, an
// operator lets the refund go on.
func TestP18_TheStory(t *testing.T) {
	r := newHost(t)
	d := draftFor("o", 0)
	d.Lines[0].Amount = order.Minor(10000, order.EUR)
	r.place("", d)
	p := r.pay("k", payment.MethodOnline, nil, "o")
	euros := order.Minor(10000, order.EUR)
	r.clock.Move(5 * day)
	if p = r.taken(p, 10000); p.State != payment.PaymentSucceeded || p.Gone != euros || r.order("o").State != order.StatePaid {
		t.Fatalf("%s, %s gone, order %s", p.State, p.Gone, r.order("o").State)
	}
	if heard := r.heardOf(ledger.NoticeTakenBack); len(heard) != 1 || heard[0] != "100.00 EUR 100.00 EUR of 100.00 EUR is gone" {
		t.Errorf("heard %q", heard)
	}
	i := slices.IndexFunc(r.s.All("c1").Entries, func(e ledger.Entry) bool { return e.Step == "taken back" })
	if e := r.s.All("c1").Entries[i]; e.By != payment.ByDesk || len(e.Moves) != 1 || e.Moves[0].Amount != euros.Neg() {
		t.Errorf("entry %+v", e)
	}
	if _, receipt := p.Receipt(); !receipt {
		t.Error("the receipt is gone")
	}
	r.audit()

	r.move("o", order.EventFail)
	parked := r.refundsOf(p, payment.RefundParked)[0]
	for _, e := range r.entriesOf("move") { // parked from the first
		i := slices.IndexFunc(e.Moves, func(m ledger.EntryLine) bool { return m.Kind == ledger.KindRefund })
		if i < 0 || e.Moves[i].To != string(payment.RefundParked) {
			t.Errorf("entry %+v", e)
		}
	}
	if o := r.order("o"); o.State != order.StateRefunding || !parked.DueAt.IsZero() || !strings.Contains(parked.Reason, "100.00 EUR of the 100.00 EUR") {
		t.Errorf("order %s, refund until %s: %q", o.State, parked.DueAt, parked.Reason)
	}
	for range 40 { // days
		r.clock.Move(day)
		r.sweep()
	}
	r.nets(0) // captured, and taken back: nothing else
	if got := onList(t, r.d, desk.ListParked).Refunds; len(got) != 1 || got[0].ID != parked.ID {
		t.Errorf("listed %+v", got)
	}
	var field *order.FieldError
	if err := r.decides(parked, desk.DecisionAgain); !errors.As(err, &field) || field.Field != "decision" {
		t.Errorf("let go on while all is gone: %v", err)
	}
	r.audit()

	if p = r.taken(p, 0); p.Gone != (order.Money{}) {
		t.Errorf("%s gone", p.Gone)
	}
	if heard := r.heardOf(ledger.NoticeComeAgain); len(heard) != 1 || heard[0] != "100.00 EUR nothing of 100.00 EUR is gone" {
		t.Errorf("heard %q", heard)
	}
	r.sweep()
	r.refundsOf(p, payment.RefundParked) // an operator alone
	r.must(r.decides(parked, desk.DecisionAgain))
	r.refundsOf(p, payment.RefundDone)
	if o := r.order("o"); o.State != order.StateRefunded {
		t.Errorf("order %s", o.State)
	}
	r.nets(0)
	r.audit()
}

// The customer hears of each change once, however often the gateway tells of it.
func TestP18_ToldOnce(t *testing.T) {
	r := newHost(t)
	p := r.charged("k", 10000)
	for _, n := range []int64{3000, 3000, 5000, 2000, 0, 0, 10000} {
		p = r.taken(p, n)
		p = r.hint(p)
		if p.Gone.Minor() != n {
			t.Errorf("%s gone, want %d", p.Gone, n)
		}
	}
	back, again := r.heardOf(ledger.NoticeTakenBack), r.heardOf(ledger.NoticeComeAgain)
	if fmt.Sprint(back) != "[30.00 USD 30.00 USD of 100.00 USD is gone 20.00 USD 50.00 USD of 100.00 USD is gone 100.00 USD 100.00 USD of 100.00 USD is gone]" ||
		fmt.Sprint(again) != "[30.00 USD 20.00 USD of 100.00 USD is gone 20.00 USD nothing of 100.00 USD is gone]" {
		t.Errorf("taken back %q, come again %q", back, again)
	}
	r.audit()
}

// 30.00 of 100.00 are gone: what is at most 70.00 is refunded, and not a cent more.
func TestP18_Boundary(t *testing.T) {
	for _, x := range []struct {
		back int64
		want payment.RefundState
	}{{7000, payment.RefundDone}, {7001, payment.RefundParked}, {8000, payment.RefundParked}} {
		r := newHost(t)
		p := r.charged("k", x.back, 10000-x.back)
		r.taken(p, 3000)
		r.move("k0", order.EventFail)
		r.refundsOf(p, x.want)
		r.audit()
	}
}

// What was taken back before anybody told of it is seen when a refund is to be sent.
func TestP18_SeenBeforeARefund(t *testing.T) {
	r := newHost(t)
	p := r.charged("k", 8000, 2000)
	r.g.Return(p.Key, cents(3000))
	r.move("k0", order.EventFail)
	r.refundsOf(p, payment.RefundParked)
	if got := r.payment(p.ID); got.Gone != cents(3000) || got.Parked != cents(8000) || got.Left() != cents(7000) {
		t.Errorf("%s gone, %s parked, %s left", got.Gone, got.Parked, got.Left())
	}
	r.move("k1", order.EventFail) // which fits
	r.refundsOf(p, payment.RefundParked, payment.RefundDone)
	r.nets(10000 - 3000 - 2000)
	r.audit()
}

// A dispute after a refund takes more than is left: nothing breaks, the customer and the operators
// hear how much more, until it is won.
func TestP18_Overdrawn(t *testing.T) {
	r := newHost(t)
	p := r.charged("k", 8000, 2000)
	r.move("k0", order.EventFail)
	r.refundsOf(p, payment.RefundDone)
	if p = r.taken(p, 2000); p.Overdrawn().Sign() != 0 || len(onList(t, r.d, desk.ListExcess).Payments) != 0 {
		t.Errorf("%s overdrawn", p.Overdrawn())
	}
	if p = r.taken(p, 10000); p.Overdrawn() != cents(8000) {
		t.Errorf("%s overdrawn", p.Overdrawn())
	}
	if heard := r.heardOf(ledger.NoticeTakenBack); heard[1] != "80.00 USD 100.00 USD of 100.00 USD is gone, 80.00 USD more than was left of it after refunds" {
		t.Errorf("heard %q", heard)
	}
	if got := onList(t, r.d, desk.ListExcess).Payments; len(got) != 1 || got[0].ID != p.ID {
		t.Errorf("listed %+v", got)
	}
	r.audit()
	r.move("k1", order.EventFail)
	r.refundsOf(p, payment.RefundDone, payment.RefundParked)
	r.audit()
	if p = r.taken(p, 0); p.Overdrawn().Sign() != 0 || len(onList(t, r.d, desk.ListExcess).Payments) != 0 {
		t.Errorf("%s overdrawn", p.Overdrawn())
	}
	r.audit()
}

// The first that a gateway says of a charge is that it was taken back: the orders are paid, and in
// the same commit it is noted what is gone.
func TestP18_ReversedAtFirst(t *testing.T) {
	for state, prepare := range map[payment.PaymentState]func(r *host, p payment.Payment){
		payment.PaymentPending: func(*host, payment.Payment) {},
		payment.PaymentCanceling: func(r *host, p payment.Payment) {
			_, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", Payment: p.ID})
			r.must(err)
		},
		payment.PaymentReview: func(r *host, _ payment.Payment) {
			for range 40 {
				r.clock.Move(day)
				r.sweep()
			}
		},
	} {
		t.Run(string(state), func(t *testing.T) {
			r := newHost(t)
			g := &faulty{Gateway: r.g, out: &gateway.Outcome{Status: gateway.StatusProcessing}}
			r.d.Gateways["g"] = g
			r.place("", draftFor("o", 10000))
			p := r.pay("k", payment.MethodOnline, nil, "o")
			if prepare(r, p); r.payment(p.ID).State != state {
				t.Fatalf("the payment is %s", r.payment(p.ID).State)
			}
			before := len(r.s.All("c1").Entries)
			r.arrives(p)
			g.out = nil
			p = r.taken(p, 3000)
			if p.State != payment.PaymentSucceeded || p.Gone != cents(3000) || r.order("o").State != order.StatePaid {
				t.Errorf("%s, %s gone, order %s", p.State, p.Gone, r.order("o").State)
			}
			if entries := r.s.All("c1").Entries; len(entries) != before+1 {
				t.Errorf("%d entries more, want one", len(entries)-before)
			}
			if n := len(r.heardOf(ledger.NoticePaid)) + len(r.heardOf(ledger.NoticeTakenBack)); n != 2 {
				t.Errorf("%d notices", n)
			}
			r.audit()
		})
	}
}

// arrives has the charge of a payment captured after all, which nobody hears.
func (r *host) arrives(p payment.Payment) {
	r.t.Helper()
	_, err := r.g.Charge(ctx, gateway.Charge{Key: p.Key, Customer: "c1", Payment: p.ID, Amount: p.Amount})
	r.must(err)
}

// Money that comes for a payment that had failed is given back, and nothing of it that is gone.
func TestP18_LateAndGone(t *testing.T) {
	r := newHost(t)
	g := &faulty{Gateway: r.g}
	r.d.Gateways["g"] = g
	r.place("", draftFor("o", 10000))
	g.out = &gateway.Outcome{Status: gateway.StatusDeclined, Text: "no"}
	p := r.pay("k", payment.MethodOnline, nil, "o")
	if p.State != payment.PaymentFailed {
		t.Fatal(p.State)
	}
	g.out = nil
	r.arrives(p)
	p = r.taken(p, 4000)
	if p.State != payment.PaymentFailed || p.LateCapture != cents(10000) || p.Gone != cents(4000) || p.Parked != cents(10000) {
		t.Fatalf("%s, %s late, %s gone, %s parked", p.State, p.LateCapture, p.Gone, p.Parked)
	}
	f := r.s.All("c1").Refunds[0]
	if f.State != payment.RefundParked {
		t.Errorf("refund %s", f.State)
	}
	r.sweep()
	r.nets(6000)
	r.audit()
	r.taken(p, 0)
	r.must(r.decides(f, desk.DecisionAgain))
	if f = r.s.All("c1").Refunds[0]; f.State != payment.RefundDone {
		t.Errorf("refund %s", f.State)
	}
	r.nets(0)
	r.audit()
	if p = r.taken(p, 1000); p.Overdrawn() != cents(1000) || p.Gone != cents(1000) { // a dispute after all that
		t.Errorf("%s gone, %s overdrawn", p.Gone, p.Overdrawn())
	}
	r.audit()
}

// faulty is a gateway that says what it is told to of charges; out nil: what the other says.
type faulty struct {
	*inmem.Gateway
	out *gateway.Outcome
}

func (f *faulty) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if f.out != nil {
		return *f.out, nil
	}
	return f.Gateway.Charge(ctx, c)
}

func (f *faulty) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if f.out != nil {
		return *f.out, nil
	}
	return f.Gateway.Lookup(ctx, c)
}

func (f *faulty) Cancel(context.Context, gateway.Charge) (gateway.Outcome, error) { return *f.out, nil }

// What is taken back counts where it fits the charge: all else changes nothing.
func TestP18_OddAnswers(t *testing.T) {
	sound := gateway.Outcome{Status: gateway.StatusReversed, Amount: cents(10000), Back: cents(3000), Trade: "t1"}
	for what, change := range map[string]func(o *gateway.Outcome){
		"more than was captured": func(o *gateway.Outcome) { o.Back = cents(10001) },
		"nothing":                func(o *gateway.Outcome) { o.Back = order.Money{} },
		"less than nothing":      func(o *gateway.Outcome) { o.Back = cents(-1) },
		"of another currency":    func(o *gateway.Outcome) { o.Back = order.Minor(3000, order.EUR) },
		"of another amount":      func(o *gateway.Outcome) { o.Amount = cents(9000) },
		"of another payment":     func(o *gateway.Outcome) { o.Reference = "other" },
		"without a trade number": func(o *gateway.Outcome) { o.Trade = "" },
	} {
		r := newHost(t)
		g := &faulty{Gateway: r.g}
		r.d.Gateways["g"] = g
		p := r.charged("k", 10000)
		out := sound
		out.Reference = p.ID
		change(&out)
		g.out = &out
		if got := r.hint(p); got.Gone.Sign() != 0 || got.State != payment.PaymentSucceeded {
			t.Errorf("%s: %s, %s gone", what, got.State, got.Gone)
		}
		r.move("k0", order.EventFail) // not sent: the charge is not what it was
		if f := r.refundsOf(p, payment.RefundReview)[0]; f.Tries != 0 || f.Reason == "" {
			t.Errorf("%s: %d tries: %q", what, f.Tries, f.Reason)
		}
	}
}

// A refund whose charge the gateway says nothing of is not sent, and left to an operator in the end;
// one whose gateway may have forgotten the charge is sent as before.
func TestP18_NoAnswer(t *testing.T) {
	r := newHost(t)
	p := r.charged("k", 10000)
	sent := 0
	r.g.Fail = func(call string) error {
		if call == "refund" {
			sent++
		}
		if call == "lookup" {
			return errHost
		}
		return nil
	}
	r.move("k0", order.EventFail)
	r.refundsOf(p, payment.RefundDue)
	for range 20 {
		r.clock.Move(day)
		r.sweep()
	}
	if r.refundsOf(p, payment.RefundReview); sent != 0 {
		t.Errorf("sent %d times", sent)
	}
	r.audit()

	r = newHost(t)
	r.g.Promises = gateway.Traits{Lookup: time.Hour}
	g := &faulty{Gateway: r.g}
	r.d.Gateways["g"] = g
	p = r.charged("k", 10000)
	g.out = &gateway.Outcome{Status: gateway.StatusNotFound}
	r.clock.Move(2 * time.Hour)
	r.move("k0", order.EventFail)
	r.refundsOf(p, payment.RefundDone)
	r.audit()
}

// A refund that was sent, that the gateway has not seen, and that no longer fits is not sent again: it is
// an operator's, since it may be on its way.
func TestP18_SentAndUnfit(t *testing.T) {
	r := newHost(t)
	p := r.charged("k", 10000)
	g := &unreached{replaying: &replaying{Gateway: r.g}, loses: true}
	r.d.Gateways["g"] = g
	r.move("k0", order.EventFail)
	r.refundsOf(p, payment.RefundSent)
	r.g.Return(p.Key, cents(500))
	r.clock.Move(time.Minute)
	r.sweep()
	f := r.refundsOf(p, payment.RefundReview)[0]
	if err := r.decides(f, desk.DecisionAgain); err == nil {
		t.Error("asked again")
	}
	r.must(r.decides(f, desk.DecisionSucceeded))
	r.refundsOf(p, payment.RefundDone)
	if o := r.order("k0"); o.State != order.StateRefunded {
		t.Errorf("order %s", o.State)
	}
}

// What is parked an operator gives back by hand, or lets what was taken back stand for it.
func TestP18_ParkedEnds(t *testing.T) {
	for how, want := range map[desk.Decision]struct {
		over int64
		gone bool
	}{desk.DecisionSucceeded: {10000, false}, desk.DecisionFailed: {0, true}} {
		r := newHost(t)
		p := r.charged("k", 10000)
		r.taken(p, 10000)
		r.move("k0", order.EventFail)
		f := r.refundsOf(p, payment.RefundParked)[0]
		r.must(r.decides(f, how))
		r.must(r.decides(f, how))
		f = r.refundsOf(p, payment.RefundDone)[0]
		if got := r.payment(p.ID); got.Overdrawn() != cents(want.over) || f.Gone != want.gone || f.ByHand == want.gone {
			t.Errorf("%s: %s overdrawn, gone %t, by hand %t", how, got.Overdrawn(), f.Gone, f.ByHand)
		}
		if o := r.order("k0"); o.State != order.StateRefunded {
			t.Errorf("%s: order %s", how, o.State)
		}
		r.nets(0)
		r.audit()
	}
	r := newHost(t)
	p := r.charged("k", 8000, 2000)
	r.taken(p, 3000)
	r.move("k0", order.EventFail)
	if err := r.decides(r.refundsOf(p, payment.RefundParked)[0], desk.DecisionFailed); err == nil {
		t.Error("30.00 stand for 80.00")
	}
}

// goneBooks is what is left of three payments of which some is gone: one with a refund that is parked
// and one that is done, one that charged a bill, and one whose surplus went into the balance.
func goneBooks(t *testing.T) (ledger.Records, []gateway.Movement) {
	r := monthlyHost(t)
	r.billed("o", cents(10000))
	r.taken(r.tries()[0], 3000)
	p := r.charged("k", 8000, 2000)
	r.taken(p, 5000)
	r.taken(p, 3000)
	r.move("k0", order.EventFail)
	r.move("k1", order.EventFail)
	r.refundsOf(p, payment.RefundParked, payment.RefundDone)
	r.g.Answer = func(gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusCaptured, Amount: cents(700)}
	}
	r.place("", draftFor("s", 500))
	over := r.pay("s", payment.MethodOnline, nil, "s")
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "seen", Payment: over.ID, Decision: desk.DecisionSucceeded, Trade: "t1", Surplus: payment.SurplusBalance}))
	r.taken(over, 600)
	r.audit()
	return r.s.All("c1"), r.g.Ledger()
}

// P18: what of all that does not fit together is found.
func TestP18_AuditFinds(t *testing.T) {
	sound, moved := goneBooks(t)
	of := func(r *ledger.Records, is func(p *payment.Payment) bool) *payment.Payment {
		i := slices.IndexFunc(r.Payments, func(p payment.Payment) bool { return is(&p) })
		return &r.Payments[i]
	}
	parked := func(r *ledger.Records) *payment.Payment {
		return of(r, func(p *payment.Payment) bool { return p.Parked.Sign() > 0 })
	}
	surplus := func(p *payment.Payment) bool { return p.Surplus == payment.SurplusBalance }
	bill := func(r *ledger.Records) *payment.Bill {
		i := slices.IndexFunc(r.Bills, func(b payment.Bill) bool { return b.Reopened > 0 })
		return &r.Bills[i]
	}
	cash := func(r *ledger.Records) *payment.Account {
		i := slices.IndexFunc(r.Accounts, func(a payment.Account) bool { return a.Fund == payment.FundCash })
		return &r.Accounts[i]
	}
	told := func(r *ledger.Records, kind ledger.NoticeKind) *ledger.Notice {
		i := slices.IndexFunc(r.Notices, func(n ledger.Notice) bool { return n.Kind == kind })
		return &r.Notices[i]
	}
	finds(t, sound, moved, []violated{
		{"I3", "a reversal that is ignored", func(r *ledger.Records, _ *[]gateway.Movement) { parked(r).Gone = order.Money{} }, "its entries add up to 3000"},
		{"I3", "what no gateway took back", func(r *ledger.Records, _ *[]gateway.Movement) {
			p := parked(r)
			for i := range r.Entries {
				for k := range r.Entries[i].Moves {
					if m := &r.Entries[i].Moves[k]; m.ID == string(p.ID) && m.Amount == cents(-5000) {
						m.Amount = cents(-5001)
					}
				}
			}
			p.Gone = cents(3001)
		}, "and never were by the gateway"},
		{"I3", "a refund that is parked, and counted as sent", func(r *ledger.Records, _ *[]gateway.Movement) { parked(r).Parked = order.Money{} }, "0 minor units of its refunds are parked"},
		{"I3", "a refund that was sent though it is parked", func(r *ledger.Records, l *[]gateway.Movement) {
			p := parked(r)
			*l = append(*l, gateway.Movement{Customer: "c1", Payment: p.ID, Key: p.Key, Refund: "f", Amount: cents(-8001)})
		}, "minor units of payment"},
		{"I4", "more gone than was captured", func(r *ledger.Records, _ *[]gateway.Movement) { parked(r).Gone = cents(10001) }, "gone"},
		{"I11", "an order that refunds, and nothing is owed of it", func(r *ledger.Records, _ *[]gateway.Movement) {
			for i := range r.Refunds {
				if f := &r.Refunds[i]; f.State == payment.RefundParked {
					f.State, f.Done, f.Gone = payment.RefundDone, start, true
				}
			}
		}, "all refunds are done"},
		{"I12", "what was taken back, and the customer does not hear of", func(r *ledger.Records, _ *[]gateway.Movement) {
			told(r, ledger.NoticeTakenBack).Kind = ledger.NoticeDeadline
		}, "-1 notices too many"},
		{"I12", "what has come again, and the customer hears of otherwise", func(r *ledger.Records, _ *[]gateway.Movement) {
			told(r, ledger.NoticeComeAgain).Amount = cents(1)
		}, "1 notices too many"},
		{"I13", "a bill that is due again by another amount", func(r *ledger.Records, _ *[]gateway.Movement) { bill(r).Gone = cents(2999) }, "the bill says 10000 and 2999"},
		{"I13", "a bill that was paid again by nobody", func(r *ledger.Records, _ *[]gateway.Movement) { bill(r).Repaid = cents(1) }, "the bill says 10001 and 3000"},
		{"I13", "an account below zero by more than was taken back", func(r *ledger.Records, _ *[]gateway.Movement) { cash(r).Gone = cents(101) }, "payments say 100"},
		{"I13", "an account that was spared", func(r *ledger.Records, _ *[]gateway.Movement) {
			cash(r).Balance, cash(r).Gone = cents(200), order.Money{}
		}, "leave 100 minor units"},
		{"I14", "what was paid twice of a bill, and is in no credit", func(r *ledger.Records, _ *[]gateway.Movement) { bill(r).Twice = cents(1) }, "or paid twice"},
		{"I3", "a surplus that is gone, and is not noted", func(r *ledger.Records, _ *[]gateway.Movement) { of(r, surplus).Gone = order.Money{} }, "0 minor units of payment"},
	})
}
