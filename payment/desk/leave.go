package desk

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// UnsubscribeRequest names a resource to be given up (Q3). With Renewal, only a renewal that
// has not begun is taken back (Q5); with Product, the resource goes on as a cheaper one (Q3).
type UnsubscribeRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	ID       order.ID         `json:"id"` // of the order that gives the money back
	Resource order.ResourceID `json:"resource"`
	Renewal  order.ID         `json:"renewal,omitempty"` // only what this order paid, which has not begun
	Product  string           `json:"product,omitempty"` // to go on with, in place of leaving
}

// Check reports the first thing about l that is not valid, as an [*order.FieldError].
func (l UnsubscribeRequest) Check() error {
	if err := checkActor(l.Customer, l.By); err != nil {
		return err
	}
	if err := cmp.Or(order.CheckID("id", string(l.ID)), order.CheckID("resource", string(l.Resource))); err != nil {
		return err
	}
	if l.Renewal != "" && l.Product != "" {
		return order.Invalid("product", l.Product, "is of a change, and a renewal to be taken back is named: make two requests")
	}
	return cmp.Or(order.CheckOptional("renewal", string(l.Renewal)), order.CheckOptional("product", l.Product))
}

func (l *UnsubscribeRequest) orderType() order.Type {
	if l.Product != "" {
		return order.TypeDowngrade
	}
	return order.TypeUnsubscribe
}

// QuoteUnsubscribe says what would come back, or why a resource cannot be left (Q7), and
// changes nothing.
func (d *Desk) QuoteUnsubscribe(ctx context.Context, l UnsubscribeRequest) (back payment.RefundQuote, err error) {
	if err := l.Check(); err != nil {
		return payment.RefundQuote{}, err
	}
	c, err := d.customerOf(ctx, l.Customer)
	if err != nil {
		return payment.RefundQuote{}, err
	}
	b, err := d.open(c, "quote refund", l.By)
	if err != nil {
		return payment.RefundQuote{}, err
	}
	said, err := d.askUnsubscribe(ctx, b, l)
	if err != nil {
		return payment.RefundQuote{}, err
	}
	err = d.decide(ctx, b, func() error {
		back, _, err = b.quoteUnsubscribe(leaving{UnsubscribeRequest: l, at: b.At}, said)
		return err
	})
	return back, err
}

// Unsubscribe gives a resource up, or a renewal of it, or goes on with a cheaper product: it
// places the order that gives the money back, computed by package renewal of what was paid.
// The refunds are due in the same commit, and the resource is gone, or else has its new expiry
// or product; if the amount needs approval, all that waits for the approval (Q7). The same ID
// again is the same order.
func (d *Desk) Unsubscribe(ctx context.Context, l UnsubscribeRequest) (o order.Order, err error) {
	if err := l.Check(); err != nil {
		return order.Order{}, err
	}
	err = d.forCustomerAsking(ctx, l.Customer, "refund", l.By, func(b *tx) error {
		there := false
		if err := d.decide(ctx, b, func() error {
			o, there, err = b.unsubscribedBefore(l)
			return err
		}); err != nil || there {
			return err
		}
		said, err := d.askUnsubscribe(ctx, b, l)
		if err != nil {
			return err
		}
		return d.decide(ctx, b, func() error {
			o, err = b.unsubscribe(l, said)
			return err
		})
	})
	if err != nil {
		return order.Order{}, err
	}
	return o, nil
}

// askUnsubscribe asks the host's checks about the order that would be placed, or about no
// order if none would be. A frozen account keeps what it has (P10).
func (d *Desk) askUnsubscribe(ctx context.Context, b *tx, l UnsubscribeRequest) (said payment.Findings, err error) {
	var in []order.Order
	if err := d.decide(ctx, b, func() error {
		defer b.Mark()() // it is only looked at
		in = nil
		r, err := b.claimResource(l.Resource, l.ID)
		if err != nil {
			return err
		}
		_, o, err := b.judgeBack(r, leaving{UnsubscribeRequest: l, at: b.At})
		var missing *ledger.Missing
		switch {
		case errors.As(err, &missing):
			return err
		case err == nil:
			in = append(in, o)
		}
		return nil
	}); err != nil {
		return said, err
	}
	return d.ask(ctx, b, d.Checks, inquiry(b, l.By, in))
}

// unsubscribedBefore finds the order that a request has placed.
func (b *tx) unsubscribedBefore(l UnsubscribeRequest) (o order.Order, there bool, err error) {
	if err := b.needOrders(l.ID); err != nil {
		return o, false, err
	}
	o, there = ledger.Get(b.Tx, ledger.Orders, string(l.ID))
	if there && !l.places(&o) {
		return o, true, &payment.Refusal{Reason: payment.ReasonKey, Orders: []order.ID{o.ID}, Text: "order " + string(o.ID) + " has been placed for something else: use another ID"}
	}
	return o, there, nil
}

// places reports whether an order is the one that a request places.
func (l *UnsubscribeRequest) places(o *order.Order) bool {
	return o.Type == l.orderType() && o.Lines[0].Resource == l.Resource && o.Lines[0].Configuration == l.mark()
}

// unsubscribe places the order that gives money back, and does what it says, or lets it wait
// for approval; or finds it where it has been placed.
func (b *tx) unsubscribe(l UnsubscribeRequest, said payment.Findings) (order.Order, error) {
	if o, there, err := b.unsubscribedBefore(l); there || err != nil {
		return o, err
	}
	now := leaving{UnsubscribeRequest: l, at: b.At}
	back, o, err := b.quoteUnsubscribe(now, said)
	if err != nil {
		return o, err
	}
	ledger.Put(b.Tx, ledger.Orders, o)
	if o.State == order.StateRefunding {
		err = b.leave(now, back)
	} else {
		r, _ := ledger.Get(b.Tx, ledger.Resources, string(l.Resource))
		var taken renewal.Resource
		if taken, err = r.Claim(o.ID, false, b.At, b.Policy.Renewal); err == nil {
			b.putResource(taken)
		}
	}
	o, _ = ledger.Get(b.Tx, ledger.Orders, string(l.ID))
	return o, err
}

// quoteUnsubscribe finds out what comes back, and the order that gives it back, or why it is
// refused: what the host found of who acts comes first, and of the order last.
func (b *tx) quoteUnsubscribe(l leaving, said payment.Findings) (back payment.RefundQuote, o order.Order, err error) {
	r, err := b.claimResource(l.Resource, l.ID)
	if err == nil {
		err = said.Admit(l.By)
	}
	if err == nil {
		back, o, err = b.judgeBack(r, l)
	}
	if err != nil {
		return back, o, err
	}
	if said.Other != "" {
		return back, o, payment.Refusef(said.Other, "%s", said.OtherText)
	}
	return back, o, nil
}

// judgeBack finds out what comes back, and the order that gives it back.
func (b *tx) judgeBack(r renewal.Resource, l leaving) (back payment.RefundQuote, o order.Order, err error) {
	if back, err = b.back(r, l); err != nil {
		return back, o, err
	}
	draft, err := renewal.Refund{Back: back.Total, Review: back.Review}.Draft(l.ID, l.orderType(), r, b.Policy.Renewal)
	if err != nil {
		return back, o, err
	}
	// When it is approved, the order says what it is for.
	draft.Lines[0].Configuration = l.mark()
	o, err = order.Place(draft, b.At, b.Policy.Order)
	return back, o, err
}

// leaving is a request to unsubscribe with the time of its order, and whether that has been
// placed: then the resource may be left.
type leaving struct {
	UnsubscribeRequest
	at     time.Time
	placed bool
}

// back computes what comes back of a resource, and of those bound to it, which are left with
// it (R10).
func (b *tx) back(r renewal.Resource, l leaving) (payment.RefundQuote, error) {
	var back payment.RefundQuote
	from, err := b.backOf(&back, r, l)
	if err != nil {
		return back, err
	}
	p := b.Policy.Renewal
	switch {
	case l.placed, l.Renewal != "" && back.Periods == nil:
	case l.Renewal != "":
		_, err = r.UndoRenewal(l.Renewal, l.ID, l.at, p)
	default:
		err = r.Leave(from, l.at, p)
	}
	if err != nil {
		return back, err
	}
	if l.Renewal == "" && l.Product == "" {
		if err := b.backOfBound(&back, r.ID, l); err != nil {
			return back, err
		}
	}
	if back.Periods == nil {
		return back, order.Invalid("resource", string(r.ID), "has no period that was paid for here and is left: there is nothing to give back")
	}
	back.SetReview(&p)
	return back, nil
}

// backOfBound adds what comes back of the resources that are bound to one. They all go with
// it, but nothing comes back of one that could not be left by itself. No order may be open for
// them.
func (b *tx) backOfBound(back *payment.RefundQuote, main order.ResourceID, l leaving) error {
	bound, err := b.bound(main, l.at)
	if err != nil {
		return err
	}
	for _, x := range bound {
		if !l.placed {
			if x, err = b.claimResource(x.ID, l.ID); err != nil {
				return err
			}
		}
		var own payment.RefundQuote
		from, err := b.backOf(&own, x, l)
		if err != nil {
			return err
		}
		x.Attached, x.Order, x.Released = true, "", time.Time{}
		if x.Leavable(from, l.at, b.Policy.Renewal) != "" {
			continue
		}
		back.Total = order.Minor(back.Total.Minor()+own.Total.Minor(), cmp.Or(back.Total.Currency(), own.Total.Currency()))
		back.Periods = append(back.Periods, own.Periods...)
	}
	return nil
}

// bound returns what is bound to a resource and was there at the time.
func (b *tx) bound(main order.ResourceID, at time.Time) ([]renewal.Resource, error) {
	if err := b.NeedBound(main); err != nil {
		return nil, err
	}
	var bound []renewal.Resource
	for _, x := range b.Now.Resources {
		there := x.Released.IsZero() || x.Released.After(at)
		if x.Main == main && !x.Attached && there {
			bound = append(bound, x)
		}
	}
	return bound, nil
}

// backOf computes what comes back of what paid for a resource, and what kind of order it came
// from.
func (b *tx) backOf(back *payment.RefundQuote, r renewal.Resource, l leaving) (from renewal.Origin, err error) {
	paid, from, err := b.paidFor(&r, l)
	if err != nil {
		return from, err
	}
	given, err := b.returns()
	if err != nil || len(paid) == 0 {
		return from, err
	}
	is, tobe, err := b.monthPrices(r, l.Product)
	if err != nil {
		return from, err
	}
	p := b.Policy.Renewal
	for i := range paid {
		x, h := &paid[i], &paid[i].period
		if cur := x.bought.Parts[0].Amount.Currency(); l.Product != "" && is.Currency() != cur {
			return from, &order.FieldError{Field: "product", Value: l.Product, Err: &order.CurrencyError{Code: is.Currency().String(), With: cur,
				Reason: "the price list has another currency than what was paid"}}
		}
		var f renewal.Refund
		switch {
		case l.Product != "":
			f, err = x.bought.Downgrade(is, tobe, ledger.Later(l.at, x.bought.Start), p)
		case h.ResidualParts != nil || !h.Start.Equal(r.Start):
			f, err = x.bought.Leave(l.at, math.MaxInt, p) // not what was provided, or no longer: its days in which everything comes back are over (Q4)
		default:
			f, err = x.bought.Leave(l.at, given.N, p)
		}
		if err != nil {
			return from, err
		}
		back.Add(x.back(f))
	}
	return from, nil
}

// paidFor returns what paid for those periods of a resource that have not ended, and what kind
// of order the resource came from. An order that charged nothing is left out.
func (b *tx) paidFor(r *renewal.Resource, l leaving) (paid []bought, from renewal.Origin, err error) {
	known, charged := false, false
	for i, h := range slices.Concat(r.Added, r.Periods) {
		ended := b.Policy.Renewal.Ending.LastSecond(h.Expiry).Before(l.at)
		other := l.Renewal != "" && (i < len(r.Added) || h.Order != l.Renewal)
		if ended || other {
			continue
		}
		x, o, err := b.period(r.ID, h)
		if err != nil {
			return nil, from, err
		}
		from.Trial = from.Trial || o.Type == order.TypeTrial
		known, charged = true, charged || o.Payable().Sign() > 0
		if x != nil {
			paid = append(paid, *x)
		}
	}
	from.Free, from.Trial = known && !charged, from.Trial && !charged
	return paid, from, nil
}

// monthPrices prices a month of a resource as it is, and as the other product; nothing if
// there is no other product.
func (b *tx) monthPrices(r renewal.Resource, product string) (is, tobe order.Money, err error) {
	if product == "" {
		return is, tobe, nil
	}
	month := renewal.Term{N: 1, Unit: renewal.Month}
	if is, err = b.price(r, month); err != nil {
		return is, tobe, err
	}
	r.Product = product
	tobe, err = b.price(r, month)
	return is, tobe, err
}

// returns counts how often a customer has had everything back (Q4).
func (b *tx) returns() (coupon.Tally, error) {
	err := b.Need(ledger.KindTally, ledger.TallyReturns)
	t, _ := ledger.Get(b.Tx, ledger.Tallies, ledger.TallyReturns)
	t.Customer, t.Name = b.Customer, ledger.TallyReturns
	return t, err
}

// leave makes the refunds due, and gives the resource up, or changes it.
func (b *tx) leave(l leaving, back payment.RefundQuote) error {
	if err := b.leaveResource(l, back); err != nil {
		return err
	}
	var ids []order.RefundID
	for _, x := range back.Periods {
		ids = append(ids, x.RefundID(l.ID))
	}
	whole, done := false, true
	var last payment.Refund
	for _, x := range back.Periods {
		if err := b.Need(ledger.KindPayment, string(x.Payment)); err != nil {
			return err
		}
		p, _ := ledger.Get(b.Tx, ledger.Payments, string(x.Payment))
		var err error
		if last, err = b.giveBack(&p, payment.Return{Order: x.Order, Resource: x.Resource, Cash: x.Cash, Coupons: x.Coupons}, l.ID, slices.Clone(ids)); err != nil {
			return err
		}
		done = done && last.State == payment.RefundDone
		whole = whole || x.All && !l.at.Before(x.Start)
	}
	if whole {
		t, err := b.returns()
		if err != nil {
			return err
		}
		t.N++
		ledger.Put(b.Tx, ledger.Tallies, t)
	}
	if done {
		return b.refunded(last)
	}
	return nil
}

// leaveResource gives a resource up with those bound to it, takes a renewal back, or makes it
// the cheaper product.
func (b *tx) leaveResource(l leaving, back payment.RefundQuote) error {
	r, _ := ledger.Get(b.Tx, ledger.Resources, string(l.Resource))
	p := b.Policy.Renewal
	var err error
	switch {
	case l.Renewal != "":
		r, err = r.UndoRenewal(l.Renewal, l.ID, l.at, p)
	case l.Product != "":
		r = ledger.Resources.Copy(r)
		r.Product = l.Product
		for _, x := range back.Periods {
			for _, held := range [...][]renewal.PaidPeriod{r.Periods, r.Added} {
				for i := range held {
					if h := &held[i]; h.Order == x.Order && h.Expiry.Equal(x.Expiry) {
						h.ResidualParts = x.ResidualParts
					}
				}
			}
		}
		if r.Order == l.ID {
			r, err = r.Unclaim(l.ID, b.At, p)
		}
	default:
		return b.giveUpWhole(r, l.ID)
	}
	if err != nil {
		return err
	}
	b.putResource(r)
	return nil
}

// giveUpWhole gives a resource up with what is bound to it.
func (b *tx) giveUpWhole(r renewal.Resource, by order.ID) error {
	bound, err := b.bound(r.ID, b.At)
	if err != nil {
		return err
	}
	for _, x := range append(bound, r) {
		if !x.Released.IsZero() {
			continue // its time has ended by now
		}
		gone, err := x.Unsubscribe(by, b.At, b.Policy.Renewal)
		if err != nil {
			return err
		}
		b.putResource(gone)
	}
	return nil
}

// leaveApproved carries out an order that has been approved: what it gives back was computed
// when it was placed.
func (b *tx) leaveApproved(o order.Order) error {
	l := leaving{UnsubscribeRequest: unmark(&o), at: o.Placed, placed: true}
	if err := b.Need(ledger.KindResource, string(l.Resource)); err != nil {
		return err
	}
	r, _ := ledger.Get(b.Tx, ledger.Resources, string(l.Resource))
	back, err := b.back(r, l)
	if err != nil {
		return err
	}
	if back.Total != o.Payable().Neg() {
		return order.Invalid("order", string(o.ID), "gives back "+o.Payable().Neg().String()+", and "+back.Total.String()+" is what it comes to now: reject it, and leave again")
	}
	return b.leave(l, back)
}

// mark is kept in the order, and says after its approval what was asked for.
func (l *UnsubscribeRequest) mark() string {
	switch {
	case l.Renewal != "":
		return "renewal " + string(l.Renewal)
	case l.Product != "":
		return "to " + l.Product
	}
	return ""
}

// unmark is the other direction.
func unmark(o *order.Order) UnsubscribeRequest {
	l := UnsubscribeRequest{Customer: o.Customer, ID: o.ID, Resource: o.Lines[0].Resource}
	if to, ok := strings.CutPrefix(o.Lines[0].Configuration, "to "); ok {
		l.Product = to
	} else if renewal, ok := strings.CutPrefix(o.Lines[0].Configuration, "renewal "); ok {
		l.Renewal = order.ID(renewal)
	}
	return l
}
