//! Single stories that are easy to get wrong: one person, a scheduler or two, and one thing that goes wrong at the worst moment.
//!
//! All containers are hostile: whoever sends a post again that is live publishes it twice.

mod again;
mod allowance;
mod belief;
mod connection;
mod person;
mod picture;
mod refusal;
mod tale;
mod witness;
mod worker;
