-- The bodies of records that rest, by which the body in duebook_records is empty, and the views, which read both.

create table duebook_archived (
	customer text not null,
	kind     text not null,
	id       text not null,
	body     text not null,
	unique (customer, kind, id)
) strict;

-- All records with their bodies, wherever these are.
create view duebook_documents as
select r.customer, r.kind, r.id, r.version, r.grp, r.state, r.at, r.waits, r.placed, iif(octet_length(r.body), r.body,
	(select a.body from duebook_archived a where a.customer = r.customer and a.kind = r.kind and a.id = r.id)) as body
from duebook_records r;

drop view duebook_order_lines;
drop view duebook_orders;
drop view duebook_payments;
drop view duebook_refunds;
drop view duebook_coupons;
drop view duebook_resources;
drop view duebook_bills;
drop view duebook_accounts;
drop view duebook_entries;

-- What orders ask for, line by line, from 1. Lines with a seller are a third party's, and stand outside all sums. List is the
-- price of the line, tax included; discount what the order's discount takes off; payable the rest; tax is contained in list.
create view duebook_order_lines as
select r.customer, r.id as order_id, l.key + 1 as line, l.value->>'product' as product, l.value->>'service' as service, l.value->>'region' as region,
	l.value->>'resource' as resource, l.value->>'count' as count, l.value->'term'->>'n' as term_n, l.value->'term'->>'unit' as term_unit,
	l.value->>'charge' as charge, coalesce(l.value->>'reserved', 0) as reserved, l.value->>'seller' as seller,
	l.value->'amount'->>'currency' as currency, cast(l.value->'amount'->>'amount' as real) as list, coalesce(cast(l.value->'off'->>'amount' as real), 0.0) as discount,
	round(l.value->'amount'->>'amount' - coalesce(l.value->'off'->>'amount', 0), 8) as payable, coalesce(cast(l.value->'tax'->>'amount' as real), 0.0) as tax
from duebook_documents r, json_each(r.body, '$.lines') l
where r.kind = 'order';

-- Orders, with the sums of the merchant's own lines. The deadline is the last second in which it can be paid; payment holds or settled it.
create view duebook_orders as
select r.customer, r.id, r.version, r.body->>'type' as type, r.state, r.body->>'purchase' as purchase, r.body->>'project' as project,
	r.body->>'reason' as reason, datetime(r.placed, 'unixepoch') as placed, datetime(r.at, 'unixepoch') as changed, datetime(r.body->>'deadline') as deadline, r.body->>'payment' as payment,
	(select min(l.value->'amount'->>'currency') from json_each(r.body, '$.lines') l where coalesce(l.value->>'seller', '') = '') as currency,
	(select round(sum(l.value->'amount'->>'amount'), 8) from json_each(r.body, '$.lines') l where coalesce(l.value->>'seller', '') = '') as list,
	(select round(sum(coalesce(l.value->'off'->>'amount', 0)), 8) from json_each(r.body, '$.lines') l where coalesce(l.value->>'seller', '') = '') as discount,
	(select round(sum((l.value->'amount'->>'amount') - coalesce(l.value->'off'->>'amount', 0)), 8) from json_each(r.body, '$.lines') l where coalesce(l.value->>'seller', '') = '') as payable,
	cast(r.body->'paid'->'coupons'->>'amount' as real) as paid_coupons, cast(r.body->'paid'->'cards'->>'amount' as real) as paid_cards,
	cast(r.body->'paid'->'cash'->>'amount' as real) as paid_cash, datetime(r.waits, 'unixepoch') as waits
from duebook_documents r where r.kind = 'order';

-- Payments, of orders, of a bill, or into the customer's balance. Orders is a JSON array.
create view duebook_payments as
select r.customer, r.id, r.version, r.state, coalesce(r.body->'quote'->>'method', r.body->'request'->>'method', 'online') as method,
	r.body->>'gateway' as gateway, r.body->'request'->>'by' as actor, coalesce(r.body->'request'->'orders', '[]') as orders,
	r.body->>'bill' as bill, (r.body->'quote'->'topUp') is not null as top_up, datetime(r.body->>'held') as held,
	datetime(r.body->>'paid') as paid, datetime(r.at, 'unixepoch') as changed, r.body->'quote'->'sum'->'cash'->>'currency' as currency,
	cast(r.body->'quote'->'sum'->'list'->>'amount' as real) as list, cast(r.body->'quote'->'sum'->'discount'->>'amount' as real) as discount,
	cast(r.body->'quote'->'sum'->'coupons'->>'amount' as real) as coupons, cast(r.body->'quote'->'sum'->'cards'->>'amount' as real) as cards,
	cast(r.body->'quote'->'sum'->'cash'->>'amount' as real) as cash,
	coalesce(cast(r.body->'gone'->>'amount' as real), 0.0) as gone, r.body->>'reason' as reason, r.body->>'trade' as trade, datetime(r.waits, 'unixepoch') as waits
from duebook_documents r where r.kind = 'payment';

-- What is given back of payments: of order_id, by refund_order. Open is every state but done.
create view duebook_refunds as
select r.customer, r.id, r.version, r.state, r.body->>'payment' as payment, r.body->>'order' as order_id, r.body->>'for' as refund_order,
	r.body->>'method' as method, r.body->>'gateway' as gateway, datetime(r.at, 'unixepoch') as made, datetime(r.body->>'done') as done,
	r.body->'cash'->>'currency' as currency, cast(r.body->'cash'->>'amount' as real) as cash,
	(select coalesce(round(sum(c.value->'amount'->>'amount'), 8), 0.0) from json_each(r.body, '$.coupons') c) as coupons,
	coalesce(r.body->>'byHand', 0) as by_hand, r.body->>'reason' as reason, datetime(r.waits, 'unixepoch') as waits
from duebook_documents r where r.kind = 'refund';

-- Coupons and stored-value cards of customers. A discount coupon has no balance.
create view duebook_coupons as
select r.customer, r.id, r.version, r.state, r.body->>'kind' as kind, coalesce(r.body->>'frozen', 0) as frozen,
	coalesce(r.body->'face'->>'currency', r.body->'balance'->>'currency') as currency, cast(r.body->'face'->>'amount' as real) as face,
	cast(r.body->'balance'->>'amount' as real) as balance,
	datetime(r.body->'window'->>'from') as valid_from, datetime(r.body->'window'->>'until') as valid_until,
	coalesce(r.body->>'used', 0) as used, r.body->>'uses' as uses, r.body->>'heldBy' as held_by
from duebook_documents r where r.kind = 'coupon';

-- What customers have, and until when it is paid.
create view duebook_resources as
select r.customer, r.id, r.version, r.body->>'main' as main, r.body->>'product' as product, r.body->>'service' as service, r.body->>'region' as region,
	r.body->>'count' as count, r.body->>'charge' as charge, r.body->>'mode' as mode, datetime(r.body->>'start') as start,
	datetime(r.body->>'expiry') as expiry, datetime(r.body->>'released') as released, datetime(r.waits, 'unixepoch') as waits
from duebook_documents r where r.kind = 'resource';

-- What customers settle monthly, by month and currency. Amount is the charges without the credits that it took.
create view duebook_bills as
select r.customer, r.id, r.version, r.body->>'month' as month, r.body->>'state' as state, r.state = 'overdue' as overdue,
	r.body->'charges'->>'currency' as currency, cast(r.body->'charges'->>'amount' as real) as charges, cast(r.body->'credits'->>'amount' as real) as credits,
	round((r.body->'charges'->>'amount') - (r.body->'credits'->>'amount'), 8) as amount, coalesce(r.body->>'declines', 0) as declines,
	coalesce(cast(r.body->'gone'->>'amount' as real), 0.0) as gone, r.body->>'payment' as payment, datetime(r.body->>'try') as try_at
from duebook_documents r where r.kind = 'bill';

-- Balances of customers. Of a credit account the balance is below zero by what is used.
create view duebook_accounts as
select r.customer, r.id, r.version, r.body->>'fund' as fund, r.body->'balance'->>'currency' as currency, coalesce(cast(r.body->'balance'->>'amount' as real), 0.0) as balance,
	coalesce(cast(r.body->'limit'->>'amount' as real), 0.0) as credit_limit, coalesce(cast(r.body->'gone'->>'amount' as real), 0.0) as gone, r.state = 'overdrawn' as overdrawn
from duebook_documents r where r.kind = 'account';

-- Who moved which record when, why, and from which state to which: one row for each record that an entry moves.
create view duebook_entries as
select r.customer, r.id as entry, m.key + 1 as line, datetime(r.at, 'unixepoch') as at, r.body->>'by' as actor, r.body->>'step' as step, r.body->>'why' as why,
	m.value->>'kind' as kind, m.value->>'id' as id, m.value->>'from' as from_state, m.value->>'to' as to_state,
	m.value->'amount'->>'currency' as currency, cast(m.value->'amount'->>'amount' as real) as amount
from duebook_documents r, json_each(r.body, '$.moves') m
where r.kind = 'entry';
