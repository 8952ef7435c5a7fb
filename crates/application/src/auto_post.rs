//! Events that post themselves.
//!
//! Each event is looked at now and then ([`LookAtEvents`]), and at once when it, its owner's preferences or their account change. A look
//! compares what should be with what is: it makes the post of an event whose day draws near, lets the post follow the event until its request
//! leaves, and moves events on whose day is over. A look that dies is begun anew by somebody else; looks at the same time are harmless, since
//! the store takes one occurrence of an event in a year, and changes a post only as it was read.

mod again;
mod follow;
mod look;
mod make;
mod next;
mod outlook;
mod plan;
mod render;
mod settle;
#[cfg(test)]
mod tests;

pub use again::PostAgain;
pub use look::LookAtEvents;
pub(crate) use next::BESIDE;
pub use next::{NextPost, NextPosts};

pub(crate) use look::look_now;
pub(crate) use render::check_picture;
