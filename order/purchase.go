package order

import (
	"cmp"
	"slices"
	"time"
)

// Purchase is orders made together (O6): combined provisioning, batch renewal, batch
// change, batch unsubscription. Until they are paid they share one deadline, the
// earliest of theirs, and stand or fall together; once paid each goes its own way.
// It is a value, as [Order] is.
type Purchase struct {
	ID     PurchaseID `json:"id"`
	Orders []Order    `json:"orders"`
}

// PlaceTogether makes a purchase of the drafts, all or none; a draft without a customer is of
// that of the first. More than the policy
// allows (30) is [ErrTooMany]; different customers or currencies, an ID or a resource
// twice (O12), or orders that give money back beside others are a [*FieldError]. An order
// that charges nothing now waits unpaid beside those that charge (O2).
func PlaceTogether(id PurchaseID, drafts []Draft, at time.Time, p Policy) (Purchase, error) {
	if err := CheckID("purchase", id); err != nil {
		return Purchase{}, err
	}
	if err := p.Check(); err != nil {
		return Purchase{}, Within("policy", err)
	}
	if _, err := Second(at); err != nil {
		return Purchase{}, err
	}
	if n := p.maxOrders(); len(drafts) > n {
		return Purchase{}, &FieldError{Field: "drafts", Value: itoa(int64(len(drafts))), Reason: "at most " + itoa(int64(n)) + " to a purchase: place several", Err: ErrTooMany}
	}
	made := Purchase{ID: id, Orders: make([]Order, len(drafts))}
	for i, d := range drafts {
		d.Customer = cmp.Or(d.Customer, drafts[0].Customer)
		o, err := place(d, id, len(drafts), at, p)
		if err != nil {
			return Purchase{}, Within(Element("drafts", i), err)
		}
		made.Orders[i] = o
	}
	made.shareDeadline()
	for i, d := range drafts {
		o, err := made.Orders[i].start(d)
		if err != nil {
			return Purchase{}, Within(Element("drafts", i), err)
		}
		if _, err := o.Vacate(made.Orders[:i], at); err != nil {
			return Purchase{}, Within(Element("drafts", i), err)
		}
		made.Orders[i] = o
	}
	if err := made.Check(); err != nil {
		return Purchase{}, Renamed(err, "orders", "drafts")
	}
	return made, nil
}

// clone returns p with orders of its own.
func (p Purchase) clone() Purchase {
	p.Orders = slices.Clone(p.Orders)
	for i := range p.Orders {
		p.Orders[i] = p.Orders[i].clone()
	}
	return p
}

func (p Purchase) path(i int) string { return "orders[" + itoa(int64(i)) + "]" }

// earliest returns the index of the member whose own deadline is the first, -1 where
// no member charges. Of equal ones it is the first by ID, so that the order of the list does not matter.
func (p Purchase) earliest() int {
	first := -1
	for i := range p.Orders {
		o := &p.Orders[i]
		if o.Latest.IsZero() {
			continue
		}
		if first >= 0 {
			if c := o.ownDeadline().Compare(p.Orders[first].ownDeadline()); c > 0 || c == 0 && o.ID > p.Orders[first].ID {
				continue
			}
		}
		first = i
	}
	return first
}

// shareDeadline gives every member the purchase's deadline.
func (p Purchase) shareDeadline() {
	first := p.earliest()
	if first < 0 {
		return
	}
	deadline, of := p.Orders[first].ownDeadline(), p.Orders[first].ID
	for i := range p.Orders {
		if o := &p.Orders[i]; o.Flow() != FlowBack {
			o.Deadline, o.DeadlineOf = deadline, of
			if i == first {
				o.DeadlineOf = ""
			}
		}
	}
}

// Deadline returns the last second in which the purchase can be paid, the zero time
// where it charges nothing.
func (p Purchase) Deadline() time.Time {
	if first := p.earliest(); first >= 0 {
		return p.Orders[first].Deadline
	}
	return time.Time{}
}

// Payable returns the sum of what is payable for the members. The error is
// [ErrOverflow].
func (p Purchase) Payable() (sum Money, err error) {
	for i := range p.Orders {
		if sum, err = sum.Add(p.Orders[i].Payable()); err != nil {
			return Money{}, err
		}
	}
	return sum, nil
}

// Check reports the first identity that p breaks: every member is valid and belongs
// to it, all of them are there, with one customer and one currency; orders that give
// money back have only their like beside them; the deadline is the earliest; before
// payment they differ only among pending approval, pending confirmation and unpaid,
// and enter and leave payment together.
func (p Purchase) Check() error {
	if err := CheckID("id", p.ID); err != nil {
		return err
	}
	if len(p.Orders) == 0 {
		return Invalid("orders", "", "is empty: a purchase has at least one")
	}
	first := &p.Orders[0]
	seen := make(map[ID]bool, len(p.Orders))
	for i := range p.Orders {
		o := &p.Orders[i]
		err := o.Check()
		switch {
		case err != nil:
		case o.Purchase != p.ID:
			err = Invalid("purchase", string(o.Purchase), "is not "+string(p.ID))
		case o.Members != len(p.Orders):
			err = Invalid("members", itoa(int64(o.Members)), "is not the number of orders here, "+itoa(int64(len(p.Orders)))+": give the whole purchase")
		case seen[o.ID]:
			err = Invalid("id", string(o.ID), "is a duplicate")
		case o.Customer != first.Customer:
			err = Invalid("customer", string(o.Customer), "is not "+string(first.Customer)+": a purchase has one customer")
		case o.Currency() != first.Currency():
			err = &FieldError{Field: "lines", Err: &CurrencyError{Code: o.Currency().String(), With: first.Currency(), Reason: "a purchase has one currency"}}
		case (o.Flow() == FlowBack) != (first.Flow() == FlowBack):
			err = Invalid("type", string(o.Type), "a purchase cannot hold an order that gives money back beside one that does not")
		}
		if err != nil {
			return Within(p.path(i), err)
		}
		seen[o.ID] = true
	}
	if _, err := p.Payable(); err != nil {
		return &FieldError{Field: "orders", Reason: "add up to more than 18 digits", Err: err}
	}
	return p.checkTogether()
}

// checkTogether: one deadline, and one phase of the way through payment.
func (p Purchase) checkTogether() error {
	setter := p.earliest()
	if setter < 0 { // no member charges: each goes its own way
		for i := range p.Orders {
			if o := &p.Orders[i]; !o.Deadline.IsZero() {
				return Within(p.path(i), Invalid("deadline", Stamp(o.Deadline), "is set, but no order of the purchase charges"))
			}
		}
		return nil
	}
	for i := range p.Orders {
		o := &p.Orders[i]
		of := p.Orders[setter].ID
		if i == setter {
			of = ""
		}
		if !o.Deadline.Equal(p.Orders[setter].ownDeadline()) || o.DeadlineOf != of {
			return Within(p.path(i), Invalid("deadline", Stamp(o.Deadline), "is not the earliest of the purchase, "+Stamp(p.Orders[setter].ownDeadline())))
		}
		if phase(o.State) != phase(p.Orders[0].State) {
			return Within(p.path(i), Invalid("state", string(o.State), "cannot stand beside "+string(p.Orders[0].State)+" in one purchase"))
		}
		if o.State == StatePaying && o.Payment != p.Orders[0].Payment {
			return Within(p.path(i), Invalid("payment", string(o.Payment), "is not the one that holds the purchase, "+string(p.Orders[0].Payment)))
		}
	}
	return nil
}

// phase names the states that orders of a purchase which charges may have together.
func phase(s State) State {
	switch {
	case s.early():
		return StateUnpaid
	case s.settled():
		return StatePaid
	}
	return s
}

// Apply returns p after the move, or p unchanged and an error as [Order.Apply] does.
// Hold, settle, release, cancel and expire move every member or none, and name none;
// reject names the member rejected and takes the others along; a cause of O9 other
// than the customer that comes while the purchase is being paid names the member it
// came for; approve, confirm, withdraw, complete, fail and refund name the one member
// they move (O6).
func (p Purchase) Apply(m Move) (Purchase, error) {
	if err := p.Check(); err != nil {
		return p, Within("purchase", err)
	}
	if err := m.Check(); err != nil {
		return p, Within("move", err)
	}
	named := -1
	if m.Order != "" {
		if named = p.index(m.Order); named < 0 {
			return p, Invalid("move.order", string(m.Order), "is no member of purchase "+string(p.ID))
		}
	}
	switch {
	case !m.Event.together() || m.Event == EventReject || m.keepsCause(p.Orders[0]):
		if named < 0 {
			return p, Invalid("move.order", "", "is empty: "+string(m.Event)+" names the member it is for")
		}
	case named >= 0 && (m.Event != EventCancel || m.Reason == ReasonCustomer):
		return p, p.Orders[named].refuse(m, ErrMember, "move purchase "+string(p.ID)+" as a whole")
	}
	return p.apply(m, named)
}

// keepsCause reports whether m is a cause of O9 that comes while o is being paid.
func (m Move) keepsCause(o Order) bool {
	return m.Event == EventCancel && m.Reason != ReasonCustomer && o.State == StatePaying
}

func (p Purchase) index(id ID) int {
	return slices.IndexFunc(p.Orders, func(o Order) bool { return o.ID == id })
}

func (p Purchase) apply(m Move, named int) (Purchase, error) {
	if err := p.checkParts(m); err != nil {
		return p, err
	}
	cause := p.cause()
	moved := p.clone()
	for i, o := range p.Orders {
		switch {
		case i == named || named < 0:
		case m.Event == EventReject && o.State.early():
		case m.Event == EventCancel && o.State != StatePaying:
		default:
			continue
		}
		kept := o.Reason
		if m.Event == EventRelease && kept == "" {
			kept = cause
		}
		next, err := o.apply(m, i == named || named < 0, kept)
		if err != nil {
			return p, err
		}
		moved.Orders[i] = next
	}
	if err := moved.Check(); err != nil {
		return p, err
	}
	return moved, nil
}

// cause is the first that came for a member while the purchase was being paid.
func (p Purchase) cause() Reason {
	for i := range p.Orders {
		if o := &p.Orders[i]; o.State == StatePaying && o.Reason != "" {
			return o.Reason
		}
	}
	return ""
}

// checkParts: a settlement that says what paid the orders says it for each, once.
func (p Purchase) checkParts(m Move) error {
	if m.Event != EventSettle || m.Parts == nil {
		return nil
	}
	seen := make(map[ID]bool, len(m.Parts))
	for i, part := range m.Parts {
		if p.index(part.Order) < 0 || seen[part.Order] {
			return Invalid("move.parts["+itoa(int64(i))+"].order", string(part.Order), "is no member of purchase "+string(p.ID)+", or is a duplicate")
		}
		seen[part.Order] = true
	}
	if len(seen) != len(p.Orders) {
		return Invalid("move.parts", itoa(int64(len(seen))), "must name every order of the purchase")
	}
	return nil
}
