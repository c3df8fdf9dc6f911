package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

var (
	year0    = time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC)
	year9999 = time.Date(9999, 6, 1, 0, 0, 0, 0, time.UTC)
)

func badPlacings(t *testing.T) []badRow {
	type placing = desk.PlaceRequest
	of := func(do func(d *order.Draft)) func(*front, *placing) {
		return func(_ *front, p *placing) { do(&p.Drafts[0]) }
	}
	lines := func(do func(l *order.Line)) func(*front, *placing) {
		return of(func(d *order.Draft) { do(&d.Lines[0]) })
	}
	// both makes a purchase of it.
	both := func(do func(p *placing)) func(*front, *placing) {
		return func(_ *front, p *placing) {
			p.Purchase = "new"
			p.Drafts = append(p.Drafts, draft("N2", line("ECS", 1000)))
			do(p)
		}
	}
	picks := func(list ...payment.Pick) func(*front, *placing) {
		return func(_ *front, p *placing) { p.Discounts = list }
	}
	return breaking(t, "Place", func(*front) placing {
		return placing{Customer: "c-7", By: "ann", Drafts: []order.Draft{draft("N1", line("ECS", 1000))}}
	}, func(h *front, p placing) error { return second(h.Place(h.ctx, p)) }, []broken[placing]{
		{"no customer", func(_ *front, p *placing) { p.Customer = "" }, nil, "customer"},
		{"a long customer", func(_ *front, p *placing) { p.Customer = long }, nil, "customer"},
		{"a customer that does not print", func(_ *front, p *placing) { p.Customer = "c\x00" }, nil, "customer"},
		{"a customer that is no UTF-8", func(_ *front, p *placing) { p.Customer = "c\xff" }, nil, "customer"},
		{"nobody acts", func(_ *front, p *placing) { p.By = "" }, nil, "by"},
		{"who acts is long", func(_ *front, p *placing) { p.By = long }, nil, "by"},
		{"who acts does not print", func(_ *front, p *placing) { p.By = "a\tb" }, nil, "by"},
		{"nothing", func(_ *front, p *placing) { p.Drafts = nil }, nil, "drafts"},
		{"two, and no purchase", both(func(p *placing) { p.Purchase = "" }), nil, "purchase"},
		{"a long purchase", both(func(p *placing) { p.Purchase = long }), nil, "purchase"},
		{"a purchase that does not print", both(func(p *placing) { p.Purchase = "p\n" }), nil, "purchase"},
		{"31 orders", both(func(p *placing) {
			p.Drafts = nil
			for i := range 31 {
				p.Drafts = append(p.Drafts, draft(order.ID(fmt.Sprint("N", i)), line("ECS", 1000)))
			}
		}), order.ErrTooMany, "drafts"},
		{"an order twice", both(func(p *placing) { p.Drafts[1].ID = "N1" }), nil, "drafts[1].id"},
		{"two currencies", both(func(p *placing) { p.Drafts[1].Lines[0].Amount = order.Minor(5, order.EUR) }), order.ErrCurrency, ""},
		{"more than 18 digits in a purchase", both(func(p *placing) {
			p.Drafts[0].Lines[0].Amount, p.Drafts[1].Lines[0].Amount = usd(6e17), usd(6e17)
			p.Drafts[1].Lines = append(p.Drafts[1].Lines, p.Drafts[1].Lines[0])
		}), order.ErrOverflow, "drafts[1].lines"},
		{"of another customer", of(func(d *order.Draft) { d.Customer = "c-8" }), nil, "drafts[0].customer"},
		{"of two customers", both(func(p *placing) { p.Drafts[1].Customer = "c-8" }), nil, "drafts[1].customer"},
		{"an order without ID", of(func(d *order.Draft) { d.ID = "" }), nil, "drafts[0].id"},
		{"an order with a long ID", of(func(d *order.Draft) { d.ID = long }), nil, "drafts[0].id"},
		{"an order with an ID that does not print", of(func(d *order.Draft) { d.ID = "N\u200b" }), nil, "drafts[0].id"},
		{"a long user", of(func(d *order.Draft) { d.User = long }), nil, "drafts[0].user"},
		{"a project that does not print", of(func(d *order.Draft) { d.Project = "p\x7f" }), nil, "drafts[0].project"},
		{"no type", of(func(d *order.Draft) { d.Type = "" }), nil, "drafts[0].type"},
		{"an unknown type", of(func(d *order.Draft) { d.Type = "Purchase" }), nil, "drafts[0].type"},
		{"a renewal", of(func(d *order.Draft) { d.Type = order.TypeRenewal }), nil, "drafts[0].type"},
		{"an unsubscription", of(func(d *order.Draft) { d.Type = order.TypeUnsubscribe }), nil, "drafts[0].type"},
		{"a downgrade", of(func(d *order.Draft) { d.Type = order.TypeDowngrade }), nil, "drafts[0].type"},
		{"a trial that costs", of(func(d *order.Draft) { d.Type = order.TypeTrial }), nil, "drafts[0].lines[0].amount"},
		{"a trial to be confirmed", of(func(d *order.Draft) { d.Type, d.Confirm, d.Lines[0].Amount = order.TypeTrial, true, usd(0) }), nil, "drafts[0].confirm"},
		{"no lines", of(func(d *order.Draft) { d.Lines = nil }), nil, "drafts[0].lines"},
		{"of third parties alone", lines(func(l *order.Line) { l.Seller = "other" }), nil, "drafts[0].lines"},
		{"no product", lines(func(l *order.Line) { l.Product = "" }), nil, "drafts[0].lines[0].product"},
		{"a long product", lines(func(l *order.Line) { l.Product = long }), nil, "drafts[0].lines[0].product"},
		{"a long service", lines(func(l *order.Line) { l.Service = long }), nil, "drafts[0].lines[0].service"},
		{"a region that does not print", lines(func(l *order.Line) { l.Region = "\x1b[2J" }), nil, "drafts[0].lines[0].region"},
		{"a long seller", lines(func(l *order.Line) { l.Seller = long }), nil, "drafts[0].lines[0].seller"},
		{"a configuration of 1,025 characters", lines(func(l *order.Line) { l.Configuration = strings.Repeat("x", 1025) }), nil, "drafts[0].lines[0].configuration"},
		{"none of it", lines(func(l *order.Line) { l.Count = 0 }), nil, "drafts[0].lines[0].count"},
		{"less than none of it", lines(func(l *order.Line) { l.Count = -1 }), nil, "drafts[0].lines[0].count"},
		{"for no time", lines(func(l *order.Line) { l.Term.N = 0 }), nil, "drafts[0].lines[0].term.n"},
		{"for ever", lines(func(l *order.Line) { l.Term.N = 1 << 31 }), nil, "drafts[0].lines[0].term.n"},
		{"for decades", lines(func(l *order.Line) { l.Term.Unit = "decade" }), nil, "drafts[0].lines[0].term.unit"},
		{"priced by the fortnight", lines(func(l *order.Line) { l.Per = "fortnight" }), nil, "drafts[0].lines[0].per"},
		{"no charge type", lines(func(l *order.Line) { l.Charge = "" }), nil, "drafts[0].lines[0].charge"},
		{"an unknown charge type", lines(func(l *order.Line) { l.Charge = "rent" }), nil, "drafts[0].lines[0].charge"},
		{"by use, and prepaid", lines(func(l *order.Line) { l.Charge = order.ChargePayPerUse }), nil, "drafts[0].lines[0].amount"},
		{"no amount", lines(func(l *order.Line) { l.Amount = order.Money{} }), nil, "drafts[0].lines[0].amount"},
		{"less than nothing", lines(func(l *order.Line) { l.Amount = usd(-1) }), nil, "drafts[0].lines[0].amount"},
		{"19 digits", lines(func(l *order.Line) { l.Amount = usd(1e18) }), order.ErrOverflow, "drafts[0].lines[0].amount"},
		{"an amount of no currency", lines(func(l *order.Line) { l.Amount = order.Minor(5, 0) }), order.ErrCurrency, "drafts[0].lines[0].amount"},
		{"lines in two currencies", of(func(d *order.Draft) {
			d.Lines = append(d.Lines, d.Lines[0])
			d.Lines[1].Amount = order.Minor(5, order.EUR)
		}), order.ErrCurrency, "drafts[0].lines[1].amount"},
		{"lines of more than 18 digits", of(func(d *order.Draft) {
			d.Lines[0].Amount = usd(6e17)
			d.Lines = append(d.Lines, d.Lines[0])
		}), order.ErrOverflow, "drafts[0].lines"},
		{"more tax than amount", lines(func(l *order.Line) { l.Tax = usd(1001) }), nil, "drafts[0].lines[0].tax"},
		{"tax below zero", lines(func(l *order.Line) { l.Tax = usd(-1) }), nil, "drafts[0].lines[0].tax"},
		{"tax in another currency", lines(func(l *order.Line) { l.Tax = order.Minor(1, order.EUR) }), order.ErrCurrency, "drafts[0].lines[0].tax"},
		{"reduced by the customer", lines(func(l *order.Line) { l.Off = usd(999) }), nil, "drafts[0].lines[0].off"},
		{"a share set by the customer", lines(func(l *order.Line) { l.Ratio = order.Percent(1) }), nil, "drafts[0].lines[0].off"},
		{"a resource with a long ID", lines(func(l *order.Line) { l.Resource = long }), nil, "drafts[0].lines[0].resource"},
		{"one resource in two orders", both(func(p *placing) {
			p.Drafts[0].Lines[0].Resource, p.Drafts[1].Lines[0].Resource = "R1", "R1"
		}), order.ErrResourceTaken, ""},
		{"a discount with a long ID", picks(payment.Pick{Order: "N1", Discount: long}), payment.ReasonBadRequest, "discounts[0].discount"},
		{"a discount for another order", picks(payment.Pick{Order: "U1", Best: true}), payment.ReasonBadRequest, "discounts[0].order"},
		{"two discounts", picks(payment.Pick{Order: "N1", Best: true}, payment.Pick{Order: "N1", Discount: "deal"}), payment.ReasonBadRequest, "discounts[1].order"},
	}, []broken[placing]{
		{"there already, otherwise", of(func(d *order.Draft) { d.ID = "U1" }), payment.ReasonKey, ""},
		{"there already, in a purchase", of(func(d *order.Draft) { d.ID, d.Lines = "P1", []order.Line{line("ECS", 1000)} }), payment.ReasonKey, ""},
		{"there already, one of two", both(func(p *placing) { p.Purchase, p.Drafts[0].ID, p.Drafts[1].ID = "both", "P1", "P3" }), payment.ReasonKey, ""},
		{"a resource of nobody", lines(func(l *order.Line) { l.Resource = "NONE" }), nil, "drafts[0].lines[0].resource"},
		{"another customer's resource", lines(func(l *order.Line) { l.Resource = "R8" }), nil, "drafts[0].lines[0].resource"},
		{"a resource in another order", lines(func(l *order.Line) { l.Resource = "TAKEN" }), order.ErrResourceTaken, ""},
		{"a resource that is gone", lines(func(l *order.Line) { l.Resource = "LOST" }), renewal.ErrState, ""},
		{"a discount of nobody", picks(payment.Pick{Order: "N1", Discount: "none"}), payment.ReasonDiscount, ""},
		{"a discount coupon that is held", picks(payment.Pick{Order: "N1", Discount: "OFF2"}), payment.ReasonDiscount, ""},
		{"a discount coupon that has ended", picks(payment.Pick{Order: "N1", Discount: "OFF3"}), payment.ReasonDiscount, ""},
		{"a coupon that is no discount", picks(payment.Pick{Order: "N1", Discount: "FLEXI"}), payment.ReasonDiscount, ""},
		{"one discount coupon for two", both(func(p *placing) {
			p.Discounts = []payment.Pick{{Order: "N1", Discount: "OFF"}, {Order: "N2", Discount: "OFF"}}
		}), payment.ReasonDiscount, ""},
		{"nobody says what discounts there are", func(h *front, p *placing) {
			h.Offers, p.Discounts = mute{}, []payment.Pick{{Order: "N1", Best: true}}
		}, errHost, ""},
		{"a discount that is none", func(h *front, p *placing) {
			h.Offers, p.Discounts = offers{{ID: "odd", Kind: discount.KindCommercial}}, []payment.Pick{{Order: "N1", Discount: "odd"}}
		}, nil, "facts.discounts[0].ratio"},
	})
}

func badBuys(t *testing.T) []badRow {
	type buying = desk.BuyRequest
	of := func(do func(q *buying)) func(*front, *buying) {
		return func(_ *front, q *buying) { do(q) }
	}
	a := func(do func(l *order.Line)) func(*front, *buying) {
		return of(func(q *buying) { do(&q.Lines[1]) })
	}
	said := func(f payment.Findings) func(*front, *buying) {
		return func(h *front, _ *buying) { h.Checks = desk.Checks{house{Findings: f}} }
	}
	month := order.Term{N: 1, Unit: order.Month}
	return breaking(t, "Buy", func(*front) buying {
		return buying{ID: "NEW", Customer: "c-7", By: "ann", Lines: []order.Line{{Product: "ECS.large", Count: 1, Term: month}, {Product: "ECS.large", Count: 2, Term: month}}}
	}, func(h *front, q buying) error { return second(h.Buy(h.ctx, q)) }, []broken[buying]{
		{"no customer", of(func(q *buying) { q.Customer = "" }), nil, "customer"},
		{"who acts is long", of(func(q *buying) { q.By = long }), nil, "by"},
		{"no ID", of(func(q *buying) { q.ID = "" }), nil, "id"},
		{"a long project", of(func(q *buying) { q.Project = long }), nil, "project"},
		{"nothing", of(func(q *buying) { q.Lines = nil }), nil, "lines"},
		{"a price", a(func(l *order.Line) { l.Amount = usd(1) }), nil, "lines[1].amount"},
		{"a price of nothing", a(func(l *order.Line) { l.Amount = usd(0) }), nil, "lines[1].amount"},
		{"a unit price", a(func(l *order.Line) { l.UnitPrice = order.Percent(1) }), nil, "lines[1].unitPrice"},
		{"a price by the hour", a(func(l *order.Line) { l.Per = order.Hour }), nil, "lines[1].per"},
		{"tax", a(func(l *order.Line) { l.Tax = usd(1) }), nil, "lines[1].tax"},
		{"something off", a(func(l *order.Line) { l.Off = usd(1) }), nil, "lines[1].off"},
		{"a ratio", a(func(l *order.Line) { l.Ratio = order.Percent(1) }), nil, "lines[1].ratio"},
		{"a resource that is there", a(func(l *order.Line) { l.Resource = "R1" }), nil, "lines[1].resource"},
		{"of a third party", a(func(l *order.Line) { l.Seller = "them" }), nil, "lines[1].seller"},
		{"reserved", a(func(l *order.Line) { l.Reserved = true }), nil, "lines[1].reserved"},
		{"by use", a(func(l *order.Line) { l.Charge = order.ChargePayPerUse }), nil, "lines[1].charge"},
		{"none of it", a(func(l *order.Line) { l.Count = 0 }), nil, "lines[1].count"},
		{"for an hour", a(func(l *order.Line) { l.Term.Unit = order.Hour }), nil, "lines[1].term"},
		{"for no time", a(func(l *order.Line) { l.Term = order.Term{} }), nil, "lines[1].term"},
		{"no product", a(func(l *order.Line) { l.Product = "" }), nil, "lines[1].product"},
	}, []broken[buying]{
		{"a long configuration", a(func(l *order.Line) { l.Configuration = strings.Repeat("x", 1025) }), nil, "lines[1].configuration"},
		{"what is not sold", func(h *front, _ *buying) {
			h.Prices = priced(func(r renewal.Resource, t renewal.Term) (order.Money, error) {
				if r.Count > 1 {
					return order.Money{}, renewal.ErrNoPrice
				}
				return listed(r, t)
			})
		}, renewal.ErrNoPrice, "lines[1]"},
		{"more than have a price", func(h *front, q *buying) {
			h.Prices = priced(func(r renewal.Resource, t renewal.Term) (order.Money, error) { return usd(1200).Times(t.N, r.Count) })
			q.Lines[1].Count = 1<<60 + 1
		}, order.ErrOverflow, "lines[1]"},
		{"a price list that fails", func(h *front, _ *buying) {
			h.Prices = priced(func(renewal.Resource, renewal.Term) (order.Money, error) { return order.Money{}, errHost })
		}, errHost, ""},
		{"no price list", func(h *front, _ *buying) { h.Prices = nil }, payment.ErrHost, "desk"},
		{"an ID that is used", of(func(q *buying) { q.ID = "U1" }), payment.ReasonKey, ""},
		{"who acts may not", said(payment.Findings{Denied: "ann has left"}), payment.ReasonDenied, ""},
		{"a frozen account", said(payment.Findings{Frozen: "owes 90.00"}), payment.ReasonFrozen, ""},
	})
}

func badPicks(t *testing.T) []badRow {
	type choosing struct {
		customer order.CustomerID
		by       string
		payment.Pick
	}
	to := func(id order.ID) func(*front, *choosing) {
		return func(_ *front, x *choosing) { x.Order = id }
	}
	return breaking(t, "ChooseDiscount", func(*front) choosing {
		return choosing{"c-7", "ann", payment.Pick{Order: "U1", Discount: "deal"}}
	}, func(h *front, x choosing) error {
		return second(h.ChooseDiscount(h.ctx, desk.DiscountRequest{Customer: x.customer, By: x.by, Pick: x.Pick}))
	}, []broken[choosing]{
		{"a long customer", func(_ *front, x *choosing) { x.customer = long }, nil, "customer"},
		{"who acts does not print", func(_ *front, x *choosing) { x.by = "\x00" }, nil, "by"},
		{"no order", to(""), nil, "pick.order"},
		{"a long order", to(long), nil, "pick.order"},
		{"the best and one named", func(_ *front, x *choosing) { x.Best = true }, payment.ReasonBadRequest, "pick.best"},
		{"a long discount", func(_ *front, x *choosing) { x.Discount = long }, payment.ReasonBadRequest, "pick.discount"},
	}, []broken[choosing]{
		{"nobody's order", to("NONE"), payment.ReasonNoOrder, ""},
		{"another customer's order", to("O8"), payment.ReasonNoOrder, ""},
		{"an order that is paid", to("B1"), order.ErrState, ""},
		{"an order that is being paid", to("W1"), order.ErrPaymentInProgress, ""},
		{"an order that is canceled", to("X1"), order.ErrState, ""},
		{"an order past its deadline", to("LATE"), order.ErrPastDeadline, ""},
		{"a discount of nobody", func(_ *front, x *choosing) { x.Discount = "none" }, payment.ReasonDiscount, ""},
		{"another customer's coupon", func(_ *front, x *choosing) { x.Discount = "THEIRS" }, payment.ReasonDiscount, ""},
		{"a discount that has ended", func(h *front, _ *choosing) {
			h.Offers = offers{{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(90), Window: order.Window{Until: h.clock.Now().Add(-time.Hour)}}}
		}, payment.ReasonDiscount, ""},
		{"a discount that covers nothing of it", func(h *front, _ *choosing) {
			h.Offers = offers{{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(90), Scope: discount.Scope{Services: []string{"RDS"}}}}
		}, payment.ReasonDiscount, ""},
		{"a discount in another currency", func(h *front, _ *choosing) {
			h.Offers = offers{{ID: "deal", Kind: discount.KindCommercial, Off: order.Minor(5, order.EUR)}}
		}, payment.ReasonDiscount, ""},
	})
}

func badProvisions(t *testing.T) []badRow {
	type providing = desk.ProvideRequest
	ids := func(list ...order.ResourceID) func(*front, *providing) {
		return func(_ *front, p *providing) { p.Resources = list }
	}
	return breaking(t, "Provide", func(*front) providing {
		return providing{Customer: "c-7", By: "ann", Order: "M1", Resources: []order.ResourceID{"NEW"}}
	}, func(h *front, p providing) error { return second(h.Provide(h.ctx, p)) }, []broken[providing]{
		{"no customer", func(_ *front, p *providing) { p.Customer = "" }, nil, "customer"},
		{"nobody acts", func(_ *front, p *providing) { p.By = "" }, nil, "by"},
		{"no order", func(_ *front, p *providing) { p.Order = "" }, nil, "order"},
		{"nothing", ids(), nil, "resources"},
		{"a resource without ID", ids(""), nil, "resources[0]"},
		{"a resource twice", ids("NEW", "NEW"), nil, "resources[1]"},
		{"from the year 9999", func(_ *front, p *providing) { p.Start = year9999 }, nil, "start"},
	}, []broken[providing]{
		{"another customer's order", func(_ *front, p *providing) { p.Order = "O8" }, payment.ReasonNoOrder, ""},
		{"what is not paid", func(_ *front, p *providing) { p.Order = "U1" }, order.ErrState, ""},
		{"more resources than lines", ids("NEW", "NEW2"), nil, "resources[1]"},
		{"a resource that is there", ids("R1"), nil, "resources[0]"},
		{"completed with another", func(_ *front, p *providing) { p.Order = "B1" }, payment.ReasonState, ""},
	})
}

func badMoves(t *testing.T) []badRow {
	type moving = desk.MoveRequest
	to := func(id order.ID, e order.Event, why order.Reason) func(*front, *moving) {
		return func(_ *front, m *moving) { m.Order, m.Event, m.Reason = id, e, why }
	}
	provides := func(do func(r *renewal.Resource)) func(*front, *moving) {
		return func(_ *front, m *moving) {
			r := machine("NEW", "2026-11-10 12:00:00", "2026-12-10 23:59:59")
			do(&r)
			m.Order, m.Event, m.Resources = "M1", order.EventComplete, []renewal.Resource{r}
		}
	}
	return breaking(t, "Move", func(*front) moving {
		return moving{Customer: "c-7", By: "ann", Order: "REVIEW", Event: order.EventApprove}
	}, func(h *front, m moving) error { return second(h.Move(h.ctx, m)) }, []broken[moving]{
		{"no customer", func(_ *front, m *moving) { m.Customer = "" }, nil, "customer"},
		{"who acts does not print", func(_ *front, m *moving) { m.By = "\r" }, nil, "by"},
		{"no order", to("", order.EventApprove, ""), nil, "order"},
		{"a long order", to(long, order.EventApprove, ""), nil, "order"},
		{"no event", to("REVIEW", "", ""), nil, "event"},
		{"an unknown event", to("REVIEW", "Approve", ""), nil, "event"},
		{"to settle by name", to("W1", order.EventSettle, ""), nil, "event"},
		{"to hold by name", to("U1", order.EventHold, ""), nil, "event"},
		{"to release by name", to("W1", order.EventRelease, ""), nil, "event"},
		{"to refund by name", to("G1", order.EventRefund, ""), nil, "event"},
		{"to expire by name", to("LATE", order.EventExpire, ""), nil, "event"},
		{"to place by name", to("U1", order.EventPlace, ""), nil, "event"},
		{"a customer's cause", to("U1", order.EventCancel, order.ReasonCustomer), nil, "event"},
		{"a cause that is none", to("U1", order.EventCancel, "rain"), nil, "reason"},
		{"canceled for no reason", to("U1", order.EventCancel, ""), nil, "reason"},
		{"resources, and not completed", func(_ *front, m *moving) {
			m.Resources = []renewal.Resource{machine("NEW", "2026-11-10 12:00:00", "2026-12-10 23:59:59")}
		}, nil, "resources"},
		{"another customer's resource", provides(func(r *renewal.Resource) { r.Customer = "c-8" }), nil, "resources[0].customer"},
		{"a resource without ID", provides(func(r *renewal.Resource) { r.ID = "" }), nil, "resources[0].id"},
	}, []broken[moving]{
		{"another customer's order", to("O8", order.EventApprove, ""), payment.ReasonNoOrder, ""},
		{"to approve what waits for nothing", to("CONFIRM", order.EventApprove, ""), order.ErrState, ""},
		{"to complete what is not paid", to("U1", order.EventComplete, ""), order.ErrState, ""},
		{"to fail what is completed", to("B1", order.EventFail, ""), order.ErrState, ""},
		{"to confirm past its deadline", to("LATE", order.EventConfirm, ""), order.ErrPastDeadline, ""},
		{"to withdraw a purchase", to("B1", order.EventWithdraw, ""), order.ErrState, ""},
		{"to cancel what is paid", to("M1", order.EventCancel, order.ReasonContractEnded), order.ErrState, ""},
		{"to reject what is paid", to("M1", order.EventReject, ""), order.ErrState, ""},
		{"more resources than lines", func(_ *front, m *moving) {
			m.Order, m.Event = "M1", order.EventComplete
			m.Resources = []renewal.Resource{machine("NEW", "2026-11-10 12:00:00", "2026-12-10 23:59:59"), machine("NEW2", "2026-11-10 12:00:00", "2026-12-10 23:59:59")}
		}, nil, "resources"},
		{"a resource in an order", provides(func(r *renewal.Resource) { r.Order = "U1" }), nil, "resources[0].order"},
		{"a resource with a version", provides(func(r *renewal.Resource) { r.Version = 1 }), nil, "resources[0].version"},
		{"a resource that is there", provides(func(r *renewal.Resource) { r.ID = "R1" }), nil, "resources[0].id"},
		{"a resource that ends before it begins", provides(func(r *renewal.Resource) { r.Expiry = r.Start.Add(-time.Hour) }), nil, "resources[0].expiry"},
		{"a resource that never begins", provides(func(r *renewal.Resource) { r.Start = time.Time{} }), nil, "resources[0].start"},
		{"a resource of no mode", provides(func(r *renewal.Resource) { r.Mode = "" }), nil, "resources[0].mode"},
	})
}

func badCancels(t *testing.T) []badRow {
	type canceling struct {
		customer order.CustomerID
		by       string
		ids      []order.ID
	}
	of := func(ids ...order.ID) func(*front, *canceling) {
		return func(_ *front, x *canceling) { x.ids = ids }
	}
	return breaking(t, "CancelOrders", func(*front) canceling { return canceling{"c-7", "ann", []order.ID{"U1", "U2"}} },
		func(h *front, x canceling) error {
			_, refused, err := h.CancelOrders(h.ctx, desk.CancelRequest{Customer: x.customer, By: x.by, Orders: x.ids})
			if err == nil && len(refused) > 0 {
				return refused[0].Err
			}
			return err
		}, []broken[canceling]{
			{"a customer that does not print", func(_ *front, x *canceling) { x.customer = "c\x01" }, nil, "customer"},
			{"who acts is long", func(_ *front, x *canceling) { x.by = long }, nil, "by"},
			{"nothing", of(), nil, "orders"},
			{"one twice", of("U1", "U1"), nil, "orders[1]"},
			{"one without ID", of(""), nil, "orders[0]"},
			{"one with a long ID", of("U1", long), nil, "orders[1]"},
			{"31 of them", func(_ *front, x *canceling) {
				for len(x.ids) < 31 {
					x.ids = append(x.ids, order.ID(fmt.Sprint("N", len(x.ids))))
				}
			}, order.ErrTooMany, "orders"},
		}, []broken[canceling]{
			{"nobody's order", of("NONE"), payment.ReasonNoOrder, ""},
			{"another customer's order", of("O8"), payment.ReasonNoOrder, ""},
			{"part of a purchase", of("P1"), order.ErrMember, ""},
			{"one that is paid", of("M1"), order.ErrState, ""},
			{"one that is being paid", of("W1"), order.ErrPaymentInProgress, ""},
			{"one that is completed", of("B1"), order.ErrState, ""},
			{"from a state that the policy does not name", func(h *front, x *canceling) {
				c := h.known["c-7"]
				c.Policy.Order.CancelFrom = []order.State{order.StateUnpaid}
				h.known["c-7"], x.ids = c, []order.ID{"REVIEW"}
			}, order.ErrState, ""},
		})
}
