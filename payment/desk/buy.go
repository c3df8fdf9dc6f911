package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// BuyRequest asks for something new, for a term. Its lines name products, counts and terms, and
// no price: that is the Desk's Prices' to say, so a request may be decoded from what a customer
// sends.
type BuyRequest struct {
	ID       order.ID         `json:"id"` // of the order
	Customer order.CustomerID `json:"customer,omitempty"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	Project  order.ProjectID  `json:"project,omitempty"`
	// Lines have a Product, a Count and a Term, and perhaps a Service, Region and Configuration.
	// An empty Charge is a subscription, and nothing else is bought so.
	Lines []order.Line `json:"lines"`
}

// Check reports the first thing about q that is not valid, as an [*order.FieldError]: a price
// too, or a third party's line. The customer may be left out: a host says who it is after it
// has read the rest.
func (q BuyRequest) Check() error {
	if err := cmp.Or(order.CheckID("id", q.ID), checkNamed(q.Customer, q.By), order.CheckOptional("project", q.Project)); err != nil {
		return err
	}
	if len(q.Lines) == 0 {
		return order.Invalid("lines", "", "is required: say what is bought")
	}
	for i := range q.Lines {
		if err := checkWanted(&q.Lines[i]); err != nil {
			return order.Within(order.Element("lines", i), err)
		}
	}
	return nil
}

// checkWanted reports what a line says that is not the customer's to say. [order.Place] checks the
// rest.
func checkWanted(l *order.Line) error {
	for _, x := range [...]struct {
		name, value string
		given       bool
	}{
		{"amount", l.Amount.String(), l.Amount != (order.Money{})},
		{"unitPrice", l.UnitPrice.String(), l.UnitPrice != (order.Rate{})},
		{"per", string(l.Per), l.Per != ""},
		{"tax", l.Tax.String(), l.Tax != (order.Money{})},
		{"off", l.Off.String(), l.Off != (order.Money{})},
		{"ratio", l.Ratio.String(), l.Ratio != (order.Rate{})},
	} {
		if x.given {
			return order.Invalid(x.name, x.value, "is a price, or part of one: leave it out, the price list says what it costs")
		}
	}
	switch {
	case l.Resource != "":
		return order.Invalid("resource", string(l.Resource), "is there already: Change changes it, and Renew renews it")
	case l.Seller != "":
		return order.Invalid("seller", l.Seller, "sells it, and the house has no price for it: place it with Place")
	case l.Reserved:
		return order.Invalid("reserved", "true", "is not on the price list: place it with Place")
	case l.Charge != "" && l.Charge != order.ChargeSubscription:
		return order.Invalid("charge", string(l.Charge), "is not bought for a term: place it with Place")
	case l.Count < 1:
		return order.Invalid("count", strconv.Itoa(l.Count), "is less than 1")
	case !l.Term.Civil():
		return order.Invalid("term", l.Term.String(), "is not a term of days, weeks, months or years")
	}
	return order.CheckID("product", l.Product)
}

// Buy places an order for something new, at the Desk's Prices, to be paid like any other
// ([Desk.Pay]) and then provided ([Desk.Provide]). What has no price is refused, naming the line.
// The same ID with the same request again is the same order, whatever the price list says by
// then; with another request it is [payment.ReasonKey]. The host is asked who acts, and about
// the order that would be placed (P10): a denial, a frozen account and its other reason refuse; what
// it finds of quotas, projects and contracts is about paying, and [Desk.Pay] heeds it. [Desk.Place]
// places orders at prices of the host's own.
func (d *Desk) Buy(ctx context.Context, q BuyRequest) (o order.Order, err error) {
	if err := q.Check(); err != nil {
		return order.Order{}, err
	}
	q.By, q.Lines = actor(q.By, q.Customer), slices.Clone(q.Lines)
	for i := range q.Lines {
		q.Lines[i].Charge = order.ChargeSubscription
	}
	err = d.forCustomerAsking(ctx, q.Customer, "buy", q.By, func(b *tx) error {
		there := false
		if err := d.decide(ctx, b, func() error {
			o, there, err = b.boughtBefore(&q)
			return err
		}); err != nil || there {
			return err
		}
		priced, err := b.pricedLines(&q)
		if err != nil {
			return err
		}
		draft := order.Draft{ID: q.ID, Customer: q.Customer, Project: q.Project, Type: order.TypePurchase, Lines: priced}
		if o, err = order.Place(draft, b.At, b.Policy.Order); err != nil {
			return ofPrices(err)
		}
		said, err := d.ask(ctx, b.Step, Inquiry{Customer: b.Customer, By: q.By, Orders: []order.Order{o}, At: b.At})
		if err != nil {
			return err
		}
		if err := said.Admit(q.By); err != nil {
			return err
		}
		if said.Other != "" {
			return payment.Refusef(said.Other, "%s", said.OtherText)
		}
		o.DueAt = b.orderWaits(&o)
		ledger.Put(b.Tx, ledger.Orders, o)
		b.EntryID = placingID(b.Customer, "", o.ID)
		b.Hash, err = q.hash()
		return err
	})
	if err != nil {
		return order.Order{}, err
	}
	return o, nil
}

// pricedLines are the lines of a request at the Desk's Prices.
func (b *tx) pricedLines(q *BuyRequest) ([]order.Line, error) {
	list := slices.Clone(q.Lines)
	for i := range list {
		l := &list[i]
		of := renewal.Resource{Customer: b.Customer, Project: q.Project, Product: l.Product, Service: l.Service, Region: l.Region, Count: l.Count, Charge: l.Charge}
		var err error
		if l.Amount, err = b.price(of, l.Term); err != nil {
			return nil, notSold(err, order.Element("lines", i), l.Product+" for "+l.Term.String())
		}
	}
	return list, nil
}

// hash tells requests apart: who acts does not count.
func (q *BuyRequest) hash() (string, error) {
	same := *q
	same.By = ""
	text, err := json.Marshal(same)
	return order.Derive("buy", string(text)), err
}

// boughtBefore finds the order that a request has placed: the entry that placed it has its hash.
func (b *tx) boughtBefore(q *BuyRequest) (o order.Order, there bool, err error) {
	asked, err := q.hash()
	if err != nil {
		return o, false, err
	}
	return b.placedAs(q.ID, asked)
}
