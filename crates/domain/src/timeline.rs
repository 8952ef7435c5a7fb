//! What happened to a post, step by step: what the person sees and what tests assert.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// One line of a post's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its own id, so that recording it twice keeps one.
    pub id: String,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What kind of step: `scheduled`, `container_created`, `publish_requested`, …
    pub step: String,
    /// The how-manieth try, from 1.
    pub attempt: u32,
    /// A sentence for the person.
    pub message: String,
    /// Instagram's error code, where it gave one.
    pub code: Option<i64>,
    /// Instagram's error subcode, where it gave one.
    pub subcode: Option<i64>,
    /// Instagram's trace id, for its support.
    pub trace_id: Option<String>,
}
