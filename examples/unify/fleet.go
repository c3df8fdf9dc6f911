package main

import (
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// day is the unified day: the 1st of the month.
const day renewal.UnifiedDay = 1

var now = time.Date(2024, 3, 10, 9, 0, 0, 0, policy().Zone)

func policy() renewal.Policy { return renewal.Huawei() }

func month(n int) renewal.Term { return renewal.Term{N: n, Unit: renewal.Month} }

// fleet is what a customer has: twelve resources, most with an expiry of their own.
func fleet() []renewal.Resource {
	zone := policy().Zone
	var all []renewal.Resource
	for _, r := range []struct {
		id, product string
		expires     string
		change      func(r *renewal.Resource)
	}{
		{"web-1", "server", "2024-03-12", nil},
		{"web-2", "server", "2024-03-15", nil},
		{"web-3", "server", "2024-03-25", nil},
		{"db-1", "database", "2024-03-31", nil},
		{"db-2", "database", "2024-04-01", nil},
		{"cache", "server", "2024-04-02", func(r *renewal.Resource) { r.Mode, r.Auto.Term = renewal.ModeAutomatic, month(1) }},
		{"disk-1", "disk", "2024-04-07", nil},
		{"disk-2", "disk", "2024-03-12", func(r *renewal.Resource) { r.Main = "web-1" }},
		{"mail", "server", "2024-04-18", nil},
		{"old-lab", "server", "2024-03-20", func(r *renewal.Resource) { r.Mode, r.Withdrawn = renewal.ModeNone, true }},
		{"search", "database", "2024-03-28", func(r *renewal.Resource) { r.Order = "CS-77" }},
		{"tests", "server", "2024-04-28", nil},
	} {
		expiry, err := time.ParseInLocation(time.DateTime, r.expires+" 23:59:59", zone)
		if err != nil {
			panic(err) // it is written above
		}
		res := renewal.Resource{ID: order.ResourceID(r.id), Customer: "c-7", Product: r.product, Count: 1, Charge: order.ChargeSubscription,
			Start: expiry.AddDate(0, -1, 1), Expiry: expiry, Mode: renewal.ModeManual}
		if r.change != nil {
			r.change(&res)
		}
		all = append(all, res)
	}
	return all
}

// list is the price list: of a month, and twelve times that for a year less two months.
type list struct{}

// Price implements [renewal.Prices].
func (list) Price(r renewal.Resource, t renewal.Term) (order.Money, error) {
	monthly := map[string]int64{"server": 6000, "database": 14500, "disk": 900}[r.Product]
	if monthly == 0 {
		return order.Money{}, fmt.Errorf("%s: %w", r.Product, renewal.ErrNoPrice)
	}
	months := 1
	if t.Unit == renewal.Year {
		months = 10
	}
	return order.Minor(monthly, order.USD).Times(months, t.N, r.Count)
}
