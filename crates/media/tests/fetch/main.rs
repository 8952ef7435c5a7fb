//! What is fetched, and what is never connected to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bounds;
mod reach;
mod redirects;
mod server;
