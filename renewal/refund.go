package renewal

import (
	"sort"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
)

// Part is one of what paid: a balance, a card, a coupon.
type Part struct {
	Name     string      `json:"name"` // the host's: 1 to 64 printable characters
	Amount   order.Money `json:"amount"`
	Returned order.Money `json:"returned,omitzero"` // by refunds before
	// Kept is what of Amount counts as paid for the whole period since a refund (Q3): what a
	// downgrade keeps, nothing once it was left. Zero: all of it.
	Kept order.Money `json:"kept,omitzero"`
	// Coupon is a cash coupon: it counts as paid, and comes back, only where everything
	// does, and not once it has ended (Q4, Q5).
	Coupon bool      `json:"coupon,omitempty"`
	Ends   time.Time `json:"ends,omitzero"` // of a coupon; zero: never
}

// worth is what of the part counts as paid for the whole period.
func (x *Part) worth() int64 {
	if x.Kept != (order.Money{}) {
		return x.Kept.Minor()
	}
	return x.Amount.Minor()
}

// left is what of the part can still come back.
func (x *Part) left() int64 { return min(x.worth(), x.Amount.Minor()-x.Returned.Minor()) }

// Bought is what a period was paid with, and what of that has come back: Returned gives it
// every refund before the next is found.
type Bought struct {
	Period
	Parts []Part `json:"parts"`
}

// Refund is what comes back, and how that was found (Q3): Back = Paid - Consumed - Fee, where
// the fee is never more than what was not consumed.
type Refund struct {
	Paid          order.Money   `json:"paid"`     // without cash coupons, unless everything comes back
	Used          Fraction      `json:"used"`     // of the period
	Consumed      order.Money   `json:"consumed"` // paid x used, rounded once
	Fee           order.Money   `json:"fee"`      // paid x the rate, rounded once (Q4), at most what was not consumed
	Back          order.Money   `json:"back"`
	Parts         []order.Money `json:"parts"`            // of Back, for each part that paid, in their order (Q6)
	ResidualParts []order.Money `json:"keeps,omitempty"`  // of a downgrade: what each part comes to for the whole period at the new price
	All           bool          `json:"all,omitempty"`    // everything comes back: not begun, or in the window (Q4, Q5)
	Review        bool          `json:"review,omitempty"` // it needs approval first (Q7)
}

// Leave returns what comes back of a period that is left at the given time (Q3, Q4, Q5,
// Q6). A period that has not begun comes back whole; so does one in the window of the
// policy while it has been used fewer times than that allows. Of what was returned before
// nothing comes back again: refunds never add up to more than was paid. The error is an
// [*order.FieldError].
func (b Bought) Leave(at time.Time, times int, p Policy) (Refund, error) {
	if times < 0 {
		return Refund{}, order.Invalid("times", strconv.Itoa(times), "is below zero")
	}
	all := at.Before(b.Start) || p.Leaving.free(b.Start, at, times)
	return b.leave(at, Fraction{}, all, &p)
}

// Downgrade returns what comes back when the price goes down for what is left (Q3): (paid -
// consumed) x (old - new) / old - fee, not below zero. Keeps is what the period counts as
// bought with from then on, for what comes back later: paid x new / old, rounded once.
func (b Bought) Downgrade(old, cheaper order.Money, at time.Time, p Policy) (Refund, error) {
	if err := checkPrice("old", old, old.Currency()); err != nil {
		return Refund{}, err
	}
	if err := checkPrice("new", cheaper, old.Currency()); err != nil {
		return Refund{}, err
	}
	if cheaper.Minor() >= old.Minor() {
		return Refund{}, order.Invalid("new", cheaper.String(), "is not less than "+old.String()+": only what costs less gives money back")
	}
	return b.leave(at, Fraction{cheaper.Minor(), old.Minor()}, false, &p)
}

// Carried returns what is left of each part that paid: what it comes to for the whole of a period
// that a change begins at the given time (Q8). It is what would come back if the period were left
// then without a fee; nothing of a coupon that comes back whole or not at all.
func (b Bought) Carried(at time.Time, p Policy) ([]order.Money, error) {
	p.Leaving.Fees, p.Leaving.Approve = nil, order.Money{}
	f, err := b.leave(latest(at, b.Start), Fraction{}, false, &p)
	return f.Parts, err
}

// leave gives back what is not needed any more; all is without use and fee. stays is the share
// of the price that a downgrade leaves, and zero where nothing stays.
func (b *Bought) leave(at time.Time, stays Fraction, all bool, p *Policy) (Refund, error) {
	if err := b.checkLeaving(at, all, p); err != nil {
		return Refund{}, err
	}
	weights, paid, cur, err := b.open(at, all)
	if err != nil {
		return Refund{}, err
	}
	r := Refund{Paid: order.Minor(paid, cur), Used: Fraction{0, 1}, All: all, Consumed: order.Minor(0, cur), Fee: order.Minor(0, cur)}
	if !all {
		used, total := b.used(at, p)
		r.Used = Fraction{used, total}
		if r.Consumed, err = scale(r.Paid, r.Used, 0, p.Rounding); err != nil {
			return Refund{}, err
		}
		if r.Fee, err = r.Paid.MulRate(p.feeRate(&b.Period, at), p.Rounding); err != nil {
			return Refund{}, err
		}
	}
	unused := paid - r.Consumed.Minor()
	rest := unused
	if stays != (Fraction{}) {
		m, err := scaleBy(r.Paid, Fraction{r.Used.Den - r.Used.Num, r.Used.Den}, Fraction{stays.Den - stays.Num, stays.Den}, p.Rounding)
		if err != nil {
			return Refund{}, err
		}
		rest = min(rest, m.Minor())
	}
	r.Fee = order.Minor(min(r.Fee.Minor(), rest), cur)
	if err := r.divide(rest-r.Fee.Minor(), weights, cur); err != nil {
		return Refund{}, err
	}
	if stays != (Fraction{}) {
		if r.ResidualParts, err = b.keeps(&r, stays, unused-rest, p); err != nil {
			return Refund{}, err
		}
	}
	limit := p.Leaving.Approve
	r.Review = limit != (order.Money{}) && limit.Currency() == cur && r.Back.Minor() > limit.Minor()
	return r, nil
}

// checkLeaving checks policy, time and period; all that was paid can come back before the
// period has begun.
func (b *Bought) checkLeaving(at time.Time, all bool, p *Policy) error {
	if err := p.Check(); err != nil {
		return order.Within("policy", err)
	}
	if err := checkTime("at", at); err != nil {
		return err
	}
	if all && at.Before(b.Start) {
		at = b.Start
	}
	return b.check(at, p)
}

// divide gives back an amount, but no more than can come back, over the parts by what can come
// back of each.
func (r *Refund) divide(amount int64, weights []int64, cur order.Currency) error {
	left := int64(0)
	for _, w := range weights {
		left += w
	}
	r.Back = order.Minor(min(left, amount), cur)
	r.Parts = make([]order.Money, len(weights))
	if left == 0 {
		for i := range r.Parts {
			r.Parts[i] = order.Minor(0, cur)
		}
		return nil
	}
	if err := r.Back.SplitInto(r.Parts, weights); err != nil {
		return order.Within("parts", err)
	}
	return nil
}

// keeps divides what was paid, at the share of the price that stays, over the parts, in
// proportion to what of each does not come back: none then has more than that, and what is
// left of it now is not more than rest. A coupon, which comes back whole or not at all, is
// what it is.
func (b *Bought) keeps(r *Refund, stays Fraction, rest int64, p *Policy) ([]order.Money, error) {
	worth, err := scale(r.Paid, stays, 0, p.Rounding)
	if err != nil {
		return nil, err
	}
	cur := worth.Currency()
	keeps, weights, sum := make([]order.Money, len(b.Parts)), make([]int64, len(b.Parts)), int64(0)
	for i := range b.Parts {
		x := &b.Parts[i]
		keeps[i] = order.Minor(0, cur)
		if !x.Coupon {
			weights[i] = x.left() - r.Parts[i].Minor()
		}
		sum += weights[i]
	}
	worth = r.Used.within(worth, rest, p.Rounding)
	if sum > 0 {
		if err := worth.SplitInto(keeps, weights); err != nil {
			return nil, order.Within("parts", err)
		}
	}
	for i := range b.Parts {
		if x := &b.Parts[i]; x.Coupon {
			keeps[i] = order.Minor(x.worth(), cur)
		}
	}
	return keeps, nil
}

// within returns the most, up to worth, of which what is left after the share is used is not
// more than rest, both rounded.
func (f Fraction) within(worth order.Money, rest int64, mode order.Rounding) order.Money {
	more := func(n int64) bool {
		consumed, err := scale(order.Minor(n, worth.Currency()), f, 0, mode)
		return err != nil || n-consumed.Minor() > rest
	}
	if !more(worth.Minor()) {
		return worth
	}
	n := sort.Search(int(worth.Minor()), func(n int) bool { return more(int64(n) + 1) })
	return order.Minor(int64(n), worth.Currency())
}

// open returns what can still come back of each part, and what was paid of what can.
func (b *Bought) open(at time.Time, all bool) (weights []int64, paid int64, cur order.Currency, err error) {
	if len(b.Parts) == 0 {
		return nil, 0, 0, order.Invalid("parts", "", "is required: say what paid")
	}
	cur = b.Parts[0].Amount.Currency()
	weights = make([]int64, len(b.Parts))
	for i := range b.Parts {
		x := &b.Parts[i]
		if err := x.check(cur); err != nil {
			return nil, 0, 0, order.Within(order.Element("parts", i), err)
		}
		ended := !x.Ends.IsZero() && at.Unix() > x.Ends.Unix()
		if stays := !all || ended || x.left() == 0; stays && x.Coupon {
			continue // it stays used, has ended, or came back before
		}
		weights[i] = x.left()
		if paid += x.worth(); paid > maxMinor {
			return nil, 0, 0, &order.FieldError{Field: "parts", Reason: "add up to more than 18 digits", Err: order.ErrOverflow}
		}
	}
	return weights, paid, cur, nil
}

// check checks a part, whose amounts are in one currency.
func (x *Part) check(cur order.Currency) error {
	if err := order.CheckID("name", x.Name); err != nil {
		return err
	}
	if err := checkPrice("amount", x.Amount, cur); err != nil {
		return err
	}
	if x.Returned != (order.Money{}) {
		if err := checkPrice("returned", x.Returned, cur); err != nil {
			return err
		}
	}
	if x.Returned.Minor() > x.Amount.Minor() {
		return order.Invalid("returned", x.Returned.String(), "is more than was paid, "+x.Amount.String())
	}
	if x.Kept != (order.Money{}) {
		return checkPrice("kept", x.Kept, cur)
	}
	return nil
}

// Returned returns what was bought after the refund was given: of what was left nothing
// counts as paid any more, of a downgrade what it keeps. A refund that was found of something
// else, or before another one was given, is refused: find it again. The error is an
// [*order.FieldError].
func (b Bought) Returned(r Refund) (Bought, error) {
	if len(r.Parts) != len(b.Parts) {
		return b, order.Invalid("refund.parts", strconv.Itoa(len(r.Parts)), "are not those of what was bought")
	}
	if r.ResidualParts != nil && len(r.ResidualParts) != len(b.Parts) {
		return b, order.Invalid("refund.keeps", strconv.Itoa(len(r.ResidualParts)), "are not those of what was bought")
	}
	parts, paid := make([]Part, len(b.Parts)), int64(0)
	for i, x := range b.Parts {
		sum, err := x.Returned.Add(r.Parts[i])
		if err != nil {
			return b, order.Within("refund."+order.Element("parts", i), err)
		}
		if r.Parts[i].Minor() > x.left() || r.Parts[i].Sign() < 0 {
			return b, order.Invalid("refund."+order.Element("parts", i), r.Parts[i].String(), "is more than is left of what was paid")
		}
		if !x.Coupon || r.Parts[i].Sign() > 0 {
			paid += x.worth()
		}
		x.Returned, x.Kept = sum, order.Minor(0, x.Amount.Currency())
		if r.ResidualParts != nil {
			x.Kept = r.ResidualParts[i]
		}
		if err := checkPrice("refund."+order.Element("keeps", i), x.Kept, x.Amount.Currency()); err != nil {
			return b, err
		}
		parts[i] = x
	}
	if r.Paid.Minor() != paid {
		return b, order.Invalid("refund.paid", r.Paid.String(), "is not what counts as paid now: find the refund again")
	}
	b.Parts = parts
	return b, nil
}

// Draft returns the order that gives the refund back for a resource: one of type
// unsubscribe, or downgrade, to be approved first where the refund needs it (Q7).
func (r Refund) Draft(id order.ID, typ order.Type, of Resource, p Policy) (order.Draft, error) {
	if typ != order.TypeUnsubscribe && typ != order.TypeDowngrade {
		return order.Draft{}, order.Invalid("type", string(typ), "gives nothing back: it is unsubscribe or downgrade")
	}
	if err := of.Check(p); err != nil {
		return order.Draft{}, order.Within("resource", err)
	}
	return order.Draft{ID: id, Customer: of.Customer, User: of.User, Project: of.Project, Type: typ, Review: r.Review, Lines: []order.Line{{
		Product: of.Product, Service: of.Service, Region: of.Region, Resource: of.ID, Count: of.Count, Charge: of.Charge, Amount: r.Back.Neg(),
	}}}, nil
}
