#![doc = include_str!("../README.md")]

mod account;
mod analytics;
mod api;
mod connect;
mod dashboard;
mod event;
mod health;
mod http;
mod metrics;
mod openapi;
mod password;
mod picture;
mod post;
mod preferences;
mod server;
mod settings;
mod token;

pub use api::{Api, Readiness};
pub use metrics::serve_metrics;
pub use openapi::openapi;
pub use password::Argon2Hasher;
pub use server::{app, serve};
pub use settings::WebSettings;
pub use token::Tokens;
