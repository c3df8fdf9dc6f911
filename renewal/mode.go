package renewal

import (
	"database/sql/driver"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// Mode is what happens to a resource at its expiry (R4). The zero value is no mode.
//
// One of: manual renewal, automatic renewal, to pay-per-use, not renewed.
type Mode string

const (
	ModeManual    Mode = "manual renewal"
	ModeAutomatic Mode = "automatic renewal"
	ModePayPerUse Mode = "to pay-per-use" // from the second of expiry on (R12)
	ModeNone      Mode = "not renewed"    // canceled at the end of the period
)

var modes = []Mode{ModeManual, ModeAutomatic, ModePayPerUse, ModeNone}

// UnmarshalText reads a mode strictly.
func (m *Mode) UnmarshalText(b []byte) error { return order.ReadWord("mode", m, modes, b) }

// Scan reads a mode from a text column.
func (m *Mode) Scan(src any) error { return order.ScanWord("mode", m, modes, src) }

// Value is the word, NULL for the zero one.
func (m Mode) Value() (driver.Value, error) { return order.WordValue(m) }

// SetMode moves the resource to another of the four ways (R4); auto is how it is renewed
// automatically, and zero for the others. What is no longer sold stays not renewed, what
// is bound follows its main resource, and what has expired into pay-per-use stays so: it
// can be taken back before (R12).
func (r Resource) SetMode(m Mode, auto Auto, at time.Time, p Policy) (Resource, error) {
	state, err := r.ready(at, &p)
	if err != nil {
		return r, err
	}
	switch {
	case state == StateReleased:
		return r, r.refuse("mode", state, ErrState, "it is gone: order a new one")
	case r.Withdrawn && m != ModeNone:
		return r, r.refuse("mode", state, ErrMode, "it is no longer sold: it stays not renewed (R4)")
	case r.bound():
		return r, r.refuse("mode", state, ErrBound, "set the mode of "+string(r.Main))
	case (m == ModePayPerUse) != (r.Mode == ModePayPerUse) && state != StateInUse:
		return r, r.refuse("mode", state, ErrMode, "going to pay-per-use is decided before the expiry (R12)")
	case r.Charge != order.ChargeSubscription:
		return r, r.refuse("mode", state, ErrMode, "it is "+string(r.Charge)+", which does not expire")
	}
	after := r
	after.Mode, after.Auto = m, auto
	if m == ModeAutomatic {
		if err := p.checkTerm(auto.Term); err != nil {
			return r, order.Within("auto", err)
		}
		after.Auto.On, after.Auto.Done, after.Auto.Tried = at.Truncate(time.Second), 0, time.Time{}
		after.Periods = slices.Clone(r.Periods)
		for i := range after.Periods {
			after.Periods[i].Automatic = false // it is counted again
		}
		if p.Schedule == nil && p.Attempts.none() {
			return r, r.refuse("mode", state, ErrMode, "the policy attempts no automatic renewal")
		}
	} else if auto != (Auto{}) {
		return r, order.Invalid("auto", "", "belongs to automatic renewal alone")
	}
	return r.become(after, &p)
}
