package main

import (
	"errors"
	"testing"

	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/examples/internal/golden"
	"github.com/duebook/duebook/order"
	"github.com/google/go-cmp/cmp"
)

// These lines are all that rules of one's own need.
func TestThirdFree(t *testing.T) { discounttest.TestRule(t, ThirdFree{}) }

func TestPartnerFirst(t *testing.T) { coupontest.TestOrder(t, PartnerFirst{}) }

func TestLargerFirst(t *testing.T) {
	var broke *coupontest.LawError
	if err := coupontest.VerifyOrder(LargerFirst{}, 200); !errors.As(err, &broke) || broke.Law != "transitive" {
		t.Errorf("it breaks the law of being transitive, not: %v", err)
	}
}

func TestFirstAttempt(t *testing.T) {
	var broke *discounttest.LawError
	if err := discounttest.Verify(FirstAttempt{}, 200); !errors.As(err, &broke) || broke.Law.Name != "line order" {
		t.Errorf("it breaks the law of line order, not: %v", err)
	}
}

func TestThirdFreeAmounts(t *testing.T) {
	line := func(product string, count int, cents int64) order.Line {
		return order.Line{Product: product, Count: count, Amount: order.Minor(cents, order.USD)}
	}
	for _, row := range []struct {
		name  string
		lines []order.Line
		want  []int64
	}{
		{"two are not enough", []order.Line{line("a", 2, 200)}, []int64{0}},
		{"three", []order.Line{line("a", 3, 300)}, []int64{100}},
		{"eight", []order.Line{line("a", 8, 800)}, []int64{200}},
		{"a cent too many", []order.Line{line("a", 3, 301)}, []int64{100}},
		{"lines of one product count together", []order.Line{line("a", 1, 100), line("a", 2, 200)}, []int64{33, 67}},
		{"products do not", []order.Line{line("a", 2, 200), line("b", 3, 600), line("a", 1, 100)}, []int64{67, 200, 33}},
		{"free already", []order.Line{line("a", 3, 0)}, []int64{0}},
	} {
		t.Run(row.name, func(t *testing.T) {
			off, err := ThirdFree{}.Off(order.Order{}, row.lines)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, m := range off {
				got = append(got, m.Minor())
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestGolden(t *testing.T) { golden.Prints(t, "testdata/hostrule.golden", run) }
