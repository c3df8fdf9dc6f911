package renewal_test

import (
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/duebook/duebook/renewal"
)

// The table of the package comment says what every preset counts of the same month, and what
// left and used come to together (Q1, Q3).
func TestQ1_CountsOfThePresets(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	start, at := clock("2023-04-08 00:00:00"), clock("2023-04-18 10:00:00")
	neutral := renewal.Policy{Zone: gmt8}
	stripe := renewal.Stripe()
	stripe.Zone = gmt8
	saas := renewal.SaaS()
	saas.Zone = gmt8
	for _, row := range []struct {
		name, left, used string
		p                renewal.Policy
	}{
		{"the zero Policy", "civil days", "civil days", neutral},
		{"Huawei", "days of calendar months", "hours by clock", renewal.Huawei()},
		{"Huawei2025", "hours of calendar months", "hours by clock", renewal.Huawei2025()},
		{"HuaweiChina", "days of calendar months", "hours by clock", renewal.HuaweiChina()},
		{"Alibaba", "civil days", "civil days", renewal.Alibaba()},
		{"AlibabaChina", "civil days", "civil days", renewal.AlibabaChina()},
		{"Tencent", "days from clock to clock", "the same", renewal.Tencent()},
		{"Baidu", "days from clock to clock", "the same", renewal.Baidu()},
		{"Stripe", "seconds", "seconds", stripe},
		{"SaaS", "seconds", "seconds", saas},
	} {
		expiry, err := renewal.First(start, months(1), row.p)
		if err != nil {
			t.Fatal(err)
		}
		row.p.Leaving.Window, row.p.Leaving.Times = 0, 0
		b := bought(renewal.Period{Start: start, Expiry: expiry, Term: months(1)}, 100)
		left, err1 := b.Remaining(at, row.p)
		r, err2 := b.Leave(at, 0, row.p)
		if err1 != nil || err2 != nil {
			t.Fatalf("%s: %v, %v", row.name, err1, err2)
		}
		l, u := big.NewRat(left.Num, left.Den), big.NewRat(r.Used.Num, r.Used.Den)
		line := fmt.Sprintf("//	%-16s %-10s %-26s %-8s %-17s %s\n", row.name, l, row.left, u, row.used, new(big.Rat).Add(l, u))
		if !strings.Contains(string(text), line) {
			t.Errorf("the package comment does not say\n%s", line)
		}
	}
}
