#![doc = include_str!("../README.md")]

mod adopt;
mod backend;
mod connection;
pub mod crypto;
mod due;
mod event;
mod fixed;
mod flow;
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

pub use adopt::{AdoptError, Adopted};
pub use crypto::KeyRing;
pub use due::DueChanges;
pub use options::{DatabaseUrl, OpenError, Options, StoreClock, UnknownUrl};
pub use place::{Home, Role};
pub use store::Store;
