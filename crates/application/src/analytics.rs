//! Figures: what posts came to in a period, over time, by the hour, beside each other, and all of them as a sheet.
//!
//! Whatever is asked for costs a fixed number of queries, however many posts there are.

mod best_times;
mod export;
mod overview;
mod period;
mod ranking;
mod summary;
mod timeseries;

pub use best_times::{FindBestTimes, PeriodTimes};
pub use export::{ExportPosts, SheetPage};
pub use overview::{FindOverview, Overview};
pub use period::PeriodRequest;
pub use ranking::{LeftOut, RankPosts, RankRequest, RankedPosts};
pub use summary::{AccountFigures, PeriodSummary, SummarizePosts};
pub use timeseries::{AccountSeries, ChartPosts, PeriodSeries};
