package payment_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/duebook/duebook/coupon"
	"github.com/duebook/duebook/discount"
	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/paymenttest"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// copied is a scene that shares nothing with s.
func copied(s paymenttest.Scene) paymenttest.Scene {
	s.Request.Orders, s.Request.Discounts = slices.Clone(s.Request.Orders), slices.Clone(s.Request.Discounts)
	s.Request.Coupons, s.Request.Agreed = slices.Clone(s.Request.Coupons), slices.Clone(s.Request.Agreed)
	s.Facts.Orders = slices.Clone(s.Facts.Orders)
	for i := range s.Facts.Orders {
		s.Facts.Orders[i].Lines = slices.Clone(s.Facts.Orders[i].Lines)
	}
	s.Facts.Discounts, s.Facts.Coupons = slices.Clone(s.Facts.Discounts), slices.Clone(s.Facts.Coupons)
	s.Facts.Accounts, s.Facts.Tallies = slices.Clone(s.Facts.Accounts), slices.Clone(s.Facts.Tallies)
	return s
}

// quoted draws a scene that is not refused: one in eight is not, and too many draws that are thrown
// away fail a test.
func quoted(t *rapid.T) (s paymenttest.Scene, q payment.Quote) {
	for range 8 {
		s = paymenttest.Draw().Draw(t, "scene")
		var err error
		if q, err = s.Request.Quote(s.Facts, s.At); err == nil {
			return s, q
		}
	}
	t.SkipNow()
	return s, q
}

// sameQuote compares quotes by what they say; instants are the same in any zone.
var sameQuote = cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b order.Money) bool { return a == b }),
	cmp.Comparer(func(a, b order.Rate) bool { return a == b }), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })}

// TestO5_I4_Identities: of each order that is in, and in sum, list - discount = payable =
// coupons + cards + cash, exactly, none below zero; the coupons' parts add up.
func TestO5_I4_Identities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		var sum payment.Amounts
		add := func(to *order.Money, m order.Money) {
			var err error
			if *to, err = to.Add(m); err != nil {
				t.Fatal(err)
			}
		}
		paidBy := make(map[coupon.ID]order.Money)
		for i, it := range q.Items {
			o := q.Orders[i]
			if it.Order != o.ID || it.List != o.List() || it.Discount != o.Discount() || it.Payable != o.Payable() {
				t.Fatalf("item %+v is not order %+v", it, o)
			}
			coupons, cards := order.Minor(0, o.Currency()), order.Minor(0, o.Currency())
			for _, p := range it.Parts {
				if p.Amount.Sign() <= 0 {
					t.Fatalf("coupon %s pays %s", p.Coupon, p.Amount)
				}
				if p.Kind == coupon.KindCard {
					add(&cards, p.Amount)
				} else {
					add(&coupons, p.Amount)
				}
				m := paidBy[p.Coupon]
				add(&m, p.Amount)
				paidBy[p.Coupon] = m
			}
			if coupons != it.Coupons || cards != it.Cards {
				t.Fatalf("parts %v are not %s and %s", it.Parts, it.Coupons, it.Cards)
			}
			if total, err := it.Paid().Total(); err != nil || total != it.Payable || it.Cash.Sign() < 0 {
				t.Fatalf("%+v pays %s, not %s (%v)", it, total, it.Payable, err)
			}
			for _, x := range []struct {
				to *order.Money
				m  order.Money
			}{{&sum.List, it.List}, {&sum.Discount, it.Discount}, {&sum.Payable, it.Payable}, {&sum.Coupons, it.Coupons}, {&sum.Cards, it.Cards}, {&sum.Cash, it.Cash}} {
				add(x.to, x.m)
			}
		}
		if sum != q.Sum {
			t.Fatalf("the sum is %+v, the items add up to %+v", q.Sum, sum)
		}
		for _, c := range s.Facts.Coupons {
			if paid := paidBy[c.ID]; paid != (order.Money{}) && paid.Minor() > c.Balance.Minor() {
				t.Fatalf("coupon %s pays %s of %s", c.ID, paid, c.Balance)
			}
		}
		if q.Method == payment.MethodBalance {
			if from := q.Takes.Cash.Minor() + q.Takes.Credit.Minor() + q.Takes.Budget.Minor(); from != q.Sum.Cash.Minor() {
				t.Fatalf("%+v are taken of %s", q.Takes, q.Sum.Cash)
			}
		}
	})
}

// TestP2_NeverHalfAPurchase: who is in and who dropped out are the orders of the request,
// each once and in its order, and of a purchase all or none are in.
func TestP2_NeverHalfAPurchase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		in := make(map[order.ID]bool)
		var all []order.ID
		for _, it := range q.Items {
			in[it.Order] = true
		}
		i, k := 0, 0
		for _, id := range s.Request.Orders {
			switch {
			case i < len(q.Items) && q.Items[i].Order == id:
				i++
			case k < len(q.Dropped) && q.Dropped[k].Order == id:
				k++
			default:
				t.Fatalf("order %s is neither in nor out, or not in its place", id)
			}
			all = append(all, id)
		}
		if i != len(q.Items) || k != len(q.Dropped) || len(all) != len(s.Request.Orders) {
			t.Fatalf("%d are in and %d out of %d", len(q.Items), len(q.Dropped), len(s.Request.Orders))
		}
		for _, o := range s.Facts.Orders {
			for _, p := range s.Facts.Orders {
				if o.Purchase != "" && o.Purchase == p.Purchase && in[o.ID] != in[p.ID] {
					t.Fatalf("of purchase %s order %s is in, and %s is not", o.Purchase, o.ID, p.ID)
				}
			}
		}
		for _, d := range q.Dropped {
			if d.Reason.Check() != nil || d.Text == "" || s.Request.Whole {
				t.Fatalf("dropped: %+v", d)
			}
			if err := ordertest.Zoned(d.Text); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestP3_SettlesAsQuoted: whatever is in can be held at the time of the quote, and
// settled with what the quote says pays it.
func TestP3_SettlesAsQuoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		parts := make(map[order.ID]order.Parts)
		for _, p := range q.Paid() {
			parts[p.Order] = p.Parts
		}
		hold := order.Move{Event: order.EventHold, At: s.At, By: "somebody", Payment: q.Payment}
		settle := order.Move{Event: order.EventSettle, At: s.At, By: "somebody", Payment: q.Payment}
		done := make(map[order.PurchaseID]bool)
		for _, o := range q.Orders {
			if o.Purchase == "" {
				m := settle
				m.Parts = []order.OrderParts{{Order: o.ID, Parts: parts[o.ID]}}
				held, err := o.Apply(hold)
				if err == nil {
					_, err = held.Apply(m)
				}
				if err != nil {
					t.Fatal(err)
				}
				continue
			}
			if done[o.Purchase] {
				continue
			}
			done[o.Purchase] = true
			p, m := order.Purchase{ID: o.Purchase}, settle
			for _, member := range q.Orders {
				if member.Purchase == o.Purchase {
					p.Orders = append(p.Orders, member)
					m.Parts = append(m.Parts, order.OrderParts{Order: member.ID, Parts: parts[member.ID]})
				}
			}
			held, err := p.Apply(hold)
			if err == nil {
				_, err = held.Apply(m)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestP13_InWhateverOrder: the order in which facts are listed and coupons are named does
// not matter, and neither request nor facts are changed.
func TestP13_InWhateverOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := paymenttest.Draw().Draw(t, "scene")
		before, other := copied(s), copied(s)
		f, r := &other.Facts, &other.Request
		f.Orders = shuffled(t, f.Orders)
		f.Discounts = shuffled(t, f.Discounts)
		f.Coupons = shuffled(t, f.Coupons)
		f.Accounts = shuffled(t, f.Accounts)
		r.Coupons = shuffled(t, r.Coupons)
		r.Discounts = shuffled(t, r.Discounts)
		q, err := s.Request.Quote(s.Facts, s.At)
		if !reflect.DeepEqual(s, before) {
			t.Fatal("the request or the facts were changed")
		}
		p, errOther := r.Quote(*f, other.At)
		byID := func(a, b coupon.Verdict) bool { return a.Coupon < b.Coupon }
		if diff := cmp.Diff(q, p, sameQuote, cmpopts.SortSlices(byID)); diff != "" {
			t.Fatalf("in another order (-one +other):\n%s", diff)
		}
		var a, b *payment.Refusal
		if errors.As(err, &a) != errors.As(errOther, &b) || a != nil && a.Reason != b.Reason {
			t.Fatalf("%v, in another order %v", err, errOther)
		}
		if !s.Request.Same(*r) {
			t.Fatal("the requests are not the same")
		}
	})
}

func shuffled[T any](t *rapid.T, list []T) []T {
	if len(list) < 2 {
		return list
	}
	return rapid.Permutation(list).Draw(t, "shuffled")
}

// TestP11_OnlyReasons: an error is a refusal with one of the reasons, and a text; nothing
// is quoted then.
func TestP11_OnlyReasons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := paymenttest.Draw().Draw(t, "scene")
		q, err := s.Request.Quote(s.Facts, s.At)
		if err == nil {
			return
		}
		var r *payment.Refusal
		if !errors.As(err, &r) || r.Reason.Check() != nil || !errors.Is(err, r.Reason) || r.Error() == "" {
			t.Fatalf("the facts are sound, and the error is %v", err)
		}
		if !reflect.DeepEqual(q, payment.Quote{}) {
			t.Fatalf("refused, and quoted %+v", q)
		}
	})
}

// TestP3_PricesAlone: without a key, a method, who acts and what is known of the customer the
// quote has the same prices, and nobody pays them.
func TestP3_PricesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		alone := s.Request
		alone.Key, alone.By, alone.Method, alone.Account, alone.Gateway = "", "", "", "", ""
		s.Facts.Accounts, s.Facts.Customer.ID = nil, ""
		got, err := alone.Quote(s.Facts, s.At)
		if err != nil {
			t.Fatal(err)
		}
		q.Payment, q.Method, q.Account, q.Gateway, q.Takes = "", "", "", "", payment.AccountParts{}
		if diff := cmp.Diff(q, got, sameQuote); diff != "" {
			t.Fatalf("(-to be paid +priced alone):\n%s", diff)
		}
		if _, err := got.Receipt("t1", s.At); err == nil {
			t.Fatal("a receipt for what nobody pays")
		}
		if err := alone.Asked(); !errors.Is(err, payment.ReasonBadRequest) {
			t.Fatalf("a Desk would pay it: %v", err)
		}
	})
}

// TestP3_AsAgreed: what was agreed to is quoted again; lowered by a cent it is refused;
// one thing that was otherwise drops just that order, with its purchase.
func TestP3_AsAgreed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		s.Request.Agreed = q.Agreed()
		again, err := s.Request.Quote(s.Facts, s.At)
		if err != nil && len(q.Dropped) == 0 {
			t.Fatal(err)
		}
		if len(q.Dropped) == 0 {
			if diff := cmp.Diff(q, again, sameQuote); diff != "" {
				t.Fatalf("(-quoted +agreed to):\n%s", diff)
			}
		}
		i := rapid.IntRange(0, len(q.Items)-1).Draw(t, "changed")
		id, purchase := q.Items[i].Order, q.Items[i].Purchase
		lower := copied(s)
		if a := &lower.Request.Agreed[i]; a.Cash.Sign() > 0 {
			a.Cash = order.Minor(a.Cash.Minor()-1, a.Cash.Currency())
			if _, err := lower.Request.Quote(lower.Facts, lower.At); !errors.Is(err, payment.ReasonCost) {
				t.Fatalf("a cent more than agreed to: %v", err)
			}
		}
		a, what := &s.Request.Agreed[i], ""
		switch rapid.IntRange(0, 4).Draw(t, "thing") {
		case 0:
			a.Lines, what = "others", "lines"
		case 1:
			a.Reduction, what = "another", "reduction"
		case 2:
			a.Payable, what = order.Minor(a.Payable.Minor()+1, a.Payable.Currency()), "payable"
		case 3:
			a.State, what = order.StatePaid, "state"
		case 4:
			a.Deadline, what = a.Deadline.Add(time.Second), "deadline"
		}
		s.Request.Whole = false
		p, err := s.Request.Quote(s.Facts, s.At)
		var r *payment.Refusal
		if errors.As(err, &r) && r.Reason != payment.ReasonChanged {
			return // a coupon had counted on the order, say
		}
		dropped := p.Dropped
		if r != nil {
			dropped = r.Dropped
		}
		for _, d := range dropped {
			was := slices.ContainsFunc(q.Dropped, func(e payment.Drop) bool { return e.Order == d.Order })
			switch {
			case d.Order == id && (d.Changed != what || d.Reason != payment.ReasonChanged || d.Because != ""):
				t.Fatalf("%s changed: %+v", what, d)
			case d.Order != id && !was && (purchase == "" || d.Purchase != purchase || d.Because != id):
				t.Fatalf("order %s changed, and %+v", id, d)
			}
		}
		if !slices.ContainsFunc(dropped, func(d payment.Drop) bool { return d.Order == id }) {
			t.Fatalf("order %s changed in its %s and did not drop out: %v, %v", id, what, dropped, err)
		}
	})
}

// TestE6_DeadlineOfTheWhole: the deadline is the earliest of those in, and not past.
func TestE6_DeadlineOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		if (q.DeadlineOf == "") != q.Deadline.IsZero() {
			t.Fatalf("%s is set by %q", q.Deadline, q.DeadlineOf)
		}
		for _, o := range q.Orders {
			if o.Deadline.IsZero() {
				continue
			}
			if q.Deadline.IsZero() || q.Deadline.After(o.Deadline) || q.Deadline.Before(s.At.Truncate(time.Second)) {
				t.Fatalf("deadline %s, order %s has %s", q.Deadline, o.ID, o.Deadline)
			}
			if o.ID == q.DeadlineOf && (!o.Deadline.Equal(q.Deadline) || q.Explain() != o.Explain()) {
				t.Fatalf("deadline %s of order %s, which has %s", q.Deadline, o.ID, o.Deadline)
			}
		}
	})
}

// TestC7_CouponsAsTheyWouldPay: the coupons pay of the orders that are in what package
// coupon says they do.
func TestC7_CouponsAsTheyWouldPay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		policy := s.Facts.Policy.Coupon
		var named []coupon.Coupon
		for _, c := range s.Facts.Coupons {
			if slices.Contains(s.Request.Coupons, c.ID) {
				named = append(named, c)
			}
		}
		plan, err := coupon.Use(q.Orders, named, s.Facts.Tallies, s.At, policy)
		if s.Request.Choose {
			plan, err = coupon.Choose(q.Orders, s.Facts.Coupons, s.Facts.Tallies, s.At, policy)
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, it := range q.Items {
			if it.Cash != plan.Left[i] {
				t.Fatalf("order %s: cash %s, coupons leave %s", it.Order, it.Cash, plan.Left[i])
			}
			n := 0
			for _, pay := range plan.Pays {
				if pay.Parts[i].Sign() == 0 {
					continue
				}
				if p := it.Parts[n]; p.Coupon != pay.Coupon || p.Amount != pay.Parts[i] {
					t.Fatalf("order %s: %+v, not %s of %s", it.Order, p, pay.Parts[i], pay.Coupon)
				}
				n++
			}
		}
	})
}

// TestD2_DiscountsAsPicked: what the request picks is what package discount would have
// applied; what it does not pick stays.
func TestD2_DiscountsAsPicked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		for _, o := range q.Orders {
			k := slices.IndexFunc(s.Facts.Orders, func(p order.Order) bool { return p.ID == o.ID })
			was := s.Facts.Orders[k]
			i := slices.IndexFunc(s.Request.Discounts, func(p payment.Pick) bool { return p.Order == o.ID })
			switch {
			case i < 0:
				if o.Reduction != was.Reduction || o.Payable() != was.Payable() {
					t.Fatalf("order %s was not picked for, and has %+v", o.ID, o.Reduction)
				}
			case s.Request.Discounts[i].Best:
				if o.Payable().Minor() > was.Payable().Minor() && was.Holdable(s.At) == nil && o.Reduction.Kind != string(discount.KindPartnerAdjusted) {
					t.Fatalf("the best for order %s costs %s, it had %s", o.ID, o.Payable(), was.Payable())
				}
			default:
				if id := string(s.Request.Discounts[i].Discount); o.Reduction.ID != id {
					t.Fatalf("picked %q for order %s, it has %+v", id, o.ID, o.Reduction)
				}
			}
		}
	})
}

// TestP13_Same: a request is the same as itself, and another when anything in it is.
func TestP13_Same(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := paymenttest.Draw().Draw(t, "scene")
		if q, err := s.Request.Quote(s.Facts, s.At); err == nil {
			s.Request.Agreed = q.Agreed()
		}
		r := copied(s).Request
		if !r.Same(s.Request) {
			t.Fatal("a copy is not the same")
		}
		switch n := rapid.IntRange(0, 13).Draw(t, "thing"); n {
		case 0:
			r.Key += "x"
		case 1:
			r.Customer += "x"
		case 2:
			r.By += "x"
		case 3:
			r.Orders = append(r.Orders, "another")
		case 4:
			r.Discounts = append(r.Discounts, payment.Pick{Order: "another"})
		case 5:
			r.Coupons = append(r.Coupons, "another")
		case 6:
			r.Choose = !r.Choose
		case 7:
			r.Method += "x"
		case 8:
			r.Account += "x"
		case 9:
			r.Gateway += "x"
		case 10:
			r.Independent = !r.Independent
		case 11:
			r.Whole = !r.Whole
		case 12:
			r.Instrument += "x"
		case 13:
			r.Keep = !r.Keep
		}
		if r.Same(s.Request) || s.Request.Same(r) {
			t.Fatal("another request is the same")
		}
		if len(s.Request.Agreed) > 0 {
			r = copied(s).Request
			r.Agreed[0].Cash = order.Minor(r.Agreed[0].Cash.Minor()+1, r.Agreed[0].Cash.Currency())
			if r.Same(s.Request) {
				t.Fatal("agreed to another amount, and the same")
			}
		}
	})
}

// TestP12_DerivedIDs: 32 characters, the same for the same, another for another.
func TestP12_DerivedIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, customer := ordertest.ID[payment.Key](), ordertest.ID[order.CustomerID]()
		k, c := key.Draw(t, "key"), customer.Draw(t, "customer")
		id := payment.Request{Customer: c, Key: k}.Payment()
		if len(id) != 32 || order.CheckID("payment", id) != nil || (payment.Request{Customer: c, Key: k}).Payment() != id {
			t.Fatalf("payment ID %q", id)
		}
		l, d := key.Draw(t, "other key"), customer.Draw(t, "other customer")
		if same := k == l && c == d; (payment.Request{Customer: d, Key: l}.Payment() == id) != same {
			t.Fatalf("%q for %q of %q and for %q of %q", id, k, c, l, d)
		}
	})
	if (payment.Request{Customer: "ab", Key: "c"}).Payment() == (payment.Request{Customer: "a", Key: "bc"}).Payment() {
		t.Fatal("customer and key run together")
	}
}

// TestP14_Receipts: every quote has a receipt that is sound, and says what the quote did.
func TestP14_Receipts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := quoted(t)
		r, err := q.Receipt("T-1", s.At)
		if err != nil {
			t.Fatal(err)
		}
		if r.Sum != q.Sum || len(r.Items) != len(q.Items) || len(r.Dropped) != len(q.Dropped) || r.Payment != s.Request.Payment() {
			t.Fatalf("receipt %+v of quote %+v", r, q)
		}
		r.Items = slices.Clone(r.Items)
		i := rapid.IntRange(0, len(r.Items)-1).Draw(t, "item")
		r.Items[i].Cash = order.Minor(r.Items[i].Cash.Minor()+1, r.Items[i].Cash.Currency())
		if err := r.Check(); !errors.Is(err, order.ErrInvalid) {
			t.Fatalf("a cent too much in item %d: %v", i, err)
		}
	})
}
