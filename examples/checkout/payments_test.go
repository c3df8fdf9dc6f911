package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/duebook/duebook/payment"
)

// TestSampleQuotes: the published numbers, in the table.
func TestSampleQuotes(t *testing.T) {
	_, table, _ := checkout(t, "")
	for _, row := range []struct {
		rule, key string
		says      []string
	}{
		{"C8 C comes first", "chosen", []string{"C-1    4.00  0.00     4.00  4.00  0.00", "A, B, D, E, NINETY, EVEN, GIFT, CARD: finds nothing left to pay", "settled at once"}},
		{"C9 in proportion", "in-proportion", []string{"C-2    100.00  0.00   100.00   30.00   70.00", "C-3    200.00  0.00   200.00   60.00  140.00", "210.00 USD, online through cards"}},
		{"C9 evenly", "evenly", []string{"23.11   76.89", "23.10  176.90", "23.10   61.90"}},
		{"P15 in order", "three-kinds", []string{"GIFT  NINETY   CARD    cash", "145.00 USD, balance, 100.00 cash, 45.00 credit"}},
		{"P3 one is too late", "three-kinds", []string{"not paid  order C-5: past deadline: its deadline was 2017-02-28 10:00:00 +08:00"}},
		{"C6 exceeded", "too-small", []string{"refused   coupon not usable: coupon LARGE needs more", "300.00 USD"}},
		{"P11 nothing remains", "too-late", []string{"refused   past deadline: order C-5"}},
	} {
		t.Run(row.rule, func(t *testing.T) {
			found := regexp.MustCompile(`(?ms)^  payment ` + row.key + ` at .*?(\n\n|\z)`).FindString(table)
			for _, s := range row.says {
				if !strings.Contains(found, s) {
					t.Errorf("does not say %q:\n%s", s, found)
				}
			}
		})
	}
}

// TestQuotesForPrograms: -quotes prints what adds up.
func TestQuotesForPrograms(t *testing.T) {
	_, text, _ := checkout(t, "", "-quotes")
	var all []quoted
	if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) != 6 {
		t.Fatalf("%d quotes, %v", len(all), err)
	}
	for _, q := range all {
		if (q.Quote == nil) == (q.Refusal == nil) {
			t.Errorf("%s: quoted and refused, or neither", q.Key)
		}
		if q.Quote == nil {
			continue
		}
		cash := int64(0)
		for _, it := range q.Quote.Items {
			rest := it.List.Minor() - it.Discount.Minor() - it.Cash.Minor()
			for _, p := range it.Parts {
				rest -= p.Amount.Minor()
			}
			if rest != 0 {
				t.Errorf("%s: %d of order %s are nowhere", q.Key, rest, it.Order)
			}
			cash += it.Cash.Minor()
		}
		if cash != q.Quote.Sum.Cash.Minor() || q.Quote.Payment != (payment.Request{Customer: "coral", Key: q.Key}).Payment() {
			t.Errorf("%s: %+v", q.Key, q.Quote.Sum)
		}
	}
	if status, _, _ := checkout(t, "", "-quotes", "-pay"); status != 2 {
		t.Errorf("two forms at once: status %d", status)
	}
}

// TestReceipts: -pay pays what was quoted, to the cent.
func TestReceipts(t *testing.T) {
	_, text, _ := checkout(t, "", "-quotes")
	var all []quoted
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	status, text, stderr := checkout(t, "", "-pay")
	var paid []paid
	if err := json.Unmarshal([]byte(text), &paid); err != nil || status != 0 || len(paid) != len(all) {
		t.Fatalf("status %d, %d receipts of %d quotes, %v: %s", status, len(paid), len(all), err, stderr)
	}
	for i, p := range paid {
		q := all[i]
		if (q.Quote == nil) != (p.Refusal != nil) || (p.Receipt == nil) != (p.Refusal != nil) {
			t.Errorf("%s: quoted %v, and paid %+v", q.Key, q.Quote != nil, p)
			continue
		}
		if p.Receipt == nil {
			if p.Refusal.Reason != q.Refusal.Reason {
				t.Errorf("%s: refused for %s, and then for %s", q.Key, q.Refusal.Reason, p.Refusal.Reason)
			}
			continue
		}
		if p.Receipt.Sum != q.Quote.Sum || p.Receipt.Payment != q.Quote.Payment || len(p.Receipt.Items) != len(q.Quote.Items) || p.Receipt.Takes != q.Quote.Takes {
			t.Errorf("%s: quoted %+v, and paid %+v", q.Key, q.Quote.Sum, p.Receipt.Sum)
		}
	}
}

// payable is a book with a coupon, an account and a payment.
const payable = `{
  "customers": [{"id": "c-1", "name": "One", "gateway": "cards"}, {"id": "c-2", "name": "Two"}],
  "orders": [{"id": "A-1", "customer": "c-1", "type": "purchase", "placed": "2026-03-02T09:00:00Z",
    "lines": [{"product": "server", "count": 1, "charge": "subscription", "amount": {"amount": "10.00", "currency": "USD"}}]}],
  "coupons": [{"id": "K-1", "customer": "c-1", "kind": "cash coupon", "state": "available", "face": {"amount": "4.00", "currency": "USD"}, "balance": {"amount": "4.00", "currency": "USD"}}],
  "accounts": [{"customer": "c-1", "fund": "cash", "balance": {"amount": "6.00", "currency": "USD"}}],
  "payments": [{"key": "k-1", "customer": "c-1", "by": "ann", "at": "2026-03-02T10:00:00Z", "orders": ["A-1"], "coupons": ["K-1"], "method": "balance"}]
}
`

func TestBadPayments(t *testing.T) {
	if status, table, stderr := checkout(t, payable); status != 0 || !strings.Contains(table, "6.00 USD, balance, 6.00 cash") {
		t.Fatalf("status %d: %s%s", status, table, stderr)
	}
	for _, row := range []struct {
		breaks, old, new string
		line             int
		field            string
	}{
		{"nobody's coupon", `"K-1", "customer": "c-1"`, `"K-1", "customer": "c-9"`, 5, "coupons[0].customer"},
		{"a coupon of no kind", `"cash coupon"`, `"cash"`, 5, "coupons[0].kind"},
		{"a coupon that holds more than it had", `"balance": {"amount": "4.00"`, `"balance": {"amount": "4.01"`, 5, "coupons[0].balance"},
		{"nobody's account", `{"customer": "c-1", "fund"`, `{"customer": "c-9", "fund"`, 6, "accounts[0].customer"},
		{"an account below zero", `"6.00"`, `"-6.00"`, 6, "accounts[0].balance"},
		{"an account of no fund", `"fund": "cash"`, `"fund": "gold"`, 6, "accounts[0].fund"},
		{"nobody's payment", `"k-1", "customer": "c-1"`, `"k-1", "customer": "c-9"`, 7, "payments[0].customer"},
		{"a payment of no order", `"orders": ["A-1"]`, `"orders": []`, 7, "payments[0].orders"},
		{"a payment of an unknown order", `["A-1"]`, `["A-9"]`, 7, "payments[0].orders[0]"},
		{"a payment with an unknown coupon", `["K-1"]`, `["K-9"]`, 7, "payments[0].coupons[0]"},
		{"a payment without a method", `, "method": "balance"`, ``, 7, "payments[0].method"},
		{"a payment by an unknown method", `"method": "balance"`, `"method": "shells"`, 7, "payments[0].method"},
		{"a payment at no time", `, "at": "2026-03-02T10:00:00Z"`, ``, 7, "payments[0].at"},
		{"a fact that is none", `"method": "balance"`, `"method": "balance", "verified": true`, 7, "payments[0].verified"},
		{"an unknown association", `"gateway": "cards"`, `"association": "friend"`, 2, "customers[0].association"},
		{"a gateway without a name", `"gateway": "cards"`, `"gateway": "` + strings.Repeat("x", 65) + `"`, 2, "customers[0].gateway"},
	} {
		bad := strings.Replace(payable, row.old, row.new, 1)
		status, stdout, stderr := checkout(t, bad)
		if bad == payable || status != 1 || stdout != "" || !strings.HasPrefix(stderr, fmt.Sprintf("checkout: stdin:%d:", row.line)) || !strings.Contains(stderr, " "+row.field) {
			t.Errorf("%s: status %d, %q, want line %d, %s", row.breaks, status, stderr, row.line, row.field)
		}
	}
	// What the rules refuse is told, and is no mistake.
	for _, row := range []struct{ old, new, says string }{
		{`"6.00"`, `"5.99"`, "refused   balance too low"},
		{`"orders": ["A-1"]`, `"orders": ["A-1"], "account": "budget"`, "refused   account type does not fit"},
	} {
		status, table, _ := checkout(t, strings.Replace(payable, row.old, row.new, 1))
		if status != 0 || !strings.Contains(table, row.says) {
			t.Errorf("%s: status %d, %s", row.new, status, table)
		}
	}
}
