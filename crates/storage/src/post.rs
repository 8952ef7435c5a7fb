//! Posts, for people.

mod repository;
mod row;
