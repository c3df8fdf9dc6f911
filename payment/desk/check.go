package desk

import (
	"cmp"
	"errors"
	"maps"
	"reflect"
	"slices"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// Check says what is wrong with the Desk: with its fields and the Policy of the house, all that
// is found, joined, each an [*order.FieldError] and [payment.ErrHost]. A pointer or function that
// is nil inside an interface is wrong, where the interface itself may be nil. Check asks the
// gateways for their Traits and the clock for the time, and nobody else. A host calls it at the
// start; the verbs of the Desk find the same later, one at a time.
func (d *Desk) Check() error {
	var all []error
	add := func(err error) {
		if err != nil {
			all = append(all, ofHost(err))
		}
	}
	if d.Store == nil {
		add(order.Invalid("store", "", "is required"))
	}
	for _, x := range [...]struct {
		field string
		of    any
	}{{"store", d.Store}, {"customers", d.Customers}, {"offers", d.Offers}, {"wallets", d.Wallets}, {"secondFactor", d.SecondFactor},
		{"prices", d.Prices}, {"notifier", d.Notifier}} {
		add(hollow(x.field, x.of))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Gateways)) {
		add(checkGateway(name, d.Gateways[name]))
	}
	for i, c := range d.Checks {
		if field := order.Element("checks", i); c == nil {
			add(order.Invalid(field, "", "is nil: leave it out"))
		} else {
			add(hollow(field, c))
		}
	}
	if err := d.Policy.Check(); err != nil {
		add(order.Within("policy", err))
	}
	if _, err := d.now(); err != nil {
		add(err)
	}
	return errors.Join(all...)
}

// hollow reports an interface that holds a pointer or a function that is nil.
func hollow(field string, x any) error {
	v := reflect.ValueOf(x)
	if k := v.Kind(); (k == reflect.Pointer || k == reflect.Func) && v.IsNil() {
		return order.Invalid(field, "", "holds a nil "+v.Type().String()+": leave it out, or set it")
	}
	return nil
}

func checkGateway(name string, g gateway.Gateway) error {
	if g == nil {
		return order.Invalid("gateways", name, "is nil: leave it out")
	}
	if err := cmp.Or(order.CheckID("gateways", name), hollow("gateways."+name, g)); err != nil {
		return err
	}
	if err := g.Traits().Check(); err != nil {
		return order.Within("gateways."+name+".traits", err)
	}
	return nil
}
