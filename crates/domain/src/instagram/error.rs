//! Why Instagram did not do what was asked.

use std::time::Duration;

/// What can be done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Try again, with back-off.
    Retry,
    /// Try again a few times, then the content or its host is to be changed.
    RetryThenFix,
    /// Try again for some minutes: it has been an outage before; else as [`Stop`](Self::Stop).
    RetryThenStop,
    /// Wait: a rate limit or a quota.
    Wait,
    /// The publishing quota is used up; a slot frees 24 h after each publish.
    WaitForQuota,
    /// Wait long: the account must do something in the Instagram app.
    ActInApp,
    /// Refresh the token once if it has not ended, else connect again.
    Refresh,
    /// The account must be connected again.
    Reconnect,
    /// The content must be changed.
    Fix,
    /// Instagram refuses this app: its set-up must be changed.
    Stop,
    /// It may have happened all the same: look.
    Verify,
    /// The container is not processed yet: look again later.
    NotReady,
    /// The container is of no use any more.
    ContainerLost,
    /// There is no answer to be had here (an insight that does not exist): treat it as no data.
    NoData,
}

/// Why Instagram did not do what was asked, or could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PlatformError {
    /// What can be done about it.
    pub advice: Advice,
    /// What happened, a clause without a full stop, without secrets.
    pub what: Box<str>,
    /// The same in sentences for the person, with what they can do, or what we do.
    pub message: String,
    /// Instagram's code, where it gave one.
    pub code: Option<i64>,
    /// Instagram's subcode, where it gave one.
    pub subcode: Option<i64>,
    /// Instagram's trace id, where it gave one.
    pub trace_id: Option<String>,
    /// How long Instagram asks us to wait, where it says.
    pub retry_after: Option<Duration>,
}

/// Told while something is tried; once it is over, it is left out.
pub const WE_TRY: &str = "We try again by ourselves.";

impl PlatformError {
    /// An error that Instagram did not number: it could not be reached, or its answer not be read. `what` is a clause, `then` a sentence.
    #[must_use]
    pub fn unnumbered(advice: Advice, what: &str, then: &str) -> Self {
        let message = format!("{what}. {then}");
        Self { advice, what: what.into(), message, code: None, subcode: None, trace_id: None, retry_after: None }
    }
}
