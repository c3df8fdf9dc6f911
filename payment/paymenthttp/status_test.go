package paymenthttp_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/paymenthttp"
	"github.com/duebook/duebook/renewal"
)

// Every reason of the closed set has a status, the same in whatever wraps it: of those whom a
// client's program or a proxy treats alike.
func TestP11_EveryReasonHasAStatus(t *testing.T) {
	others := map[payment.Reason]int{
		payment.ReasonBadRequest: 422, payment.ReasonKey: 422,
		payment.ReasonDenied: 403, payment.ReasonFrozen: 403, payment.ReasonAuthentication: 403,
		payment.ReasonNoOrder: 404,
		payment.ReasonBalance: 402, payment.ReasonCard: 402,
		payment.ReasonTooOften: 429, payment.ReasonDailyLimit: 429,
	}
	for _, r := range payment.Reasons() {
		want := others[r]
		if want == 0 {
			want = 409
		}
		for _, err := range []error{r, &payment.Refusal{Reason: r}, fmt.Errorf("the host says so: %w", payment.Refusef(r, "no"))} {
			if got := paymenthttp.Status(err); got != want {
				t.Errorf("%s: %d, want %d", err, got, want)
			}
		}
	}
	if got := paymenthttp.Status(payment.Refusef("none such", "no")); got != 500 {
		t.Errorf("a word that is no reason: %d", got)
	}
}

// The statuses of errors that are no refusal, and which decides where there are two.
func TestP11_StatusOfErrors(t *testing.T) {
	field := &order.FieldError{Field: "lines[0].count", Reason: "is below 1"}
	for _, x := range []struct {
		err  error
		want int
	}{
		{nil, 500},
		{errors.New("connection reset"), 500},
		{payment.ErrHost, 500},
		{fmt.Errorf("%w: %w", payment.ErrHost, field), 500},
		{fmt.Errorf("%w: %w", payment.ErrHost, order.ErrNotFound), 500},
		{fmt.Errorf("%w: %w", payment.ErrHost, payment.ReasonBalance), 500},
		{ledger.ErrInDoubt, 503},
		{fmt.Errorf("%w: %w", ledger.ErrInDoubt, payment.ErrHost), 503},
		{fmt.Errorf("%w: %w", ledger.ErrInDoubt, payment.ReasonBalance), 503},
		{fmt.Errorf("%w: load: %w", payment.ErrHost, context.DeadlineExceeded), 503},
		{context.Canceled, 503},
		{ledger.ErrConflict, 409},
		{fmt.Errorf("%w: %w", ledger.ErrConflict, field), 409},
		{order.ErrNotFound, 404},
		{fmt.Errorf("event e-1: %w", gateway.ErrNotOurs), 404},
		{gateway.ErrUnchecked, 503},
		{&order.FieldError{Field: "order", Err: order.ErrNotFound}, 404},
		{payment.Refuse(payment.ReasonCoupon, order.ErrNotFound), 404},
		{field, 422},
		{&order.DecodeError{Line: 1, Field: "lines", Err: field}, 422},
		{&order.AmountError{Text: "1.234"}, 422},
		{&order.CurrencyError{Code: "XXA"}, 422},
		{order.TooMany("orders", 31, 30), 422},
		{&order.MoveError{Err: order.ErrState}, 409},
		{order.Within("orders[2]", &order.MoveError{Err: order.ErrPastDeadline}), 409},
		{&order.ReductionError{Err: order.ErrLocked}, 409},
		{&order.ResourceError{}, 409},
		{&discount.Error{Err: discount.ErrNotCovered}, 409},
		{&coupon.Error{}, 409},
		{&coupon.MoveError{Err: coupon.ErrHolder}, 409},
		{&coupon.ClaimError{Err: coupon.ErrState}, 409},
		{&renewal.MoveError{Err: renewal.ErrBound}, 409},
		{&payment.BillError{}, 409},
	} {
		if got := paymenthttp.Status(x.err); got != x.want {
			t.Errorf("%v: %d, want %d", x.err, got, x.want)
		}
	}
}

// Every sentinel of the library that a caller may meet has a status of its own choice, and none
// is 500 because it was forgotten.
func TestP11_EverySentinelHasAStatus(t *testing.T) {
	sentinels := map[string]error{
		"order.ErrInvalid": order.ErrInvalid, "order.ErrNotFound": order.ErrNotFound, "order.ErrCurrency": order.ErrCurrency, "order.ErrOverflow": order.ErrOverflow,
		"order.ErrState": order.ErrState, "order.ErrPastDeadline": order.ErrPastDeadline, "order.ErrNotDue": order.ErrNotDue,
		"order.ErrPaymentInProgress": order.ErrPaymentInProgress, "order.ErrOtherPayment": order.ErrOtherPayment, "order.ErrMember": order.ErrMember,
		"order.ErrLocked": order.ErrLocked, "order.ErrWindow": order.ErrWindow, "order.ErrResourceTaken": order.ErrResourceTaken, "order.ErrTooMany": order.ErrTooMany,
		"discount.ErrNotCovered": discount.ErrNotCovered, "discount.ErrRule": discount.ErrRule,
		"coupon.ErrUnusable": coupon.ErrUnusable, "coupon.ErrState": coupon.ErrState, "coupon.ErrHolder": coupon.ErrHolder,
		"renewal.ErrState": renewal.ErrState, "renewal.ErrMode": renewal.ErrMode, "renewal.ErrBound": renewal.ErrBound, "renewal.ErrKept": renewal.ErrKept, "renewal.ErrAtExpiry": renewal.ErrAtExpiry,
		"renewal.ErrTooMany": renewal.ErrTooMany, "renewal.ErrNoPrice": renewal.ErrNoPrice,
		"payment.ErrHost":      payment.ErrHost,
		"gateway.ErrUnchecked": gateway.ErrUnchecked, "gateway.ErrNotOurs": gateway.ErrNotOurs,
		"ledger.ErrConflict": ledger.ErrConflict, "ledger.ErrInDoubt": ledger.ErrInDoubt,
	}
	for _, dir := range library {
		for _, d := range declarations(t, dir) {
			vars, ok := d.Decl.(*ast.GenDecl)
			if !ok || vars.Tok != token.VAR {
				continue
			}
			for _, s := range vars.Specs {
				for _, n := range s.(*ast.ValueSpec).Names {
					if name := d.Package + "." + n.Name; strings.HasPrefix(n.Name, "Err") && sentinels[name] == nil {
						t.Errorf("%s is not in this list: give it a row in status.go, and here", name)
					}
				}
			}
		}
	}
	for name, err := range sentinels {
		if got := paymenthttp.Status(err); (got == 500) != (name == "payment.ErrHost") {
			t.Errorf("%s: %d", name, got)
		}
	}
}

// Every error type of the library says its text to whoever asked, but for those that carry what
// a host's own code said.
func TestP11_EveryErrorTypeSaysItsText(t *testing.T) {
	types := map[string]error{
		"order.MoveError": &order.MoveError{Order: "CS1", Err: order.ErrState}, "order.ReductionError": &order.ReductionError{Order: "CS1", Err: order.ErrLocked},
		"order.ResourceError": &order.ResourceError{Order: "CS1"}, "order.FieldError": &order.FieldError{Field: "id", Reason: "is empty"},
		"order.DecodeError": &order.DecodeError{Line: 7, Field: "id", Err: order.ErrOverflow}, "order.AmountError": &order.AmountError{Text: "1.234"},
		"order.CurrencyError": &order.CurrencyError{Code: "XXA"}, "discount.Error": &discount.Error{Order: "CS1", Err: discount.ErrNotCovered},
		"coupon.Error":     &coupon.Error{Verdicts: []coupon.Verdict{{Coupon: "K1", Reason: coupon.ReasonExpired}}},
		"coupon.MoveError": &coupon.MoveError{Coupon: "K1", Err: coupon.ErrState}, "coupon.ClaimError": &coupon.ClaimError{Code: "SPRING", Err: coupon.ErrState},
		"renewal.MoveError": &renewal.MoveError{Resource: "vm-1", Err: renewal.ErrMode}, "payment.BillError": &payment.BillError{Customer: "c-7"},
		"payment.Refusal": &payment.Refusal{Reason: payment.ReasonBalance}, "payment.Reason": payment.ReasonBalance,
		"order.ExportError": nil, "renewal.ExportError": nil, // what broke an export off is a host's: its writer, its store
		"ledger.Missing": nil, // the Desk, or a host with a machine of its own, goes on from it
	}
	for _, dir := range library {
		for _, d := range declarations(t, dir) {
			f, ok := d.Decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Error" {
				continue
			}
			of := f.Recv.List[0].Type
			if star, ok := of.(*ast.StarExpr); ok {
				of = star.X
			}
			if id := of.(*ast.Ident); id.IsExported() {
				name := d.Package + "." + id.Name
				if _, ok := types[name]; !ok {
					t.Errorf("%s is not in this list: say in problem.go whether its text is for whoever asked, and here", name)
				}
			}
		}
	}
	for name, err := range types {
		if err == nil {
			continue
		}
		want := strings.TrimPrefix(err.Error(), "refused: ")
		if _, body := answer(t, fmt.Errorf("the host says: %w", err)); body["detail"] != want {
			t.Errorf("%s: %q, want %q", name, body["detail"], want)
		}
	}
}

// library are the packages whose errors a caller may meet.
var library = []string{"../../order", "../../discount", "../../coupon", "../../renewal", "..", "../gateway", "../ledger", "../desk"}

// declaration is one of a package, outside tests.
type declaration struct {
	Package string
	ast.Decl
}

func declarations(t *testing.T, dir string) (all []declaration) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v", dir, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			all = append(all, declaration{f.Name.Name, d})
		}
	}
	return all
}
