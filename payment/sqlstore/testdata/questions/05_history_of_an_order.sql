-- Who moved an order ($2) of a customer ($1), and when.
select at, actor, step, from_state, to_state, why from duebook.entries where customer = $1 and kind = 'order' and id = $2 order by at, entry, line
