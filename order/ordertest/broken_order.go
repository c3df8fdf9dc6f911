package ordertest

import (
	"fmt"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// BrokenDraft draws a draft that Place refuses for one reason.
func BrokenDraft() *rapid.Generator[Broken[order.Draft]] {
	return broken(AnyDraft(), func(t *rapid.T, d order.Draft) []breach[order.Draft] {
		id, text := BrokenID[string]().Draw(t, "bad ID"), BrokenText().Draw(t, "bad text")
		bs := []breach[order.Draft]{
			{"id", id.What, nil, func(d *order.Draft) { d.ID = order.ID(id.Value) }},
			{"customer", id.What, nil, func(d *order.Draft) { d.Customer = order.CustomerID(id.Value) }},
			{"user", text.What, nil, func(d *order.Draft) { d.User = order.CustomerID(text.Value) }},
			{"project", text.What, nil, func(d *order.Draft) { d.Project = order.ProjectID(text.Value) }},
			{"type", "none", nil, func(d *order.Draft) { d.Type, d.Confirm = "", false }},
			{"type", "unknown", nil, func(d *order.Draft) { d.Type, d.Confirm = "gift", false }},
			{"confirm", "for an order that charges nothing", func(d order.Draft) bool { return flowOf(d) != order.FlowCharge }, func(d *order.Draft) { d.Confirm = true }},
		}
		for _, b := range breachesOfLines(t, d.Lines, d.Type, flowOf(d), false) {
			bs = append(bs, breach[order.Draft]{b.field, b.what, nil, func(d *order.Draft) {
				b.do(&d.Lines)
				d.Confirm = d.Confirm && flowOf(*d) == order.FlowCharge // or that would be wrong besides
			}})
		}
		return bs
	})
}

func flowOf(d order.Draft) order.Flow { return order.Order{Type: d.Type, Lines: d.Lines}.Flow() }

// breachesOfLines break a rule of the lines of an order of flow f, which is reduced or
// not.
func breachesOfLines(t *rapid.T, lines []order.Line, typ order.Type, f order.Flow, reduced bool) []breach[[]order.Line] {
	i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
	at := fmt.Sprintf("lines[%d].", i)
	text, term := BrokenText().Draw(t, "bad text"), BrokenTerm().Draw(t, "bad term")
	var bs []breach[[]order.Line]
	add := func(field, what string, fits bool, do func(l *order.Line)) {
		if fits {
			bs = append(bs, breach[[]order.Line]{at + field, what, nil, func(ls *[]order.Line) { do(&(*ls)[i]) }})
		}
	}
	own := lines[i].Own()
	add("product", "empty", true, func(l *order.Line) { l.Product = "" })
	add("product", text.What, true, func(l *order.Line) { l.Product = text.Value })
	add("service", text.What, true, func(l *order.Line) { l.Service = text.Value })
	add("region", text.What, true, func(l *order.Line) { l.Region = text.Value })
	add("configuration", "1,025 characters", true, func(l *order.Line) { l.Configuration = strings.Repeat("é", 1025) })
	add("resource", text.What, true, func(l *order.Line) { l.Resource = order.ResourceID(text.Value) })
	add("count", "0", true, func(l *order.Line) { l.Count = 0 })
	add("term."+term.Field, term.What, true, func(l *order.Line) { l.Term = term.Value })
	add("per", "unknown", true, func(l *order.Line) { l.Per = "century" })
	add("seller", text.What, !own, func(l *order.Line) { l.Seller = text.Value })
	add("amount", "below zero, of a third party", !own, func(l *order.Line) { l.Amount, l.Tax = order.Minor(-1, order.USD), order.Money{} })
	add("amount", "19 digits, of a third party", !own, func(l *order.Line) { l.Amount, l.Tax = order.Minor(maxMinor+1, order.USD), order.Money{} })
	add("tax", "of no currency, of a third party", !own, func(l *order.Line) { l.Tax = order.Minor(1, 7) })
	add("off", "taken off a third party", !own, func(l *order.Line) { l.Off = order.Minor(0, order.USD) })
	prepaid := own && lines[i].Charge != order.ChargePayPerUse
	c := lines[i].Amount.Currency()
	sign := int64(1)
	if f == order.FlowBack {
		sign = -1
	}
	add("charge", "none", own && !prepaid || !own, func(l *order.Line) { l.Charge = "" })
	add("charge", "unknown", prepaid, func(l *order.Line) { l.Charge = "barter" })
	add("amount", "on the wrong side of zero", prepaid && f != order.FlowNone, func(l *order.Line) { l.Amount, l.Tax = order.Minor(-sign, c), order.Money{} })
	add("amount", "charged, and nothing is to be", prepaid && f == order.FlowNone && always(typ), func(l *order.Line) { l.Amount = order.Minor(1, c) })
	add("amount", "pay-per-use, and paid in advance", own && !prepaid, func(l *order.Line) { l.Amount = order.Minor(sign, c) })
	add("tax", "more than the amount", own, func(l *order.Line) { l.Tax = order.Minor(l.Amount.Minor()+sign, c) })
	add("tax", "on the wrong side of zero", own, func(l *order.Line) { l.Tax = order.Minor(-sign, c) })
	add("tax", "in another currency", own, func(l *order.Line) { l.Tax = order.Minor(0, other(c)) })
	add("tax", "19 digits", own, func(l *order.Line) { l.Tax = order.Minor(maxMinor+1, c) })
	add("off", "in another currency", own, func(l *order.Line) { l.Off = order.Minor(0, other(c)) })
	add("off", "reduced without a reduction", own && !reduced && lines[i].Amount.Minor() > 0, func(l *order.Line) { l.Off = order.Minor(1, c) })
	add("off", "a ratio without a reduction", own && !reduced, func(l *order.Line) { l.Ratio = order.Percent(100) })
	add("off", "more than the amount", own && f == order.FlowCharge, func(l *order.Line) { l.Off = order.Minor(l.Amount.Minor()+1, c) })
	add("off", "below zero", own && f == order.FlowCharge, func(l *order.Line) { l.Off = order.Minor(-1, c) })
	if first := firstOwn(lines); own && i == first {
		add("amount", "none", true, func(l *order.Line) { l.Amount = order.Money{} })
		add("amount", "of no currency", true, func(l *order.Line) { l.Amount = order.Minor(0, 7) })
	} else if own {
		add("amount", "in another currency", true, func(l *order.Line) { l.Amount = order.Minor(l.Amount.Minor(), other(c)) })
	}
	return append(bs,
		breach[[]order.Line]{"lines", "none", nil, func(ls *[]order.Line) { *ls = nil }},
		breach[[]order.Line]{"lines", "none of the merchant's own", nil, func(ls *[]order.Line) {
			*ls = []order.Line{{Product: "image", Count: 1, Charge: order.ChargePackage, Seller: "the only seller", Amount: order.Minor(5, order.USD)}}
		}},
	)
}

// always reports whether an order of the type charges nothing, with any lines.
func always(typ order.Type) bool {
	for _, x := range typesAlwaysFree {
		if x == typ {
			return true
		}
	}
	return false
}

func firstOwn(lines []order.Line) int {
	for i := range lines {
		if lines[i].Own() {
			return i
		}
	}
	return -1
}

func other(c order.Currency) order.Currency {
	if c == order.USD {
		return order.EUR
	}
	return order.USD
}

// BrokenOrder draws an order that Check refuses for one reason.
func BrokenOrder() *rapid.Generator[Broken[order.Order]] {
	return broken(Order(), breachesOfOrder)
}

func breachesOfOrder(t *rapid.T, o order.Order) []breach[order.Order] {
	id, text := BrokenID[string]().Draw(t, "bad ID"), BrokenText().Draw(t, "bad text")
	reduced := o.Reduction != (order.Reduction{})
	charges := o.Flow() == order.FlowCharge
	in := func(ss ...order.State) func(order.Order) bool {
		return func(o order.Order) bool {
			for _, s := range ss {
				if o.State == s {
					return true
				}
			}
			return false
		}
	}
	where := func(yes bool) func(order.Order) bool { return func(order.Order) bool { return yes } }
	paid := o.Paid != (order.Parts{})
	bs := []breach[order.Order]{
		{"id", id.What, nil, func(o *order.Order) { o.ID = order.ID(id.Value) }},
		{"customer", id.What, nil, func(o *order.Order) { o.Customer = order.CustomerID(id.Value) }},
		{"user", text.What, nil, func(o *order.Order) { o.User = order.CustomerID(text.Value) }},
		{"project", text.What, nil, func(o *order.Order) { o.Project = order.ProjectID(text.Value) }},
		{"purchase", text.What, nil, func(o *order.Order) { o.Purchase = order.PurchaseID(text.Value) }},
		{"payment", text.What, nil, func(o *order.Order) { o.Payment = order.PaymentID(text.Value) }},
		{"deadlineOf", text.What, nil, func(o *order.Order) { o.DeadlineOf = order.ID(text.Value) }},
		{"members", "without a purchase", nil, func(o *order.Order) { o.Members = 2 }},
		{"members", "below zero", nil, func(o *order.Order) { o.Purchase, o.Members = "M1", -1 }},
		{"members", "a purchase of nobody", nil, func(o *order.Order) { o.Purchase = "M1" }},
		{"version", "below zero", nil, func(o *order.Order) { o.Version = -1 }},
		{"type", "none", nil, func(o *order.Order) { o.Type = "" }},
		{"type", "unknown", nil, func(o *order.Order) { o.Type = "Purchase" }},
		{"state", "none", nil, func(o *order.Order) { o.State = "" }},
		{"state", "unknown", nil, func(o *order.Order) { o.State = "open" }},
		{"state", "not of its flow", where(!charges), func(o *order.Order) { o.State = order.StatePaying }},
		{"placed", "no time", nil, func(o *order.Order) { o.Placed = time.Time{} }},
		{"placed", "no whole second", nil, func(o *order.Order) { o.Placed = o.Placed.Add(1) }},
		{"placed", "the year 0", nil, func(o *order.Order) { o.Placed = year(0) }},
		{"changed", "no time", nil, func(o *order.Order) { o.Changed = time.Time{} }},
		{"changed", "no whole second", nil, func(o *order.Order) { o.Changed = o.Changed.Add(time.Millisecond) }},
		{"changed", "the year 9999", nil, func(o *order.Order) { o.Changed = year(9999) }},
		{"changed", "before placed", nil, func(o *order.Order) { o.Changed = o.Placed.Add(-time.Second) }},
		{"latest", "none", where(charges), func(o *order.Order) { o.Latest = time.Time{} }},
		{"latest", "no whole second", where(charges), func(o *order.Order) { o.Latest = o.Latest.Add(1) }},
		{"latest", "before placed", where(charges), func(o *order.Order) { o.Latest = o.Placed.Add(-time.Second) }},
		{"latest", "of an order that charges nothing", where(!charges), func(o *order.Order) { o.Latest = o.Placed }},
		{"deadline", "none", where(charges), func(o *order.Order) { o.Deadline = time.Time{} }},
		{"deadline", "a second late", where(charges), func(o *order.Order) { o.Deadline = o.Deadline.Add(time.Second) }},
		{"deadline", "a second early", where(charges), func(o *order.Order) { o.Deadline = o.Deadline.Add(-time.Second) }},
		{"deadline", "of an order that charges nothing", where(!charges), func(o *order.Order) { o.Deadline = o.Placed.Add(time.Hour) }},
		{"deadline", "of another, and there is no purchase", nil, func(o *order.Order) { o.DeadlineOf = "O2" }},
		{"payment", "none", where(o.Payment != ""), func(o *order.Order) { o.Payment = "" }},
		{"payment", "where none belongs", where(o.Payment == ""), func(o *order.Order) { o.Payment = "P1" }},
		{"paid", "nothing, and it was", where(paid && o.Payable().Sign() != 0), func(o *order.Order) { o.Paid = order.Parts{} }},
		{"paid", "a unit too much", where(paid), func(o *order.Order) {
			s := int64(o.Payable().Sign())
			if s == 0 {
				s = 1
			}
			o.Paid.Cash = order.Minor(o.Paid.Cash.Minor()+s, o.Currency())
		}},
		{"paid", "a part on the wrong side", where(paid && o.Payable().Sign() != 0), func(o *order.Order) {
			p := o.Payable()
			o.Paid = order.Parts{Cards: p.Neg(), Cash: order.Minor(2*p.Minor(), p.Currency())}
		}},
		{"paid", "in another currency", where(paid && o.Payable().Sign() != 0), func(o *order.Order) {
			o.Paid = order.Parts{Cash: order.Minor(o.Payable().Minor(), other(o.Currency()))}
		}},
		{"paid", "and it was not", where(!paid && o.Payment == "" || o.State == order.StatePaying), func(o *order.Order) { o.Paid.Cash = order.Minor(0, o.Currency()) }},
		{"reason", "none", in(order.StateCanceled), func(o *order.Order) { o.Reason = "" }},
		{"reason", "unknown", in(order.StateCanceled, order.StatePaying), func(o *order.Order) { o.Reason = "bored" }},
		{"reason", "the customer's, while paying", in(order.StatePaying), func(o *order.Order) { o.Reason = order.ReasonCustomer }},
		{"reason", "rejected, while paying", in(order.StatePaying), func(o *order.Order) { o.Reason = order.ReasonRejected }},
		{"reason", "where none belongs", in(order.StatePendingApproval, order.StatePendingConfirmation, order.StateUnpaid, order.StatePaid,
			order.StateCompleted, order.StateVoided), func(o *order.Order) { o.Reason = order.ReasonContractEnded }},
		{"reason", "of money that goes back as asked", where(o.State == order.StateRefunding && o.Flow() == order.FlowBack), func(o *order.Order) { o.Reason = order.ReasonContractEnded }},
		{"review", "still needed", in(order.StatePendingApproval, order.StateUnpaid, order.StatePaying, order.StatePaid,
			order.StateCompleted, order.StateRefunding, order.StateRefunded), func(o *order.Order) { o.Review = true }},
		{"reduction", "of an order that charges nothing", where(!charges), func(o *order.Order) {
			o.Reduction = order.Reduction{Kind: "commercial", ID: "D1", Lapse: order.LapseHonored}
		}},
	}
	if reduced {
		bad := BrokenReduction(o.Placed).Draw(t, "bad reduction")
		bs = append(bs, breach[order.Order]{"reduction." + bad.Field, bad.What, nil, func(o *order.Order) { o.Reduction = bad.Value }})
	}
	for _, b := range breachesOfLines(t, o.Lines, o.Type, o.Flow(), reduced) {
		bs = append(bs, breach[order.Order]{b.field, b.what, nil, func(o *order.Order) { b.do(&o.Lines) }})
	}
	return bs
}

// BrokenPurchase draws a purchase that Check refuses for one reason.
func BrokenPurchase() *rapid.Generator[Broken[order.Purchase]] {
	return broken(Purchase(), func(t *rapid.T, p order.Purchase) []breach[order.Purchase] {
		id := BrokenID[order.PurchaseID]().Draw(t, "bad ID")
		last := len(p.Orders) - 1
		at := fmt.Sprintf("orders[%d].", last)
		several := func(p order.Purchase) bool { return last > 0 }
		together := func(p order.Purchase) bool { return last > 0 && !p.Deadline().IsZero() }
		holds := func(p order.Purchase) bool { return together(p) && p.Orders[0].State == order.StatePaying }
		free := func(p order.Purchase) bool { return p.Orders[0].Flow() == order.FlowNone && p.Deadline().IsZero() }
		return []breach[order.Purchase]{
			{"id", id.What, nil, func(p *order.Purchase) { p.ID = id.Value }},
			{"orders", "none", nil, func(p *order.Purchase) { p.Orders = nil }},
			{"orders[0].members", "not all here", several, func(p *order.Purchase) { p.Orders = p.Orders[:last] }},
			{"orders[0].members", "one too many", nil, func(p *order.Purchase) { p.Orders = append(p.Orders, p.Orders[0]) }},
			{at + "members", "not as many as are here", nil, func(p *order.Purchase) { p.Orders[last].Members++ }},
			{at + "purchase", "another", nil, func(p *order.Purchase) { p.Orders[last].Purchase += "x" }},
			{at + "id", "twice", several, func(p *order.Purchase) { p.Orders[last].ID = p.Orders[0].ID }},
			{at + "customer", "another", several, func(p *order.Purchase) { p.Orders[last].Customer = "another customer" }},
			{at + "version", "below zero, of a member", nil, func(p *order.Purchase) { p.Orders[last].Version = -1 }},
			{at + "payment", "another, while paying", holds, func(p *order.Purchase) { p.Orders[last].Payment = "another payment" }},
			{"orders[0].deadline", "and nobody charges", free, func(p *order.Purchase) {
				for i := range p.Orders { // as if a member that charges had been left out
					o := &p.Orders[i]
					*o = order.Order{ID: o.ID, Customer: o.Customer, Purchase: o.Purchase, Members: o.Members, Type: o.Type, Lines: o.Lines,
						State: order.StateUnpaid, Placed: o.Placed, Changed: o.Changed, Deadline: o.Placed, DeadlineOf: "gone"}
				}
			}},
		}
	})
}
