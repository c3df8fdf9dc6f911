package desk_test

import (
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
)

func badDeposits(t *testing.T) []badRow {
	type deposit = desk.DepositRequest
	of := func(do func(x *deposit)) func(*front, *deposit) {
		return func(_ *front, x *deposit) { do(x) }
	}
	rows := breaking(t, "Deposit", func(*front) deposit {
		return deposit{ID: "new", Customer: "c-7", By: "ann", Fund: payment.FundCash, Amount: usd(100)}
	}, func(h *front, x deposit) error { return second(h.Deposit(h.ctx, x)) }, []broken[deposit]{
		{"no ID", of(func(x *deposit) { x.ID = "" }), nil, "id"},
		{"a long ID", of(func(x *deposit) { x.ID = long }), nil, "id"},
		{"an ID that does not print", of(func(x *deposit) { x.ID = "d\x00" }), nil, "id"},
		{"no customer", of(func(x *deposit) { x.Customer = "" }), nil, "customer"},
		{"a long customer", of(func(x *deposit) { x.Customer = long }), nil, "customer"},
		{"nobody acts", of(func(x *deposit) { x.By = "" }), nil, "by"},
		{"no fund", of(func(x *deposit) { x.Fund = "" }), nil, "fund"},
		{"an unknown fund", of(func(x *deposit) { x.Fund = "Cash" }), nil, "fund"},
		{"the monthly account", of(func(x *deposit) { x.Fund = payment.FundMonthly }), nil, "fund"},
		{"no amount", of(func(x *deposit) { x.Amount = order.Money{} }), nil, "amount"},
		{"nothing", of(func(x *deposit) { x.Amount = usd(0) }), nil, "amount"},
		{"less than nothing", of(func(x *deposit) { x.Amount = usd(-1) }), nil, "amount"},
		{"19 digits", of(func(x *deposit) { x.Amount = usd(1e18) }), order.ErrOverflow, "amount"},
		{"no currency", of(func(x *deposit) { x.Amount = order.Minor(1, 0) }), order.ErrCurrency, "amount"},
	}, []broken[deposit]{
		{"more than 18 digits with what is there", of(func(x *deposit) { x.Amount = usd(1e18 - 1) }), order.ErrOverflow, ""},
		{"more credit than is used", of(func(x *deposit) { x.Fund = payment.FundCredit }), nil, "amount"},
		{"made already, with another amount", of(func(x *deposit) { x.ID = "D1" }), payment.ReasonKey, ""},
		{"made already, to another fund", of(func(x *deposit) { x.ID, x.Fund, x.Amount = "D1", payment.FundBudget, usd(100000) }), payment.ReasonKey, ""},
		{"made already, in another currency", of(func(x *deposit) { x.ID, x.Amount = "D1", order.Minor(100000, order.EUR) }), payment.ReasonKey, ""},
	})
	type credit struct {
		customer order.CustomerID
		by       string
		order.Money
	}
	limit := func(m order.Money) func(*front, *credit) {
		return func(_ *front, x *credit) { x.Money = m }
	}
	return append(rows, breaking(t, "SetCredit", func(*front) credit { return credit{"c-7", "ann", usd(20000)} },
		func(h *front, x credit) error {
			return second(h.SetCredit(h.ctx, desk.CreditRequest{Customer: x.customer, By: x.by, Limit: x.Money}))
		}, []broken[credit]{
			{"no customer", func(_ *front, x *credit) { x.customer = "" }, nil, "customer"},
			{"nobody acts", func(_ *front, x *credit) { x.by = "" }, nil, "by"},
			{"no limit", limit(order.Money{}), nil, "limit"},
			{"a limit below zero", limit(usd(-1)), nil, "limit"},
			{"a limit of 19 digits", limit(usd(1e18)), order.ErrOverflow, "limit"},
			{"a limit in no currency", limit(order.Minor(1, 0)), order.ErrCurrency, "limit"},
		}, nil)...)
}

func badCoupons(t *testing.T) []badRow {
	type issuing struct {
		by string
		coupon.Coupon
	}
	of := func(do func(c *coupon.Coupon)) func(*front, *issuing) {
		return func(_ *front, x *issuing) { do(&x.Coupon) }
	}
	rows := breaking(t, "Issue", func(*front) issuing { return issuing{"shop", pays("NEW", coupon.KindFlexi, 100)} },
		func(h *front, x issuing) error {
			return second(h.Issue(h.ctx, desk.IssueRequest{By: x.by, Coupon: x.Coupon}))
		}, []broken[issuing]{
			{"nobody acts", func(_ *front, x *issuing) { x.by = "" }, nil, "by"},
			{"no ID", of(func(c *coupon.Coupon) { c.ID = "" }), nil, "coupon.id"},
			{"a long ID", of(func(c *coupon.Coupon) { c.ID = long }), nil, "coupon.id"},
			{"nobody's", of(func(c *coupon.Coupon) { c.Customer = "" }), nil, "coupon.customer"},
			{"no kind", of(func(c *coupon.Coupon) { c.Kind = "" }), nil, "coupon.kind"},
			{"an unknown kind", of(func(c *coupon.Coupon) { c.Kind = "voucher" }), nil, "coupon.kind"},
			{"an unknown state", of(func(c *coupon.Coupon) { c.State = "lost" }), nil, "coupon"},
			{"used", of(func(c *coupon.Coupon) { c.State = coupon.StateUsed }), nil, "coupon"},
			{"used once", of(func(c *coupon.Coupon) { c.Used, c.Reusable = 1, true }), nil, "coupon"},
			{"not whole", of(func(c *coupon.Coupon) { c.Balance = usd(99) }), nil, "coupon"},
			{"with a version", of(func(c *coupon.Coupon) { c.Version = 1 }), nil, "coupon"},
			{"held", of(func(c *coupon.Coupon) { c.HeldBy = "p" }), nil, "coupon.state"},
			{"worth nothing", of(func(c *coupon.Coupon) { c.Face, c.Balance = usd(0), usd(0) }), nil, "coupon.face"},
			{"worth less than nothing", of(func(c *coupon.Coupon) { c.Face, c.Balance = usd(-1), usd(-1) }), nil, "coupon.face"},
			{"worth 19 digits", of(func(c *coupon.Coupon) { c.Face, c.Balance = usd(1e18), usd(1e18) }), order.ErrOverflow, "coupon.face"},
			{"that ends before it begins", of(func(c *coupon.Coupon) { c.Window = order.Window{From: november.Until, Until: november.From} }), nil, "coupon.window.until"},
			{"from the year 0", of(func(c *coupon.Coupon) { c.Window.From = year0 }), nil, "coupon.window.from"},
			{"until the year 9999", of(func(c *coupon.Coupon) { c.Window.Until = year9999 }), nil, "coupon.window.until"},
			{"for fewer than no uses", of(func(c *coupon.Coupon) { c.Uses = -1 }), nil, "coupon.uses"},
			{"a threshold below zero", of(func(c *coupon.Coupon) { c.Limits.Threshold = usd(-1) }), nil, "coupon.limits.threshold"},
			{"a threshold in another currency", of(func(c *coupon.Coupon) { c.Limits.Threshold = order.Minor(1, order.EUR) }), nil, "coupon.limits.threshold"},
			{"a share above 1", of(func(c *coupon.Coupon) { c.Limits.Share = order.Percent(101) }), nil, "coupon.limits.share"},
			{"an unknown group", of(func(c *coupon.Coupon) { c.Limits.Group = "vip" }), nil, "coupon.limits.group"},
			{"for a project that does not print", of(func(c *coupon.Coupon) { c.Limits.Projects = []order.ProjectID{"\x00"} }), nil, "coupon.limits.projects"},
			{"without an unknown discount", of(func(c *coupon.Coupon) { c.Limits.Without = []discount.Kind{""} }), nil, "coupon.limits.without"},
			{"a discount, and it pays", of(func(c *coupon.Coupon) { c.Discount.Ratio = order.Percent(90) }), nil, "coupon.discount"},
			{"a discount coupon with a value", of(func(c *coupon.Coupon) { c.Kind = coupon.KindDiscount }), nil, "coupon.face"},
			{"a discount coupon of two discounts", of(func(c *coupon.Coupon) {
				c.Kind, c.Face, c.Balance, c.Discount = coupon.KindDiscount, order.Money{}, order.Money{}, coupon.Discount{Ratio: order.Percent(90), Off: usd(1)}
			}), nil, "coupon.discount.ratio"},
		}, nil)
	type moving struct {
		customer order.CustomerID
		by       string
		id       coupon.ID
		desk.CouponMove
	}
	to := func(id coupon.ID, m desk.CouponMove) func(*front, *moving) {
		return func(_ *front, x *moving) { x.id, x.CouponMove = id, m }
	}
	return append(rows, breaking(t, "MoveCoupon", func(*front) moving { return moving{"c-7", "shop", "FLEXI", desk.CouponFreeze} },
		func(h *front, x moving) error {
			return second(h.MoveCoupon(h.ctx, desk.CouponRequest{Customer: x.customer, By: x.by, Coupon: x.id, Move: x.CouponMove}))
		}, []broken[moving]{
			{"no customer", func(_ *front, x *moving) { x.customer = "" }, nil, "customer"},
			{"nobody acts", func(_ *front, x *moving) { x.by = "" }, nil, "by"},
			{"who acts does not print", func(_ *front, x *moving) { x.by = "\x00" }, nil, "by"},
			{"no coupon", to("", desk.CouponFreeze), nil, "coupon"},
			{"a long coupon", to(long, desk.CouponFreeze), nil, "coupon"},
			{"no move", to("FLEXI", ""), nil, "move"},
			{"an unknown move", to("FLEXI", "Freeze"), nil, "move"},
		}, []broken[moving]{
			{"another customer's coupon", to("THEIRS", desk.CouponFreeze), order.ErrNotFound, "coupon"},
			{"to freeze what is over", to("GONE", desk.CouponFreeze), coupon.ErrState, ""},
			{"to reclaim what is held", to("HELD", desk.CouponReclaim), coupon.ErrState, ""},
			{"to reclaim the discount of an order", to("OFF2", desk.CouponReclaim), coupon.ErrState, ""},
			{"to reclaim what is used", to("USED", desk.CouponReclaim), coupon.ErrState, ""},
		})...)
}

func badCodes(t *testing.T) []badRow {
	type issuing struct {
		by string
		ledger.PublicCode
	}
	of := func(do func(c *ledger.PublicCode)) func(*front, *issuing) {
		return func(_ *front, x *issuing) { do(&x.PublicCode) }
	}
	rows := breaking(t, "IssueCode", func(*front) issuing {
		return issuing{"shop", ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "NEW", Left: 1, Coupon: coupon.Template{Kind: coupon.KindFlexi, Face: usd(100)}}}}
	}, func(h *front, x issuing) error {
		return second(h.IssueCode(h.ctx, desk.IssueCodeRequest{By: x.by, Code: x.PublicCode}))
	}, []broken[issuing]{
		{"nobody acts", func(_ *front, x *issuing) { x.by = "" }, nil, "by"},
		{"nobody's", of(func(c *ledger.PublicCode) { c.Issuer = "" }), nil, "code.issuer"},
		{"no code", of(func(c *ledger.PublicCode) { c.Code.Code = "" }), nil, "code.code"},
		{"a long code", of(func(c *ledger.PublicCode) { c.Code.Code = long }), nil, "code.code"},
		{"with a version", of(func(c *ledger.PublicCode) { c.Version = 1 }), nil, "code"},
		{"fewer than none left", of(func(c *ledger.PublicCode) { c.Left = -1 }), nil, "code.left"},
		{"that ends before it begins", of(func(c *ledger.PublicCode) { c.Window = order.Window{From: november.Until, Until: november.From} }), nil, "code.window.until"},
		{"until the year 9999", of(func(c *ledger.PublicCode) { c.Window.Until = year9999 }), nil, "code.window.until"},
		{"of no coupon", of(func(c *ledger.PublicCode) { c.Coupon = coupon.Template{} }), nil, "code.coupon.kind"},
		{"of a coupon worth nothing", of(func(c *ledger.PublicCode) { c.Coupon.Face = usd(0) }), nil, "code.coupon.face"},
	}, nil)
	type claiming struct {
		issuer   order.CustomerID
		code     string
		customer order.CustomerID
		by       string
	}
	use := func(code string) func(*front, *claiming) {
		return func(_ *front, x *claiming) { x.code = code }
	}
	return append(rows, breaking(t, "Claim", func(*front) claiming { return claiming{"shop", "OPEN", "c-8", "bob"} },
		func(h *front, x claiming) error {
			return second(h.Claim(h.ctx, desk.ClaimRequest{Issuer: x.issuer, Code: x.code, Customer: x.customer, By: x.by}))
		}, []broken[claiming]{
			{"no issuer", func(_ *front, x *claiming) { x.issuer = "" }, nil, "issuer"},
			{"no customer", func(_ *front, x *claiming) { x.customer = "" }, nil, "customer"},
			{"a long customer", func(_ *front, x *claiming) { x.customer = long }, nil, "customer"},
			{"who acts is long", func(_ *front, x *claiming) { x.by = long }, nil, "by"},
			{"no code", use(""), nil, "code"},
			{"a long code", use(long), nil, "code"},
			{"for a customer whom nobody knows", func(h *front, x *claiming) {
				h.Customers = customersFunc(func(id order.CustomerID) (payment.Customer, error) {
					if c, ok := h.known[id]; ok && id != "c-8" {
						return c, nil
					}
					return payment.Customer{}, errHost
				})
			}, errHost, ""},
		}, []broken[claiming]{
			{"another issuer", func(_ *front, x *claiming) { x.issuer = "c-7" }, order.ErrNotFound, "code"},
			{"a code in small letters", use("open"), order.ErrNotFound, "code"},
			{"a code that is used up", use("NONE"), coupon.ErrState, ""},
			{"a code that has ended", use("OVER"), coupon.ErrState, ""},
			{"a code that has not begun", use("SOON"), coupon.ErrState, ""},
		})...)
}
