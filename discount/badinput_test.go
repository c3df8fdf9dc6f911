package discount_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
)

// Each row breaks a rule that no other row breaks.
func TestBadInput(t *testing.T) {
	good := discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
	with := func(change func(d *discount.Discount)) discount.Discount {
		d := good
		change(&d)
		return d
	}
	price := func(m order.Money) discount.Discount {
		return with(func(d *discount.Discount) { d.Ratio, d.Price = order.Rate{}, m })
	}
	off := func(m order.Money) discount.Discount {
		return with(func(d *discount.Discount) { d.Ratio, d.Off = order.Rate{}, m })
	}
	rule := func(f ruleFunc) discount.Discount {
		return with(func(d *discount.Discount) { d.Ratio, d.Rule = order.Rate{}, f })
	}
	amount := func(m order.Money) ruleFunc {
		return func(_ order.Order, covered []order.Line) ([]order.Money, error) { return []order.Money{m}, nil }
	}
	ratio := func(s string) order.Rate {
		r, err := order.ParseRate(s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	o := place(t, draft("order-1", server(usd(10000))))
	moved := func(o order.Order, m order.Move) order.Order {
		m.At, m.By = placed, "test"
		o, err := o.Apply(m)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	unsound := o
	unsound.Lines = []order.Line{server(usd(-1))}
	paying := moved(o, order.Move{Event: order.EventHold, Payment: "payment-1"})
	trial := draft("order-1", server(usd(0)))
	trial.Type = order.TypeTrial
	leave := draft("order-1", server(usd(-100)))
	leave.Type = order.TypeUnsubscribe
	upgrade := draft("order-1", server(usd(10000)))
	upgrade.Type = order.TypeUpgrade
	upgraded := place(t, upgrade)
	later := placed.Add(time.Second)

	for _, c := range []struct {
		name  string
		o     order.Order
		d     discount.Discount
		at    time.Time
		p     discount.Policy
		is    error
		field string // of the FieldError, where it is one
		says  string
	}{
		{"discount: ID empty", o, with(func(d *discount.Discount) { d.ID = "" }), placed, discount.Policy{}, order.ErrInvalid, "id", "empty"},
		{"discount: ID of 65 characters", o, with(func(d *discount.Discount) { d.ID = discount.ID(strings.Repeat("é", 65)) }), placed, discount.Policy{}, order.ErrInvalid, "id", "more than 64"},
		{"discount: ID with a line break", o, with(func(d *discount.Discount) { d.ID = "a\nb" }), placed, discount.Policy{}, order.ErrInvalid, "id", "does not print"},
		{"discount: ID not UTF-8", o, with(func(d *discount.Discount) { d.ID = "a\xff" }), placed, discount.Policy{}, order.ErrInvalid, "id", "UTF-8"},
		{"discount: kind none", o, with(func(d *discount.Discount) { d.Kind = "" }), placed, discount.Policy{}, order.ErrInvalid, "kind", "unknown"},
		{"discount: kind unknown", o, with(func(d *discount.Discount) { d.Kind = "COMMERCIAL" }), placed, discount.Policy{}, order.ErrInvalid, "kind", "COMMERCIAL"},
		{"window: ends before it begins", o, with(func(d *discount.Discount) { d.Window = order.Window{From: later, Until: placed} }), placed, discount.Policy{}, order.ErrInvalid, "window", "before from"},
		{"window: begins in the year 9999", o, with(func(d *discount.Discount) { d.Window.From = time.Date(9999, 1, 2, 0, 0, 0, 0, time.UTC) }), placed, discount.Policy{}, order.ErrInvalid, "window", "9999"},
		{"window: ends in the year 0", o, with(func(d *discount.Discount) { d.Window.Until = time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC) }), placed, discount.Policy{}, order.ErrInvalid, "window", "outside 1 to 9998"},
		{"window: not begun", o, with(func(d *discount.Discount) { d.Window.From = later }), placed, discount.Policy{}, order.ErrWindow, "", "E7"},
		{"window: ended", o, with(func(d *discount.Discount) { d.Window.Until = placed }), later, discount.Policy{}, order.ErrWindow, "", "E7"},
		{"scope: service empty", o, with(func(d *discount.Discount) { d.Scope.Services = []string{""} }), placed, discount.Policy{}, order.ErrInvalid, "scope.services", "empty"},
		{"scope: product of 65 characters", o, with(func(d *discount.Discount) { d.Scope.Products = []string{strings.Repeat("x", 65)} }), placed, discount.Policy{}, order.ErrInvalid, "scope.products", "more than 64"},
		{"scope: region with a NUL", o, with(func(d *discount.Discount) { d.Scope.Regions = []string{"north", "a\x00"} }), placed, discount.Policy{}, order.ErrInvalid, "scope.regions", "does not print"},
		{"scope: type unknown", o, with(func(d *discount.Discount) { d.Scope.Types = []order.Type{"buy"} }), placed, discount.Policy{}, order.ErrInvalid, "scope.types", "buy"},
		{"scope: charge type unknown", o, with(func(d *discount.Discount) { d.Scope.Charges = []order.Charge{"prepaid"} }), placed, discount.Policy{}, order.ErrInvalid, "scope.charges", "prepaid"},
		{"scope: term of no unit", o, with(func(d *discount.Discount) { d.Scope.Terms.Least.N = 1 }), placed, discount.Policy{}, order.ErrInvalid, "scope.terms", "least.unit"},
		{"scope: term of no length", o, with(func(d *discount.Discount) { d.Scope.Terms.Most.Unit = order.Month }), placed, discount.Policy{}, order.ErrInvalid, "scope.terms", "most.n"},
		{"scope: least above most", o, with(func(d *discount.Discount) {
			d.Scope.Terms = order.Terms{Least: order.Term{N: 2, Unit: order.Month}, Most: order.Term{N: 1, Unit: order.Month}}
		}), placed, discount.Policy{}, order.ErrInvalid, "scope.terms", "more than most"},
		{"scope: months and days", o, with(func(d *discount.Discount) {
			d.Scope.Terms = order.Terms{Least: order.Term{N: 1, Unit: order.Day}, Most: order.Term{N: 1, Unit: order.Month}}
		}), placed, discount.Policy{}, order.ErrInvalid, "scope.terms", "cannot be compared"},
		{"scope: covers nothing", o, with(func(d *discount.Discount) { d.Scope.Services = []string{"OBS"} }), placed, discount.Policy{}, discount.ErrNotCovered, "", "covers no line"},
		{"no way to reduce", o, with(func(d *discount.Discount) { d.Ratio = order.Rate{} }), placed, discount.Policy{}, order.ErrInvalid, "ratio", "exactly one"},
		{"ratio and price", o, with(func(d *discount.Discount) { d.Price = usd(1) }), placed, discount.Policy{}, order.ErrInvalid, "ratio", "exactly one"},
		{"ratio and amount off of 0", o, with(func(d *discount.Discount) { d.Off = usd(0) }), placed, discount.Policy{}, order.ErrInvalid, "ratio", "exactly one"},
		{"ratio and rule", o, with(func(d *discount.Discount) { d.Rule = half{} }), placed, discount.Policy{}, order.ErrInvalid, "ratio", "exactly one"},
		{"all four", o, with(func(d *discount.Discount) { d.Price, d.Off, d.Rule = usd(1), usd(1), half{} }), placed, discount.Policy{}, order.ErrInvalid, "ratio", "exactly one"},
		{"ratio above 1", o, with(func(d *discount.Discount) { d.Ratio = ratio("1.00000000000000001") }), placed, discount.Policy{}, order.ErrInvalid, "ratio", "more than 1"},
		{"ratio in percent", o, with(func(d *discount.Discount) { d.Ratio = ratio("85") }), placed, discount.Policy{}, order.ErrInvalid, "ratio", "0.85 for 15 % off"},
		{"price below zero", o, price(usd(-1)), placed, discount.Policy{}, order.ErrInvalid, "price", "below zero"},
		{"price of 19 digits", o, price(usd(1_000_000_000_000_000_000)), placed, discount.Policy{}, order.ErrOverflow, "price", "18 digits"},
		{"price of no currency", o, price(order.Minor(1, 0)), placed, discount.Policy{}, order.ErrCurrency, "price", "no currency"},
		{"price in another currency", o, price(order.Minor(1, order.EUR)), placed, discount.Policy{}, order.ErrCurrency, "", "EUR with USD"},
		{"amount off below zero", o, off(usd(-1)), placed, discount.Policy{}, order.ErrInvalid, "off", "below zero"},
		{"amount off of 19 digits", o, off(usd(1_000_000_000_000_000_000)), placed, discount.Policy{}, order.ErrOverflow, "off", "18 digits"},
		{"amount off in no currency of ISO 4217", o, off(order.Minor(1, 7)), placed, discount.Policy{}, order.ErrCurrency, "off", "no currency"},
		{"amount off in another currency", o, off(order.Minor(1, order.EUR)), placed, discount.Policy{}, order.ErrCurrency, "", "EUR with USD"},
		{"rule: refuses", o, rule(func(order.Order, []order.Line) ([]order.Money, error) { return nil, errRefused }), placed, discount.Policy{}, errRefused, "", "does not like"},
		{"rule: no amount", o, rule(func(order.Order, []order.Line) ([]order.Money, error) { return nil, nil }), placed, discount.Policy{}, discount.ErrRule, "", "0 amounts for 1 lines"},
		{"rule: an amount too many", o, rule(func(order.Order, []order.Line) ([]order.Money, error) { return []order.Money{usd(0), usd(0)}, nil }), placed, discount.Policy{}, discount.ErrRule, "", "2 amounts for 1 lines"},
		{"rule: below zero", o, rule(amount(usd(-1))), placed, discount.Policy{}, discount.ErrRule, "", "-0.01 USD off"},
		{"rule: above the list price", o, rule(amount(usd(10001))), placed, discount.Policy{}, discount.ErrRule, "", "100.01 USD off"},
		{"rule: another currency", o, rule(amount(order.Minor(1, order.EUR))), placed, discount.Policy{}, discount.ErrRule, "", "0.01 EUR off"},
		{"policy: rounding", o, good, placed, discount.Policy{Rounding: 3}, order.ErrInvalid, "policy", "rounding(3)"},
		{"policy: lapse", o, good, placed, discount.Policy{Lapses: discount.Lapses{Coupon: "ends"}}, order.ErrInvalid, "policy.lapses", "unknown"},
		{"policy: competing kind", o, good, placed, discount.Policy{Compete: []discount.Kind{discount.KindCoupon, ""}}, order.ErrInvalid, "policy", "compete"},
		{"policy: confirmed without types", o, good, placed, discount.Policy{Confirmed: []discount.Confirmed{{Services: []string{"ECS"}}}}, order.ErrInvalid, "policy", "is required: nothing matches no"},
		{"policy: confirmed without services", o, good, placed, discount.Policy{Confirmed: []discount.Confirmed{{Types: []order.Type{order.TypeUpgrade}}}}, order.ErrInvalid, "policy", "is required: nothing matches no"},
		{"policy: confirmed type unknown", o, good, placed, discount.Policy{Confirmed: []discount.Confirmed{{Types: []order.Type{"grow"}, Services: []string{"ECS"}}}}, order.ErrInvalid, "policy", "grow"},
		{"policy: confirmed service empty", o, good, placed, discount.Policy{Confirmed: []discount.Confirmed{{Types: []order.Type{order.TypeUpgrade}, Services: []string{""}}}}, order.ErrInvalid, "policy", "confirmed[0].services[0]"},
		{"order: not sound", unsound, good, placed, discount.Policy{}, order.ErrInvalid, "order", "below zero"},
		{"order: zero", order.Order{}, good, placed, discount.Policy{}, order.ErrInvalid, "order", "id"},
		{"order: being paid", paying, good, placed, discount.Policy{}, order.ErrPaymentInProgress, "", "payment-1"},
		{"order: paid", moved(paying, order.Move{Event: order.EventSettle, Payment: "payment-1"}), good, placed, discount.Policy{}, order.ErrState, "", "paid"},
		{"order: canceled", moved(o, order.Move{Event: order.EventCancel, Reason: order.ReasonCustomer}), good, placed, discount.Policy{}, order.ErrState, "", "final"},
		{"order: charges nothing", place(t, trial), good, placed, discount.Policy{}, order.ErrState, "", "nothing to reduce"},
		{"order: gives money back", place(t, leave), good, placed, discount.Policy{}, order.ErrState, "", "gives money back"},
		{"order: past its deadline", o, good, clock("2018-12-03 23:12:33"), discount.Policy{}, order.ErrPastDeadline, "", "voided"},
		{"order: settled with its confirmation", upgraded, good, later, discount.Huawei2024(), order.ErrLocked, "", "D6"},
		{"time: none", o, good, time.Time{}, discount.Policy{}, order.ErrInvalid, "at", "not set"},
		{"time: the year 9999", o, good, time.Date(9999, 1, 2, 0, 0, 0, 0, time.UTC), discount.Policy{}, order.ErrInvalid, "at", "9999"},
		{"time: before placement", o, good, placed.Add(-time.Second), discount.Policy{}, order.ErrInvalid, "at", "before the order was placed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			was := c.o
			got, err := discount.Apply(c.o, c.d, c.at, c.p)
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v", err)
			}
			checkField(t, err, c.field)
			if err := ordertest.Zoned(err.Error()); err != nil {
				t.Error(err)
			}
			var wrong *order.FieldError
			if errors.As(err, &wrong) && c.field != "" {
				if err := ordertest.Leads(struct {
					Order    order.Order
					Discount discount.Discount
					At       time.Time
					Policy   discount.Policy
				}{}, wrong.Field); err != nil {
					t.Error(err)
				}
			}
			unchanged(t, got, was)
		})
	}
}

// checkField fails t unless the path that err names leads through the field.
func checkField(t *testing.T, err error, field string) {
	t.Helper()
	if field == "" {
		return
	}
	for e := err; e != nil; {
		var f *order.FieldError
		if !errors.As(e, &f) {
			break
		}
		if strings.Contains("."+f.Field+".", "."+field+".") {
			return
		}
		e = f.Err
	}
	t.Errorf("the error does not name %s: %v", field, err)
}

func TestBadInputChoose(t *testing.T) {
	good := discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
	o := place(t, draft("order-1", server(usd(10000))))
	held, err := hold(o, placed)
	if err != nil {
		t.Fatal(err)
	}
	bad := good
	bad.Ratio = order.Percent(101)
	for _, c := range []struct {
		name       string
		o          order.Order
		candidates []discount.Discount
		at         time.Time
		p          discount.Policy
		is         error
		says       string
	}{
		{"a candidate twice", o, []discount.Discount{good, good}, placed, discount.Policy{}, order.ErrInvalid, `candidates[1] "d": is a duplicate`},
		{"a candidate twice, not usable", o, []discount.Discount{{ID: "d", Kind: discount.KindCoupon, Off: usd(1)}, {ID: "d", Kind: discount.KindCoupon, Off: usd(2)}}, placed, discount.Policy{}, order.ErrInvalid, "is a duplicate"},
		{"a candidate that is not sound", o, []discount.Discount{good, bad}, placed, discount.Policy{}, order.ErrInvalid, "candidates[1].ratio"},
		{"the zero candidate", o, []discount.Discount{{}}, placed, discount.Policy{}, order.ErrInvalid, "candidates[0].id"},
		{"policy", o, []discount.Discount{good}, placed, discount.Policy{Rounding: 9}, order.ErrInvalid, "policy.rounding"},
		{"no time", o, []discount.Discount{good}, time.Time{}, discount.Policy{}, order.ErrInvalid, "at: is not set"},
		{"being paid", held, []discount.Discount{good}, placed, discount.Policy{}, order.ErrPaymentInProgress, "payment-1"},
		{"past its deadline", o, []discount.Discount{good}, clock("2018-12-03 23:12:33"), discount.Policy{}, order.ErrPastDeadline, "order-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := discount.Choose(c.o, c.candidates, c.at, c.p)
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || got.Best != -1 {
				t.Errorf("best %d: %v", got.Best, err)
			}
			each, err := discount.ChooseEach([]order.Order{o, c.o}, c.candidates, c.at, c.p)
			if !errors.Is(err, c.is) || each != nil {
				t.Errorf("%v: %v", each, err)
			}
		})
	}
	t.Run("the same ID of another kind is another", func(t *testing.T) {
		other := good
		other.Kind = discount.KindOfflineContract
		if _, err := discount.Choose(o, []discount.Discount{good, other}, placed, discount.Policy{}); err != nil {
			t.Error(err)
		}
	})
}

func TestBadInputDrop(t *testing.T) {
	o := place(t, draft("order-1", server(usd(10000))))
	paying, err := hold(o, placed)
	if err != nil {
		t.Fatal(err)
	}
	upgrade := draft("order-1", server(usd(10000)))
	upgrade.Type = order.TypeUpgrade
	upgradePaying, err := hold(place(t, upgrade), placed)
	if err != nil {
		t.Fatal(err)
	}
	p, err := order.PlaceTogether("purchase-1", []order.Draft{draft("order-1", server(usd(10000)))}, placed, order.Huawei())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    order.Order
		at   time.Time
		p    discount.Policy
		is   error
	}{
		{"policy", o, placed, discount.Policy{Rounding: 9}, order.ErrInvalid},
		{"no time", o, time.Time{}, discount.Policy{}, order.ErrInvalid},
		{"order", order.Order{}, placed, discount.Policy{}, order.ErrInvalid},
		{"being paid", paying, placed, discount.Policy{}, order.ErrPaymentInProgress},
		{"being paid, and settled with its confirmation", upgradePaying, placed.Add(time.Hour), discount.Huawei2024(), order.ErrPaymentInProgress},
		{"past its deadline", o, clock("2018-12-03 23:12:33"), discount.Policy{}, order.ErrPastDeadline},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := discount.Drop(c.o, c.at, c.p)
			if !errors.Is(err, c.is) {
				t.Errorf("%v", err)
			}
			unchanged(t, got, c.o)
		})
	}
	good := discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
	bad := good
	bad.Ratio = order.Percent(101)
	for _, c := range []struct {
		name string
		id   order.ID
		d    discount.Discount
		p    discount.Policy
		says string
	}{
		{"no member", "order-9", good, discount.Policy{}, "no member of purchase purchase-1"},
		{"discount", "order-1", bad, discount.Policy{}, "more than 1"},
		{"policy", "order-1", good, discount.Policy{Rounding: 9}, "rounding"},
	} {
		t.Run("in a purchase: "+c.name, func(t *testing.T) {
			got, err := discount.ApplyIn(p, c.id, c.d, placed, c.p)
			if !errors.Is(err, order.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("applied: %v", err)
			}
			unchanged(t, got, p)
			if c.name == "discount" {
				return
			}
			got, err = discount.DropIn(p, c.id, placed, c.p)
			if !errors.Is(err, order.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("dropped: %v", err)
			}
			unchanged(t, got, p)
		})
	}
}

func TestBadInputDecode(t *testing.T) {
	const good = `{"id":"d","kind":"commercial","ratio":"0.85"}`
	var d discount.Discount
	if err := order.Decode([]byte(good), &d); err != nil || d.Ratio != order.Percent(85) {
		t.Fatal(err)
	}
	was := d
	for _, c := range []struct{ name, text, says string }{
		{"ratio above 1", `{"id":"d","kind":"commercial","ratio":"1.01"}`, "more than 1"},
		{"ratio as a number", `{"id":"d","kind":"commercial","ratio":0.85}`, "in quotes"},
		{"ratio with an exponent", `{"id":"d","kind":"commercial","ratio":"85e-2"}`, "exponent"},
		{"ratio with a sign", `{"id":"d","kind":"commercial","ratio":"-0.85"}`, "sign"},
		{"ratio with a plus", `{"id":"d","kind":"commercial","ratio":"+0.85"}`, "sign"},
		{"ratio of 19 digits", `{"id":"d","kind":"commercial","ratio":"0.8500000000000000001"}`, "18 digits"},
		{"ratio in other digits", `{"id":"d","kind":"commercial","ratio":"０.８５"}`, "ASCII"},
		{"ratio null", `{"id":"d","kind":"commercial","ratio":null}`, "exactly one"},
		{"two ways", `{"id":"d","kind":"commercial","ratio":"0.85","off":{"amount":"1.00","currency":"USD"}}`, "exactly one"},
		{"no way", `{"id":"d","kind":"commercial"}`, "exactly one"},
		{"unknown kind", `{"id":"d","kind":"wholesale","ratio":"0.85"}`, "wholesale"},
		{"no kind", `{"id":"d","ratio":"0.85"}`, "kind"},
		{"no ID", `{"kind":"commercial","ratio":"0.85"}`, "id"},
		{"unknown key", `{"id":"d","kind":"commercial","ratio":"0.85","percent":15}`, "percent"},
		{"a key in another case", `{"id":"d","kind":"commercial","Ratio":"0.85"}`, "Ratio"},
		{"a key twice", `{"id":"d","kind":"commercial","ratio":"0.85","ratio":"0.10"}`, "duplicate"},
		{"a rule", `{"id":"d","kind":"commercial","rule":{}}`, "rule"},
		{"something after it", good + `{}`, "follows"},
		{"not an object", `["d"]`, "array"},
		{"cut off", good[:20], "early"},
		{"amount off in lower case", `{"id":"d","kind":"commercial","off":{"amount":"1.00","currency":"usd"}}`, "usd"},
		{"amount off below zero", `{"id":"d","kind":"commercial","off":{"amount":"-1.00","currency":"USD"}}`, "below zero"},
		{"price with too many decimals", `{"id":"d","kind":"commercial","price":{"amount":"1.001","currency":"USD"}}`, "more decimals"},
		{"window backwards", `{"id":"d","kind":"commercial","ratio":"0.85","window":{"from":"2018-12-01T00:00:00Z","until":"2018-11-01T00:00:00Z"}}`, "before from"},
		{"window in words", `{"id":"d","kind":"commercial","ratio":"0.85","window":{"from":"tomorrow"}}`, "window.from"},
		{"scope of an unknown type", `{"id":"d","kind":"commercial","ratio":"0.85","scope":{"types":["buy"]}}`, "buy"},
		{"scope of an unknown charge type", `{"id":"d","kind":"commercial","ratio":"0.85","scope":{"charges":["prepaid"]}}`, "prepaid"},
		{"scope of an empty service", `{"id":"d","kind":"commercial","ratio":"0.85","scope":{"services":[""]}}`, "services"},
		{"scope of an unknown key", `{"id":"d","kind":"commercial","ratio":"0.85","scope":{"zones":["a"]}}`, "zones"},
		{"term of no length", `{"id":"d","kind":"commercial","ratio":"0.85","scope":{"terms":{"least":{"n":0,"unit":"month"}}}}`, "least"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := order.Decode([]byte(c.text), &d)
			var where *order.DecodeError
			if !errors.Is(err, order.ErrInvalid) || !errors.As(err, &where) || where.Line != 1 || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
			unchanged(t, d, was)
		})
	}
	for _, src := range []any{nil, 7, "", "wholesale", []byte("Commercial")} {
		k := discount.KindCoupon
		if err := k.Scan(src); !errors.Is(err, order.ErrInvalid) || k != discount.KindCoupon {
			t.Errorf("scanned %v as %q: %v", src, k, err)
		}
	}
}
