package ordertest

import (
	"fmt"
	"regexp"
)

var (
	namedTime = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?`)
	namedZone = regexp.MustCompile(`^(Z| ?[+-][0-9]{2}:[0-9]{2})`)
)

// Zoned reports a time in a text for persons that stands without its zone. A time of day
// without a date, as a policy names it, has none.
func Zoned(text string) error {
	for _, at := range namedTime.FindAllStringIndex(text, -1) {
		if !namedZone.MatchString(text[at[1]:]) {
			return fmt.Errorf("%s has no zone in %q: write it with order.Stamp", text[at[0]:at[1]], text)
		}
	}
	return nil
}
