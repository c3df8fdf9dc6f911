package payment

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/duebook/duebook/order"
)

// Agreed is what a customer saw of one order in a quote, and agreed to (P3). Lines and
// Reduction are marks: equal exactly when what they stand for is.
type Agreed struct {
	Order     order.ID    `json:"order"`
	State     order.State `json:"state"`
	Payable   order.Money `json:"payable"`
	Cash      order.Money `json:"cash"` // the most that the order may cost in cash
	Deadline  time.Time   `json:"deadline"`
	Lines     string      `json:"lines"`
	Reduction string      `json:"reduction,omitempty"` // empty: none
}

// Agreed returns what the customer agrees to in paying as quoted, for [Request.Agreed], also
// of a quote that has been through JSON. Of an order that the quote does not have, as that of
// a payment's record, nothing can be agreed to: such a request is refused.
func (q Quote) Agreed() []Agreed {
	all := make([]Agreed, len(q.Items))
	for i := range q.Items {
		all[i] = Agreed{Order: q.Items[i].Order}
		if k := slices.IndexFunc(q.Orders, func(o order.Order) bool { return o.ID == q.Items[i].Order }); k >= 0 {
			all[i] = agreedOf(&q.Orders[k])
		}
		all[i].Cash = q.Items[i].Cash
	}
	return all
}

// agreedOf returns what there is to agree on in o; the version, who pays with what, and
// other bookkeeping are not.
func agreedOf(o *order.Order) Agreed {
	a := Agreed{Order: o.ID, State: o.State, Payable: o.Payable(), Deadline: o.Deadline, Lines: mark("lines", o.Lines)}
	if r := o.Reduction; r != (order.Reduction{}) {
		// The same instant in another zone is the same.
		r.Window.From, r.Window.Until = r.Window.From.UTC(), r.Window.Until.UTC()
		a.Reduction = mark("reduction", r)
	}
	return a
}

// mark is a text that stands for what v says.
func mark(kind string, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "" // lines and reductions of sound orders can be written
	}
	return order.Derive(kind, string(text))
}

// differs names the first thing in which an order is not as agreed; "": it is.
func (a Agreed) differs(from Agreed) string {
	switch {
	case a.Reduction != from.Reduction: // which is in the lines too
		return "reduction"
	case a.Lines != from.Lines:
		return "lines"
	case a.Payable != from.Payable:
		return "payable"
	case a.State != from.State:
		return "state"
	case !a.Deadline.Equal(from.Deadline):
		return "deadline"
	}
	return ""
}

func (a Agreed) same(b Agreed) bool {
	return a.Order == b.Order && a.Cash == b.Cash && a.differs(b) == ""
}

// Check reports what no quote says, as an [*order.FieldError].
func (a Agreed) Check() error {
	if err := order.CheckID("order", a.Order); err != nil {
		return err
	}
	if !slices.Contains(order.States(), a.State) {
		return order.Invalid("state", string(a.State), "is unknown")
	}
	for _, m := range [...]struct {
		name string
		of   order.Money
	}{{"payable", a.Payable}, {"cash", a.Cash}} {
		if err := order.CheckAmount(m.name, m.of); err != nil {
			return err
		}
		if m.of.Sign() < 0 {
			return order.Invalid(m.name, m.of.String(), "is below zero")
		}
	}
	if a.Payable.Currency() != a.Cash.Currency() {
		return order.Invalid("cash", a.Cash.String(), "is in another currency than payable")
	}
	if a.Deadline.IsZero() {
		return order.Invalid("deadline", "", "is not set: give a time")
	}
	if err := order.CheckOptionalTime("deadline", a.Deadline); err != nil {
		return err
	}
	if err := order.CheckID("lines", a.Lines); err != nil {
		return err
	}
	if a.Reduction != "" {
		return order.CheckID("reduction", a.Reduction)
	}
	return nil
}

// byOrder sorts a copy by order ID.
func byOrder(list []Agreed) []Agreed {
	return slices.SortedFunc(slices.Values(list), func(a, b Agreed) int { return cmp.Compare(a.Order, b.Order) })
}
