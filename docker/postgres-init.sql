create database inventory;
create database accounts;
create database payments;
