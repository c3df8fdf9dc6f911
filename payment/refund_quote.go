package payment

import (
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// RefundQuote is what comes back, period by period: what renewal found of each, and to where it
// goes.
type RefundQuote struct {
	Total   order.Money    `json:"total"` // to accounts, bill or gateway; coupons come besides
	Review  bool           `json:"review,omitempty"`
	Periods []PeriodRefund `json:"periods"`
}

// PeriodRefund is what comes back of one period of a resource.
type PeriodRefund struct {
	Resource order.ResourceID `json:"resource"`
	Order    order.ID         `json:"order"` // which paid for it
	Payment  order.PaymentID  `json:"payment"`
	renewal.Period
	renewal.Refund
	Cash    order.Money  `json:"cash"`
	Coupons []CouponPart `json:"coupons,omitempty"` // to those coupons
}

// SetReview says whether so much is given back only after approval (Q7).
func (back *RefundQuote) SetReview(p *renewal.Policy) {
	limit := p.Leaving.Approve
	back.Review = limit != (order.Money{}) && limit.Currency() == back.Total.Currency() && back.Total.Minor() > limit.Minor()
}

// Add adds what comes back of a period.
func (back *RefundQuote) Add(y PeriodRefund) {
	back.Total = order.Minor(back.Total.Minor()+y.Cash.Minor(), y.Cash.Currency())
	back.Periods = append(back.Periods, y)
}

// RefundID derives the ID of what is given back of a period for an order (P12).
func (x *PeriodRefund) RefundID(by order.ID) order.RefundID {
	return refundID(x.Payment, x.Order, by, x.Resource)
}
