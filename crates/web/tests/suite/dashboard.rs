//! The dashboard, as a browser without scripts sees it.

mod analytics;
mod browser;
mod calendar;
mod compose;
mod event;
mod hand_over;
mod list;
mod live;
mod look;
mod post;
mod session;
mod settings;
mod unsent;
