package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// NotRefundable says why a resource cannot be left (Q7). The zero value is that it can.
//
// One of: it has been released; it has expired: release it; it was free: there is nothing to
// give back; it is a trial; it is a package, which is used up or expires; it is paid by use:
// delete it; it is in another order: pay or cancel that first; it was invoiced at the
// marketplace; it is left with its main resource.
type NotRefundable string

const (
	NotRefundableReleased NotRefundable = "it has been released"
	NotRefundableExpired  NotRefundable = "it has expired: release it"
	NotRefundableFree     NotRefundable = "it was free: there is nothing to give back"
	NotRefundableTrial    NotRefundable = "it is a trial"
	NotRefundablePackage  NotRefundable = "it is a package, which is used up or expires"
	NotRefundableCharge   NotRefundable = "it is paid by use: delete it"
	NotRefundableOrder    NotRefundable = "it is in another order: pay or cancel that first"
	NotRefundableInvoiced NotRefundable = "it was invoiced at the marketplace"
	NotRefundableBound    NotRefundable = "it is left with its main resource"
)

// Origin is what a resource came from, as far as that keeps it from being left (Q7).
type Origin struct {
	Trial    bool
	Free     bool // its order came to 0
	Invoiced bool // at the marketplace
}

// Leavable says why the resource cannot be left at the given time (Q7); "": it can.
func (r Resource) Leavable(from Origin, at time.Time, p Policy) NotRefundable {
	state := r.State(at, p)
	switch {
	case state == StateReleased:
		return NotRefundableReleased
	case r.Charge == order.ChargePackage:
		return NotRefundablePackage
	case r.Charge != order.ChargeSubscription:
		return NotRefundableCharge
	case state != StateInUse:
		return NotRefundableExpired
	case from.Trial:
		return NotRefundableTrial
	case from.Free:
		return NotRefundableFree
	case from.Invoiced:
		return NotRefundableInvoiced
	case r.Order != "":
		return NotRefundableOrder
	case r.Main != "" && !r.Attached:
		return NotRefundableBound
	}
	return ""
}

// Leave refuses with the reason where the resource cannot be left (Q7), as a [*MoveError]
// that is [ErrKept]; Bought.Leave says what comes back where it can.
func (r Resource) Leave(from Origin, at time.Time, p Policy) error {
	state, err := r.ready(at, &p)
	if err != nil {
		return err
	}
	if why := r.Leavable(from, at, p); why != "" {
		return r.refuse("unsubscribe", state, ErrKept, string(why))
	}
	return nil
}
