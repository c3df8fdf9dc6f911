package ledgertest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

func storeCrossed(open OpenStore, k Kept) error {
	s := open()
	one, others := parts(k.Customers[0])
	other, _ := parts(others)
	both := one.Copy()
	both.AppendCopy(other)
	if err := fill(s, ids[0], both); err != nil {
		return err
	}
	one, other = one.Written(), other.Written()
	for range 4 {
		errs := race(
			func() error {
				return s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: []ledger.Ref{other.Views()[0].Ref}, Put: one.Copy()})
			},
			func() error {
				return s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: []ledger.Ref{one.Views()[0].Ref}, Put: other.Copy()})
			})
		switch {
		case errs[0] == nil && errors.Is(errs[1], ledger.ErrConflict):
			one = one.Written()
		case errs[1] == nil && errors.Is(errs[0], ledger.ErrConflict):
			other = other.Written()
		case errors.Is(errs[0], ledger.ErrConflict) && errors.Is(errs[1], ledger.ErrConflict):
			// Neither is a promise that is kept, if not a fast one; together for ever is not.
			if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: []ledger.Ref{other.Views()[0].Ref}, Put: one.Copy()}); err != nil {
				return fmt.Errorf("both were refused, and so is one alone: %w", err)
			}
			one = one.Written()
		default:
			return fmt.Errorf("one expects what the other puts: %v, and %v", errs[0], errs[1])
		}
	}
	both = one.Copy()
	both.AppendCopy(other)
	return holds(s, ids[0], both)
}

// race runs calls at once.
func race(calls ...func() error) []error {
	errs := make([]error, len(calls))
	var start, done sync.WaitGroup
	start.Add(1)
	for i, call := range calls {
		done.Add(1)
		go func() {
			defer done.Done()
			start.Wait()
			errs[i] = call()
		}()
	}
	start.Done()
	done.Wait()
	return errs
}

func storeOneWinner(open OpenStore, k Kept) error {
	s := open()
	one, _ := parts(k.Customers[0])
	for round := range 3 {
		put := at(one, int64(round))
		call := func() error { return s.Commit(ctx, ledger.Change{Customer: ids[0], Put: put.Copy()}) }
		won := 0
		for _, err := range race(call, call, call, call, call, call, call, call) {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, ledger.ErrConflict):
				return err
			}
		}
		if won != 1 {
			return fmt.Errorf("%d of 8 commits on version %d succeed", won, round)
		}
	}
	return nil
}

func storeInstant(open OpenStore, k Kept) error {
	s := open()
	all := collect(k.Customers[0])
	one, other := all[0], all[len(all)-1] // of two kinds
	pair := one.Copy()
	pair.AppendCopy(other)
	if err := fill(s, ids[0], pair); err != nil {
		return err
	}
	a, b := one.Views()[0].Ref, other.Views()[0].Ref
	asks := []ledger.Ask{{Customer: ids[0], Refs: []ledger.Ref{a, b}}, {Customer: ids[0], All: []ledger.Kind{a.Kind, b.Kind}},
		{Customer: ids[0], Refs: []ledger.Ref{a}, All: []ledger.Kind{b.Kind}}}
	var seen atomic.Bool
	errs := race(
		func() error {
			for round := int64(1); round < 20 || !seen.Load(); round++ {
				if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Put: at(pair, round)}); err != nil {
					return err
				}
			}
			return nil
		},
		func() error {
			defer seen.Store(true)
			for i := range 21 {
				got, err := s.Load(ctx, asks[i%len(asks)])
				if err != nil {
					return err
				}
				if v := got.Views(); len(v) < 2 || v[0].Version != v[len(v)-1].Version {
					return fmt.Errorf("two records that are always written together are loaded as %+v", v)
				}
			}
			return nil
		})
	return errors.Join(errs...)
}

func storeCrossedAbsence(open OpenStore, _ Kept) error {
	s := open()
	for round := range 4 {
		id := order.CustomerID(fmt.Sprint("crossed ", round))
		made := func(name, without string) func() error {
			return func() error {
				return s.Commit(ctx, ledger.Change{Customer: id, Expect: []ledger.Ref{{Kind: ledger.KindTally, ID: without}}, Put: tally(id, name, 1)})
			}
		}
		errs := race(made("one", "other"), made("other", "one"))
		switch {
		case errs[0] == nil && errors.Is(errs[1], ledger.ErrConflict), errs[1] == nil && errors.Is(errs[0], ledger.ErrConflict):
		case errors.Is(errs[0], ledger.ErrConflict) && errors.Is(errs[1], ledger.ErrConflict):
			// As in the law of what is there: one alone succeeds.
			if err := made("one", "other")(); err != nil {
				return fmt.Errorf("both were refused, and so is one alone: %w", err)
			}
		default:
			return fmt.Errorf("each expects not to be there what the other puts: %v, and %v", errs[0], errs[1])
		}
		got, err := everything(s, id)
		if n := len(got.Views()); err != nil || n != 1 {
			return fmt.Errorf("each expects not to be there what the other puts, and %d of the two are: %v", n, err)
		}
	}
	return nil
}

// tally is the smallest record.
func tally(id order.CustomerID, name string, n int) ledger.Records {
	return ledger.Records{Tallies: []coupon.Tally{{Customer: id, Name: name, N: n}}}
}
