-- What coupons are still worth to customers, by kind and currency, at a time ($1).
select kind, currency, count(*) as coupons, sum(balance) as outstanding from duebook.coupons
where state in ('inactive', 'available', 'held') and balance > 0 and (valid_until is null or valid_until >= $1::timestamptz)
group by 1, 2 order by 1, 2
