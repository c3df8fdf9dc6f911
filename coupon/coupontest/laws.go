package coupontest

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
)

// OrderLaws returns what a [coupon.Order] promises, law by law: it is a total preorder.
func OrderLaws() []Law[coupon.Order, []coupon.Candidate] {
	return []Law[coupon.Order, []coupon.Candidate]{
		{Name: "repeatable", Says: "the same two compare the same again, whatever was compared in between", Holds: orderRepeats},
		{Name: "itself", Says: "a coupon is equal to itself", Holds: orderItself},
		{Name: "turned round", Says: "turning the two round turns the sign round", Holds: orderTurned},
		{Name: "transitive", Says: "what does not come after another does not come after what follows that", Holds: orderTransitive},
		{Name: "inputs", Says: "the coupons are left as they are", Holds: orderInputs},
	}
}

// LimitLaws returns what a [coupon.Limit] promises, law by law. It is asked about the
// merchant's own lines alone.
func LimitLaws() []Law[coupon.Limit, Question] {
	return []Law[coupon.Limit, Question]{
		{Name: "repeatable", Says: "the same line is covered again, whatever was asked in between", Holds: limitRepeats},
		{Name: "line order", Says: "where a line stands among the others does not matter", Holds: limitLineOrder},
		{Name: "third parties", Says: "what third parties sell beside it does not matter", Holds: limitThirdParties},
		{Name: "life", Says: "where the order and the coupon stand in their lives does not matter", Holds: limitLife},
		{Name: "inputs", Says: "the order and the coupon are left as they are", Holds: limitInputs},
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// pairs calls check for every two candidates, the same one twice too.
func pairs(cs []coupon.Candidate, check func(a, b coupon.Candidate) error) error {
	for _, a := range cs {
		for _, b := range cs {
			if err := check(a, b); err != nil {
				return fmt.Errorf("%s and %s: %w", string(a.Coupon.ID), string(b.Coupon.ID), err)
			}
		}
	}
	return nil
}

func orderRepeats(o coupon.Order, cs []coupon.Candidate) error {
	type two struct{ a, b coupon.ID }
	first := make(map[two]int)
	for range 3 {
		if err := pairs(cs, func(a, b coupon.Candidate) error {
			k, now := two{a.Coupon.ID, b.Coupon.ID}, sign(o.Compare(cloned(a), cloned(b)))
			if before, asked := first[k]; asked && before != now {
				return fmt.Errorf("%d, and then %d", before, now)
			}
			first[k] = now
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func orderItself(o coupon.Order, cs []coupon.Candidate) error {
	for _, c := range cs {
		if n := o.Compare(cloned(c), cloned(c)); n != 0 {
			return fmt.Errorf("%s compares as %d with itself", string(c.Coupon.ID), n)
		}
	}
	return nil
}

func orderTurned(o coupon.Order, cs []coupon.Candidate) error {
	return pairs(cs, func(a, b coupon.Candidate) error {
		if n, m := o.Compare(cloned(a), cloned(b)), o.Compare(cloned(b), cloned(a)); sign(n) != -sign(m) {
			return fmt.Errorf("%d, and turned round %d", n, m)
		}
		return nil
	})
}

func orderTransitive(o coupon.Order, cs []coupon.Candidate) error {
	return pairs(cs, func(a, b coupon.Candidate) error {
		if o.Compare(cloned(a), cloned(b)) > 0 {
			return nil
		}
		for _, c := range cs {
			if o.Compare(cloned(b), cloned(c)) <= 0 && o.Compare(cloned(a), cloned(c)) > 0 {
				return fmt.Errorf("the second does not come after %s, but the first does", string(c.Coupon.ID))
			}
		}
		return nil
	})
}

func orderInputs(o coupon.Order, cs []coupon.Candidate) error {
	return pairs(cs, func(a, b coupon.Candidate) error {
		x, y := cloned(a), cloned(b)
		o.Compare(x, y)
		if !reflect.DeepEqual(x, cloned(a)) || !reflect.DeepEqual(y, cloned(b)) {
			return fmt.Errorf("changed: %+v and %+v, they were %+v and %+v", x, y, a, b)
		}
		return nil
	})
}

// cloned returns c with slices of its own, so that nothing that is drawn is ever changed.
func cloned(c coupon.Candidate) coupon.Candidate {
	c.Coupon = clonedCoupon(c.Coupon)
	return c
}

func clonedCoupon(c coupon.Coupon) coupon.Coupon {
	l := &c.Limits
	l.Scope.Services, l.Scope.Products, l.Scope.Regions = slices.Clone(l.Scope.Services), slices.Clone(l.Scope.Products), slices.Clone(l.Scope.Regions)
	l.Scope.Types, l.Scope.Charges = slices.Clone(l.Scope.Types), slices.Clone(l.Scope.Charges)
	l.Projects, l.Without = slices.Clone(l.Projects), slices.Clone(l.Without)
	return c
}

// covers asks l about a line, with copies of all.
func covers(l coupon.Limit, o order.Order, line int, c coupon.Coupon) bool {
	o.Lines = slices.Clone(o.Lines)
	return l.Covers(o, line, clonedCoupon(c))
}

// each calls check for the merchant's own lines, with what l says of them.
func each(l coupon.Limit, q Question, check func(i int, covered bool) error) error {
	for i, line := range q.Order.Lines {
		if !line.Own() {
			continue
		}
		if err := check(i, covers(l, q.Order, i, q.Coupon)); err != nil {
			return fmt.Errorf("line %d: %w", i, err)
		}
	}
	return nil
}

func limitRepeats(l coupon.Limit, q Question) error {
	first := make(map[int]bool)
	for range 3 {
		if err := each(l, q, func(i int, now bool) error {
			if before, asked := first[i]; asked && before != now {
				return fmt.Errorf("covered is %t, and then %t", before, now)
			}
			first[i] = now
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func limitLineOrder(l coupon.Limit, q Question) error {
	n := len(q.Order.Lines)
	return each(l, q, func(i int, covered bool) error {
		for by := 1; by < n; by++ { // the lines turned by some places, and back to front
			for _, back := range []bool{false, true} {
				o, at := q.Order, (i+n-by)%n
				o.Lines = slices.Concat(o.Lines[by:], o.Lines[:by])
				if back {
					slices.Reverse(o.Lines)
					at = n - 1 - at
				}
				if now := covers(l, o, at, q.Coupon); now != covered {
					return fmt.Errorf("covered is %t there, and %t at place %d", covered, now, at)
				}
			}
		}
		return nil
	})
}

func limitThirdParties(l coupon.Limit, q Question) error {
	return each(l, q, func(i int, covered bool) error {
		alone, more := q.Order, q.Order
		alone.Lines = nil
		at := 0
		for j, line := range q.Order.Lines {
			if j == i {
				at = len(alone.Lines)
			}
			if line.Own() {
				alone.Lines = append(alone.Lines, line)
			}
		}
		if now := covers(l, alone, at, q.Coupon); now != covered {
			return fmt.Errorf("covered is %t, and %t without the lines of third parties", covered, now)
		}
		theirs := order.Line{Product: "image", Count: 1, Charge: order.ChargePackage, Seller: "somebody else", Amount: order.Minor(500_000, order.USD)}
		more.Lines = append(slices.Clone(q.Order.Lines), theirs)
		if now := covers(l, more, i, q.Coupon); now != covered {
			return fmt.Errorf("covered is %t, and %t with one more line of a third party", covered, now)
		}
		return nil
	})
}

func limitLife(l coupon.Limit, q Question) error {
	return each(l, q, func(i int, covered bool) error {
		for _, state := range []order.State{order.StatePendingApproval, order.StateUnpaid, order.StatePaying} {
			for _, version := range []int64{0, 1, 7} {
				o, c := q.Order, q.Coupon
				o.State, o.Version, o.Changed = state, version, o.Placed.Add(time.Duration(version)*time.Second)
				c.Version, c.Used = version, 0
				if state == order.StatePaying {
					o.Payment, c.State, c.HeldBy = "payment-1", coupon.StateHeld, "payment-1"
				}
				if now := covers(l, o, i, c); now != covered {
					return fmt.Errorf("covered is %t, and %t with the order %s, version %d, and the coupon %s", covered, now, state, version, c.State)
				}
			}
		}
		return nil
	})
}

func limitInputs(l coupon.Limit, q Question) error {
	return each(l, q, func(i int, _ bool) error {
		o, c := q.Order, clonedCoupon(q.Coupon)
		o.Lines = slices.Clone(o.Lines)
		l.Covers(o, i, c)
		if !slices.Equal(o.Lines, q.Order.Lines) {
			return fmt.Errorf("the order changed: %+v, it was %+v", o, q.Order)
		}
		if !reflect.DeepEqual(c, clonedCoupon(q.Coupon)) {
			return fmt.Errorf("the coupon changed: %+v, it was %+v", c, q.Coupon)
		}
		return nil
	})
}
