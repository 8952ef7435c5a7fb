#![doc = include_str!("../README.md")]

mod advice;
mod answer;
mod client;
mod clock;
mod container;
mod error;
mod insight;
mod media;
mod oauth;
mod profile;
mod publish;
mod quota;
pub mod reading;
mod request;
mod retired;
mod sender;
mod settings;
mod tls;
mod usage;

pub use client::Instagram;
pub use clock::boottime;
pub use settings::{CONNECT_TIMEOUT, GRAPH_VERSION, Settings, SettingsError};
pub use usage::{AccountUsage, Usage};
