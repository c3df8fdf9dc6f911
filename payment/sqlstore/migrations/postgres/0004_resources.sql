-- The orders with a line for each resource, by which they are found.

create table duebook.order_resources (
	customer text collate "C" not null,
	resource text collate "C" not null,
	id       text collate "C" not null,
	primary key (customer, resource, id)
) /* partition by hash (customer) */;
comment on table duebook.order_resources is 'The orders with a line for each resource.';
comment on column duebook.order_resources.id is 'Of the order.';

insert into duebook.order_resources
select distinct l.customer, l.resource, l.order_id from duebook.order_lines l where l.resource <> '';

-- Whoever may write records may write these.
do $$
declare
	may record;
begin
	for may in select distinct a.privilege_type, a.grantee from pg_class c, aclexplode(c.relacl) a
		where c.oid = 'duebook.records'::regclass and a.privilege_type in ('SELECT', 'INSERT', 'DELETE') and a.grantee not in (0, c.relowner)
	loop
		execute format('grant %s on duebook.order_resources to %s', may.privilege_type, may.grantee::regrole);
	end loop;
end
$$;
