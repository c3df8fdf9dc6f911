package ledger

import (
	"cmp"
	"context"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/renewal"
)

// Archiver is a Store that moves records which rest out of the way of the others, to slower or
// cheaper storage. Nothing is ever deleted by itself: an order is the key of Place, a payment that
// of Pay, an entry that of a deposit, and [Audit] adds up all entries.
// ledgertest.TestStore checks it where a store has it.
type Archiver interface {
	// Archive moves at most limit records, of any customers, that are [Record.Archivable], and says
	// how many: call it until it moves none. Nobody but the storage sees a difference: what is
	// archived is loaded, counted by ExpectAll, compared, found and listed as before, and what is
	// written again, such as a payment that is taken back, is back among the others.
	Archive(ctx context.Context, before time.Time, limit int) (n int, err error)
}

// Archivable reports whether a record rests, and has since before a time: it waits for nothing, and
// is an order, payment, refund or claim that has ended, a notice that nobody has to see to, or an
// entry. The Desk reads it again only where its ID is said again, where something comes
// back of a payment, or for an audit. Records of other kinds stay: they are few, or are read for
// what comes next.
func (r Record) Archivable(before time.Time) bool {
	if !r.DueAt.IsZero() || r.At.IsZero() || !r.At.Before(before) {
		return false
	}
	switch r.Kind {
	case KindOrder:
		return order.State(r.State).Final()
	case KindPayment:
		return payment.PaymentState(r.State).Final()
	case KindRefund:
		return r.State == string(payment.RefundDone)
	case KindClaim:
		return r.State == string(ClaimDone)
	case KindNotice:
		return r.State != string(NoticeUndeliverable)
	}
	return r.Kind == KindEntry
}

// Closed says what keeps a customer, of whom r are all records, from being deleted, which is done
// as a whole or not at all. It is nil where every order, payment and refund has ended, every resource
// is released, every bill is paid, no account or credit has money, and nothing waits but coupons,
// which are no money. The error is an [*order.FieldError]: the kind of a record, and its ID.
func (r Records) Closed() error {
	for _, v := range r.Views() {
		if v.open() {
			return order.Invalid(string(v.Kind), v.ID, "has not ended: "+cmp.Or(v.State, "it waits"))
		}
	}
	for i := range r.Accounts {
		if a := &r.Accounts[i]; a.Balance.Sign() != 0 {
			return order.Invalid(string(KindAccount), a.ID(), "has "+a.Balance.String())
		}
	}
	for i := range r.Credits {
		if c := &r.Credits[i]; c.Balance.Sign() != 0 {
			return order.Invalid(string(KindCredit), c.ID(), "has "+c.Balance.String())
		}
	}
	return nil
}

// open reports whether something may still come of a record by itself.
func (r Record) open() bool {
	switch r.Kind {
	case KindOrder:
		return !order.State(r.State).Final()
	case KindPayment:
		return !payment.PaymentState(r.State).Final() // one that is overdrawn too
	case KindRefund:
		return r.State != string(payment.RefundDone)
	case KindResource:
		return r.State != string(renewal.StateReleased)
	case KindBill:
		return r.State != string(payment.BillPaid)
	case KindNotice:
		return r.State == string(NoticeUndeliverable) || !r.DueAt.IsZero()
	case KindCoupon:
		return false
	}
	return !r.DueAt.IsZero()
}
