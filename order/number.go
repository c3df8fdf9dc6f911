package order

import "strings"

// maxMinor is the largest count of minor units: 18 digits.
const maxMinor = 999_999_999_999_999_999

// tooLong is the reason that is also ErrOverflow.
const tooLong = "more than 18 digits"

// pow10 are the powers of ten that fit 18 digits, and 10^18.
var pow10 = [19]uint64{
	1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
	10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
	1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
}

// number is what parseNumber read: coef / 10^places.
type number struct {
	coef     int64
	places   int
	negative bool
}

// parseNumber reads -?(0|[1-9][0-9]*)(\.[0-9]+)? of at most 18 digits, before the
// point, after it and in all, and says what is wrong with anything else. Its branches
// are the characters a text may have, one case each, so that every wrong text gets the
// reason that fits it.
func parseNumber(s string) (n number, wrong string) {
	body := strings.TrimPrefix(s, "-")
	n.negative = len(body) < len(s)
	if body == "" {
		return n, "is empty: write digits"
	}
	point, digits := len(body), 0
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c >= '0' && c <= '9':
			if n.coef > 0 || c > '0' {
				digits++
			}
			if digits > 18 {
				return n, tooLong
			}
			n.coef = n.coef*10 + int64(c-'0')
		case c == '.' && point == len(body) && i > 0 && i < len(body)-1:
			point, n.places = i, len(body)-i-1
		case c == '+' || c == '-':
			return n, "a sign does not belong there"
		case c == 'e' || c == 'E':
			return n, "an exponent is not accepted: write the digits out"
		default:
			return n, "only ASCII digits and one point between them are accepted"
		}
	}
	switch {
	case n.places > 18:
		return n, tooLong
	case point > 1 && body[0] == '0':
		return n, "leading zeros are not accepted"
	case n.negative && n.coef == 0:
		return n, "zero has no sign"
	}
	return n, ""
}

func appendUint(b []byte, n uint64) []byte {
	var buf [20]byte
	i := len(buf)
	for {
		i--
		buf[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return append(b, buf[i:]...)
		}
	}
}
