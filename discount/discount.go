package discount

import (
	"github.com/duebook/duebook/order"
)

// Discount is a reduction on offer. Exactly one of Ratio, Price, Off and Rule says how
// it reduces (D3).
type Discount struct {
	ID     ID           `json:"id"`
	Kind   Kind         `json:"kind"`
	Window order.Window `json:"window,omitzero"` // when it can be chosen (E7)
	Scope  Scope        `json:"scope,omitzero"`  // which lines it covers (D4); zero: all

	// Ratio is the share of each covered line still to pay: 0.85 pays 85 %. 0 to 1.
	Ratio order.Rate `json:"ratio,omitzero"`
	// Price is what one instance of each covered line costs for its whole term; where
	// the list price is less, the list price.
	Price order.Money `json:"price,omitzero"`
	// Off is taken off the covered lines together, split by their list prices (O13),
	// at most what they cost.
	Off order.Money `json:"off,omitzero"`
	// Rule is a host's own way to reduce.
	Rule Rule `json:"-"`
}

// Rule is a host's own way to reduce, as a [Discount] has it. discounttest.TestRule
// checks what it promises:
//
// Off returns what is taken off each of the covered lines, in the order given. Each
// amount is in the lines' currency, not below zero and not above the line's list price; the
// zero [order.Money] is nothing.
// It depends on o and the lines alone: the same lines give the same amounts, and in another
// order the same sum. An earlier discount and the state of o do not matter. It leaves o and the lines as they are.
//
// An error means that the rule refuses the order. It is as firm as an amount, and comes
// without amounts; o then keeps the discount it had.
type Rule interface {
	Off(o order.Order, covered []order.Line) ([]order.Money, error)
}

// Check reports a discount that is not valid, as an [*order.FieldError].
func (d Discount) Check() error {
	if err := order.CheckID("id", d.ID); err != nil {
		return err
	}
	if err := d.Kind.Check(); err != nil {
		return err
	}
	if err := d.Window.Check(); err != nil {
		return order.Within("window", err)
	}
	if err := d.Scope.Check(); err != nil {
		return err
	}
	ways := 0
	for _, given := range [...]bool{d.Ratio != order.Rate{}, d.Price != order.Money{}, d.Off != order.Money{}, d.Rule != nil} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return order.Invalid("ratio", "", "exactly one of ratio, price, off and a rule of the host says how the discount reduces")
	}
	if d.Ratio.Cmp(order.Percent(100)) > 0 {
		return order.Invalid("ratio", d.Ratio.String(), "is more than 1: it is the share still to pay, 0.85 for 15 % off")
	}
	for _, m := range [...]struct {
		field string
		order.Money
	}{{"price", d.Price}, {"off", d.Off}} {
		if err := m.Check(); err != nil {
			return order.Within(m.field, err)
		}
		if m.Sign() < 0 {
			return order.Invalid(m.field, m.Amount(), "is below zero")
		}
	}
	return nil
}
