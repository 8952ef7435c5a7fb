//! The HTTP side over the real store in memory, with an Instagram that answers at once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod account;
mod analytics;
mod auto_post;
mod change;
mod connect;
mod dashboard;
mod edge;
mod event;
mod fake;
mod post;
mod sheet;
mod shutdown;
mod world;
