package order_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/duebook/duebook/order"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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

// X1: the last 7 days are asked for by name, to the second; no window is any time.
func TestX1_Window(t *testing.T) {
	at, week := queryAt(), 7*24*time.Hour
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	afterDST := time.Date(2025, 11, 5, 12, 0, 0, 0, ny) // clocks went back on the 2nd
	disk := queryLine("disk", order.ChargeSubscription)
	disk.Resource = "r-1"
	recent := func(q order.Query, at time.Time) order.Query { return q.DefaultWindow(order.LastDays(7, at)) }
	for _, tt := range []struct {
		name   string
		q      order.Query
		placed time.Time
		want   bool
	}{
		{"7 days ago to the second", recent(order.Query{}, at), at.Add(-week), true},
		{"a second earlier", recent(order.Query{}, at), at.Add(-week - time.Second), false},
		{"the second itself", recent(order.Query{}, at), at, true},
		{"a second later", recent(order.Query{}, at), at.Add(time.Second), false},
		{"end of the second: 7 days ago", recent(order.Query{}, at.Add(time.Second-1)), at.Add(-week), true},
		{"end of the second: a second earlier", recent(order.Query{}, at.Add(time.Second-1)), at.Add(-week - time.Second), false},
		{"end of the second: a second later", recent(order.Query{}, at.Add(time.Second-1)), at.Add(time.Second), false},
		{"start of the next: 7 days ago is out", recent(order.Query{}, at.Add(time.Second)), at.Add(-week), false},
		{"elapsed, not civil: in", recent(order.Query{}, afterDST), time.Date(2025, 10, 29, 13, 0, 0, 0, ny), true},
		{"elapsed, not civil: out", recent(order.Query{}, afterDST), time.Date(2025, 10, 29, 12, 59, 59, 0, ny), false},
		{"another zone", recent(order.Query{}, at.UTC()), at.Add(-week).In(ny), true},
		{"exact ID, years ago", recent(order.Query{Order: "o-1"}, at), at.AddDate(-3, 0, 0), true},
		{"exact resource, years ago", recent(order.Query{Resource: "r-1"}, at), at.AddDate(-3, 0, 0), true},
		{"exact ID, later", recent(order.Query{Order: "o-1"}, at), at.Add(time.Hour), true},
		{"other ID", order.Query{Order: "o-12"}, at, false},
		{"other resource", order.Query{Resource: "r-12"}, at, false},
		{"no exact ID: product", recent(order.Query{Product: "disk"}, at), at.AddDate(-3, 0, 0), false},
		{"exact ID and from: in", recent(order.Query{Order: "o-1", From: at}, at), at, true},
		{"exact ID and from: out", recent(order.Query{Order: "o-1", From: at}, at), at.Add(-time.Second), false},
		{"exact resource and until: out", recent(order.Query{Resource: "r-1", Until: at}, at), at.Add(time.Second), false},
		{"from of its own", recent(order.Query{From: at.Add(-2 * week)}, at), at.Add(-2 * week), true},
		{"until of its own", recent(order.Query{Until: at.Add(2 * week)}, at), at.Add(-2 * week), true},
		{"nothing: years ago", order.Query{}, at.AddDate(-30, 0, 0), true},
		{"nothing: years later", order.Query{}, at.AddDate(30, 0, 0), true},
		{"from alone: ever after", order.Query{From: at.Add(-2 * week)}, at.Add(2 * week), true},
		{"from, in its second", order.Query{From: at.Add(999 * time.Millisecond)}, at, true},
		{"from, a second before", order.Query{From: at}, at.Add(-time.Second), false},
		{"until alone: ever before", order.Query{Until: at}, at.AddDate(-3, 0, 0), true},
		{"until, in its second", order.Query{Until: at}, at, true},
		{"until, a second after", order.Query{Until: at.Add(999 * time.Millisecond)}, at.Add(time.Second), false},
		{"0 days: the second itself", order.Query{}.DefaultWindow(order.LastDays(0, at)), at, true},
		{"0 days: a second before", order.Query{}.DefaultWindow(order.LastDays(0, at)), at.Add(-time.Second), false},
		{"a query that is not sound", order.Query{Limit: -1}, at, false},
	} {
		o := queryPlace(t, queryDraft("o-1", disk), tt.placed)
		if got := tt.q.Match(o); got != tt.want {
			t.Errorf("%s: placed %v: found %v, want %v; the window is %v .. %v", tt.name, tt.placed, got, tt.want, tt.q.From, tt.q.Until)
		}
		selected := false
		for range tt.q.Select(order.Each([]order.Order{o})) {
			selected = tt.q.Check() == nil
		}
		page, _ := tt.q.Page(order.Each([]order.Order{o}))
		if selected != tt.want || (len(page.Orders) == 1) != tt.want {
			t.Errorf("%s: selected %v, on a page %v, want %v", tt.name, selected, len(page.Orders), tt.want)
		}
	}
	if w := order.LastDays(7, at.Add(time.Second-1)); w.String() != "2025-10-20 12:00:00 +08:00 .. 2025-10-27 12:00:00 +08:00" {
		t.Errorf("the last 7 days are %s", w)
	}
}

// X1: days that cannot be are refused, and no other time is taken for them.
func TestX1_LastDaysRefused(t *testing.T) {
	at := queryAt()
	for _, tt := range []struct {
		days  int
		at    time.Time
		field string
	}{
		{7, time.Time{}, "from"}, {0, time.Time{}, "from"}, {-1, time.Time{}, "from"}, {7, time.Time{}.Add(time.Second - 1), "from"}, {-1, at, "until"}, {math.MinInt, at, "until"},
		{math.MaxInt, at, "from"}, {2025 * 366, at, "from"}, {7, time.Date(9999, 6, 1, 0, 0, 0, 0, time.UTC), "from"},
	} {
		var f *order.FieldError
		if err := (order.Query{}).DefaultWindow(order.LastDays(tt.days, tt.at)).Check(); !errors.As(err, &f) || f.Field != tt.field {
			t.Errorf("the last %d days at %v: %v, want field %s", tt.days, tt.at, err, tt.field)
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
			if tt.q.Match(o[name]) {
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
				if got := (order.Query{Listing: l, Project: project}).Match(o); got != want {
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
		leads(t, q, tt.field)
		f = nil
		if _, err := q.Page(order.Each(nil)); !errors.As(err, &f) || f.Field != tt.field {
			t.Errorf("%s: a page came, %v", tt.field, err)
		}
		f = nil
		for _, err := range q.Select(order.Each(nil)) {
			if !errors.As(err, &f) || f.Field != tt.field {
				t.Errorf("%s: the selection says %v", tt.field, err)
			}
		}
		if f == nil {
			t.Errorf("%s: the selection says nothing", tt.field)
		}
	}
	broken := errors.New("broken")
	fails := func(yield func(order.Order, error) bool) { yield(order.Order{}, broken) }
	if page, err := (order.Query{}).Page(fails); !errors.Is(err, broken) || page.Orders != nil || !page.Next.IsZero() {
		t.Errorf("of a broken sequence: %v, %v", page, err)
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
		if q.Match(o) {
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
		found, err := q.Page(order.Each(between()))
		if err != nil {
			t.Fatal(err)
		}
		page, next := found.Orders, found.Next
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
		for o, err := range q.Select(order.Each(orders)) {
			if err != nil {
				t.Fatal(err)
			}
			selected = append(selected, o)
		}
		slices.SortFunc(selected, order.Compare)
		if diff := cmp.Diff(want, queryIDs(selected)); diff != "" {
			t.Fatalf("selection and list differ (-list +selection):\n%s", diff)
		}
		if n := rapid.IntRange(0, len(want)).Draw(t, "seen"); n > 0 { // from a cursor on
			q.After = order.CursorOf(selected[n-1])
			var rest []order.Order
			for o := range q.Select(order.Each(orders)) {
				rest = append(rest, o)
			}
			slices.SortFunc(rest, order.Compare)
			if diff := cmp.Diff(want[n:], queryIDs(rest), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("list and selection after %s differ (-list +selection):\n%s", q.After.ID, diff)
			}
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
	first, err := q.Page(order.Each(orders))
	if err != nil {
		t.Fatal(err)
	}
	q.After = first.Next
	before, _ := q.Page(order.Each(orders))
	for i := range 5 {
		orders = append(orders, queryPlace(t, queryDraft(order.ID(fmt.Sprint("new-", i))), at))
	}
	after, _ := q.Page(order.Each(orders))
	if diff := cmp.Diff([]order.ID{"o-6", "o-5", "o-4"}, queryIDs(before.Orders)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(queryIDs(before.Orders), queryIDs(after.Orders)); diff != "" {
		t.Errorf("the second page moved (-before +after):\n%s", diff)
	}
}

func TestX1_DefaultLimit(t *testing.T) {
	var orders []order.Order
	for i := range order.DefaultLimit + 1 {
		orders = append(orders, queryPlace(t, queryDraft(order.ID(fmt.Sprint(i))), queryAt()))
	}
	page, err := (order.Query{}).Page(order.Each(orders))
	if err != nil || len(page.Orders) != order.DefaultLimit || page.Next.IsZero() {
		t.Errorf("%d of %d, then %v, %v", len(page.Orders), len(orders), page.Next, err)
	}
	page, err = (order.Query{}).Page(order.Each(orders[1:]))
	if err != nil || len(page.Orders) != order.DefaultLimit || !page.Next.IsZero() {
		t.Errorf("%d of %d, then %v, %v", len(page.Orders), len(orders)-1, page.Next, err)
	}
}

// X1: the JSON of a page is a list, also of nothing, and a cursor that is "" at the end.
func TestX1_PageJSON(t *testing.T) {
	for _, orders := range [][]order.Order{nil, {queryPlace(t, queryDraft("o-1"), queryAt().UTC()), queryPlace(t, queryDraft("o-2"), queryAt().UTC())}} {
		page, err := (order.Query{Limit: 1}).Page(order.Each(orders))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		if orders == nil && string(b) != `{"orders":[],"next":""}` {
			t.Errorf("an empty page is %s", b)
		}
		var got order.Page
		if err := order.Decode(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if len(got.Orders) != len(page.Orders) || got.Next != page.Next || (len(orders) > 1) != strings.Contains(string(b), `"next":"2025-10-27T04:00:00Z/o-2"`) {
			t.Errorf("%s is read as %v", b, got)
		}
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
			if page, err := q.Page(queryStream(o, n)); err != nil || len(page.Orders) != 10 {
				t.Fatal(len(page.Orders), err)
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
		if _, err := (order.Query{}).Page(queryStream(o, 10_000)); err != nil {
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
		page, err := q.Page(order.Each(orders))
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, o := range page.Orders {
			fmt.Println(o.ID, o.Placed.Format(time.DateOnly))
		}
		if page.Next.IsZero() {
			break
		}
		text, _ := page.Next.MarshalText()
		fmt.Printf("-- next: %s\n", text)
		q.After = page.Next
	}
	// Output:
	// o-4 2025-10-27
	// o-3 2025-10-26
	// -- next: 2025-10-26T04:00:00Z/o-3
	// o-1 2025-10-24
}

// A sequence that is not there has no orders.
func TestX1_NoSequence(t *testing.T) {
	if page, err := (order.Query{}).Page(nil); page.Orders != nil || !page.Next.IsZero() || err != nil {
		t.Errorf("page %v, %v", page, err)
	}
	for o, err := range (order.Query{}).Select(nil) {
		t.Errorf("selected %v, %v", o, err)
	}
	if n, err := order.WriteCSV(io.Discard, nil); n != 0 || err != nil {
		t.Errorf("exported %d, %v", n, err)
	}
}
