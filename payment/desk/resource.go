package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// ModeRequest says what happens to a resource at its expiry.
type ModeRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	Resource order.ResourceID `json:"resource"`
	Mode     renewal.Mode     `json:"mode"`
	Auto     renewal.Auto     `json:"auto,omitzero"` // of automatic renewal
}

// SetMode says what happens to a resource at its expiry (R4), and how it is renewed
// automatically (R5): by [Desk.Sweep], with the best discount and one cash coupon, by the method
// that Auto names, or else by the first of the policy that can ([payment.Policy.RenewBy]).
// Automatic renewal that nothing can pay is refused with the reason: none of these methods is
// open to the customer ([payment.ReasonMethod]), as online without an instrument at the gateway that
// Auto names, or else the customer's (P19); or the balance alone is, and the customer has
// never had one ([payment.ReasonBalance]). So is a term that has no price.
func (d *Desk) SetMode(ctx context.Context, m ModeRequest) (r renewal.Resource, err error) {
	m.Auto.On, m.Auto.Done, m.Auto.Tried = time.Time{}, 0, time.Time{}
	valid := func(b *tx) error {
		// What is refused for a resource that has just begun is refused for every resource.
		x := renewal.Resource{ID: m.Resource, Customer: m.Customer, Product: "any", Count: 1, Charge: order.ChargeSubscription, Start: b.At, Expiry: b.At.Add(time.Hour), Mode: renewal.ModeManual}
		if _, err := x.SetMode(m.Mode, m.Auto, b.At, b.Policy.Renewal); err != nil {
			return err
		}
		return b.checkAsked(&m.Auto)
	}
	err = d.resource(ctx, m.Customer, "set mode", actor(m.By, m.Customer), m.Resource, valid, func(b *tx, was renewal.Resource) error {
		was.Auto.On, was.Auto.Done, was.Auto.Tried = time.Time{}, 0, time.Time{}
		now, _ := ledger.Get(b.Tx, ledger.Resources, string(m.Resource))
		now.Attached = was.Attached
		r = now
		same := was.Mode == m.Mode && was.Auto == m.Auto
		if gone := m.Mode == renewal.ModePayPerUse && wentPayPerUse(&r); same || gone {
			return b.boundFollow(&r, m.Mode) // it has been set already
		}
		if r, err = now.SetMode(m.Mode, m.Auto, b.At, b.Policy.Renewal); err != nil {
			return err
		}
		if err = b.checkRenewable(&r); err != nil {
			return err
		}
		b.putResource(r)
		return b.boundFollow(&r, m.Mode)
	})
	return r, err
}

// checkRenewable refuses automatic renewal that no method can pay, or of a term that has no price.
func (b *tx) checkRenewable(r *renewal.Resource) error {
	if r.Mode != renewal.ModeAutomatic {
		return nil
	}
	if err := b.checkPayable(r); err != nil {
		return err
	}
	if err := b.checkBalance(r); err != nil {
		return err
	}
	_, err := b.price(r.AsRenewed(), r.Auto.Term)
	return notSold(err, "auto.term", r.Auto.Term.String())
}

// ReleaseRequest names the expired resource that a customer gives up.
type ReleaseRequest struct {
	Customer order.CustomerID `json:"customer"`
	By       string           `json:"by,omitempty"` // who acts; empty: the customer
	Resource order.ResourceID `json:"resource"`
}

// Release gives an expired resource up by hand (R11): it cannot be undone, and is refused
// while an order for it is being paid. An order that is open for it is canceled (O9).
func (d *Desk) Release(ctx context.Context, x ReleaseRequest) error {
	return d.resource(ctx, x.Customer, "release", actor(x.By, x.Customer), x.Resource, nil, func(b *tx, r renewal.Resource) error {
		if !r.Released.IsZero() {
			return nil
		}
		after, err := r.Release(b.At, b.Policy.Renewal)
		if err != nil {
			return err
		}
		return b.released(r, after)
	})
}

// AdoptRequest names a resource that was provided elsewhere.
type AdoptRequest struct {
	By       string           `json:"by"`
	Resource renewal.Resource `json:"resource"`
}

// Adopt takes a resource into the records that was provided elsewhere. If there is one with
// this ID, nothing changes. A resource that is bound to a main resource gets the mode of that
// one (R4, R10): adopt the main resource first. Automatic renewal that no method can pay is
// refused ([payment.ReasonMethod], R5).
func (d *Desk) Adopt(ctx context.Context, x AdoptRequest) error {
	r := x.Resource
	if err := order.Renamed(checkActor(r.Customer, x.By), "customer", "resource.customer"); err != nil {
		return err
	}
	err := d.forHouse(ctx, r.Customer, "adopt", x.By, func(b *tx) error {
		if err := adoptable(r, b.At, b.Policy.Renewal); err != nil {
			return under("resource", err)
		}
		if r.Mode == renewal.ModeAutomatic {
			if err := b.checkAsked(&r.Auto); err != nil {
				return under("resource", err)
			}
		}
		if err := b.Need(ledger.KindResource, string(r.ID), string(r.Main)); err != nil {
			return err
		}
		if _, there := ledger.Get(b.Tx, ledger.Resources, string(r.ID)); there {
			return nil
		}
		return b.putNew(r)
	})
	return order.Renamed(err, "customer", "resource.customer")
}

// adoptable reports what a resource that is adopted cannot be.
func adoptable(r renewal.Resource, at time.Time, p renewal.Policy) error {
	if err := r.Check(p); err != nil {
		return err
	}
	if r.Order != "" {
		return order.Invalid("order", string(r.Order), "is open for it elsewhere: adopt it free of orders")
	}
	if r.Version != 0 {
		return order.Invalid("version", strconv.FormatInt(r.Version, 10), "is not 0, and the resource is new here")
	}
	if r.Mode != renewal.ModeAutomatic {
		return nil
	}
	manual := r
	manual.Mode, manual.Auto = renewal.ModeManual, renewal.Auto{}
	_, err := manual.SetMode(r.Mode, r.Auto, at, p)
	return err
}

// resource decides on one resource of a customer. valid, if any, checks the request before the
// resource is looked for.
func (d *Desk) resource(ctx context.Context, customer order.CustomerID, step, by string, id order.ResourceID, valid func(*tx) error, judge func(*tx, renewal.Resource) error) error {
	if err := order.CheckID("resource", id); err != nil {
		return err
	}
	return d.forCustomer(ctx, customer, step, by, func(b *tx) error {
		if valid != nil {
			if err := valid(b); err != nil {
				return err
			}
		}
		r, err := b.resource(id)
		if err != nil {
			return err
		}
		return judge(b, r)
	})
}

// boundFollow gives the resources bound to a main resource its mode (R4, R10).
func (b *tx) boundFollow(main *renewal.Resource, mode renewal.Mode) error {
	if err := b.NeedBound(main.ID); err != nil {
		return err
	}
	for _, x := range slices.Clone(b.Now.Resources) {
		if x.Main != main.ID {
			continue
		}
		if after := followed(x, main, mode); after.Mode != x.Mode {
			b.putResource(after)
		}
	}
	return nil
}

// checkPayable refuses a resource that would be renewed automatically where nothing can pay for
// that (R5).
func (b *tx) checkPayable(r *renewal.Resource) error {
	if r.Mode != renewal.ModeAutomatic {
		return nil
	}
	_, err := b.renewsBy(&r.Auto)
	return err
}

// checkAsked reports a method that pays no automatic renewal of any customer.
func (b *tx) checkAsked(a *renewal.Auto) error {
	var f *order.FieldError
	if _, err := b.renewsBy(a); errors.As(err, &f) {
		return f
	}
	return nil
}

// renewsBy returns the methods that may pay an automatic renewal, in the order in which they are
// tried.
func (b *tx) renewsBy(a *renewal.Auto) ([]payment.Method, error) {
	c := b.call.Customer
	if a.Gateway != "" && a.Gateway != c.Gateway {
		c.Instrument = "" // which is of another gateway
	}
	by, err := b.Policy.RenewsBy(c, payment.Method(a.Method))
	if a.Gateway != "" && a.Method != string(payment.MethodOnline) {
		err = order.Invalid("gateway", a.Gateway, "belongs to the method online alone: name that too")
	}
	var f *order.FieldError
	if errors.As(err, &f) {
		err = order.Within("auto", f)
	}
	return by, err
}

// checkBalance refuses automatic renewal from the balance alone of a customer who has never had
// one: nothing was ever deposited, granted, or lent (R5).
func (b *tx) checkBalance(r *renewal.Resource) error {
	by, err := b.renewsBy(&r.Auto)
	if err != nil || slices.Contains(by, payment.MethodMonthly) || slices.Contains(by, payment.MethodOnline) {
		return nil
	}
	if err := b.NeedAll(ledger.KindAccount); err != nil {
		return err
	}
	reseller := b.call.Association == payment.AssociationReseller
	if slices.ContainsFunc(b.Now.Accounts, func(a payment.Account) bool {
		return a.Fund != payment.FundMonthly && (a.Fund == payment.FundBudget) == reseller
	}) {
		return nil
	}
	return payment.Refusef(payment.ReasonBalance, "the automatic renewal would be paid by %s alone, and the customer has none yet: top up first, or renew by hand", payment.MethodBalance)
}

// wentPayPerUse reports whether a resource has gone to pay-per-use at its end (R12).
func wentPayPerUse(r *renewal.Resource) bool {
	return r.Charge == order.ChargePayPerUse && !r.Postpaid.IsZero()
}
