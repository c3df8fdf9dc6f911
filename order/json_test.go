package order_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/duebook/duebook/order"
)

// page is what an edge might read: every kind of field that Decode goes into.
type page struct {
	Header
	*Footer
	ID      order.ID       `json:"id"`
	Amount  order.Money    `json:"amount"`
	Share   order.Rate     `json:"share"`
	Count   int            `json:"count"`
	Small   int8           `json:"small"`
	Fine    bool           `json:"fine"`
	Text    string         `json:"text"`
	At      time.Time      `json:"at"`
	State   order.State    `json:"state"`
	Mode    order.Rounding `json:"mode"`
	Window  order.Window   `json:"window"`
	Pages   []page         `json:"pages"`
	Next    *page          `json:"next"`
	After   **page         `json:"after"`
	Amounts []order.Money  `json:"amounts"`
	Maybe   *order.Money   `json:"maybe"`
	Terms   []order.Term   `json:"terms"`
	Deep    [][]int        `json:"deep"`
	Raw     words          `json:"raw"`
	Hidden  string         `json:"-"`
	Plain   string
	secret  string
}

// Header is embedded: its keys count as page's, but page's own count first.
type Header struct {
	Title string `json:"title"`
	ID    string `json:"id"`
}

// Footer is embedded by pointer.
type Footer struct {
	Note string `json:"note"`
}

// words reads its array itself: numbers are not what it holds.
type words []string

func (w *words) UnmarshalJSON(b []byte) error {
	var numbers []int
	if err := json.Unmarshal(b, &numbers); err != nil {
		return err
	}
	*w = nil
	for _, n := range numbers {
		*w = append(*w, fmt.Sprint(n))
	}
	return nil
}

// exported compares what pages hold, time by instant.
var exported = cmp.Options{sameMoney, cmpopts.IgnoreUnexported(page{})}

func TestDecodeReads(t *testing.T) {
	text := `{
		"title": "t", "note": "n", "id": "A-1",
		"amount": {"currency": "USD", "amount": "12.30"}, "share": "0.85", "count": -3, "fine": true,
		"text": "é\n\"\\ \ud83d\ude00", "at": "2018-11-01T00:00:00+08:00", "state": "unpaid", "mode": "half even",
		"window": {"until": "2018-11-30T23:59:59+08:00"},
		"pages": [{"id": "B"}, {"next": {"id": "C"}}], "next": {"after": {"count": 2}}, "after": null,
		"amounts": [null, {"amount": "1", "currency": "JPY"}], "maybe": {"amount": "2", "currency": "JPY"},
		"terms": [], "deep": [[1, 2], [], null], "raw": [7, 8], "Plain": "p"
	}`
	after := &page{Count: 2}
	maybe := money(t, "2 JPY")
	want := page{
		Header: Header{Title: "t"}, Footer: &Footer{Note: "n"}, ID: "A-1", Amount: money(t, "12.30 USD"), Share: order.Percent(85),
		Count: -3, Fine: true, Text: "é\n\"\\ 😀", At: at(t, "2018-11-01 00:00:00"), State: order.StateUnpaid, Mode: order.HalfEven,
		Window: order.Window{Until: at(t, "2018-11-30 23:59:59")},
		Pages:  []page{{ID: "B"}, {Next: &page{ID: "C"}}}, Next: &page{After: &after},
		Amounts: []order.Money{{}, money(t, "1 JPY")}, Maybe: &maybe, Terms: []order.Term{}, Deep: [][]int{{1, 2}, {}, nil},
		Raw: words{"7", "8"}, Plain: "p",
	}
	got := page{Text: "what was there goes", Count: 9, Hidden: "h", secret: "s"}
	if err := order.Decode([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, exported); diff != "" {
		t.Errorf("Decode (-want +got):\n%s", diff)
	}
	// encoding/json reads the same text as the same.
	var plain page
	if err := json.Unmarshal([]byte(text), &plain); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, plain, exported); diff != "" {
		t.Errorf("Unmarshal (-want +got):\n%s", diff)
	}

	for text, want := range map[string]any{
		` 5 `: 5, `"x"`: "x", `[1,2]`: []int{1, 2}, `null`: (*int)(nil), ` {"least":{"n":1,"unit":"day"}} `: order.Terms{Least: order.Term{N: 1, Unit: order.Day}},
		`{"n":3,"unit":"month"}`: &order.Term{N: 3, Unit: order.Month}, `{"amount":"1","currency":"JPY"}`: money(t, "1 JPY"),
		"\r\n\t[null]\n": []*order.Term{nil},
	} {
		var got any
		var err error
		switch want.(type) {
		case int:
			got, err = decoded[int](text)
		case string:
			got, err = decoded[string](text)
		case []int:
			got, err = decoded[[]int](text)
		case *int:
			got, err = decoded[*int](text)
		case order.Terms:
			got, err = decoded[order.Terms](text)
		case *order.Term:
			got, err = decoded[*order.Term](text)
		case order.Money:
			got, err = decoded[order.Money](text)
		case []*order.Term:
			got, err = decoded[[]*order.Term](text)
		}
		if diff := cmp.Diff(want, got, sameMoney); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

func decoded[T any](text string) (v T, err error) {
	err = order.Decode([]byte(text), &v)
	return v, err
}

// The place of each error is marked by § in the text.
func TestDecodeRefuses(t *testing.T) {
	deep := func(open, close string, n int) string { return strings.Repeat(open, n) + strings.Repeat(close, n) }
	rows := []struct {
		what   string
		text   string
		field  string
		reason string
		is     error // beside ErrInvalid
	}{
		{"nothing", `§`, "", "too early", nil},
		{"only space", "\n \n§", "", "too early", nil},
		{"a mark of byte order", "§\ufeff{}", "", "invalid character", nil},
		{"cut off after the brace", `{§`, "", "too early", nil},
		{"cut off in a key", `{"i§`, "", "too early", nil},
		{"cut off after a key", `{"id"§`, "id", "too early", nil},
		{"cut off after a colon", "{\"id\":\n§", "id", "too early", nil},
		{"cut off in a value", "{\n\"id\": \"A-§", "id", "too early", nil},
		{"cut off after a value", `{"id": "A-1"§`, "", "too early", nil},
		{"cut off after a comma", `{"id": "A-1", §`, "", "too early", nil},
		{"cut off in a list", `{"pages": [{}§`, "pages", "too early", nil},
		{"cut off after a comma in a list", `{"pages": [{},§`, "pages[1]", "too early", nil},
		{"cut off in a member of a list", `{"pages": [{}, {"id"§`, "pages[1].id", "too early", nil},
		{"cut off in a literal", `{"fine": tru§`, "fine", "too early", nil},
		{"cut off in an amount", `{"amount": {"amount": "1"§`, "amount", "too early", nil},

		{"a wrong literal", `{"fine": tru§x}`, "fine", "invalid character", nil},
		{"a wrong literal on line 3", "{\n\"title\": \"é\",\n\"fine\": tr§y}", "fine", "invalid character", nil},
		{"no value", `{"id": §}`, "id", "invalid character", nil},
		{"two colons", `{"id":§: "A-1"}`, "id", "invalid character", nil},
		{"no colon", `{"id" §"A-1"}`, "id", "invalid character", nil},
		{"no colon before an object", `{"window" §{}}`, "window", "invalid character", nil},
		{"no comma", `{"id": "A-1" §"count": 1}`, "", "invalid character", nil},
		{"no comma in a list", `{"pages": [{} §{}]}`, "pages[1]", "invalid character", nil},
		{"no comma between numbers", `{"deep": [[1 §2]]}`, "deep[0][1]", "invalid character", nil},
		{"two commas", `{"id": "A-1",§, "count": 1}`, "", "invalid character", nil},
		{"a comma too many", `{"id": "A-1", §}`, "", "invalid character", nil},
		{"a comma too many in a list", `{"pages": [{}, §]}`, "pages[1]", "invalid character", nil},
		{"a comma first", `{§, "id": "A-1"}`, "", "invalid character", nil},
		{"a comma first in a list", `{"pages": [§, {}]}`, "pages[0]", "invalid character", nil},
		{"a bracket for a brace", `{"id": "A-1"§]`, "", "invalid character", nil},
		{"a brace for a bracket", `{"pages": [{}§}}`, "pages", "invalid character", nil},
		{"a key without quotes", `{§id: 1}`, "", "invalid character", nil},
		{"a key that is a number", `{§1: 1}`, "", "invalid character", nil},
		{"single quotes", `{§'id': 1}`, "", "invalid character", nil},
		{"a comment", `{"id": "A-1" §/* one */}`, "", "invalid character", nil},
		{"a line feed in a text", "{\"text\": \"a§\nb\"}", "text", "invalid character", nil},
		{"a tab in a text", "{\"text\": \"a§\tb\"}", "text", "invalid character", nil},
		{"an unknown escape", `{"text": "a\§x"}`, "text", "invalid character", nil},
		{"a leading zero", `{"count": 0§1}`, "", "invalid character", nil},
		{"a plus", `{"count": §+1}`, "count", "invalid character", nil},
		{"NaN", `{"count": §NaN}`, "count", "invalid character", nil},
		{"an amount that is no JSON", `{"amount": {"amount": §x}}`, "amount", "invalid character", nil},
		{"not UTF-8 in a text", "{\"text\": \"é§\xff\"}", "", "UTF-8", nil},
		{"not UTF-8 in an ID", "{\n\"id\": \"a§\xc3\"}", "", "UTF-8", nil},
		{"not UTF-8 behind", "{}\n§\xff", "", "UTF-8", nil},

		{"an unknown key", `{§"nope": 1}`, "nope", "not known", nil},
		{"an unknown key, on line 3", "{\n  \"id\": \"A-1\",\n  §\"nope\": 1\n}", "nope", "not known", nil},
		{"an unknown key behind two-byte letters", `{"text": "éé", §"nope": 1}`, "nope", "not known", nil},
		{"an unknown key in a list", `{"pages": [{}, {"id": "B", §"nope": 1}]}`, "pages[1].nope", "not known", nil},
		{"an unknown key behind a pointer", `{"next": {"next": {§"nope": 1}}}`, "next.next.nope", "not known", nil},
		{"an unknown key behind two pointers", `{"after": {§"nope": 1}}`, "after.nope", "not known", nil},
		{"an unknown key in an amount", "{\n\"amount\": {\"amount\": \"1\",\n §\"code\": \"JPY\"}}", "amount.code", "not known", nil},
		{"an unknown key in an amount of a list", `{"amounts": [null, {§"code": "JPY"}]}`, "amounts[1].code", "not known", nil},
		{"an unknown key in an amount behind a pointer", `{"maybe": {§"code": "JPY"}}`, "maybe.code", "not known", nil},
		{"an empty key", `{§"": 1}`, "", "not known", nil},
		{"a key in capitals", `{§"ID": "A-1"}`, "ID", "not known", nil},
		{"a key with a capital", `{§"Amount": null}`, "Amount", "not known", nil},
		{"a key that folds to an s", `{§"ſtate": "paid"}`, "ſtate", "not known", nil},
		{"a key that folds to a k", `{"pages": [{§"Pages": []}]}`, "pages[0].Pages", "not known", nil},
		{"a lower-case key for a Go name", `{§"plain": "p"}`, "plain", "not known", nil},
		{"a field that is not in JSON", `{§"Hidden": "h"}`, "Hidden", "not known", nil},
		{"a field by its dash", `{§"-": "h"}`, "-", "not known", nil},
		{"a field that is not exported", `{§"secret": "s"}`, "secret", "not known", nil},
		{"the name of an embedded struct", `{§"Header": {}}`, "Header", "not known", nil},
		{"a key twice", `{"id": "A-1", §"id": "A-1"}`, "id", "duplicate", nil},
		{"a key twice, once escaped", `{"amount": null, §"\u0061mount": null}`, "amount", "duplicate", nil},
		{"a key twice, first escaped", `{"\u0069d": "A-1", §"id": "A-1"}`, "id", "duplicate", nil},
		{"a key twice in an amount", `{"amount": {"amount": "1", "currency": "JPY", §"\u0061mount": "2"}}`, "amount.amount", "duplicate", nil},
		{"a key twice in an embedded struct", `{"title": "a", §"title": "b"}`, "title", "duplicate", nil},
		{"a key twice, first null", `{"next": null, §"next": {}}`, "next", "duplicate", nil},

		{"two values", `{} §{}`, "", "follows", nil},
		{"a letter behind", "{}\n §x", "", "follows", nil},
		{"a brace behind", `{}§}`, "", "follows", nil},
		{"a comma behind", `{} §,`, "", "follows", nil},
		{"a colon behind", `{}§: 1`, "", "follows", nil},
		{"a NUL behind", "{}§\x00", "", "follows", nil},

		{"a number for an object", `§5`, "", "number does not belong", nil},
		{"a list for an object", `§[]`, "", "array does not belong", nil},
		{"a text for an object", `{"window": §"always"}`, "window", "string does not belong", nil},
		{"an object for a list", `{"pages": §{}}`, "pages", "object does not belong", nil},
		{"a number for a list", `{"pages": §1}`, "pages", "number does not belong", nil},
		{"a text for a number", `{"count": §"1"}`, "count", "string does not belong", nil},
		{"a number for a text", `{"text": §1}`, "text", "number does not belong", nil},
		{"a number for an ID", `{"id": §1}`, "id", "number", nil},
		{"a number for a truth", `{"fine": §1}`, "fine", "number does not belong", nil},
		{"a list for a number", `{"deep": [§1]}`, "deep[0]", "number does not belong", nil},
		{"a text among numbers", `{"deep": [[1], [2, §"3"]]}`, "deep[1][1]", "string does not belong", nil},
		{"a float for a count", `{"count": §1.5}`, "count", "number 1.5 does not belong", nil},
		{"a round float for a count", `{"count": §1.0}`, "count", "number 1.0 does not belong", nil},
		{"an exponent for a count", `{"count": §1e2}`, "count", "number 1e2 does not belong", nil},
		{"a count beyond 64 bits", `{"count": §9223372036854775808}`, "count", "does not belong", nil},
		{"a count beyond 8 bits", `{"small": §128}`, "small", "number 128 does not belong", nil},
		{"a number for an amount", `{"amount": §12.30}`, "amount", "number does not belong", nil},
		{"a number in an amount", `{"amount": {"amount": §12.30, "currency": "USD"}}`, "amount.amount", "number", nil},
		{"an object where a list reads itself", `{"raw": §{}}`, "raw", "object does not belong", nil},
		{"a text where a list reads itself", `{"raw": §["a"]}`, "raw", "string does not belong", nil},

		{"an amount with an exponent", `{"amount": §{"amount": "1e2", "currency": "USD"}}`, "amount", "exponent", nil},
		{"an amount of 19 digits", `{"amounts": [§{"amount": "1000000000000000000", "currency": "JPY"}]}`, "amounts[0]", "18 digits", order.ErrOverflow},
		{"an unknown currency", `{"amount": §{"amount": "1", "currency": "ABC"}}`, "amount", "ISO 4217", order.ErrCurrency},
		{"half an amount", `{"amount": §{"amount": "1"}}`, "amount", "both keys", nil},
		{"a rate below zero", `{"share": §"-1"}`, "share", "sign", nil},
		{"a rate without quotes", `{"share": §0.85}`, "share", "quotes", nil},
		{"an empty ID", `{"id": §""}`, "id", "empty", nil},
		{"an ID of 65", `{"id": §"` + strings.Repeat("x", 65) + `"}`, "id", "64", nil},
		{"an ID with a line feed", `{"id": §"a\nb"}`, "id", "print", nil},
		{"an unknown state", `{"state": §"done"}`, "state", "unknown", nil},
		{"a state in capitals", `{"state": §"UNPAID"}`, "state", "unknown", nil},
		{"an unknown rounding", `{"mode": §"up"}`, "mode", "half up", nil},
		{"a time that is none", `{"at": §"yesterday"}`, "at", "yesterday", nil},
		{"a time without a zone", `{"at": §"2018-11-01T00:00:00"}`, "at", "", nil},
		{"a time of February 30", `{"at": §"2018-02-30T00:00:00Z"}`, "at", "", nil},

		{"a window that ends first", `{"window": {"from": "2018-11-02T00:00:00Z", "until": §"2018-11-01T00:00:00Z"}}`, "window.until", "before from", nil},
		{"a window of year 0", `{"window": {"from": §"0000-01-01T00:00:00Z"}}`, "window.from", "year", nil},
		{"a window of year 9999", `{"pages": [{"window": {"until": §"9999-01-01T00:00:00Z"}}]}`, "pages[0].window.until", "year", nil},
		{"a term of no length", "{\"terms\": [{\"n\": 1, \"unit\": \"day\"},\n{\"n\": §0, \"unit\": \"day\"}]}", "terms[1].n", "is not 1 to", nil},
		{"an empty term", `{"terms": [§{}]}`, "terms[0].unit", "not set", nil},
		{"a null for a term", `{"terms": [§null]}`, "terms[0].unit", "not set", nil},

		{"a list nested too deep", `{"text": §` + deep("[", "]", 32) + `}`, "text", "deeper than 32", nil},
		{"objects too deep in a leaf", `{"text": §` + strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32) + `}`, "text", "deeper than 32", nil},
		{"brackets in a text are no nesting, but a list is", `{"text": §["\"` + strings.Repeat("[", 99) + `"]}`, "text", "array does not belong", nil},
	}
	for _, row := range rows {
		before, rest, ok := strings.Cut(row.text, "§")
		if !ok {
			t.Errorf("%s: the place is not marked", row.what)
		}
		data := []byte(before + rest)
		line := strings.Count(before, "\n") + 1
		column := len(before) - strings.LastIndex(before, "\n")
		want := page{ID: "kept", Count: 7, Pages: []page{{ID: "kept too"}}}
		got := want
		err := order.Decode(data, &got)
		var facts *order.DecodeError
		if !errors.As(err, &facts) || !errors.Is(err, order.ErrInvalid) || row.is != nil && !errors.Is(err, row.is) {
			t.Errorf("%s: %v, want a *DecodeError, and %v", row.what, err, row.is)
			continue
		}
		if facts.Line != line || facts.Column != column || facts.Field != row.field {
			t.Errorf("%s: line %d, column %d, field %q, want %d, %d, %q: %v", row.what, facts.Line, facts.Column, facts.Field, line, column, row.field, err)
		}
		if !strings.Contains(err.Error(), row.reason) || !strings.HasPrefix(err.Error(), fmt.Sprintf("line %d: ", line)) {
			t.Errorf("%s: %q, want it to say %q", row.what, err, row.reason)
		}
		if strings.Count(err.Error(), "line ") > 1 || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: %q speaks of two places, or of Go", row.what, err)
		}
		if diff := cmp.Diff(want, got, exported); diff != "" {
			t.Errorf("%s changed something (-want +got):\n%s", row.what, diff)
		}
	}
	if len(rows) < 100 {
		t.Errorf("%d rows, want at least 100", len(rows))
	}
}

// By hand, as the marks are counted by a program.
func TestDecodePlace(t *testing.T) {
	text := "{\n  \"pages\": [\n    {\"id\": \"A\"},\n    {\"id\": \"B\",  \"nope\": 1}\n  ]\n}"
	_, err := decoded[page](text)
	var facts *order.DecodeError
	if !errors.As(err, &facts) || facts.Line != 4 || facts.Column != 18 || facts.Field != "pages[1].nope" {
		t.Errorf("%v at %+v, want line 4, column 18", err, facts)
	}
}

func TestDecodeDepth(t *testing.T) {
	nested := func(n int) string { return strings.Repeat(`{"next":`, n) + "{}" + strings.Repeat("}", n) }
	if _, err := decoded[page](nested(32)); err != nil {
		t.Errorf("32 levels below the first: %v", err)
	}
	wrong := []struct{ what, text string }{
		{"33 levels below the first", nested(33)},
		{"33 pages in each other", strings.Repeat(`{"pages":[`, 17) + strings.Repeat("]}", 17)},
	}
	for what, open := range map[string]string{"brackets": "[", "objects": `{"a":`, "known objects": `{"next":`, "known lists": `{"pages":[`, "known lists of lists": `{"deep":[[[[`} {
		const n = 100_000
		wrong = append(wrong,
			struct{ what, text string }{what, strings.Repeat(open, n)},
			struct{ what, text string }{what + " in a known field", `{"next":` + strings.Repeat(open, n)},
			struct{ what, text string }{what + " in a known list", `{"deep":[[` + strings.Repeat(open, n)},
			struct{ what, text string }{what + " in an amount", `{"amount":` + strings.Repeat(open, n)},
			struct{ what, text string }{what + " where a type reads itself", `{"raw":` + strings.Repeat(open, n)},
			struct{ what, text string }{what + " in an amount's amount", `{"amount":{"amount":` + strings.Repeat(open, n)},
			struct{ what, text string }{what + " under an unknown key", `{"nope":` + strings.Repeat(open, n)},
		)
	}
	for _, row := range wrong {
		var facts *order.DecodeError
		got := page{ID: "kept"}
		err := order.Decode([]byte(row.text), &got)
		if !errors.As(err, &facts) || facts.Line != 1 || facts.Column < 1 || got.ID != "kept" {
			t.Errorf("%s: %.200v", row.what, err)
		} else if len(err.Error()) > 400 {
			t.Errorf("%s: the error is %d bytes long", row.what, len(err.Error()))
		}
	}
	var deep [][][][][][]int
	if err := order.Decode([]byte(`[[[[[[1]]]]]]`), &deep); err != nil || deep[0][0][0][0][0][0] != 1 {
		t.Errorf("six lists: %v, %v", deep, err)
	}
}

func TestDecodeTargets(t *testing.T) {
	var unset *page
	for what, v := range map[string]any{"nil": nil, "a value": page{}, "a nil pointer": unset, "a map": map[string]int{}, "a function": func() {}} {
		var facts *order.FieldError
		if err := order.Decode([]byte(`{}`), v); !errors.Is(err, order.ErrInvalid) || !errors.As(err, &facts) || facts.Field != "v" {
			t.Errorf("into %s: %v", what, err)
		}
	}

	// What can be read into must not panic, whatever it embeds.
	type embedsWord struct {
		words
		order.ID
		Text string `json:"text"`
	}
	type embedsHidden struct {
		*hidden
		Text string `json:"text"`
	}
	if v, err := decoded[embedsWord](`{"text": "x"}`); err == nil {
		t.Errorf("an object for a list: %+v", v)
	}
	if v, err := decoded[embedsHidden](`{"text": "x"}`); err != nil || v.Text != "x" {
		t.Errorf("beside an embedded pointer that cannot be set: %+v, %v", v, err)
	}
	if v, err := decoded[embedsHidden](`{"note": "x"}`); err == nil {
		t.Errorf("behind an embedded pointer that cannot be set: %+v", v)
	}

	type embedsLabel struct {
		Label
		Text string `json:"text"`
	}
	if v, err := decoded[embedsLabel](`{"Label": "l", "text": "x"}`); err != nil || v.Label != "l" || v.Text != "x" {
		t.Errorf("an embedded text: %+v, %v", v, err)
	}

	// A null is checked where it stands for a whole value.
	for what, err := range map[string]error{
		"an order":        second(decoded[order.Order](`null`)),
		"a term":          second(decoded[order.Term](" null\n")),
		"a list of terms": second(decoded[[]order.Term](`[{"n":1,"unit":"day"},null]`)),
	} {
		if !errors.Is(err, order.ErrInvalid) {
			t.Errorf("null for %s: %v", what, err)
		}
	}
}

// Label is no struct; embedded, its key is its name.
type Label string

type hidden struct {
	Note string `json:"note"`
}

// someOrder returns an order with every kind of field.
func someOrder(t testing.TB) order.Order {
	t.Helper()
	o, err := order.Place(order.Draft{
		ID: "A-1", Customer: "C-1", User: "U-1", Project: "P-1", Type: order.TypePurchase, Review: true,
		Lines: []order.Line{
			{Product: "server", Service: "ecs", Region: "north-4", Count: 2, Term: order.Term{N: 1, Unit: order.Year}, UnitPrice: order.Percent(12345),
				Per: order.Month, Charge: order.ChargeSubscription, Amount: money(t, "2962.80 CNY"), Tax: money(t, "170.83 CNY"), Resource: "r-1"},
			{Product: "image", Count: 1, Charge: order.ChargeSubscription, Seller: "third", Amount: money(t, "10.00 USD")},
		},
	}, at(t, "2018-11-26 23:12:32"), order.Huawei())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// FuzzDecodeOrder: a text is refused with its place and changes nothing, or it is a
// sound order that is written and read back the same. The text is an order's with some
// bytes replaced, or, with cut below zero, the bytes alone.
func FuzzDecodeOrder(f *testing.F) {
	base, err := json.Marshal(someOrder(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, 0, []byte(nil))
	for i := range base {
		if base[i] == ':' {
			f.Add(i+1, 1, []byte("0"))
		}
	}
	for _, text := range []string{`null`, `{}`, `[]`, `{"lines":[{"amount":null}]}`, `{"lines":null,"reduction":{"window":{}}}`, `{"id":"a","id":"b"}`,
		`{"id":"a","customer":"c","type":"unsubscribe","state":"refunding","lines":[{"product":"p","count":1,"charge":"subscription","amount":{"amount":"-5","currency":"JPY"}}],"placed":"2018-11-26T23:12:32Z","changed":"2018-11-26T23:12:32Z"}`} {
		f.Add(0, -1, []byte(text))
	}
	f.Fuzz(func(t *testing.T, at, cut int, insert []byte) {
		data := insert
		if cut >= 0 {
			at = min(max(at, 0), len(base))
			cut = min(cut, len(base)-at)
			data = slices.Concat(base[:at], insert, base[at+cut:])
		}
		got := order.Order{ID: "kept"}
		if err := order.Decode(data, &got); err != nil {
			var facts *order.DecodeError
			if !errors.As(err, &facts) || !errors.Is(err, order.ErrInvalid) || facts.Line < 1 || facts.Column < 1 || facts.Err == nil {
				t.Fatalf("%q: %v (%#v)", data, err, facts)
			}
			if diff := cmp.Diff(order.Order{ID: "kept"}, got, sameMoney); diff != "" {
				t.Fatalf("%q: %v, and changed (-want +got):\n%s", data, err, diff)
			}
			return
		}
		if err := got.Check(); err != nil {
			t.Fatalf("%q is read, but: %v", data, err)
		}
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatalf("%q is read, but not written: %v", data, err)
		}
		var again order.Order
		if err := order.Decode(b, &again); err != nil {
			t.Fatalf("%q is written as %s, which is refused: %v", data, b, err)
		}
		if diff := cmp.Diff(got, again, sameMoney); diff != "" {
			t.Fatalf("%q is written as %s (-read +read again):\n%s", data, b, diff)
		}
	})
}

func TestDecodeOrder(t *testing.T) {
	want := someOrder(t)
	b, err := json.MarshalIndent(want, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	got, err := decoded[order.Order](string(b))
	if diff := cmp.Diff(want, got, sameMoney); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	// Each byte cut off, and each byte doubled, is refused or read as a sound order.
	for i := range b {
		if _, err := decoded[order.Order](string(b[:i])); err == nil {
			t.Errorf("cut off at %d, it is read", i)
		}
		if o, err := decoded[order.Order](string(b[:i]) + string(b[i:i+1]) + string(b[i:])); err == nil && o.Check() != nil {
			t.Errorf("byte %d twice: %v", i, o.Check())
		}
	}
}

func TestLocate(t *testing.T) {
	const text = "{\"orders\": [\n  {\"id\": \"a\", \"lines\": [1, 2]},\n  {\"id\": \"b\"}\n]}"
	unknown := errors.New("refers to nothing")
	for _, tt := range []struct {
		field        string
		err          error
		line, column int
		at           string
	}{
		{"", unknown, 1, 1, ""},
		{"orders[1].id", unknown, 3, 10, "orders[1].id"},
		{"orders[0].lines[1]", unknown, 2, 28, "orders[0].lines[1]"},
		{"orders[1]", &order.FieldError{Field: "id", Reason: "is a duplicate"}, 3, 10, "orders[1].id"},
		{"orders", &order.FieldError{Field: "[0]", Err: &order.FieldError{Field: "lines[0]", Reason: "is odd"}}, 2, 25, "orders[0].lines[0]"},
		{"orders[1].discount", unknown, 3, 3, "orders[1].discount"},
		{"orders[7].id", unknown, 1, 12, "orders[7].id"},
		{"nothing.here", unknown, 1, 1, "nothing.here"},
	} {
		got := order.Locate([]byte(text), tt.field, tt.err)
		if got.Line != tt.line || got.Column != tt.column || got.Field != tt.at || !errors.Is(got, order.ErrInvalid) {
			t.Errorf("%q: line %d, column %d, field %q: %v; want %d, %d, %q", tt.field, got.Line, got.Column, got.Field, got, tt.line, tt.column, tt.at)
		}
	}
}

// What a text calls its keys reaches a terminal in quotes.
func TestDecode_KeysThatDoNotPrint(t *testing.T) {
	err := order.Decode([]byte(`{"x\u001b[2J\ny": 1}`), new(order.Window))
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\n") {
		t.Errorf("%q", err)
	}
}
