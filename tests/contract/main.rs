//! Every promise of every repository port, on every adapter: SQLite in memory, SQLite in a file, PostgreSQL.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on may panic")]

mod account_day;
mod agenda;
mod analytics;
mod calendar;
mod cancellation;
mod connect_flow;
mod connection;
mod event;
mod example;
mod full;
mod group;
mod history;
mod in_step;
mod list;
mod lost_key;
mod metrics;
mod occurrence;
mod opening;
mod picture;
mod place;
mod post;
mod preference;
mod queue;
mod secrets;
mod session;
mod standing;
mod tenants;
mod user;
mod world;
