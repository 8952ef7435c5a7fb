//! Engagement of published posts and of accounts: the numbers, when they are read, and who keeps them.

mod account;
mod collection;
mod number;
mod port;
pub mod schedule;
mod snapshot;

#[cfg(feature = "mock")]
pub use account::MockAccountMetricsRepository;
pub use account::{AccountDay, AccountMetricsRepository, AccountNumbers, DueAccount, days_to_read, first_kept};
pub use collection::{Collection, CollectionState};
pub use number::{ImpressionsSource, Metric, Metrics, Numbers, Rated};
#[cfg(feature = "mock")]
pub use port::MockMetricsRepository;
pub use port::{DueMetrics, HANDED_OUT, History, MetricsRepository, Reading};
pub use schedule::Slot;
pub use snapshot::{Snapshot, may_still_grow};
