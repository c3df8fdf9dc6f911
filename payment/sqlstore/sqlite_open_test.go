package sqlstore_test

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/duebook/duebook/order"
	"github.com/duebook/duebook/payment/ledger"
	"github.com/duebook/duebook/payment/ledger/ledgertest"
	"github.com/duebook/duebook/payment/sqlstore"
)

// P16: a path by which something could be lost is refused, and says what to set; others are not.
func TestP16_SQLiteSettings(t *testing.T) {
	dir := inMemory(t)
	for _, x := range []struct{ path, setting string }{
		{"", "path"}, {":memory:", "path"}, {"file::memory:?cache=shared", "path"}, {"a.db?%zz", "path"},
		{"a.db?_pragma=synchronous(off)", "synchronous"}, {"a.db?_pragma=synchronous(NORMAL)", "synchronous"}, {"a.db?_pragma=synchronous=0", "synchronous"},
		{"a.db?_pragma=main.synchronous(1)", "synchronous"}, {"a.db?_sync=OFF", "sync"}, {"a.db?_synchronous=1", "synchronous"},
		{"a.db?_pragma=journal_mode(memory)", "journal_mode"}, {"a.db?_journal_mode=OFF", "journal_mode"}, {"a.db?_pragma=journal_mode(delete)", "journal_mode"},
		{"a.db?_pragma=foreign_keys(0)", "foreign_keys"}, {"a.db?_fk=off", "fk"}, {"a.db?_pragma=locking_mode(exclusive)", "locking_mode"},
		{"a.db?_pragma=cache_size(1)%3Bpragma synchronous=off", "_pragma"}, {"a.db?_txlock=deferred", "txlock"}, {"a.db?_query_only=1", "query_only"},
		{"a.db?mode=memory", "mode"}, {"a.db?nolock=1", "nolock"}, {"file:a.db?immutable=1", "immutable"},
	} {
		var fault *sqlstore.SettingError
		s, err := sqlstore.OpenSQLite(ctx, x.path)
		if !errors.As(err, &fault) || fault.Setting != x.setting || fault.Do == "" {
			t.Errorf("%s: %v, and a fault of %s is wanted", x.path, err, x.setting)
		}
		if err == nil {
			s.Close()
			os.Remove("a.db")
		}
	}
	for i, path := range []string{"%s", "file:%s", "%s?_pragma=synchronous(extra)&_pragma=cache_size(-8000)&_busy_timeout=20000", "%s?_pragma=journal_mode(WAL)&_fk=1&_txlock=immediate",
		"%s?_pragma=wal_autocheckpoint(12)&_pragma=main.busy_timeout%%3D20000"} {
		name := filepath.Join(dir, fmt.Sprint("shop of 100 # ", i, ".db"))
		s := reopenSQLite(t, fmt.Sprintf(path, name))
		if err := s.Commit(ctx, counts("ann", 0)); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
		write, read := s.Pools()
		for _, x := range []struct {
			pragma, want string
			of           []*sql.DB
		}{
			{"journal_mode", "wal", []*sql.DB{write, read}}, {"foreign_keys", "1", []*sql.DB{write}}, {"wal_autocheckpoint", "16000", []*sql.DB{write}},
			{"synchronous", "2", []*sql.DB{write}}, {"query_only", "1", []*sql.DB{read}}, {"query_only", "0", []*sql.DB{write}}, {"temp_store", "2", []*sql.DB{write}},
			{"busy_timeout", "10000", []*sql.DB{write, read}},
		} {
			switch { // what the path says stays
			case x.pragma == "synchronous" && strings.Contains(path, "extra"):
				x.want = "3"
			case x.pragma == "busy_timeout" && strings.Contains(path, "20000"):
				x.want = "20000"
			case x.pragma == "wal_autocheckpoint" && strings.Contains(path, "12"):
				x.want = "12"
			}
			for _, db := range x.of {
				var is string
				err := db.QueryRow("pragma " + x.pragma).Scan(&is)
				if err != nil || is != x.want {
					t.Errorf("%s: %s is %s, and not %s: %v", path, x.pragma, is, x.want, err)
				}
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(name + "-wal"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("closed, it leaves its log: %v", err)
		}
	}
}

// P16: processes that open a file at once, which is not there yet, each find it migrated.
func TestP16_SQLiteOpenedAtOnce(t *testing.T) {
	dir := inMemory(t)
	for round := range 3 {
		path := filepath.Join(dir, fmt.Sprint(round, ".db"))
		var all []*osexec.Cmd
		for range 4 {
			cmd, out := child(t, "open", path)
			go func() {
				for out.Scan() {
				}
			}()
			all = append(all, cmd)
		}
		for _, cmd := range all {
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
		}
		s := reopenSQLite(t, path)
		for _, cmd := range all {
			if n := counted(t, s, order.CustomerID(fmt.Sprint(cmd.Process.Pid))); n != 1 {
				t.Errorf("one process has written %d times", n)
			}
		}
	}
}

// P16: a file that a later version has migrated is refused, and is as it was.
func TestP16_SQLiteNewer(t *testing.T) {
	path := filepath.Join(inMemory(t), "shop.db")
	s := reopenSQLite(t, path)
	write, _ := s.Pools()
	if _, err := write.Exec("insert into duebook_migrations values (99, 'later', 0)"); err != nil {
		t.Fatal(err)
	}
	for what, open := range map[string]func() error{
		"open":    func() error { _, err := sqlstore.OpenSQLite(ctx, path); return err },
		"migrate": func() error { _, err := sqlstore.MigrateSQLite(ctx, path); return err },
	} {
		var fault *sqlstore.VersionError
		if err := open(); !errors.As(err, &fault) || fault.Applied != 99 || fault.Known < 2 {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// P16: what the first migration had is read after the others, and found by its resources.
func TestP16_SQLiteOlder(t *testing.T) {
	path := filepath.Join(inMemory(t), "shop.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := sqlstore.MigrateSQLiteTo(ctx, db, 1); err != nil {
		t.Fatal(err)
	}
	r := purchase(t, "ann", 3)
	r.Orders[1].Lines[2].Resource = "disk"
	rows, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range rows {
		var placed any
		if v.Kind == ledger.KindOrder {
			placed = sqliteAt.Unix()
		}
		if _, err := db.Exec("insert into duebook_records values (?, ?, ?, 1, ?, ?, ?, null, ?, 1, 0, '', ?)", string(v.Customer), string(v.Kind), v.ID, v.Group, v.State, v.At.Unix(), placed, string(v.Body)); err != nil {
			t.Fatal(err)
		}
	}
	done, err := sqlstore.MigrateSQLite(ctx, path)
	if err != nil || len(done) == 0 || done[0].Number != 2 || done[0].Name != "resources" {
		t.Errorf("migrated: %+v, %v", done, err)
	}
	if done, err := sqlstore.MigrateSQLite(ctx, path); err != nil || len(done) != 0 {
		t.Errorf("migrated again: %+v, %v", done, err)
	}
	s := reopenSQLite(t, path)
	got, err := s.Load(ctx, ledger.AskAll("ann"))
	if err != nil || len(got.Orders) != 3 || len(got.Payments) != 1 || got.Orders[1].Version != 1 {
		t.Errorf("loaded: %d orders, %v", len(got.Orders), err)
	}
	page, err := s.Find(ctx, order.Query{Customer: "ann", Resource: "disk"})
	if err != nil || len(page.Orders) != 1 || page.Orders[0].ID != r.Orders[1].ID {
		t.Errorf("found by resource: %+v, %v", page, err)
	}
}

var numbered = regexp.MustCompile(`\?[0-9]*`) // parameters

// P16: no statement looks through a table.
func TestP16_SQLitePlans(t *testing.T) {
	s := openSQLite(t)
	write, _ := s.Pools()
	want := map[string][]string{
		"load":      {"sqlite_autoindex_duebook_records_1", "duebook_records_group"},
		"version":   {"sqlite_autoindex_duebook_records_1 (customer=? AND kind=? AND id=?)"},
		"whole":     {"sqlite_autoindex_duebook_records_1 (customer=? AND kind=?)"},
		"group":     {"duebook_records_group (customer=? AND kind=? AND grp=?)"},
		"update":    {"sqlite_autoindex_duebook_records_1 (customer=? AND kind=? AND id=?)"},
		"wake":      {"COVERING INDEX duebook_records_waits (customer=? AND waits>?)"},
		"due":       {"COVERING INDEX duebook_customers_waits (waits<?)", "duebook_records_waits (customer=? AND waits<?)", "INTEGER PRIMARY KEY (rowid=?)"},
		"leasable":  {"duebook_customers_waits (waits<?)", "duebook_records_waits (customer=? AND waits<?)", "INTEGER PRIMARY KEY (rowid=?)"},
		"page":      {"duebook_records_placed (customer=? AND placed>? AND placed<?)"},
		"named":     {"sqlite_autoindex_duebook_records_1 (customer=? AND kind=? AND id=?)"},
		"with":      {"sqlite_autoindex_duebook_records_1 (customer=? AND kind=? AND id=?)", "PRIMARY KEY (customer=? AND resource=?)"},
		"list":      {"duebook_records_listed (kind=? AND state=? AND (at,customer,id)>(?,?,?))"},
		"exportOne": {"sqlite_autoindex_duebook_records_1 (customer=?)"},
		"states":    {"COVERING INDEX duebook_records_listed (kind=?)", "COVERING INDEX duebook_records_listed (kind=? AND state>?)"},
	}
	for name, text := range sqlstore.SQLiteTexts() {
		rows, err := write.Query("explain query plan " + numbered.ReplaceAllString(text, "null"))
		if err != nil {
			t.Fatal(name, err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		rows.Close()
		all := strings.Join(plan, "\n")
		for _, index := range want[name] {
			if !strings.Contains(all, index) {
				t.Errorf("%s does not use %s:\n%s", name, index, all)
			}
		}
		if len(want[name]) == 0 {
			t.Errorf("%s:\n%s", name, all)
		}
		for _, line := range plan {
			if strings.HasPrefix(line, "SCAN") && strings.Contains(line, "duebook_") {
				t.Errorf("%s looks through a table:\n%s", name, all)
			}
			sorts := strings.Contains(line, "TEMP B-TREE FOR ORDER BY")
			if sorts && (name == "page" || name == "list") {
				t.Errorf("%s sorts:\n%s", name, all)
			}
		}
	}
}

// P16: columns say what bodies say, whatever was written how often.
func TestP16_SQLiteColumns(t *testing.T) {
	s := openSQLite(t)
	kept := ledgertest.DrawKept().Example(1)
	for i, id := range []order.CustomerID{"ann", "bob", "shop"} {
		r := kept.Customers[i]
		for range 2 {
			if err := s.Commit(ctx, ledger.Change{Customer: id, Put: r}); err != nil {
				t.Fatal(err)
			}
			r = r.Written()
		}
	}
	var exported ledger.Records
	n, last := 0, ledger.Record{}
	for r, err := range s.Export(ctx, "") {
		if err == nil {
			err = exported.Decode(r)
		}
		if n++; err != nil || cmp.Or(cmp.Compare(last.Customer, r.Customer), cmp.Compare(last.Kind, r.Kind), cmp.Compare(last.ID, r.ID)) >= 0 || r.Version != 2 {
			t.Fatalf("%s %s of %s, version %d, is exported behind %s %s: %v", r.Kind, r.ID, r.Customer, r.Version, last.Kind, last.ID, err)
		}
		last = r
	}
	ofAnn := 0
	for r, err := range s.Export(ctx, "ann") {
		if ofAnn++; err != nil || r.Customer != "ann" {
			t.Error(r.Customer, err)
		}
	}
	there := [3]int{}
	for i := range there {
		there[i] = len(kept.Customers[i].Views())
	}
	if n != there[0]+there[1]+there[2] || ofAnn != there[0] {
		t.Errorf("%d records are exported, and %d of one customer; there are %v", n, ofAnn, there)
	}
	write, _ := s.Pools()
	var wrong, all int
	if err := write.QueryRow(`select count(*) filter (where placed is not unixepoch(body ->> '$.placed') or prepay is null or listing is null or version <> 2
		or grp is not coalesce(body ->> '$.purchase', '') or at is not unixepoch(body ->> '$.changed') or waits is not unixepoch(body ->> '$.waits')
		or state is not body ->> '$.state'), count(*) from duebook_records where kind = 'order'`).Scan(&wrong, &all); err != nil || wrong > 0 || all == 0 {
		t.Errorf("of %d orders, %d have columns that say something else than the body: %v", all, wrong, err)
	}
	if err := write.QueryRow(`select count(*) filter (where c.waits is not (select min(waits) from duebook_records r where r.customer = c.customer)), count(*) from duebook_customers c`).Scan(&wrong, &all); err != nil || wrong > 0 || all != 3 {
		t.Errorf("of %d customers, %d wait for another time than their records: %v", all, wrong, err)
	}
}

// P16: another process that writes is waited for until ctx ends, and then certainly nothing was written.
func TestP16_SQLiteLocked(t *testing.T) {
	path := filepath.Join(inMemory(t), "shop.db")
	s, other := reopenSQLite(t, path), reopenSQLite(t, path)
	tx, err := other.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if err := s.Commit(short, counts("ann", 0)); err == nil || errors.Is(err, ledger.ErrInDoubt) || errors.Is(err, ledger.ErrConflict) {
		t.Errorf("while another process writes: %v", err)
	}
	done := make(chan error)
	go func() { done <- s.Commit(ctx, counts("bob", 0)) }()
	time.Sleep(20 * time.Millisecond)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if a, b := counted(t, s, "ann"), counted(t, s, "bob"); a != 0 || b != 1 {
		t.Errorf("written %d and %d times", a, b)
	}
}
