-- A load and a commit are one call each: what is planned for them once serves whoever comes over the same connection,
-- pooled or not. Each record is looked for by its key, however many its customer has, and whatever the planner knows of
-- the table, which is nothing before the first analyze. Nor is a plan compiled (JIT), which takes longer than it saves.

create function duebook.load(of text, all_kinds text[], kinds text[], ids text[])
	returns table (kind text, id text, version bigint, body json) language plpgsql stable
	set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
begin
	return query
	with named as materialized (
		select r.* from unnest(kinds, ids) as w(kind, id), lateral (select r.kind, r.id, r.version, r.grp, coalesce(r.body,
				(select a.body from duebook.archived a where a.customer = of and a.kind = r.kind and a.id = r.id)) as body
			from duebook.records r where r.customer = of and r.kind = w.kind and r.id = w.id offset 0) r)
	select r.kind, r.id, r.version, r.body from named r where r.grp = ''
	union all
	select r.* from (select distinct n.kind, n.grp from named n where n.grp <> '') g, lateral (select r.kind, r.id, r.version, coalesce(r.body,
			(select a.body from duebook.archived a where a.customer = of and a.kind = r.kind and a.id = r.id))
		from duebook.records r where r.customer = of and r.kind = g.kind and r.grp = g.grp and r.grp <> '' offset 0) r
	union all
	select r.* from unnest(all_kinds) as w(kind), lateral (select r.kind, r.id, r.version, coalesce(r.body,
			(select a.body from duebook.archived a where a.customer = of and a.kind = r.kind and a.id = r.id))
		from duebook.records r where r.customer = of and r.kind = w.kind offset 0) r;
end
$$;
comment on function duebook.load is 'Records of a customer: all of some kinds, and those that are named, each with its group, by one statement.';

create function duebook.commit(of text, again bigint, -- how many of those that are written were there
	expect_kinds text[], expect_ids text[], expect_versions bigint[],
	all_kinds text[], all_groups text[], all_counts bigint[], all_versions bigint[],
	kinds text[], ids text[], versions bigint[], groups text[], states text[], ats timestamptz[], waiting timestamptz[], bodies text[],
	placed_at timestamptz[], prepaid boolean[], postpaid boolean[], listings text[]) returns void language plpgsql
	set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
declare
	changed bigint;
begin
	-- Whoever comes second waits here, and each statement from here on sees what the first has written; at an isolation
	-- level above read committed it fails, since each that writes updates the row.
	loop
		perform from duebook.customers c where c.customer = of for no key update;
		exit when found;
		insert into duebook.customers (customer, commits) values (of, 0) on conflict (customer) do nothing;
	end loop;

	perform duebook.conflict(w.kind) from unnest(expect_kinds, expect_ids, expect_versions) as w(kind, id, version)
	where w.version <> coalesce((select r.version from duebook.records r where r.customer = of and r.kind = w.kind and r.id = w.id), 0);
	if cardinality(all_kinds) > 0 then
		perform duebook.conflict(w.kind) from unnest(all_kinds, all_groups, all_counts, all_versions) as w(kind, grp, n, versions),
			lateral (select count(*) as n, coalesce(sum(r.version), 0) as versions from duebook.records r
				where r.customer = of and r.kind = w.kind) r
		where w.grp = '' and (r.n <> w.n or r.versions <> w.versions);
		perform duebook.conflict(w.kind) from unnest(all_kinds, all_groups, all_counts, all_versions) as w(kind, grp, n, versions),
			lateral (select count(*) as n, coalesce(sum(r.version), 0) as versions from duebook.records r
				where r.customer = of and r.kind = w.kind and r.grp = w.grp and r.grp <> '') r
		where w.grp <> '' and (r.n <> w.n or r.versions <> w.versions);
	end if;

	if again > 0 then -- the planner takes what is between for one record, and so does not read all to find a few
		update duebook.records r set version = w.version, grp = groups[w.n], state = states[w.n], at = ats[w.n], waits = waiting[w.n],
			body = bodies[w.n]::json, placed = placed_at[w.n], prepay = prepaid[w.n], postpay = postpaid[w.n], listing = listings[w.n]
		from (select of as customer, w.* from unnest(kinds, ids, versions) with ordinality as w(kind, id, version, n)
			where w.version between 2 and 9223372036854775807 offset 0) w
		where r.customer = w.customer and r.kind = w.kind and r.id = w.id and r.version = w.version - 1;
		get diagnostics changed = row_count;
		if changed <> again then
			raise exception 'duebook: a record is not as it was read' using errcode = 'DB409';
		end if;
	end if;
	if cardinality(kinds) > again then -- those that the caller expects not to be there
		insert into duebook.records (customer, kind, id, version, grp, state, at, waits, body, placed, prepay, postpay, listing)
		select of, w.kind, w.id, 1, groups[w.n], states[w.n], ats[w.n], waiting[w.n], bodies[w.n]::json, placed_at[w.n], prepaid[w.n], postpaid[w.n], listings[w.n]
		from unnest(kinds, ids, versions) with ordinality as w(kind, id, version, n) where w.version = 1;
	end if;

	if cardinality(kinds) > 0 then
		update duebook.customers c set commits = c.commits + 1,
			waits = (select min(r.waits) from duebook.records r where r.customer = of and r.waits is not null)
		where c.customer = of;
	end if;
end
$$;
comment on function duebook.commit is 'Writes a change of a customer whole, or ends the transaction with DB409 where something is not as it was read.';

comment on table duebook.customers is 'One row for each customer. Each commit locks it before it looks at anything else.';
comment on column duebook.customers.commits is 'How many commits wrote something.';

-- Of a table that nothing is known of yet, the planner takes this index to serve as well as the key, unless the query says so.
do $$
begin
	if not exists (select from duebook.records) then
		drop index duebook.records_listed;
		create index records_listed on duebook.records (kind, state, at, customer, id) where kind <> '';
	end if;
end
$$;
