//! Contract, end-to-end and crash tests, and what they share.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "in a test, what is missing ends it")]

pub mod person;
pub mod postgres;
pub mod program;
pub mod world;

pub use world::{Database, World, sentinel};
