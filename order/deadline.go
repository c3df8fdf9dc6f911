package order

import (
	"fmt"
	"time"
)

// ownDeadline is the deadline of the order alone: the end of its lifetime (E1), or
// the end of a discount that shortens it (E2); cash coupons never move it (E5).
func (o *Order) ownDeadline() time.Time {
	if until := o.Reduction.Window.Until; o.Reduction.Lapse == LapseShortens && !until.IsZero() && until.Before(o.Latest) {
		return until
	}
	return o.Latest
}

// Explanation says why an order can be paid until its deadline (E6): which rule and
// which thing set it, from what to what.
type Explanation struct {
	Rule  string    `json:"rule"`          // E1, E2, E3, E4 or O6
	Thing string    `json:"thing"`         // what set it: the lifetime, the discount, the member of the purchase
	From  time.Time `json:"from,omitzero"` // what it would be: the lifetime's end; zero without a lifetime
	To    time.Time `json:"to,omitzero"`   // what it is: the deadline; zero without a deadline
	Text  string    `json:"text"`          // the same for a person
}

// Explain says what set the deadline of o.
func (o Order) Explain() Explanation {
	r := &o.Reduction
	e := Explanation{Rule: "E1", Thing: "lifetime of " + length(o.Latest.Sub(o.Placed)), From: o.Latest, To: o.Deadline}
	named := fmt.Sprintf("%s %q", r.Kind, r.ID)
	until := Stamp(r.Window.Until)
	ends := !r.Window.Until.IsZero() && r.Window.Until.Before(o.Latest)
	switch {
	case o.Deadline.IsZero():
		e = Explanation{Rule: "O2", Thing: string(o.Flow()), Text: "no deadline: it " + string(o.Flow()) + " (O2)"}
	case o.DeadlineOf != "":
		e.Rule, e.Thing = "O6", "order "+string(o.DeadlineOf)
		e.Text = fmt.Sprintf("order %s of the same purchase can be paid until then (O6)", o.DeadlineOf)
	case ends && r.Lapse == LapseShortens:
		e.Rule, e.Thing = "E2", named
		e.Text = fmt.Sprintf("%s ends then (E2), before %s after placement, %s (E1)", named, length(o.Latest.Sub(o.Placed)), Stamp(o.Latest))
	case ends && r.Lapse == LapseHonored:
		e.Rule, e.Thing = "E3", named
		e.Text = fmt.Sprintf("%s after placement (E1); %s ends %s and is honored until then (E3)", length(o.Latest.Sub(o.Placed)), named, until)
	case ends && r.Lapse == LapseJudged:
		e.Rule, e.Thing = "E4", named
		e.Text = fmt.Sprintf("%s after placement (E1); %s can be paid with until %s only (E4)", length(o.Latest.Sub(o.Placed)), named, until)
	default:
		e.Text = length(o.Latest.Sub(o.Placed)) + " after placement (E1)"
	}
	return e
}

// String returns "2018-11-30 23:59:59 +08:00: promotional "spring" ends then (E2), ...".
func (e Explanation) String() string {
	if e.To.IsZero() {
		return e.Text
	}
	return Stamp(e.To) + ": " + e.Text
}

// length writes a duration in its largest whole unit.
func length(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return Term{int(d / (24 * time.Hour)), Day}.String()
	case d%time.Hour == 0:
		return Term{int(d / time.Hour), Hour}.String()
	case d%time.Minute == 0:
		return Term{int(d / time.Minute), Minute}.String()
	}
	return d.String()
}
