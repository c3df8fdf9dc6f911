package discounttest

import (
	"fmt"
	"slices"
	"time"

	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/google/go-cmp/cmp"
)

// Laws returns what a [discount.Rule] promises, law by law.
//
// An error of a rule means that it refuses the order, which does not break a promise: the
// discount then takes nothing off. But a refusal is as firm as an amount: the same order is
// refused again, also with its lines in another order, with another discount before it, and
// in another state. It comes without amounts, so that nobody takes half an answer for a
// whole one.
func Laws() []Law {
	return []Law{
		{"one each", "a rule returns one amount for each covered line, or refuses", oneEach},
		{"currency", "each amount is in the currency of its line, or the zero Money", inCurrency},
		{"range", "each amount is from 0 to the list price of its line", inRange},
		{"refusal", "an error comes without amounts", refusal},
		{"repeatable", "the same order and lines get the same answer again, also after other questions", repeatable},
		{"line order", "the same lines in another order get the same sum", anyLineOrder},
		{"earlier discount", "what the lines were reduced by before does not matter", earlierDiscount},
		{"state", "where the order stands does not matter", anyState},
		{"inputs", "the order and the lines are left as they are", inputsKept},
	}
}

// answer is what a rule said.
type answer struct {
	off []order.Money
	err error
}

// ask lets r answer for lines of o, which it is given copies of.
func ask(r discount.Rule, o order.Order, covered []order.Line) (answer, error) {
	o.Lines = slices.Clone(o.Lines)
	return askWith(r, o, slices.Clone(covered))
}

// askWith lets r answer with the very lines given. A panic breaks every law.
func askWith(r discount.Rule, o order.Order, covered []order.Line) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the rule panicked: %v", p)
		}
	}()
	off, refused := r.Off(o, covered)
	off = slices.Clone(off)
	for i := range min(len(off), len(covered)) {
		if off[i] == (order.Money{}) { // nothing
			off[i] = order.Minor(0, covered[i].Amount.Currency())
		}
	}
	return answer{off, refused}, nil
}

// sum adds up the minor units; an amount in another currency is the matter of another law.
func (a answer) sum() (minor int64) {
	for _, m := range a.off {
		minor += m.Minor()
	}
	return minor
}

// own returns the lines of o that a discount can cover.
func own(o order.Order) (lines []order.Line) {
	for _, l := range o.Lines {
		if l.Own() {
			lines = append(lines, l)
		}
	}
	return lines
}

// choices returns the sets of lines that a scope may leave: all, every second, each alone.
func choices(o order.Order) [][]order.Line {
	all := own(o)
	sets := [][]order.Line{all}
	if len(all) < 2 {
		return sets
	}
	var second []order.Line
	for i := range all {
		if i%2 == 0 {
			second = append(second, all[i])
		}
		sets = append(sets, all[i:i+1])
	}
	return append(sets, second)
}

// each asks r for every choice of lines.
func each(r discount.Rule, o order.Order, check func(covered []order.Line, a answer) error) error {
	for _, covered := range choices(o) {
		a, err := ask(r, o, covered)
		if err == nil {
			err = check(covered, a)
		}
		if err != nil {
			return fmt.Errorf("%w, asked for %d lines", err, len(covered))
		}
	}
	return nil
}

func oneEach(r discount.Rule, o order.Order) error {
	return each(r, o, func(covered []order.Line, a answer) error {
		if a.err == nil && len(a.off) != len(covered) {
			return fmt.Errorf("%d amounts", len(a.off))
		}
		return nil
	})
}

func inCurrency(r discount.Rule, o order.Order) error {
	return eachAmount(r, o, func(l order.Line, off order.Money) error {
		if off.Currency() == l.Amount.Currency() {
			return nil
		}
		return fmt.Errorf("%s off a line of %s", off, l.Amount)
	})
}

func inRange(r discount.Rule, o order.Order) error {
	return eachAmount(r, o, func(l order.Line, off order.Money) error {
		if off.Minor() < 0 || off.Minor() > l.Amount.Minor() {
			return fmt.Errorf("%s off a line of %s", off, l.Amount)
		}
		return nil
	})
}

func eachAmount(r discount.Rule, o order.Order, check func(l order.Line, off order.Money) error) error {
	return each(r, o, func(covered []order.Line, a answer) error {
		if a.err != nil {
			return nil
		}
		for i := range min(len(covered), len(a.off)) {
			if err := check(covered[i], a.off[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func refusal(r discount.Rule, o order.Order) error {
	return each(r, o, func(_ []order.Line, a answer) error {
		if a.err != nil && len(a.off) != 0 {
			return fmt.Errorf("refused (%w) and yet %d amounts", a.err, len(a.off))
		}
		return nil
	})
}

func repeatable(r discount.Rule, o order.Order) error {
	first, err := ask(r, o, own(o))
	if err != nil {
		return err
	}
	other := o
	other.ID, other.Lines = "another", append(own(o), own(o)[0])
	for _, between := range [][]order.Order{nil, {other}, {other, other}} {
		for _, x := range between {
			if _, err := ask(r, x, x.Lines); err != nil {
				return err
			}
		}
		again, err := ask(r, o, own(o))
		if err != nil {
			return err
		}
		if err := same("asked again", first, again); err != nil {
			return err
		}
	}
	return nil
}

// same reports two answers that should not differ.
func same(how string, want, got answer) error {
	if (want.err == nil) != (got.err == nil) {
		return fmt.Errorf("%s: %s at first, then %s", how, want, got)
	}
	if want.err == nil && !slices.Equal(want.off, got.off) {
		return fmt.Errorf("%s: %s at first, then %s", how, want, got)
	}
	return nil
}

func (a answer) String() string {
	if a.err != nil {
		return fmt.Sprintf("refused (%v)", a.err)
	}
	return fmt.Sprint(a.off)
}

func anyLineOrder(r discount.Rule, o order.Order) error {
	want, err := ask(r, o, own(o))
	if err != nil {
		return err
	}
	backwards := slices.Clone(o.Lines)
	slices.Reverse(backwards)
	orders := [][]order.Line{backwards}
	for i := 1; i < len(o.Lines); i++ {
		orders = append(orders, append(slices.Clone(o.Lines[i:]), o.Lines[:i]...))
	}
	for _, lines := range orders {
		o.Lines = lines
		got, err := ask(r, o, own(o))
		if err != nil {
			return err
		}
		if (want.err == nil) != (got.err == nil) || want.err == nil && want.sum() != got.sum() {
			return fmt.Errorf("%s at first, then %s with the lines in another order", want, got)
		}
	}
	return nil
}

func earlierDiscount(r discount.Rule, o order.Order) error {
	plain := reduced(o, order.Reduction{}, 0)
	want, err := ask(r, plain, own(plain))
	if err != nil {
		return err
	}
	honored := order.Reduction{Kind: string(discount.KindCommercial), ID: "earlier", Lapse: order.LapseHonored}
	shortens := order.Reduction{Kind: string(discount.KindPromotional), ID: "earlier", Lapse: order.LapseShortens, Window: order.Window{Until: o.Placed}}
	for _, before := range []order.Order{reduced(o, honored, 2), reduced(o, honored, 1), reduced(o, shortens, 3)} {
		got, err := ask(r, before, own(before))
		if err != nil {
			return err
		}
		if err := same("after an earlier discount", want, got); err != nil {
			return err
		}
	}
	return nil
}

// reduced returns o with one part in share of each own line taken off by by, 0 for none.
func reduced(o order.Order, by order.Reduction, share int64) order.Order {
	o.Lines = slices.Clone(o.Lines)
	for i := range o.Lines {
		l := &o.Lines[i]
		l.Off, l.Ratio = order.Money{}, order.Rate{}
		if l.Own() && share != 0 {
			l.Off = order.Minor(l.Amount.Minor()/share, l.Amount.Currency())
		}
	}
	o.Reduction = by
	o.Deadline = o.Latest
	if by.Lapse == order.LapseShortens {
		o.Deadline = by.Window.Until
	}
	return o
}

func anyState(r discount.Rule, o order.Order) error {
	want, err := ask(r, o, own(o))
	if err != nil {
		return err
	}
	for _, s := range []order.State{order.StatePendingApproval, order.StatePendingConfirmation, order.StateUnpaid} {
		for _, version := range []int64{0, 1, 7} {
			o.State, o.Review, o.Version = s, s == order.StatePendingConfirmation && version == 1, version
			o.Changed = o.Placed.Add(time.Duration(version) * time.Second)
			got, err := ask(r, o, own(o))
			if err != nil {
				return err
			}
			if err := same(fmt.Sprintf("%s, version %d", s, version), want, got); err != nil {
				return err
			}
		}
	}
	return nil
}

func inputsKept(r discount.Rule, o order.Order) error {
	for _, covered := range choices(o) {
		given := o
		given.Lines = slices.Clone(o.Lines)
		lines := slices.Clone(covered)
		if _, err := askWith(r, given, lines); err != nil {
			return err
		}
		if !slices.Equal(given.Lines, o.Lines) {
			return fmt.Errorf("the lines of the order changed (-before +after):\n%s", cmp.Diff(text(o.Lines), text(given.Lines)))
		}
		if !slices.Equal(lines, covered) {
			return fmt.Errorf("the covered lines changed (-before +after):\n%s", cmp.Diff(text(covered), text(lines)))
		}
	}
	return nil
}

// text writes each line with all its fields.
func text(lines []order.Line) (out []string) {
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%+v", l))
	}
	return out
}
