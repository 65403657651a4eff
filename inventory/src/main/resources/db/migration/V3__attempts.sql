-- Attempts to place an order. Those with the same Idempotency-Key share one reservation, which is released when the last of them is given up.
-- Without a reservation: given up before it got one, and so it will not get one.
create table attempt (
    id             text primary key,
    reservation_id text references reservation on delete cascade,
    created_at     timestamptz not null default now()
);
create index attempts_of_reservation on attempt (reservation_id);
