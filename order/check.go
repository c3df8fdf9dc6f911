package order

import "time"

// Check reports the first identity that o breaks, as a [*FieldError]: IDs, words
// and texts are valid; there is a line of the merchant's own; one currency; no
// amount on the wrong side of zero; list - discount = payable, and once paid
// payable = coupons + cards + cash (O5); at most one discount, whole and frozen
// (D2, D8); the deadline is what E1 to E3 say; the state has what it needs and
// nothing it cannot have (O1, O2). Every function of this package that returns an
// order returns one that Check accepts, or an error.
func (o Order) Check() error {
	if err := o.checkNames(); err != nil {
		return err
	}
	flow := o.flow()
	cur, own := o.currency(), false
	for i := range o.Lines {
		l := &o.Lines[i]
		if err := l.check(cur, flow == FlowBack, flow == FlowNone); err != nil {
			return Within("lines["+itoa(int64(i))+"]", err)
		}
		own = own || l.Own()
	}
	if !own {
		return Invalid("lines", "", "has none of the merchant's own: there is nothing to order (O11)")
	}
	if list, _ := o.sums(); list.cur == 0 {
		return &FieldError{Field: "lines", Reason: "add up to more than 18 digits", Err: ErrOverflow}
	}
	if err := o.checkReduction(flow); err != nil {
		return err
	}
	if err := o.checkTimes(flow); err != nil {
		return err
	}
	return o.checkState(flow)
}

func (o *Order) checkNames() error {
	if err := CheckID("id", o.ID); err != nil {
		return err
	}
	if err := CheckID("customer", o.Customer); err != nil {
		return err
	}
	for _, id := range [...]struct{ field, text string }{
		{"user", string(o.User)}, {"purchase", string(o.Purchase)}, {"project", string(o.Project)},
		{"deadlineOf", string(o.DeadlineOf)}, {"payment", string(o.Payment)},
	} {
		if err := checkText(id.field, id.text, 64); err != nil {
			return err
		}
	}
	if (o.Purchase == "") != (o.Members == 0) || o.Members < 0 {
		return Invalid("members", itoa(int64(o.Members)), "counts the orders of the purchase, 0 without one")
	}
	if o.Version < 0 {
		return Invalid("version", itoa(o.Version), "is below zero")
	}
	if err := CheckWord("type", o.Type, types); err != nil {
		return err
	}
	return CheckWord("state", o.State, states)
}

func (o *Order) checkReduction(flow Flow) error {
	r := &o.Reduction
	if *r == (Reduction{}) {
		for i := range o.Lines {
			if o.Lines[i].Off.minor != 0 || o.Lines[i].Ratio != (Rate{}) {
				return Invalid("lines["+itoa(int64(i))+"].off", o.Lines[i].Off.Amount(), "is reduced, but the order has no reduction")
			}
		}
		return nil
	}
	if flow != FlowCharge {
		return Invalid("reduction", r.Kind, "an order that "+string(flow)+" has nothing to reduce")
	}
	if err := r.check(); err != nil {
		return Within("reduction", err)
	}
	return nil
}

func (r *Reduction) check() error {
	if err := CheckID("kind", r.Kind); err != nil {
		return err
	}
	if err := CheckID("id", r.ID); err != nil {
		return err
	}
	if err := r.Window.Check(); err != nil {
		return Within("window", err)
	}
	if err := CheckWord("lapse", r.Lapse, lapses); err != nil {
		return err
	}
	if r.Lock == "" {
		return nil
	}
	if err := CheckWord("lock", r.Lock, locks); err != nil {
		return err
	}
	if r.Lapse != LapseHonored {
		return Invalid("lapse", string(r.Lapse), "a locked discount is honored until the deadline, or the order could become unpayable (E4)")
	}
	return nil
}

func (o *Order) checkTimes(flow Flow) error {
	if err := checkSecond("placed", o.Placed); err != nil {
		return err
	}
	if err := o.checkZone(); err != nil {
		return err
	}
	if err := checkSecond("changed", o.Changed); err != nil {
		return err
	}
	if o.Changed.Before(o.Placed) {
		return Invalid("changed", Stamp(o.Changed), "is before placed, "+Stamp(o.Placed))
	}
	if flow == FlowCharge {
		return o.checkLifetime()
	}
	return o.checkShared(flow)
}

// checkLifetime: the deadline of an order that charges is its own (E1 to E3), or an earlier
// one of its purchase (O6).
func (o *Order) checkLifetime() error {
	if err := checkSecond("latest", o.Latest); err != nil {
		return err
	}
	if o.Latest.Before(o.Placed) {
		return Invalid("latest", Stamp(o.Latest), "is before placed, "+Stamp(o.Placed))
	}
	own := o.ownDeadline()
	switch {
	case o.DeadlineOf == "" && !o.Deadline.Equal(own):
		return Invalid("deadline", Stamp(o.Deadline), "is not what E1 to E3 give, "+Stamp(own))
	case o.DeadlineOf != "" && (o.Purchase == "" || o.Deadline.After(own)):
		return Invalid("deadline", Stamp(o.Deadline), "is later than the order's own, "+Stamp(own)+", or not of a purchase")
	}
	return o.checkDeadline()
}

// checkShared: an order that does not charge has no lifetime, and a deadline only where it
// waits for its purchase.
func (o *Order) checkShared(flow Flow) error {
	if !o.Latest.IsZero() {
		return Invalid("latest", Stamp(o.Latest), "an order that "+string(flow)+" has no lifetime")
	}
	if o.Deadline.IsZero() && o.DeadlineOf == "" {
		return nil
	}
	whole, canWait := !o.Deadline.IsZero() && o.DeadlineOf != "", o.Purchase != "" && flow == FlowNone
	if !whole || !canWait {
		return Invalid("deadline", Stamp(o.Deadline), "an order that "+string(flow)+" has one only from its purchase")
	}
	return o.checkDeadline()
}

// checkZone reports an instant whose zone RFC 3339, and so JSON, cannot write.
func (o *Order) checkZone() error {
	for _, x := range [...]struct {
		field string
		t     time.Time
	}{{"placed", o.Placed}, {"changed", o.Changed}, {"latest", o.Latest}, {"deadline", o.Deadline},
		{"reduction.window.from", o.Reduction.Window.From}, {"reduction.window.until", o.Reduction.Window.Until}} {
		if _, east := x.t.Zone(); east%60 != 0 || east <= -24*60*60 || east >= 24*60*60 {
			return Invalid(x.field, x.t.Format("2006-01-02 15:04:05 -07:00:00"), "is in a zone whose offset from UTC is not whole minutes of less than a day")
		}
	}
	return nil
}

func (o *Order) checkDeadline() error {
	if err := checkSecond("deadline", o.Deadline); err != nil {
		return err
	}
	if o.Deadline.Before(o.Placed) {
		return Invalid("deadline", Stamp(o.Deadline), "is before placed, "+Stamp(o.Placed))
	}
	return nil
}

func (o *Order) checkState(flow Flow) error {
	table := o.table()
	if !reachable(table, o.State) {
		return Invalid("state", string(o.State), "cannot be reached by an order that "+string(flow))
	}
	if err := o.checkPayment(table); err != nil {
		return err
	}
	if err := o.checkReason(table); err != nil {
		return err
	}
	if o.Review && !o.State.mayReview() {
		return Invalid("review", "true", "is over once the order is confirmed")
	}
	return nil
}

// checkPayment: an order that charges names the payment that holds or settled it, and what
// paid it; one that gives money back says what it gave.
func (o *Order) checkPayment(table Flow) error {
	settled := table == FlowCharge && o.State.settled()
	if held := settled || o.State == StatePaying; held != (o.Payment != "") {
		return Invalid("payment", string(o.Payment), "must be set exactly while a payment holds the order or has settled it; the state is "+string(o.State))
	}
	gave := table == FlowBack && o.State == StateCompleted
	if settled || gave {
		return o.checkPaid()
	}
	if o.Paid != (Parts{}) {
		return Invalid("paid", "", "is not empty, and nothing has been paid")
	}
	return nil
}

// checkReason: a canceled order says why (O9), and only states that come of a cause have one.
func (o *Order) checkReason(table Flow) error {
	if o.Reason == "" {
		if o.State == StateCanceled {
			return Invalid("reason", "", "is not set: a canceled order says why (O9)")
		}
		return nil
	}
	if err := CheckWord("reason", o.Reason, reasons); err != nil {
		return err
	}
	byCustomer := o.Reason == ReasonCustomer || o.Reason == ReasonRejected
	switch {
	case o.State == StatePaying && byCustomer:
		return Invalid("reason", string(o.Reason), "cannot come while the order is being paid")
	case !o.State.mayReason(table):
		return Invalid("reason", string(o.Reason), "does not belong to an order that is "+string(o.State))
	}
	return nil
}

// mayReason reports whether an order in s can have a reason: it was canceled, a cause came
// while it was being paid, or its money goes back.
func (s State) mayReason(table Flow) bool {
	switch s {
	case StateCanceled, StatePaying, StateRefunded:
		return true
	case StateRefunding:
		return table != FlowBack // which refunds with every order
	}
	return false
}

// mayReview reports whether an order in s can still have its review before it, or ended
// without one.
func (s State) mayReview() bool {
	return s == StatePendingConfirmation || s == StateCanceled || s == StateVoided
}

// checkPaid: payable = coupons + cards + cash, each on the order's side of zero (O5).
func (o *Order) checkPaid() error {
	payable := o.Payable()
	for _, p := range [...]Money{o.Paid.Coupons, o.Paid.Cards, o.Paid.Cash} {
		if p.Sign()*payable.Sign() < 0 || p.Sign() != 0 && payable.Sign() == 0 {
			return Invalid("paid", p.String(), "is a part on the wrong side of zero")
		}
	}
	total, err := o.Paid.Total()
	if err != nil {
		return Within("paid", err)
	}
	if cmp, err := total.Cmp(payable); err != nil {
		return Within("paid", err)
	} else if cmp != 0 {
		return Invalid("paid", total.String(), "is not what is payable, "+payable.String())
	}
	return nil
}

// later returns the later of two instants, in the zone of the first.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b.In(a.Location())
	}
	return a
}
