// Package gatewaytest checks what the adapter of a gateway promises. A host's whole test is a
// line, and one more for what it is notified of:
//
//	func TestGateway(t *testing.T)  { gatewaytest.TestGateway(t, openGateway) }
//	func TestVerifier(t *testing.T) { gatewaytest.TestVerifier(t, verifier, notifications) }
//
// [VerifyGateway] and [VerifyVerifier] do the same without a *testing.T, and [GatewayLaws] and
// [VerifierLaws] are the lists of what is checked. A law returns an error instead of failing a test, so that a suite of a host's own
// can show a broken implementation being caught. [DrawCharge] returns a valid charge.
package gatewaytest
