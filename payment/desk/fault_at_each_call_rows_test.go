package desk_test

import (
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/renewal"
)

// nthCalls are the calls of the Desk that write, or ask a host.
var nthCalls = []nthCall{
	{"Place one order", func(w *nthWorld) { w.expiring("vm", 20) }, func(_ *nthWorld, d *desk.Desk) error {
		p := nthPlacing("ann", "", "o")
		p.Drafts[0].Type, p.Drafts[0].Lines[0].Resource = order.TypeUpgrade, "vm"
		_, err := d.Place(nthCtx, p)
		return err
	}},
	{"Place a purchase of 3 with discounts", (*nthWorld).coupons, func(_ *nthWorld, d *desk.Desk) error {
		p := nthPlacing("ann", "p", "a", "b", "c")
		p.Discounts = []payment.Pick{{Order: "a", Discount: "tenth"}, {Order: "b", Discount: "half"}}
		_, err := d.Place(nthCtx, p)
		return err
	}},
	{"Buy", func(*nthWorld) {}, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Buy(nthCtx, desk.BuyRequest{ID: "o", Customer: "ann", Lines: []order.Line{{Product: "server", Count: 1, Term: order.Term{N: 1, Unit: order.Month}}}})
		return err
	}},
	{"ChooseDiscount", func(w *nthWorld) { w.coupons(); w.place("ann", "o") }, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.ChooseDiscount(nthCtx, desk.DiscountRequest{Customer: "ann", By: "somebody", Pick: payment.Pick{Order: "o", Best: true}})
		return err
	}},
	{"Move, approve", func(w *nthWorld) {
		p := nthPlacing("ann", "", "o")
		p.Drafts[0].Review = true
		_, err := w.desk.Place(nthCtx, p)
		w.must(err)
	}, nthMove("ann", "o", order.EventApprove)},
	{"Move, confirm", func(w *nthWorld) {
		p := nthPlacing("ann", "", "o")
		p.Drafts[0].Confirm = true
		_, err := w.desk.Place(nthCtx, p)
		w.must(err)
	}, nthMove("ann", "o", order.EventConfirm)},
	{"Move, reject one of a purchase", func(w *nthWorld) {
		p := nthPlacing("ann", "p", "o", "q")
		p.Drafts[0].Review = true
		_, err := w.desk.Place(nthCtx, p)
		w.must(err)
	}, nthMove("ann", "o", order.EventReject)},
	{"Move, withdraw what gives money back", func(w *nthWorld) {
		w.policy.Renewal.Leaving.Approve = usd(100)
		w.owns("ann", "vm", payment.MethodOnline)
		w.must(nthLeave(desk.UnsubscribeRequest{Customer: "ann"})(w, w.desk))
	}, nthMove("ann", "leave", order.EventWithdraw)},
	{"Move, complete with a resource", func(w *nthWorld) {
		w.place("ann", "o")
		w.pay(nthRequest("ann", "k", payment.MethodOnline, "o"), payment.PaymentSucceeded)
	}, func(w *nthWorld, d *desk.Desk) error {
		r := w.thing("ann", "vm")
		r.Start = w.start
		_, err := d.Move(nthCtx, desk.MoveRequest{Customer: "ann", By: "host", Order: "o", Event: order.EventComplete, Resources: []renewal.Resource{r}})
		return err
	}},
	{"Provide", func(w *nthWorld) {
		w.place("ann", "o")
		w.pay(nthRequest("ann", "k", payment.MethodOnline, "o"), payment.PaymentSucceeded)
	}, func(w *nthWorld, d *desk.Desk) error {
		_, err := d.Provide(nthCtx, desk.ProvideRequest{Customer: "ann", By: "host", Order: "o", Resources: []order.ResourceID{"vm"}, Start: w.start})
		return err
	}},
	{"Move, fail of an order paid online", func(w *nthWorld) {
		w.coupons()
		w.place("ann", "o")
		r := nthRequest("ann", "k", payment.MethodOnline, "o")
		r.Coupons = []coupon.ID{"once", "card"}
		w.pay(r, payment.PaymentSucceeded)
	}, nthMove("ann", "o", order.EventFail)},
	{"Move, fail of an order paid through a gateway that gives nothing back", func(w *nthWorld) {
		w.place("bob", "o")
		w.pay(nthRequest("bob", "k", payment.MethodOnline, "o"), payment.PaymentSucceeded)
	}, nthMove("bob", "o", order.EventFail)},
	{"Move, fail of an order settled monthly", func(w *nthWorld) {
		w.place("ann", "o")
		w.pay(nthRequest("ann", "k", payment.MethodMonthly, "o"), payment.PaymentSucceeded)
	}, nthMove("ann", "o", order.EventFail)},
	{"Move, cancel while being paid", func(w *nthWorld) { w.pending("ann", nthProcessing); w.later(time.Hour, nthProcessing, nthCaptured) },
		nthMove("ann", "o", order.EventCancel)},
	{"Move, approve what gives money back", func(w *nthWorld) {
		w.policy.Renewal.Leaving.Approve = usd(100)
		w.owns("ann", "vm", payment.MethodOnline)
		w.must(nthLeave(desk.UnsubscribeRequest{Customer: "ann"})(w, w.desk))
	}, nthMove("ann", "leave", order.EventApprove)},
	{"CancelOrders", func(w *nthWorld) {
		w.coupons()
		w.place("ann", "o", "q")
		_, err := w.desk.ChooseDiscount(nthCtx, desk.DiscountRequest{Customer: "ann", By: "somebody", Pick: payment.Pick{Order: "o", Discount: "half"}})
		w.must(err)
	}, func(_ *nthWorld, d *desk.Desk) error {
		_, _, err := d.CancelOrders(nthCtx, desk.CancelRequest{Customer: "ann", By: "somebody", Orders: []order.ID{"o", "q"}})
		return err
	}},

	{"Quote", func(w *nthWorld) { w.coupons(); w.place("ann", "o") }, func(_ *nthWorld, d *desk.Desk) error {
		r := nthRequest("ann", "k", payment.MethodOnline, "o")
		r.Choose = true
		_, err := d.Quote(nthCtx, r)
		return err
	}},
	{"Pay by balance", func(w *nthWorld) { w.deposit("ann", 5000); w.place("ann", "o") }, nthPay(nthRequest("ann", "k", payment.MethodBalance, "o"))},
	{"Pay online, captured", func(w *nthWorld) { w.place("ann", "o") }, nthPay(nthRequest("ann", "k", payment.MethodOnline, "o"))},
	{"Pay online, declined", func(w *nthWorld) { w.coupons(); w.place("ann", "o"); w.always(nthDeclined) },
		nthPay(payment.Request{Key: "k", Customer: "ann", By: "somebody", Orders: []order.ID{"o"}, Method: payment.MethodOnline, Coupons: []coupon.ID{"once"}})},
	{"Pay online, pending", func(w *nthWorld) { w.place("ann", "o"); w.later(time.Hour, nthProcessing, nthCaptured) },
		nthPay(nthRequest("ann", "k", payment.MethodOnline, "o"))},
	{"Pay online, an action finished in time", func(w *nthWorld) { w.place("ann", "o"); w.later(8*time.Minute, nthAction, nthCaptured) },
		nthPay(nthRequest("ann", "k", payment.MethodOnline, "o"))},
	{"Pay online, an action never finished", func(w *nthWorld) { w.place("ann", "o"); w.always(nthAction) },
		nthPay(nthRequest("ann", "k", payment.MethodOnline, "o"))},
	{"Pay online through a gateway without powers", func(w *nthWorld) { w.place("bob", "o") }, nthPay(nthRequest("bob", "k", payment.MethodOnline, "o"))},
	{"Pay online, contradicted", func(w *nthWorld) {
		w.place("ann", "o")
		w.always(gateway.Outcome{Status: gateway.StatusCaptured, Reference: "another"})
	}, nthPay(nthRequest("ann", "k", payment.MethodOnline, "o"))},
	{"Pay monthly", func(w *nthWorld) { w.place("ann", "o") }, nthPay(nthRequest("ann", "k", payment.MethodMonthly, "o"))},
	{"Pay with coupons", func(w *nthWorld) { w.coupons(); w.place("ann", "o") },
		nthPay(payment.Request{Key: "k", Customer: "ann", By: "somebody", Orders: []order.ID{"o"}, Method: payment.MethodOnline, Coupons: []coupon.ID{"once", "card"},
			Discounts: []payment.Pick{{Order: "o", Discount: "half"}}})},
	{"Pay a purchase of 3", func(w *nthWorld) {
		w.coupons()
		_, err := w.desk.Place(nthCtx, nthPlacing("ann", "p", "a", "b", "c"))
		w.must(err)
	}, nthPay(payment.Request{Key: "k", Customer: "ann", By: "somebody", Orders: []order.ID{"a", "b", "c"}, Method: payment.MethodOnline, Choose: true})},
	{"Pay a renewal", func(w *nthWorld) { w.owns("ann", "vm", payment.MethodOnline); w.renew() }, func(w *nthWorld, d *desk.Desk) error {
		return nthPay(nthRequest("ann", "k", payment.MethodOnline, w.renewal()))(w, d)
	}},
	{"CancelPayment", func(w *nthWorld) { w.pending("ann", nthAction) }, nthCancelPayment("ann")},
	{"CancelPayment at a gateway without Cancel", func(w *nthWorld) { w.pending("bob", nthAction) }, nthCancelPayment("bob")},
	{"Hint", func(w *nthWorld) { w.pending("ann", nthProcessing); w.always(nthCaptured) }, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Hint(nthCtx, gateway.Hint{Customer: "ann", Payment: payment.Request{Customer: "ann", Key: "k"}.Payment()})
		return err
	}},
	{"Payment", func(w *nthWorld) { w.pending("ann", nthAction); w.always(nthDeclined) }, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Payment(nthCtx, "ann", payment.Request{Customer: "ann", Key: "k"}.Payment())
		return err
	}},
	{"Order", func(w *nthWorld) { w.place("ann", "o") }, func(_ *nthWorld, d *desk.Desk) error { return second(d.Order(nthCtx, "ann", "o")) }},
	{"Orders", func(w *nthWorld) { w.place("ann", "o") }, func(_ *nthWorld, d *desk.Desk) error {
		return second(d.Orders(nthCtx, order.Query{Customer: "ann"}))
	}},
	{"AllOrders", func(w *nthWorld) { w.place("ann", "o"); w.place("ann", "o2") }, func(_ *nthWorld, d *desk.Desk) error {
		for _, err := range d.AllOrders(nthCtx, order.Query{Customer: "ann", Limit: 1}) {
			if err != nil {
				return err
			}
		}
		return nil
	}},
	{"List", func(w *nthWorld) { w.place("ann", "o") }, func(_ *nthWorld, d *desk.Desk) error {
		return second(d.List(nthCtx, desk.ListRequest{By: "op", List: desk.ListOrders}))
	}},
	{"Resource", func(w *nthWorld) { w.expiring("vm", 20) }, func(_ *nthWorld, d *desk.Desk) error { return second(d.Resource(nthCtx, "ann", "vm")) }},
	{"Resources", func(w *nthWorld) { w.expiring("vm", 20) }, func(_ *nthWorld, d *desk.Desk) error {
		return second(d.Resources(nthCtx, renewal.Query{Customer: "ann"}))
	}},
	{"Coupon", (*nthWorld).coupons, func(_ *nthWorld, d *desk.Desk) error { return second(d.Coupon(nthCtx, "ann", "card")) }},
	{"Refund", func(w *nthWorld) {
		w.place("ann", "o")
		w.pay(nthRequest("ann", "k", payment.MethodOnline, "o"), payment.PaymentSucceeded)
		w.move("ann", "o", order.EventFail)
	}, func(w *nthWorld, d *desk.Desk) error {
		return second(d.Refund(nthCtx, "ann", w.store.All("ann").Refunds[0].ID))
	}},
	{"Bill", func(w *nthWorld) {
		w.place("ann", "o")
		w.pay(nthRequest("ann", "k", payment.MethodMonthly, "o"), payment.PaymentSucceeded)
	}, func(_ *nthWorld, d *desk.Desk) error { return second(d.Bill(nthCtx, "ann", "2026-01", order.USD)) }},
	{"Account", func(w *nthWorld) { w.deposit("ann", 100) }, func(_ *nthWorld, d *desk.Desk) error {
		return second(d.Account(nthCtx, "ann", payment.FundCash, order.USD))
	}},

	{"QuoteUnsubscribe", func(w *nthWorld) { w.owns("ann", "vm", payment.MethodOnline) }, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.QuoteUnsubscribe(nthCtx, desk.UnsubscribeRequest{Customer: "ann", By: "somebody", ID: "leave", Resource: "vm"})
		return err
	}},
	{"Unsubscribe of what was paid online", func(w *nthWorld) { w.coupons(); w.owns("ann", "vm", payment.MethodOnline, "card") }, nthLeave(desk.UnsubscribeRequest{Customer: "ann"})},
	{"Unsubscribe of what was paid from the balance", func(w *nthWorld) { w.deposit("ann", 5000); w.owns("ann", "vm", payment.MethodBalance) },
		nthLeave(desk.UnsubscribeRequest{Customer: "ann"})},
	{"Unsubscribe of what needs approval", func(w *nthWorld) {
		w.policy.Renewal.Leaving.Approve = usd(100)
		w.owns("ann", "vm", payment.MethodOnline)
	},
		nthLeave(desk.UnsubscribeRequest{Customer: "ann"})},
	{"Unsubscribe at the expiry", func(w *nthWorld) { w.owns("ann", "vm", payment.MethodOnline) }, nthLeave(desk.UnsubscribeRequest{Customer: "ann", AtExpiry: true})},
	{"QuoteChange", func(w *nthWorld) { w.owns("ann", "vm", payment.MethodOnline) }, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.QuoteChange(nthCtx, desk.ChangeRequest{Customer: "ann", Resource: "vm", Product: "small"})
		return err
	}},
	{"Change to a cheaper product", func(w *nthWorld) { w.owns("ann", "vm", payment.MethodOnline) }, nthChange("small")},
	{"Change to a product that costs more", func(w *nthWorld) { w.owns("ann", "vm", payment.MethodOnline) }, nthChange("big")},
	{"Change at the expiry", func(w *nthWorld) { w.owns("ann", "vm", payment.MethodOnline) }, nthChange("small", true)},
	{"Pay for a change of two periods", func(w *nthWorld) {
		w.deposit("ann", 100000)
		w.owns("ann", "vm", payment.MethodOnline)
		w.renew()
		w.pay(nthRequest("ann", "k", payment.MethodOnline, w.renewal()), payment.PaymentSucceeded)
		w.must(nthChange("big")(w, w.desk))
	}, func(w *nthWorld, d *desk.Desk) error {
		_, err := d.Pay(nthCtx, nthRequest("ann", "up", payment.MethodBalance, "change"))
		return err
	}},
	{"Pay for a change that begins a new period", func(w *nthWorld) {
		w.policy.Renewal.Leaving.UpBeginsPeriod = true
		w.deposit("ann", 100000)
		w.owns("ann", "vm", payment.MethodOnline)
		w.must(nthChange("big")(w, w.desk))
	}, nthPay(nthRequest("ann", "up", payment.MethodBalance, "change"))},
	{"Move, fail a change that has begun a new period", func(w *nthWorld) {
		w.policy.Renewal.Leaving.UpBeginsPeriod = true
		w.deposit("ann", 100000)
		w.owns("ann", "vm", payment.MethodOnline)
		w.must(nthChange("big")(w, w.desk))
		w.pay(nthRequest("ann", "up", payment.MethodBalance, "change"), payment.PaymentSucceeded)
	}, nthMove("ann", "change", order.EventFail)},
	{"Unsubscribe, a renewal", func(w *nthWorld) {
		w.owns("ann", "vm", payment.MethodOnline)
		w.renew()
		w.pay(nthRequest("ann", "k", payment.MethodOnline, w.renewal()), payment.PaymentSucceeded)
	}, func(w *nthWorld, d *desk.Desk) error {
		return nthLeave(desk.UnsubscribeRequest{Customer: "ann", Renewal: w.renewal()})(w, d)
	}},
	{"Unsubscribe of two periods", func(w *nthWorld) {
		w.owns("ann", "vm", payment.MethodOnline)
		w.renew()
		w.pay(nthRequest("ann", "k", payment.MethodOnline, w.renewal()), payment.PaymentSucceeded)
	}, nthLeave(desk.UnsubscribeRequest{Customer: "ann"})},

	{"Renew", func(w *nthWorld) { w.expiring("vm", 20) }, func(w *nthWorld, _ *desk.Desk) error { return w.renewing() }},
	{"Renew, to a unified day", func(w *nthWorld) { w.expiring("vm", 20) }, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Renew(nthCtx, desk.RenewRequest{Customer: "ann", By: "somebody", ID: "again", Resources: []order.ResourceID{"vm"}, Term: nthMonth, Day: 15})
		return err
	}},
	{"SetMode", func(w *nthWorld) { w.expiring("vm", 20) }, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.SetMode(nthCtx, desk.ModeRequest{Customer: "ann", By: "somebody", Resource: "vm", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: nthMonth, Times: 3}})
		return err
	}},
	{"Release", func(w *nthWorld) { w.expiring("vm", -3); w.renew() }, func(_ *nthWorld, d *desk.Desk) error {
		return d.Release(nthCtx, desk.ReleaseRequest{Customer: "ann", By: "somebody", Resource: "vm"})
	}},
	{"Adopt", func(*nthWorld) {}, func(w *nthWorld, d *desk.Desk) error {
		r := w.thing("ann", "vm")
		r.Start = w.start
		return d.Adopt(nthCtx, desk.AdoptRequest{By: "host", Resource: r})
	}},

	{"Resolve a payment: it succeeded", (*nthWorld).review,
		nthResolve(desk.ResolveRequest{Customer: "ann", Payment: payment.Request{Customer: "ann", Key: "k"}.Payment(), Decision: desk.DecisionSucceeded, Trade: "t1"})},
	{"Resolve a payment: it succeeded, and the rest goes back", (*nthWorld).reviewOver,
		nthResolve(desk.ResolveRequest{Customer: "ann", Payment: payment.Request{Customer: "ann", Key: "k"}.Payment(), Decision: desk.DecisionSucceeded, Trade: "t1", Surplus: payment.SurplusRefund})},
	{"Resolve a payment: it succeeded, and the rest goes into the balance", (*nthWorld).reviewOver,
		nthResolve(desk.ResolveRequest{Customer: "ann", Payment: payment.Request{Customer: "ann", Key: "k"}.Payment(), Decision: desk.DecisionSucceeded, Trade: "t1", Surplus: payment.SurplusBalance})},
	{"Resolve a payment: it failed, and money was taken", (*nthWorld).review,
		nthResolve(desk.ResolveRequest{Customer: "ann", Payment: payment.Request{Customer: "ann", Key: "k"}.Payment(), Decision: desk.DecisionFailed, Captured: usd(1000)})},
	{"Resolve a refund: done by hand", func(w *nthWorld) {
		w.place("bob", "o")
		w.pay(nthRequest("bob", "k", payment.MethodOnline, "o"), payment.PaymentSucceeded)
		w.move("bob", "o", order.EventFail)
	}, nthResolve(desk.ResolveRequest{Customer: "bob", Decision: desk.DecisionSucceeded})},
	{"Resolve a refund: ask again", func(w *nthWorld) {
		w.policy.RetryAfter = []time.Duration{time.Minute}
		w.place("ann", "o")
		w.pay(nthRequest("ann", "k", payment.MethodOnline, "o"), payment.PaymentSucceeded)
		w.down["refund"] = nthError
		w.move("ann", "o", order.EventFail)
		w.clock.Move(2 * time.Minute)
		w.must(nthSweep(w, w.desk))
		w.policy.RetryAfter = nil
	}, nthResolve(desk.ResolveRequest{Customer: "ann", Decision: desk.DecisionAgain})},
	{"Pay into the balance", func(*nthWorld) {}, nthPay(payment.Request{Key: "k", Customer: "ann", By: "somebody", Method: payment.MethodOnline, TopUp: usd(500)})},
	{"RefundTopUp", func(w *nthWorld) {
		w.pay(payment.Request{Key: "k", Customer: "ann", By: "somebody", Method: payment.MethodOnline, TopUp: usd(500)}, payment.PaymentSucceeded)
	}, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.RefundTopUp(nthCtx, desk.RefundTopUpRequest{ID: "back", Customer: "ann", By: "op", Payment: payment.Request{Customer: "ann", Key: "k"}.Payment(), Amount: usd(200)})
		return err
	}},
	{"Hint of a refund that is pending", (*nthWorld).refundPending, func(w *nthWorld, d *desk.Desk) error {
		w.full.EndRefund(w.store.All("ann").Refunds[0].Key, gateway.StatusCaptured)
		return w.hintRefund(d)
	}},
	{"Hint of a refund that came back", func(w *nthWorld) { w.refundPending(); w.endRefund(gateway.StatusCaptured); w.ahead = true }, func(w *nthWorld, d *desk.Desk) error {
		w.full.EndRefund(w.store.All("ann").Refunds[0].Key, gateway.StatusDeclined)
		return w.hintRefund(d)
	}},

	{"Hint, money taken back", func(w *nthWorld) { w.returned(w.online(), 400) }, nthTold},
	{"Hint, money come again", func(w *nthWorld) { p := w.online(); w.goes(p, 400); w.returned(p, 100) }, nthTold},
	{"Hint, a bill is due again", func(w *nthWorld) { w.credited(); w.returned(w.billed(), 2000) }, nthTold},
	{"Hint, a bill is no longer due, and is being charged", func(w *nthWorld) {
		w.charging(nthProcessing)
		w.always(nthCaptured)
		w.returned(w.billed(), 0)
	}, nthTold},
	{"Hint, what went into the balance is taken back", func(w *nthWorld) {
		w.reviewOver()
		p := w.store.All("ann").Payments[0]
		w.must(w.desk.Resolve(nthCtx, desk.ResolveRequest{Customer: "ann", By: "op", Why: "seen", Payment: p.ID, Decision: desk.DecisionSucceeded, Trade: "t1", Surplus: payment.SurplusBalance}))
		w.returned(p, 90000)
	}, nthTold},
	{"Move, fail what was taken back", func(w *nthWorld) { w.goes(w.online(), 400) }, nthMove("ann", "o", order.EventFail)},
	{"Move, fail what was taken back, and nobody has told", func(w *nthWorld) { w.returned(w.online(), 400) }, nthMove("ann", "o", order.EventFail)},
	{"Sweep, a refund that does not fit any more", func(w *nthWorld) {
		p := w.online()
		w.down["lookup"] = nthError
		w.move("ann", "o", order.EventFail)
		w.returned(p, 400)
		w.clock.Move(time.Minute)
	}, nthSweep},
	{"Resolve a refund: let it go on", func(w *nthWorld) {
		p := w.online()
		w.goes(p, 400)
		w.move("ann", "o", order.EventFail)
		w.goes(p, 0)
	}, nthResolve(desk.ResolveRequest{Customer: "ann", Decision: desk.DecisionAgain})},
	{"Resolve a refund: what was taken back stands for it", func(w *nthWorld) {
		w.goes(w.online(), 1000)
		w.move("ann", "o", order.EventFail)
	}, nthResolve(desk.ResolveRequest{Customer: "ann", Decision: desk.DecisionFailed})},
	{"ResolveBill, charged again", (*nthWorld).reopened, nthBill(desk.DecisionAgain)},
	{"ResolveBill, paid by hand", (*nthWorld).reopened, nthBill(desk.DecisionSucceeded)},
	{"Sweep, a bill that is charged again", func(w *nthWorld) { w.reopened(); w.must(nthBill(desk.DecisionAgain)(w, w.desk)) }, nthSweep},

	{"Deposit", func(w *nthWorld) { w.deposit("ann", 100) }, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Deposit(nthCtx, desk.DepositRequest{ID: "second", Customer: "ann", By: "host", Fund: payment.FundCash, Amount: usd(50)})
		return err
	}},
	{"SetCredit", func(*nthWorld) {}, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.SetCredit(nthCtx, desk.CreditRequest{Customer: "ann", By: "host", Limit: usd(700)})
		return err
	}},
	{"Issue", func(*nthWorld) {}, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Issue(nthCtx, desk.IssueRequest{By: "host", Coupon: coupon.Coupon{ID: "c", Customer: "ann", Kind: coupon.KindCash, State: coupon.StateAvailable, Face: usd(5), Balance: usd(5)}})
		return err
	}},
	{"MoveCoupon, freeze", (*nthWorld).coupons, nthMoveCoupon("card", desk.CouponFreeze)},
	{"MoveCoupon, reclaim from an order past its deadline", func(w *nthWorld) {
		w.coupons()
		w.place("ann", "o")
		_, err := w.desk.ChooseDiscount(nthCtx, desk.DiscountRequest{Customer: "ann", By: "somebody", Pick: payment.Pick{Order: "o", Discount: "half"}})
		w.must(err)
		w.clock.Move(8 * 24 * time.Hour)
	}, nthMoveCoupon("half", desk.CouponReclaim)},
	{"IssueCode", func(*nthWorld) {}, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.IssueCode(nthCtx, desk.IssueCodeRequest{By: "host", Code: nthCode()})
		return err
	}},
	{"Claim", func(w *nthWorld) {
		_, err := w.desk.IssueCode(nthCtx, desk.IssueCodeRequest{By: "host", Code: nthCode()})
		w.must(err)
	}, nthClaim},

	{"Credit", (*nthWorld).credited, func(_ *nthWorld, d *desk.Desk) error { return second(d.Credit(nthCtx, "ann", order.USD)) }},
	{"ResolveNotice, told in another way", (*nthWorld).unheard, nthNotice(desk.DecisionSucceeded)},
	{"ResolveNotice, sent again", (*nthWorld).unheard, nthNotice(desk.DecisionAgain)},
	{"PayOut", (*nthWorld).credited, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.PayOut(nthCtx, desk.PayOutRequest{ID: "out", Customer: "ann", By: "op", Currency: order.USD})
		return err
	}},
	{"SettleCredit", (*nthWorld).credited, func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.SettleCredit(nthCtx, desk.SettleCreditRequest{ID: "hand", Customer: "ann", By: "op", Why: "bank transfer", Amount: usd(400)})
		return err
	}},
	{"Sweep, a credit that is paid out by itself", func(w *nthWorld) {
		w.policy.PayOutAfter = 2
		w.credited()
		w.must(w.desk.Adopt(nthCtx, desk.AdoptRequest{By: "host", Resource: w.thing("ann", "gone")}))
		w.clock.Move(31 * 24 * time.Hour)
		w.must(w.desk.Release(nthCtx, desk.ReleaseRequest{Customer: "ann", By: "somebody", Resource: "gone"}))
		w.clock.Move(2 * 24 * time.Hour)
	}, nthSweep},

	{"Sweep of much", (*nthWorld).much, nthSweep},
	{"Run of much", (*nthWorld).much, nthRuns},
	{"Sweep, an action never finished", func(w *nthWorld) { w.pending("ann", nthAction); w.clock.Move(31 * time.Minute) }, nthSweep},
	{"Sweep, a charge that never arrived", func(w *nthWorld) { w.lost("ann") }, nthSweep},
	{"Sweep, a charge that never arrived at a gateway without Cancel", func(w *nthWorld) { w.lost("bob") }, nthSweep},
	{"Pay by an instrument that was spent", func(w *nthWorld) {
		w.saves()
		w.monthly()
		w.always(nthSpent)
		w.must(nthSweep(w, w.desk))
		w.answer = nil
		w.place("ann", "o2")
	}, nthPay(nthRequest("ann", "k2", payment.MethodOnline, "o2"))},
	{"Sweep, renewed by an instrument", func(w *nthWorld) { w.renewsByItself() }, nthSweep},
	{"Sweep, renewed by an instrument in vain", func(w *nthWorld) { w.renewsByItself(); w.always(nthSpent) }, nthSweep},
	{"Sweep, renewed by an instrument, and the customer needed", func(w *nthWorld) { w.renewsByItself(); w.later(30*time.Minute, nthAction, nthCaptured) }, nthSweep},
	{"Sweep, an attempt before the next one", func(w *nthWorld) {
		w.policy.Renewal.Attempts.Daily, w.policy.HoldAbsent = true, 40*time.Hour
		w.full.Promises.Action = 0
		w.renewsByItself()
		w.always(nthAction)
		w.must(nthSweep(w, w.desk))
		w.clock.Move(24 * time.Hour)
	}, nthSweep},
	{"Sweep, a bill by an instrument, and the customer needed", func(w *nthWorld) {
		w.saves()
		w.monthly()
		w.later(30*time.Minute, nthAction, nthCaptured)
	}, nthSweep},
	{"Sweep, a bill that is declined", func(w *nthWorld) {
		w.place("ann", "o")
		w.pay(nthRequest("ann", "k", payment.MethodMonthly, "o"), payment.PaymentSucceeded)
		w.clock.Move(12 * 24 * time.Hour)
		w.later(0, nthDeclined, nthDeclined)
		w.policy.BillTries = []time.Duration{30 * 24 * time.Hour}
	}, nthSweep},
}

func nthMoveCoupon(id coupon.ID, m desk.CouponMove) func(*nthWorld, *desk.Desk) error {
	return func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.MoveCoupon(nthCtx, desk.CouponRequest{Customer: "ann", By: "host", Coupon: id, Move: m})
		return err
	}
}

// saves lets ann have an instrument, which pays her renewals.
func (w *nthWorld) saves() {
	w.instrument, w.full.Instruments = "card", map[order.Opaque]order.CustomerID{"card": "ann"}
	w.policy.RenewBy = []payment.Method{payment.MethodOnline}
}

// monthly: ann's bill is to be made and charged now.
func (w *nthWorld) monthly() {
	w.place("ann", "o")
	w.pay(nthRequest("ann", "k", payment.MethodMonthly, "o"), payment.PaymentSucceeded)
	w.clock.Move(12 * 24 * time.Hour)
}

// renewsByItself: ann's resource is to be renewed by her instrument now.
func (w *nthWorld) renewsByItself() {
	w.saves()
	w.expiring("auto", 13) // Feb 2: the attempt is Feb 1
	_, err := w.desk.SetMode(nthCtx, desk.ModeRequest{Customer: "ann", By: "somebody", Resource: "auto", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: nthMonth}})
	w.must(err)
	w.clock.Move(12 * 24 * time.Hour) // Feb 1, 09:00
}

// credited: a bill of ann's was charged, and half of it came back since.
func (w *nthWorld) credited() {
	w.place("ann", "o", "q")
	w.pay(nthRequest("ann", "k", payment.MethodMonthly, "o", "q"), payment.PaymentSucceeded)
	w.clock.Move(12 * 24 * time.Hour)
	w.must(nthSweep(w, w.desk))
	w.must(nthSweep(w, w.desk))
	w.move("ann", "o", order.EventFail)
}

// renewing places the renewal order of ann's resource.
func (w *nthWorld) renewing() error {
	_, err := w.desk.Renew(nthCtx, desk.RenewRequest{Customer: "ann", By: "somebody", ID: "again", Resources: []order.ResourceID{"vm"}, Term: nthMonth})
	return err
}

func (w *nthWorld) renew() { w.must(w.renewing()) }

// renewal is that order.
func (w *nthWorld) renewal() order.ID {
	for _, o := range w.store.All("ann").Orders {
		if o.Type == order.TypeRenewal {
			return o.ID
		}
	}
	return ""
}

// lost is a payment that its gateway did not see, and for which the hold has ended.
func (w *nthWorld) lost(c order.CustomerID) {
	w.place(c, "o")
	w.down["charge"] = nthError
	w.pay(nthRequest(c, "k", payment.MethodOnline, "o"), payment.PaymentPending)
	w.clock.Move(31 * time.Minute)
}
