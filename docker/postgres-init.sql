create database inventory;
