package ordertest

import (
	"time"
	_ "time/tzdata" // the zones drawn are there on every machine

	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// Currency draws a currency: one with no, two, three or four decimals.
func Currency() *rapid.Generator[order.Currency] {
	return rapid.Custom(func(t *rapid.T) order.Currency {
		code := rapid.SampledFrom([]string{"USD", "CNY", "EUR", "JPY", "KWD", "CLF"}).Draw(t, "code")
		c, err := order.ParseCurrency(code)
		if err != nil {
			t.Fatalf("currency %s: %v", code, err)
		}
		return c
	})
}

// maxMinor is the largest amount in minor units: 18 digits.
const maxMinor = 999_999_999_999_999_999

// Money draws an amount of c on either side of zero, of up to 18 digits.
func Money(c order.Currency) *rapid.Generator[order.Money] {
	return between(-maxMinor, maxMinor, c)
}

// MoneyOf draws an amount of c with the given sign, -1, 0 or 1, of up to 18 digits.
func MoneyOf(c order.Currency, sign int) *rapid.Generator[order.Money] {
	switch {
	case sign < 0:
		return between(-maxMinor, -1, c)
	case sign > 0:
		return between(1, maxMinor, c)
	}
	return rapid.Just(order.Minor(0, c))
}

func between(least, most int64, c order.Currency) *rapid.Generator[order.Money] {
	return rapid.Map(rapid.Int64Range(least, most), func(n int64) order.Money { return order.Minor(n, c) })
}

// Rate draws a rate of any size and number of decimals; never the zero Rate, which is
// none.
func Rate() *rapid.Generator[order.Rate] {
	return rapid.Custom(func(t *rapid.T) order.Rate {
		whole := rapid.Int64Range(0, 999_999_999).Draw(t, "whole")
		text := rapid.SampledFrom([]string{"", ".5", ".25", ".001", ".000000001", ".333333333", ".999999999"}).Draw(t, "fraction")
		r, err := order.ParseRate(order.Minor(whole, order.JPY).Amount() + text)
		if err != nil {
			t.Fatalf("rate: %v", err)
		}
		return r
	})
}

// Share draws the share of a price still to pay: 0 to 1.
func Share() *rapid.Generator[order.Rate] {
	return rapid.Map(rapid.Int64Range(0, 100), order.Percent)
}

// Text draws printable text of the given number of characters.
func Text(least, most int) *rapid.Generator[string] {
	short := min(most, max(least, 8))
	return rapid.Custom(func(t *rapid.T) string {
		var n int
		switch rapid.IntRange(0, 15).Draw(t, "length") {
		case 0:
			n = most
		case 1:
			n = least
		default:
			n = rapid.IntRange(least, short).Draw(t, "characters")
		}
		return rapid.StringOfN(rapid.SampledFrom(printable), n, n, -1).Draw(t, "text")
	})
}

var printable = []rune("abcXYZ0189 -_.:/=+@\"',;<>&\\|é中ß🎫")

// ID draws an ID: 1 to 64 printable characters.
func ID[T order.IDText]() *rapid.Generator[T] {
	return rapid.Map(Text(1, 64), func(s string) T { return T(s) })
}

// Instant draws an instant between 1990 and 2100, with a fraction of a second now and
// then, in one of several zones; the edges of days and of summer time come often.
func Instant() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		var at time.Time
		if rapid.Bool().Draw(t, "edge") {
			at = rapid.SampledFrom(edges).Draw(t, "near").Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "seconds")) * time.Second)
		} else {
			at = time.Unix(rapid.Int64Range(631_152_000, 4_102_444_799).Draw(t, "unix"), 0)
		}
		at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 500_000_000, 999_999_999}).Draw(t, "nanoseconds")))
		return at.In(Zone().Draw(t, "zone"))
	})
}

// edges are instants at which calendars go wrong.
var edges = []time.Time{
	time.Date(2018, 11, 26, 15, 12, 32, 0, time.UTC),
	time.Date(2018, 11, 30, 15, 59, 59, 0, time.UTC),
	time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
	time.Date(2024, 3, 10, 7, 0, 0, 0, time.UTC), // summer time begins in New York
	time.Date(2024, 11, 3, 6, 0, 0, 0, time.UTC), // and ends
	time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC),
}

// Zone draws a zone: UTC, the sources' GMT+08:00, one with summer time, odd ones.
func Zone() *rapid.Generator[*time.Location] {
	return rapid.Custom(func(t *rapid.T) *time.Location {
		name := rapid.SampledFrom([]string{"UTC", "+08:00", "America/New_York", "-03:30", "Asia/Kathmandu"}).Draw(t, "name")
		switch name {
		case "+08:00":
			return time.FixedZone(name, 8*60*60)
		case "-03:30":
			return time.FixedZone(name, -(3*60+30)*60)
		}
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatalf("zone: %v", err)
		}
		return zone
	})
}

// Window draws a window; either end may be open.
func Window() *rapid.Generator[order.Window] {
	return rapid.Custom(func(t *rapid.T) order.Window { return windowAround(t, Instant().Draw(t, "in the window")) })
}

// WindowAround draws a window that contains at.
func WindowAround(at time.Time) *rapid.Generator[order.Window] {
	return rapid.Custom(func(t *rapid.T) order.Window { return windowAround(t, at) })
}

func windowAround(t *rapid.T, at time.Time) (w order.Window) {
	at = at.Truncate(time.Second)
	if rapid.Bool().Draw(t, "begins") {
		w.From = at.Add(-seconds(t, "before"))
	}
	if rapid.Bool().Draw(t, "ends") {
		w.Until = at.Add(seconds(t, "after"))
	}
	return w
}

// seconds draws a length of up to 30 days; none and a few seconds come often.
func seconds(t *rapid.T, label string) time.Duration {
	return time.Duration(rapid.Int64Range(0, 30*24*60*60).Draw(t, label)) * time.Second
}

// Unit draws a unit of time.
func Unit() *rapid.Generator[order.Unit] {
	return rapid.SampledFrom([]order.Unit{order.Minute, order.Hour, order.Day, order.Month, order.Year})
}

// Term draws a term; never the zero Term.
func Term() *rapid.Generator[order.Term] {
	return rapid.Custom(func(t *rapid.T) order.Term {
		return order.Term{N: rapid.IntRange(1, 120).Draw(t, "n"), Unit: Unit().Draw(t, "unit")}
	})
}

// Terms draws a range of terms; either end may be open.
func Terms() *rapid.Generator[order.Terms] {
	return rapid.Custom(func(t *rapid.T) (r order.Terms) {
		a := Term().Draw(t, "one end")
		b := order.Term{N: rapid.IntRange(a.N, 240).Draw(t, "n of the other"), Unit: a.Unit}
		if rapid.Bool().Draw(t, "least") {
			r.Least = a
		}
		if rapid.Bool().Draw(t, "most") {
			r.Most = b
		}
		return r
	})
}
