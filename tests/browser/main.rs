//! The dashboard of the real sandbox, walked in a headless Chromium: what it does, that axe-core and the browser find nothing wrong with it, and
//! what it weighs.

#![expect(clippy::expect_used, reason = "in a test, what is missing ends it")]

mod audit;
mod figure;
mod journey;
mod page;
mod picture;
mod reading;
mod review;
mod visit;
