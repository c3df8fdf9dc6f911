package desk_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// Automatic renewal by instrument is set where the customer has one at the gateway that is named, and
// refused with the reason, by every call, where not: nothing changes (R5, P19).
func TestP19_SetToRenewByInstrument(t *testing.T) {
	online := []payment.Method{payment.MethodOnline}
	by := func(at string) renewal.Auto {
		return renewal.Auto{Term: oneMonth(), Method: string(payment.MethodOnline), Gateway: at}
	}
	for _, x := range []struct {
		name string
		own  order.Opaque
		by   []payment.Method
		auto renewal.Auto
		want payment.Reason
	}{
		{"as the policy has it", saved, online, renewal.Auto{Term: oneMonth()}, ""},
		{"as the policy has it, and there is none", "", online, renewal.Auto{Term: oneMonth()}, payment.ReasonMethod},
		{"off by default", "", nil, by(""), payment.ReasonMethod},
		{"of the resource", saved, nil, by(""), ""},
		{"of the resource, at the customer's gateway", saved, nil, by("g"), ""},
		{"of the resource, at another gateway", saved, nil, by("h"), payment.ReasonMethod},
		{"of the resource, at no gateway of the Desk", saved, nil, by("none"), payment.ReasonMethod},
		{"of the resource, and there is none", "", online, by("g"), payment.ReasonMethod},
	} {
		for name, do := range map[string]func(r *cardHost) error{
			"SetMode": func(r *cardHost) error {
				return second(r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: x.auto}))
			},
			"Adopt": func(r *cardHost) error {
				a := automatic("x2")
				a.Auto = x.auto
				a.Auto.On = start
				return r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: a})
			},
		} {
			t.Run(x.name+", "+name, func(t *testing.T) {
				r := newCardHost(t)
				r.d.Customers = customersWith{r.host, func(c *payment.Customer) { c.Instrument = r.own }}
				r.d.Gateways["h"] = r.g
				r.adopt(resourceOf("x1", "vm"))
				r.own, r.p.RenewBy = x.own, x.by
				before := r.s.All("c1")
				err := do(r)
				if (err == nil) != (x.want == "") || err != nil && !errors.Is(err, x.want) {
					t.Errorf("%v, want %q", err, x.want)
				}
				if err != nil && !reflect.DeepEqual(r.s.All("c1"), before) {
					t.Error("something has changed")
				}
			})
		}
	}
}

// A resource stays with the gateway that it names: when the customer's instrument is of another one,
// nothing is charged, and the customer hears why (R5, P19).
func TestP19_GatewayOfTheResource(t *testing.T) {
	r := newCardHost(t)
	r.d.Gateways["h"] = r.g
	at := "g"
	r.d.Customers = customersWith{r.host, func(c *payment.Customer) { c.Instrument, c.Gateway = r.own, at }}
	r.adopt(resourceOf("x1", "vm"), resourceOf("x2", "vm"))
	for _, x := range []order.ResourceID{"x1", "x2"} {
		r.mode(x, renewal.ModeAutomatic, renewal.Auto{Term: oneMonth(), Method: string(payment.MethodOnline), Gateway: map[order.ResourceID]string{"x1": "g"}[x]})
	}
	at = "h" // of which the host says that it knows no such instrument
	r.clock.Move(30 * day)
	r.sweep()
	failed := r.told(ledger.NoticeRenewalFailed)
	if len(r.charged) != 0 || len(failed) != 2 {
		t.Fatalf("%d charges, told %+v", len(r.charged), failed)
	}
	for _, n := range failed {
		want := map[order.ResourceID]string{"x1": "has no instrument that can be charged", "x2": "is not known at gateway h"}[n.Resource]
		if !strings.Contains(n.Text, want) {
			t.Errorf("%s: %q", n.Resource, n.Text)
		}
	}
	r.audit()
}

// Where the instrument cannot pay, the next method of the policy does: it is spent, or was tried so
// often (R5, P19).
func TestP19_PaidByTheNextMethod(t *testing.T) {
	r := newCardHost(t)
	r.p.RenewBy = []payment.Method{payment.MethodOnline, payment.MethodBalance}
	r.p.InstrumentTries = 1
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1, 0}}
	r.deposit("d", payment.FundCash, 10000)
	r.adopt(resourceOf("x1", "vm"))
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.declines(false)
	r.clock.Move(29 * day)
	if r.sweep(); len(r.charged) != 1 || r.cash() != 10000 || len(r.told(ledger.NoticeRenewalFailed)) != 1 {
		t.Fatalf("%d charges, cash %d", len(r.charged), r.cash())
	}
	r.clock.Move(day)
	if r.sweep(); len(r.charged) != 1 || r.cash() != 0 || len(r.res("x1").Periods) != 1 {
		t.Errorf("%d charges, cash %d, %d periods", len(r.charged), r.cash(), len(r.res("x1").Periods))
	}
	r.audit()
}

// In a house that sells software by the month what is provided for a customer with a saved card is
// renewed by it, also in a batch with what is bound to it; without one, as before (R5, R10, P19).
func TestP19_SaaS(t *testing.T) {
	for _, own := range []order.Opaque{saved, ""} {
		r := newCardHost(t)
		*r.p = payment.SaaS()
		r.own = own
		r.d.Customers = customersWith{r.host, func(c *payment.Customer) { c.Instrument = r.own }}
		r.place("", draftFor("o1", 10000))
		r.pay("k1", payment.MethodOnline, nil, "o1")
		_, err := r.d.Provide(ctx, desk.ProvideRequest{Customer: "c1", By: "u", Order: "o1", Resources: []order.ResourceID{"x1"}})
		r.must(err)
		r.clock.Move(31 * day)
		r.sweep()
		if renewed := len(r.res("x1").Periods) == 2; renewed != (own != "") || len(r.charged) != 1+btoi(own != "") {
			t.Errorf("instrument %q: renewed %t, %d charges", string(own), renewed, len(r.charged))
		}
		if own != "" && (r.charged[0].Absent || !r.charged[1].Absent || r.charged[1].Instrument != saved) {
			t.Errorf("%+v", r.charged)
		}
		r.audit()
	}
}

// What is bound to a resource is renewed with it by one charge; a declined one leaves neither order
// behind, and the next attempt is a new purchase (R10, P19).
func TestP19_BoundRenewedByInstrument(t *testing.T) {
	r := renewedByCard(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1, 0}}
	disk := resourceOf("x2", "small")
	disk.Main = "x1"
	r.adopt(disk)
	r.declines(false)
	r.clock.Move(29 * day)
	r.sweep()
	for _, o := range r.s.All("c1").Orders {
		if o.State != order.StateCanceled {
			t.Errorf("order %s is %s", o.ID, o.State)
		}
	}
	r.answer = nil
	r.clock.Move(day)
	r.sweep()
	if len(r.charged) != 2 || r.charged[1].Amount != cents(15000) || len(r.res("x1").Periods) != 1 || len(r.res("x2").Periods) != 1 || len(r.told(ledger.NoticeRenewed)) != 1 {
		t.Errorf("%d charges of %s, %d and %d periods", len(r.charged), r.charged[len(r.charged)-1].Amount, len(r.res("x1").Periods), len(r.res("x2").Periods))
	}
	r.audit()
}

// A debit that the gateway is processing is not given up for the next attempt, which is not made; once
// it is declined, the next one is (P19).
func TestP19_ProcessingGoesOn(t *testing.T) {
	r := renewedByCard(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1, 0}, Daily: true}
	r.g.Promises.Settle = 14 * day
	r.answer = func(gateway.Charge) gateway.Outcome { return gateway.Outcome{Status: gateway.StatusProcessing} }
	first := r.waits("x1")
	r.clock.Move(first.Sub(start))
	for range 8 * 24 {
		r.sweep()
		r.clock.Move(time.Hour)
	}
	if p := r.lastCharged(); len(r.charged) != 1 || p.State != payment.PaymentPending || len(r.told(ledger.NoticeRenewalFailed)) != 0 {
		t.Fatalf("%d charges, the last is %s", len(r.charged), p.State)
	}
	r.declines(false)
	for range 2 * 24 {
		r.sweep()
		r.clock.Move(time.Hour)
	}
	if n := len(r.told(ledger.NoticeRenewalFailed)); len(r.charged) != 3 || n != 3 { // and the one of the day after
		t.Errorf("%d charges, told %d times", len(r.charged), n)
	}
	r.audit()
}

// The audit finds a customer who is needed and does not hear of it, one who hears of it and is there, and
// a renewal that was charged in vain and of which nothing is told (I12, P19).
func TestP19_AuditFinds(t *testing.T) {
	r := renewedByCard(t)
	r.asks()
	first := r.waits("x1")
	r.sweepUntil(first)
	r.sweepUntil(first.Add(24 * time.Hour))
	if p := r.lastCharged(); p.State != payment.PaymentCanceled {
		t.Fatalf("%s", p.State)
	}
	for _, x := range []struct {
		name   string
		breaks func(all *ledger.Records, of func(ledger.NoticeKind) *ledger.Notice)
		want   string
	}{
		{"not told that they are needed", func(_ *ledger.Records, of func(ledger.NoticeKind) *ledger.Notice) {
			of(ledger.NoticeAction).Kind = ledger.NoticeDeadline
		}, "and 0 notices say so"},
		{"told, and there", func(all *ledger.Records, _ func(ledger.NoticeKind) *ledger.Notice) {
			all.Payments[0].Absent, all.Payments[0].ActionUntil = false, time.Time{}
		}, "and 1 notices say so"},
		{"not told that it failed", func(_ *ledger.Records, of func(ledger.NoticeKind) *ledger.Notice) {
			of(ledger.NoticeRenewalFailed).Kind = ledger.NoticeDeadline
		}, "and 0 notices say that it renewed a resource automatically, 0 that it did not"},
	} {
		all := r.s.All("c1").Copy()
		if found := ledger.Audit(all, r.g.Ledger()); len(found) != 0 {
			t.Fatalf("%v", found)
		}
		x.breaks(&all, func(kind ledger.NoticeKind) *ledger.Notice {
			return &all.Notices[slices.IndexFunc(all.Notices, func(n ledger.Notice) bool { return n.Kind == kind })]
		})
		found := ledger.Audit(all, r.g.Ledger())
		if !slices.ContainsFunc(found, func(v ledger.Violation) bool {
			return strings.HasPrefix(v.String(), "I12: ") && strings.Contains(v.String(), x.want)
		}) {
			t.Errorf("%s: %v", x.name, found)
		}
	}
}
