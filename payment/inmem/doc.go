// Package inmem keeps records in memory and plays a payment gateway, for tools, examples
// and tests.
//
// [Store] is a payment.Store that passes paymenttest.TestStore; what it keeps is gone with
// the process. [Gateway] is a payment.Gateway that passes paymenttest.TestGateway: it takes
// what it is asked for, unless its Answer says otherwise, and keeps a ledger of what it
// took and gave back. [Plain] is the same without the powers to cancel and to refund.
package inmem
