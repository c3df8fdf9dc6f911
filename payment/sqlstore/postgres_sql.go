package sqlstore

import (
	"strconv"
	"strings"
)

// statements are the texts that a store sends. Each names the customer first, so that each but
// waiting and list touches one partition.
type statements struct {
	load      string
	lock      string
	commit    string
	resources string
	waiting   string
	leasing   string
	turn      string
	find      string // its conditions follow
	findWith  string // and that of a resource first
	list      string
	listState string
	export    string
	exportOne string
	archive   string
	forget    [4]string
	body      string // of r, where its customer is $1
}

// body is the body of record r, one of the customer $1: in r, or where archive has moved it. bodies
// is the same of any customer.
const (
	body   = "coalesce(r.body, (select a.body from duebook.archived a where a.customer = $1 and a.kind = r.kind and a.id = r.id))"
	bodies = "coalesce(r.body, (select a.body from duebook.archived a where a.customer = r.customer and a.kind = r.kind and a.id = r.id)) as body"
)

// atMost is a statement that returns so many rows: it says so in its text. A server that plans once for
// any number takes it for a tenth of the table, and compiles that plan (JIT) before it runs it, at each call.
func atMost(sql string, rows int) string {
	return strings.ReplaceAll(sql, "MOST", strconv.Itoa(rows))
}

// columns are those that scanned reads.
const columns = "select r.customer, r.kind, r.id, r.version, r.grp, r.state, r.at, r.waits, " + bodies

// statementsIn returns the statements for the tables of a schema.
func statementsIn(schema string) *statements {
	s := &statements{
		load: "select r.kind, r.id, r.version, r.body from duebook.load($1, $2, $3, $4) r",

		// An update in any case: at an isolation level above read committed, it fails where a commit came between.
		lock: `
insert into duebook.customers as c (customer, commits) values ($1, 1)
on conflict (customer) do update set commits = c.commits + 1`,

		// Lock, guard, write, and when the customer waits next.
		commit: "select duebook.commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",

		resources: `
insert into duebook.order_resources (customer, resource, id)
select $1, w.resource, w.id from unnest($2::text[], $3::text[]) as w(resource, id)
on conflict (customer, resource, id) do nothing`,

		waiting: `
select c.customer, r.kind, r.id, r.version
from (select c.customer, c.waits from duebook.customers c where c.waits <= $1 order by c.waits, c.customer limit MOST) c,
	lateral (select r.kind, r.id, r.version, r.waits from duebook.records r
		where r.customer = c.customer and r.waits <= $1 order by r.waits, r.kind, r.id limit MOST) r
order by c.waits, c.customer, r.waits, r.kind, r.id`,

		leasing: `
with due as materialized (
	select c.customer from duebook.customers c
	where c.waits <= $1 and (c.leased_by = $2 or c.leased_until is null or c.leased_until <= $1)
	order by c.waits, c.customer limit MOST for update skip locked),
leased as (
	update duebook.customers c set leased_by = $2, leased_until = $3
	where c.customer = any(array(select due.customer from due))
	returning c.customer, c.waits)
select c.customer, r.kind, r.id, r.version
from leased c, lateral (select r.kind, r.id, r.version, r.waits from duebook.records r
	where r.customer = c.customer and r.waits <= $1 order by r.waits, r.kind, r.id limit MOST) r
order by c.waits, c.customer, r.waits, r.kind, r.id`,

		find: `
select r.id, r.version, ` + body + ` from duebook.records r where r.customer = $1 and r.placed is not null`,
		findWith: `
select r.id, r.version, ` + body + ` from duebook.order_resources x, lateral (select r.* from duebook.records r
	where r.customer = $1 and r.kind = 'order' and r.id = x.id offset 0) r where x.customer = $1 and x.resource = $2`,

		// Of each state that there is, as much as a page has: one index serves both lists. It has
		// no record of no kind, and is left alone by whoever does not say so.
		list: `
with recursive states as (
	(select r.state from duebook.records r where r.kind = $1 and r.kind <> '' order by r.state limit 1)
	union all
	select (select r.state from duebook.records r where r.kind = $1 and r.kind <> '' and r.state > s.state order by r.state limit 1)
	from states s where s.state is not null)
select r.* from states s, lateral (` + columns + ` from duebook.records r
	where r.kind = $1 and r.kind <> '' and r.state = s.state and (r.at, r.customer, r.id) > ($2, $3, $4)
	order by r.at, r.customer, r.id limit MOST) r
where s.state is not null
order by r.at, r.customer, r.id limit MOST`,

		listState: columns + ` from duebook.records r
where r.kind = $1 and r.kind <> '' and r.state = $5 and (r.at, r.customer, r.id) > ($2, $3, $4)
order by r.at, r.customer, r.id limit MOST`,

		export:    columns + ` from duebook.records r order by r.customer, r.kind, r.id`,
		exportOne: columns + ` from duebook.records r where r.customer = $1 order by r.kind, r.id`,

		// What rests is as ledger.Record.Archivable says.
		archive: `
with resting as (
	select r.customer, r.kind, r.id, r.body from duebook.records r
	where (r.kind in ('order', 'payment', 'refund', 'claim') and r.state in ('completed', 'voided', 'refunded', 'canceled', 'succeeded', 'failed', 'done')
		or r.kind = 'notice' and r.state <> 'undeliverable' or r.kind = 'entry')
		and r.at < $1 and r.waits is null and r.body is not null
	limit MOST for update skip locked),
moved as (
	insert into duebook.archived as a select s.customer, s.kind, s.id, s.body from resting s
	on conflict (customer, kind, id) do update set body = excluded.body)
update duebook.records r set body = null from resting s where r.customer = s.customer and r.kind = s.kind and r.id = s.id`,

		forget: [...]string{"delete from duebook.archived where customer = $1", "delete from duebook.order_resources where customer = $1",
			"delete from duebook.records where customer = $1", "delete from duebook.customers where customer = $1"},
		body: body,

		turn: "select pg_advisory_xact_lock(hashtextextended(" + quoted("duebook turn in "+schema+" of ") + " || $1::text, 0))",
	}
	for _, text := range [...]*string{&s.load, &s.lock, &s.commit, &s.resources, &s.waiting, &s.leasing, &s.find, &s.findWith, &s.list, &s.listState, &s.export, &s.exportOne, &s.archive, &s.forget[0], &s.forget[1], &s.forget[2], &s.forget[3], &s.body} {
		*text = inSchema(*text, schema)
	}
	return s
}
