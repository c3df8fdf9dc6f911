package paymenttest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// StoreLaws returns what a store promises, law by law.
func StoreLaws() []StoreLaw {
	return []StoreLaw{
		{Name: "fields", Says: "what was written is read back, every field of every kind, at version 1", Holds: storeFields},
		{Name: "versions", Says: "each write is one version more", Holds: storeVersions},
		{Name: "whole", Says: "a change is written whole, or nothing of it", Holds: storeWhole},
		{Name: "stale", Says: "a record that is not at the version given is a conflict, written or only expected", Holds: storeStale},
		{Name: "made once", Says: "what must not exist and does is a conflict, written or only expected", Holds: storeMadeOnce},
		{Name: "ownership", Says: "customers who name things alike never meet", Holds: storeOwnership},
		{Name: "names", Says: "customers and IDs are told apart byte for byte, whatever printable characters they have", Holds: storeNames},
		{Name: "copies", Says: "what was given to the store, and what it returned, is the caller's", Holds: storeCopies},
		{Name: "groups", Says: "asked for an order, it returns the whole purchase", Holds: storeGroups},
		{Name: "asked", Says: "it returns what is asked for, leaves out what is not there, and nothing else", Holds: storeAsked},
		{Name: "crossed", Says: "of two commits that expect what the other puts one succeeds", Holds: storeCrossed},
		{Name: "crossed absence", Says: "of two commits that expect not to be there what the other puts one succeeds", Holds: storeCrossedAbsence},
		{Name: "one winner", Says: "of many commits at once on the same version one succeeds", Holds: storeOneWinner},
		{Name: "one instant", Says: "what is loaded stood so at one instant", Holds: storeInstant},
		{Name: "waiting", Says: "what waits is named, whoever waits the longest first, and no more than asked for", Holds: storeWaiting},
		{Name: "waiting kinds", Says: "whatever kind of record waits is named, to the second", Holds: storeWaitingKinds},
		{Name: "waits move", Says: "what is moved on waits from then on, and what waits for nothing is not named", Holds: storeMovesOn},
		{Name: "canceled", Says: "a commit that is given up writes all or nothing", Holds: storeCanceled},
		{Name: "finds", Says: "where it is a Finder, it finds the orders that meet a query, page by page", Holds: storeFinds},
	}
}

var ctx = context.Background()

// fill writes what is kept of a customer.
func fill(s payment.Store, id order.CustomerID, r payment.Records) error {
	if err := s.Commit(ctx, payment.Change{Customer: id, Put: r.Copy()}); err != nil {
		return fmt.Errorf("a first commit: %w", err)
	}
	return nil
}

func everything(s payment.Store, id order.CustomerID) (payment.Records, error) {
	return s.Load(ctx, payment.Ask{Customer: id, All: []payment.Kind{payment.KindOrder, payment.KindCoupon, payment.KindPayment, payment.KindRefund,
		payment.KindAccount, payment.KindBill, payment.KindResource, payment.KindTally, payment.KindNotice, payment.KindOutbox, payment.KindEntry,
		payment.KindCode, payment.KindClaim}})
}

// holds reports how what a store keeps of a customer is not what is wanted.
func holds(s payment.Store, id order.CustomerID, want payment.Records) error {
	got, err := everything(s, id)
	if err != nil {
		return err
	}
	return same(got, want)
}

func storeFields(open OpenStore, k Kept) error {
	s := open()
	for i, id := range ids {
		if err := fill(s, id, k.Customers[i]); err != nil {
			return err
		}
	}
	for i, id := range ids {
		if err := holds(s, id, k.Customers[i].Written()); err != nil {
			return fmt.Errorf("customer %s: %w", id, err)
		}
	}
	return nil
}

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

// parts splits records into one of them and the others.
func parts(r payment.Records) (one, others payment.Records) {
	first := true
	for _, x := range r.Each() {
		if first {
			one, first = x, false
			continue
		}
		others.Append(x)
	}
	return one, others
}

func storeWhole(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0]
	one, others := parts(r)
	if err := fill(s, ids[0], one); err != nil {
		return err
	}
	// One of many is there already: nothing of the others is written, whichever comes first.
	var turned payment.Records
	for _, x := range slices.Backward(collect(r)) {
		turned.Append(x)
	}
	for _, change := range []payment.Records{r, turned} {
		if err := s.Commit(ctx, payment.Change{Customer: ids[0], Put: change.Copy()}); !errors.Is(err, payment.ErrConflict) {
			return fmt.Errorf("a record that exists already, among others: %v", err)
		}
		if err := holds(s, ids[0], one.Written()); err != nil {
			return err
		}
	}
	expect := one.Views()[0].Ref
	if err := s.Commit(ctx, payment.Change{Customer: ids[0], Expect: []payment.Ref{expect}, Put: others.Copy()}); !errors.Is(err, payment.ErrConflict) {
		return fmt.Errorf("an expectation that does not hold, beside records that could be written: %v", err)
	}
	return holds(s, ids[0], one.Written())
}

func collect(r payment.Records) (all []payment.Records) {
	for _, x := range r.Each() {
		all = append(all, x)
	}
	return all
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
		if err := s.Commit(ctx, payment.Change{Customer: ids[0], Put: old}); !errors.Is(err, payment.ErrConflict) {
			return fmt.Errorf("version %d is written over version 2: %v", version, err)
		}
		if err := s.Commit(ctx, payment.Change{Customer: ids[0], Expect: []payment.Ref{old.Views()[0].Ref}, Put: others.Copy()}); !errors.Is(err, payment.ErrConflict) {
			return fmt.Errorf("version %d is expected where 2 stands: %v", version, err)
		}
	}
	if err := holds(s, ids[0], now); err != nil {
		return err
	}
	if err := s.Commit(ctx, payment.Change{Customer: ids[0], Expect: []payment.Ref{now.Views()[0].Ref}, Put: others.Copy()}); err != nil {
		return fmt.Errorf("what holds is expected: %w", err)
	}
	return nil
}

// at returns records at a version.
func at(r payment.Records, version int64) payment.Records {
	views, err := r.Encode()
	if err != nil {
		return r
	}
	var c payment.Records
	for _, v := range views {
		v.Version = version
		if err := c.Decode(v); err != nil {
			return r
		}
	}
	return c
}

func storeMadeOnce(open OpenStore, k Kept) error {
	s := open()
	one, others := parts(k.Customers[0])
	gone := one.Views()[0].Ref
	gone.Version = 0
	if err := s.Commit(ctx, payment.Change{Customer: ids[0], Expect: []payment.Ref{gone}, Put: others.Copy()}); err != nil {
		return fmt.Errorf("what is not there is expected not to be: %w", err)
	}
	if err := fill(s, ids[0], one); err != nil {
		return err
	}
	if err := s.Commit(ctx, payment.Change{Customer: ids[0], Expect: []payment.Ref{gone}, Put: others.Written()}); !errors.Is(err, payment.ErrConflict) {
		return fmt.Errorf("what is there is expected not to be: %v", err)
	}
	for _, x := range k.Customers[0].Each() {
		if err := s.Commit(ctx, payment.Change{Customer: ids[0], Put: x}); !errors.Is(err, payment.ErrConflict) {
			return fmt.Errorf("%s %s is made twice: %v", x.Views()[0].Kind, x.Views()[0].ID, err)
		}
	}
	return nil
}

func storeOwnership(open OpenStore, k Kept) error {
	s := open()
	mine := payment.Records{Tallies: k.Customers[0].Tallies, Outboxes: k.Customers[0].Outboxes, Accounts: k.Customers[0].Accounts}
	theirs := payment.Records{Tallies: k.Customers[1].Tallies, Outboxes: k.Customers[1].Outboxes, Accounts: k.Customers[1].Accounts}
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

func storeCopies(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0].Copy()
	want := r.Written()
	if err := s.Commit(ctx, payment.Change{Customer: ids[0], Put: r}); err != nil {
		return err
	}
	scribble(&r)
	got, err := everything(s, ids[0])
	if err != nil {
		return err
	}
	if err := same(got, want); err != nil {
		return fmt.Errorf("what was given is changed afterwards: %w", err)
	}
	scribble(&got)
	if err := holds(s, ids[0], want); err != nil {
		return fmt.Errorf("what was returned is changed afterwards: %w", err)
	}
	return nil
}

// scribble changes what lies behind the slices of records.
func scribble(r *payment.Records) {
	for i := range r.Orders {
		r.Orders[i].Lines[0].Product = "scribbled"
		r.Orders[i].Version = 99
	}
	for i := range r.Entries {
		r.Entries[i].Moves[0].ID = "scribbled"
	}
	for i := range r.Notices {
		if len(r.Notices[i].Orders) > 0 {
			r.Notices[i].Orders[0] = "scribbled"
		}
	}
	for i := range r.Resources {
		if len(r.Resources[i].Periods) > 0 {
			r.Resources[i].Periods[0].Order = "scribbled"
		}
	}
	for i := range r.Payments {
		if len(r.Payments[i].Quote.Items) > 0 {
			r.Payments[i].Quote.Items[0].Order = "scribbled"
			r.Payments[i].Request.Orders[0] = "scribbled"
		}
	}
}

// purchased returns orders of a purchase among records, one of them for each purchase.
func purchased(r payment.Records) (firsts []order.Order) {
	seen := make(map[order.PurchaseID]bool)
	for _, o := range r.Orders {
		if o.Purchase != "" && !seen[o.Purchase] {
			seen[o.Purchase] = true
			firsts = append(firsts, o)
		}
	}
	return firsts
}

func storeGroups(open OpenStore, k Kept) error {
	s := open()
	for i, id := range ids {
		if err := fill(s, id, k.Customers[i]); err != nil {
			return err
		}
	}
	for i, id := range ids {
		for _, o := range purchased(k.Customers[i]) {
			got, err := s.Load(ctx, payment.Ask{Customer: id, Refs: []payment.Ref{{Kind: payment.KindOrder, ID: string(o.ID)}}})
			if err != nil {
				return err
			}
			if len(got.Orders) != o.Members {
				return fmt.Errorf("asked for %s, it returns %d orders of a purchase of %d", o.ID, len(got.Orders), o.Members)
			}
		}
	}
	return nil
}

func storeAsked(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0]
	if err := fill(s, ids[0], r); err != nil {
		return err
	}
	for _, x := range r.Each() {
		v := x.Views()[0]
		if v.Group != "" {
			continue
		}
		ask := payment.Ask{Customer: ids[0], Refs: []payment.Ref{v.Ref, {Kind: v.Kind, ID: "nothing has this ID"}, {Kind: payment.KindOrder, ID: "nothing has this ID"}}}
		got, err := s.Load(ctx, ask)
		if err != nil {
			return err
		}
		if err := same(got, x.Written()); err != nil {
			return fmt.Errorf("asked for %s %s and for what is not there: %w", v.Kind, v.ID, err)
		}
	}
	got, err := s.Load(ctx, payment.Ask{Customer: ids[0], All: []payment.Kind{payment.KindAccount}})
	if err != nil {
		return err
	}
	if err := same(got, payment.Records{Accounts: r.Accounts}.Written()); err != nil {
		return fmt.Errorf("asked for all accounts: %w", err)
	}
	for _, x := range r.Each() {
		v := x.Views()[0]
		if v.Group != "" || v.Kind == payment.KindAccount {
			continue
		}
		both := payment.Records{Accounts: r.Accounts}.Written()
		both.AppendCopy(x.Written())
		got, err := s.Load(ctx, payment.Ask{Customer: ids[0], Refs: []payment.Ref{v.Ref}, All: []payment.Kind{payment.KindAccount}})
		if err != nil {
			return err
		}
		if err := same(got, both); err != nil {
			return fmt.Errorf("asked for all accounts, and for %s %s: %w", v.Kind, v.ID, err)
		}
	}
	if got, err = s.Load(ctx, payment.Ask{Customer: "nobody", Refs: []payment.Ref{r.Views()[0].Ref}}); err != nil || len(got.Views()) > 0 {
		return fmt.Errorf("asked for another customer's: %d records, %v", len(got.Views()), err)
	}
	return nil
}

func storeCanceled(open OpenStore, k Kept) error {
	s, r := open(), k.Customers[0]
	given, cancel := context.WithCancel(ctx)
	cancel()
	err := s.Commit(given, payment.Change{Customer: ids[0], Put: r.Copy()})
	got, loadErr := everything(s, ids[0])
	if loadErr != nil {
		return loadErr
	}
	switch n := len(got.Views()); {
	case n == 0 && err == nil:
		return errors.New("it says that it was written, and it was not")
	case n == 0:
		return nil
	case err != nil && !errors.Is(err, payment.ErrInDoubt):
		return fmt.Errorf("it says %w, and %d records were written", err, n)
	}
	return same(got, r.Written())
}
