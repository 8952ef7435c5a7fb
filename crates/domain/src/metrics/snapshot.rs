//! A reading that is kept for itself.

use time::{Duration, OffsetDateTime};

use super::{Numbers, Slot};

/// How long Instagram's numbers may lag. Source: Instagram Platform, "Media Insights".
const LAG: Duration = Duration::hours(48);

/// A reading that is kept for itself. Post and slot say which one it is: the same again is no second one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The planned reading that it is.
    pub slot: Slot,
    /// When Instagram answered.
    pub taken_at: OffsetDateTime,
    /// The post's age then: of its publish request, which is when it went live within seconds.
    pub age: Duration,
    /// What Instagram told.
    pub numbers: Numbers,
}

/// Whether numbers that were read `measured_at` may lack what had happened by then, of something that ended, or went live, at `at`.
#[must_use]
pub fn may_still_grow(at: OffsetDateTime, measured_at: OffsetDateTime) -> bool {
    measured_at - at < LAG
}
