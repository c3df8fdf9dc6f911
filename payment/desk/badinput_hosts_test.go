package desk_test

import (
	"context"
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

// badDesks are rows of a Desk, a store or a customer that is not sound, each at another
// call.
func badDesks(*testing.T) []badRow {
	as := func(do func(c *payment.Customer)) func(*front) {
		return func(h *front) {
			h.Customers = customersFunc(func(id order.CustomerID) (payment.Customer, error) {
				c := h.known[id]
				do(&c)
				return c, nil
			})
		}
	}
	at := func(now time.Time) func(*front) {
		return func(h *front) { h.Now = func() time.Time { return now } }
	}
	storeless := func(h *front) { h.Store = nil }
	var rows []badRow
	for _, x := range []struct {
		call, what string
		do         func(h *front)
		is         error
		field      string
	}{
		{"Sweep", "no store", storeless, nil, "desk"},
		{"Sweep", "in the year 0", at(year0), nil, "at"},
		{"Sweep", "in the year 9999", at(year9999), nil, "at"},
		{"Sweep", "a store without a line", func(h *front) { h.Store = unread{h.store} }, errHost, ""},
		{"Place", "no store", storeless, nil, "desk"},
		{"Place", "at no time", at(time.Time{}), nil, "at"},
		{"ChooseDiscount", "no store", storeless, nil, "desk"},
		{"ChooseDiscount", "in the year 9999", at(year9999), nil, "at"},
		{"Move", "no store", storeless, nil, "desk"},
		{"Move", "another customer found", as(func(c *payment.Customer) { c.ID = "c-8" }), nil, "customer"},
		{"CancelOrders", "in the year 0", at(year0), nil, "at"},
		{"CancelOrders", "a policy of less than no orders", as(func(c *payment.Customer) { c.Policy.Order.MaxOrders = -1 }), nil, "customer.policy.order.maxOrders"},
		{"Quote", "no store", storeless, nil, "desk"},
		{"Quote", "an unknown association", as(func(c *payment.Customer) { c.Association = "friend" }), nil, "customer.association"},
		{"Pay", "no store", storeless, nil, "desk"},
		{"Pay", "in the year 9999", at(year9999), nil, "at"},
		{"Pay", "a store that does not read", func(h *front) { h.Store = unread{h.store} }, errHost, ""},
		{"Pay", "a store that does not write", func(h *front) { h.Store = unwritten{h.store, errHost} }, errHost, ""},
		{"Pay", "a store that is always faster", func(h *front) { h.Store = unwritten{h.store, ledger.ErrConflict} }, ledger.ErrConflict, ""},
		{"Pay", "another customer found", as(func(c *payment.Customer) { c.ID = "c-8" }), nil, "customer"},
		{"Pay", "a policy of waits that are none", as(func(c *payment.Customer) { c.Policy.RetryAfter = []time.Duration{1} }), nil, "customer.policy.waits[0]"},
		{"CancelPayment", "no store", storeless, nil, "desk"},
		{"CancelPayment", "a bill on the 29th", as(func(c *payment.Customer) { c.Policy.BillDay = 29 }), nil, "customer.policy.billDay"},
		{"Hint", "no store", storeless, nil, "desk"},
		{"Hint", "a hold of less than no time", as(func(c *payment.Customer) { c.Policy.Hold = -time.Second }), nil, "customer.policy.hold"},
		{"Payment", "no store", storeless, nil, "desk"},
		{"Payment", "nobody found", as(func(c *payment.Customer) { *c = payment.Customer{} }), nil, "customer"},
		{"QuoteUnsubscribe", "no store", storeless, nil, "desk"},
		{"QuoteUnsubscribe", "in the year 0", at(year0), nil, "at"},
		{"Unsubscribe", "no store", storeless, nil, "desk"},
		{"Unsubscribe", "fees that are none", as(func(c *payment.Customer) { c.Policy.Renewal.Leaving.Times = -1 }), nil, "customer.policy.renewal.leaving.window"},
		{"Renew", "no store", storeless, nil, "desk"},
		{"Renew", "in the year 9999", at(year9999), nil, "at"},
		{"Renew", "a long gateway of the customer's", as(func(c *payment.Customer) { c.Gateway = long }), nil, "customer.gateway"},
		{"SetMode", "no store", storeless, nil, "desk"},
		{"Release", "no store", storeless, nil, "desk"},
		{"Release", "in the year 0", at(year0), nil, "at"},
		{"Adopt", "no store", storeless, nil, "desk"},
		{"Resolve", "no store", storeless, nil, "desk"},
		{"Resolve", "in the year 0", at(year0), nil, "at"},
		{"Deposit", "no store", storeless, nil, "desk"},
		{"Deposit", "at no time", at(time.Time{}), nil, "at"},
		{"Deposit", "nobody knows the customer", func(h *front) {
			h.Customers = customersFunc(func(order.CustomerID) (payment.Customer, error) { return payment.Customer{}, errHost })
		}, errHost, ""},
		{"SetCredit", "no store", storeless, nil, "desk"},
		{"SetCredit", "conflicts fewer than none", as(func(c *payment.Customer) { c.Policy.Conflicts = -1 }), nil, "customer.policy.conflicts"},
		{"Issue", "no store", storeless, nil, "desk"},
		{"Issue", "in the year 9999", at(year9999), nil, "at"},
		{"MoveCoupon", "no store", storeless, nil, "desk"},
		{"MoveCoupon", "more coupons than there are", as(func(c *payment.Customer) { c.Policy.Coupon.MaxCoupons = -1 }), nil, "customer.policy.coupon.maxCoupons"},
		{"IssueCode", "no store", storeless, nil, "desk"},
		{"IssueCode", "in the year 9999", at(year9999), nil, "at"},
		{"Claim", "no store", storeless, nil, "desk"},
		{"Claim", "at no time", at(time.Time{}), nil, "at"},
	} {
		rows = append(rows, badRow{x.call, x.what, func(h *front) error {
			x.do(h)
			return calls[x.call](h)
		}, x.is, x.field, false})
	}
	for _, n := range []int{0, -1} {
		rows = append(rows, badRow{"Sweep", map[int]string{0: "nobody", -1: "fewer than nobody"}[n],
			func(h *front) error { return second(h.Sweep(h.ctx, n)) }, nil, "limit", false})
	}
	return rows
}

// calls are sound calls of a Desk.
var calls = map[string]func(h *front) error{
	"Sweep": func(h *front) error { return second(h.Sweep(h.ctx, 10)) },
	"Place": func(h *front) error {
		return second(h.Place(h.ctx, desk.PlaceRequest{Customer: "c-7", By: "ann", Drafts: []order.Draft{draft("N1", line("ECS", 1000))}}))
	},
	"ChooseDiscount": func(h *front) error {
		return second(h.ChooseDiscount(h.ctx, desk.DiscountRequest{Customer: "c-7", By: "ann", Pick: payment.Pick{Order: "U1", Best: true}}))
	},
	"Move": func(h *front) error {
		return second(h.Move(h.ctx, desk.MoveRequest{Customer: "c-7", By: "ann", Order: "REVIEW", Event: order.EventApprove}))
	},
	"CancelOrders": func(h *front) error {
		return third(h.CancelOrders(h.ctx, desk.CancelRequest{Customer: "c-7", By: "ann", Orders: []order.ID{"U1"}}))
	},
	"Quote": func(h *front) error { return second(h.Quote(h.ctx, soundRequest(h))) },
	"Pay":   func(h *front) error { return second(h.Pay(h.ctx, soundRequest(h))) },
	"CancelPayment": func(h *front) error {
		return second(h.CancelPayment(h.ctx, desk.CancelPaymentRequest{Customer: "c-7", By: "ann", Payment: h.pending}))
	},
	"Hint":    func(h *front) error { return second(h.Hint(h.ctx, gateway.Hint{Customer: "c-7", Payment: h.pending})) },
	"Payment": func(h *front) error { return second(h.Payment(h.ctx, "c-7", h.pending)) },
	"QuoteUnsubscribe": func(h *front) error {
		return second(h.QuoteUnsubscribe(h.ctx, desk.UnsubscribeRequest{Customer: "c-7", By: "ann", ID: "L1", Resource: "R1"}))
	},
	"Unsubscribe": func(h *front) error {
		return second(h.Unsubscribe(h.ctx, desk.UnsubscribeRequest{Customer: "c-7", By: "ann", ID: "L1", Resource: "R1"}))
	},
	"Renew": func(h *front) error {
		return second(h.Renew(h.ctx, desk.RenewRequest{Customer: "c-7", By: "ann", ID: "new", Resources: []order.ResourceID{"R1"}, Term: month(1)}))
	},
	"SetMode": func(h *front) error {
		return second(h.SetMode(h.ctx, desk.ModeRequest{Customer: "c-7", By: "ann", Resource: "R1", Mode: renewal.ModeNone, Auto: renewal.Auto{}}))
	},
	"Release": func(h *front) error {
		return h.Release(h.ctx, desk.ReleaseRequest{Customer: "c-7", By: "ann", Resource: "SPENT"})
	},
	"Adopt": func(h *front) error {
		return h.Adopt(h.ctx, desk.AdoptRequest{By: "ann", Resource: machine("NEW", "2026-11-01 00:00:00", "2026-12-10 23:59:59")})
	},
	"ResolveNotice": func(h *front) error {
		return h.ResolveNotice(h.ctx, desk.ResolveNoticeRequest{Customer: "c-7", By: "op", Why: "called", Notice: "n", Decision: desk.DecisionSucceeded})
	},
	"ResolveBill": func(h *front) error {
		return h.ResolveBill(h.ctx, desk.ResolveBillRequest{Customer: "c-7", By: "op", Why: "paid at the counter", Month: "2026-11", Currency: order.USD, Decision: desk.DecisionSucceeded})
	},
	"PayOut": func(h *front) error {
		return second(h.PayOut(h.ctx, desk.PayOutRequest{ID: "out", Customer: "c-7", By: "op", Currency: order.USD}))
	},
	"SettleCredit": func(h *front) error {
		return second(h.SettleCredit(h.ctx, desk.SettleCreditRequest{ID: "hand", Customer: "c-7", By: "op", Why: "by hand", Amount: usd(1)}))
	},
	"Resolve": func(h *front) error {
		return h.Resolve(h.ctx, desk.ResolveRequest{Customer: "c-7", By: "op", Why: "seen", Refund: h.refund, Decision: desk.DecisionSucceeded})
	},
	"Deposit": func(h *front) error {
		return second(h.Deposit(h.ctx, desk.DepositRequest{ID: "new", Customer: "c-7", By: "ann", Fund: payment.FundCash, Amount: usd(1)}))
	},
	"SetCredit": func(h *front) error {
		return second(h.SetCredit(h.ctx, desk.CreditRequest{Customer: "c-7", By: "ann", Limit: usd(1)}))
	},
	"Issue": func(h *front) error {
		return second(h.Issue(h.ctx, desk.IssueRequest{By: "shop", Coupon: pays("NEW", coupon.KindFlexi, 1)}))
	},
	"MoveCoupon": func(h *front) error {
		return second(h.MoveCoupon(h.ctx, desk.CouponRequest{Customer: "c-7", By: "shop", Coupon: "FLEXI", Move: desk.CouponFreeze}))
	},
	"IssueCode": func(h *front) error {
		return second(h.IssueCode(h.ctx, desk.IssueCodeRequest{By: "shop", Code: ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "NEW", Coupon: coupon.Template{Kind: coupon.KindFlexi, Face: usd(1)}}}}))
	},
	"Claim": func(h *front) error {
		return second(h.Claim(h.ctx, desk.ClaimRequest{Issuer: "shop", Code: "OPEN", Customer: "c-8", By: "bob"}))
	},
}

// unwritten is a store that does not write, and says why.
type unwritten struct {
	ledger.Store
	why error
}

func (s unwritten) Commit(context.Context, ledger.Change) error { return s.why }

// unread is a store that does not read.
type unread struct{ ledger.Store }

func (unread) Load(context.Context, ledger.Ask) (ledger.Records, error) {
	return ledger.Records{}, errHost
}

func (unread) Waiting(context.Context, ledger.Due) ([]ledger.Ask, error) { return nil, errHost }
