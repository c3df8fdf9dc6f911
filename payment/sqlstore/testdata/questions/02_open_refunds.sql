-- What is still to be given back, and where it stands.
select customer, id, state, method, currency, cash, coupons, made from duebook.refunds where state <> 'done' order by made, customer, id
