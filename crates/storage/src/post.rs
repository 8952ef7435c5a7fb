//! Posts, for people.

mod repository;
mod row;

pub(crate) use repository::Posts;
pub(crate) use row::{COLUMNS, Row};
