package order_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
)

// form is what the types of this package with a form of their own can do, seen from
// the pointer.
type form[T any] interface {
	*T
	sql.Scanner
	encoding.TextUnmarshaler
}

// checkForms writes v as JSON, text and SQL, and reads each back.
func checkForms[T comparable, P form[T]](v T, text string) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var read T
	if err := json.Unmarshal(b, &read); err != nil || read != v {
		return fmt.Errorf("JSON %s is read as %v, %v", b, read, err)
	}
	var strict T
	if err := order.Decode(b, &strict); err != nil || strict != v {
		return fmt.Errorf("JSON %s is decoded as %v, %v", b, strict, err)
	}

	if m, ok := any(v).(encoding.TextMarshaler); ok {
		b, err := m.MarshalText()
		if err != nil || string(b) != text {
			return fmt.Errorf("text is %q, %v, want %q", b, err, text)
		}
	}
	var back T
	if err := P(&back).UnmarshalText([]byte(text)); err != nil || back != v {
		return fmt.Errorf("text %q is read as %v, %v", text, back, err)
	}

	// As database/sql writes and reads it.
	value, err := driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil || !driver.IsValue(value) {
		return fmt.Errorf("SQL value is %v, %v", value, err)
	}
	columns := []any{value}
	if s, ok := value.(string); ok {
		columns = append(columns, []byte(s))
	}
	for _, column := range columns {
		var null sql.Null[T]
		if err := null.Scan(column); err != nil || null.V != v || null.Valid != (column != nil) {
			return fmt.Errorf("SQL %#v is read as %v, %v", column, null, err)
		}
		var scanned T
		if err := P(&scanned).Scan(column); err != nil || scanned != v {
			return fmt.Errorf("SQL %#v is scanned as %v, %v", column, scanned, err)
		}
	}
	if (value == nil) != (v == *new(T)) {
		return fmt.Errorf("SQL value is %v", value)
	}
	return nil
}

func TestO13_FormsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := someMoney().Draw(t, "money")
		if err := checkForms[order.Money](m, m.String()); err != nil {
			t.Fatalf("%v: %v", m, err)
		}
		r := rapid.OneOf(someRate(), rapid.Just(order.Rate{})).Draw(t, "rate")
		if err := checkForms[order.Rate](r, r.String()); err != nil {
			t.Fatalf("%v: %v", r, err)
		}
	})
	for _, iso := range isoTable(t) {
		if iso.Digits == nil {
			if _, err := iso.Number.MarshalText(); !errors.Is(err, order.ErrCurrency) {
				t.Errorf("%s as text: %v", iso.Code, err)
			}
			if v, err := iso.Number.Value(); !errors.Is(err, order.ErrCurrency) || v != nil {
				t.Errorf("%s in SQL: %v, %v", iso.Code, v, err)
			}
			continue
		}
		if err := checkForms[order.Currency](iso.Number, iso.Code); err != nil {
			t.Errorf("%s: %v", iso.Code, err)
		}
		if m := order.Minor(-1230, iso.Number); checkForms[order.Money](m, m.String()) != nil {
			t.Errorf("%v: %v", m, checkForms[order.Money](m, m.String()))
		}
	}
	if err := checkForms[order.Currency](order.Currency(0), ""); err != nil {
		t.Errorf("the zero Currency: %v", err)
	}
	for i, text := range []string{"half up", "half even", "truncate"} {
		var read order.Rounding = 9
		b, err := order.Rounding(i).MarshalText()
		if err != nil || string(b) != text || read.UnmarshalText(b) != nil || read != everyRounding[i] || read.Check() != nil {
			t.Errorf("%v: text %q, %v, read as %v", everyRounding[i], b, err, read)
		}
	}
	var bad order.Rounding = 3
	if _, err := bad.MarshalText(); !errors.Is(err, order.ErrInvalid) || bad.Check() == nil || bad.String() != "rounding(3)" {
		t.Errorf("%v: %v, %v", bad, err, bad.Check())
	}
}

func TestO13_FormsOnPaper(t *testing.T) {
	type forms struct {
		A order.Money    `json:"a"`
		B order.Money    `json:"b"`
		C order.Money    `json:"c,omitzero"`
		D order.Rate     `json:"d"`
		E order.Rate     `json:"e"`
		F order.Currency `json:"f"`
		G order.Rounding `json:"g"`
	}
	v := forms{A: money(t, "-12.30 USD"), D: order.Percent(85), F: order.KWD, G: order.HalfEven}
	want := `{"a":{"amount":"-12.30","currency":"USD"},"b":null,"d":"0.85","e":null,"f":"KWD","g":"half even"}`
	got, err := json.Marshal(v)
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	var read forms
	if err := order.Decode(got, &read); err != nil || cmp.Diff(v, read, sameMoney) != "" {
		t.Errorf("read back: %v (-want +got):\n%s", err, cmp.Diff(v, read, sameMoney))
	}
	// A null over something is nothing; another spelling of the same amount is the same.
	read.B, read.E = v.A, v.D
	if err := json.Unmarshal([]byte(`{"b":null,"e":null,"a":{"currency":"USD","amount":"-12.3"},"d":"0.850"}`), &read); err != nil || cmp.Diff(v, read, sameMoney) != "" {
		t.Errorf("read again: %v (-want +got):\n%s", err, cmp.Diff(v, read, sameMoney))
	}
}

// someID draws an ID of P12.
func someID() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.OneOf(rapid.RuneFrom([]rune("abcXYZ019-_./: é订单😀\"\\<")), rapid.RuneFrom([]rune("a"))), 1, 64, -1)
}

func TestP12_IDForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := someID().Draw(t, "id")
		for kind, err := range map[string]error{
			"order":    checkForms[order.ID](order.ID(s), s),
			"customer": checkForms[order.CustomerID](order.CustomerID(s), s),
			"purchase": checkForms[order.PurchaseID](order.PurchaseID(s), s),
			"payment":  checkForms[order.PaymentID](order.PaymentID(s), s),
			"project":  checkForms[order.ProjectID](order.ProjectID(s), s),
			"resource": checkForms[order.ResourceID](order.ResourceID(s), s),
		} {
			if err != nil {
				t.Fatalf("%s ID %q: %v", kind, s, err)
			}
		}
	})
	t.Run("one to 64 characters", func(t *testing.T) {
		for text, ok := range map[string]bool{
			"": false, "a": true, " ": true, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false,
			strings.Repeat("订", 64): true, strings.Repeat("订", 65): false, strings.Repeat("a", 1<<20): false,
			"a\nb": false, "a\tb": false, "a\x00b": false, "a\x7fb": false, "a\u0085b": false, "a\u200bb": false, "a\u202eb": false,
			"a\u00a0b": false, "a\u2028b": false, "a\ufeffb": false, "\xff": false, "a\xc3": false, "\xed\xa0\x80": false, "a\ufffdb": true,
		} {
			checkID(t, "order ID", order.ID("kept"), text, ok)
			checkID(t, "customer ID", order.CustomerID("kept"), text, ok)
			checkID(t, "purchase ID", order.PurchaseID("kept"), text, ok)
			checkID(t, "payment ID", order.PaymentID("kept"), text, ok)
			checkID(t, "project ID", order.ProjectID("kept"), text, ok)
			checkID(t, "resource ID", order.ResourceID("kept"), text, ok)
			if err := order.CheckID("coupon", text); ok != (err == nil) {
				t.Errorf("CheckID(%q): %v", text, err)
			}
		}
	})
}

// checkID reads text over kept in every form.
func checkID[T interface {
	~string
	driver.Valuer
}, P form[T]](t *testing.T, what string, kept T, text string, ok bool) {
	t.Helper()
	for name, read := range map[string]func(P) error{
		"UnmarshalText": func(p P) error { return p.UnmarshalText([]byte(text)) },
		"Scan":          func(p P) error { return p.Scan(text) },
		"Scan bytes":    func(p P) error { return p.Scan([]byte(text)) },
	} {
		v := kept
		err := read(&v)
		if ok && (err != nil || v != T(text)) {
			t.Errorf("%s.%s(%.70q) = %.70q, %v", what, name, text, v, err)
		}
		var facts *order.FieldError
		if !ok && (!errors.Is(err, order.ErrInvalid) || !errors.As(err, &facts) || facts.Field != what || v != kept) {
			t.Errorf("%s.%s(%.70q) = %.70q, %v, want a refusal", what, name, text, v, err)
		}
	}
	for _, column := range []any{int64(1), 1.5, true, time.Now(), []string{"a"}} {
		v := kept
		if err := P(&v).Scan(column); !errors.Is(err, order.ErrInvalid) || v != kept {
			t.Errorf("%s.Scan(%v) = %q, %v, want a refusal", what, column, v, err)
		}
	}
	v := kept
	if err := P(&v).Scan(nil); err != nil || v != "" {
		t.Errorf("%s.Scan(nil) = %q, %v", what, v, err)
	}
	if null, err := v.Value(); null != nil || err != nil {
		t.Errorf("the empty %s is %v, %v in SQL", what, null, err)
	}
}

func TestO1_WordForms(t *testing.T) {
	checkWords(t, "state", order.States()...)
	checkWords(t, "event", order.EventPlace, order.EventConfirm, order.EventApprove, order.EventReject, order.EventWithdraw,
		order.EventCancel, order.EventExpire, order.EventHold, order.EventSettle, order.EventRelease, order.EventComplete,
		order.EventFail, order.EventRefund)
	checkWords(t, "reason", order.Reasons()...)
	checkWords(t, "type", order.Types()...)
	checkWords(t, "charge", order.Charges()...)
	checkWords(t, "lapse", order.LapseShortens, order.LapseHonored, order.LapseJudged)
	checkWords(t, "lock", order.LockPartner, order.LockConfirmed)
	checkWords(t, "unit", order.Minute, order.Hour, order.Day, order.Month, order.Year)
}

// checkWords: each word of a closed set is written and read back, and nothing but
// these is read.
func checkWords[T interface {
	~string
	driver.Valuer
}, P form[T]](t *testing.T, what string, words ...T) {
	t.Helper()
	known := make(map[string]bool)
	for _, w := range words {
		if err := checkForms[T, P](w, string(w)); err != nil {
			t.Errorf("%s %q: %v", what, w, err)
		}
		if known[string(w)] {
			t.Errorf("%s %q stands for two", what, w)
		}
		known[string(w)] = true
	}
	kept := words[len(words)-1]
	first := string(words[0])
	for _, text := range []string{"", "none", strings.ToUpper(first), strings.ToUpper(first[:1]) + first[1:], first + " ", " " + first,
		first + "s", first[:len(first)-1], first + "\x00"} {
		for name, read := range map[string]func(P) error{
			"UnmarshalText": func(p P) error { return p.UnmarshalText([]byte(text)) },
			"Scan":          func(p P) error { return p.Scan(text) },
			"JSON": func(p P) error {
				b, _ := json.Marshal(text)
				return json.Unmarshal(b, p)
			},
		} {
			v := kept
			var facts *order.FieldError
			if err := read(&v); !errors.Is(err, order.ErrInvalid) || !errors.As(err, &facts) || facts.Field != what || v != kept {
				t.Errorf("%s %s(%q) = %q, %v, want a refusal", what, name, text, v, err)
			}
		}
	}
	for _, column := range []any{int64(1), 1.5, true, time.Now()} {
		v := kept
		if err := P(&v).Scan(column); !errors.Is(err, order.ErrInvalid) || v != kept {
			t.Errorf("%s.Scan(%v) = %q, %v, want a refusal", what, column, v, err)
		}
	}
	// The zero word is NULL, as an order without a reason is stored.
	v := kept
	if err := P(&v).Scan(nil); err != nil || v != "" {
		t.Errorf("%s.Scan(nil) = %q, %v", what, v, err)
	}
	if null, err := v.Value(); null != nil || err != nil {
		t.Errorf("no %s is %v, %v in SQL", what, null, err)
	}
}

// Each row breaks a rule that the others keep; what was there stays.
func TestO13_BadInput(t *testing.T) {
	type row struct {
		rule   string
		text   string
		reason string // a part of what the refusal says
		is     error
	}
	var (
		usd     = money(t, "7.77 USD")
		half    = order.Percent(50)
		rows    int
		invalid = order.ErrInvalid
	)
	run := func(form string, read func(text string) (unchanged bool, err error), table ...row) {
		t.Helper()
		for _, r := range table {
			rows++
			unchanged, err := read(r.text)
			if !errors.Is(err, r.is) || !errors.Is(err, order.ErrInvalid) || !unchanged {
				t.Errorf("%s, %s: %q: %v, unchanged: %v, want %v", form, r.rule, r.text, err, unchanged, r.is)
			} else if !strings.Contains(err.Error(), r.reason) {
				t.Errorf("%s, %s: %q: %v, want it to say %q", form, r.rule, r.text, err, r.reason)
			}
			if len(err.Error()) > 300 {
				t.Errorf("%s, %s: the error is %d bytes long", form, r.rule, len(err.Error()))
			}
		}
	}

	run("ParseMoney in USD", func(text string) (bool, error) {
		m, err := order.ParseMoney(text, order.USD)
		var facts *order.AmountError
		return m == (order.Money{}) && errors.As(err, &facts) && facts.Text == text && facts.Currency == order.USD, err
	},
		row{"empty", "", "empty", invalid},
		row{"a sign alone", "-", "empty", invalid},
		row{"an exponent", "1e2", "exponent", invalid},
		row{"a capital exponent", "1E2", "exponent", invalid},
		row{"a giant exponent", "1e1000000000", "exponent", invalid},
		row{"an exponent below zero", "100e-2", "exponent", invalid},
		row{"plus", "+1", "sign", invalid},
		row{"two signs", "--1", "sign", invalid},
		row{"a sign behind", "1-", "sign", invalid},
		row{"a sign inside", "1-2", "sign", invalid},
		row{"zero with a sign", "-0", "zero has no sign", invalid},
		row{"zero with a sign and decimals", "-0.00", "zero has no sign", invalid},
		row{"19 digits", "1000000000000000000", "18 digits", order.ErrOverflow},
		row{"18 digits before the point", "100000000000000000", "18 digits", order.ErrOverflow},
		row{"17 digits before the point", "10000000000000000", "18 digits", order.ErrOverflow},
		row{"17 digits below zero", "-10000000000000000", "18 digits", order.ErrOverflow},
		row{"19 digits with the decimals", "10000000000000000.00", "18 digits", order.ErrOverflow},
		row{"a hundred times this is 84 in 64 bits", "184467440737095517", "18 digits", order.ErrOverflow},
		row{"a million digits", strings.Repeat("9", 1_000_000), "18 digits", order.ErrOverflow},
		row{"three decimals", "1.005", "decimals", invalid},
		row{"three decimals that are zero", "1.000", "decimals", invalid},
		row{"19 decimals", "0.0000000000000000001", "18 digits", order.ErrOverflow},
		row{"Arabic digits", "١٢", "ASCII", invalid},
		row{"full-width digits", "１２", "ASCII", invalid},
		row{"a Devanagari digit inside", "1२3", "ASCII", invalid},
		row{"a real minus sign", "−1", "ASCII", invalid},
		row{"a full-width point", "1．5", "ASCII", invalid},
		row{"grouped", "1,000.00", "ASCII", invalid},
		row{"decimal comma", "1,5", "ASCII", invalid},
		row{"grouped by underscore", "1_000", "ASCII", invalid},
		row{"a space before", " 1", "ASCII", invalid},
		row{"a space behind", "1 ", "ASCII", invalid},
		row{"a line feed", "1\n", "ASCII", invalid},
		row{"a NUL", "1\x00", "ASCII", invalid},
		row{"not UTF-8", "1\xff", "ASCII", invalid},
		row{"hexadecimal", "0x10", "ASCII", invalid},
		row{"infinite", "Inf", "ASCII", invalid},
		row{"not a number", "NaN", "ASCII", invalid},
		row{"no digit before the point", ".5", "ASCII", invalid},
		row{"no digit before the point, below zero", "-.5", "ASCII", invalid},
		row{"no digit behind the point", "5.", "ASCII", invalid},
		row{"a point alone", ".", "ASCII", invalid},
		row{"two points", "1.2.3", "ASCII", invalid},
		row{"a leading zero", "01", "leading zeros", invalid},
		row{"a leading zero below zero", "-01.5", "leading zeros", invalid},
		row{"two zeros", "00", "leading zeros", invalid},
		row{"the symbol before", "$1", "ASCII", invalid},
	)
	run("ParseMoney in JPY", func(text string) (bool, error) {
		m, err := order.ParseMoney(text, order.JPY)
		return m == (order.Money{}), err
	},
		row{"a decimal", "1.5", "decimals", invalid},
		row{"decimals of nothing", "1.0", "decimals", invalid},
		row{"19 digits", "1000000000000000000", "18 digits", order.ErrOverflow},
	)
	run("ParseMoney in no currency", func(text string) (bool, error) {
		m, err := order.ParseMoney(text, 0)
		var facts *order.CurrencyError
		return m == (order.Money{}) && errors.As(err, &facts), err
	}, row{"the zero Currency", "1", "no currency", order.ErrCurrency})
	run("ParseMoney in gold", func(text string) (bool, error) {
		m, err := order.ParseMoney(text, 959)
		return m == (order.Money{}), err
	}, row{"no minor unit", "1", "no currency", order.ErrCurrency})

	moneyText := []row{
		{"no currency", "1.00", "ISO 4217", order.ErrCurrency},
		{"no currency, but a space", "1.00 ", "ISO 4217", order.ErrCurrency},
		{"no amount", "USD", "ISO 4217", order.ErrCurrency},
		{"an empty amount", " USD", "empty", invalid},
		{"lower case", "1.00 usd", "ISO 4217", order.ErrCurrency},
		{"mixed case", "1.00 Usd", "ISO 4217", order.ErrCurrency},
		{"unknown", "1.00 ABC", "ISO 4217", order.ErrCurrency},
		{"no longer used", "1.00 DEM", "ISO 4217", order.ErrCurrency},
		{"a number", "1.00 840", "ISO 4217", order.ErrCurrency},
		{"a symbol", "1.00 $", "ISO 4217", order.ErrCurrency},
		{"gold", "1.00 XAU", "no minor unit", order.ErrCurrency},
		{"no currency by name", "1.00 XXX", "no minor unit", order.ErrCurrency},
		{"two currencies", "1.00 USD EUR", "ISO 4217", order.ErrCurrency},
		{"the currency first", "USD 1.00", "ISO 4217", order.ErrCurrency},
		{"two spaces", "1.00  USD", "ISO 4217", order.ErrCurrency},
		{"a space behind", "1.00 USD ", "ISO 4217", order.ErrCurrency},
		{"a no-break space", "1.00\u00a0USD", "ISO 4217", order.ErrCurrency},
		{"a space before", " 1.00 USD", "ISO 4217", order.ErrCurrency},
		{"look-alike letters", "1.00 UЅD", "ISO 4217", order.ErrCurrency},
		{"an exponent", "1e2 USD", "exponent", invalid},
		{"too many decimals", "1.005 USD", "decimals", invalid},
		{"19 digits", "99999999999999999.99 USD", "18 digits", order.ErrOverflow},
		{"JSON", `{"amount":"1.00","currency":"USD"}`, "ISO 4217", order.ErrCurrency},
		{"null", "null", "ISO 4217", order.ErrCurrency},
	}
	run("Money text", func(text string) (bool, error) {
		m := usd
		err := m.UnmarshalText([]byte(text))
		return m == usd, err
	}, moneyText...)
	run("Money column", func(text string) (bool, error) {
		m := usd
		err := m.Scan(text)
		return m == usd, err
	}, append(moneyText, row{"empty", "", "NULL", invalid})...)

	run("Money JSON", func(text string) (bool, error) {
		m := usd
		err := m.UnmarshalJSON([]byte(text))
		return m == usd, err
	},
		row{"a number", `12.30`, "does not belong", invalid},
		row{"a text", `"12.30 USD"`, "does not belong", invalid},
		row{"an array", `["12.30","USD"]`, "does not belong", invalid},
		row{"true", `true`, "does not belong", invalid},
		row{"empty", ``, "too early", invalid},
		row{"cut off", `{"amount":"12.30","currency":"USD"`, "too early", invalid},
		row{"no keys", `{}`, "both keys", invalid},
		row{"no currency", `{"amount":"12.30"}`, "both keys", invalid},
		row{"no amount", `{"currency":"USD"}`, "both keys", invalid},
		row{"a null amount", `{"amount":null,"currency":"USD"}`, "both keys", invalid},
		row{"a null currency", `{"amount":"12.30","currency":null}`, "both keys", invalid},
		row{"the amount as a number", `{"amount":12.30,"currency":"USD"}`, "number", invalid},
		row{"the currency as a number", `{"amount":"12.30","currency":840}`, "number", invalid},
		row{"an unknown key", `{"amount":"12.30","currency":"USD","tax":"0"}`, "not known", invalid},
		row{"a key in another case", `{"Amount":"12.30","currency":"USD"}`, "not known", invalid},
		row{"a key twice", `{"amount":"12.30","currency":"USD","amount":"0.01"}`, "duplicate", invalid},
		row{"a key twice, once escaped", `{"amount":"12.30","currency":"USD","\u0061mount":"0.01"}`, "duplicate", invalid},
		row{"something behind", `{"amount":"12.30","currency":"USD"} 1`, "follows", invalid},
		row{"an empty amount", `{"amount":"","currency":"USD"}`, "empty", invalid},
		row{"an exponent", `{"amount":"1e2","currency":"USD"}`, "exponent", invalid},
		row{"a lower-case currency", `{"amount":"12.30","currency":"usd"}`, "ISO 4217", order.ErrCurrency},
		row{"no currency's code", `{"amount":"12.30","currency":""}`, "ISO 4217", order.ErrCurrency},
		row{"19 digits", `{"amount":"1000000000000000000","currency":"JPY"}`, "18 digits", order.ErrOverflow},
		row{"not UTF-8", "{\"amount\":\"1\xff\",\"currency\":\"USD\"}", "UTF-8", invalid},
	)
	rateText := []row{
		{"below zero", "-0.5", "sign", invalid},
		{"plus", "+0.5", "sign", invalid},
		{"an exponent", "5e-1", "exponent", invalid},
		{"per cent", "50%", "ASCII", invalid},
		{"a leading zero", "00.5", "leading zeros", invalid},
		{"19 digits", "1000000000000000000", "18 digits", order.ErrOverflow},
		{"19 decimals", "0.5000000000000000000", "18 digits", order.ErrOverflow},
		{"other digits", "０.５", "ASCII", invalid},
		{"null", "null", "ASCII", invalid},
	}
	run("Rate text", func(text string) (bool, error) {
		r := half
		err := r.UnmarshalText([]byte(text))
		return r == half, err
	}, rateText...)
	run("Rate column", func(text string) (bool, error) {
		r := half
		err := r.Scan(text)
		return r == half, err
	}, append(rateText, row{"empty", "", "empty", invalid})...)
	run("Rate JSON", func(text string) (bool, error) {
		r := half
		err := r.UnmarshalJSON([]byte(text))
		return r == half, err
	},
		row{"a number", `0.85`, "quotes", invalid},
		row{"an empty text", `""`, "empty", invalid},
		row{"one quote", `"`, "quotes", invalid},
		row{"below zero", `"-0.85"`, "sign", invalid},
		row{"no quote at the end", `"0.85x`, "quotes", invalid},
		row{"no quote at the start", `x0.85"`, "quotes", invalid},
		row{"an object", `{}`, "quotes", invalid},
		row{"two texts", `"1""2"`, "ASCII", invalid},
		row{"19 digits", `"1000000000000000000"`, "18 digits", order.ErrOverflow},
	)
	run("Currency text", func(text string) (bool, error) {
		c := order.EUR
		err := c.UnmarshalText([]byte(text))
		var facts *order.CurrencyError
		return c == order.EUR && errors.As(err, &facts) && facts.Code == text, err
	},
		row{"lower case", "usd", "ISO 4217", order.ErrCurrency},
		row{"mixed case", "UsD", "ISO 4217", order.ErrCurrency},
		row{"unknown", "ZZZ", "ISO 4217", order.ErrCurrency},
		row{"before the first", "AAA", "ISO 4217", order.ErrCurrency},
		row{"too short", "US", "ISO 4217", order.ErrCurrency},
		row{"too long", "USDT", "ISO 4217", order.ErrCurrency},
		row{"silver", "XAG", "no minor unit", order.ErrCurrency},
		row{"tests", "XTS", "no minor unit", order.ErrCurrency},
		row{"across two unitless codes", "AGX", "ISO 4217", order.ErrCurrency},
		row{"three bytes of one character", "元", "ISO 4217", order.ErrCurrency},
		row{"very long", strings.Repeat("USD", 10000), "ISO 4217", order.ErrCurrency},
	)
	run("Rounding text", func(text string) (bool, error) {
		r := order.Truncate
		err := r.UnmarshalText([]byte(text))
		return r == order.Truncate, err
	},
		row{"empty", "", "half up", invalid},
		row{"a capital", "Half up", "half up", invalid},
		row{"joined", "halfup", "half up", invalid},
		row{"a number", "0", "half up", invalid},
		row{"what String says of none", "rounding(7)", "half up", invalid},
	)

	for _, column := range []any{int64(1), 1.5, true, time.Unix(0, 0), decimal.New(1, 0), []string{}} {
		rows++
		m, r, c := usd, half, order.EUR
		for what, err := range map[string]error{"money": m.Scan(column), "rate": r.Scan(column), "currency": c.Scan(column)} {
			var facts *order.FieldError
			if !errors.Is(err, order.ErrInvalid) || !errors.As(err, &facts) || facts.Field != what {
				t.Errorf("%s.Scan(%T): %v", what, column, err)
			}
		}
		if m != usd || r != half || c != order.EUR {
			t.Errorf("Scan(%T) changed something: %v, %v, %v", column, m, r, c)
		}
	}
	c := order.EUR
	if err := c.Scan(""); !errors.Is(err, order.ErrCurrency) || c != order.EUR {
		t.Errorf("an empty currency column: %v, %v", c, err)
	}
	if rows < 150 {
		t.Errorf("%d rows, want at least 150", rows)
	}
}

// FuzzO13_MoneyText: a text is an amount by a second judgment, and then is written
// back the same, or it is refused and changes nothing.
func FuzzO13_MoneyText(f *testing.F) {
	for _, seed := range []string{"12.30 USD", "-0.05 EUR", "0 JPY", "1.234 KWD", "0.0001 CLF", "", "9999999999999999.99 USD",
		"10000000000000000.00 USD", "-0 JPY", "01 JPY", "1e3 JPY", "1 XAU", "1 usd", "1  USD", "1.5 JPY", "１ USD"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		had := money(t, "7.77 EUR")
		m := had
		err := m.UnmarshalText([]byte(text))
		if text == "" {
			if m != (order.Money{}) || err != nil {
				t.Fatalf("nothing is read as %v, %v", m, err)
			}
			return
		}
		amount, code, _ := strings.Cut(text, " ")
		c, currencyErr := order.ParseCurrency(code)
		digits, _ := c.Digits()
		want := currencyErr == nil && readable(amount, digits)
		if want {
			whole, _, _ := strings.Cut(strings.TrimPrefix(amount, "-"), ".")
			want = len(whole)+digits <= 18 || whole == "0"
		}
		if want != (err == nil) {
			t.Fatalf("%q is read as %v, %v; to be read: %v", text, m, err, want)
		}
		if err != nil {
			if !errors.Is(err, order.ErrInvalid) || m != had {
				t.Fatalf("%q: %v, and changed %v", text, err, m)
			}
			return
		}
		if d, err := decimal.NewFromString(amount); err != nil || !d.Equal(m.Decimal()) || m.Currency() != c {
			t.Fatalf("%q is %v, a decimal reads %v, %v", text, m, d, err)
		}
		if err := checkForms[order.Money](m, m.String()); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

// FuzzO13_MoneyJSON: a JSON text is refused and changes nothing, or it is what two
// strings say, and encoding/json and Decode agree.
func FuzzO13_MoneyJSON(f *testing.F) {
	for _, seed := range []string{`{"amount":"12.30","currency":"USD"}`, `null`, ` null `, `{}`, `{"amount":"1","currency":"JPY"} `,
		`{"amount":"1","amount":"2","currency":"JPY"}`, `{"Amount":"1","currency":"JPY"}`, `{"\u0061mount":"1","currency":"JPY"}`,
		`{"amount":1,"currency":"JPY"}`, `[[[[`, "{\"amount\":\"\xff\"}", `{"amount":"1","currency":"JPY"}{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		had := money(t, "7.77 EUR")
		read, decoded := had, had
		err := json.Unmarshal(data, &read)
		decodeErr := order.Decode(data, &decoded)
		if decodeErr != nil {
			var facts *order.DecodeError
			if !errors.Is(decodeErr, order.ErrInvalid) || !errors.As(decodeErr, &facts) || facts.Line < 1 || facts.Column < 1 || decoded != had {
				t.Fatalf("%q: %v, and changed %v", data, decodeErr, decoded)
			}
		}
		if err != nil && read != had {
			t.Fatalf("%q: %v, and changed %v", data, err, read)
		}
		if (err == nil) != (decodeErr == nil) || err == nil && read != decoded {
			t.Fatalf("%q: encoding/json reads %v, %v; Decode %v, %v", data, read, err, decoded, decodeErr)
		}
		if err != nil {
			return
		}
		var plain map[string]string
		if err := json.Unmarshal(data, &plain); err != nil || plain == nil != (read == order.Money{}) {
			t.Fatalf("%q is read as %v, plainly as %v, %v", data, read, plain, err)
		}
		if plain != nil {
			if want := money(t, plain["amount"]+" "+plain["currency"]); read != want || len(plain) != 2 {
				t.Fatalf("%q is read as %v, want %v", data, read, want)
			}
		}
		if err := checkForms[order.Money](read, read.String()); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
	})
}
