//! Our reading of Instagram's answers, and what leaves this machine.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "tests; the lints' exemption does not reach their helpers"
)]

mod answer;
mod fixture;
mod insight;
mod journey;
mod listing;
mod login;
mod outcome;
mod row;
mod secret;
mod sender;
mod server;
mod tls;
