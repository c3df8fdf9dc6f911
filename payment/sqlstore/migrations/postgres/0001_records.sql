-- Records of customers, as duebook's ledger.Record has them, and one row for each customer, which a commit locks first.

create table duebook.customers (
	customer     text collate "C" not null primary key,
	commits      bigint not null,
	waits        timestamptz,
	leased_by    text collate "C",
	leased_until timestamptz
) /* partition by hash (customer) */;
create index customers_waits on duebook.customers (waits, customer) where waits is not null;

comment on table duebook.customers is 'One row for each customer. Each commit updates it before it looks at anything else.';
comment on column duebook.customers.commits is 'How many commits there were.';
comment on column duebook.customers.waits is 'When the clock moves the first of the customer''s records; null: none waits.';
comment on column duebook.customers.leased_by is 'The host that sweeps the customer until leased_until.';

create table duebook.records (
	customer text collate "C" not null,
	kind     text collate "C" not null,
	id       text collate "C" not null,
	version  bigint not null check (version > 0),
	grp      text collate "C" not null,
	state    text collate "C" not null,
	at       timestamptz not null,
	waits    timestamptz,
	body     json,
	placed   timestamptz,
	prepay   boolean,
	postpay  boolean,
	listing  text collate "C",
	primary key (customer, kind, id)
) /* partition by hash (customer) */;
create index records_waits on duebook.records (customer, waits) where waits is not null;
create index records_group on duebook.records (customer, kind, grp) where grp <> '';
create index records_placed on duebook.records (customer, placed desc, id desc) where placed is not null;
create index records_listed on duebook.records (kind, state, at, customer, id);

create table duebook.archived (
	customer text collate "C" not null,
	kind     text collate "C" not null,
	id       text collate "C" not null,
	body     json not null,
	primary key (customer, kind, id)
) /* partition by hash (customer) */;
comment on table duebook.archived is 'The bodies of records that rest: move it to slower storage as you like.';

comment on table duebook.records is 'All records of all customers. Read them, and leave writing to duebook.';
comment on column duebook.records.version is 'How often the record was written.';
comment on column duebook.records.grp is 'Records of a kind with the same group belong together: a purchase, a main resource; empty: alone.';
comment on column duebook.records.at is 'The time that lists go by, in the year 1 where the kind keeps none.';
comment on column duebook.records.waits is 'When the clock moves the record next; null: it waits for nothing.';
comment on column duebook.records.body is 'The record; null: it rests, and the body is in archived. The view documents has both.';
comment on column duebook.records.placed is 'When an order was placed; null: it is no order.';
comment on column duebook.records.prepay is 'Whether an order has a line that is paid for before use.';
comment on column duebook.records.postpay is 'Whether an order has a line that is paid for after use.';
comment on column duebook.records.listing is 'The list in which an order stands apart from others; empty: none.';

create function duebook.conflict(kind text) returns boolean language plpgsql as $$
begin
	raise exception 'duebook: a record of kind "%" is not as it was read', kind using errcode = 'DB409';
end
$$;
comment on function duebook.conflict is 'Ends a commit that others were faster than.';
