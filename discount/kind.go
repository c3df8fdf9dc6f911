package discount

import (
	"slices"

	"github.com/duebook/duebook/order"
)

// Kind is where a discount comes from (D1). The zero value is no kind.
//
// One of: promotional, commercial, partner-authorized, partner-adjusted, offline contract,
// discount coupon.
type Kind string

const (
	KindPromotional       Kind = "promotional"        // a campaign, for everybody it covers
	KindCommercial        Kind = "commercial"         // agreed with the customer
	KindPartnerAuthorized Kind = "partner-authorized" // granted by the partner, within what it may grant
	KindPartnerAdjusted   Kind = "partner-adjusted"   // set by the partner on one order, which must use it (D5)
	KindOfflineContract   Kind = "offline contract"   // from a contract on paper
	KindCoupon            Kind = "discount coupon"    // from a coupon of the customer
)

// kinds are in the order that decides between equal reductions (D7), with the one
// that must be used first.
var kinds = []Kind{KindPartnerAdjusted, KindCommercial, KindOfflineContract, KindPartnerAuthorized, KindPromotional, KindCoupon}

// Kinds returns every kind, in the order that decides between equal reductions (D7);
// the first, partner-adjusted, is before the others, even if they save more (D5).
func Kinds() []Kind { return slices.Clone(kinds) }

// rank is the place of k among kinds.
func (k Kind) rank() int { return slices.Index(kinds, k) }

// Check reports a word that is unknown.
func (k Kind) Check() error {
	if k.rank() >= 0 {
		return nil
	}
	return order.Invalid("kind", string(k), "is unknown: give one such as "+string(KindPromotional))
}

// UnmarshalText reads a kind strictly.
func (k *Kind) UnmarshalText(b []byte) error {
	if err := Kind(b).Check(); err != nil {
		return err
	}
	*k = Kind(b)
	return nil
}

// Scan reads a kind from a text column.
func (k *Kind) Scan(src any) error { return order.ScanText("kind", src, k.UnmarshalText) }

// ID names a discount: 1 to 64 printable characters.
type ID string

// UnmarshalText reads an ID strictly.
func (id *ID) UnmarshalText(b []byte) error {
	if err := order.CheckID("discount ID", ID(b)); err != nil {
		return err
	}
	*id = ID(b)
	return nil
}

// Scan reads an ID from a text column.
func (id *ID) Scan(src any) error { return order.ScanText("discount ID", src, id.UnmarshalText) }
