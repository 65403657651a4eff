-- The payment by which the order was paid; the first that was announced.
alter table orders add column payment_id uuid;
