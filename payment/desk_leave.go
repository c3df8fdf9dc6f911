package payment

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Leaving is a resource to be given up (Q3), a renewal of it to be taken back that has not
// begun (Q5), or a cheaper product to go on with (Q3).
type Leaving struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	ID       order.ID         `json:"id"` // of the order that gives the money back
	Resource order.ResourceID `json:"resource"`
	Renewal  order.ID         `json:"renewal,omitempty"` // only what this order paid, which has not begun
	Product  string           `json:"product,omitempty"` // to go on with, in place of leaving
}

// Check reports the first thing about l that is not sound, as an [*order.FieldError].
func (l Leaving) Check() error {
	for _, x := range [...]struct{ name, text string }{{"by", l.By}, {"id", string(l.ID)}, {"resource", string(l.Resource)}} {
		if err := order.CheckID(x.name, x.text); err != nil {
			return err
		}
	}
	if l.Renewal != "" && l.Product != "" {
		return field("product", l.Product, "goes with no renewal: do one or the other")
	}
	if l.Product != "" {
		return order.CheckID("product", l.Product)
	}
	return nil
}

func (l *Leaving) orderType() order.Type {
	if l.Product != "" {
		return order.TypeDowngrade
	}
	return order.TypeUnsubscribe
}

// Back is what comes back, period by period: what renewal found of each, and to where it
// goes.
type Back struct {
	Total   order.Money  `json:"total"` // to accounts, bill or gateway; coupons come besides
	Review  bool         `json:"review,omitempty"`
	Periods []PeriodBack `json:"periods"`
}

// PeriodBack is what comes back of one period of a resource.
type PeriodBack struct {
	Resource order.ResourceID `json:"resource"`
	Order    order.ID         `json:"order"` // which paid for it
	Payment  order.PaymentID  `json:"payment"`
	renewal.Period
	renewal.Refund
	Cash    order.Money  `json:"cash"`
	Coupons []CouponPart `json:"coupons,omitempty"` // to those coupons
	was     []renewal.Part
}

// left is what each part that paid still pays of the period after a change to something
// cheaper: what was not used, and does not come back.
func (x *PeriodBack) left() ([]order.Money, error) {
	weights, sum := make([]int64, len(x.was)), int64(0)
	for i := range x.was {
		if !x.was[i].Coupon {
			weights[i] = x.was[i].Amount.Minor() - x.was[i].Returned.Minor()
		}
		sum += weights[i]
	}
	left := make([]order.Money, len(x.was))
	for i := range left {
		left[i] = order.Minor(0, x.Cash.Currency())
	}
	if sum == 0 {
		return left, nil
	}
	rest := order.Minor(max(0, sum-x.Consumed.Minor()-x.Back.Minor()), x.Cash.Currency())
	return left, rest.SplitInto(left, weights)
}

// QuoteRefund says what would come back, or why a resource cannot be left (Q7), and moves
// nothing.
func (d *Desk) QuoteRefund(ctx context.Context, l Leaving) (Back, error) {
	if err := l.Check(); err != nil {
		return Back{}, err
	}
	c, err := d.customerOf(ctx, l.Customer)
	if err != nil {
		return Back{}, err
	}
	b, err := d.open(ctx, c, "quote refund", l.By)
	if err != nil {
		return Back{}, err
	}
	return d.back(ctx, b, l)
}

// Refund gives a resource up, or a renewal of it, or goes on with a cheaper product: it
// places the order that gives the money back, computed by package renewal of what was paid.
// The refunds are due in the same commit, and the resource is gone, or else has its new
// expiry or product; where the amount needs approval, all that waits for it (Q7). The same
// ID again is the same order.
func (d *Desk) Refund(ctx context.Context, l Leaving) (o order.Order, err error) {
	if err := l.Check(); err != nil {
		return order.Order{}, err
	}
	err = d.forCustomer(ctx, l.Customer, "refund", l.By, func(b *book) error {
		if err := b.needOrders(l.ID); err != nil {
			return err
		}
		var there bool
		if o, there = get(b, orders, string(l.ID)); there {
			if o.Type != l.orderType() || o.Lines[0].Resource != l.Resource || o.Lines[0].Configuration != l.mark() {
				return &Refusal{Reason: ReasonKey, Orders: []order.ID{o.ID}, Text: "order " + string(o.ID) + " has been placed for something else: use another ID"}
			}
			return nil
		}
		back, err := d.back(ctx, b, l)
		if err != nil {
			return err
		}
		r, _ := get(b, resources, string(l.Resource))
		draft, err := renewal.Refund{Back: back.Total, Review: back.Review}.Draft(l.ID, l.orderType(), r, b.policy.Renewal)
		if err != nil {
			return err
		}
		// What is left of the resource is to be found again when it is approved.
		draft.Lines[0].Configuration = l.mark()
		if o, err = order.Place(draft, b.at, b.policy.Order); err != nil {
			return err
		}
		put(b, orders, o)
		if o.State == order.StateRefunding {
			err = b.leave(l, back)
		} else {
			var taken renewal.Resource
			if taken, err = r.Take(o.ID, false, b.at, b.policy.Renewal); err == nil {
				b.putResource(taken)
			}
		}
		o, _ = get(b, orders, string(l.ID))
		return err
	})
	if err != nil {
		return order.Order{}, err
	}
	return o, nil
}

// mark says in the order what it gives back, for its approval.
func (l *Leaving) mark() string {
	switch {
	case l.Renewal != "":
		return "renewal " + string(l.Renewal)
	case l.Product != "":
		return "to " + l.Product
	}
	return ""
}

// unmark is the other direction.
func unmark(o *order.Order) Leaving {
	l := Leaving{Customer: o.Customer, ID: o.ID, Resource: o.Lines[0].Resource}
	if to, ok := strings.CutPrefix(o.Lines[0].Configuration, "to "); ok {
		l.Product = to
	} else if renewal, ok := strings.CutPrefix(o.Lines[0].Configuration, "renewal "); ok {
		l.Renewal = order.ID(renewal)
	}
	return l
}

// back finds out what comes back, asking the host's checks first: also what is left by a
// frozen account stays (P10).
func (d *Desk) back(ctx context.Context, b *book, l Leaving) (Back, error) {
	r, err := b.claimResource(l.Resource, l.ID)
	if err != nil {
		return Back{}, err
	}
	said, err := d.Checks.Ask(ctx, inquiry(b, l.By, nil))
	d.trace("checks", b.customer, b.step, err)
	switch {
	case err != nil:
		return Back{}, err
	case said.Denied != "":
		return Back{}, refusef(ReasonDenied, "%s may not act for this customer: %s", l.By, said.Denied)
	case said.Frozen != "":
		return Back{}, refusef(ReasonFrozen, "%s: nothing is paid, renewed or left until it is thawed", said.Frozen)
	}
	cheaper := [2]order.Money{}
	if l.Product != "" {
		if cheaper, err = d.downgrade(r, l.Product); err != nil {
			return Back{}, err
		}
	}
	return b.backWhole(r, l, cheaper, b.at)
}

// backWhole is back of a resource with what is bound to it, which is left with it (R10).
func (b *book) backWhole(r renewal.Resource, l Leaving, cheaper [2]order.Money, at time.Time) (Back, error) {
	back, err := b.back(r, l, cheaper, at)
	if err != nil || l.Renewal != "" || l.Product != "" {
		back.review(&b.policy.Renewal)
		return back, err
	}
	bound, err := b.bound(r.ID)
	if err != nil {
		return back, err
	}
	for _, x := range bound {
		alone := x
		alone.Attached = true
		with, err := b.back(alone, l, cheaper, at)
		if err != nil {
			return back, err
		}
		back.Total = order.Minor(back.Total.Minor()+with.Total.Minor(), back.Total.Currency())
		back.Periods = append(back.Periods, with.Periods...)
	}
	back.review(&b.policy.Renewal)
	return back, nil
}

// bound returns what is bound to a resource and there.
func (b *book) bound(main order.ResourceID) ([]renewal.Resource, error) {
	if err := b.needAll(KindResource); err != nil {
		return nil, err
	}
	var bound []renewal.Resource
	for _, x := range b.now.Resources {
		if x.Main == main && !x.Attached && x.Released.IsZero() {
			bound = append(bound, x)
		}
	}
	return bound, nil
}

// downgrade prices a month of what a resource is, and of what it is to be.
func (d *Desk) downgrade(r renewal.Resource, product string) (prices [2]order.Money, err error) {
	if d.Prices == nil {
		return prices, field("desk", "", "has no Prices: set them to change")
	}
	month := renewal.Term{N: 1, Unit: renewal.Month}
	if prices[0], err = d.Prices.Price(r, month); err != nil {
		return prices, err
	}
	r.Product = product
	prices[1], err = d.Prices.Price(r, month)
	return prices, err
}

// back finds out what comes back of what paid for a resource.
func (b *book) back(r renewal.Resource, l Leaving, cheaper [2]order.Money, at time.Time) (Back, error) {
	var back Back
	times, _, err := b.returns()
	if err != nil {
		return back, err
	}
	p := b.policy.Renewal
	var from renewal.Origin
	known, paid := false, false
	for i, h := range slices.Concat(r.Added, r.Periods) {
		added := i < len(r.Added)
		if p.Ending.LastSecond(h.Expiry).Before(at) || l.Renewal != "" && (added || h.Order != l.Renewal) {
			continue
		}
		x, o, err := b.period(r.ID, h)
		if err != nil {
			return back, err
		}
		from.Trial = from.Trial || o.Type == order.TypeTrial
		known, paid = true, paid || o.Payable().Sign() > 0
		if x == nil {
			continue
		}
		if cur := x.bought.Parts[0].Amount.Currency(); l.Product != "" && cheaper[0].Currency() != cur {
			return back, &order.FieldError{Field: "product", Value: l.Product, Err: &order.CurrencyError{Code: cheaper[0].Currency().String(), With: cur,
				Reason: "the price list has another currency than what was paid"}}
		}
		var f renewal.Refund
		switch {
		case l.Product != "":
			f, err = x.bought.Downgrade(cheaper[0], cheaper[1], later(at, x.bought.Start), p)
		case !h.From.IsZero() || added:
			f, err = x.bought.Leave(at, math.MaxInt, p) // the days in which everything comes back are over
		default:
			f, err = x.bought.Leave(at, times, p)
		}
		if err != nil {
			return back, err
		}
		back.add(x, h, f)
	}
	from.Free = known && !paid
	if l.Renewal == "" {
		if err := r.Leave(from, at, p); err != nil {
			return back, err
		}
	}
	if back.Periods == nil {
		return back, field("resource", string(r.ID), "has no period that was paid for here and is left: there is nothing to give back")
	}
	return back, nil
}

// review says whether so much is given back only after approval (Q7).
func (back *Back) review(p *renewal.Policy) {
	limit := p.Leaving.Approve
	back.Review = limit != (order.Money{}) && limit.Currency() == back.Total.Currency() && back.Total.Minor() > limit.Minor()
}

// returns is how often a customer has had everything back (Q4), and the tally of it.
func (b *book) returns() (int, coupon.Tally, error) {
	err := b.need(KindTally, tallyReturns)
	t, _ := get(b, tallies, tallyReturns)
	t.Customer, t.Name = b.customer, tallyReturns
	return t.N, t, err
}

// tallyReturns counts what was given back whole, within the days that the policy gives.
const tallyReturns = "resources given back"

// bought is what a period was paid with: first the cash part, then coupons.
type bought struct {
	payment  order.PaymentID
	bought   renewal.Bought
	coupons  []CouponPart
	resource order.ResourceID
}

func (back *Back) add(x *bought, h renewal.Held, f renewal.Refund) {
	y := PeriodBack{Resource: x.resource, Order: h.Order, Payment: x.payment, Period: x.bought.Period, Refund: f, Cash: f.Parts[0], was: x.bought.Parts}
	for i, part := range x.coupons {
		if amount := f.Parts[i+1]; amount.Sign() > 0 {
			y.Coupons = append(y.Coupons, CouponPart{part.Coupon, part.Kind, amount})
		}
	}
	back.Total = order.Minor(back.Total.Minor()+y.Cash.Minor(), y.Cash.Currency())
	back.Periods = append(back.Periods, y)
}

// period finds what paid for a period of a resource; nil where it charged nothing.
func (b *book) period(id order.ResourceID, h renewal.Held) (*bought, order.Order, error) {
	if err := b.needOrders(h.Order); err != nil {
		return nil, order.Order{}, err
	}
	o, ok := get(b, orders, string(h.Order))
	if !ok {
		return nil, o, field("order", string(h.Order), "paid for the resource, and is not in the store: give it back by hand")
	}
	if o.Payment == "" {
		return nil, o, nil // it charged nothing
	}
	if err := b.need(KindPayment, string(o.Payment)); err != nil {
		return nil, o, err
	}
	p, ok := get(b, payments, string(o.Payment))
	it := p.item(o.ID)
	if !ok || it == nil {
		return nil, o, field("payment", string(o.Payment), "paid order "+string(o.ID)+", and is not in the store")
	}
	if err := b.need(KindCoupon, couponIDs(it.Parts)...); err != nil {
		return nil, o, err
	}
	weights := make([]int64, len(o.Lines))
	mine := -1
	for i := range o.Lines {
		if l := &o.Lines[i]; l.Own() {
			weights[i] = l.Payable().Minor()
			if l.Resource == id {
				mine = i
			}
		}
	}
	if mine < 0 {
		return nil, o, field("resource", string(id), "is not what order "+string(o.ID)+" provided")
	}
	share := func(m order.Money) order.Money {
		if m.Sign() == 0 {
			return m
		}
		parts, err := m.Split(weights...)
		if err != nil {
			return order.Minor(0, m.Currency())
		}
		return parts[mine]
	}
	x := &bought{payment: p.ID, bought: renewal.Bought{Period: h.Rest()}, coupons: it.Parts, resource: id}
	back := func(coupon coupon.ID) (sum order.Money) {
		sum = order.Minor(0, it.Cash.Currency())
		for _, r := range p.Returns {
			if r.Order != o.ID || r.Resource != "" && r.Resource != id {
				continue
			}
			if coupon == "" {
				sum = order.Minor(sum.Minor()+r.Cash.Minor(), sum.Currency())
			}
			for _, c := range r.Coupons {
				if c.Coupon == coupon {
					sum = order.Minor(sum.Minor()+c.Amount.Minor(), sum.Currency())
				}
			}
		}
		return sum
	}
	x.bought.Parts = []renewal.Part{{Name: "cash", Amount: share(it.Cash), Returned: back("")}}
	for _, part := range it.Parts {
		c, _ := get(b, coupons, string(part.Coupon))
		// What is of a single use comes back whole, or not at all, as a cash coupon does.
		x.bought.Parts = append(x.bought.Parts, renewal.Part{Name: string(part.Coupon), Amount: share(part.Amount), Returned: back(part.Coupon),
			Coupon: part.Kind == coupon.KindCash || !c.Reusable, Ends: c.Window.Until})
	}
	if len(h.Left) == len(x.bought.Parts) { // changed since
		for i := range x.bought.Parts {
			x.bought.Parts[i].Amount, x.bought.Parts[i].Returned = h.Left[i], order.Money{}
		}
	}
	return x, o, nil
}

func couponIDs(parts []CouponPart) []string {
	ids := make([]string, len(parts))
	for i := range parts {
		ids[i] = string(parts[i].Coupon)
	}
	return ids
}

// leave makes the refunds due of what comes back, and does to the resource what leaving
// does.
func (b *book) leave(l Leaving, back Back) error {
	if err := b.leaveResource(l, back); err != nil {
		return err
	}
	var ids []RefundID
	for _, x := range back.Periods {
		ids = append(ids, refundID(x.Payment, x.Order, l.ID, x.Resource))
	}
	whole, done := false, true
	var last Refund
	for _, x := range back.Periods {
		if err := b.need(KindPayment, string(x.Payment)); err != nil {
			return err
		}
		p, _ := get(b, payments, string(x.Payment))
		var err error
		if last, err = b.giveBack(&p, Return{Order: x.Order, Resource: x.Resource, Cash: x.Cash, Coupons: x.Coupons}, l.ID, slices.Clone(ids)); err != nil {
			return err
		}
		done = done && last.State == RefundDone
		whole = whole || x.All && !b.at.Before(x.Start)
	}
	if whole {
		_, t, err := b.returns()
		if err != nil {
			return err
		}
		t.N++
		put(b, tallies, t)
	}
	if done {
		return b.refunded(last)
	}
	return nil
}

// leaveResource: it is gone with what is bound to it, or without the renewal, or cheaper.
func (b *book) leaveResource(l Leaving, back Back) error {
	r, _ := get(b, resources, string(l.Resource))
	p := b.policy.Renewal
	var err error
	switch {
	case l.Renewal != "":
		r, err = r.Unrenew(l.Renewal, l.ID, b.at, p)
	case l.Product != "":
		r = cloneResource(r)
		r.Product = l.Product
		for _, x := range back.Periods {
			for _, held := range [...][]renewal.Held{r.Periods, r.Added} {
				for i := range held {
					if h := &held[i]; h.Order == x.Order && h.Expiry.Equal(x.Expiry) {
						h.From = later(h.Start, b.at)
						if h.Left, err = x.left(); err != nil {
							return err
						}
					}
				}
			}
		}
		if r.Order == l.ID {
			r, err = r.Drop(l.ID, b.at, p)
		}
	default:
		bound, err := b.bound(l.Resource)
		if err != nil {
			return err
		}
		for _, x := range append(bound, r) {
			if !x.Released.IsZero() {
				continue // its time has ended meanwhile
			}
			gone, err := x.GiveUp(l.ID, b.at, p)
			if err != nil {
				return err
			}
			b.putResource(gone)
		}
		return nil
	}
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}

// leaveApproved makes due what an order gives back that has been approved: what it was
// found to be when it was placed.
func (d *Desk) leaveApproved(b *book, o order.Order) error {
	l := unmark(&o)
	if err := b.need(KindResource, string(l.Resource)); err != nil {
		return err
	}
	r, _ := get(b, resources, string(l.Resource))
	cheaper := [2]order.Money{}
	if l.Product != "" {
		var err error
		if cheaper, err = d.downgrade(r, l.Product); err != nil {
			return err
		}
	}
	free := r
	free.Order = ""
	back, err := b.backWhole(free, l, cheaper, o.Placed)
	if err != nil {
		return err
	}
	if back.Total != o.Payable().Neg() {
		return field("order", string(o.ID), "gives back "+o.Payable().Neg().String()+", and "+back.Total.String()+" is what it comes to now: reject it, and leave again")
	}
	return b.leave(l, back)
}
