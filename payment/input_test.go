package payment_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/paymenttest"
)

const long = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" // 65

// full is a scene with everything in it.
func full(t testing.TB) *scene {
	s := asking(dues(t, 10000, 20000)...).with(pays("K1", coupon.KindCash, 9000))
	s.Method = payment.MethodBalance
	s.facts.Accounts = []payment.Account{account(payment.FundCash, 50000), account(payment.FundCredit, 50000), {Customer: "c-7", Fund: payment.FundMonthly}}
	s.facts.Discounts = []discount.Discount{{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(90)}}
	s.Discounts = []payment.Pick{{Order: "CS1", Discount: "deal"}}
	s.Agreed = s.quote(t).Agreed()
	return s
}

// TestP11_BadInput breaks one rule a row. What the customer gave is a refusal, what the
// host found is not; both name the field.
func TestP11_BadInput(t *testing.T) {
	for _, row := range []struct {
		what    string
		do      func(s *scene)
		field   string
		refused bool
		is      error // besides order.ErrInvalid
	}{
		{"no time", func(s *scene) { s.at = time.Time{} }, "at", false, nil},
		{"the year 0", func(s *scene) { s.at = time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC) }, "at", false, nil},
		{"the year 9999", func(s *scene) { s.at = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, "at", false, nil},

		{"a long key", func(s *scene) { s.Key = long }, "key", true, nil},
		{"a key that does not print", func(s *scene) { s.Key = "a\x00" }, "key", true, nil},
		{"no customer", func(s *scene) { s.Customer = "" }, "customer", true, nil},
		{"a long customer", func(s *scene) { s.Customer = long }, "customer", true, nil},
		{"who acts does not print", func(s *scene) { s.By = "a\nb" }, "by", true, nil},
		{"no orders", func(s *scene) { s.Orders = nil }, "orders", true, nil},
		{"31 orders", func(s *scene) {
			for len(s.Orders) < 31 {
				s.Orders = append(s.Orders, order.ID(strings.Repeat("x", len(s.Orders))))
			}
		}, "orders", true, order.ErrTooMany},
		{"an order without ID", func(s *scene) { s.Orders[1] = "" }, "orders[1]", true, nil},
		{"an order with a long ID", func(s *scene) { s.Orders[1] = long }, "orders[1]", true, nil},
		{"an order twice", func(s *scene) { s.Orders[1] = "CS1" }, "orders[1]", true, nil},
		{"a discount for another order", func(s *scene) { s.Discounts[0].Order = "CS9" }, "discounts[0].order", true, nil},
		{"two discounts for one order", func(s *scene) { s.Discounts = append(s.Discounts, payment.Pick{Order: "CS1", Best: true}) }, "discounts[1].order", true, nil},
		{"the best and one named", func(s *scene) { s.Discounts[0].Best = true }, "discounts[0].best", true, nil},
		{"a discount with a long ID", func(s *scene) { s.Discounts[0].Discount = long }, "discounts[0].discount", true, nil},
		{"a coupon without ID", func(s *scene) { s.Coupons[0] = "" }, "coupons[0]", true, nil},
		{"a coupon with a long ID", func(s *scene) { s.Coupons[0] = long }, "coupons[0]", true, nil},
		{"coupons named and chosen", func(s *scene) { s.Choose = true }, "choose", true, nil},
		{"a method in capitals", func(s *scene) { s.Method = "Balance" }, "method", true, nil},
		{"an unknown account", func(s *scene) { s.Account = "cash" }, "account", true, nil},
		{"an account, and online", func(s *scene) { s.Method, s.Account = payment.MethodOnline, payment.AccountOwn }, "account", true, nil},
		{"a gateway, and no method online", func(s *scene) { s.Gateway = "cards" }, "gateway", true, nil},
		{"a gateway with a long name", func(s *scene) { s.Method, s.Gateway = payment.MethodOnline, long }, "gateway", true, nil},
		{"no gateway anywhere", func(s *scene) { s.Method, s.facts.Customer.Gateway = payment.MethodOnline, "" }, "gateway", true, nil},
		{"agreed to no order", func(s *scene) { s.Agreed[0].Order = "" }, "agreed[0].order", true, nil},
		{"agreed to one twice", func(s *scene) { s.Agreed[1].Order = "CS1" }, "agreed[1].order", true, nil},
		{"agreed to no state", func(s *scene) { s.Agreed[0].State = "" }, "agreed[0].state", true, nil},
		{"agreed to no amount", func(s *scene) { s.Agreed[0].Payable = order.Money{} }, "agreed[0].payable", true, nil},
		{"agreed to less than nothing", func(s *scene) { s.Agreed[0].Cash = usd(-1) }, "agreed[0].cash", true, nil},
		{"agreed to two currencies", func(s *scene) { s.Agreed[0].Cash = order.Minor(1, order.EUR) }, "agreed[0].cash", true, nil},
		{"agreed to 19 digits", func(s *scene) { s.Agreed[0].Cash = usd(1e18) }, "agreed[0].cash", true, nil},
		{"agreed to no deadline", func(s *scene) { s.Agreed[0].Deadline = time.Time{} }, "agreed[0].deadline", true, nil},
		{"agreed to no lines", func(s *scene) { s.Agreed[0].Lines = "" }, "agreed[0].lines", true, nil},
		{"agreed to a long reduction", func(s *scene) { s.Agreed[0].Reduction = long }, "agreed[0].reduction", true, nil},

		{"an unknown association", func(s *scene) { s.facts.Customer.Association = "friend" }, "facts.customer.association", false, nil},
		{"a customer's long gateway", func(s *scene) { s.facts.Customer.Gateway = long }, "facts.customer.gateway", false, nil},
		{"a policy of more orders than 30", func(s *scene) { s.facts.Policy.MaxOrders = 31 }, "facts.policy.maxOrders", false, nil},
		{"a policy of less than no orders", func(s *scene) { s.facts.Policy.MaxOrders = -1 }, "facts.policy.maxOrders", false, nil},
		{"a bill on the 29th", func(s *scene) { s.facts.Policy.BillDay = 29 }, "facts.policy.billDay", false, nil},
		{"a bill tried at once", func(s *scene) { s.facts.Policy.BillTries = []time.Duration{0} }, "facts.policy.billTries[0]", false, nil},
		{"a bill tried after half a second", func(s *scene) { s.facts.Policy.BillTries = []time.Duration{1e9, 5e8} }, "facts.policy.billTries[1]", false, nil},
		{"a least top-up of nothing", func(s *scene) { s.facts.Policy.TopUpLeast = []order.Money{usd(0)} }, "facts.policy.topUpLeast[0]", false, nil},
		{"two most top-ups of a currency", func(s *scene) { s.facts.Policy.TopUpMost = []order.Money{usd(1), usd(2)} }, "facts.policy.topUpMost[1]", false, nil},
		{"a least top-up above the most", func(s *scene) {
			s.facts.Policy.TopUpLeast, s.facts.Policy.TopUpMost = []order.Money{usd(2)}, []order.Money{usd(1)}
		}, "facts.policy.topUpLeast[0]", false, nil},
		{"cards of no brand", func(s *scene) { s.facts.Policy.Cards.Brands = []string{""} }, "facts.policy.cards.brands[0]", false, nil},
		{"cards of no funding", func(s *scene) { s.facts.Policy.Cards.Fundings = []payment.Funding{"x"} }, "facts.policy.cards.fundings[0]", false, nil},
		{"a discount policy that is none", func(s *scene) { s.facts.Policy.Discount.Rounding = 99 }, "facts.policy.discount", false, nil},
		{"a coupon policy that is none", func(s *scene) { s.facts.Policy.Coupon.MaxCoupons = -1 }, "facts.policy.coupon", false, nil},
		{"another customer's account", func(s *scene) { s.facts.Accounts[0].Customer = "c-8" }, "facts.accounts[0].customer", false, nil},
		{"nobody's account", func(s *scene) { s.facts.Accounts[0].Customer = "" }, "facts.accounts[0].customer", false, nil},
		{"an account of no fund", func(s *scene) { s.facts.Accounts[0].Fund = "" }, "facts.accounts[0].fund", false, nil},
		{"an account twice", func(s *scene) { s.facts.Accounts[1] = s.facts.Accounts[0] }, "facts.accounts[1].fund", false, nil},
		{"less than nothing in cash", func(s *scene) { s.facts.Accounts[0].Balance = usd(-1) }, "facts.accounts[0].balance", false, nil},
		{"cash of no currency", func(s *scene) { s.facts.Accounts[0].Balance = order.Money{} }, "facts.accounts[0].balance", false, nil},
		{"cash of 19 digits", func(s *scene) { s.facts.Accounts[0].Balance = usd(1e18) }, "facts.accounts[0].balance", false, nil},
		{"cash with a limit", func(s *scene) { s.facts.Accounts[0].Limit = usd(1) }, "facts.accounts[0].limit", false, nil},
		{"credit below its limit", func(s *scene) { s.facts.Accounts[1].Balance = usd(-50001) }, "facts.accounts[1].balance", false, nil},
		{"credit above zero", func(s *scene) { s.facts.Accounts[1].Balance = usd(1) }, "facts.accounts[1].balance", false, nil},
		{"a limit below zero", func(s *scene) { s.facts.Accounts[1].Limit = usd(-1) }, "facts.accounts[1].limit", false, nil},
		{"a limit in another currency", func(s *scene) { s.facts.Accounts[1].Limit = order.Minor(1, order.EUR) }, "facts.accounts[1].limit", false, order.ErrCurrency},
		{"bills overdue of cash", func(s *scene) { s.facts.Accounts[0].Overdue = 1 }, "facts.accounts[0].overdue", false, nil},
		{"fewer than no bills overdue", func(s *scene) { s.facts.Accounts[2].Overdue = -1 }, "facts.accounts[2].overdue", false, nil},
		{"money on the monthly account", func(s *scene) { s.facts.Accounts[2].Balance = usd(1) }, "facts.accounts[2].balance", false, nil},
		{"an account's version below zero", func(s *scene) { s.facts.Accounts[2].Version = -1 }, "facts.accounts[2].version", false, nil},
		{"found of another order", func(s *scene) { s.facts.Findings.Contract = []order.ID{"CS9"} }, "facts.findings.contract[0]", false, nil},
		{"found, and not what", func(s *scene) { s.facts.Findings.Resources = []payment.ResourceFault{{Order: "CS1"}} }, "facts.findings.resources[0].wrong", false, nil},
		{"a resource of another order", func(s *scene) {
			s.facts.Findings.Resources = []payment.ResourceFault{{Order: "CS9", Wrong: payment.WrongQuota}}
		}, "facts.findings.resources[0].order", false, nil},
		{"no project", func(s *scene) { s.facts.Findings.Projects = []payment.ProjectFault{{Wrong: payment.ProjectFunds}} }, "facts.findings.projects[0].project", false, nil},
		{"a project, and not what", func(s *scene) { s.facts.Findings.Projects = []payment.ProjectFault{{Project: "p"}} }, "facts.findings.projects[0].wrong", false, nil},
		{"a start at no time", func(s *scene) { s.facts.Findings.Starts = []payment.Start{{Order: "CS1"}} }, "facts.findings.starts[0].at", false, nil},
		{"another reason that is none", func(s *scene) { s.facts.Findings.Other = "x" }, "facts.findings.other", false, nil},
		{"an order given twice", func(s *scene) { s.facts.Orders = append(s.facts.Orders, s.facts.Orders[0]) }, "facts.orders[2].id", false, nil},
		{"a coupon that is not sound", func(s *scene) { s.facts.Coupons[0].Balance = usd(-1) }, "facts.coupons[0].balance", false, nil},
		{"a candidate that is not sound", func(s *scene) { s.facts.Discounts[0].Ratio = order.Rate{} }, "facts.discounts[0].ratio", false, nil},
		{"an order of nothing", func(s *scene) { s.Discounts, s.Agreed = nil, nil; s.facts.Orders[1].Lines = nil }, "facts.orders[1].lines", false, nil},
		{"less than nothing off", func(s *scene) { s.Discounts, s.Agreed = nil, nil; s.facts.Orders[1].Lines[0].Off = usd(-1) }, "facts.orders[1].lines[0].off", false, nil},
		{"more than 18 digits together", func(s *scene) {
			s.Discounts, s.Agreed = nil, nil
			s.facts.Orders[0].Lines[0].Amount, s.facts.Orders[1].Lines[0].Amount = usd(6e17), usd(6e17)
		}, "orders", true, order.ErrOverflow},
		{"more than 18 digits in an order, all of it off", func(s *scene) {
			s.Discounts, s.Agreed, s.Coupons = nil, nil, nil
			l := s.facts.Orders[1].Lines[0]
			l.Amount, l.Off = usd(9e17), usd(9e17)
			s.facts.Orders[1].Lines = slices.Repeat([]order.Line{l}, 11) // more than there are int64
		}, "orders", true, order.ErrOverflow},
		{"more than 18 digits, all of it off", func(s *scene) {
			s.Discounts, s.Agreed, s.Coupons = nil, nil, nil
			for i := range s.facts.Orders {
				l := &s.facts.Orders[i].Lines[0]
				l.Amount, l.Off = usd(6e17), usd(6e17)
			}
		}, "orders", true, order.ErrOverflow},
	} {
		s := full(t)
		row.do(s)
		given, kept := paymenttest.Scene{Request: s.Request, Facts: s.facts, At: s.at}, copied(paymenttest.Scene{Request: s.Request, Facts: s.facts, At: s.at})
		q, err := s.Quote(s.facts, s.at)
		var f *order.FieldError
		if ofHost := strings.HasPrefix(row.field, "facts."); ofHost != errors.Is(err, payment.ErrHost) {
			t.Errorf("%s: %v: a fault of the host %t, want %t", row.what, err, !ofHost, ofHost)
		}
		if !errors.Is(err, order.ErrInvalid) || !errors.As(err, &f) || !strings.HasPrefix(f.Field, row.field) || row.is != nil && !errors.Is(err, row.is) {
			t.Errorf("%s: %v, want one for %s", row.what, err, row.field)
		}
		if err != nil {
			if err := ordertest.Zoned(err.Error()); err != nil {
				t.Error(err)
			}
		}
		if path, ok := strings.CutPrefix(f.Field, "facts."); ok {
			if err := ordertest.Leads(s.facts, path); err != nil {
				t.Errorf("%s: %v", row.what, err)
			}
		} else if err := ordertest.Leads(s.Request, f.Field); f.Field != "at" && err != nil {
			t.Errorf("%s: %v", row.what, err)
		}
		if errors.Is(err, payment.ReasonBadRequest) != row.refused {
			t.Errorf("%s: refused is %v: %v", row.what, !row.refused, err)
		}
		if !reflect.DeepEqual(q, payment.Quote{}) || !reflect.DeepEqual(given, kept) {
			t.Errorf("%s: quoted %+v, or something was changed", row.what, q)
		}
	}
}

// TestP6_BadInput breaks one rule a row, in a bill that is due, and in what happens to it.
func TestP6_BadInput(t *testing.T) {
	p := payment.Huawei()
	at := clock("2026-11-15 00:00:00")
	sound := open(t, at, p)
	for _, row := range []struct {
		what  string
		do    func(b *payment.Bill)
		field string
	}{
		{"nobody's", func(b *payment.Bill) { b.Customer = "" }, "customer"},
		{"a long customer", func(b *payment.Bill) { b.Customer = long }, "customer"},
		{"no month", func(b *payment.Bill) { b.Month = "" }, "month"},
		{"the 13th month", func(b *payment.Bill) { b.Month = "2026-13" }, "month"},
		{"a month of one digit", func(b *payment.Bill) { b.Month = "2026-1" }, "month"},
		{"a month of the year 0", func(b *payment.Bill) { b.Month = "0000-01" }, "month"},
		{"a month of the year 9999", func(b *payment.Bill) { b.Month = "9999-01" }, "month"},
		{"no state", func(b *payment.Bill) { b.State = "" }, "state"},
		{"no currency", func(b *payment.Bill) { b.Charges = order.Money{} }, "charges"},
		{"charges below zero", func(b *payment.Bill) { b.Charges = usd(-1) }, "charges"},
		{"credits below zero", func(b *payment.Bill) { b.Credits = usd(-1) }, "credits"},
		{"credits in another currency", func(b *payment.Bill) { b.Credits = order.Minor(0, order.EUR) }, "credits"},
		{"declined while open", func(b *payment.Bill) { b.Declines = 1 }, "declines"},
		{"declined less than never", func(b *payment.Bill) { b.Declines = -1 }, "declines"},
		{"tried while open", func(b *payment.Bill) { b.Try = at }, "try"},
		{"due, and never tried", func(b *payment.Bill) { b.State, b.Charges = payment.BillDue, usd(1) }, "try"},
		{"due, and nothing to charge", func(b *payment.Bill) { b.State, b.Try = payment.BillDue, at }, "state"},
		{"a version below zero", func(b *payment.Bill) { b.Version = -1 }, "version"},
	} {
		b := sound
		row.do(&b)
		for _, err := range []error{b.Check(), second(b.Charge(usd(1), at, p)), third(b.Make(usd(0), clock("2026-12-03 00:00:00"), p)),
			third(b.Pay(payment.Account{Customer: "c-7", Fund: payment.FundMonthly}, at, p))} {
			var f *order.FieldError
			if !errors.As(err, &f) || f.Field != row.field {
				t.Errorf("%s: %v, want one for %s", row.what, err, row.field)
			}
		}
	}
	later := clock("2026-12-03 00:00:00")
	due, _ := sound.Charge(usd(100), at, p)
	due, _, err := due.Make(usd(0), later, p)
	if err != nil {
		t.Fatal(err)
	}
	bad := p
	bad.BillDay = -1
	for what, err := range map[string]error{
		"no time":               second(sound.Charge(usd(1), time.Time{}, p)),
		"a policy that is none": second(sound.Charge(usd(1), at, bad)),
		"less than nothing":     second(sound.Charge(usd(-1), at, p)),
		"nothing at all":        second(sound.Charge(order.Money{}, at, p)),
		"another currency":      second(sound.Charge(order.Minor(1, order.EUR), at, p)),
		"19 digits":             second(sound.Charge(usd(1e18), at, p)),
		"a credit below zero":   third(sound.Make(usd(-1), later, p)),
		"a credit of nothing":   third(sound.Make(order.Money{}, later, p)),
		"another's account":     third(due.Pay(payment.Account{Customer: "c-8", Fund: payment.FundMonthly}, later, p)),
		"a cash account":        third(due.Decline(account(payment.FundCash, 5), later, p)),
		"no month made":         func() error { _, err := p.MadeAt("2026"); return err }(),
		"opened at no time":     second(p.OpenBill("c-7", order.USD, time.Time{})),
		"opened for nobody":     second(p.OpenBill("", order.USD, at)),
		"opened in no currency": second(p.OpenBill("c-7", 7, at)),
		"opened by no policy":   second(bad.OpenBill("c-7", order.USD, at)),
		"made by no policy":     func() error { _, err := bad.MadeAt("2026-11"); return err }(),
	} {
		if !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Out of turn.
	monthly := payment.Account{Customer: "c-7", Fund: payment.FundMonthly}
	for what, err := range map[string]error{
		"charged when due": second(due.Charge(usd(1), at, p)), "made twice": third(due.Make(usd(0), later, p)),
		"paid while open": third(sound.Pay(monthly, at, p)), "declined while open": third(sound.Decline(monthly, at, p)),
	} {
		var e *payment.BillError
		if !errors.Is(err, payment.ReasonState) || !errors.As(err, &e) || e.Advice() == "" || !strings.Contains(err.Error(), "c-7") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[A any](_ A, err error) error { return err }

func third[A, B any](_ A, _ B, err error) error { return err }

// TestP14_BadInput breaks one identity of a receipt a row.
func TestP14_BadInput(t *testing.T) {
	s := full(t)
	sound, err := s.quote(t).Receipt("T-1", s.at)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what  string
		do    func(r *payment.Receipt)
		field string
	}{
		{"no payment", func(r *payment.Receipt) { r.Payment = "" }, "payment"},
		{"no trade number", func(r *payment.Receipt) { r.Trade = "" }, "trade"},
		{"a long trade number", func(r *payment.Receipt) { r.Trade = long }, "trade"},
		{"nobody's", func(r *payment.Receipt) { r.Customer = "" }, "customer"},
		{"at no time", func(r *payment.Receipt) { r.At = time.Time{} }, "at"},
		{"by no method", func(r *payment.Receipt) { r.Method = "" }, "method"},
		{"of nothing", func(r *payment.Receipt) { r.Items = nil }, "items"},
		{"an item without order", func(r *payment.Receipt) { r.Items[1].Order = "" }, "items[1].order"},
		{"a list price of no currency", func(r *payment.Receipt) { r.Items[1].List = order.Money{} }, "items[1].list"},
		{"cash in another currency", func(r *payment.Receipt) { r.Items[1].Cash = order.Minor(0, order.EUR) }, "items[1].cash"},
		{"a discount below zero", func(r *payment.Receipt) { r.Items[1].Discount = usd(-1) }, "items[1].discount"},
		{"payable too much", func(r *payment.Receipt) { r.Items[1].Payable = usd(20001) }, "items[1].payable"},
		{"cash too little", func(r *payment.Receipt) { r.Items[1].Cash = usd(1) }, "items[1].cash"},
		{"a part of nothing", func(r *payment.Receipt) { r.Items[0].Parts[0].Amount = usd(0) }, "items[0].parts[0].amount"},
		{"a part of what does not pay", func(r *payment.Receipt) { r.Items[0].Parts[0].Kind = coupon.KindDiscount }, "items[0].parts[0].kind"},
		{"a coupon that is a card", func(r *payment.Receipt) { r.Items[0].Parts[0].Kind = coupon.KindCard }, "items[0].parts"},
		{"an item missing", func(r *payment.Receipt) { r.Items = r.Items[:1] }, "sum"},
		{"a sum that does not add up", func(r *payment.Receipt) { r.Sum.Payable = usd(1) }, "sum.payable"},
		{"taken too much", func(r *payment.Receipt) { r.Takes.Credit = usd(1) }, "takes"},
		{"taken, and online", func(r *payment.Receipt) { r.Method = payment.MethodOnline }, "takes"},
	} {
		r := sound
		r.Items = slices.Clone(r.Items)
		r.Items[0].Parts = slices.Clone(r.Items[0].Parts)
		row.do(&r)
		var f *order.FieldError
		if err := r.Check(); !errors.As(err, &f) || f.Field != row.field {
			t.Errorf("%s: %v, want one for %s", row.what, err, row.field)
		}
	}
	if _, err := s.quote(t).Receipt("", s.at); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("no trade number: %v", err)
	}
	if _, err := (payment.Quote{}).Receipt("T-1", time.Time{}); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("no quote: %v", err)
	}
}

// P11: what a decoded value may say, but nothing sound does, is answered, not a panic.
func TestP11_DecodedAndOdd(t *testing.T) {
	it := payment.Item{Lines: [][]order.Money{{usd(1)}}}
	for k, want := range map[int]int{-1: 0, 0: 1, 1: 0} {
		if got := it.LinesOf(k); len(got) != want {
			t.Errorf("part %d: lines %v, want %d", k, got, want)
		}
	}
	p := payment.Policy{}
	p.Coupon.MaxCoupons = -1
	if r := (payment.Request{Coupons: []coupon.ID{"K1"}}).Within(&p); r == nil || len(r.Coupons) != 1 {
		t.Errorf("at most -1 coupons: %v, want the coupon refused", r)
	}
	at := time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC)
	b := payment.Bill{Customer: "c-7", Month: "2026-11", Charges: usd(1), Credits: usd(0), State: payment.BillDue, Declines: math.MaxInt, Try: at}
	if err := b.Check(); err != nil {
		t.Fatal(err)
	}
	monthly := payment.Account{Customer: "c-7", Fund: payment.FundMonthly, Balance: usd(0), Limit: usd(0), Overdue: 1}
	if after, _, err := b.Decline(monthly, at, payment.Huawei()); !errors.Is(err, order.ErrInvalid) || after.Declines != b.Declines {
		t.Errorf("the last number of declines, and one more: %+v, %v", after, err)
	}
}
