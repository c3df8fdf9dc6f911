package desk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
)

// IssueRequest asks for a coupon to be given to its customer.
type IssueRequest struct {
	By     string        `json:"by"`
	Coupon coupon.Coupon `json:"coupon"`
}

// Issue gives a customer a coupon that is new: available or inactive, whole, held by nobody; a
// zero State is available, and a zero Balance is the Face ([coupon.Coupon.Issued]).
// If there is one with this ID, it is returned as it is.
func (d *Desk) Issue(ctx context.Context, x IssueRequest) (coupon.Coupon, error) {
	if err := order.Renamed(checkActor(x.Coupon.Customer, x.By), "customer", "coupon.customer"); err != nil {
		return coupon.Coupon{}, err
	}
	issued, err := issue(x.Coupon, func(decision func(*tx) error) error {
		return d.forHouse(ctx, x.Coupon.Customer, "issue", x.By, decision)
	})
	return issued, order.Renamed(err, "customer", "coupon.customer")
}

// issue is Issue by an operator, or by the Desk for a claim.
func issue(of coupon.Coupon, commit func(decision func(*tx) error) error) (issued coupon.Coupon, err error) {
	c := of.Issued()
	fresh := c.State == coupon.StateAvailable || c.State == coupon.StateInactive
	if used := c.Balance != c.Face || c.Used != 0; !fresh || used || c.Version != 0 {
		return coupon.Coupon{}, order.Invalid("coupon", string(c.ID), "is not new: available or inactive, whole, never used")
	}
	if err := c.Check(); err != nil {
		return coupon.Coupon{}, order.Within("coupon", err)
	}
	err = commit(func(b *tx) error {
		if err := b.Need(ledger.KindCoupon, string(c.ID)); err != nil {
			return err
		}
		var there bool
		if issued, there = ledger.Get(b.Tx, ledger.Coupons, string(c.ID)); there {
			return nil
		}
		b.PutCoupon(ledger.Coupons.Copy(c))
		issued, _ = ledger.Get(b.Tx, ledger.Coupons, string(c.ID))
		return nil
	})
	return issued, err
}

// CouponMove is what the issuer of a coupon can do with it.
//
// One of: activate, freeze, thaw, reclaim.
type CouponMove string

const (
	CouponActivate CouponMove = "activate"
	CouponFreeze   CouponMove = "freeze" // payments and orders that hold it go on
	CouponThaw     CouponMove = "thaw"
	CouponReclaim  CouponMove = "reclaim" // refused while it is held
)

var couponMoves = []CouponMove{CouponActivate, CouponFreeze, CouponThaw, CouponReclaim}

// CouponRequest asks for a move of a customer's coupon.
type CouponRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by"`
	Coupon   coupon.ID        `json:"coupon"`
	Move     CouponMove       `json:"move"`
}

// MoveCoupon activates, freezes, thaws or reclaims a coupon (C2), once. An order past its
// deadline that still holds a discount coupon makes room (O12).
func (d *Desk) MoveCoupon(ctx context.Context, x CouponRequest) (c coupon.Coupon, err error) {
	if err := order.CheckWord("move", x.Move, couponMoves); err != nil {
		return c, err
	}
	if err := order.CheckID("coupon", x.Coupon); err != nil {
		return c, err
	}
	err = d.forHouse(ctx, x.Customer, string(x.Move)+" coupon", x.By, func(b *tx) error {
		if err := b.Need(ledger.KindCoupon, string(x.Coupon)); err != nil {
			return err
		}
		if err := b.vacate(func(other *coupon.Coupon) bool { return other.ID == x.Coupon && x.Move == CouponReclaim }, nil); err != nil {
			return err
		}
		var ok bool
		if c, ok = ledger.Get(b.Tx, ledger.Coupons, string(x.Coupon)); !ok {
			return notHere("coupon", string(x.Coupon), "is not a coupon of the customer")
		}
		after, err := x.Move.apply(c, b.At)
		if err != nil {
			return err
		}
		if after.State != c.State || after.Frozen != c.Frozen {
			b.PutCoupon(after)
		}
		c, _ = ledger.Get(b.Tx, ledger.Coupons, string(x.Coupon))
		return nil
	})
	return c, err
}

// apply makes the move; a coupon on which it has been made stays as it is.
func (m CouponMove) apply(c coupon.Coupon, at time.Time) (coupon.Coupon, error) {
	switch {
	case m == CouponActivate && c.State == coupon.StateInactive:
		return c.Activate(at)
	case m == CouponFreeze && !c.Frozen:
		return c.Freeze(at)
	case m == CouponThaw && c.Frozen:
		return c.Thaw(at)
	case m == CouponReclaim && c.State != coupon.StateReclaimed:
		return c.Reclaim(at)
	}
	return c, nil
}

// IssueCodeRequest asks for a public code.
type IssueCodeRequest struct {
	By   string            `json:"by"`
	Code ledger.PublicCode `json:"code"`
}

// IssueCode makes a public code (C1). If there is one with this text, it is returned as it is.
func (d *Desk) IssueCode(ctx context.Context, x IssueCodeRequest) (issued ledger.PublicCode, err error) {
	code := x.Code
	if code.Version != 0 {
		return ledger.PublicCode{}, order.Invalid("code", code.Code.Code, "is not new")
	}
	if err := order.Renamed(checkActor(code.Issuer, x.By), "customer", "code.issuer"); err != nil {
		return ledger.PublicCode{}, err
	}
	if err := code.Check(); err != nil {
		return ledger.PublicCode{}, order.Within("code", err)
	}
	err = d.forHouse(ctx, code.Issuer, "issue code", x.By, func(b *tx) error {
		if err := b.Need(ledger.KindCode, code.Code.Code); err != nil {
			return err
		}
		var there bool
		if issued, there = ledger.Get(b.Tx, ledger.Codes, code.Code.Code); !there {
			ledger.Put(b.Tx, ledger.Codes, ledger.Codes.Copy(code))
			issued = code
		}
		return nil
	})
	return issued, order.Renamed(err, "customer", "code.issuer")
}

// ClaimRequest names the public code that a customer claims a coupon of.
type ClaimRequest struct {
	Issuer   order.CustomerID `json:"issuer"`
	Code     string           `json:"code"`
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
}

// Claim claims a coupon of a public code for a customer, once (C1, C11): claimed again it is
// the same coupon. Code and coupon belong to two customers, and a commit to one: the claim is
// counted on the code first, and the sweep completes a claim that a crash has left between the
// two. A [*payment.Refusal] says why the code cannot be claimed, and never who has claimed it.
func (d *Desk) Claim(ctx context.Context, r ClaimRequest) (coupon.Coupon, error) {
	r.By = actor(r.By, r.Customer)
	if err := cmp.Or(order.CheckID("issuer", string(r.Issuer)), order.CheckID("code", r.Code), checkActor(r.Customer, r.By)); err != nil {
		return coupon.Coupon{}, err
	}
	c, err := d.customerOf(ctx, r.Issuer)
	if err != nil {
		return coupon.Coupon{}, order.Renamed(err, "customer", "issuer")
	}
	if _, err := d.customerOf(ctx, r.Customer); err != nil {
		return coupon.Coupon{}, err
	}
	id := ledger.ClaimID(r.Issuer, r.Code, r.Customer)
	if err := d.transact(ctx, c, "claim", r.By, func(b *tx) error {
		if err := errors.Join(b.Need(ledger.KindCode, r.Code), b.Need(ledger.KindClaim, id)); err != nil {
			return err
		}
		if _, made := ledger.Get(b.Tx, ledger.Claims, id); made {
			return nil
		}
		x, ok := ledger.Get(b.Tx, ledger.Codes, r.Code)
		if !ok {
			return notHere("code", r.Code, "is no code of "+string(r.Issuer))
		}
		claimed, left, err := x.Claim(coupon.ID(id), r.Customer, b.At)
		var no *coupon.ClaimError
		switch {
		case errors.As(err, &no):
			return payment.Refuse(payment.ReasonCoupon, err)
		case err != nil:
			return err
		}
		wait, _ := b.Policy.WaitAfter(0)
		x.Code = left
		ledger.Put(b.Tx, ledger.Codes, x)
		ledger.Put(b.Tx, ledger.Claims, ledger.Claim{ID: id, Issuer: r.Issuer, State: ledger.ClaimDue, Coupon: claimed, At: b.At, DueAt: b.At.Add(wait)})
		return nil
	}); err != nil {
		return coupon.Coupon{}, err
	}
	return d.completeClaim(ctx, c, id)
}

// completeClaim gives the customer the coupon of a claim, and notes that.
func (d *Desk) completeClaim(ctx context.Context, issuer *call, id string) (issued coupon.Coupon, err error) {
	b, err := d.open(issuer, "claim", payment.ByDesk)
	if err != nil {
		return issued, err
	}
	if err := d.decide(ctx, b, func() error { return b.Need(ledger.KindClaim, id) }); err != nil {
		return issued, err
	}
	claim, _ := ledger.Get(b.Tx, ledger.Claims, id)
	// A claim that is done is looked up, and issues nothing.
	if issued, err = issue(claim.Coupon, func(decision func(*tx) error) error {
		c, err := d.customerOf(ctx, claim.Coupon.Customer)
		if err != nil {
			return err
		}
		return d.transact(ctx, c, "issue", payment.ByDesk, decision)
	}); err != nil || claim.State == ledger.ClaimDone {
		return issued, err
	}
	return issued, d.transact(ctx, issuer, "claimed", payment.ByDesk, func(b *tx) error {
		if err := b.Need(ledger.KindClaim, id); err != nil {
			return err
		}
		if x, _ := ledger.Get(b.Tx, ledger.Claims, id); x.State == ledger.ClaimDue {
			x.State, x.DueAt = ledger.ClaimDone, time.Time{}
			ledger.Put(b.Tx, ledger.Claims, x)
		}
		return nil
	})
}
