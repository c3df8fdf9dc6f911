package desk_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// theirs says whose an instrument is: these are of customer c1, at gateway g.
type theirs map[order.Opaque]payment.Card

func (w theirs) Card(_ context.Context, in desk.Inquiry, at string, instrument order.Opaque) (payment.Card, error) {
	card, ok := w[instrument]
	if instrument != "" && (!ok || in.Customer != "c1" || at != "g") {
		return payment.Card{}, order.ErrNotFound
	}
	return card, nil
}

// saved is the customer's own instrument in these tests, and other one more that is theirs.
const saved, other order.Opaque = "secret-card-1", "secret-card-2"

// cardHost is a host whose customer has an instrument, and is on monthly settlement. What the gateway
// has charged is kept in the order of the charges.
type cardHost struct {
	*host
	charged []gateway.Charge
	answer  func(c gateway.Charge) gateway.Outcome // nil: it is captured
	own     order.Opaque
	looks   int
}

func newCardHost(t *testing.T) *cardHost {
	r := &cardHost{host: newHost(t), own: saved}
	r.g.Instruments = map[order.Opaque]order.CustomerID{saved: "c1", other: "c1"}
	r.d.Wallets = theirs{saved: {Brand: "visa", Funding: payment.FundingCredit}, other: {Brand: "jcb", Funding: payment.FundingDebit}}
	r.d.Customers = customersWith{r.host, func(c *payment.Customer) { c.Monthly, c.Instrument = true, r.own }}
	r.g.Answer = func(c gateway.Charge) gateway.Outcome {
		if !slices.ContainsFunc(r.charged, func(x gateway.Charge) bool { return x.Key == c.Key }) {
			r.charged = append(r.charged, c)
		}
		if r.looks++; r.answer == nil {
			return gateway.Outcome{}
		}
		return r.answer(c)
	}
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	return r
}

// asks makes the gateway ask for the customer, who has come once done is called.
func (r *cardHost) asks() (done func()) {
	out := gateway.Outcome{Status: gateway.StatusAction, Action: "https://bank.example/3ds?id=7"}
	r.answer = func(gateway.Charge) gateway.Outcome { return out }
	return func() { out = gateway.Outcome{} }
}

// lastCharged is the payment that was charged last.
func (r *cardHost) lastCharged() payment.Payment {
	return r.payment(r.charged[len(r.charged)-1].Payment)
}

// declines makes it decline.
func (r *cardHost) declines(spent bool) {
	r.answer = func(gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusDeclined, Text: "stolen card", Spent: spent}
	}
}

// sweepUntil sweeps every ten minutes until a time, and then at it.
func (r *cardHost) sweepUntil(at time.Time) {
	r.t.Helper()
	for r.clock.Now().Add(10 * time.Minute).Before(at) {
		r.clock.Move(10 * time.Minute)
		r.sweep()
	}
	r.clock.Move(at.Sub(r.clock.Now()))
	r.sweep()
}

func (r *stored) told(kind ledger.NoticeKind) (all []ledger.Notice) {
	for _, n := range r.s.All("c1").Notices {
		if n.Kind == kind {
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b ledger.Notice) int { return a.Compare(&b) })
	return all
}

func (r *stored) onlyBill() payment.Bill { return r.s.All("c1").Bills[0] }

// owing is a customer whose bill of March comes on 1 April, at 00:00.
func owing(t *testing.T) (*cardHost, time.Time) {
	r := newCardHost(t)
	r.place("", draftFor("o1", 20000))
	r.pay("k1", payment.MethodMonthly, nil, "o1")
	made := time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC)
	r.clock.Move(made.Sub(start))
	return r, made
}

// renewedByCard is a customer whose resource is renewed by itself, by instrument, on 30 March.
func renewedByCard(t *testing.T) *cardHost {
	r := newCardHost(t)
	r.p.RenewBy = []payment.Method{payment.MethodOnline}
	r.adopt(resourceOf("x1", "vm"))
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	return r
}

// What is charged is what the request names, or else the customer's own where the gateway is the
// customer's; what the customer names at the gateway is charged where they ask to keep it (P19).
func TestP19_WhichIsCharged(t *testing.T) {
	for _, x := range []struct {
		name    string
		request func(*payment.Request)
		want    order.Opaque
		keep    bool
	}{
		{"the customer's own", func(*payment.Request) {}, saved, false},
		{"as the request names it", func(q *payment.Request) { q.Instrument = other }, other, false},
		{"at another gateway", func(q *payment.Request) { q.Gateway = "h" }, "", false},
		{"one that is to be kept", func(q *payment.Request) { q.Keep = true }, "", true},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newCardHost(t)
			r.d.Gateways["h"] = r.g
			r.answer = func(c gateway.Charge) gateway.Outcome {
				return gateway.Outcome{Status: gateway.StatusCaptured, Instrument: "kept-1"}
			}
			r.place("", draftFor("o1", 100))
			q := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"o1"}, Method: payment.MethodOnline}
			x.request(&q)
			p, err := r.d.Pay(ctx, q)
			if err != nil || p.State != payment.PaymentSucceeded || p.Instrument != x.want || p.Absent {
				t.Fatalf("%v, %s, %q, absent %t", err, p.State, string(p.Instrument), p.Absent)
			}
			if c := r.charged[0]; c.Instrument != x.want || c.Absent || c.Keep != x.keep {
				t.Errorf("charged %q, absent %t, keep %t", string(c.Instrument), c.Absent, c.Keep)
			}
			if want := map[bool]order.Opaque{true: "kept-1"}[x.keep]; p.Kept != want {
				t.Errorf("kept %q, want %q", string(p.Kept), string(want))
			}
			r.audit()
		})
	}
}

// An instrument that nobody could be charged by is not kept, and the payment stands (P19).
func TestP19_KeptIsNoInstrument(t *testing.T) {
	for _, handle := range []order.Opaque{order.Opaque(strings.Repeat("x", 65)), "\xff"} {
		r := newCardHost(t)
		r.answer = func(c gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusCaptured, Instrument: handle}
		}
		r.place("", draftFor("o1", 100))
		p, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", Orders: []order.ID{"o1"}, Method: payment.MethodOnline, Keep: true})
		if err != nil || p.State != payment.PaymentSucceeded || p.Kept != "" {
			t.Errorf("%d bytes: %v, %s, %q", len(handle), err, p.State, string(p.Kept))
		}
	}
}

// One key with another instrument, or with another word about keeping it, is another request (P13).
func TestP19_SameKeyAnotherInstrument(t *testing.T) {
	r := newCardHost(t)
	r.place("", draftFor("o1", 100))
	q := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"o1"}, Method: payment.MethodOnline, Instrument: saved}
	first, err := r.d.Pay(ctx, q)
	r.must(err)
	if again, err := r.d.Pay(ctx, q); err != nil || again.ID != first.ID || len(r.charged) != 1 {
		t.Errorf("%v, %d charges", err, len(r.charged))
	}
	for _, change := range []func(*payment.Request){
		func(q *payment.Request) { q.Instrument = other },
		func(q *payment.Request) { q.Instrument = "" },
		func(q *payment.Request) { q.Instrument, q.Keep = "", true },
	} {
		x := q
		change(&x)
		if _, err := r.d.Pay(ctx, x); !errors.Is(err, payment.ReasonKey) {
			t.Errorf("%v", err)
		}
	}
}

// wholeCoupon pays all of an order of 1.00.
func wholeCoupon() coupon.Coupon {
	return coupon.Coupon{ID: "whole", Customer: "c1", Kind: coupon.KindCash, Face: cents(100), Balance: cents(100), State: coupon.StateAvailable}
}

// An instrument that is not the customer's at this gateway is refused as one that does not exist,
// before anything is held, whoever names it; so is each where the host cannot say whose it is (P19).
func TestP19_NotTheirs(t *testing.T) {
	none := func(r *cardHost) { r.d.Wallets = nil }
	for _, x := range []struct {
		name    string
		set     func(*cardHost)
		request func(*payment.Request)
		is      []error // of the error
		not     []error
	}{
		{"another customer's", nil, func(q *payment.Request) { q.Instrument = "secret-of-c2" }, []error{order.ErrNotFound, payment.ReasonBadRequest}, []error{payment.ErrHost}},
		{"another customer's, with nothing to charge", func(r *cardHost) { r.issue(wholeCoupon()) }, func(q *payment.Request) { q.Instrument, q.Coupons = "secret-of-c2", []coupon.ID{"whole"} }, []error{order.ErrNotFound, payment.ReasonBadRequest}, []error{payment.ErrHost}},
		{"at another gateway", nil, func(q *payment.Request) { q.Gateway, q.Instrument = "h", saved }, []error{order.ErrNotFound, payment.ReasonBadRequest}, nil},
		{"from the customer's facts", func(r *cardHost) { r.own = "secret-of-c2" }, nil, []error{order.ErrNotFound, payment.ReasonCard}, []error{payment.ErrHost}},
		{"nobody says whose", none, func(q *payment.Request) { q.Instrument = saved }, []error{payment.ReasonBadRequest}, []error{payment.ErrHost, order.ErrNotFound}},
		{"nobody says whose, from the facts", none, nil, []error{payment.ErrHost}, nil},
		{"a card that is not taken", func(r *cardHost) { r.p.Cards.Brands = []string{"visa"} }, func(q *payment.Request) { q.Instrument = other }, []error{payment.ReasonCard}, []error{order.ErrNotFound}},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newCardHost(t)
			r.d.Gateways["h"] = r.g
			r.place("", draftFor("o1", 100))
			q := payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"o1"}, Method: payment.MethodOnline}
			if x.set != nil {
				x.set(r)
			}
			if x.request != nil {
				x.request(&q)
			}
			before := r.s.All("c1")
			_, quoted := r.d.Quote(ctx, q)
			_, paid := r.d.Pay(ctx, q)
			for _, err := range []error{quoted, paid} {
				for _, want := range x.is {
					if !errors.Is(err, want) {
						t.Errorf("%v, want %v", err, want)
					}
				}
				for _, not := range x.not {
					if errors.Is(err, not) {
						t.Errorf("%v is %v", err, not)
					}
				}
				if err == nil || strings.Contains(err.Error(), "secret") {
					t.Errorf("%v", err)
				}
			}
			if len(r.charged) != 0 || !reflect.DeepEqual(r.s.All("c1"), before) {
				t.Error("something has changed")
			}
		})
	}
}

// F13: the gateway of a bill asks for the customer, who is told where to go, once, and pays until the
// second before the time is up; after that it is given up, the reason is kept, and it is tried again.
func TestP19_BillAsksForTheCustomer(t *testing.T) {
	for _, x := range []struct {
		name   string
		hold   time.Duration // of the policy
		action time.Duration // that the gateway gives
		comes  time.Duration // after the bill was charged; 0: never
		until  time.Duration
		paid   bool
	}{
		{"in time", 0, 0, 23*time.Hour - time.Second, 23 * time.Hour, true},
		{"at the end", 0, 0, 23 * time.Hour, 23 * time.Hour, false},
		{"a second late", 0, 0, 23*time.Hour + time.Second, 23 * time.Hour, false},
		{"never", 0, 0, 0, 23 * time.Hour, false},
		{"within two hours, as the policy says", 2 * time.Hour, 24 * time.Hour, 2*time.Hour - time.Second, 2 * time.Hour, true},
		{"later than the policy says", 2 * time.Hour, 24 * time.Hour, 2 * time.Hour, 2 * time.Hour, false},
		{"as long as the gateway gives", 0, time.Hour, time.Hour - time.Second, time.Hour, true},
		{"longer than the gateway gives", 0, time.Hour, time.Hour, time.Hour, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			r, made := owing(t)
			r.p.HoldAbsent, r.g.Promises.Action = x.hold, x.action
			done := r.asks()
			r.sweep()
			p := r.lastCharged()
			if c := r.charged[0]; !c.Absent || c.Instrument != saved || p.Instrument != saved || !p.Absent || p.Gateway != "g" {
				t.Errorf("charged %+v, payment absent %t at %s", c, p.Absent, p.Gateway)
			}
			told := r.told(ledger.NoticeAction)
			if len(told) != 1 || told[0].Action != "https://bank.example/3ds?id=7" || !told[0].Until.Equal(made.Add(x.until)) || told[0].Bill != "2024-03" || told[0].Payment != p.ID {
				t.Fatalf("told %+v", told)
			}
			end := made.Add(x.until)
			if comes := made.Add(x.comes); x.comes > 0 && comes.Before(end) {
				r.sweepUntil(comes.Add(-time.Second))
				done()
			}
			r.sweepUntil(end)
			r.sweepUntil(end.Add(time.Minute))
			if x.comes >= x.until {
				done()
			}
			p, bill := r.payment(p.ID), r.onlyBill()
			if x.paid != (p.State == payment.PaymentSucceeded) || x.paid != (bill.State == payment.BillPaid) {
				t.Fatalf("payment %s, %q, bill %s", p.State, p.Reason, bill.State)
			}
			if n := len(r.told(ledger.NoticeAction)); n != 1 {
				t.Errorf("told %d times", n)
			}
			if !x.paid {
				const why = "its hold has ended, and the customer has not finished it"
				declined := r.told(ledger.NoticeBillDeclined)
				if p.State != payment.PaymentCanceled || p.Reason != why || len(declined) != 1 || declined[0].Text != why || len(r.charged) != 1 {
					t.Errorf("%s, %q, told %+v, %d charges", p.State, p.Reason, declined, len(r.charged))
				}
				r.answer = nil
				r.sweepUntil(bill.Try)
				if bill = r.onlyBill(); bill.State != payment.BillPaid || len(r.charged) != 2 {
					t.Errorf("the next try: %s, %d charges", bill.State, len(r.charged))
				}
			}
			r.audit()
		})
	}
}

// A payment with the customer there is held for 30 minutes, as before (P19).
func TestP19_WithTheCustomerThere(t *testing.T) {
	r := newCardHost(t)
	r.asks()
	r.place("", draftFor("o1", 100))
	p := r.pay("k", payment.MethodOnline, nil, "o1")
	r.sweepUntil(start.Add(30*time.Minute - time.Second))
	if p := r.payment(p.ID); p.State != payment.PaymentPending || !p.ActionUntil.IsZero() {
		t.Errorf("%s until %s", p.State, p.ActionUntil)
	}
	r.sweepUntil(start.Add(30 * time.Minute))
	if p := r.payment(p.ID); p.State != payment.PaymentCanceled || len(r.told(ledger.NoticeAction)) != 0 {
		t.Errorf("%s, told %d times", p.State, len(r.told(ledger.NoticeAction)))
	}
	r.audit()
}

// What the gateway asks for again once the customer was there is told again, and has its own time
// (P19).
func TestP19_AskedAgain(t *testing.T) {
	r, made := owing(t)
	done := r.asks()
	r.sweep()
	asked := r.answer
	r.sweepUntil(made.Add(time.Hour))
	r.answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusProcessing} }
	r.sweepUntil(made.Add(8 * time.Hour))
	if p := r.lastCharged(); !p.ActionUntil.IsZero() || p.Action != "" || p.State != payment.PaymentPending {
		t.Fatalf("%s until %s at %q", p.State, p.ActionUntil, p.Action)
	}
	r.answer = asked
	p := r.lastCharged()
	if p, _ = r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID}); !p.ActionUntil.Equal(made.Add(31*time.Hour)) || len(r.told(ledger.NoticeAction)) != 2 {
		t.Errorf("until %s, told %d times", p.ActionUntil, len(r.told(ledger.NoticeAction)))
	}
	done()
	r.sweepUntil(made.Add(31 * time.Hour))
	if r.onlyBill().State != payment.BillPaid {
		t.Errorf("%+v", r.onlyBill())
	}
	r.audit()
}

// An automatic renewal is charged to the instrument while nobody is there; a declined one leaves no
// order behind, is told with the reason, and tried again by the schedule (R5, P19).
func TestP19_RenewedByInstrument(t *testing.T) {
	r := renewedByCard(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1, 0}}
	r.declines(false)
	r.sweepUntil(start.AddDate(0, 0, 29))
	failed := r.told(ledger.NoticeRenewalFailed)
	all := r.s.All("c1")
	if len(failed) != 1 || failed[0].Text != "stolen card" || failed[0].Resource != "x1" || len(r.told(ledger.NoticeFailed)) != 0 {
		t.Fatalf("told %+v", failed)
	}
	if o := all.Orders[0]; o.State != order.StateCanceled || o.Reason != order.ReasonAdjustmentFailed || r.res("x1").Order != "" {
		t.Errorf("order %s %q, open %q", o.State, o.Reason, r.res("x1").Order)
	}
	r.audit()
	r.answer = nil
	r.sweepUntil(start.AddDate(0, 0, 31))
	if len(r.charged) != 2 || len(r.res("x1").Periods) != 1 || len(r.told(ledger.NoticeRenewed)) != 1 || len(r.told(ledger.NoticePaid)) != 0 {
		t.Errorf("%d charges, %d periods", len(r.charged), len(r.res("x1").Periods))
	}
	for _, c := range r.charged {
		if !c.Absent || c.Instrument != saved || c.Keep {
			t.Errorf("%+v", c)
		}
	}
	r.audit()
}

// The gateway of an automatic renewal asks for the customer: they are told, and it waits; when the next
// attempt comes it is given up first, and that one begins once it is canceled (P19).
func TestP19_RenewalAsksForTheCustomer(t *testing.T) {
	for _, x := range []struct {
		name  string
		comes time.Duration // after the first attempt; 0: never
	}{{"they come", 5 * time.Hour}, {"never", 0}} {
		t.Run(x.name, func(t *testing.T) {
			r := renewedByCard(t)
			r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1, 0}, Daily: true}
			r.p.HoldAbsent = 40 * time.Hour
			r.adopt(resourceOf("x2", "vm"))
			first := r.waits("x1")
			done := r.asks()
			r.sweepUntil(first)
			if told := r.told(ledger.NoticeAction); len(told) != 1 || told[0].Resource != "x1" || !told[0].Until.Equal(first.Add(40*time.Hour)) || len(told[0].Orders) != 1 {
				t.Fatalf("told %+v", told)
			}
			if x.comes > 0 {
				r.sweepUntil(first.Add(x.comes))
				done()
				r.sweepUntil(first.Add(23 * time.Hour))
				if len(r.res("x1").Periods) != 1 || len(r.charged) != 1 || len(r.told(ledger.NoticeRenewed)) != 1 {
					t.Errorf("%d periods, %d charges", len(r.res("x1").Periods), len(r.charged))
				}
				r.audit()
				return
			}
			r.sweepUntil(first.Add(day - time.Second))
			if len(r.charged) != 1 || r.res("x1").Order == "" {
				t.Fatalf("%d charges before the next attempt", len(r.charged))
			}
			r.sweepUntil(first.Add(day))
			r.sweepUntil(first.Add(day + time.Minute)) // the gateway cancels it
			r.sweepUntil(first.Add(day + 2*time.Minute))
			failed := r.told(ledger.NoticeRenewalFailed)
			if len(failed) != 1 || failed[0].Text != "it was not finished before the next attempt" || len(r.charged) != 2 {
				t.Errorf("told %+v, %d charges", failed, len(r.charged))
			}
			done()
			r.sweepUntil(first.Add(day + time.Hour))
			if len(r.res("x1").Periods) != 1 || len(r.told(ledger.NoticeAction)) != 2 {
				t.Errorf("%d periods, told %d times", len(r.res("x1").Periods), len(r.told(ledger.NoticeAction)))
			}
			r.audit()
		})
	}
}

// waits is when the clock moves a resource next.
func (r *stored) waits(id order.ResourceID) time.Time { return r.res(id).DueAt }

// plain is a gateway that cannot cancel: what it has is waited out.
func plain(r *cardHost) { r.d.Gateways["g"] = inmem.Plain{Of: r.g} }

// Neither a decline nor the end of the time is taken for the end of a charge that a gateway cannot
// cancel: no other try begins until it is waited out (P19).
func TestP19_NoTryWhileOneIsWaitedOut(t *testing.T) {
	r, made := owing(t)
	plain(r)
	r.p.HoldAbsent, r.g.Promises.Action = time.Hour, 5*time.Hour
	done := r.asks()
	r.sweep()
	r.sweepUntil(made.Add(5 * time.Hour))
	if p := r.lastCharged(); p.State != payment.PaymentCanceling || r.onlyBill().Declines != 0 || len(r.charged) != 1 {
		t.Errorf("%s, %d declines, %d charges", p.State, r.onlyBill().Declines, len(r.charged))
	}
	done()
	r.sweepUntil(made.Add(5*time.Hour + 10*time.Minute))
	if r.onlyBill().State != payment.BillPaid || len(r.charged) != 1 {
		t.Errorf("the money was faster: %s, %d charges", r.onlyBill().State, len(r.charged))
	}
	r.audit()
}

// One instrument is charged 15 times in 30 days while nobody is there, bills and renewals together; the
// 16th try is made when the first no longer counts, and not a second earlier (P19).
func TestP19_FifteenTriesInThirtyDays(t *testing.T) {
	for _, x := range []struct {
		name       string
		most, days int
		tries      int
		within     time.Duration
	}{
		{"neutral", 0, 0, 15, 30 * day},
		{"3 in 2 days", 3, 2, 3, 2 * day},
	} {
		t.Run(x.name, func(t *testing.T) {
			r, made := owing(t)
			r.p.InstrumentTries, r.p.InstrumentDays = x.most, x.days
			r.p.BillTries = []time.Duration{time.Hour}
			r.declines(false)
			r.sweep()
			first := made
			r.sweepUntil(made.Add(time.Duration(x.tries-1) * time.Hour))
			if len(r.charged) != x.tries {
				t.Fatalf("%d charges, want %d", len(r.charged), x.tries)
			}
			refused := made.Add(time.Duration(x.tries) * time.Hour)
			again := first.Add(x.within)
			r.p.BillTries = []time.Duration{again.Add(-time.Second).Sub(refused)}
			r.sweepUntil(refused)
			declined := r.told(ledger.NoticeBillDeclined)
			if want := "name another one, pay yourself, or wait until " + order.Stamp(again); len(r.charged) != x.tries || len(declined) != x.tries+1 || !strings.HasSuffix(declined[x.tries].Text, want) {
				t.Errorf("%d charges, told %d times, at last %q", len(r.charged), len(declined), declined[len(declined)-1].Text)
			}
			r.p.BillTries = []time.Duration{time.Second}
			r.clock.Move(again.Add(-time.Second).Sub(r.clock.Now()))
			r.sweep()
			if len(r.charged) != x.tries {
				t.Errorf("tried a second too early")
			}
			r.clock.Move(time.Second)
			if r.sweep(); len(r.charged) != x.tries+1 {
				t.Errorf("not tried when the first no longer counts")
			}
			r.audit()
		})
	}
}

// The tries of bills and renewals are counted together, those with the customer there are not, and
// another instrument has its own (P19).
func TestP19_CountedTogether(t *testing.T) {
	r, made := owing(t)
	r.p.InstrumentTries = 2
	r.p.BillTries = []time.Duration{time.Hour}
	r.p.RenewBy = []payment.Method{payment.MethodOnline}
	r.p.Renewal.Attempts.AtOnce = true
	r.declines(false)
	r.sweep() // the bill
	r.adopt(resourceOf("x1", "vm"))
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.sweepUntil(made.Add(time.Minute)) // the renewal
	if len(r.charged) != 2 {
		t.Fatalf("%d charges", len(r.charged))
	}
	r.place("", draftFor("o2", 100))
	if p := r.pay("k2", payment.MethodOnline, nil, "o2"); p.State != payment.PaymentFailed || len(r.charged) != 3 {
		t.Errorf("with the customer there: %s, %d charges", p.State, len(r.charged))
	}
	r.sweepUntil(made.Add(time.Hour))
	if len(r.charged) != 3 {
		t.Errorf("the third try was made")
	}
	r.own, r.answer = other, nil
	r.sweepUntil(made.Add(2 * time.Hour))
	if len(r.charged) != 4 || r.onlyBill().State != payment.BillPaid {
		t.Errorf("another instrument: %d charges, the bill is %s", len(r.charged), r.onlyBill().State)
	}
	r.audit()
}

// A decline for good ends the tries with this instrument: bills stay due and renewals fail with the
// reason, and nothing is charged, until the customer has another one, or pays with it successfully
// (P19).
func TestP19_Spent(t *testing.T) {
	for _, x := range []struct {
		name string
		ends func(*cardHost)
	}{
		{"another instrument", func(r *cardHost) { r.own = other }},
		{"the customer pays with it", func(r *cardHost) {
			r.place("", draftFor("o2", 100))
			if p := r.pay("k2", payment.MethodOnline, nil, "o2"); p.State != payment.PaymentSucceeded || p.Instrument != saved {
				r.t.Fatalf("%s by %q", p.State, string(p.Instrument))
			}
		}},
		{"not by paying in vain", nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			r, made := owing(t)
			r.p.RenewBy = []payment.Method{payment.MethodOnline}
			r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}, AtOnce: true}
			r.p.BillTries = []time.Duration{time.Hour}
			r.declines(true)
			r.sweep()
			declined := r.told(ledger.NoticeBillDeclined)
			if len(declined) != 1 || !strings.HasPrefix(declined[0].Text, "stolen card; this instrument is not tried again until") {
				t.Fatalf("told %+v", declined)
			}
			r.adopt(resourceOf("x1", "vm"))
			r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
			r.sweepUntil(made.Add(5*time.Hour + time.Minute))
			failed := r.told(ledger.NoticeRenewalFailed)
			if len(r.charged) != 1 || r.onlyBill().State != payment.BillDue || r.onlyBill().Declines != 6 || len(failed) != 1 || !strings.Contains(failed[0].Text, "the instrument cannot be charged any more") {
				t.Fatalf("%d charges, %d declines, told %+v", len(r.charged), r.onlyBill().Declines, failed)
			}
			r.audit()
			if x.ends == nil {
				r.place("", draftFor("o2", 100))
				r.pay("k2", payment.MethodOnline, nil, "o2")
			} else {
				r.answer = nil
				x.ends(r)
			}
			n := len(r.charged)
			r.sweepUntil(made.Add(7 * time.Hour))
			if paid := r.onlyBill().State == payment.BillPaid; paid != (x.ends != nil) || len(r.charged) != n+btoi(paid) {
				t.Errorf("the bill is %s after %d charges more", r.onlyBill().State, len(r.charged)-n)
			}
			r.audit()
		})
	}
}

// What a gateway says beforehand that it never takes, and a card or an instrument that is not taken,
// decline a bill with the reason: nothing is sent, and nothing counts as a try (P6, P19).
func TestP19_BillRefusedBeforehand(t *testing.T) {
	for _, x := range []struct {
		name string
		set  func(*cardHost)
		why  string
	}{
		{"the gateway", func(r *cardHost) { r.d.Gateways["g"] = leastBefore{&least{Gateway: r.g}} }, "gateway g does not take 0.20 USD: at least 0.50 USD"},
		{"another customer's instrument", func(r *cardHost) { r.own = "secret-of-c2" }, "the customer's own instrument is not known at gateway g: have another one saved"},
		{"the card", func(r *cardHost) { r.p.Cards.Fundings = []payment.Funding{payment.FundingDebit} }, "credit cards are not taken: use debit"},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newCardHost(t)
			r.place("", draftFor("o1", 20))
			r.pay("k1", payment.MethodMonthly, nil, "o1")
			r.clock.Move(time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC).Sub(start))
			x.set(r)
			r.sweep()
			declined := r.told(ledger.NoticeBillDeclined)
			if all := r.s.All("c1"); len(r.charged) != 0 || len(all.Payments) != 1 || len(all.Instruments) != 0 || len(declined) != 1 || declined[0].Text != x.why {
				t.Errorf("%d charges, %d payments, told %+v", len(r.charged), len(all.Payments), declined)
			}
			r.audit()
		})
	}
}

// A host that does not know, or that cannot say whose an instrument is, declines no bill: the sweep
// fails, and tries again (P19).
func TestP19_BillNobodyKnowsWhose(t *testing.T) {
	r, _ := owing(t)
	wallets := r.d.Wallets
	r.d.Wallets = nil
	if s := r.sweep(); s.Failed != 1 || !errors.Is(s.Errs[0], payment.ErrHost) || len(r.charged) != 0 || r.onlyBill().Declines != 0 {
		t.Errorf("%+v, %d charges", s, len(r.charged))
	}
	r.d.Wallets = wallets
	r.clock.Move(time.Hour)
	if r.sweep(); r.onlyBill().State != payment.BillPaid {
		t.Errorf("%s", r.onlyBill().State)
	}
}

// A bill of a customer without an instrument is charged at the gateway as before: that knows what it
// has of the customer (P6).
func TestP19_BillWithoutAnInstrument(t *testing.T) {
	r, _ := owing(t)
	r.own = ""
	r.sweep()
	if c := r.charged[0]; c.Instrument != "" || !c.Absent || r.onlyBill().State != payment.BillPaid || len(r.s.All("c1").Instruments) != 0 {
		t.Errorf("%+v", c)
	}
	r.audit()
}

// An instrument, and what the gateway wants the client's own code to know, stand in no trace, log,
// notice, entry or error, nor in any record but the payment's, whatever is done with them (P19).
func TestP19_TheInstrumentStandsInNoText(t *testing.T) {
	var texts []string
	say := func(x any) { texts = append(texts, fmt.Sprintf("%v %+v %#v", x, x, x)) }
	search := func(r *cardHost) {
		all := r.s.All("c1")
		for _, p := range all.Payments {
			say(p)
		}
		all.Payments = nil
		records, err := all.Encode()
		r.must(err)
		for _, x := range records {
			texts = append(texts, string(x.Body))
		}
		for _, x := range texts {
			if strings.Contains(x, "secret") {
				r.t.Errorf("%.200s", x)
			}
		}
	}
	listen := func(r *cardHost) *cardHost {
		r.d.Trace = func(s desk.Step) { say(s) }
		return r
	}
	declined, _ := owing(t)
	listen(declined).declines(true)
	declined.sweep()
	declined.own = "secret-of-c2"
	declined.clock.Move(day)
	declined.sweep()
	search(declined)

	asked := listen(renewedByCard(t))
	asked.answer = func(gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusAction, Data: "secret-data", Handle: "pi_1"}
	}
	asked.sweepUntil(asked.waits("x1"))
	if told := asked.told(ledger.NoticeAction); len(told) != 1 || told[0].Action != "" {
		t.Errorf("told %+v", told)
	}
	search(asked)

	kept := listen(newCardHost(t))
	kept.answer = func(gateway.Charge) gateway.Outcome {
		return gateway.Outcome{Status: gateway.StatusCaptured, Instrument: "secret-kept"}
	}
	kept.place("", draftFor("o1", 100))
	long := order.Opaque(strings.Repeat("secret", 11))
	for _, q := range []payment.Request{
		{Instrument: "secret-of-c2"}, {Instrument: saved, Gateway: "none"}, {Instrument: long}, {Instrument: saved, Keep: true}, {Instrument: "secret\xff"},
		{Instrument: saved, Method: payment.MethodBalance}, {Instrument: other}, {Keep: true}, {},
	} {
		q.Key, q.Customer, q.Orders = payment.Key("k"), "c1", []order.ID{"o1"}
		q.Method = cmp.Or(q.Method, payment.MethodOnline)
		p, err := kept.d.Pay(ctx, q)
		say(err)
		say(p)
		say(q)
	}
	kept.own = long
	_, err := kept.d.Account(ctx, "c1", payment.FundCash, order.USD)
	if say(err); err == nil {
		t.Error("an instrument of 66 bytes is one of the customer")
	}
	search(kept)
}
