package discount

import (
	"slices"

	"github.com/duebook/duebook/order"
)

// Policy is what differs from house to house. The zero Policy is neutral; the package
// comment has the table.
type Policy struct {
	// Rounding is how a line that a ratio reduces is rounded to the currency's digits,
	// once (D3). Zero: half up.
	Rounding order.Rounding
	// Lapses says per kind what becomes of an order when the discount ends before the
	// order's deadline (E2, E3, E4).
	Lapses Lapses
	// Confirmed are the orders whose discount is chosen when they are confirmed and
	// cannot be changed when they are paid (D6). Nil: none.
	Confirmed []Confirmed
	// Compete are the kinds that the automatic choice considers (D7); a partner-adjusted
	// discount is not asked. Nil: commercial, offline contract and partner-authorized.
	Compete []Kind
}

// Lapses has one lapse per kind. Empty: shortens the order for promotional and coupon,
// honored for the others. A discount that the partner set, or that is locked, is always
// honored, so that no order becomes unpayable.
type Lapses struct {
	Promotional, Commercial, PartnerAuthorized, OfflineContract, Coupon order.Lapse
}

// Confirmed matches orders of one of the types with a line of one of the services.
type Confirmed struct {
	Types    []order.Type
	Services []string
}

// Huawei2020 returns Huawei Cloud's policy as its help said in 2020 (H20): a discount
// that has ended by the time of payment cannot be used (E4).
func Huawei2020() Policy {
	return Policy{
		Lapses: Lapses{
			Promotional: order.LapseJudged, Commercial: order.LapseJudged,
			PartnerAuthorized: order.LapseJudged, Coupon: order.LapseJudged,
		},
		Confirmed: specificationChanges(),
	}
}

// Huawei2024 returns Huawei Cloud's policy as its interface said in 2024 (H24):
// promotional discounts and discount coupons shorten the order (E2), the others are
// honored until its deadline (E3). Amounts are rounded half up (ours).
func Huawei2024() Policy { return Policy{Confirmed: specificationChanges()} }

// HuaweiChina returns the policy of Huawei Cloud in China (HC): as Huawei2024, amounts
// are truncated (D3) and the discount of purchases too is chosen when they are
// confirmed (D6); the lapses are those of 2024 (ours).
func HuaweiChina() Policy {
	p := Huawei2024()
	p.Rounding = order.Truncate
	p.Confirmed[0].Types = append(p.Confirmed[0].Types, order.TypePurchase)
	return p
}

// specificationChanges of elastic servers, disks and private networks (H20, H24).
func specificationChanges() []Confirmed {
	return []Confirmed{{
		Types:    []order.Type{order.TypeUpgrade, order.TypeDowngrade, order.TypeChange},
		Services: []string{"ECS", "EVS", "VPC"},
	}}
}

var lapses = []order.Lapse{order.LapseShortens, order.LapseHonored, order.LapseJudged}

// Check reports a word that is unknown, and orders to confirm that match nothing.
func (p Policy) Check() error {
	if err := p.Rounding.Check(); err != nil {
		return err
	}
	l := p.Lapses
	for _, lapse := range [...]order.Lapse{l.Promotional, l.Commercial, l.PartnerAuthorized, l.OfflineContract, l.Coupon} {
		if lapse == "" {
			continue
		}
		if err := order.CheckWord("lapses", lapse, lapses); err != nil {
			return err
		}
	}
	for i, k := range p.Compete {
		if err := order.CheckWord(order.Element("compete", i), k, kinds); err != nil {
			return err
		}
	}
	return p.checkConfirmed()
}

func (p *Policy) checkConfirmed() error {
	if len(p.Confirmed) == 0 {
		return nil
	}
	known := order.Types()
	for i, c := range p.Confirmed {
		if err := c.check(known); err != nil {
			return order.Within(order.Element("confirmed", i), err)
		}
	}
	return nil
}

func (c *Confirmed) check(known []order.Type) error {
	if len(c.Types) == 0 {
		return order.Invalid("types", "", "is required: nothing matches no type")
	}
	if len(c.Services) == 0 {
		return order.Invalid("services", "", "is required: nothing matches no service")
	}
	for i, t := range c.Types {
		if err := order.CheckWord(order.Element("types", i), t, known); err != nil {
			return err
		}
	}
	for i, service := range c.Services {
		if err := order.CheckID(order.Element("services", i), service); err != nil {
			return err
		}
	}
	return nil
}

// lapse returns what becomes of an order when a discount of kind k ends.
func (p *Policy) lapse(k Kind, lock order.Lock) order.Lapse {
	set, lapse := order.Lapse(""), order.LapseHonored
	switch k {
	case KindPromotional:
		set, lapse = p.Lapses.Promotional, order.LapseShortens
	case KindCoupon:
		set, lapse = p.Lapses.Coupon, order.LapseShortens
	case KindCommercial:
		set = p.Lapses.Commercial
	case KindPartnerAuthorized:
		set = p.Lapses.PartnerAuthorized
	case KindOfflineContract:
		set = p.Lapses.OfflineContract
	}
	switch {
	case lock != "":
		return order.LapseHonored
	case set != "":
		return set
	}
	return lapse
}

// confirmed reports whether the discount of o is chosen when it is confirmed (D6).
func (p *Policy) confirmed(o *order.Order) bool {
	for _, c := range p.Confirmed {
		if !slices.Contains(c.Types, o.Type) {
			continue
		}
		for i := range o.Lines {
			if o.Lines[i].Own() && slices.Contains(c.Services, o.Lines[i].Service) {
				return true
			}
		}
	}
	return false
}

// competes reports whether the automatic choice considers kind k (D7).
func (p *Policy) competes(k Kind) bool {
	if k == KindPartnerAdjusted {
		return true // it must be used (D5)
	}
	if p.Compete == nil {
		return k == KindCommercial || k == KindOfflineContract || k == KindPartnerAuthorized
	}
	return slices.Contains(p.Compete, k)
}
