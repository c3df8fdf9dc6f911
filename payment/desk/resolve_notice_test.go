package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
)

// unheard is a customer of whose two notices the first could not be delivered.
func unheard(t *testing.T) (*host, *ear, ledger.Notice) {
	t.Helper()
	r, e := newHost(t), &ear{deaf: 1}
	r.d.Notifier, r.p.RetryAfter = e, []time.Duration{time.Minute}
	r.deposit("d", payment.FundCash, 5000)
	for _, id := range []order.ID{"a", "b"} {
		r.place("", draftFor(id, 100))
		r.pay(payment.Key(id), payment.MethodBalance, nil, id)
	}
	r.sweep()
	r.clock.Move(time.Minute)
	r.sweep()
	got := onList(t, r.d, desk.ListNotices).Notices
	if len(got) != 1 || len(e.heard) != 1 {
		t.Fatalf("undeliverable: %+v, heard %v", got, e.kinds())
	}
	return r, e, got[0]
}

// X4, P17: a notice that could not be delivered is sent again, or the customer was told in another
// way: it leaves the list, and the entry says who did it, and why.
func TestX4_ResolveNotice(t *testing.T) {
	for _, how := range []desk.Decision{desk.DecisionAgain, desk.DecisionSucceeded} {
		r, e, n := unheard(t)
		x := desk.ResolveNoticeRequest{Customer: "c1", By: "op", Why: "called them", Notice: n.ID, Decision: how}
		resolve := func() {
			r.must(r.d.ResolveNotice(ctx, x))
			r.must(r.d.ResolveNotice(ctx, x)) // again: nothing changes
			if got := onList(t, r.d, desk.ListNotices).Notices; len(got) != 0 {
				t.Errorf("%s: still listed: %+v", how, got)
			}
		}
		if how == desk.DecisionAgain { // in vain, and listed again
			e.deaf = 1
			resolve()
			r.sweep()
			r.clock.Move(time.Minute)
			r.sweep()
			if got := onList(t, r.d, desk.ListNotices).Notices; len(got) != 1 || e.deaf > 0 {
				t.Errorf("its tries are used up once more: %+v", got)
			}
		}
		before := len(e.heard)
		resolve()
		r.sweep()
		r.clock.Move(time.Hour)
		r.sweep()
		sent := e.heard[before:]
		if want := btoi(how == desk.DecisionAgain); len(sent) != want || want == 1 && sent[0].ID != n.ID {
			t.Errorf("%s: heard %+v", how, sent)
		}
		if got := onList(t, r.d, desk.ListNotices).Notices; len(got) != 0 {
			t.Errorf("%s: still listed: %+v", how, got)
		}
		told := 0
		for _, entry := range r.s.All("c1").Entries {
			for _, m := range entry.Moves {
				if m.ID == n.ID && m.From == string(ledger.NoticeUndeliverable) {
					told++
					if entry.By != "op" || entry.Why != "called them" {
						t.Errorf("entry %+v", entry)
					}
				}
			}
		}
		if told != 1+btoi(how == desk.DecisionAgain) {
			t.Errorf("%s: %d entries tell of it", how, told)
		}
		r.audit()
	}
}

// X4: what is on its way or was delivered, is nobody's or another's, is no notice to resolve.
func TestX4_ResolveNoOtherNotice(t *testing.T) {
	r, e, n := unheard(t)
	before := r.s.All("c1")
	x := desk.ResolveNoticeRequest{Customer: "c1", By: "op", Why: "w", Notice: e.heard[0].ID, Decision: desk.DecisionAgain}
	if err := r.d.ResolveNotice(ctx, x); !errors.Is(err, payment.ReasonState) {
		t.Errorf("one that was delivered: %v", err)
	}
	x.Customer, x.Notice = "c2", n.ID
	if err := r.d.ResolveNotice(ctx, x); !errors.Is(err, order.ErrNotFound) {
		t.Errorf("another customer's: %v", err)
	}
	x.Customer, r.d.Notifier = "c1", nil
	if err := r.d.ResolveNotice(ctx, x); !errors.Is(err, payment.ErrHost) {
		t.Errorf("nobody delivers: %v", err)
	}
	if len(e.heard) != 1 || fmt.Sprint(before) != fmt.Sprint(r.s.All("c1")) {
		t.Error("something was sent, or changed")
	}
}

// P21: what is in credit is read as what accounts hold is.
func TestP21_ReadCredit(t *testing.T) {
	r := leaver(t, 0)
	if c, err := r.d.Credit(ctx, "c1", order.USD); err != nil || c != r.credit(order.USD) || c.Balance != cents(15135) {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := r.d.Credit(ctx, "c1", order.EUR); err != nil || c.Balance != order.Minor(0, order.EUR) || c.Version != 0 || c.Check() != nil {
		t.Errorf("none: %+v, %v", c, err)
	}
}

func badNotices(t *testing.T) (rows []badRow) {
	type resolve = desk.ResolveNoticeRequest
	for _, x := range []struct {
		what, field string
		do          func(x *resolve)
	}{
		{"no customer", "customer", func(x *resolve) { x.Customer = "" }},
		{"nobody acts", "by", func(x *resolve) { x.By = "" }},
		{"no reason", "why", func(x *resolve) { x.Why = "" }},
		{"a long reason", "why", func(x *resolve) { x.Why = strings.Repeat("w", 501) }},
		{"a reason that does not print", "why", func(x *resolve) { x.Why = "a\x00" }},
		{"no notice", "notice", func(x *resolve) { x.Notice = "" }},
		{"a long notice", "notice", func(x *resolve) { x.Notice = long }},
		{"no decision", "decision", func(x *resolve) { x.Decision = "" }},
		{"a notice that failed", "decision", func(x *resolve) { x.Decision = desk.DecisionFailed }},
		{"one that is not there", "notice", func(*resolve) {}},
	} {
		var is error
		if x.what == "one that is not there" {
			is = order.ErrNotFound
		}
		rows = append(rows, badRow{"ResolveNotice", x.what, func(h *front) error {
			r := resolve{Customer: "c-7", By: "ann", Why: "called", Notice: "none", Decision: desk.DecisionSucceeded}
			x.do(&r)
			return h.ResolveNotice(h.ctx, r)
		}, is, x.field, is != nil})
	}
	return append(rows, breaking(t, "Credit", func(*front) order.Currency { return order.USD },
		func(h *front, cur order.Currency) error { return second(h.Credit(h.ctx, "c-7", cur)) }, []broken[order.Currency]{
			{"no currency", func(_ *front, cur *order.Currency) { *cur = 0 }, nil, "currency"},
		}, nil)...)
}

func ExampleDesk_ResolveNotice() {
	ctx := context.Background()
	s := newShop(ctx)
	lost := s.undelivered(ctx)
	err := s.ResolveNotice(ctx, desk.ResolveNoticeRequest{Customer: "c-7", By: "ann", Why: "told by telephone", Notice: lost.ID, Decision: desk.DecisionSucceeded})
	left, _ := s.List(ctx, desk.ListRequest{By: "ann", List: desk.ListNotices})
	fmt.Println(lost.Kind, lost.State, "then", len(left.Notices), "left", err)
	// Output:
	// paid undeliverable then 0 left <nil>
}

// undelivered pays CS1 and lets all tries to tell of it fail.
func (s *shop) undelivered(ctx context.Context) ledger.Notice {
	s.online(ctx)
	s.Notifier = &ear{deaf: 1000}
	for range 20 {
		s.clock.Move(24 * time.Hour)
		if _, err := s.Sweep(ctx, 100); err != nil {
			panic(err)
		}
	}
	page, err := s.List(ctx, desk.ListRequest{By: "ann", List: desk.ListNotices})
	if err != nil {
		panic(err)
	}
	return page.Notices[0]
}

func ExampleDesk_Credit() {
	ctx := context.Background()
	s := newShop(ctx)
	s.credited(ctx)
	c, err := s.Credit(ctx, "c-7", order.USD)
	fmt.Println(c.Balance, c.State, err)
	// Output:
	// 100.00 USD open <nil>
}
