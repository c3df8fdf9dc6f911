package ledgertest

import (
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// outbox is the record of a customer that waits.
func outbox(id order.CustomerID, at time.Time) ledger.Records {
	return ledger.Records{Outboxes: []ledger.Outbox{{Customer: id, Written: 1, DueAt: at}}}
}

func storeWaiting(open OpenStore, k Kept) error {
	s, now := open(), opening
	customer := func(i int) order.CustomerID { return [...]order.CustomerID{"w3", "w0", "w4", "w1", "w2"}[i] } // not in the order of their names
	for _, i := range []int{3, 1, 4, 0, 2} {
		if err := fill(s, customer(i), outbox(customer(i), now.Add(time.Duration(i-3)*time.Minute))); err != nil {
			return err
		}
	}
	if got, err := names(s.Waiting(ctx, ledger.Due{At: now.Add(-4 * time.Minute), Limit: 10})); err != nil || len(got) > 0 {
		return fmt.Errorf("before anything waits: %v, %v", got, err)
	}
	for limit, want := range map[int][]order.CustomerID{10: {"w3", "w0", "w4", "w1"}, 2: {"w3", "w0"}} {
		got, err := names(s.Waiting(ctx, ledger.Due{At: now, Limit: limit}))
		if err != nil {
			return err
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("of five, four wait, and at most %d are named: %v, want %v", limit, got, want)
		}
	}
	// Of one customer: the record that waits the longest first, and one ask.
	r := ledger.Records{}
	for i, o := range k.Customers[0].Orders {
		if o.Purchase == "" {
			o.DueAt = now.Add(-time.Duration(i+1) * time.Hour)
			r.Orders = append(r.Orders, o)
		}
	}
	if len(r.Orders) == 0 {
		return nil
	}
	if err := fill(s, ids[0], r); err != nil {
		return err
	}
	asks, err := s.Waiting(ctx, ledger.Due{At: now, Limit: 1})
	if err != nil {
		return err
	}
	longest := r.Orders[len(r.Orders)-1].ID
	if !onlyOrder(asks, ids[0], longest) {
		return fmt.Errorf("at most one is named, and it is not order %s, which waits the longest: %+v", longest, asks)
	}
	asks, err = s.Waiting(ctx, ledger.Due{At: now, Limit: 100})
	if err != nil {
		return err
	}
	for i, a := range asks {
		if slices.ContainsFunc(asks[:i], func(b ledger.Ask) bool { return b.Customer == a.Customer }) {
			return fmt.Errorf("customer %s is named twice", a.Customer)
		}
	}
	for i, ref := range asks[0].Refs {
		if want := string(r.Orders[len(r.Orders)-1-i].ID); ref.ID != want {
			return fmt.Errorf("%s is named in place %d, and %s waits longer", ref.ID, i, want)
		}
	}
	return nil
}

// onlyOrder reports whether asks name one order of one customer, and nothing else.
func onlyOrder(asks []ledger.Ask, c order.CustomerID, id order.ID) bool {
	if len(asks) != 1 || len(asks[0].Refs) != 1 {
		return false
	}
	return asks[0].Customer == c && asks[0].Refs[0].ID == string(id)
}

func names(asks []ledger.Ask, err error) (ids []order.CustomerID, _ error) {
	for _, a := range asks {
		if len(a.Refs) == 0 {
			return nil, fmt.Errorf("customer %s is named without a record", a.Customer)
		}
		ids = append(ids, a.Customer)
	}
	return ids, err
}

func storeMovesOn(open OpenStore, _ Kept) error {
	s, now := open(), opening
	r := outbox("w", now)
	if err := fill(s, "w", r); err != nil {
		return err
	}
	for _, step := range []struct {
		waits time.Time
		named int
	}{{now.Add(time.Minute), 0}, {now.Add(-time.Minute), 1}, {time.Time{}, 0}} {
		r = r.Written()
		r.Outboxes[0].DueAt = step.waits
		if err := fill(s, "w", r); err != nil {
			return err
		}
		asks, err := s.Waiting(ctx, ledger.Due{At: now, Limit: 10})
		if err != nil || len(asks) != step.named {
			return fmt.Errorf("what waits until %s is named %d times at %s: %v", step.waits, len(asks), now, err)
		}
	}
	return nil
}

// waitsUntil makes one record wait; false: its kind never does.
func waitsUntil(r *ledger.Records, at time.Time) bool {
	switch {
	case len(r.Orders) > 0:
		r.Orders[0].DueAt = at
	case len(r.Coupons) > 0:
		r.Coupons[0].DueAt = at
	case len(r.Payments) > 0:
		r.Payments[0].DueAt = at
	case len(r.Refunds) > 0:
		r.Refunds[0].DueAt = at
	case len(r.Bills) > 0:
		r.Bills[0].DueAt = at
	case len(r.Credits) > 0:
		r.Credits[0].DueAt = at
	case len(r.Resources) > 0:
		r.Resources[0].DueAt = at
	case len(r.Notices) > 0:
		r.Notices[0].DueAt = at
	case len(r.Outboxes) > 0:
		r.Outboxes[0].DueAt = at
	case len(r.Claims) > 0:
		r.Claims[0].DueAt = at
	default:
		return false
	}
	return true
}

func storeWaitingKinds(open OpenStore, k Kept) error {
	for i, id := range ids {
		s := open()
		at := opening.Add(31 * time.Second) // amid a minute
		put, want := waitsMixed(k.Customers[i], at)
		if len(want) == 0 {
			continue
		}
		if err := fill(s, id, put); err != nil {
			return err
		}
		for _, sooner := range []int{0, 1} { // at a second, and at the one before it
			n := len(want) - sooner
			asks, err := s.Waiting(ctx, ledger.Due{At: at.Add(-time.Duration(sooner) * time.Second), Limit: len(want)})
			switch {
			case err != nil:
				return err
			case n == 0 && len(asks) == 0:
				continue
			case len(asks) != 1 || asks[0].Customer != id || len(asks[0].Refs) != n:
				return fmt.Errorf("%d records of %s wait, and it names %+v", n, id, asks)
			}
			for i, ref := range asks[0].Refs {
				if ref.Kind != want[i].Kind || ref.ID != want[i].ID {
					return fmt.Errorf("%s %s is named in place %d, and %s %s waits a second longer", ref.Kind, ref.ID, i, want[i].Kind, want[i].ID)
				}
			}
		}
	}
	return nil
}

// waitsMixed returns those of records that can wait, and their names, whoever waits the
// longest first: each a second longer than the next, the last until then. The first record
// and the last wait the longest: those of one kind stand between those of others.
func waitsMixed(r ledger.Records, at time.Time) (put ledger.Records, want []ledger.Ref) {
	var all []ledger.Records
	for _, x := range r.Each() {
		if waitsUntil(&x, at) {
			all = append(all, x)
		}
	}
	for n, i := len(all), 0; i < n; i++ {
		x := all[i/2]
		if i%2 == 1 {
			x = all[n-1-i/2]
		}
		waitsUntil(&x, at.Add(-time.Duration(n-1-i)*time.Second))
		v := x.Views()[0]
		want = append(want, ledger.Ref{Kind: v.Kind, ID: v.ID})
		put.Append(x)
	}
	return put, want
}
