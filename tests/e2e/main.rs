//! One story a feature, through HTTP, beside a simulated Instagram.

#![expect(clippy::expect_used, reason = "in a test, what is missing ends it")]

mod auto_post;
mod changes;
mod closed_browser;
mod connect;
mod demo;
mod downtime;
mod faults;
mod journey;
mod leak;
mod logs;
#[path = "../../crates/media/tests/fit/look.rs"]
#[expect(clippy::unwrap_used, dead_code, reason = "shared with the tests of one crate, which use all of it")]
mod look;
mod metrics;
mod numbers;
mod photos;
#[path = "../../crates/media/tests/fit/pictures.rs"]
#[expect(clippy::unwrap_used, dead_code, reason = "shared with the tests of one crate, which use all of it")]
mod pictures;
mod readme;
mod slow;
mod stop;
mod tenants;
mod trouble;
