// Package inmem keeps records in memory and plays a payment gateway, for tools, examples
// and tests.
//
// [Store] is a ledger.Store that passes ledgertest.TestStore; what it keeps is gone with
// the process. [Gateway] is a gateway.Gateway that passes gatewaytest.TestGateway: it takes
// what it is asked for, unless its Answer says otherwise, and keeps a ledger of what it
// took and gave back. [Plain] is the same without the powers to cancel and to refund.
package inmem
