package payment_test

import (
	"errors"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/paymenttest"
	"pgregory.net/rapid"
)

// open is the customer's bill of the month of a time.
func open(t testing.TB, at time.Time, p payment.Policy) payment.Bill {
	t.Helper()
	b, err := p.OpenBill("c-7", order.USD, at)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestP6_Month(t *testing.T) {
	for _, row := range []struct {
		at   time.Time
		p    payment.Policy
		want payment.Month
	}{
		{clock("2026-11-30 23:59:59"), payment.Huawei(), "2026-11"},
		{clock("2026-12-01 00:00:00"), payment.Huawei(), "2026-12"},
		{clock("2026-12-01 00:00:00"), payment.Policy{}, "2026-11"}, // 16:00 in UTC
		{time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC), payment.Policy{}, "2026-11"},
		{time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), payment.Policy{}, "2026-12"},
	} {
		if b := open(t, row.at, row.p); b.Month != row.want || b.State != payment.BillOpen || b.Amount() != usd(0) {
			t.Errorf("%s: %+v, want %s", row.at, b, row.want)
		}
	}
	// It takes what falls in its month, to the second.
	p := payment.Huawei()
	b := open(t, clock("2026-11-01 00:00:00"), p)
	if b, err := b.Charge(usd(100), clock("2026-11-30 23:59:59"), p); err != nil || b.Amount() != usd(100) {
		t.Errorf("%+v, %v", b, err)
	}
	for _, at := range []string{"2026-12-01 00:00:00", "2026-10-31 23:59:59"} {
		if after, err := b.Charge(usd(100), clock(at), p); !errors.Is(err, order.ErrInvalid) || after != b {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func TestP6_MadeOnTheBillDay(t *testing.T) {
	p := payment.Huawei() // the 3rd of the next month
	b, err := open(t, clock("2026-12-15 10:00:00"), p).Charge(usd(4200), clock("2026-12-15 10:00:00"), p)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := p.MadeAt(b.Month); err != nil || !at.Equal(clock("2027-01-03 00:00:00")) {
		t.Errorf("made %s, %v", at, err)
	}
	if _, _, err := b.Make(usd(0), clock("2027-01-02 23:59:59"), p); !errors.Is(err, payment.ReasonState) {
		t.Errorf("a second early: %v", err)
	}
	made, left, err := b.Make(usd(0), clock("2027-01-03 00:00:00"), p)
	if err != nil || made.State != payment.BillDue || made.Amount() != usd(4200) || !made.Try.Equal(clock("2027-01-03 00:00:00")) || left != usd(0) {
		t.Errorf("%+v, %s, %v", made, left, err)
	}
	if at, err := (payment.Policy{}).MadeAt("2026-11"); err != nil || !at.Equal(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("neutral: %s, %v", at, err)
	}
}

// A bill that is declined stays due, is tried again by the schedule with another key, and
// stops monthly settlement until it is charged.
func TestP6_Overdue(t *testing.T) {
	p := payment.Huawei()
	p.BillTries = []time.Duration{24 * time.Hour, 72 * time.Hour}
	at := clock("2026-12-03 00:00:00")
	b, _ := open(t, clock("2026-11-15 00:00:00"), p).Charge(usd(100), clock("2026-11-15 00:00:00"), p)
	b, _, err := b.Make(usd(0), at, p)
	if err != nil {
		t.Fatal(err)
	}
	monthly := payment.Account{Customer: "c-7", Fund: payment.FundMonthly}
	s := asking(dues(t, 500)...)
	s.Method, s.facts.Customer.Monthly = payment.MethodMonthly, true
	keys := map[payment.Key]bool{b.Key(): true}
	s.facts.Accounts = []payment.Account{monthly}
	s.quote(t) // due, and not declined
	for i, wait := range []time.Duration{24 * time.Hour, 72 * time.Hour, 72 * time.Hour} {
		if b, monthly, err = b.Decline(monthly, at, p); err != nil || !b.Overdue() || monthly.Overdue != 1 || !b.Try.Equal(at.Add(wait)) {
			t.Fatalf("decline %d: %+v, %+v, %v", i+1, b, monthly, err)
		}
		if keys[b.Key()] || len(b.Key()) != 32 {
			t.Errorf("try %d has the key %s again", i+2, b.Key())
		}
		keys[b.Key()] = true
		s.facts.Accounts = []payment.Account{monthly}
		s.refused(t, payment.ReasonMethod)
		at = b.Try
	}
	if b, monthly, err = b.Pay(monthly, at, p); err != nil || b.State != payment.BillPaid || b.Overdue() || monthly.Overdue != 0 {
		t.Fatalf("%+v, %+v, %v", b, monthly, err)
	}
	s.facts.Accounts = []payment.Account{monthly}
	s.quote(t)
	if _, _, err := b.Pay(monthly, at, p); !errors.Is(err, payment.ReasonState) {
		t.Errorf("charged twice: %v", err)
	}
	neutral, _, err := func() (payment.Bill, payment.Account, error) {
		b, _ := open(t, placedAt, payment.Policy{}).Charge(usd(1), placedAt, payment.Policy{})
		later := placedAt.AddDate(0, 1, 0)
		b, _, _ = b.Make(usd(0), later, payment.Policy{})
		return b.Decline(monthly, later, payment.Policy{})
	}()
	if err != nil || !neutral.Try.Equal(placedAt.AddDate(0, 1, 1)) {
		t.Errorf("neutral: tried again %s, %v", neutral.Try, err)
	}
}

// A bill that is made takes from the credit of its currency, at most what it charges.
func TestP21_BillTakesFromTheCredit(t *testing.T) {
	p := payment.Huawei()
	at, later := clock("2026-11-15 00:00:00"), clock("2026-12-03 00:00:00")
	b, err := open(t, at, p).Charge(usd(1000), at, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		credit, takes, left int64
		state               payment.BillState
	}{
		{0, 0, 0, payment.BillDue},
		{1, 1, 0, payment.BillDue},
		{999, 999, 0, payment.BillDue},
		{1000, 1000, 0, payment.BillPaid},
		{16135, 1000, 15135, payment.BillPaid},
	} {
		made, left, err := b.Make(usd(row.credit), later, p)
		if err != nil || made.State != row.state || made.Credits != usd(row.takes) || left != usd(row.left) || made.Amount() != usd(1000-row.takes) {
			t.Errorf("credit %d: %+v, %s is left, %v", row.credit, made, left, err)
		}
		if err := made.Check(); err != nil {
			t.Errorf("credit %d: %v", row.credit, err)
		}
	}
	// A bill that was kept in an earlier schema had credits of its own, more than it charged too.
	b.Credits = usd(1500)
	if made, left, err := b.Make(usd(200), later, p); err != nil || made.State != payment.BillPaid || made.Credits != usd(1000) || left != usd(700) {
		t.Errorf("%+v, %s is left, %v", made, left, err)
	}
}

// TestP6_NothingIsLost: over any months, what is charged and what is still owed is charges less
// what was given back, and the account counts the bills that are overdue.
func TestP6_NothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := paymenttest.Policy().Draw(t, "policy")
		cur := ordertest.Currency().Draw(t, "currency")
		at := ordertest.Instant().Draw(t, "at").Truncate(time.Second)
		first, err := p.OpenBill("c-7", cur, at)
		if err != nil {
			t.Fatal(err)
		}
		bills := []payment.Bill{first}
		monthly := payment.Account{Customer: "c-7", Fund: payment.FundMonthly}
		entered, charged, credit := int64(0), int64(0), order.Minor(0, cur)
		t.Repeat(map[string]func(*rapid.T){
			"charge": func(t *rapid.T) {
				n := rapid.Int64Range(0, 1e6).Draw(t, "n")
				last := &bills[len(bills)-1]
				if *last, err = last.Charge(order.Minor(n, cur), at, p); err != nil {
					t.Fatal(err)
				}
				entered += n
			},
			"credit": func(t *rapid.T) {
				n := rapid.Int64Range(0, 1e6).Draw(t, "n")
				credit = order.Minor(credit.Minor()+n, cur)
				entered -= n
			},
			"next month": func(t *rapid.T) {
				i := len(bills) - 1
				from, err := p.MadeAt(bills[i].Month)
				if err != nil {
					t.Skip()
				}
				at = from.Add(time.Duration(rapid.IntRange(0, 20*24*60*60).Draw(t, "late")) * time.Second)
				next, err := p.OpenBill("c-7", cur, at)
				if err != nil {
					t.Fatal(err)
				}
				if bills[i], credit, err = bills[i].Make(credit, at, p); err != nil {
					t.Fatal(err)
				}
				bills = append(bills, next)
			},
			"try": func(t *rapid.T) {
				for i := range bills {
					if bills[i].State != payment.BillDue {
						continue
					}
					if rapid.Bool().Draw(t, "declined") {
						bills[i], monthly, err = bills[i].Decline(monthly, at, p)
					} else {
						charged += bills[i].Amount().Minor()
						bills[i], monthly, err = bills[i].Pay(monthly, at, p)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			},
			"": func(t *rapid.T) {
				owed, overdue := -credit.Minor(), 0
				if owed > 0 {
					t.Fatalf("the credit is %s", credit)
				}
				for _, b := range bills {
					if err := b.Check(); err != nil {
						t.Fatal(err)
					}
					if b.State != payment.BillOpen && (b.Amount().Sign() < 0 || b.Credits.Minor() > b.Charges.Minor()) {
						t.Fatalf("%+v takes more than it charges", b)
					}
					if b.State != payment.BillPaid {
						owed += b.Amount().Minor()
					}
					if b.Overdue() {
						overdue++
					}
				}
				if charged+owed != entered || overdue != monthly.Overdue {
					t.Fatalf("%d charged and %d owed of %d; %d overdue, the account says %d", charged, owed, entered, overdue, monthly.Overdue)
				}
			},
		})
	})
}
