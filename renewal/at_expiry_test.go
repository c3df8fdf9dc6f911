package renewal_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// waiting is a team plan of 17 seats that becomes 12 at its expiry, and its policy.
func waiting(t *testing.T) (renewal.Resource, renewal.Policy) {
	t.Helper()
	r, p := team(17)
	p.Keep = []renewal.Keep{{Grace: 7 * 24 * time.Hour}}
	after, err := r.ChangeAtExpiry(r.Changed("", 12), renewal.Origin{}, r.Start.Add(time.Hour), p)
	if err != nil {
		t.Fatal(err)
	}
	return after, p
}

// renewedBy renews a resource for a month.
func renewedBy(t *testing.T, r renewal.Resource, by order.ID, at time.Time, p renewal.Policy) renewal.Resource {
	t.Helper()
	after, err := r.Renew(months(1), by, at, p)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// Q8: a change waits for the period that is paid for as what the resource becomes: it is applied
// in the first second of that, and not in the last of the one before.
func TestQ8_AppliedWhenThePeriodBegins(t *testing.T) {
	r, p := waiting(t)
	if r.Count != 17 || r.Next.Count != 12 || r.AsRenewed().Count != 12 || r.AsRenewed().Product != "team" {
		t.Fatalf("%+v", r)
	}
	if _, ok := r.NextBegins(); ok {
		t.Error("it begins, and nothing has been paid for")
	}
	expiry := r.Expiry
	r = renewedBy(t, r, "rn", r.Start.Add(24*time.Hour), p)
	if begins, ok := r.NextBegins(); !ok || !begins.Equal(expiry.Add(time.Second)) {
		t.Errorf("it begins %v, %v", begins, ok)
	}
	for _, row := range []struct {
		at    time.Time
		count int
	}{{expiry.Add(-time.Second), 17}, {expiry, 17}, {expiry.Add(999 * time.Millisecond), 17}, {expiry.Add(time.Second), 12}, {expiry.Add(time.Hour), 12}} {
		after, done, err := r.ApplyNext(row.at, p)
		if err != nil || after.Count != row.count || done != (row.count == 12) {
			t.Errorf("%v: %d, %v, %v", row.at, after.Count, done, err)
		}
		lapsed, swept, err := r.Lapse(row.at, p)
		if err != nil || swept != done || !reflect.DeepEqual(lapsed, after) {
			t.Errorf("%v: a lapse is %+v, %v, %v", row.at, lapsed, swept, err)
		}
		if cleared := after.Next == (renewal.NextChange{}) && !after.Periods[1].Next; cleared != done {
			t.Errorf("%v: %+v", row.at, after)
		}
	}
	if !r.Periods[1].Next {
		t.Error("the resource that was asked is changed")
	}
}

// Q8: what is not renewed stays what it is, and is renewed late as what it becomes.
func TestQ8_NotAppliedUntilRenewed(t *testing.T) {
	r, p := waiting(t)
	late := r.Expiry.Add(5 * 24 * time.Hour)
	if after, done, err := r.ApplyNext(late, p); done || err != nil || after.Count != 17 {
		t.Errorf("%d, %v, %v", after.Count, done, err)
	}
	r = renewedBy(t, r, "rn", late, p)
	if after, done, err := r.ApplyNext(late, p); !done || err != nil || after.Count != 12 {
		t.Errorf("%d, %v, %v", after.Count, done, err)
	}
}

// Q8, R7, R13: renewals are priced and drafted as what the resource becomes, wherever they are.
func TestQ8_RenewalsPriceWhatItBecomes(t *testing.T) {
	r, p := waiting(t)
	at := r.Start.Add(48 * time.Hour)
	draft, err := r.Draft("rn", months(1), order.Minor(14400, order.EUR), at, p)
	if err != nil || draft.Lines[0].Count != 12 || draft.Lines[0].Product != "team" {
		t.Errorf("%+v, %v", draft, err)
	}
	rows, err := renewal.Preview([]renewal.Resource{r}, months(1), 1, plans, at, p)
	if err != nil || rows[0].Price != order.Minor(14400, order.EUR) {
		t.Errorf("%+v, %v", rows, err)
	}
	var b bytes.Buffer
	_, err = renewal.WriteCSV(&b, renewal.Each([]renewal.Resource{r}), months(1), plans, at, p)
	if err != nil || !strings.Contains(b.String(), ",team,,,17,") || !strings.HasSuffix(b.String(), ",144.00,EUR,team,12\r\n") {
		t.Errorf("%s, %v", b.String(), err)
	}
}

// Q8: what it is now takes a change back, another one replaces it, and the same is the same.
func TestQ8_TakenBackAndReplaced(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, p := team(17)
		was := r
		last := 17
		for range rapid.IntRange(1, 4).Draw(rt, "changes") {
			last = rapid.IntRange(1, 20).Draw(rt, "count")
			at := r.Start.Add(time.Duration(rapid.IntRange(0, 30*24*3600-60).Draw(rt, "at")) * time.Second)
			after, err := r.ChangeAtExpiry(r.Changed("", last), renewal.Origin{}, at, p)
			if err != nil {
				rt.Fatal(err)
			}
			again, err := after.ChangeAtExpiry(after.Changed("", last), renewal.Origin{}, at.Add(time.Minute), p)
			if same := err == nil && reflect.DeepEqual(again, after); !same && after.Next != (renewal.NextChange{}) {
				rt.Fatalf("again: %+v, %v", again, err)
			}
			r = after
		}
		if last == 17 && !reflect.DeepEqual(r, was) {
			rt.Fatalf("taken back, it is %+v", r)
		}
		if r.AsRenewed().Count != last || r.Count != 17 {
			rt.Fatalf("%d now, %d once renewed, want %d", r.Count, r.AsRenewed().Count, last)
		}
	})
}

// Q8: a change is refused with the reason where it cannot wait, and a change at once where one
// waits.
func TestQ8_AtExpiryRefused(t *testing.T) {
	r, p := waiting(t)
	free, _ := team(17)
	mode := func(m renewal.Mode) renewal.Resource { x := free; x.Mode = m; return x }
	withdrawn := mode(renewal.ModeNone)
	withdrawn.Withdrawn = true
	taken := free
	taken.Order = "other"
	paid := renewedBy(t, r, "rn", r.Start.Add(time.Hour), p)
	in, after := r.Start.Add(time.Hour), r.Expiry.Add(time.Second)
	for _, row := range []struct {
		name string
		of   renewal.Resource
		from renewal.Origin
		to   int
		at   time.Time
		err  error
		do   string
	}{
		{"in the last second", free, renewal.Origin{}, 12, r.Expiry, nil, ""},
		{"expired", free, renewal.Origin{}, 12, after, renewal.ErrState, "it has expired: renew it first, or change it at once"},
		{"expired, and taken back", r, renewal.Origin{}, 17, after, nil, ""},
		{"gone", free, renewal.Origin{}, 12, r.Expiry.AddDate(1, 0, 0), renewal.ErrState, "it is gone: order a new one"},
		{"canceled at its end", mode(renewal.ModeNone), renewal.Origin{}, 12, in, renewal.ErrMode, "it is not renewed at its expiry: set manual or automatic renewal first"},
		{"to pay-per-use", mode(renewal.ModePayPerUse), renewal.Origin{}, 12, in, renewal.ErrMode, "it is to pay-per-use at its expiry: set manual or automatic renewal first"},
		{"no longer sold", withdrawn, renewal.Origin{}, 12, in, renewal.ErrMode, "it is no longer sold: it is not renewed (R4)"},
		{"a trial", free, renewal.Origin{Trial: true}, 12, in, renewal.ErrState, "it is a trial: order it for a time first"},
		{"in an order", taken, renewal.Origin{}, 12, in, order.ErrResourceTaken, "pay or cancel order other first"},
		{"paid for", paid, renewal.Origin{}, 17, in, renewal.ErrState, "it becomes 12 of team at its expiry, which order rn has paid for: give that renewal back first, or change it after 2026-05-01 09:00:01 +00:00"},
		{"paid for, the same", paid, renewal.Origin{}, 12, in, nil, ""},
	} {
		got, err := row.of.ChangeAtExpiry(row.of.Changed("", row.to), row.from, row.at, p)
		var refused *renewal.MoveError
		if !errors.Is(err, row.err) || errors.As(err, &refused) && refused.Advice() != row.do {
			t.Errorf("%s: %v", row.name, err)
		}
		if err != nil && !reflect.DeepEqual(got, row.of) {
			t.Errorf("%s: refused, and it is %+v", row.name, got)
		}
	}
	for _, row := range []struct {
		of renewal.Resource
		do string
	}{{r, "it becomes 12 of team at its expiry: take that back first, by asking for what it is now at the expiry"},
		{paid, "it becomes 12 of team at its expiry, which order rn has paid for: give that renewal back and take the change back first"}} {
		var refused *renewal.MoveError
		if err := row.of.Changeable(renewal.Origin{}, in, p); !errors.As(err, &refused) || refused.Advice() != row.do {
			t.Errorf("at once: %v", err)
		}
	}
}

// Q8, Q5: what becomes of a change that waits while other things happen to the resource.
func TestQ8_WhatWaitsBesides(t *testing.T) {
	r, p := waiting(t)
	in := r.Start.Add(time.Hour)
	paid := renewedBy(t, r, "rn", in, p)
	must := func(r renewal.Resource, err error) renewal.Resource {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	given := must(paid.UndoRenewal("rn", "back", in, p))
	if _, begins := given.NextBegins(); begins || given.Next != r.Next || !given.Expiry.Equal(r.Expiry) {
		t.Errorf("the renewal given back: %+v", given)
	}
	twice := renewedBy(t, paid, "rn2", in, p)
	moved := must(twice.VoidRenewal("rn", in, p))
	if begins, ok := moved.NextBegins(); !ok || !begins.Equal(r.Expiry.Add(time.Second)) || moved.Next != r.Next {
		t.Errorf("the first of two void: %+v", moved)
	}
	longer := must(r.Compensate(r.Expiry.AddDate(0, 0, 5), "comp", in, p))
	if _, begins := longer.NextBegins(); begins || longer.Next != r.Next {
		t.Errorf("compensated: %+v", longer)
	}
	later := renewedBy(t, longer, "rn", in, p)
	if begins, ok := later.NextBegins(); !ok || !begins.Equal(longer.Expiry.Add(time.Second)) {
		t.Errorf("compensated and renewed: it begins %v", begins)
	}
	byUse := r
	byUse.Mode = renewal.ModePayPerUse
	for name, gone := range map[string]renewal.Resource{
		"left":                        must(paid.Unsubscribe("lv", in, p)),
		"charged by use":              must(paid.GoPayPerUse(in, p)),
		"charged by use at the end":   lapsed(t, byUse, r.Expiry.Add(time.Second), p),
		"released at the end":         lapsed(t, r, r.Expiry.AddDate(0, 0, 8), p),
		"sold anew for another time":  must(paid.Subscribe(renewal.Resource{Start: paid.Expiry.Add(time.Hour), Expiry: paid.Expiry.AddDate(0, 1, 0)}, months(1), "new", in, p)),
		"sold for what is not a term": must(paid.Subscribe(renewal.Resource{Expiry: paid.Expiry.AddDate(0, 1, 0)}, renewal.Term{}, "new", in, p)),
	} {
		if gone.Next != (renewal.NextChange{}) || gone.Product != "team" || gone.Count != 17 {
			t.Errorf("%s: %+v", name, gone)
		}
	}
}

func lapsed(t *testing.T, r renewal.Resource, at time.Time, p renewal.Policy) renewal.Resource {
	t.Helper()
	after, done, err := r.Lapse(at, p)
	if err != nil || !done {
		t.Fatal(done, err)
	}
	return after
}

// Q8: a change that waits is valid by itself.
func TestQ8_NextIsChecked(t *testing.T) {
	r, p := waiting(t)
	for field, x := range map[string]func(*renewal.Resource){
		"next.product":    func(r *renewal.Resource) { r.Next.Product = "" },
		"next.count":      func(r *renewal.Resource) { r.Next.Count = 0 },
		"next.asked":      func(r *renewal.Resource) { r.Next.Asked = time.Time{} },
		"next":            func(r *renewal.Resource) { r.Charge = order.ChargePayPerUse },
		"periods[0].next": func(r *renewal.Resource) { r.Next, r.Periods[0].Next = renewal.NextChange{}, true },
	} {
		bad := r
		bad.Periods = append([]renewal.PaidPeriod(nil), r.Periods...)
		x(&bad)
		isField(t, field, bad.Check(p), field)
	}
}
