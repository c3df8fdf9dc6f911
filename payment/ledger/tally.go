package ledger

import (
	"hash/fnv"
	"strconv"

	"github.com/duebook/duebook/order"
)

// TallyReturns counts what was given back whole, within the days that the policy gives.
const TallyReturns = "resources given back"

// TallyParts is in how many parts, beside part 0, the orders of a service are counted.
const TallyParts = 8

// TallyID is the ID of a part of a tally. Names begin with a word, so that no part has the ID of another tally.
func TallyID(name string, part int) string {
	if part == 0 {
		return name
	}
	return strconv.Itoa(part) + " of " + name
}

// TallyPart is the part in which the orders of a payment are counted: payments of one customer seldom
// write the same one at once (C11).
func TallyPart(p order.PaymentID) int {
	h := fnv.New32a()
	h.Write([]byte(p)) // which never fails
	return 1 + int(h.Sum32()%TallyParts)
}

// TallyIDs are the IDs of all parts of tallies.
func TallyIDs(names ...string) (ids []string) {
	for _, name := range names {
		for part := range TallyParts + 1 {
			ids = append(ids, TallyID(name, part))
		}
	}
	return ids
}
