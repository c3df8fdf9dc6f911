package order

import (
	"database/sql/driver"
	"strings"
)

// The text, JSON and SQL forms of Money, Currency and Rate, and the text form of
// Rounding. Each reads back exactly what it writes, and beyond that only other
// spellings of the same number that ParseMoney and ParseRate read: "12.3 USD".

// MarshalText writes "12.30 USD", nothing for the zero Money.
func (m Money) MarshalText() ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what MarshalText writes, the amount as [ParseMoney] does.
func (m *Money) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = Money{}
		return nil
	}
	amount, code, _ := strings.Cut(string(b), " ")
	return m.read(amount, code)
}

// read sets m to the amount of the currency.
func (m *Money) read(amount, code string) error {
	c, err := ParseCurrency(code)
	if err != nil {
		return err
	}
	n, err := ParseMoney(amount, c)
	if err != nil {
		return err
	}
	*m = n
	return nil
}

// MarshalJSON writes {"amount":"12.30","currency":"USD"}, null for the zero Money.
func (m Money) MarshalJSON() ([]byte, error) {
	var buf [64]byte
	b, err := m.AppendJSON(buf[:0])
	return append([]byte(nil), b...), err
}

// AppendJSON appends what MarshalJSON writes.
func (m Money) AppendJSON(to []byte) ([]byte, error) {
	if err := m.Check(); err != nil || m == (Money{}) {
		return append(to, "null"...), err
	}
	to = m.appendAmount(append(to, `{"amount":"`...))
	to = append(append(to, `","currency":"`...), m.cur.String()...)
	return append(to, `"}`...), nil
}

// UnmarshalJSON reads what MarshalJSON writes, the amount as [ParseMoney] does: both
// keys, once each, no other.
func (m *Money) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*m = Money{}
		return nil
	}
	if n, ok := plainMoney(b); ok {
		*m = n
		return nil
	}
	var form struct {
		Amount   *string `json:"amount"`
		Currency *string `json:"currency"`
	}
	if err := Decode(b, &form); err != nil {
		return err
	}
	if form.Amount == nil || form.Currency == nil {
		return Invalid("amount", "", `needs both keys: {"amount":"12.30","currency":"USD"}`)
	}
	return m.read(*form.Amount, *form.Currency)
}

// plainMoney reads what MarshalJSON writes, with or without spaces, at once; not ok: Decode looks, and
// says what is wrong.
func plainMoney(b []byte) (m Money, ok bool) {
	var amount, code []byte
	if b, ok = cutToken(b, '{'); ok {
		if b, ok = cutMember(b, "amount", &amount); ok {
			if b, ok = cutToken(b, ','); ok {
				if b, ok = cutMember(b, "currency", &code); ok {
					b, ok = cutToken(b, '}')
				}
			}
		}
	}
	if !ok || len(b) > 0 {
		return Money{}, false
	}
	n, wrong := parseNumber(string(amount))
	c := findCurrency(string(code))
	minor, wrong := n.in(c, wrong)
	return Money{minor, c}, wrong == ""
}

// cutToken skips spaces and a byte.
func cutToken(b []byte, c byte) (rest []byte, ok bool) {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	if len(b) == 0 || b[0] != c {
		return nil, false
	}
	return b[1:], true
}

// cutMember skips a key and its text, which has no escape.
func cutMember(b []byte, key string, text *[]byte) (rest []byte, ok bool) {
	if b, ok = cutToken(b, '"'); !ok || len(b) < len(key) || string(b[:len(key)]) != key {
		return nil, false
	}
	if b = b[len(key):]; len(b) == 0 || b[0] != '"' {
		return nil, false
	}
	if b, ok = cutToken(b[1:], ':'); !ok {
		return nil, false
	}
	if b, ok = cutToken(b, '"'); !ok {
		return nil, false
	}
	for i, c := range b {
		switch {
		case c == '"':
			*text = b[:i]
			return b[i+1:], true
		case c == '\\':
			return nil, false
		}
	}
	return nil, false
}

// Value is the text, NULL for the zero Money. A table whose amounts are added up keeps
// [Money.Minor] and the currency in two columns instead.
func (m Money) Value() (driver.Value, error) {
	if err := m.Check(); err != nil || m == (Money{}) {
		return nil, err
	}
	return m.String(), nil
}

// Scan reads the text, the zero Money from NULL.
func (m *Money) Scan(src any) error {
	if src == nil {
		*m = Money{}
		return nil
	}
	s, err := sqlText("money", src)
	if err != nil {
		return err
	}
	if s == "" {
		return Invalid("money", "", "is empty: write NULL for no amount")
	}
	return m.UnmarshalText([]byte(s))
}

// MarshalText writes the code, nothing for the zero Currency.
func (c Currency) MarshalText() ([]byte, error) {
	if c != 0 && c.places() == 0 {
		return nil, notCurrency(c)
	}
	return []byte(c.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (c *Currency) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = 0
		return nil
	}
	parsed, err := ParseCurrency(string(b))
	if err == nil {
		*c = parsed
	}
	return err
}

// Value is the code, NULL for the zero Currency.
func (c Currency) Value() (driver.Value, error) {
	if c == 0 {
		return nil, nil
	}
	b, err := c.MarshalText()
	if err != nil {
		return nil, err
	}
	return string(b), nil
}

// Scan reads the code, the zero Currency from NULL.
func (c *Currency) Scan(src any) error {
	if src == nil {
		*c = 0
		return nil
	}
	s, err := sqlText("currency", src)
	if err != nil {
		return err
	}
	parsed, err := ParseCurrency(s)
	if err == nil {
		*c = parsed
	}
	return err
}

// MarshalText writes the number, nothing for the zero Rate.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Rate) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*r = Rate{}
		return nil
	}
	parsed, err := ParseRate(string(b))
	if err == nil {
		*r = parsed
	}
	return err
}

// MarshalJSON writes the number as a string, "0.85"; null for the zero Rate.
func (r Rate) MarshalJSON() ([]byte, error) {
	return r.AppendJSON(nil)
}

// AppendJSON appends what MarshalJSON writes.
func (r Rate) AppendJSON(to []byte) ([]byte, error) {
	if r == (Rate{}) {
		return append(to, "null"...), nil
	}
	return append(r.appendTo(append(to, '"')), '"'), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Rate) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*r = Rate{}
		return nil
	}
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return Invalid("rate", string(b), `is a number in quotes: "0.85"`)
	}
	parsed, err := ParseRate(string(b[1 : len(b)-1]))
	if err == nil {
		*r = parsed
	}
	return err
}

// Value is the number as text, NULL for the zero Rate.
func (r Rate) Value() (driver.Value, error) {
	if r == (Rate{}) {
		return nil, nil
	}
	return r.String(), nil
}

// Scan reads the number from text, the zero Rate from NULL.
func (r *Rate) Scan(src any) error {
	if src == nil {
		*r = Rate{}
		return nil
	}
	s, err := sqlText("rate", src)
	if err != nil {
		return err
	}
	parsed, err := ParseRate(s)
	if err == nil {
		*r = parsed
	}
	return err
}

// MarshalText writes "half up", "half even" or "truncate".
func (r Rounding) MarshalText() ([]byte, error) { return []byte(r.String()), r.Check() }

// UnmarshalText reads what MarshalText writes.
func (r *Rounding) UnmarshalText(b []byte) error {
	for i, name := range roundings {
		if name == string(b) {
			*r = Rounding(i)
			return nil
		}
	}
	return Invalid("rounding", string(b), "is unknown: write half up, half even or truncate")
}
