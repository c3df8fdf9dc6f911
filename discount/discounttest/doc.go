// Package discounttest checks a host's own [discount.Rule], and draws discounts for
// property tests with rapid.
//
// A host's whole test of a rule is one line:
//
//	func TestThirdFree(t *testing.T) { discounttest.TestRule(t, ThirdFree{}) }
//
// [Verify] does the same without a *testing.T, for a program that loads its rules.
// [Laws] is the list of what is checked. A law returns an error instead of failing a
// test, so that a suite of a host's own can show a broken rule being caught.
//
// [Discount], [Candidates], [Scope], [Policy] and [Kind] draw valid values; [Broken]
// draws a discount with one fault, and names the fault.
package discounttest
