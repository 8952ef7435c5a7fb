//! Connections, and what their coming and going does to publications.

mod repository;
mod row;
mod step;

pub(crate) use repository::Connections;
pub(crate) use row::{COLUMNS, Row};
