// Package sqlstore keeps records in a SQL database: [Postgres] is a [ledger.Store]. It is a module of
// its own, since it needs a driver.
//
//	store, err := sqlstore.OpenPostgres(ctx, "postgres://billing@db/shop")
//	d := &desk.Desk{Store: store, ...}
//
// # Words
//
// A record is a row of the table records: its view in columns, its body as JSON. A customer has a
// row of the table customers, which each commit updates before anything else: whoever comes second
// waits there, and then sees what the first has written. The guard compares what a commit expects.
//
// # Commit
//
// A commit is one transaction and one round trip, whatever the number of records: the customer's row,
// the guard, the records, when the customer waits next, and what the host puts Beside. It is right at
// any isolation level. What the server ends so that another transaction goes on is sent again.
//
// # Errors
//
//	ledger.ErrConflict  others were faster: certainly nothing was written
//	ledger.ErrInDoubt   the connection broke, or the server went down, before it answered: perhaps it was written
//	SettingError        the database does not keep what it acknowledges: what to set
//	VersionError        a later version has migrated the database: update the host
//	others              certainly nothing was written
//
// # Rules
//
//   - P16: a commit compares all that was judged, and writes all or nothing; where nobody knows, it says so.
package sqlstore
