package coupon_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/coupon/coupontest"
	"github.com/duebook/duebook/order"
	"pgregory.net/rapid"
)

// written is v as JSON, and read again strictly.
func written[T any](t *rapid.T, v T) (again T) {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := order.Decode(text, &again); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return again
}

// inUTC makes equal times the same value.
func inUTC(w *order.Window) {
	for _, end := range []*time.Time{&w.From, &w.Until} {
		if !end.IsZero() {
			*end = end.UTC()
		}
	}
}

func TestC2_RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := coupontest.Coupon().Draw(t, "coupon")
		again := written(t, c)
		inUTC(&c.Window)
		inUTC(&again.Window)
		if !reflect.DeepEqual(again, c) {
			t.Fatalf("%+v became %+v", c, again)
		}
		code := coupontest.Code().Draw(t, "code")
		code2 := written(t, code)
		for _, w := range []*order.Window{&code.Window, &code2.Window, &code.Coupon.Window, &code2.Coupon.Window} {
			inUTC(w)
		}
		if !reflect.DeepEqual(code2, code) {
			t.Fatalf("%+v became %+v", code, code2)
		}
		tally := coupontest.Tally().Draw(t, "tally")
		if again := written(t, tally); again != tally {
			t.Fatalf("%+v became %+v", tally, again)
		}
	})
	var none coupon.Coupon
	if err := order.Decode([]byte(`{}`), &none); err == nil {
		t.Error("an empty coupon was read")
	}
}
