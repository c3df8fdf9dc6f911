package payment

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Policy is what differs from house to house. The zero Policy is neutral; the package
// comment has the table.
type Policy struct {
	// Zone is where the months of bills begin and end (P6). Nil: UTC.
	Zone *time.Location
	// MaxOrders is how many orders a combined payment holds, at most 30 (P1). 0: 30.
	MaxOrders int
	// Cards are those taken online (P5).
	Cards Cards
	// BillDay is the day of the next month on which a bill is made, 1 to 28 (P6). 0: the 1st.
	BillDay int
	// BillTries are the waits after each decline of a bill until it is tried again, whole
	// seconds; the last one goes on (P6). None: a day.
	BillTries []time.Duration
	// PayOutAfter is how many days, of 24 hours, after the customer's last resource ended what is in
	// credit is paid out by itself, 1 to 366 (P21). 0: not, an operator pays it out.
	PayOutAfter int
	// TopUpLeast and TopUpMost are the least and the most that a customer pays into the own balance at
	// once, one of each for a currency (P20). None: any amount.
	TopUpLeast, TopUpMost []order.Money

	// Hold is how long a payment holds its orders for an action of the customer, or a gateway
	// that does not know of it; whole seconds. 0: 30 minutes.
	Hold time.Duration
	// RetryAfter are when the Desk asks a gateway, or the Notifier, again, one after the other; a
	// payment that is undecided when it is asked for after the last of them is for an operator,
	// a notice is kept. A payment is also looked at when its hold ends, and just before the
	// gateway may forget its key. Whole seconds. None: 5 s, 30 s, 2 min, 10 min, 1 h, 6 h, then
	// daily, five times.
	RetryAfter []time.Duration
	// Complete are the types of orders that are completed by the commit that pays them, since
	// the host has nothing to provide for them (O2); of upgrades and changes those whose resource
	// that commit has changed (Q8), and not what a host has placed to carry it out itself. Nil:
	// renewals; empty: none.
	Complete []order.Type
	// RenewBy is how automatic renewals are paid, by the first of these that can (R5): monthly
	// settlement, balance, or online, which charges the customer's instrument while nobody is there
	// (P19). Nil: monthly settlement, then balance; empty: nothing pays them.
	RenewBy []Method
	// HoldAbsent is how long a payment that began while nobody was there waits for the customer, whom
	// its gateway asks for, at most what that gives an action; whole seconds (P19). 0: 23 hours.
	HoldAbsent time.Duration
	// InstrumentTries is how often one instrument is charged while nobody is there in any
	// InstrumentDays of 24 hours, renewals and bills together (P19). 0: 15 times, in 30 days.
	InstrumentTries int
	InstrumentDays  int
	// Remind is how long before their deadline the customer hears of it (P17). Whole seconds.
	// 0: 24 hours.
	Remind time.Duration
	// Conflicts is how often the Desk judges again when others are faster. 0: 16.
	Conflicts int

	Order    order.Policy    // for orders that the Desk places and cancels
	Discount discount.Policy // for discounts chosen when placing and paying
	Coupon   coupon.Policy
	Renewal  renewal.Policy
}

// Cards says which cards are taken (P5). The zero Cards is any.
type Cards struct {
	Brands   []string  // in small letters: visa; nil: any
	Fundings []Funding // nil: any
}

// gmt8 is the zone of the sources: GMT+08:00.
func gmt8() *time.Location { return time.FixedZone("+08:00", 8*60*60) }

// Huawei returns Huawei Cloud's policy as its help says in 2025 (H25, H24, HC): credit cards
// alone (H25), a bill on the 3rd of the next month (HC). The brands, Visa and Mastercard, hold,
// waits and reminders are ours.
func Huawei() Policy {
	return Policy{Zone: gmt8(), Cards: Cards{Brands: []string{"visa", "mastercard"}, Fundings: []Funding{FundingCredit}}, BillDay: 3,
		Order: order.Huawei(), Discount: discount.Huawei2024(), Coupon: coupon.Huawei(), Renewal: renewal.Huawei()}
}

// Huawei2020 returns Huawei Cloud's policy as its help said in 2020 (H20): a discount
// that has ended by the time of payment cannot be used (E4).
func Huawei2020() Policy {
	p := Huawei()
	p.Discount = discount.Huawei2020()
	return p
}

// HuaweiChina returns the policy of Huawei Cloud in China: any card (ours).
func HuaweiChina() Policy {
	p := Huawei()
	p.Discount, p.Cards = discount.HuaweiChina(), Cards{}
	p.Order, p.Renewal = order.HuaweiChina(), renewal.HuaweiChina()
	return p
}

// Tencent returns Tencent Cloud's policy (T): what coupon and renewal have of it; the rest is
// ours.
func Tencent() Policy {
	return Policy{Zone: gmt8(), Coupon: coupon.Tencent(), Renewal: renewal.Tencent()}
}

// Baidu returns Baidu AI Cloud's policy (B): what order, coupon and renewal have of it; the
// rest is ours.
func Baidu() Policy {
	return Policy{Zone: gmt8(), Order: order.Baidu(), Coupon: coupon.Baidu(), Renewal: renewal.Baidu()}
}

// SaaS returns the policy of a house that sells software by the month, all of it ours: resources are
// renewed by themselves ([renewal.SaaS]), by the customer's instrument, or else as in every house, and
// renewals and changes are completed by the commit that pays them. A change is paid within the hour, at the price it was quoted at, and keeps no renewal
// from being paid for longer (O12).
func SaaS() Policy {
	hour := []order.Lifetime{{Type: order.TypeUpgrade, For: time.Hour}, {Type: order.TypeChange, For: time.Hour}}
	return Policy{RenewBy: []Method{MethodOnline, MethodMonthly, MethodBalance}, Complete: []order.Type{order.TypeRenewal, order.TypeUpgrade, order.TypeChange}, Order: order.Policy{Lifetimes: hour}, Renewal: renewal.SaaS()}
}

func (p *Policy) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

func (p *Policy) maxOrders() int {
	if p.MaxOrders == 0 {
		return order.MaxAtOnce
	}
	return p.MaxOrders
}

// HoldTime is Hold, or its default.
func (p *Policy) HoldTime() time.Duration {
	if p.Hold == 0 {
		return 30 * time.Minute
	}
	return p.Hold
}

// WaitsAbsent is how long a payment that began while nobody was there waits for the customer, whose
// gateway gives an action so long: HoldAbsent, or its default, and no longer than that. A gateway that
// says 0 of an action limits nothing.
func (p *Policy) WaitsAbsent(action time.Duration) time.Duration {
	wait := p.HoldAbsent
	if wait == 0 {
		wait = 23 * time.Hour
	}
	if action > 0 {
		wait = min(wait, action)
	}
	return wait
}

// TriesOf is InstrumentTries and InstrumentDays, or their defaults: how many tries, in which time.
func (p *Policy) TriesOf() (most int, within time.Duration) {
	return cmp.Or(p.InstrumentTries, 15), time.Duration(cmp.Or(p.InstrumentDays, 30)) * 24 * time.Hour
}

// RemindBefore is Remind, or its default.
func (p *Policy) RemindBefore() time.Duration {
	if p.Remind == 0 {
		return 24 * time.Hour
	}
	return p.Remind
}

// Completes reports whether orders of a type are completed by the commit that pays them.
func (p *Policy) Completes(t order.Type) bool {
	if p.Complete == nil {
		return t == order.TypeRenewal
	}
	return slices.Contains(p.Complete, t)
}

// ConflictTries is Conflicts, or its default.
func (p *Policy) ConflictTries() int {
	if p.Conflicts == 0 {
		return 16
	}
	return p.Conflicts
}

// defaultWaits grow up to a day.
var defaultWaits = [...]time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour,
	24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour}

// WaitAfter returns how long to wait after so many tries, and false where they are used up.
func (p *Policy) WaitAfter(tries int) (time.Duration, bool) {
	waits := p.RetryAfter
	if len(waits) == 0 {
		waits = defaultWaits[:]
	}
	return waits[max(0, min(tries, len(waits)-1))], tries < len(waits)
}

// Check reports counts, days and words that mean nothing: of each field the first thing, as
// an [*order.FieldError], and several joined.
func (p Policy) Check() error {
	var all []error
	add := func(field string, err error) {
		if err != nil && field != "" {
			err = order.Within(field, err)
		}
		if err != nil {
			all = append(all, err)
		}
	}
	if p.MaxOrders < 0 || p.MaxOrders > order.MaxAtOnce {
		add("", order.Invalid("maxOrders", strconv.Itoa(p.MaxOrders), "is not 0 to 30"))
	}
	if p.BillDay < 0 || p.BillDay > 28 {
		add("", order.Invalid("billDay", strconv.Itoa(p.BillDay), "is no day that every month has: give 1 to 28"))
	}
	if p.PayOutAfter < 0 || p.PayOutAfter > 366 {
		add("", order.Invalid("payOutAfter", strconv.Itoa(p.PayOutAfter), "is not a number of days, 0 to 366"))
	}
	add("", checkWaits("billTries", p.BillTries))
	add("", checkWaits("waits", p.RetryAfter))
	add("", checkWait("hold", p.Hold))
	add("", checkWait("remind", p.Remind))
	add("", checkWait("holdAbsent", p.HoldAbsent))
	add("", p.checkTries())
	for i, t := range p.Complete {
		add("", order.CheckWord(order.Element("complete", i), t, order.Types()))
	}
	add("", p.checkRenewBy())
	add("", p.checkTopUps())
	if p.Conflicts < 0 {
		add("", order.Invalid("conflicts", strconv.Itoa(p.Conflicts), "is below zero"))
	}
	add("cards", p.Cards.check())
	add("order", p.Order.Check())
	add("discount", p.Discount.Check())
	add("renewal", p.Renewal.Check())
	add("coupon", p.Coupon.Check())
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}

// checkTries reports numbers of tries and of days that mean nothing.
func (p *Policy) checkTries() error {
	switch {
	case p.InstrumentTries < 0:
		return order.Invalid("instrumentTries", strconv.Itoa(p.InstrumentTries), "is below zero")
	case p.InstrumentDays < 0 || p.InstrumentDays > 366:
		return order.Invalid("instrumentDays", strconv.Itoa(p.InstrumentDays), "is not a number of days, 0 to 366")
	}
	return nil
}

func checkWait(name string, wait time.Duration) error {
	if wait < 0 || wait%time.Second != 0 {
		return order.Invalid(name, wait.String(), "is no time of whole seconds")
	}
	return nil
}

func checkWaits(name string, waits []time.Duration) error {
	for i, wait := range waits {
		if wait < time.Second || wait%time.Second != 0 {
			return order.Invalid(order.Element(name, i), wait.String(), "is no time of whole seconds above zero")
		}
	}
	return nil
}

func (c *Cards) check() error {
	for i, b := range c.Brands {
		if err := order.CheckID(order.Element("brands", i), b); err != nil {
			return err
		}
	}
	for i, f := range c.Fundings {
		if err := order.CheckWord(order.Element("fundings", i), f, fundings); err != nil {
			return err
		}
	}
	return nil
}

// Card is what is known of the card that would be charged (P5).
type Card struct {
	Brand   string  `json:"brand,omitempty"` // in small letters; empty: not known
	Funding Funding `json:"funding,omitempty"`
}

// Refuses says why a card is not taken, and what to use; "": it is (P5).
func (c Cards) Refuses(card Card) string {
	switch {
	case c.Brands != nil && !slices.Contains(c.Brands, card.Brand):
		return "brand " + orUnknown(card.Brand) + " is not taken: use " + order.List(c.Brands)
	case c.Fundings != nil && !slices.Contains(c.Fundings, card.Funding):
		return orUnknown(string(card.Funding)) + " cards are not taken: use " + order.List(c.Fundings)
	}
	return ""
}

func orUnknown(s string) string {
	if s == "" {
		return "not known"
	}
	return s
}
