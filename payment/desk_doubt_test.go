package payment_test

import (
	"context"
	"errors"
	"testing"

	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/inmem"
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

func (s *shakyStore) Load(ctx context.Context, a payment.Ask) (payment.Records, error) {
	if s.load != nil {
		if err := s.load(); err != nil {
			return payment.Records{}, err
		}
	}
	return s.Store.Load(ctx, a)
}

func (s *shakyStore) Commit(ctx context.Context, c payment.Change) error {
	s.n++
	if s.commit == nil {
		return s.Store.Commit(ctx, c)
	}
	err := s.commit(s.n)
	if err == nil || errors.Is(err, payment.ErrInDoubt) && !s.lost {
		return errors.Join(s.Store.Commit(ctx, c), err)
	}
	return err
}

func shakyCounter(t *testing.T) (*counter, *shakyStore) {
	r := newCounter(t)
	s := &shakyStore{Store: r.s}
	r.d.Store = s
	return r, s
}

// What was in doubt once stays in doubt, whatever fails after it: the caller says the same
// again, and it is done once (P13, P16).
func TestP16_InDoubtStaysSo(t *testing.T) {
	deposit := payment.Deposit{ID: "d", Customer: "c1", By: "u", Fund: payment.FundCash, Amount: cents(500)}
	for name, fail := range map[string]func(*shakyStore, func()){
		"then the store is down":  func(s *shakyStore, _ func()) { s.load = func() error { return errStoreDown } },
		"then others are faster":  func(s *shakyStore, _ func()) { s.lost, s.commit = true, func(int) error { return payment.ErrConflict } },
		"then the caller is gone": func(s *shakyStore, cancel func()) { cancel(); s.commit = nil },
	} {
		t.Run(name, func(t *testing.T) {
			r, s := shakyCounter(t)
			r.p.Conflicts = 3
			ctx, cancel := context.WithCancel(everywhere)
			defer cancel()
			s.commit = func(int) error {
				fail(s, cancel)
				return payment.ErrInDoubt
			}
			_, err := r.d.Deposit(ctx, deposit)
			if !errors.Is(err, payment.ErrInDoubt) {
				t.Errorf("%v", err)
			}
			if name == "then the store is down" && !errors.Is(err, errStoreDown) {
				t.Errorf("%v does not say what failed", err)
			}
			s.load, s.commit = nil, nil
			_, err = r.d.Deposit(everywhere, deposit)
			r.must(err)
			r.accounts("said again", 500, 0)
			r.audit()
		})
	}
}
