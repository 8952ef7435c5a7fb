//! Contract, end-to-end and crash tests, and what they share.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "in a test, what is missing ends it")]

pub mod chromium;
mod files;
pub mod installation;
pub mod person;
pub mod pictures;
mod port;
pub mod postgres;
pub mod process;
pub mod program;
mod random;
pub mod sandbox;
pub mod seed;
mod wait;
pub mod world;

pub use files::files_in;
pub use installation::Installation;
pub use port::port;
pub use process::Process;
pub use random::SplitMix64;
pub use sandbox::Sandbox;
pub use wait::until;
pub use world::{Database, World, sentinel};
