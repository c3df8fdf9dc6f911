package payment

import (
	"context"
	"errors"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// Issue gives a customer a coupon that is new: available or inactive, whole, held by
// nobody. One that is there under its ID is returned as it is.
func (d *Desk) Issue(ctx context.Context, by string, c coupon.Coupon) (issued coupon.Coupon, err error) {
	if c.State != coupon.StateAvailable && c.State != coupon.StateInactive || c.Balance != c.Face || c.Used != 0 || c.Version != 0 {
		return coupon.Coupon{}, field("coupon", string(c.ID), "is not new: available or inactive, whole, never used")
	}
	if err := checkActor(c.Customer, by); err != nil {
		return coupon.Coupon{}, err
	}
	if err := c.Check(); err != nil {
		return coupon.Coupon{}, under("coupon "+string(c.ID), err)
	}
	err = d.forCustomer(ctx, c.Customer, "issue", by, func(b *book) error {
		if err := b.need(KindCoupon, string(c.ID)); err != nil {
			return err
		}
		var there bool
		if issued, there = get(b, coupons, string(c.ID)); there {
			return nil
		}
		b.putCoupon(cloneCoupon(c))
		issued, _ = get(b, coupons, string(c.ID))
		return nil
	})
	return issued, err
}

// CouponMove is what whoever issued a coupon can do with it.
type CouponMove string

const (
	CouponActivate CouponMove = "activate"
	CouponFreeze   CouponMove = "freeze" // whoever holds it goes on
	CouponThaw     CouponMove = "thaw"
	CouponReclaim  CouponMove = "reclaim" // refused while it is held
)

var couponMoves = []CouponMove{CouponActivate, CouponFreeze, CouponThaw, CouponReclaim}

// MoveCoupon activates, freezes, thaws or reclaims a coupon (C2), once. An order past its
// deadline that still holds a discount coupon makes room (O12).
func (d *Desk) MoveCoupon(ctx context.Context, customer order.CustomerID, by string, id coupon.ID, m CouponMove) (c coupon.Coupon, err error) {
	if err := checkWord("move", m, couponMoves); err != nil {
		return c, err
	}
	if err := order.CheckID("coupon", id); err != nil {
		return c, err
	}
	err = d.forCustomer(ctx, customer, string(m)+" coupon", by, func(b *book) error {
		if err := b.need(KindCoupon, string(id)); err != nil {
			return err
		}
		if err := b.vacate(func(x *coupon.Coupon) bool { return x.ID == id && m == CouponReclaim }, nil); err != nil {
			return err
		}
		var ok bool
		var err error
		if c, ok = get(b, coupons, string(id)); !ok {
			return refusef(ReasonCoupon, "coupon %s: there is none of this customer", id)
		}
		after := c
		switch m {
		case CouponActivate:
			if c.State == coupon.StateInactive {
				after, err = c.Activate(b.at)
			}
		case CouponFreeze:
			if !c.Frozen {
				after, err = c.Freeze(b.at)
			}
		case CouponThaw:
			if c.Frozen {
				after, err = c.Thaw(b.at)
			}
		case CouponReclaim:
			if c.State != coupon.StateReclaimed {
				after, err = c.Reclaim(b.at)
			}
		}
		if err != nil {
			return err
		}
		if after.State != c.State || after.Frozen != c.Frozen {
			b.putCoupon(after)
		}
		c, _ = get(b, coupons, string(id))
		return nil
	})
	return c, err
}

// IssueCode makes a public code (C1). One that is there is returned as it is.
func (d *Desk) IssueCode(ctx context.Context, by string, code PublicCode) (issued PublicCode, err error) {
	if code.Version != 0 {
		return PublicCode{}, field("code", code.Code.Code, "is not new")
	}
	if err := checkActor(code.Issuer, by); err != nil {
		return PublicCode{}, err
	}
	if err := code.Check(); err != nil {
		return PublicCode{}, under("code "+code.Code.Code, err)
	}
	err = d.forCustomer(ctx, code.Issuer, "issue code", by, func(b *book) error {
		if err := b.need(KindCode, code.Code.Code); err != nil {
			return err
		}
		var there bool
		if issued, there = get(b, publicCodes, code.Code.Code); !there {
			put(b, publicCodes, publicCodes.copy(code))
			issued = code
		}
		return nil
	})
	return issued, err
}

// Claim claims a coupon of a public code for a customer, once (C1, C11): claimed again it
// is the same coupon. Code and coupon belong to two, and a commit to one: the claim is
// counted on the code first, and what a crash leaves between the two the sweep completes. A
// [*Refusal] says of the code alone why it cannot be claimed: not who has.
func (d *Desk) Claim(ctx context.Context, issuer order.CustomerID, code string, customer order.CustomerID, by string) (coupon.Coupon, error) {
	if err := checkIDs(namedWord{"issuer", string(issuer)}, namedWord{"code", code}, namedWord{"customer", string(customer)}, namedWord{"by", by}); err != nil {
		return coupon.Coupon{}, err
	}
	c, err := d.customerOf(ctx, issuer)
	if err != nil {
		return coupon.Coupon{}, err
	}
	if _, err := d.customerOf(ctx, customer); err != nil {
		return coupon.Coupon{}, err
	}
	id := claimID(issuer, code, customer)
	if err := d.transact(ctx, c, "claim", by, func(b *book) error {
		if err := errors.Join(b.need(KindCode, code), b.need(KindClaim, id)); err != nil {
			return err
		}
		if _, made := get(b, claims, id); made {
			return nil
		}
		x, ok := get(b, publicCodes, code)
		if !ok {
			return refusef(ReasonCoupon, "there is no code %s", code)
		}
		claimed, left, err := x.Claim(coupon.ID(id), customer, b.at)
		var no *coupon.ClaimError
		switch {
		case errors.As(err, &no):
			return refuse(ReasonCoupon, err)
		case err != nil:
			return err
		}
		wait, _ := b.policy.wait(0)
		x.Code = left
		put(b, publicCodes, x)
		put(b, claims, Claim{ID: id, Issuer: issuer, State: ClaimDue, Coupon: claimed, At: b.at, Waits: b.at.Add(wait)})
		return nil
	}); err != nil {
		return coupon.Coupon{}, err
	}
	return d.completeClaim(ctx, c, id)
}

// completeClaim gives the customer the coupon of a claim, and notes that.
func (d *Desk) completeClaim(ctx context.Context, issuer *Customer, id string) (issued coupon.Coupon, err error) {
	b, err := d.open(ctx, issuer, "claim", desk)
	if err != nil {
		return issued, err
	}
	if err := b.need(KindClaim, id); err != nil {
		return issued, err
	}
	claim, _ := get(b, claims, id)
	// A claim that is done is looked up, and issues nothing.
	if issued, err = d.Issue(ctx, desk, claim.Coupon); err != nil || claim.State == ClaimDone {
		return issued, err
	}
	return issued, d.transact(ctx, issuer, "claimed", desk, func(b *book) error {
		if err := b.need(KindClaim, id); err != nil {
			return err
		}
		if x, _ := get(b, claims, id); x.State == ClaimDue {
			x.State, x.Waits = ClaimDone, time.Time{}
			put(b, claims, x)
		}
		return nil
	})
}
