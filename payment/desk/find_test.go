package desk_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment"
	"github.com/duebook/duebook/payment/desk"
	"github.com/duebook/duebook/payment/inmem"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/renewal"
	"github.com/google/go-cmp/cmp"
)

// placed is a Desk on whose store n orders of one customer lie, of types that alternate, as
// many at a second as says, and one of another customer.
func placed(t testing.TB, n, together int) (*desk.Desk, []order.Order) {
	store := &inmem.Store{}
	var all []order.Order
	for i := range n + 1 {
		draft := order.Draft{ID: order.ID(fmt.Sprintf("o%05d", i)), Customer: "ann", Type: order.TypePurchase, Lines: []order.Line{{Product: "team", Count: 1,
			Term: order.Term{N: 1, Unit: order.Month}, Charge: order.ChargeSubscription, Amount: order.Minor(1200, order.EUR)}}}
		if i%2 == 1 {
			draft.Lines[0].Product = "disk"
		}
		if i == n {
			draft.Customer = "bob"
		}
		o, err := order.Place(draft, start.Add(time.Duration(i/together)*time.Second), order.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Commit(context.Background(), ledger.Change{Customer: o.Customer, Put: ledger.Records{Orders: []order.Order{o}}}); err != nil {
			t.Fatal(err)
		}
		if o.Version = 1; i < n {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, order.Compare)
	return &desk.Desk{Store: store, Now: func() time.Time { return start }}, all
}

func ids(orders iter.Seq2[order.Order, error]) (found []order.ID, err error) {
	for o, err := range orders {
		if err != nil {
			return found, err
		}
		found = append(found, o.ID)
	}
	return found, nil
}

// The pages joined are all orders, which are those that a look at each would find (X1).
func TestX1_PagesAreAll(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, all := placed(t, rapid.IntRange(0, 25).Draw(rt, "orders"), rapid.IntRange(1, 4).Draw(rt, "together"))
		q := order.Query{Customer: "ann", Product: rapid.SampledFrom([]string{"", "disk", "none"}).Draw(rt, "product"), Limit: rapid.IntRange(1, 8).Draw(rt, "limit")}
		if rapid.Bool().Draw(rt, "window") {
			q.From, q.Until = start.Add(time.Second), start.Add(9*time.Second)
		}
		want := make([]order.ID, 0)
		for _, o := range all {
			if q.Match(o) {
				want = append(want, o.ID)
			}
		}
		got, err := ids(d.AllOrders(context.Background(), q))
		if err != nil || !slices.Equal(got, want) {
			rt.Fatalf("all: %v (%v), want %v", got, err, want)
		}
		var joined []order.ID
		for next := q; ; {
			page, err := d.Orders(context.Background(), next)
			if err != nil || len(page.Orders) > q.Limit {
				rt.Fatalf("page of %d: %v", len(page.Orders), err)
			}
			for _, o := range page.Orders {
				joined = append(joined, o.ID)
			}
			if page.Next.IsZero() {
				break
			}
			if len(page.Orders) < q.Limit {
				rt.Fatalf("a page of %d orders is followed by another", len(page.Orders))
			}
			next.After = page.Next
		}
		if !slices.Equal(joined, want) {
			rt.Fatalf("pages: %v, want %v", joined, want)
		}
	})
}

// Nothing ends at a number of rows (X4): not at a page, nor at the largest one.
func TestX1_AllBeyondALimit(t *testing.T) {
	for _, n := range []int{order.DefaultLimit, order.DefaultLimit + 1, order.MaxLimit, order.MaxLimit + 1} {
		d, all := placed(t, n, 1)
		if got, err := ids(d.AllOrders(context.Background(), order.Query{Customer: "ann"})); err != nil || len(got) != len(all) {
			t.Errorf("%d orders: found %d, %v", n, len(got), err)
		}
		page, err := d.Orders(context.Background(), order.Query{Customer: "ann"})
		if more := n > order.DefaultLimit; err != nil || len(page.Orders) != order.DefaultLimit || page.Next.IsZero() == more {
			t.Errorf("%d orders: a page of %d, next %v, %v", n, len(page.Orders), page.Next, err)
		}
	}
}

// again is a store whose pages never end.
type again struct{ inmem.Store }

func (s *again) Find(ctx context.Context, q order.Query) (order.Page, error) {
	p, err := s.Store.Find(ctx, order.Query{Customer: q.Customer})
	if len(p.Orders) > 0 {
		p.Next = order.CursorOf(p.Orders[len(p.Orders)-1])
	}
	return p, err
}

// findsNot is a store that finds nothing by what it is.
type findsNot struct{ ledger.Store }

func TestX1_WhoseFaultItIs(t *testing.T) {
	d, _ := placed(t, 3, 1)
	ctx := context.Background()
	for _, row := range []struct {
		field string
		q     order.Query
	}{{"customer", order.Query{}}, {"limit", order.Query{Customer: "ann", Limit: order.MaxLimit + 1}}} {
		_, err := d.Orders(ctx, row.q)
		var field *order.FieldError
		if !errors.As(err, &field) || field.Field != row.field || errors.Is(err, payment.ErrHost) {
			t.Errorf("%+v: %v", row.q, err)
		}
		if _, of := ids(d.AllOrders(ctx, row.q)); of == nil || of.Error() != err.Error() {
			t.Errorf("%+v: all: %v, want %v", row.q, of, err)
		}
	}
	loop := &again{}
	o, _ := ids(d.AllOrders(ctx, order.Query{Customer: "ann"}))
	first, err := d.Order(ctx, "ann", o[0])
	if err != nil {
		t.Fatal(err)
	}
	first.Version = 0
	if err := loop.Commit(ctx, ledger.Change{Customer: "ann", Put: ledger.Records{Orders: []order.Order{first}}}); err != nil {
		t.Fatal(err)
	}
	for _, store := range []ledger.Store{findsNot{d.Store}, loop} {
		d.Store = store
		if _, err := ids(d.AllOrders(ctx, order.Query{Customer: "ann"})); !errors.Is(err, payment.ErrHost) {
			t.Errorf("%T: %v", store, err)
		}
	}
}

func ExampleDesk_Orders() {
	d, _ := placed(nil, 3, 1)
	q := order.Query{Customer: "ann", Limit: 2}
	for {
		page, err := d.Orders(context.Background(), q)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, o := range page.Orders {
			fmt.Println(o.ID, o.Payable())
		}
		if page.Next.IsZero() {
			return
		}
		fmt.Println("next page")
		q.After = page.Next
	}
	// Output:
	// o00002 12.00 EUR
	// o00001 12.00 EUR
	// next page
	// o00000 12.00 EUR
}

func ExampleDesk_AllOrders() {
	d, _ := placed(nil, 3, 1)
	for o, err := range d.AllOrders(context.Background(), order.Query{Customer: "ann", Product: "team"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(o.ID)
	}
	// Output:
	// o00002
	// o00000
}

// R13: the renewal list of a customer is what the query finds among all resources of that customer,
// and of nobody else, the next to be renewed first.
func TestR13_ResourcesOfACustomer(t *testing.T) {
	store, all := &inmem.Store{}, []renewal.Resource(nil)
	for i := range 40 {
		r := resourceOf(order.ResourceID(fmt.Sprintf("x%02d", i)), "vm")
		r.Customer = []order.CustomerID{"c1", "c2"}[i%2]
		r.Expiry = r.Expiry.AddDate(0, i%5-2, i%3)
		if i%4 == 0 {
			r.Mode = renewal.ModeNone
		}
		if err := store.Commit(ctx, ledger.Change{Customer: r.Customer, Put: ledger.Records{Resources: []renewal.Resource{r}}}); err != nil {
			t.Fatal(err)
		}
		r.Version = 1
		all = append(all, r)
	}
	p := payment.Policy{Renewal: renewal.Policy{Keep: fifteenDays()}}
	d := &desk.Desk{Store: store, Policy: p, Now: func() time.Time { return start }}
	rapid.Check(t, func(t *rapid.T) {
		q := renewal.Query{
			Customer: rapid.SampledFrom([]order.CustomerID{"c1", "c2", "c3"}).Draw(t, "customer"),
			Mode:     rapid.SampledFrom([]renewal.Mode{"", renewal.ModeManual, renewal.ModeNone}).Draw(t, "mode"),
			State:    rapid.SampledFrom([]renewal.State{"", renewal.StateInUse, renewal.StateGrace}).Draw(t, "state"),
		}
		if rapid.Bool().Draw(t, "until") {
			q.Expiry.Until = start.AddDate(0, 1, 0)
		}
		want, err := q.Select(all, start, p.Renewal)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Resources(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
	for _, row := range []struct {
		q     renewal.Query
		field string
	}{{renewal.Query{}, "customer"}, {renewal.Query{Customer: "c1", Mode: "none"}, "mode"}, {renewal.Query{Customer: "c1", State: "gone"}, "state"}} {
		var wrong *order.FieldError
		if _, err := d.Resources(ctx, row.q); !errors.As(err, &wrong) || wrong.Field != row.field {
			t.Errorf("%+v: %v, want one for %s", row.q, err, row.field)
		}
	}
}
