package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
)

// P16: what rests can be archived from the second after it came to rest, and nothing else.
func TestP16_Archivable(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		kind  ledger.Kind
		state string
		want  bool
	}{
		{ledger.KindOrder, "completed", true}, {ledger.KindOrder, "voided", true}, {ledger.KindOrder, "paid", false}, {ledger.KindOrder, "refunding", false},
		{ledger.KindPayment, "succeeded", true}, {ledger.KindPayment, "review", false}, {ledger.KindPayment, ledger.StateOverdrawn, false},
		{ledger.KindRefund, "done", true}, {ledger.KindRefund, "parked", false}, {ledger.KindClaim, "done", true}, {ledger.KindClaim, "due", false},
		{ledger.KindNotice, "", true}, {ledger.KindNotice, "resolved", true}, {ledger.KindNotice, "undeliverable", false}, {ledger.KindEntry, "", true},
		{ledger.KindResource, "released", false}, {ledger.KindBill, "paid", false}, {ledger.KindCoupon, "used", false}, {ledger.KindTally, "", false},
	} {
		v := ledger.Record{Ref: ledger.Ref{Kind: x.kind, ID: "a"}, State: x.state, At: at}
		if got := v.Archivable(at.Add(time.Second)); got != x.want {
			t.Errorf("%s %s: %t", x.kind, x.state, got)
		}
		waits, timeless := v, v
		waits.DueAt, timeless.At = at.AddDate(1, 0, 0), time.Time{}
		if v.Archivable(at) || waits.Archivable(at.Add(time.Second)) || timeless.Archivable(at.Add(time.Second)) {
			t.Errorf("%s %s: at the second itself, while it waits, or without a time", x.kind, x.state)
		}
	}
}

// P16: a customer is deleted only where nothing has been left open, and the error names what has.
func TestP16_Closed(t *testing.T) {
	usd := func(n int64) order.Money { return order.Minor(n, order.USD) }
	for _, x := range []struct {
		name, field, value string
		r                  ledger.Records
	}{
		{"nothing", "", "", ledger.Records{}},
		{"all has ended", "", "", ledger.Records{
			Orders: []order.Order{{ID: "o", State: order.StateVoided}}, Payments: []payment.Payment{{ID: "p", State: payment.PaymentFailed}},
			Refunds: []payment.Refund{{ID: "f", State: payment.RefundDone}}, Resources: []renewal.Resource{{ID: "x", Released: time.Unix(1, 0)}},
			Bills: []payment.Bill{{Month: "2026-03", State: payment.BillPaid}}, Accounts: []payment.Account{{Fund: payment.FundCash}},
			Coupons: []coupon.Coupon{{ID: "c", State: coupon.StateAvailable, DueAt: time.Unix(1, 0), Balance: usd(1)}}, Notices: []ledger.Notice{{ID: "n", State: ledger.NoticeResolved}},
		}},
		{"an order", "order", "o", ledger.Records{Orders: []order.Order{{ID: "o", State: order.StatePaid}}}},
		{"a payment in review", "payment", "p", ledger.Records{Payments: []payment.Payment{{ID: "p", State: payment.PaymentReview}}}},
		{"a refund that is parked", "refund", "f", ledger.Records{Refunds: []payment.Refund{{ID: "f", State: payment.RefundParked}}}},
		{"a resource", "resource", "x", ledger.Records{Resources: []renewal.Resource{{ID: "x"}}}},
		{"a bill", "bill", "2026-03/USD", ledger.Records{Bills: []payment.Bill{{Month: "2026-03", State: payment.BillDue, Charges: usd(1)}}}},
		{"a notice that nobody could deliver", "notice", "n", ledger.Records{Notices: []ledger.Notice{{ID: "n", State: ledger.NoticeUndeliverable}}}},
		{"a claim", "claim", "c", ledger.Records{Claims: []ledger.Claim{{ID: "c", State: ledger.ClaimDue, DueAt: time.Unix(1, 0)}}}},
		{"money", "account", payment.FundCash.AccountID(order.USD), ledger.Records{Accounts: []payment.Account{{Fund: payment.FundCash, Balance: usd(1)}}}},
		{"a debt", "account", payment.FundCash.AccountID(order.USD), ledger.Records{Accounts: []payment.Account{{Fund: payment.FundCash, Balance: usd(-1)}}}},
		{"a credit", "credit balance", "USD", ledger.Records{Credits: []ledger.CreditBalance{{Balance: usd(1)}}}},
	} {
		err := x.r.Closed()
		var fault *order.FieldError
		if (err == nil) != (x.field == "") || err != nil && (!errors.As(err, &fault) || fault.Field != x.field || fault.Value != x.value) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}
