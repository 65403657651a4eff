create database inventory;
create database payments;
