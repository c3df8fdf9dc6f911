package ordertest

import (
	"time"

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// maxLine keeps the sum of 30 orders of 5 lines within 18 digits.
const maxLine = 5_000_000_000_000_000

// words that policies and limits single out, and one that none does.
var (
	services = []string{"", "hardware", "resource plan", "compute", "disk"}
	products = []string{"ecs.large", "disk.ssd", "bandwidth"}
	regions  = []string{"", "cn-north-1", "eu-west-0"}
)

// Line draws a line of the merchant's own in currency c that an order of flow f can
// have: charged in advance or pay-per-use, with or without tax.
func Line(f order.Flow, c order.Currency) *rapid.Generator[order.Line] {
	return rapid.Custom(func(t *rapid.T) order.Line {
		l := bare(t)
		l.Charge = rapid.SampledFrom(order.Charges()).Draw(t, "charge")
		price(t, &l, f, c, 0)
		return l
	})
}

// ThirdPartyLine draws a line that somebody else sells, in a currency of its own.
func ThirdPartyLine() *rapid.Generator[order.Line] {
	return rapid.Custom(func(t *rapid.T) order.Line {
		l := bare(t)
		l.Seller = Text(1, 64).Draw(t, "seller")
		l.Charge = rapid.SampledFrom(order.Charges()).Draw(t, "charge")
		l.Amount = between(0, maxMinor, Currency().Draw(t, "their currency")).Draw(t, "amount")
		if rapid.Bool().Draw(t, "taxed") {
			l.Tax = between(0, l.Amount.Minor(), l.Amount.Currency()).Draw(t, "tax")
		}
		return l
	})
}

// bare is a line without its money.
func bare(t *rapid.T) order.Line {
	l := order.Line{
		Product: rapid.SampledFrom(products).Draw(t, "product"),
		Service: rapid.SampledFrom(services).Draw(t, "service"),
		Region:  rapid.SampledFrom(regions).Draw(t, "region"),
		Count:   rapid.IntRange(1, 1000).Draw(t, "count"),
	}
	if rapid.Bool().Draw(t, "details") {
		l.Product = Text(1, 64).Draw(t, "product name")
		l.Configuration = Text(0, 1024).Draw(t, "configuration")
		l.Resource = ID[order.ResourceID]().Draw(t, "resource")
		l.Term = Term().Draw(t, "term")
		l.UnitPrice = Rate().Draw(t, "unit price")
		l.Per = Unit().Draw(t, "per")
		l.Reserved = rapid.Bool().Draw(t, "reserved")
	}
	return l
}

// price gives a line the money that an order of flow f can have, at least least where
// it charges.
func price(t *rapid.T, l *order.Line, f order.Flow, c order.Currency, least int64) {
	var n int64
	if f != order.FlowNone && l.Charge != order.ChargePayPerUse {
		n = rapid.Int64Range(least, maxLine).Draw(t, "amount")
	}
	var tax int64
	if rapid.Bool().Draw(t, "taxed") {
		tax = rapid.Int64Range(0, n).Draw(t, "tax")
		l.Tax = order.Minor(0, c)
	}
	if f == order.FlowBack {
		n, tax = -n, -tax
	}
	l.Amount = order.Minor(n, c)
	if l.Tax != (order.Money{}) {
		l.Tax = order.Minor(tax, c)
	}
}

// Flow draws a flow.
func Flow() *rapid.Generator[order.Flow] {
	return rapid.SampledFrom([]order.Flow{order.FlowCharge, order.FlowNone, order.FlowBack})
}

// AnyDraft draws a draft of any flow in any currency.
func AnyDraft() *rapid.Generator[order.Draft] {
	return rapid.Custom(func(t *rapid.T) order.Draft {
		return Draft(Flow().Draw(t, "flow"), Currency().Draw(t, "currency")).Draw(t, "draft")
	})
}

// Draft draws a draft that becomes an order of flow f in currency c, with up to five
// lines, of third parties too.
func Draft(f order.Flow, c order.Currency) *rapid.Generator[order.Draft] {
	return rapid.Custom(func(t *rapid.T) order.Draft {
		d := order.Draft{
			ID:       ID[order.ID]().Draw(t, "ID"),
			Customer: ID[order.CustomerID]().Draw(t, "customer"),
			Review:   rapid.Bool().Draw(t, "review"),
		}
		if rapid.Bool().Draw(t, "user and project") {
			d.User = ID[order.CustomerID]().Draw(t, "user")
			d.Project = ID[order.ProjectID]().Draw(t, "project")
		}
		if f == order.FlowCharge {
			d.Confirm = rapid.Bool().Draw(t, "confirm")
		}
		d.Type, d.Lines = content(t, f, c)
		for range rapid.IntRange(0, 2).Draw(t, "third parties") {
			d.Lines = append(d.Lines, ThirdPartyLine().Draw(t, "line"))
		}
		if len(d.Lines) > 1 {
			d.Lines = rapid.Permutation(d.Lines).Draw(t, "lines")
		}
		return d
	})
}

var (
	typesAlwaysFree = []order.Type{order.TypeTrial, order.TypeCompensation, order.TypeToPayPerUse}
	typesFreeAtZero = []order.Type{order.TypeUpgrade, order.TypeChange, order.TypePriceAdjustment}
	typesBack       = []order.Type{order.TypeUnsubscribe, order.TypeDowngrade}
	typesCharging   = []order.Type{order.TypePurchase, order.TypeRenewal, order.TypeToSubscription, order.TypeTrialToCommercial}
)

// content draws a type and the merchant's own lines that together have flow f.
func content(t *rapid.T, f order.Flow, c order.Currency) (order.Type, []order.Line) {
	if f == order.FlowCharge {
		typ := rapid.SampledFrom(append(typesCharging[:len(typesCharging):len(typesCharging)], typesFreeAtZero...)).Draw(t, "type")
		lines := rapid.SliceOfN(Line(f, c), 0, 2).Draw(t, "lines")
		l := bare(t) // one at least is prepaid, and one of a change costs something
		l.Charge = rapid.SampledFrom([]order.Charge{order.ChargeSubscription, order.ChargePackage}).Draw(t, "charge")
		price(t, &l, f, c, 1)
		return typ, append(lines, l)
	}
	lines := rapid.SliceOfN(Line(f, c), 1, 3).Draw(t, "lines")
	if f == order.FlowBack {
		return rapid.SampledFrom(typesBack).Draw(t, "type"), lines
	}
	switch rapid.IntRange(0, 2).Draw(t, "why free") {
	case 0:
		return rapid.SampledFrom(typesAlwaysFree).Draw(t, "type"), lines
	case 1:
		return rapid.SampledFrom(typesFreeAtZero).Draw(t, "type"), lines
	}
	for i := range lines {
		lines[i].Charge = order.ChargePayPerUse
	}
	return rapid.SampledFrom(typesCharging).Draw(t, "type"), lines
}

// Policy draws a policy that allows purchases of 30 orders.
func Policy() *rapid.Generator[order.Policy] {
	return rapid.Custom(func(t *rapid.T) (p order.Policy) {
		switch rapid.IntRange(0, 5).Draw(t, "preset") {
		case 0:
			return order.Policy{}
		case 1:
			return order.Huawei2024()
		case 2:
			return order.Alibaba()
		}
		p.Zone = Zone().Draw(t, "zone")
		p.Lifetime = time.Duration(rapid.IntRange(0, 60*24*60*60).Draw(t, "lifetime")) * time.Second
		for range rapid.IntRange(0, 2).Draw(t, "exceptions") {
			x := order.Lifetime{For: time.Duration(rapid.IntRange(1, 24*60*60).Draw(t, "for")) * time.Second}
			x.Service = rapid.SampledFrom(services).Draw(t, "service")
			x.Type = rapid.SampledFrom([]order.Type{"", order.TypeRenewal, order.TypePurchase}).Draw(t, "type")
			p.Lifetimes = append(p.Lifetimes, x)
		}
		p.MaxOrders = rapid.SampledFrom([]int{0, 30, 31, 100}).Draw(t, "most orders")
		if rapid.Bool().Draw(t, "limits cancellation") {
			p.CancelFrom = []order.State{order.StateUnpaid}
		}
		p.KeepExport = time.Duration(rapid.IntRange(0, 10).Draw(t, "keep")) * 24 * time.Hour
		return p
	})
}
