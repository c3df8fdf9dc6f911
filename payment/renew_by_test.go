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
	const monthly, balance = payment.MethodMonthly, payment.MethodBalance
	type methods = []payment.Method
	for _, x := range []struct {
		name     string
		renewBy  methods
		monthly  bool
		reseller bool
		want     methods // nil: refused
	}{
		{"as it is", nil, false, false, methods{balance}},
		{"as it is, on the bill", nil, true, false, methods{monthly, balance}},
		{"as it is, of a reseller", nil, true, true, methods{balance}},
		{"the balance first", methods{balance, monthly}, true, false, methods{balance, monthly}},
		{"the balance alone", methods{balance}, true, false, methods{balance}},
		{"the bill alone", methods{monthly}, true, false, methods{monthly}},
		{"the bill alone, not enabled", methods{monthly}, false, false, nil},
		{"the bill alone, of a reseller", methods{monthly}, true, true, nil},
		{"nothing", methods{}, true, false, nil},
	} {
		c := payment.Customer{ID: "c-7", Monthly: x.monthly}
		if x.reseller {
			c.Association = payment.AssociationReseller
		}
		p := payment.Policy{RenewBy: x.renewBy}
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
		got, err := p.RenewsBy(c)
		if !slices.Equal(got, x.want) || errors.Is(err, payment.ReasonMethod) != (x.want == nil) {
			t.Errorf("%s: %v, %v, want %v", x.name, got, err, x.want)
		}
	}
}

// What cannot pay while nobody is there, and what says nothing, is no policy (R5).
func TestR5_RenewByBadInput(t *testing.T) {
	for _, x := range []struct {
		name  string
		by    []payment.Method
		field string
	}{
		{"no method", []payment.Method{payment.MethodMonthly, ""}, "renewBy[1]"},
		{"an unknown one", []payment.Method{"cheque"}, "renewBy[0]"},
		{"one with the customer there", []payment.Method{payment.MethodBalance, payment.MethodOnline}, "renewBy[1]"},
		{"one twice", []payment.Method{payment.MethodBalance, payment.MethodMonthly, payment.MethodBalance}, "renewBy[2]"},
	} {
		var f *order.FieldError
		if err := (payment.Policy{RenewBy: x.by}).Check(); !errors.As(err, &f) || f.Field != x.field {
			t.Errorf("%s: %v, want %s", x.name, err, x.field)
		}
	}
}

func ExamplePolicy_RenewsBy() {
	p := payment.Policy{RenewBy: []payment.Method{payment.MethodMonthly}}
	_, err := p.RenewsBy(payment.Customer{ID: "c-7"})
	fmt.Printf("%v\n", err)
	by, err := p.RenewsBy(payment.Customer{ID: "c-7", Monthly: true})
	fmt.Printf("%v %v\n", by, err)
	// Output:
	// refused: method not available: automatic renewals are paid by monthly settlement alone, which is not enabled for this customer: have it enabled, or renew by hand
	// [monthly settlement] <nil>
}
