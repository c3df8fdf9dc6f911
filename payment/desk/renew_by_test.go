package desk_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/renewal"
)

// automatic is resource x with automatic renewal for a month.
func automatic(x order.ResourceID) renewal.Resource {
	r := resourceOf(x, "vm")
	r.Mode, r.Auto = renewal.ModeAutomatic, renewal.Auto{Term: oneMonth(), On: start}
	return r
}

// Automatic renewal that nothing can pay is refused with the reason, whoever asks for it, and
// changes nothing (R5).
func TestR5_NothingCanPay(t *testing.T) {
	const monthly, balance = payment.MethodMonthly, payment.MethodBalance
	setMode := func(r *host) error {
		_, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: renewal.Auto{Term: oneMonth()}})
		return err
	}
	adopt := func(r *host) error {
		return r.d.Adopt(ctx, desk.AdoptRequest{By: "u", Resource: automatic("x2")})
	}
	complete := func(r *host) error {
		_, err := r.d.Move(ctx, desk.MoveRequest{Customer: "c1", By: "u", Order: "o2", Event: order.EventComplete, Resources: []renewal.Resource{automatic("x2")}})
		return err
	}
	provide := func(r *host) error {
		r.p.Renewal.Mode = renewal.ModeAutomatic
		_, err := r.d.Provide(ctx, desk.ProvideRequest{Customer: "c1", By: "u", Order: "o2", Resources: []order.ResourceID{"x2"}})
		return err
	}
	const none = payment.Reason("")
	for _, x := range []struct {
		name                             string
		by                               []payment.Method
		customer                         func(*payment.Customer)
		fund                             payment.Fund // that something was deposited into; empty: none
		set, adopted, completed, provide payment.Reason
	}{
		{"from a balance", nil, nil, payment.FundCash, none, none, none, none},
		{"no balance yet", nil, nil, "", payment.ReasonBalance, none, none, none}, // what is provided is not held up: it can be filled
		{"a credit", nil, nil, payment.FundCredit, none, none, none, none},
		{"a budget that is not theirs", nil, nil, payment.FundBudget, payment.ReasonBalance, none, none, none},
		{"a reseller's own account", nil, reseller, payment.FundCash, payment.ReasonBalance, none, none, none},
		{"a reseller's budget", nil, reseller, payment.FundBudget, none, none, none, none},
		{"on the bill", nil, onTheBill, "", none, none, none, none},
		{"the bill alone", []payment.Method{monthly}, onTheBill, "", none, none, none, none},
		{"the bill alone, not enabled", []payment.Method{monthly}, nil, payment.FundCash, payment.ReasonMethod, payment.ReasonMethod, payment.ReasonMethod, payment.ReasonMethod},
		{"the balance alone", []payment.Method{balance}, onTheBill, "", payment.ReasonBalance, none, none, none},
		{"nothing at all", []payment.Method{}, onTheBill, payment.FundCash, payment.ReasonMethod, payment.ReasonMethod, payment.ReasonMethod, payment.ReasonMethod},
	} {
		for _, do := range []struct {
			name string
			call func(*host) error
			want payment.Reason
		}{{"SetMode", setMode, x.set}, {"Adopt", adopt, x.adopted}, {"Move", complete, x.completed}, {"Provide", provide, x.provide}} {
			t.Run(x.name+", "+do.name, func(t *testing.T) {
				r := newHost(t)
				r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
				r.adopt(resourceOf("x1", "vm"))
				r.place("", draftFor("o2", 100))
				r.pay("k2", payment.MethodOnline, nil, "o2")
				if x.customer != nil {
					r.d.Customers = customersWith{r, x.customer}
				}
				switch x.fund {
				case "":
				case payment.FundCredit:
					_, err := r.d.SetCredit(ctx, desk.CreditRequest{Customer: "c1", By: "u", Limit: cents(100)})
					r.must(err)
				default:
					r.deposit("d", x.fund, 1)
				}
				r.p.RenewBy = x.by
				before := r.s.All("c1")
				err := do.call(r)
				if (do.want == none) != (err == nil) || do.want != none && !errors.Is(err, do.want) {
					t.Fatalf("%v, want %q", err, do.want)
				}
				if err != nil && !reflect.DeepEqual(r.s.All("c1"), before) {
					t.Error("something has changed")
				}
				r.audit()
			})
		}
	}
}

func reseller(c *payment.Customer)  { c.Association = payment.AssociationReseller }
func onTheBill(c *payment.Customer) { c.Monthly = true }

// The customer's own method is refused where it is not open to them, though others are, and
// changes nothing (R5).
func TestR5_AskedMethodCannotPay(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.deposit("d", payment.FundCash, 30000)
	r.adopt(resourceOf("x1", "vm"))
	before := r.s.All("c1")
	auto := renewal.Auto{Term: oneMonth(), Method: string(payment.MethodMonthly)}
	_, err := r.d.SetMode(ctx, desk.ModeRequest{Customer: "c1", By: "u", Resource: "x1", Mode: renewal.ModeAutomatic, Auto: auto})
	if !errors.Is(err, payment.ReasonMethod) || !reflect.DeepEqual(r.s.All("c1"), before) {
		t.Error(err)
	}
	auto.Method = string(payment.MethodBalance)
	if x := r.mode("x1", renewal.ModeAutomatic, auto); x.Auto.Method != auto.Method {
		t.Errorf("%+v", x.Auto)
	}
	if x := r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()}); x.Auto.Method != "" {
		t.Errorf("as the policy has it again: %+v", x.Auto)
	}
}

// What is set already is not refused when it is said again, though nothing could pay it now
// (P13); each attempt then fails with the reason, and the customer hears of it (R5).
func TestR5_NothingCanPayAnyMore(t *testing.T) {
	r := newHost(t)
	r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
	r.p.RenewBy = []payment.Method{payment.MethodMonthly}
	r.deposit("d", payment.FundCash, 30000)
	r.adopt(resourceOf("x1", "vm"))
	r.d.Customers = customersWith{r, onTheBill}
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.d.Customers = hostCustomers{r} // no more monthly settlement
	r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth()})
	r.clock.Move(30 * day)
	r.sweep()
	told := r.s.All("c1").Notices
	if last := told[len(told)-1]; last.Kind != "renewal failed" || r.cash() != 30000 || len(r.res("x1").Periods) != 0 {
		t.Errorf("%+v, cash %d", last, r.cash())
	}
	r.audit()
}

// The method that the resource names pays, or else the first of the policy that can (R5).
func TestR5_PaidByTheFirstThatCan(t *testing.T) {
	const monthly, balance, any = payment.MethodMonthly, payment.MethodBalance, payment.Method("")
	for _, x := range []struct {
		name  string
		by    []payment.Method
		asked payment.Method
		cash  int64
		want  payment.Method
	}{
		{"as it is", nil, any, 20000, monthly},
		{"the balance first", []payment.Method{balance, monthly}, any, 20000, balance},
		{"the balance first, to the cent", []payment.Method{balance, monthly}, any, 10000, balance},
		{"the balance first, a cent short", []payment.Method{balance, monthly}, any, 9999, monthly},
		{"the balance alone", []payment.Method{balance}, any, 20000, balance},
		{"the balance alone, a cent short", []payment.Method{balance}, any, 9999, ""},
		{"the balance as asked", nil, balance, 10000, balance},
		{"the balance as asked, a cent short", nil, balance, 9999, ""},
		{"the bill as asked", []payment.Method{balance}, monthly, 20000, monthly},
	} {
		r := newHost(t)
		r.d.Customers = customersWith{r, onTheBill}
		r.p.Renewal.Attempts = renewal.Attempts{Days: []int{1}}
		r.p.RenewBy = x.by
		r.deposit("d", payment.FundCash, x.cash)
		r.adopt(resourceOf("x1", "vm"))
		r.mode("x1", renewal.ModeAutomatic, renewal.Auto{Term: oneMonth(), Method: string(x.asked)})
		r.clock.Move(30 * day)
		r.sweep()
		got := payment.Method("")
		for _, p := range r.s.All("c1").Payments {
			got = p.Request.Method
		}
		if got != x.want {
			t.Errorf("%s: paid by %q, want %q", x.name, got, x.want)
		}
		r.audit()
	}
}
