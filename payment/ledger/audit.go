package ledger

import (
	"github.com/duebook/duebook/payment/gateway"
)

// Audit reports the invariants that the records of one customer break, given all of them
// as of one instant, and what the gateways moved for the customer. A host streams over its
// customers, each by itself: a claim of a public code is a record of the issuer.
//
//	I1   an order is paid by at most one payment; one that charges is paid exactly when a succeeded payment names it
//	I2   a payment captures once; at rest no order has two captures that were not given back
//	I3   what gateways took and did not give back is the cash of succeeded payments without their refunds, in its currency,
//	     with what was captured over it and has not gone back; what was taken back without anybody's asking is what entries
//	     and payments say, and holds up refunds that it leaves nothing for
//	I4   per order and in sum list = discount + coupons + cards + cash, each at least 0
//	I5   the orders of a purchase, and of a payment, are in payment together, enter it and leave it in one commit
//	I6   a coupon's balance is what was issued without what it paid; a single use is one use; one order is the first
//	I7   what was paid was held approved and within the deadline; nothing live holds what is voided
//	I8   a payment is what its request asked for
//	I9   states move along the tables, orders in the steps that may move them so
//	I11  at rest nothing is held
//	I12  one notice for each move that promises one, and as many as the entry of its commit says
//	I13  accounts and bills are what the entries add up to; a bill is paid by one payment, and what was taken back of that by
//	     others, or is due; a resource has one period after the other, one for each order, and the expiry of the last, and
//	     becomes what its renewals paid for
//	I14  the credit of a currency is what was given back of orders settled monthly, or paid twice of bills, without what bills
//	     took of it and what was paid out; no bill is empty, and no credit is stuck that is paid out by itself
//
// I10 is what a store promises: nothing that was acknowledged is lost.
func Audit(r Records, moved []gateway.Movement) []Violation {
	a := newAudit(&r, moved)
	for _, holds := range invariants {
		holds(a)
	}
	return a.found
}

// invariants are what Audit goes through: each function looks at one promise.
var invariants = [...]func(*audit){
	(*audit).paidOnce,           // I1
	(*audit).capturedOnce,       // I2
	(*audit).ordersCapturedOnce, // I2
	(*audit).movedForPayments,   // I3
	(*audit).captured,           // I3
	(*audit).gone,               // I3
	(*audit).parked,             // I3
	(*audit).refundedWhole,      // I3
	(*audit).returnsAreRefunds,  // I3
	(*audit).refundsAreReturns,  // I3
	(*audit).paidAlike,          // I4
	(*audit).sound,              // I3 I4 I6 I13 I14, by the records' own identities
	(*audit).heldByOne,          // I5
	(*audit).purchases,          // I5
	(*audit).holding,            // I5
	(*audit).together,           // I5
	(*audit).balances,           // I6
	(*audit).usedOnce,           // I6
	(*audit).couponsHeld,        // I6
	(*audit).passedOn,           // I6
	(*audit).discountsHeld,      // I6
	(*audit).discountsUsed,      // I6
	(*audit).counted,            // I6
	(*audit).firsts,             // I6
	(*audit).heldInTime,         // I7
	(*audit).asRequested,        // I8
	(*audit).moves,              // I9
	(*audit).states,             // I9
	(*audit).refundingEnds,      // I11
	(*audit).taken,              // I11
	(*audit).notices,            // I12
	(*audit).paymentsTold,       // I12
	(*audit).goneTold,           // I12
	(*audit).ordersTold,         // I12
	(*audit).renewalsTold,       // I12
	(*audit).billsTold,          // I12
	(*audit).couponsTold,        // I12
	(*audit).paidOutTold,        // I12
	(*audit).refundsTold,        // I12
	(*audit).amounts,            // I13
	(*audit).accounts,           // I13
	(*audit).billed,             // I13
	(*audit).billsPaid,          // I13
	(*audit).overdue,            // I13
	(*audit).renewed,            // I13
	(*audit).periodsJoin,        // I13
	(*audit).periodsPaid,        // I13
	(*audit).nextPaid,           // I13
	(*audit).periodsCut,         // I13
	(*audit).credited,           // I14
	(*audit).emptyBills,         // I14
	(*audit).stuck,              // I14
}

// sound: every record fulfils the identities of its own.
func (a *audit) sound() {
	unsound(a, "I4", Orders)
	unsound(a, "I4", Payments)
	unsound(a, "I3", Refunds)
	unsound(a, "I6", Coupons)
	unsound(a, "I13", Accounts)
	unsound(a, "I13", Bills)
	unsound(a, "I14", Credits)
}

// unsound reports the records of a kind that are not valid by themselves, under any policy.
func unsound[T any](a *audit, invariant string, s *Table[T]) {
	list := *s.in(a.r)
	for i := range list {
		if err := s.check(&list[i], nil); err != nil {
			a.report(invariant, []Ref{{Kind: s.kind, ID: s.id(&list[i])}}, "%s %s: %v", s.kind, s.id(&list[i]), err)
		}
	}
}
