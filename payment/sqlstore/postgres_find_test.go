package sqlstore_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/order/ordertest"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/paymenttest"
)

// X1, X3: of drawn orders it finds those that order.Query finds, page by page.
func TestX1_FindTwin(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		s := plain.postgres()
		var put ledger.Records
		for i := range rapid.IntRange(1, 12).Draw(t, "orders") {
			o := ordertest.Member().Draw(t, "order")
			o.ID, o.Customer, o.Purchase, o.Members, o.DeadlineOf, o.Version = order.ID(fmt.Sprint("o", i)), "ann", "", 0, "", 0
			put.Orders = append(put.Orders, o)
		}
		if err := s.Commit(ctx, ledger.Change{Customer: "ann", Put: put.Copy()}); err != nil {
			t.Fatal(err)
		}
		all := put.Written().Orders
		for range 5 {
			q := queryOf(t, all)
			for range len(all) + 1 {
				want, err := q.Page(order.Each(all))
				if err != nil {
					t.Fatal(err)
				}
				got, err := s.Find(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(ids(want), ids(got)); diff != "" || !got.Next.Placed.Equal(want.Next.Placed) || got.Next.ID != want.Next.ID {
					t.Fatalf("%+v (-want +got):\n%s", q, diff)
				}
				found += len(got.Orders)
				if q.After = got.Next; q.After.IsZero() {
					break
				}
			}
		}
	})
	if found == 0 {
		t.Error("nothing was ever found")
	}
}

func ids(p order.Page) (all []order.ID) {
	for _, o := range p.Orders {
		all = append(all, o.ID)
	}
	return all
}

// queryOf asks for some of what an order is, and now and then for what another one is.
func queryOf(t *rapid.T, all []order.Order) order.Query {
	one := rapid.SampledFrom(all).Draw(t, "like")
	two := one
	if rapid.IntRange(0, 4).Draw(t, "mixed") == 0 {
		two = rapid.SampledFrom(all).Draw(t, "and like")
	}
	line := rapid.SampledFrom(one.Lines).Draw(t, "line")
	q := order.Query{Customer: "ann", Limit: rapid.IntRange(0, 4).Draw(t, "limit")}
	fields := []func(){
		func() { q.From = one.Placed }, func() { q.Until = two.Placed.AddDate(0, 0, 1) }, func() { q.Product = line.Product }, func() { q.Service = line.Service },
		func() { q.Resource = line.Resource }, func() { q.Order = two.ID }, func() { q.Type = two.Type }, func() { q.State = one.State }, func() { q.Project = two.Project },
		func() { q.Bill = rapid.SampledFrom([]order.Bill{order.BillPrepay, order.BillPostpay}).Draw(t, "bill") },
		func() {
			q.Listing = rapid.SampledFrom([]order.Listing{order.ListReserved, order.ListYearlyMonthly}).Draw(t, "listing")
		},
		func() { q.After = order.CursorOf(two) },
	}
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(fields)-1), 0, 3, rapid.ID[int]).Draw(t, "fields") {
		fields[i]()
	}
	if q.Check() != nil {
		q.Until = q.From
	}
	return q
}

// X4: an export is every record as it was written, and one customer's is theirs alone.
func TestX4_Export(t *testing.T) {
	s := parted.postgres()
	kept := drawn(3)
	var want []string
	for i, c := range []order.CustomerID{"ann", "bob", "shop"} {
		if err := s.Commit(ctx, ledger.Change{Customer: c, Put: kept.Customers[i].Copy()}); err != nil {
			t.Fatal(err)
		}
		for _, v := range kept.Customers[i].Written().Views() {
			want = append(want, fmt.Sprintf("%s %s %q v%d %q %q %s %s", c, v.Kind, v.ID, v.Version, v.Group, v.State, v.At.UTC(), v.DueAt.UTC()))
		}
	}
	export := func(c order.CustomerID) (got []string) {
		var all ledger.Records
		for v, err := range s.Export(ctx, c) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s %s %q v%d %q %q %s %s", v.Customer, v.Kind, v.ID, v.Version, v.Group, v.State, v.At, v.DueAt))
			if err := all.Decode(v); err != nil {
				t.Error(err)
			}
		}
		return got
	}
	slices.Sort(want)
	got := export("")
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("of all (-want +got):\n%s", diff)
	}
	if n := len(export("bob")); n != len(kept.Customers[1].Views()) {
		t.Errorf("of bob it exports %d records, and there are %d", n, len(kept.Customers[1].Views()))
	}
	for range s.Export(ctx, "") {
		break // and the connection is free again
	}
	for try := 0; s.InUse() != 0; try++ {
		if time.Sleep(10 * time.Millisecond); try == 500 {
			t.Fatalf("%d connections are held", s.InUse())
		}
	}
}

// X1, X3: orders of one commit that differ in their lines alone are each found by their own.
func TestX3_Lines(t *testing.T) {
	_, f := paymenttest.Large(t, "ann", 9)
	plain, onUse := f.Orders[0].Lines[0], f.Orders[0].Lines[0]
	onUse.Charge = order.ChargePayPerUse
	reserved, others := plain, plain
	reserved.Reserved, others.Seller = true, "another"
	for i, lines := range [][]order.Line{{others}, {plain}, {onUse}, {plain}, {reserved}, {plain}, {plain, reserved}, {plain}, {plain, onUse}} {
		f.Orders[i].Lines = lines
	}
	for name, s := range map[string]interface {
		ledger.Store
		ledger.Finder
	}{"PostgreSQL": parted.postgres(), "SQLite": openSQLite(t)} {
		if err := s.Commit(ctx, ledger.Change{Customer: "ann", Put: ledger.Records{Orders: f.Orders}}); err != nil {
			t.Fatal(err)
		}
		for _, q := range []order.Query{{Bill: order.BillPrepay}, {Bill: order.BillPostpay}, {Listing: order.ListReserved}, {Listing: order.ListYearlyMonthly}} {
			q.Customer = "ann"
			want, err := q.Page(order.Each(f.Orders))
			if err != nil || len(want.Orders) == 0 {
				t.Fatal(len(want.Orders), err)
			}
			got, err := s.Find(ctx, q)
			if diff := cmp.Diff(ids(want), ids(got)); err != nil || diff != "" {
				t.Errorf("%s %+v: %v (-want +got):\n%s", name, q, err, diff)
			}
		}
	}
}
