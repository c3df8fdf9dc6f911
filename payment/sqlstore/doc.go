// Package sqlstore keeps records in a SQL database: [Postgres] and [SQLite] are each a [ledger.Store],
// with all that is optional: [ledger.Finder], [ledger.Lister], [ledger.Locker] and [ledger.Archiver]. It is a
// module of its own, since it needs drivers; that of SQLite needs no C compiler.
//
//	store, err := sqlstore.OpenPostgres(ctx, "postgres://billing@db/shop")
//	store, err := sqlstore.OpenSQLite(ctx, "/var/lib/shop/shop.db")
//	d := &desk.Desk{Store: store, ...}
//
// # Words
//
// A record is a row of the table records: its view in columns, its body as JSON. A customer has a
// row of the table customers, which each commit locks before anything else: whoever comes second
// waits there, and then sees what the first has written. The guard compares what a commit expects.
//
// # Tour
//
// A commit is one transaction and one round trip, whatever the number of records: the customer's row,
// the guard, the records, when the customer waits next, and what the host puts Beside. It is right at
// any isolation level. What the server ends so that another transaction goes on is sent again. A
// conflict is an error to the server, which logs it: "is not as it was read" there is no fault.
//
// [Postgres.InTx] has commits join a transaction of the host: orders are placed, coupons issued,
// resources adopted with the host's own rows, or not at all. What a gateway is called for does not join
// one: hang the host's rows on it by Beside.
//
// examples/saas is a page that runs in a file or on a server, as one flag says; examples/receipts keeps a
// table of the shop's own in step with its payments, and its test kills it at any moment.
//
// Hosts that sweep lease the customers that they are told of, and [Postgres.Lock] has those who
// conflict come one after the other, from whatever host.
//
// Find and List read pages by the place where the last one ended. [Postgres.Export] returns all records,
// one by one, for an audit or a copy.
//
// # Reports
//
// In PostgreSQL each kind that reports are made of has a view in the same schema, with typed columns and
// amounts as numbers: orders, order_lines, payments, refunds, coupons, resources, bills, accounts and entries.
// Their comments say what stands in them (\d+ in psql); testdata/questions has ten reports. Let a role read them:
//
//	grant usage on schema duebook to reports;
//	grant select on all tables in schema duebook to reports;
//
// [Postgres.Archive] moves the bodies of records that rest into a table apart, which can stand on slower
// storage; nothing else changes for whoever reads them. [Postgres.Delete] deletes a customer of whom nothing
// is left open, as a whole.
//
// # Database
//
// The tables stand in a schema of their own, duebook, or as the DSN says. Opening a store migrates:
// the first of several hosts does, the others wait. A role that may not is told so; then the owner
// runs duebook-migrate, and grants it:
//
//	grant usage on schema duebook to billing;
//	grant select on duebook.migrations to billing;
//	grant select, insert, update on duebook.customers, duebook.records, duebook.archived to billing;
//	grant select, insert on duebook.order_resources to billing;
//
// Migrations only go forward, and a host refuses a database that a later version has migrated. With
// duebook_partitions the tables are partitioned by a hash of the customer, for good: each statement but
// those that look for what waits, and lists over all customers, touches one partition.
//
// A load and a commit are each a call of a function of the schema: what they take grows with the records that they
// name, and not with what their customer has, and it is planned once for each connection of the server, which
// a pooler's clients share.
//
// OpenPostgres refuses a server older than 14, a database that is not in UTF-8, a standby, synchronous_commit,
// fsync or full_page_writes off, and a role whose transactions only read. Settings that the host
// changes later, or for single connections, are not seen.
//
// Through PgBouncer in transaction mode it works as it is: OpenPostgres notices that another process
// answers, and has pgx send statements without a name. Set default_query_exec_mode in the DSN where it
// does not, such as behind a pooler that gives the same process for a while: cache_describe, or exec.
//
// Measured on 2 cores of an AMD EPYC, with the server on the same machine over a local socket, beside SQL by hand
// in the same run, by go test -bench Postgres -run '^$' ./payment/sqlstore in its module:
//
//	a payment of 30 orders, from request to end     11.8 ms, 3.0 to 3.7 times as long as its three transactions by hand
//	a payment of one order                          2.4 ms, 3.1 times
//	commit of 30 orders, one caller                 2.3 ms, 2.5 to 2.7 times as long as one guarded statement
//	the same, 16 callers                            1.5 to 1.8 ms, 1.7 to 2.0 times
//	1,000 customers due among 1,000,000             13 ms, 1.7 times as long as among 100,000
//	nobody due                                      0.1 ms
//	a page in the middle of 1,000,000 orders        0.5 ms, no longer than the first
//	export                                          95,000 to 365,000 records a second
//
// # SQLite
//
// One writes at a time. Changes that wait for their turn are written by one transaction, each whole or not
// at all, so that the disk is waited for once; each is answered when it is on the disk. Those who read
// neither wait nor are waited for. Several processes on one machine may have the file open; a network disk
// is no place for it.
//
// The tables are named duebook_records and so on, so the file may have tables of the host's own:
// [SQLite.Begin] and [SQLite.InTx] write both in one transaction, and Beside hangs rows on each commit. Times
// are seconds since 1970. The views for reports are duebook_orders and so on, with the columns that
// PostgreSQL's have; amounts there are floating point, so round a sum.
//
// [SQLite.Archive] and [SQLite.Delete] are as on PostgreSQL. Archived bodies stay in the one file, in the table
// duebook_archived, since a transaction over several is not kept whole by a crash; the view duebook_documents
// has all records with their bodies.
//
// OpenSQLite sets a write-ahead log, synchronous full and foreign keys, and refuses a path that says
// otherwise. After a commit in doubt, the next call writes before it reads, so that nothing comes back
// after a crash that was read as not written.
//
// Measured on 2 cores that others used too, each beside SQL by hand in the same run, by
// go test -bench SQLite -run '^$' ./payment/sqlstore in its module:
//
//	commit of a payment of 30 orders, one caller     1.2 times as long as prepared rows
//	the same, 16 callers                             0.8 times
//	small commits of 16 callers, of one              5 times as many
//	1,000 customers due among 100,000 records        2.4 times a bare query; as long as among 10,000
//	nobody due                                       0.1 ms
//	a page in the middle of 100,000 orders           as long as the first
//	export                                           1.2 times a bare scan; by pages of List 1.5 to 1.7 times
//
// A host is killed in the quick tests three times under load; -run SQLiteKilled -kills=500 does more.
// The log is torn at random bytes, and the disk full. A file system of the tests' own, registered with SQLite,
// has each sync fail, and every ninth write and read of a run of changes, once or from there on, and then takes the power:
// a sync that fails loses pages for good, as Linux does. SQLite writes what failed again, from the same place, so
// a store works on once its disk does. -run SQLiteFaults -faults=1 has every call fail. A real machine without power is not tried.
//
// # More servers than one
//
// [Shards] has each customer in one of several databases, whole: a commit is a transaction of one server,
// and one that is down holds up its own customers alone. Partitions of records cannot be foreign tables in
// place of that: PostgreSQL has neither a key over these nor an upsert into them. To ask all shards at
// once, import their tables into another database, and read them as one:
//
//	import foreign schema duebook limit to (records) from server shard0 into shard0;
//	create view records as select * from shard0.records union all select * from shard1.records;
//
// Databases that divide tables themselves, such as Citus, CockroachDB and YugabyteDB, find what they need for
// it: each key begins with the customer, by whom to distribute both tables and keep them together, no sequence
// numbers anything, and no transaction writes for two customers. None of them is tried by the tests. Look
// at three things there before relying on one: a load and a commit are functions in PL/pgSQL, and the guard raises
// an error, Waiting with a lease locks rows of many customers with skip locked, which Citus refuses,
// and Lock takes advisory locks, without which hosts meet at commits, which is slow and not wrong.
//
// # Errors
//
//	ledger.ErrConflict  others were faster: certainly nothing was written
//	ledger.ErrInDoubt   the connection broke, the server went down, or the disk failed, before there was an answer: perhaps it was written
//	SettingError        the database does not keep what it acknowledges: what to set
//	StepError           a gateway is called for it: it joins no transaction of the host
//	VersionError        a later version has migrated the database: update the host
//	others              certainly nothing was written
//
// # Rules
//
//   - X1: a page of a customer's orders is read from an index, wherever it begins.
//   - X4: a list over all customers is read from an index.
//   - P16: a commit compares all that was judged, and writes all or nothing; where nobody knows, it says so.
package sqlstore
