-- An order is its document; beside it stands what it is looked for by.
create table orders (
    id              uuid primary key,
    user_id         text not null,
    placed_at       timestamptz not null,
    idempotency_key text unique,
    fingerprint     text not null,
    document        jsonb not null
);
create index orders_of_user on orders (user_id, placed_at desc, id desc);

-- What Kafka has not got yet: written in the transaction of the order, removed when Kafka has it.
create table outbox (
    id       bigint generated always as identity primary key,
    order_id uuid not null,
    event    text not null,
    context  text not null
);

create table receipt (
    order_id uuid primary key references orders,
    document text not null,
    sha256   text not null,
    size     integer not null
);
