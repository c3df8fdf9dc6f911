package desk_test

import (
	"context"
	"log/slog"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

var (
	nthCtx   = context.Background()
	nthMonth = renewal.Term{N: 1, Unit: renewal.Month}
)

func nthDraft(c order.CustomerID, id order.ID, cents int64) order.Draft {
	d := draft(id, line("ECS", cents))
	d.Customer = c
	return d
}

func nthPlacing(c order.CustomerID, p order.PurchaseID, ids ...order.ID) desk.PlaceRequest {
	x := desk.PlaceRequest{Customer: c, By: "somebody", Purchase: p}
	for i, id := range ids {
		x.Drafts = append(x.Drafts, nthDraft(c, id, 1000*int64(i+1)))
	}
	return x
}

// place places orders, each by itself.
func (w *nthWorld) place(c order.CustomerID, ids ...order.ID) {
	for _, id := range ids {
		_, err := w.desk.Place(nthCtx, nthPlacing(c, "", id))
		w.must(err)
	}
}

func nthRequest(c order.CustomerID, key payment.Key, m payment.Method, ids ...order.ID) payment.Request {
	return payment.Request{Key: key, Customer: c, By: "somebody", Orders: ids, Method: m}
}

func (w *nthWorld) pay(r payment.Request, want payment.PaymentState) payment.Payment {
	p, err := w.desk.Pay(nthCtx, r)
	w.must(err)
	if p.State != want {
		w.violate("payment %s is %s, %s", r.Key, p.State, p.Reason)
	}
	return p
}

func (w *nthWorld) move(c order.CustomerID, id order.ID, e order.Event, things ...renewal.Resource) {
	_, err := w.desk.Move(nthCtx, desk.MoveRequest{Customer: c, By: "host", Order: id, Event: e, Resources: things})
	w.must(err)
}

func (w *nthWorld) deposit(c order.CustomerID, cents int64) {
	_, err := w.desk.Deposit(nthCtx, desk.DepositRequest{ID: "first", Customer: c, By: "host", Fund: payment.FundCash, Amount: usd(cents)})
	w.must(err)
}

// coupons issues a card, a cash coupon of a single use and a discount coupon to ann.
func (w *nthWorld) coupons() {
	for _, c := range []coupon.Coupon{{ID: "card", Kind: coupon.KindCard, Reusable: true, Face: usd(500), Balance: usd(500)},
		{ID: "once", Kind: coupon.KindCash, Face: usd(300), Balance: usd(300)}, {ID: "half", Kind: coupon.KindDiscount}} {
		if c.Customer, c.State = "ann", coupon.StateAvailable; c.Kind == coupon.KindDiscount {
			c.Discount.Ratio = order.Percent(50)
		}
		_, err := w.desk.Issue(nthCtx, desk.IssueRequest{By: "host", Coupon: c})
		w.must(err)
	}
}

// thing is a resource that begins today, for a month.
func (w *nthWorld) thing(c order.CustomerID, id order.ResourceID) renewal.Resource {
	r := renewal.Resource{ID: id, Customer: c, Product: "vm", Service: "ECS", Count: 1, Charge: order.ChargeSubscription, Mode: renewal.ModeManual, Start: w.clock.Now()}
	var err error
	r.Expiry, err = renewal.First(r.Start, nthMonth, w.policy.Renewal)
	w.must(err)
	return r
}

// expiring adopts a resource for ann that expires so many days from now.
func (w *nthWorld) expiring(id order.ResourceID, days int) {
	r := w.thing("ann", id)
	r.Start = r.Start.AddDate(0, -3, 0)
	y, m, d := w.clock.Now().AddDate(0, 0, days).Date()
	r.Expiry = time.Date(y, m, d, 23, 59, 59, 0, time.UTC)
	w.must(w.desk.Adopt(nthCtx, desk.AdoptRequest{By: "host", Resource: r}))
}

// owns lets a customer have a resource that an order has paid for.
func (w *nthWorld) owns(c order.CustomerID, id order.ResourceID, m payment.Method, coupons ...coupon.ID) {
	of := order.ID("of-" + string(id))
	_, err := w.desk.Place(nthCtx, desk.PlaceRequest{Customer: c, By: "somebody", Drafts: []order.Draft{nthDraft(c, of, 3000)}})
	w.must(err)
	r := nthRequest(c, payment.Key("pay-"+string(of)), m, of)
	r.Coupons = coupons
	w.pay(r, payment.PaymentSucceeded)
	w.move(c, of, order.EventComplete, w.thing(c, id))
}

// later answers a charge that is not decided until so long after now.
func (w *nthWorld) later(by time.Duration, until, then gateway.Outcome) {
	at := w.clock.Now().Add(by)
	w.answer = func(gateway.Charge) gateway.Outcome {
		if w.clock.Now().Before(at) {
			return until
		}
		return then
	}
}

func (w *nthWorld) always(o gateway.Outcome) { w.later(0, o, o) }

var (
	nthProcessing = gateway.Outcome{Status: gateway.StatusProcessing}
	nthAction     = gateway.Outcome{Status: gateway.StatusAction, Action: "https://pay.example/1"}
	nthCaptured   = gateway.Outcome{Status: gateway.StatusCaptured}
	nthSpent      = gateway.Outcome{Status: gateway.StatusDeclined, Text: "stolen card", Spent: true}
	nthDeclined   = gateway.Outcome{Status: gateway.StatusDeclined, Text: "insufficient funds"}
)

// pending is a payment of ann, or bob, that the gateway has not decided.
func (w *nthWorld) pending(c order.CustomerID, until gateway.Outcome) payment.Request {
	w.place(c, "o")
	w.always(until)
	r := nthRequest(c, "k", payment.MethodOnline, "o")
	w.pay(r, payment.PaymentPending)
	return r
}

// nthPay pays what prepare has placed as o.
func nthPay(r payment.Request) func(*nthWorld, *desk.Desk) error {
	return func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Pay(nthCtx, r)
		return err
	}
}

func nthMove(c order.CustomerID, id order.ID, e order.Event) func(*nthWorld, *desk.Desk) error {
	return func(w *nthWorld, d *desk.Desk) error {
		m := desk.MoveRequest{Customer: c, By: "host", Order: id, Event: e}
		if e == order.EventCancel {
			m.Reason = order.ReasonContractEnded
		}
		_, err := d.Move(nthCtx, m)
		return err
	}
}

func nthLeave(l desk.UnsubscribeRequest) func(*nthWorld, *desk.Desk) error {
	l.By, l.ID, l.Resource = "somebody", "leave", "vm"
	return func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Unsubscribe(nthCtx, l)
		return err
	}
}

// nthChange changes ann's server to another product.
func nthChange(product string, atExpiry ...bool) func(*nthWorld, *desk.Desk) error {
	return func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.Change(nthCtx, desk.ChangeRequest{ID: "change", Customer: "ann", Resource: "vm", Product: product, AtExpiry: len(atExpiry) > 0})
		return err
	}
}

func nthCancelPayment(c order.CustomerID) func(*nthWorld, *desk.Desk) error {
	return func(_ *nthWorld, d *desk.Desk) error {
		_, err := d.CancelPayment(nthCtx, desk.CancelPaymentRequest{Customer: c, By: "somebody", Payment: payment.Request{Customer: c, Key: "k"}.Payment()})
		return err
	}
}

func nthResolve(x desk.ResolveRequest) func(*nthWorld, *desk.Desk) error {
	return func(w *nthWorld, d *desk.Desk) error {
		x := x
		x.By, x.Why = "operator", "seen at the gateway"
		if x.Payment == "" {
			// The one refund that there is.
			for _, f := range w.store.All(x.Customer).Refunds {
				x.Refund = f.ID
			}
		}
		return d.Resolve(nthCtx, x)
	}
}

func nthSweep(_ *nthWorld, d *desk.Desk) error {
	_, err := d.Sweep(nthCtx, 100)
	return err
}

// nthRuns ends what runs at its second sweep.
func nthRuns(_ *nthWorld, d *desk.Desk) error {
	running, stop := context.WithCancel(nthCtx)
	defer stop()
	own, sweeps := *d, 0
	own.Trace = func(s desk.Step) {
		if s.Name == "waiting" {
			if sweeps++; sweeps == 2 {
				stop()
			}
		}
		if d.Trace != nil {
			d.Trace(s)
		}
	}
	own.Run(running, time.Nanosecond, slog.New(slog.DiscardHandler))
	return nil
}

// review is a payment of which the gateway said what cannot be: it captured it for another.
func (w *nthWorld) review() {
	w.place("ann", "o")
	w.always(gateway.Outcome{Status: gateway.StatusCaptured, Reference: "another"})
	w.pay(nthRequest("ann", "k", payment.MethodOnline, "o"), payment.PaymentReview)
}

// reviewOver is a payment of which the gateway captured 100 times what was asked for.
func (w *nthWorld) reviewOver() {
	w.place("ann", "o")
	w.always(gateway.Outcome{Status: gateway.StatusCaptured, Amount: usd(100000)})
	w.pay(nthRequest("ann", "k", payment.MethodOnline, "o"), payment.PaymentReview)
}

// much is what a sweep finds after days without one: an order past its deadline, a coupon
// that has ended, a payment that is pending, one that the gateway never saw, a refund due,
// a bill, a resource to be renewed automatically and one to be released, a claim of which
// the coupon is missing, and notices of all that.
func (w *nthWorld) much() {
	w.deposit("ann", 9000)
	w.place("ann", "late", "monthly")
	w.pay(nthRequest("ann", "m", payment.MethodMonthly, "monthly"), payment.PaymentSucceeded)
	w.coupons()
	_, err := w.desk.Issue(nthCtx, desk.IssueRequest{By: "host", Coupon: coupon.Coupon{ID: "ends", Customer: "ann", Kind: coupon.KindFlexi, State: coupon.StateAvailable, Face: usd(1), Balance: usd(1),
		Window: order.Window{Until: w.clock.Now().AddDate(0, 0, 5)}}})
	w.must(err)
	w.expiring("auto", 13) // Feb 2: the attempt is Feb 1
	_, err = w.desk.SetMode(nthCtx, desk.ModeRequest{Customer: "ann", By: "somebody", Resource: "auto", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: nthMonth}})
	w.must(err)
	w.expiring("gone", -19) // Jan 1: kept until Jan 31
	_, err = w.desk.IssueCode(nthCtx, desk.IssueCodeRequest{By: "host", Code: nthCode()})
	w.must(err)
	w.clock.Move(12 * 24 * time.Hour) // Feb 1, 09:00
	w.down["commit claim"] = nthCrashAfter
	if w.say(nthClaim) == nil {
		w.violate("the claim is complete")
	}
	w.place("ann", "given back", "pending", "lost")
	w.pay(nthRequest("ann", "g", payment.MethodOnline, "given back"), payment.PaymentSucceeded)
	w.down["refund"], w.down["charge"] = nthError, nthError
	w.move("ann", "given back", order.EventFail)
	w.pay(nthRequest("ann", "l", payment.MethodOnline, "lost"), payment.PaymentPending)
	delete(w.down, "charge")
	w.always(nthProcessing)
	w.pay(nthRequest("ann", "p", payment.MethodOnline, "pending"), payment.PaymentPending)
	w.always(nthCaptured)
	w.clock.Move(time.Minute)
}

func nthCode() ledger.PublicCode {
	return ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "WELCOME", Left: 5, Coupon: coupon.Template{Kind: coupon.KindCash, Face: usd(200)}}}
}

func nthClaim(_ *nthWorld, d *desk.Desk) error {
	_, err := d.Claim(nthCtx, desk.ClaimRequest{Issuer: "shop", Code: "WELCOME", Customer: "bob", By: "somebody"})
	return err
}

// unheard leaves a notice that could not be delivered.
func (w *nthWorld) unheard() {
	w.policy.RetryAfter = []time.Duration{time.Minute}
	w.down["notify paid"] = nthError
	w.place("ann", "o")
	w.pay(nthRequest("ann", "k", payment.MethodMonthly, "o"), payment.PaymentSucceeded)
	for range 2 {
		w.must(nthSweep(w, w.desk))
		w.clock.Move(time.Minute)
	}
}

func nthNotice(how desk.Decision) func(*nthWorld, *desk.Desk) error {
	return func(w *nthWorld, d *desk.Desk) error {
		n := w.store.All("ann").Notices[0]
		if how == desk.DecisionSucceeded {
			w.heard[n.ID] = 1 // from the operator
		}
		return d.ResolveNotice(nthCtx, desk.ResolveNoticeRequest{Customer: "ann", By: "op", Why: "called", Notice: n.ID, Decision: how})
	}
}

// refundPending leaves a refund that the gateway has as pending.
func (w *nthWorld) refundPending() {
	w.place("ann", "o")
	p := w.pay(nthRequest("ann", "k", payment.MethodOnline, "o"), payment.PaymentSucceeded)
	w.full.EndRefund(p.RefundKey(p.RefundID("o", "o", "")), gateway.StatusProcessing)
	w.move("ann", "o", order.EventFail)
}

// endRefund ends it, and has the Desk hear of it.
func (w *nthWorld) endRefund(s gateway.Status) {
	w.full.EndRefund(w.store.All("ann").Refunds[0].Key, s)
	w.must(w.hintRefund(w.desk))
}

func (w *nthWorld) hintRefund(d *desk.Desk) error {
	f := w.store.All("ann").Refunds[0]
	_, err := d.Hint(nthCtx, gateway.Hint{Customer: "ann", Payment: f.Payment, Refund: f.ID})
	return err
}
