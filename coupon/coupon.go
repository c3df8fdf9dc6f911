package coupon

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

// Coupon is a coupon of a customer. It is a value: methods that change it return a
// changed copy.
type Coupon struct {
	ID       ID               `json:"id,omitempty"`
	Customer order.CustomerID `json:"customer,omitempty"`
	Kind     Kind             `json:"kind"`
	State    State            `json:"state,omitempty"`  // empty, of one that is new: available ([Coupon.Issued])
	Frozen   bool             `json:"frozen,omitempty"` // not to be used until it is thawed (C2)
	Window   order.Window     `json:"window,omitzero"`

	// Of coupons that pay: what it was issued with and what is left; zero, of one that is new:
	// all of it.
	Face    order.Money `json:"face,omitzero"`
	Balance order.Money `json:"balance,omitzero"`
	// Reusable keeps the balance until it is 0; otherwise what a payment leaves is lost.
	Reusable bool `json:"reusable,omitempty"`
	// Uses is how many payments it may pay part of, of a discount coupon how many orders it
	// may reduce (C13). 0: one, and of a reusable coupon or one with a Span no limit of its own.
	Uses int `json:"uses,omitempty"`
	Used int `json:"used,omitempty"` // how many it has
	// Span is how long it can be used from its first use (C13): months or years, as in "10 %
	// for three months", of a discount coupon or a reusable one. Zero: no limit of its own.
	Span order.Term `json:"span,omitzero"`
	// Ends is the last second of the span, in UTC: set by the first use, and zero again when
	// that comes back.
	Ends time.Time `json:"ends,omitzero"`
	// PassedOn is how much of what it paid came back as new coupons, which say From which
	// (C14): Face = Balance + what is used + PassedOn.
	PassedOn order.Money `json:"passedOn,omitzero"`
	From     ID          `json:"from,omitempty"`

	// Discount is what a discount coupon takes off the lines that Limits cover.
	Discount Discount `json:"discount,omitzero"`

	Limits Limits `json:"limits,omitzero"`

	HeldBy  order.PaymentID `json:"heldBy,omitempty"`  // the payment that holds it
	HeldFor []order.ID      `json:"heldFor,omitempty"` // the orders that hold a use of a discount coupon each
	DueAt   time.Time       `json:"waits,omitzero"`    // when the clock moves it next, for a store to find
	Version int64           `json:"version,omitempty"` // counts what a store wrote
}

// Discount is what a discount coupon takes off, in exactly one of three ways (D3).
type Discount struct {
	Ratio order.Rate  `json:"ratio,omitzero"` // the share still to pay
	Price order.Money `json:"price,omitzero"` // of one instance for its whole term
	Off   order.Money `json:"off,omitzero"`   // split over the covered lines
}

// Limits are what a coupon is good for (C3). The zero Limits is everything.
type Limits struct {
	// Scope are the lines it covers: services, products, regions, order types, charge
	// types, terms.
	Scope    discount.Scope    `json:"scope,omitzero"`
	Projects []order.ProjectID `json:"projects,omitempty"`
	// FirstOrder covers only the customer's first order of a line's service, and for a line
	// without a service the first order of anything, as the tally named by [FirstOrderTally]
	// says (C3, C11).
	FirstOrder bool `json:"firstOrder,omitempty"`
	// Threshold is what must be due on the covered lines (C6). Zero: nothing.
	Threshold order.Money `json:"threshold,omitzero"`
	// Share is the highest share of what is due on the covered lines that it pays,
	// rounded down. Zero: all of it.
	Share order.Rate `json:"share,omitzero"`
	Group Group      `json:"group,omitempty"`
	// Without are the kinds of discount it does not go with (C5): an order reduced by
	// one of them is not covered.
	Without []discount.Kind `json:"without,omitempty"`
	// LeastRatio is the smallest ratio it accepts: it is refused when every covered line
	// is reduced to less (C5). Zero: any.
	LeastRatio order.Rate `json:"leastRatio,omitzero"`
}

// New returns the order types of new purchases: with [Renew] and [Change] the three classes
// that vendors limit coupons to (C3), for the Scope of Limits.
func New() []order.Type {
	return []order.Type{order.TypePurchase, order.TypeTrialToCommercial, order.TypeToSubscription}
}

// Renew returns the order types of renewals; see [New].
func Renew() []order.Type { return []order.Type{order.TypeRenewal} }

// Change returns the order types of changes; see [New].
func Change() []order.Type {
	return []order.Type{order.TypeUpgrade, order.TypeChange, order.TypePriceAdjustment}
}

// Issued returns the coupon as it is when it is issued: available where it has no state, and
// whole where it has no balance and has not been used. [Use], [Choose], [Coupon.DiscountFor],
// [Coupon.Hold] and [Coupon.HoldFor] take a new coupon as it is issued; Check, for records,
// wants both spelled out.
func (c Coupon) Issued() Coupon {
	if c.State == "" {
		c.State = StateAvailable
	}
	if c.lacksBalance() {
		c.Balance = c.Face
	}
	return c
}

// isNew reports whether Issued has something to fill in.
func (c *Coupon) isNew() bool { return c.State == "" || c.lacksBalance() }

// lacksBalance reports a coupon that pays, and was never used, without a balance; 0.00 is one.
func (c *Coupon) lacksBalance() bool {
	return c.Kind != KindDiscount && c.Used == 0 && c.Balance == (order.Money{})
}

// AsDiscount returns the discount that a discount coupon is.
func (c Coupon) AsDiscount() (discount.Discount, error) {
	if c.Kind != KindDiscount {
		return discount.Discount{}, order.Invalid("kind", string(c.Kind), "is a coupon that pays, not a discount")
	}
	return discount.Discount{
		ID: discount.ID(c.ID), Kind: discount.KindCoupon, Window: c.Validity(), Scope: c.Limits.Scope,
		Ratio: c.Discount.Ratio, Price: c.Discount.Price, Off: c.Discount.Off,
	}, nil
}

// Check reports the first thing about c that is not valid, as an [*order.FieldError].
func (c Coupon) Check() error {
	if err := cmp.Or(order.CheckID("id", c.ID), order.CheckID("customer", c.Customer)); err != nil {
		return err
	}
	if !slices.Contains(kinds, c.Kind) {
		return unknown("kind", string(c.Kind))
	}
	if !slices.Contains(states, c.State) {
		return unknown("state", string(c.State))
	}
	if err := c.Window.Check(); err != nil {
		return order.Within("window", err)
	}
	if err := c.Limits.check(); err != nil {
		return order.Within("limits", err)
	}
	if err := c.checkUses(); err != nil {
		return err
	}
	if err := c.checkSpan(); err != nil {
		return err
	}
	if c.From != "" {
		if err := order.CheckID("from", c.From); err != nil {
			return err
		}
	}
	if c.Version < 0 {
		return order.Invalid("version", strconv.FormatInt(c.Version, 10), "is below zero")
	}
	if err := c.checkValue(); err != nil {
		return err
	}
	if spent := c.empty() || c.usedUp(); spent && !c.State.Final() {
		return order.Invalid("state", string(c.State), "must be a final state: nothing is left of the coupon")
	}
	return c.checkHold()
}

// checkUses checks how often the coupon can be used, and has been (C13).
func (c *Coupon) checkUses() error {
	switch {
	case c.Uses < 0:
		return order.Invalid("uses", strconv.Itoa(c.Uses), "is below zero")
	case c.Used < 0 || c.Uses > 0 && c.Used > c.Uses:
		return order.Invalid("used", strconv.Itoa(c.Used), "is below zero, or more than uses")
	case c.Uses > 1 && c.Kind != KindDiscount && !c.Reusable:
		return order.Invalid("uses", strconv.Itoa(c.Uses), "is more than one, but the first use leaves nothing of the balance: make the coupon Reusable")
	}
	return nil
}

// allowed is how many uses the coupon may have (C13); 0: no limit of its own.
func (c *Coupon) allowed() int {
	if c.Uses == 0 && c.Kind == KindDiscount && c.Span == (order.Term{}) {
		return 1
	}
	return c.Uses
}

// Validity is when the coupon can be used: its window, which ends no later than its span
// (C13).
func (c Coupon) Validity() order.Window {
	w := c.Window
	if !c.Ends.IsZero() && (w.Until.IsZero() || c.Ends.Before(w.Until)) {
		w.Until = c.Ends
	}
	return w
}

// checkSpan checks that a span is in months or years, that the coupon can be used more than
// once, and that it has an end exactly from its first use on.
func (c *Coupon) checkSpan() error {
	switch {
	case c.Span == (order.Term{}) && !c.Ends.IsZero():
		return order.Invalid("ends", order.Stamp(c.Ends), "must be zero: the coupon has no span")
	case c.Span == (order.Term{}):
		return nil
	case c.Span.Check() != nil || c.Span.Unit != order.Month && c.Span.Unit != order.Year:
		return order.Invalid("span", c.Span.String(), "is not in months or years: give one, such as 3 months")
	case c.Span.N > maxSpan(c.Span.Unit):
		return order.Invalid("span", c.Span.String(), "is more than 100 years")
	case c.Kind != KindDiscount && !c.Reusable:
		return order.Invalid("span", c.Span.String(), "needs a coupon that can be used again: make it Reusable, or leave the span out")
	case (c.Used == 0) != c.Ends.IsZero():
		return order.Invalid("ends", order.Stamp(c.Ends), "must be zero before the first use, and the last second of the span after it")
	case c.Ends.IsZero():
		return nil
	}
	if _, err := order.Second(c.Ends); err != nil {
		return order.Within("ends", err)
	}
	if c.Ends.Before(c.Window.From) {
		return order.Invalid("ends", order.Stamp(c.Ends), "is before the window of the coupon begins")
	}
	return nil
}

// maxSpan is 100 years in months or in years.
func maxSpan(u order.Unit) int {
	if u == order.Month {
		return 1200
	}
	return 100
}

// empty reports whether a coupon that pays has nothing left to pay with.
func (c *Coupon) empty() bool { return c.Kind != KindDiscount && c.Balance.Sign() == 0 }

// usedUp reports whether nobody may use the coupon any more (C3).
func (c *Coupon) usedUp() bool { return c.allowed() > 0 && c.Used >= c.allowed() }

// taken reports whether all uses that are left of the coupon are held (C13).
func (c *Coupon) taken() bool {
	if c.Kind == KindDiscount {
		return c.allowed() > 0 && c.Used+len(c.HeldFor) >= c.allowed()
	}
	return c.State == StateHeld
}

// checkValue checks that a discount coupon has a discount, and any other a value to pay with.
func (c *Coupon) checkValue() error {
	if c.Kind == KindDiscount {
		if c.hasValue() || c.Reusable {
			return order.Invalid("face", c.Face.String(), "a discount coupon has no value to pay with")
		}
		d, _ := c.AsDiscount()
		if err := d.Check(); err != nil {
			return order.Within("discount", err)
		}
		return nil
	}
	if c.Discount != (Discount{}) {
		return order.Invalid("discount", "", "belongs to a discount coupon alone")
	}
	if err := c.Face.Check(); err != nil {
		return order.Within("face", err)
	}
	if err := c.Balance.Check(); err != nil {
		return order.Within("balance", err)
	}
	if err := c.PassedOn.Check(); err != nil {
		return order.Within("passedOn", err)
	}
	switch cur := c.Face.Currency(); {
	case c.Face.Sign() <= 0:
		return order.Invalid("face", c.Face.String(), "is not above zero")
	case !between(c.Balance, cur, c.Face.Minor()):
		return order.Invalid("balance", c.Balance.String(), "is not between 0 and the face value, "+c.Face.String())
	case c.PassedOn != (order.Money{}) && !between(c.PassedOn, cur, c.Face.Minor()-c.Balance.Minor()):
		return order.Invalid("passedOn", c.PassedOn.String(), "is not between 0 and what is used of "+c.Face.String())
	case c.Limits.Threshold != (order.Money{}) && c.Limits.Threshold.Currency() != cur:
		return order.Invalid("limits.threshold", c.Limits.Threshold.String(), "is not in the currency of the face value")
	}
	return nil
}

// hasValue reports whether the coupon has, or had, anything to pay with.
func (c *Coupon) hasValue() bool {
	return c.Face != (order.Money{}) || c.Balance != (order.Money{}) || c.PassedOn != (order.Money{})
}

// between reports whether m is an amount in cur from 0 to most minor units.
func between(m order.Money, cur order.Currency, most int64) bool {
	return m.Currency() == cur && m.Sign() >= 0 && m.Minor() <= most
}

func (c *Coupon) checkHold() error {
	held := c.HeldBy != ""
	if c.Kind == KindDiscount {
		held = len(c.HeldFor) > 0
		if c.HeldBy != "" {
			return order.Invalid("heldBy", string(c.HeldBy), "a discount coupon is held by its order")
		}
	} else if len(c.HeldFor) > 0 {
		return order.Invalid("heldFor", string(c.HeldFor[0]), "a coupon that pays is held by a payment")
	}
	if held != (c.State == StateHeld) {
		return order.Invalid("state", string(c.State), "must be held exactly when a payment or an order holds the coupon")
	}
	if c.HeldBy != "" {
		return order.CheckID("heldBy", c.HeldBy)
	}
	for i, id := range c.HeldFor {
		if err := order.CheckID(order.Element("heldFor", i), id); err != nil {
			return err
		}
		if slices.Contains(c.HeldFor[:i], id) {
			return order.Invalid(order.Element("heldFor", i), string(id), "is a duplicate")
		}
	}
	if n := c.allowed(); n > 0 && c.Used+len(c.HeldFor) > n {
		return order.Invalid("heldFor", strconv.Itoa(len(c.HeldFor)), "are more orders than there are uses left of "+strconv.Itoa(n))
	}
	return nil
}

// heldBy reports whether a payment, or for a discount coupon an order, holds it.
func (c *Coupon) heldBy(holder string) bool {
	return holder != "" && string(c.HeldBy) == holder || slices.Contains(c.HeldFor, order.ID(holder))
}

func (l *Limits) check() error {
	if err := l.Scope.Check(); err != nil {
		return err
	}
	for _, p := range l.Projects {
		if err := order.CheckID("projects", p); err != nil {
			return err
		}
	}
	if err := l.Threshold.Check(); err != nil {
		return order.Within("threshold", err)
	}
	if l.Threshold.Sign() < 0 {
		return order.Invalid("threshold", l.Threshold.String(), "is below zero")
	}
	if l.Share.Cmp(order.Percent(100)) > 0 {
		return order.Invalid("share", l.Share.String(), "is more than 1")
	}
	if l.LeastRatio.Cmp(order.Percent(100)) > 0 {
		return order.Invalid("leastRatio", l.LeastRatio.String(), "is more than 1")
	}
	if !slices.Contains(groups, l.Group) {
		return unknown("group", string(l.Group))
	}
	for _, k := range l.Without {
		if err := k.Check(); err != nil {
			return &order.FieldError{Field: "without", Value: string(k), Err: err}
		}
	}
	return nil
}
