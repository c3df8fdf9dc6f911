// Hostrule is two rules of a partner's own. A discount: every third server is free; it is
// put on an order as any other discount is. An order of coupons: those that the partner
// issued come first; it goes into the policy by which coupons are chosen. Both are held to
// the laws that the library's own keep; a first attempt at each shows what a law catches.
//
//	go run ./examples/hostrule
//
// In a test the check is one line: see hostrule_test.go.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/discount/discounttest"
	"github.com/duebook/duebook/order"
)

// ThirdFree makes every third instance of a product free. Lines of one product count
// together, and each instance of them at their average price, exactly.
type ThirdFree struct{}

// Off implements [discount.Rule].
func (ThirdFree) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	off := make([]order.Money, len(covered))
	for i, l := range covered {
		if off[i] != (order.Money{}) {
			continue // an earlier line of the product has said it
		}
		product, err := group(covered, l.Product)
		if err != nil {
			return nil, err
		}
		shares, err := product.free()
		if err != nil {
			return nil, err
		}
		for k, at := range product.at {
			off[at] = shares[k]
		}
	}
	return off, nil
}

// lines of one product.
type lines struct {
	at    []int // where they stand
	costs []int64
	count int64
	sum   order.Money
}

func group(covered []order.Line, product string) (g lines, err error) {
	for i, l := range covered {
		if l.Product != product {
			continue
		}
		g.at, g.costs, g.count = append(g.at, i), append(g.costs, l.Amount.Minor()), g.count+int64(l.Count)
		if g.sum, err = g.sum.Add(l.Amount); err != nil {
			return lines{}, err
		}
	}
	return g, nil
}

// free returns what a third of the instances cost, in shares of the lines: Split loses
// no cent, neither here nor there.
func (g lines) free() ([]order.Money, error) {
	if g.sum.Sign() == 0 {
		shares := make([]order.Money, len(g.at))
		for i := range shares {
			shares[i] = g.sum
		}
		return shares, nil
	}
	third := g.count / 3
	parts, err := g.sum.Split(third, g.count-third)
	if err != nil {
		return nil, err
	}
	return parts[0].Split(g.costs...)
}

// FirstAttempt counts the instances of all products together. It looks right, and on
// many orders it is; but which instance is the third depends on which line comes first.
type FirstAttempt struct{}

// Off implements [discount.Rule], and breaks one of its laws.
func (FirstAttempt) Off(_ order.Order, covered []order.Line) ([]order.Money, error) {
	off, seen := make([]order.Money, len(covered)), 0
	for i, l := range covered {
		third := (seen+l.Count)/3 - seen/3
		seen += l.Count
		parts, err := l.Amount.Split(int64(third), int64(l.Count-third))
		if err != nil {
			return nil, err
		}
		off[i] = parts[0]
	}
	return off, nil
}

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "hostrule:", err)
		os.Exit(1)
	}
}

func run(w io.Writer) error {
	if err := price(w); err != nil {
		return err
	}
	for _, r := range []struct {
		name string
		rule discount.Rule
	}{{"ThirdFree", ThirdFree{}}, {"FirstAttempt", FirstAttempt{}}} {
		if err := discounttest.Verify(r.rule, drawn); err != nil {
			fmt.Fprintf(w, "\n%s breaks a law\n%v\n", r.name, err)
		} else {
			fmt.Fprintf(w, "\n%s keeps all %d laws on %d orders\n", r.name, len(discounttest.Laws()), drawn)
		}
	}
	fmt.Fprintln(w)
	if err := choose(w); err != nil {
		return err
	}
	verifyOrders(w)
	return nil
}

// drawn is how many orders, or sets of coupons, a rule is checked on.
const drawn = 200

// price puts the rule on an order of seven servers in two lines, and disks.
func price(w io.Writer) error {
	at := time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	monthly := func(product, service string, count int, cents int64) order.Line {
		return order.Line{Product: product, Service: service, Count: count, Term: order.Term{N: 1, Unit: order.Month},
			Charge: order.ChargeSubscription, Amount: order.Minor(cents, order.USD)}
	}
	o, err := order.Place(order.Draft{ID: "CS1", Customer: "c-7", Type: order.TypePurchase, Lines: []order.Line{
		monthly("web-4", "compute", 3, 12_480), monthly("disk-200", "storage", 3, 2_400), monthly("web-4", "compute", 4, 16_639),
	}}, at, order.Policy{})
	if err != nil {
		return err
	}
	servers := discount.Discount{ID: "third-free", Kind: discount.KindPartnerAuthorized,
		Scope: discount.Scope{Services: []string{"compute"}}, Rule: ThirdFree{}}
	if o, err = discount.Apply(o, servers, at, discount.Policy{}); err != nil {
		return err
	}
	for _, l := range o.Lines {
		off, err := l.Amount.Sub(l.Payable()) // 0.00 where the rule was not asked; l.Off is nothing there
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%d x %-8s  %10s - %9s = %10s\n", l.Count, l.Product, l.Amount, off, l.Payable())
	}
	fmt.Fprintf(w, "payable %s of %s\nuntil %s\n", o.Payable(), o.List(), o.Explain())
	return nil
}
