package quick_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/internal/quick"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/renewal"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// read reads a body as a record of T, quickly and as encoding/json does, and reports where they
// differ; quickly is whether both did.
type read func(t interface{ Fatalf(string, ...any) }, body []byte) (quickly bool)

func as[T any](words ...string) read {
	o := quick.New[T](words...)
	return func(t interface{ Fatalf(string, ...any) }, body []byte) bool {
		var x struct {
			Schema int `json:"schema"`
		}
		var was, is T
		schema, ok := o.Read(body, &is)
		if !ok {
			return false
		}
		if err := json.Unmarshal(body, &was); err != nil {
			t.Fatalf("%T: %s is read, and then %v", is, body, err)
		}
		if json.Unmarshal(body, &x) != nil || x.Schema != schema {
			t.Fatalf("%s is read as schema %d, not %d", body, schema, x.Schema)
		}
		if !reflect.DeepEqual(is, was) {
			t.Fatalf("%s is read otherwise than by encoding/json (-json +quick):\n%s", body, cmp.Diff(was, is, cmp.Exporter(func(reflect.Type) bool { return true })))
		}
		if !writes(t, o, &was) {
			t.Fatalf("%s is read quickly, and not written", body)
		}
		if at := o.Unknown(body, "schema"); at != "" {
			t.Fatalf("%s is read, with the unknown key %s", body, at)
		}
		return true
	}
}

// writes checks that what is written quickly is what encoding/json writes, and reports whether it is.
func writes[T any](t interface{ Fatalf(string, ...any) }, o *quick.Of[T], x *T) bool {
	said, ok := o.Append([]byte("before "), 3, x)
	if !ok {
		return false
	}
	body, err := json.Marshal(x)
	if err != nil {
		t.Fatalf("%s is written, and then %v", said, err)
	}
	want := `before {"schema":3`
	if string(body) != "{}" {
		want += ","
	}
	if want += string(body[1:]); string(said) != want {
		t.Fatalf("written quickly\n%s\nand by encoding/json\n%s", said, want)
	}
	return true
}

var kinds = map[ledger.Kind]read{
	ledger.KindOrder: as[order.Order]("unpaid", "paid", "subscription", "month", "unpaid "), ledger.KindCoupon: as[coupon.Coupon](), ledger.KindPayment: as[payment.Payment]("USD"),
	ledger.KindRefund: as[payment.Refund](), ledger.KindAccount: as[payment.Account](), ledger.KindBill: as[payment.Bill](), ledger.KindCredit: as[ledger.CreditBalance](),
	ledger.KindResource: as[renewal.Resource](), ledger.KindInstrument: as[ledger.Instrument](), ledger.KindTally: as[coupon.Tally](), ledger.KindNotice: as[ledger.Notice](),
	ledger.KindOutbox: as[ledger.Outbox](), ledger.KindEntry: as[ledger.Entry](), ledger.KindCode: as[ledger.PublicCode](), ledger.KindClaim: as[ledger.Claim](),
}

// P12: what histories leave, of each kind, is read quickly, as encoding/json reads it: with spaces
// and without.
func TestP12_QuickReadsAll(t *testing.T) {
	seen := make(map[ledger.Kind]bool)
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range ledgertest.DrawKept().Draw(t, "kept").Customers {
			views, err := r.Encode()
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range views {
				if n := i - len(r.Orders) - len(r.Coupons); v.Kind == ledger.KindPayment { // which is stored in a form of its own
					if v.Body, err = json.Marshal(r.Payments[n]); err != nil {
						t.Fatal(err)
					}
				}
				var spaced bytes.Buffer
				if err := json.Indent(&spaced, v.Body, " ", "\t"); err != nil {
					t.Fatal(err)
				}
				if !kinds[v.Kind](t, v.Body) || !kinds[v.Kind](t, spaced.Bytes()) {
					t.Fatalf("%s is not read quickly: %s", v.Kind, v.Body)
				}
				seen[v.Kind] = true
			}
		}
	})
	if len(seen) < len(kinds)-3 {
		t.Errorf("of %d kinds there were %d", len(kinds), len(seen))
	}
}

// row has a field of each form.
type row struct {
	Name    string            `json:"name"`
	State   order.State       `json:"state"`
	Text    order.Currency    `json:"text"`
	Count   int               `json:"count"`
	Small   int8              `json:"small"`
	Size    uint16            `json:"size"`
	Yes     bool              `json:"yes"`
	Amount  order.Money       `json:"amount"`
	Names   []string          `json:"names"`
	Nested  [][]order.Money   `json:"nested"`
	Pointer *order.Term       `json:"pointer"`
	Rows    []order.Parts     `json:"rows"`
	Map     map[string]string `json:"map,omitempty"`
	Numbers []int64           `json:"numbers"`
	Counts  []int             `json:"counts"`
	order.Term
	Hidden string `json:"-"`
	NoTag  string
}

// What is read, and where it gives up.
func TestQuickRow(t *testing.T) {
	both := as[row]("paid", "month")
	for body, quickly := range map[string]bool{
		`{}`: true, ` { } `: true, `{"name":"x"}`: true, `{"name":null,"state":null,"count":null,"yes":null,"amount":null,"names":null,"pointer":null}`: true,
		`{"schema":7,"name":"x"}`: true, `{"name":"x","schema":7}`: true, `{"schema":7,"schema":8}`: false, `{"schema":"7"}`: false, `{"schema":07}`: false, `{"schema":-7}`: false,
		`{"name":"tab\t \"quoted\" \\ \/ \b\f\n\r \u0026 \u00e9 \u20ac é €"}`: true, `{"name":"\ud83d\ude00"}`: false, `{"name":"\x"}`: false, `{"name":"\u12"}`: false, `{"name":"\u12g4"}`: false,
		"{\"name\":\"\xff\"}": false, "{\"name\":\"a\nb\"}": false, `{"name":"x`: false, `{"name":"x\`: false, `{"name":"x\"`: false,
		`{"NAME":"x"}`: false, `{"name":"x","name":"y"}`: false, `{"n\u0061me":"x"}`: false, `{"other":1}`: false, `{"rows":[{"other":1}]}`: false, `{"Hidden":"x"}`: false, `{"-":"x"}`: false,
		`{"NoTag":"x"}`: true, `{"n":3,"unit":"month"}`: true, `{"n":3,"unit":"eon"}`: false, `{"state":"paid"}`: true, `{"state":"unpaid"}`: true, `{"state":""}`: false, `{"state":"owed"}`: false,
		`{"count":12,"small":-128,"size":65535}`: true, `{"small":128}`: false, `{"size":65536}`: false, `{"size":-1}`: false, `{"count":1.0}`: false, `{"count":1e3}`: false, `{"count":01}`: false, `{"count":-}`: false,
		`{"count":-0}`: true, `{"count":999999999999999999}`: true, `{"count":1000000000000000000}`: false, `{"count":1x}`: false, `{"count":true}`: false, `{"count":"1"}`: false,
		`{"yes":true}`: true, `{"yes":false}`: true, `{"yes":tru}`: false, `{"yes":1}`: false, `{"yes":trueish}`: false,
		`{"text":"USD"}`: true, `{"text":""}`: true, `{"text":"usd"}`: false,
		`{"amount":{"amount":"1.50","currency":"USD"}}`: true, `{"amount":{ "amount" : "1.5" , "currency" : "USD" } }`: true, `{"amount":{"currency":"USD","amount":"-1.50"}}`: true,
		`{"amount":{"amount":"1.50"}}`: false, `{"amount":{"amount":"1.505","currency":"USD"}}`: false, `{"amount":{"amount":"1.50","currency":"USD","x":[1,{"y":null}]}}`: false, `{"amount":"1.50 USD"}`: false,
		`{"names":[]}`: true, `{"names":["a","b","a"]}`: true, `{"names":["a",null]}`: true, `{"names":["a",]}`: false, `{"names":[,"a"]}`: false, `{"names":["a" "b"]}`: false, `{"names":["a"`: false, `{"names":{}}`: false,
		`{"nested":[[{"amount":"1.50","currency":"USD"},null],[],null]}`: true, `{"pointer":{"n":1,"unit":"year"}}`: true, `{"rows":[{"cash":null},{"cash":{"amount":"1","currency":"JPY"}},null]}`: true,
		`{"numbers":[]}`: true, `{"numbers":[1, -2,30 ]}`: true, `{"numbers":[1,null]}`: false, `{"numbers":[1,]}`: false, `{"numbers":[1`: false, `{"numbers":["1"]}`: false, `{"numbers":null,"counts":[1,2,null]}`: true,
		`{"map":{"a":"b"}}`: false, `{"map":null}`: false,
		``: false, `null`: false, `[]`: false, `{"name":"x"} x`: false, `{"name":"x"},`: false, `{"name":"x",}`: false, `{,}`: false, `{"name"}`: false, `{"name" "x"}`: false, `{"name":}`: false, `{"name":"x"`: false, `{name:"x"}`: false,
	} {
		if got := both(t, []byte(body)); got != quickly {
			t.Errorf("%s: read quickly: %t", body, got)
		}
	}
}

// spaced writes itself with a space, which encoding/json leaves out.
type spaced struct{}

func (spaced) MarshalJSON() ([]byte, error) { return []byte(`{ "x": "y" }`), nil }

// What is written, and where it gives up.
func TestQuickWrites(t *testing.T) {
	type sometimes struct {
		At    time.Time    `json:"at,omitzero"`
		Count int          `json:"count,omitempty"`
		Yes   bool         `json:"yes,omitempty"`
		Name  string       `json:"name,omitempty"`
		Names []string     `json:"names,omitempty"`
		Zero  []string     `json:"zero,omitzero"`
		To    *order.Term  `json:"to,omitempty"`
		Term  order.Term   `json:"term,omitempty"`
		Money order.Money  `json:"money,omitzero"`
		Paid  order.Parts  `json:"paid,omitzero"`
		When  *time.Time   `json:"when,omitzero"`
		Rows  []order.Term `json:"rows"`
	}
	at := time.Date(2018, 2, 28, 23, 59, 59, 0, time.FixedZone("", 8*3600))
	o := new(quick.Of[sometimes])
	for _, x := range []sometimes{
		{}, {At: at, Count: -1, Yes: true, Name: "x", Names: []string{"", "y"}, Zero: []string{}, To: &order.Term{N: 1, Unit: order.Year}, When: &at, Rows: []order.Term{{}, {N: 2, Unit: order.Month}}},
		{Names: []string{}, Rows: []order.Term{}, Money: order.Minor(-105, order.USD), Paid: order.Parts{Cash: order.Minor(1, order.JPY)}},
		{Name: "\xff < > & \u2028 \u2029 \x7f \x00 \" \\ \t é €"}, {At: at.UTC().Add(999 * time.Nanosecond)}, {When: new(time.Time)},
	} {
		if !writes(t, o, &x) {
			t.Errorf("%+v is not written quickly", x)
		}
	}
	for what, x := range map[string]sometimes{"a year of five digits": {At: at.AddDate(9000, 0, 0)}, "an offset of a day": {At: at.In(time.FixedZone("", 24*3600))}} {
		if writes(t, o, &x) {
			t.Errorf("%s is written", what)
		}
	}
	for what, got := range map[string]bool{
		"a map":            writes(t, new(quick.Of[row]), &row{Map: map[string]string{"a": "b"}}),
		"a space":          writes(t, new(quick.Of[struct{ X spaced }]), &struct{ X spaced }{}),
		"no such currency": writes(t, new(quick.Of[row]), &row{Text: 1}),
		"bytes":            writes(t, new(quick.Of[struct{ X []byte }]), &struct{ X []byte }{}),
		"no object":        writes(t, new(quick.Of[[]int]), &[]int{1}),
	} {
		if got {
			t.Errorf("%s is written quickly", what)
		}
	}
}

// What types it does not read at all.
func TestQuickTypes(t *testing.T) {
	for what, got := range map[string]bool{
		"a number in quotes": as[struct {
			N int `json:",string"`
		}]()(t, []byte(`{"N":"1"}`)),
		"an embedded pointer": as[struct{ *order.Term }]()(t, []byte(`{"n":1}`)),
		"no struct":           as[[]int]()(t, []byte(`[1]`)),
	} {
		if got {
			t.Errorf("%s is read quickly", what)
		}
	}
	hides := as[struct {
		order.Parts
		Cash string `json:"cash"`
	}]()
	if !hides(t, []byte(`{"cash":"x","cards":{"amount":"1","currency":"USD"}}`)) {
		t.Error("a field that hides one of an embedded struct is not read quickly")
	}
}

// Unknown names the first key that nobody knows, wherever it is.
func TestQuickUnknown(t *testing.T) {
	o := quick.New[row]()
	for body, want := range map[string]string{
		`{}`: "", `{"schema":1,"name":"x","NAME":"y"}`: "schema", `{"other":1}`: "other", `{"rows":[{},{"cash":null,"more":1}]}`: "rows[1].more", `{"pointer":{"m":1}}`: "pointer.m",
		`{"map":{"any":"thing"}}`: "", `{"a\nb":1}`: `"a\nb"`, `{"x` + strings.Repeat("x", 99) + `":1}`: `"` + strings.Repeat("x", 64) + `"`, `[]`: "", `{"rows":{"x":1}}`: "", `{"Hidden":1}`: "Hidden",
	} {
		if got := o.Unknown([]byte(body)); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	if got := o.Unknown([]byte(`{"schema":1,"was":2,"rows":[{"was":3}]}`), "schema", "was"); got != "rows[0].was" {
		t.Errorf("what is known besides: %s", got)
	}
}

// FuzzQuick: whatever is read quickly, encoding/json reads as the same.
func FuzzQuick(f *testing.F) {
	for seed := range 3 {
		for _, r := range ledgertest.DrawKept().Example(seed).Customers {
			views, err := r.Encode()
			if err != nil {
				f.Fatal(err)
			}
			for _, v := range views {
				f.Add([]byte(v.Body))
			}
		}
	}
	f.Add([]byte(`{"name":"\u0041","nested":[[{"amount":"1.50","currency":"USD"},null]],"pointer":{"n":1,"unit":"year"},"size":3}`))
	rows := as[row]()
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, read := range kinds {
			read(t, body)
		}
		rows(t, body)
	})
}
