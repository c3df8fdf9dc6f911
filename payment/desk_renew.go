package payment

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Renewing is resources to be renewed by hand (R1), for a term, or to a unified day that is
// not earlier (R6).
type Renewing struct {
	Customer  order.CustomerID   `json:"customer"`
	By        string             `json:"by"`
	ID        string             `json:"id"` // 1 to 64 printable characters: of the purchase of several, and what the IDs of the orders derive from
	Resources []order.ResourceID `json:"resources"`
	Term      renewal.Term       `json:"term"`
	Day       renewal.UnifiedDay `json:"day,omitempty"` // 0: the term alone, and not the 1st, as elsewhere
}

// Check reports the first thing about r that is not sound, as an [*order.FieldError]. What
// terms and days there are is policy, and judged by [Desk.Renew].
func (r Renewing) Check() error {
	if err := checkActor(r.Customer, r.By); err != nil {
		return err
	}
	if err := order.CheckID("id", r.ID); err != nil {
		return err
	}
	if r.Term.N < 1 || r.Term.Unit != renewal.Month && r.Term.Unit != renewal.Year {
		return field("term", r.Term.String(), "is no term of months or years")
	}
	if r.Day != renewal.LastDay && (r.Day < 0 || r.Day > 28) {
		return field("day", strconv.Itoa(int(r.Day)), "is no unified day: give 1 to 28, or LastDay, or 0 for the term alone")
	}
	return checkList("resources", r.Resources)
}

// Renew places the renewal orders of resources, and of what is bound to them (R10): one
// order, or a purchase of several. They cost what the Desk's Prices say, and extend their
// resources in the commit that pays them; they stay paid until the host completes them
// ([Desk.Move], without Resources). The same ID again is the same orders. The host is asked
// who acts, and whether the account is frozen (P10).
func (d *Desk) Renew(ctx context.Context, r Renewing) (placed []order.Order, err error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	err = d.forCustomer(ctx, r.Customer, "renew", r.By, func(b *book) error {
		placed, err = d.renew(ctx, b, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return placed, nil
}

func (d *Desk) renew(ctx context.Context, b *book, r Renewing) ([]order.Order, error) {
	if err := b.needAll(KindResource); err != nil {
		return nil, err
	}
	if there, err := b.renewedBefore(r); there != nil || err != nil {
		return there, err
	}
	if err := d.allowed(ctx, b, r.By); err != nil {
		return nil, err
	}
	// Whatever expires now shows whether the policy has such a term, and such a day.
	if _, err := renewal.Unify(renewal.Position{Expiry: b.at}, r.Term, r.Day, b.policy.Renewal); err != nil {
		return nil, err
	}
	all := slices.Clone(b.now.Resources)
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
	asked := make([]renewal.Asked, len(batch))
	for i := range batch {
		asked[i] = renewal.Asked{Term: r.Term}
		if r.Day == 0 {
			continue
		}
		e, err := renewal.Unify(batch[i].Position(), r.Term, r.Day, b.policy.Renewal)
		if err != nil {
			return nil, err
		}
		asked[i] = renewal.Asked{Term: r.Term, Extension: e, Day: r.Day}
	}
	return d.placeRenewals(b, r.ID, batch, asked)
}

// allowed asks the host's checks who acts, and whether the account is frozen, before
// anything is placed that renews (P10). An automatic renewal is asked about when it pays.
func (d *Desk) allowed(ctx context.Context, b *book, by string) error {
	said, err := d.ask(ctx, b, Checks{Actors: d.Checks.Actors, Freezes: d.Checks.Freezes}, inquiry(b, by, nil))
	if err != nil {
		return err
	}
	return said.admit(by)
}

// boundFollow: what is bound goes the way of its main resource at its end (R4, R10).
func (b *book) boundFollow(main *renewal.Resource) error {
	if err := b.needAll(KindResource); err != nil {
		return err
	}
	for _, x := range slices.Clone(b.now.Resources) {
		if x.Main != main.ID || x.Attached || !x.Released.IsZero() || x.Withdrawn {
			continue
		}
		if x.Mode = main.Mode; x.Mode == renewal.ModeAutomatic {
			x.Mode = renewal.ModeManual // it comes along
		}
		b.putResource(x)
	}
	return nil
}

// renewedBefore returns the orders that an ID has placed already, for the same.
func (b *book) renewedBefore(r Renewing) ([]order.Order, error) {
	ids := make([]order.ID, len(r.Resources))
	for i, x := range r.Resources {
		ids[i] = renewalID(r.ID, x)
	}
	if err := b.needOrders(ids...); err != nil {
		return nil, err
	}
	var there []order.Order
	for i, id := range ids {
		o, ok := get(b, orders, string(id))
		if ok && i == 0 {
			there = b.members(o)
		}
		if ok != (there != nil) || ok && there[0].Purchase != o.Purchase {
			return nil, renewedOther(r.ID)
		}
		if !ok {
			continue
		}
		l := &o.Lines[0]
		if to, _, unified := strings.Cut(l.Configuration, ": "); unified != (r.Day != 0) || unified && to != unifies(r.Term, r.Day) || !unified && l.Term != r.Term {
			return nil, renewedOther(r.ID)
		}
	}
	// What else is in the purchase came along with what is asked for.
	for i := range there {
		x, _ := get(b, resources, string(there[i].Lines[0].Resource))
		if !slices.Contains(r.Resources, x.ID) && !slices.Contains(r.Resources, x.Main) {
			return nil, renewedOther(r.ID)
		}
	}
	return there, nil
}

// unifies says in an order what renewal to a unified day was asked for.
func unifies(t renewal.Term, day renewal.UnifiedDay) string {
	if day == renewal.LastDay {
		return t.String() + " to the last day"
	}
	return t.String() + " to day " + strconv.Itoa(int(day))
}

func renewedOther(id string) error {
	return refusef(ReasonKey, "renewal %s has been placed with other contents: use another ID", id)
}

// renewalID derives the ID of the order that renews a resource.
func renewalID(id string, resource order.ResourceID) order.ID {
	return order.ID(derive("renewal", id, string(resource)))
}

// placeRenewals places an order for each resource, which asks for its renewal.
func (d *Desk) placeRenewals(b *book, id string, batch []renewal.Resource, asked []renewal.Asked) ([]order.Order, error) {
	// What an ID renews is said once: the entry that places it has an ID of its own.
	made := placingID(b.customer, order.PurchaseID(id), "")
	if err := b.need(KindEntry, made); err != nil {
		return nil, err
	}
	if _, there := get(b, entries, made); there {
		return nil, renewedOther(id)
	}
	drafts := make([]order.Draft, len(batch))
	for i := range batch {
		r, err := b.claimResource(batch[i].ID, renewalID(id, batch[i].ID))
		if err != nil {
			return nil, err
		}
		if drafts[i], err = d.draft(b, r, renewalID(id, r.ID), asked[i]); err != nil {
			return nil, err
		}
	}
	purchase := order.PurchaseID("")
	if len(drafts) > 1 {
		purchase = order.PurchaseID(id)
	}
	placed, err := b.place(purchase, drafts)
	if err != nil {
		return nil, err
	}
	for i := range placed {
		r, _ := get(b, resources, string(batch[i].ID))
		after, err := r.Ask(asked[i], placed[i].ID, b.at, b.policy.Renewal)
		if err != nil {
			return nil, err
		}
		b.putResource(after)
	}
	b.deposit = made
	return placed, nil
}

// draft prices a renewal (R7).
func (d *Desk) draft(b *book, r renewal.Resource, id order.ID, a renewal.Asked) (order.Draft, error) {
	if d.Prices == nil {
		return order.Draft{}, field("desk", "", "has no Prices: set them to renew")
	}
	if a.Day == 0 {
		price, err := d.Prices.Price(r, a.Term)
		if err != nil {
			return order.Draft{}, err
		}
		return r.Draft(id, a.Term, price, b.at, b.policy.Renewal)
	}
	var whole, month order.Money
	var err error
	if a.Extension.Whole != (renewal.Term{}) {
		if whole, err = d.Prices.Price(r, a.Extension.Whole); err != nil {
			return order.Draft{}, err
		}
		month = whole
	}
	if a.Extension.Days > 0 {
		if month, err = d.Prices.Price(r, renewal.Term{N: 1, Unit: renewal.Month}); err != nil {
			return order.Draft{}, err
		}
	}
	price, err := a.Extension.Price(whole, month, b.policy.Renewal)
	if err != nil {
		return order.Draft{}, err
	}
	draft, err := r.DraftExtension(id, a.Extension, price, b.at, b.policy.Renewal)
	if err == nil {
		l := &draft.Lines[0]
		l.Configuration = unifies(a.Term, a.Day) + ": " + l.Configuration
	}
	return draft, err
}

// SetMode says what happens to a resource at its expiry (R4), and how it is renewed
// automatically (R5): by [Desk.Sweep], with the best discount and one cash coupon, on the
// monthly bill where the customer has one and it takes it, else from the balance, and
// never by card. An order that renewed it stays paid until the host completes it
// ([Desk.Move], without Resources).
func (d *Desk) SetMode(ctx context.Context, customer order.CustomerID, by string, id order.ResourceID, mode renewal.Mode, auto renewal.Auto) (r renewal.Resource, err error) {
	auto.On, auto.Done, auto.Tried = time.Time{}, 0, time.Time{}
	sound := func(b *book) error {
		// What is refused of a resource that has just begun is refused of every one.
		x := renewal.Resource{ID: id, Customer: customer, Product: "any", Count: 1, Charge: order.ChargeSubscription, Start: b.at, Expiry: b.at.Add(time.Hour), Mode: renewal.ModeManual}
		_, err := x.SetMode(mode, auto, b.at, b.policy.Renewal)
		return err
	}
	err = d.resource(ctx, customer, "set mode", by, id, sound, func(b *book, was renewal.Resource) error {
		was.Auto.On, was.Auto.Done, was.Auto.Tried = time.Time{}, 0, time.Time{}
		now, _ := get(b, resources, string(id))
		now.Attached = was.Attached
		if r = now; was.Mode == mode && was.Auto == auto {
			return nil // said twice
		}
		if r, err = now.SetMode(mode, auto, b.at, b.policy.Renewal); err != nil {
			return err
		}
		b.putResource(r)
		return b.boundFollow(&r)
	})
	return r, err
}

// Release gives an expired resource up by hand (R11): it cannot be undone, and is refused
// while an order for it is being paid. An order that is open for it is canceled (O9).
func (d *Desk) Release(ctx context.Context, customer order.CustomerID, by string, id order.ResourceID) error {
	return d.resource(ctx, customer, "release", by, id, nil, func(b *book, r renewal.Resource) error {
		if !r.Released.IsZero() {
			return nil
		}
		after, err := r.Release(b.at, b.policy.Renewal)
		if err != nil {
			return err
		}
		return b.released(r, after)
	})
}

// Adopt takes a resource into the records that was provided elsewhere. One that is there is
// left as it is.
func (d *Desk) Adopt(ctx context.Context, by string, r renewal.Resource) error {
	return d.forCustomer(ctx, r.Customer, "adopt", by, func(b *book) error {
		if err := r.Check(b.policy.Renewal); err != nil {
			return err
		}
		if r.Order != "" || r.Version != 0 {
			return field("order", string(r.Order), "is open for it elsewhere: adopt it free of orders")
		}
		if r.Mode == renewal.ModeAutomatic {
			manual := r
			manual.Mode, manual.Auto = renewal.ModeManual, renewal.Auto{}
			if _, err := manual.SetMode(r.Mode, r.Auto, b.at, b.policy.Renewal); err != nil {
				return err
			}
		}
		if err := b.need(KindResource, string(r.ID)); err != nil {
			return err
		}
		if _, there := get(b, resources, string(r.ID)); !there {
			b.putResource(r)
		}
		return nil
	})
}

// resource judges one resource of a customer, after what is asked for where sound says
// more of that.
func (d *Desk) resource(ctx context.Context, customer order.CustomerID, step, by string, id order.ResourceID, sound func(*book) error, judge func(*book, renewal.Resource) error) error {
	if err := order.CheckID("resource", id); err != nil {
		return err
	}
	return d.forCustomer(ctx, customer, step, by, func(b *book) error {
		if sound != nil {
			if err := sound(b); err != nil {
				return err
			}
		}
		if err := b.need(KindResource, string(id)); err != nil {
			return err
		}
		r, ok := get(b, resources, string(id))
		if !ok {
			return field("resource", string(id), "is none of the customer's: adopt it first")
		}
		r, err := b.alone(r)
		if err != nil {
			return err
		}
		return judge(b, r)
	})
}

// sweepResource does what is due for a resource: an attempt at its automatic renewal, then
// what happens by itself.
func (d *Desk) sweepResource(ctx context.Context, c *Customer, id order.ResourceID, s *Swept) (done bool, err error) {
	err = d.transact(ctx, c, "resource", desk, func(b *book) error {
		if err := b.need(KindResource, string(id)); err != nil {
			return err
		}
		r, ok := get(b, resources, string(id))
		if done = !ok || !s.due(b.at, r.Waits); done {
			return nil
		}
		if attempt, ok := b.nextAttempt(&r); ok && !attempt.After(b.at) {
			tried := d.attempt(ctx, b, r)
			if tried == nil {
				return nil
			}
			var host *hostError
			if errors.As(tried, &host) {
				return tried
			}
			b.undo()
			r.Auto.Tried = b.at
			b.tell(Notice{Kind: NoticeRenewalFailed, Resource: r.ID, Until: r.Expiry, Text: tried.Error()})
		}
		_, err := b.lapse(r)
		return err
	})
	return !done, err
}

// undo leaves the book as it was read; what was judged on is compared all the same.
func (b *book) undo() {
	b.now, b.puts, b.told, b.deposit = Records{}, make(map[name]bool), nil, ""
	b.now.Append(b.was)
}

// attempt renews a resource automatically, with what is bound to it: at the best discount,
// with one cash coupon, on the monthly bill or from the balance (R5). A manual renewal order
// of the resource alone that is not yet paid is canceled; any other open order stops the
// attempt (O12).
func (d *Desk) attempt(ctx context.Context, b *book, r renewal.Resource) error {
	if err := b.needAll(KindResource); err != nil {
		return err
	}
	batch, err := renewal.Batch([]order.ResourceID{r.ID}, b.now.Resources)
	if err != nil {
		return err
	}
	asked := make([]renewal.Asked, len(batch))
	for i := range batch {
		asked[i] = renewal.Asked{Term: r.Auto.Term, Automatic: batch[i].ID == r.ID}
		if err := b.supersede(batch[i]); err != nil {
			return err
		}
	}
	id := derive("automatic", string(b.customer), string(r.ID), r.Expiry.UTC().Format(time.RFC3339), b.at.UTC().Format(time.RFC3339))
	placed, err := d.placeRenewals(b, id, batch, asked)
	if err != nil {
		return err
	}
	q := Request{Key: Key(id), Customer: b.customer, By: desk, Choose: true}
	for i := range placed {
		q.Orders = append(q.Orders, placed[i].ID)
		q.Discounts = append(q.Discounts, Pick{Order: placed[i].ID, Best: true})
	}
	methods := []Method{MethodMonthly, MethodBalance}
	if !b.facts.Monthly || b.facts.Association == AssociationReseller {
		methods = methods[1:]
	}
	for _, q.Method = range methods {
		var quote Quote
		if quote, err = d.quoteAutomatic(ctx, b, q); err == nil {
			_, err = b.hold(q, quote)
			return err
		}
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			return err
		}
	}
	return err
}

// quoteAutomatic is quote with cash coupons alone.
func (d *Desk) quoteAutomatic(ctx context.Context, b *book, r Request) (Quote, error) {
	if err := b.needAll(KindCoupon); err != nil {
		return Quote{}, err
	}
	all := b.now.Coupons
	b.now.Coupons = slices.DeleteFunc(slices.Clone(all), func(c coupon.Coupon) bool {
		return c.Kind != coupon.KindCash && c.Kind != coupon.KindDiscount
	})
	at := b.at
	q, err := d.quote(ctx, b, r)
	b.at = later(at, b.at)
	for _, c := range all {
		if _, kept := get(b, coupons, string(c.ID)); !kept {
			b.now.Coupons = append(b.now.Coupons, c)
		}
	}
	return q, err
}

// supersede cancels the manual renewal order of a resource that an automatic renewal makes
// needless (O12).
func (b *book) supersede(r renewal.Resource) error {
	if r.Order == "" {
		return nil
	}
	if err := b.needOrders(r.Order); err != nil {
		return err
	}
	o, ok := get(b, orders, string(r.Order))
	if !ok || b.past(&o) {
		return nil // it makes room by itself
	}
	if o.State == order.StatePaying || o.Type != order.TypeRenewal || o.Purchase != "" {
		return &order.ResourceError{Order: o.ID, Resource: r.ID, Holder: o.ID, State: o.State}
	}
	return b.move(o.ID, order.Move{Event: order.EventCancel, By: desk, Reason: order.ReasonRenewedAutomatically})
}
