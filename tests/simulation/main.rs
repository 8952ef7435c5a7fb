//! The real use cases on a real store, in a world whose time, failures and deaths the seed decides.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "in a test, what is missing ends it")]

mod clock;
mod collection;
mod crash_points;
mod executor;
mod gate;
mod graph;
mod oracle;
mod people;
mod random;
mod stored;
mod stories;
mod town;
mod yearly;
