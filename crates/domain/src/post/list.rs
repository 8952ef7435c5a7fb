use time::OffsetDateTime;

use crate::id::ConnectionId;

/// A list of a user's posts, with its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostList {
    /// Those that go out by themselves and of which there is nothing to know; the soonest first.
    OnTheirWay,
    /// Those that are not simply on their way, those for a person to decide first, then the soonest; then those that failed at
    /// `failed_since` or later, whenever their time was, the latest first.
    Troubled {
        /// From when on a failure counts.
        failed_since: OffsetDateTime,
    },
    /// Those that are open and bound to a connection, from a time on where there is one; the soonest first.
    Awaiting {
        /// The connection that they go out by.
        connection: ConnectionId,
        /// From when on.
        from: Option<OffsetDateTime>,
    },
    /// Those without a time, and those that were cancelled; the newest first.
    Drafts,
    /// Those that went out at or after `from` and before `until`, or, where they did not, were or are to; the soonest first.
    Between {
        /// The beginning, in it.
        from: OffsetDateTime,
        /// The end, not in it.
        until: OffsetDateTime,
    },
}
