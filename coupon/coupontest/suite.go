package coupontest

import (
	"fmt"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"pgregory.net/rapid"
)

// Law is one promise that a host's H makes about every On.
type Law[H, On any] = ordertest.Law[H, On]

// LawError says which law was broken, and on what.
type LawError = ordertest.LawError

// Question is what a [coupon.Limit] is asked about: the lines of a sound order and a
// sound coupon of its customer.
type Question struct {
	Order  order.Order
	Coupon coupon.Coupon
}

func orderSuite() ordertest.Suite[coupon.Order, []coupon.Candidate] {
	return ordertest.Suite[coupon.Order, []coupon.Candidate]{Laws: OrderLaws(), Drawn: candidates(), Shown: describe}
}

func limitSuite() ordertest.Suite[coupon.Limit, Question] {
	return ordertest.Suite[coupon.Limit, Question]{Laws: LimitLaws(), Drawn: question()}
}

// TestOrder checks that o keeps every law of [OrderLaws], each in a subtest of its own
// with candidates that rapid draws and shrinks.
func TestOrder(t *testing.T, o coupon.Order) {
	t.Helper()
	orderSuite().Test(t, o)
}

// TestLimit checks that l keeps every law of [LimitLaws], each in a subtest of its own
// with orders and coupons that rapid draws and shrinks.
func TestLimit(t *testing.T, l coupon.Limit) {
	t.Helper()
	limitSuite().Test(t, l)
}

// VerifyOrder checks that o keeps every law on n draws, the same n every time: what
// [TestOrder] does, for a program. The error is a [*LawError] for the first draw on which
// a law is broken. No order, or n less than 1, is an error too.
func VerifyOrder(o coupon.Order, n int) error { return orderSuite().Verify(o, n) }

// VerifyLimit is [VerifyOrder] for a limit.
func VerifyLimit(l coupon.Limit, n int) error { return limitSuite().Verify(l, n) }

// describe says for a reader what was drawn.
func describe(all []coupon.Candidate) string {
	text := "these coupons:"
	for _, c := range all {
		text += fmt.Sprintf("\n  %s, %s, valid %s: would pay %s of %s", string(c.Coupon.ID), c.Coupon.Kind, c.Coupon.Validity(), c.Deduction, c.Coupon.Balance)
	}
	return text
}

// candidates draws 3 to 5 candidates of one payment, among them some that differ little.
func candidates() *rapid.Generator[[]coupon.Candidate] {
	return rapid.Custom(func(t *rapid.T) (all []coupon.Candidate) {
		_, at := orders(t)
		ids := rapid.SliceOfNDistinct(ID(), 3, 5, rapid.ID).Draw(t, "IDs")
		due := rapid.Int64Range(1, 100_000).Draw(t, "due")
		for _, id := range ids {
			c := fitting(t, id, "customer-1", order.USD, due, at)
			c.Customer, c.State, c.Frozen, c.Version = "customer-1", coupon.StateAvailable, false, rapid.Int64Range(0, 3).Draw(t, "version")
			inTime := c.Window.Begun(at) && !c.Validity().Ended(at)
			if c.Kind == coupon.KindDiscount || c.Check() != nil || !inTime {
				m := order.Minor(due, order.USD)
				c = coupon.Coupon{ID: id, Customer: "customer-1", Kind: coupon.KindCard, State: coupon.StateAvailable, Face: m, Balance: m}
			}
			most := min(c.Balance.Minor(), due)
			all = append(all, coupon.Candidate{Coupon: c, Deduction: order.Minor(rapid.Int64Range(1, most).Draw(t, "deduction"), c.Face.Currency())})
		}
		return all
	})
}

// question draws an order before payment and an available coupon of its customer.
func question() *rapid.Generator[Question] {
	return rapid.Custom(func(t *rapid.T) Question {
		all, at := orders(t)
		o := rapid.SampledFrom(all).Draw(t, "order")
		c := fitting(t, ID().Draw(t, "ID"), o.Customer, o.Currency(), max(1, o.Payable().Minor()), at)
		return Question{Order: o, Coupon: c}
	})
}
