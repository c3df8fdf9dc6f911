-- What expires in the thirty days after a time ($1), by what happens then.
select mode, product, count(*) as resources from duebook.resources
where released is null and expiry >= $1::timestamptz and expiry < $1::timestamptz + interval '30 days' group by 1, 2 order by 1, 2
