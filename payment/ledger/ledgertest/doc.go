// Package ledgertest checks what a store promises. A host's whole test is a line:
//
//	func TestStore(t *testing.T) { ledgertest.TestStore(t, openStore) }
//
// [VerifyStore] does the same without a *testing.T, and [StoreLaws] is the list of what is
// checked; a store that finds orders too is held to the laws of [ledger.Finder]. A law returns
// an error instead of failing a test, so that a suite of a host's own can show a broken
// implementation being caught. [VerifyCuts] breaks the connection to a database. [DrawKept] returns the records that a history of a desk leaves.
package ledgertest
