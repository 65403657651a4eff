-- Events that another copy of this service processes while it intercepts their key. What is left when that ends is sent again.
create table held_event (
    consumer_group text not null,
    topic          text not null,
    partition      integer not null,
    position       bigint not null,
    intercept_key  text not null,
    record_key     text,
    value          text,
    headers        text not null,
    primary key (consumer_group, topic, partition, position)
);
