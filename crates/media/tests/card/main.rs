//! Cards as a caller gets them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bundle;
mod desk;
mod emoji;
mod left_out;
mod odd;
