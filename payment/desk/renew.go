package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// RenewRequest names resources to be renewed by hand: for a term (R1), or to the first unified
// day that is not before the end of that term (R6).
type RenewRequest struct {
	Customer  order.CustomerID   `json:"customer,omitempty"`
	By        string             `json:"by,omitempty"` // who acts; empty: the customer
	ID        string             `json:"id"`           // 1 to 64 printable characters: of the purchase of several, and what the IDs of the orders derive from
	Resources []order.ResourceID `json:"resources"`
	Term      renewal.Term       `json:"term"`
	Day       renewal.UnifiedDay `json:"day,omitempty"` // 0: the term alone, and not the 1st, as elsewhere
}

// Check reports the first thing about r that is not valid, as an [*order.FieldError]. The
// customer may be left out, as in [BuyRequest].
// [Desk.Renew] checks whether the policy has the term and the day.
func (r RenewRequest) Check() error {
	if err := checkNamed(r.Customer, r.By); err != nil {
		return err
	}
	if err := order.CheckID("id", r.ID); err != nil {
		return err
	}
	if !r.Term.Civil() {
		return order.Invalid("term", r.Term.String(), "is not a term of days, weeks, months or years")
	}
	if r.Day != renewal.LastDay && (r.Day < 0 || r.Day > 31) {
		return order.Invalid("day", strconv.Itoa(int(r.Day)), "is not a unified day: give 1 to 31, or LastDay, or 0 for the term alone")
	}
	return order.CheckIDs("resources", r.Resources, order.MaxAtOnce)
}

// Renew places the renewal orders of resources, and of what is bound to them (R10): one
// order, or a purchase of several. They cost what the Desk's Prices say, and extend their
// resources in the commit that pays them, which completes them unless the policy leaves that
// to the host ([payment.Policy.Complete]). The same ID again is the same orders. The host is asked
// who acts, and whether the account is frozen (P10).
func (d *Desk) Renew(ctx context.Context, r RenewRequest) (placed []order.Order, err error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	r.By = actor(r.By, r.Customer)
	err = d.forCustomerAsking(ctx, r.Customer, "renew", r.By, func(b *tx) error {
		if err := d.decide(ctx, b, func() error {
			placed, err = b.renewedBefore(r)
			return err
		}); err != nil || placed != nil {
			return err
		}
		said, err := d.ask(ctx, b.Step, Inquiry{Customer: b.Customer, By: r.By, At: b.At})
		if err != nil {
			return err
		}
		return d.decide(ctx, b, func() error {
			placed, err = b.renew(r, said)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return placed, nil
}

// renew places the renewal orders that a request asks for, or finds those that it has placed.
// Of the host's findings it heeds those about who acts and about a frozen account; the others
// are about orders (P10).
func (b *tx) renew(r RenewRequest, said payment.Findings) ([]order.Order, error) {
	if there, err := b.renewedBefore(r); there != nil || err != nil {
		return there, err
	}
	if err := said.Admit(r.By); err != nil {
		return nil, err
	}
	// A resource that expires now shows whether the policy has such a term, and such a day.
	if _, err := renewal.Unify(renewal.Position{Expiry: b.At}, r.Term, r.Day, b.Policy.Renewal); err != nil {
		return nil, err
	}
	all := slices.Clone(b.Now.Resources)
	for i := range all {
		var err error
		if all[i], err = b.alone(all[i]); err != nil {
			return nil, err
		}
	}
	batch, err := renewal.Batch(r.Resources, all)
	if err != nil {
		return nil, err
	}
	asked := make([]renewal.PendingRenewal, len(batch))
	for i := range batch {
		asked[i] = renewal.PendingRenewal{Term: r.Term}
		if r.Day == 0 {
			continue
		}
		e, err := renewal.Unify(batch[i].PositionAt(b.At, b.Policy.Renewal), r.Term, r.Day, b.Policy.Renewal)
		if err != nil {
			return nil, err
		}
		asked[i] = renewal.PendingRenewal{Term: r.Term, Extension: e, Day: r.Day}
	}
	return b.placeRenewals(r.ID, batch, asked)
}

// renewedBefore returns the orders that the same request has placed.
func (b *tx) renewedBefore(r RenewRequest) ([]order.Order, error) {
	if err := b.needBatch(r.Resources); err != nil {
		return nil, err
	}
	ids := make([]order.ID, len(r.Resources))
	for i, x := range r.Resources {
		ids[i] = renewalID(r.ID, x)
	}
	if err := b.needOrders(ids...); err != nil {
		return nil, err
	}
	first, placed := ledger.Get(b.Tx, ledger.Orders, string(ids[0]))
	for _, id := range ids {
		o, there := ledger.Get(b.Tx, ledger.Orders, string(id))
		if there != placed {
			return nil, renewedOther(r.ID)
		}
		if same := o.Purchase == first.Purchase && r.renews(&o); there && !same {
			return nil, renewedOther(r.ID)
		}
	}
	if !placed {
		return nil, nil
	}
	all := b.members(first)
	for i := range all { // what else is in the purchase came along with what is asked for
		x, _ := ledger.Get(b.Tx, ledger.Resources, string(all[i].Lines[0].Resource))
		if !slices.Contains(r.Resources, x.ID) && !slices.Contains(r.Resources, x.Main) {
			return nil, renewedOther(r.ID)
		}
	}
	return all, nil
}

// renews reports whether an order renews for the term, or to the unified day, of a request.
func (r *RenewRequest) renews(o *order.Order) bool {
	if len(o.Lines) == 0 {
		return false
	}
	to, _, unified := strings.Cut(o.Lines[0].Configuration, ": ")
	if r.Day == 0 {
		return !unified && o.Lines[0].Term == r.Term
	}
	return unified && to == unifies(r.Term, r.Day)
}

// unifies is kept in an order, and says which renewal to a unified day was asked for.
func unifies(t renewal.Term, day renewal.UnifiedDay) string {
	if day == renewal.LastDay {
		return t.String() + " to the last day"
	}
	return t.String() + " to day " + strconv.Itoa(int(day))
}

func renewedOther(id string) error {
	return payment.Refusef(payment.ReasonKey, "renewal %s has been placed with other contents: use another ID", id)
}

// renewalID derives the ID of the order that renews a resource.
func renewalID(id string, resource order.ResourceID) order.ID {
	return order.ID(order.Derive("renewal", id, string(resource)))
}

// placeRenewals places an order for each resource, which asks for its renewal.
func (b *tx) placeRenewals(id string, batch []renewal.Resource, asked []renewal.PendingRenewal) ([]order.Order, error) {
	// An ID renews once: the entry that places it has an ID of its own.
	made := placingID(b.Customer, order.PurchaseID(id), "")
	if err := b.Need(ledger.KindEntry, made); err != nil {
		return nil, err
	}
	if _, there := ledger.Get(b.Tx, ledger.Entries, made); there {
		return nil, renewedOther(id)
	}
	free, ids := make([]renewal.Resource, len(batch)), make([]order.ID, len(batch))
	for i := range batch {
		var err error
		ids[i] = renewalID(id, batch[i].ID)
		if free[i], err = b.claimResource(batch[i].ID, ids[i]); err != nil {
			return nil, err
		}
	}
	if err := b.needOrders(ids...); err != nil {
		return nil, err
	}
	drafts := make([]order.Draft, len(batch))
	for i := range batch {
		var err error
		if drafts[i], err = b.draft(free[i], ids[i], asked[i]); err != nil {
			return nil, ofPrices(notSold(err, "term", asked[i].Term.String()))
		}
	}
	purchase := order.PurchaseID("")
	if len(drafts) > 1 {
		purchase = order.PurchaseID(id)
	}
	placed, err := b.place(purchase, drafts)
	if f, ok := err.(*order.FieldError); ok { // of drafts that nobody wrote
		err = &order.FieldError{Field: "resources", Reason: "cannot be renewed", Err: f}
	}
	if err != nil {
		return nil, err
	}
	for i := range placed {
		r, _ := ledger.Get(b.Tx, ledger.Resources, string(batch[i].ID))
		after, err := r.OrderRenewal(asked[i], placed[i].ID, b.At, b.Policy.Renewal)
		if err != nil {
			return nil, err
		}
		b.putResource(after)
	}
	b.EntryID = made
	return placed, nil
}

// draft prices a renewal (R7), as what the resource becomes at its expiry (Q8).
func (b *tx) draft(r renewal.Resource, id order.ID, a renewal.PendingRenewal) (order.Draft, error) {
	of := r.AsRenewed()
	if a.Day == 0 {
		price, err := b.price(of, a.Term)
		if err != nil {
			return order.Draft{}, err
		}
		return r.Draft(id, a.Term, price, b.At, b.Policy.Renewal)
	}
	var whole order.Money
	var err error
	if a.Extension.Whole != (renewal.Term{}) {
		if whole, err = b.price(of, a.Extension.Whole); err != nil {
			return order.Draft{}, err
		}
	}
	per := whole
	if e := a.Extension; e.Days > 0 && e.Per != e.Whole {
		if per, err = b.price(of, e.Per); err != nil {
			return order.Draft{}, err
		}
	}
	price, err := a.Extension.Price(whole, per, b.Policy.Renewal)
	if err != nil {
		return order.Draft{}, err
	}
	draft, err := r.DraftExtension(id, a.Extension, price, b.At, b.Policy.Renewal)
	if err == nil {
		l := &draft.Lines[0]
		l.Configuration = unifies(a.Term, a.Day) + ": " + l.Configuration
	}
	return draft, err
}
