package desk

import "time"

// Swept is what a sweep has done.
type Swept struct {
	Orders        int           `json:"orders,omitempty"`    // voided, or their customers reminded of the deadline
	Coupons       int           `json:"coupons,omitempty"`   // expired
	Payments      int           `json:"payments,omitempty"`  // looked at
	Refunds       int           `json:"refunds,omitempty"`   // sent, or sent again
	Bills         int           `json:"bills,omitempty"`     // made, or charged
	Credits       int           `json:"credits,omitempty"`   // paid out
	Resources     int           `json:"resources,omitempty"` // renewed, released, or moved on otherwise
	Claims        int           `json:"claims,omitempty"`    // completed
	Notices       int           `json:"notices,omitempty"`   // delivered
	Undeliverable int           `json:"kept,omitempty"`      // notices that could not be delivered
	Reviews       int           `json:"reviews,omitempty"`   // payments, refunds and credits that were left to an operator, parked refunds too
	Failed        int           `json:"failed,omitempty"`    // records that were put off, or have no price, since something about them failed: Errs says what
	Oldest        time.Duration `json:"oldest,omitempty"`    // how long the one that waited the longest had waited
	More          bool          `json:"more,omitempty"`      // the limit was reached: sweep again
	Errs          []error       `json:"-"`                   // at most 10
}

// due reports whether a record's time has come, and notes for how long it has waited.
func (s *Swept) due(at, since time.Time) bool {
	if since.IsZero() || since.After(at) {
		return false
	}
	s.Oldest = max(s.Oldest, at.Sub(since))
	return true
}

func (s *Swept) fail(err error) {
	s.Failed++
	if len(s.Errs) < 10 {
		s.Errs = append(s.Errs, err)
	}
}
