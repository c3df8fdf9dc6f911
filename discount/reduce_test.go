package discount_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
)

func TestD1_Kinds(t *testing.T) {
	want := []discount.Kind{"partner-adjusted", "commercial", "offline contract", "partner-authorized", "promotional", "discount coupon"}
	if got := discount.Kinds(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, k := range want {
		var read, scanned discount.Kind
		if err := read.UnmarshalText([]byte(k)); err != nil || read != k {
			t.Errorf("%q read as %q: %v", k, read, err)
		}
		if err := scanned.Scan([]byte(k)); err != nil || scanned != k {
			t.Errorf("%q scanned as %q: %v", k, scanned, err)
		}
		if err := scanned.Scan(string(k)); err != nil || scanned != k {
			t.Errorf("%q scanned as %q: %v", k, scanned, err)
		}
	}
	kinds := discount.Kinds()
	clear(kinds)
	if !slices.Equal(discount.Kinds(), want) {
		t.Error("clearing one list cleared another")
	}
}

func TestD2_AtMostOne(t *testing.T) {
	if k := reflect.TypeFor[order.Order]().Field(slices.IndexFunc(reflect.VisibleFields(reflect.TypeFor[order.Order]()), func(f reflect.StructField) bool {
		return f.Name == "Reduction"
	})).Type.Kind(); k != reflect.Struct {
		t.Errorf("the type has room for a %s of reductions", k)
	}
	o := place(t, draft("order-1", server(usd(10000)), server(usd(333))))
	first := discount.Discount{ID: "first", Kind: discount.KindPromotional, Ratio: order.Percent(50)}
	second := discount.Discount{ID: "second", Kind: discount.KindCommercial, Off: usd(100)}
	both := apply(t, apply(t, o, first, placed, discount.Policy{}), second, placed, discount.Policy{})
	unchanged(t, both, apply(t, o, second, placed, discount.Policy{}))
	if both.Discount() != usd(100) || both.Reduction.ID != "second" {
		t.Errorf("%s off by %q", both.Discount(), both.Reduction.ID)
	}
}

func TestD3_Amounts(t *testing.T) {
	three := server(usd(10000))
	three.Count = 3
	jpy := func(n int64) order.Line { return server(order.Minor(n, order.JPY)) }
	kwd := func(n int64) order.Line { return server(order.Minor(n, order.KWD)) }
	truncate := discount.Policy{Rounding: order.Truncate}
	for _, c := range []struct {
		name  string
		d     discount.Discount
		p     discount.Policy
		lines []order.Line
		pay   []int64
	}{
		{"0.85 of 100.00", discount.Discount{Ratio: order.Percent(85)}, discount.Policy{}, []order.Line{server(usd(10000))}, []int64{8500}},
		{"half up below a half", discount.Discount{Ratio: order.Percent(85)}, discount.Policy{}, []order.Line{server(usd(109))}, []int64{93}}, // 92.65
		{"half up at a half", discount.Discount{Ratio: order.Percent(85)}, discount.Policy{}, []order.Line{server(usd(110))}, []int64{94}},    // 93.50
		{"half up under a half", discount.Discount{Ratio: order.Percent(85)}, discount.Policy{}, []order.Line{server(usd(116))}, []int64{99}}, // 98.60
		{"half up, 0.49", discount.Discount{Ratio: order.Percent(49)}, discount.Policy{}, []order.Line{server(usd(1))}, []int64{0}},
		{"half up, 0.50", discount.Discount{Ratio: order.Percent(50)}, discount.Policy{}, []order.Line{server(usd(1))}, []int64{1}},
		{"truncated at a half", discount.Discount{Ratio: order.Percent(85)}, truncate, []order.Line{server(usd(110))}, []int64{93}},
		{"truncated at 0.99", discount.Discount{Ratio: order.Percent(99)}, truncate, []order.Line{server(usd(1)), server(usd(101))}, []int64{0, 99}},
		{"truncated, exact", discount.Discount{Ratio: order.Percent(85)}, truncate, []order.Line{server(usd(100))}, []int64{85}},
		{"half even at a half", discount.Discount{Ratio: order.Percent(85)}, discount.Policy{Rounding: order.HalfEven}, []order.Line{server(usd(110)), server(usd(130)), server(usd(10))}, []int64{94, 110, 8}},
		{"each line is rounded, not the sum", discount.Discount{Ratio: order.Percent(50)}, discount.Policy{}, []order.Line{server(usd(1)), server(usd(1)), server(usd(1))}, []int64{1, 1, 1}},
		{"a ratio of 0", discount.Discount{Ratio: order.Percent(0)}, discount.Policy{}, []order.Line{server(usd(10000))}, []int64{0}},
		{"a ratio of 1", discount.Discount{Ratio: order.Percent(100)}, discount.Policy{}, []order.Line{server(usd(10000))}, []int64{10000}},
		{"no decimals", discount.Discount{Ratio: order.Percent(85)}, discount.Policy{}, []order.Line{jpy(110)}, []int64{94}},
		{"three decimals", discount.Discount{Ratio: order.Percent(85)}, discount.Policy{}, []order.Line{kwd(1110)}, []int64{944}}, // 943.50
		{"17 digits", discount.Discount{Ratio: order.Percent(85)}, discount.Policy{}, []order.Line{server(usd(99_999_999_999_999_999))}, []int64{84_999_999_999_999_999}},
		{"fixed price", discount.Discount{Price: usd(7000)}, discount.Policy{}, []order.Line{server(usd(10000))}, []int64{7000}},
		{"fixed price x count", discount.Discount{Price: usd(3000)}, discount.Policy{}, []order.Line{three}, []int64{9000}},
		{"fixed price x count is the list price", discount.Discount{Price: usd(3334)}, discount.Policy{}, []order.Line{three}, []int64{10000}},
		{"fixed price x count a cent below it", discount.Discount{Price: usd(3333)}, discount.Policy{}, []order.Line{three}, []int64{9999}},
		{"fixed price above the list price", discount.Discount{Price: usd(10001)}, discount.Policy{}, []order.Line{server(usd(10000))}, []int64{10000}},
		{"fixed price of 0", discount.Discount{Price: usd(0)}, discount.Policy{}, []order.Line{three}, []int64{0}},
		{"fixed price of 18 digits", discount.Discount{Price: usd(999_999_999_999_999_999)}, discount.Policy{}, []order.Line{three}, []int64{10000}},
		{"amount off", discount.Discount{Off: usd(1000)}, discount.Policy{}, []order.Line{server(usd(10000))}, []int64{9000}},
		{"amount off by list price", discount.Discount{Off: usd(900)}, discount.Policy{}, []order.Line{server(usd(10000)), server(usd(20000))}, []int64{9700, 19400}},
		{"largest remainder", discount.Discount{Off: usd(100)}, discount.Policy{}, []order.Line{server(usd(1000)), server(usd(2000)), server(usd(4000))}, []int64{986, 1971, 3943}}, // 14.28, 28.57, 57.14
		{"ties to the first", discount.Discount{Off: usd(100)}, discount.Policy{}, []order.Line{server(usd(500)), server(usd(500)), server(usd(500))}, []int64{466, 467, 467}},
		{"a line of 0 gets nothing", discount.Discount{Off: usd(1)}, discount.Policy{}, []order.Line{server(usd(0)), server(usd(5))}, []int64{0, 4}},
		{"amount off above the sum", discount.Discount{Off: usd(50000)}, discount.Policy{}, []order.Line{server(usd(10000)), server(usd(20000))}, []int64{0, 0}},
		{"amount off lines of 0", discount.Discount{Off: usd(50000)}, discount.Policy{}, []order.Line{server(usd(0))}, []int64{0}},
		{"amount off of 0", discount.Discount{Off: usd(0)}, discount.Policy{}, []order.Line{server(usd(10000))}, []int64{10000}},
		{"a host's rule", discount.Discount{Rule: BuyTwoGetThirdFree{}}, discount.Policy{}, []order.Line{three, server(usd(100))}, []int64{6667, 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.d.ID, c.d.Kind = "d", discount.KindCommercial
			before := place(t, draft("order-1", c.lines...))
			o := apply(t, before, c.d, placed, c.p)
			for i, l := range o.Lines {
				if l.Payable().Minor() != c.pay[i] {
					t.Errorf("line %d costs %s, want %s", i, l.Payable(), order.Minor(c.pay[i], o.Currency()))
				}
				if l.Ratio != c.d.Ratio {
					t.Errorf("line %d has ratio %s", i, l.Ratio)
				}
			}
			if err := o.Check(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("a rule that writes to what it is given changes nothing", func(t *testing.T) {
		o := place(t, draft("order-1", server(usd(100)), server(usd(200))))
		was := o
		was.Lines = slices.Clone(o.Lines)
		d := discount.Discount{ID: "d", Kind: discount.KindCommercial, Rule: ruleFunc(func(o order.Order, covered []order.Line) ([]order.Money, error) {
			o.Lines[0].Amount, covered[1].Amount = usd(7), usd(7)
			return []order.Money{usd(1), usd(2)}, nil
		})}
		after := apply(t, o, d, placed, discount.Policy{})
		unchanged(t, o, was)
		if after.List() != usd(300) || after.Discount() != usd(3) {
			t.Errorf("%s - %s", after.List(), after.Discount())
		}
	})
	t.Run("HuaweiChina truncates, Huawei2024 does not", func(t *testing.T) {
		o := place(t, draft("order-1", server(usd(110))))
		d := discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
		china, abroad := apply(t, o, d, placed, discount.HuaweiChina()), apply(t, o, d, placed, discount.Huawei2024())
		if china.Payable() != usd(93) || abroad.Payable() != usd(94) {
			t.Errorf("%s in China, %s abroad", china.Payable(), abroad.Payable())
		}
	})
}

func TestD4_Scope(t *testing.T) {
	l := server(usd(10000))
	other := order.Line{Product: "disk", Service: "EVS", Region: "south", Count: 1, Term: order.Term{N: 1, Unit: order.Year}, Charge: order.ChargePackage, Amount: usd(10000)}
	month := order.Term{N: 1, Unit: order.Month}
	for _, c := range []struct {
		name         string
		s            discount.Scope
		first, other bool
	}{
		{"all", discount.Scope{}, true, true},
		{"service", discount.Scope{Services: []string{"ECS"}}, true, false},
		{"one of two services", discount.Scope{Services: []string{"VPC", "EVS"}}, false, true},
		{"service, another case", discount.Scope{Services: []string{"ecs"}}, false, false},
		{"product", discount.Scope{Products: []string{"s6.large"}}, true, false},
		{"region", discount.Scope{Regions: []string{"south"}}, false, true},
		{"type", discount.Scope{Types: []order.Type{order.TypeRenewal, order.TypePurchase}}, true, true},
		{"another type", discount.Scope{Types: []order.Type{order.TypeRenewal}}, false, false},
		{"charge type", discount.Scope{Charges: []order.Charge{order.ChargeSubscription}}, true, false},
		{"terms from", discount.Scope{Terms: order.Terms{Least: order.Term{N: 2, Unit: order.Month}}}, false, true},
		{"terms to", discount.Scope{Terms: order.Terms{Most: order.Term{N: 11, Unit: order.Month}}}, true, false},
		{"terms, both ends included", discount.Scope{Terms: order.Terms{Least: month, Most: order.Term{N: 12, Unit: order.Month}}}, true, true},
		{"every field must have room", discount.Scope{Services: []string{"ECS"}, Regions: []string{"south"}}, false, false},
		{"every field has room", discount.Scope{
			Services: []string{"ECS"}, Products: []string{"s6.large"}, Regions: []string{"north"}, Types: []order.Type{order.TypePurchase},
			Charges: []order.Charge{order.ChargeSubscription}, Terms: order.Terms{Least: month, Most: month},
		}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := place(t, draft("order-1", l, other))
			for i, want := range []bool{c.first, c.other} {
				if c.s.Covers(&before, i) != want {
					t.Errorf("line %d: covered is not %t", i, want)
				}
			}
			d := discount.Discount{ID: "d", Kind: discount.KindCommercial, Scope: c.s, Ratio: order.Percent(50)}
			o, err := discount.Apply(before, d, placed, discount.Policy{})
			if !c.first && !c.other {
				var which *discount.Error
				if !errors.Is(err, discount.ErrNotCovered) || !errors.As(err, &which) || which.ID != "d" || which.Order != "order-1" {
					t.Errorf("covers nothing: %v", err)
				}
				unchanged(t, o, before)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, covered := range []bool{c.first, c.other} {
				want, ratio := usd(0), order.Rate{}
				if covered {
					want, ratio = usd(5000), order.Percent(50)
				}
				if got := o.Lines[i]; got.Off.Minor() != want.Minor() || got.Ratio != ratio {
					t.Errorf("line %d: %s off, ratio %s", i, got.Off, got.Ratio)
				}
			}
		})
	}
	t.Run("lines of third parties are never covered", func(t *testing.T) {
		theirs := server(usd(5000))
		theirs.Seller = "image house"
		before := place(t, draft("order-1", theirs, l))
		for name, d := range map[string]discount.Discount{
			"ratio": {Ratio: order.Percent(50)}, "price": {Price: usd(5000)}, "off": {Off: usd(5000)}, "rule": {Rule: half{}},
		} {
			d.ID, d.Kind = "d", discount.KindCommercial
			o := apply(t, before, d, placed, discount.Policy{})
			if o.Lines[0].Off.Minor() != 0 || o.Payable() != usd(5000) {
				t.Errorf("%s: %s off theirs, %s payable", name, o.Lines[0].Off, o.Payable())
			}
		}
	})
}

func TestD5_PartnerAdjusted(t *testing.T) {
	set := discount.Discount{ID: "set", Kind: discount.KindPartnerAdjusted, Window: november, Ratio: order.Percent(95)}
	better := discount.Discount{ID: "better", Kind: discount.KindCommercial, Ratio: order.Percent(50)}
	for name, p := range map[string]discount.Policy{"zero": {}, "2020": discount.Huawei2020(), "2024": discount.Huawei2024(), "China": discount.HuaweiChina()} {
		t.Run(name, func(t *testing.T) {
			at := placed.Add(time.Hour)
			o := apply(t, place(t, draft("order-1", server(usd(10000)))), set, at, p)
			if o.Reduction.Lock != order.LockPartner {
				t.Errorf("locked by %q", o.Reduction.Lock)
			}
			after, err := discount.Apply(o, better, at, p)
			locked(t, err)
			unchanged(t, after, o)
			after, err = discount.Drop(o, at, p)
			locked(t, err)
			unchanged(t, after, o)
			again := discount.Discount{ID: "set again", Kind: discount.KindPartnerAdjusted, Ratio: order.Percent(90)}
			if o = apply(t, o, again, at, p); o.Payable() != usd(9000) {
				t.Errorf("%s once the partner set another", o.Payable())
			}
			sameInstant(t, "deadline", o.Deadline, clock("2018-12-03 23:12:32"))
		})
	}
	t.Run("the partner sets it over another", func(t *testing.T) {
		o := apply(t, place(t, draft("order-1", server(usd(10000)))), better, placed, discount.Policy{})
		if o = apply(t, o, set, placed, discount.Policy{}); o.Payable() != usd(9500) {
			t.Errorf("%s payable", o.Payable())
		}
	})
}

// locked fails t unless err says that the discount is locked.
func locked(t *testing.T, err error) {
	t.Helper()
	var reduction *order.ReductionError
	if !errors.Is(err, order.ErrLocked) || !errors.As(err, &reduction) || reduction.Do == "" {
		t.Errorf("not locked: %v", err)
	}
}

func TestD6_ChosenWhenConfirmed(t *testing.T) {
	first := discount.Discount{ID: "first", Kind: discount.KindCommercial, Ratio: order.Percent(85)}
	other := discount.Discount{ID: "other", Kind: discount.KindCommercial, Ratio: order.Percent(80)}
	partner := discount.Discount{ID: "set", Kind: discount.KindPartnerAdjusted, Ratio: order.Percent(90)}
	later := placed.Add(time.Second)
	presets := map[string]discount.Policy{"2020": discount.Huawei2020(), "2024": discount.Huawei2024(), "China": discount.HuaweiChina()}
	for name, p := range presets {
		for _, service := range []string{"ECS", "EVS", "VPC", "OBS"} {
			for _, typ := range []order.Type{order.TypeUpgrade, order.TypeChange, order.TypePurchase, order.TypeRenewal} {
				t.Run(fmt.Sprint(name, " ", service, " ", typ), func(t *testing.T) {
					fixed := service != "OBS" && (typ == order.TypeUpgrade || typ == order.TypeChange || typ == order.TypePurchase && name == "China")
					l := server(usd(10000))
					l.Service = service
					d := draft("order-1", l)
					d.Type = typ
					o := place(t, d)

					// In the second of placement.
					chosen := apply(t, o, first, placed.Add(999*time.Millisecond), p)
					chosen = apply(t, chosen, other, placed, p)
					if dropped, err := discount.Drop(chosen, placed, p); err != nil {
						t.Errorf("dropped at placement: %v", err)
					} else {
						unchanged(t, dropped, o)
					}
					if (chosen.Reduction.Lock == order.LockConfirmed) != fixed {
						t.Errorf("locked by %q", chosen.Reduction.Lock)
					}

					// A second later, with one and without.
					for _, before := range []order.Order{o, chosen} {
						after, err := discount.Apply(before, first, later, p)
						none, dropErr := discount.Drop(before, later, p)
						if !fixed {
							if err != nil || dropErr != nil {
								t.Errorf("%v, %v", err, dropErr)
							}
							continue
						}
						locked(t, err)
						locked(t, dropErr)
						unchanged(t, after, before)
						unchanged(t, none, before)
						if c, err := discount.Choose(before, []discount.Discount{first}, later, p); err != nil || c.Best != -1 || c.Verdicts[0].Reason != discount.ReasonLocked {
							t.Errorf("%+v, %v", c, err)
						}
					}

					// The partner still may.
					if set := apply(t, chosen, partner, later, p); set.Payable() != usd(9000) {
						t.Errorf("%s payable", set.Payable())
					}
				})
			}
		}
	}
	t.Run("stays so under another policy", func(t *testing.T) {
		d := draft("order-1", server(usd(10000)))
		d.Type = order.TypeUpgrade
		o := apply(t, place(t, d), first, placed, discount.Huawei2024())
		_, err := discount.Apply(o, other, later, discount.Policy{})
		locked(t, err)
		if c, err := discount.Choose(o, []discount.Discount{other}, later, discount.Policy{}); err != nil || c.Best != -1 || c.Verdicts[0].Reason != discount.ReasonLocked {
			t.Errorf("%+v, %v", c, err)
		}
	})
	t.Run("until the customer confirms", func(t *testing.T) {
		p := discount.Huawei2024()
		d := draft("order-1", server(usd(10000)))
		d.Type, d.Confirm = order.TypeUpgrade, true
		o := place(t, d)
		o = apply(t, o, first, later, p)
		at := placed.Add(24 * time.Hour)
		o = apply(t, o, other, at, p)
		o, err := o.Apply(order.Move{Event: order.EventConfirm, At: at, By: "customer"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = discount.Apply(o, first, at, p)
		locked(t, err)
	})
	t.Run("honored, even if it would shorten", func(t *testing.T) {
		d := draft("order-1", server(usd(10000)))
		d.Type = order.TypeUpgrade
		o := apply(t, place(t, d), ratio85(discount.KindPromotional, "spring"), placed, discount.Huawei2024())
		sameInstant(t, "deadline", o.Deadline, clock("2018-12-03 23:12:32"))
	})
	t.Run("a line of a third party does not fix it", func(t *testing.T) {
		theirs := server(usd(5000))
		theirs.Seller = "image house"
		l := server(usd(10000))
		l.Service = "OBS"
		d := draft("order-1", theirs, l)
		d.Type = order.TypeUpgrade
		apply(t, place(t, d), first, later, discount.Huawei2024())
	})
	t.Run("no order by default", func(t *testing.T) {
		d := draft("order-1", server(usd(10000)))
		d.Type = order.TypeUpgrade
		apply(t, place(t, d), first, later, discount.Policy{})
	})
}

func TestD8_Frozen(t *testing.T) {
	d := discount.Discount{
		ID: "spring", Kind: discount.KindPromotional, Window: november, Ratio: order.Percent(85),
		Scope: discount.Scope{Services: []string{"ECS"}, Types: []order.Type{order.TypePurchase}},
	}
	p := discount.Policy{Lapses: discount.Lapses{Promotional: order.LapseShortens}}
	o := apply(t, place(t, draft("order-1", server(usd(10000)))), d, placed, p)
	was := o
	was.Lines = slices.Clone(o.Lines)
	d.Scope.Services[0], d.Scope.Types[0] = "EVS", order.TypeRenewal
	d.ID, d.Kind, d.Ratio, d.Window = "another", discount.KindCommercial, order.Percent(10), order.Window{}
	p.Lapses.Promotional = order.LapseJudged
	unchanged(t, o, was)
	if o.Reduction.Window.String() != november.String() || o.Lines[0].Ratio != order.Percent(85) || o.Reduction.Lapse != order.LapseShortens {
		t.Errorf("%+v, ratio %s", o.Reduction, o.Lines[0].Ratio)
	}
	held, err := hold(o, placed.Add(time.Hour))
	if err != nil || held.Reduction != o.Reduction || held.Payable() != usd(8500) {
		t.Errorf("%s payable: %v", held.Payable(), err)
	}
	t.Run("cuts are the order's own", func(t *testing.T) {
		d := discount.Discount{ID: "d", Kind: discount.KindCommercial, Off: usd(100)}
		cuts, err := d.Cut(nil, &o, discount.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		cuts[0].Off = usd(9999)
		unchanged(t, o, was)
	})
}

func TestD4_NoSuchLine(t *testing.T) {
	o := place(t, draft("order-1", server(usd(10000))))
	var s discount.Scope
	for _, i := range []int{-1, 1} {
		if s.Covers(&o, i) {
			t.Errorf("line %d is covered", i)
		}
	}
	d := discount.Discount{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(50)}
	if !s.Covers(&o, 0) || s.Covers(nil, 0) {
		t.Error("the only line, and no order")
	}
	if cuts, err := d.Cut(nil, nil, discount.Policy{}); !errors.Is(err, discount.ErrNotCovered) || len(cuts) != 0 {
		t.Errorf("no order: %v, %v", cuts, err)
	}
}
