package payment_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

// Automatic renewals are paid by the methods of the policy that are open to the customer, in its
// order (R5).
func TestR5_RenewsBy(t *testing.T) {
	const monthly, balance, online = payment.MethodMonthly, payment.MethodBalance, payment.MethodOnline
	type methods = []payment.Method
	const none = payment.Method("")
	for _, x := range []struct {
		name     string
		renewBy  methods
		asked    payment.Method
		monthly  bool
		reseller bool
		want     methods // nil: refused
	}{
		{"by instrument", methods{online, balance}, none, false, false, methods{online, balance}},
		{"by instrument, as asked", nil, online, true, false, methods{online}},
		{"by instrument, of a reseller", methods{online}, none, true, true, nil},
		{"by instrument or from the budget", methods{online, monthly, balance}, none, true, true, methods{balance}},
		{"as it is", nil, none, false, false, methods{balance}},
		{"as it is, on the bill", nil, none, true, false, methods{monthly, balance}},
		{"as it is, of a reseller", nil, none, true, true, methods{balance}},
		{"the balance first", methods{balance, monthly}, none, true, false, methods{balance, monthly}},
		{"the balance alone", methods{balance}, none, true, false, methods{balance}},
		{"the bill alone", methods{monthly}, none, true, false, methods{monthly}},
		{"the bill alone, not enabled", methods{monthly}, none, false, false, nil},
		{"the bill alone, of a reseller", methods{monthly}, none, true, true, nil},
		{"nothing", methods{}, none, true, false, nil},
		{"the balance as asked", nil, balance, true, false, methods{balance}},
		{"as asked, and not as the policy has it", methods{monthly}, balance, false, false, methods{balance}},
		{"as asked, and the policy has nothing", methods{}, monthly, true, false, methods{monthly}},
		{"the bill as asked, not enabled", nil, monthly, false, false, nil},
		{"the bill as asked, of a reseller", nil, monthly, true, true, nil},
	} {
		c := payment.Customer{ID: "c-7", Monthly: x.monthly, Instrument: "card-1"}
		if x.reseller {
			c.Association = payment.AssociationReseller
		}
		p := payment.Policy{RenewBy: x.renewBy}
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
		got, err := p.RenewsBy(c, x.asked)
		if !slices.Equal(got, x.want) || errors.Is(err, payment.ReasonMethod) != (x.want == nil) {
			t.Errorf("%s: %v, %v, want %v", x.name, got, err, x.want)
		}
	}
}

// What is no method, and what is named twice, is no policy (R5).
func TestR5_RenewByBadInput(t *testing.T) {
	for _, x := range []struct {
		name  string
		by    []payment.Method
		field string
	}{
		{"no method", []payment.Method{payment.MethodMonthly, ""}, "renewBy[1]"},
		{"an unknown one", []payment.Method{"cheque"}, "renewBy[0]"},
		{"one twice", []payment.Method{payment.MethodBalance, payment.MethodMonthly, payment.MethodBalance}, "renewBy[2]"},
	} {
		var f *order.FieldError
		if err := (payment.Policy{RenewBy: x.by}).Check(); !errors.As(err, &f) || f.Field != x.field {
			t.Errorf("%s: %v, want %s", x.name, err, x.field)
		}
	}
}

// Without an instrument nothing is charged while nobody is there, and what can pay instead does (R5, P19).
func TestP19_RenewsByNoInstrument(t *testing.T) {
	const monthly, balance, online = payment.MethodMonthly, payment.MethodBalance, payment.MethodOnline
	c := payment.Customer{ID: "c-7"}
	for _, x := range []struct {
		by   []payment.Method
		want []payment.Method
		text string
	}{
		{[]payment.Method{online, monthly, balance}, []payment.Method{balance}, ""},
		{[]payment.Method{online}, nil, "the automatic renewal would be paid by online alone, and the customer has no instrument that can be charged: have one saved, or renew by hand"},
		{[]payment.Method{online, monthly}, nil, "the automatic renewal would be paid by online alone, and the customer has no instrument that can be charged: have one saved; by monthly settlement alone, which is not enabled for this customer: have it enabled, or renew by hand"},
	} {
		p := payment.Policy{RenewBy: x.by}
		got, err := p.RenewsBy(c, "")
		var refusal *payment.Refusal
		if !slices.Equal(got, x.want) || (err != nil) != (x.want == nil) || err != nil && (!errors.As(err, &refusal) || refusal.Reason != payment.ReasonMethod || refusal.Text != x.text) {
			t.Errorf("%v: %v, %v", x.by, got, err)
		}
	}
}

// What pays no automatic renewal cannot be asked for (R5).
func TestR5_AskedBadInput(t *testing.T) {
	for _, asked := range []payment.Method{"Online", "cheque"} {
		var f *order.FieldError
		var p payment.Policy
		if by, err := p.RenewsBy(payment.Customer{ID: "c-7", Monthly: true}, asked); by != nil || !errors.As(err, &f) || f.Field != "method" {
			t.Errorf("%q: %v, %v", asked, by, err)
		}
	}
}

func ExamplePolicy_RenewsBy() {
	p := payment.Policy{RenewBy: []payment.Method{payment.MethodMonthly}}
	_, err := p.RenewsBy(payment.Customer{ID: "c-7"}, "")
	fmt.Printf("%v\n", err)
	by, err := p.RenewsBy(payment.Customer{ID: "c-7", Monthly: true}, "")
	fmt.Printf("%v %v\n", by, err)
	// Output:
	// refused: method not available: the automatic renewal would be paid by monthly settlement alone, which is not enabled for this customer: have it enabled, or renew by hand
	// [monthly settlement] <nil>
}
