-- Orders whose event has to be sent again, because consumers may not understand the one that was sent.
create table reannouncement (
    order_id uuid primary key references orders on delete cascade
);
