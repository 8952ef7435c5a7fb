//! Timeline entries.

use rats_domain::{
    instagram::{PlatformError, WE_TRY},
    publication::Publication,
    timeline::Entry,
};
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

/// Although it may be for the person to mend.
pub(super) const TRIED_ANYWAY: &str = "We try again all the same.";

/// What an attention promised for as long as there was time.
const PROMISES: [&str; 6] =
    [WE_TRY, TRIED_ANYWAY, "We try again at ", "We go on at ", "We look again at ", "There is room again at "];

/// What an attention says, without what it promised: for when it is over.
pub(super) fn without_promise(message: &str) -> &str {
    let end = PROMISES.iter().filter_map(|promise| message.find(promise)).min().unwrap_or(message.len());
    message[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_promises_nothing() {
        assert_eq!(without_promise("It is full. We look again at 4 December 2026, 09:00 UTC."), "It is full.");
        assert_eq!(without_promise(&format!("It did not answer. {WE_TRY}")), "It did not answer.");
        assert_eq!(without_promise(&format!("It did not answer. {TRIED_ANYWAY}")), "It did not answer.");
        assert_eq!(without_promise("It did not answer."), "It did not answer.");
    }
}
