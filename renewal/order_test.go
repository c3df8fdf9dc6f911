package renewal_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/renewal"
)

func TestR10_Batch(t *testing.T) {
	all := []renewal.Resource{
		server(),
		with(server(), func(r *renewal.Resource) { r.ID, r.Main = "disk-1", "vm-1" }),
		with(server(), func(r *renewal.Resource) { r.ID, r.Main, r.Attached = "disk-2", "vm-1", true }),
		with(server(), func(r *renewal.Resource) { r.ID, r.Main = "ip-1", "vm-1" }),
		with(server(), func(r *renewal.Resource) { r.ID = "vm-2" }),
	}
	ids := func(rs []renewal.Resource) (all []order.ResourceID) {
		for _, r := range rs {
			all = append(all, r.ID)
		}
		return all
	}
	for _, row := range []struct{ chosen, want []order.ResourceID }{
		{[]order.ResourceID{"vm-1"}, []order.ResourceID{"vm-1", "disk-1", "ip-1"}},
		{[]order.ResourceID{"disk-2"}, []order.ResourceID{"disk-2"}},
		{[]order.ResourceID{"disk-1", "vm-2", "vm-1"}, []order.ResourceID{"vm-2", "vm-1", "disk-1", "ip-1"}},
		{nil, nil},
	} {
		if got, err := renewal.Batch(row.chosen, all); err != nil || !slices.Equal(ids(got), row.want) {
			t.Errorf("%v: %v, %v, want %v", row.chosen, ids(got), err, row.want)
		}
	}
	if _, err := renewal.Batch([]order.ResourceID{"disk-1"}, all); !errors.Is(err, renewal.ErrBound) || !strings.Contains(err.Error(), "vm-1") {
		t.Errorf("bound, alone: %v", err)
	}
	_, err := renewal.Batch([]order.ResourceID{"vm-9"}, all)
	isField(t, "nobody's", err, "resources[0]")
	_, err = renewal.Batch([]order.ResourceID{"vm-2", "vm-2"}, all)
	isField(t, "twice", err, "resources[1]")
	// What is bound is placed with its main resource, in one purchase.
	whole, err := renewal.Batch([]order.ResourceID{"vm-1"}, all)
	if err != nil {
		t.Fatal(err)
	}
	var together []order.Draft
	for i, r := range whole {
		d, err := r.Draft(order.ID(fmt.Sprintf("CB%d", i)), months(1), usd(6000), clock("2023-04-01"), renewal.Huawei())
		if err != nil {
			t.Fatal(err)
		}
		together = append(together, d)
	}
	if p, err := order.PlaceTogether("B1", together, clock("2023-04-01"), order.Policy{}); err != nil || len(p.Orders) != 3 {
		t.Errorf("a server with what is bound to it: %d orders, %v", len(p.Orders), err)
	}
	// O6: 30 are one purchase, 31 are said before anything is placed.
	var many []renewal.Resource
	var chosen []order.ResourceID
	for i := range 31 {
		many = append(many, with(server(), func(r *renewal.Resource) { r.ID = order.ResourceID(fmt.Sprintf("vm-%02d", i)) }))
		chosen = append(chosen, many[i].ID)
	}
	if _, err := renewal.Batch(chosen, many); !errors.Is(err, order.ErrTooMany) {
		t.Errorf("31: %v", err)
	}
	batch, err := renewal.Batch(chosen[:30], many)
	if err != nil {
		t.Fatal(err)
	}
	var drafts []order.Draft
	for i, r := range batch {
		d, err := r.Draft(order.ID(fmt.Sprintf("CS%d", i)), months(1), usd(6000), clock("2023-04-01"), renewal.Huawei())
		if err != nil {
			t.Fatal(err)
		}
		drafts = append(drafts, d)
	}
	p, err := order.PlaceTogether("P1", drafts, clock("2023-04-01"), order.Huawei())
	if err != nil || len(p.Orders) != 30 {
		t.Errorf("a purchase of %d: %v", len(p.Orders), err)
	}
}

func TestR1_Draft(t *testing.T) {
	p, at := renewal.Huawei(), clock("2023-04-01")
	r := with(server(), func(r *renewal.Resource) { r.Project, r.User, r.Count = "shop", "c-8", 3 })
	d, err := r.Draft("CS1", years(1), usd(60000), at, p)
	if err != nil {
		t.Fatal(err)
	}
	o, err := order.Place(d, at, order.Huawei())
	if err != nil || o.Type != order.TypeRenewal || o.Project != "shop" || o.User != "c-8" || o.Lines[0].Resource != "vm-1" || o.Lines[0].Term != years(1) || o.Lines[0].Count != 3 || o.Payable() != usd(60000) {
		t.Errorf("%+v, %v", o, err)
	}
	e, err := renewal.Unify(r.Position(), months(1), 1, p)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = r.DraftExtension("CS1", e, usd(7200), at, p); err != nil || d.Lines[0].Term != months(1) || d.Lines[0].Configuration != "until 2023-06-01 23:59:59 +08:00" {
		t.Errorf("%+v, %v", d, err)
	}
	for what, got := range map[string]error{
		"a term of 12 months": func() error { _, err := r.Draft("CS1", months(12), usd(1), at, p); return err }(),
		"a price below zero":  func() error { _, err := r.Draft("CS1", months(1), usd(-1), at, p); return err }(),
		"no price":            func() error { _, err := r.Draft("CS1", months(1), order.Money{}, at, p); return err }(),
		"no ID":               func() error { _, err := r.Draft("", months(1), usd(1), at, p); return err }(),
		"until before":        func() error { _, err := r.DraftExtension("CS1", renewal.Extension{}, usd(1), at, p); return err }(),
	} {
		if !errors.Is(got, order.ErrInvalid) {
			t.Errorf("%s: %v", what, got)
		}
	}
	for is, bad := range map[error]renewal.Resource{
		order.ErrResourceTaken: with(r, func(r *renewal.Resource) { r.Order = "CS9" }),
		renewal.ErrState:       with(r, func(r *renewal.Resource) { r.Released = at }),
	} {
		if _, err := bad.Draft("CS1", months(1), usd(1), at, p); !errors.Is(err, is) {
			t.Errorf("%v: %v", is, err)
		}
	}
}

func TestR13_List(t *testing.T) {
	p, at := renewal.Huawei(), clock("2023-04-10")
	all := []renewal.Resource{
		with(server(), func(r *renewal.Resource) { r.ID, r.Expiry = "vm-3", clock("2023-06-08") }),
		with(server(), func(r *renewal.Resource) { r.ID = "vm-2" }),
		with(server(), func(r *renewal.Resource) { r.ID, r.Order = "vm-1", "CS1" }),
		with(server(), func(r *renewal.Resource) { r.ID, r.Customer, r.Mode = "vm-4", "c-8", renewal.ModeNone }),
	}
	for _, row := range []struct {
		q    renewal.Query
		want string
	}{
		{renewal.Query{}, "vm-1 vm-2 vm-4 vm-3"},
		{renewal.Query{Customer: "c-7"}, "vm-1 vm-2 vm-3"},
		{renewal.Query{Expiry: order.Window{Until: clock("2023-04-08 23:59:59")}}, "vm-1 vm-2 vm-4"},
		{renewal.Query{Expiry: order.Window{From: clock("2023-04-09 00:00:00")}}, "vm-3"},
		{renewal.Query{Expiry: order.Window{Until: clock("2023-04-08 23:59:58")}}, ""},
		{renewal.Query{Resource: "vm-2"}, "vm-2"},
		{renewal.Query{Order: "CS1"}, "vm-1"},
		{renewal.Query{Mode: renewal.ModeNone}, "vm-4"},
		{renewal.Query{State: renewal.StateGrace, Customer: "c-7"}, "vm-1 vm-2"},
	} {
		found, err := row.q.Select(all, at, p)
		var ids []string
		for _, r := range found {
			ids = append(ids, string(r.ID))
		}
		if got := strings.Join(ids, " "); err != nil || got != row.want {
			t.Errorf("%+v: %q, %v, want %q", row.q, got, err, row.want)
		}
	}
	_, err := renewal.Query{Mode: "x"}.Select(all, at, p)
	isField(t, "no mode", err, "mode")
	_, err = renewal.Query{State: "x"}.Select(all, at, p)
	isField(t, "no state", err, "state")
	_, err = renewal.Query{Expiry: order.Window{From: at, Until: at.Add(-1e9)}}.Select(all, at, p)
	isField(t, "a window that ends before", err, "expiry.until")
	for _, id := range []string{"a\n", strings.Repeat("x", 65), "\xff"} {
		for field, q := range map[string]renewal.Query{"customer": {Customer: order.CustomerID(id)}, "resource": {Resource: order.ResourceID(id)}, "order": {Order: order.ID(id)}} {
			found, err := q.Select(all, at, p)
			isField(t, "no ID", err, field)
			bad := with(server(), func(r *renewal.Resource) { r.Customer, r.ID, r.Order = q.Customer, q.Resource, q.Order })
			if found != nil || q.Match(bad, at, p) {
				t.Errorf("%s %q is found", field, id)
			}
		}
	}
}

func TestR13_Export(t *testing.T) {
	p, at := renewal.Huawei(), clock("2023-04-10")
	odd := with(server(), func(r *renewal.Resource) { r.ID, r.Product = "=1+1", "unpriced" })
	var b bytes.Buffer
	n, err := renewal.WriteCSV(&b, renewal.Each([]renewal.Resource{server(), odd}), months(1), monthly(6000), at, p)
	if err != nil || n != 2 {
		t.Fatalf("%d, %v", n, err)
	}
	want := "id,customer,user,project,product,service,region,count,charge,mode,state,expiry,usable until,kept until,order,term,price,currency,next product,next count\r\n" +
		"vm-1,c-7,,,s6.large,ECS,,1,subscription,manual renewal,grace period,2023-04-08T23:59:59+08:00,2023-04-23T23:59:59+08:00,2023-05-08T23:59:59+08:00,,1 month,60.00,USD,,\r\n" +
		"'=1+1,c-7,,,unpriced,ECS,,1,subscription,manual renewal,grace period,2023-04-08T23:59:59+08:00,2023-04-23T23:59:59+08:00,2023-05-08T23:59:59+08:00,,1 month,,,,\r\n"
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
	if rows, err := csv.NewReader(&b).ReadAll(); err != nil || len(rows) != 3 || order.CSVText(rows[2][0]) != "=1+1" {
		t.Errorf("%v, %v", rows, err)
	}
	split := odd
	split.ID, split.Product, split.Service, split.Region = ";=1+1", ",@x", "; -1", "a;+1"
	b.Reset()
	if _, err = renewal.WriteCSV(&b, renewal.Each([]renewal.Resource{split}), months(1), monthly(6000), at, p); err != nil {
		t.Fatal(err)
	}
	if row := ";'=1+1,c-7,,,\",'@x\",;' -1,a;'+1,1,subscription,"; !strings.Contains(b.String(), row) {
		t.Errorf("X2 a formula behind what splits a cell: got\n%s", b.String())
	}
	b.Reset()
	// HC: at most 10,000 rows; what is more is said, and what is written stays.
	p.MaxRows = 1
	b.Reset()
	n, err = renewal.WriteCSV(&b, renewal.Each([]renewal.Resource{server(), odd}), months(1), monthly(6000), at, p)
	var e *renewal.ExportError
	if !errors.Is(err, renewal.ErrTooMany) || !errors.As(err, &e) || n != 1 || e.Rows != 1 || e.Resource != "=1+1" || strings.Count(b.String(), "\r\n") != 2 {
		t.Errorf("%d, %v", n, err)
	}
	if renewal.Huawei().MaxRows != 10_000 {
		t.Error("HC allows 10,000 rows")
	}
	broken := errors.New("gone")
	if _, err := renewal.WriteCSV(&b, func(yield func(renewal.Resource, error) bool) { yield(renewal.Resource{}, broken) }, months(1), monthly(1), at, p); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if _, err := renewal.WriteCSV(&b, renewal.Each([]renewal.Resource{{}}), months(1), monthly(1), at, p); !errors.Is(err, order.ErrInvalid) {
		t.Errorf("%v", err)
	}
	if _, err := renewal.WriteCSV(failing{}, renewal.Each([]renewal.Resource{server()}), months(1), monthly(1), at, renewal.Huawei()); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
	_, err = renewal.WriteCSV(&b, renewal.Each(nil), months(12), monthly(1), at, p)
	isField(t, "12 months", err, "term")
	_, err = renewal.WriteCSV(&b, renewal.Each(nil), months(1), nil, at, p)
	isField(t, "no prices", err, "prices")
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }
