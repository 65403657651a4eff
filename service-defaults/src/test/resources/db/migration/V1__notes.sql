create table note (id int primary key, text text not null);
