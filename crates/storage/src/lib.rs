#![doc = include_str!("../README.md")]

mod backend;
mod commit;
mod connection;
pub mod crypto;
mod database;
mod due;
mod event;
mod fixed;
mod flow;
mod group;
mod history;
mod idempotency;
mod metrics;
mod migration;
mod moment;
mod options;
mod picture;
mod place;
mod post;
mod postgres;
mod publication;
mod queue;
mod receipt;
mod reencrypt;
mod schema;
mod sqlite;
mod store;
mod timeline;
mod token;
mod trouble;
mod user;

pub use crypto::KeyRing;
pub use due::DueChanges;
pub use options::{DatabaseUrl, OpenError, Options, StoreClock, UnknownUrl};
pub use place::Heartbeat;
pub use store::Store;
