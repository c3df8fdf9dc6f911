package payment

import (
	"errors"
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// allocate lets the coupons pay what they can, and adds up who pays what (P15, O5).
func (j *judge) allocate(q *Quote) error {
	plan, err := j.coupons()
	if err != nil {
		return err
	}
	q.Coupons = plan.Verdicts
	n, cur := len(j.orders), j.orders[0].Currency()
	q.Items = make([]Item, n)
	room, sum := make([]CouponPart, 0, n*len(plan.Pays)), total{}
	for i := range j.orders {
		o, t := &j.orders[i], total{cash: plan.Left[i].Minor()}
		for k := range o.Lines {
			if l := &o.Lines[k]; l.Seller == "" {
				t.list, t.discount = t.list+l.Amount.Minor(), t.discount+l.Off.Minor()
				if t.list > maxMinor {
					return tooMuch()
				}
			}
		}
		from := len(room)
		for k := range plan.Pays {
			pay := &plan.Pays[k]
			part := pay.Parts[i].Minor()
			switch {
			case part == 0:
				continue
			case pay.Kind == coupon.KindCard:
				t.cards += part
			default:
				t.coupons += part
			}
			room = append(room, CouponPart{pay.Coupon, pay.Kind, pay.Parts[i]})
			if pay.Lines != nil && pay.Lines[i] != nil {
				q.Items[i].Lines = append(q.Items[i].Lines, pay.Lines[i])
			}
		}
		it := &q.Items[i]
		it.Order, it.Purchase, it.Amounts = o.ID, o.Purchase, t.amounts(cur)
		if from < len(room) {
			it.Parts = room[from:len(room):len(room)]
		}
		if sum.add(it.Amounts); sum.list > maxMinor {
			return tooMuch()
		}
	}
	q.Sum = sum.amounts(cur)
	return nil
}

// maxMinor is the largest amount in minor units: 18 digits.
const maxMinor = 999_999_999_999_999_999

// tooMuch refuses orders whose sum overflows.
func tooMuch() *Refusal {
	return Refuse(ReasonBadRequest, &order.FieldError{Field: "orders", Reason: "add up to more than 18 digits: make several payments", Err: order.ErrOverflow})
}

// coupons returns what the coupons pay that were named, or are chosen.
func (j *judge) coupons() (coupon.Plan, error) {
	f, policy := &j.facts, j.policy().Coupon
	if j.request.Choose {
		own := slices.DeleteFunc(slices.Clone(f.Coupons), func(c coupon.Coupon) bool { return c.Kind == coupon.KindDiscount })
		plan, err := coupon.Choose(j.orders, own, f.Tallies, j.at, policy)
		return plan, j.couponRefusal(err)
	}
	named, missing := j.namedCoupons()
	if missing != nil {
		return coupon.Plan{}, j.couponRefusal(&coupon.Error{Verdicts: missing})
	}
	plan, err := coupon.Use(j.orders, named, f.Tallies, j.at, policy)
	return plan, j.couponRefusal(err)
}

// namedCoupons returns the coupons that the request names: those of the facts, without a copy,
// where they are the same in the same order.
func (j *judge) namedCoupons() (named []coupon.Coupon, missing []coupon.Verdict) {
	ids, all := j.request.Coupons, j.facts.Coupons
	same := len(all) == len(ids)
	for i := 0; same && i < len(all); i++ {
		same = all[i].ID == ids[i]
	}
	if same {
		return all, nil
	}
	named = make([]coupon.Coupon, len(ids))
	for i, id := range ids {
		if c := j.coupon(id); c != nil {
			named[i] = *c
		} else {
			missing = append(missing, coupon.Verdict{Coupon: id, Reason: coupon.ReasonOwner})
		}
	}
	return named, missing
}

// couponRefusal turns what package coupon refused into a refusal; for facts that are not valid
// it returns the error itself.
func (j *judge) couponRefusal(err error) error {
	if err == nil {
		return nil
	}
	var unusable *coupon.Error
	var currency *order.CurrencyError
	switch {
	case errors.As(err, &unusable):
		r := Refuse(ReasonCoupon, err)
		r.Coupons = unusable.Verdicts
		for _, v := range unusable.Verdicts {
			if reason := j.couponReason(v); reason != ReasonCoupon {
				r.Reason = reason
				break
			}
		}
		return r
	case errors.As(err, &currency):
		return Refuse(ReasonBadRequest, &order.FieldError{Field: "orders", Reason: "are in two currencies: pay each on its own", Err: currency})
	case errors.Is(err, order.ErrOverflow):
		return Refuse(ReasonBadRequest, &order.FieldError{Field: "orders", Reason: "are too much for one payment: pay fewer at once", Err: order.ErrOverflow})
	}
	return order.Within("facts", err)
}

// couponReason is the reason for one coupon.
func (j *judge) couponReason(v coupon.Verdict) Reason {
	switch v.Reason {
	case coupon.ReasonUsedUp, coupon.ReasonHeld:
		return ReasonCouponUsed
	case coupon.ReasonWithout:
		return ReasonCouponDiscount
	case coupon.ReasonRatio:
		return ReasonCouponRatio
	case coupon.ReasonExcluded:
		one, other := j.coupon(v.Coupon), j.coupon(v.With)
		switch {
		case other == nil && one.Kind == coupon.KindCash: // with the discount coupon of an order
			return ReasonCashWithDiscountCoupon
		case other != nil && groups(one, other, coupon.GroupMarketplace, coupon.GroupDedicated):
			return ReasonMarketplaceWithDedicated
		}
	}
	return ReasonCoupon
}

func groups(a, b *coupon.Coupon, x, y coupon.Group) bool {
	return a.Limits.Group == x && b.Limits.Group == y || a.Limits.Group == y && b.Limits.Group == x
}

// coupon returns the coupon of an ID, nil if there is none.
func (j *judge) coupon(id coupon.ID) *coupon.Coupon {
	if i := slices.IndexFunc(j.facts.Coupons, func(c coupon.Coupon) bool { return c.ID == id }); i >= 0 {
		return &j.facts.Coupons[i]
	}
	return nil
}
