package payment_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// audited is what a day at the counter leaves: a purchase and a single order paid online
// with a coupon, one paid from the balance, one monthly, one refunded, a voided one, and a
// renewed resource.
func audited(t *testing.T) (payment.Records, []payment.Movement) {
	r := newCounter(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	r.deposit("d", payment.FundCash, 50000)
	_, err := r.d.SetCredit(everywhere, "c1", "u", cents(500))
	r.must(err)
	r.issue(cardOf("card", 5000))
	r.bought("b", "x")
	again, err := r.d.Renew(everywhere, payment.Renewing{Customer: "c1", By: "u", ID: "again", Resources: []order.ResourceID{"x"}, Term: oneMonth()})
	r.must(err)
	r.pay("renewal", payment.MethodBalance, nil, again[0].ID)
	r.place("P", draftFor("p1", 1000), draftFor("p2", 2000))
	r.place("", draftFor("o", 3000))
	r.pay("online", payment.MethodOnline, []coupon.ID{"card"}, "p1", "p2", "o")
	r.place("", draftFor("m", 700))
	r.pay("monthly", payment.MethodMonthly, nil, "m")
	once := cardOf("once", 200)
	once.Kind, once.Reusable = coupon.KindFlexi, false
	r.issue(once)
	r.place("", draftFor("f", 900))
	r.pay("failed", payment.MethodOnline, []coupon.ID{"once"}, "f")
	r.move("f", order.EventFail) // and once is whole again
	r.place("", draftFor("g", 800))
	r.pay("again", payment.MethodBalance, []coupon.ID{"once"}, "g")
	r.issue(cardOf("whole", 600))
	r.place("", draftFor("w", 600))
	r.pay("whole", payment.MethodOnline, []coupon.ID{"whole"}, "w")
	reviewed := draftFor("a", 500)
	reviewed.Review = true
	r.place("", reviewed)
	r.move("a", order.EventApprove)
	r.place("", draftFor("v", 100))
	r.clock.Move(8 * 24 * time.Hour)
	r.sweep()
	r.audit()
	return r.s.All("c1"), r.g.Ledger()
}

// TestP16_AuditFinds: each invariant, broken by hand, is reported under its name.
func TestP16_AuditFinds(t *testing.T) {
	sound, moved := audited(t)
	moved = append(moved, payment.Movement{Customer: "c1", Payment: moved[0].Payment, Amount: cents(0)}) // moves nothing
	if v := payment.Audit(sound, moved); len(v) > 0 {
		t.Fatal(v)
	}
	couponOf := func(r *payment.Records, id coupon.ID) *coupon.Coupon {
		for i := range r.Coupons {
			if r.Coupons[i].ID == id {
				return &r.Coupons[i]
			}
		}
		t.Fatalf("no coupon %s", id)
		return nil
	}
	orderOf := func(r *payment.Records, id order.ID) *order.Order {
		for i := range r.Orders {
			if r.Orders[i].ID == id {
				return &r.Orders[i]
			}
		}
		t.Fatalf("no order %s", id)
		return nil
	}
	paymentOf := func(r *payment.Records, key payment.Key) *payment.Payment {
		for i := range r.Payments {
			if r.Payments[i].Request.Key == key {
				return &r.Payments[i]
			}
		}
		t.Fatalf("no payment %s", key)
		return nil
	}
	for _, row := range []struct {
		invariant, what string
		breaks          func(r *payment.Records, ledger *[]payment.Movement)
		says            string // of it; empty: the invariant is enough
	}{
		{"I1", "an order that was paid by nobody", func(r *payment.Records, _ *[]payment.Movement) {
			orderOf(r, "v").State = order.StatePaid
			orderOf(r, "v").Payment = "nobody"
		}, ""},
		{"I1", "an order that stands unpaid beside the payment that paid it", func(r *payment.Records, _ *[]payment.Movement) {
			o := orderOf(r, "o")
			o.State, o.Payment, o.Paid = order.StateUnpaid, "", order.Parts{}
		}, ""},
		{"I1", "an order in two payments", func(r *payment.Records, _ *[]payment.Movement) {
			p := *paymentOf(r, "online")
			p.ID = "twin"
			r.Payments = append(r.Payments, p)
		}, ""},
		{"I2", "a payment that was captured twice", func(_ *payment.Records, l *[]payment.Movement) { *l = append(*l, (*l)[0]) }, ""},
		{"I3", "money that a gateway took for nothing", func(_ *payment.Records, l *[]payment.Movement) {
			*l = append(*l, payment.Movement{Customer: "c1", Payment: "unknown", Amount: cents(5)})
		}, ""},
		{"I3", "money that is not there", func(_ *payment.Records, l *[]payment.Movement) { *l = nil }, ""},
		{"I3", "a refund that no payment knows of", func(r *payment.Records, _ *[]payment.Movement) { paymentOf(r, "failed").Returns = nil }, ""},
		{"I3", "a refund that is done, and of which the gateway knows nothing", func(_ *payment.Records, l *[]payment.Movement) {
			*l = slices.DeleteFunc(*l, func(m payment.Movement) bool { return m.Amount.Sign() < 0 })
		}, ""},
		{"I2", "an order that two payments took money for", func(r *payment.Records, l *[]payment.Movement) {
			p := *paymentOf(r, "online")
			was := p.ID
			p.ID = "twin"
			r.Payments = append(r.Payments, p)
			for _, m := range *l {
				if m.Payment == was {
					m.Payment = "twin"
					*l = append(*l, m)
				}
			}
		}, "was captured by 2 payments"},
		{"I4", "parts that are not what is payable", func(r *payment.Records, _ *[]payment.Movement) { paymentOf(r, "online").Quote.Items[0].Cash = cents(1) }, ""},
		{"I4", "an order that other parts paid than its payment says", func(r *payment.Records, _ *[]payment.Movement) {
			o := orderOf(r, "m")
			o.Paid = order.Parts{Coupons: o.Paid.Cash}
		}, ""},
		{"I5", "half a purchase", func(r *payment.Records, _ *[]payment.Movement) {
			o := orderOf(r, "p1")
			o.State, o.Payment, o.Paid = order.StateUnpaid, "", order.Parts{}
		}, ""},
		{"I5", "an order that is being paid by nobody", func(r *payment.Records, _ *[]payment.Movement) {
			o := orderOf(r, "a")
			o.State, o.Payment = order.StatePaying, "nobody"
		}, ""},
		{"I6", "a coupon with more than was issued", func(r *payment.Records, _ *[]payment.Movement) { r.Coupons[0].Balance = cents(5001) }, ""},
		{"I6", "a coupon that got its money back of nobody", func(r *payment.Records, _ *[]payment.Movement) {
			r.Coupons[0].Balance, r.Coupons[0].State = r.Coupons[0].Face, coupon.StateAvailable
		}, ""},
		{"I6", "a coupon of a single use that two payments have", func(r *payment.Records, _ *[]payment.Movement) { paymentOf(r, "failed").Returns = nil }, "is of a single use, and 2 payments have it"},
		{"I6", "a coupon of a single use that a payment had and another holds", func(r *payment.Records, _ *[]payment.Movement) {
			paymentOf(r, "failed").Returns, paymentOf(r, "again").State = nil, payment.PaymentPending
		}, "is of a single use, and 2 payments have it"},
		{"I6", "a coupon without an end that lost what it got back", func(r *payment.Records, _ *[]payment.Movement) {
			c := couponOf(r, "once") // 2.00 were used twice, and came back once
			c.Reusable, c.Face = true, cents(400)
		}, "was issued with"},
		{"I6", "two payments for the first order of one service", func(r *payment.Records, _ *[]payment.Movement) {
			couponOf(r, "card").Limits.FirstOrder, couponOf(r, "once").Limits.FirstOrder = true, true
		}, "both are the first of"},
		{"I6", "first orders that are not counted", func(r *payment.Records, _ *[]payment.Movement) { r.Tallies = nil }, "are not counted"},
		{"I6", "first orders that are counted wrongly", func(r *payment.Records, _ *[]payment.Movement) { r.Tallies[0].N++ }, ""},
		{"I7", "an order that was held after its deadline", func(r *payment.Records, _ *[]payment.Movement) {
			p := paymentOf(r, "online")
			p.Held = p.Held.Add(8 * 24 * time.Hour)
		}, ""},
		{"I8", "a payment of another key", func(r *payment.Records, _ *[]payment.Movement) { paymentOf(r, "online").Request.Key = "another" }, ""},
		{"I8", "a payment of what was not asked for", func(r *payment.Records, _ *[]payment.Movement) {
			p := paymentOf(r, "online")
			p.Request.Orders = p.Request.Orders[:1]
		}, ""},
		{"I9", "a move that no table has", func(r *payment.Records, _ *[]payment.Movement) {
			r.Entries[0].Moves[0] = payment.Moved{Kind: payment.KindOrder, ID: "v", From: string(order.StateVoided), To: string(order.StateUnpaid)}
		}, "which no table has"},
		{"I9", "a state that its entries do not lead to", func(r *payment.Records, _ *[]payment.Movement) { orderOf(r, "m").State = order.StateCompleted }, ""},
		{"I11", "a resource that an order has which is not open", func(r *payment.Records, _ *[]payment.Movement) { r.Resources[0].Order = "v" }, ""},
		{"I12", "a notice that was not written", func(r *payment.Records, _ *[]payment.Movement) { r.Notices = r.Notices[1:] }, ""},
		{"I12", "a payment that is told twice", func(r *payment.Records, _ *[]payment.Movement) {
			r.Notices[1].Kind, r.Notices[1].Payment, r.Notices[1].Orders = r.Notices[0].Kind, r.Notices[0].Payment, r.Notices[0].Orders
		}, ""},
		{"I13", "an account that has more than its entries", func(r *payment.Records, _ *[]payment.Movement) { r.Accounts[0].Balance = cents(1) }, "deposits and payments leave"},
		{"I13", "an account below zero", func(r *payment.Records, _ *[]payment.Movement) { r.Accounts[0].Balance = cents(-1) }, ""},
		{"I13", "a bill without what was settled monthly", func(r *payment.Records, _ *[]payment.Movement) { r.Bills[0].Charges = cents(0) }, ""},
		{"I13", "an expiry that nobody paid for", func(r *payment.Records, _ *[]payment.Movement) {
			r.Resources[0].Expiry = r.Resources[0].Expiry.Add(24 * time.Hour)
		}, ""},
		{"I13", "a renewal that was paid and is not there", func(r *payment.Records, _ *[]payment.Movement) {
			x := &r.Resources[0]
			x.Periods = x.Periods[:1]
			x.Expiry = x.Periods[0].Expiry
		}, ""},
	} {
		records, ledger := sound.Copy(), append([]payment.Movement(nil), moved...)
		row.breaks(&records, &ledger)
		found := false
		for _, v := range payment.Audit(records, ledger) {
			found = found || v.Invariant == row.invariant && v.Text != "" && strings.Contains(v.String(), row.says)
		}
		if !found {
			t.Errorf("%s: %s is not found: %v", row.invariant, row.what, payment.Audit(records, ledger))
		}
	}
}

// customersWith are the counter's, changed.
type customersWith struct {
	r      *counter
	change func(*payment.Customer)
}

func (c customersWith) Customer(ctx context.Context, id order.CustomerID) (payment.Customer, error) {
	known, err := counterCustomers{c.r}.Customer(ctx, id)
	c.change(&known)
	return known, err
}
