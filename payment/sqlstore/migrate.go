package sqlstore

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations
var migrations embed.FS

// Migration is one step from an empty database to the tables of this version. Migrations are
// numbered from 1, applied in this order and never taken back.
type Migration struct {
	Number  int
	Name    string    // what it brings, such as "records"
	SQL     string    // the statements
	Applied time.Time // when the database was migrated; zero: it has not been
}

// known returns the migrations of a kind of database, in order, from files named 0001_records.sql.
func known(database string) ([]Migration, error) {
	dir := path.Join("migrations", database)
	files, err := fs.ReadDir(migrations, dir)
	if err != nil {
		return nil, err
	}
	var all []Migration
	for i, f := range files {
		number, name, _ := strings.Cut(strings.TrimSuffix(f.Name(), ".sql"), "_")
		n, err := strconv.Atoi(number)
		if err != nil || n != i+1 {
			return nil, fmt.Errorf("sqlstore: migration %s is not number %d", f.Name(), i+1)
		}
		text, err := fs.ReadFile(migrations, path.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, Migration{Number: n, Name: name, SQL: string(text)})
	}
	return all, nil
}

// applied enters when each migration was applied, by its number. A number that is not known is a
// [*VersionError].
func applied(all []Migration, when map[int]time.Time) ([]Migration, error) {
	all = slices.Clone(all)
	for n, at := range when {
		if n > len(all) {
			return nil, &VersionError{Applied: n, Known: len(all)}
		}
		all[n-1].Applied = at
	}
	return all, nil
}

// pending returns the migrations that have not been applied.
func pending(all []Migration) []Migration {
	return slices.DeleteFunc(slices.Clone(all), func(m Migration) bool { return !m.Applied.IsZero() })
}
