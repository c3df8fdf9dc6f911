// Package gatewaytest checks what the adapter of a gateway promises. A host's whole test is a
// line, and one more for what it is notified of:
//
//	func TestGateway(t *testing.T)  { gatewaytest.TestGateway(t, openGateway) }
//	func TestVerifier(t *testing.T) { gatewaytest.TestVerifier(t, verifier, notifications) }
//
// openGateway returns the adapter, and the provider's side of it as a [Vendor]: a fake that says what
// the provider has, decides of a charge, and as a [Clock], [Returner], [RefundEnder] or [Wallet] does
// what else happens there. An adapter can look right by its own answers and take the wrong amount,
// take it twice, or leave a decline that is paid after all: only the provider's side shows that.
// Without a Vendor those laws are skipped, each by its name.
//
// [VerifyGateway] and [VerifyVerifier] do the same without a *testing.T, and [GatewayLaws] and
// [VerifierLaws] are the lists of what is checked. A law returns an error instead of failing a test, so that a suite of a host's own
// can show a broken implementation being caught. [DrawCharge] returns a valid charge.
package gatewaytest
