package payment

import (
	"iter"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

// Kind is what a record is. The zero value is none.
type Kind string

const (
	KindOrder    Kind = "order"
	KindCoupon   Kind = "coupon"
	KindPayment  Kind = "payment"
	KindRefund   Kind = "refund"
	KindAccount  Kind = "account"
	KindBill     Kind = "bill"
	KindResource Kind = "resource"
	KindTally    Kind = "tally"
	KindNotice   Kind = "notice"
	KindOutbox   Kind = "outbox"
	KindEntry    Kind = "entry"
	KindCode     Kind = "code"
	KindClaim    Kind = "claim"
)

var kinds = []Kind{KindOrder, KindCoupon, KindPayment, KindRefund, KindAccount, KindBill, KindResource, KindTally, KindNotice, KindOutbox, KindEntry, KindCode, KindClaim}

// Ref names a record of a customer: its kind, its ID among those, and a version. Version
// 0 is a record that is not there.
type Ref struct {
	Kind    Kind   `json:"kind"`
	ID      string `json:"id"`
	Version int64  `json:"version,omitempty"`
}

// name is a Ref without its version.
type name struct {
	kind Kind
	id   string
}

func (r Ref) name() name { return name{r.Kind, r.ID} }

// Ask says which records of a customer to load: those named, whatever version stands in
// the names, and all of the kinds.
type Ask struct {
	Customer order.CustomerID `json:"customer"`
	Refs     []Ref            `json:"refs,omitempty"`
	All      []Kind           `json:"all,omitempty"`
}

// Records are records of one customer, by kind. A code belongs to whoever issued it.
type Records struct {
	Orders    []order.Order
	Coupons   []coupon.Coupon
	Payments  []Payment
	Refunds   []Refund
	Accounts  []Account
	Bills     []Bill
	Resources []renewal.Resource
	Tallies   []coupon.Tally
	Notices   []Notice
	Outboxes  []Outbox
	Entries   []Entry
	Codes     []PublicCode
	Claims    []Claim
}

// Change is what one commit writes, all of it or nothing. Everything in it belongs to one
// customer.
type Change struct {
	Customer order.CustomerID
	Expect   []Ref   // judged on and not written: still at these versions
	Put      Records // written: their versions are those read, 0 for what must not exist
}

// Each returns every record: its generic view without a body, and by itself as a copy that
// shares nothing. It is what a store needs that keeps records as they are.
func (r Records) Each() iter.Seq2[Record, Records] {
	return func(yield func(Record, Records) bool) {
		for _, s := range shelves {
			if !s.each(&r, func(view Record, alone func() Records) bool { return yield(view, alone()) }) {
				return
			}
		}
	}
}

// Views returns the generic view of every record, without bodies.
func (r Records) Views() []Record {
	var views []Record
	for _, s := range shelves {
		s.each(&r, func(view Record, _ func() Records) bool {
			views = append(views, view)
			return true
		})
	}
	return views
}

// Append adds the records of s, which r shares from then on.
func (r *Records) Append(s Records) {
	for _, k := range shelves {
		k.add(r, &s, false)
	}
}

// AppendCopy adds copies of the records of s, which share nothing with it.
func (r *Records) AppendCopy(s Records) {
	for _, k := range shelves {
		k.add(r, &s, true)
	}
}

// Written returns the records as a store keeps them that has been given them to write:
// every version one higher, nothing shared with r.
func (r Records) Written() (w Records) {
	w = r.Copy()
	for _, k := range shelves {
		k.advance(&w)
	}
	return w
}

// Copy returns the records, sharing nothing with r.
func (r Records) Copy() (c Records) {
	c.AppendCopy(r)
	return c
}
