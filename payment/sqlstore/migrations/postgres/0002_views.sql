-- Records as people ask for them: a view for each kind that reports are made of, with typed columns.
-- Amounts are numeric beside their currency; never add up two currencies. Times are in whole seconds.

create function duebook.money(amount jsonb) returns numeric language sql immutable parallel safe as
	$$ select (amount->>'amount')::numeric $$;
comment on function duebook.money is 'The number of an amount of money in a body; its currency stands beside it.';

create view duebook.documents as
select r.customer, r.kind, r.id, r.version, r.grp, r.state, r.at, r.waits, r.placed, b.body
from duebook.records r, lateral (select coalesce(r.body,
	(select a.body from duebook.archived a where a.customer = r.customer and a.kind = r.kind and a.id = r.id))::jsonb as body offset 0) b;
comment on view duebook.documents is 'All records with their bodies, wherever these are.';

create view duebook.order_lines as
select r.customer, r.id as order_id, l.line, l.of->>'product' as product, l.of->>'service' as service, l.of->>'region' as region,
	l.of->>'resource' as resource, (l.of->>'count')::int as count, (l.of->'term'->>'n')::int as term_n, l.of->'term'->>'unit' as term_unit,
	l.of->>'charge' as charge, coalesce((l.of->>'reserved')::boolean, false) as reserved, l.of->>'seller' as seller,
	l.of->'amount'->>'currency' as currency, duebook.money(l.of->'amount') as list, coalesce(duebook.money(l.of->'off'), 0) as discount,
	duebook.money(l.of->'amount') - coalesce(duebook.money(l.of->'off'), 0) as payable, coalesce(duebook.money(l.of->'tax'), 0) as tax
from duebook.documents r, jsonb_array_elements(r.body->'lines') with ordinality as l(of, line)
where r.kind = 'order';
comment on view duebook.order_lines is 'What orders ask for, line by line. Lines with a seller are a third party''s, and stand outside all sums.';
comment on column duebook.order_lines.line is 'From 1.';
comment on column duebook.order_lines.list is 'The list price of the line, tax included; below zero where an order gives money back.';
comment on column duebook.order_lines.discount is 'What the order''s discount takes off; coupons are parts of the payment, and not here.';
comment on column duebook.order_lines.payable is 'List without discount.';
comment on column duebook.order_lines.tax is 'The tax contained in list, for information.';

create view duebook.orders as
select r.customer, r.id, r.version, r.body->>'type' as type, r.state, r.body->>'purchase' as purchase, r.body->>'project' as project,
	r.body->>'reason' as reason, r.placed, r.at as changed, (r.body->>'deadline')::timestamptz as deadline, r.body->>'payment' as payment,
	s.currency, s.list, s.discount, s.payable, duebook.money(r.body->'paid'->'coupons') as paid_coupons,
	duebook.money(r.body->'paid'->'cards') as paid_cards, duebook.money(r.body->'paid'->'cash') as paid_cash, r.waits
from duebook.documents r left join lateral (
	select min(l->'amount'->>'currency') as currency, sum(duebook.money(l->'amount')) as list, sum(coalesce(duebook.money(l->'off'), 0)) as discount,
		sum(duebook.money(l->'amount') - coalesce(duebook.money(l->'off'), 0)) as payable
	from jsonb_array_elements(r.body->'lines') l where coalesce(l->>'seller', '') = '') s on true
where r.kind = 'order';
comment on view duebook.orders is 'Orders, with the sums of the merchant''s own lines.';
comment on column duebook.orders.state is 'As it stands: what is past its deadline is unpaid until the clock moves it.';
comment on column duebook.orders.deadline is 'The last second in which it can be paid; null: it charges nothing now.';
comment on column duebook.orders.payment is 'The payment that holds or settled it.';
comment on column duebook.orders.paid_cash is 'What came from a balance, online or goes on a monthly bill; null until it is paid.';
comment on column duebook.orders.waits is 'When the clock moves it next.';

create view duebook.payments as
select r.customer, r.id, r.version, r.state, coalesce(r.body->'quote'->>'method', r.body->'request'->>'method', 'online') as method,
	r.body->>'gateway' as gateway, r.body->'request'->>'by' as actor, array(select jsonb_array_elements_text(r.body->'request'->'orders')) as orders,
	r.body->>'bill' as bill, (r.body->'quote'->'topUp') is not null as top_up, (r.body->>'held')::timestamptz as held,
	(r.body->>'paid')::timestamptz as paid, r.at as changed, r.body->'quote'->'sum'->'cash'->>'currency' as currency,
	duebook.money(r.body->'quote'->'sum'->'list') as list, duebook.money(r.body->'quote'->'sum'->'discount') as discount,
	duebook.money(r.body->'quote'->'sum'->'coupons') as coupons, duebook.money(r.body->'quote'->'sum'->'cards') as cards,
	duebook.money(r.body->'quote'->'sum'->'cash') as cash,
	coalesce(duebook.money(r.body->'gone'), 0) as gone, r.body->>'reason' as reason, r.body->>'trade' as trade, r.waits
from duebook.documents r where r.kind = 'payment';
comment on view duebook.payments is 'Payments, of orders, of a bill, or into the customer''s balance.';
comment on column duebook.payments.state is 'As lists have it: overdrawn is one that has ended, of which more was refunded and taken back than captured.';
comment on column duebook.payments.bill is 'The month of the bill that it pays, such as 2026-01; null: it pays none.';
comment on column duebook.payments.top_up is 'Whether it is paid into the balance.';
comment on column duebook.payments.held is 'When its orders were held.';
comment on column duebook.payments.paid is 'When it succeeded; null: it has not.';
comment on column duebook.payments.cash is 'What is charged at the gateway, taken from a balance or goes on a monthly bill.';
comment on column duebook.payments.gone is 'What was taken back after it was captured, without a refund of ours.';

create view duebook.refunds as
select r.customer, r.id, r.version, r.state, r.body->>'payment' as payment, r.body->>'order' as order_id, r.body->>'for' as refund_order,
	r.body->>'method' as method, r.body->>'gateway' as gateway, r.at as made, (r.body->>'done')::timestamptz as done,
	r.body->'cash'->>'currency' as currency, duebook.money(r.body->'cash') as cash,
	(select coalesce(sum(duebook.money(c->'amount')), 0) from jsonb_array_elements(r.body->'coupons') c) as coupons,
	coalesce((r.body->>'byHand')::boolean, false) as by_hand, r.body->>'reason' as reason, r.waits
from duebook.documents r where r.kind = 'refund';
comment on view duebook.refunds is 'What is given back of payments. Open is every state but done.';
comment on column duebook.refunds.order_id is 'The order whose parts come back; null: all that arrived late.';
comment on column duebook.refunds.refund_order is 'The order that gives it back.';
comment on column duebook.refunds.by_hand is 'Whether an operator gave it back outside the gateway.';

create view duebook.coupons as
select r.customer, r.id, r.version, r.state, r.body->>'kind' as kind, coalesce((r.body->>'frozen')::boolean, false) as frozen,
	coalesce(r.body->'face', r.body->'balance')->>'currency' as currency, duebook.money(r.body->'face') as face, duebook.money(r.body->'balance') as balance,
	(r.body->'window'->>'from')::timestamptz as valid_from, (r.body->'window'->>'until')::timestamptz as valid_until,
	coalesce((r.body->>'used')::int, 0) as used, (r.body->>'uses')::int as uses, r.body->>'heldBy' as held_by
from duebook.documents r where r.kind = 'coupon';
comment on view duebook.coupons is 'Coupons and stored-value cards of customers.';
comment on column duebook.coupons.balance is 'What is left; null of a discount coupon, which has no amount.';
comment on column duebook.coupons.held_by is 'The payment that holds it.';

create view duebook.resources as
select r.customer, r.id, r.version, r.body->>'main' as main, r.body->>'product' as product, r.body->>'service' as service, r.body->>'region' as region,
	(r.body->>'count')::int as count, r.body->>'charge' as charge, r.body->>'mode' as mode, (r.body->>'start')::timestamptz as start,
	(r.body->>'expiry')::timestamptz as expiry, (r.body->>'released')::timestamptz as released, r.waits
from duebook.documents r where r.kind = 'resource';
comment on view duebook.resources is 'What customers have, and until when it is paid.';
comment on column duebook.resources.mode is 'What happens at expiry.';
comment on column duebook.resources.expiry is 'As it is printed: the last second of use, or the midnight after it where the policy says so.';
comment on column duebook.resources.released is 'When it was released; null: it has not been.';

create view duebook.bills as
select r.customer, r.id, r.version, r.body->>'month' as month, r.body->>'state' as state, r.state = 'overdue' as overdue,
	r.body->'charges'->>'currency' as currency, duebook.money(r.body->'charges') as charges, duebook.money(r.body->'credits') as credits,
	duebook.money(r.body->'charges') - duebook.money(r.body->'credits') as amount, coalesce((r.body->>'declines')::int, 0) as declines,
	coalesce(duebook.money(r.body->'gone'), 0) as gone, r.body->>'payment' as payment, (r.body->>'try')::timestamptz as try_at
from duebook.documents r where r.kind = 'bill';
comment on view duebook.bills is 'What customers settle monthly, by month and currency.';
comment on column duebook.bills.overdue is 'From the first decline, or since it is due again, until it is charged.';
comment on column duebook.bills.amount is 'Charges without the credits that it took.';
comment on column duebook.bills.try_at is 'When it is charged, or tried again; null: it waits for an operator, or is done.';

create view duebook.accounts as
select r.customer, r.id, r.version, r.body->>'fund' as fund, r.body->'balance'->>'currency' as currency, coalesce(duebook.money(r.body->'balance'), 0) as balance,
	coalesce(duebook.money(r.body->'limit'), 0) as credit_limit, coalesce(duebook.money(r.body->'gone'), 0) as gone, r.state = 'overdrawn' as overdrawn
from duebook.documents r where r.kind = 'account';
comment on view duebook.accounts is 'Balances of customers. Of a credit account the balance is below zero by what is used.';
comment on column duebook.accounts.gone is 'What was taken back of the money that came to it.';

create view duebook.entries as
select r.customer, r.id as entry, m.n as line, r.at, r.body->>'by' as actor, r.body->>'step' as step, r.body->>'why' as why,
	m.of->>'kind' as kind, m.of->>'id' as id, m.of->>'from' as from_state, m.of->>'to' as to_state,
	m.of->'amount'->>'currency' as currency, duebook.money(m.of->'amount') as amount
from duebook.documents r, jsonb_array_elements(r.body->'moves') with ordinality as m(of, n)
where r.kind = 'entry';
comment on view duebook.entries is 'Who moved which record when, why, and from which state to which: one row for each record that an entry moves.';
comment on column duebook.entries.actor is 'Who did it; duebook is the clock or a gateway.';
