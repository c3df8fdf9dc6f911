// Package paymenttest draws payments for property tests with rapid, and checks a host's
// own [payment.Checks].
//
// A host's whole test is one line:
//
//	func TestChecks(t *testing.T) { paymenttest.TestChecks(t, ourChecks) }
//
// [VerifyChecks] does the same without a *testing.T, and [CheckLaws] is the list of what
// is checked. A law returns an error instead of failing a test, so that a suite of a
// host's own can show a broken check being caught.
//
// The generators, [Draw] of a whole [Scene], [Policy], [Account] and [Bill], return what
// is sound.
package paymenttest
