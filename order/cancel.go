package order

// Refusal is an order that a call left as it was, and why.
type Refusal struct {
	Order ID
	Err   error
}

// Cancel cancels what can be canceled of the given orders, for m.Reason and from the
// states the policy names (O8, O2), and returns those it moved and a refusal for each
// of the others. A purchase is canceled whole; unless all of it is given, each of its
// orders is refused. An empty list, more than 30 orders, an order twice, or a move that is
// not valid is an error, and nothing is moved.
func Cancel(orders []Order, m Move, p Policy) (moved []Order, refused []Refusal, err error) {
	if err := p.Check(); err != nil {
		return nil, nil, Within("policy", err)
	}
	if n := p.maxOrders(); len(orders) > n {
		return nil, nil, &FieldError{Field: "orders", Value: itoa(int64(len(orders))), Reason: "at most " + itoa(int64(n)) + " at once", Err: ErrTooMany}
	}
	if len(orders) == 0 {
		return nil, nil, Invalid("orders", "", "is required: name at least one")
	}
	if m.Event != "" && m.Event != EventCancel {
		return nil, nil, Invalid("move.event", string(m.Event), "is not cancel")
	}
	m.Event = EventCancel
	if err := m.Check(); err != nil {
		return nil, nil, Within("move", err)
	}
	if m.Order != "" {
		return nil, nil, Invalid("move.order", string(m.Order), "must be empty: name the orders in the list")
	}
	seen := make(map[ID]bool, len(orders))
	for i := range orders {
		if seen[orders[i].ID] {
			return nil, nil, Invalid("orders["+itoa(int64(i))+"]", string(orders[i].ID), "is a duplicate")
		}
		seen[orders[i].ID] = true
	}
	done := make(map[PurchaseID]bool)
	for _, o := range orders {
		group := []Order{o}
		if o.Purchase != "" {
			if done[o.Purchase] {
				continue
			}
			done[o.Purchase] = true
			group = membersOf(o.Purchase, orders)
		}
		after, err := cancelGroup(group, m, p)
		if err == nil {
			moved = append(moved, after...)
			continue
		}
		for _, x := range group {
			refused = append(refused, Refusal{x.ID, err})
		}
	}
	return moved, refused, nil
}

func membersOf(id PurchaseID, orders []Order) (group []Order) {
	for _, o := range orders {
		if o.Purchase == id {
			group = append(group, o)
		}
	}
	return group
}

// cancelGroup cancels one order, or one purchase whole.
func cancelGroup(group []Order, m Move, p Policy) ([]Order, error) {
	for i := range group {
		o := &group[i]
		if m.Reason == ReasonCustomer && !p.letsCancel(o.State) {
			return nil, o.refuse(m, ErrState, "the policy does not let a customer cancel in this state")
		}
	}
	if group[0].Purchase == "" {
		o, err := group[0].Apply(m)
		return []Order{o}, err
	}
	if len(group) < group[0].Members {
		return nil, group[0].refuse(m, ErrMember, "cancel purchase "+string(group[0].Purchase)+" as a whole")
	}
	after, err := Purchase{group[0].Purchase, group}.Apply(m)
	return after.Orders, err
}
