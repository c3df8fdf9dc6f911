-- The orders with a line for each resource, by which they are found.

create table duebook_order_resources (
	customer text not null,
	resource text not null,
	id       text not null, -- of the order
	primary key (customer, resource, id)
) strict, without rowid;
insert or ignore into duebook_order_resources
select r.customer, l.value ->> '$.resource', r.id from duebook_records r, json_each(r.body, '$.lines') l
where r.kind = 'order' and l.value ->> '$.resource' <> '';
