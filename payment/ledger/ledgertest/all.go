package ledgertest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// countOf is what there is of a kind, or of a group of it, among records.
func countOf(r ledger.Records, kind ledger.Kind, group string) ledger.Of {
	of := ledger.Of{Kind: kind, Group: group}
	for _, v := range r.Views() {
		if of.Has(v) {
			of.N, of.Versions = of.N+1, of.Versions+v.Version
		}
	}
	return of
}

// asOf commits one more tally, where what is said holds of what there is.
func asOf(s ledger.Store, n *int, whole ...ledger.Of) error {
	*n++
	return s.Commit(ctx, ledger.Change{Customer: ids[0], ExpectAll: whole, Put: tally(ids[0], fmt.Sprint("as of ", *n), 1)})
}

// conflicts reports that what is said of all does not hold, and is no conflict, alone or among what
// holds.
func conflicts(s ledger.Store, n *int, what string, holds, wrong ledger.Of) error {
	for _, whole := range [][]ledger.Of{{wrong}, {wrong, holds}, {holds, wrong}} {
		if err := asOf(s, n, whole...); !errors.Is(err, ledger.ErrConflict) {
			return fmt.Errorf("%s, and %+v is said to be all: %v", what, whole, err)
		}
	}
	return nil
}

func storeMoreCame(open OpenStore, k Kept) error {
	s, n := open(), 0
	if err := fill(s, ids[1], ofCustomer(k.Customers[0], ids[1])); err != nil { // who does not count
		return err
	}
	there := ledger.Records{}
	nothing := ledger.Of{Kind: ledger.KindCode, Group: "nothing has this group"}
	for _, x := range collect(k.Customers[0]) {
		v := x.Views()[0]
		if v.Kind == ledger.KindTally {
			continue // which asOf writes
		}
		before := countOf(there, v.Kind, "")
		if err := asOf(s, &n, before); err != nil {
			return fmt.Errorf("%+v is all that there is, and said to be: %w", before, err)
		}
		if err := fill(s, ids[0], x); err != nil {
			return err
		}
		there.AppendCopy(x.Written())
		if err := conflicts(s, &n, fmt.Sprintf("%s %s has come", v.Kind, v.ID), nothing, before); err != nil {
			return err
		}
	}
	return moreChanged(s, &n, there)
}

// moreChanged: what changes among what was loaded whole is a conflict, as is what is missing, or
// at another version though the sum is right.
func moreChanged(s ledger.Store, n *int, there ledger.Records) error {
	nothing := ledger.Of{Kind: ledger.KindCode, Group: "nothing has this group"}
	for _, x := range collect(there) {
		v := x.Views()[0]
		of := countOf(there, v.Kind, "")
		fewer, older, one := of, of, of
		fewer.N--
		older.Versions--
		one.N, one.Versions = of.N-1, of.Versions-v.Version
		for _, wrong := range []ledger.Of{fewer, older, one, {Kind: v.Kind}} {
			if err := conflicts(s, n, fmt.Sprintf("%+v is all that there is", of), nothing, wrong); err != nil {
				return err
			}
		}
		if err := asOf(s, n, of, nothing); err != nil {
			return fmt.Errorf("%+v is all that there is, and said to be: %w", of, err)
		}
	}
	// What is put is compared as it was before: all of a kind, each of which is written.
	first := there.Views()[0].Kind
	var put ledger.Records
	for _, x := range collect(there) {
		if x.Views()[0].Kind == first {
			put.AppendCopy(x)
		}
	}
	before := countOf(there, first, "")
	if err := s.Commit(ctx, ledger.Change{Customer: ids[0], ExpectAll: []ledger.Of{before}, Put: put}); err != nil {
		return fmt.Errorf("%+v is all that there is, and all of it is written: %w", before, err)
	}
	return conflicts(s, n, "all of a kind is written", nothing, before)
}

// storeMoreOfAGroup: of a purchase, and of what belongs to a resource.
func storeMoreOfAGroup(open OpenStore, k Kept) error {
	for _, grouped := range []ledger.Records{inPurchases(k.Customers[0].Orders), bound(full(ids[0]))} {
		s, n, there := open(), 0, ledger.Records{}
		all := collect(grouped)
		if len(all) < 2 {
			continue
		}
		kind := all[0].Views()[0].Kind
		for i, x := range all {
			group := x.Views()[0].Group
			mine := countOf(there, kind, group)
			var others []ledger.Of
			for _, other := range all[:i] {
				if g := other.Views()[0].Group; g != group {
					others = append(others, countOf(there, kind, g))
				}
			}
			if err := fill(s, ids[0], x); err != nil {
				return err
			}
			there.AppendCopy(x.Written())
			none := ledger.Of{Kind: ledger.KindCode, Group: group}
			if err := conflicts(s, &n, fmt.Sprintf("%s %s has come to group %s", kind, x.Views()[0].ID, group), none, mine); err != nil {
				return err
			}
			if err := asOf(s, &n, append(others, none, countOf(there, kind, group), countOf(there, kind, ""))...); err != nil {
				return fmt.Errorf("%s %s has come to group %s, and to no other: %w", kind, x.Views()[0].ID, group, err)
			}
		}
		if err := loadsGroups(s, there); err != nil {
			return err
		}
	}
	return nil
}

// loadsGroups asks for each of records in groups: it comes with its group, and nothing else.
func loadsGroups(s ledger.Store, there ledger.Records) error {
	for _, x := range collect(there) {
		v := x.Views()[0]
		var want ledger.Records
		for _, y := range collect(there) {
			if y.Views()[0].Group == v.Group {
				want.AppendCopy(y)
			}
		}
		got, err := s.Load(ctx, ledger.Ask{Customer: ids[0], Refs: []ledger.Ref{v.Ref}})
		if err != nil {
			return err
		}
		if err := same(got, want); err != nil {
			return fmt.Errorf("asked for %s %s of group %s: %w", v.Kind, v.ID, v.Group, err)
		}
	}
	return nil
}

// inPurchases makes purchases of two of orders.
func inPurchases(orders []order.Order) ledger.Records {
	r := ledger.Records{Orders: orders}.Copy()
	r.Orders = r.Orders[:len(orders)/2*2]
	for i := range r.Orders {
		r.Orders[i].Purchase, r.Orders[i].Members = order.PurchaseID(fmt.Sprint("of two ", i/2)), 2
	}
	return r
}

// bound makes two main resources with what is bound to each, and one that stands alone; one main
// resource comes after what is bound to it.
func bound(r ledger.Records) (of ledger.Records) {
	for _, x := range []struct{ id, main order.ResourceID }{{"one", ""}, {"one's", "one"}, {"alone", ""}, {"two's", "two"}, {"two", ""}, {"one's second", "one"}} {
		made := r.Copy().Resources[0]
		made.ID, made.Main = x.id, x.main
		of.Resources = append(of.Resources, made)
	}
	return of
}

func storeCrossedWhole(open OpenStore, _ Kept) error {
	s := open()
	for round := range 4 {
		id := order.CustomerID(fmt.Sprint("crossed ", round))
		made := func(name string) func() error {
			return func() error {
				return s.Commit(ctx, ledger.Change{Customer: id, ExpectAll: []ledger.Of{{Kind: ledger.KindTally}}, Put: tally(id, name, 1)})
			}
		}
		errs := race(made("one"), made("other"))
		won := slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err != nil })
		lost := slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return !errors.Is(err, ledger.ErrConflict) })
		switch {
		case len(won) == 1 && len(lost) == 1:
		case len(lost) == 2:
			// As in the law of what is there: one alone succeeds.
			if err := made("one")(); err != nil {
				return fmt.Errorf("both were refused, and so is one alone: %w", err)
			}
		default:
			return fmt.Errorf("each expects no record, and puts one: %v, and %v", errs[0], errs[1])
		}
		got, err := everything(s, id)
		if n := len(got.Views()); err != nil || n != 1 {
			return fmt.Errorf("each expects no record, and puts one, and %d are: %v", n, err)
		}
	}
	return nil
}
