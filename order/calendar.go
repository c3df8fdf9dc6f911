package order

import "time"

// Nth returns the end of the n-th term from the anchor, at the same clock time in the
// anchor's zone. Months and years are civil, from the anchor's day clamped to the last day
// of shorter months, so that the day comes back where there is room for it (R3, T2); days
// and weeks are civil days, hours and minutes elapse. It takes the same time for any n; n
// may be 0 or below. A clock time that summer time skips moves on by what was skipped, one
// that comes twice is its first; a day that the zone skips is the next one that exists.
//
// It returns the zero time for a term or an anchor that is not valid, and for an end
// outside the years 1 to 9998.
func (t Term) Nth(anchor time.Time, n int) time.Time {
	return t.nth(anchor, n, anchor.Day())
}

// NthOf is [Term.Nth] for an anchor whose months are counted from another day, such as 31
// for one that was clamped; 0 is the anchor's own. A day the month does not have is its
// last.
func (t Term) NthOf(anchor time.Time, n, day int) time.Time {
	if day == 0 {
		day = anchor.Day()
	}
	if day < 1 || day > 31 {
		return time.Time{}
	}
	return t.nth(anchor, n, day)
}

func (t Term) nth(anchor time.Time, n, day int) time.Time {
	steps, in, ok := t.steps(n)
	if !ok || checkTime("anchor", anchor) != nil {
		return time.Time{}
	}
	var end time.Time
	switch from := DateOf(anchor); in {
	case inMonths:
		months := int64(from.Year)*12 + int64(from.Month) - 1 + steps
		if months < 12 || months >= 9999*12 {
			return time.Time{}
		}
		end = from.AddMonths(int(steps), day).Like(anchor)
	case inDays:
		end = from.AddDays(int(steps)).Like(anchor)
	default:
		end = time.Unix(anchor.Unix()+steps*60, int64(anchor.Nanosecond())).In(anchor.Location())
	}
	if !inYears(end.Year()) {
		return time.Time{}
	}
	return end
}

// mostSteps is more of each measure than the years 1 to 9998 have.
var mostSteps = [...]int64{inMinutes: 10_000 * 366 * 24 * 60, inDays: 10_000 * 366, inMonths: 10_000 * 12}

// steps returns how many minutes, days or months n terms are; ok is false for a term that
// Check refuses, and for more than there are.
func (t Term) steps(n int) (steps int64, in measure, ok bool) {
	if t.Check() != nil {
		return 0, 0, false
	}
	length, in := t.measure()
	if most := mostSteps[in] / length; int64(n) > most || int64(n) < -most {
		return 0, 0, false
	}
	return int64(n) * length, in, true
}

// Count is the inverse of [Term.Nth]: how many whole terms lie between the anchor and at,
// the largest n for which Nth(anchor, n) is not after at; below 0 where at is before the
// anchor. It is 0 where Nth returns the zero time.
func (t Term) Count(anchor, at time.Time) int {
	if t.Nth(anchor, 0).IsZero() || checkTime("at", at) != nil {
		return 0
	}
	length, kind := t.measure()
	var n int64
	switch kind {
	case inMonths:
		at := at.In(anchor.Location())
		n = floorDiv(int64(at.Year()-anchor.Year())*12+int64(at.Month()-anchor.Month()), length)
	case inDays:
		n = floorDiv(int64(DateOf(at.In(anchor.Location())).Number()-DateOf(anchor).Number()), length)
	default:
		n = floorDiv(at.Unix()-anchor.Unix(), length*60)
	}
	// The estimate is off by the clamped day, the clock or the second at most.
	if next := t.Nth(anchor, int(n)+1); !next.IsZero() && !next.After(at) {
		return int(n) + 1
	}
	if end := t.Nth(anchor, int(n)); end.After(at) || end.IsZero() && n > 0 {
		return int(n) - 1
	}
	return int(n)
}
