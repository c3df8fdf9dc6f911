package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
)

// sqliteBody is the body of record r: in r, or where archive has moved it.
const sqliteBody = `iif(octet_length(r.body), r.body, (select a.body from duebook_archived a where a.customer = r.customer and a.kind = r.kind and a.id = r.id))`

// sqliteColumns are those that scanRecord reads.
const sqliteColumns = `select r.customer, r.kind, r.id, r.version, r.grp, r.state, r.at, r.waits, ` + sqliteBody

// sqliteTexts are the statements of a store. Times are seconds since 1970.
var sqliteTexts = struct {
	load, version, whole, group, insert, update, resource, wake string
	due, leasable, lease                                        string
	page, named, with, list, states, export, exportOne, settle  string
	resting, archive, rest                                      string
	forget                                                      [4]string
}{
	// What is asked for whole, what is alone, and what belongs to the groups of the others.
	load: `
select r.kind, r.id, r.version, ` + sqliteBody + ` from json_each(?2) w
	cross join duebook_records r on r.customer = ?1 and r.kind = w.value
union all
select r.kind, r.id, r.version, ` + sqliteBody + ` from json_each(?3) w
	cross join duebook_records r on r.customer = ?1 and r.kind = w.value ->> 0 and r.id = w.value ->> 1 where r.grp = ''
union all
select r.kind, r.id, r.version, ` + sqliteBody + ` from (
	select distinct n.kind, n.grp from json_each(?3) w
	cross join duebook_records n on n.customer = ?1 and n.kind = w.value ->> 0 and n.id = w.value ->> 1 where n.grp <> '') g
	cross join duebook_records r on r.customer = ?1 and r.kind = g.kind and r.grp = g.grp and r.grp <> ''`,

	version: `select version from duebook_records where customer = ? and kind = ? and id = ?`,
	whole:   `select count(*), coalesce(sum(version), 0) from duebook_records where customer = ? and kind = ?`,
	group:   `select count(*), coalesce(sum(version), 0) from duebook_records where customer = ? and kind = ? and grp = ? and grp <> ''`,

	insert: `
insert into duebook_records (customer, kind, id, version, grp, state, at, waits, placed, prepay, postpay, listing, body)
values (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
	// A record stays in its group, and an order was placed once.
	update: `
update duebook_records set version = version + 1, state = ?, at = ?, waits = ?, prepay = ?, postpay = ?, listing = ?, body = ?
where customer = ? and kind = ? and id = ? and version = ?`,
	resource: `insert into duebook_order_resources (customer, resource, id) values (?, ?, ?) on conflict do nothing`,
	wake: `
insert into duebook_customers (customer, waits)
select ?1, (select min(waits) from duebook_records where customer = ?1 and waits is not null) where true
on conflict (customer) do update set waits = excluded.waits where waits is not excluded.waits`,

	due:      sqliteDue(""),
	leasable: sqliteDue(" and (leased_by = ?3 or leased_until is null or leased_until <= ?1)"),
	lease:    `update duebook_customers set leased_by = ?, leased_until = ? where customer = ?`,

	page: `
select r.id, r.version, ` + sqliteBody + ` from duebook_records r
where r.customer = ?1 and r.placed between ?2 and ?3 and (r.placed, r.id) < (?4, ?5)` + sqliteFilter + `
order by r.placed desc, r.id desc`,
	named: `
select r.id, r.version, ` + sqliteBody + ` from duebook_records r
where r.customer = ?1 and r.kind = 'order' and r.id = ?13 and r.placed between ?2 and ?3 and (r.placed, r.id) < (?4, ?5)` + sqliteFilter,
	with: `
select r.id, r.version, ` + sqliteBody + ` from duebook_order_resources x
	cross join duebook_records r on r.customer = ?1 and r.kind = 'order' and r.id = x.id
where x.customer = ?1 and x.resource = ?13 and r.placed between ?2 and ?3 and (r.placed, r.id) < (?4, ?5)` + sqliteFilter + `
order by r.placed desc, r.id desc`,

	list: sqliteColumns + ` from duebook_records r
where r.kind = ? and r.state = ? and (r.at, r.customer, r.id) > (?, ?, ?) order by r.at, r.customer, r.id limit ?`,
	states: `
with recursive s (state) as (
	select min(state) from duebook_records where kind = ?1
	union all
	select (select min(r.state) from duebook_records r where r.kind = ?1 and r.state > s.state) from s where s.state is not null)
select state from s where state is not null`,

	export:    sqliteColumns + ` from duebook_records r order by r.customer, r.kind, r.id`,
	exportOne: sqliteColumns + ` from duebook_records r where r.customer = ? order by r.kind, r.id`,

	settle: `update duebook_migrations set applied = -applied where number = 1`, // twice: a page that is not changed is not written

	// What may rest: ledger.Record.Archivable says the rest by state and time.
	resting: `
select customer, kind, id, version, state, at from duebook_records
where kind in ('order', 'payment', 'refund', 'claim', 'notice', 'entry') and at < ? and waits is null and octet_length(body) > 0`,
	archive: `
insert into duebook_archived (customer, kind, id, body)
select customer, kind, id, body from duebook_records where customer = ? and kind = ? and id = ? and version = ? and octet_length(body) > 0
on conflict do update set body = excluded.body`,
	rest: `update duebook_records set body = '' where customer = ? and kind = ? and id = ?`,
	forget: [...]string{"delete from duebook_archived where customer = ?", "delete from duebook_order_resources where customer = ?",
		"delete from duebook_records where customer = ?", "delete from duebook_customers where customer = ?"},
}

// sqliteDue names the customers who wait the longest, and of each the records that do.
func sqliteDue(who string) string {
	return `
select c.customer, r.kind, r.id, r.version
from (select customer, waits from duebook_customers where waits <= ?1` + who + ` order by waits, customer limit ?2) c
	cross join duebook_records r on r.rowid in (
		select w.rowid from duebook_records w where w.customer = c.customer and w.waits <= ?1 order by w.waits, w.kind, w.id limit ?2)
order by c.waits, c.customer, r.waits, r.kind, r.id`
}

// sqliteFilter are the fields of an order.Query that narrow a page down; empty: any.
const sqliteFilter = `
	and (?6 = '' or r.state = ?6) and (?7 = '' or r.prepay and ?7 = 'prepay' or r.postpay and ?7 = 'postpay')
	and (?8 = '' or r.listing = ?8) and (?9 = '' or ` + sqliteBody + ` ->> '$.type' = ?9) and (?10 = '' or ` + sqliteBody + ` ->> '$.project' = ?10)
	and (?11 = '' and ?12 = '' or exists (select 1 from json_each(` + sqliteBody + `, '$.lines') l
		where (?11 = '' or l.value ->> '$.product' = ?11) and (?12 = '' or l.value ->> '$.service' = ?12)))`

// sqliteStatements are the statements, prepared on the connections of one pool.
type sqliteStatements struct {
	load, version, whole, group, insert, update, resource, wake *sql.Stmt
	due, leasable, lease                                        *sql.Stmt
	page, named, with, list, states, export, exportOne, settle  *sql.Stmt
	resting, archive, rest                                      *sql.Stmt
	forget                                                      [4]*sql.Stmt
}

func prepareSQLite(ctx context.Context, db *sql.DB) (*sqliteStatements, error) {
	s, t := new(sqliteStatements), &sqliteTexts
	for _, x := range [...]struct {
		to   **sql.Stmt
		text string
	}{
		{&s.load, t.load}, {&s.version, t.version}, {&s.whole, t.whole}, {&s.group, t.group}, {&s.insert, t.insert}, {&s.update, t.update},
		{&s.resource, t.resource}, {&s.wake, t.wake}, {&s.due, t.due}, {&s.leasable, t.leasable}, {&s.lease, t.lease},
		{&s.page, t.page}, {&s.named, t.named}, {&s.with, t.with}, {&s.list, t.list}, {&s.states, t.states}, {&s.export, t.export},
		{&s.exportOne, t.exportOne}, {&s.settle, t.settle}, {&s.resting, t.resting}, {&s.archive, t.archive}, {&s.rest, t.rest},
		{&s.forget[0], t.forget[0]}, {&s.forget[1], t.forget[1]}, {&s.forget[2], t.forget[2]}, {&s.forget[3], t.forget[3]},
	} {
		var err error
		if *x.to, err = db.PrepareContext(ctx, x.text); err != nil {
			return nil, fmt.Errorf("sqlstore: prepare: %w", err)
		}
	}
	return s, nil
}
