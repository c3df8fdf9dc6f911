package sqlstore

// statements are the texts that a store sends. Each names the customer first, so that each but
// waiting and list touches one partition.
type statements struct {
	load      string
	lock      string
	guard     string
	write     string
	wake      string
	waiting   string
	leasing   string
	turn      string
	find      string // its conditions follow
	list      string
	listState string
	export    string
	exportOne string
	archive   string
	forget    [3]string
	body      string // of r, where its customer is $1
}

// body is the body of record r, one of the customer $1: in r, or where archive has moved it. bodies
// is the same of any customer.
const (
	body   = "coalesce(r.body, (select a.body from duebook.archived a where a.customer = $1 and a.kind = r.kind and a.id = r.id))"
	bodies = "coalesce(r.body, (select a.body from duebook.archived a where a.customer = r.customer and a.kind = r.kind and a.id = r.id)) as body"
)

// columns are those that scanned reads.
const columns = "select r.customer, r.kind, r.id, r.version, r.grp, r.state, r.at, r.waits, " + bodies

// statementsIn returns the statements for the tables of a schema.
func statementsIn(schema string) *statements {
	s := &statements{
		load: `
select r.kind, r.id, r.version, ` + body + ` from duebook.records r where r.customer = $1 and r.kind = any($2::text[])
union all
select r.kind, r.id, r.version, ` + body + ` from unnest($3::text[], $4::text[]) as w(kind, id)
	join duebook.records r on r.customer = $1 and r.kind = w.kind and r.id = w.id where r.grp = ''
union all
select r.kind, r.id, r.version, ` + body + ` from (
	select distinct n.kind, n.grp from unnest($3::text[], $4::text[]) as w(kind, id)
	join duebook.records n on n.customer = $1 and n.kind = w.kind and n.id = w.id where n.grp <> '') g
	join duebook.records r on r.customer = $1 and r.kind = g.kind and r.grp = g.grp where r.grp <> ''`,

		// An update in any case: at an isolation level above read committed, it fails where
		// another commit came between, while a lock alone would let the guard see what stood before.
		lock: `
insert into duebook.customers as c (customer, commits) values ($1, 1)
on conflict (customer) do update set commits = c.commits + 1`,

		guard: `
select duebook.conflict(w.kind) from unnest($2::text[], $3::text[], $4::bigint[]) as w(kind, id, version)
	left join duebook.records r on r.customer = $1 and r.kind = w.kind and r.id = w.id
	where coalesce(r.version, 0) <> w.version
union all
select duebook.conflict(w.kind) from unnest($5::text[], $6::text[], $7::bigint[], $8::bigint[]) as w(kind, grp, n, versions),
	lateral (select count(*) as n, coalesce(sum(r.version), 0) as versions from duebook.records r
		where r.customer = $1 and r.kind = w.kind) r
	where w.grp = '' and (r.n <> w.n or r.versions <> w.versions)
union all
select duebook.conflict(w.kind) from unnest($5::text[], $6::text[], $7::bigint[], $8::bigint[]) as w(kind, grp, n, versions),
	lateral (select count(*) as n, coalesce(sum(r.version), 0) as versions from duebook.records r
		where r.customer = $1 and r.kind = w.kind and r.grp = w.grp and r.grp <> '') r
	where w.grp <> '' and (r.n <> w.n or r.versions <> w.versions)`,

		write: `
with w as materialized (
	select w.kind, w.id, w.version, w.grp, w.state, w.at, w.waits, w.body::json as body, w.placed, w.prepay, w.postpay, w.listing
	from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[],
		$10::timestamptz[], $11::boolean[], $12::boolean[], $13::text[])
		as w(kind, id, version, grp, state, at, waits, body, placed, prepay, postpay, listing)),
again as (
	update duebook.records r set version = w.version, grp = w.grp, state = w.state, at = w.at, waits = w.waits, body = w.body,
		placed = w.placed, prepay = w.prepay, postpay = w.postpay, listing = w.listing
	from w where w.version > 1 and r.customer = $1 and r.kind = w.kind and r.id = w.id)
insert into duebook.records (customer, kind, id, version, grp, state, at, waits, body, placed, prepay, postpay, listing)
select $1, w.kind, w.id, w.version, w.grp, w.state, w.at, w.waits, w.body, w.placed, w.prepay, w.postpay, w.listing from w where w.version = 1`,

		wake: `
update duebook.customers c set waits = w.first
from (select min(r.waits) as first from duebook.records r where r.customer = $1 and r.waits is not null) w
where c.customer = $1 and c.waits is distinct from w.first`,

		waiting: `
select c.customer, r.kind, r.id, r.version
from (select c.customer, c.waits from duebook.customers c where c.waits <= $1 order by c.waits, c.customer limit $2) c,
	lateral (select r.kind, r.id, r.version, r.waits from duebook.records r
		where r.customer = c.customer and r.waits <= $1 order by r.waits, r.kind, r.id limit $2) r
order by c.waits, c.customer, r.waits, r.kind, r.id`,

		leasing: `
with due as materialized (
	select c.customer from duebook.customers c
	where c.waits <= $1 and (c.leased_by = $3 or c.leased_until is null or c.leased_until <= $1)
	order by c.waits, c.customer limit $2 for update skip locked),
leased as (
	update duebook.customers c set leased_by = $3, leased_until = $4
	where c.customer = any(array(select due.customer from due))
	returning c.customer, c.waits)
select c.customer, r.kind, r.id, r.version
from leased c, lateral (select r.kind, r.id, r.version, r.waits from duebook.records r
	where r.customer = c.customer and r.waits <= $1 order by r.waits, r.kind, r.id limit $2) r
order by c.waits, c.customer, r.waits, r.kind, r.id`,

		find: `
select r.id, r.version, ` + body + ` from duebook.records r where r.customer = $1 and r.placed is not null`,

		// Of each state that there is, as much as a page has: one index serves both lists.
		list: `
with recursive states as (
	(select r.state from duebook.records r where r.kind = $1 order by r.state limit 1)
	union all
	select (select r.state from duebook.records r where r.kind = $1 and r.state > s.state order by r.state limit 1)
	from states s where s.state is not null)
select r.* from states s, lateral (` + columns + ` from duebook.records r
	where r.kind = $1 and r.state = s.state and (r.at, r.customer, r.id) > ($2, $3, $4)
	order by r.at, r.customer, r.id limit $5) r
where s.state is not null
order by r.at, r.customer, r.id limit $5`,

		listState: columns + ` from duebook.records r
where r.kind = $1 and r.state = $6 and (r.at, r.customer, r.id) > ($2, $3, $4)
order by r.at, r.customer, r.id limit $5`,

		export:    columns + ` from duebook.records r order by r.customer, r.kind, r.id`,
		exportOne: columns + ` from duebook.records r where r.customer = $1 order by r.kind, r.id`,

		// What rests is as ledger.Record.Archivable says.
		archive: `
with resting as (
	select r.customer, r.kind, r.id, r.body from duebook.records r
	where (r.kind in ('order', 'payment', 'refund', 'claim') and r.state in ('completed', 'voided', 'refunded', 'canceled', 'succeeded', 'failed', 'done')
		or r.kind = 'notice' and r.state <> 'undeliverable' or r.kind = 'entry')
		and r.at < $1 and r.waits is null and r.body is not null
	limit $2 for update skip locked),
moved as (
	insert into duebook.archived as a select s.customer, s.kind, s.id, s.body from resting s
	on conflict (customer, kind, id) do update set body = excluded.body)
update duebook.records r set body = null from resting s where r.customer = s.customer and r.kind = s.kind and r.id = s.id`,

		forget: [...]string{"delete from duebook.archived where customer = $1", "delete from duebook.records where customer = $1", "delete from duebook.customers where customer = $1"},
		body:   body,

		turn: "select pg_advisory_xact_lock(hashtextextended(" + quoted("duebook turn in "+schema+" of ") + " || $1::text, 0))",
	}
	for _, text := range [...]*string{&s.load, &s.lock, &s.guard, &s.write, &s.wake, &s.waiting, &s.leasing, &s.find, &s.list, &s.listState, &s.export, &s.exportOne, &s.archive, &s.forget[0], &s.forget[1], &s.forget[2], &s.body} {
		*text = inSchema(*text, schema)
	}
	return s
}
