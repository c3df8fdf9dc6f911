package desk_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/paymenttest"
)

type floorLine struct {
	Seller      string
	Amount, Off int64
}

type floorOrder struct {
	ID, Customer, State, Purchase, Lapse string
	Currency                             uint16
	Deadline, Ends                       int64
	Lines                                []floorLine
}

type floorCoupon struct {
	ID, Customer, Kind, State       string
	Currency                        uint16
	From, Until, Balance, Threshold int64
	Frozen                          bool
}

type floorItem struct {
	ID                                 string
	List, Off, Due, Coupons, Card, Own int64
	Parts                              []int64
}

type floorQuote struct {
	Items              []floorItem
	List, Off, Due     int64
	Coupons, Card, Own int64
	Deadline           int64
}

// floorPay quotes the named orders with the named coupons.
func floorPay(customer string, named []string, orders []floorOrder, with []string, coupons []floorCoupon, at int64) (floorQuote, bool) {
	if len(named) > 30 || len(with) > 3 {
		return floorQuote{}, false
	}
	q := floorQuote{Items: make([]floorItem, len(named))}
	left := make([]int64, len(named))
	total := int64(0)
	for i, id := range named {
		k := i
		if orders[k].ID != id {
			if k = slices.IndexFunc(orders, func(o floorOrder) bool { return o.ID == id }); k < 0 {
				return q, false
			}
		}
		o := &orders[k]
		if slices.Contains(named[:i], id) || o.Customer != customer || o.Currency != orders[0].Currency || o.State != "unpaid" ||
			at > o.Deadline || o.Purchase != "" || o.Lapse == "judged" && at > o.Ends {
			return q, false
		}
		if q.Deadline == 0 || o.Deadline < q.Deadline {
			q.Deadline = o.Deadline
		}
		it := &q.Items[i]
		it.ID = o.ID
		for j := range o.Lines {
			if l := &o.Lines[j]; l.Seller == "" {
				if l.Off < 0 || l.Off > l.Amount {
					return q, false
				}
				it.List += l.Amount
				it.Off += l.Off
			}
		}
		left[i] = it.List - it.Off
		it.Due = left[i]
		total += left[i]
	}
	turns, cash := make([]*floorCoupon, len(with)), 0
	for i, id := range with {
		k := slices.IndexFunc(coupons, func(c floorCoupon) bool { return c.ID == id })
		if k < 0 || slices.Contains(with[:i], id) {
			return q, false
		}
		c := &coupons[k]
		if c.Customer != customer || c.State != "available" || c.Currency != orders[0].Currency || c.Frozen ||
			c.From != 0 && at < c.From || c.Until != 0 && at > c.Until || c.Threshold != 0 && total <= c.Threshold {
			return q, false
		}
		if c.Kind == "cash" {
			cash++
		}
		turns[i] = c
	}
	if cash > 1 {
		return q, false
	}
	rank := func(c *floorCoupon) int { return slices.Index([]string{"cash", "flexi", "card"}, c.Kind) }
	slices.SortFunc(turns, func(a, b *floorCoupon) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
	})
	room, rem := make([]int64, len(turns)*len(named)), make([]int64, len(named))
	for n, c := range turns {
		amount := min(c.Balance, total)
		if amount == 0 {
			return q, false
		}
		parts := room[n*len(named) : (n+1)*len(named)]
		ordertest.FloorSplit(parts, rem, left, amount)
		for i, part := range parts {
			left[i] -= part
			if c.Kind == "card" {
				q.Items[i].Card += part
			} else {
				q.Items[i].Coupons += part
			}
		}
		total -= amount
	}
	for i := range q.Items {
		it := &q.Items[i]
		it.Own = left[i]
		q.List, q.Off, q.Due = q.List+it.List, q.Off+it.Off, q.Due+it.Due
		q.Coupons, q.Card, q.Own = q.Coupons+it.Coupons, q.Card+it.Card, q.Own+it.Own
	}
	return q, true
}

var benchAt = paymenttest.LargeAt

// benchPayment is a large payment, in both forms.
func benchPayment(b *testing.B) (r payment.Request, f payment.Facts, named []string, orders []floorOrder, with []string, coupons []floorCoupon) {
	b.Helper()
	r, f = paymenttest.Large(b, "customer-1", 30)
	for i := range f.Orders {
		o := &f.Orders[i]
		fo := floorOrder{ID: string(o.ID), Customer: "customer-1", State: "unpaid", Currency: 840, Deadline: o.Deadline.Unix(), Lapse: "honored"}
		for _, l := range o.Lines {
			fo.Lines = append(fo.Lines, floorLine{Amount: l.Amount.Minor(), Off: l.Off.Minor()})
		}
		named, orders = append(named, fo.ID), append(orders, fo)
	}
	for i := range f.Coupons {
		c := &f.Coupons[i]
		with = append(with, string(c.ID))
		coupons = append(coupons, floorCoupon{ID: string(c.ID), Customer: "customer-1", Kind: []string{"cash", "flexi", "card"}[i], State: "available",
			Currency: 840, Until: c.Window.Until.Unix(), Balance: c.Balance.Minor(), Threshold: 100})
	}
	return r, f, named, orders, with, coupons
}

// BenchmarkP3_Quote is goal S1: 30 orders of 3 lines, a ratio discount each, 3 coupons in
// proportion.
func BenchmarkP3_Quote(b *testing.B) {
	r, f, named, orders, with, coupons := benchPayment(b)
	at := benchAt.Add(time.Hour)
	q, err := r.Quote(f, at)
	if err != nil {
		b.Fatal(err)
	}
	floor, ok := floorPay("customer-1", named, orders, with, coupons, at.Unix())
	if !ok || floor.Own != q.Sum.Cash.Minor() || floor.Card != q.Sum.Cards.Minor() || floor.Items[29].Own != q.Items[29].Cash.Minor() {
		b.Fatalf("the floor says %+v, the library %+v", floor, q.Sum)
	}
	ordertest.Bench(b, func() {
		if _, err := r.Quote(f, at); err != nil {
			b.Fatal(err)
		}
	}, func() {
		if _, ok := floorPay("customer-1", named, orders, with, coupons, at.Unix()); !ok {
			b.Fatal("refused")
		}
	})
}
