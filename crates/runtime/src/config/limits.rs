//! What settings must be in respect of each other, and at the least.

use std::time::Duration;

use rats_application::PublishSettings;
use rats_instagram_adapter::CONNECT_TIMEOUT;

use super::Reader;

/// The shortest lease under which there is time to send.
const LEAST_LEASE: Duration = Duration::from_secs(8);

/// How long Instagram's own status and listing may lag at the least.
const LEAST_WITNESS_WINDOW: Duration = Duration::from_mins(1);

/// How far ahead events that post themselves become posts: early enough for people to see it, and no farther than a post can be scheduled.
const AHEAD: (Duration, Duration) = (Duration::from_hours(1), Duration::from_hours(365 * 24));

/// What grace must exceed twice the publish time-out by.
const MARGIN: Duration = Duration::from_secs(5);

/// Notes every span that is too short. A simulator (not `is_real`) lags as it is told.
pub(super) fn check(reader: &mut Reader, publish: &PublishSettings, publish_timeout: Duration, is_real: bool) {
    at_least(reader, "LEASE", publish.lease, LEAST_LEASE, "");
    if publish_timeout <= CONNECT_TIMEOUT {
        let message = format!(
            "read {} s; expected more than the {} s that connecting may take: only then a failed connection proves that nothing was sent",
            publish_timeout.as_secs(),
            CONNECT_TIMEOUT.as_secs()
        );
        reader.problem("PUBLISH_TIMEOUT", message);
    }
    if is_real {
        let why = ", twice PUBLISH_TIMEOUT and 5 s: a dead worker's request may be in flight for so long";
        at_least(reader, "GRACE", publish.grace, publish_timeout.saturating_mul(2).saturating_add(MARGIN), why);
        let why = ": Instagram may show for so long that nothing is live although it is";
        at_least(reader, "WITNESS_WINDOW", publish.witness_window, LEAST_WITNESS_WINDOW, why);
    }
}

/// Notes a span in which events become posts that is too short or too long.
pub(super) fn check_ahead(reader: &mut Reader, ahead: Duration) {
    let (least, most) = AHEAD;
    if !(least..=most).contains(&ahead) {
        let (read, least, most) = (ahead.as_secs(), least.as_secs(), most.as_secs());
        reader.problem("AUTO_POST_AHEAD", format!("read {read} s; expected {least} to {most} s"));
    }
}

fn at_least(reader: &mut Reader, name: &'static str, read: Duration, least: Duration, why: &str) {
    if read < least {
        reader.problem(name, format!("read {} s; expected at least {} s{why}", read.as_secs(), least.as_secs()));
    }
}
