create database inventory;
create database accounts;
