//! One story a feature, through HTTP, beside a simulated Instagram.

#![expect(clippy::expect_used, reason = "in a test, what is missing ends it")]

mod closed_browser;
mod connect;
mod faults;
mod journey;
mod leak;
mod readme;
mod tenants;
mod trouble;
