// Package paymenttest checks what a host implements for package payment, runs the Desk under
// faults, and draws payments for property tests with rapid.
//
// A host's whole test is a line for each:
//
//	func TestStore(t *testing.T)    { paymenttest.TestStore(t, openStore) }
//	func TestGateway(t *testing.T)  { paymenttest.TestGateway(t, openGateway) }
//	func TestChecks(t *testing.T)   { paymenttest.TestChecks(t, ourChecks) }
//	func TestSimulate(t *testing.T) { paymenttest.Simulate(t, openStore, 300) }
//
// [VerifyStore], [VerifyGateway], [VerifyChecks] and [VerifySimulation] do the same without a
// *testing.T, and [StoreLaws], [GatewayLaws] and [CheckLaws] are the lists of what is checked.
// A law returns an error instead of failing a test, so that a suite of a host's own can show
// a broken implementation being caught.
//
// [Simulate] runs histories of the real Desk on a host's store: one seed, one history of
// several hosts and callers at once, with everything going wrong at every [Boundary] that can.
// It ends in calm, and payment.Audit must find nothing (P16).
//
// The generators, [Draw] of a whole [Scene], [Policy], [Account], [Bill], [DrawCharge] and
// [DrawKept], return what is sound.
package paymenttest
