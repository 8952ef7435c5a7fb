#![doc = include_str!("../README.md")]

pub mod account;
pub mod analytics;
pub mod auto_post;
pub mod calendar;
pub mod collect_accounts;
pub mod collect_metrics;
pub mod connect;
mod dead_token;
pub mod event;
pub mod home;
mod meanwhile;
#[cfg(test)]
mod mock;
mod persist;
pub mod picture;
mod ports;
pub mod post;
pub mod preferences;
pub mod publish;
pub mod refresh_tokens;
mod refusal;
pub mod session;
mod settings;

pub use ports::Ports;
pub use refusal::{FieldProblem, Refusal};
pub use settings::{PublishSettings, Settings};
