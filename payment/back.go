package payment

import (
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

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
}

// review says whether so much is given back only after approval (Q7).
func (back *Back) review(p *renewal.Policy) {
	limit := p.Leaving.Approve
	back.Review = limit != (order.Money{}) && limit.Currency() == back.Total.Currency() && back.Total.Minor() > limit.Minor()
}

func (back *Back) add(x *bought, h renewal.Held, f renewal.Refund) {
	y := PeriodBack{Resource: x.resource, Order: h.Order, Payment: x.payment, Period: x.bought.Period, Refund: f, Cash: f.Parts[0]}
	for i, part := range x.coupons {
		if amount := f.Parts[i+1]; amount.Sign() > 0 {
			y.Coupons = append(y.Coupons, CouponPart{part.Coupon, part.Kind, amount})
		}
	}
	back.Total = order.Minor(back.Total.Minor()+y.Cash.Minor(), y.Cash.Currency())
	back.Periods = append(back.Periods, y)
}
