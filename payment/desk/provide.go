package desk

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// ProvideRequest names the resources that were provided for a paid order.
type ProvideRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Order    order.ID         `json:"order"`
	// Resources are IDs of the host's: one for each of the merchant's own lines, in their order.
	Resources []order.ResourceID `json:"resources"`
	Start     time.Time          `json:"start,omitzero"` // the first second of use; zero: now
}

// Check reports the first thing about p that is not valid, as an [*order.FieldError].
func (p ProvideRequest) Check() error {
	if err := checkActor(p.Customer, p.By); err != nil {
		return err
	}
	if err := order.CheckID("order", p.Order); err != nil {
		return err
	}
	if len(p.Resources) == 0 {
		return order.Invalid("resources", "", "is required: give an ID for each of the merchant's own lines")
	}
	if err := order.CheckDistinct("resources", p.Resources); err != nil {
		return err
	}
	if p.Start.IsZero() {
		return nil
	}
	if _, err := order.Second(p.Start); err != nil {
		return order.Invalid("start", strconv.Itoa(p.Start.Year()), "is a year outside 1 to 9998")
	}
	return nil
}

// Provide completes a paid order whose lines were provided: each of the merchant's own lines
// becomes a resource that has what the line says, begins at Start, ends with the term of the
// line and is renewed as the policy has it ([renewal.Provide], [renewal.Policy.Mode]); automatic
// renewal that no method can pay is refused ([payment.ReasonMethod], R5). The same
// IDs again are the same resources, as they are then; others are [payment.ReasonState].
//
// [Desk.Move] completes an order whose resources the host describes itself: with an expiry that
// no term gives, a tier or a main resource, or resources that are there already.
func (d *Desk) Provide(ctx context.Context, p ProvideRequest) (provided []renewal.Resource, err error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	err = d.forHouse(ctx, p.Customer, "move", p.By, func(b *tx) error {
		provided, err = b.provideLines(p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return provided, nil
}

// provideLines completes an order with a resource for each of its own lines.
func (b *tx) provideLines(p ProvideRequest) ([]renewal.Resource, error) {
	if err := b.needOrders(p.Order); err != nil {
		return nil, err
	}
	o, ok := ledger.Get(b.Tx, ledger.Orders, string(p.Order))
	if !ok {
		return nil, noOrder(p.Order)
	}
	if o.State == order.StateCompleted {
		return b.providedBefore(&o, p.Resources)
	}
	start := p.Start
	if start.IsZero() {
		start = b.At
	}
	var list []renewal.Resource
	for i := range o.Lines {
		if !o.Lines[i].Own() {
			continue
		}
		if len(list) == len(p.Resources) {
			return nil, order.Invalid("resources", strconv.Itoa(len(list)), "are fewer than the lines to provide: give an ID for each")
		}
		r, err := renewal.Provide(o, i, p.Resources[len(list)], start, b.Policy.Renewal)
		if err != nil {
			return nil, order.Within("order", err)
		}
		list = append(list, r)
	}
	if len(list) < len(p.Resources) {
		return nil, order.Invalid(order.Element("resources", len(list)), string(p.Resources[len(list)]), "is one more than there are lines to provide")
	}
	if err := b.Need(ledger.KindResource, idsOf(p.Resources)...); err != nil {
		return nil, err
	}
	for k, id := range p.Resources {
		if _, there := ledger.Get(b.Tx, ledger.Resources, string(id)); there {
			return nil, order.Invalid(order.Element("resources", k), string(id), "is there already: resources have an ID each, which is not used again")
		}
	}
	if _, err := b.moveByName(MoveRequest{Customer: p.Customer, By: p.By, Order: p.Order, Event: order.EventComplete, Resources: list}); err != nil {
		return nil, err
	}
	return b.resourcesOf(p.Resources), nil
}

// providedBefore returns the resources of an order that has been completed with these.
func (b *tx) providedBefore(o *order.Order, ids []order.ResourceID) ([]renewal.Resource, error) {
	var there []order.ResourceID
	for i := range o.Lines {
		if o.Lines[i].Own() {
			there = append(there, o.Lines[i].Resource)
		}
	}
	if !slices.Equal(there, ids) {
		return nil, &payment.Refusal{Reason: payment.ReasonState, Orders: []order.ID{o.ID}, Text: "order " + string(o.ID) + " has been completed with other resources than these, or with none"}
	}
	if err := b.Need(ledger.KindResource, idsOf(ids)...); err != nil {
		return nil, err
	}
	return b.resourcesOf(ids), nil
}

// resourcesOf returns resources that have been read or written.
func (b *tx) resourcesOf(ids []order.ResourceID) []renewal.Resource {
	list := make([]renewal.Resource, len(ids))
	for i, id := range ids {
		list[i], _ = ledger.Get(b.Tx, ledger.Resources, string(id))
	}
	return list
}

func idsOf(list []order.ResourceID) []string {
	ids := make([]string, len(list))
	for i, id := range list {
		ids[i] = string(id)
	}
	return ids
}

// provide writes the resources of an order that is completed: those that its lines name are
// changed, the others are new, one for each of the merchant's own lines that has none yet.
func (b *tx) provide(o *order.Order, list []renewal.Resource) error {
	if len(list) == 0 {
		return nil
	}
	var fresh []int // of list
	for n, r := range list {
		if slices.ContainsFunc(list[:n], func(x renewal.Resource) bool { return x.ID == r.ID }) {
			return order.Invalid(order.Element("resources", n)+".id", string(r.ID), "is a duplicate")
		}
		if i := lineOf(o, r.ID); i < 0 {
			fresh = append(fresh, n)
		} else if err := b.changed(o, o.Lines[i].Term, r); err != nil {
			return under(order.Element("resources", n), err)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	var open []int
	for i := range o.Lines {
		if o.Lines[i].Own() && o.Lines[i].Resource == "" {
			open = append(open, i)
		}
	}
	switch {
	case len(fresh) < len(open):
		return order.Invalid("resources", "", "are fewer than the lines that have none yet")
	case len(fresh) > len(open):
		return order.Invalid("resources", "", "are more than the lines that have none yet")
	}
	o.Lines = slices.Clone(o.Lines)
	for k, i := range open {
		if err := b.added(o, &o.Lines[i], list[fresh[k]]); err != nil {
			return order.Within(order.Element("resources", fresh[k]), err)
		}
	}
	ledger.Put(b.Tx, ledger.Orders, *o)
	return nil
}

// lineOf is the line of an order that names a resource, or -1.
func lineOf(o *order.Order, id order.ResourceID) int {
	return slices.IndexFunc(o.Lines, func(l order.Line) bool { return id != "" && l.Resource == id })
}

// added writes a resource that a line of an order has provided. The line has paid for its
// first term, from which its anchor follows (R3).
func (b *tx) added(o *order.Order, l *order.Line, r renewal.Resource) error {
	switch {
	case r.Order != "":
		return order.Invalid("order", string(r.Order), "is open for it elsewhere: provide it free of orders")
	case r.Version != 0:
		return order.Invalid("version", strconv.FormatInt(r.Version, 10), "is not 0, and the resource is new")
	}
	if err := b.Need(ledger.KindResource, string(r.ID), string(r.Main)); err != nil {
		return err
	}
	if _, there := ledger.Get(b.Tx, ledger.Resources, string(r.ID)); there {
		return order.Invalid("id", string(r.ID), "is there already")
	}
	if t := l.Term; len(r.Periods) == 0 && t.Civil() {
		r.Periods = []renewal.PaidPeriod{{Order: o.ID, Period: renewal.Period{Start: r.Start, Expiry: r.Expiry, Term: t}}}
		r = r.Anchored(t, b.Policy.Renewal)
	}
	if err := r.Check(b.Policy.Renewal); err != nil {
		return err
	}
	if err := b.putNew(r); err != nil {
		return err
	}
	l.Resource = r.ID
	return nil
}

// changed makes a resource what an order has changed it to: its product, place and number,
// and how it is charged. Another order that is open for what it was is canceled (O9).
func (b *tx) changed(o *order.Order, t order.Term, to renewal.Resource) error {
	r, ok := ledger.Get(b.Tx, ledger.Resources, string(to.ID))
	if !ok || to.Customer != b.Customer {
		return notHere("id", string(to.ID), "is not the customer's: adopt it first")
	}
	r, err := b.current(r)
	if err != nil {
		return err
	}
	switch why := changeOf(&r, &to); {
	case why != "":
		r, err = b.needless(r, why)
	case subscribes(o, &r, &to), o.Type == order.TypeCompensation:
		r, err = b.outdated(r)
	}
	if err != nil {
		return err
	}
	was := r
	r.Product, r.Service, r.Region, r.Count = to.Product, to.Service, to.Region, to.Count
	p := b.Policy.Renewal
	switch {
	case subscribes(o, &was, &to):
		r, err = r.Subscribe(to, t, o.ID, b.At, p)
	case o.Type == order.TypeCompensation:
		r, err = r.Compensate(to.Expiry, o.ID, b.At, p)
	case to.Charge == order.ChargePayPerUse && was.Charge != to.Charge:
		r, err = r.GoPayPerUse(b.At, p)
	default:
		r.Charge = to.Charge
		r = b.addPaid(r, o)
	}
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}

// changeOf is the cause for which a change of a resource ends the orders for it; "" where
// they go on.
func changeOf(r, to *renewal.Resource) order.Reason {
	switch {
	case r.Charge != to.Charge:
		return order.ReasonChargeTypeChanged
	case r.Product != to.Product, r.Service != to.Service, r.Region != to.Region, r.Count != to.Count:
		return order.ReasonSpecificationChanged
	}
	return ""
}

// subscribes reports whether an order gives a resource a time that it is used for.
func subscribes(o *order.Order, r, to *renewal.Resource) bool {
	begins := r.Charge == order.ChargePayPerUse && to.Charge == order.ChargeSubscription
	return begins || o.Type == order.TypeToSubscription || o.Type == order.TypeTrialToCommercial
}

// addPaid counts what an order paid for what is left of a resource's time, which stays. What
// a renewal or a change paid has been counted when it was paid.
func (b *tx) addPaid(r renewal.Resource, o *order.Order) renewal.Resource {
	counted := slices.ContainsFunc(slices.Concat(r.Periods, r.Added), func(h renewal.PaidPeriod) bool { return h.Order == o.ID })
	n := len(r.Periods)
	if n == 0 || o.Payment == "" || counted {
		return r
	}
	h := renewal.PaidPeriod{Order: o.ID, Period: r.Periods[n-1].Period}
	h.Start = b.At
	r.Added = append(slices.Clip(r.Added), h)
	return r
}

// putNew writes a resource that is new; its main resource has been read. One that nothing can
// renew automatically is refused (R5).
func (b *tx) putNew(r renewal.Resource) error {
	if main, ok := ledger.Get(b.Tx, ledger.Resources, string(r.Main)); ok && main.Charge == order.ChargeSubscription {
		r = followed(r, &main, main.Mode)
	}
	if err := b.checkPayable(&r); err != nil {
		return err
	}
	b.putResource(r)
	return nil
}
