package gatewaytest

import (
	"errors"
	"fmt"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// other is another customer than that of a charge.
func other(c gateway.Charge) order.CustomerID { return order.CustomerID("other-" + c.Key[:16]) }

// by is the variant of a charge that an instrument is charged with.
func by(c gateway.Charge, i int, instrument order.Opaque, absent bool) gateway.Charge {
	c = variant(c, i)
	c.Instrument, c.Absent = instrument, absent
	return c
}

// takes reports a charge with the customer's own instrument that is declined, though the bank has
// nothing against it.
func (g side) takes(c gateway.Charge) error {
	if out, ok := g.makes(c, gateway.StatusCaptured); ok && out.Status != gateway.StatusCaptured {
		return fmt.Errorf("charged with an instrument of the customer (absent: %t) it is %s, %s", c.Absent, out.Status, out.Text)
	}
	return nil
}

// refuses reports a charge with somebody else's instrument that is not declined, or takes money.
func (g side) refuses(c gateway.Charge) error {
	if out, ok := g.makes(c, gateway.StatusCaptured); ok && out.Status != gateway.StatusDeclined {
		return fmt.Errorf("charged with an instrument of another customer (absent: %t) it is %s", c.Absent, out.Status)
	}
	return g.sees(c.Key, order.Minor(0, c.Amount.Currency()))
}

func gatewayInstrument(g side, c gateway.Charge) error {
	if _, ok := g.captures(variant(c, 3)); !ok {
		return errIdle // it takes no such amount, whatever it is charged with
	}
	own := g.vendor.(Wallet).Instrument(c.Customer)
	for i, absent := range []bool{true, false, true} {
		if err := g.takes(by(c, i, own, absent)); err != nil {
			return err
		}
	}
	return nil
}

// keeps makes a charge of a customer who agrees that the instrument is kept, and returns that; false:
// it was not kept.
func (g side) keeps(c gateway.Charge) (order.Opaque, bool) {
	c.Keep = true
	out, ok := g.captures(c)
	return out.Instrument, ok && out.Instrument != ""
}

func gatewayKept(g side, c gateway.Charge) error {
	if out, ok := g.captures(variant(c, 0)); ok && out.Instrument != "" {
		return errors.New("nobody agreed, and an instrument is kept")
	}
	kept, ok := g.keeps(variant(c, 1))
	if !ok {
		return errIdle
	}
	if err := kept.Check("instrument", 64); err != nil {
		return err
	}
	return g.takes(by(c, 2, kept, true))
}

func gatewayOthersInstrument(g side, c gateway.Charge) error {
	others := variant(c, 0)
	others.Customer = other(c)
	var instruments []order.Opaque
	if kept, ok := g.keeps(others); ok {
		instruments = append(instruments, kept)
	}
	if w, ok := g.vendor.(Wallet); ok {
		instruments = append(instruments, w.Instrument(others.Customer))
	}
	if len(instruments) == 0 {
		return errIdle
	}
	for i, instrument := range instruments {
		for j, absent := range []bool{true, false} {
			if err := g.refuses(by(c, 1+2*i+j, instrument, absent)); err != nil {
				return err
			}
		}
	}
	return nil
}
