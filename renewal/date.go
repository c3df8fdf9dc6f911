package renewal

import (
	"time"

	"github.com/duebook/duebook/order"
)

// shown is what the clock of a zone shows, as a time in UTC.
func shown(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	_, offset := at.Zone()
	return at.Add(time.Duration(offset) * time.Second).UTC()
}

// wall is shown for what never runs back: a clock time that is to come again is that to which
// the clock goes back, so that a day or an hour ends with its last second (T2).
func wall(at time.Time, zone *time.Location) time.Time {
	const most = 26 * time.Hour // that a clock was ever set back
	clock := shown(at, zone)
	_, change := at.In(zone).ZoneBounds()
	for change.After(at) && change.Sub(at) <= most { // a zone's rule for the years to come can say that it has been
		clock = earliest(clock, shown(change, zone))
		_, next := change.ZoneBounds()
		if !next.After(change) {
			break
		}
		change = next
	}
	return clock
}

// checkYear reports a date that leaves the years 1 to 9998.
func checkYear(d order.Date) error {
	if d.Year < 1 || d.Year > 9998 {
		return order.Invalid("term", "", "leads out of the years 1 to 9998")
	}
	return nil
}

// checkTime reports a time that is not set, or outside years 1 to 9998, under the name of a
// field.
func checkTime(name string, at time.Time) error {
	const year2, year9998 = -62_104_060_800, 253_339_228_800 // in seconds since 1970
	if s := at.Unix(); s >= year2 && s < year9998 {
		return nil // in any zone
	}
	if _, err := order.Second(at); err != nil {
		return order.Invalid(name, order.Stamp(at), "is no time of the years 1 to 9998")
	}
	return nil
}
