package coupon

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duebook/duebook/order"
)

// Code is a public code that customers claim coupons with (C1). Its counter is part of the
// record, so that no race claims more coupons than there are (C11).
type Code struct {
	Code    string       `json:"code"`            // 1 to 64 printable characters
	Window  order.Window `json:"window,omitzero"` // when it can be claimed
	Left    int          `json:"left"`            // how many coupons are left to claim
	Coupon  Template     `json:"coupon"`          // what is claimed
	Version int64        `json:"version,omitempty"`
}

// Template is a coupon without a customer: ID, customer, state and balance are set when it is
// claimed.
type Template Coupon

// coupon returns the coupon that a customer claims.
func (t Template) coupon(id ID, customer order.CustomerID) Coupon {
	c := Coupon(t)
	c.ID, c.Customer, c.State, c.Balance = id, customer, StateAvailable, c.Face
	c.Used, c.Ends, c.PassedOn, c.From, c.HeldBy, c.HeldFor, c.Version, c.DueAt = 0, time.Time{}, order.Money{}, "", "", nil, 0, time.Time{}
	return c
}

// Check reports the first thing about c that is not valid, as an [*order.FieldError].
func (c Code) Check() error {
	if err := order.CheckID("code", c.Code); err != nil {
		return err
	}
	if err := c.Window.Check(); err != nil {
		return order.Within("window", err)
	}
	if c.Left < 0 {
		return order.Invalid("left", strconv.Itoa(c.Left), "is below zero")
	}
	if c.Version < 0 {
		return order.Invalid("version", strconv.FormatInt(c.Version, 10), "is below zero")
	}
	if err := c.Coupon.coupon("id", "customer").Check(); err != nil {
		return order.Within("coupon", err)
	}
	return nil
}

// Claim makes a coupon of the code for a customer: available, whole, under the given ID,
// and returns the code with one less left. The ID should derive from code and customer,
// so that claiming twice is claiming once. On an error the coupon is the zero Coupon and
// the code as it was: a [*ClaimError] outside the window, after the coupon's own end or
// when none is left, an [*order.FieldError] for what is not valid.
func (c Code) Claim(id ID, customer order.CustomerID, at time.Time) (Coupon, Code, error) {
	at, err := order.Second(at)
	if err != nil {
		return Coupon{}, c, err
	}
	if err := c.Check(); err != nil {
		return Coupon{}, c, order.Within("code", err)
	}
	claimed := c.Coupon.coupon(id, customer)
	if err := claimed.Check(); err != nil {
		return Coupon{}, c, err
	}
	advice := ""
	switch {
	case !c.Window.Contains(at):
		advice = "can be claimed " + c.Window.String()
	case claimed.Window.Ended(at):
		advice = "is for a coupon that was valid " + claimed.Window.String()
	case c.Left == 0:
		advice = "has been claimed"
	}
	if advice != "" {
		return Coupon{}, c, &ClaimError{Code: c.Code, Err: ErrState, Do: advice}
	}
	c.Left--
	return claimed, c, nil
}

// Activate makes an inactive coupon available.
func (c Coupon) Activate(at time.Time) (Coupon, error) {
	after := c
	after.State = StateAvailable
	return c.move(after, "activate", at, c.State == StateInactive, "it is active already, or over")
}

// Freeze keeps the coupon from being used until it is thawed; payments and orders that hold it
// go on.
func (c Coupon) Freeze(at time.Time) (Coupon, error) {
	after := c
	after.Frozen = true
	return c.move(after, "freeze", at, !c.State.Final(), "it is over")
}

// Thaw undoes Freeze.
func (c Coupon) Thaw(at time.Time) (Coupon, error) {
	after := c
	after.Frozen = false
	return c.move(after, "thaw", at, !c.State.Final(), "it is over")
}

// Reclaim takes the coupon back, unless it is held or over.
func (c Coupon) Reclaim(at time.Time) (Coupon, error) {
	after := c
	after.State = StateReclaimed
	return c.move(after, "reclaim", at, c.free(), "it is held, or over")
}

// Expire ends a coupon whose window has ended and that nobody holds.
func (c Coupon) Expire(at time.Time) (Coupon, error) {
	after := c
	after.State = StateExpired
	return c.move(after, "expire", at, c.free() && c.Validity().Ended(at), "it is held, over, or valid "+c.Validity().String())
}

// free reports whether nobody holds the coupon and it is not over.
func (c *Coupon) free() bool { return c.State == StateInactive || c.State == StateAvailable }

// Hold holds the whole coupon for a payment (C10). What it may pay has been judged by
// [Use] or [Choose] at the same instant.
func (c Coupon) Hold(payment order.PaymentID, at time.Time) (Coupon, error) {
	if c.Kind == KindDiscount {
		return c.move(c, "hold", at, false, "a discount coupon is held for its order")
	}
	c = c.Issued()
	after := c
	after.State, after.HeldBy = StateHeld, payment
	return c.hold(after, string(payment), at)
}

// HoldFor holds a use of a discount coupon for an order, from its placement until the
// order is paid ([Coupon.Use]), or canceled, voided or reduced by something else
// ([Coupon.Release]) (C2). As many orders may hold it as uses are left, each of them one
// (C13).
func (c Coupon) HoldFor(o order.ID, at time.Time) (Coupon, error) {
	if c.Kind != KindDiscount {
		return c.move(c, "hold", at, false, "a coupon that pays is held by a payment")
	}
	c = c.Issued()
	after := c
	if slices.Contains(c.HeldFor, o) {
		return c.move(c, "hold", at, false, "order "+string(o)+" holds it already")
	}
	after.State, after.HeldFor = StateHeld, append(slices.Clip(c.HeldFor), o)
	return c.hold(after, string(o), at)
}

func (c Coupon) hold(after Coupon, holder string, at time.Time) (Coupon, error) {
	if err := order.CheckID("holder", holder); err != nil {
		return c, err
	}
	v := c.usableNow(at)
	return c.move(after, "hold", at, v.Reason == "", "it "+v.reason())
}

// Use settles the hold: holder is the payment, or the order of a discount coupon, and
// paid is what the coupon paid, zero Money for a discount coupon. A reusable coupon goes
// back to available while anything is left and its window and its uses allow, and so does
// a discount coupon with uses left that no other order holds; else it is used, or expired
// when it has ended since (C2, C10).
func (c Coupon) Use(holder string, paid order.Money, at time.Time) (Coupon, error) {
	left, err := c.Balance.Sub(paid)
	switch {
	case err != nil:
		return c, order.Within("paid", err)
	case c.Kind == KindDiscount && paid != (order.Money{}):
		return c, order.Invalid("paid", paid.String(), "a discount coupon pays nothing")
	case paid.Sign() < 0 || left.Sign() < 0:
		return c, order.Invalid("paid", paid.String(), "is not between 0 and the balance, "+c.Balance.String())
	}
	after := c
	after.Balance, after.Used = left, c.Used+1
	if c.Span != (order.Term{}) && c.Used == 0 {
		end := c.Span.Nth(at.UTC(), 1)
		if end.IsZero() { // no later time is known
			end = time.Date(9998, 12, 31, 0, 0, 0, 0, time.UTC)
		}
		after.Ends = end.Add(-time.Second).Truncate(time.Second)
	}
	return c.letGo(after, "use", holder, at)
}

// rest is the state of a coupon that nobody holds any more: used if nothing is left of it, or
// if it paid and keeps no balance.
func (c *Coupon) rest(used bool, at time.Time) State {
	once := used && !c.Reusable && c.Kind != KindDiscount
	switch {
	case once || c.empty() || c.usedUp():
		return StateUsed
	case c.Validity().Ended(at):
		return StateExpired
	}
	return StateAvailable
}

// Release gives the hold up: the coupon is available again, or expired when it has ended
// since (C10); a discount coupon that other orders hold stays held.
func (c Coupon) Release(holder string, at time.Time) (Coupon, error) {
	return c.letGo(c, "release", holder, at)
}

// Return gives back what the coupon paid, if all that it paid for is undone (Q5): a reusable
// coupon has that much more, any other is whole again as before its one use. A used coupon is
// available again, unless other uses have used it up. A coupon that has ended or been
// reclaimed stays as it is. undone says that all that one payment used of the coupon is now
// back, so that the payment counts as no use. A discount coupon paid nothing: one use of it
// comes back (C14).
func (c Coupon) Return(paid order.Money, undone bool, at time.Time) (Coupon, error) {
	whole, err := c.Balance.Add(paid)
	if err != nil {
		return c, order.Within("paid", err)
	}
	if err := c.checkReturn(paid, whole); err != nil {
		return c, err
	}
	after := c
	if (!c.State.Final() || c.State == StateUsed) && !c.Validity().Ended(at) {
		after.Balance = whole
		if undone || c.Kind == KindDiscount {
			after.Used--
		}
		if after.Used == 0 {
			after.Ends = time.Time{}
		}
		if c.State == StateUsed && !after.usedUp() {
			after.State = StateAvailable
		}
	}
	return c.move(after, "return", at, true, "")
}

// checkReturn checks that a coupon has paid what it gets back, which makes its balance whole.
func (c *Coupon) checkReturn(paid, whole order.Money) error {
	switch {
	case c.Kind == KindDiscount:
		if paid != (order.Money{}) || c.Used == 0 {
			return order.Invalid("paid", paid.String(), "must be zero, after at least one use: a discount coupon paid nothing, and one use comes back")
		}
	case c.PassedOn.Sign() > 0:
		return order.Invalid("paid", paid.String(), "must come back as a new coupon, as "+c.PassedOn.String()+" of this one did")
	case paid.Sign() <= 0 || whole.Minor() > c.Face.Minor() || c.Used == 0:
		return order.Invalid("paid", paid.String(), "is not above zero, or more than the coupon paid")
	}
	return nil
}

// PassOn gives back a part of what a coupon of a single use paid, as a new coupon (C14): of
// the same kind, limits and window, without a threshold, worth that part. The new one keeps
// its balance, so that what comes back of it later is added to it, and is not split further.
// The error is a [*MoveError] if the coupon is reusable, a discount or ended, and an
// [*order.FieldError] for a part that is not above zero, or more than is used.
func (c Coupon) PassOn(id ID, part order.Money, at time.Time) (after, fresh Coupon, err error) {
	sum := part
	if c.PassedOn != (order.Money{}) {
		if sum, err = c.PassedOn.Add(part); err != nil {
			return c, Coupon{}, order.Within("part", err)
		}
	}
	if part.Sign() <= 0 {
		return c, Coupon{}, order.Invalid("part", part.String(), "is not above zero")
	}
	after = c
	after.PassedOn = sum
	paidOnce := c.Kind != KindDiscount && !c.Reusable && c.State == StateUsed
	if after, err = c.move(after, "pass on", at, paidOnce && !c.Window.Ended(at), "it has not been used, can be used more than once, or has ended"); err != nil {
		return c, Coupon{}, err
	}
	fresh = c
	fresh.ID, fresh.From, fresh.State, fresh.Face, fresh.Balance, fresh.Reusable = id, c.ID, StateAvailable, part, part, true
	fresh.Uses, fresh.Used, fresh.PassedOn, fresh.Limits.Threshold, fresh.Version, fresh.DueAt = 0, 0, order.Money{}, order.Money{}, 0, time.Time{}
	if err := fresh.Check(); err != nil {
		return c, Coupon{}, err
	}
	return after, fresh, nil
}

// letGo is a move that ends the hold of holder.
func (c Coupon) letGo(after Coupon, name, holder string, at time.Time) (Coupon, error) {
	if c.State == StateHeld && !c.heldBy(holder) {
		return c, &MoveError{Coupon: c.ID, From: c.State, Move: name, Err: ErrHolder, Do: c.holders() + " holds it, not " + holder}
	}
	after.HeldBy, after.HeldFor = "", nil
	for _, o := range c.HeldFor {
		if string(o) != holder {
			after.HeldFor = append(after.HeldFor, o)
		}
	}
	if after.HeldFor == nil {
		after.State = after.rest(after.Used > c.Used, at)
	}
	return c.move(after, name, at, c.State == StateHeld, "nobody holds it")
}

// holders names who holds the coupon.
func (c *Coupon) holders() string {
	if c.HeldBy != "" {
		return string(c.HeldBy)
	}
	list := make([]string, len(c.HeldFor))
	for i, o := range c.HeldFor {
		list[i] = string(o)
	}
	return strings.Join(list, ", ")
}

// move returns after, or c and an error if c, the time or after is not valid, or the move is
// not allowed.
func (c Coupon) move(after Coupon, name string, at time.Time, allowed bool, advice string) (Coupon, error) {
	if _, err := order.Second(at); err != nil {
		return c, err
	}
	if err := c.Check(); err != nil {
		return c, err
	}
	if !allowed {
		return c, &MoveError{Coupon: c.ID, From: c.State, Move: name, Err: ErrState, Do: advice}
	}
	if err := after.Check(); err != nil {
		return c, err
	}
	return after, nil
}

// usable says why the coupon cannot be used by anybody at the given time; "": it can.
func (c *Coupon) usable(at time.Time) Reason {
	switch {
	case c.State == StateInactive:
		return ReasonInactive
	case c.State == StateUsed, c.usedUp():
		return ReasonUsedUp
	case c.taken():
		return ReasonHeld
	case c.State == StateExpired, c.Validity().Ended(at):
		return ReasonExpired
	case c.State == StateReclaimed:
		return ReasonReclaimed
	case c.Frozen:
		return ReasonFrozen
	case !c.Window.Begun(at):
		return ReasonNotBegun
	}
	return ""
}

// usableNow is the verdict of usable, with who holds the coupon.
func (c *Coupon) usableNow(at time.Time) Verdict {
	v := Verdict{Coupon: c.ID, Reason: c.usable(at)}
	if v.Reason == ReasonHeld {
		v.Payment = c.HeldBy
		if len(c.HeldFor) > 0 {
			v.Order = c.HeldFor[0]
		}
	}
	return v
}
