package payment_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
)

func TestP1_OneTo30(t *testing.T) {
	thirty := dues(t, slices.Repeat([]int64{100}, 30)...)
	for _, n := range []int{1, 2, 30} {
		if q := asking(thirty[:n]...).quote(t); len(q.Items) != n || q.Sum.Cash != usd(int64(100*n)) {
			t.Errorf("%d orders: %d in, %s", n, len(q.Items), q.Sum.Cash)
		}
	}
	more := asking(dues(t, slices.Repeat([]int64{100}, 31)...)...)
	if r := more.refused(t, payment.ReasonBadRequest); !errors.Is(r, order.ErrTooMany) || !strings.Contains(r.Text, "at most 30") {
		t.Errorf("31 orders: %v", r)
	}
	fewer := asking(thirty...)
	fewer.facts.Policy.MaxOrders = 29
	if r := fewer.refused(t, payment.ReasonBadRequest); !errors.Is(r, order.ErrTooMany) || !strings.Contains(r.Text, "at most 29") {
		t.Errorf("30 where the policy says 29: %v", r)
	}
	twice := asking(thirty[0])
	twice.Orders = append(twice.Orders, "CS1")
	twice.refused(t, payment.ReasonBadRequest)

	// One customer: another's order is answered as if it did not exist.
	other := thirty[1]
	other.Customer = "c-8"
	theirs := asking(thirty[0], other).refused(t, payment.ReasonNoOrder)
	missing := asking(thirty[0], thirty[1])
	missing.facts.Orders = missing.facts.Orders[:1]
	if none := missing.refused(t, payment.ReasonNoOrder); none.Error() != theirs.Error() {
		t.Errorf("another customer's order: %v; none: %v", theirs, none)
	}
	// One currency.
	euro := line("ECS", 1)
	euro.Amount = order.Minor(100, order.EUR)
	if r := asking(thirty[0], placed(t, "E1", euro)).refused(t, payment.ReasonBadRequest); !errors.Is(r, order.ErrCurrency) {
		t.Errorf("two currencies: %v", r)
	}
}

// together is a purchase P1 of as many orders, of which the first waits for approval.
func together(t testing.TB, n int, review bool) order.Purchase {
	t.Helper()
	var drafts []order.Draft
	for i := range n {
		drafts = append(drafts, draft(order.ID("M"+string(rune('1'+i))), line("ECS", 1000)))
	}
	drafts[0].Review = review
	p, err := order.PlaceTogether("P1", drafts, placedAt, order.Policy{Zone: gmt8})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestP2_WholePurchases(t *testing.T) {
	p := together(t, 4, true)
	s := asking(append(dues(t, 500), p.Orders...)...)
	q := s.quote(t)
	if got := in(q); !slices.Equal(got, []order.ID{"CS1"}) || q.Sum.Cash != usd(500) {
		t.Errorf("one of four waits for approval: %v in, %s", got, q.Sum.Cash)
	}
	for i, d := range q.Dropped {
		want := payment.Drop{Order: p.Orders[i].ID, Purchase: "P1", Because: "M1", Reason: payment.ReasonState, Text: d.Text}
		if i == 0 {
			want.Because = ""
		}
		says := "approve it first"
		if i > 0 {
			says = "see order M1"
		}
		if d != want || !strings.Contains(d.Text, says) {
			t.Errorf("dropped %+v, want %+v that says %q", d, want, says)
		}
	}
	if len(q.Dropped) != 4 {
		t.Errorf("%d dropped", len(q.Dropped))
	}
	// O6: one member alone is refused, naming the purchase and who is missing.
	alone := asking(p.Orders...)
	alone.Orders = []order.ID{"M2"}
	r := alone.refused(t, payment.ReasonMember)
	if !errors.Is(r, order.ErrMember) || !strings.Contains(r.Text, "purchase P1") || !strings.Contains(r.Text, "M1, M3, M4") {
		t.Errorf("alone: %v", r)
	}
	approved, err := p.Apply(order.Move{Event: order.EventApprove, At: placedAt, By: "boss", Order: "M1"})
	if err != nil {
		t.Fatal(err)
	}
	if q := asking(approved.Orders...).quote(t); len(q.Items) != 4 || q.Dropped != nil || q.Sum.Cash != usd(4000) {
		t.Errorf("approved: %+v", q)
	}
}

func TestP3_Drops(t *testing.T) {
	orders := dues(t, 1000, 2000, 3000)
	first := asking(orders...)
	agreed := first.quote(t).Agreed()
	again := func(change func(o *order.Order)) *scene {
		changed := slices.Clone(orders)
		changed[1].Lines = slices.Clone(changed[1].Lines)
		change(&changed[1])
		s := asking(changed...)
		s.Agreed = agreed
		return s
	}
	off := discount.Discount{ID: "spring", Kind: discount.KindPromotional, Ratio: order.Percent(90), Window: november}
	for _, row := range []struct {
		what    string
		change  func(o *order.Order)
		reason  payment.Reason
		changed string
	}{
		{"lines", func(o *order.Order) { o.Lines[0].Product = "other" }, payment.ReasonChanged, "lines"},
		{"a price", func(o *order.Order) { o.Lines[0].Amount = usd(2001) }, payment.ReasonChanged, "lines"},
		{"a discount", func(o *order.Order) { *o = reduced(t, *o, off, discount.Policy{}) }, payment.ReasonChanged, "reduction"},
		{"the same discount under another name", func(o *order.Order) {
			o.Reduction = order.Reduction{Kind: "commercial", ID: "x", Lapse: order.LapseHonored}
		}, payment.ReasonChanged, "reduction"},
		{"the deadline", func(o *order.Order) { o.Latest, o.Deadline = o.Latest.Add(-1e9), o.Deadline.Add(-1e9) }, payment.ReasonChanged, "deadline"},
		{"canceled", func(o *order.Order) { o.State, o.Reason = order.StateCanceled, order.ReasonCustomer }, payment.ReasonState, ""},
		{"being paid", func(o *order.Order) { o.State, o.Payment = order.StatePaying, "P9" }, payment.ReasonPaymentInProgress, ""},
		{"paid", func(o *order.Order) { o.State, o.Payment, o.Paid.Cash = order.StatePaid, "P9", o.Payable() }, payment.ReasonState, ""},
	} {
		s := again(row.change)
		q := s.quote(t)
		if !slices.Equal(in(q), []order.ID{"CS1", "CS3"}) || q.Sum.Cash != usd(4000) {
			t.Errorf("%s: %v in for %s", row.what, in(q), q.Sum.Cash)
		}
		if len(q.Dropped) != 1 || q.Dropped[0].Order != "CS2" || q.Dropped[0].Reason != row.reason || q.Dropped[0].Changed != row.changed {
			t.Errorf("%s: dropped %+v", row.what, q.Dropped)
		}
		s.Whole = true
		if r := s.refused(t, row.reason); len(r.Dropped) != 1 || r.Dropped[0].Order != "CS2" {
			t.Errorf("%s, whole: %+v", row.what, r)
		}
	}
	// Bookkeeping does not count, nor does the zone in which an instant was kept.
	for _, row := range []struct {
		what   string
		change func(o *order.Order)
	}{
		{"version", func(o *order.Order) { o.Version = 9 }},
		{"changed", func(o *order.Order) { o.Changed = o.Changed.Add(time.Hour) }},
		{"zone", func(o *order.Order) {
			o.Deadline, o.Placed, o.Latest = o.Deadline.UTC(), o.Placed.UTC(), o.Latest.UTC()
		}},
	} {
		if q := again(row.change).quote(t); len(q.Items) != 3 || q.Dropped != nil {
			t.Errorf("%s: %+v", row.what, q.Dropped)
		}
	}
	withWindow := asking(reduced(t, orders[0], off, discount.Policy{}))
	withWindow.Agreed = withWindow.quote(t).Agreed()
	w := &withWindow.facts.Orders[0].Reduction.Window
	w.From, w.Until = w.From.UTC(), w.Until.UTC()
	if q := withWindow.quote(t); q.Dropped != nil {
		t.Errorf("the window in UTC: %+v", q.Dropped)
	}
	// What was not quoted drops out; nothing left is refused.
	s := asking(orders...)
	s.Agreed = agreed[:2]
	if q := s.quote(t); len(q.Dropped) != 1 || q.Dropped[0].Reason != payment.ReasonChanged || q.Dropped[0].Changed != "" {
		t.Errorf("not quoted: %+v", q.Dropped)
	}
	one := asking(orders[0])
	one.facts.Orders[0].State, one.facts.Orders[0].Reason = order.StateCanceled, order.ReasonCustomer
	if r := one.refused(t, payment.ReasonState); len(r.Dropped) != 1 || !slices.Equal(r.Orders, []order.ID{"CS1"}) {
		t.Errorf("nothing remains: %+v", r)
	}
}

func TestP3_NoMoreThanQuoted(t *testing.T) {
	orders := dues(t, 10000, 20000)
	c := pays("K1", coupon.KindCash, 9000)
	s := asking(orders...).with(c)
	s.Agreed = s.quote(t).Agreed() // 70.00 and 140.00
	if got := []int64{s.Agreed[0].Cash.Minor(), s.Agreed[1].Cash.Minor()}; !slices.Equal(got, []int64{7000, 14000}) {
		t.Fatalf("agreed to %v", got)
	}
	s.facts.Coupons[0].Balance = usd(8997)
	r := s.refused(t, payment.ReasonCost)
	if r.Orders[0] != "CS1" || r.Need != usd(7001) || r.Have != usd(7000) {
		t.Errorf("a cent more: %+v", r)
	}
	s.facts.Coupons[0].Face, s.facts.Coupons[0].Balance = usd(9003), usd(9003)
	if q := s.quote(t); !slices.Equal(cash(q), []int64{6999, 13998}) {
		t.Errorf("less than agreed to: %v", cash(q))
	}
}

// P3 and E4: an order with a discount that is judged at payment and has ended is out,
// until another is chosen; the deadline is the last second.
func TestE4_AtPayment(t *testing.T) {
	commercial := discount.Discount{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(80), Window: november}
	o := reduced(t, placed(t, "CS1", line("ECS", 10000)), commercial, discount.Huawei2020())
	s := asking(o)
	s.facts.Policy = payment.Huawei2020()
	s.facts.Card = payment.Card{Brand: "visa", Funding: payment.FundingCredit}
	s.at = clock("2018-11-30 23:59:59")
	if q := s.quote(t); q.Sum.Cash != usd(8000) {
		t.Errorf("in its last second: %s", q.Sum.Cash)
	}
	s.at = clock("2018-12-01 00:00:00")
	if r := s.refused(t, payment.ReasonDiscount); !errors.Is(r, payment.ReasonDiscount) || !strings.Contains(r.Text, "choose another") {
		t.Errorf("ended: %v", r)
	}
	s.Discounts = []payment.Pick{{Order: "CS1"}}
	if q := s.quote(t); q.Sum.Cash != usd(10000) {
		t.Errorf("without: %s", q.Sum.Cash)
	}
	s.facts.Discounts = []discount.Discount{{ID: "other", Kind: discount.KindCommercial, Ratio: order.Percent(95)}, commercial}
	s.Discounts[0].Best = true
	if q := s.quote(t); q.Sum.Cash != usd(9500) || q.Orders[0].Reduction.ID != "other" {
		t.Errorf("the best that is left: %s by %q", q.Sum.Cash, q.Orders[0].Reduction.ID)
	}
	s.Discounts[0] = payment.Pick{Order: "CS1", Discount: "deal"}
	s.refused(t, payment.ReasonDiscount)
	// E1: 7 days, to the second.
	s.Discounts = []payment.Pick{{Order: "CS1"}}
	s.at = clock("2018-12-03 23:12:32")
	s.quote(t)
	s.at = s.at.Add(time.Second)
	s.refused(t, payment.ReasonPastDeadline)
}

func TestP4_CashThenCredit(t *testing.T) {
	for _, row := range []struct {
		cash, credit, need int64
		want               payment.AccountParts
	}{
		{5000, 0, 5000, payment.AccountParts{Cash: usd(5000), Credit: usd(0)}},
		{4999, 1, 5000, payment.AccountParts{Cash: usd(4999), Credit: usd(1)}},
		{0, 5000, 5000, payment.AccountParts{Cash: usd(0), Credit: usd(5000)}},
		{9000, 9000, 5000, payment.AccountParts{Cash: usd(5000), Credit: usd(0)}},
	} {
		s := asking(dues(t, row.need)...)
		s.Method = payment.MethodBalance
		s.facts.Accounts = []payment.Account{account(payment.FundCredit, row.credit), account(payment.FundCash, row.cash)}
		if q := s.quote(t); q.Takes != row.want || q.Account != payment.AccountOwn {
			t.Errorf("%+v: %+v from %s", row, q.Takes, q.Account)
		}
		s.facts.Accounts[0] = account(payment.FundCredit, 0)
		s.facts.Accounts[1] = account(payment.FundCash, row.need-1)
		if r := s.refused(t, payment.ReasonBalance); r.Need != usd(row.need) || r.Have != usd(row.need-1) {
			t.Errorf("a cent short: %+v", r)
		}
		s.facts.Accounts = []payment.Account{account(payment.FundCredit, 1000), account(payment.FundCash, row.need-1001)}
		if r := s.refused(t, payment.ReasonBalance); r.Have != usd(row.need-1) {
			t.Errorf("a cent short of both together: %+v", r)
		}
	}
	s := asking(dues(t, 5000)...)
	s.Method = payment.MethodMonthly
	s.refused(t, payment.ReasonMethod) // not enabled
	s.facts.Customer.Monthly = true
	if q := s.quote(t); q.Method != payment.MethodMonthly || q.Takes != (payment.AccountParts{}) || q.Gateway != "" {
		t.Errorf("monthly: %+v", q)
	}
	online := asking(dues(t, 5000)...)
	if q := online.quote(t); q.Gateway != "cards" {
		t.Errorf("the customer's gateway: %q", q.Gateway)
	}
	online.Gateway = "bank"
	if q := online.quote(t); q.Gateway != "bank" {
		t.Errorf("the gateway named: %q", q.Gateway)
	}
	online.Gateway, online.facts.Customer.Gateway = "", ""
	online.refused(t, payment.ReasonBadRequest)
}

func TestP5_Cards(t *testing.T) {
	s := asking(dues(t, 5000)...)
	s.facts.Card = payment.Card{Brand: "any", Funding: payment.FundingGift}
	s.quote(t) // any card by the neutral policy, or none known
	s.facts.Card = payment.Card{}
	s.quote(t)
	s.facts.Policy = payment.Huawei()
	for _, row := range []struct {
		card  payment.Card
		taken bool
	}{
		{payment.Card{Brand: "visa", Funding: payment.FundingCredit}, true},
		{payment.Card{Brand: "mastercard", Funding: payment.FundingCredit}, true},
		{payment.Card{Brand: "amex", Funding: payment.FundingCredit}, false},
		{payment.Card{Brand: "visa", Funding: payment.FundingDebit}, false},
		{payment.Card{Brand: "visa", Funding: payment.FundingPrepaid}, false},
		{payment.Card{Brand: "visa", Funding: payment.FundingVirtual}, false},
		{payment.Card{Brand: "visa", Funding: payment.FundingGift}, false},
		{payment.Card{Brand: "visa"}, false},
		{payment.Card{Funding: payment.FundingCredit}, false},
		{payment.Card{}, false},
	} {
		s.facts.Card = row.card
		if row.taken {
			s.quote(t)
		} else {
			s.refused(t, payment.ReasonCard)
		}
	}
	// Nothing to charge, no card asked for (O13).
	free := asking(dues(t, 5000)...).with(pays("K1", coupon.KindCash, 5000))
	free.facts.Policy = payment.Huawei()
	free.facts.Customer.Gateway = ""
	if q := free.quote(t); q.Sum.Cash != usd(0) {
		t.Errorf("cash %s", q.Sum.Cash)
	}
}

func TestP7_Contract(t *testing.T) {
	s := asking(dues(t, 1000, 2000)...)
	s.facts.Findings.Contract = []order.ID{"CS2"}
	if r := s.refused(t, payment.ReasonContract); !slices.Equal(r.Orders, []order.ID{"CS2"}) || !strings.Contains(r.Text, "independent") {
		t.Errorf("%+v", r)
	}
	s.Independent = true
	s.quote(t)
	// What dropped out is not asked about.
	s.Independent = false
	s.facts.Orders[1].State, s.facts.Orders[1].Reason = order.StateCanceled, order.ReasonCustomer
	if q := s.quote(t); len(q.Items) != 1 {
		t.Errorf("%+v", q)
	}
}

func TestP8_SecondAuthentication(t *testing.T) {
	s := asking(dues(t, 1000)...)
	s.facts.Customer.Protected = true
	s.refused(t, payment.ReasonAuthentication)
	s.facts.Authenticated = true
	s.quote(t)
	s.facts.Customer.Protected, s.facts.Authenticated = false, false
	s.quote(t)
}

func TestP9_Accounts(t *testing.T) {
	const own, budget = payment.AccountOwn, payment.AccountBudget
	for _, row := range []struct {
		association payment.Association
		asked, want payment.AccountType // want empty: refused
	}{
		{payment.AssociationReseller, "", budget},
		{payment.AssociationReseller, budget, budget},
		{payment.AssociationReseller, own, ""},
		{payment.AssociationReferral, "", own},
		{payment.AssociationReferral, own, own},
		{payment.AssociationReferral, budget, ""},
		{"", "", own},
		{"", own, own},
		{"", budget, ""},
	} {
		s := asking(dues(t, 1000)...)
		s.Method, s.Account, s.facts.Customer.Association = payment.MethodBalance, row.asked, row.association
		s.facts.Accounts = []payment.Account{account(payment.FundCash, 1000), account(payment.FundBudget, 1000)}
		if row.want == "" {
			whose := "a " + string(row.association) + " customer pays from the "
			if row.association == "" {
				whose = "a customer without a partner pays from the "
			}
			if r := s.refused(t, payment.ReasonAccount); !strings.HasPrefix(r.Text, whose) {
				t.Errorf("%q, want %q", r.Text, whose)
			}
			continue
		}
		q := s.quote(t)
		want := payment.AccountParts{Cash: usd(1000), Credit: usd(0)}
		if row.want == budget {
			want = payment.AccountParts{Budget: usd(1000)}
		}
		if q.Account != row.want || q.Takes != want {
			t.Errorf("%+v: %s, %+v", row, q.Account, q.Takes)
		}
	}
	// A reseller's customer pays from the budget, and not in another way.
	for _, m := range []payment.Method{payment.MethodOnline, payment.MethodMonthly} {
		s := asking(dues(t, 1000)...)
		s.Method, s.facts.Customer.Association, s.facts.Customer.Monthly = m, payment.AssociationReseller, true
		s.refused(t, payment.ReasonAccount)
	}
	// The budget has no credit besides.
	s := asking(dues(t, 1000)...)
	s.Method, s.facts.Customer.Association = payment.MethodBalance, payment.AssociationReseller
	s.facts.Accounts = []payment.Account{account(payment.FundCredit, 1000), account(payment.FundBudget, 999)}
	s.refused(t, payment.ReasonBalance)
}

func TestP14_Receipt(t *testing.T) {
	s := asking(dues(t, 10000, 20000, 5000)...).with(pays("CARD", coupon.KindCard, 3000), pays("FLEXI", coupon.KindFlexi, 6000), pays("CASH", coupon.KindCash, 9000))
	s.facts.Orders[0] = reduced(t, s.facts.Orders[0], discount.Discount{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(85)}, discount.Policy{})
	s.facts.Orders[2].State, s.facts.Orders[2].Reason = order.StateCanceled, order.ReasonCustomer
	r, err := s.quote(t).Receipt("f141b0fe6", s.at)
	if err != nil {
		t.Fatal(err)
	}
	// Of 285.00 due CASH pays 90.00 in proportion, then FLEXI 60.00 of the 195.00 left, then
	// CARD 30.00 of 135.00: 40.26 and 94.74 give 8.946.. and 21.053.., the cent to the first.
	want := []payment.Item{
		{Order: "CS1", Amounts: payment.Amounts{List: usd(10000), Discount: usd(1500), Payable: usd(8500), Coupons: usd(4474), Cards: usd(895), Cash: usd(3131)},
			Parts: []payment.CouponPart{{Coupon: "CASH", Kind: coupon.KindCash, Amount: usd(2684)}, {Coupon: "FLEXI", Kind: coupon.KindFlexi, Amount: usd(1790)}, {Coupon: "CARD", Kind: coupon.KindCard, Amount: usd(895)}}},
		{Order: "CS2", Amounts: payment.Amounts{List: usd(20000), Discount: usd(0), Payable: usd(20000), Coupons: usd(10526), Cards: usd(2105), Cash: usd(7369)},
			Parts: []payment.CouponPart{{Coupon: "CASH", Kind: coupon.KindCash, Amount: usd(6316)}, {Coupon: "FLEXI", Kind: coupon.KindFlexi, Amount: usd(4210)}, {Coupon: "CARD", Kind: coupon.KindCard, Amount: usd(2105)}}},
	}
	for i := range want {
		got := r.Items[i]
		if got.Amounts != want[i].Amounts || !slices.Equal(got.Parts, want[i].Parts) || got.Order != want[i].Order {
			t.Errorf("item %d\n got %+v\nwant %+v", i, got, want[i])
		}
	}
	if r.Trade != "f141b0fe6" || r.Payment != (payment.Request{Customer: "c-7", Key: "key-1"}).Payment() || r.Method != payment.MethodOnline || len(r.Dropped) != 1 || r.Dropped[0].Order != "CS3" {
		t.Errorf("%+v", r)
	}
	if sum := (payment.Amounts{List: usd(30000), Discount: usd(1500), Payable: usd(28500), Coupons: usd(15000), Cards: usd(3000), Cash: usd(10500)}); r.Sum != sum {
		t.Errorf("sum %+v", r.Sum)
	}
}

// TestP15_Order: discount, cash coupon, flexi-purchase coupon, stored-value card, then the
// method, whatever is named first.
func TestP15_Order(t *testing.T) {
	o := reduced(t, dues(t, 10000)[0], discount.Discount{ID: "deal", Kind: discount.KindCommercial, Ratio: order.Percent(85)}, discount.Policy{})
	s := asking(o).with(pays("card", coupon.KindCard, 5000), pays("flexi", coupon.KindFlexi, 3000), pays("cash", coupon.KindCash, 2000))
	q := s.quote(t)
	want := []payment.CouponPart{{Coupon: "cash", Kind: coupon.KindCash, Amount: usd(2000)}, {Coupon: "flexi", Kind: coupon.KindFlexi, Amount: usd(3000)}, {Coupon: "card", Kind: coupon.KindCard, Amount: usd(3500)}}
	if !slices.Equal(q.Items[0].Parts, want) || q.Sum.Cash != usd(0) || q.Sum.Discount != usd(1500) {
		t.Errorf("%+v, cash %s", q.Items[0].Parts, q.Sum.Cash)
	}
	s.Coupons, s.facts.Coupons = s.Coupons[1:2], s.facts.Coupons[1:2]
	if q := s.quote(t); q.Sum.Cash != usd(5500) {
		t.Errorf("one coupon leaves %s", q.Sum.Cash)
	}
}

// TestC9_OverOrders: the published splits, in a quote.
func TestC9_OverOrders(t *testing.T) {
	s := asking(dues(t, 10000, 20000)...).with(pays("K1", coupon.KindFlexi, 9000))
	if q := s.quote(t); !slices.Equal(cash(q), []int64{7000, 14000}) { // T: 90.00 as 30.00 and 60.00
		t.Errorf("in proportion: %v", cash(q))
	}
	s = asking(dues(t, 10000, 10000, 10000)...).with(pays("K1", coupon.KindFlexi, 6931))
	s.facts.Policy.Coupon = coupon.Huawei()
	if q := s.quote(t); !slices.Equal(cash(q), []int64{10000 - 2311, 10000 - 2310, 10000 - 2310}) { // HC
		t.Errorf("evenly: %v", cash(q))
	}
}

// TestO11_ThirdParties: what others sell stands outside every sum.
func TestO11_ThirdParties(t *testing.T) {
	image := line("IMS", 99900)
	image.Seller = "images-r-us"
	s := asking(placed(t, "CS1", line("ECS", 10000), image))
	if q := s.quote(t); q.Sum.List != usd(10000) || q.Sum.Cash != usd(10000) {
		t.Errorf("%+v", q.Sum)
	}
}
