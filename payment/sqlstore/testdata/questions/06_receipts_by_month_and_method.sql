-- Which cash came in by month, method and gateway.
select to_char(paid at time zone 'UTC', 'YYYY-MM') as month, method, coalesce(gateway, '') as gateway, currency, count(*) as payments, sum(cash) as cash, sum(gone) as gone
from duebook.payments where paid is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4
