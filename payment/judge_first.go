package payment

import (
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// takeFirsts notes that an order is the first in the named tallies, and freeFirsts that it is
// that in none (C3).
func (j *judge) takeFirsts(o *order.Order, names []string) {
	for _, n := range names {
		i := slices.IndexFunc(j.facts.Tallies, func(t coupon.Tally) bool { return t.Customer == o.Customer && t.Name == n && t.Part == 0 })
		if i < 0 {
			i = len(j.facts.Tallies)
			j.facts.Tallies = append(j.facts.Tallies, coupon.Tally{Customer: o.Customer, Name: n})
		}
		j.facts.Tallies[i] = j.facts.Tallies[i].Hold(o.ID, "")
	}
}

func (j *judge) freeFirsts(o *order.Order) {
	for i := range j.facts.Tallies {
		if t := &j.facts.Tallies[i]; t.Customer == o.Customer && t.HeldFor == o.ID {
			*t = t.Release()
		}
	}
}

// notFirst says why order i, whose discount coupon is good for a first order alone, is no
// first order any more: others were paid since it was chosen, or come before it in this
// payment. [coupon.Verdict.Why] is empty where it is one, and where it has no such coupon.
func (j *judge) notFirst(orders []order.Order, i int) coupon.Verdict {
	o := &orders[i]
	if o.Reduction.Kind != string(discount.KindCoupon) {
		return coupon.Verdict{}
	}
	for _, t := range j.facts.Tallies {
		if t.Customer != o.Customer || t.HeldFor != o.ID || t.HeldBy != "" {
			continue
		}
		v := coupon.NotFirst(o, t.Name, j.facts.Tallies)
		for k := 0; k < i && v.Reason == ""; k++ {
			if slices.Contains(coupon.FirstOrderTallies(orders[k]), t.Name) {
				v = coupon.Verdict{Reason: coupon.ReasonFirstOrder, Order: orders[k].ID}
			}
		}
		if v.Reason != "" {
			v.Coupon = coupon.ID(o.Reduction.ID)
			return v
		}
	}
	return coupon.Verdict{}
}

// barFirsts adds the orders that are no first orders any more to those that drop out (C3,
// P3). Where one takes its purchase along, the others are looked at once more: the purchase
// may have come before them.
func (j *judge) barFirsts(orders []order.Order, drops []Drop) []Drop {
	for {
		found := j.notFirsts(slices.DeleteFunc(slices.Clone(orders), func(o order.Order) bool {
			return slices.ContainsFunc(drops, func(d Drop) bool { return d.Order == o.ID || o.Purchase != "" && d.Purchase == o.Purchase })
		}))
		k := slices.IndexFunc(found, func(d Drop) bool { return d.Purchase != "" })
		if k < 0 {
			return append(drops, found...)
		}
		drops = append(drops, found[k])
	}
}

// notFirsts says which of the orders are no first orders any more. Those do not come before
// the others.
func (j *judge) notFirsts(orders []order.Order) (drops []Drop) {
	for i := range orders {
		v := j.notFirst(orders, i)
		if v.Reason == "" {
			continue
		}
		drops = append(drops, Drop{Order: orders[i].ID, Purchase: orders[i].Purchase, Reason: ReasonDiscount, Text: v.String() + ": choose another discount, or none"})
		orders[i].Lines = nil
	}
	return drops
}
