//! Posts: publish now, schedule, test, cancel, list, look into, and decide where we could not.

mod cancel;
mod compose;
mod decide;
mod find;
mod metrics;
mod schedule;
mod test;

pub use cancel::{CancelPost, Cancelled};
pub use compose::PostRequest;
pub use decide::{AdoptMedia, RepublishPost};
pub use find::{FindPost, ListPosts, NameAccounts};
pub use metrics::ReadMetrics;
pub use schedule::{PublishNow, SchedulePost, Scheduled, Warning};
pub use test::{TestMessage, TestOutcome};
