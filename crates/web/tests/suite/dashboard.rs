//! The dashboard, as a browser without scripts sees it.

mod browser;
mod hand_over;
mod session;
