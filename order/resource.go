package order

import (
	"fmt"
	"time"
)

// Vacate says what must become of the others before o can have its resources at the
// given time (O12): a resource is in at most one open order. The IDs returned are of
// orders past their deadline, to be voided with their purchases in the commit that
// places o. An open order that can still be paid, or is being paid, is a
// [*ResourceError] that names it.
func (o Order) Vacate(others []Order, at time.Time) (void []ID, err error) {
	if _, err := Second(at); err != nil {
		return nil, err
	}
	wanted := make(map[ResourceID]bool)
	for i := range o.Lines {
		if r := o.Lines[i].Resource; r != "" {
			wanted[r] = true
		}
	}
	for i := range others {
		other := &others[i]
		if other.ID == o.ID || !other.State.Open() {
			continue
		}
		for j := range other.Lines {
			r := other.Lines[j].Resource
			if !wanted[r] {
				continue
			}
			if !other.State.early() || !past(at, other.Deadline) {
				return nil, &ResourceError{Order: o.ID, Resource: r, Holder: other.ID, State: other.State}
			}
			void = append(void, other.ID)
			break
		}
	}
	return void, nil
}

// ResourceError names the open order that already has the resource (O12). It is
// [ErrResourceTaken].
type ResourceError struct {
	Order    ID // the one refused
	Resource ResourceID
	Holder   ID // the open order that has it
	State    State
}

func (e *ResourceError) Error() string {
	if e.Order == "" {
		return fmt.Sprintf("resource %s is in order %s, which is %s: pay or cancel that one first", e.Resource, e.Holder, e.State)
	}
	return fmt.Sprintf("order %s: resource %s is in order %s, which is %s: pay or cancel that one first",
		e.Order, e.Resource, e.Holder, e.State)
}

func (e *ResourceError) Unwrap() error { return ErrResourceTaken }
