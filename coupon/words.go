package coupon

import (
	"database/sql/driver"

	"github.com/duebook/duebook/order"
)

// ID names a coupon: 1 to 64 printable characters.
type ID string

// Kind is what a coupon is (C1). The zero value is no kind.
//
// One of: cash coupon, flexi-purchase coupon, stored-value card, discount coupon.
type Kind string

const (
	KindCash     Kind = "cash coupon"
	KindFlexi    Kind = "flexi-purchase coupon"
	KindCard     Kind = "stored-value card"
	KindDiscount Kind = "discount coupon" // pays nothing: it is a discount
)

// kinds are in the order in which they pay (C7).
var kinds = []Kind{KindCash, KindFlexi, KindCard, KindDiscount}

// State is where a coupon stands (C2). The zero value is no state.
//
// One of: inactive, available, held, used, expired, reclaimed.
type State string

const (
	StateInactive  State = "inactive" // issued, not yet to be used
	StateAvailable State = "available"
	StateHeld      State = "held"      // whole, by one payment; a discount coupon by as many orders as it has uses
	StateUsed      State = "used"      // final: nothing is left, or what is left is lost
	StateExpired   State = "expired"   // final
	StateReclaimed State = "reclaimed" // final: taken back by its issuer
)

var states = []State{StateInactive, StateAvailable, StateHeld, StateUsed, StateExpired, StateReclaimed}

// Final reports whether no move leaves s.
func (s State) Final() bool { return s == StateUsed || s == StateExpired || s == StateReclaimed }

// Group is what a coupon is issued for (C3); it matters in the exclusions of C5. The
// zero value is ordinary.
//
// One of: GroupOrdinary, marketplace, dedicated, hardware.
type Group string

const (
	GroupOrdinary    Group = ""
	GroupMarketplace Group = "marketplace"
	GroupDedicated   Group = "dedicated"
	GroupHardware    Group = "hardware"
)

var groups = []Group{GroupOrdinary, GroupMarketplace, GroupDedicated, GroupHardware}

func unknown(what, text string) error {
	return &order.FieldError{Field: what, Value: text, Reason: "is unknown"}
}

// UnmarshalText reads an ID strictly.
func (id *ID) UnmarshalText(b []byte) error {
	if err := order.CheckID("coupon ID", ID(b)); err != nil {
		return err
	}
	*id = ID(b)
	return nil
}

// UnmarshalText reads a kind strictly.
func (k *Kind) UnmarshalText(b []byte) error { return order.ReadWord("kind", k, kinds, string(b)) }

// UnmarshalText reads a state strictly.
func (s *State) UnmarshalText(b []byte) error { return order.ReadWord("state", s, states, string(b)) }

// UnmarshalText reads a group strictly.
func (g *Group) UnmarshalText(b []byte) error { return order.ReadWord("group", g, groups, string(b)) }

// Scan reads an ID from a text column.
func (id *ID) Scan(src any) error { return order.ScanText("coupon ID", src, id.UnmarshalText) }

// Scan reads a kind from a text column.
func (k *Kind) Scan(src any) error { return order.ScanWord("kind", k, kinds, src) }

// Value is the word, NULL for the zero one.
func (k Kind) Value() (driver.Value, error) { return order.WordValue(k) }

// Scan reads a state from a text column.
func (s *State) Scan(src any) error { return order.ScanWord("state", s, states, src) }

// Value is the word, NULL for the zero one.
func (s State) Value() (driver.Value, error) { return order.WordValue(s) }

// Scan reads a group from a text column.
func (g *Group) Scan(src any) error { return order.ScanWord("group", g, groups, src) }

// Value is the word, NULL for the zero one.
func (g Group) Value() (driver.Value, error) { return order.WordValue(g) }
