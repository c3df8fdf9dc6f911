-- What was sold by month and product: the payable of lines whose orders were paid, before coupons.
select to_char(p.paid at time zone 'UTC', 'YYYY-MM') as month, l.product, l.currency, sum(l.payable) as revenue, count(*) as lines
from duebook.orders o
join duebook.payments p on p.customer = o.customer and p.id = o.payment and p.paid is not null
join duebook.order_lines l on l.customer = o.customer and l.order_id = o.id and coalesce(l.seller, '') = ''
group by 1, 2, 3 order by 1, 2, 3
