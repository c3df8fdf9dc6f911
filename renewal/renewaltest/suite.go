package renewaltest

import (
	"testing"

	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/renewal"
)

// Law is one promise that a host's H makes about every On.
type Law[H, On any] = ordertest.Law[H, On]

// LawError says which law was broken, and on what.
type LawError = ordertest.LawError

func schedules() ordertest.Suite[renewal.Schedule, Moment] {
	return ordertest.Suite[renewal.Schedule, Moment]{Laws: ScheduleLaws(), Drawn: moment()}
}

func counters() ordertest.Suite[renewal.Counter, Span] {
	return ordertest.Suite[renewal.Counter, Span]{Laws: CounterLaws(), Drawn: span()}
}

func prices() ordertest.Suite[renewal.Prices, renewal.Resource] {
	return ordertest.Suite[renewal.Prices, renewal.Resource]{Laws: PriceLaws(), Drawn: Resource()}
}

// TestSchedule checks that s keeps every law of [ScheduleLaws], each in a subtest of its
// own with expiries that rapid draws and shrinks.
func TestSchedule(t *testing.T, s renewal.Schedule) {
	t.Helper()
	schedules().Test(t, s)
}

// TestCounter checks that c keeps every law of [CounterLaws].
func TestCounter(t *testing.T, c renewal.Counter) {
	t.Helper()
	counters().Test(t, c)
}

// TestPrices checks that p keeps every law of [PriceLaws].
func TestPrices(t *testing.T, p renewal.Prices) {
	t.Helper()
	prices().Test(t, p)
}

// VerifySchedule checks that s keeps every law on n draws, the same n every time: what
// [TestSchedule] does, for a program. The error is a [*LawError] for the first draw on
// which a law is broken. No schedule, or n less than 1, is an error too.
func VerifySchedule(s renewal.Schedule, n int) error { return schedules().Verify(s, n) }

// VerifyCounter is [VerifySchedule] for a day count.
func VerifyCounter(c renewal.Counter, n int) error { return counters().Verify(c, n) }

// VerifyPrices is [VerifySchedule] for prices.
func VerifyPrices(p renewal.Prices, n int) error { return prices().Verify(p, n) }
