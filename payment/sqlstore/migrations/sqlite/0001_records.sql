-- Records of customers, as duebook's ledger.Record has them, and one row for each customer. Times are whole seconds
-- since 1970-01-01 00:00:00 UTC: datetime(at, 'unixepoch') shows one.

create table duebook_customers (
	customer     text not null primary key,
	waits        integer, -- when the clock moves the first of the customer's records; null: none waits
	leased_by    text,    -- the host that sweeps the customer until leased_until
	leased_until integer
) strict, without rowid;
create index duebook_customers_waits on duebook_customers (waits, customer) where waits is not null;

-- All records of all customers. Read them, and leave writing to duebook.
create table duebook_records (
	customer text not null,
	kind     text not null,
	id       text not null,
	version  integer not null check (version > 0), -- how often the record was written
	grp      text not null,    -- records of a kind with the same group belong together: a purchase, a main resource; empty: alone
	state    text not null,
	at       integer not null, -- the time that lists go by, in the year 1 where the kind keeps none
	waits    integer,          -- when the clock moves the record next; null: it waits for nothing
	placed   integer,          -- when an order was placed; null: it is no order
	prepay   integer,          -- whether an order has a line that is paid for before use
	postpay  integer,          -- whether an order has a line that is paid for after use
	listing  text,             -- the list in which an order stands apart from others; empty: none
	body     text not null,
	unique (customer, kind, id)
) strict;
create index duebook_records_waits on duebook_records (customer, waits) where waits is not null;
create index duebook_records_group on duebook_records (customer, kind, grp) where grp <> '';
create index duebook_records_placed on duebook_records (customer, placed, id) where placed is not null;
create index duebook_records_listed on duebook_records (kind, state, at, customer, id);
