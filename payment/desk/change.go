package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// ChangeRequest asks for a resource to become another product, to be of another number, or
// both (Q8). It names what the resource is to be, and no price: that is the Desk's Prices' to
// say, so a request may be decoded from what a customer sends.
type ChangeRequest struct {
	ID       order.ID         `json:"id"` // of the order that is paid, or gives money back
	Customer order.CustomerID `json:"customer,omitempty"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	Resource order.ResourceID `json:"resource"`
	Product  string           `json:"product,omitempty"` // empty: as it is
	Count    int              `json:"count,omitempty"`   // 0: as it is; none left is [Desk.Unsubscribe]
	// AtExpiry lets the change wait for the end of the period: nothing is due now and nothing
	// comes back, and no order is placed, so that an ID is not needed, and stays free.
	AtExpiry bool `json:"atExpiry,omitempty"`
	// Due and Back are what was agreed to, as [ChangeQuote] has it: more to pay, or less to come
	// back, is refused. Zero Money: whatever it comes to.
	Due  order.Money `json:"due,omitzero"`
	Back order.Money `json:"back,omitzero"`
}

// Check reports the first thing about q that is not valid, as an [*order.FieldError]. The
// customer may be left out, as in [BuyRequest].
func (q ChangeRequest) Check() error {
	if !q.AtExpiry {
		if err := order.CheckID("id", q.ID); err != nil {
			return err
		}
	}
	return q.check()
}

// check is Check for a quote, which needs no ID.
func (q *ChangeRequest) check() error {
	if err := checkNamed(q.Customer, q.By); err != nil {
		return err
	}
	if err := cmp.Or(order.CheckOptional("id", q.ID), order.CheckID("resource", q.Resource), order.CheckOptional("product", q.Product)); err != nil {
		return err
	}
	if q.Count < 0 {
		return order.Invalid("count", strconv.Itoa(q.Count), "is below zero: 0 leaves it as it is, and none left is leaving")
	}
	if q.Product == "" && q.Count == 0 {
		return order.Invalid("product", "", "is required, or a count: say what changes")
	}
	for _, x := range [...]struct {
		name string
		of   order.Money
	}{{"due", q.Due}, {"back", q.Back}} {
		if err := x.of.Check(); err != nil {
			return order.Within(x.name, err)
		}
		if x.of.Sign() < 0 {
			return order.Invalid(x.name, x.of.String(), "is below zero")
		}
	}
	return nil
}

// ChangeQuote is what a change, or leaving, costs or gives back, and the resource as it would be
// (Q8). Due and Back are never both above zero.
type ChangeQuote struct {
	Due      order.Money         `json:"due"`             // to be paid for it, before discounts
	Back     order.Money         `json:"back"`            // to accounts, bill or gateway; coupons come besides
	Resource renewal.Resource    `json:"resource"`        // as it would be
	Refund   payment.RefundQuote `json:"refund,omitzero"` // how Back was found
}

// Changed is what was done. What is due is paid with Order by [Desk.Pay], and the resource is
// changed by the commit that pays it; what comes back is on its way. Of a request that has been
// carried out before it has the order, what that costs or gives back, and the resource as it is.
type Changed struct {
	ChangeQuote
	Order order.Order `json:"order,omitzero"`
}

// QuoteChange says what a change of a resource would cost or give back (Q8), or why it is
// refused, and changes nothing. The ID may be empty.
func (d *Desk) QuoteChange(ctx context.Context, q ChangeRequest) (ChangeQuote, error) {
	if err := q.check(); err != nil {
		return ChangeQuote{}, err
	}
	return d.quoteAlteration(ctx, "quote change", &q)
}

// Change changes product or number of a resource, or both (Q8): at the Desk's Prices over what
// is left of each period that has been paid for, each rounded once. What costs more is an order
// that the customer pays ([Desk.Pay]): the commit that pays it changes the resource, or gives
// the money back if a period that was priced has ended by then (O9). What costs less gives back
// its part of what was paid, in the same commit, or once that is approved (Q3, Q7). What costs
// the same is an order of no money. The same ID with the same request again is the same order,
// with another request it is [payment.ReasonKey]. The host is asked who acts, and about the
// order that would be placed (P10).
//
// At the expiry, a change waits on the resource ([renewal.Resource.Next]). It is what renewals
// price from now on, and takes place, with a notice, when the first period begins that is paid for
// so: periods that were paid for before stay as they are, and what is not renewed stays what it
// is. What has a price for another term alone is renewed for that term first ([Desk.SetMode]).
// Asking at the expiry for what the resource is now takes it back; another change at the expiry
// replaces it; a change at once is refused until it is taken back. Once a renewal has been paid
// for it, that is given back first ([Desk.Unsubscribe] with Renewal). It is refused if the product
// is not sold, and for a resource that has expired or is not to be renewed. Where the policy has
// [renewal.RefundPolicy.DownAtExpiry], what costs less is changed so alone.
//
// Where the policy has [renewal.RefundPolicy.UpBeginsPeriod], what costs more at once begins a new
// period of the term in use: due is the price of the whole of it, less what is left of the old one.
// It begins at the second in which the change was asked for, whenever that is paid in time: no time
// is lost or won by it, and its months are counted from then (R3). What was paid for the old period
// and is left counts as paid for the new one, so that leaving and a change to less give it back as
// they would have. It is refused while a renewal has been paid ahead, where more is left than the
// new period costs, for what is renewed with another resource or has such bound to it, and for what
// is no longer sold.
func (d *Desk) Change(ctx context.Context, q ChangeRequest) (Changed, error) {
	if err := q.Check(); err != nil {
		return Changed{}, err
	}
	return d.alter(ctx, "change", &q)
}

func (q *ChangeRequest) names() (order.CustomerID, string) {
	return q.Customer, actor(q.By, q.Customer)
}

func (q *ChangeRequest) resource(b *tx) (renewal.Resource, error) {
	if q.AtExpiry {
		return b.claimResource(q.Resource, "")
	}
	return b.claimResource(q.Resource, q.ID)
}

// hash tells requests apart: who acts, and what was agreed, do not count.
func (q *ChangeRequest) hash() (string, error) {
	same := *q
	same.By, same.Due, same.Back = "", order.Money{}, order.Money{}
	text, err := json.Marshal(same)
	return order.Derive("change", string(text)), err
}

// before finds the order that a request has placed: the entry that placed it has its hash.
func (q *ChangeRequest) before(b *tx) (done Changed, there bool, err error) {
	if q.AtExpiry {
		return done, false, nil // it is the same by what it does
	}
	asked, err := q.hash()
	if err != nil {
		return done, false, err
	}
	o, there, err := b.placedAs(q.ID, asked)
	if !there || err != nil {
		return done, there, err
	}
	return b.done(o), true, nil
}

// plan prices a change, and says by which order it is made.
func (q *ChangeRequest) plan(b *tx, r renewal.Resource) (x plan, err error) {
	p := b.Policy.Renewal
	paid, from, err := b.paidFor(&r, leaving{at: b.At})
	if err != nil {
		return x, err
	}
	to := r.Changed(q.Product, q.Count)
	if q.AtExpiry {
		return q.planAtExpiry(b, r, to, from)
	}
	if err := r.Changeable(from, b.At, p); err != nil {
		return x, err
	}
	if to.Product == r.Product && to.Count == r.Count {
		return x, order.Invalid("count", strconv.Itoa(to.Count), "of "+to.Product+" is what the resource is already: there is nothing to change")
	}
	costs, err := b.priceChange(&r, to)
	if err != nil {
		return x, ofPrices(q.notSold(err))
	}
	for _, x := range paid {
		if cur, of := costs[0].Old.Currency(), x.bought.Parts[0].Amount.Currency(); cur != of {
			return plan{}, ofPrices(&order.CurrencyError{Code: cur.String(), With: of, Reason: "the price list has another currency than what was paid for " + string(r.ID)})
		}
	}
	if err := r.ChangeableAtOnce(costs, b.At, p); err != nil {
		return x, err
	}
	if goesDown(costs) {
		x, err = b.planBack(r, to, leaving{id: q.ID, resource: r.ID, changed: true, to: to, costs: costs, at: b.At})
	}
	if err == nil && x.Refund.Periods == nil {
		x, err = b.planMore(q, r, to, costs)
	}
	if err == nil {
		x.hash, err = q.hash()
	}
	if err != nil {
		return x, err
	}
	return x, q.agrees(&x.ChangeQuote)
}

// planAtExpiry is a change that waits for the expiry: the product has to be sold now.
func (q *ChangeRequest) planAtExpiry(b *tx, r, to renewal.Resource, from renewal.Origin) (x plan, err error) {
	if x.Resource, err = r.ChangeAtExpiry(to, from, b.At, b.Policy.Renewal); err != nil {
		return x, err
	}
	if waits := x.Resource.Next; waits != (renewal.NextChange{}) && waits != r.Next {
		if _, err := b.price(x.Resource.AsRenewed(), renewedFor(&r)); err != nil {
			return x, q.notSold(err)
		}
	}
	return x, q.agrees(&x.ChangeQuote)
}

// renewedFor is the term that a resource is most likely renewed for: the one that is set, or the
// last that was paid for, or a month.
func renewedFor(r *renewal.Resource) renewal.Term {
	if r.Mode == renewal.ModeAutomatic {
		return r.Auto.Term
	}
	for _, h := range slices.Backward(r.Periods) {
		if !h.Free {
			return h.Term
		}
	}
	return renewal.Term{N: 1, Unit: renewal.Month}
}

// notSold names what of the request is not sold.
func (q *ChangeRequest) notSold(err error) error {
	if q.Product == "" {
		return notSold(err, "resource", string(q.Resource))
	}
	return notSold(err, "product", q.Product)
}

// goesDown reports whether a change costs less: its periods go one way.
func goesDown(costs []renewal.PeriodChange) bool {
	return slices.ContainsFunc(costs, func(c renewal.PeriodChange) bool { return c.New.Minor() < c.Old.Minor() })
}

// agrees refuses what was not agreed to.
func (q *ChangeRequest) agrees(now *ChangeQuote) error {
	for _, x := range [...]struct {
		agreed, now order.Money
		worse       int
		field, text string
	}{{q.Due, now.Due, 1, "due", "is to be paid"}, {q.Back, now.Back, -1, "back", "comes back"}} {
		if x.agreed == (order.Money{}) {
			continue
		}
		n, err := x.now.Cmp(x.agreed)
		if err != nil {
			return order.Within(x.field, err)
		}
		if n == x.worse {
			return &payment.Refusal{Reason: payment.ReasonCost, Need: x.now, Have: x.agreed, Text: x.now.String() + " " + x.text + ", and " + x.agreed.String() + " was agreed to: ask for a new quote"}
		}
	}
	return nil
}

// pricesOf are the prices that a decision is made with.
type pricesOf func(r renewal.Resource, t renewal.Term) (order.Money, error)

func (f pricesOf) Price(r renewal.Resource, t renewal.Term) (order.Money, error) { return f(r, t) }

// priceChange prices a change for what is left of a resource. What has expired has nothing left,
// and is not made more of: that would cost nothing until it is renewed.
func (b *tx) priceChange(r *renewal.Resource, to renewal.Resource) ([]renewal.PeriodChange, error) {
	p := b.Policy.Renewal
	costs, err := r.PriceChange(to, b.At, pricesOf(b.price), p)
	if err != nil || len(costs) > 0 {
		return costs, err
	}
	if r.State(b.At, p) == renewal.StateInUse {
		return nil, order.Invalid("resource", string(r.ID), "does not say for which term its time was bought: adopt it with its periods, or change it once it has been renewed")
	}
	term := renewal.Term{N: 1, Unit: renewal.Month}
	if n := len(r.Periods); n > 0 {
		term = r.Periods[n-1].Term
	}
	x := renewal.PeriodChange{Period: renewal.Period{Expiry: r.Expiry, Term: term}}
	if x.Old, err = b.price(*r, term); err != nil {
		return nil, err
	}
	if x.New, err = b.price(to, term); err != nil {
		return nil, err
	}
	if n, err := x.New.Cmp(x.Old); err != nil || n > 0 {
		return nil, cmp.Or(err, error(&renewal.MoveError{Resource: r.ID, Step: "change", State: r.State(b.At, p), Err: renewal.ErrState, Do: "it has expired: renew it first"}))
	}
	x.New, x.Due = x.Old, order.Minor(0, x.Old.Currency()) // nothing is left that could come back
	return []renewal.PeriodChange{x}, nil
}

// planMore is a change that gives nothing back: what costs more begins a new period, where the
// policy says so.
func (b *tx) planMore(q *ChangeRequest, r, to renewal.Resource, costs []renewal.PeriodChange) (x plan, err error) {
	more := slices.ContainsFunc(costs, func(c renewal.PeriodChange) bool { return c.New.Minor() > c.Old.Minor() })
	x.to, x.begins = to, more && b.Policy.Renewal.Leaving.UpBeginsPeriod
	if x.begins {
		c, err := r.PriceNewPeriod(to, b.At, pricesOf(b.price), b.Policy.Renewal)
		if err != nil {
			return x, q.notSold(err)
		}
		bound, err := b.bound(r.ID, b.At)
		if err != nil {
			return x, err
		}
		if len(bound) > 0 {
			return x, &renewal.MoveError{Resource: r.ID, Step: "change", State: renewal.StateInUse, Err: renewal.ErrBound,
				Do: string(bound[0].ID) + " is renewed with it, so that it begins no period of its own: change it at the expiry"}
		}
		costs = []renewal.PeriodChange{c}
	}
	typ := order.TypeChange
	if more {
		typ = order.TypeUpgrade
	}
	err = b.planCharge(&x, q.ID, typ, r, costs)
	return x, err
}

// orderFor is the resource once its change has been ordered.
func (x *plan) orderFor(r renewal.Resource, id order.ID, b *tx) (renewal.Resource, error) {
	if x.begins {
		return r.OrderNewPeriod(x.to, id, b.At, b.Policy.Renewal)
	}
	return r.OrderChange(x.to, id, b.At, b.Policy.Renewal)
}

// applied is the resource once its change has been ordered, and settled.
func (x *plan) applied(r renewal.Resource, id order.ID, b *tx) (renewal.Resource, error) {
	asked, err := x.orderFor(r, id, b)
	if err != nil {
		return r, err
	}
	after, err := asked.ApplyRenewal(b.At, b.Policy.Renewal)
	if err != nil {
		return r, err
	}
	return after, b.carry(&asked, &after)
}

// planCharge is the order of a change that is paid, or costs nothing: a line for each period.
func (b *tx) planCharge(x *plan, id order.ID, typ order.Type, r renewal.Resource, costs []renewal.PeriodChange) (err error) {
	to := x.to
	draft := order.Draft{ID: cmp.Or(id, quoteID), Customer: r.Customer, User: r.User, Project: r.Project, Type: typ}
	sum := int64(0)
	for _, c := range costs {
		due := order.Minor(max(0, c.Due.Minor()), c.Due.Currency())
		sum += due.Minor()
		draft.Lines = append(draft.Lines, order.Line{Product: to.Product, Service: to.Service, Region: to.Region, Resource: r.ID, Count: to.Count, Charge: to.Charge, Amount: due,
			Configuration: changedFrom(&r) + untilText + c.Expiry.In(zoneOf(b.Policy.Renewal.Zone)).Format(time.RFC3339)})
	}
	cur := costs[0].Due.Currency()
	x.Due, x.Back = order.Minor(sum, cur), order.Minor(0, cur)
	if x.Order, err = order.Place(draft, b.At, b.Policy.Order); err != nil {
		return err
	}
	if x.begins || x.Order.State.Open() {
		x.Resource, err = x.applied(r, x.Order.ID, b)
		return err
	}
	x.Resource = to
	return nil
}

func zoneOf(z *time.Location) *time.Location {
	if z == nil {
		return time.UTC
	}
	return z
}

// carryOutCharge writes the order of a change. If it is to be paid, the resource waits for that.
func (b *tx) carryOutCharge(x *plan) error {
	o := x.Order
	o.DueAt = b.orderWaits(&o)
	ledger.Put(b.Tx, ledger.Orders, o)
	r, _ := ledger.Get(b.Tx, ledger.Resources, string(o.Lines[0].Resource))
	if !o.State.Open() {
		after, err := r.Changed(x.to.Product, x.to.Count), error(nil)
		if x.begins {
			after, err = x.applied(r, o.ID, b)
		}
		if err != nil {
			return err
		}
		b.putResource(after)
		return b.moveAlone(&o, order.Move{Event: order.EventComplete, By: payment.ByDesk})
	}
	r, err := x.orderFor(r, o.ID, b)
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}

// shareLines says what of an order of several lines was paid for each period that it changes,
// one line for one period.
func shareLines(r *renewal.Resource, o *order.Order, p *payment.Payment) {
	line := 0
	for i := range r.Added {
		if h := &r.Added[i]; h.Order == o.ID && len(o.Lines) > 1 && line < len(o.Lines) {
			h.ResidualParts = p.PartsOfLine(o, line)
			line++
		}
	}
}

// carry says what is left of what paid for the period that a change has cut: that counts as paid
// for the one that it began (Q8). asked is the resource before.
func (b *tx) carry(asked, after *renewal.Resource) error {
	if asked.Asked.Term == (renewal.Term{}) {
		return nil
	}
	var cut []renewal.PaidPeriod
	for _, h := range slices.Concat(after.Added, after.Periods) {
		if h.CutBy == asked.Order && !h.Free {
			h.Expiry = h.Cut
			cut = append(cut, h)
		}
	}
	for i := range after.Added {
		h := &after.Added[i]
		if h.CarriedBy != asked.Order || len(cut) == 0 {
			continue
		}
		x, _, err := b.period(after.ID, cut[0])
		if err != nil {
			return err
		}
		if x != nil {
			if h.ResidualParts, err = x.bought.Carried(asked.Asked.At, b.Policy.Renewal); err != nil {
				return err
			}
		}
		cut = cut[1:]
	}
	return nil
}

// undoChange takes back what an order has changed that cannot be carried out.
func (b *tx) undoChange(o *order.Order) error {
	l := &o.Lines[0]
	r, ok := ledger.Get(b.Tx, ledger.Resources, string(l.Resource))
	was, changed := wasBefore(l)
	paid := slices.ContainsFunc(slices.Concat(r.Added, r.Periods), func(h renewal.PaidPeriod) bool { return h.Order == o.ID })
	if gone := !ok || !r.Released.IsZero(); gone || !changed || !paid {
		return nil
	}
	r, err := r.UndoChange(o.ID, was, renewal.Resource{Product: l.Product, Count: l.Count}, b.At, b.Policy.Renewal)
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}

// quoteID stands for the ID of an order that is not placed.
const quoteID order.ID = "quote"
