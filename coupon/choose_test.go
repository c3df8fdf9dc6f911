package coupon_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// preference is the sequence in which coupons are preferred: the one chosen, then the one
// that is chosen without it, and so on.
func preference(t testing.TB, orders []order.Order, cs []coupon.Coupon, p coupon.Policy) (all []coupon.ID) {
	t.Helper()
	p.MaxCoupons = 1
	for len(cs) > 0 {
		plan, err := coupon.Choose(orders, cs, nil, now, p)
		if err != nil || len(plan.Pays) != 1 {
			t.Fatalf("%+v, %v", plan, err)
		}
		id := plan.Pays[0].Coupon
		all = append(all, id)
		cs = slices.DeleteFunc(slices.Clone(cs), func(c coupon.Coupon) bool { return c.ID == id })
	}
	return all
}

// prefers checks a preference in every order in which coupons can be given.
func prefers(t *testing.T, orders []order.Order, p coupon.Policy, want string, cs ...coupon.Coupon) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		got := preference(t, orders, rapid.Permutation(cs).Draw(rt, "given"), p)
		var s []string
		for _, id := range got {
			s = append(s, string(id))
		}
		if strings.Join(s, " ") != want {
			rt.Fatalf("%v, want %s", s, want)
		}
	})
}

func of(c coupon.Coupon, f func(l *coupon.Limits)) coupon.Coupon {
	f(&c.Limits)
	return c
}

func TestC8_Tencent(t *testing.T) {
	prefers(t, dues(t, 400), coupon.Tencent(), "C B A D E",
		until(flexi("A", 1000), "2017-03-09 00:00:00"), until(flexi("B", 800), "2017-03-09 00:00:00"), until(flexi("C", 500), "2017-03-09 00:00:00"),
		until(flexi("D", 200), "2017-03-09 00:00:00"), until(flexi("E", 400), "2017-03-10 00:00:00"))
}

func TestC8_Huawei(t *testing.T) {
	ecs := func(l *coupon.Limits) { l.Scope.Services = []string{"ECS"} }
	large := func(l *coupon.Limits) { l.Scope.Products = []string{"s6.large", "s6.small"} }
	prefers(t, dues(t, 10_000), coupon.Huawei(), "P2 P1 S2 S1 U2 U1 U3 U4",
		of(until(flexi("P1", 1), "2017-03-09 00:00:00"), large), of(until(flexi("P2", 1), "2017-03-08 00:00:00"), large),
		of(until(flexi("S1", 1), "2017-03-03 00:00:00"), ecs), of(until(flexi("S2", 1), "2017-03-02 00:00:00"), ecs),
		until(flexi("U1", 1), "2017-03-02 00:00:00"), until(flexi("U2", 900), "2017-03-01 23:00:00"),
		until(flexi("U3", 5), "2017-03-02 00:00:01"), with(flexi("U4", 1), func(c *coupon.Coupon) { c.Window.Until = c.Window.From.AddDate(9, 0, 0) }))
}

func TestC8_Baidu(t *testing.T) {
	single := func(l *coupon.Limits) { l.Scope.Products = []string{"s6.large"} }
	several := func(l *coupon.Limits) { l.Scope.Products = []string{"s6.large", "disk"} }
	prefers(t, dues(t, 10_000), coupon.Baidu(), "S2 S1 G3 G1 G2 G4",
		of(until(flexi("S1", 100), "2017-03-09 00:00:00"), single), of(until(flexi("S2", 50), "2017-03-09 00:00:00"), single),
		of(until(flexi("G1", 100), "2017-03-02 00:00:00"), several), until(flexi("G2", 100), "2017-03-02 00:00:00"),
		until(flexi("G3", 99), "2017-03-02 00:00:00"), until(flexi("G4", 1), "2017-03-03 00:00:00"))
}

func TestC8_Neutral(t *testing.T) {
	prefers(t, dues(t, 10_000), coupon.Policy{}, "B A C D",
		until(flexi("C", 9), "2017-03-05 00:00:00"), until(flexi("A", 1), "2017-03-04 00:00:00"), until(flexi("B", 1), "2017-03-03 00:00:00"),
		with(flexi("D", 9000), func(c *coupon.Coupon) { c.Window.Until = order.Window{}.Until }))
	plan, err := coupon.Use(dues(t, 100), nil, nil, now, coupon.Policy{})
	if err != nil || plan.Pays != nil || plan.Left[0] != usd(100) || plan.Paid != usd(0) {
		t.Errorf("nothing named: %+v, %v", plan, err)
	}
	t.Run("as far as something is left to pay", func(t *testing.T) {
		cs := []coupon.Coupon{flexi("A", 60), flexi("B", 60), flexi("C", 60)}
		plan, err := coupon.Choose(dues(t, 120), cs, nil, now, coupon.Policy{})
		if err != nil || !reflect.DeepEqual(ids(plan), []coupon.ID{"A", "B"}) || plan.Verdicts[2].Reason != coupon.ReasonNothingDue {
			t.Errorf("%+v, %v", plan, err)
		}
	})
	t.Run("one that would leave a chosen one with nothing to pay is not chosen", func(t *testing.T) {
		cs := []coupon.Coupon{until(pays("A", coupon.KindCard, 100), "2017-03-02 00:00:00"), pays("B", coupon.KindCash, 100)}
		plan, err := coupon.Choose(dues(t, 100), cs, nil, now, coupon.Policy{})
		if err != nil || !reflect.DeepEqual(ids(plan), []coupon.ID{"A"}) {
			t.Errorf("%+v, %v", plan, err)
		}
	})
}

// smallFirst prefers small coupons to large ones.
type smallFirst struct{}

func (smallFirst) Compare(a, b coupon.Candidate) int {
	return int(a.Deduction.Minor() - b.Deduction.Minor())
}

func TestC8_HostOrder(t *testing.T) {
	prefers(t, dues(t, 50), coupon.Policy{Order: smallFirst{}}, "D B A C",
		until(flexi("A", 100), "2017-03-04 00:00:00"), until(flexi("B", 50), "2017-03-03 00:00:00"), // A and B pay the same
		until(flexi("C", 200), "2017-03-05 00:00:00"), until(flexi("D", 49), "2017-03-06 00:00:00"))
}

// largeFirst prefers large coupons to small ones.
type largeFirst struct{}

func (largeFirst) Compare(a, b coupon.Candidate) int { return -smallFirst{}.Compare(a, b) }

// TestC8_NothingMore leaves out a coupon that would pay before the one chosen, and in its
// place.
func TestC8_NothingMore(t *testing.T) {
	plan, err := coupon.Choose(dues(t, 1000), []coupon.Coupon{
		until(flexi("A", 1000), "2017-03-05 00:00:00"), until(flexi("B", 400), "2017-03-04 00:00:00"),
	}, nil, now, coupon.Policy{Order: largeFirst{}})
	if err != nil || !reflect.DeepEqual(ids(plan), []coupon.ID{"A"}) {
		t.Errorf("%v, %v", ids(plan), err)
	}
}

func TestC8_MostSaved(t *testing.T) {
	type cs = []coupon.Coupon
	reusable := func(c coupon.Coupon) coupon.Coupon { c.Reusable = true; return c }
	disks := func(c coupon.Coupon) coupon.Coupon { c.Limits.Scope.Services = []string{"EVS"}; return c }
	servers := func(c coupon.Coupon) coupon.Coupon { c.Limits.Scope.Services = []string{"ECS"}; return c }
	for name, x := range map[string]struct {
		dues []int64
		cs   cs
		most int
		want string
	}{
		"the largest":                       {[]int64{1000}, cs{flexi("A", 100), flexi("B", 300), flexi("C", 200)}, 1, "B"},
		"two of three":                      {[]int64{1000}, cs{flexi("A", 100), flexi("B", 300), flexi("C", 200)}, 2, "B C"},
		"one that is enough, not two":       {[]int64{300}, cs{flexi("A", 100), flexi("B", 300), flexi("C", 200)}, 3, "A C"}, // as much, and A comes first
		"least waste":                       {[]int64{250}, cs{flexi("A", 400), flexi("B", 300), flexi("C", 251)}, 3, "C"},
		"no waste of what keeps its rest":   {[]int64{250}, cs{flexi("B", 251), reusable(flexi("C", 9000))}, 1, "C"},
		"nearest end":                       {[]int64{50}, cs{until(flexi("A", 50), "2017-03-08 00:00:00"), until(flexi("B", 50), "2017-03-07 00:00:00")}, 3, "B"},
		"then ID":                           {[]int64{50}, cs{flexi("B", 50), flexi("A", 50)}, 3, "A"},
		"the shorter of two that are equal": {[]int64{50}, cs{reusable(flexi("A", 50)), reusable(flexi("B", 50))}, 3, "A"},
		"a limited one and a general":       {[]int64{100}, cs{flexi("A", 90), disks(flexi("B", 100))}, 3, "A"},
		"as much, with more waste":          {[]int64{100}, cs{flexi("A", 90), reusable(pays("B", coupon.KindCash, 50)), flexi("C", 110)}, 3, "C"}, // B pays before A, and leaves it 50
		"one cash coupon":                   {[]int64{1000}, cs{pays("A", coupon.KindCash, 100), pays("B", coupon.KindCash, 200)}, 3, "B"},
		"none that pays nothing":            {[]int64{100}, cs{flexi("A", 60), reusable(servers(pays("B", coupon.KindCard, 30))), flexi("C", 40)}, 3, "A C"}, // B pays last
		"none":                              {[]int64{0}, cs{flexi("A", 90)}, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := coupon.Policy{MaxCoupons: x.most, Choice: []coupon.By{coupon.MostSaved}}
			for range x.cs {
				x.cs = append(x.cs[1:], x.cs[0])
				plan, err := coupon.Choose(dues(t, x.dues...), x.cs, nil, now, p)
				var got []string
				for _, id := range ids(plan) {
					got = append(got, string(id))
				}
				if err != nil || strings.Join(got, " ") != x.want {
					t.Errorf("%v, %v, want %s", got, err, x.want)
				}
			}
		})
	}
	t.Run("two for the same disk pay it once", func(t *testing.T) {
		orders := []order.Order{placed(t, "1", line("ECS", 100), line("EVS", 50))}
		all := cs{disks(flexi("A", 100)), disks(flexi("B", 80)), flexi("C", 40)}
		plan, err := coupon.Choose(orders, all, nil, now, coupon.Policy{MaxCoupons: 2, Choice: []coupon.By{coupon.MostSaved}})
		if err != nil || plan.Paid != usd(90) || !reflect.DeepEqual(ids(plan), []coupon.ID{"B", "C"}) {
			t.Errorf("%s, %v, %v", plan.Paid, ids(plan), err)
		}
	})
	t.Run("two small ones, since the large ones exclude each other", func(t *testing.T) {
		var all cs
		for i := range 6 {
			all = append(all, pays(coupon.ID(rune('A'+i)), coupon.KindCash, 100))
		}
		all = append(all, flexi("Y", 90), flexi("Z", 80))
		p := coupon.Policy{
			MaxCoupons: 2, Choice: []coupon.By{coupon.MostSaved},
			Exclusions: []coupon.Exclusion{{A: coupon.Class(coupon.KindCash), B: coupon.Class(coupon.KindFlexi)}, {A: coupon.Class(coupon.KindCash), B: coupon.Class(coupon.KindCash)}},
		}
		plan, err := coupon.Choose(dues(t, 1000), all, nil, now, p)
		if err != nil || !reflect.DeepEqual(ids(plan), []coupon.ID{"Y", "Z"}) {
			t.Errorf("%v, %v", ids(plan), err)
		}
	})
	t.Run("larger than can be added up", func(t *testing.T) {
		var all cs
		for i := range 12 {
			all = append(all, flexi(coupon.ID(rune('A'+i)), 999_999_999_999_999_999))
		}
		p := coupon.Policy{MaxCoupons: 12, Choice: []coupon.By{coupon.MostSaved}}
		plan, err := coupon.Choose(dues(t, 999_999_999_999_999_999), all, nil, now, p)
		if err != nil || !reflect.DeepEqual(ids(plan), []coupon.ID{"A"}) {
			t.Errorf("%v, %v", ids(plan), err)
		}
		for i := range all { // each pays a twentieth and wastes the rest, the last one less than the others
			all[i].Limits.Share = order.Percent(5)
		}
		all = append(all, all[11])
		all[11].Face, all[11].Balance, all[12].ID = usd(5e17), usd(5e17), "M"
		for _, given := range []cs{all, append(cs{all[12]}, all[:12]...)} {
			plan, err := coupon.Choose(dues(t, 999_999_999_999_999_999), given, nil, now, p)
			if got := ids(plan); err != nil || len(got) != 12 || !slices.Contains(got, "L") || slices.Contains(got, "M") {
				t.Errorf("%v, %v", got, err)
			}
		}
		all[0], all[11] = with(all[11], func(c *coupon.Coupon) { c.ID = "A" }), with(all[0], func(c *coupon.Coupon) { c.ID = "L" })
		all[0], all[12] = with(all[12], func(c *coupon.Coupon) { c.ID = "A" }), with(all[0], func(c *coupon.Coupon) { c.ID = "M" })
		plan, err = coupon.Choose(dues(t, 999_999_999_999_999_999), all, nil, now, p)
		if got := ids(plan); err != nil || len(got) != 12 || slices.Contains(got, "L") || !slices.Contains(got, "M") {
			t.Errorf("the last wastes less: %v, %v", got, err)
		}
		p.MaxCoupons = 1 << 40
		if plan, err := coupon.Choose(dues(t, 5), cs{flexi("A", 9), flexi("B", 9)}, nil, now, p); err != nil || len(plan.Pays) != 1 {
			t.Errorf("%v, %v", ids(plan), err)
		}
	})
}
