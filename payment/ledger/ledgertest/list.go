package ledgertest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
)

// storeLists asks a store that is a [ledger.Lister] for the records of each kind and state, page
// by page, and compares them with all that there are of all customers.
func storeLists(open OpenStore, k Kept) error {
	s := open()
	l, ok := s.(ledger.Lister)
	if !ok {
		return nil
	}
	if err := refusesLists(l); err != nil {
		return err
	}
	var all []ledger.Record
	for i, id := range ids {
		mine := k.Customers[i].Copy()
		mine.AppendCopy(full(id)) // of which customers name everything alike
		if err := fill(s, id, mine); err != nil {
			return err
		}
		views, err := mine.Written().Encode()
		if err != nil {
			return err
		}
		all = append(all, views...)
	}
	for _, q := range lists(all) {
		if err := listsAll(l, q, all); err != nil {
			return fmt.Errorf("asked for %+v: %w", q, err)
		}
	}
	for _, law := range []func(ledger.Store, ledger.Lister) error{listsDefault, listsStably} {
		s := open()
		if err := law(s, s.(ledger.Lister)); err != nil {
			return err
		}
	}
	return nil
}

// refusesLists asks for what is not valid.
func refusesLists(l ledger.Lister) error {
	for _, bad := range []struct {
		field string
		q     ledger.ListQuery
	}{{"kind", ledger.ListQuery{}}, {"kind", ledger.ListQuery{Kind: "orders"}}, {"limit", ledger.ListQuery{Kind: ledger.KindOrder, Limit: -1}},
		{"limit", ledger.ListQuery{Kind: ledger.KindOrder, Limit: order.MaxLimit + 1}}, {"after.customer", ledger.ListQuery{Kind: ledger.KindOrder, After: ledger.Cursor{ID: "a"}}}} {
		var fault *order.FieldError
		if got, err := l.List(ctx, bad.q); !errors.As(err, &fault) || fault.Field != bad.field || len(got.Records) > 0 {
			return fmt.Errorf("asked for %+v, which is not valid, it lists %d records, %v: an *order.FieldError for field %s is wanted", bad.q, len(got.Records), err, bad.field)
		}
	}
	return nil
}

// lists are each kind and state of records, and some that there are none of, on pages of several
// lengths.
func lists(all []ledger.Record) (qs []ledger.ListQuery) {
	for _, kind := range ledger.AskAll(ids[0]).All {
		n := len(listed(ledger.ListQuery{Kind: kind}, all))
		qs = append(qs, ledger.ListQuery{Kind: kind}, ledger.ListQuery{Kind: kind, Limit: max(1, n/4)}, ledger.ListQuery{Kind: kind, State: "nothing has this state"})
	}
	for _, r := range all {
		q := ledger.ListQuery{Kind: r.Kind, State: r.State, Limit: 2}
		if r.State != "" && !slices.Contains(qs, q) {
			n := len(listed(q, all))
			qs = append(qs, q, ledger.ListQuery{Kind: r.Kind, State: r.State, Limit: n}, ledger.ListQuery{Kind: r.Kind, State: r.State, Limit: max(1, n-1)})
		}
	}
	return qs
}

// listed is what q lists on its pages, the long way.
func listed(q ledger.ListQuery, all []ledger.Record) (found []ledger.Record) {
	for _, r := range all {
		if r.Kind == q.Kind && (q.State == "" || r.State == q.State) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b ledger.Record) int { return ledger.CursorOf(a).Compare(ledger.CursorOf(b)) })
	return found
}

// listsAll reads page after page, and compares each with what there is.
func listsAll(l ledger.Lister, q ledger.ListQuery, all []ledger.Record) error {
	rest := listed(q, all)
	limit := q.Limit
	if limit == 0 {
		limit = order.DefaultLimit
	}
	for {
		page, err := l.List(ctx, q)
		if err != nil {
			return err
		}
		n := min(limit, len(rest))
		if err := listedAlike(page.Records, rest[:n]); err != nil {
			return fmt.Errorf("after %s of %s: %w", q.After.ID, q.After.Customer, err)
		}
		for i := range page.Records { // the caller's
			clear(page.Records[i].Body)
		}
		last := n == len(rest)
		switch {
		case last && page.Next.IsZero():
			return nil
		case last:
			return fmt.Errorf("the last page is followed by one after %+v", page.Next)
		case page.Next.Compare(ledger.CursorOf(rest[n-1])) != 0:
			return fmt.Errorf("after %s of %s, next is %+v, and the last record is %+v", q.After.ID, q.After.Customer, page.Next, ledger.CursorOf(rest[n-1]))
		}
		q.After, rest = page.Next, rest[n:]
	}
}

// listedAlike reports how records differ, and whether they come in another order.
func listedAlike(got, want []ledger.Record) error {
	if len(got) != len(want) {
		return fmt.Errorf("it lists %d records, and %d are wanted", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if g.Customer != w.Customer || g.Ref != w.Ref || g.State != w.State || !g.At.Equal(w.At) || g.Group != w.Group || !g.DueAt.Equal(w.DueAt) {
			return fmt.Errorf("in place %d is %s %s of %s, version %d, %q at %s; wanted is %s of %s, version %d, %q at %s",
				i, g.Kind, g.ID, g.Customer, g.Version, g.State, g.At, w.ID, w.Customer, w.Version, w.State, w.At)
		}
		var is, was ledger.Records
		if err := errors.Join(is.Decode(g), was.Decode(w)); err != nil {
			return fmt.Errorf("%s %s of %s: %w", g.Kind, g.ID, g.Customer, err)
		}
		if err := same(is, was); err != nil {
			return err
		}
	}
	return nil
}

// listsDefault has more records than a page of a query without a limit.
func listsDefault(s ledger.Store, l ledger.Lister) error {
	var put ledger.Records
	for n := range order.DefaultLimit + 2 {
		put.Append(tally(ids[0], fmt.Sprint("of many ", n), n))
	}
	if err := fill(s, ids[0], put); err != nil {
		return err
	}
	all, err := put.Written().Encode()
	if err != nil {
		return err
	}
	return listsAll(l, ledger.ListQuery{Kind: ledger.KindTally}, all)
}

// listsStably lets records come and go between two pages: of the others none comes twice or is
// left out, and what changes stands in its new state alone.
func listsStably(s ledger.Store, l ledger.Lister) error {
	const id = order.CustomerID("lists")
	notice := func(n int, state ledger.NoticeState) ledger.Notice {
		x := full(id).Notices[0]
		x.ID, x.State, x.At = fmt.Sprint("stable ", n), state, opening.Add(time.Duration(n-100)*time.Hour)
		return x
	}
	var put ledger.Records
	for n := 2; n <= 7; n++ {
		put.Notices = append(put.Notices, notice(n, ledger.NoticeUndeliverable))
	}
	if err := fill(s, id, put); err != nil {
		return err
	}
	q := ledger.ListQuery{Kind: ledger.KindNotice, State: string(ledger.NoticeUndeliverable), Limit: 3}
	first, err := l.List(ctx, q)
	if err != nil {
		return err
	}
	there := put.Written()
	// Two come before the cursor, one after it; one goes on each side.
	came := ledger.Records{Notices: []ledger.Notice{notice(0, ledger.NoticeUndeliverable), notice(1, ledger.NoticeUndeliverable), notice(8, ledger.NoticeUndeliverable)}}
	gone := ledger.Records{Notices: []ledger.Notice{there.Copy().Notices[1], there.Copy().Notices[4]}}
	for i := range gone.Notices {
		gone.Notices[i].State = ledger.NoticeResolved
	}
	if err := errors.Join(fill(s, id, came), fill(s, id, gone)); err != nil {
		return err
	}
	now := ledger.Records{Notices: []ledger.Notice{there.Notices[0], there.Notices[2], there.Notices[3], there.Notices[5]}}
	now.Append(came.Written())
	now.Append(gone.Written())
	all, err := now.Encode()
	if err != nil {
		return err
	}
	rest := q
	rest.After = first.Next
	after := slices.DeleteFunc(slices.Clone(all), func(r ledger.Record) bool { return first.Next.Compare(ledger.CursorOf(r)) >= 0 })
	if err := listsAll(l, rest, after); err != nil {
		return fmt.Errorf("records came and went after the first page: %w", err)
	}
	for _, state := range []ledger.NoticeState{ledger.NoticeUndeliverable, ledger.NoticeResolved} {
		q.State, q.After = string(state), ledger.Cursor{}
		if err := listsAll(l, q, all); err != nil {
			return fmt.Errorf("records came and went, and of those that are %s: %w", state, err)
		}
	}
	return nil
}
