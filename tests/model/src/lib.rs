#![doc = include_str!("../README.md")]

mod instagram;
mod look;
mod person;
pub mod property;
mod protocol;
mod setting;
mod store;
mod witness;
mod worker;
mod world;

pub use protocol::{Action, Protocol};
pub use setting::{Event, Rule, Setting};
pub use world::{Stage, World};
