package order_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/duebook/duebook/order"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// queryAt is when the queries of these tests are asked.
func queryAt() time.Time {
	return time.Date(2025, 10, 27, 12, 0, 0, 0, time.FixedZone("+08:00", 8*60*60))
}

func queryLine(product string, c order.Charge) order.Line {
	l := order.Line{Product: product, Service: "compute", Count: 1, Charge: c, Amount: order.Minor(1000, order.USD)}
	if c == order.ChargePayPerUse {
		l.Amount = order.Minor(0, order.USD)
	}
	return l
}

func queryPlace(t interface{ Fatal(...any) }, d order.Draft, at time.Time) order.Order {
	o, err := order.Place(d, at, order.Baidu())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func queryDraft(id order.ID, lines ...order.Line) order.Draft {
	if lines == nil {
		lines = []order.Line{queryLine("server", order.ChargeSubscription)}
	}
	return order.Draft{ID: id, Customer: "c-1", Type: order.TypePurchase, Lines: lines}
}

func TestX1_Window(t *testing.T) {
	at, week := queryAt(), 7*24*time.Hour
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	afterDST := time.Date(2025, 11, 5, 12, 0, 0, 0, ny) // clocks went back on the 2nd
	disk := queryLine("disk", order.ChargeSubscription)
	disk.Resource = "r-1"
	for _, tt := range []struct {
		name   string
		q      order.Query
		at     time.Time
		placed time.Time
		want   bool
	}{
		{"7 days ago to the second", order.Query{}, at, at.Add(-week), true},
		{"a second earlier", order.Query{}, at, at.Add(-week - time.Second), false},
		{"the second itself", order.Query{}, at, at, true},
		{"a second later", order.Query{}, at, at.Add(time.Second), false},
		{"end of the second: 7 days ago", order.Query{}, at.Add(time.Second - 1), at.Add(-week), true},
		{"end of the second: a second earlier", order.Query{}, at.Add(time.Second - 1), at.Add(-week - time.Second), false},
		{"end of the second: a second later", order.Query{}, at.Add(time.Second - 1), at.Add(time.Second), false},
		{"start of the next: 7 days ago is out", order.Query{}, at.Add(time.Second), at.Add(-week), false},
		{"elapsed, not civil: in", order.Query{}, afterDST, time.Date(2025, 10, 29, 13, 0, 0, 0, ny), true},
		{"elapsed, not civil: out", order.Query{}, afterDST, time.Date(2025, 10, 29, 12, 59, 59, 0, ny), false},
		{"another zone", order.Query{}, at.UTC(), at.Add(-week).In(ny), true},
		{"exact ID, years ago", order.Query{Order: "o-1"}, at, at.AddDate(-3, 0, 0), true},
		{"exact resource, years ago", order.Query{Resource: "r-1"}, at, at.AddDate(-3, 0, 0), true},
		{"exact ID, later", order.Query{Order: "o-1"}, at, at.Add(time.Hour), true},
		{"other ID", order.Query{Order: "o-12"}, at, at, false},
		{"other resource", order.Query{Resource: "r-12"}, at, at, false},
		{"no exact ID: product", order.Query{Product: "disk"}, at, at.AddDate(-3, 0, 0), false},
		{"exact ID and from: in", order.Query{Order: "o-1", From: at}, at, at, true},
		{"exact ID and from: out", order.Query{Order: "o-1", From: at}, at, at.Add(-time.Second), false},
		{"exact resource and until: out", order.Query{Resource: "r-1", Until: at}, at, at.Add(time.Second), false},
		{"from alone: ever after", order.Query{From: at.Add(-2 * week)}, at, at.Add(2 * week), true},
		{"from, in its second", order.Query{From: at.Add(999 * time.Millisecond)}, at, at, true},
		{"from, a second before", order.Query{From: at}, at, at.Add(-time.Second), false},
		{"until alone: ever before", order.Query{Until: at}, at, at.AddDate(-3, 0, 0), true},
		{"until, in its second", order.Query{Until: at}, at, at, true},
		{"until, a second after", order.Query{Until: at.Add(999 * time.Millisecond)}, at, at.Add(time.Second), false},
		{"no time to ask at", order.Query{}, time.Time{}, at, false},
		{"no time to ask at, exact ID", order.Query{Order: "o-1"}, time.Time{}, at, false},
		{"a query that is not sound", order.Query{Limit: -1}, at, at, false},
	} {
		o := queryPlace(t, queryDraft("o-1", disk), tt.placed)
		if got := tt.q.Match(o, tt.at); got != tt.want {
			w, _ := tt.q.Window(tt.at)
			t.Errorf("%s: placed %v: found %v, want %v; the window is %v", tt.name, tt.placed, got, tt.want, w)
		}
	}
}

func TestX1_Match(t *testing.T) {
	at := queryAt()
	server, disk := queryLine("server", order.ChargeSubscription), queryLine("disk", order.ChargePayPerUse)
	disk.Service, disk.Resource = "storage", "r-1"
	pack := queryLine("traffic", order.ChargePackage)
	image := queryLine("image", order.ChargePackage)
	image.Seller, image.Service = "acme", "market"
	o := map[string]order.Order{}
	for name, lines := range map[string][]order.Line{
		"mixed": {server, disk}, "prepaid": {server}, "postpaid": {disk}, "package": {pack}, "composite": {disk, image},
	} {
		d := queryDraft(order.ID(name), lines...)
		d.Project = "p-1"
		o[name] = queryPlace(t, d, at)
	}
	for _, tt := range []struct {
		name string
		q    order.Query
		want string // the names found, in alphabetical order
	}{
		{"all", order.Query{}, "composite mixed package postpaid prepaid"},
		{"product", order.Query{Product: "disk"}, "composite mixed postpaid"},
		{"product, another case", order.Query{Product: "Disk"}, ""},
		{"product of a third party", order.Query{Product: "image"}, "composite"},
		{"service", order.Query{Service: "compute"}, "mixed package prepaid"},
		{"product and service in one line", order.Query{Product: "disk", Service: "storage"}, "composite mixed postpaid"},
		{"product and service in two lines", order.Query{Product: "disk", Service: "compute"}, ""},
		{"resource", order.Query{Resource: "r-1"}, "composite mixed postpaid"},
		{"resource of another line", order.Query{Resource: "r-1", Product: "server"}, ""},
		{"prepay", order.Query{Bill: order.BillPrepay}, "mixed package prepaid"},
		{"postpay", order.Query{Bill: order.BillPostpay}, "composite mixed postpaid"},
		{"ID", order.Query{Order: "mixed"}, "mixed"},
		{"type", order.Query{Type: order.TypePurchase}, "composite mixed package postpaid prepaid"},
		{"other type", order.Query{Type: order.TypeRenewal}, ""},
		{"state", order.Query{State: order.StateUnpaid}, "mixed package prepaid"},
		{"other state", order.Query{State: order.StatePaid}, "composite postpaid"},
		{"project", order.Query{Project: "p-1"}, "composite mixed package postpaid prepaid"},
		{"other project", order.Query{Project: "p-2"}, ""},
		{"customer", order.Query{Customer: "c-1"}, "composite mixed package postpaid prepaid"},
		{"other customer", order.Query{Customer: "c-2"}, ""},
		{"two of them", order.Query{Product: "server", Bill: order.BillPostpay}, "mixed"},
	} {
		var found []string
		for name := range o {
			if tt.q.Match(o[name], at) {
				found = append(found, name)
			}
		}
		slices.Sort(found)
		if got := strings.Join(found, " "); got != tt.want {
			t.Errorf("%s: found %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestX3_Listing(t *testing.T) {
	at := queryAt()
	server, reserved := queryLine("server", order.ChargeSubscription), queryLine("server", order.ChargeSubscription)
	reserved.Reserved = true
	foreign := reserved
	foreign.Seller = "acme"
	meter, pack := queryLine("disk", order.ChargePayPerUse), queryLine("traffic", order.ChargePackage)
	for _, tt := range []struct {
		name             string
		lines            []order.Line
		yearly, reserved bool
	}{
		{"subscription", []order.Line{server}, true, false},
		{"reserved instance", []order.Line{reserved}, false, true},
		{"both stand with the reserved instances", []order.Line{server, reserved}, false, true},
		{"pay-per-use", []order.Line{meter}, false, false},
		{"package", []order.Line{pack}, false, false},
		{"subscription with pay-per-use", []order.Line{meter, server}, true, false},
		{"a third party's reserved instance", []order.Line{server, foreign}, true, false},
	} {
		d := queryDraft("o-1", tt.lines...)
		d.Project = "p-1"
		o := queryPlace(t, d, at)
		for _, project := range []order.ProjectID{"", "p-1", "p-2"} {
			in := project != "p-2"
			for l, want := range map[order.Listing]bool{order.ListAll: in, order.ListYearlyMonthly: in && tt.yearly, order.ListReserved: in && tt.reserved} {
				if got := (order.Query{Listing: l, Project: project}).Match(o, at); got != want {
					t.Errorf("%s: in list %q of project %q: %v, want %v", tt.name, l, project, got, want)
				}
			}
		}
	}
}

func TestX1_BadQuery(t *testing.T) {
	at := queryAt()
	long := strings.Repeat("x", 65)
	good := order.Query{
		Customer: "c-1", From: at, Until: at, Product: long[1:], Service: "s", Resource: "r", Order: "o", Bill: order.BillPrepay,
		Type: order.TypeRenewal, State: order.StatePaid, Project: "p", Listing: order.ListReserved,
		After: order.Cursor{Placed: at, ID: "o"}, Limit: order.MaxLimit,
	}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		field string
		spoil func(*order.Query)
	}{
		{"until", func(q *order.Query) { q.Until = at.Add(-time.Second) }},
		{"from", func(q *order.Query) { q.From = time.Date(12018, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"until", func(q *order.Query) { q.Until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"customer", func(q *order.Query) { q.Customer = "c\n1" }},
		{"product", func(q *order.Query) { q.Product = long }},
		{"service", func(q *order.Query) { q.Service = "a\x00" }},
		{"resource", func(q *order.Query) { q.Resource = order.ResourceID(long) }},
		{"order", func(q *order.Query) { q.Order = "\xff" }},
		{"project", func(q *order.Query) { q.Project = "\t" }},
		{"bill", func(q *order.Query) { q.Bill = "Prepay" }},
		{"type", func(q *order.Query) { q.Type = "gift" }},
		{"state", func(q *order.Query) { q.State = "lost" }},
		{"listing", func(q *order.Query) { q.Listing = "monthly" }},
		{"after.placed", func(q *order.Query) { q.After = order.Cursor{ID: "o-1"} }},
		{"after.placed", func(q *order.Query) { q.After.Placed = at.Add(time.Millisecond) }},
		{"after.id", func(q *order.Query) { q.After = order.Cursor{Placed: at} }},
		{"after.id", func(q *order.Query) { q.After.ID = "a\rb" }},
		{"limit", func(q *order.Query) { q.Limit = -1 }},
		{"limit", func(q *order.Query) { q.Limit = order.MaxLimit + 1 }},
	} {
		q := good
		tt.spoil(&q)
		err := q.Check()
		var f *order.FieldError
		if !errors.As(err, &f) || f.Field != tt.field || !errors.Is(err, order.ErrInvalid) || f.Reason == "" {
			t.Errorf("want field %s with a reason, got %v", tt.field, err)
		}
		if _, _, err := q.Page(order.Each(nil), at); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%s: a page came, %v", tt.field, err)
		}
		for _, err := range q.Select(order.Each(nil), at) {
			f = nil
			if !errors.As(err, &f) {
				t.Errorf("%s: the selection says %v", tt.field, err)
			}
		}
		if f == nil {
			t.Errorf("%s: the selection says nothing", tt.field)
		}
	}
	if _, _, err := good.Page(order.Each(nil), time.Time{}); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("without a time: %v", err)
	}
	broken := errors.New("broken")
	fails := func(yield func(order.Order, error) bool) { yield(order.Order{}, broken) }
	if page, next, err := (order.Query{}).Page(fails, at); !errors.Is(err, broken) || page != nil || !next.IsZero() {
		t.Errorf("of a broken sequence: %v, %v, %v", page, next, err)
	}
}

func TestX1_QueryJSON(t *testing.T) {
	at := queryAt().UTC()
	for _, q := range []order.Query{{}, {
		Customer: "c-1", From: at, Until: at, Product: "p", Service: "s", Resource: "r", Order: "o", Bill: order.BillPostpay,
		Type: order.TypeRenewal, State: order.StatePaid, Project: "p", Listing: order.ListYearlyMonthly,
		After: order.Cursor{Placed: at, ID: `o/"1"`}, Limit: 7,
	}} {
		b, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var got order.Query
		if err := order.Decode(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if diff := cmp.Diff(q, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", b, diff)
		}
	}
	for _, bad := range []string{`{"bill":"both"}`, `{"listing":"all"}`, `{"limit":1001}`, `{"Limit":1}`, `{"after":"o-1"}`,
		`{"after":{"Placed":"2018-11-01T00:00:00Z","ID":"o-1"}}`, `{"after":{}}`, `{"after":7}`, `{"state":"gone"}`} {
		if err := order.Decode([]byte(bad), new(order.Query)); !errors.Is(err, order.ErrInvalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestX1_Cursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := order.Cursor{
			Placed: time.Unix(rapid.Int64Range(-62135510400, 253339142400).Draw(t, "placed"), 0).UTC(),
			ID:     order.ID(rapid.StringMatching(`[ -~]{1,64}`).Draw(t, "id")),
		}
		b, err := c.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got order.Cursor
		if err := got.UnmarshalText(b); err != nil || got != c {
			t.Fatalf("%v came back from %q as %v, %v", c, b, got, err)
		}
	})
	for _, bad := range []string{
		"x", "/", "2018-11-01T00:00:00Z", "2018-11-01T00:00:00Z/", "/o-1", "2018-11-01T00:00:00Z o-1",
		"2018-11-01T00:00:00.0Z/o-1", "2018-11-01T00:00:00+00:00/o-1", "2018-11-01T08:00:00+08:00/o-1",
		"2018-11-31T00:00:00Z/o-1", "2018-11-01t00:00:00z/o-1", "2018-11-01T0:00:00Z/o-1", " 2018-11-01T00:00:00Z/o-1",
		"0001-01-01T00:00:00Z/o-1", "9999-01-01T00:00:00Z/o-1", "2018-11-01T00:00:00Z/o\n", "2018-11-01T00:00:00Z/" + strings.Repeat("x", 65),
	} {
		c := order.Cursor{ID: "kept"}
		if err := c.UnmarshalText([]byte(bad)); !errors.Is(err, order.ErrInvalid) || c.ID != "kept" {
			t.Errorf("%q was read as %v, %v", bad, c, err)
		}
	}
	if _, err := (order.Cursor{ID: "o-1"}).MarshalText(); err == nil {
		t.Error("half a cursor was written")
	}
}

// queryOrders draws orders that crowd in few seconds, with IDs that sort unlike numbers.
func queryOrders(t *rapid.T, label string, prefix string) []order.Order {
	n := rapid.IntRange(0, 40).Draw(t, label)
	orders := make([]order.Order, 0, n)
	for i := range n {
		line := queryLine(rapid.SampledFrom([]string{"server", "disk"}).Draw(t, "product"), rapid.SampledFrom(order.Charges()).Draw(t, "charge"))
		ago := time.Duration(rapid.IntRange(-3, 8).Draw(t, "ago"))
		placed := queryAt().Add(-ago * time.Second)
		if ago > 4 {
			placed = queryAt().Add(-7*24*time.Hour + (6-ago)*time.Second)
		}
		orders = append(orders, queryPlace(t, queryDraft(order.ID(fmt.Sprint(prefix, i)), line), placed))
	}
	return rapid.Permutation(orders).Draw(t, label+" mixed")
}

func drawQuery(t *rapid.T) order.Query {
	q := order.Query{
		Bill:  rapid.SampledFrom([]order.Bill{order.BillAll, order.BillAll, order.BillPrepay, order.BillPostpay}).Draw(t, "bill"),
		State: rapid.SampledFrom([]order.State{"", "", order.StateUnpaid}).Draw(t, "state"),
		Limit: rapid.IntRange(1, 7).Draw(t, "limit"),
	}
	if rapid.Bool().Draw(t, "has from") {
		q.From = queryAt().Add(-3 * time.Second)
	}
	return q
}

// queryTwin is the list of all orders that match, sorted, the long way.
func queryTwin(q order.Query, orders []order.Order) []order.ID {
	var found []order.Order
	for _, o := range orders {
		if q.Match(o, queryAt()) {
			found = append(found, o)
		}
	}
	for i := range found { // by selection
		for j := i + 1; j < len(found); j++ {
			a, b := found[i], found[j]
			if b.Placed.After(a.Placed) || b.Placed.Equal(a.Placed) && b.ID > a.ID {
				found[i], found[j] = b, a
			}
		}
	}
	return queryIDs(found)
}

func queryIDs(orders []order.Order) (ids []order.ID) {
	for _, o := range orders {
		ids = append(ids, o.ID)
	}
	return ids
}

// queryPages reads page after page; between gives the orders there are by then.
func queryPages(t *rapid.T, q order.Query, between func() []order.Order) (all []order.Order) {
	for range 200 {
		page, next, err := q.Page(order.Each(between()), queryAt())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
		if next.IsZero() {
			if len(page) > q.Limit || len(page) == 0 && len(all) > 0 {
				t.Fatalf("a last page of %d, the limit is %d", len(page), q.Limit)
			}
			return all
		}
		if len(page) != q.Limit || next != order.CursorOf(page[len(page)-1]) {
			t.Fatalf("a page of %d before the last, the limit is %d, next %v", len(page), q.Limit, next)
		}
		b, err := next.MarshalText() // as a client would send it
		if err == nil {
			err = q.After.UnmarshalText(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the pages do not end")
	return nil
}

func TestX1_PagesAreTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		orders, q := queryOrders(t, "orders", ""), drawQuery(t)
		want := queryTwin(q, orders)
		got := queryPages(t, q, func() []order.Order { return orders })
		if diff := cmp.Diff(want, queryIDs(got)); diff != "" {
			t.Fatalf("pages and list differ (-list +pages):\n%s", diff)
		}
		if !slices.IsSortedFunc(got, order.Compare) {
			t.Fatal("the pages are not sorted as Compare says")
		}
		var selected []order.Order
		for o, err := range q.Select(order.Each(orders), queryAt()) {
			if err != nil {
				t.Fatal(err)
			}
			selected = append(selected, o)
		}
		slices.SortFunc(selected, order.Compare)
		if diff := cmp.Diff(want, queryIDs(selected)); diff != "" {
			t.Fatalf("selection and list differ (-list +selection):\n%s", diff)
		}
		slices.Reverse(selected)
		slices.SortFunc(selected, func(a, b order.Order) int { return -order.Compare(b, a) })
		if diff := cmp.Diff(want, queryIDs(selected)); diff != "" {
			t.Fatalf("Compare is not antisymmetric:\n%s", diff)
		}
	})
}

func TestX1_PagesAreStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		orders, news, q := queryOrders(t, "orders", "o"), queryOrders(t, "news", "n"), drawQuery(t)
		old := make(map[order.ID]bool)
		for _, o := range orders {
			old[o.ID] = true
		}
		now, pages := slices.Clone(orders), 0
		got := queryPages(t, q, func() []order.Order {
			if pages++; pages > 1 { // orders arrive between pages, anywhere
				k := rapid.IntRange(0, len(news)).Draw(t, "arrive")
				now, news = append(now, news[:k]...), news[k:]
			}
			return now
		})
		seen, last := make(map[order.ID]bool), order.Order{}
		var kept []order.Order
		for _, o := range got {
			if seen[o.ID] || last.ID != "" && order.Compare(last, o) >= 0 {
				t.Fatalf("%s comes twice, or out of order after %s", o.ID, last.ID)
			}
			seen[o.ID], last = true, o
			if old[o.ID] {
				kept = append(kept, o)
			}
		}
		if diff := cmp.Diff(queryTwin(q, orders), queryIDs(kept)); diff != "" {
			t.Fatalf("arrivals moved what was there (-before +after):\n%s", diff)
		}
	})
}

func TestX1_ArrivalsDoNotShift(t *testing.T) {
	at := queryAt()
	var orders []order.Order
	for i := range 10 {
		orders = append(orders, queryPlace(t, queryDraft(order.ID(fmt.Sprint("o-", i))), at.Add(time.Duration(i-20)*time.Second)))
	}
	q := order.Query{Limit: 3}
	_, next, err := q.Page(order.Each(orders), at)
	if err != nil {
		t.Fatal(err)
	}
	q.After = next
	before, _, _ := q.Page(order.Each(orders), at)
	for i := range 5 {
		orders = append(orders, queryPlace(t, queryDraft(order.ID(fmt.Sprint("new-", i))), at))
	}
	after, _, _ := q.Page(order.Each(orders), at)
	if diff := cmp.Diff([]order.ID{"o-6", "o-5", "o-4"}, queryIDs(before)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(queryIDs(before), queryIDs(after)); diff != "" {
		t.Errorf("the second page moved (-before +after):\n%s", diff)
	}
}

func TestX1_DefaultLimit(t *testing.T) {
	var orders []order.Order
	for i := range order.DefaultLimit + 1 {
		orders = append(orders, queryPlace(t, queryDraft(order.ID(fmt.Sprint(i))), queryAt()))
	}
	page, next, err := (order.Query{}).Page(order.Each(orders), queryAt())
	if err != nil || len(page) != order.DefaultLimit || next.IsZero() {
		t.Errorf("%d of %d, then %v, %v", len(page), len(orders), next, err)
	}
	page, next, err = (order.Query{}).Page(order.Each(orders[1:]), queryAt())
	if err != nil || len(page) != order.DefaultLimit || !next.IsZero() {
		t.Errorf("%d of %d, then %v, %v", len(page), len(orders)-1, next, err)
	}
}

// queryStream gives n orders, each newer than the one before: the worst way for a page.
func queryStream(o order.Order, n int) iter.Seq2[order.Order, error] {
	return func(yield func(order.Order, error) bool) {
		for i := range n {
			o.Placed = o.Placed.Add(time.Second)
			if i == 0 {
				o.Placed = queryAt().Add(-6 * 24 * time.Hour)
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

func TestX1_PageMemory(t *testing.T) {
	o := queryPlace(t, queryDraft("o-1"), queryAt())
	q := order.Query{Limit: 10}
	allocs := func(n int) float64 {
		return testing.AllocsPerRun(3, func() {
			if page, _, err := q.Page(queryStream(o, n), queryAt()); err != nil || len(page) != 10 {
				t.Fatal(len(page), err)
			}
		})
	}
	if few, many := allocs(1_000), allocs(50_000); many > few+5 {
		t.Errorf("%v allocations for 1,000 orders, %v for 50,000", few, many)
	}
}

func BenchmarkX1_Page(b *testing.B) {
	o := queryPlace(b, queryDraft("o-1"), queryAt())
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := (order.Query{}).Page(queryStream(o, 10_000), queryAt()); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleQuery() {
	zone := time.FixedZone("+08:00", 8*60*60)
	at := time.Date(2025, 10, 27, 12, 0, 0, 0, zone)
	var orders []order.Order // a host's
	for i, product := range []string{"server", "disk", "server", "server"} {
		o, err := order.Place(order.Draft{
			ID: order.ID(fmt.Sprint("o-", i+1)), Customer: "c-1", Type: order.TypePurchase,
			Lines: []order.Line{{Product: product, Count: 1, Charge: order.ChargeSubscription, Amount: order.Minor(1000, order.USD)}},
		}, at.AddDate(0, 0, i-3), order.Baidu())
		if err != nil {
			fmt.Println(err)
			return
		}
		orders = append(orders, o)
	}

	q := order.Query{Customer: "c-1", Product: "server", Bill: order.BillPrepay, Limit: 2}
	for {
		page, next, err := q.Page(order.Each(orders), at)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, o := range page {
			fmt.Println(o.ID, o.Placed.Format(time.DateOnly))
		}
		if next.IsZero() {
			break
		}
		text, _ := next.MarshalText()
		fmt.Printf("-- next: %s\n", text)
		q.After = next
	}
	// Output:
	// o-4 2025-10-27
	// o-3 2025-10-26
	// -- next: 2025-10-26T04:00:00Z/o-3
	// o-1 2025-10-24
}

// A sequence that is not there has no orders.
func TestX1_NoSequence(t *testing.T) {
	at := queryAt()
	if page, next, err := (order.Query{}).Page(nil, at); page != nil || !next.IsZero() || err != nil {
		t.Errorf("page %v, %v, %v", page, next, err)
	}
	for o, err := range (order.Query{}).Select(nil, at) {
		t.Errorf("selected %v, %v", o, err)
	}
	if n, err := order.WriteCSV(io.Discard, nil); n != 0 || err != nil {
		t.Errorf("exported %d, %v", n, err)
	}
}
