package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

func badLeavings(t *testing.T) []badRow {
	type leaving = desk.UnsubscribeRequest
	of := func(do func(l *leaving)) func(*front, *leaving) {
		return func(_ *front, l *leaving) { do(l) }
	}
	from := func(id order.ResourceID) func(*front, *leaving) { return of(func(l *leaving) { l.Resource = id }) }
	said := func(f house) func(*front, *leaving) {
		return func(h *front, _ *leaving) { h.Checks = desk.Checks{f} }
	}
	sound := func(*front) leaving { return leaving{Customer: "c-7", By: "ann", ID: "L1", Resource: "R1"} }
	rows := breaking(t, "QuoteUnsubscribe", sound, func(h *front, l leaving) error { return second(h.QuoteUnsubscribe(h.ctx, l)) }, []broken[leaving]{
		{"no customer", of(func(l *leaving) { l.Customer = "" }), nil, "customer"},
		{"a long ID", of(func(l *leaving) { l.ID = long }), nil, "id"},
		{"no resource", from(""), nil, "resource"},
	}, []broken[leaving]{
		{"another customer's resource", from("R8"), nil, "resource"},
		{"what was not paid for here", from("SPENT"), renewal.ErrKept, ""},
		{"the account is frozen", said(house{Findings: payment.Findings{Frozen: "by a court"}}), payment.ReasonFrozen, ""},
		{"who acts may not", said(house{Findings: payment.Findings{Denied: "ann has left"}}), payment.ReasonDenied, ""},
	})
	return append(rows, breaking(t, "Unsubscribe", sound, func(h *front, l leaving) error { return second(h.Unsubscribe(h.ctx, l)) }, []broken[leaving]{
		{"a long customer", of(func(l *leaving) { l.Customer = long }), nil, "customer"},
		{"who acts is long", of(func(l *leaving) { l.By = long }), nil, "by"},
		{"a long ID", of(func(l *leaving) { l.ID = long }), nil, "id"},
		{"an ID that does not print", of(func(l *leaving) { l.ID = "\x1f" }), nil, "id"},
		{"a long resource", from(long), nil, "resource"},
		{"a long renewal", of(func(l *leaving) { l.Renewal = long }), nil, "renewal"},
		{"a renewal at the expiry", of(func(l *leaving) { l.Renewal, l.AtExpiry = "B2", true }), nil, "renewal"},
		{"a long ID that is not needed", of(func(l *leaving) { l.ID, l.AtExpiry = long, true }), nil, "id"},
	}, []broken[leaving]{
		{"an ID of another order", of(func(l *leaving) { l.ID = "U1" }), payment.ReasonKey, ""},
		{"nobody's resource", from("NONE"), nil, "resource"},
		{"another customer's resource", from("R8"), nil, "resource"},
		{"a renewal that it never had", of(func(l *leaving) { l.Renewal = "B2" }), nil, "resource"},
		{"a period that has begun", of(func(l *leaving) { l.Renewal = "B1" }), renewal.ErrState, ""},
		{"what is bound", from("BOUND"), renewal.ErrKept, ""},
		{"what is paid by use", from("BYUSE"), renewal.ErrKept, ""},
		{"what is gone", from("LOST"), renewal.ErrKept, ""},
		{"what has expired", from("SPENT"), renewal.ErrKept, ""},
		{"what is in another order", from("TAKEN"), order.ErrResourceTaken, ""},
		{"what was not paid for here", from("OLD"), nil, "resource"},
		{"a check that cannot be made", said(house{err: errHost}), errHost, ""},
	})...)
}

func badChanges(t *testing.T) []badRow {
	type changing = desk.ChangeRequest
	of := func(do func(q *changing)) func(*front, *changing) {
		return func(_ *front, q *changing) { do(q) }
	}
	priced1 := func(m order.Money, err error) func(*front, *changing) {
		return func(h *front, _ *changing) {
			h.Prices = priced(func(renewal.Resource, renewal.Term) (order.Money, error) { return m, err })
		}
	}
	said := func(f payment.Findings) func(*front, *changing) {
		return func(h *front, _ *changing) { h.Checks = desk.Checks{house{Findings: f}} }
	}
	sound := func(*front) changing { return changing{ID: "CH", Customer: "c-7", By: "ann", Resource: "R1", Count: 2} }
	unread := []broken[changing]{
		{"no customer", of(func(q *changing) { q.Customer = "" }), nil, "customer"},
		{"a long customer", of(func(q *changing) { q.Customer = long }), nil, "customer"},
		{"who acts is long", of(func(q *changing) { q.By = long }), nil, "by"},
		{"a long ID", of(func(q *changing) { q.ID = long }), nil, "id"},
		{"no resource", of(func(q *changing) { q.Resource = "" }), nil, "resource"},
		{"a long product", of(func(q *changing) { q.Product = long }), nil, "product"},
		{"fewer than none", of(func(q *changing) { q.Count = -1 }), nil, "count"},
		{"nothing that changes", of(func(q *changing) { q.Count = 0 }), nil, "product"},
		{"less than nothing agreed to", of(func(q *changing) { q.Due = usd(-1) }), nil, "due"},
		{"19 digits agreed to", of(func(q *changing) { q.Back = usd(1e18) }), order.ErrOverflow, "back"},
	}
	found := []broken[changing]{
		{"another customer's resource", of(func(q *changing) { q.Resource = "R8" }), nil, "resource"},
		{"what it is already", of(func(q *changing) { q.Count = 1 }), nil, "count"},
		{"a product that is not sold", func(h *front, q *changing) {
			q.Product = "gold"
			priced1(order.Money{}, renewal.ErrNoPrice)(h, q)
		}, renewal.ErrNoPrice, "product"},
		{"a price list that fails", priced1(order.Money{}, errHost), errHost, ""},
		{"a price in another currency than was paid", priced1(order.Minor(100, order.EUR), nil), payment.ErrHost, ""},
		{"less agreed to than is to be paid", func(h *front, q *changing) {
			h.Prices = priced(func(r renewal.Resource, t renewal.Term) (order.Money, error) { return usd(1000).Times(r.Count, t.N) })
			q.Due = usd(0)
		}, payment.ReasonCost, ""},
		{"who acts may not", said(payment.Findings{Denied: "ann has left"}), payment.ReasonDenied, ""},
		{"a frozen account", said(payment.Findings{Frozen: "by a court"}), payment.ReasonFrozen, ""},
		{"another reason of the house", said(payment.Findings{Other: payment.ReasonDailyLimit, OtherText: "10 a day"}), payment.ReasonDailyLimit, ""},
	}
	rows := breaking(t, "QuoteChange", sound, func(h *front, q changing) error { return second(h.QuoteChange(h.ctx, q)) }, unread, found)
	return append(rows, breaking(t, "Change", sound, func(h *front, q changing) error { return second(h.Change(h.ctx, q)) },
		append(unread, broken[changing]{"no ID", of(func(q *changing) { q.ID = "" }), nil, "id"}), found)...)
}

func badRenewings(t *testing.T) []badRow {
	type renewing = desk.RenewRequest
	of := func(do func(r *renewing)) func(*front, *renewing) {
		return func(_ *front, r *renewing) { do(r) }
	}
	those := func(ids ...order.ResourceID) func(*front, *renewing) {
		return of(func(r *renewing) { r.Resources = ids })
	}
	said := func(f house) func(*front, *renewing) {
		return func(h *front, _ *renewing) { h.Checks = desk.Checks{f} }
	}
	priced1 := func(m order.Money) func(*front, *renewing) {
		return func(h *front, _ *renewing) {
			h.Prices = priced(func(renewal.Resource, renewal.Term) (order.Money, error) { return m, nil })
		}
	}
	return breaking(t, "Renew", func(*front) renewing {
		return renewing{Customer: "c-7", By: "ann", ID: "new", Resources: []order.ResourceID{"R1"}, Term: month(1)}
	}, func(h *front, r renewing) error { return second(h.Renew(h.ctx, r)) }, []broken[renewing]{
		{"no customer", of(func(r *renewing) { r.Customer = "" }), nil, "customer"},
		{"who acts is long", of(func(r *renewing) { r.By = long }), nil, "by"},
		{"no ID", of(func(r *renewing) { r.ID = "" }), nil, "id"},
		{"a long ID", of(func(r *renewing) { r.ID = long }), nil, "id"},
		{"an ID that does not print", of(func(r *renewing) { r.ID = "a\x00" }), nil, "id"},
		{"nothing", those(), nil, "resources"},
		{"a long resource", those("R1", long), nil, "resources[1]"},
		{"a resource twice", those("R1", "R1"), nil, "resources[1]"},
		{"31 resources", func(_ *front, r *renewing) {
			r.Resources = nil
			for i := range 31 {
				r.Resources = append(r.Resources, order.ResourceID(fmt.Sprint("N", i)))
			}
		}, order.ErrTooMany, "resources"},
		{"for no time", of(func(r *renewing) { r.Term = renewal.Term{} }), nil, "term"},
		{"for less than no time", of(func(r *renewing) { r.Term = month(-1) }), nil, "term"},
		{"for an hour", of(func(r *renewing) { r.Term = renewal.Term{N: 1, Unit: order.Hour} }), nil, "term"},
		{"to the 32nd", of(func(r *renewing) { r.Day = 32 }), nil, "day"},
		{"to a day before the last", of(func(r *renewing) { r.Day = -2 }), nil, "day"},
	}, []broken[renewing]{
		// What a policy has no more, a renewal that was placed may have had.
		{"for 12 months", of(func(r *renewing) { r.Term = month(12) }), nil, "term"},
		{"for a day", of(func(r *renewing) { r.Term = renewal.Term{N: 1, Unit: renewal.Day} }), nil, "term"},
		{"to the 29th", of(func(r *renewing) { r.Day = 29 }), nil, "day"},
		{"for 4 years", of(func(r *renewing) { r.Term = renewal.Term{N: 4, Unit: renewal.Year} }), nil, "term"},
		{"nobody's resource", those("NONE"), nil, "resources[0]"},
		{"another customer's resource", those("R8"), nil, "resources[0]"},
		{"the account is frozen", said(house{Findings: payment.Findings{Frozen: "by a court"}}), payment.ReasonFrozen, ""},
		{"who acts may not", said(house{Findings: payment.Findings{Denied: "ann has left"}}), payment.ReasonDenied, ""},
		{"a check that cannot be made", said(house{err: errHost}), errHost, ""},
		{"what is bound alone", those("BOUND"), renewal.ErrBound, ""},
		{"what is paid by use", those("BYUSE"), renewal.ErrMode, ""},
		{"what is no longer sold", those("OLD"), renewal.ErrMode, ""},
		{"what is gone", those("LOST"), renewal.ErrState, ""},
		{"what is in another order", those("TAKEN"), order.ErrResourceTaken, ""},
		{"no price list", func(h *front, _ *renewing) { h.Prices = nil }, nil, "desk"},
		{"nobody says the price", func(h *front, _ *renewing) {
			h.Prices = priced(func(renewal.Resource, renewal.Term) (order.Money, error) { return order.Money{}, errHost })
		}, errHost, ""},
		{"no price", priced1(order.Money{}), nil, "price"},
		{"a price below zero", priced1(usd(-1)), nil, "price"},
		{"a price of 19 digits", priced1(usd(1e18)), order.ErrOverflow, "price"},
	})
}

func badModes(t *testing.T) []badRow {
	type mode struct {
		customer order.CustomerID
		by       string
		id       order.ResourceID
		renewal.Mode
		renewal.Auto
	}
	of := func(do func(x *mode)) func(*front, *mode) {
		return func(_ *front, x *mode) { do(x) }
	}
	to := func(id order.ResourceID) func(*front, *mode) { return of(func(x *mode) { x.id = id }) }
	rows := breaking(t, "SetMode", func(*front) mode {
		return mode{"c-7", "ann", "R1", renewal.ModeAutomatic, renewal.Auto{Term: month(1)}}
	}, func(h *front, x mode) error {
		return second(h.SetMode(h.ctx, desk.ModeRequest{Customer: x.customer, By: x.by, Resource: x.id, Mode: x.Mode, Auto: x.Auto}))
	}, []broken[mode]{
		{"no customer", of(func(x *mode) { x.customer = "" }), nil, "customer"},
		{"who acts is long", of(func(x *mode) { x.by = long }), nil, "by"},
		{"no resource", to(""), nil, "resource"},
		{"a long resource", to(long), nil, "resource"},
		{"no mode", of(func(x *mode) { x.Mode, x.Auto = "", renewal.Auto{} }), nil, "mode"},
		{"an unknown mode", of(func(x *mode) { x.Mode, x.Auto = "automatic", renewal.Auto{} }), nil, "mode"},
		{"automatically for no time", of(func(x *mode) { x.Auto = renewal.Auto{} }), nil, "auto.term"},
		{"automatically for 12 months", of(func(x *mode) { x.Term = month(12) }), nil, "auto.term"},
		{"fewer than no times", of(func(x *mode) { x.Times = -1 }), nil, "auto.times"},
		{"by no method of ours", of(func(x *mode) { x.Method = "cheque" }), nil, "auto.method"},
		{"by a method that does not print", of(func(x *mode) { x.Method = "\x00" }), nil, "auto.method"},
		{"at a gateway, and by no method", of(func(x *mode) { x.Gateway = "g" }), nil, "auto.gateway"},
		{"at a gateway, and by the balance", of(func(x *mode) { x.Method, x.Gateway = "balance", "g" }), nil, "auto.gateway"},
		{"at a gateway that does not print", of(func(x *mode) { x.Method, x.Gateway = "online", "\x00" }), nil, "auto.gateway"},
		{"8 days later", of(func(x *mode) { x.Auto.Later = 8 }), nil, "auto.later"},
		{"by hand, and automatically", of(func(x *mode) { x.Mode = renewal.ModeNone }), nil, "auto"},
		{"where nothing is tried", func(h *front, _ *mode) {
			c := h.known["c-7"]
			c.Policy.Renewal.Attempts, c.Policy.Renewal.Schedule = renewal.Attempts{}, nil
			h.known["c-7"] = c
		}, renewal.ErrMode, ""},
	}, []broken[mode]{
		{"by an instrument that there is not", of(func(x *mode) { x.Method = "online" }), payment.ReasonMethod, ""},
		{"another customer's resource", to("R8"), nil, "resource"},
		{"what is bound", to("BOUND"), renewal.ErrBound, ""},
		{"what is paid by use", to("BYUSE"), renewal.ErrMode, ""},
		{"what is no longer sold", to("OLD"), renewal.ErrMode, ""},
		{"what is gone", to("LOST"), renewal.ErrState, ""},
		{"to pay-per-use after its expiry", of(func(x *mode) { x.id, x.Mode, x.Auto = "SPENT", renewal.ModePayPerUse, renewal.Auto{} }), renewal.ErrMode, ""},
	})
	return append(rows, breaking(t, "Release", func(*front) mode { return mode{customer: "c-7", by: "ann", id: "SPENT"} },
		func(h *front, x mode) error {
			return h.Release(h.ctx, desk.ReleaseRequest{Customer: x.customer, By: x.by, Resource: x.id})
		}, []broken[mode]{
			{"a long customer", of(func(x *mode) { x.customer = long }), nil, "customer"},
			{"who acts does not print", of(func(x *mode) { x.by = "\x00" }), nil, "by"},
			{"no resource", to(""), nil, "resource"},
		}, []broken[mode]{
			{"nobody's resource", to("NONE"), nil, "resource"},
			{"another customer's resource", to("R8"), nil, "resource"},
			{"what has not expired", to("R1"), renewal.ErrState, ""},
		})...)
}

func badResources(t *testing.T) []badRow {
	type adopting struct {
		by string
		renewal.Resource
	}
	of := func(do func(r *renewal.Resource)) func(*front, *adopting) {
		return func(_ *front, x *adopting) { do(&x.Resource) }
	}
	return breaking(t, "Adopt", func(*front) adopting {
		return adopting{"ann", machine("NEW", "2026-11-01 00:00:00", "2026-12-10 23:59:59")}
	}, func(h *front, x adopting) error {
		return h.Adopt(h.ctx, desk.AdoptRequest{By: x.by, Resource: x.Resource})
	}, []broken[adopting]{
		{"nobody acts", func(_ *front, x *adopting) { x.by = "" }, nil, "by"},
		{"no ID", of(func(r *renewal.Resource) { r.ID = "" }), nil, "resource.id"},
		{"a long ID", of(func(r *renewal.Resource) { r.ID = long }), nil, "resource.id"},
		{"an ID that does not print", of(func(r *renewal.Resource) { r.ID = "R\x00" }), nil, "resource.id"},
		{"nobody's", of(func(r *renewal.Resource) { r.Customer = "" }), nil, "resource.customer"},
		{"a long user", of(func(r *renewal.Resource) { r.User = long }), nil, "resource.user"},
		{"a long project", of(func(r *renewal.Resource) { r.Project = long }), nil, "resource.project"},
		{"no product", of(func(r *renewal.Resource) { r.Product = "" }), nil, "resource.product"},
		{"a long tier", of(func(r *renewal.Resource) { r.Tier = long }), nil, "resource.tier"},
		{"none of it", of(func(r *renewal.Resource) { r.Count = 0 }), nil, "resource.count"},
		{"no charge type", of(func(r *renewal.Resource) { r.Charge = "" }), nil, "resource.charge"},
		{"an unknown charge type", of(func(r *renewal.Resource) { r.Charge = "rent" }), nil, "resource.charge"},
		{"that never begins", of(func(r *renewal.Resource) { r.Start = time.Time{} }), nil, "resource.start"},
		{"from the year 0", of(func(r *renewal.Resource) { r.Start = year0 }), nil, "resource.start"},
		{"until the year 9999", of(func(r *renewal.Resource) { r.Expiry = year9999 }), nil, "resource.expiry"},
		{"that ends before it begins", of(func(r *renewal.Resource) { r.Start = clock("2027-01-01 00:00:00") }), nil, "resource.expiry"},
		{"from the 32nd on", of(func(r *renewal.Resource) { r.AnchorDay = 32 }), nil, "resource.anchorDay"},
		{"of no mode", of(func(r *renewal.Resource) { r.Mode = "" }), nil, "resource.mode"},
		{"automatic for no time", of(func(r *renewal.Resource) { r.Mode = renewal.ModeAutomatic }), nil, "resource.auto.term"},
		{"automatic by no method of ours", of(func(r *renewal.Resource) {
			r.Mode, r.Auto = renewal.ModeAutomatic, renewal.Auto{Term: month(1), Method: "cheque"}
		}), nil, "resource.auto.method"},
		{"no longer sold, and renewed", of(func(r *renewal.Resource) { r.Withdrawn = true }), nil, "resource.mode"},
		{"attached to nothing", of(func(r *renewal.Resource) { r.Attached = true }), nil, "resource.attached"},
		{"bound to itself", of(func(r *renewal.Resource) { r.Main = "NEW" }), nil, "resource.main"},
		{"in an order", of(func(r *renewal.Resource) { r.Order = "U1" }), nil, "resource.order"},
		{"asked for by no order", of(func(r *renewal.Resource) { r.Asked.Term = month(1) }), nil, "resource.asked"},
		{"being paid for no order", of(func(r *renewal.Resource) { r.Paying = true }), nil, "resource.paying"},
		{"released in the year 9999", of(func(r *renewal.Resource) { r.Released = year9999 }), nil, "resource.released"},
		{"a version below zero", of(func(r *renewal.Resource) { r.Version = -1 }), nil, "resource.version"},
		{"a version", of(func(r *renewal.Resource) { r.Version = 1 }), nil, "resource.version"},
		{"a period without order", of(func(r *renewal.Resource) {
			r.Periods = []renewal.PaidPeriod{{Period: renewal.Period{Start: r.Start, Expiry: r.Expiry, Term: month(1)}}}
		}), nil, "resource.periods[0].order"},
		{"a period that ends elsewhere", of(func(r *renewal.Resource) {
			r.Periods = []renewal.PaidPeriod{{Order: "B1", Period: renewal.Period{Start: r.Start, Expiry: r.Expiry.Add(-time.Hour), Term: month(1)}}}
		}), nil, "resource.periods[0].expiry"},
	}, nil)
}
