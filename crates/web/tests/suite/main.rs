//! The HTTP side over the real store in memory, with an Instagram that answers at once.

mod account;
mod connect;
mod edge;
mod event;
mod fake;
mod post;
mod world;
