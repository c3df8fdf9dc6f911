package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// Row is what renewing one resource to a unified day would be (R8).
type Row struct {
	Resource order.ResourceID `json:"resource"`
	Why      Why              `json:"why,omitempty"` // why it cannot take part; empty: it does
	From     time.Time        `json:"from"`          // its expiry now
	Extension
	Price order.Money `json:"price,omitzero"`
	Err   error       `json:"-"` // what the prices said, where Why is WhyNoPrice
}

// Why says why a resource cannot take part (R8). The zero value is that it does.
type Why string

const (
	WhyReleased  Why = "has been released"
	WhyCharge    Why = "is not a subscription"
	WhyMode      Why = "is not renewed: set it to manual or automatic renewal"
	WhyWithdrawn Why = "is no longer sold"
	WhyBound     Why = "is renewed as a whole with its main resource: choose that too"
	WhyOrder     Why = "is in another open order"
	WhyNoPrice   Why = "has no price for this"
)

// Preview says for each resource what a renewal to the unified day would be at the given
// time, and moves nothing (R8): the new expiry, the odd days and the price, or why it
// cannot take part. It does not stop at the first that cannot. What is bound takes part
// beside its main resource (R10). The error is an [*order.FieldError] for what is not
// sound; resources[i] names which.
func Preview(resources []Resource, least Term, day UnifiedDay, prices Prices, at time.Time, p Policy) ([]Row, error) {
	if err := checkTime("at", at); err != nil {
		return nil, err
	}
	if err := p.Check(); err != nil {
		return nil, order.Within("policy", err)
	}
	if prices == nil {
		return nil, order.Invalid("prices", "", "is required")
	}
	if err := p.checkTerm(least); err != nil {
		return nil, err
	}
	if err := p.checkDay(day); err != nil {
		return nil, err
	}
	rows := make([]Row, len(resources))
	mains := mainsOf(resources)
	for i := range resources {
		if err := resources[i].check(&p); err != nil {
			return nil, order.Within(order.Element("resources", i), err)
		}
		if r := &resources[i]; r.bound() && !mains[r.Main] {
			rows[i] = Row{Resource: r.ID, From: r.Expiry, Why: WhyBound}
			continue
		}
		if err := rows[i].fill(&resources[i], least, day, prices, at, &p); err != nil {
			return nil, order.Within(order.Element("resources", i), err)
		}
	}
	return rows, nil
}

// mainsOf returns which resources are there that others are bound to.
func mainsOf(resources []Resource) map[order.ResourceID]bool {
	var mains map[order.ResourceID]bool
	for i := range resources {
		if r := &resources[i]; r.bound() {
			if mains == nil {
				mains = make(map[order.ResourceID]bool)
			}
			mains[r.Main] = false
		}
	}
	for i := 0; mains != nil && i < len(resources); i++ {
		if _, wanted := mains[resources[i].ID]; wanted {
			mains[resources[i].ID] = true
		}
	}
	return mains
}

func (row *Row) fill(r *Resource, least Term, day UnifiedDay, prices Prices, at time.Time, p *Policy) (err error) {
	row.Resource, row.From = r.ID, r.Expiry
	if row.Why = r.bars(at, p); row.Why != "" {
		return nil
	}
	if row.Extension, err = unify(r.Position(), least, day, p); err != nil {
		return err
	}
	var whole, month order.Money
	if row.Whole != (Term{}) {
		whole, err = prices.Price(*r, row.Whole)
	}
	if err == nil && row.Days > 0 {
		month, err = prices.Price(*r, Term{N: 1, Unit: Month})
	}
	if row.Days == 0 {
		month = whole
	}
	if err == nil {
		row.Price, err = row.price(whole, month, p)
	}
	if err != nil {
		row.Why, row.Err, row.Extension, row.Price = WhyNoPrice, err, Extension{}, order.Money{}
	}
	return nil
}

// bars says why a resource cannot take part in a renewal to a unified day.
func (r *Resource) bars(at time.Time, p *Policy) Why {
	switch {
	case r.state(at, p) == StateReleased:
		return WhyReleased
	case r.Charge != order.ChargeSubscription:
		return WhyCharge
	case r.Withdrawn:
		return WhyWithdrawn
	case r.Mode != ModeManual && r.Mode != ModeAutomatic:
		return WhyMode
	case r.Order != "":
		return WhyOrder
	}
	return ""
}
