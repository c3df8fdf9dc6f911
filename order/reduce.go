package order

import "time"

// Cut is what a discount takes off one line: the amount, and the share still to pay
// where the discount is a ratio.
type Cut struct {
	Off   Money
	Ratio Rate
}

// eventReduce names the choice of a discount in errors; it is no move.
const eventReduce Event = "choice of a discount"

// Reduce returns o with r in place of the discount it had, frozen from now on (D8),
// and the deadline computed again from the time of placement (E2, E3, E5); the zero
// Reduction and no cuts leave it without one. cuts has one element per line. It is
// what package discount calls, and what a host may call that prices by itself.
//
// Refused, with o unchanged: an order that is not before payment ([*MoveError]), a
// discount outside its window (E7) or in place of one that is locked (D5, D6;
// [*ReductionError]), a member of a purchase, whose deadline the others share: use
// [Purchase.Reduce].
func (o Order) Reduce(r Reduction, cuts []Cut, at time.Time) (Order, error) {
	if err := o.Check(); err != nil {
		return o, Within("order", err)
	}
	if o.Purchase != "" {
		return o, o.refuse(Move{Event: eventReduce, At: at}, ErrMember, "reduce it in purchase "+string(o.Purchase))
	}
	reduced, err := o.reduce(r, cuts, at)
	if err != nil {
		return o, err
	}
	reduced.Deadline = reduced.ownDeadline()
	if err := reduced.Check(); err != nil {
		return o, Renamed(err, "lines", "cuts")
	}
	return reduced, nil
}

// Reduce is [Order.Reduce] for the member id of the purchase. The deadline that the
// members share moves with it.
func (p Purchase) Reduce(id ID, r Reduction, cuts []Cut, at time.Time) (Purchase, error) {
	if err := p.Check(); err != nil {
		return p, Within("purchase", err)
	}
	i := p.index(id)
	if i < 0 {
		return p, Invalid("order", string(id), "is no member of purchase "+string(p.ID))
	}
	o, err := p.Orders[i].reduce(r, cuts, at)
	if err != nil {
		return p, err
	}
	reduced := p.clone()
	reduced.Orders[i] = o
	reduced.shareDeadline()
	if err := reduced.Check(); err != nil {
		return p, err
	}
	return reduced, nil
}

// reduce returns o, which passes Check, with r and cuts but the deadline it had.
func (o Order) reduce(r Reduction, cuts []Cut, at time.Time) (Order, error) {
	at, err := Second(at)
	if err != nil {
		return o, err
	}
	if err := o.Reducible(at); err != nil {
		return o, err
	}
	if err := o.unlocked(r, at); err != nil {
		return o, err
	}
	reduced := o.clone()
	if r == (Reduction{}) {
		if len(cuts) != 0 {
			return o, Invalid("cuts", "", "are not empty, but there is no discount")
		}
		cuts = make([]Cut, len(o.Lines))
	} else {
		if err := r.check(); err != nil {
			return o, Within("reduction", err)
		}
		if !r.Window.Contains(at) {
			return o, &ReductionError{Order: o.ID, Kind: r.Kind, ID: r.ID, Window: r.Window, At: at, Err: ErrWindow,
				Do: "it is valid " + r.Window.String() + ": choose one that is valid now, or none (E7)"}
		}
	}
	if len(cuts) != len(o.Lines) {
		return o, Invalid("cuts", itoa(int64(len(cuts))), "must be one for each of "+itoa(int64(len(o.Lines)))+" lines")
	}
	for i := range cuts {
		if l := &reduced.Lines[i]; l.Own() {
			l.Off, l.Ratio = cuts[i].Off, cuts[i].Ratio
		} else if cuts[i] != (Cut{}) {
			return o, Invalid("cuts["+itoa(int64(i))+"]", cuts[i].Off.String(), "a line of a third party is not reduced (O11)")
		}
	}
	reduced.Reduction = r
	reduced.Reduction.Window.From = inZone(r.Window.From, o.Placed)
	reduced.Reduction.Window.Until = inZone(r.Window.Until, o.Placed)
	return reduced, nil
}

// Reducible reports why the discount of o cannot be chosen at the given time: it
// charges nothing, it is no longer before payment, or its deadline has passed.
func (o Order) Reducible(at time.Time) error {
	m := Move{Event: eventReduce, At: at}
	switch {
	case o.flow() != FlowCharge:
		return o.refuse(m, ErrState, "an order that "+string(o.Flow())+" has nothing to reduce")
	case !o.State.early():
		return o.refuseState(m)
	case past(at, o.Deadline):
		return o.refuse(m, ErrPastDeadline, "it counts as voided: place a new order")
	case at.Unix() < o.Placed.Unix():
		return Invalid("at", Stamp(at), "is before the order was placed, "+Stamp(o.Placed))
	}
	return nil
}

// Holdable reports why a payment cannot hold o at the given time (O2): its state, its
// deadline, or a discount that has ended and is judged at payment (E4), with the errors
// of [Order.Apply]. Of a purchase every member must be holdable (O6).
func (o *Order) Holdable(at time.Time) error {
	m := Move{Event: EventHold, At: at}
	if err := o.allows(m); err != nil {
		return err
	}
	if o.State != StateUnpaid {
		return o.refuseState(m)
	}
	return nil
}

// Confirming reports whether the customer is still placing o, so that a discount that is
// chosen only then can be chosen (D6): in the second of placement, and until the customer
// confirms an order that was placed on the customer's behalf.
func (o Order) Confirming(at time.Time) bool {
	return o.State == StatePendingConfirmation || at.Unix() == o.Placed.Unix()
}

// unlocked reports a discount in place that r may not replace.
func (o *Order) unlocked(r Reduction, at time.Time) error {
	var why string
	switch {
	case r.Lock == LockPartner:
		return nil // the partner sets it, in place of any that was chosen before
	case o.Reduction.Lock == LockPartner:
		why = "the partner set it: it can be neither dropped nor replaced (D5)"
	case o.Reduction.Lock == LockConfirmed && !o.Confirming(at):
		why = "it was chosen when the order was confirmed: coupons can still be added (D6)"
	default:
		return nil
	}
	return &ReductionError{Order: o.ID, Kind: o.Reduction.Kind, ID: o.Reduction.ID, Window: o.Reduction.Window, At: at, Err: ErrLocked, Do: why}
}

// inZone returns t, unless zero, in the zone of like.
func inZone(t, like time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Truncate(time.Second).In(like.Location())
}
