package renewaltest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// Law is one promise that a host's H makes about every On.
type Law[H, On any] struct {
	Name string // a word or two, the name of its subtest
	Says string // the promise, in a sentence
	// Holds reports how h breaks the law on what is given, nil where it keeps it.
	Holds func(h H, on On) error
}

// LawError says which law was broken, and on what.
type LawError struct {
	Law, Says string
	On        string // what was drawn
	Err       error  // what broke
}

func (e *LawError) Error() string {
	return fmt.Sprintf("law %q: %s: %v\non %s", e.Law, e.Says, e.Err, e.On)
}

func (e *LawError) Unwrap() error { return e.Err }

// TestSchedule checks that s keeps every law of [ScheduleLaws], each in a subtest of its
// own with expiries that rapid draws and shrinks.
func TestSchedule(t *testing.T, s renewal.Schedule) {
	t.Helper()
	test(t, s, ScheduleLaws(), moment())
}

// TestCounter checks that c keeps every law of [CounterLaws].
func TestCounter(t *testing.T, c renewal.Counter) {
	t.Helper()
	test(t, c, CounterLaws(), span())
}

// TestPrices checks that p keeps every law of [PriceLaws].
func TestPrices(t *testing.T, p renewal.Prices) {
	t.Helper()
	test(t, p, PriceLaws(), Resource())
}

// VerifySchedule checks that s keeps every law on n draws, the same n every time: what
// [TestSchedule] does, for a program. The error is a [*LawError] for the first draw on
// which a law is broken. No schedule, or n less than 1, is an error too.
func VerifySchedule(s renewal.Schedule, n int) error {
	return verify(s, ScheduleLaws(), moment(), n)
}

// VerifyCounter is [VerifySchedule] for a day count.
func VerifyCounter(c renewal.Counter, n int) error { return verify(c, CounterLaws(), span(), n) }

// VerifyPrices is [VerifySchedule] for prices.
func VerifyPrices(p renewal.Prices, n int) error { return verify(p, PriceLaws(), Resource(), n) }

func test[H comparable, On any](t *testing.T, h H, laws []Law[H, On], drawn *rapid.Generator[On]) {
	t.Helper()
	var none H
	if h == none {
		t.Fatal("there is nothing to check")
	}
	for _, law := range laws {
		t.Run(law.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				if err := law.check(h, drawn.Draw(t, "on")); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

func verify[H comparable, On any](h H, laws []Law[H, On], drawn *rapid.Generator[On], n int) error {
	var none H
	if h == none {
		return errors.New("renewaltest: there is nothing to check")
	}
	if n < 1 {
		return fmt.Errorf("renewaltest: %d draws check nothing: give at least 1", n)
	}
	for seed := range n {
		on := drawn.Example(seed)
		for _, law := range laws {
			if err := law.check(h, on); err != nil {
				return err
			}
		}
	}
	return nil
}

// check is Holds with an error that tells all; a panic breaks every law.
func (l Law[H, On]) check(h H, on On) (err error) {
	text := fmt.Sprintf("%+v", on)
	defer func() {
		if p := recover(); p != nil {
			err = &LawError{Law: l.Name, Says: l.Says, On: text, Err: fmt.Errorf("it panicked: %v", p)}
		}
	}()
	if broke := l.Holds(h, on); broke != nil {
		return &LawError{Law: l.Name, Says: l.Says, On: text, Err: broke}
	}
	return nil
}
