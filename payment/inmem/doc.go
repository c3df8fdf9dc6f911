// Package inmem keeps records in memory and plays a payment gateway: for tests, examples
// and tools, and for one process that may forget.
//
// [Store] is a ledger.Store, ledger.Finder and ledger.Lister that passes ledgertest.TestStore.
// What it keeps is gone with the process, and no other process sees it: whoever takes money
// that is real needs a store that lasts. It is no slower for a long history: a load, a commit,
// what waits, a list and a page of orders take as long among 30,000 orders of a customer as
// among 300; a page whose filters few orders meet reads those in between. Writing, it stops
// every reader for the time of a commit.
//
// [Gateway] is a gateway.Gateway that passes gatewaytest.TestGateway: it takes what it is
// asked for, unless its Answer says otherwise, and keeps a ledger of what it took and gave
// back. What happens at its provider without a call of the Desk a test says: Decide what becomes of
// an open charge, Return that money is taken back, EndRefund that a refund is done or comes back.
// [Plain] is the same without the powers to cancel and to refund.
package inmem
