package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// An ID with other contents is refused, and nothing changes (P13).
func TestP13_SameIDOtherContents(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 90000)
	r.bought("o1", "x1")
	r.bought("o2", "x2")
	a := r.renewal("rn", "x1")
	b, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1", "x2"}, Term: renewal.Term{N: 3, Unit: renewal.Month}})
	if err == nil {
		t.Errorf("asked for 3 months of two, and got %d order of %s", len(b), b[0].Lines[0].Term)
	}
	r.pay("k", payment.MethodBalance, nil, a[0].ID)
	_, err = r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1", Renewal: a[0].ID})
	r.must(err)
	_, err = r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	if !errors.Is(err, payment.ReasonKey) || !r.res("x1").Released.IsZero() {
		t.Errorf("asked to leave under the ID that took a renewal back: %v", err)
	}
	r.audit()
}

// An order is placed under its ID as it was drafted, and not otherwise (P13). What has
// become of it since does not count.
func TestP13_PlacedAgainAsDrafted(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 90000)
	r.bought("o1", "x1")
	r.bought("o2", "x2")
	up := upgradeOf("up", 5000, "x1", "x2")
	r.place("", up)
	review := draftFor("review", 100)
	review.Review = true
	r.place("", review)
	r.place("both", draftFor("b1", 100), draftFor("b2", 200))
	r.move("review", order.EventApprove)
	r.pay("k", payment.MethodBalance, nil, "b1", "b2")
	for _, x := range []struct {
		what     string
		purchase order.PurchaseID
		drafts   []order.Draft
		do       func(d []order.Draft)
		same     bool
	}{
		{"again", "", []order.Draft{up}, func([]order.Draft) {}, true},
		{"approved since", "", []order.Draft{review}, func([]order.Draft) {}, true},
		{"without naming the customer again", "both", []order.Draft{draftFor("b1", 100), draftFor("b2", 200)}, func(d []order.Draft) { d[0].Customer, d[1].Customer = "", "" }, true},
		{"paid since, the other way round", "both", []order.Draft{draftFor("b2", 200), draftFor("b1", 100)}, func([]order.Draft) {}, true},
		{"an upgrade of one resource less", "", []order.Draft{up}, func(d []order.Draft) { d[0].Lines[1].Resource = "" }, false},
		{"without review", "", []order.Draft{review}, func(d []order.Draft) { d[0].Review = false }, false},
		{"with review", "both", []order.Draft{draftFor("b1", 100), draftFor("b2", 200)}, func(d []order.Draft) { d[0].Review = true }, false},
		{"to be confirmed", "", []order.Draft{review}, func(d []order.Draft) { d[0].Confirm = true }, false},
		{"one of two", "", []order.Draft{draftFor("b1", 100)}, func([]order.Draft) {}, false},
		{"more of it", "", []order.Draft{draftFor("o1", 100)}, func(d []order.Draft) { d[0].Lines[0].Count = 2 }, false},
	} {
		drafts := slices.Clone(x.drafts)
		drafts[0].Lines = slices.Clone(drafts[0].Lines)
		x.do(drafts)
		before, _ := r.s.All("c1").Encode()
		placed, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: x.purchase, Drafts: drafts})
		switch {
		case x.same && (err != nil || len(placed) != len(drafts)):
			t.Errorf("%s: %d orders, %v", x.what, len(placed), err)
		case !x.same && !errors.Is(err, payment.ReasonKey):
			t.Errorf("%s: accepted as the one that is there: %v", x.what, err)
		}
		after, _ := r.s.All("c1").Encode()
		if d := sameRecords(before, after); d != "" {
			t.Errorf("%s: something was written: %s", x.what, d)
		}
	}
}

// A gateway that has forgotten the key says "not found", then "canceled".
type hostForgets struct {
	*inmem.Gateway
	now  func() time.Time
	seen map[string]time.Time
}

func (g hostForgets) forget(key string) bool {
	at, ok := g.seen[key]
	return ok && g.now().Sub(at) > 24*time.Hour
}

func (g hostForgets) Charge(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if _, ok := g.seen[c.Key]; !ok {
		g.seen[c.Key] = g.now()
	}
	return g.Gateway.Charge(ctx, c)
}

func (g hostForgets) Lookup(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if g.forget(c.Key) {
		return gateway.Outcome{Status: gateway.StatusNotFound}, nil
	}
	return g.Gateway.Lookup(ctx, c)
}

func (g hostForgets) Cancel(ctx context.Context, c gateway.Charge) (gateway.Outcome, error) {
	if g.forget(c.Key) {
		return gateway.Outcome{Status: gateway.StatusCanceled}, nil // nothing is taken under it any more
	}
	return g.Gateway.Cancel(ctx, c)
}

// A charge whose key the gateway may have forgotten is for an operator, whatever the
// gateway says of it then (P16, I3).
func TestP16_KeyForgotten(t *testing.T) {
	r := newHost(t)
	r.g.Promises = gateway.Traits{Resend: 24 * time.Hour, Lookup: 24 * time.Hour, Flight: time.Minute}
	lost := true
	r.g.Fail = func(string) error {
		if lost {
			return errors.New("the answer is lost")
		}
		return nil
	}
	r.d.Gateways["g"] = hostForgets{r.g, r.clock.Now, map[string]time.Time{}}
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	lost = false
	r.clock.Move(25 * time.Hour) // no host is up for a day
	for range 5 {
		r.sweep()
		r.clock.Move(time.Minute)
	}
	p, err := r.d.Payment(ctx, "c1", p.ID)
	r.must(err)
	if p.State != payment.PaymentReview {
		t.Errorf("10.00 were captured, the gateway knows the key no more, and the payment is %s: %s", p.State, p.Reason)
	}
	r.audit()
}

// A reminder that falls into the time of a payment is sent after it, where the order is
// still unpaid (P17).
func TestP17_ReminderWhilePaying(t *testing.T) {
	r := newHost(t)
	decide := r.undecided()
	r.place("", draftFor("a", 1000))
	r.clock.Move(6*24*time.Hour - time.Minute)
	p := r.pay("k", payment.MethodOnline, nil, "a")
	r.clock.Move(2 * time.Minute)
	decide(gateway.StatusDeclined)
	_, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID})
	r.must(err)
	for range 20 {
		r.clock.Move(time.Hour)
		r.sweep()
	}
	n := 0
	for _, x := range r.s.All("c1").Notices {
		if x.Kind == ledger.NoticeDeadline {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d notices of the deadline", n)
	}
}

// What was captured is settled by what was judged when it was held, also where the policy
// has changed meanwhile (P16).
func TestP16_PolicyChangesWhilePaying(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 10000)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.bought("o1", "x1")
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: renewal.Term{N: 3, Unit: renewal.Year}})
	decide := r.undecided()
	os := r.renewal("rn", "x1")
	p := r.pay("k", payment.MethodOnline, nil, os[0].ID)
	r.p.Renewal.Terms = []renewal.Sold{{Unit: renewal.Month}, {Unit: renewal.Year, Counts: []int{1}}}
	decide(gateway.StatusCaptured)
	if _, err := r.d.Hint(ctx, gateway.Hint{Customer: "c1", Payment: p.ID}); err != nil {
		t.Errorf("captured, and not settled: %v", err)
	}
	if o := r.order(os[0].ID); o.State != order.StatePaid || len(r.res("x1").Periods) != 2 {
		t.Errorf("order %s, %d periods", o.State, len(r.res("x1").Periods))
	}
	r.nets(10000)
	r.audit()
}

// hostStore is a store that does not read some of what it is asked for.
type hostStore struct {
	*inmem.Store
	fail func(ledger.Ask) bool
}

func (s hostStore) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	if s.fail(ask) {
		return ledger.Records{}, errors.New("the store is away")
	}
	return s.Store.Load(ctx, ask)
}

// An error of the store is no failed renewal: the customer is told nothing, and the
// attempt is made again (P17, R5).
func TestP17_StoreErrorIsNoFailedRenewal(t *testing.T) {
	for n := 1; n < 30; n++ {
		r := newHost(t)
		r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
		r.deposit("d", payment.FundCash, 100000)
		r.bought("o1", "x1")
		r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
		r.sweep()
		k, on := 0, false
		r.d.Store = hostStore{r.s, func(ledger.Ask) bool {
			if on {
				k++
			}
			return on && k == n
		}}
		r.clock.Move(29 * 24 * time.Hour)
		on = true
		_, err := r.d.Sweep(ctx, 10)
		on = false
		if k < n {
			break
		}
		if err != nil {
			continue
		}
		for _, x := range r.s.All("c1").Notices {
			if x.Kind == ledger.NoticeRenewalFailed {
				t.Errorf("load %d fails, and the customer hears: %s", n, x.Text)
			}
		}
		r.clock.Move(time.Hour)
		r.sweep()
		if x := r.res("x1"); len(x.Periods) != 2 {
			t.Errorf("load %d failed, and the attempt is not made again: %d periods", n, len(x.Periods))
		}
	}
}

// Saying the same mode again changes nothing (P13, R4).
func TestP13_SetModeAgain(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.deposit("d", payment.FundCash, 100000)
	r.bought("o1", "x1")
	once := renewal.Auto{Term: oneMonth(), Times: 1}
	r.mode("x1", renewal.ModeAutomatic, once)
	r.clock.Move(29 * 24 * time.Hour)
	r.sweep()
	if n := len(r.res("x1").Periods); n != 2 {
		t.Fatal(n)
	}
	_, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: once}) // said twice: the first answer was lost
	r.must(err)
	r.clock.Move(35 * 24 * time.Hour)
	r.sweep()
	if n := len(r.res("x1").Periods); n != 2 {
		t.Errorf("to be renewed once, and renewed %d times", n-1)
	}
}

// Activating a coupon twice changes nothing, also where it is held by then (P13, C2).
func TestP13_ActivateTwice(t *testing.T) {
	r := newHost(t)
	c := cardOf("card", 1000)
	c.State = coupon.StateInactive
	_, err := r.d.Issue(ctx, desk.IssueRequest{By: "u", Coupon: c})
	r.must(err)
	_, err = r.d.MoveCoupon(ctx, desk.CouponRequest{Customer: "c1", By: "u", Coupon: "card", Move: desk.CouponActivate})
	r.must(err)
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodBalance, []coupon.ID{"card"}, "a")
	if _, err = r.d.MoveCoupon(ctx, desk.CouponRequest{Customer: "c1", By: "u", Coupon: "card", Move: desk.CouponActivate}); err != nil {
		t.Errorf("said twice: %v", err)
	}
	if c := r.coupon("card"); c.State != coupon.StateUsed {
		t.Errorf("the card is %s", c.State)
	}
	r.audit()
}

// hostDoubt is a store that writes, and once does not know whether it has.
type hostDoubt struct {
	*inmem.Store
	on *bool
}

func (s hostDoubt) Commit(ctx context.Context, c ledger.Change) error {
	err := s.Store.Commit(ctx, c)
	if *s.on && err == nil {
		*s.on = false
		return ledger.ErrInDoubt
	}
	return err
}

// An approval whose commit was in doubt is done once when it is said again (P13, Q7).
func TestP13_ApproveInDoubt(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Leaving.Approve = cents(100)
	r.deposit("d", payment.FundCash, 20000)
	r.bought("o1", "x1")
	_, err := r.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "lv", Resource: "x1"})
	r.must(err)
	on := true
	r.d.Store = hostDoubt{r.s, &on}
	if _, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "lv", Event: order.EventApprove}); err != nil {
		t.Errorf("written, and: %v", err)
	}
	if o := r.order("lv"); o.State != order.StateCompleted || r.res("x1").Released.IsZero() {
		t.Errorf("order %s", o.State)
	}
	r.accounts("given back once", 20000, 0)
	r.audit()
}

// A bill that was declined is tried again until it is charged; a credit counts in its
// month (P6).
func TestP6_DeclinedBillIsTriedAgain(t *testing.T) {
	r := newHost(t)
	r.d.Customers = inmem.Customers{Default: payment.Customer{Gateway: "g", Monthly: true}}
	decline := true
	r.g.Answer = func(gateway.Charge) gateway.Outcome {
		if decline {
			return gateway.Outcome{Status: gateway.StatusDeclined}
		}
		return gateway.Outcome{Status: gateway.StatusCaptured}
	}
	r.place("", draftFor("a", 1000))
	r.pay("k", payment.MethodMonthly, nil, "a")
	r.place("", draftFor("b", 1000))
	r.pay("k2", payment.MethodMonthly, nil, "b")
	for range 35 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	r.move("a", order.EventFail) // a credit, and April charges nothing
	decline = false
	for range 60 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	bills := r.s.All("c1").Bills
	if len(bills) != 1 || bills[0].State != payment.BillPaid || bills[0].Amount() != cents(2000) || bills[0].Declines == 0 || r.credit(order.USD).Balance != cents(1000) {
		t.Errorf("%+v, credit %s", bills, r.credit(order.USD).Balance)
	}
	r.nets(2000)
	r.audit()
}

// A customer's key that is spelled as one of a bill's tries is another payment: the bill
// is charged all the same (P6, P13).
func TestP6_KeyOfABill(t *testing.T) {
	r := newHost(t)
	r.d.Customers = inmem.Customers{Default: payment.Customer{Gateway: "g", Monthly: true}}
	r.deposit("d", payment.FundCash, 1000)
	r.place("", draftFor("a", 90000))
	r.pay("k", payment.MethodMonthly, nil, "a")
	r.place("", draftFor("b", 1))
	key := payment.Bill{Customer: "c1", Month: "2024-03", Charges: cents(0)}.Key()
	r.pay(key, payment.MethodBalance, nil, "b")
	for range 90 {
		r.clock.Move(24 * time.Hour)
		for range 3 {
			_, err := r.d.Sweep(ctx, 100)
			r.must(err)
		}
	}
	bills := r.s.All("c1").Bills
	if len(bills) == 0 {
		t.Error("there is no bill")
	}
	for _, b := range bills {
		if b.State != payment.BillPaid && b.Month == "2024-03" {
			t.Errorf("bill %s of %s is %s for two months, with %d declines, and waits since %s", b.Month, b.Amount(), b.State, b.Declines, b.DueAt)
		}
	}
}

// Money that comes for a payment which an operator has failed is looked for while its key
// lives, and goes back (P16, I3).
func TestP16_LateAfterResolve(t *testing.T) {
	r := newHost(t)
	decide := r.undecided()
	r.place("", draftFor("a", 1000))
	p := r.pay("k", payment.MethodOnline, nil, "a")
	for range 30 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	p, err := r.d.Payment(ctx, "c1", p.ID)
	r.must(err)
	if p.State != payment.PaymentReview {
		t.Fatalf("it is %s", p.State)
	}
	r.must(r.d.Resolve(ctx, desk.ResolveRequest{Customer: "c1", By: "op", Why: "it is gone", Payment: p.ID, Decision: desk.DecisionFailed}))
	decide(gateway.StatusCaptured)
	_, err = r.g.Lookup(ctx, gateway.Charge{Key: p.Key}) // the bank captures it now
	r.must(err)
	for range 5 {
		r.clock.Move(24 * time.Hour)
		r.sweep()
	}
	if p, err = r.d.Payment(ctx, "c1", p.ID); err != nil || p.State != payment.PaymentFailed || p.LateCapture != cents(1000) {
		t.Errorf("%s, %s late, %v", p.State, p.LateCapture, err)
	}
	r.refunds(payment.Refund{Cash: cents(1000), State: payment.RefundDone})
	r.nets(0)
	r.audit()
}

// Whoever said it before the account was frozen hears of the same renewal (P10, P13).
func TestP10_RenewedBeforeItWasFrozen(t *testing.T) {
	h := newFront(t)
	r := desk.RenewRequest{Customer: "c-7", By: "ann", ID: "new", Resources: []order.ResourceID{"R1"}, Term: month(1)}
	first, err := h.Renew(h.ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	h.Checks = desk.Checks{house{Findings: payment.Findings{Frozen: "by a court"}}}
	if again, err := h.Renew(h.ctx, r); err != nil || len(again) != 1 || again[0].ID != first[0].ID {
		t.Errorf("said twice: %v, %v", again, err)
	}
	r.ID, r.Resources = "newer", []order.ResourceID{"R2"}
	if _, err := h.Renew(h.ctx, r); !errors.Is(err, payment.ReasonFrozen) {
		t.Errorf("another: %v", err)
	}
}

// An ID of renewals is one of a purchase: neither takes the other's (O6, P13).
func TestP13_RenewalsAndAPurchase(t *testing.T) {
	place := func(r *host) error {
		_, err := r.d.Place(ctx, desk.PlaceRequest{Customer: "c1", By: "u", Purchase: "both", Drafts: []order.Draft{draftFor("a", 1000), draftFor("b", 1000)}})
		return err
	}
	renew := func(r *host) error {
		_, err := r.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "both", Resources: []order.ResourceID{"x1", "x2"}, Term: oneMonth()})
		return err
	}
	for name, calls := range map[string][2]func(*host) error{"renewed first": {renew, place}, "placed first": {place, renew}} {
		r := newHost(t)
		for _, x := range []order.ResourceID{"x1", "x2"} {
			r.must(r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: resourceOf(x, "vm")}))
		}
		r.must(calls[0](r))
		var no *payment.Refusal
		if err := calls[1](r); !errors.As(err, &no) || no.Reason != payment.ReasonKey {
			t.Errorf("%s: %v", name, err)
		}
		r.audit()
	}
}
