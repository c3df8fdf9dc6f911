package renewal

import (
	"errors"
	"time"

	"github.com/duebook/duebook/order"
)

// Row is what renewing one resource to a unified day would be (R8).
type Row struct {
	Resource order.ResourceID `json:"resource"`
	Reason   Reason           `json:"why,omitempty"` // why it cannot take part; empty: it does
	From     time.Time        `json:"from"`          // its expiry now
	Extension
	Price order.Money `json:"price,omitzero"`
	Err   error       `json:"-"` // what the prices said, where Reason is ReasonNoPrice
}

// Reason says why a resource cannot take part (R8). The zero value is that it does.
//
// One of: has been released, is not a subscription, is not renewed: set it to manual or
// automatic renewal, is no longer sold, is renewed as a whole with its main resource: choose
// that too, is in another open order, has no price for this.
type Reason string

const (
	ReasonReleased  Reason = "has been released"
	ReasonCharge    Reason = "is not a subscription"
	ReasonMode      Reason = "is not renewed: set it to manual or automatic renewal"
	ReasonWithdrawn Reason = "is no longer sold"
	ReasonBound     Reason = "is renewed as a whole with its main resource: choose that too"
	ReasonOrder     Reason = "is in another open order"
	ReasonNoPrice   Reason = "has no price for this"
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
			rows[i] = Row{Resource: r.ID, From: r.Expiry, Reason: ReasonBound}
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
	if row.Reason = r.bars(at, p); row.Reason != "" {
		return nil
	}
	if row.Extension, err = unify(r.positionAt(at, p), least, day, p); err != nil {
		return err
	}
	var whole order.Money
	of := r.AsRenewed()
	if row.Whole != (Term{}) {
		whole, err = prices.Price(of, row.Whole)
	}
	per := whole
	if err == nil && row.Days > 0 && row.Per != row.Whole {
		per, err = prices.Price(of, row.Per)
	}
	if err == nil {
		row.Price, err = row.price(whole, per, p)
	}
	if err != nil && !errors.Is(err, ErrNoPrice) {
		return err
	}
	if err != nil {
		row.Reason, row.Err, row.Extension, row.Price = ReasonNoPrice, err, Extension{}, order.Money{}
	}
	return nil
}

// bars says why a resource cannot take part in a renewal to a unified day.
func (r *Resource) bars(at time.Time, p *Policy) Reason {
	switch {
	case r.state(at, p) == StateReleased:
		return ReasonReleased
	case r.Charge != order.ChargeSubscription:
		return ReasonCharge
	case r.Withdrawn:
		return ReasonWithdrawn
	case r.Mode != ModeManual && r.Mode != ModeAutomatic:
		return ReasonMode
	case r.Order != "":
		return ReasonOrder
	}
	return ""
}
