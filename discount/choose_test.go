package discount_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// everybody lets every kind compete.
var everybody = discount.Policy{Compete: discount.Kinds()}

func TestD7_Why(t *testing.T) {
	d := func(id discount.ID, k discount.Kind, percent int64) discount.Discount {
		return discount.Discount{ID: id, Kind: k, Ratio: order.Percent(percent)}
	}
	const commercial, promotional, partner = discount.KindCommercial, discount.KindPromotional, discount.KindPartnerAdjusted
	best := d("best", commercial, 80)
	euro := discount.Discount{ID: "euro", Kind: commercial, Off: order.Minor(5000, order.EUR)}
	euroPrice := discount.Discount{ID: "euro price", Kind: commercial, Price: order.Minor(1, order.EUR)}
	scoped := d("scoped", commercial, 50)
	scoped.Scope.Regions = []string{"south"}
	future := d("future", commercial, 50)
	future.Window.From = placed.Add(time.Second)
	past := d("past", commercial, 50)
	past.Window.Until = placed.Add(-time.Second)
	now := d("now", commercial, 50)
	now.Window = order.Window{From: placed, Until: placed}
	refuses := discount.Discount{ID: "refuses", Kind: commercial, Rule: ruleFunc(func(order.Order, []order.Line) ([]order.Money, error) { return nil, errRefused })}
	breaks := discount.Discount{ID: "breaks", Kind: commercial, Rule: ruleFunc(func(order.Order, []order.Line) ([]order.Money, error) { return nil, nil })}

	plain := place(t, draft("order-1", server(usd(10000))))
	lockedByPartner := apply(t, plain, d("set", partner, 99), placed, discount.Policy{})
	upgrade := draft("order-1", server(usd(10000)))
	upgrade.Type = order.TypeUpgrade
	for _, c := range []struct {
		name       string
		o          order.Order
		candidates []discount.Discount
		p          discount.Policy
		best       int
		why        discount.Reason // of the last candidate
		off        int64           // of the last candidate
	}{
		{"chosen", plain, []discount.Discount{best}, everybody, 0, discount.ReasonChosen, 2000},
		{"saves less", plain, []discount.Discount{best, d("less", commercial, 81)}, everybody, 0, discount.ReasonSavesLess, 1900},
		{"a cent less", plain, []discount.Discount{{ID: "o", Kind: promotional, Off: usd(2000)}, {ID: "n", Kind: commercial, Off: usd(1999)}}, everybody, 0, discount.ReasonSavesLess, 1999},
		{"kind", plain, []discount.Discount{best, d("a", promotional, 80)}, everybody, 0, discount.ReasonKind, 2000},
		{"ID", plain, []discount.Discount{best, d("bests", commercial, 80)}, everybody, 0, discount.ReasonID, 2000},
		{"partner-adjusted first", plain, []discount.Discount{d("set", partner, 99), best}, everybody, 0, discount.ReasonPartner, 2000},
		{"partner-adjusted is not asked whether it competes", plain, []discount.Discount{best, d("set", partner, 99)}, discount.Policy{Compete: []discount.Kind{}}, 1, discount.ReasonChosen, 100},
		{"of two partner-adjusted the one that saves more", plain, []discount.Discount{d("set 2", partner, 98), d("set", partner, 99)}, everybody, 0, discount.ReasonSavesLess, 100},
		{"locked by the partner", lockedByPartner, []discount.Discount{best}, everybody, -1, discount.ReasonLocked, 0},
		{"the partner sets another", lockedByPartner, []discount.Discount{best, d("set again", partner, 98)}, everybody, 1, discount.ReasonChosen, 200},
		{"not begun", plain, []discount.Discount{best, future}, everybody, 0, discount.ReasonNotBegun, 0},
		{"ended", plain, []discount.Discount{best, past}, everybody, 0, discount.ReasonEnded, 0},
		{"valid for this one second", plain, []discount.Discount{best, now}, everybody, 1, discount.ReasonChosen, 5000},
		{"not covered", plain, []discount.Discount{best, scoped}, everybody, 0, discount.ReasonNotCovered, 0},
		{"saves nothing", plain, []discount.Discount{best, d("nothing", commercial, 100)}, everybody, 0, discount.ReasonSavesNothing, 0},
		{"D5 what the partner set is used even where it saves nothing", plain, []discount.Discount{best, d("nothing", partner, 100)}, everybody, 1, discount.ReasonChosen, 0},
		{"a price above the list price saves nothing", plain, []discount.Discount{{ID: "p", Kind: commercial, Price: usd(10001)}}, everybody, -1, discount.ReasonSavesNothing, 0},
		{"currency of an amount off", plain, []discount.Discount{best, euro}, everybody, 0, discount.ReasonCurrency, 0},
		{"currency of a price", plain, []discount.Discount{best, euroPrice}, everybody, 0, discount.ReasonCurrency, 0},
		{"does not compete", plain, []discount.Discount{best, d("spring", promotional, 10)}, discount.Policy{}, 0, discount.ReasonNoCompeting, 0},
		{"a rule refuses", plain, []discount.Discount{best, refuses}, everybody, 0, discount.ReasonRule, 0},
		{"a rule breaks its promise", plain, []discount.Discount{best, breaks}, everybody, 0, discount.ReasonRule, 0},
		{"what is confirmed can be chosen then", place(t, upgrade), []discount.Discount{best}, discount.Huawei2024(), 0, discount.ReasonChosen, 2000},
		{"none given", plain, nil, everybody, -1, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := discount.Choose(c.o, c.candidates, placed, c.p)
			if err != nil {
				t.Fatal(err)
			}
			if got.Best != c.best || len(got.Verdicts) != len(c.candidates) {
				t.Fatalf("best is %d, want %d:\n%s", got.Best, c.best, got)
			}
			if len(c.candidates) == 0 {
				return
			}
			if last := got.Verdicts[len(c.candidates)-1]; last.Reason != c.why || last.Off.Minor() != c.off || last.ID != c.candidates[len(c.candidates)-1].ID {
				t.Errorf("%+v", last)
			}
		})
	}
}

func TestD7_DefaultCompetition(t *testing.T) {
	o := place(t, draft("order-1", server(usd(10000))))
	for name, p := range map[string]discount.Policy{"zero": {}, "2020": discount.Huawei2020(), "2024": discount.Huawei2024(), "China": discount.HuaweiChina()} {
		for k, competes := range map[discount.Kind]bool{
			discount.KindCommercial: true, discount.KindOfflineContract: true, discount.KindPartnerAuthorized: true, discount.KindPartnerAdjusted: true,
			discount.KindPromotional: false, discount.KindCoupon: false,
		} {
			c, err := discount.Choose(o, []discount.Discount{{ID: "d", Kind: k, Ratio: order.Percent(80)}}, placed, p)
			if err != nil || (c.Best == 0) != competes {
				t.Errorf("%s, %s: %+v, %v", name, k, c, err)
			}
		}
	}
}

// Ties between every two kinds go by the sequence of D7.
func TestD7_KindSequence(t *testing.T) {
	o := place(t, draft("order-1", server(usd(10000))))
	sequence := []discount.Kind{discount.KindPartnerAdjusted, discount.KindCommercial, discount.KindOfflineContract, discount.KindPartnerAuthorized, discount.KindPromotional, discount.KindCoupon}
	for i, earlier := range sequence {
		for _, later := range sequence[i+1:] {
			// The later kind has the lower ID, and stands first.
			c, err := discount.Choose(o, []discount.Discount{
				{ID: "a", Kind: later, Ratio: order.Percent(80)}, {ID: "b", Kind: earlier, Ratio: order.Percent(80)},
			}, placed, everybody)
			if err != nil || c.Best != 1 {
				t.Errorf("%s before %s: %+v, %v", later, earlier, c, err)
			}
		}
	}
}

// slowChoose is the choice as D7 says it: sort, and take the first.
func slowChoose(o order.Order, candidates []discount.Discount, at time.Time, p discount.Policy) (best int, off int64) {
	type usable struct {
		index int
		off   int64
	}
	compete := p.Compete
	if compete == nil {
		compete = []discount.Kind{discount.KindCommercial, discount.KindOfflineContract, discount.KindPartnerAuthorized}
	}
	var all []usable
	for i, d := range candidates {
		if d.Kind != discount.KindPartnerAdjusted && !slices.Contains(compete, d.Kind) {
			continue
		}
		plain, err := discount.Apply(o, d, at, p)
		if err == nil && (plain.Discount().Sign() > 0 || d.Kind == discount.KindPartnerAdjusted) {
			all = append(all, usable{i, plain.Discount().Minor()})
		}
	}
	if len(all) == 0 {
		return -1, 0
	}
	slices.SortFunc(all, func(a, b usable) int {
		x, y := candidates[a.index], candidates[b.index]
		rank := func(d discount.Discount) int { return slices.Index(discount.Kinds(), d.Kind) }
		switch xp, yp := rank(x) == 0, rank(y) == 0; {
		case xp && !yp:
			return -1
		case yp && !xp:
			return 1
		case a.off != b.off:
			return int(min(max(b.off-a.off, -1), 1))
		case rank(x) != rank(y):
			return rank(x) - rank(y)
		case x.ID < y.ID:
			return -1
		}
		return 1
	})
	return all[0].index, all[0].off
}

func TestD7_Twin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, at := drawnOrder(t)
		p := discounttest.Policy().Draw(t, "policy")
		candidates := discounttest.Candidates(o, at).Draw(t, "candidates")
		c, err := discount.Choose(o, candidates, at, p)
		if err != nil {
			t.Fatal(err)
		}
		best, off := slowChoose(o, candidates, at, p)
		if c.Best != best || c.Off.Minor() != off {
			t.Fatalf("best %d, %s off; want %d, %d off:\n%s", c.Best, c.Off, best, off, c)
		}
		for i, v := range c.Verdicts {
			if v.Reason == "" || (v.Reason == discount.ReasonChosen) != (i == best) || v.ID != candidates[i].ID || v.Kind != candidates[i].Kind {
				t.Fatalf("candidate %d: %+v", i, v)
			}
			usable := v.Reason == discount.ReasonChosen || v.Reason == discount.ReasonSavesLess || v.Reason == discount.ReasonKind || v.Reason == discount.ReasonID || v.Reason == discount.ReasonPartner
			applied, err := discount.Apply(o, candidates[i], at, p)
			if usable && (err != nil || applied.Discount() != v.Off) {
				t.Fatalf("candidate %d, %s: takes %s off: %v", i, v.Reason, applied.Discount(), err)
			}
			if !usable && v.Reason != discount.ReasonNoCompeting && v.Reason != discount.ReasonSavesNothing && err == nil {
				t.Fatalf("candidate %d, %s: can be applied", i, v.Reason)
			}
		}
		if best >= 0 {
			applied, err := discount.Apply(o, candidates[best], at, p)
			if err != nil || applied.Discount() != c.Off {
				t.Fatalf("the best takes %s off, not %s: %v", applied.Discount(), c.Off, err)
			}
		}
	})
}

func TestD7_Permutation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, at := drawnOrder(t)
		p := discounttest.Policy().Draw(t, "policy")
		candidates := discounttest.Candidates(o, at).Draw(t, "candidates")
		if len(candidates) == 0 {
			t.Skip("no candidates")
		}
		sequence := make([]int, len(candidates))
		for i := range sequence {
			sequence[i] = i
		}
		sequence = rapid.Permutation(sequence).Draw(t, "sequence")
		other := make([]discount.Discount, len(candidates))
		for to, from := range sequence {
			other[to] = candidates[from]
		}
		a, err := discount.Choose(o, candidates, at, p)
		if err != nil {
			t.Fatal(err)
		}
		b, err := discount.Choose(o, other, at, p)
		if err != nil {
			t.Fatal(err)
		}
		for to, from := range sequence {
			if a.Verdicts[from] != b.Verdicts[to] || (a.Best == from) != (b.Best == to) {
				t.Fatalf("candidate %d: %+v, and in another place %+v", from, a.Verdicts[from], b.Verdicts[to])
			}
		}
	})
}

func TestD7_ChooseEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, at := drawnOrder(t)
		orders := []order.Order{first}
		for range rapid.IntRange(0, 3).Draw(t, "more orders") {
			o, _ := drawnOrder(t)
			d := order.Draft{ID: o.ID, Customer: o.Customer, Type: o.Type, Lines: o.Lines}
			for i := range d.Lines {
				d.Lines[i].Off, d.Lines[i].Ratio = order.Money{}, order.Rate{}
			}
			o, err := order.Place(d, at, order.Policy{})
			if err != nil {
				t.Fatal(err)
			}
			orders = append(orders, o)
		}
		p := discounttest.Policy().Draw(t, "policy")
		candidates := discounttest.Candidates(first, at).Draw(t, "candidates")
		each, err := discount.ChooseEach(orders, candidates, at, p)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range orders {
			one, err := discount.Choose(o, candidates, at, p)
			if err != nil {
				t.Fatal(err)
			}
			if one.Best != each[i].Best || one.Off != each[i].Off || !slices.Equal(one.Verdicts, each[i].Verdicts) {
				t.Fatalf("order %d: %+v, alone %+v", i, each[i], one)
			}
		}
		if len(each) > 1 { // what one choice holds does not run into the next
			_ = append(each[0].Verdicts, discount.Verdict{})
			if len(candidates) > 0 && each[1].Verdicts[0].ID != candidates[0].ID {
				t.Fatal("appending to one choice changed the next")
			}
		}
	})
}

// A choice is made for a sound order only.
func TestD7_UnsoundOrder(t *testing.T) {
	o := place(t, draft("order-1", server(usd(10000)), server(usd(10000))))
	o.Lines = slices.Clone(o.Lines)
	o.Lines[1].Amount = order.Minor(500, order.EUR)
	half := []discount.Discount{{ID: "d", Kind: discount.KindCommercial, Ratio: order.Percent(50)}}
	if c, err := discount.Choose(o, half, placed, discount.Policy{}); !errors.Is(err, order.ErrInvalid) || c.Best != -1 {
		t.Errorf("%v, %v", c, err)
	}
	if c, err := discount.ChooseEach([]order.Order{o}, half, placed, discount.Policy{}); !errors.Is(err, order.ErrInvalid) || c != nil {
		t.Errorf("%v, %v", c, err)
	}
}
