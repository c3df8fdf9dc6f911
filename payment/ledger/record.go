package ledger

import (
	"iter"
	"slices"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// Kind is what a record is. The zero value is no kind.
//
// One of: order, coupon, payment, refund, account, bill, credit balance, resource, instrument,
// tally, notice, outbox, entry, code, claim.
type Kind string

const (
	KindOrder      Kind = "order"
	KindCoupon     Kind = "coupon"
	KindPayment    Kind = "payment"
	KindRefund     Kind = "refund"
	KindAccount    Kind = "account"
	KindBill       Kind = "bill"
	KindCredit     Kind = "credit balance"
	KindResource   Kind = "resource"
	KindInstrument Kind = "instrument"
	KindTally      Kind = "tally"
	KindNotice     Kind = "notice"
	KindOutbox     Kind = "outbox"
	KindEntry      Kind = "entry"
	KindCode       Kind = "code"
	KindClaim      Kind = "claim"
)

var kinds = []Kind{KindOrder, KindCoupon, KindPayment, KindRefund, KindAccount, KindBill, KindCredit, KindResource, KindInstrument, KindTally, KindNotice, KindOutbox, KindEntry, KindCode, KindClaim}

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

// Ask says which records of a customer to load: those named, at any version,
// and all of the kinds.
type Ask struct {
	Customer order.CustomerID `json:"customer"`
	Refs     []Ref            `json:"refs,omitempty"`
	All      []Kind           `json:"all,omitempty"`
}

// Records are records of one customer, by kind. A code belongs to its issuer.
type Records struct {
	Orders      []order.Order
	Coupons     []coupon.Coupon
	Payments    []payment.Payment
	Refunds     []payment.Refund
	Accounts    []payment.Account
	Bills       []payment.Bill
	Credits     []CreditBalance
	Resources   []renewal.Resource
	Instruments []Instrument
	Tallies     []coupon.Tally
	Notices     []Notice
	Outboxes    []Outbox
	Entries     []Entry
	Codes       []PublicCode
	Claims      []Claim
}

// Change is what one commit writes, all of it or nothing. Everything in it belongs to one
// customer.
type Change struct {
	Customer  order.CustomerID
	Step      string  // what the Desk is doing: place, hold, settle and so on, as the [Entry] has it
	Expect    []Ref   // judged on: still at these versions
	ExpectAll []Of    // judged on as a whole: still all that there is
	Put       Records // written: their versions are those read, 0 for what must not exist
}

// CallsGateway reports whether a gateway is, or may be, called on the strength of c: it puts a
// payment that is to be charged, canceled or looked up, or a refund that is to be sent. Such a
// change must be durable when Commit returns. A store that joins a transaction which its host may
// still roll back refuses it: the money would have moved, and nobody would know.
func (c Change) CallsGateway() bool {
	return slices.ContainsFunc(c.Put.Payments, func(p payment.Payment) bool {
		return p.State == payment.PaymentPending || p.State == payment.PaymentCanceling
	}) || slices.ContainsFunc(c.Put.Refunds, func(f payment.Refund) bool {
		return f.State == payment.RefundDue || f.State == payment.RefundSent
	})
}

// Of is what there was of a kind of record of a customer, or of one group of that kind, when
// all of it was loaded. Records are never deleted, stay in their group, and each write is
// one version more: their number and the sum of their versions are the same exactly while
// none has come and none has changed.
type Of struct {
	Kind     Kind   `json:"kind"`
	Group    string `json:"group,omitempty"` // as [Record] has it; empty: all of the kind, of any group
	N        int64  `json:"n"`               // how many there were
	Versions int64  `json:"versions"`        // the sum of their versions
}

// Has reports whether a record, known by its view, is among those that are counted.
func (of Of) Has(r Record) bool {
	return r.Kind == of.Kind && (of.Group == "" || r.Group == of.Group)
}

// Holds reports whether everything that c expects and is to write over is as it was read,
// given the views of all records that there are before anything of c is written; those of
// other customers do not count. It is the whole comparison of a commit, for a store that
// looks through its records and keeps others from writing until it is done.
func (c Change) Holds(there iter.Seq[Record]) bool {
	wanted := make(map[name]int64)
	for _, r := range c.Expect {
		wanted[r.name()] = r.Version
	}
	for _, v := range c.Put.Views() {
		wanted[v.Ref.name()] = v.Version
	}
	whole := slices.Clone(c.ExpectAll)
	for v := range there {
		if v.Customer != c.Customer {
			continue
		}
		if version, named := wanted[v.Ref.name()]; named && version != v.Version {
			return false
		}
		delete(wanted, v.Ref.name())
		for i := range whole {
			if of := &whole[i]; of.Has(v) {
				of.N, of.Versions = of.N-1, of.Versions-v.Version
			}
		}
	}
	for _, version := range wanted {
		if version != 0 {
			return false // it is not there, and was read
		}
	}
	return !slices.ContainsFunc(whole, func(of Of) bool { return of.N != 0 || of.Versions != 0 })
}

// Each returns every record: its generic view without a body, and by itself as a copy that
// shares nothing. It is what a store needs that keeps records as they are.
func (r Records) Each() iter.Seq2[Record, Records] {
	return func(yield func(Record, Records) bool) {
		for _, s := range tables {
			if !s.each(&r, func(view Record, alone func() Records) bool { return yield(view, alone()) }) {
				return
			}
		}
	}
}

// Views returns the generic view of every record, without bodies.
func (r Records) Views() []Record { return r.views() }

func (r *Records) views() []Record {
	n := 0
	for _, s := range tables {
		n += s.count(r)
	}
	views := slices.Grow([]Record(nil), n)
	for _, s := range tables {
		views = s.views(r, views)
	}
	return views
}

// first names the first record; there is one.
func (r *Records) first() Ref {
	for _, s := range tables {
		if s.count(r) > 0 {
			return s.firstOf(r)
		}
	}
	return Ref{}
}

// Check reports the first record that is not valid under a policy, as an [*order.FieldError].
func (r Records) Check(p *payment.Policy) error {
	for _, s := range tables {
		if err := s.checkAll(&r, p); err != nil {
			return err
		}
	}
	return nil
}

// Append adds the records of s, which r shares from then on.
func (r *Records) Append(s Records) {
	for _, k := range tables {
		k.add(r, &s, false)
	}
}

// shallow returns the records in lists of their own.
func (r Records) shallow() (s Records) {
	s.Append(r)
	return s
}

// AppendCopy adds copies of the records of s, which share nothing with it.
func (r *Records) AppendCopy(s Records) {
	for _, k := range tables {
		k.add(r, &s, true)
	}
}

// Written returns the records as a store keeps them that has been given them to write:
// every version one higher, nothing shared with r.
func (r Records) Written() (w Records) {
	w = r.Copy()
	for _, k := range tables {
		k.advance(&w)
	}
	return w
}

// Copy returns the records, sharing nothing with r.
func (r Records) Copy() (c Records) {
	c.AppendCopy(r)
	return c
}

// AskAll asks for everything that is kept of a customer.
func AskAll(customer order.CustomerID) Ask {
	return Ask{Customer: customer, All: slices.Clone(kinds)}
}
