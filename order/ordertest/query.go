package ordertest

import (
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// Query draws a query of any filters, each of them set now and then.
func Query() *rapid.Generator[order.Query] {
	return rapid.Custom(func(t *rapid.T) (q order.Query) {
		some := func(label string) bool { return rapid.IntRange(0, 3).Draw(t, label) == 0 }
		if some("customer") {
			q.Customer = ID[order.CustomerID]().Draw(t, "customer ID")
		}
		if some("from") {
			q.From = Instant().Draw(t, "placed from")
		}
		if some("until") {
			q.Until = Instant().Draw(t, "placed until")
			if q.Until.Before(q.From) {
				q.From, q.Until = q.Until, q.From
			}
		}
		if some("product") {
			q.Product = rapid.SampledFrom(products).Draw(t, "product name")
		}
		q.Service = rapid.SampledFrom(services).Draw(t, "service")
		if some("resource") {
			q.Resource = ID[order.ResourceID]().Draw(t, "resource ID")
		}
		if some("order") {
			q.Order = ID[order.ID]().Draw(t, "order ID")
		}
		q.Bill = rapid.SampledFrom([]order.Bill{order.BillAll, order.BillPrepay, order.BillPostpay}).Draw(t, "bill")
		if some("type") {
			q.Type = rapid.SampledFrom(order.Types()).Draw(t, "order type")
		}
		if some("state") {
			q.State = rapid.SampledFrom(order.States()).Draw(t, "order state")
		}
		if some("project") {
			q.Project = ID[order.ProjectID]().Draw(t, "project ID")
		}
		q.Listing = rapid.SampledFrom([]order.Listing{order.ListAll, order.ListYearlyMonthly, order.ListReserved}).Draw(t, "listing")
		if some("after") {
			q.After = order.Cursor{Placed: Instant().Draw(t, "after").Truncate(time.Second), ID: ID[order.ID]().Draw(t, "after ID")}
		}
		q.Limit = rapid.IntRange(0, order.MaxLimit).Draw(t, "limit")
		return q
	})
}

// BrokenQuery draws a query that Check refuses for one reason.
func BrokenQuery() *rapid.Generator[Broken[order.Query]] {
	return broken(Query(), func(t *rapid.T, _ order.Query) []breach[order.Query] {
		text := BrokenText().Draw(t, "bad text")
		at := Instant().Draw(t, "at")
		return []breach[order.Query]{
			{"customer", text.What, nil, func(q *order.Query) { q.Customer = order.CustomerID(text.Value) }},
			{"until", "before from", nil, func(q *order.Query) { q.From, q.Until = at, at.Add(-time.Second) }},
			{"from", "the year 9999", nil, func(q *order.Query) { q.From, q.Until = year(9999), time.Time{} }},
			{"product", text.What, nil, func(q *order.Query) { q.Product = text.Value }},
			{"service", text.What, nil, func(q *order.Query) { q.Service = text.Value }},
			{"resource", text.What, nil, func(q *order.Query) { q.Resource = order.ResourceID(text.Value) }},
			{"order", text.What, nil, func(q *order.Query) { q.Order = order.ID(text.Value) }},
			{"project", text.What, nil, func(q *order.Query) { q.Project = order.ProjectID(text.Value) }},
			{"bill", "unknown", nil, func(q *order.Query) { q.Bill = "barter" }},
			{"type", "unknown", nil, func(q *order.Query) { q.Type = "gift" }},
			{"state", "unknown", nil, func(q *order.Query) { q.State = "open" }},
			{"listing", "unknown", nil, func(q *order.Query) { q.Listing = "spot" }},
			{"limit", "below zero", nil, func(q *order.Query) { q.Limit = -1 }},
			{"limit", "more than the most", nil, func(q *order.Query) { q.Limit = order.MaxLimit + 1 }},
		}
	})
}
