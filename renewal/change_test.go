package renewal_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// eachSeat is a price list in cents of a seat and month, by product.
type eachSeat map[string]int64

func (p eachSeat) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	return order.Minor(p[r.Product]*int64(r.Count)*int64(t.N), order.EUR), nil
}

var plans = eachSeat{"team": 1200, "enterprise": 3000, "free": 0}

// team is a team plan of so many seats, bought for a month of 30 days from 1 April 2026 at 09:00.
func team(n int) (renewal.Resource, renewal.Policy) {
	p := renewal.Policy{Ending: renewal.SameClock, Leaving: renewal.RefundPolicy{Used: renewal.UsedBySecond}}
	start, month := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC), renewal.Term{N: 1, Unit: renewal.Month}
	until := start.AddDate(0, 1, 0)
	return renewal.Resource{ID: "ws", Customer: "acme", Product: "team", Count: n, Charge: order.ChargeSubscription, Mode: renewal.ModeManual, Start: start, Expiry: until,
		Periods: []renewal.PaidPeriod{{Order: "O1", Period: renewal.Period{Start: start, Expiry: until, Term: month}}}}, p
}

func TestQ8_SeatsByTheTimeLeft(t *testing.T) {
	const day = 24 * time.Hour
	for _, row := range []struct {
		name    string
		seats   int
		product string
		to      int
		after   time.Duration
		due     int64
	}{
		{"three more, 21 of 30 days left", 17, "", 20, 9 * day, 2520},
		{"eight fewer, 11 of 30 days left", 20, "", 12, 19 * day, -3520},
		{"another plan", 17, "enterprise", 0, 15 * day, 15300},
		{"another plan and fewer seats, that cost the same", 5, "enterprise", 2, 15 * day, 0},
		{"another plan and fewer seats, that cost less", 17, "enterprise", 6, 15 * day, -1200},
		{"a plan that costs nothing", 17, "free", 0, 15 * day, -10200},
		{"at the start", 17, "", 18, 0, 1200},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, p := team(row.seats)
			list, err := r.PriceChange(r.Changed(row.product, row.to), r.Start.Add(row.after), plans, p)
			if err != nil || len(list) != 1 || list[0].Due != order.Minor(row.due, order.EUR) || list[0].Order != "O1" {
				t.Errorf("%+v, %v; want %d cents", list, err, row.due)
			}
		})
	}
}

// The last second of use is the last in which a period is changed.
func TestQ8_AtTheExpiry(t *testing.T) {
	r, p := team(17)
	more := r.Changed("", 20)
	last := p.Ending.LastSecond(r.Expiry)
	if list, err := r.PriceChange(more, last, plans, p); err != nil || len(list) != 1 {
		t.Errorf("at %s: %+v, %v", last, list, err)
	}
	if list, err := r.PriceChange(more, last.Add(time.Second), plans, p); err != nil || len(list) != 0 {
		t.Errorf("a second later: %+v, %v", list, err)
	}
}

func TestQ8_WhatCannotBeChanged(t *testing.T) {
	r, p := team(17)
	at := r.Start.Add(time.Hour)
	if err := r.Changeable(renewal.Origin{}, at, p); err != nil {
		t.Error(err)
	}
	if err := r.Changeable(renewal.Origin{Trial: true}, at, p); !errors.Is(err, renewal.ErrState) {
		t.Errorf("a trial: %v", err)
	}
	used := r
	used.Charge = order.ChargePayPerUse
	if err := used.Changeable(renewal.Origin{}, at, p); !errors.Is(err, renewal.ErrMode) {
		t.Errorf("paid by use: %v", err)
	}
}

// A change and the way back cost nothing in sum, and two changes at once cost what one does,
// within a cent.
func TestQ8_PathsCostTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seats := rapid.IntRange(1, 60)
		from, over, to := seats.Draw(t, "from"), seats.Draw(t, "over"), seats.Draw(t, "to")
		after := time.Duration(rapid.IntRange(0, 30*24*3600-1).Draw(t, "second")) * time.Second
		due := func(from, to int) int64 {
			r, p := team(from)
			list, err := r.PriceChange(r.Changed("", to), r.Start.Add(after), plans, p)
			if err != nil || len(list) != 1 {
				t.Fatalf("%d to %d: %+v, %v", from, to, list, err)
			}
			return list[0].Due.Minor()
		}
		if there, back := due(from, to), due(to, from); there+back != 0 {
			t.Fatalf("%d to %d costs %d, back %d", from, to, there, back)
		}
		if one, two := due(from, to), due(from, over)+due(over, to); one-two > 1 || two-one > 1 {
			t.Fatalf("%d to %d costs %d, over %d %d", from, to, one, over, two)
		}
	})
}
