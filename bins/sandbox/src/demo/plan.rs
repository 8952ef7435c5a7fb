//! What the demo user celebrates and posts: days count from today, times are local.
//!
//! Nothing in it belongs to a season, since a sandbox may begin on any day of the year.

mod event;
mod post;

pub(super) use event::EVENTS;
pub(super) use post::{Fate, PICTURES, POSTS, Shown};

/// Where the demo user lives.
pub(super) const ZONE: &str = "Europe/Berlin";
/// The simulated account that they post to.
pub(super) const ACCOUNT: &str = "goldencrust";
/// How many days ago it all begins.
pub(super) const DAYS: i64 = 35;
