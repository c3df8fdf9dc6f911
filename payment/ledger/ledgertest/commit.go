package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

func storeVersions(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0]
	for range 3 {
		if err := fill(s, ids[0], r); err != nil {
			return err
		}
		r = r.Written()
	}
	return holds(s, ids[0], r)
}

func storeWhole(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0]
	one, others := parts(r)
	if err := fill(s, ids[0], one); err != nil {
		return err
	}
	// One of many is there already: nothing of the others is written, whichever comes first.
	var turned ledger.Records
	for _, x := range slices.Backward(collect(r)) {
		turned.Append(x)
	}
	for _, change := range []ledger.Records{r, turned} {
		if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Put: change.Copy()}); !errors.Is(err, ledger.ErrConflict) {
			return fmt.Errorf("a record that exists already, among others: %v", err)
		}
		if err := holds(s, ids[0], one.Written()); err != nil {
			return err
		}
	}
	expect := one.Views()[0].Ref
	if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: []ledger.Ref{expect}, Put: others.Copy()}); !errors.Is(err, ledger.ErrConflict) {
		return fmt.Errorf("an expectation that does not hold, beside records that could be written: %v", err)
	}
	return holds(s, ids[0], one.Written())
}

func storeStale(open OpenStore, k Kept) error {
	s := open()
	one, others := parts(k.Customers[0])
	if err := fill(s, ids[0], one); err != nil {
		return err
	}
	now := one.Written()
	if err := fill(s, ids[0], now); err != nil {
		return err
	}
	now = now.Written() // version 2
	for _, version := range []int64{0, 1, 3} {
		old := at(one, version)
		if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Put: old}); !errors.Is(err, ledger.ErrConflict) {
			return fmt.Errorf("version %d is written over version 2: %v", version, err)
		}
		if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: []ledger.Ref{old.Views()[0].Ref}, Put: others.Copy()}); !errors.Is(err, ledger.ErrConflict) {
			return fmt.Errorf("version %d is expected where 2 stands: %v", version, err)
		}
	}
	if err := staleAmongOthers(s, now, others); err != nil {
		return err
	}
	if err := holds(s, ids[0], now); err != nil {
		return err
	}
	if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: []ledger.Ref{now.Views()[0].Ref}, Put: others.Copy()}); err != nil {
		return fmt.Errorf("what holds is expected: %w", err)
	}
	return nil
}

// staleAmongOthers expects what does not hold before and after what does, and writes over
// what is not there; now is all that there is.
func staleAmongOthers(s ledger.Store, now, others ledger.Records) error {
	holds, put := now.Views()[0].Ref, collect(others)
	old, gone := holds, others.Views()[0].Ref
	old.Version--
	gone.Version = 1
	absent := ledger.Ref{Kind: ledger.KindTally, ID: "nothing has this ID"}
	for _, wrong := range []ledger.Ref{old, gone} {
		for _, expect := range [][]ledger.Ref{{wrong, absent}, {absent, wrong}, {holds, absent, wrong}} {
			if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: expect, Put: put[len(put)-1].Copy()}); !errors.Is(err, ledger.ErrConflict) {
				return fmt.Errorf("version %d of %s %s is expected among others, where it is not: %v", wrong.Version, wrong.Kind, wrong.ID, err)
			}
		}
	}
	for _, x := range put {
		if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Put: at(x, 1)}); !errors.Is(err, ledger.ErrConflict) {
			return fmt.Errorf("version 1 of %s %s, which is not there, is written over: %v", x.Views()[0].Kind, x.Views()[0].ID, err)
		}
	}
	return nil
}

func storeMadeOnce(open OpenStore, k Kept) error {
	s := open()
	one, others := parts(k.Customers[0])
	gone := one.Views()[0].Ref
	gone.Version = 0
	if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: []ledger.Ref{gone}, Put: others.Copy()}); err != nil {
		return fmt.Errorf("what is not there is expected not to be: %w", err)
	}
	if err := fill(s, ids[0], one); err != nil {
		return err
	}
	if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Expect: []ledger.Ref{gone}, Put: others.Written()}); !errors.Is(err, ledger.ErrConflict) {
		return fmt.Errorf("what is there is expected not to be: %v", err)
	}
	for _, x := range k.Customers[0].Each() {
		if err := s.Commit(ctx, ledger.Change{Customer: ids[0], Put: x}); !errors.Is(err, ledger.ErrConflict) {
			return fmt.Errorf("%s %s is made twice: %v", x.Views()[0].Kind, x.Views()[0].ID, err)
		}
	}
	return nil
}

func storeOwnership(open OpenStore, k Kept) error {
	s := open()
	mine := k.Customers[0].Copy()
	mine.AppendCopy(full(ids[0]))
	theirs := ofCustomer(mine, ids[1])
	if err := fill(s, ids[0], mine); err != nil {
		return err
	}
	if err := fill(s, ids[1], theirs); err != nil {
		return fmt.Errorf("another customer names things alike: %w", err)
	}
	if err := holds(s, ids[0], mine.Written()); err != nil {
		return fmt.Errorf("the first customer: %w", err)
	}
	if err := holds(s, ids[1], theirs.Written()); err != nil {
		return fmt.Errorf("the second customer: %w", err)
	}
	return nil
}

// ofCustomer returns records under the same IDs as another customer's.
func ofCustomer(r ledger.Records, id order.CustomerID) ledger.Records {
	r = r.Copy()
	kinds := reflect.ValueOf(&r).Elem()
	for i := range kinds.NumField() {
		for k := range kinds.Field(i).Len() {
			for _, name := range []string{"Customer", "Issuer"} {
				if whose := kinds.Field(i).Index(k).FieldByName(name); whose.IsValid() {
					whose.SetString(string(id))
				}
			}
		}
	}
	return r
}

func storeCanceled(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0]
	given, cancel := context.WithCancel(ctx)
	cancel()
	err := s.Commit(given, ledger.Change{Customer: ids[0], Put: r.Copy()})
	got, loadErr := everything(s, ids[0])
	if loadErr != nil {
		return loadErr
	}
	switch n := len(got.Views()); {
	case n == 0 && err == nil:
		return errors.New("it says that it was written, and it was not")
	case n == 0:
		return nil
	case err != nil && !errors.Is(err, ledger.ErrInDoubt):
		return fmt.Errorf("it says %w, and %d records were written", err, n)
	}
	return same(got, r.Written())
}
