package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
	"github.com/google/go-cmp/cmp"
)

// index is one of a list: the first that there is stands for all.
var index = regexp.MustCompile(`\[\d+\]`)

// leaf is a place in a body: keys and indexes.
type leaf []any

func (l leaf) String() string {
	var b strings.Builder
	for _, key := range l {
		switch key := key.(type) {
		case string:
			b.WriteString("." + key)
		case int:
			b.WriteString("[" + strconv.Itoa(key) + "]")
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}

// leaves are the places of a body that hold no others.
func leaves(v any, at leaf) (all []leaf) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			all = append(all, leaves(v[k], append(slices.Clip(at), k))...)
		}
	case []any:
		for i := range v {
			all = append(all, leaves(v[i], append(slices.Clip(at), i))...)
		}
	default:
		all = append(all, at)
	}
	return all
}

func sortedKeys(m map[string]any) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// with returns the body with another value at a place; a nil value removes the place.
func (l leaf) with(body json.RawMessage, value any) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var root any
	if err := d.Decode(&root); err != nil {
		panic(err)
	}
	at := root
	for i, key := range l {
		last := i == len(l)-1
		switch key := key.(type) {
		case string:
			m := at.(map[string]any)
			switch {
			case last && value == nil:
				delete(m, key)
			case last:
				m[key] = value
			}
			at = m[key]
		case int:
			s := at.([]any)
			if last {
				s[key] = value
			}
			at = s[key]
		}
	}
	out, err := json.Marshal(root)
	if err != nil {
		panic(err)
	}
	return out
}

// check is Check of the one record of r; a tally has none.
func check(r *ledger.Records) error {
	switch {
	case len(r.Orders) > 0:
		return r.Orders[0].Check()
	case len(r.Coupons) > 0:
		return r.Coupons[0].Check()
	case len(r.Payments) > 0:
		return r.Payments[0].Check()
	case len(r.Refunds) > 0:
		return r.Refunds[0].Check()
	case len(r.Accounts) > 0:
		return r.Accounts[0].Check()
	case len(r.Bills) > 0:
		return r.Bills[0].Check()
	case len(r.Credits) > 0:
		return r.Credits[0].Check()
	case len(r.Resources) > 0:
		return r.Resources[0].Check(renewal.Policy{})
	case len(r.Notices) > 0:
		return r.Notices[0].Check()
	case len(r.Outboxes) > 0:
		return r.Outboxes[0].Check()
	case len(r.Entries) > 0:
		return r.Entries[0].Check()
	case len(r.Codes) > 0:
		return r.Codes[0].Check()
	case len(r.Claims) > 0:
		return r.Claims[0].Check()
	}
	return nil
}

// P11: whatever field of a record a store returns broken, reading it or its Check says which,
// and what is wrong. testdata/broken.golden.txt has every field with every value tried; a
// line that ends in "sound" is a value that the field may have.
func TestP11_BrokenRecords(t *testing.T) {
	const path = "testdata/broken.golden.txt"
	var out strings.Builder
	seen := make(map[string]bool)
	for _, v := range kept(t) {
		var root any
		d := json.NewDecoder(bytes.NewReader(v.Body))
		d.UseNumber()
		if err := d.Decode(&root); err != nil {
			t.Fatal(err)
		}
		for _, l := range leaves(root, nil) {
			name := index.ReplaceAllString(fmt.Sprintf("%s %s", v.Kind, l), "[]")
			if seen[name] || v.Kind == ledger.KindTally || l.String() == "schema" {
				continue
			}
			seen[name] = true
			for _, value := range wrong(root, l) {
				x := v
				x.Body = l.with(v.Body, value)
				var r ledger.Records
				err := r.Decode(x)
				if err == nil {
					err = check(&r)
				}
				said := "sound"
				if err != nil {
					said = err.Error()
				}
				text, _ := json.Marshal(value)
				if value == nil {
					text = []byte("is not there")
				}
				fmt.Fprintf(&out, "%s %.40s: %s\n", name, text, said)
			}
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")); d != "" {
		t.Errorf("not what %s says (-want +got); -update writes it anew:\n%s", path, d)
	}
}

// A payment that was not read from JSON is checked all the same (P11).
func TestP11_BrokenPayments(t *testing.T) {
	records, _ := audited(t)
	for name, x := range map[string]struct {
		of    payment.Key
		field string
		do    func(p *payment.Payment)
	}{
		"a month that is none":           {"online", "month", func(p *payment.Payment) { p.Bill = "2024-13" }},
		"a bill beside orders":           {"online", "bill", func(p *payment.Payment) { p.Bill = "2024-03" }},
		"a charge of nothing":            {"whole", "amount", func(p *payment.Payment) { p.Amount, p.Key, p.Gateway = cents(0), "key", "g" }},
		"a surplus of nothing":           {"online", "surplus", func(p *payment.Payment) { p.Surplus = payment.SurplusBalance }},
		"captured as asked for":          {"online", "captured", func(p *payment.Payment) { p.Captured, p.Surplus = p.Amount, payment.SurplusBalance }},
		"captured less than nothing":     {"online", "captured", func(p *payment.Payment) { p.Captured, p.Surplus = cents(-1), payment.SurplusBalance }},
		"captured in another currency":   {"online", "captured", func(p *payment.Payment) { p.Captured, p.Surplus = order.Minor(1e6, order.EUR), payment.SurplusBalance }},
		"captured over, kept in silence": {"online", "surplus", func(p *payment.Payment) { p.Captured = cents(1e6) }},
		"captured over, of none":         {"online", "surplus", func(p *payment.Payment) { p.Captured, p.Surplus = cents(1e6), "kept" }},
		"captured of a payment still open": {"online", "captured", func(p *payment.Payment) {
			p.State, p.Paid, p.DueAt, p.Returns, p.Captured = payment.PaymentPending, time.Time{}, start, nil, p.Amount
		}},
		"a surplus still in review": {"online", "surplus", func(p *payment.Payment) {
			p.State, p.Paid, p.Returns, p.Captured, p.Surplus = payment.PaymentReview, time.Time{}, nil, p.Amount, payment.SurplusRefund
		}},
		"a charge that is not needed": {"whole", "amount", func(p *payment.Payment) { p.Amount, p.Key, p.Gateway = cents(1), "key", "g" }},
	} {
		i := slices.IndexFunc(records.Payments, func(p payment.Payment) bool { return p.Request.Key == x.of })
		p := records.Payments[i]
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		x.do(&p)
		var f *order.FieldError
		if err := p.Check(); !errors.As(err, &f) || f.Field != x.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A tally that a store returns broken stops what counts on it (P11).
func TestP11_BrokenTally(t *testing.T) {
	for name, broken := range map[string]coupon.Tally{
		"below zero":     {Customer: "c1", Name: coupon.FirstOrderTally("ecs"), N: -1, Version: 1},
		"of no customer": {Name: coupon.FirstOrderTally("ecs"), N: 1, Version: 1},
		"never written":  {Customer: "c1", Name: coupon.FirstOrderTally("ecs"), N: 1},
	} {
		r := newHost(t)
		r.deposit("d", payment.FundCash, 1000)
		r.place("", draftFor("a", 1000))
		r.d.Store = tallyStore{r.s, broken}
		_, err := r.d.Pay(ctx, payment.Request{Key: "k", Customer: "c1", By: "u", Orders: []order.ID{"a"}, Method: payment.MethodBalance})
		if err == nil || r.order("a").State != order.StateUnpaid {
			t.Errorf("%s: %v, order %s", name, err, r.order("a").State)
		}
	}
}

// tallyStore returns a tally that it was never given.
type tallyStore struct {
	*inmem.Store
	tally coupon.Tally
}

func (s tallyStore) Load(ctx context.Context, ask ledger.Ask) (ledger.Records, error) {
	r, err := s.Store.Load(ctx, ask)
	for _, ref := range ask.Refs {
		if ref.Kind == ledger.KindTally && ref.ID == s.tally.Name {
			r.Tallies = []coupon.Tally{s.tally}
		}
	}
	return r, err
}

// wrong are values that most fields cannot have: none, of a control character, of 65
// letters, below zero, an instant out of range, another currency.
func wrong(root any, l leaf) []any {
	at := root
	for _, key := range l {
		switch key := key.(type) {
		case string:
			at = at.(map[string]any)[key]
		case int:
			at = at.([]any)[key]
		}
	}
	values := []any{nil}
	switch v := at.(type) {
	case json.Number:
		values = append(values, json.Number("-1"), json.Number("0"), json.Number("1000000000"))
	case bool:
		values = append(values, !v)
	case string:
		switch {
		case len(v) > 10 && v[4] == '-' && v[10] == 'T':
			values = append(values, "9999-06-01T00:00:00Z", "0000-06-01T00:00:00Z", v[:len(v)-1]+".5Z")
		case l[len(l)-1] == "amount":
			values = append(values, "-0.01", "0.00", "9999999999999999.99", "0.001")
		case l[len(l)-1] == "currency":
			values = append(values, "EUR")
		default:
			values = append(values, "", "a\n", strings.Repeat("x", 65))
		}
	}
	return values
}

// kept are the records of a day of a host, and of a claimed code, as stores keep them.
func kept(t *testing.T) (all []ledger.Record) {
	records, _ := audited(t)
	shop, claimed := claimedCodes(t)
	records.Codes, records.Claims = shop.Codes, shop.Claims
	records.Coupons = append(records.Coupons, claimed.Coupons...)
	billed := newHost(t)
	billed.d.Customers = customersWith{billed, func(c *payment.Customer) { c.Monthly = true }}
	billed.place("", draftFor("m", 700))
	billed.pay("monthly", payment.MethodMonthly, nil, "m")
	billed.clock.Move(31 * day)
	billed.sweep() // and its bill is charged
	records.Payments = append(records.Payments, billed.s.All("c1").Payments...)
	over, x := reviewed(t, cents(1500))
	x.Surplus = payment.SurplusRefund
	over.must(over.d.Resolve(ctx, x))
	records.Payments = append(records.Payments, over.s.All("c1").Payments...)
	all, err := records.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// claimedCodes are the records of an issuer and of a customer who has claimed a coupon.
func claimedCodes(t *testing.T) (shop, customer ledger.Records) {
	r := newHost(t)
	_, err := r.d.IssueCode(ctx, desk.IssueCodeRequest{By: "u", Code: ledger.PublicCode{Issuer: "shop", Code: coupon.Code{Code: "WELCOME", Left: 2,
		Coupon: coupon.Template{Kind: coupon.KindCash, Face: cents(500)}}}})
	r.must(err)
	_, err = r.d.Claim(ctx, desk.ClaimRequest{Issuer: "shop", Code: "WELCOME", Customer: "c1", By: "c1"})
	r.must(err)
	return r.s.All("shop"), r.s.All("c1")
}
