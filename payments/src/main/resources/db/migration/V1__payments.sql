-- An order is paid once. The amount and the currency are the order's. Of the card nothing is stored.
create table payment (
    id              uuid primary key,
    order_id        uuid not null unique,
    user_id         text not null,
    amount          numeric not null,
    currency        text not null,
    paid_at         timestamptz not null,
    idempotency_key text,
    unique (user_id, idempotency_key)
);
-- For the removal of old payments (ORDER_RETENTION).
create index payments_in_time on payment (paid_at);

-- What Kafka has not got yet: written in the transaction of the payment, removed when Kafka has it.
create table outbox (
    id       bigint generated always as identity primary key,
    order_id uuid not null,
    event    text not null,
    context  text not null
);
create index outbox_of_order on outbox (order_id);
