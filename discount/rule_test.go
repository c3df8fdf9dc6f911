package discount_test

import (
	"testing"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
)

func TestBuyTwoGetThirdFree(t *testing.T) { discounttest.TestRule(t, BuyTwoGetThirdFree{}) }

func TestHalf(t *testing.T) { discounttest.TestRule(t, half{}) }

// A rule says "nothing off this line" with the zero Money: it is 0 in the line's currency (D3).
func TestD3_ZeroMoneyIsNothing(t *testing.T) {
	d := discount.Discount{ID: "none", Kind: discount.KindCommercial, Rule: nothing{}}
	o := exampleOrder()
	reduced, err := discount.Apply(o, d, o.Placed, discount.Policy{})
	if err != nil || reduced.Payable() != o.Payable() || reduced.Lines[0].Off != order.Minor(0, order.USD) {
		t.Errorf("%s to pay of %s, %s off: %v", reduced.Payable(), o.Payable(), reduced.Lines[0].Off, err)
	}
	discounttest.TestRule(t, nothing{})
}

// nothing takes nothing off.
type nothing struct{}

func (nothing) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	return make([]order.Money, len(covered)), nil
}
