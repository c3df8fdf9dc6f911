package renewal

import "time"

// DayCount says what share of a monthly price odd days cost (R7).
type DayCount uint8

const (
	Days30        DayCount = iota // a thirtieth each (T); the zero value
	ActualPeriod                  // of the days of the month that begins with the first of them; of a shortened first term of that which ends with the last (S)
	CalendarMonth                 // of the days of the calendar month that each lies in
	Twelfth365                    // of a twelfth of 365 days
	Thirty360                     // every month has 30 days
)

// Counter is a host's own day count. renewaltest.TestCounter checks what it promises:
//
// Share returns what share of a monthly price the days after from, up to and with until,
// cost. Both are given as midnights in UTC. No days cost nothing, more days never cost
// less, the denominator is above zero, and the same days always cost the same.
type Counter interface {
	Share(from, until time.Time) Fraction
}

// share is the share of a monthly price that the days after from cost.
func (p *Policy) share(from, until date) Fraction {
	days := int64(until.number() - from.number())
	switch {
	case p.Counter != nil:
		return p.Counter.Share(from.midnight(), until.midnight())
	case days <= 0:
		return Fraction{0, 1}
	}
	switch p.DayCount {
	case ActualPeriod:
		month := from.months(1, from.day)
		return Fraction{days, int64(month.number() - from.number())}.lowest()
	case CalendarMonth:
		return byMonth(from, until)
	case Twelfth365:
		return Fraction{12 * days, 365}.lowest()
	case Thirty360:
		return Fraction{int64(days360(from, until)), 30}.lowest()
	}
	return Fraction{days, 30}.lowest()
}

// byMonth adds up the days after from, each as a share of its calendar month.
func byMonth(from, until date) Fraction {
	sum := Fraction{0, 1}
	for day := from.next(); !until.before(day); {
		last := date{day.year, day.month, daysIn(day.year, day.month)}
		if until.before(last) {
			last = until
		}
		sum = sum.Add(Fraction{int64(last.day - day.day + 1), int64(daysIn(day.year, day.month))}.lowest())
		day = last.next()
	}
	return sum
}

// days360 counts days as if every month had 30.
func days360(from, until date) int {
	a, b := min(from.day, 30), until.day
	if b == 31 || b == daysIn(until.year, until.month) && a == 30 {
		b = 30
	}
	return max(0, 360*(until.year-from.year)+30*int(until.month-from.month)+b-a)
}
