-- For the removal of old orders (ORDER_RETENTION).
create index orders_in_time on orders (placed_at);
