-- The stock that orders hold. A row without an order is a reservation that inventory has released: no order can take it any more.
create table reservation (
    id         text primary key,
    order_id   uuid references orders on delete cascade,
    created_at timestamptz not null default now()
);
create index reservations_of_order on reservation (order_id);
create index released_reservations on reservation (created_at) where order_id is null;

-- Orders that were placed before, and that inventory has not read of yet.
insert into reservation (id, order_id)
select distinct on (held.id) held.id, o.order_id from outbox o
join orders on orders.id = o.order_id
cross join lateral jsonb_array_elements_text(coalesce(o.event::jsonb -> 'reservations', '[]')) as held (id)
order by held.id;
