//! The confirmed facts about Instagram that the simulator models, each a test that carries the fact's id.

#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod control;
mod create;
mod fault;
mod harness;
mod insight;
mod media;
mod oauth;
mod page;
mod publish;
mod store;
