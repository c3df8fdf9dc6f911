package renewal

import (
	"database/sql/driver"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// State is where a resource stands in its life (R9): a matter of the time, until it is
// released.
//
// One of: in use, grace period, retention period, released.
type State string

const (
	StateInUse     State = "in use"
	StateGrace     State = "grace period"     // expired, and usable
	StateRetention State = "retention period" // expired and frozen, its data kept
	StateReleased  State = "released"         // final
)

var states = []State{StateInUse, StateGrace, StateRetention, StateReleased}

// UnmarshalText reads a state strictly.
func (s *State) UnmarshalText(b []byte) error { return order.ReadWord("state", s, states, b) }

// Scan reads a state from a text column.
func (s *State) Scan(src any) error { return order.ScanWord("state", s, states, src) }

// Value is the word, NULL for the zero one.
func (s State) Value() (driver.Value, error) { return order.WordValue(s) }

// Expired is how Huawei Cloud's public-utility platform shows a state (HCN): in use, or
// expired in the grace and in the retention period; false for what is released.
func (s State) Expired() (expired, ok bool) {
	return s == StateGrace || s == StateRetention, s != StateReleased && slices.Contains(states, s)
}

// Keep is how long what has expired stays usable, and is then kept (R9): elapsed time.
// Of several the first that matches counts.
type Keep struct {
	Tier      string       // of the customer; empty: any
	Charge    order.Charge // empty: any
	Grace     time.Duration
	Retention time.Duration // after the grace period
}

// days is a number of days as elapsed time.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func (k *Keep) check() error {
	for _, x := range [...]struct {
		name string
		of   time.Duration
	}{{"grace", k.Grace}, {"retention", k.Retention}} {
		if x.of < 0 || x.of%time.Second != 0 || x.of > days(36500) {
			return order.Invalid(x.name, x.of.String(), "is no time of whole seconds, 0 to 100 years")
		}
	}
	if k.Tier != "" {
		if err := order.CheckID("tier", k.Tier); err != nil {
			return err
		}
	}
	if k.Charge != "" && !known(k.Charge) {
		return order.Invalid("charge", string(k.Charge), "is unknown")
	}
	return nil
}

// kept returns the last seconds of the grace and of the retention period.
func (r *Resource) kept(p *Policy) (grace, retention time.Time) {
	last := p.Ending.LastSecond(r.Expiry)
	for i := range p.Keep {
		k := &p.Keep[i]
		tier := k.Tier == "" || k.Tier == r.Tier
		charge := k.Charge == "" || k.Charge == r.Charge
		if tier && charge {
			return last.Add(k.Grace), last.Add(k.Grace + k.Retention)
		}
	}
	return last, last
}

// State returns where the resource stands at the given time (R9). The expiry is the last
// second of use (T1). Past the end of retention it counts as released, unless an order for
// it is being paid (R11).
func (r Resource) State(at time.Time, p Policy) State { return r.state(at, &p) }

func (r *Resource) state(at time.Time, p *Policy) State {
	after := func(end time.Time) bool { return at.Unix() > end.Unix() }
	grace, retention := r.kept(p)
	switch {
	case !r.Released.IsZero() && !at.Before(r.Released):
		return StateReleased
	case !after(p.Ending.LastSecond(r.Expiry)), !r.Postpaid.IsZero() && !at.Before(r.Postpaid):
		return StateInUse
	case !after(grace):
		return StateGrace
	case !after(retention), r.Paying:
		return StateRetention
	}
	return StateReleased
}

// Until returns the last second in which the resource is usable, and the last in which
// it is kept and can be renewed (R9).
func (r Resource) Until(p Policy) (usable, kept time.Time) { return r.kept(&p) }
