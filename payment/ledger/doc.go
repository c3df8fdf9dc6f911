// Package ledger keeps what happened: the records of a customer, the store that keeps them,
// the transaction in which they change together, the form in which they are stored, and the
// audit that finds what they break. It calls nobody but a store.
//
// # Words
//
// [Records] are what a [Store] keeps: orders, coupons, payments, refunds, accounts, bills,
// credits, resources, instruments, tallies, notices, entries, codes and claims. Each has a kind, an ID, a version,
// and a time at which the clock moves it next. An [Ask] says what is loaded. A [Change] is
// what one commit compares and writes. A [Tx] is the records of one customer on their way
// through one commit: read, judged, changed. An [Entry] says who moved what and why. A
// [Notice] is what the customer hears, a record of its own that waits until it is delivered;
// an [Outbox] counted those of a customer before schema 11.
//
// # Tour
//
// A host implements Store, three methods, [Locks] or another [Locker] where callers crowd, [Finder] for the pages of orders that customers look
// at and export, and [Lister] for those of operators. Records.Encode and Records.Decode turn
// records into [Record] values, which any
// key-value or document database can hold: a store is a page of code. [Audit] checks the
// invariants over records and what gateways say they moved; a host can run it over its own.
//
// ledgertest.TestStore checks what a store promises.
//
// # Errors
//
//	ErrConflict        others were faster: certainly nothing was written; load and judge again
//	ErrInDoubt         perhaps it was written: load, and see
//	order.FieldError   a record is not valid: Field says where
//
// # Rules
//
//   - X4: the view of a record says in which state, and of when, it is listed over all customers; a store pages stably.
//   - P12: what an earlier version wrote is read; what a later one wrote is refused, and not lost.
//   - P16: a commit compares all that was judged, and writes all or nothing.
//   - P19: the tries of an instrument are counted in a record that does not show it.
//   - P21: the credit of a currency is a record of its own, and the audit adds it up.
package ledger
