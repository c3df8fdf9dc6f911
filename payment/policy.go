package payment

import (
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// Policy is what differs from house to house. The zero Policy is neutral; the package
// comment has the table.
type Policy struct {
	// Zone is where the months of bills begin and end (P6). Nil: UTC.
	Zone *time.Location
	// MaxOrders is how many orders a combined payment holds (P1). 0: 30.
	MaxOrders int
	// Cards are those taken online (P5).
	Cards Cards
	// BillDay is the day of the next month on which a bill is made, 1 to 28 (P6). 0: the 1st.
	BillDay int
	// BillTries are the waits after each decline of a bill until it is tried again, whole
	// seconds; the last one goes on (P6). None: a day.
	BillTries []time.Duration

	Discount discount.Policy // for discounts chosen when paying
	Coupon   coupon.Policy
}

// Cards says which cards are taken (P5). The zero Cards is any.
type Cards struct {
	Brands   []string  // in small letters: visa; nil: any
	Fundings []Funding // nil: any
}

// gmt8 is the zone of the sources: GMT+08:00.
func gmt8() *time.Location { return time.FixedZone("+08:00", 8*60*60) }

// Huawei returns Huawei Cloud's policy as its help says in 2025 (H25, H24, HC): credit
// cards of Visa and Mastercard, a bill on the 3rd of the next month.
func Huawei() Policy {
	return Policy{Zone: gmt8(), Cards: Cards{Brands: []string{"visa", "mastercard"}, Fundings: []Funding{FundingCredit}}, BillDay: 3,
		Discount: discount.Huawei2024(), Coupon: coupon.Huawei()}
}

// Huawei2020 returns Huawei Cloud's policy as its help said in 2020 (H20): a discount
// that has ended by the time of payment cannot be used (E4).
func Huawei2020() Policy {
	p := Huawei()
	p.Discount = discount.Huawei2020()
	return p
}

// HuaweiChina returns the policy of Huawei Cloud in China (HC): any card.
func HuaweiChina() Policy {
	p := Huawei()
	p.Discount, p.Cards = discount.HuaweiChina(), Cards{}
	return p
}

// Tencent returns Tencent Cloud's policy (T).
func Tencent() Policy { return Policy{Zone: gmt8(), Coupon: coupon.Tencent()} }

// Baidu returns Baidu AI Cloud's policy (B).
func Baidu() Policy { return Policy{Zone: gmt8(), Coupon: coupon.Baidu()} }

func (p *Policy) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

func (p *Policy) maxOrders() int {
	if p.MaxOrders == 0 {
		return 30
	}
	return p.MaxOrders
}

// Check reports counts, days and words that mean nothing.
func (p Policy) Check() error {
	if p.MaxOrders < 0 {
		return field("maxOrders", strconv.Itoa(p.MaxOrders), "is below zero")
	}
	if p.BillDay < 0 || p.BillDay > 28 {
		return field("billDay", strconv.Itoa(p.BillDay), "is no day that every month has: give 1 to 28")
	}
	for i, wait := range p.BillTries {
		if wait < time.Second || wait%time.Second != 0 {
			return field(nth("billTries", i), wait.String(), "is no time of whole seconds above zero")
		}
	}
	for i, b := range p.Cards.Brands {
		if err := order.CheckID(nth("cards.brands", i), b); err != nil {
			return err
		}
	}
	for i, f := range p.Cards.Fundings {
		if err := checkWord(nth("cards.fundings", i), f, fundings); err != nil {
			return err
		}
	}
	if err := p.Discount.Check(); err != nil {
		return under("discount", err)
	}
	if err := p.Coupon.Check(); err != nil {
		return under("coupon", err)
	}
	return nil
}

// Card is what is known of the card that would be charged (P5).
type Card struct {
	Brand   string  `json:"brand,omitempty"` // in small letters; empty: not known
	Funding Funding `json:"funding,omitempty"`
}

// refuses says why a card is not taken; "": it is.
func (c *Cards) refuses(card Card) string {
	switch {
	case c.Brands != nil && !slices.Contains(c.Brands, card.Brand):
		return "brand " + orUnknown(card.Brand) + " is not taken: use " + list(c.Brands)
	case c.Fundings != nil && !slices.Contains(c.Fundings, card.Funding):
		return orUnknown(string(card.Funding)) + " cards are not taken: use " + list(c.Fundings)
	}
	return ""
}

func orUnknown(s string) string {
	if s == "" {
		return "not known"
	}
	return s
}
