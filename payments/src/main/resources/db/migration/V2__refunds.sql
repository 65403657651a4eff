-- Payments that were given back, because the order was paid by another one.
create table refund (
    payment_id  uuid primary key,
    order_id    uuid not null,
    user_id     text not null,
    amount      numeric not null,
    currency    text not null,
    paid_at     timestamptz not null,
    refunded_at timestamptz not null default now()
);
-- For the removal of old refunds (ORDER_RETENTION).
create index refunds_in_time on refund (refunded_at);
