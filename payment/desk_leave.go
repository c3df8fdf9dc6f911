package payment

import (
	"context"
	"strings"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Leaving is a resource to be given up (Q3), a renewal of it to be taken back that has not
// begun (Q5), or a cheaper product to go on with (Q3).
type Leaving struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	ID       order.ID         `json:"id"` // of the order that gives the money back
	Resource order.ResourceID `json:"resource"`
	Renewal  order.ID         `json:"renewal,omitempty"` // only what this order paid, which has not begun
	Product  string           `json:"product,omitempty"` // to go on with, in place of leaving
}

// Check reports the first thing about l that is not sound, as an [*order.FieldError].
func (l Leaving) Check() error {
	if err := checkActor(l.Customer, l.By); err != nil {
		return err
	}
	if err := checkIDs(namedWord{"id", string(l.ID)}, namedWord{"resource", string(l.Resource)}); err != nil {
		return err
	}
	if l.Renewal != "" && l.Product != "" {
		return field("product", l.Product, "goes with no renewal: do one or the other")
	}
	return checkWords(namedWord{"renewal", string(l.Renewal)}, namedWord{"product", l.Product})
}

func (l *Leaving) orderType() order.Type {
	if l.Product != "" {
		return order.TypeDowngrade
	}
	return order.TypeUnsubscribe
}

// QuoteRefund says what would come back, or why a resource cannot be left (Q7), and moves
// nothing.
func (d *Desk) QuoteRefund(ctx context.Context, l Leaving) (Back, error) {
	if err := l.Check(); err != nil {
		return Back{}, err
	}
	c, err := d.customerOf(ctx, l.Customer)
	if err != nil {
		return Back{}, err
	}
	b, err := d.open(ctx, c, "quote refund", l.By)
	if err != nil {
		return Back{}, err
	}
	back, _, err := d.back(ctx, b, leaving{Leaving: l, at: b.at})
	return back, err
}

// Refund gives a resource up, or a renewal of it, or goes on with a cheaper product: it
// places the order that gives the money back, computed by package renewal of what was paid.
// The refunds are due in the same commit, and the resource is gone, or else has its new
// expiry or product; where the amount needs approval, all that waits for it (Q7). The same
// ID again is the same order.
func (d *Desk) Refund(ctx context.Context, l Leaving) (o order.Order, err error) {
	if err := l.Check(); err != nil {
		return order.Order{}, err
	}
	err = d.forCustomer(ctx, l.Customer, "refund", l.By, func(b *book) error {
		if err := b.needOrders(l.ID); err != nil {
			return err
		}
		var there bool
		if o, there = get(b, orders, string(l.ID)); there {
			if o.Type != l.orderType() || o.Lines[0].Resource != l.Resource || o.Lines[0].Configuration != l.mark() {
				return &Refusal{Reason: ReasonKey, Orders: []order.ID{o.ID}, Text: "order " + string(o.ID) + " has been placed for something else: use another ID"}
			}
			return nil
		}
		now := leaving{Leaving: l, at: b.at}
		back, placed, err := d.back(ctx, b, now)
		if err != nil {
			return err
		}
		o = placed
		put(b, orders, o)
		if o.State == order.StateRefunding {
			err = b.leave(now, back)
		} else {
			r, _ := get(b, resources, string(l.Resource))
			var taken renewal.Resource
			if taken, err = r.Take(o.ID, false, b.at, b.policy.Renewal); err == nil {
				b.putResource(taken)
			}
		}
		o, _ = get(b, orders, string(l.ID))
		return err
	})
	if err != nil {
		return order.Order{}, err
	}
	return o, nil
}

// mark says in the order what it gives back, for its approval.
func (l *Leaving) mark() string {
	switch {
	case l.Renewal != "":
		return "renewal " + string(l.Renewal)
	case l.Product != "":
		return "to " + l.Product
	}
	return ""
}

// unmark is the other direction.
func unmark(o *order.Order) Leaving {
	l := Leaving{Customer: o.Customer, ID: o.ID, Resource: o.Lines[0].Resource}
	if to, ok := strings.CutPrefix(o.Lines[0].Configuration, "to "); ok {
		l.Product = to
	} else if renewal, ok := strings.CutPrefix(o.Lines[0].Configuration, "renewal "); ok {
		l.Renewal = order.ID(renewal)
	}
	return l
}

// back finds out what comes back, and the order that gives it back, asking the host's checks
// about that order first: also what is left by a frozen account stays (P10).
func (d *Desk) back(ctx context.Context, b *book, l leaving) (back Back, o order.Order, err error) {
	r, err := b.claimResource(l.Resource, l.ID)
	if err != nil {
		return back, o, err
	}
	var in []order.Order
	back, o, judged := d.judgeBack(b, r, l)
	if judged == nil {
		in = append(in, o)
	}
	said, err := d.ask(ctx, b, d.Checks, inquiry(b, l.By, in))
	if err == nil {
		err = said.admit(l.By)
	}
	switch {
	case err != nil:
	case judged != nil:
		err = judged
	case said.Other != "":
		err = refusef(said.Other, "%s", said.OtherText)
	}
	return back, o, err
}

// judgeBack is back without the host's checks.
func (d *Desk) judgeBack(b *book, r renewal.Resource, l leaving) (back Back, o order.Order, err error) {
	if l.cheaper, err = d.monthly(r, l.Product); err != nil {
		return back, o, err
	}
	if back, err = b.back(r, l); err != nil {
		return back, o, err
	}
	draft, err := renewal.Refund{Back: back.Total, Review: back.Review}.Draft(l.ID, l.orderType(), r, b.policy.Renewal)
	if err != nil {
		return back, o, err
	}
	// What is left of the resource is to be found again when it is approved.
	draft.Lines[0].Configuration = l.mark()
	o, err = order.Place(draft, b.at, b.policy.Order)
	return back, o, err
}

// monthly prices a month of what a resource is, and of what it is to be; nothing where it is
// not to be another product.
func (d *Desk) monthly(r renewal.Resource, product string) (prices [2]order.Money, err error) {
	if product == "" {
		return prices, nil
	}
	if d.Prices == nil {
		return prices, field("desk", "", "has no Prices: set them to change")
	}
	month := renewal.Term{N: 1, Unit: renewal.Month}
	if prices[0], err = d.price(r, month); err != nil {
		return prices, err
	}
	r.Product = product
	prices[1], err = d.price(r, month)
	return prices, err
}

// leaveApproved makes due what an order gives back that has been approved: what it was
// found to be when it was placed.
func (d *Desk) leaveApproved(b *book, o order.Order) error {
	l := leaving{Leaving: unmark(&o), at: o.Placed, placed: true}
	if err := b.need(KindResource, string(l.Resource)); err != nil {
		return err
	}
	r, _ := get(b, resources, string(l.Resource))
	var err error
	if l.cheaper, err = d.monthly(r, l.Product); err != nil {
		return err
	}
	back, err := b.back(r, l)
	if err != nil {
		return err
	}
	if back.Total != o.Payable().Neg() {
		return field("order", string(o.ID), "gives back "+o.Payable().Neg().String()+", and "+back.Total.String()+" is what it comes to now: reject it, and leave again")
	}
	return b.leave(l, back)
}
