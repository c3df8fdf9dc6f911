package payment

import (
	"errors"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// reduce returns the orders with the discounts that the request chooses for them (D2,
// E5): first those that are named, then the best, each in the order of the request. An
// order that cannot be paid for another reason is left as it is: it drops out.
func (j *judge) reduce(orders []order.Order) ([]order.Order, error) {
	orders, j.facts.Tallies = slices.Clone(orders), slices.Clone(j.facts.Tallies)
	used := make(chosen)
	for _, best := range [...]bool{false, true} {
		for i := range orders {
			k := slices.IndexFunc(j.request.Discounts, func(p Pick) bool { return p.Order == orders[i].ID && p.Best == best })
			if k < 0 {
				continue
			}
			if err := j.pick(orders, i, j.request.Discounts[k], used); err != nil {
				return nil, j.discountRefusal(orders[i].ID, err)
			}
		}
	}
	return orders, nil
}

// pick puts the discount that is chosen on order i.
func (j *judge) pick(orders []order.Order, i int, p Pick, used chosen) error {
	o := &orders[i]
	if err := o.Holdable(j.at); err != nil && !errors.Is(err, order.ErrWindow) && !j.early {
		return nil
	}
	d, err := j.picked(o, p, used)
	switch {
	case err != nil:
		return err
	case d == nil && p.Best: // nothing better
	case d != nil && o.Reduction.ID == string(d.ID) && o.Reduction.Kind == string(d.Kind): // it has it (D8)
	case d == nil && o.Reduction == order.Reduction{}:
	default:
		if err := j.change(orders, i, d); err != nil {
			return err
		}
		return j.changed(&orders[i], d)
	}
	return nil
}

// changed refuses a discount coupon that takes nothing off (C13). One for first orders lets
// the order be that, and what the order had before no longer does (C3).
func (j *judge) changed(o *order.Order, d *discount.Discount) error {
	j.freeFirsts(o)
	if d == nil || d.Kind != discount.KindCoupon {
		return nil
	}
	if o.Discount().Sign() == 0 {
		return &coupon.Error{Verdicts: []coupon.Verdict{{Coupon: coupon.ID(d.ID), Reason: coupon.ReasonNothingOff}}}
	}
	if c := j.coupon(coupon.ID(d.ID)); c != nil {
		j.takeFirsts(o, c.FirstOrders(*o))
	}
	return nil
}

// discountRefusal is a refusal where the customer can choose another discount, else the
// error of facts that are not valid.
func (j *judge) discountRefusal(id order.ID, err error) error {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return err
	}
	if errors.Is(err, order.ErrInvalid) && !errors.Is(err, order.ErrCurrency) {
		for i := range j.facts.Discounts {
			if err := j.facts.Discounts[i].Check(); err != nil {
				return order.Within("facts."+order.Element("discounts", i), err)
			}
		}
		return order.Within("facts", err)
	}
	refusal = Refuse(ReasonDiscount, err)
	refusal.Orders = []order.ID{id}
	return refusal
}

// picked returns the discount that is chosen for o; nil: none, or none better.
func (j *judge) picked(o *order.Order, p Pick, used chosen) (*discount.Discount, error) {
	switch {
	case p.Best:
		return j.best(o, used)
	case p.Discount == "":
		return nil, nil
	}
	return j.named(o, p.Discount, used)
}

// best returns the best of the discounts that compete; nil: what the order has is as good (D7).
func (j *judge) best(o *order.Order, used chosen) (*discount.Discount, error) {
	candidates := slices.Clone(j.facts.Discounts)
	for i := range j.facts.Coupons {
		if c := &j.facts.Coupons[i]; c.Kind == coupon.KindDiscount && c.Customer == o.Customer {
			if d, err := j.asDiscount(o, c, used); err == nil {
				candidates = append(candidates, d)
			}
		}
	}
	choice, err := discount.Choose(*o, candidates, j.at, j.policy().Discount)
	if err != nil || choice.Best < 0 {
		return nil, err
	}
	best := &candidates[choice.Best]
	if j.keeps(o) && best.Kind != discount.KindPartnerAdjusted {
		if more, err := choice.Off.Cmp(o.Discount()); err != nil || more <= 0 {
			return nil, err
		}
	}
	j.use(o, best, used)
	return best, nil
}

// keeps reports whether o can be paid with the discount that it has.
func (j *judge) keeps(o *order.Order) bool {
	holds := o.Holdable(j.at) == nil || j.early && !o.Reduction.Window.Ended(j.at)
	return holds && j.notFirst([]order.Order{*o}, 0).Reason == ""
}

// named returns the discount, or discount coupon, of an ID.
func (j *judge) named(o *order.Order, id discount.ID, used chosen) (*discount.Discount, error) {
	for i := range j.facts.Discounts {
		if d := &j.facts.Discounts[i]; d.ID == id {
			return d, nil
		}
	}
	i := slices.IndexFunc(j.facts.Coupons, func(c coupon.Coupon) bool {
		return c.ID == coupon.ID(id) && c.Kind == coupon.KindDiscount && c.Customer == o.Customer
	})
	if i < 0 {
		return nil, &Refusal{Reason: ReasonDiscount, Orders: []order.ID{o.ID},
			Text: "discount " + string(id) + " is not offered to the customer: choose another for order " + string(o.ID)}
	}
	c := &j.facts.Coupons[i]
	if o.Reduction.Kind == string(discount.KindCoupon) && o.Reduction.ID == string(c.ID) { // it has it (D8)
		d, err := c.AsDiscount()
		return &d, err
	}
	d, err := j.asDiscount(o, c, used)
	if err != nil {
		return nil, err
	}
	j.use(o, &d, used)
	return &d, nil
}

// chosen are the orders of a request for which a discount coupon is chosen that they do not
// hold yet: each takes one use (C13).
type chosen map[coupon.ID][]order.ID

// use notes that a discount coupon is chosen for o.
func (j *judge) use(o *order.Order, d *discount.Discount, used chosen) {
	if id := coupon.ID(d.ID); d.Kind == discount.KindCoupon {
		used[id] = append(used[id], o.ID)
	}
}

// asDiscount returns the discount that a coupon is, if the order can hold it or does (C2),
// beside those that it is chosen for.
func (j *judge) asDiscount(o *order.Order, c *coupon.Coupon, used chosen) (discount.Discount, error) {
	d, err := c.DiscountFor(*o, j.facts.Tallies, j.at, j.policy().Coupon)
	if err != nil || slices.Contains(c.HeldFor, o.ID) {
		return d, err
	}
	held := *c
	for _, id := range append(slices.Clone(used[c.ID]), o.ID) {
		if slices.Contains(held.HeldFor, id) {
			continue
		}
		if held, err = held.HoldFor(id, j.at); err != nil {
			return discount.Discount{}, &Refusal{Reason: ReasonDiscount, Orders: []order.ID{o.ID},
				Text: "discount coupon " + string(c.ID) + " is chosen for order " + order.List(used[c.ID]) + " too: it has no use left for another"}
		}
	}
	return d, nil
}

// change puts d on order i, or drops what it has where d is nil. The deadline of a
// purchase moves with it.
func (j *judge) change(orders []order.Order, i int, d *discount.Discount) error {
	o, policy := orders[i], j.policy().Discount
	if o.Purchase == "" {
		var err error
		if d == nil {
			orders[i], err = discount.Drop(o, j.at, policy)
		} else {
			orders[i], err = discount.Apply(o, *d, j.at, policy)
		}
		return err
	}
	purchase := order.Purchase{ID: o.Purchase}
	var members []int
	for k := range orders {
		if orders[k].Purchase == o.Purchase {
			members = append(members, k)
			purchase.Orders = append(purchase.Orders, orders[k])
		}
	}
	var err error
	if d == nil {
		purchase, err = discount.DropIn(purchase, o.ID, j.at, policy)
	} else {
		purchase, err = discount.ApplyIn(purchase, o.ID, *d, j.at, policy)
	}
	if err != nil {
		return err
	}
	for n, k := range members {
		orders[k] = purchase.Orders[n]
	}
	return nil
}

// Reduce returns the orders that the request names with the discounts that it picks for
// them, before they are paid (E5): price and deadline move together. An order that waits
// for approval can be reduced too.
func (r Request) Reduce(f Facts, at time.Time) ([]order.Order, error) {
	j := &judge{request: r, facts: f, at: at, early: true}
	found, err := j.find()
	if err != nil {
		return nil, ofFacts(err)
	}
	for i := range found {
		if !slices.ContainsFunc(r.Discounts, func(p Pick) bool { return p.Order == found[i].ID }) {
			continue
		}
		if err := found[i].Reducible(at); err != nil {
			return nil, err
		}
	}
	reduced, err := j.reduce(found)
	return reduced, ofFacts(err)
}
