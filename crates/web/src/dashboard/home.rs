//! `/`: what goes out next, what needs attention, what came of the last.

mod show;

pub(super) use show::{RiskView, show};
