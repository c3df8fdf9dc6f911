// Package renewaltest checks a host's own [renewal.Schedule], [renewal.Counter] and
// [renewal.Prices], and draws resources and policies for property tests with rapid.
//
// A host's whole test is one line:
//
//	func TestWeekly(t *testing.T) { renewaltest.TestSchedule(t, Weekly{}) }
//
// [VerifySchedule], [VerifyCounter] and [VerifyPrices] do the same without a *testing.T.
// [ScheduleLaws], [CounterLaws] and [PriceLaws] are the lists of what is checked. A law
// returns an error instead of failing a test, so that a suite of a host's own can show a
// broken one being caught.
package renewaltest
