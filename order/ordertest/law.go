package ordertest

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// Law is one promise that a host's H, an implementation of an interface, makes about
// every On. The suites of the packages above order are lists of laws: a law returns an
// error instead of failing a test, so that a broken implementation can be shown being
// caught.
type Law[H, On any] struct {
	Name string // a word or two, the name of its subtest
	Says string // the promise, in a sentence
	// Holds reports how h breaks the law on what is given, nil where it keeps it. It
	// leaves what is given as it is.
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

// Suite is the laws of an interface, and what they are checked on.
type Suite[H, On any] struct {
	Laws  []Law[H, On]
	Drawn *rapid.Generator[On]
	Shown func(On) string // for a person; nil: as fmt prints it
}

// Test checks that h keeps every law, each in a subtest of its own with what rapid draws
// and shrinks.
func (s Suite[H, On]) Test(t *testing.T, h H) {
	t.Helper()
	if any(h) == nil {
		t.Fatal("there is nothing to check")
	}
	for _, law := range s.Laws {
		t.Run(law.Name, func(t *testing.T) { s.Check(t, law, h) })
	}
}

// Check checks that h keeps one law with what rapid draws and shrinks, in t itself: for a suite
// that has more to say of its laws.
func (s Suite[H, On]) Check(t *testing.T, law Law[H, On], h H) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		if err := s.check(law, h, s.Drawn.Draw(t, "on")); err != nil {
			t.Fatal(err)
		}
	})
}

// Verify checks that h keeps every law on n draws, the same n every time: what Test does,
// for a program. The error is a [*LawError] for the first draw on which a law is broken;
// nothing to check, or n less than 1, is an error too.
func (s Suite[H, On]) Verify(h H, n int) error {
	if any(h) == nil {
		return errors.New("there is nothing to check")
	}
	if n < 1 {
		return fmt.Errorf("%d draws check nothing: give at least 1", n)
	}
	for seed := range n {
		on := s.Drawn.Example(seed)
		for _, law := range s.Laws {
			if err := s.check(law, h, on); err != nil {
				return err
			}
		}
	}
	return nil
}

// check is Holds with an error that tells all; a panic breaks every law.
func (s Suite[H, On]) check(law Law[H, On], h H, on On) (err error) {
	shown := s.Shown
	if shown == nil {
		shown = func(on On) string { return fmt.Sprintf("%+v", on) }
	}
	text := shown(on) // before the law sees it
	defer func() {
		if p := recover(); p != nil {
			err = &LawError{Law: law.Name, Says: law.Says, On: text, Err: fmt.Errorf("it panicked: %v", p)}
		}
	}()
	if broke := law.Holds(h, on); broke != nil {
		return &LawError{Law: law.Name, Says: law.Says, On: text, Err: broke}
	}
	return nil
}
