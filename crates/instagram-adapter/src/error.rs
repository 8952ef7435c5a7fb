//! From an answer to what can be done about it: the one place that reads error bodies.
//!
//! Decisions rest on `code` and `error_subcode`, never on the status or the text: statuses vary between Instagram's pages and its
//! answers, texts are localised. Instagram's own text is never shown or logged, since it may repeat what we sent.

use std::time::Duration;

use rats_domain::instagram::{Advice, PlatformError};
use serde::Deserialize;

use crate::advice::{self, Rule};

/// What was being done. The same error asks for different things in different places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// A code or a short-lived token was exchanged.
    Exchange,
    /// A token was refreshed.
    Refresh,
    /// Something of the account's own was read.
    Read,
    /// Insights were read.
    Insight,
    /// A container was made.
    Create,
    /// A container was published.
    Publish,
}

/// The error in an answer's body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    pub(crate) is_transient: bool,
    pub(crate) is_unsupported_request: bool,
    pub(crate) trace_id: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    error: Option<Inside>,
    // The other shape, of the code exchange: no envelope.
    code: Option<i64>,
    error_type: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Inside {
    code: Option<i64>,
    error_subcode: Option<i64>,
    #[serde(default)]
    is_transient: Option<bool>,
    message: Option<String>,
    fbtrace_id: Option<String>,
}

/// Reads an answer that is not what was asked for.
pub(crate) fn read(status: u16, body: &[u8], at: At, retry_after: Option<Duration>) -> PlatformError {
    let fault = fault(body).unwrap_or_default();
    tracing::debug!(
        status,
        ?at,
        code = fault.code,
        subcode = fault.subcode,
        trace_id = fault.trace_id,
        "Instagram did not do it"
    );
    let rule = rule(status, &fault, at);
    let waits = matches!(rule.advice, Advice::Wait | Advice::Retry);
    PlatformError {
        code: fault.code,
        subcode: fault.subcode,
        trace_id: fault.trace_id,
        retry_after: retry_after.filter(|_| waits),
        ..rule.error()
    }
}

/// An answer that cannot be read.
pub(crate) fn unreadable() -> PlatformError {
    advice::UNREADABLE.error()
}

/// Whether a body is an error, whatever its status.
pub(crate) fn is_error(body: &[u8]) -> bool {
    fault(body).is_some()
}

/// The error in a body, in either shape.
pub(crate) fn fault(body: &[u8]) -> Option<Fault> {
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    if let Some(inside) = envelope.error {
        return Some(Fault {
            code: inside.code,
            subcode: inside.error_subcode.filter(|subcode| *subcode != 0),
            is_transient: inside.is_transient.unwrap_or(false),
            is_unsupported_request: inside.message.is_some_and(|text| text.starts_with("Unsupported request")),
            trace_id: inside.fbtrace_id.filter(|id| is_trace_id(id)),
        });
    }
    envelope.error_type.map(|_| Fault { code: envelope.code, ..Fault::default() })
}

/// What is to be done about `fault`.
pub(crate) fn rule(status: u16, fault: &Fault, at: At) -> Rule {
    let Some(code) = fault.code else {
        return unnumbered(status, at);
    };
    if let Some(rule) = of_place(code, fault, at) {
        return rule;
    }
    advice::find(code, fault.subcode).unwrap_or_else(|| unlisted(status, code, fault))
}

/// What a code means in one place only.
fn of_place(code: i64, fault: &Fault, at: At) -> Option<Rule> {
    match (at, code, fault.subcode) {
        (At::Exchange, 400, None) => Some(advice::LOGIN_REFUSED),
        (At::Refresh, 190, None) | (At::Refresh, 102, _) => Some(advice::TOKEN_DEAD),
        // Without the permission, or with too few viewers, there are no numbers; the connection is not dead for that.
        (At::Insight, 10 | 200..=299, _) => Some(advice::NO_INSIGHTS),
        // For weeks of 2026 good tokens got this answer on reads of their own media: no proof of absence.
        (At::Read | At::Insight, 100, Some(33)) => Some(advice::UNREADABLE_OBJECT),
        // The only row that its code does not tell apart: no access to the account, else a request of ours that is wrong.
        // The same has been answered to requests that were right.
        (At::Create, 100, Some(33)) => Some(advice::APP_REFUSED_SO_FAR),
        (_, 100, None) if fault.is_unsupported_request => Some(advice::NO_ACCESS),
        _ => None,
    }
}

/// The default for what no table lists: a negative code, a server error or a passing one may go better; a higher code is about the request.
fn unlisted(status: u16, code: i64, fault: &Fault) -> Rule {
    if code < 100 || status >= 500 || fault.is_transient { advice::FAILED } else { advice::UNKNOWN_REFUSAL }
}

fn unnumbered(status: u16, at: At) -> Rule {
    match (status, at) {
        (429, _) => advice::TOO_MANY_CALLS,
        (400..=407 | 409..=499, At::Exchange) => advice::LOGIN_REFUSED,
        (500.., _) => advice::FAILED,
        _ => advice::UNREADABLE,
    }
}

/// A trace id is looked up at Instagram; anything else in its place is not repeated.
fn is_trace_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}
