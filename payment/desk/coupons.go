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

// Issue gives a customer a coupon that is new: available or inactive, whole, held by
// nobody. One that is there under its ID is returned as it is.
func (d *Desk) Issue(ctx context.Context, by string, c coupon.Coupon) (issued coupon.Coupon, err error) {
	if c.State != coupon.StateAvailable && c.State != coupon.StateInactive || c.Balance != c.Face || c.Used != 0 || c.Version != 0 {
		return coupon.Coupon{}, order.Invalid("coupon", string(c.ID), "is not new: available or inactive, whole, never used")
	}
	if err := checkActor(c.Customer, by); err != nil {
		return coupon.Coupon{}, err
	}
	if err := c.Check(); err != nil {
		return coupon.Coupon{}, order.Within("coupon "+string(c.ID), err)
	}
	err = d.forCustomer(ctx, c.Customer, "issue", by, func(b *tx) error {
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
	if err := order.CheckWord("move", m, couponMoves); err != nil {
		return c, err
	}
	if err := order.CheckID("coupon", id); err != nil {
		return c, err
	}
	err = d.forCustomer(ctx, customer, string(m)+" coupon", by, func(b *tx) error {
		if err := b.Need(ledger.KindCoupon, string(id)); err != nil {
			return err
		}
		if err := b.vacate(func(x *coupon.Coupon) bool { return x.ID == id && m == CouponReclaim }, nil); err != nil {
			return err
		}
		var ok bool
		var err error
		if c, ok = ledger.Get(b.Tx, ledger.Coupons, string(id)); !ok {
			return payment.Refusef(payment.ReasonCoupon, "coupon %s: the customer has no such coupon", id)
		}
		after := c
		switch m {
		case CouponActivate:
			if c.State == coupon.StateInactive {
				after, err = c.Activate(b.At)
			}
		case CouponFreeze:
			if !c.Frozen {
				after, err = c.Freeze(b.At)
			}
		case CouponThaw:
			if c.Frozen {
				after, err = c.Thaw(b.At)
			}
		case CouponReclaim:
			if c.State != coupon.StateReclaimed {
				after, err = c.Reclaim(b.At)
			}
		}
		if err != nil {
			return err
		}
		if after.State != c.State || after.Frozen != c.Frozen {
			b.PutCoupon(after)
		}
		c, _ = ledger.Get(b.Tx, ledger.Coupons, string(id))
		return nil
	})
	return c, err
}

// IssueCode makes a public code (C1). One that is there is returned as it is.
func (d *Desk) IssueCode(ctx context.Context, by string, code ledger.PublicCode) (issued ledger.PublicCode, err error) {
	if code.Version != 0 {
		return ledger.PublicCode{}, order.Invalid("code", code.Code.Code, "is not new")
	}
	if err := checkActor(code.Issuer, by); err != nil {
		return ledger.PublicCode{}, err
	}
	if err := code.Check(); err != nil {
		return ledger.PublicCode{}, order.Within("code "+code.Code.Code, err)
	}
	err = d.forCustomer(ctx, code.Issuer, "issue code", by, func(b *tx) error {
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
	return issued, err
}

// Claim claims a coupon of a public code for a customer, once (C1, C11): claimed again it
// is the same coupon. Code and coupon belong to two, and a commit to one: the claim is
// counted on the code first, and what a crash leaves between the two the sweep completes. A
// [*payment.Refusal] says of the code alone why it cannot be claimed: not who has.
func (d *Desk) Claim(ctx context.Context, issuer order.CustomerID, code string, customer order.CustomerID, by string) (coupon.Coupon, error) {
	if err := cmp.Or(order.CheckID("issuer", string(issuer)), order.CheckID("code", code), order.CheckID("customer", string(customer)), order.CheckID("by", by)); err != nil {
		return coupon.Coupon{}, err
	}
	c, err := d.customerOf(ctx, issuer)
	if err != nil {
		return coupon.Coupon{}, err
	}
	if _, err := d.customerOf(ctx, customer); err != nil {
		return coupon.Coupon{}, err
	}
	id := ledger.ClaimID(issuer, code, customer)
	if err := d.transact(ctx, c, "claim", by, func(b *tx) error {
		if err := errors.Join(b.Need(ledger.KindCode, code), b.Need(ledger.KindClaim, id)); err != nil {
			return err
		}
		if _, made := ledger.Get(b.Tx, ledger.Claims, id); made {
			return nil
		}
		x, ok := ledger.Get(b.Tx, ledger.Codes, code)
		if !ok {
			return payment.Refusef(payment.ReasonCoupon, "there is no code %s", code)
		}
		claimed, left, err := x.Claim(coupon.ID(id), customer, b.At)
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
		ledger.Put(b.Tx, ledger.Claims, ledger.Claim{ID: id, Issuer: issuer, State: ledger.ClaimDue, Coupon: claimed, At: b.At, Waits: b.At.Add(wait)})
		return nil
	}); err != nil {
		return coupon.Coupon{}, err
	}
	return d.completeClaim(ctx, c, id)
}

// completeClaim gives the customer the coupon of a claim, and notes that.
func (d *Desk) completeClaim(ctx context.Context, issuer *payment.Customer, id string) (issued coupon.Coupon, err error) {
	b, err := d.open(ctx, issuer, "claim", payment.ByDesk)
	if err != nil {
		return issued, err
	}
	if err := b.Need(ledger.KindClaim, id); err != nil {
		return issued, err
	}
	claim, _ := ledger.Get(b.Tx, ledger.Claims, id)
	// A claim that is done is looked up, and issues nothing.
	if issued, err = d.Issue(ctx, payment.ByDesk, claim.Coupon); err != nil || claim.State == ledger.ClaimDone {
		return issued, err
	}
	return issued, d.transact(ctx, issuer, "claimed", payment.ByDesk, func(b *tx) error {
		if err := b.Need(ledger.KindClaim, id); err != nil {
			return err
		}
		if x, _ := ledger.Get(b.Tx, ledger.Claims, id); x.State == ledger.ClaimDue {
			x.State, x.Waits = ledger.ClaimDone, time.Time{}
			ledger.Put(b.Tx, ledger.Claims, x)
		}
		return nil
	})
}
