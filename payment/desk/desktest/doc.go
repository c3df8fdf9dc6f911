// Package desktest runs the desk under faults, and checks what a host implements for it. A
// host's whole test is a line for each:
//
//	func TestChecks(t *testing.T)   { desktest.TestChecks(t, ours) }
//	func TestSimulate(t *testing.T) { desktest.Simulate(t, openStore, 300) }
//
// [VerifyChecks] and [VerifySimulation] do the same without a *testing.T, and [CheckLaws] is
// the list of what is checked of a host's checks.
//
// [Simulate] runs histories of the real desk on a host's store: one seed, one history of
// several hosts and callers at once, with everything going wrong at every [Boundary] that can.
// It ends in calm, and ledger.Audit must find nothing (P16).
package desktest
