//! Figures made of what Instagram told of posts: pure functions over rows, so that they are the same on every database.
//!
//! A figure says of how many posts it is made; where nothing is known it is none, never 0. The parts of a whole add up to it.

mod account;
mod best_time;
mod figure;
mod period;
mod port;
mod post;
mod ranking;
mod summary;
#[cfg(test)]
mod tests;
mod timeseries;

pub use account::{AccountSummary, every_day};
pub use best_time::{BestTimes, Cell, ENOUGH_POSTS};
pub use figure::{Engagement, Figures, NoRate, Sum};
pub use period::{MOST_DAYS, Period, PeriodError};
pub use port::AnalyticsRepository;
#[cfg(feature = "mock")]
pub use port::MockAnalyticsRepository;
pub use post::{Aged, PageEnd, Published, SheetRow, Shown};
pub use ranking::{RankBy, Ranked, Ranking};
pub use summary::Summary;
pub use timeseries::{Bucket, Step, buckets};
