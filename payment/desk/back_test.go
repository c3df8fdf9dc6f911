package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

const day = 24 * time.Hour

// left is a leaving of the host's customer.
func left(id order.ID, of order.ResourceID, f func(l *desk.UnsubscribeRequest)) desk.UnsubscribeRequest {
	l := desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: id, Resource: of}
	f(&l)
	return l
}

func whole(*desk.UnsubscribeRequest) {}

func (r *host) quoteBack(l desk.UnsubscribeRequest) payment.RefundQuote {
	r.t.Helper()
	back, err := r.d.QuoteUnsubscribe(ctx, l)
	r.must(err)
	return back
}

func (r *host) leave(l desk.UnsubscribeRequest) order.Order {
	r.t.Helper()
	o, err := r.d.Unsubscribe(ctx, l)
	r.must(err)
	return o
}

// accounts checks the balances of cash and credit.
func (r *stored) accounts(when string, cash, credit int64) {
	r.t.Helper()
	if c, k := r.account(payment.FundCash), r.account(payment.FundCredit); c != cash || k != credit {
		r.t.Errorf("%s: cash %d, credit %d, want %d and %d", when, c, k, cash, credit)
	}
}

// What cash and credit paid comes back to both in proportion to what is left of what each
// gave; credit that was repaid meanwhile comes back as cash (P4, Q6).
func TestQ6_ToTheAccounts(t *testing.T) {
	open := func(t *testing.T) *host {
		r := newHost(t)
		_, err := r.d.SetCredit(ctx, desk.CreditRequest{Customer: "c1", By: "u", Limit: cents(100000)})
		r.must(err)
		r.deposit("d", payment.FundCash, 300)
		for id, amount := range map[order.ID]int64{"a": 400, "b": 300, "c": 300} {
			r.place("", draftFor(id, amount))
		}
		r.pay("k", payment.MethodBalance, nil, "a", "b", "c")
		r.accounts("paid", 0, -700)
		return r
	}
	t.Run("owed still", func(t *testing.T) {
		r := open(t)
		r.move("a", order.EventFail) // 400 in 300 : 700
		r.accounts("400 back", 120, -420)
		r.move("b", order.EventFail) // 300 in 180 : 420
		r.accounts("300 back", 210, -210)
		r.move("c", order.EventFail)
		r.accounts("all back", 300, 0)
		r.audit()
	})
	t.Run("partly repaid", func(t *testing.T) {
		r := open(t)
		r.move("a", order.EventFail)
		r.deposit("repay", payment.FundCredit, 300)
		r.accounts("repaid", 120, -120)
		r.move("b", order.EventFail) // 90 and 210, of which 120 are owed
		r.accounts("300 back", 300, 0)
		r.move("c", order.EventFail)
		r.accounts("all back", 600, 0)
		r.audit()
	})
	t.Run("repaid", func(t *testing.T) {
		r := open(t)
		r.move("a", order.EventFail)
		r.deposit("repay", payment.FundCredit, 420)
		r.move("b", order.EventFail) // all of it cash: more than cash gave
		r.accounts("300 back", 420, 0)
		r.move("c", order.EventFail)
		r.accounts("all back", 720, 0)
		r.audit()
	})
}

// More credits than charges are carried to the bill of the next month (P6).
func TestP6_CarriedOver(t *testing.T) {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	r.place("", draftFor("a", 700))
	r.place("", draftFor("b", 500))
	r.pay("k", payment.MethodMonthly, nil, "a", "b")
	next := func() {
		r.clock.Move(31 * day)
		r.sweep()
	}
	next() // March is charged in April
	r.move("a", order.EventFail)
	next() // April is a credit
	r.place("", draftFor("e", 1000))
	r.pay("k2", payment.MethodMonthly, nil, "e")
	next()
	bills := r.s.All("c1").Bills
	slices.SortFunc(bills, func(a, b payment.Bill) int { return cmpText(a.Month, b.Month) })
	want := []struct {
		month                     payment.Month
		state                     payment.BillState
		charges, credits, carried int64
	}{
		{"2024-03", payment.BillPaid, 1200, 0, 0},
		{"2024-04", payment.BillPaid, 0, 700, 0},
		{"2024-05", payment.BillPaid, 1000, 0, -700},
	}
	for i, w := range want {
		if i >= len(bills) {
			t.Fatalf("%d bills", len(bills))
		}
		if b := bills[i]; b.Month != w.month || b.State != w.state || b.Charges != cents(w.charges) || b.Credits != cents(w.credits) || b.Carried != cents(w.carried) {
			t.Errorf("%s is %s: charges %s, credits %s, carried %s, want %+v", b.Month, b.State, b.Charges, b.Credits, b.Carried, w)
		}
	}
	r.nets(1500) // 1200, and 1000 less 700
	r.audit()
}

func cmpText[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// What is bound comes back with its main resource, and counts for approval (R10, Q7).
func TestR10_BackOfWhatIsBound(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 15000)
	r.bought("o1", "x1")
	r.boughtDisk(5000)
	r.clock.Move(10 * day) // 10 of 31 days: 67.74 and 33.87 come back
	if _, err := r.d.QuoteUnsubscribe(ctx, left("lv", "x2", whole)); !errors.Is(err, renewal.ErrKept) {
		t.Errorf("of the disk alone: %v", err)
	}
	for limit, review := range map[int64]bool{10160: true, 10161: false, 10162: false} {
		r.p.Renewal.Leaving.Approve = cents(limit)
		if back := r.quoteBack(left("lv", "x1", whole)); back.Total != cents(10161) || len(back.Periods) != 2 || back.Review != review {
			t.Errorf("%s of %d periods, review above %d: %t", back.Total, len(back.Periods), limit, back.Review)
		}
	}
	// A cheaper main resource, or a renewal of it taken back, leaves the disk alone.
	if back := r.quoteBack(left("dg", "x1", func(l *desk.UnsubscribeRequest) { l.Product = "small" })); len(back.Periods) != 1 || back.Total != cents(3387) {
		t.Errorf("%s of %d periods", back.Total, len(back.Periods))
	}
	os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
	r.must(err)
	r.deposit("d2", payment.FundCash, 15000)
	ids := []order.ID{os[0].ID, os[1].ID}
	r.pay("k3", payment.MethodBalance, nil, ids...)
	if back := r.quoteBack(left("un", "x1", func(l *desk.UnsubscribeRequest) { l.Renewal = os[0].ID })); len(back.Periods) != 1 || back.Total != cents(10000) {
		t.Errorf("%s of %d periods", back.Total, len(back.Periods))
	}
	r.audit()
}

// Leaving that waits for approval holds the resource: another order for it is refused (O12,
// Q7).
func TestQ7_WaitingForApproval(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Leaving.Approve = cents(1)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	o := r.leave(left("lv", "x1", whole))
	if x := r.res("x1"); o.State != order.StatePendingApproval || x.Order != "lv" || !x.Released.IsZero() {
		t.Errorf("order %s, the resource in %q", o.State, x.Order)
	}
	var e *order.ResourceError
	if _, err := r.d.Unsubscribe(ctx, left("lv2", "x1", whole)); !errors.As(err, &e) || e.Holder != "lv" {
		t.Errorf("%v", err)
	}
	r.move("lv", order.EventApprove)
	if x := r.res("x1"); x.Released.IsZero() || r.order("lv").State != order.StateCompleted {
		t.Errorf("approved, and released %s, order %s", x.Released, r.order("lv").State)
	}
	r.audit()
}

// What charged nothing cannot be left (Q7).
func TestQ7_Free(t *testing.T) {
	r := newHost(t)
	free := draftFor("o1", 0)
	r.place("", free)
	if o := r.order("o1"); o.State != order.StatePaid {
		r.pay("k", payment.MethodBalance, nil, "o1")
	}
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"))
	var e *renewal.MoveError
	if _, err := r.d.QuoteUnsubscribe(ctx, left("lv", "x1", whole)); !errors.As(err, &e) || !errors.Is(err, renewal.ErrKept) || e.Advice != string(renewal.NotRefundableFree) {
		t.Errorf("%v", err)
	}
}

// Within the window everything comes back, as often as the policy says per account; cash
// coupons come back too, and are not counted among what was paid otherwise (Q3, Q4).
func TestQ4_TimesPerAccount(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Leaving.Window, r.p.Renewal.Leaving.Times = 5*day, 2
	r.deposit("d", payment.FundCash, 40000)
	for _, x := range []string{"1", "2", "3"} {
		r.bought(order.ID("o"+x), order.ResourceID("x"+x))
	}
	r.clock.Move(4 * day)
	for i, back := range []int64{10000, 10000, 8710} { // 4 of 31 days are 12.90
		id := string(rune('1' + i))
		if got := r.quoteBack(left(order.ID("lv"+id), order.ResourceID("x"+id), whole)); got.Total != cents(back) {
			t.Errorf("the %d. time: %s", i+1, got.Total)
		}
		r.leave(left(order.ID("lv"+id), order.ResourceID("x"+id), whole))
		if n := tallyOf(r, "resources given back"); n != min(i+1, 2) {
			t.Errorf("the %d. time: counted %d", i+1, n)
		}
	}
	r.accounts("all left", 10000+28710, 0)
	r.audit()
}

func tallyOf(r *host, name string) int {
	for _, t := range r.s.All("c1").Tallies {
		if t.Name == name {
			return t.N
		}
	}
	return 0
}

// Of a resource that is left, a reusable card has its share back, what is of a single use
// or a cash coupon has not; of a renewal not begun each has all (Q3, Q5, Q6).
func TestQ5_CouponsByKind(t *testing.T) {
	for name, x := range map[string]struct {
		kind          coupon.Kind
		reusable      bool
		left, unbegun int64 // of 50.00
	}{
		"card":                 {coupon.KindCard, true, 3387, 5000},
		"card of a single use": {coupon.KindCard, false, 0, 5000},
		"flexi":                {coupon.KindFlexi, true, 3387, 5000},
		"cash":                 {coupon.KindCash, true, 0, 5000},
		"cash of a single use": {coupon.KindCash, false, 0, 5000},
	} {
		t.Run(name, func(t *testing.T) {
			r := newHost(t)
			r.deposit("d", payment.FundCash, 20000)
			c := cardOf("c", 5000)
			c.Kind, c.Reusable = x.kind, x.reusable
			r.issue(c)
			c.ID = "c2"
			r.issue(c)
			r.place("", draftFor("o1", 10000))
			r.pay("k", payment.MethodBalance, []coupon.ID{"c"}, "o1")
			r.move("o1", order.EventComplete, resourceOf("x1", "vm"))
			os, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
			r.must(err)
			r.pay("k2", payment.MethodBalance, []coupon.ID{"c2"}, os[0].ID)
			r.clock.Move(10 * day)
			r.leave(left("un", "x1", func(l *desk.UnsubscribeRequest) { l.Renewal = os[0].ID }))
			if got := r.coupon("c2"); got.Balance != cents(x.unbegun) || got.State != coupon.StateAvailable {
				t.Errorf("of the renewal: %s with %s", got.State, got.Balance)
			}
			r.leave(left("lv", "x1", whole))
			if got := r.coupon("c"); got.Balance != cents(x.left) || (got.State == coupon.StateAvailable) != (x.left > 0) {
				t.Errorf("of the resource: %s with %s", got.State, got.Balance)
			}
			r.accounts("left", 10000+5000+3387, 0)
			r.audit()
		})
	}
}

// A resource that went on with a cheaper product is worth what is left of that (Q3).
func TestQ3_WorthOfACheaperProduct(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.bought("o1", "x1")
	r.clock.Move(10 * day) // 32.26 are used, of 67.74 half comes back
	r.leave(left("dg", "x1", func(l *desk.UnsubscribeRequest) { l.Product = "small" }))
	r.accounts("half the price", 3387, 0)
	if back := r.quoteBack(left("lv", "x1", whole)); back.Total != cents(3387) {
		t.Errorf("at once: %s", back.Total)
	}
	r.leave(left("dg2", "x1", func(l *desk.UnsubscribeRequest) { l.Product = "tiny" }))
	r.accounts("a quarter of the price", 3387+1694, 0)                           // 16.935
	if back := r.quoteBack(left("lv", "x1", whole)); back.Total != cents(1693) { // 67.74 were left in all
		t.Errorf("at once: %s", back.Total)
	}
	r.clock.Move(7 * day)
	if back := r.quoteBack(left("lv", "x1", whole)); back.Total != cents(1129) { // 24.99 x 14/31
		t.Errorf("a week later: %s", back.Total)
	}
	r.audit()
}

// What the records of a payment say has come back of a resource comes back no more, also
// where the resource still has its period: a copy of it that somebody restored (Q6).
func TestQ6_WhatHasComeBack(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 20000)
	r.issue(cardOf("card", 3100))
	r.place("", draftFor("o1", 9300))
	r.pay("k", payment.MethodBalance, []coupon.ID{"card"}, "o1")
	r.move("o1", order.EventComplete, resourceOf("x1", "vm"))
	r.bought("o2", "x2")
	change := func(f func(p *payment.Payment)) {
		t.Helper()
		var c ledger.Change
		c.Customer = "c1"
		for _, p := range r.s.All("c1").Payments {
			if p.Request.Key == "k" {
				p.Returns = slices.Clone(p.Returns)
				f(&p)
				c.Put.Payments = []payment.Payment{p}
			}
		}
		r.must(r.s.Commit(ctx, c))
	}
	card := func(n int64) []payment.CouponPart {
		return []payment.CouponPart{{Coupon: "card", Kind: coupon.KindCard, Amount: cents(n)}}
	}
	for _, x := range []struct {
		returned        payment.Return
		cash, ofTheCard int64
	}{
		{payment.Return{Refund: "r1", Order: "o1", Resource: "x1", Cash: cents(1200), Coupons: card(100)}, 5000, 3000},
		{payment.Return{Refund: "r2", Order: "o1", Cash: cents(200)}, 4800, 3000},
		{payment.Return{Refund: "r3", Order: "o1", Resource: "x9", Cash: cents(300), Coupons: card(300)}, 4800, 3000}, // another resource
	} {
		change(func(p *payment.Payment) { p.Returns = append(p.Returns, x.returned) })
		back := r.quoteBack(left("lv", "x1", whole))
		if back.Total != cents(x.cash) || len(back.Periods) != 1 || len(back.Periods[0].Coupons) != 1 || back.Periods[0].Coupons[0].Amount != cents(x.ofTheCard) {
			t.Errorf("after %s: %s and %+v", x.returned.Refund, back.Total, back.Periods[0].Coupons)
		}
	}
	r.leave(left("dg", "x1", func(l *desk.UnsubscribeRequest) { l.Product = "small" }))
	// Of the 78.00 that were left 46.50 came back, half of all that was paid; 31.50 are left of
	// the other half, in 48 : 30.
	if h := r.res("x1").Periods[0]; !slices.Equal(h.Keeps, []order.Money{cents(2861), cents(1789)}) {
		t.Errorf("half of what was paid, in 48 : 30: %v", h.Keeps)
	}
	if back := r.quoteBack(left("lv", "x1", whole)); back.Total != cents(1938) || back.Periods[0].Coupons[0].Amount != cents(1212) {
		t.Errorf("what is left: %s and %v", back.Total, back.Periods[0].Coupons)
	}
	// A resource that its order did not provide is nobody's to leave.
	var c ledger.Change
	c.Customer = "c1"
	for _, x := range r.s.All("c1").Resources {
		if x.ID == "x2" {
			x.Periods = slices.Clone(x.Periods)
			x.Periods[0].Order = "o1"
			c.Put.Resources = []renewal.Resource{x}
		}
	}
	r.must(r.s.Commit(ctx, c))
	var f *order.FieldError
	if _, err := r.d.QuoteUnsubscribe(ctx, left("lv2", "x2", whole)); !errors.As(err, &f) || f.Field != "resource" {
		t.Errorf("%v", err)
	}
}
