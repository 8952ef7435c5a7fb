//! Timeline entries.

use rats_domain::{instagram::PlatformError, publication::Publication, timeline::Entry};
use time::{OffsetDateTime, macros::format_description};

use crate::Ports;

/// A timeline entry of `publication`.
pub(crate) fn note(ports: &Ports, at: OffsetDateTime, step: &str, publication: &Publication, message: String) -> Entry {
    Entry {
        id: ports.random.new_id(at),
        at,
        step: step.to_owned(),
        attempt: publication.attempt + 1,
        message,
        code: None,
        subcode: None,
        trace_id: None,
    }
}

/// The entry with what Instagram said.
pub(super) fn because(entry: Entry, error: &PlatformError) -> Entry {
    Entry { code: error.code, subcode: error.subcode, trace_id: error.trace_id.clone(), ..entry }
}

/// A time in words for a person: `4 December 2026, 09:00 UTC`.
pub(crate) fn person_time(at: OffsetDateTime) -> String {
    let words = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(words).unwrap_or_else(|_| at.to_string())
}
