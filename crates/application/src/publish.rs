//! The saga that takes posts to Instagram, exactly once.
//!
//! A worker claims what is due under a lease and walks it step by step; every step is stored before the next is taken, every decision
//! is fenced by the claim's epoch. What a dead worker left behind is claimed again when its lease ends. An outcome that is not known is
//! looked into, never guessed: see `judge`.

mod allowance;
mod backoff;
mod doubt;
mod downtime;
mod due;
mod judge;
mod note;
mod reconcile;
mod remedy;
mod send;
mod staging;
mod witness;
mod work;

pub(crate) use allowance::told_of_rest;
pub use due::{PublishDue, RunPost};
pub(crate) use judge::addresses;
pub(crate) use note::{note, person_time};
pub(crate) use witness::{candidates, earliest, is_distinctive};
