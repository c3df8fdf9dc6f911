package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
)

var errStoreDown = errors.New("the store is down")

// shakyStore is a store that fails as it is told: each commit by its number, before its effect, but
// after it where it is in doubt.
type shakyStore struct {
	*inmem.Store
	load   func() error
	commit func(n int) error
	lost   bool // what is in doubt was not written
	n      int
}

func (s *shakyStore) Load(ctx context.Context, a ledger.Ask) (ledger.Records, error) {
	if s.load != nil {
		if err := s.load(); err != nil {
			return ledger.Records{}, err
		}
	}
	return s.Store.Load(ctx, a)
}

func (s *shakyStore) Commit(ctx context.Context, c ledger.Change) error {
	s.n++
	if s.commit == nil {
		return s.Store.Commit(ctx, c)
	}
	err := s.commit(s.n)
	if err == nil || errors.Is(err, ledger.ErrInDoubt) && !s.lost {
		return errors.Join(s.Store.Commit(ctx, c), err)
	}
	return err
}

func shakyHost(t *testing.T) (*host, *shakyStore) {
	r := newHost(t)
	s := &shakyStore{Store: r.s}
	r.d.Store = s
	return r, s
}

// from fails every commit from the n-th on.
func (s *shakyStore) from(n int) {
	s.n = 0
	s.commit = func(i int) error {
		if i >= n {
			return errStoreDown
		}
		return nil
	}
}

func (r *stored) payment(id order.PaymentID) payment.Payment {
	for _, p := range r.s.All("c1").Payments {
		if p.ID == id {
			return p
		}
	}
	return payment.Payment{}
}

// What was in doubt once stays in doubt, whatever fails after it: the caller says the same
// again, and it is done once (P13, P16).
func TestP16_InDoubtStaysSo(t *testing.T) {
	deposit := desk.DepositRequest{ID: "d", Customer: "c1", By: "u", Fund: payment.FundCash, Amount: cents(500)}
	for name, fail := range map[string]func(*shakyStore, func()){
		"then the store is down":  func(s *shakyStore, _ func()) { s.load = func() error { return errStoreDown } },
		"then others are faster":  func(s *shakyStore, _ func()) { s.lost, s.commit = true, func(int) error { return ledger.ErrConflict } },
		"then the caller is gone": func(s *shakyStore, cancel func()) { cancel(); s.commit = nil },
	} {
		t.Run(name, func(t *testing.T) {
			r, s := shakyHost(t)
			r.p.Conflicts = 3
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			s.commit = func(int) error {
				fail(s, cancel)
				return ledger.ErrInDoubt
			}
			_, err := r.d.Deposit(ctx, deposit)
			if !errors.Is(err, ledger.ErrInDoubt) {
				t.Errorf("%v", err)
			}
			if name == "then the store is down" && !errors.Is(err, errStoreDown) {
				t.Errorf("%v does not say what failed", err)
			}
			s.load, s.commit = nil, nil
			_, err = r.d.Deposit(ctx, deposit)
			r.must(err)
			r.accounts("said again", 500, 0)
			r.audit()
		})
	}
}

// Once a payment is held, what fails in settling it is no error of the call: it is returned as
// it stands in the store, without a receipt that nobody wrote, and the sweep goes on (P16).
func TestP16_HeldIsNoError(t *testing.T) {
	for name, again := range map[string]bool{"the first time": false, "the same key again": true} {
		t.Run(name, func(t *testing.T) {
			r, s := shakyHost(t)
			r.place("", draftFor("a", 1000))
			if again {
				decide := r.undecided()
				r.pay("k", payment.MethodOnline, nil, "a")
				decide(gateway.StatusCaptured)
				s.from(1)
			} else {
				s.from(2)
			}
			p := r.pay("k", payment.MethodOnline, nil, "a")
			_, receipt := p.Receipt()
			if stands := r.payment(p.ID); p.State != payment.PaymentPending || receipt || !p.Paid.IsZero() || p.Trade != "" || stands.State != p.State {
				t.Errorf("%s with a receipt: %t, and in the store %s", p.State, receipt, stands.State)
			}
			s.commit = nil
			r.clock.Move(time.Minute)
			r.sweep()
			if p := r.payment(p.ID); p.State != payment.PaymentSucceeded || r.order("a").State != order.StatePaid {
				t.Errorf("%s, order %s", p.State, r.order("a").State)
			}
			r.nets(1000)
			r.audit()
		})
	}
}

// The same of a payment that is to be canceled: from then on the sweep cancels it.
func TestP16_CanceledLater(t *testing.T) {
	r, s := shakyHost(t)
	r.undecided()
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	s.from(2)
	p, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
	if err != nil || p.State != payment.PaymentCanceling || r.payment(p.ID).State != payment.PaymentCanceling {
		t.Errorf("%s, in the store %s, %v", p.State, r.payment(p.ID).State, err)
	}
	s.commit = nil
	r.clock.Move(time.Minute)
	r.sweep()
	if p := r.payment(p.ID); p.State != payment.PaymentCanceled {
		t.Errorf("%s", p.State)
	}
	r.audit()
}

// Who looks a payment up that cannot be settled gets the error, and the payment as it stands.
func TestP16_LookupThatCannotSettleSaysSo(t *testing.T) {
	r, s := shakyHost(t)
	decide := r.undecided()
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	decide(gateway.StatusCaptured)
	s.from(1)
	for name, look := range map[string]func() (payment.Payment, error){
		"Payment": func() (payment.Payment, error) { return r.d.Payment(ctx, "c1", p.ID) },
		"Hint": func() (payment.Payment, error) {
			return r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID})
		},
		"CancelPayment": func() (payment.Payment, error) {
			return r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
		},
	} {
		if p, err := look(); !errors.Is(err, errStoreDown) || p.State != payment.PaymentPending || p.Trade != "" {
			t.Errorf("%s: %s, %q, %v", name, p.State, p.Trade, err)
		}
	}
}

// The same key again looks up, and settles what was captured meanwhile (P13, P16).
func TestP13_SameKeySettles(t *testing.T) {
	r := newHost(t)
	decide := r.undecided()
	r.place("", draftFor("a", 1000))
	first := r.pay("k", payment.MethodOnline, nil, "a")
	decide(gateway.StatusCaptured)
	again := r.pay("k", payment.MethodOnline, nil, "a")
	if first.State != payment.PaymentPending || again.ID != first.ID || again.State != payment.PaymentSucceeded || r.order("a").State != order.StatePaid {
		t.Errorf("%s, then %s, order %s", first.State, again.State, r.order("a").State)
	}
	r.nets(1000)
	r.audit()
}

// A payment that is to be canceled is looked up first: what has been captured succeeds, and
// what has been declined fails, also where the gateway cannot cancel (P16).
func TestP16_CancelLooksFirst(t *testing.T) {
	for status, want := range map[gateway.Status]payment.PaymentState{gateway.StatusCaptured: payment.PaymentSucceeded, gateway.StatusDeclined: payment.PaymentFailed} {
		r := newHost(t)
		r.d.Gateways["g"] = inmem.Plain{Of: r.g}
		decide := r.undecided()
		r.place("", draftFor("a", 1000))
		p := r.pay("k", payment.MethodOnline, nil, "a")
		decide(status)
		p, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "u", Payment: p.ID})
		if err != nil || p.State != want {
			t.Errorf("%s: %s, %v", status, p.State, err)
		}
		for _, e := range r.s.All("c1").Entries {
			if e.Step == "cancel payment" {
				t.Errorf("%s: %+v", status, e.Moves)
			}
		}
		r.audit()
	}
	r := newHost(t)
	if _, err := r.d.CancelPayment(ctx, desk.CancelPaymentRequest{Customer: "c1", By: "", Payment: "p"}); err == nil {
		t.Error("nobody canceled")
	}
}
