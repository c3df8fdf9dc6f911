package coupon

import (
	"slices"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// DiscountFor returns the discount that a discount coupon is for an order, if the order is
// within its limits (C3): its projects, a first order of the service, the threshold on the
// list price of the lines that it covers (C6). Otherwise the error is an [*Error] with the
// reason. [order.Reducible], the window and who holds it are not looked at.
func (c Coupon) DiscountFor(o order.Order, tallies []Tally, p Policy) (discount.Discount, error) {
	d, err := c.AsDiscount()
	if err != nil {
		return d, err
	}
	refuse := func(why Why) (discount.Discount, error) {
		return discount.Discount{}, &Error{Verdicts: []Verdict{{Coupon: c.ID, Why: why}}}
	}
	l := &c.Limits
	if c.Customer != o.Customer {
		return refuse(WhyOwner)
	}
	if len(l.Projects) > 0 && !slices.Contains(l.Projects, o.Project) {
		return refuse(WhyNotCovered)
	}
	due, why := int64(0), WhyNotCovered
	for i := range o.Lines {
		if !o.Lines[i].Own() || !l.Scope.Covers(&o, i) {
			continue
		}
		if l.FirstOrder && ordered(tallies, o.Customer, o.Lines[i].Service) {
			return refuse(WhyFirstOrder)
		}
		due, why = due+o.Lines[i].Amount.Minor(), ""
	}
	if why != "" {
		return refuse(why)
	}
	if need := l.Threshold; need != (order.Money{}) {
		if need.Currency() != o.Currency() {
			return refuse(WhyCurrency)
		}
		if due < need.Minor() || due == need.Minor() && !p.Threshold.Reached {
			return refuse(WhyThreshold)
		}
	}
	return d, nil
}
