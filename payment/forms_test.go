package payment_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/paymenttest"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const requestText = `{"key":"k-1","customer":"c-7","by":"ann","orders":["CS1","CS2"],"discounts":[{"order":"CS1","best":true}],` +
	`"coupons":["K1"],"method":"balance","account":"own","whole":true}`

func TestP13_RequestForm(t *testing.T) {
	var r payment.Request
	if err := order.Decode([]byte(requestText), &r); err != nil {
		t.Fatal(err)
	}
	if r.Key != "k-1" || len(r.Orders) != 2 || !r.Discounts[0].Best || r.Account != payment.AccountOwn || !r.Whole {
		t.Errorf("%+v", r)
	}
	text, err := json.Marshal(r)
	if err != nil || string(text) != requestText {
		t.Errorf("%s, %v", text, err)
	}
	for _, wrong := range []string{
		`{"key":"k","customer":"c","by":"a","orders":["CS1"],"method":"balance","key":"k"}`,
		`{"key":"k","customer":"c","by":"a","orders":["CS1"],"method":"Balance"}`,
		`{"key":"k","customer":"c","by":"a","orders":["CS1"],"method":"balance","Whole":true}`,
		`{"key":"k","customer":"c","by":"a","orders":["CS1"],"method":"balance","authenticated":true}`, // a fact, never the customer's
		`{"key":"k","customer":"c","by":"a","orders":[],"method":"balance"}`,
		`{"key":"k","customer":"c","by":"a","orders":["CS1","CS1"],"method":"balance"}`,
		`{"key":"","customer":"c","by":"a","orders":["CS1"],"method":"balance"}`,
		`{"key":"k","customer":"c","by":"a","orders":["CS1"],"method":"balance"} x`,
	} {
		var r payment.Request
		if err := order.Decode([]byte(wrong), &r); !errors.Is(err, order.ErrInvalid) || r.Key != "" {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// TestP14_Forms: a receipt, what was agreed to, a bill and an account come back from JSON
// as they were.
func TestP14_Forms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		r, err := q.Receipt("T-1", s.At)
		if err != nil {
			t.Fatal(err)
		}
		there(t, r, func(a, b payment.Receipt) bool {
			return cmp.Equal(a, b, sameQuote) && b.Check() == nil
		})
		for _, a := range q.Agreed() {
			there(t, payment.Request{Key: "k", Customer: "c", By: "b", Orders: []order.ID{a.Order}, Method: payment.MethodOnline, Agreed: []payment.Agreed{a}},
				payment.Request.Same)
		}
		there(t, paymenttest.Account().Draw(t, "account"), func(a, b payment.Account) bool { return a == b })
		there(t, paymenttest.Bill(payment.Policy{}).Draw(t, "bill"), func(a, b payment.Bill) bool {
			same := a.Try.Equal(b.Try)
			a.Try = b.Try
			return same && a == b
		})
	})
}

// there writes v and reads it back strictly.
func there[T any](t *rapid.T, v T, same func(a, b T) bool) {
	text, err := json.Marshal(v)
	var back T
	if err == nil {
		err = order.Decode(text, &back)
	}
	if err != nil || !same(v, back) {
		t.Fatalf("%s came back as %+v: %v", text, back, err)
	}
}

func TestP11_RefusalForm(t *testing.T) {
	s := asking(dues(t, 10000)...).with(pays("K1", coupon.KindFlexi, 1000))
	s.facts.Coupons[0].Limits.Threshold = usd(10000)
	text, err := json.Marshal(s.refused(t, payment.ReasonCoupon))
	want := `{"reason":"coupon not usable","text":"coupon K1 needs more to be due on what it covers: 100.00 USD, there is 100.00 USD",` +
		`"coupons":[{"coupon":"K1","why":"needs more to be due on what it covers","need":{"amount":"100.00","currency":"USD"},"have":{"amount":"100.00","currency":"USD"}}]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

func TestP11_Words(t *testing.T) {
	type word interface {
		UnmarshalText([]byte) error
		Scan(any) error
	}
	for text, w := range map[string]word{
		"balance": new(payment.Method), "own": new(payment.AccountType), "reseller": new(payment.Association), "cash": new(payment.Fund),
		"credit": new(payment.Funding), "frozen?": new(payment.Key), "account frozen": new(payment.Reason), "due": new(payment.BillState), "2026-11": new(payment.Month),
	} {
		if err := w.Scan([]byte(text)); err != nil {
			t.Errorf("%T %q: %v", w, text, err)
		}
		for _, wrong := range []any{"\n", "BALANCE\x00", 7} {
			if err := w.Scan(wrong); !errors.Is(err, order.ErrInvalid) {
				t.Errorf("%T %q: %v", w, wrong, err)
			}
		}
	}
	for _, w := range []interface{ UnmarshalText([]byte) error }{new(payment.Fault)} {
		if err := w.UnmarshalText([]byte("x")); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%T: %v", w, err)
		}
	}
}

func FuzzP13_Request(f *testing.F) {
	f.Add([]byte(requestText))
	f.Add([]byte(`{"key":"k","customer":"c","by":"b","orders":["CS1"],"method":"online","agreed":[{"order":"CS1","state":"unpaid","payable":{"amount":"1.00","currency":"USD"},"cash":{"amount":"1.00","currency":"USD"},"deadline":"2018-12-03T23:12:32+08:00","lines":"x"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var r, back payment.Request
		if order.Decode(text, &r) != nil {
			return
		}
		if err := r.Check(); err != nil {
			t.Fatalf("read what is not sound: %v", err)
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := order.Decode(again, &back); err != nil || !r.Same(back) {
			t.Fatalf("%s came back as %s: %v", text, again, err)
		}
	})
}
