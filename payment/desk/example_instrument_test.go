package desk_test

import (
	"context"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/inmem"
)

// savedCards are the instruments of customers, as a host keeps them.
type savedCards map[order.CustomerID]order.Opaque

func (c savedCards) Customer(_ context.Context, id order.CustomerID) (payment.Customer, error) {
	return payment.Customer{ID: id, Instrument: c[id]}, nil
}

func (c savedCards) Card(_ context.Context, in desk.Inquiry, _ string, instrument order.Opaque) (payment.Card, error) {
	if instrument != c[in.Customer] {
		return payment.Card{}, order.ErrNotFound
	}
	return payment.Card{Brand: "visa"}, nil
}

// A customer pays at the gateway's page, and agrees that the card is kept; from then on the host knows
// it, and it is charged where nothing else is named. Nobody pays with the card of another.
func ExampleWallets() {
	cards := savedCards{}
	d := &desk.Desk{Store: &inmem.Store{}, Customers: cards, Wallets: cards, Gateways: map[string]gateway.Gateway{"card": &inmem.Gateway{}},
		Now: inmem.NewClock(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)).Now}
	pay := func(customer order.CustomerID, id order.ID, r payment.Request) (payment.Payment, error) {
		draft := draftFor(id, 1200)
		draft.Customer = customer
		if _, err := d.Place(ctx, desk.PlaceRequest{Customer: customer, By: "shop", Drafts: []order.Draft{draft}}); err != nil {
			return payment.Payment{}, err
		}
		r.Key, r.Customer, r.Orders, r.Method = payment.Key(id), customer, []order.ID{id}, payment.MethodOnline
		return d.Pay(ctx, r)
	}
	p, err := pay("acme", "O1", payment.Request{Keep: true})
	fmt.Println(p.State, p.Kept, err)
	cards["acme"] = p.Kept
	p, err = pay("acme", "O2", payment.Request{})
	fmt.Println(p.State, p.Instrument, err)
	_, err = pay("eve", "O3", payment.Request{Instrument: cards["acme"]})
	fmt.Println(err)
	// Output:
	// succeeded [12 bytes] <nil>
	// succeeded [12 bytes] <nil>
	// refused: bad request: instrument: is not one of the customer at gateway card: not found
}
