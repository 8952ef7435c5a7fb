//! Posts: publish now, schedule, keep, test, change, cancel, list, look into, and decide where we could not.

mod cancel;
mod change;
mod compose;
mod content;
mod decide;
mod draft;
mod edit;
mod find;
mod metrics;
mod preflight;
mod publish;
mod schedule;
mod test;
mod warning;

pub use cancel::{CancelPost, Cancelled};
pub use content::{Change, PostChanges, PostRequest};
pub use decide::{AdoptMedia, MAY_BE_SHOWN, NOT_SHOWN, RepublishPost};
pub use draft::SaveDraft;
pub use edit::EditPost;
pub use find::{FindPost, ListPosts, NameAccounts, TakePulse};
pub use metrics::ReadMetrics;
pub use preflight::{Check, Plan, PlannedTime, Preflight, Verdict};
pub use publish::{PublishPost, RetryPost};
pub use schedule::{PublishNow, SchedulePost};
pub use test::{TestMessage, TestOutcome};
pub use warning::{Scheduled, TellRest, Warning};

pub(crate) use change::{Next, Words};
pub(crate) use compose::{Timing, usable_connection};
pub(crate) use warning::quota as forecast;
