package payment

import (
	"context"
	"errors"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Placing is orders to be placed: one, or several made together as a purchase (O6).
type Placing struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Purchase order.PurchaseID `json:"purchase,omitempty"` // of several; empty: one order
	Drafts   []order.Draft    `json:"drafts"`
	// Discounts are chosen for the orders: of those that are offered, or discount coupons,
	// which their orders hold from now on (C2).
	Discounts []Pick `json:"discounts,omitempty"`
}

// Place places orders, all or none. The same IDs with the same drafts again are the orders
// that there are; with other drafts [ReasonKey]. A resource that is in another open order
// is refused (O12): an order past its deadline makes room, as it does for its discount
// coupon. Renewals are placed by [Desk.Renew], what gives money back by [Desk.Refund].
func (d *Desk) Place(ctx context.Context, p Placing) (placed []order.Order, err error) {
	err = d.forCustomer(ctx, p.Customer, "place", p.By, func(b *book) error {
		placed, err = d.place(ctx, b, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return placed, nil
}

func (d *Desk) place(ctx context.Context, b *book, p Placing) ([]order.Order, error) {
	for i := range p.Drafts {
		switch p.Drafts[i].Type {
		case order.TypeRenewal:
			return nil, field(nth("drafts", i)+".type", string(order.TypeRenewal), "is placed by Renew, which knows the resource")
		case order.TypeUnsubscribe, order.TypeDowngrade:
			return nil, field(nth("drafts", i)+".type", string(p.Drafts[i].Type), "is placed by Refund, which computes what comes back")
		}
	}
	placed, err := b.place(p.Purchase, p.Drafts)
	if err != nil || len(p.Discounts) == 0 || len(b.puts) == 0 {
		return placed, err
	}
	r := Request{Key: "place", Customer: p.Customer, By: p.By, Discounts: p.Discounts, Method: MethodOnline}
	for i := range placed {
		r.Orders = append(r.Orders, placed[i].ID)
	}
	return d.choose(ctx, b, r)
}

// place makes the orders of drafts, or returns those that there are.
func (b *book) place(purchase order.PurchaseID, drafts []order.Draft) ([]order.Order, error) {
	if len(drafts) == 0 {
		return nil, field("drafts", "", "are none: say what is ordered")
	}
	if purchase == "" && len(drafts) > 1 {
		return nil, field("purchase", "", "is not set: orders made together are a purchase")
	}
	ids := make([]order.ID, len(drafts))
	for i := range drafts {
		ids[i] = drafts[i].ID
		if drafts[i].Customer != b.customer {
			return nil, field(nth("drafts", i)+".customer", string(drafts[i].Customer), "is not the one who orders, "+string(b.customer))
		}
		if err := order.CheckID(nth("drafts", i)+".id", ids[i]); err != nil {
			return nil, err
		}
	}
	if err := b.needOrders(ids...); err != nil {
		return nil, err
	}
	if there, err := b.placedBefore(purchase, drafts); there != nil || err != nil {
		return there, err
	}
	if purchase != "" {
		// A purchase is made once: the entry that makes it has its ID.
		made := derive("purchase", string(b.customer), string(purchase))
		if err := b.need(KindEntry, made); err != nil {
			return nil, err
		}
		if _, there := get(b, entries, made); there {
			return nil, &Refusal{Reason: ReasonKey, Text: "purchase " + string(purchase) + " has been placed with other orders: use another ID"}
		}
		b.deposit = made
	}
	var placed []order.Order
	if purchase == "" {
		o, err := order.Place(drafts[0], b.at, b.policy.Order)
		if err != nil {
			return nil, err
		}
		placed = []order.Order{o}
	} else {
		made, err := order.PlaceTogether(purchase, drafts, b.at, b.policy.Order)
		if err != nil {
			return nil, err
		}
		placed = made.Orders
	}
	for i := range placed {
		o := &placed[i]
		o.Waits = b.orderWaits(o)
		for k := range o.Lines {
			if err := b.takeResource(o, o.Lines[k].Resource); err != nil {
				return nil, err
			}
		}
		put(b, orders, *o)
	}
	return placed, nil
}

// takeResource lets an order have a resource that it names, for as long as it is open.
func (b *book) takeResource(o *order.Order, id order.ResourceID) error {
	if id == "" {
		return nil
	}
	r, err := b.claimResource(id, o.ID)
	if err != nil || !o.State.Open() {
		return err
	}
	taken, err := r.Take(o.ID, false, b.at, b.policy.Renewal)
	if err != nil {
		return err
	}
	b.putResource(taken)
	return nil
}

// placedBefore returns the orders where they have been placed already, as drafted.
func (b *book) placedBefore(purchase order.PurchaseID, drafts []order.Draft) ([]order.Order, error) {
	var there []order.Order
	for i := range drafts {
		o, ok := get(b, orders, string(drafts[i].ID))
		if !ok {
			continue
		}
		if o.Purchase != purchase || purchase != "" && o.Members != len(drafts) || !drawn(o, drafts[i]) {
			return nil, &Refusal{Reason: ReasonKey, Orders: []order.ID{o.ID}, Text: "order " + string(o.ID) + " has been placed with other contents: use another ID"}
		}
		there = append(there, o)
	}
	if there != nil && len(there) < len(drafts) {
		return nil, &Refusal{Reason: ReasonKey, Orders: []order.ID{there[0].ID}, Text: "order " + string(there[0].ID) + " has been placed without the others: use other IDs"}
	}
	return there, nil
}

// drawn reports whether an order is what a draft asked for, whatever has become of it.
func drawn(o order.Order, d order.Draft) bool {
	if o.User != d.User || o.Project != d.Project || o.Type != d.Type || len(o.Lines) != len(d.Lines) {
		return false
	}
	for i := range o.Lines {
		was := o.Lines[i]
		was.Off, was.Ratio = order.Money{}, order.Rate{}
		if d.Lines[i].Resource == "" {
			was.Resource = "" // provided since
		}
		if was != d.Lines[i] {
			return false
		}
	}
	return true
}

// ChooseDiscount chooses another discount for an order before it is paid, the best, or none
// (E5): price and deadline move together. A discount coupon that it had is free again, the
// one that it gets is held for it (C2).
func (d *Desk) ChooseDiscount(ctx context.Context, customer order.CustomerID, by string, pick Pick) (o order.Order, err error) {
	err = d.forCustomer(ctx, customer, "choose discount", by, func(b *book) error {
		if err := b.needOrders(pick.Order); err != nil {
			return err
		}
		if _, ok := get(b, orders, string(pick.Order)); !ok {
			return noOrder(pick.Order)
		}
		r := Request{Key: "choose", Customer: customer, By: by, Discounts: []Pick{pick}, Method: MethodOnline}
		first, _ := get(b, orders, string(pick.Order))
		for _, x := range b.members(first) {
			r.Orders = append(r.Orders, x.ID)
		}
		chosen, err := d.choose(ctx, b, r)
		for i := range chosen {
			if chosen[i].ID == pick.Order {
				o = chosen[i]
			}
		}
		return err
	})
	return o, err
}

// choose puts the discounts that a request picks on its orders, and writes them.
func (d *Desk) choose(ctx context.Context, b *book, r Request) ([]order.Order, error) {
	if err := r.Check(); err != nil {
		return nil, refuse(ReasonBadRequest, err)
	}
	if err := b.needRequest(&r); err != nil {
		return nil, err
	}
	if err := b.vacate(r.wanted, r.Orders); err != nil {
		return nil, err
	}
	f, err := d.offered(ctx, b, r)
	if err != nil {
		return nil, err
	}
	j := &judge{request: r, facts: f, at: b.at, early: true}
	found, err := j.find()
	if err != nil {
		return nil, err
	}
	for i := range found {
		// Every one of them can be reduced still, also while it waits for approval.
		if !slices.ContainsFunc(r.Discounts, func(p Pick) bool { return p.Order == found[i].ID }) {
			continue
		}
		if err := found[i].Reducible(b.at); err != nil {
			return nil, err
		}
	}
	chosen, err := j.reduce(found)
	if err != nil {
		return nil, err
	}
	for i := range chosen {
		if err := b.reduce(chosen[i]); err != nil {
			return nil, err
		}
		chosen[i], _ = get(b, orders, string(chosen[i].ID))
	}
	return chosen, nil
}

// offered returns the facts that discounts are chosen on.
func (d *Desk) offered(ctx context.Context, b *book, r Request) (Facts, error) {
	f := Facts{Customer: *b.facts, Coupons: b.now.Coupons, Tallies: b.now.Tallies}
	for _, id := range r.Orders {
		if o, ok := get(b, orders, string(id)); ok {
			f.Orders = append(f.Orders, o)
		}
	}
	if d.Offers == nil || len(r.Discounts) == 0 {
		return f, nil
	}
	var err error
	f.Discounts, err = d.Offers.Discounts(ctx, inquiry(b, r.By, f.Orders))
	d.trace("discounts", b.customer, b.step, err)
	if err != nil {
		return f, &hostError{"discounts", b.customer, err}
	}
	return f, nil
}

func inquiry(b *book, by string, list []order.Order) Inquiry {
	return Inquiry{Customer: b.customer, By: by, Orders: list, At: b.at}
}

// Moving is a move of one order by name (O2): confirm, approve, reject, complete or fail, a
// cause that cancels it (O9), or withdraw of one that gives money back. Paying, refunding
// and the clock are the Desk's own.
type Moving struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Order    order.ID         `json:"order"`
	Event    order.Event      `json:"event"`
	Reason   order.Reason     `json:"reason,omitempty"`
	// Resources are, for complete, what was provided: one for each of the merchant's own
	// lines that has none yet, in their order, or none of these; and what the resources are
	// now that the order changed (O3).
	Resources []renewal.Resource `json:"resources,omitempty"`
}

// Move moves an order, once: an order that stands where the move leads is returned as it
// is. Approval is told to the customer (O7). What cannot be provided is refunded, with its
// coupons: the refund is due in the same commit. A cause other than the customer's that
// comes while the order is being paid is kept until its end (O9). What is provided becomes
// a resource, whose life the sweep follows.
func (d *Desk) Move(ctx context.Context, m Moving) (moved order.Order, err error) {
	err = d.forCustomer(ctx, m.Customer, "move", m.By, func(b *book) error {
		moved, err = d.moveByName(b, m)
		return err
	})
	if err != nil {
		return order.Order{}, err
	}
	return moved, nil
}

// leads is where a move by name leads, for saying it twice.
var leads = map[order.Event][]order.State{
	order.EventConfirm: {order.StateUnpaid, order.StatePendingApproval, order.StatePaying, order.StatePaid, order.StateRefunding, order.StateRefunded,
		order.StateCompleted},
	order.EventApprove:  {order.StateUnpaid, order.StatePaying, order.StatePaid, order.StateRefunding, order.StateRefunded, order.StateCompleted},
	order.EventReject:   {order.StateCanceled},
	order.EventCancel:   {order.StateCanceled},
	order.EventWithdraw: {order.StateCanceled},
	order.EventComplete: {order.StateCompleted},
	order.EventFail:     {order.StateRefunding, order.StateRefunded},
}

func (d *Desk) moveByName(b *book, m Moving) (order.Order, error) {
	to, known := leads[m.Event]
	if !known {
		return order.Order{}, field("event", string(m.Event), "is not made by name: pay, cancel and refund have calls of their own")
	}
	if err := b.needOrders(m.Order); err != nil {
		return order.Order{}, err
	}
	o, ok := get(b, orders, string(m.Order))
	if !ok {
		return o, noOrder(m.Order)
	}
	if len(m.Resources) > 0 && m.Event != order.EventComplete {
		return o, field("resources", "", "belong to complete alone")
	}
	move := order.Move{Event: m.Event, By: m.By, Reason: m.Reason}
	if o.Purchase != "" {
		move.Order = o.ID
	}
	if m.Event == order.EventCancel && m.Reason == order.ReasonCustomer {
		return o, field("event", string(m.Event), "of a customer is made by CancelOrders")
	}
	before := o
	if err := b.move(o.ID, move); err != nil {
		// Said twice: it stands where this leads.
		fails := m.Event == order.EventFail && o.Flow() == order.FlowBack // which no such order does
		if slices.Contains(to, o.State) && !errors.Is(err, order.ErrPastDeadline) && !fails {
			return o, nil
		}
		return o, err
	}
	o, _ = get(b, orders, string(m.Order))
	switch {
	case m.Event == order.EventApprove:
		if o.State == order.StateRefunding {
			if err := d.leaveApproved(b, o); err != nil {
				return before, err
			}
		}
		b.tell(Notice{Kind: NoticeApproved, Orders: []order.ID{o.ID}, Until: o.Deadline})
	case m.Event == order.EventComplete:
		if err := b.provide(&o, m.Resources); err != nil {
			return before, err
		}
	case o.State == order.StateRefunding:
		if err := b.giveBackOrder(o); err != nil {
			return before, err
		}
	}
	o, _ = get(b, orders, string(m.Order))
	return o, nil
}

// giveBackOrder makes the refund due of an order that was paid and cannot be carried out;
// what it renewed is as it was before.
func (b *book) giveBackOrder(o order.Order) error {
	if o.Flow() == order.FlowBack {
		return nil // its refunds are made when it is placed, or approved
	}
	for i := range o.Lines {
		r, ok := get(b, resources, string(o.Lines[i].Resource))
		if !ok || !r.Released.IsZero() || !slices.ContainsFunc(r.Periods, func(h renewal.Held) bool { return h.Order == o.ID }) {
			continue
		}
		if r.Order != "" && r.Asked.Day != 0 { // its extension was computed from what is taken back
			if err := b.needOrders(r.Order); err != nil {
				return err
			}
			if err := b.needless(r.Order, order.ReasonAdjustmentFailed); err != nil {
				return err
			}
			r, _ = get(b, resources, string(r.ID))
		}
		before, err := r.Annul(o.ID, b.at, b.policy.Renewal)
		if err != nil {
			return err
		}
		b.putResource(before)
	}
	if o.Payment == "" { // it charged nothing
		m := order.Move{Event: order.EventRefund, By: desk}
		if o.Purchase != "" {
			m.Order = o.ID
		}
		return b.move(o.ID, m)
	}
	if err := b.need(KindPayment, string(o.Payment)); err != nil {
		return err
	}
	p, ok := get(b, payments, string(o.Payment))
	if !ok {
		return field("payment", string(o.Payment), "paid order "+string(o.ID)+", and is not in the store")
	}
	return b.giveBackAll(&p, o.ID)
}

// provide writes the resources of an order that is completed.
func (b *book) provide(o *order.Order, list []renewal.Resource) error {
	if len(list) == 0 {
		return nil
	}
	fresh := list[:0:0]
	for _, r := range list {
		i := slices.IndexFunc(o.Lines, func(l order.Line) bool { return r.ID != "" && l.Resource == r.ID })
		if i < 0 {
			fresh = append(fresh, r)
		} else if err := b.changed(o, r); err != nil {
			return err
		}
	}
	if list = fresh; len(list) == 0 {
		return nil
	}
	k := 0
	o.Lines = slices.Clone(o.Lines)
	for i := range o.Lines {
		if !o.Lines[i].Own() || o.Lines[i].Resource != "" {
			continue
		}
		if k == len(list) {
			return field("resources", "", "are fewer than the lines that have none yet")
		}
		r := list[k]
		k++
		if r.Customer != b.customer || r.Order != "" || r.Version != 0 {
			return field(nth("resources", k-1), string(r.ID), "is not a new one of the customer's, free of orders")
		}
		if err := b.need(KindResource, string(r.ID)); err != nil {
			return err
		}
		if _, there := get(b, resources, string(r.ID)); there {
			return field(nth("resources", k-1)+".id", string(r.ID), "is there already")
		}
		if t := o.Lines[i].Term; len(r.Periods) == 0 && (t.Unit == order.Month || t.Unit == order.Year) {
			r.Periods = []renewal.Held{{Order: o.ID, Period: renewal.Period{Start: r.Start, Expiry: r.Expiry, Term: t}}}
		}
		b.putResource(r)
		o.Lines[i].Resource = r.ID
	}
	if k < len(list) {
		return field("resources", "", "are more than the lines that have none yet")
	}
	put(b, orders, *o)
	return nil
}

// changed makes a resource what an order has changed it to: its product, place and number,
// and how it is charged. Its time stays. What the order paid counts for what is left of it.
func (b *book) changed(o *order.Order, to renewal.Resource) error {
	r, ok := get(b, resources, string(to.ID))
	if !ok || to.Customer != b.customer {
		return field("resources", string(to.ID), "is none of the customer's")
	}
	r.Product, r.Service, r.Region, r.Count, r.Charge = to.Product, to.Service, to.Region, to.Count, to.Charge
	if n := len(r.Periods); n > 0 && o.Payment != "" {
		h := renewal.Held{Order: o.ID, Period: r.Periods[n-1].Period}
		h.Start = later(h.Start, b.at)
		r.Added = append(slices.Clip(r.Added), h)
	}
	b.putResource(r)
	return nil
}

// CancelOrders cancels orders of a customer that are not yet paid, up to 30 at once (O8),
// and returns those that it canceled and a refusal for each of the others. An order that
// has been canceled already counts as canceled.
func (d *Desk) CancelOrders(ctx context.Context, customer order.CustomerID, by string, ids ...order.ID) (canceled []order.Order, refused []order.Refusal, err error) {
	err = d.forCustomer(ctx, customer, "cancel", by, func(b *book) error {
		canceled, refused = nil, nil
		if err := b.needOrders(ids...); err != nil {
			return err
		}
		var found []order.Order
		for _, id := range ids {
			o, ok := get(b, orders, string(id))
			switch {
			case !ok:
				refused = append(refused, order.Refusal{Order: id, Err: noOrder(id)})
			case o.State == order.StateCanceled:
				canceled = append(canceled, o)
			default:
				found = append(found, o)
			}
		}
		if len(found) == 0 && len(ids) > 0 {
			return nil
		}
		m := order.Move{Event: order.EventCancel, At: b.at, By: by, Reason: order.ReasonCustomer}
		moved, not, err := order.Cancel(found, m, b.policy.Order)
		if err != nil {
			return err
		}
		for i := range moved {
			was, _ := get(b, orders, string(moved[i].ID))
			if err := b.follow(was, moved[i]); err != nil {
				return err
			}
		}
		canceled, refused = append(canceled, moved...), append(refused, not...)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return canceled, refused, nil
}
