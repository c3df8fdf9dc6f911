package ledgertest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
)

func (f *flawed) List(ctx context.Context, q ledger.ListQuery) (ledger.RecordPage, error) {
	if f.list == nil {
		return f.Store.List(ctx, q)
	}
	return f.list(f, q)
}

// listing is a store with a List of its own.
func listing(list func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error)) func() ledger.Store {
	return func() ledger.Store { return &flawed{list: list} }
}

// listedAll is every record of a query, on whatever page.
func listedAll(f *flawed, q ledger.ListQuery) (all []ledger.Record) {
	q.After, q.Limit = ledger.Cursor{}, 0
	for {
		page, err := f.Store.List(background, q)
		all = append(all, page.Records...)
		if q.After = page.Next; err != nil || q.After.IsZero() {
			return all
		}
	}
}

// pageOf is the page of a query of what is listed in some order.
func pageOf(q ledger.ListQuery, all []ledger.Record, after func(r ledger.Record) bool) (page ledger.RecordPage, err error) {
	limit := q.Limit
	if limit == 0 {
		limit = 50
	}
	for _, r := range all {
		switch {
		case !q.After.IsZero() && !after(r):
		case len(page.Records) == limit:
			page.Next = ledger.CursorOf(page.Records[limit-1])
			return page, q.Check()
		default:
			page.Records = append(page.Records, r)
		}
	}
	return page, q.Check()
}

// changed lists what the store does, with each page changed.
func changed(change func(q ledger.ListQuery, page *ledger.RecordPage)) func() ledger.Store {
	return listing(func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
		page, err := f.Store.List(background, q)
		if err == nil {
			change(q, &page)
		}
		return page, err
	})
}

// X4: whatever a store lists wrongly is caught; a store that lists nothing at all keeps every
// law.
func TestX4_ListerLaw(t *testing.T) {
	law := ledgertest.StoreLaws()[slices.IndexFunc(ledgertest.StoreLaws(), func(l ledgertest.StoreLaw) bool { return l.Name == "lists" })]
	for what, open := range map[string]func() ledger.Store{
		"the newest first": changed(func(_ ledger.ListQuery, page *ledger.RecordPage) { slices.Reverse(page.Records) }),
		"all on one page": listing(func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			return ledger.RecordPage{Records: listedAll(f, q)}, q.Check()
		}),
		"no page after the first": changed(func(_ ledger.ListQuery, page *ledger.RecordPage) { page.Next = ledger.Cursor{} }),
		"an empty page after the last": changed(func(_ ledger.ListQuery, page *ledger.RecordPage) {
			if n := len(page.Records); n > 0 {
				page.Next = ledger.CursorOf(page.Records[n-1])
			}
		}),
		"the default limit for none": listing(func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			if q.Limit == 0 {
				q.Limit = 49
			}
			return f.Store.List(background, q)
		}),
		"customer by customer": listing(func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			all := listedAll(f, q)
			slices.SortStableFunc(all, func(a, b ledger.Record) int { return int(a.Customer[0]) - int(b.Customer[0]) })
			return pageOf(q, all, func(r ledger.Record) bool {
				return r.Customer > q.After.Customer || r.Customer == q.After.Customer && ledger.CursorOf(r).Compare(q.After) > 0
			})
		}),
		"after the second alone": listing(func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			return pageOf(q, listedAll(f, q), func(r ledger.Record) bool { return r.At.After(q.After.At) })
		}),
		"one customer": changed(func(_ ledger.ListQuery, page *ledger.RecordPage) {
			page.Records = slices.DeleteFunc(page.Records, func(r ledger.Record) bool { return r.Customer != "ann" })
		}),
		"any state": listing(func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			q.State = ""
			return f.Store.List(background, q)
		}),
		"nothing without a state": listing(func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			if q.State == "" {
				return ledger.RecordPage{}, q.Check()
			}
			return f.Store.List(background, q)
		}),
		"an unsound query": listing(func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			if q.Check() != nil {
				return ledger.RecordPage{}, nil
			}
			return f.Store.List(background, q)
		}),
		"no states": changed(func(_ ledger.ListQuery, page *ledger.RecordPage) {
			page.Records = edited(page.Records, func(r *ledger.Record) { r.State = "" })
		}),
		"no times": changed(func(_ ledger.ListQuery, page *ledger.RecordPage) {
			page.Records = edited(page.Records, func(r *ledger.Record) { r.At = time.Time{} })
		}),
		"no bodies": changed(func(_ ledger.ListQuery, page *ledger.RecordPage) {
			page.Records = edited(page.Records, func(r *ledger.Record) { r.Body = nil })
		}),
		"version 1 of all": changed(func(_ ledger.ListQuery, page *ledger.RecordPage) {
			page.Records = edited(page.Records, func(r *ledger.Record) { r.Version = 1 })
		}),
		"what was written first": once(),
	} {
		caught := false
		for seed := 0; seed < 20 && !caught; seed++ {
			caught = law.Holds(open, ledgertest.DrawKept().Example(seed)) != nil
		}
		if !caught {
			t.Errorf("a store that lists %s is not caught", what)
		}
	}
	deaf := func() ledger.Store { return struct{ ledger.Store }{memory()} }
	if err := law.Holds(deaf, ledgertest.DrawKept().Example(1)); err != nil {
		t.Errorf("a store that is no Lister: %v", err)
	}
}

func edited(all []ledger.Record, edit func(r *ledger.Record)) []ledger.Record {
	for i := range all {
		edit(&all[i])
	}
	return all
}

// once is a store whose index is not moved when a record is: it lists each where it stood when it
// was made.
func once() func() ledger.Store {
	return func() ledger.Store {
		first := make(map[string]string)
		return &flawed{list: func(f *flawed, q ledger.ListQuery) (ledger.RecordPage, error) {
			state := q.State
			q.State = ""
			var all []ledger.Record
			for _, r := range listedAll(f, q) {
				name := string(r.Customer) + "/" + string(r.Kind) + "/" + r.ID
				if _, seen := first[name]; !seen {
					first[name] = r.State
				}
				if state == "" || first[name] == state {
					all = append(all, r)
				}
			}
			return pageOf(q, all, func(r ledger.Record) bool { return ledger.CursorOf(r).Compare(q.After) > 0 })
		}}
	}
}
