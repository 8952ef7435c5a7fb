//! Posts, for people.

mod list;
mod repository;
mod row;
mod statement;

pub(crate) use row::{COLUMNS, Row};
pub(crate) use statement::Posts;
