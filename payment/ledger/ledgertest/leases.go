package ledgertest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// waiters fills a store with customers of whom each waits a minute less than the one before.
func waiters(s ledger.Store, n int) (all []order.CustomerID, err error) {
	for i := range n {
		id := order.CustomerID(fmt.Sprintf("w%d", i))
		all = append(all, id)
		if err := fill(s, id, outbox(id, opening.Add(time.Duration(i-n)*time.Minute))); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func storeLeases(open OpenStore, _ Kept) error {
	s, now := open(), opening
	all, err := waiters(s, 5)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		what  string
		by    string
		at    time.Time
		limit int
		want  []order.CustomerID
	}{
		{"one host", "a", now, 2, all[:2]},
		{"another", "b", now, 2, all[2:4]},
		{"a third", "c", now, 10, all[4:]},
		{"whoever leases nobody", "", now, 10, all},
		{"the first once more", "a", now.Add(30 * time.Second), 10, all[:2]},                         // which renews its lease
		{"the second, in the last second of its lease", "b", now.Add(59 * time.Second), 1, all[2:3]}, // and keeps the other
		{"the third, when its own has ended and that of what the second has left", "c", now.Add(time.Minute), 10, all[3:]},
		{"the second, in the last second of the first", "b", now.Add(89 * time.Second), 10, all[2:3]},
		{"the second, after it", "b", now.Add(90 * time.Second), 10, all[:3]},
	} {
		got, err := names(s.Waiting(ctx, ledger.Due{At: x.at, Limit: x.limit, Lease: ledger.Lease{By: x.by, For: time.Minute}}))
		if err != nil {
			return err
		}
		if !slices.Equal(got, x.want) {
			return fmt.Errorf("%s is told of %v, and of %v it should be", x.what, got, x.want)
		}
	}
	// A commit leaves the lease as it is: what follows for the customer is the same host's.
	r := outbox(all[0], now.Add(-time.Hour)).Written()
	if err := fill(s, all[0], r); err != nil {
		return err
	}
	got, err := names(s.Waiting(ctx, ledger.Due{At: now.Add(2 * time.Minute), Limit: 1, Lease: ledger.Lease{By: "a", For: time.Minute}}))
	if err != nil || slices.Contains(got, all[0]) {
		return fmt.Errorf("after a commit %v is named, whom another host has leased: %v", got, err)
	}
	return nil
}

func storeLeasesApart(open OpenStore, _ Kept) error {
	const hosts, each = 4, 3
	s := open()
	all, err := waiters(s, hosts*each)
	if err != nil {
		return err
	}
	var (
		wg   sync.WaitGroup
		told [hosts][]order.CustomerID
		errs [hosts]error
	)
	ask := func(i int) {
		told[i], errs[i] = names(s.Waiting(ctx, ledger.Due{At: opening, Limit: each, Lease: ledger.Lease{By: fmt.Sprint(i), For: time.Minute}}))
	}
	for i := range hosts {
		wg.Add(1)
		go func() { defer wg.Done(); ask(i) }()
	}
	wg.Wait()
	seen := make(map[order.CustomerID]bool)
	count := func(i int) error {
		for _, id := range told[i] {
			if seen[id] {
				return fmt.Errorf("customer %s is leased to two hosts", id)
			}
			seen[id] = true
		}
		return errs[i]
	}
	for i := range hosts {
		if err := count(i); err != nil {
			return err
		}
	}
	// One that met another may have been told of fewer: the rest comes when it is asked again.
	told[0], errs[0] = names(s.Waiting(ctx, ledger.Due{At: opening, Limit: len(all), Lease: ledger.Lease{By: "last", For: time.Minute}}))
	if err := count(0); err != nil {
		return err
	}
	if len(seen) != len(all) {
		return fmt.Errorf("%d customers wait, and %d are leased to anybody", len(all), len(seen))
	}
	return nil
}
