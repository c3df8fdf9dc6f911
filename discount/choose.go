package discount

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
)

// Reason says how a candidate fared in the choice (D7).
//
// One of: chosen; saves less than the chosen one; saves as much, but its kind comes later;
// saves as much and is of the same kind, but its ID comes later; the partner set another,
// which must be used; the discount of the order is locked; has not begun; has ended; covers no
// line of the order; saves nothing; is in another currency than the order; its kind does not
// compete in the automatic choice; its rule refused the order or broke its promise.
type Reason string

const (
	ReasonChosen       Reason = "chosen"
	ReasonSavesLess    Reason = "saves less than the chosen one"
	ReasonKind         Reason = "saves as much, but its kind comes later"
	ReasonID           Reason = "saves as much and is of the same kind, but its ID comes later"
	ReasonPartner      Reason = "the partner set another, which must be used"
	ReasonLocked       Reason = "the discount of the order is locked"
	ReasonNotBegun     Reason = "has not begun"
	ReasonEnded        Reason = "has ended"
	ReasonNotCovered   Reason = "covers no line of the order"
	ReasonSavesNothing Reason = "saves nothing"
	ReasonCurrency     Reason = "is in another currency than the order"
	ReasonNoCompeting  Reason = "its kind does not compete in the automatic choice"
	ReasonRule         Reason = "its rule refused the order or broke its promise"
)

// Verdict is how one candidate fared.
type Verdict struct {
	Kind   Kind
	ID     ID
	Reason Reason
	Off    order.Money // what it would take off, where that was found out
}

// Choice is the outcome of [Choose].
type Choice struct {
	Best     int         // index of the chosen candidate, -1: none
	Off      order.Money // what it takes off
	Verdicts []Verdict   // one for each candidate, in the order given
}

// String tells the choice and, line by line, why each other candidate lost.
func (c Choice) String() string {
	var b strings.Builder
	for _, v := range c.Verdicts {
		fmt.Fprintf(&b, "%s %q: %s", v.Kind, string(v.ID), v.Reason)
		if v.Off.Sign() != 0 {
			fmt.Fprintf(&b, " (%s off)", v.Off)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Choose finds the candidate that reduces o the most at the given time (D7): of equal
// ones by kind, then by ID; a partner-adjusted one that can be used comes before all
// others (D5). The order in which candidates are given does not matter. It applies
// nothing: [Apply] does, or [ApplyIn] for a member of a purchase. By default promotional
// discounts and discount coupons do not compete: see [Policy]. The error is an
// [*order.FieldError] for an order, candidate or policy that is not valid or a candidate
// given twice, an [*order.MoveError] where o cannot be reduced.
func Choose(o order.Order, candidates []Discount, at time.Time, p Policy) (Choice, error) {
	c, err := newChooser(candidates, at, p)
	if err != nil {
		return Choice{Best: -1}, err
	}
	return c.choose(&o, make([]Verdict, len(candidates)))
}

// ChooseEach is [Choose] for each of several orders: the candidates are checked once.
// The choices are in the order of the orders. An error names the first order that
// cannot be reduced.
func ChooseEach(orders []order.Order, candidates []Discount, at time.Time, p Policy) ([]Choice, error) {
	c, err := newChooser(candidates, at, p)
	if err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(orders)*len(candidates))
	choices := make([]Choice, len(orders))
	for i := range orders {
		n := i * len(candidates)
		if choices[i], err = c.choose(&orders[i], verdicts[n:n+len(candidates):n+len(candidates)]); err != nil {
			return nil, err
		}
	}
	return choices, nil
}

// chooser holds what a choice needs to know of the candidates, computed once.
type chooser struct {
	candidates []Discount
	early      []Reason // why a candidate is out for every order; "": it is not
	at         time.Time
	policy     Policy
	cuts       []order.Cut // scratch
}

func newChooser(candidates []Discount, at time.Time, p Policy) (*chooser, error) {
	at, err := order.Second(at)
	if err != nil {
		return nil, err
	}
	if err := p.Check(); err != nil {
		return nil, order.Within("policy", err)
	}
	type name struct {
		kind Kind
		id   ID
	}
	seen := make(map[name]bool, len(candidates))
	early := make([]Reason, len(candidates))
	for i := range candidates {
		d := &candidates[i]
		if err := d.Check(); err != nil {
			return nil, order.Within(order.Element("candidates", i), err)
		}
		if seen[name{d.Kind, d.ID}] {
			return nil, order.Invalid(order.Element("candidates", i), string(d.ID), "is a duplicate")
		}
		seen[name{d.Kind, d.ID}] = true
		switch {
		case !d.Window.Begun(at):
			early[i] = ReasonNotBegun
		case d.Window.Ended(at):
			early[i] = ReasonEnded
		case !p.competes(d.Kind):
			early[i] = ReasonNoCompeting
		}
	}
	return &chooser{candidates: candidates, early: early, at: at, policy: p}, nil
}

func (c *chooser) choose(o *order.Order, verdicts []Verdict) (Choice, error) {
	choice := Choice{Best: -1, Verdicts: verdicts}
	if err := o.Check(); err != nil {
		return choice, order.Within("order", err)
	}
	if err := o.Reducible(c.at); err != nil {
		return choice, err
	}
	cur := o.Currency()
	locked := unlocked(o, "", c.at, &c.policy) != nil || fixed(o, c.at)
	for i := range c.candidates {
		d := &c.candidates[i]
		why, off := c.early[i], order.Money{}
		if locked && d.Kind != KindPartnerAdjusted {
			why = ReasonLocked
		}
		if why == "" {
			off, why = c.off(o, d, cur)
		}
		verdicts[i] = Verdict{Kind: d.Kind, ID: d.ID, Reason: why, Off: off}
		if why == "" && (choice.Best < 0 || c.beats(i, choice.Best, verdicts)) {
			choice.Best, choice.Off = i, off
		}
	}
	for i := range verdicts {
		if verdicts[i].Reason == "" {
			verdicts[i].Reason = c.lost(i, choice.Best, verdicts)
		}
	}
	return choice, nil
}

// fixed reports whether the discount that o has cannot be replaced (D5, D6).
func fixed(o *order.Order, at time.Time) bool {
	switch o.Reduction.Lock {
	case order.LockPartner:
		return true
	case order.LockConfirmed:
		return !o.Confirming(at)
	}
	return false
}

// off returns how much d takes off o, or why it is out.
func (c *chooser) off(o *order.Order, d *Discount, cur order.Currency) (order.Money, Reason) {
	cuts, err := d.cut(c.cuts, o, c.policy.Rounding)
	c.cuts = cuts
	switch {
	case err == nil:
	case errors.Is(err, ErrNotCovered):
		return order.Money{}, ReasonNotCovered
	case errors.Is(err, order.ErrCurrency):
		return order.Money{}, ReasonCurrency
	default:
		return order.Money{}, ReasonRule
	}
	var sum int64
	for i := range cuts {
		sum += cuts[i].Off.Minor()
	}
	off := order.Minor(sum, cur)
	if sum == 0 && d.Kind != KindPartnerAdjusted { // which must be used even so (D5)
		return off, ReasonSavesNothing
	}
	return off, ""
}

// beats reports whether candidate i comes before candidate j (D5, D7).
func (c *chooser) beats(i, j int, v []Verdict) bool {
	a, b := &v[i], &v[j]
	if pa, pb := a.Kind == KindPartnerAdjusted, b.Kind == KindPartnerAdjusted; pa != pb {
		return pa
	}
	if a.Off != b.Off {
		return a.Off.Minor() > b.Off.Minor()
	}
	if a.Kind != b.Kind {
		return a.Kind.rank() < b.Kind.rank()
	}
	return a.ID < b.ID
}

// lost says why candidate i, which could be used, was not chosen.
func (c *chooser) lost(i, best int, v []Verdict) Reason {
	switch a, b := &v[i], &v[best]; {
	case i == best:
		return ReasonChosen
	case b.Kind == KindPartnerAdjusted && a.Kind != KindPartnerAdjusted:
		return ReasonPartner
	case a.Off != b.Off:
		return ReasonSavesLess
	case a.Kind != b.Kind:
		return ReasonKind
	}
	return ReasonID
}
