package gatewaytest

import (
	"errors"
	"fmt"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/gateway"
)

// Vendor is the provider's side of a gateway, as a fake of the provider plays it: what happens there
// without a call of the adapter. A charge is named by the key that the adapter was given. A fake
// that is a [Clock], a [Returner], a [RefundEnder] or a [Wallet] too has more laws checked; what it
// cannot play it leaves, and the law that asked for it looks at what the adapter says.
type Vendor interface {
	// Decide has the bank and the customer do what makes the charge under a key captured, declined,
	// processing, ready or in want of an action: now, or when it comes where it has not been seen.
	// It is called again: after declined with captured, as a customer who pays with another card,
	// where the provider still lets them.
	Decide(key string, as gateway.Status)
	// Seen returns what the provider has taken under a key, less what it has given back, all
	// charges of it together: units of which 10^digits are 1 of the currency, by the provider's
	// own documents and not by the adapter's table. No currency: nothing was taken.
	Seen(key string) (units int64, digits int, currency string)
}

// Clock is a [Vendor] whose clock can be moved on: keys are forgotten, and sessions end.
type Clock interface {
	Advance(by time.Duration)
}

// Returner is a [Vendor] that can have so much in all of a captured charge be taken back, by the
// bank or the card's holder: less than before, and some came again; zero, and all did.
type Returner interface {
	Return(key string, back order.Money)
}

// RefundEnder is a [Vendor] that can have the refund under a key be processing, captured or declined:
// now, or when it comes where it has not been seen. One that is captured and is declined then has
// failed after it was done.
type RefundEnder interface {
	EndRefund(key string, as gateway.Status)
}

// Wallet is a [Vendor] that can make a saved instrument of a customer, such as the adapter is
// given in Charge.Instrument.
type Wallet interface {
	Instrument(c order.CustomerID) order.Opaque
}

// power is what a law needs of a gateway or of its vendor.
type power struct {
	lacks string // what is said where it is not there
	has   func(g gateway.Gateway, v Vendor) bool
}

func is[P any](x any) bool {
	_, ok := x.(P)
	return ok
}

var (
	canceler    = power{"the gateway is no Canceler", func(g gateway.Gateway, _ Vendor) bool { return is[gateway.Canceler](g) }}
	refunder    = power{"the gateway is no Refunder", func(g gateway.Gateway, _ Vendor) bool { return is[gateway.Refunder](g) }}
	vendor      = power{"there is no Vendor", func(_ gateway.Gateway, v Vendor) bool { return v != nil }}
	clock       = power{"the Vendor is no Clock", func(_ gateway.Gateway, v Vendor) bool { return is[Clock](v) }}
	returner    = power{"the Vendor is no Returner", func(_ gateway.Gateway, v Vendor) bool { return is[Returner](v) }}
	refundEnder = power{"the Vendor is no RefundEnder", func(_ gateway.Gateway, v Vendor) bool { return is[RefundEnder](v) }}
	wallet      = power{"the Vendor is no Wallet", func(_ gateway.Gateway, v Vendor) bool { return is[Wallet](v) }}
)

// lacks says the first of needs that is not there; empty: all are.
func lacks(g gateway.Gateway, v Vendor, needs []power) string {
	for _, need := range needs {
		if !need.has(g, v) {
			return need.lacks
		}
	}
	return ""
}

// side is a gateway, and the provider's side of it, which may be nil.
type side struct {
	gateway.Gateway
	vendor Vendor
}

// makes makes a charge of which the provider decides so, where there is a vendor to say so, and
// says what has become of it; false: that is not known.
func (g side) makes(c gateway.Charge, as gateway.Status) (gateway.Outcome, bool) {
	if g.vendor != nil {
		g.vendor.Decide(c.Key, as)
	}
	out, err := g.Charge(ctx, c)
	if err != nil {
		return out, false
	}
	if found, err := g.Lookup(ctx, c); !decided(out.Status) && err == nil && found.Status == as {
		return found, true
	}
	return out, true
}

// captures makes a charge, and reports whether it was captured.
func (g side) captures(c gateway.Charge) (gateway.Outcome, bool) {
	out, ok := g.makes(c, gateway.StatusCaptured)
	return out, ok && out.Status == gateway.StatusCaptured
}

// opens makes a charge, and reports whether it is open.
func (g side) opens(c gateway.Charge) (gateway.Outcome, bool) {
	out, ok := g.makes(c, gateway.StatusAction)
	return out, ok && !decided(out.Status) && out.Status != gateway.StatusNotFound
}

// sees reports what the provider has of a charge that is another amount.
func (g side) sees(key string, want order.Money) error {
	units, digits, code := g.vendor.Seen(key)
	if code == "" || units == 0 {
		if want.Sign() == 0 {
			return nil
		}
		return fmt.Errorf("the provider has nothing, where %s was taken", want)
	}
	has := fmt.Sprintf("the provider has %d of its units of %s, with %d digits", units, code, digits)
	if want.Sign() == 0 {
		return errors.New(has + ", where nothing was taken")
	}
	n, err := want.Scaled(digits)
	if err != nil || n != units || code != want.Currency().String() {
		return fmt.Errorf("%s, where %s was taken", has, want)
	}
	return nil
}

// variant is the same charge under another key and for another payment.
func variant(c gateway.Charge, i int) gateway.Charge {
	c.Key = string(rune('a'+i)) + c.Key[1:]
	c.Payment = order.PaymentID(string(rune('a'+i)) + string(c.Payment[1:]))
	return c
}
