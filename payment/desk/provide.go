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
