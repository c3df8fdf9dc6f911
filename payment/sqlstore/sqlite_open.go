package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	sqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// sqliteFile is a file, and how it is opened.
type sqliteFile struct {
	uri      string
	settings url.Values
}

// sqliteSettings are the settings that a store needs, by the names that they have in a path, and
// what they may be; the first is what they are set to.
var sqliteSettings = []struct {
	names  []string
	values []string
	do     string
}{
	{[]string{"journal_mode", "journal"}, []string{"wal"}, "leave it out: the store sets wal, by which those who read and who writes do not wait for each other, and a crash loses nothing"},
	{[]string{"synchronous", "sync"}, []string{"full", "2", "extra", "3"}, "leave it out, or set full or extra: else what was acknowledged is lost when the power fails"},
	{[]string{"foreign_keys", "fk"}, []string{"on", "1", "yes", "true"}, "leave it out: the store sets on"},
	{[]string{"locking_mode"}, []string{"normal"}, "leave it out: the store reads over connections of their own"},
	{[]string{"query_only", "writable_schema", "ignore_check_constraints"}, nil, "leave it out: the store sets what it needs"},
	{[]string{"txlock"}, []string{"immediate"}, "leave it out: the store sets immediate, so that a transaction that waits is not refused later"},
}

// sqliteFileOf takes a path apart.
func sqliteFileOf(path string) (sqliteFile, error) {
	name, query, _ := strings.Cut(path, "?")
	if rest, ok := strings.CutPrefix(name, "file:"); ok {
		var err error
		if name, err = url.PathUnescape(rest); err != nil {
			return sqliteFile{}, &SettingError{"path", path, "escape it as a URL, or leave file: out"}
		}
	}
	if name == "" || strings.HasPrefix(name, ":memory:") {
		return sqliteFile{}, &SettingError{"path", path, "give the path of a file: what is kept in memory is lost (payment/inmem does that)"}
	}
	settings, err := url.ParseQuery(query)
	if err != nil {
		return sqliteFile{}, &SettingError{"path", path, "write settings as in shop.db?_pragma=busy_timeout(20000)"}
	}
	if err := checkSQLiteSettings(settings); err != nil {
		return sqliteFile{}, err
	}
	if name, err = filepath.Abs(name); err != nil { // where the process is when it reads is another matter
		return sqliteFile{}, fmt.Errorf("sqlstore: open: %w", err)
	}
	if filepath.VolumeName(name) != "" {
		name = "/" + name
	}
	return sqliteFile{"file:" + (&url.URL{Path: filepath.ToSlash(name)}).EscapedPath(), settings}, nil
}

// checkSQLiteSettings reports a setting by which something could be lost.
func checkSQLiteSettings(settings url.Values) error {
	for key, values := range settings {
		for _, v := range values {
			name := strings.TrimPrefix(key, "_")
			switch {
			case key == "vfs":
				continue
			case name == key: // of SQLite itself: mode, cache, immutable, nolock, psow
				return &SettingError{key, v, "leave it out: the store opens the file to read and write it, with locks, and caches that are not shared"}
			case key == "_pragma":
				name, v = pragma(v)
				if strings.Contains(v, ";") {
					return &SettingError{key, v, "give one setting in each _pragma"}
				}
			}
			name, v = strings.ToLower(name), strings.Trim(v, ` '"`)
			for _, s := range sqliteSettings {
				if slices.Contains(s.names, name) && !slices.Contains(s.values, strings.ToLower(v)) {
					return &SettingError{name, v, s.do}
				}
			}
		}
	}
	return nil
}

// pragma takes one apart, such as main.synchronous(full).
func pragma(text string) (name, value string) {
	name, value, _ = strings.Cut(strings.NewReplacer("(", "=", ")", "").Replace(text), "=")
	name = strings.ToLower(strings.TrimSpace(name))
	if _, plain, ok := strings.Cut(name, "."); ok {
		name = plain
	}
	return name, value
}

const (
	sqliteBusy       = 10 * time.Second // how long a transaction of another process is waited for
	sqliteCheckpoint = 16000            // pages after which the log is written back: seldom, since everybody waits for it
)

// open opens the file for who writes, over one connection, or for those who read.
func (f sqliteFile) open(ctx context.Context, writes bool) (*sql.DB, error) {
	q := make(url.Values, len(f.settings))
	for key, values := range f.settings {
		q[key] = slices.Clone(values)
	}
	set := func(name, value string) { // unless the path does: the driver sorts them
		if !slices.ContainsFunc(f.settings["_pragma"], func(text string) bool { is, _ := pragma(text); return is == name }) {
			q.Add("_pragma", name+"("+value+")")
		}
	}
	set("wal_autocheckpoint", fmt.Sprint(sqliteCheckpoint))
	set("temp_store", "memory") // where savepoints keep the pages that they may have to put back
	set("foreign_keys", "on")
	set("synchronous", "full")
	if !writes {
		set("query_only", "on")
	}
	if !q.Has("_busy_timeout") && !q.Has("_timeout") { // which come before any _pragma
		set("busy_timeout", fmt.Sprint(sqliteBusy.Milliseconds()))
	}
	q.Set("_txlock", "immediate")
	db, err := sql.Open("sqlite", f.uri+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("sqlstore: open: %w", err)
	}
	n := 1
	if !writes {
		n = readers()
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	if writes {
		if err := useLog(ctx, db); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

// useLog has the file keep a write-ahead log. Of processes that do so at once all but one may be
// refused, without a wait.
func useLog(ctx context.Context, db *sql.DB) error {
	for until := time.Now().Add(sqliteBusy); ; {
		var mode string
		err := db.QueryRowContext(ctx, "pragma journal_mode = wal").Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return &SettingError{"journal_mode", mode, "keep the file where a write-ahead log can be kept: on a disk of this machine"}
		case sqliteCode(err)&0xff != lib.SQLITE_BUSY || time.Now().After(until) || sleep(ctx, 10*time.Millisecond) != nil:
			return fmt.Errorf("sqlstore: open: %w", err)
		}
	}
}

// sqliteCode is the code of an error of SQLite; 0: it is none.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
