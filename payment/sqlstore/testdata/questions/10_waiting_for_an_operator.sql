-- Which payments and refunds wait for a person, and why.
select 'payment' as kind, customer, id, state, currency, cash, coalesce(reason, '') as reason from duebook.payments where state in ('review', 'overdrawn')
union all
select 'refund', customer, id, state, currency, cash, coalesce(reason, '') from duebook.refunds where state in ('review', 'parked')
order by 1, 2, 3
