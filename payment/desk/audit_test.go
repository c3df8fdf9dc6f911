package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// audited is what a day of a host leaves: a purchase and a single order paid online
// with a coupon, one paid from the balance, one monthly, one refunded, a voided one, and a
// renewed resource.
func audited(t *testing.T) (ledger.Records, []gateway.Movement) {
	r := newHost(t)
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	r.deposit("d", payment.FundCash, 50000)
	_, err := r.d.SetCredit(ctx, desk.CreditRequest{Customer: "c1", By: "u", Limit: cents(500)})
	r.must(err)
	r.issue(cardOf("card", 5000))
	r.bought("b", "x")
	again := r.renewal("again", "x")
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
	r.place("", draftFor("c", 300))
	r.pay("credited", payment.MethodMonthly, nil, "c")
	r.move("c", order.EventFail) // and the customer has a credit
	r.place("", draftFor("v", 100))
	r.clock.Move(8 * 24 * time.Hour)
	r.sweep()
	r.audit()
	return r.s.All("c1"), r.g.Ledger()
}

// TestP16_AuditFinds: each invariant, broken by hand, is reported under its name.
func TestP16_AuditFinds(t *testing.T) {
	sound, moved := audited(t)
	moved = append(moved, gateway.Movement{Customer: "c1", Payment: moved[0].Payment, Amount: cents(0)}) // moves nothing
	couponOf := func(r *ledger.Records, id coupon.ID) *coupon.Coupon {
		for i := range r.Coupons {
			if r.Coupons[i].ID == id {
				return &r.Coupons[i]
			}
		}
		t.Fatalf("no coupon %s", id)
		return nil
	}
	// apart tells the move of an order to a state in an entry of its own.
	apart := func(id string, to order.State) func(*ledger.Records, *[]gateway.Movement) {
		return func(r *ledger.Records, _ *[]gateway.Movement) {
			for i := range r.Entries {
				e := &r.Entries[i]
				k := slices.IndexFunc(e.Moves, func(m ledger.EntryLine) bool { return m.ID == id && m.To == string(to) })
				if k >= 0 {
					other := *e
					other.ID, other.Moves = "second", []ledger.EntryLine{e.Moves[k]}
					e.Moves = slices.Delete(slices.Clone(e.Moves), k, k+1)
					r.Entries = append(r.Entries, other)
					return
				}
			}
		}
	}
	orderOf := func(r *ledger.Records, id order.ID) *order.Order {
		for i := range r.Orders {
			if r.Orders[i].ID == id {
				return &r.Orders[i]
			}
		}
		t.Fatalf("no order %s", id)
		return nil
	}
	paymentOf := func(r *ledger.Records, key payment.Key) *payment.Payment {
		for i := range r.Payments {
			if r.Payments[i].Request.Key == key {
				return &r.Payments[i]
			}
		}
		t.Fatalf("no payment %s", key)
		return nil
	}
	tells := func(r *ledger.Records, kind ledger.NoticeKind) *ledger.Notice {
		return &r.Notices[slices.IndexFunc(r.Notices, func(n ledger.Notice) bool { return n.Kind == kind })]
	}
	finds(t, sound, moved, []violated{
		{"I1", "an order that was paid by nobody", func(r *ledger.Records, _ *[]gateway.Movement) {
			orderOf(r, "v").State = order.StatePaid
			orderOf(r, "v").Payment = "nobody"
		}, ""},
		{"I1", "an order that stands unpaid beside the payment that paid it", func(r *ledger.Records, _ *[]gateway.Movement) {
			o := orderOf(r, "o")
			o.State, o.Payment, o.Paid = order.StateUnpaid, "", order.Parts{}
		}, ""},
		{"I1", "an order in two payments", func(r *ledger.Records, _ *[]gateway.Movement) {
			p := *paymentOf(r, "online")
			p.ID = "twin"
			r.Payments = append(r.Payments, p)
		}, ""},
		{"I2", "a payment that was captured twice", func(_ *ledger.Records, l *[]gateway.Movement) { *l = append(*l, (*l)[0]) }, ""},
		{"I3", "money that a gateway took for nothing", func(_ *ledger.Records, l *[]gateway.Movement) {
			*l = append(*l, gateway.Movement{Customer: "c1", Payment: "unknown", Amount: cents(5)})
		}, ""},
		{"I3", "money that is not there", func(_ *ledger.Records, l *[]gateway.Movement) { *l = nil }, ""},
		{"I3", "a refund that no payment knows of", func(r *ledger.Records, _ *[]gateway.Movement) { paymentOf(r, "failed").Returns = nil }, ""},
		{"I3", "a refund that is done, and of which the gateway knows nothing", func(_ *ledger.Records, l *[]gateway.Movement) {
			*l = slices.DeleteFunc(*l, func(m gateway.Movement) bool { return m.Amount.Sign() < 0 })
		}, ""},
		{"I2", "an order that two payments took money for", func(r *ledger.Records, l *[]gateway.Movement) {
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
		{"I4", "parts that are not what is payable", func(r *ledger.Records, _ *[]gateway.Movement) { paymentOf(r, "online").Quote.Items[0].Cash = cents(1) }, ""},
		{"I4", "an order that other parts paid than its payment says", func(r *ledger.Records, _ *[]gateway.Movement) {
			o := orderOf(r, "m")
			o.Paid = order.Parts{Coupons: o.Paid.Cash}
		}, ""},
		{"I5", "half a purchase", func(r *ledger.Records, _ *[]gateway.Movement) {
			o := orderOf(r, "p1")
			o.State, o.Payment, o.Paid = order.StateUnpaid, "", order.Parts{}
		}, ""},
		{"I5", "an order that is being paid by nobody", func(r *ledger.Records, _ *[]gateway.Movement) {
			o := orderOf(r, "a")
			o.State, o.Payment = order.StatePaying, "nobody"
		}, ""},
		{"I6", "a coupon with more than was issued", func(r *ledger.Records, _ *[]gateway.Movement) { r.Coupons[0].Balance = cents(5001) }, ""},
		{"I6", "a coupon that got its money back of nobody", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Coupons[0].Balance, r.Coupons[0].State = r.Coupons[0].Face, coupon.StateAvailable
		}, ""},
		{"I6", "a coupon of a single use that two payments have", func(r *ledger.Records, _ *[]gateway.Movement) { paymentOf(r, "failed").Returns = nil }, "is of a single use, and 2 payments have it"},
		{"I6", "a coupon of a single use that a payment had and another holds", func(r *ledger.Records, _ *[]gateway.Movement) {
			paymentOf(r, "failed").Returns, paymentOf(r, "again").State = nil, payment.PaymentPending
		}, "is of a single use, and 2 payments have it"},
		{"I6", "a coupon without an end that lost what it got back", func(r *ledger.Records, _ *[]gateway.Movement) {
			c := couponOf(r, "once") // 2.00 were used twice, and came back once
			c.Reusable, c.Face = true, cents(400)
		}, "was issued with"},
		{"I6", "two payments for the first order of one service", func(r *ledger.Records, _ *[]gateway.Movement) {
			couponOf(r, "card").Limits.FirstOrder, couponOf(r, "once").Limits.FirstOrder = true, true
		}, "all are the first of"},
		{"I6", "an order that is first with no coupon for that", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Tallies[0].HeldFor = "nobody"
		}, "order nobody is the first of"},
		{"I6", "two orders that discount coupons make the first", func(r *ledger.Records, _ *[]gateway.Movement) {
			for i := range r.Orders[:2] {
				r.Orders[i].State = order.StateUnpaid
				r.Orders[i].Reduction = order.Reduction{Kind: "discount coupon", ID: "off"}
			}
			r.Coupons = append(r.Coupons, coupon.Coupon{ID: "off", Customer: "c1", Kind: coupon.KindDiscount, State: coupon.StateUsed, Limits: coupon.Limits{FirstOrder: true}})
		}, "all are the first of"},
		{"I6", "a first order that no tally says", func(r *ledger.Records, _ *[]gateway.Movement) {
			couponOf(r, "card").Limits.FirstOrder = true
		}, "is not said to be the first of"},
		{"I6", "first orders that are not counted", func(r *ledger.Records, _ *[]gateway.Movement) { r.Tallies = nil }, "are not counted"},
		{"I6", "first orders that are counted wrongly", func(r *ledger.Records, _ *[]gateway.Movement) { r.Tallies[0].N++ }, ""},
		{"I7", "an order that was held after its deadline", func(r *ledger.Records, _ *[]gateway.Movement) {
			p := paymentOf(r, "online")
			p.HeldAt = p.HeldAt.Add(8 * 24 * time.Hour)
		}, ""},
		{"I8", "a payment of another key", func(r *ledger.Records, _ *[]gateway.Movement) { paymentOf(r, "online").Request.Key = "another" }, ""},
		{"I8", "a payment of what was not asked for", func(r *ledger.Records, _ *[]gateway.Movement) {
			p := paymentOf(r, "online")
			p.Request.Orders = p.Request.Orders[:1]
		}, ""},
		{"I9", "a move that no table has", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Entries[0].Moves[0] = ledger.EntryLine{Kind: ledger.KindOrder, ID: "v", From: string(order.StateVoided), To: string(order.StateUnpaid)}
		}, "which no table has"},
		{"I9", "a way that goes by the tables of two flows", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Entries[0].Step = "move"
			r.Entries[0].Moves[0] = ledger.EntryLine{Kind: ledger.KindOrder, ID: "v", From: string(order.StatePendingConfirmation), To: string(order.StatePaid)}
		}, "which no table has"},
		{"I9", "a state that its entries do not lead to", func(r *ledger.Records, _ *[]gateway.Movement) { orderOf(r, "m").State = order.StateCompleted }, ""},
		{"I11", "a resource that an order has which is not open", func(r *ledger.Records, _ *[]gateway.Movement) { r.Resources[0].Order = "v" }, ""},
		{"I12", "a notice that was not written", func(r *ledger.Records, _ *[]gateway.Movement) { r.Notices = r.Notices[1:] }, ""},
		{"I12", "a payment that is told twice", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Notices[1].Kind, r.Notices[1].Payment, r.Notices[1].Orders = r.Notices[0].Kind, r.Notices[0].Payment, r.Notices[0].Orders
		}, ""},
		{"I3", "a refund that came back, and nobody says so", func(r *ledger.Records, l *[]gateway.Movement) {
			f := &r.Refunds[slices.IndexFunc(r.Refunds, func(f payment.Refund) bool { return f.Method == payment.MethodOnline && f.Cash.Sign() > 0 })]
			*l = append(*l, gateway.Movement{Customer: "c1", Payment: f.Payment, Key: f.Charge, Refund: f.ID, Amount: f.Cash})
		}, "is what the records say"},
		{"I12", "a refund that the customer does not hear of", func(r *ledger.Records, _ *[]gateway.Movement) {
			tells(r, ledger.NoticeRefunded).Kind = ledger.NoticeApproved
		}, "0 notices say refunded"},
		{"I12", "a refund that is told twice", func(r *ledger.Records, _ *[]gateway.Movement) {
			*tells(r, ledger.NoticePaid) = *tells(r, ledger.NoticeRefunded)
		}, "2 notices say refunded"},
		{"I12", "a refund that is told of, and is not there", func(r *ledger.Records, _ *[]gateway.Movement) { tells(r, ledger.NoticeRefunded).Refund = "none" }, "refund none is told of"},
		{"I12", "a refund that is told to have come back, and has not", func(r *ledger.Records, _ *[]gateway.Movement) {
			n := tells(r, ledger.NoticePaid)
			n.Kind, n.Refund = ledger.NoticeRefundBack, r.Refunds[0].ID
		}, "1 that it came back"},
		{"I12", "a notice of a second number", func(r *ledger.Records, _ *[]gateway.Movement) {
			n := r.Notices[0]
			n.N = 9
			n.ID = ledger.NoticeID(n.Customer, n.Entry, n.N)
			r.Notices = append(r.Notices, n)
		}, "is number 9 of entry"},
		{"I12", "a notice that no entry tells of", func(r *ledger.Records, _ *[]gateway.Movement) {
			n := &r.Notices[0]
			n.Entry = "none"
			n.ID = ledger.NoticeID(n.Customer, n.Entry, n.N)
		}, "of entry none, which tells of 0"},
		{"I12", "a notice from before schema 11 that is lost", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Outboxes = append(r.Outboxes, ledger.Outbox{Customer: "c1", Written: 1, Sent: 1})
		}, "0 notices from before schema 11 are there, and 1 were written"},
		{"I12", "a notice that could not be delivered, and no entry says so", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Notices[0].State, r.Notices[0].DueAt = ledger.NoticeUndeliverable, time.Time{}
		}, "and its entries lead elsewhere"},
		{"I9", "a notice that is resolved, and was delivered", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Entries[0].Moves[0] = ledger.EntryLine{Kind: ledger.KindNotice, ID: r.Notices[0].ID, To: string(ledger.NoticeResolved)}
		}, "which no table has"},
		{"I13", "an account that has more than its entries", func(r *ledger.Records, _ *[]gateway.Movement) { r.Accounts[0].Balance = cents(1) }, "deposits and payments leave"},
		{"I13", "an account below zero", func(r *ledger.Records, _ *[]gateway.Movement) { r.Accounts[0].Balance = cents(-1) }, ""},
		{"I13", "a bill without what was settled monthly", func(r *ledger.Records, _ *[]gateway.Movement) { r.Bills[0].Charges = cents(0) }, ""},
		{"I13", "an expiry that nobody paid for", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Resources[0].Expiry = r.Resources[0].Expiry.Add(24 * time.Hour)
		}, ""},
		{"I13", "a renewal that was paid and is not there", func(r *ledger.Records, _ *[]gateway.Movement) {
			x := &r.Resources[0]
			x.Periods = x.Periods[:1]
			x.Expiry = x.Periods[0].Expiry
		}, ""},
		{"I3", "what a gateway took in another currency", func(_ *ledger.Records, l *[]gateway.Movement) {
			(*l)[0].Amount = order.Minor((*l)[0].Amount.Minor(), order.EUR)
		}, "is not in the currency"},
		{"I3", "one refund that a payment gives back twice", func(r *ledger.Records, _ *[]gateway.Movement) {
			p := paymentOf(r, "failed")
			p.Returns = append(p.Returns, payment.Return{Refund: p.Returns[0].Refund, Order: p.Returns[0].Order, Cash: cents(0)})
		}, "back twice"},
		{"I13", "a renewal that is completed, and of which the resource has nothing", func(r *ledger.Records, _ *[]gateway.Movement) {
			for i := range r.Orders {
				if r.Orders[i].Type == order.TypeRenewal {
					r.Orders[i].State = order.StateCompleted
				}
			}
			x := &r.Resources[0]
			x.Periods = x.Periods[:1]
			x.Expiry = x.Periods[0].Expiry
		}, "has no period of it"},
		{"I3", "late money that goes back once more", func(r *ledger.Records, _ *[]gateway.Movement) {
			p := paymentOf(r, "failed")
			p.LateCapture = cents(900)
			r.Refunds = append(r.Refunds, payment.Refund{ID: "more", Customer: "c1", Payment: p.ID, Cash: p.LateCapture, Method: payment.MethodOnline, State: payment.RefundDone, Made: p.HeldAt, Done: p.HeldAt})
		}, "refund more is not what"},
		{"I5", "a purchase that is settled in two commits", apart("p2", order.StatePaid), "purchase P: in step \"settle\" not all"},
		{"I5", "an order of a payment that is held in another commit", apart("o", order.StatePaying), "in step \"hold\" not all"},
		{"I5", "an order of a payment that is settled in another commit", apart("o", order.StatePaid), "in step \"settle\" not all"},
		{"I9", "a hold of what was never approved", func(r *ledger.Records, _ *[]gateway.Movement) {
			for i := range r.Entries {
				for k := range r.Entries[i].Moves {
					if m := &r.Entries[i].Moves[k]; m.ID == "g" && m.From == string(order.StateUnpaid) {
						m.From = string(order.StatePendingApproval)
					}
				}
			}
		}, "in step \"hold\", which no table has"},
		{"I9", "a payment that a move settles", func(r *ledger.Records, _ *[]gateway.Movement) {
			i := slices.IndexFunc(r.Entries, func(e ledger.Entry) bool { return e.Step == "hold" })
			r.Entries[i].Step = "move"
		}, "in step \"move\", which no table has"},
		{"I9", "states of what has none", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Entries[0].Moves = append(r.Entries[0].Moves, ledger.EntryLine{Kind: ledger.KindTally, ID: "t", To: "due"})
		}, "tally t went from"},
		{"I13", "a resource that one order extended twice", func(r *ledger.Records, _ *[]gateway.Movement) {
			x := &r.Resources[0]
			twice := x.Periods[1]
			twice.Start, twice.Expiry = twice.Expiry.Add(time.Second), twice.Expiry.Add(30*24*time.Hour)
			x.Periods, x.Expiry = append(x.Periods, twice), twice.Expiry
		}, "has two periods of order"},
		{"I13", "a renewal that was not paid for as what its resource becomes", func(r *ledger.Records, _ *[]gateway.Movement) {
			x := &r.Resources[0]
			x.Periods[1].Next, x.Next = true, renewal.NextChange{Product: x.Product, Count: 7, Asked: x.Start}
		}, "becomes 7 of vm, and order"},
		{"I13", "days between two periods that nobody paid for", func(r *ledger.Records, _ *[]gateway.Movement) {
			x := &r.Resources[0]
			x.Periods[1].Start = x.Periods[1].Start.Add(24 * time.Hour)
		}, "and the next from"},
		{"I9", "a resource whose entries lead elsewhere", func(r *ledger.Records, _ *[]gateway.Movement) { r.Resources[0].Charge = order.ChargePayPerUse }, "its entries lead elsewhere"},
		{"I9", "a credit whose entries lead elsewhere", func(r *ledger.Records, _ *[]gateway.Movement) { r.Credits[0].State = ledger.CreditReview }, "its entries lead elsewhere"},
		{"I14", "a credit that has less than was given back", func(r *ledger.Records, _ *[]gateway.Movement) { r.Credits[0].Balance = cents(299) }, "1 minor units of USD were given back"},
		{"I14", "a credit that is not there", func(r *ledger.Records, _ *[]gateway.Movement) { r.Credits = nil }, "300 minor units of USD were given back"},
		{"I14", "a credit in another currency", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Credits = append(r.Credits, ledger.CreditBalance{Customer: "c1", State: ledger.CreditOpen, Balance: order.Minor(5, order.EUR)})
		}, "-5 minor units of EUR were given back"},
		{"I14", "a bill that took of the credit, which has not less", func(r *ledger.Records, _ *[]gateway.Movement) { r.Bills[0].Credits = cents(300) }, "-300 minor units of USD were given back"},
		{"I14", "a credit below zero", func(r *ledger.Records, _ *[]gateway.Movement) { r.Credits[0].Balance = cents(-1) }, "is below zero"},
		{"I13", "a credit that has not what its entries say", func(r *ledger.Records, _ *[]gateway.Movement) { r.Credits[0].Balance = cents(299) }, "add up to 300"},
		{"I14", "a bill of a month without charges", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Bills = append(r.Bills, payment.Bill{Customer: "c1", Month: "2024-02", State: payment.BillPaid, Charges: cents(0), Credits: cents(0)})
		}, "bill 2024-02/USD charges nothing"},
	})
}

// couponsAudited is what coupons leave: once paid two orders, of which b failed, and came back
// in part; ten reduced e and f, which failed, the second after ten had ended; span is used for
// a month from its first use.
func couponsAudited(t *testing.T) (ledger.Records, []gateway.Movement) {
	r := newHost(t)
	r.deposit("d", payment.FundCash, 500000)
	once := cardOf("once", 9000)
	once.Kind, once.Reusable = coupon.KindFlexi, false
	r.issue(once)
	ten, span := discountCoupon("ten", 90), discountCoupon("span", 80)
	ten.Uses, ten.Window.Until, span.Span = 3, start.Add(day), oneMonth()
	r.issue(ten)
	r.issue(span)
	r.place("", draftFor("a", 10000))
	r.place("", draftFor("b", 20000))
	r.pay("k1", payment.MethodBalance, []coupon.ID{"once"}, "a", "b")
	r.move("b", order.EventFail)
	for id, d := range map[order.ID]string{"e": "ten", "f": "ten", "g": "span"} {
		r.place("", draftFor(id, 1000))
		_, err := r.choose(id, d)
		r.must(err)
		r.pay(payment.Key("k"+id), payment.MethodBalance, nil, id)
	}
	r.move("e", order.EventFail)
	r.clock.Move(day + time.Second)
	r.move("f", order.EventFail)
	r.audit()
	return r.s.All("c1"), r.g.Ledger()
}

// TestP16_AuditFindsOfCoupons: what TestP16_AuditFinds shows, of parts that came back as new
// coupons, of uses, and of what is told of a coupon that has ended (C13, C14).
func TestP16_AuditFindsOfCoupons(t *testing.T) {
	sound, moved := couponsAudited(t)
	find := func(r *ledger.Records, is func(c *coupon.Coupon) bool) *coupon.Coupon {
		for i := range r.Coupons {
			if is(&r.Coupons[i]) {
				return &r.Coupons[i]
			}
		}
		t.Fatal("there is no such coupon")
		return nil
	}
	named := func(r *ledger.Records, id coupon.ID) *coupon.Coupon {
		return find(r, func(c *coupon.Coupon) bool { return c.ID == id })
	}
	told := func(r *ledger.Records) *ledger.Notice {
		return &r.Notices[slices.IndexFunc(r.Notices, func(n ledger.Notice) bool { return n.Kind == ledger.NoticeCouponEnded })]
	}
	finds(t, sound, moved, []violated{
		{"I6", "a part that came back with more", func(r *ledger.Records, _ *[]gateway.Movement) {
			c := find(r, func(c *coupon.Coupon) bool { return c.From != "" })
			c.Face, c.Balance = cents(6001), cents(6001)
		}, "passed 60.00 USD on"},
		{"I6", "a part that came back twice", func(r *ledger.Records, _ *[]gateway.Movement) {
			c := *find(r, func(c *coupon.Coupon) bool { return c.From != "" })
			c.ID = "twin"
			r.Coupons = append(r.Coupons, c)
		}, "passed 60.00 USD on"},
		{"I6", "a part that came of a coupon that is not there", func(r *ledger.Records, _ *[]gateway.Movement) {
			find(r, func(c *coupon.Coupon) bool { return c.From != "" }).From = "nothing"
		}, "came of coupon nothing, which is not there"},
		{"I6", "a use that no order has", func(r *ledger.Records, _ *[]gateway.Movement) { named(r, "ten").Used = 2 }, "was used 2 times"},
		{"I6", "a use too many of a coupon that lasts for a span", func(r *ledger.Records, _ *[]gateway.Movement) { named(r, "span").Used = 2 }, "was used 2 times"},
		{"I6", "a use too few", func(r *ledger.Records, _ *[]gateway.Movement) {
			c := named(r, "span")
			c.Used, c.Ends = 0, time.Time{}
		}, "was used 0 times"},
		{"I6", "a use that is held for an order it does not reduce", func(r *ledger.Records, _ *[]gateway.Movement) {
			c := named(r, "span")
			c.State, c.HeldFor = coupon.StateHeld, []order.ID{"a"}
		}, "is held for order a, which it does not reduce"},
		{"I12", "a coupon that ended, and nobody was told", func(r *ledger.Records, _ *[]gateway.Movement) { told(r).Kind = ledger.NoticeApproved }, "0 notices say that coupon ten had"},
		{"I12", "a coupon that ended, and is told twice", func(r *ledger.Records, _ *[]gateway.Movement) {
			i := slices.IndexFunc(r.Notices, func(n ledger.Notice) bool { return n.Kind == ledger.NoticePaid })
			r.Notices[i].Kind, r.Notices[i].Payment, r.Notices[i].Orders, r.Notices[i].Text = told(r).Kind, "", told(r).Orders, told(r).Text
		}, "2 notices say that coupon ten had"},
		{"I12", "a coupon that came back, and is told as ended", func(r *ledger.Records, _ *[]gateway.Movement) { told(r).Orders = []order.ID{"e"} }, "order e ended, and 1 notices say"},
		{"I12", "another coupon that is told as ended", func(r *ledger.Records, _ *[]gateway.Movement) { told(r).Text = "span" }, "1 notices say that coupon span had"},
	})
}

// aMonth is what a month of a host leaves: a bill that was declined and then charged, a
// resource that was renewed automatically, an order that was approved and paid, and a claim.
func aMonth(t *testing.T) (ledger.Records, []gateway.Movement) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{3}}
	r.d.Customers = customersWith{r, func(c *payment.Customer) { c.Monthly = true }}
	r.deposit("d", payment.FundCash, 50000)
	r.bought("b", "x")
	r.mode("x", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	reviewed := draftFor("a", 500)
	reviewed.Review = true
	r.place("", reviewed)
	r.move("a", order.EventApprove)
	r.pay("approved", payment.MethodBalance, nil, "a")
	_, err := r.d.IssueCode(ctx, desk.IssueCodeRequest{By: "u", Code: ledger.PublicCode{Issuer: "c1", Code: coupon.Code{Code: "WELCOME", Left: 2,
		Coupon: coupon.Template{Kind: coupon.KindCash, Face: cents(500)}}}})
	r.must(err)
	_, err = r.d.Claim(ctx, desk.ClaimRequest{Issuer: "c1", Code: "WELCOME", Customer: "c1", By: "c1"})
	r.must(err)
	r.clock.Move(28 * 24 * time.Hour)
	r.sweep() // the resource is renewed, on the bill
	decide := r.undecided()
	decide(gateway.StatusDeclined)
	r.clock.Move(4 * 24 * time.Hour)
	r.sweep() // the bill is declined
	decide(gateway.StatusCaptured)
	r.clock.Move(4 * 24 * time.Hour)
	r.sweep() // and charged
	r.audit()
	return r.s.All("c1"), r.g.Ledger()
}

// TestP16_AuditFindsOfAMonth: what TestP16_AuditFinds shows, of bills, claims and automatic renewals.
func TestP16_AuditFindsOfAMonth(t *testing.T) {
	sound, moved := aMonth(t)
	if b := sound.Bills[0]; b.State != payment.BillPaid || b.Declines != 1 || b.Amount() != cents(9500) || len(sound.Claims) != 1 {
		t.Fatalf("the bill is %s after %d declines, %s; %d claims", b.State, b.Declines, b.Amount(), len(sound.Claims))
	}
	charged := func(r *ledger.Records) *payment.Payment {
		for i := range r.Payments {
			if p := &r.Payments[i]; p.Bill != "" && p.State == payment.PaymentSucceeded {
				return p
			}
		}
		t.Fatal("no bill was charged")
		return nil
	}
	tells := func(r *ledger.Records, kind ledger.NoticeKind) *ledger.Notice {
		for i := range r.Notices {
			if r.Notices[i].Kind == kind {
				return &r.Notices[i]
			}
		}
		t.Fatalf("no notice says %s", kind)
		return nil
	}
	told := func(r *ledger.Records, kind ledger.NoticeKind, n int) { // n times, for once
		x := tells(r, kind)
		if n == 0 {
			x.Kind = ledger.NoticeDeadline
			return
		}
		other := tells(r, ledger.NoticeApproved)
		id, at := other.ID, other.N
		*other = *x
		other.ID, other.N = id, at
	}
	goes := func(r *ledger.Records, m ...ledger.EntryLine) {
		e := r.Entries[0]
		e.ID, e.Moves = "goes", m
		r.Entries = append(r.Entries, e)
	}
	finds(t, sound, moved, []violated{
		{"I9", "a bill that is open again", func(r *ledger.Records, _ *[]gateway.Movement) {
			id := string(r.Bills[0].Month) + "/USD"
			goes(r, ledger.EntryLine{Kind: ledger.KindBill, ID: id, From: "paid", To: "open"}, ledger.EntryLine{Kind: ledger.KindBill, ID: id, From: "open", To: "paid"})
		}, "from \"paid\" to \"open\""},
		{"I9", "a claim that is due again", func(r *ledger.Records, _ *[]gateway.Movement) {
			goes(r, ledger.EntryLine{Kind: ledger.KindClaim, ID: r.Claims[0].ID, From: "done", To: "due"})
		}, "from \"done\" to \"due\""},
		{"I9", "a claim whose entries lead elsewhere", func(r *ledger.Records, _ *[]gateway.Movement) { r.Claims[0].State = ledger.ClaimDue }, "and its entries lead elsewhere"},
		{"I9", "a bill whose entries lead elsewhere", func(r *ledger.Records, _ *[]gateway.Movement) { r.Bills[0].State = payment.BillOpen }, "and its entries lead elsewhere"},
		{"I9", "a resource that came back", func(r *ledger.Records, _ *[]gateway.Movement) {
			goes(r, ledger.EntryLine{Kind: ledger.KindResource, ID: "x", From: "released", To: "here"})
		}, "resource x went from \"released\""},
		{"I13", "a bill that nobody paid", func(r *ledger.Records, l *[]gateway.Movement) {
			id := charged(r).ID
			r.Payments = slices.DeleteFunc(r.Payments, func(p payment.Payment) bool { return p.ID == id })
			*l = nil
		}, "and 0 payments have paid it"},
		{"I13", "a bill that was paid twice", func(r *ledger.Records, l *[]gateway.Movement) {
			p, m := *charged(r), (*l)[0]
			p.ID, m.Payment = "twin", "twin"
			r.Payments, *l = append(r.Payments, p), append(*l, m)
		}, "and 2 payments have paid it"},
		{"I13", "a bill that is due beside the payment that paid it", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Bills[0].State, r.Bills[0].Try = payment.BillDue, start
		}, "is due, and 1 payments have paid it"},
		{"I13", "a payment of another amount than its bill", func(r *ledger.Records, _ *[]gateway.Movement) { charged(r).Amount = cents(9999) }, "which is not that"},
		{"I13", "a bill that is overdue, and not counted", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Bills[0].State, r.Bills[0].Try = payment.BillDue, start
		}, "1 bills are overdue, and the monthly account counts 0"},
		{"I13", "a bill that is counted as overdue, and paid", func(r *ledger.Records, _ *[]gateway.Movement) {
			i := slices.IndexFunc(r.Accounts, func(a payment.Account) bool { return a.Fund == payment.FundMonthly })
			r.Accounts[i].Overdue = 1
		}, "0 bills are overdue, and the monthly account counts 1"},
		{"I12", "a bill that the customer does not hear of", func(r *ledger.Records, _ *[]gateway.Movement) { told(r, ledger.NoticeBillDue, 0) }, "0 notices say due, 1 declined"},
		{"I12", "a bill that the customer hears of twice", func(r *ledger.Records, _ *[]gateway.Movement) { told(r, ledger.NoticeBillDue, 2) }, "2 notices say due, 1 declined"},
		{"I12", "a bill that is told of, and is none", func(r *ledger.Records, _ *[]gateway.Movement) { tells(r, ledger.NoticeBillDue).Bill = "2023-01" }, "is told of, and is not there"},
		{"I12", "a decline that the customer does not hear of", func(r *ledger.Records, _ *[]gateway.Movement) { told(r, ledger.NoticeBillDeclined, 0) }, "1 notices say due, 0 declined"},
		{"I12", "a decline that the customer hears of twice", func(r *ledger.Records, _ *[]gateway.Movement) { told(r, ledger.NoticeBillDeclined, 2) }, "1 notices say due, 2 declined"},
		{"I12", "a renewal that the customer does not hear of", func(r *ledger.Records, _ *[]gateway.Movement) { told(r, ledger.NoticeRenewed, 0) }, "and 0 notices say that it renewed"},
		{"I12", "a renewal that the customer hears of twice", func(r *ledger.Records, _ *[]gateway.Movement) { told(r, ledger.NoticeRenewed, 2) }, "and 2 notices say that it renewed"},
		{"I12", "a renewal that is told of an order which renewed nothing", func(r *ledger.Records, _ *[]gateway.Movement) {
			tells(r, ledger.NoticeRenewed).Orders = []order.ID{"nothing"}
		}, "is told to have renewed a resource"},
		{"I9", "an order that was paid and never approved", func(r *ledger.Records, _ *[]gateway.Movement) {
			i := slices.IndexFunc(r.Entries, func(e ledger.Entry) bool { return e.Step == "move" && e.Moves[0].ID == "a" })
			r.Entries = slices.Delete(r.Entries, i, i+1)
			for i := range r.Entries {
				for k := range r.Entries[i].Moves {
					if m := &r.Entries[i].Moves[k]; m.ID == "a" && m.From == string(order.StateUnpaid) {
						m.From = string(order.StatePendingApproval)
					}
				}
			}
			told(r, ledger.NoticeApproved, 0)
		}, "in step \"hold\", which no table has"},
	})
}

// violated is a way to break an invariant by hand.
type violated struct {
	invariant, what string
	breaks          func(r *ledger.Records, moved *[]gateway.Movement)
	says            string // of it; empty: the invariant is enough
}

// finds reports what Audit does not find.
func finds(t *testing.T, sound ledger.Records, moved []gateway.Movement, rows []violated) {
	t.Helper()
	if v := ledger.Audit(sound, moved); len(v) > 0 {
		t.Fatal(v)
	}
	for _, row := range rows {
		records, moved := sound.Copy(), append([]gateway.Movement(nil), moved...)
		row.breaks(&records, &moved)
		found := false
		for _, v := range ledger.Audit(records, moved) {
			if err := ordertest.Zoned(v.Text); err != nil {
				t.Error(err)
			}
			found = found || v.Invariant == row.invariant && v.Text != "" && strings.Contains(v.String(), row.says)
		}
		if !found {
			t.Errorf("%s: %s is not found: %v", row.invariant, row.what, ledger.Audit(records, moved))
		}
	}
}

// customersWith are the host's, changed.
type customersWith struct {
	r      *host
	change func(*payment.Customer)
}

func (c customersWith) Customer(ctx context.Context, id order.CustomerID) (payment.Customer, error) {
	known, err := hostCustomers{c.r}.Customer(ctx, id)
	c.change(&known)
	return known, err
}

// creditPaidOut is what a credit leaves that was paid out in part: 3.00 by hand, 4.00 are left.
func creditPaidOut(t *testing.T) (ledger.Records, []gateway.Movement) {
	r := leaver(t, 30)
	_, err := r.d.Unsubscribe(ctx, left("leave", "x1", whole))
	r.must(err)
	r.settled(t, "hand", 300)
	r.audit()
	return r.s.All("c1"), r.g.Ledger()
}

// P21: a credit that nothing looks at, or that was paid out and not taken, is found.
func TestP21_AuditFinds(t *testing.T) {
	sound, moved := creditPaidOut(t)
	finds(t, sound, moved, []violated{
		{"I14", "a credit that nothing looks at", func(r *ledger.Records, _ *[]gateway.Movement) { r.Credits[0].DueAt = time.Time{} }, "is stuck"},
		{"I14", "a credit that waits longer than the policy says", func(r *ledger.Records, _ *[]gateway.Movement) {
			r.Credits[0].DueAt = r.Credits[0].DueAt.Add(26 * time.Hour)
		}, "is stuck"},
		{"I14", "a credit that an operator settled by hand, and nobody took", func(r *ledger.Records, _ *[]gateway.Movement) {
			for i := range r.Entries {
				if r.Entries[i].Step == ledger.StepSettleCredit {
					r.Entries[i].Step = "another"
				}
			}
		}, "300 minor units"},
		{"I12", "a credit that was paid out, and nobody was told", func(r *ledger.Records, _ *[]gateway.Movement) {
			for i := range r.Notices {
				if r.Notices[i].Kind == ledger.NoticePaidOut {
					r.Notices[i].Kind = ledger.NoticeApproved
				}
			}
		}, "3.00 USD was paid out"},
		{"I14", "a credit that goes back to a payment, and is not taken", func(r *ledger.Records, _ *[]gateway.Movement) {
			for i := range r.Payments {
				if p := &r.Payments[i]; p.Bill != "" {
					p.Returns = append(p.Returns, payment.Return{Refund: "more", Cash: cents(5)})
				}
			}
		}, "-5 minor units"},
	})
}
