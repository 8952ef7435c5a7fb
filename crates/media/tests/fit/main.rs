//! What becomes of real pictures.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accepted;
mod look;
mod original;
mod pictures;
mod refused;
