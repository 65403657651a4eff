-- At any time: initial_quantity + restocked = quantity + what was sold (sale_item.quantity - sale_item.short).
create table stock (
    product_id       integer primary key,
    quantity         integer not null,
    reserved         integer not null default 0,
    initial_quantity integer not null,
    restocked        integer not null default 0,
    check (0 <= reserved and reserved <= quantity)
);
insert into stock (product_id, quantity, initial_quantity)
values (1, 100, 100), (2, 50, 50), (3, 75, 75), (4, 200, 200), (5, 30, 30);

-- held → sold, or held → released or expired, which frees its key.
create table reservation (
    id              text primary key,
    idempotency_key text unique,
    fingerprint     text not null,
    state           text not null check (state in ('held', 'sold', 'released', 'expired')),
    order_id        uuid,
    created_at      timestamptz not null default now(),
    expires_at      timestamptz not null
);
create index reservations_held on reservation (expires_at) where state = 'held';

create table reservation_item (
    reservation_id text not null references reservation,
    product_id     integer not null references stock,
    quantity       integer not null check (quantity > 0),
    primary key (reservation_id, product_id)
);

create table sale (
    order_id uuid primary key,
    event_id text,
    sold_at  timestamptz not null default now()
);

-- short: what an order was promised and there was not.
create table sale_item (
    order_id   uuid not null references sale,
    product_id integer not null,
    quantity   integer not null check (quantity > 0),
    short      integer not null check (0 <= short and short <= quantity),
    primary key (order_id, product_id)
);
