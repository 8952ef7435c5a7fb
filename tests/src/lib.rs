//! Contract, end-to-end and crash tests, and what they share.

pub mod postgres;
