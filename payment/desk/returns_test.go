package desk_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// ended is an order that a coupon reduces or pays for, and that is about to end.
type ended struct {
	*host
	id    order.ID
	other order.ID // paid together with it; empty: none
	cs    []coupon.ID
	late  func() // called when all that is left to do is the end
}

func (x ended) pays(m payment.Method) payment.Payment {
	x.t.Helper()
	if x.other != "" {
		return x.pay("k", m, x.cs, x.id, x.other)
	}
	return x.pay("k", m, x.cs, x.id)
}

// paysOnline pays through the gateway, which says how it ends; a cause may come before.
func (x ended) paysOnline(end gateway.Status, cause bool) {
	x.t.Helper()
	decide := x.undecided()
	p := x.pays(payment.MethodOnline)
	if cause {
		x.deleted()
	}
	x.late()
	decide(end)
	x.hint(p)
	x.sweep()
}

// deleted cancels the order for a cause that is not the customer's.
func (x ended) deleted() {
	x.t.Helper()
	_, err := x.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: x.id, Event: order.EventCancel, Reason: order.ReasonResourceDeleted})
	x.must(err)
}

// provided pays for the order, which then provides resource x1.
func (x ended) provided() {
	x.t.Helper()
	x.pays(payment.MethodBalance)
	x.move(x.id, order.EventComplete, resourceOf("x1", "vm"))
}

func (x ended) leaves(renewal order.ID) {
	x.t.Helper()
	_, err := x.d.Unsubscribe(ctx, desk.UnsubscribeRequest{Customer: "c1", By: "u", ID: "l", Resource: "x1", Renewal: renewal})
	x.must(err)
}

const (
	rejectedInReview = "rejected in review"
	annulled         = "a renewal whose order failed"
	takenBack        = "a renewal taken back in time (Q5)"
)

// endings are the ways in which an order ends, by the words of coupon's doc.
var endings = map[string]func(x ended){
	"canceled by the customer": func(x ended) {
		x.late()
		_, _, err := x.d.CancelOrders(ctx, desk.CancelRequest{Customer: "c1", By: "u", Orders: []order.ID{x.id}})
		x.must(err)
	},
	rejectedInReview:         func(x ended) { x.late(); x.move(x.id, order.EventReject) },
	"voided at its deadline": func(x ended) { x.late(); x.clock.Move(8 * day); x.sweep() },
	"a cause before payment": func(x ended) { x.late(); x.deleted() },
	"declined":               func(x ended) { x.paysOnline(gateway.StatusDeclined, false) },
	"the hold of the payment ended": func(x ended) {
		x.g.Answer = func(gateway.Charge) gateway.Outcome {
			return gateway.Outcome{Status: gateway.StatusAction, Action: "https://bank.example/a"}
		}
		p := x.pays(payment.MethodOnline)
		x.late()
		x.clock.Move(31 * time.Minute)
		x.sweep()
		if p = x.payment(p.ID); p.State != payment.PaymentCanceled {
			x.t.Fatalf("the payment is %s: %s", p.State, p.Reason)
		}
	},
	"a cause while paying, then declined": func(x ended) { x.paysOnline(gateway.StatusDeclined, true) },
	"a cause while paying, then captured": func(x ended) { x.paysOnline(gateway.StatusCaptured, true) },
	"failed after it was paid":            func(x ended) { x.pays(payment.MethodBalance); x.late(); x.move(x.id, order.EventFail) },
	"the other failed before": func(x ended) {
		x.pays(payment.MethodBalance)
		x.move(x.other, order.EventFail)
		x.late()
		x.move(x.id, order.EventFail)
	},
	"provided": func(x ended) { x.provided(); x.late() },
	"provided, and left by the customer": func(x ended) {
		x.provided()
		x.late()
		x.clock.Move(7 * day)
		x.leaves("")
	},
	"provided, and left with all back (Q4)": func(x ended) {
		x.p.Renewal.Leaving = renewal.HuaweiChina().Leaving
		x.provided()
		x.late()
		x.leaves("")
	},
	annulled:  func(x ended) { x.pays(payment.MethodBalance); x.late(); x.move(x.id, order.EventFail) },
	takenBack: func(x ended) { x.pays(payment.MethodBalance); x.late(); x.leaves(x.id) },
}

// ending prepares an order for an end: coupon c reduces or pays for it, and where there are two
// for the other one too.
func ending(t *testing.T, name string, c coupon.Coupon, two bool) ended {
	x := ended{host: newHost(t), id: "a", late: func() {}}
	x.deposit("d", payment.FundCash, 100000)
	if name == annulled || name == takenBack {
		x.must(x.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: resourceOf("x1", "vm")}))
		os, err := x.d.Renew(ctx, desk.RenewRequest{Customer: "c1", By: "u", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: oneMonth()})
		x.must(err)
		x.id = os[0].ID
	} else {
		d := draftFor("a", 10000)
		d.Review = name == rejectedInReview
		x.place("", d)
	}
	x.issue(c)
	if two {
		x.other = "b"
		x.place("", draftFor("b", 20000))
	}
	if c.Kind != coupon.KindDiscount {
		x.cs = []coupon.ID{c.ID}
		return x
	}
	for _, id := range []order.ID{x.id, x.other} {
		if id != "" {
			_, err := x.choose(id, string(c.ID))
			x.must(err)
		}
	}
	return x
}

// columns are the coupons of a column of coupon's tables, worth 30.00, or a fifth.
func columns(head string) (cs []coupon.Coupon) {
	for _, kind := range []coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard} {
		c := coupon.Coupon{ID: "C", Customer: "c1", Kind: kind, State: coupon.StateAvailable, Face: cents(3000), Balance: cents(3000)}
		if head != "pays, reusable" && strings.Contains(head, "pays") {
			cs = append(cs, c)
		}
		if head != "pays, single use" && strings.Contains(head, "pays") {
			c.Reusable = true
			cs = append(cs, c)
		}
	}
	c := discountCoupon("C", 80)
	if head != "discount, three uses" && strings.Contains(head, "discount") {
		cs = append(cs, c)
	}
	if head != "discount, one use" && strings.Contains(head, "discount") {
		c.Uses = 3
		cs = append(cs, c)
	}
	return cs
}

// tableOf reads a table of coupon's doc by the head of its first column: the heads of the
// others, and the words of each row.
func tableOf(t *testing.T, first string) (heads []string, rows map[string][]string) {
	t.Helper()
	text, err := os.ReadFile("../../coupon/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	apart := regexp.MustCompile(`  +`)
	for line := range strings.Lines(string(text)) {
		cells, in := strings.CutPrefix(strings.TrimRight(line, "\n"), "//\t")
		switch row := apart.Split(cells, -1); {
		case in && row[0] == first:
			heads, rows = row[1:], make(map[string][]string)
		case rows != nil && in:
			if len(row) != len(heads)+1 || endings[row[0]] == nil || rows[row[0]] != nil {
				t.Fatalf("%q is no row of the table: %d cells of %d", line, len(row), len(heads)+1)
			}
			rows[row[0]] = row[1:]
		case rows != nil:
			return heads, rows
		}
	}
	t.Fatalf("coupon's doc has no table of %q", first)
	return nil, nil
}

// standing is where a coupon stands, in words.
func (x ended) standing() string {
	c := x.coupon("C")
	var parts []string
	for _, part := range x.s.All("c1").Coupons {
		if part.From == "C" {
			parts = append(parts, fmt.Sprint(part.State, " ", part.Balance))
		}
	}
	slices.Sort(parts)
	return fmt.Sprintf("%s, %s, used %d, held by %q, for %v, new coupons %v", c.State, c.Balance, c.Used, c.HeldBy, c.HeldFor, parts)
}

// stands is where a coupon stands when of it comes back what a word of the tables says.
func (x ended) stands(word string, issued coupon.Coupon) string {
	type at struct {
		state   coupon.State
		balance order.Money
		used    int
		heldFor []order.ID
		parts   []string
	}
	pays, two := issued.Kind != coupon.KindDiscount, x.other != ""
	// spent is as after the payment: it paid 10.00 of a, and 20.00 of b beside it, else 30.00.
	spent := at{coupon.StateUsed, cents(0), 1, nil, nil}
	if !pays {
		spent.balance = order.Money{}
		if spent.used += btoi(two); issued.Uses == 3 {
			spent.state = coupon.StateAvailable
		}
	}
	w := at{coupon.StateAvailable, issued.Balance, 0, nil, nil}
	switch word {
	case "not held", "whole", "balance and use", "both uses":
	case "the hold":
		if two && !pays {
			w.state, w.heldFor = coupon.StateHeld, []order.ID{x.other}
		}
	case "the use":
		w.used = btoi(two)
	case "stays with the order":
		w.state, w.heldFor = coupon.StateHeld, []order.ID{x.id}
	case "its part":
		w.balance, w.used = cents(1000), 1
	case "a new coupon":
		w = spent
		w.parts = []string{"available 10.00 USD"}
	case "two new coupons":
		w = spent
		w.parts = []string{"available 10.00 USD", "available 20.00 USD"}
	case "nothing":
		w = spent
	case "what is left": // Q3: of a cash coupon nothing is
		w = spent
		if issued.Kind != coupon.KindCash {
			w.state = coupon.StateAvailable
		}
		for _, f := range x.s.All("c1").Refunds {
			for _, part := range f.Coupons {
				w.balance = order.Minor(w.balance.Minor()+part.Amount.Minor(), order.USD)
			}
		}
		if returned := w.balance.Sign() > 0; returned == (issued.Kind == coupon.KindCash) {
			x.t.Errorf("of a %s %s comes back", issued.Kind, w.balance)
		}
	default:
		x.t.Fatalf("no test knows %q", word)
	}
	return fmt.Sprintf("%s, %s, used %d, held by %q, for %v, new coupons %v", w.state, w.balance, w.used, "", w.heldFor, w.parts)
}

// cells runs do for each cell of a table of coupon's doc, and each coupon of its column.
func cells(t *testing.T, first string, two bool, column func(head string) []coupon.Coupon, do func(x ended, name, head, word string, c coupon.Coupon)) {
	heads, rows := tableOf(t, first)
	if !two && len(rows) != len(endings)-1 { // one ending needs another order
		t.Errorf("the table of %q has %d rows of %d", first, len(rows), len(endings)-1)
	}
	for name, words := range rows {
		for i, head := range heads {
			for _, c := range column(head) {
				t.Run(fmt.Sprintf("C14 %s, %s, %s, %d uses, reusable %t", first, name, c.Kind, c.Uses, c.Reusable), func(t *testing.T) {
					x := ending(t, name, c, two)
					do(x, name, head, words[i], c)
					x.audit()
				})
			}
		}
	}
}

// C14: an order paid with a discount coupon could not be provided, or a cause came while it
// was paid, and the coupon stayed used. Each cell of the tables in coupon's doc, as it reads.
func TestC14_EveryEndOfAnOrder(t *testing.T) {
	for _, first := range []string{"one order", "one order of two paid together"} {
		cells(t, first, first != "one order", columns, func(x ended, name, _, word string, c coupon.Coupon) {
			endings[name](x)
			if got, want := x.standing(), x.stands(word, c); got != want {
				x.t.Errorf("%s:\n%s, want\n%s", word, got, want)
			}
		})
	}
}

// C14, C10: of a coupon that had ended nothing comes back, and the customer is told where the
// order was not the customer's to end. Each cell of the table in coupon's doc.
func TestC14_EveryEndAfterTheCoupons(t *testing.T) {
	until := 10 * time.Minute
	ending := func(head string) []coupon.Coupon {
		cs := columns(head)
		for i := range cs {
			cs[i].Window.Until = start.Add(until)
		}
		return cs
	}
	cells(t, "of a coupon that had ended", false, ending, func(x ended, name, _, word string, c coupon.Coupon) {
		x.late = func() { x.clock.Move(until + time.Second) }
		endings[name](x)
		told := 0
		for _, n := range x.s.All("c1").Notices {
			if n.Kind != ledger.NoticeCouponEnded {
				continue
			}
			told++
			part := order.Money{}
			if c.Kind != coupon.KindDiscount {
				part = cents(3000)
			}
			if n.Text != "C" || !slices.Equal(n.Orders, []order.ID{x.id}) || n.Amount != part || (n.Payment != "") != (part != order.Money{}) {
				x.t.Errorf("told: %+v", n)
			}
		}
		if told != btoi(word == "told") {
			x.t.Errorf("%s, and told %d times", word, told)
		}
		used := x.order(x.id).Paid != order.Parts{}
		if c.Kind == coupon.KindDiscount && name == "a cause while paying, then captured" {
			used = false // it was held, and the hold is over
		}
		if got := x.coupon("C"); got.Used != btoi(used) || len(x.s.All("c1").Coupons) != 1 {
			x.t.Errorf("used %d times, want one: %t; %s", got.Used, used, x.standing())
		}
	})
}

// C14, C3, Q4: what the tallies say by how an order ended. Each cell of the table in coupon's
// doc.
func TestC14_EveryEndAndTheTallies(t *testing.T) {
	firsts := func(head string) []coupon.Coupon {
		if !strings.HasPrefix(head, "first, ") {
			return columns("pays, discount")
		}
		cs := columns(head)
		for i := range cs {
			cs[i].Limits.FirstOrder = true
		}
		return cs
	}
	cells(t, "of the tallies", false, firsts, func(x ended, name, head, word string, c coupon.Coupon) {
		endings[name](x)
		tallies := make(map[string]coupon.Tally)
		for _, tally := range x.s.All("c1").Tallies {
			tallies[tally.Name] = tally
		}
		first := tallies[coupon.FirstOrderTally("ecs")]
		got := ""
		switch head {
		case "counts":
			got = map[int]string{0: "no", 1: "yes"}[first.N]
		case "all given back":
			got = map[int]string{0: "no", 1: "yes"}[tallies[ledger.TallyReturns].N]
		default:
			got = map[order.ID]string{"": "free", x.id: "the order's"}[first.HeldFor]
		}
		if got != word {
			x.t.Errorf("%q, want %q: %+v", got, word, tallies)
		}
	})
}

// partOf is the coupon that came of another, but for one.
func (r *stored) partOf(id, but coupon.ID) (found coupon.Coupon) {
	for _, c := range r.s.All("c1").Coupons {
		if c.From == id && c.ID != but {
			found = c
		}
	}
	return found
}

// C14, C10: of a coupon that two orders hold and that has ended, the one that a cause ends is
// told, though the other holds it still; and what has ended gives nothing back, whatever its
// state is when the order fails.
func TestC14_EndedIsEndedInEveryState(t *testing.T) {
	told := func(r *host) (n int) {
		for _, x := range r.s.All("c1").Notices {
			if x.Kind == ledger.NoticeCouponEnded && x.Text == "C" {
				n++
			}
		}
		return n
	}
	t.Run("C14 held by another order", func(t *testing.T) {
		r := newHost(t)
		c := discountCoupon("C", 80)
		c.Uses, c.Window.Until = 2, start.Add(10*60*1e9)
		r.issue(c)
		for _, id := range []order.ID{"a", "b"} {
			r.place("", draftFor(id, 10000))
			_, err := r.choose(id, "C")
			r.must(err)
		}
		decide := r.undecided()
		p := r.pay("k", payment.MethodOnline, nil, "a")
		r.pay("k2", payment.MethodOnline, nil, "b")
		ended{host: r, id: "a"}.deleted()
		r.clock.Move(10*60*1e9 + time.Second)
		decide(gateway.StatusDeclined)
		r.hint(p)
		if got := r.coupon("C"); got.State != coupon.StateHeld || told(r) != 1 {
			t.Errorf("%s, told %d times", got.State, told(r))
		}
	})
}

// What was given back whole, and then paid again and came back in part, adds up: what was passed on is
// of the last payment alone (C14).
func TestC14_BackWholeAndThenInPart(t *testing.T) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 100_000)
	c := cardOf("card", 500)
	c.Reusable = false
	r.issue(c)
	for _, id := range []order.ID{"a", "b", "x"} {
		r.place("", draftFor(id, 1000))
	}
	for i, ids := range [][]order.ID{{"a"}, {"b", "x"}} {
		r.clock.Move(time.Minute)
		r.pay(payment.Key(fmt.Sprint("k", i)), payment.MethodBalance, []coupon.ID{"card"}, ids...)
		r.move(ids[0], order.EventFail)
		r.audit()
	}
	if passed := r.coupon("card").PassedOn; passed != cents(250) {
		t.Errorf("passed on %s", passed)
	}
}
