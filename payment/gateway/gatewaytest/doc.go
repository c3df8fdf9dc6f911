// Package gatewaytest checks what the adapter of a gateway promises. A host's whole test is a
// line:
//
//	func TestGateway(t *testing.T) { gatewaytest.TestGateway(t, openGateway) }
//
// [VerifyGateway] does the same without a *testing.T, and [GatewayLaws] is the list of what is
// checked. A law returns an error instead of failing a test, so that a suite of a host's own
// can show a broken implementation being caught. [DrawCharge] returns a valid charge.
package gatewaytest
