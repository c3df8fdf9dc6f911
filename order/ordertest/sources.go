package ordertest

import (
	"time"

	"github.com/duebook/duebook/order"
)

// GMT8 is the zone of the published examples.
var GMT8 = time.FixedZone("+08:00", 8*60*60)

// Clock reads a time of the published examples, "2018-11-26 23:12:32"; a day alone is its
// last second. It panics for any other text.
func Clock(s string) time.Time {
	if len(s) == len(time.DateOnly) {
		s += " 23:59:59"
	}
	t, err := time.ParseInLocation(time.DateTime, s, GMT8)
	if err != nil {
		panic(err)
	}
	return t
}

// USD is an amount in cents.
func USD(cents int64) order.Money { return order.Minor(cents, order.USD) }
