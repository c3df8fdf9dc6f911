package payment_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/duebook/duebook/payment"
)

// P6, T2: a bill is made in the first second of its day that the zone has: where midnight is
// skipped it was made at 23:00 of the day before, in the very month that it bills.
func TestP6_MadeWhereMidnightIsSkipped(t *testing.T) {
	for _, row := range []struct {
		zone, month, want string
		day               int
	}{
		{"America/Asuncion", "2023-09", "2023-10-01 01:00:00 -0300", 0},
		{"Africa/Cairo", "2023-03", "2023-04-28 01:00:00 +0300", 28},
		{"America/Sao_Paulo", "2018-10", "2018-11-04 01:00:00 -0200", 4},
		{"America/Asuncion", "2024-02", "2024-03-24 00:00:00 -0400", 24},
		{"Asia/Shanghai", "2026-12", "2027-01-03 00:00:00 +0800", 3},
	} {
		z, err := time.LoadLocation(row.zone)
		if err != nil {
			t.Fatal(err)
		}
		p := payment.Policy{Zone: z, BillDay: row.day}
		at, err := p.MadeAt(payment.Month(row.month))
		if err != nil || at.Format("2006-01-02 15:04:05 -0700") != row.want {
			t.Errorf("%s, bill of %s: %s, %v, want %s", row.zone, row.month, at, err, row.want)
		}
		if payment.Month(at.Add(-time.Second).In(z).Format("2006-01")) != payment.Month(row.month) && row.day < 2 {
			t.Errorf("%s: the second before it is not of %s", row.zone, row.month)
		}
	}
}
