package ledger_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
	"pgregory.net/rapid"
)

// X4: the view of each kind of record says in which state lists find it, and of when it is.
func TestX4_ViewsOfKinds(t *testing.T) {
	at := func(day int) time.Time {
		return time.Date(2026, 3, day, 8, 0, 0, 999, time.FixedZone("", 3600)) // 07:00:00 in UTC
	}
	usd := func(n int64) order.Money { return order.Minor(n, order.USD) }
	bill := payment.Bill{Month: "2026-02", State: payment.BillDue, Charges: usd(100)}
	declined := bill
	declined.Declines = 1
	paid := declined
	paid.State = payment.BillPaid
	for _, x := range []struct {
		what  string
		r     ledger.Records
		state string
		day   int // of March 2026; 0: no time; -1: the first second of February
	}{
		{"an order", ledger.Records{Orders: []order.Order{{State: order.StatePaid, Placed: at(1), Changed: at(2)}}}, "paid", 2},
		{"a coupon", ledger.Records{Coupons: []coupon.Coupon{{State: coupon.StateHeld}}}, "held", 0},
		{"a payment", ledger.Records{Payments: []payment.Payment{{State: payment.PaymentReview, HeldAt: at(1), Changed: at(3)}}}, "review", 3},
		{"a refund", ledger.Records{Refunds: []payment.Refund{{State: payment.RefundReview, Made: at(1)}}}, "review", 1},
		{"an account at its limit", ledger.Records{Accounts: []payment.Account{{Fund: payment.FundCredit, Balance: usd(-100), Limit: usd(100)}}}, "", 0},
		{"an account beyond it", ledger.Records{Accounts: []payment.Account{{Fund: payment.FundCredit, Balance: usd(-101), Limit: usd(100)}}}, "overdrawn", 0},
		{"cash below zero", ledger.Records{Accounts: []payment.Account{{Fund: payment.FundCash, Balance: usd(-1)}}}, "overdrawn", 0},
		{"a bill that is due", ledger.Records{Bills: []payment.Bill{bill}}, "due", -1},
		{"a bill that was declined", ledger.Records{Bills: []payment.Bill{declined}}, "overdue", -1},
		{"a bill that was paid after that", ledger.Records{Bills: []payment.Bill{paid}}, "paid", -1},
		{"a resource", ledger.Records{Resources: []renewal.Resource{{Start: at(4), Expiry: at(5)}}}, "", 4},
		{"a resource that is gone", ledger.Records{Resources: []renewal.Resource{{Start: at(4), Expiry: at(5), Released: at(6)}}}, "released", 6},
		{"a tally", ledger.Records{Tallies: []coupon.Tally{{Name: "a"}}}, "", 0},
		{"a notice", ledger.Records{Notices: []ledger.Notice{{At: at(7)}}}, "", 7},
		{"a notice that could not be delivered", ledger.Records{Notices: []ledger.Notice{{At: at(7), State: ledger.NoticeUndeliverable}}}, "undeliverable", 7},
		{"an outbox", ledger.Records{Outboxes: []ledger.Outbox{{DueAt: at(8)}}}, "", 0},
		{"an entry", ledger.Records{Entries: []ledger.Entry{{At: at(9)}}}, "", 9},
		{"a code", ledger.Records{Codes: []ledger.PublicCode{{}}}, "", 0},
		{"a claim", ledger.Records{Claims: []ledger.Claim{{State: ledger.ClaimDue, At: at(10), DueAt: at(11)}}}, "due", 10},
	} {
		want := time.Date(2026, 3, x.day, 7, 0, 0, 0, time.UTC)
		switch x.day {
		case 0:
			want = time.Time{}
		case -1:
			want = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
		}
		if v := x.r.Views()[0]; v.State != x.state || v.At != want {
			t.Errorf("%s: %q at %s, want %q at %s", x.what, v.State, v.At, x.state, want)
		}
	}
}

// X4: a cursor is read back from its text, and no two places have the same.
func TestX4_Cursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[a-z/% é]{1,4}`)
		draw := func() ledger.Cursor {
			seconds := rapid.SampledFrom([]int64{-62135596800, 0, 1775000000}).Draw(t, "at")
			return ledger.Cursor{At: time.Unix(seconds, 0).UTC(), Customer: order.CustomerID("c" + id.Draw(t, "customer") + "c"), ID: id.Draw(t, "id")}
		}
		c, d := draw(), draw()
		text, err := json.Marshal(c)
		var back ledger.Cursor
		if err != nil || json.Unmarshal(text, &back) != nil || back != c {
			t.Fatalf("%+v is read back as %+v: %s, %v", c, back, text, err)
		}
		other, _ := json.Marshal(d)
		if (string(text) == string(other)) != (c == d) || (c.Compare(d) == 0) != (c == d) || c.Compare(d) != -d.Compare(c) {
			t.Fatalf("%+v and %+v: %s and %s, %d", c, d, text, other, c.Compare(d))
		}
	})
	for _, text := range []string{"x", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z/c", "2026-11-01T00:00:00Z//o", "2026-11-01T00:00:00+01:00/c/o", "2026-11-01T00:00:00Z/%zz/o", "2026-11-01T00:00:00Z/%63/o"} {
		var c ledger.Cursor
		var f *order.FieldError
		if err := c.UnmarshalText([]byte(text)); !errors.As(err, &f) || f.Field != "after" || !c.IsZero() {
			t.Errorf("%q is read as %+v, %v", text, c, err)
		}
	}
	var c ledger.Cursor
	if err := c.UnmarshalText(nil); err != nil || !c.IsZero() {
		t.Errorf("nothing is read as %+v, %v", c, err)
	}
	if err := json.Unmarshal([]byte("7"), &c); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("a number is read: %v", err)
	}
}
