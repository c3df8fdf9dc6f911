package payment_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// ordered is a paid order of own lines, each of which provided a resource.
func ordered(lines map[order.ResourceID]int64, ids ...order.ResourceID) *order.Order {
	o := &order.Order{ID: "O", Customer: "c-7", Type: order.TypePurchase, State: order.StateCompleted}
	for _, id := range ids {
		o.Lines = append(o.Lines, order.Line{Product: "vm", Count: 1, Charge: order.ChargeSubscription, Amount: usd(lines[id]), Resource: id})
	}
	return o
}

// Q3: what paid for a period of one of several resources of an order: as it is known of each
// line, or in proportion to what is left of it after the coupons before.
func TestQ3_Bought(t *testing.T) {
	o := ordered(map[order.ResourceID]int64{"x1": 10000, "x2": 20000}, "x1", "x2")
	once, card := pays("once", coupon.KindFlexi, 9000), pays("card", coupon.KindCard, 9000)
	card.Reusable = true
	of := func(id coupon.ID) coupon.Coupon {
		return map[coupon.ID]coupon.Coupon{"once": once, "card": card, "cash": pays("cash", coupon.KindCash, 9000)}[id]
	}
	part := func(c coupon.Coupon) payment.CouponPart {
		return payment.CouponPart{Coupon: c.ID, Kind: c.Kind, Amount: usd(9000)}
	}
	item := func(cash int64, parts ...payment.CouponPart) payment.Item {
		return payment.Item{Order: "O", Amounts: payment.Amounts{Cash: usd(cash)}, Parts: parts}
	}
	told := item(21000, part(card))
	told.Lines = [][]order.Money{{usd(9000), usd(0)}}
	for _, row := range []struct {
		what    string
		item    payment.Item
		returns []payment.Return
		keeps   []order.Money
		want    string // of x1: each part, and what has come back of it
	}{
		{"cash alone", item(30000), nil, nil, "cash 100.00 USD back 0.00 USD;"},
		{"a card on both lines", item(21000, part(card)), nil, nil, "cash 70.00 USD back 0.00 USD; card 30.00 USD back 0.00 USD;"},
		{"a coupon of a single use", item(21000, part(once)), nil, nil, "cash 70.00 USD back 0.00 USD; once 30.00 USD back 0.00 USD, whole or not;"},
		{"a cash coupon", item(21000, part(of("cash"))), nil, nil, "cash 70.00 USD back 0.00 USD; cash 30.00 USD back 0.00 USD, whole or not;"},
		{"a card on one line", told, nil, nil, "cash 10.00 USD back 0.00 USD; card 90.00 USD back 0.00 USD;"},
		{"what has come back of this resource, of another, and of another order", item(21000, part(card)), []payment.Return{
			{Order: "O", Resource: "x1", Cash: usd(500), Coupons: []payment.CouponPart{{Coupon: "card", Amount: usd(100)}}},
			{Order: "O", Resource: "x2", Cash: usd(7)}, {Order: "P", Cash: usd(9)}}, nil, "cash 70.00 USD back 5.00 USD; card 30.00 USD back 1.00 USD;"},
		{"changed to something cheaper", item(30000), nil, []order.Money{usd(4000)}, "cash 100.00 USD back 0.00 USD keeps 40.00 USD;"},
	} {
		p := payment.Payment{ID: "p", Quote: payment.Quote{Items: []payment.Item{row.item}}, Returns: row.returns}
		b, err := p.Bought(o, "x1", renewal.PaidPeriod{Order: "O", ResidualParts: row.keeps}, of)
		got := ""
		for _, x := range b.Parts {
			got += fmt.Sprintf("%s %s back %s", x.Name, x.Amount, x.Returned)
			if x.Coupon {
				got += ", whole or not"
			}
			if x.Kept != (order.Money{}) {
				got += " keeps " + x.Kept.String()
			}
			got += "; "
		}
		if err != nil || got != row.want+" " {
			t.Errorf("%s: %s, %v, want %s", row.what, got, err, row.want)
		}
	}
	p := payment.Payment{ID: "p", Quote: payment.Quote{Items: []payment.Item{item(30000)}}}
	if _, err := p.Bought(o, "x9", renewal.PaidPeriod{}, of); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("a resource of another order: %v", err)
	}
	o.ID = "Q"
	if _, err := p.Bought(o, "x1", renewal.PaidPeriod{}, of); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("an order of another payment: %v", err)
	}
}

// Q3: whatever paid, what it paid for each resource of an order adds up to what it paid of the
// order, to the cent, and to what each line costs.
func TestQ3_BoughtAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prices := rapid.SliceOfN(rapid.Int64Range(1, 100_000), 1, 6).Draw(t, "prices")
		lines, sum := make(map[order.ResourceID]int64), int64(0)
		var ids []order.ResourceID
		for i, n := range prices {
			id := order.ResourceID(fmt.Sprint("x", i))
			ids, lines[id], sum = append(ids, id), n, sum+n
		}
		o, left := ordered(lines, ids...), sum
		it := payment.Item{Order: "O"}
		for i := range rapid.IntRange(0, 3).Draw(t, "coupons") {
			n := rapid.Int64Range(0, left).Draw(t, "part")
			it.Parts, left = append(it.Parts, payment.CouponPart{Coupon: coupon.ID(fmt.Sprint("K", i)), Kind: coupon.KindCard, Amount: usd(n)}), left-n
		}
		it.Cash = usd(left)
		p := payment.Payment{ID: "p", Quote: payment.Quote{Items: []payment.Item{it}}}
		got := make([]int64, len(it.Parts)+1)
		for _, id := range ids {
			b, err := p.Bought(o, id, renewal.PaidPeriod{}, func(id coupon.ID) coupon.Coupon { return coupon.Coupon{ID: id, Reusable: true} })
			if err != nil {
				t.Fatal(err)
			}
			paid := int64(0)
			for i, x := range b.Parts {
				got[i] += x.Amount.Minor()
				paid += x.Amount.Minor()
			}
			if paid != lines[id] {
				t.Fatalf("%s costs %d, and %d paid for it", id, lines[id], paid)
			}
		}
		if got[0] != left {
			t.Fatalf("%d in cash of %d", got[0], left)
		}
		for i, part := range it.Parts {
			if got[i+1] != part.Amount.Minor() {
				t.Fatalf("%s paid %s, and %d for the resources", part.Coupon, part.Amount, got[i+1])
			}
		}
	})
}
