//! Posts, for people.

mod repository;
mod row;

pub(crate) use row::{COLUMNS, Row};
