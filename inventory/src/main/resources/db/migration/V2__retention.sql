-- For the removal of old sales and reservations (ORDER_RETENTION).
-- sold_earlier: the pieces of sales that are no longer kept. At any time:
-- initial_quantity + restocked = quantity + sold_earlier + what was sold (sale_item.quantity - sale_item.short).
alter table stock add column sold_earlier bigint not null default 0;
-- After four months of heavy load it would not fit an integer.
alter table stock alter column restocked type bigint;
create index sales_in_time on sale (sold_at);
create index reservations_over on reservation (created_at) where state <> 'held';
