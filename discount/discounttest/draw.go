package discounttest

import (
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// ruleOrder draws orders that charge, before payment: 1 to 6 lines, products that come
// again, counts above 1, amounts of 0 and of 17 digits, three currencies, and now and
// then a line of a third party.
func ruleOrder() *rapid.Generator[order.Order] {
	return rapid.Custom(func(t *rapid.T) order.Order {
		cur := rapid.SampledFrom([]order.Currency{order.USD, order.JPY, order.KWD}).Draw(t, "currency")
		d := order.Draft{
			ID: "order-1", Customer: "customer-1",
			Type:   rapid.SampledFrom([]order.Type{order.TypePurchase, order.TypeRenewal, order.TypeToSubscription, order.TypeTrialToCommercial}).Draw(t, "type"),
			Review: rapid.Bool().Draw(t, "review"),
			Lines:  rapid.SliceOfN(ruleLine(cur), 1, 6).Draw(t, "lines"),
		}
		d.Lines[0].Seller, d.Lines[0].Charge = "", order.ChargeSubscription
		day := rapid.IntRange(0, 3650).Draw(t, "day")
		second := rapid.IntRange(0, 24*60*60-1).Draw(t, "second")
		placed := time.Date(2018, 1, 1+day, 0, 0, second, 0, time.UTC)
		o, err := order.Place(d, placed, order.Policy{})
		if err != nil {
			panic(fmt.Sprintf("discounttest draws an order that cannot be placed: %v", err))
		}
		return o
	})
}

func ruleLine(cur order.Currency) *rapid.Generator[order.Line] {
	return rapid.Custom(func(t *rapid.T) order.Line {
		l := order.Line{
			Product: rapid.SampledFrom([]string{"s6.large", "disk", "address"}).Draw(t, "product"),
			Service: rapid.SampledFrom([]string{"ECS", "EVS", "VPC", ""}).Draw(t, "service"),
			Region:  rapid.SampledFrom([]string{"north", "south", ""}).Draw(t, "region"),
			Count:   rapid.IntRange(1, 7).Draw(t, "count"),
			Charge:  rapid.SampledFrom([]order.Charge{order.ChargeSubscription, order.ChargePackage}).Draw(t, "charge"),
		}
		if rapid.Bool().Draw(t, "has term") {
			l.Term = order.Term{
				N:    rapid.IntRange(1, 11).Draw(t, "term"),
				Unit: rapid.SampledFrom([]order.Unit{order.Month, order.Year}).Draw(t, "unit"),
			}
		}
		each := rapid.OneOf(
			rapid.Just[int64](0), rapid.Int64Range(1, 10), rapid.Int64Range(1, 100_000), rapid.Int64Range(1, 10_000_000_000_000_000),
		).Draw(t, "minor units each")
		odd := rapid.SampledFrom([]int64{0, 0, 0, 1}).Draw(t, "odd") // a line price that its count does not divide
		l.Amount = order.Minor(each*int64(l.Count)+odd, cur)
		if rapid.IntRange(0, 5).Draw(t, "third party") == 5 {
			l.Seller = "somebody else"
		}
		return l
	})
}
