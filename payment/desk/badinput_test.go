package desk_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/gateway"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/google/go-cmp/cmp"
)

// badRow is a call that breaks one rule, and the error that it must be: one that is told
// apart, one that names a field, or both.
type badRow struct {
	call, what string
	do         func(h *front) error
	is         error
	field      string
	found      bool // the fault shows in records, or is said by a host that is asked about them
}

// broken is a row of one call: what is done to its sound input, or to its Desk.
type broken[T any] struct {
	what  string
	do    func(h *front, x *T)
	is    error
	field string
}

// breaking are the rows of a call: what is refused before anything is read, then what is
// found in records. The call's sound input is accepted, so that a row breaks but its own
// rule.
func breaking[T any](t *testing.T, call string, sound func(h *front) T, do func(h *front, x T) error, unread, found []broken[T]) (rows []badRow) {
	t.Helper()
	h := newFront(t)
	if err := do(h, sound(h)); err != nil {
		t.Errorf("%s, sound: %v", call, err)
	}
	for i, b := range slices.Concat(unread, found) {
		rows = append(rows, badRow{call, b.what, func(h *front) error {
			x := sound(h)
			b.do(h, &x)
			return do(h, x)
		}, b.is, b.field, i >= len(unread)})
	}
	return rows
}

// everything is all that is kept, and all that was moved.
func (h *front) everything(t *testing.T) (records []ledger.Record, moved []gateway.Movement) {
	t.Helper()
	for _, id := range h.store.Customers() {
		views, err := h.store.All(id).Encode()
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, views...)
	}
	return records, append(h.cards.Ledger(), h.plain.Ledger()...)
}

// TestP11_BadInputAtTheDesk breaks one rule a row, each on the same prepared store: the
// error says which, nothing has changed, and nothing was read but where only records show it.
func TestP11_BadInputAtTheDesk(t *testing.T) {
	if raced {
		t.Skip("calls of one goroutine: the race detector has nothing to find")
	}
	var rows []badRow
	for _, of := range []func(*testing.T) []badRow{badPlacings, badBuys, badPicks, badMoves, badProvisions, badCancels, badRequests, badQuotes, badPayments, badTopUps, badResolvings,
		badLeavings, badChanges, badRenewings, badModes, badResources, badDeposits, badCoupons, badCodes, badReads, badCredits, badNotices, badLists, badDesks} {
		rows = append(rows, of(t)...)
	}
	if len(rows) < 180 {
		t.Errorf("%d rows", len(rows))
	}
	seen := make(map[string]bool)
	for _, row := range rows {
		name := row.call + "/" + row.what
		if seen[name] {
			t.Errorf("%s stands twice", name)
		}
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			h := newFront(t)
			before, movedBefore := h.everything(t)
			err := row.do(h)
			switch {
			case h.reads.n > 0 && !row.found:
				t.Errorf("something was read before it was refused: %v", err)
			case h.reads.n == 0 && row.found:
				t.Errorf("refused before anything was read, and it stands with what records show: %v", err)
			}
			after, moved := h.everything(t)
			if d := sameRecords(before, after); d != "" {
				t.Errorf("something was written (-before +after):\n%s", d)
			}
			if len(moved) != len(movedBefore) {
				t.Errorf("money was moved: %+v", moved[len(movedBefore):])
			}
			if err == nil {
				t.Fatal("accepted")
			}
			if err := ordertest.Zoned(err.Error()); err != nil {
				t.Error(err)
			}
			if ofHost := row.ofHost(); ofHost != errors.Is(err, payment.ErrHost) {
				t.Errorf("%v: a fault of the host %t, want %t", err, !ofHost, ofHost)
			}
			var f *order.FieldError
			switch {
			case row.is == nil && row.field == "":
				t.Errorf("no error is wanted, and it is %v", err)
			case row.is != nil && !errors.Is(err, row.is):
				t.Errorf("%v, want one that is %q", err, row.is)
			case row.field != "" && (!errors.As(err, &f) || f.Field != row.field || !errors.Is(err, order.ErrInvalid)):
				t.Errorf("%v, want one for %s", err, row.field)
			}
			if errors.As(err, &f) && !errors.Is(err, payment.ErrHost) {
				if requests[row.call] == nil {
					t.Fatal("nothing says what it is given")
				}
				if err := ordertest.Leads(requests[row.call], f.Field); err != nil {
					t.Error(err)
				}
			}
			var refusal *payment.Refusal
			if errors.As(err, &refusal) && refusal.Text == "" || errors.As(err, &f) && f.Reason == "" && f.Err == nil {
				t.Errorf("%v says nothing of what to do", err)
			}
		})
	}
}

// requests are what each call is given: paths of errors lead into it.
var requests = map[string]any{
	"Place": desk.PlaceRequest{}, "ChooseDiscount": desk.DiscountRequest{}, "Provide": desk.ProvideRequest{}, "Move": desk.MoveRequest{}, "CancelOrders": desk.CancelRequest{},
	"Quote": payment.Request{}, "Pay": payment.Request{}, "CancelPayment": desk.CancelPaymentRequest{}, "Hint": gateway.Hint{}, "RefundTopUp": desk.RefundTopUpRequest{}, "Payment": gateway.Hint{}, "Resolve": desk.ResolveRequest{},
	"QuoteUnsubscribe": desk.UnsubscribeRequest{}, "Unsubscribe": desk.UnsubscribeRequest{}, "Renew": desk.RenewRequest{}, "SetMode": desk.ModeRequest{}, "Release": desk.ReleaseRequest{},
	"Adopt": desk.AdoptRequest{}, "Deposit": desk.DepositRequest{}, "SetCredit": desk.CreditRequest{}, "PayOut": desk.PayOutRequest{}, "SettleCredit": desk.SettleCreditRequest{},
	"Issue": desk.IssueRequest{}, "MoveCoupon": desk.CouponRequest{}, "IssueCode": desk.IssueCodeRequest{}, "Claim": desk.ClaimRequest{}, "Buy": desk.BuyRequest{}, "ResolveNotice": desk.ResolveNoticeRequest{}, "ResolveBill": desk.ResolveBillRequest{}, "Sweep": struct{ Limit int }{}, "Orders": order.Query{}, "List": desk.ListRequest{}, "QuoteChange": desk.ChangeRequest{}, "Change": desk.ChangeRequest{},
	// Of these the names are what each argument is.
	"Order": struct{ Customer, Order string }{}, "Resource": struct{ Customer, Resource string }{}, "Coupon": struct{ Customer, Coupon string }{}, "Refund": struct{ Customer, Refund string }{},
	"Account": struct{ Customer, Fund, Currency string }{}, "Credit": struct{ Customer, Currency string }{}, "Bill": struct{ Customer, Month, Currency string }{},
}

// ofHost reports whether whoever asks can do nothing about a row.
func (x badRow) ofHost() bool {
	if x.is == payment.ErrHost {
		return true
	}
	for _, of := range []string{"customer.", "policy.", "facts.", "findings.", "checks[", "gateway cards"} {
		if strings.HasPrefix(x.field, of) {
			return true
		}
	}
	if x.field == "customer" && strings.HasSuffix(x.what, "found") || x.field == "gateway" && strings.HasSuffix(x.what, "gone") {
		return true
	}
	return x.is == errHost || slices.Contains([]string{"desk", "at", "price"}, x.field)
}

func sameRecords(before, after []ledger.Record) string {
	if reflect.DeepEqual(before, after) { // cmp takes its time
		return ""
	}
	return cmp.Diff(before, after)
}
