//! The dashboard, as a browser without scripts sees it.

mod analytics;
mod browser;
mod compose;
mod hand_over;
mod post;
mod session;
