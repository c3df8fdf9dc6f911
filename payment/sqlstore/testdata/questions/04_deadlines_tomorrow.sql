-- Which orders must be paid tomorrow, in UTC, as seen on a day ($1).
select customer, id, deadline, currency, payable from duebook.orders
where state = 'unpaid' and deadline >= date_trunc('day', $1::timestamptz at time zone 'UTC') at time zone 'UTC' + interval '1 day'
	and deadline < date_trunc('day', $1::timestamptz at time zone 'UTC') at time zone 'UTC' + interval '2 days'
order by deadline, customer, id
