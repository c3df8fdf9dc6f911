package paymenttest

import (
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"pgregory.net/rapid"
)

// Scene is a request, the facts it is judged on, and when.
type Scene struct {
	Request payment.Request
	Facts   payment.Facts
	At      time.Time
}

// Draw draws a scene: up to 8 orders of one customer, alone and in purchases, most of
// them unpaid; discounts to choose from and picks of them; up to 4 coupons; accounts; and
// now and then something that refuses the payment.
func Draw() *rapid.Generator[Scene] {
	return rapid.Custom(func(t *rapid.T) (s Scene) {
		placed := ordertest.Instant().Draw(t, "placed").Truncate(time.Second)
		s.At = placed.Add(time.Duration(rapid.IntRange(0, 60*60).Draw(t, "seconds later")) * time.Second)
		s.Facts.Policy = Policy().Draw(t, "policy")
		drafts := ordertest.Drafts(order.FlowCharge, 1, 8).Draw(t, "drafts")
		for i := range drafts {
			small(t, &drafts[i])
		}
		for len(drafts) > 0 {
			n := 1
			if rapid.IntRange(0, 2).Draw(t, "together") == 0 {
				n = rapid.IntRange(1, min(4, len(drafts))).Draw(t, "members")
				s.Facts.Orders = append(s.Facts.Orders, purchase(t, drafts[:n], placed, s.At, s.Facts.Policy.Discount)...)
			} else {
				s.Facts.Orders = append(s.Facts.Orders, single(t, drafts[0], placed, s.At, s.Facts.Policy.Discount))
			}
			drafts = drafts[n:]
		}
		s.customer(t)
		s.request(t)
		s.discounts(t)
		s.coupons(t)
		return s
	})
}

// small makes the amounts of a draft such as add up, and coupons matter to.
func small(t *rapid.T, d *order.Draft) {
	d.Confirm = d.Confirm && rapid.IntRange(0, 3).Draw(t, "confirm") == 0
	d.Review = d.Review && rapid.IntRange(0, 3).Draw(t, "review") == 0
	for i := range d.Lines {
		if l := &d.Lines[i]; l.Own() && l.Amount.Minor() > 50_000 {
			l.Amount, l.Tax = order.Minor(1+l.Amount.Minor()%50_000, l.Amount.Currency()), order.Money{}
		}
	}
}

// single places an order; some get a discount, some move on.
func single(t *rapid.T, d order.Draft, placed, at time.Time, p discount.Policy) order.Order {
	o, err := order.Place(d, placed, order.Policy{Lifetime: lifetime(t, placed, at)})
	if err != nil {
		t.Fatalf("%v", err)
	}
	if o.Reducible(placed) == nil && rapid.Bool().Draw(t, "reduced") {
		if reduced, err := discount.Apply(o, lapsing(t, o, placed, at), placed, p); err == nil {
			o = reduced
		}
	}
	if o.State == order.StateUnpaid && rapid.IntRange(0, 7).Draw(t, "moves on") == 0 {
		m := rapid.SampledFrom([]order.Move{
			{Event: order.EventHold, At: placed, By: "other", Payment: "other"},
			{Event: order.EventCancel, At: placed, By: "other", Reason: order.ReasonCustomer},
		}).Draw(t, "move")
		if moved, err := o.Apply(m); err == nil {
			o = moved
		}
	}
	return o
}

// purchase places orders together; some get a discount, some are moved on together.
func purchase(t *rapid.T, drafts []order.Draft, placed, at time.Time, p discount.Policy) []order.Order {
	id := order.PurchaseID(drafts[0].ID) // the only one
	made, err := order.PlaceTogether(id, drafts, placed, order.Policy{Lifetime: lifetime(t, placed, at)})
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, o := range made.Orders {
		if o.Reducible(placed) == nil && rapid.IntRange(0, 2).Draw(t, "reduced") == 0 {
			if reduced, err := discount.ApplyIn(made, o.ID, lapsing(t, o, placed, at), placed, p); err == nil {
				made = reduced
			}
		}
	}
	if rapid.IntRange(0, 7).Draw(t, "moves on") == 0 {
		if moved, err := made.Apply(order.Move{Event: order.EventHold, At: placed, By: "other", Payment: "other"}); err == nil {
			made = moved
		}
	}
	return made.Orders
}

// lifetime is how long orders can be paid: mostly until after at, now and then until
// about then.
func lifetime(t *rapid.T, placed, at time.Time) time.Duration {
	if rapid.IntRange(0, 4).Draw(t, "short") > 0 {
		return 0
	}
	return max(time.Second, at.Sub(placed)+time.Duration(rapid.IntRange(-2, 2).Draw(t, "short by"))*time.Second)
}

// lapsing draws a discount for o that ends about at, now and then.
func lapsing(t *rapid.T, o order.Order, placed, at time.Time) discount.Discount {
	d := discounttest.Discount(o, placed).Draw(t, "discount")
	if rapid.IntRange(0, 2).Draw(t, "ends soon") == 0 {
		d.Window = order.Window{Until: at.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "ends")) * time.Second)}
	}
	return d
}

// customer draws who pays, with what accounts, and what the host's checks said.
func (s *Scene) customer(t *rapid.T) {
	f := &s.Facts
	id, cur := f.Orders[0].Customer, f.Orders[0].Currency()
	seldom := func(what string) bool { return rapid.IntRange(0, 19).Draw(t, what) == 0 }
	f.Customer.ID = id
	f.Customer.Association = rapid.SampledFrom([]payment.Association{"", "", payment.AssociationReseller, payment.AssociationReferral}).Draw(t, "association")
	f.Customer.Protected, f.Authenticated = rapid.Bool().Draw(t, "protected"), !seldom("not authenticated")
	f.Customer.Monthly = !seldom("not monthly")
	f.Customer.Gateway = rapid.SampledFrom([]string{"", "cards"}).Draw(t, "gateway")
	f.Card = payment.Card{Brand: "visa", Funding: payment.FundingCredit}
	if seldom("another card") {
		f.Card.Funding = payment.FundingDebit
	}
	for _, fund := range []payment.Fund{payment.FundCash, payment.FundCredit, payment.FundBudget, payment.FundMonthly} {
		a := payment.Account{Customer: id, Fund: fund}
		most := order.Minor(rapid.Int64Range(0, 2_000_000).Draw(t, "there is"), cur)
		switch fund {
		case payment.FundCredit:
			a.Limit, a.Balance = most, order.Minor(-rapid.Int64Range(0, most.Minor()).Draw(t, "used"), cur)
		case payment.FundMonthly:
			a.Overdue = max(0, rapid.IntRange(-19, 1).Draw(t, "overdue"))
		default:
			a.Balance = most
		}
		f.Accounts = append(f.Accounts, a)
	}
	o := rapid.SampledFrom(f.Orders).Draw(t, "found")
	switch rapid.IntRange(0, 30).Draw(t, "finding") {
	case 0:
		f.Findings.Denied = "no"
	case 1:
		f.Findings.Frozen = "yes"
	case 2:
		f.Findings.Contract = []order.ID{o.ID}
	case 3:
		f.Findings.Resources = []payment.ResourceFault{{Order: o.ID, Wrong: payment.WrongQuota}}
	case 4:
		f.Findings.Starts = []payment.Start{{Order: o.ID, At: s.At.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "starts")) * time.Second)}}
	case 5:
		f.Findings.Other = payment.ReasonTooOften
	}
}

// request draws what is asked for: all the orders, or all but some.
func (s *Scene) request(t *rapid.T) {
	r, f := &s.Request, &s.Facts
	*r = payment.Request{Key: "key", Customer: f.Customer.ID, By: "somebody",
		Method: rapid.SampledFrom([]payment.Method{payment.MethodBalance, payment.MethodBalance, payment.MethodOnline, payment.MethodMonthly}).Draw(t, "method")}
	for _, i := range rapid.Permutation(indexes(len(f.Orders))).Draw(t, "order of the request") {
		r.Orders = append(r.Orders, f.Orders[i].ID)
	}
	if len(r.Orders) > 1 && rapid.IntRange(0, 5).Draw(t, "not all") == 0 {
		r.Orders = r.Orders[:rapid.IntRange(1, len(r.Orders)).Draw(t, "how many")]
	}
	if f.Customer.Association == payment.AssociationReseller && rapid.IntRange(0, 9).Draw(t, "as associated") > 0 {
		r.Method = payment.MethodBalance
	}
	if r.Method == payment.MethodBalance && rapid.IntRange(0, 9).Draw(t, "says account") == 0 {
		r.Account = rapid.SampledFrom([]payment.AccountType{payment.AccountOwn, payment.AccountBudget}).Draw(t, "account")
	}
	r.Whole = rapid.IntRange(0, 4).Draw(t, "whole") == 0
	r.Independent = rapid.Bool().Draw(t, "independent")
}

// discounts draws discounts to choose from, and picks of them.
func (s *Scene) discounts(t *rapid.T) {
	for range rapid.IntRange(0, 3).Draw(t, "candidates") {
		o := rapid.SampledFrom(s.Facts.Orders).Draw(t, "candidate for")
		d := discounttest.Discount(o, s.At).Draw(t, "candidate")
		d.ID = discount.ID(rapid.StringMatching(`[a-z]{6}`).Draw(t, "candidate's ID"))
		if !slices.ContainsFunc(s.Facts.Discounts, func(e discount.Discount) bool { return e.ID == d.ID }) {
			s.Facts.Discounts = append(s.Facts.Discounts, d)
		}
	}
	for _, id := range s.Request.Orders {
		p := payment.Pick{Order: id}
		switch rapid.IntRange(0, 9).Draw(t, "pick") {
		case 0:
		case 1:
			p.Best = true
		case 2:
			if len(s.Facts.Discounts) == 0 {
				continue
			}
			p.Discount = rapid.SampledFrom(s.Facts.Discounts).Draw(t, "picked").ID
		default:
			continue
		}
		s.Request.Discounts = append(s.Request.Discounts, p)
	}
}

// coupons draws coupons of the customer, and names some of them.
func (s *Scene) coupons(t *rapid.T) {
	cur := s.Facts.Orders[0].Currency()
	for _, id := range rapid.SliceOfNDistinct(coupontest.ID(), 0, 4, rapid.ID).Draw(t, "coupons") {
		c := coupon.Coupon{ID: id, Customer: s.Facts.Customer.ID, State: coupon.StateAvailable, Reusable: rapid.Bool().Draw(t, "reusable"),
			Kind: rapid.SampledFrom([]coupon.Kind{coupon.KindCash, coupon.KindFlexi, coupon.KindCard}).Draw(t, "kind")}
		c.Face = order.Minor(rapid.Int64Range(1, 100_000).Draw(t, "face"), cur)
		c.Balance = c.Face
		if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
			c.Window.Until = s.At.Add(time.Duration(rapid.IntRange(-1, 2).Draw(t, "until")) * time.Second)
		}
		if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
			c.Limits = coupontest.Limits(cur).Draw(t, "limits")
		}
		s.Facts.Coupons = append(s.Facts.Coupons, c)
		if rapid.IntRange(0, 2).Draw(t, "named") == 0 {
			s.Request.Coupons = append(s.Request.Coupons, id)
		}
	}
	if len(s.Request.Coupons) == 0 {
		s.Request.Choose = rapid.Bool().Draw(t, "choose")
	}
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
