package desk_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// P8, P10: the Desk needs no second factor, and no caller has its name, whatever is asked for:
// each verb of the Desk whose request says who acts refuses it by that field.
func TestP10_NobodyActsAsTheDesk(t *testing.T) {
	h := newFront(t)
	n := 0
	for i := range reflect.TypeFor[*desk.Desk]().NumMethod() {
		m := reflect.TypeFor[*desk.Desk]().Method(i)
		if m.Type.NumIn() < 3 || m.Type.In(2).Kind() != reflect.Struct {
			continue
		}
		request := reflect.New(m.Type.In(2)).Elem()
		by := request.FieldByName("By")
		if !by.IsValid() {
			continue
		}
		n++
		fill(request)
		by.SetString(payment.ByDesk)
		before, moved := h.everything(t)
		out := m.Func.Call([]reflect.Value{reflect.ValueOf(h.Desk), reflect.ValueOf(h.ctx), request})
		err, _ := out[len(out)-1].Interface().(error)
		var f *order.FieldError
		if !errors.As(err, &f) || f.Field != "by" || errors.Is(err, payment.ErrHost) {
			t.Errorf("%s: %v, want one for by", m.Name, err)
		}
		after, movedThen := h.everything(t)
		if d := sameRecords(before, after); d != "" || len(moved) != len(movedThen) {
			t.Errorf("%s has changed something (-before +after):\n%s", m.Name, d)
		}
	}
	if n < 26 {
		t.Errorf("only %d verbs", n)
	}
}

// fill gives each text of a request a value that can be an ID, and each list an element.
func fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *order.Money:
		*x = usd(100)
		return
	case *desk.BuyRequest: // without a price
		*x = desk.BuyRequest{ID: "N1", Customer: "c-7", Lines: []order.Line{{Product: "ECS.large", Count: 1, Term: month(1)}}}
		return
	case *renewal.Term:
		*x = month(1)
		return
	case *desk.CouponMove:
		*x = desk.CouponFreeze
		return
	case *payment.Fund:
		*x = payment.FundCash
		return
	case *desk.List:
		*x = desk.ListPayments
		return
	case *payment.Method:
		*x = payment.MethodBalance
		return
	case *payment.Request:
		*x = soundRequest(nil)
		return
	case *payment.AccountType, *[]payment.Agreed, *[]payment.Pick:
		return
	case *coupon.Coupon:
		*x = pays("NEW", coupon.KindFlexi, 1)
		return
	case *ledger.PublicCode:
		*x = ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "NEW", Coupon: coupon.Template{Kind: coupon.KindFlexi, Face: usd(1)}}}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("c-7")
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	}
}
