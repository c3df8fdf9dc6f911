package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// shelf is a price list: "team" costs 12.00 EUR a seat and month and 120.00 a year, "solo" 7.00 a
// month; nothing else is sold.
func shelf(r renewal.Resource, t renewal.Term) (order.Money, error) {
	each := map[string]map[order.Unit]int64{"team": {order.Month: 1200, order.Year: 12000}, "solo": {order.Month: 700}}[r.Product][t.Unit]
	if each == 0 {
		return order.Money{}, renewal.ErrNoPrice
	}
	return order.Minor(each*int64(r.Count)*int64(t.N), order.EUR), nil
}

func wanted(product string, n int, t order.Term) order.Line {
	return order.Line{Product: product, Count: n, Term: t}
}

func buyer(t *testing.T) *host {
	h := newHost(t)
	h.d.Prices = priced(shelf)
	return h
}

// P3: a customer names products and counts, and the order costs what the price list says, at
// any number of lines: as if the house had placed it at those prices.
func TestP3_BuyAtThePriceList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := buyer(t)
		q := desk.BuyRequest{ID: "O1", Customer: "c1"}
		sum, draft := int64(0), order.Draft{ID: "O1", Customer: "c1", Type: order.TypePurchase}
		for range rapid.IntRange(1, 4).Draw(rt, "lines") {
			n, months := rapid.IntRange(1, 500).Draw(rt, "count"), rapid.IntRange(1, 36).Draw(rt, "months")
			product := rapid.SampledFrom([]string{"team", "solo"}).Draw(rt, "product")
			l := wanted(product, n, order.Term{N: months, Unit: order.Month})
			q.Lines = append(q.Lines, l)
			cents := map[string]int64{"team": 1200, "solo": 700}[product] * int64(n) * int64(months)
			l.Charge, l.Amount = order.ChargeSubscription, order.Minor(cents, order.EUR)
			sum, draft.Lines = sum+cents, append(draft.Lines, l)
		}
		got, err := h.d.Buy(ctx, q)
		if err != nil {
			rt.Fatal(err)
		}
		want, err := order.Place(draft, h.clock.Now(), h.p.Order)
		if err != nil {
			rt.Fatal(err)
		}
		got.DueAt = want.DueAt
		if text(t, got) != text(t, want) || got.Payable() != order.Minor(sum, order.EUR) {
			rt.Fatalf("bought %s\nplaced %s, for %d cents", text(t, got), text(t, want), sum)
		}
		if q.Lines[0].Amount != (order.Money{}) || q.Lines[0].Charge != "" {
			rt.Fatal("the request was written to")
		}
	})
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// P13: the same ID with the same request is the same order, whatever the price list says by then
// and whoever acts; with another request it is refused.
func TestP13_BuyTwice(t *testing.T) {
	h := buyer(t)
	q := desk.BuyRequest{ID: "O1", Customer: "c1", Lines: []order.Line{wanted("team", 17, order.Term{N: 1, Unit: order.Month})}}
	first, err := h.d.Buy(ctx, q)
	if err != nil || first.Payable() != order.Minor(20400, order.EUR) {
		t.Fatalf("%s, %v", first.Payable(), err)
	}
	h.d.Prices = priced(func(renewal.Resource, renewal.Term) (order.Money, error) { return order.Money{}, renewal.ErrNoPrice })
	h.clock.Move(time.Hour)
	q.By = "till-1"
	if again, err := h.d.Buy(ctx, q); err != nil || again.Payable() != first.Payable() || !again.Placed.Equal(first.Placed) {
		t.Errorf("again: %s, %v", again.Payable(), err)
	}
	for what, change := range map[string]func(*desk.BuyRequest){
		"one seat more": func(q *desk.BuyRequest) {
			q.Lines = []order.Line{wanted("team", 18, order.Term{N: 1, Unit: order.Month})}
		},
		"another project": func(q *desk.BuyRequest) { q.Project = "p2" },
	} {
		other := q
		change(&other)
		if _, err := h.d.Buy(ctx, other); !errors.Is(err, payment.ReasonKey) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, v := range ledger.Audit(h.s.All("c1"), nil) {
		t.Error(v)
	}
}

// inquirer is a house that remembers what it was asked.
type inquirer struct {
	house
	in desk.Inquiry
}

func (i *inquirer) Check(ctx context.Context, in desk.Inquiry) (payment.Findings, error) {
	i.in = in
	return i.house.Check(ctx, in)
}

// P10: the host is asked about the order that would be placed, and who acts may be turned away.
func TestP10_BuyAsks(t *testing.T) {
	for _, row := range []struct {
		said payment.Findings
		want error
	}{
		{payment.Findings{Denied: "c1 has left"}, payment.ReasonDenied},
		{payment.Findings{Frozen: "owes 90.00"}, payment.ReasonFrozen},
		{payment.Findings{Other: payment.ReasonDailyLimit, OtherText: "at most 10 a day"}, payment.ReasonDailyLimit},
	} {
		h := buyer(t)
		asked := &inquirer{house: house{Findings: row.said}}
		h.d.Checks = desk.Checks{asked}
		_, err := h.d.Buy(ctx, desk.BuyRequest{ID: "O1", Customer: "c1", Lines: []order.Line{wanted("team", 2, order.Term{N: 1, Unit: order.Year})}})
		if !errors.Is(err, row.want) || len(h.s.All("c1").Orders) > 0 {
			t.Errorf("%v, want %v", err, row.want)
		}
		if in := asked.in; in.By != "c1" || len(in.Orders) != 1 || in.Orders[0].Payable() != order.Minor(24000, order.EUR) {
			t.Errorf("asked %+v", asked.in)
		}
	}
}

// R1: bought for a fortnight, renewed for a week by hand and for 10 days by itself; what is left
// of the week is counted in its days (Q1).
func TestR1_ByTheWeek(t *testing.T) {
	h := newHost(t)
	h.p.Complete = nil
	h.p.Renewal.Attempts = renewal.Attempts{Days: []int{0}}
	h.d.Prices = priced(func(r renewal.Resource, t renewal.Term) (order.Money, error) {
		each := map[order.Unit]int64{order.Week: 700, order.Day: 110}[t.Unit]
		if each == 0 {
			return order.Money{}, renewal.ErrNoPrice
		}
		return cents(each * int64(t.N) * int64(r.Count)), nil
	})
	h.deposit("d", payment.FundCash, 10000)
	until := func(what string, days int, cash int64) {
		t.Helper()
		want := time.Date(2024, 3, 1+days, 23, 59, 59, 0, time.UTC)
		if x := h.res("x1"); !x.Expiry.Equal(want) || h.cash() != cash {
			t.Errorf("%s: until %v with %d left, want %v with %d", what, x.Expiry, h.cash(), want, cash)
		}
	}
	_, err := h.d.Buy(ctx, desk.BuyRequest{ID: "o1", Customer: "c1", Lines: []order.Line{wanted("vm", 1, order.Term{N: 2, Unit: order.Week})}})
	h.must(err)
	h.pay("o1", payment.MethodBalance, nil, "o1")
	_, err = h.d.Provide(ctx, desk.ProvideRequest{Customer: "c1", By: "u", Order: "o1", Resources: []order.ResourceID{"x1"}})
	h.must(err)
	until("a fortnight", 14, 8600)

	rn, err := h.d.Renew(ctx, desk.RenewRequest{Customer: "c1", ID: "rn", Resources: []order.ResourceID{"x1"}, Term: renewal.Term{N: 1, Unit: order.Week}})
	h.must(err)
	h.pay("rn", payment.MethodBalance, nil, rn[0].ID)
	until("a week more", 21, 7900)

	_, err = h.d.Renew(ctx, desk.RenewRequest{Customer: "c1", ID: "no", Resources: []order.ResourceID{"x1"}, Term: month(1)})
	if !errors.Is(err, renewal.ErrNoPrice) {
		t.Errorf("a month, which is not sold: %v", err)
	}
	_, err = h.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: renewal.Term{N: 10, Unit: order.Day}}})
	h.must(err)
	h.clock.Move(21 * day)
	h.sweep()
	until("10 days by itself", 31, 6800)

	q, err := h.d.QuoteUnsubscribe(ctx, desk.UnsubscribeRequest{ID: "leave", Customer: "c1", Resource: "x1"})
	h.must(err)
	if q.Back != cents(1200) { // the 10 days, which have not begun, and 1 of 7 days of the week
		t.Errorf("%s come back", q.Back)
	}
}
