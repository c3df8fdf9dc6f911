package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// WhyKept says why a resource cannot be left (Q7). The zero value is that it can.
type WhyKept string

const (
	KeptReleased WhyKept = "it has been released"
	KeptExpired  WhyKept = "it has expired: release it"
	KeptFree     WhyKept = "it was free: there is nothing to give back"
	KeptTrial    WhyKept = "it is a trial"
	KeptPackage  WhyKept = "it is a package, which is used up or expires"
	KeptCharge   WhyKept = "it is paid by use: delete it"
	KeptOrder    WhyKept = "it is in another order: pay or cancel that first"
	KeptInvoiced WhyKept = "it was invoiced at the marketplace"
	KeptBound    WhyKept = "it is left with its main resource"
)

// Origin is what a resource came from, as far as that keeps it from being left (Q7).
type Origin struct {
	Trial    bool
	Free     bool // its order came to 0
	Invoiced bool // at the marketplace
}

// Leavable says why the resource cannot be left at the given time (Q7); "": it can.
func (r Resource) Leavable(from Origin, at time.Time, p Policy) WhyKept {
	state := r.State(at, p)
	switch {
	case state == StateReleased:
		return KeptReleased
	case r.Charge == order.ChargePackage:
		return KeptPackage
	case r.Charge != order.ChargeSubscription:
		return KeptCharge
	case state != StateInUse:
		return KeptExpired
	case from.Trial:
		return KeptTrial
	case from.Free:
		return KeptFree
	case from.Invoiced:
		return KeptInvoiced
	case r.Order != "":
		return KeptOrder
	case r.Main != "" && !r.Attached:
		return KeptBound
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
		return r.refuse("leave", state, ErrKept, string(why))
	}
	return nil
}
