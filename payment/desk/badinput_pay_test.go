package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
)

type request = payment.Request

// soundRequest asks to pay two orders with a coupon and from the balance.
func soundRequest(*front) request {
	return request{Key: "new", Customer: "c-7", By: "ann", Orders: []order.ID{"U1", "U2"}, Coupons: []coupon.ID{"FLEXI"}, Method: payment.MethodBalance}
}

func asks(do func(r *request)) func(*front, *request) {
	return func(_ *front, r *request) { do(r) }
}

// of asks for other orders, without coupons.
func of(ids ...order.ID) func(*front, *request) {
	return asks(func(r *request) { r.Orders, r.Coupons = ids, nil })
}

func uses(ids ...coupon.ID) func(*front, *request) { return asks(func(r *request) { r.Coupons = ids }) }

// online asks to pay through a gateway.
func online(named string, do func(h *front)) func(*front, *request) {
	return func(h *front, r *request) {
		r.Method, r.Gateway = payment.MethodOnline, named
		do(h)
	}
}

// knownAs changes what the host knows of the customer.
func knownAs(do func(c *payment.Customer)) func(*front, *request) {
	return func(h *front, _ *request) {
		c := h.known["c-7"]
		do(&c)
		h.known["c-7"] = c
	}
}

// found is what a check of the host says.
func found(f payment.Findings) func(*front, *request) {
	return func(h *front, _ *request) { h.Checks = desk.Checks{house{Findings: f}} }
}

// agreed agrees to a quote, and then to something else.
func agreed(t *testing.T, do func(h *front, a *payment.Agreed)) func(*front, *request) {
	return func(h *front, r *request) {
		q, err := h.Quote(h.ctx, *r)
		if err != nil {
			t.Fatal(err)
		}
		r.Agreed, r.Whole, h.reads.n = q.Agreed(), true, 0
		do(h, &r.Agreed[0])
	}
}

func badRequests(t *testing.T) []badRow {
	bad := payment.ReasonBadRequest
	rows := breaking(t, "Pay", soundRequest, func(h *front, r request) error { return second(h.Pay(h.ctx, r)) }, []broken[request]{
		{"no key", asks(func(r *request) { r.Key = "" }), bad, "key"},
		{"a long key", asks(func(r *request) { r.Key = long }), bad, "key"},
		{"a key that does not print", asks(func(r *request) { r.Key = "k\x00" }), bad, "key"},
		{"no customer", asks(func(r *request) { r.Customer = "" }), bad, "customer"},
		{"a long customer", asks(func(r *request) { r.Customer = long }), bad, "customer"},
		{"who acts is long", asks(func(r *request) { r.By = long }), bad, "by"},
		{"as the Desk itself", asks(func(r *request) { r.By = "duebook" }), bad, "by"},
		{"no orders", of(), bad, "orders"},
		{"31 orders", asks(func(r *request) {
			for len(r.Orders) < 31 {
				r.Orders = append(r.Orders, order.ID(fmt.Sprint("N", len(r.Orders))))
			}
		}), order.ErrTooMany, "orders"},
		{"an order without ID", of("U1", ""), bad, "orders[1]"},
		{"an order with a long ID", of("U1", long), bad, "orders[1]"},
		{"an order that does not print", of("U1\x07"), bad, "orders[0]"},
		{"an order twice", of("U1", "U1"), bad, "orders[1]"},
		{"a discount for another order", asks(func(r *request) { r.Discounts = []payment.Pick{{Order: "P1", Best: true}} }), bad, "discounts[0].order"},
		{"a coupon without ID", uses(""), bad, "coupons[0]"},
		{"a coupon with a long ID", uses(long), bad, "coupons[0]"},
		{"coupons named and chosen", asks(func(r *request) { r.Choose = true }), bad, "choose"},
		{"a coupon twice", uses("FLEXI", "FLEXI"), bad, "coupons[1]"},
		{"no method", asks(func(r *request) { r.Method = "" }), bad, "method"},
		{"an unknown method", asks(func(r *request) { r.Method = "Balance" }), bad, "method"},
		{"an unknown account", asks(func(r *request) { r.Account = "mine" }), bad, "account"},
		{"an account, and monthly", asks(func(r *request) { r.Method, r.Account = payment.MethodMonthly, payment.AccountOwn }), bad, "account"},
		{"a gateway, and from the balance", asks(func(r *request) { r.Gateway = "cards" }), bad, "gateway"},
		{"a gateway with a long name", online(long, func(*front) {}), bad, "gateway"},
		{"an instrument, and from the balance", asks(func(r *request) { r.Instrument = "card" }), bad, "instrument"},
		{"a long instrument", func(h *front, r *request) { online("cards", func(*front) {})(h, r); r.Instrument = order.Opaque(long) }, bad, "instrument"},
		{"kept, and from the balance", asks(func(r *request) { r.Keep = true }), bad, "keep"},
		{"kept, and kept already", func(h *front, r *request) {
			online("cards", func(*front) {})(h, r)
			r.Keep, r.Instrument = true, "card"
		}, bad, "keep"},
		{"agreed to something below zero", agreed(t, func(_ *front, a *payment.Agreed) { a.Cash = usd(-1) }), bad, "agreed[0].cash"},
		{"agreed in the year 9999", agreed(t, func(_ *front, a *payment.Agreed) { a.Deadline = year9999 }), bad, "agreed[0].deadline"},
		{"agreed to 19 digits", agreed(t, func(_ *front, a *payment.Agreed) { a.Payable = usd(1e18) }), bad, "agreed[0].payable"},
	}, []broken[request]{
		{"an instrument, and nobody says whose it is", func(h *front, r *request) { online("cards", func(*front) {})(h, r); r.Instrument = "card" }, bad, "instrument"},
		{"more orders than the house takes", knownAs(func(c *payment.Customer) { c.Policy.MaxOrders = 1 }), bad, "orders"},
		{"nobody's order", of("U1", "NONE"), payment.ReasonNoOrder, ""},
		{"another customer's order", of("U1", "O8"), payment.ReasonNoOrder, ""},
		{"part of a purchase", of("U1", "P1"), payment.ReasonMember, ""},
		{"two currencies", of("U1", "EURO"), bad, ""},
		{"an order past its deadline", of("LATE"), payment.ReasonPastDeadline, ""},
		{"an order to be approved", of("REVIEW"), payment.ReasonState, ""},
		{"an order to be confirmed", of("CONFIRM"), payment.ReasonState, ""},
		{"an order that is canceled", of("X1"), payment.ReasonState, ""},
		{"an order that is paid", of("M1"), payment.ReasonState, ""},
		{"an order that is refunding", of("G1"), payment.ReasonState, ""},
		{"an order that is being paid", of("W1"), payment.ReasonPaymentInProgress, ""},
		{"whole, and one drops out", asks(func(r *request) { r.Orders, r.Whole = []order.ID{"U1", "LATE"}, true }), payment.ReasonPastDeadline, ""},
		{"a key that has paid another", asks(func(r *request) { r.Key = "b1" }), payment.ReasonKey, ""},
		{"a key that waits for another", asks(func(r *request) { r.Key = "pending" }), payment.ReasonKey, ""},
		{"a key that failed for another", asks(func(r *request) { r.Key = "failed" }), payment.ReasonKey, ""},
		{"a discount that is none", asks(func(r *request) { r.Discounts = []payment.Pick{{Order: "U1", Discount: "none"}} }), payment.ReasonDiscount, ""},
		{"a discount coupon of another order", asks(func(r *request) { r.Discounts = []payment.Pick{{Order: "U1", Discount: "OFF2"}} }), payment.ReasonDiscount, ""},
		{"nobody's coupon", uses("NONE"), payment.ReasonCoupon, ""},
		{"another customer's coupon", uses("THEIRS"), payment.ReasonCoupon, ""},
		{"more coupons than the house takes", uses("FLEXI", "CASH", "HIGH", "RDS"), payment.ReasonCoupon, ""},
		{"a coupon that is frozen", uses("FROZEN"), payment.ReasonCoupon, ""},
		{"a coupon that is not active", uses("SLEEPS"), payment.ReasonCoupon, ""},
		{"a coupon that was taken back", uses("GONE"), payment.ReasonCoupon, ""},
		{"a coupon that is used", uses("USED"), payment.ReasonCouponUsed, ""},
		{"a coupon that is held", uses("HELD"), payment.ReasonCouponUsed, ""},
		{"a coupon that has ended", uses("ENDED"), payment.ReasonCoupon, ""},
		{"a coupon that has not begun", uses("SOON"), payment.ReasonCoupon, ""},
		{"a coupon in another currency", uses("EURO"), payment.ReasonCoupon, ""},
		{"a coupon above its threshold", uses("HIGH"), payment.ReasonCoupon, ""},
		{"a coupon for another service", uses("RDS"), payment.ReasonCoupon, ""},
		{"a discount that is to pay", uses("OFF"), payment.ReasonCoupon, ""},
		{"a cash coupon with a discount coupon", uses("CASH"), payment.ReasonCashWithDiscountCoupon, ""},
		{"a budget without a partner", asks(func(r *request) { r.Account = payment.AccountBudget }), payment.ReasonAccount, ""},
		{"the own account of a reseller's", func(h *front, r *request) {
			knownAs(func(c *payment.Customer) { c.Association = payment.AssociationReseller })(h, r)
			r.Account = payment.AccountOwn
		}, payment.ReasonAccount, ""},
		{"more than the accounts have", of("EURO"), payment.ReasonBalance, ""},
		{"monthly, and not enabled", func(h *front, r *request) {
			knownAs(func(c *payment.Customer) { c.Monthly = false })(h, r)
			r.Method = payment.MethodMonthly
		}, payment.ReasonMethod, ""},
		{"a gateway that the Desk does not have", online("wire", func(*front) {}), bad, "gateway"},
		{"a gateway that is nil", online("cards", func(h *front) { h.Gateways["cards"] = nil }), bad, "gateway"},
		{"no gateways at all", online("", func(h *front) { h.Gateways = nil }), nil, "customer.gateway"},
		{"no gateway of the customer's", func(h *front, r *request) {
			knownAs(func(c *payment.Customer) { c.Gateway = "" })(h, r)
			r.Method = payment.MethodOnline
		}, bad, "gateway"},
		{"a gateway of keys too short", online("cards", func(h *front) { h.Gateways["cards"] = gatewayOf{h.cards, gateway.Traits{KeyLength: 15}} }), nil, "gateway cards.traits.keyLength"},
		{"a gateway that forgets before it knows", online("cards", func(h *front) { h.Gateways["cards"] = gatewayOf{h.cards, gateway.Traits{Resend: -1}} }), nil, "gateway cards.traits.resend"},
		{"nobody says which card", online("", func(h *front) { h.Wallets = mute{} }), errHost, ""},
		{"a card that is not taken", func(h *front, r *request) {
			knownAs(func(c *payment.Customer) { c.Policy.Cards.Brands = []string{"visa"} })(h, r)
			r.Method = payment.MethodOnline
		}, payment.ReasonCard, ""},
		{"nobody authenticates", knownAs(func(c *payment.Customer) { c.Protected = true }), payment.ReasonAuthentication, ""},
		{"nobody says who authenticated", func(h *front, r *request) {
			knownAs(func(c *payment.Customer) { c.Protected = true })(h, r)
			h.SecondFactor = mute{}
		}, errHost, ""},
		{"nobody says what discounts there are", func(h *front, r *request) {
			h.Offers, r.Discounts = mute{}, []payment.Pick{{Order: "U1", Best: true}}
		}, errHost, ""},
		{"agreed to another deadline", agreed(t, func(_ *front, a *payment.Agreed) { a.Deadline = a.Deadline.Add(time.Second) }), payment.ReasonChanged, ""},
		{"agreed to other lines", agreed(t, func(_ *front, a *payment.Agreed) { a.Lines = "x" }), payment.ReasonChanged, ""},
		{"agreed to another reduction", agreed(t, func(_ *front, a *payment.Agreed) { a.Reduction = "x" }), payment.ReasonChanged, ""},
		{"agreed to less", agreed(t, func(_ *front, a *payment.Agreed) { a.Cash = usd(a.Cash.Minor() - 1) }), payment.ReasonCost, ""},
		{"agreed to another state", agreed(t, func(_ *front, a *payment.Agreed) { a.State = order.StatePaid }), payment.ReasonChanged, ""},
		{"who acts may not", found(payment.Findings{Denied: "ann has left"}), payment.ReasonDenied, ""},
		{"the account is frozen", found(payment.Findings{Frozen: "by a court"}), payment.ReasonFrozen, ""},
		{"not independent of the contract", found(payment.Findings{Contract: []order.ID{"U1"}}), payment.ReasonContract, ""},
		{"no quota", found(payment.Findings{Resources: []payment.ResourceFault{{Order: "U1", Wrong: payment.WrongQuota}}}), payment.ReasonResources, ""},
		{"it would have begun", found(payment.Findings{Starts: []payment.Start{{Order: "U1", At: placedAt}}}), payment.ReasonEffectiveTime, ""},
		{"above the organization's budget", found(payment.Findings{Organization: "spent"}), payment.ReasonOrganization, ""},
		{"too often", found(payment.Findings{Other: payment.ReasonTooOften, OtherText: "wait"}), payment.ReasonTooOften, ""},
		{"a fault of another order", found(payment.Findings{Contract: []order.ID{"O8"}}), nil, "findings.contract[0]"},
		{"a fault that is none", found(payment.Findings{Resources: []payment.ResourceFault{{Order: "U1", Wrong: "bad luck"}}}), nil, "findings.resources[0].wrong"},
		{"a reason that is none", found(payment.Findings{Other: "bad luck"}), nil, "findings.other"},
		{"a start in the year 0", found(payment.Findings{Starts: []payment.Start{{Order: "U1", At: year0}}}), nil, "findings.starts[0].at"},
		{"a check that cannot be made", func(h *front, _ *request) { h.Checks = desk.Checks{house{err: errHost}} }, errHost, ""},
		{"a discount that is none of the host's", func(h *front, r *request) {
			h.Offers, r.Discounts = offers{{ID: "odd", Kind: discount.KindCommercial, Ratio: order.Percent(101)}}, []payment.Pick{{Order: "U1", Discount: "odd"}}
		}, nil, "facts.discounts[0].ratio"},
	})
	return rows
}

func badQuotes(t *testing.T) []badRow {
	bad := payment.ReasonBadRequest
	return breaking(t, "Quote", soundRequest, func(h *front, r request) error { return second(h.Quote(h.ctx, r)) }, []broken[request]{
		{"no key", asks(func(r *request) { r.Key = "" }), bad, "key"},
		{"no customer", asks(func(r *request) { r.Customer = "" }), nil, "customer"},
		{"who acts does not print", asks(func(r *request) { r.By = "a\x00" }), bad, "by"},
		{"as the Desk itself", asks(func(r *request) { r.By = "duebook" }), bad, "by"},
		{"no orders", of(), bad, "orders"},
		{"more orders than the house takes", knownAs(func(c *payment.Customer) { c.Policy.MaxOrders = 1 }), bad, "orders"},
		{"more coupons than the house takes", uses("FLEXI", "CASH", "HIGH", "RDS"), payment.ReasonCoupon, ""},
		{"an order twice", of("U2", "U2"), bad, "orders[1]"},
		{"two discounts for one order", asks(func(r *request) {
			r.Discounts = []payment.Pick{{Order: "U1", Best: true}, {Order: "U1", Discount: "deal"}}
		}), bad, "discounts[1].order"},
		{"an unknown method", asks(func(r *request) { r.Method = "cash" }), bad, "method"},
		{"a gateway that does not print", online("a\nb", func(*front) {}), bad, "gateway"},
		{"a gateway that the Desk does not have", online("wire", func(*front) {}), bad, "gateway"},
		{"a gateway that is nil", online("cards", func(h *front) { h.Gateways["cards"] = nil }), bad, "gateway"},
		{"agreed to one twice", agreed(t, func(_ *front, a *payment.Agreed) { a.Order = "U2" }), bad, "agreed[1].order"},
	}, []broken[request]{
		{"another customer's order", of("O8"), payment.ReasonNoOrder, ""},
		{"part of a purchase", of("P2"), payment.ReasonMember, ""},
		{"another customer's coupon", uses("THEIRS"), payment.ReasonCoupon, ""},
		{"the customer's gateway, which the Desk does not have", online("", func(h *front) { delete(h.Gateways, "cards") }), nil, "customer.gateway"},
		{"no gateway of the customer's", func(h *front, r *request) {
			knownAs(func(c *payment.Customer) { c.Gateway = "" })(h, r)
			r.Method = payment.MethodOnline
		}, bad, "gateway"},
		{"a gateway of keys too short", online("cards", func(h *front) { h.Gateways["cards"] = gatewayOf{h.cards, gateway.Traits{KeyLength: 15}} }), nil, "gateway cards.traits.keyLength"},
	})
}

func badPayments(t *testing.T) []badRow {
	type asking struct {
		customer order.CustomerID
		by       string
		id       order.PaymentID
	}
	sound := func(h *front) asking { return asking{"c-7", "ann", h.pending} }
	named := func(id order.PaymentID) func(*front, *asking) {
		return func(_ *front, x *asking) { x.id = id }
	}
	theirs := func(h *front, x *asking) { x.customer = "c-8" }
	none := payment.ReasonNoOrder
	rows := breaking(t, "CancelPayment", sound, func(h *front, x asking) error {
		return second(h.CancelPayment(h.ctx, desk.CancelPaymentRequest{Customer: x.customer, By: x.by, Payment: x.id}))
	}, []broken[asking]{
		{"no customer", func(_ *front, x *asking) { x.customer = "" }, nil, "customer"},
		{"who acts does not print", func(_ *front, x *asking) { x.by = "\x00" }, nil, "by"},
		{"no payment", named(""), nil, "payment"},
		{"a long payment", named(long), nil, "payment"},
	}, []broken[asking]{
		{"nobody's payment", named("none"), none, ""},
		{"another customer's payment", theirs, none, ""},
	})
	rows = append(rows, breaking(t, "Hint", sound, func(h *front, x asking) error {
		return second(h.Hint(h.ctx, gateway.Hint{Customer: x.customer, Payment: x.id}))
	}, []broken[asking]{
		{"a long customer", func(_ *front, x *asking) { x.customer = long }, nil, "customer"},
		{"no payment", named(""), nil, "payment"},
		{"a payment that does not print", named("p\x00"), nil, "payment"},
	}, []broken[asking]{
		{"another customer's payment", theirs, none, ""},
		{"through a gateway that is gone", func(h *front, _ *asking) { delete(h.Gateways, "cards") }, nil, "gateway"},
	})...)
	hinted := func(h *front) gateway.Hint {
		return gateway.Hint{Customer: "c-7", Payment: h.store.All("c-7").Refunds[0].Payment, Refund: h.refund}
	}
	of := func(id order.RefundID) func(*front, *gateway.Hint) {
		return func(_ *front, x *gateway.Hint) { x.Refund = id }
	}
	rows = append(rows, breaking(t, "Hint", hinted, func(h *front, x gateway.Hint) error { return second(h.Hint(h.ctx, x)) }, []broken[gateway.Hint]{
		{"a long refund", of(order.RefundID(long)), nil, "refund"},
		{"a refund that does not print", of("f\n"), nil, "refund"},
		{"a refund of no payment", func(_ *front, x *gateway.Hint) { x.Payment = "" }, nil, "payment"},
	}, []broken[gateway.Hint]{
		{"nobody's refund", of("none"), none, ""},
		{"another payment's refund", func(h *front, x *gateway.Hint) { x.Payment = h.pending }, none, ""},
		{"another customer's refund", func(_ *front, x *gateway.Hint) { x.Customer = "c-8" }, none, ""},
	})...)
	return append(rows, breaking(t, "Payment", sound, func(h *front, x asking) error { return second(h.Payment(h.ctx, x.customer, x.id)) }, []broken[asking]{
		{"a customer that does not print", func(_ *front, x *asking) { x.customer = "c\t" }, nil, "customer"},
		{"a long payment", named(long), nil, "payment"},
	}, []broken[asking]{
		{"another customer's payment", theirs, none, ""},
		{"through a gateway that is gone", func(h *front, _ *asking) { h.Gateways = nil }, nil, "gateway"},
		{"through a gateway of keys too short", func(h *front, _ *asking) { h.Gateways["cards"] = gatewayOf{h.cards, gateway.Traits{KeyLength: 1}} }, nil, "gateway cards.traits.keyLength"},
	})...)
}

func badResolvings(t *testing.T) []badRow {
	type resolving = desk.ResolveRequest
	// back is a refund in review.
	back := func(do func(x *resolving)) func(*front, *resolving) {
		return func(h *front, x *resolving) {
			*x = resolving{Customer: "c-7", By: "op", Why: "seen", Refund: h.refund, Decision: desk.DecisionSucceeded}
			do(x)
		}
	}
	of := func(do func(x *resolving)) func(*front, *resolving) {
		return func(_ *front, x *resolving) { do(x) }
	}
	failed := func(m order.Money) func(*front, *resolving) {
		return of(func(x *resolving) { x.Decision, x.Captured = desk.DecisionFailed, m })
	}
	return breaking(t, "Resolve", func(h *front) resolving {
		return resolving{Customer: "c-7", By: "op", Why: "seen there", Payment: h.review, Decision: desk.DecisionSucceeded, Trade: "t-1", Captured: usd(10000)}
	}, func(h *front, x resolving) error { return h.Resolve(h.ctx, x) }, []broken[resolving]{
		{"no customer", of(func(x *resolving) { x.Customer = "" }), nil, "customer"},
		{"nobody acts", of(func(x *resolving) { x.By = "" }), nil, "by"},
		{"who acts is long", of(func(x *resolving) { x.By = long }), nil, "by"},
		{"without a reason", of(func(x *resolving) { x.Why = "" }), nil, "why"},
		{"a long reason", of(func(x *resolving) { x.Why = strings.Repeat("w", 501) }), nil, "why"},
		{"a reason that does not print", of(func(x *resolving) { x.Why = "\x00" }), nil, "why"},
		{"no decision", of(func(x *resolving) { x.Decision = "" }), nil, "decision"},
		{"an unknown decision", of(func(x *resolving) { x.Decision = "Succeeded" }), nil, "decision"},
		{"of nothing", of(func(x *resolving) { x.Payment = "" }), nil, "payment"},
		{"of both", func(h *front, x *resolving) { x.Refund = h.refund }, nil, "payment"},
		{"a payment again", of(func(x *resolving) { x.Decision = desk.DecisionAgain }), nil, "decision"},
		{"no trade number", of(func(x *resolving) { x.Trade = "" }), nil, "trade"},
		{"a long trade number", of(func(x *resolving) { x.Trade = long }), nil, "trade"},
		{"captured less than nothing", failed(usd(-1)), nil, "captured"},
		{"captured 19 digits", failed(usd(1e18)), nil, "captured"},
		{"captured in no currency", failed(order.Minor(1, 0)), nil, "captured"},
		{"captured nothing, and it succeeded", of(func(x *resolving) { x.Captured = usd(0) }), nil, "captured"},
		{"a surplus of a payment that failed", of(func(x *resolving) { x.Decision, x.Surplus = desk.DecisionFailed, payment.SurplusRefund }), nil, "surplus"},
		{"a surplus of a refund", back(func(x *resolving) { x.Surplus = payment.SurplusBalance }), nil, "surplus"},
		{"an unknown surplus", of(func(x *resolving) { x.Captured, x.Surplus = usd(1e9), "Refund" }), nil, "surplus"},
		{"captured of a refund", back(func(x *resolving) { x.Captured = usd(1) }), nil, "captured"},
		{"a long payment", of(func(x *resolving) { x.Payment = long }), nil, "payment"},
		{"a refund that does not print", back(func(x *resolving) { x.Refund = "r\x00" }), nil, "refund"},
	}, []broken[resolving]{
		{"captured more, and nothing said of the rest", of(func(x *resolving) { x.Captured = usd(1e9) }), nil, "surplus"},
		{"captured less, as the gateway says", of(func(x *resolving) { x.Captured = order.Money{} }), nil, "captured"},
		{"failed, and not what was captured", of(func(x *resolving) { x.Decision, x.Captured = desk.DecisionFailed, order.Money{} }), nil, "captured"},
		{"captured less", of(func(x *resolving) { x.Captured = usd(1) }), nil, "captured"},
		{"captured in another currency", of(func(x *resolving) { x.Captured = order.Minor(1e9, order.EUR) }), nil, "captured"},
		{"a surplus of what was asked for", of(func(x *resolving) { x.Surplus = payment.SurplusRefund }), nil, "surplus"},
		{"a refund in review that failed", back(func(x *resolving) { x.Decision = desk.DecisionFailed }), nil, "decision"},
		{"nobody's payment", of(func(x *resolving) { x.Payment = "none" }), payment.ReasonNoOrder, ""},
		{"another customer's payment", of(func(x *resolving) { x.Customer = "c-8" }), payment.ReasonNoOrder, ""},
		{"nobody's refund", back(func(x *resolving) { x.Refund = "none" }), payment.ReasonNoOrder, ""},
		{"another customer's refund", back(func(x *resolving) { x.Customer = "c-8" }), payment.ReasonNoOrder, ""},
	})
}
