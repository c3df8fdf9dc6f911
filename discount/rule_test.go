package discount_test

import (
	"testing"

	"github.com/duebook/duebook/discount/discounttest"
)

func TestBuyTwoGetThirdFree(t *testing.T) { discounttest.TestRule(t, BuyTwoGetThirdFree{}) }

func TestHalf(t *testing.T) { discounttest.TestRule(t, half{}) }
