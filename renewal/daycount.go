package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// DayCount says what share of a monthly price odd days cost (R7).
//
// One of: Days30, ActualPeriod, CalendarMonth, Twelfth365, Thirty360.
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
func (p *Policy) share(from, until order.Date) Fraction {
	days := int64(until.Number() - from.Number())
	switch {
	case p.Counter != nil:
		return p.Counter.Share(from.At("", time.UTC), until.At("", time.UTC))
	case days <= 0:
		return Fraction{0, 1}
	}
	switch p.DayCount {
	case ActualPeriod:
		month := from.AddMonths(1, from.Day)
		return Fraction{days, int64(month.Number() - from.Number())}.lowest()
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
func byMonth(from, until order.Date) Fraction {
	sum := Fraction{0, 1}
	for day := from.Next(); !until.Before(day); {
		last := order.Date{Year: day.Year, Month: day.Month, Day: order.DaysIn(day.Year, day.Month)}
		if until.Before(last) {
			last = until
		}
		sum = sum.Add(Fraction{int64(last.Day - day.Day + 1), int64(order.DaysIn(day.Year, day.Month))}.lowest())
		day = last.Next()
	}
	return sum
}

// days360 counts days as if every month had 30.
func days360(from, until order.Date) int {
	a, b := min(from.Day, 30), until.Day
	if b == 31 || b == order.DaysIn(until.Year, until.Month) && a == 30 {
		b = 30
	}
	return max(0, 360*(until.Year-from.Year)+30*int(until.Month-from.Month)+b-a)
}
