package ledgertest

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// StoreLaws returns what a store promises, law by law.
func StoreLaws() []StoreLaw {
	return []StoreLaw{
		{Name: "fields", Says: "what was written is read back, every field of every kind, at version 1", Holds: storeFields},
		{Name: "later", Says: "where the test offers Bodies, what a later version of the library wrote is refused, and stays", Holds: storeLater},
		{Name: "versions", Says: "each write is one version more", Holds: storeVersions},
		{Name: "whole", Says: "a change is written whole, or nothing of it", Holds: storeWhole},
		{Name: "stale", Says: "a record that is not at the version given is a conflict, written or only expected, alone or among others, there or not", Holds: storeStale},
		{Name: "made once", Says: "what must not exist and does is a conflict, written or only expected", Holds: storeMadeOnce},
		{Name: "ownership", Says: "customers who name things of any kind alike never meet", Holds: storeOwnership},
		{Name: "names", Says: "customers and IDs are told apart byte for byte, with any printable characters", Holds: storeNames},
		{Name: "copies", Says: "what was given to the store, and what it returned, is the caller's, at every depth", Holds: storeCopies},
		{Name: "groups", Says: "asked for an order, it returns the whole purchase, and of several each", Holds: storeGroups},
		{Name: "asked", Says: "it returns what is asked for, once, leaves out what is not there, and nothing else", Holds: storeAsked},
		{Name: "crossed", Says: "of two commits that expect what the other puts one succeeds", Holds: storeCrossed},
		{Name: "crossed absence", Says: "of two commits that expect not to be there what the other puts one succeeds", Holds: storeCrossedAbsence},
		{Name: "more came", Says: "what comes or changes of a kind that was loaded whole is a conflict with any change, and of other customers is not", Holds: storeMoreCame},
		{Name: "more came to a group", Says: "what comes to a group that was loaded whole is a conflict, to others is not; a group is loaded whole", Holds: storeMoreOfAGroup},
		{Name: "crossed whole", Says: "of two commits that expect to be all where the other puts one more one succeeds", Holds: storeCrossedWhole},
		{Name: "one winner", Says: "of many commits at once on the same version one succeeds", Holds: storeOneWinner},
		{Name: "one instant", Says: "what is loaded, by name or all of a kind, stood so at one instant", Holds: storeInstant},
		{Name: "waiting", Says: "what waits is named, the longest waiting first, and no more than asked for", Holds: storeWaiting},
		{Name: "waiting kinds", Says: "each kind of record that waits is named, to the second, in the order of time and not of kinds", Holds: storeWaitingKinds},
		{Name: "leases", Says: "whom somebody has leased others who lease are not told of, until the lease ends; the same host is, and whoever leases nobody", Holds: storeLeases},
		{Name: "leases apart", Says: "of hosts that lease at once no two are told of the same customer, and nobody is left out", Holds: storeLeasesApart},
		{Name: "waits move", Says: "what is moved on waits from then on, and what waits for nothing is not named", Holds: storeMovesOn},
		{Name: "canceled", Says: "a commit that is given up writes all or nothing", Holds: storeCanceled},
		{Name: "finds", Says: "where it is a Finder, it finds the orders that meet a query, page by page", Holds: storeFinds},
		{Name: "finds full pages", Says: "where it is a Finder, a page is as long as the limit says, and says whether another one follows", Holds: storeFindsFull},
		{Name: "archives", Says: "where it is an Archiver, what rests is archived, a few at a time, and is loaded, compared, counted, written, found and listed as before", Holds: storeArchives},
		{Name: "lists", Says: "where it is a Lister, it lists the records of a kind and state over all customers, the oldest first, page by page", Holds: storeLists},
	}
}

var (
	ctx     = context.Background()
	opening = time.Date(2026, 1, 28, 9, 0, 0, 0, time.UTC)
)

func cents(n int64) order.Money { return order.Minor(n, order.USD) }

// fill writes what is kept of a customer.
func fill(s ledger.Store, id order.CustomerID, r ledger.Records) error {
	if err := s.Commit(ctx, ledger.Change{Customer: id, Put: r.Copy()}); err != nil {
		return fmt.Errorf("a first commit: %w", err)
	}
	return nil
}

func everything(s ledger.Store, id order.CustomerID) (ledger.Records, error) {
	return s.Load(ctx, ledger.AskAll(id))
}

// holds reports how what a store keeps of a customer is not what is wanted.
func holds(s ledger.Store, id order.CustomerID, want ledger.Records) error {
	got, err := everything(s, id)
	if err != nil {
		return err
	}
	return same(got, want)
}

// parts splits records into one of them and the others.
func parts(r ledger.Records) (one, others ledger.Records) {
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

func collect(r ledger.Records) (all []ledger.Records) {
	for _, x := range r.Each() {
		all = append(all, x)
	}
	return all
}

// at returns records at a version.
func at(r ledger.Records, version int64) ledger.Records {
	views, err := r.Encode()
	if err != nil {
		return r
	}
	var c ledger.Records
	for _, v := range views {
		v.Version = version
		if err := c.Decode(v); err != nil {
			return r
		}
	}
	return c
}
