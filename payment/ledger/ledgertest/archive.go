package ledgertest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

func storeArchives(open OpenStore, k Kept) error {
	s := open()
	a, ok := s.(ledger.Archiver)
	if !ok {
		return nil
	}
	var rest []ledger.Record // what rests, of all customers
	before := opening.AddDate(100, 0, 0)
	for i, id := range ids {
		if err := fill(s, id, k.Customers[i]); err != nil {
			return err
		}
		for _, v := range k.Customers[i].Written().Views() {
			if v.Archivable(before) {
				rest = append(rest, v)
			}
		}
	}
	if len(rest) == 0 {
		return nil
	}
	slices.SortFunc(rest, func(a, b ledger.Record) int { return a.At.Compare(b.At) })
	if n, err := a.Archive(ctx, rest[0].At, 100); n != 0 || err != nil {
		return fmt.Errorf("%d records are archived before the second of the first one: %v", n, err)
	}
	if n, err := a.Archive(ctx, rest[0].At.Add(time.Second), 1); n != 1 || err != nil {
		return fmt.Errorf("%d records are archived where at most one is asked for, and one rests: %v", n, err)
	}
	done := 1
	for {
		n, err := a.Archive(ctx, before, 7)
		if err != nil || n > 7 {
			return fmt.Errorf("%d records are archived where at most 7 are asked for: %v", n, err)
		}
		if done += n; n == 0 {
			break
		}
	}
	if done != len(rest) {
		return fmt.Errorf("%d records are archived, and %d rest", done, len(rest))
	}
	for i, id := range ids {
		if err := holds(s, id, k.Customers[i].Written()); err != nil {
			return fmt.Errorf("after the archive: %w", err)
		}
	}
	tried := make(map[ledger.Kind]bool)
	for _, v := range rest {
		if tried[v.Kind] {
			continue
		}
		tried[v.Kind] = true
		for _, law := range []func(ledger.Store, ledger.Record) error{archivedIsFound, archivedIsCompared} {
			if err := law(s, v); err != nil {
				return fmt.Errorf("%s %s of %s, which is archived: %w", v.Kind, v.ID, v.Customer, err)
			}
		}
	}
	return nil
}

// archivedIsCompared: an archived record is as any other to a commit.
func archivedIsCompared(s ledger.Store, v ledger.Record) error {
	ask := ledger.Ask{Customer: v.Customer, Refs: []ledger.Ref{{Kind: v.Kind, ID: v.ID}}}
	got, err := s.Load(ctx, ask)
	if err != nil {
		return err
	}
	one := ledger.Records{}
	for w, x := range got.Each() {
		if w.ID == v.ID && w.Kind == v.Kind {
			one = x
		}
	}
	if len(one.Views()) != 1 {
		return errors.New("it is not loaded by its name")
	}
	now := one.Views()[0]
	for _, wrong := range []int64{0, now.Version + 1} {
		for _, c := range []ledger.Change{
			{Customer: v.Customer, Put: at(one, wrong)},
			{Customer: v.Customer, Expect: []ledger.Ref{{Kind: v.Kind, ID: v.ID, Version: wrong}}, Put: outbox(v.Customer, opening)},
		} {
			if err := s.Commit(ctx, c); !errors.Is(err, ledger.ErrConflict) {
				return fmt.Errorf("at version %d, where it has %d, it is no conflict: %v", wrong, now.Version, err)
			}
		}
	}
	all, err := s.Load(ctx, ledger.Ask{Customer: v.Customer, All: []ledger.Kind{v.Kind}})
	if err != nil {
		return err
	}
	of := ledger.Of{Kind: v.Kind}
	for _, w := range all.Views() {
		of.N, of.Versions = of.N+1, of.Versions+w.Version
	}
	if err := s.Commit(ctx, ledger.Change{Customer: v.Customer, ExpectAll: []ledger.Of{of}, Put: one.Copy()}); err != nil {
		return fmt.Errorf("it is not written, all of its kind expected: %w", err)
	}
	again, err := s.Load(ctx, ask)
	if err != nil {
		return err
	}
	for _, w := range again.Views() {
		if w.Kind == v.Kind && w.ID == v.ID && w.Version != now.Version+1 {
			return fmt.Errorf("written again it has version %d, want %d", w.Version, now.Version+1)
		}
	}
	return nil
}

// archivedIsFound: an archived record is on the pages of a Finder and of a Lister.
func archivedIsFound(s ledger.Store, v ledger.Record) error {
	if l, ok := s.(ledger.Lister); ok {
		found := false
		for q := (ledger.ListQuery{Kind: v.Kind, State: v.State, Limit: order.MaxLimit}); ; {
			page, err := l.List(ctx, q)
			if err != nil {
				return err
			}
			found = found || slices.ContainsFunc(page.Records, func(r ledger.Record) bool { return r.Customer == v.Customer && r.ID == v.ID })
			if q.After = page.Next; q.After.IsZero() {
				break
			}
		}
		if !found {
			return errors.New("it is not listed")
		}
	}
	f, ok := s.(ledger.Finder)
	if !ok || v.Kind != ledger.KindOrder {
		return nil
	}
	page, err := f.Find(ctx, order.Query{Customer: v.Customer, Order: order.ID(v.ID)})
	if err != nil || len(page.Orders) != 1 {
		return fmt.Errorf("%d orders are found by its ID: %w", len(page.Orders), errors.Join(err))
	}
	return nil
}
