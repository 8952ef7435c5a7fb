//! The `If-Match` header: which version of a thing the person saw.

use actix_web::{HttpRequest, http::header};

use super::problem::{Fault, Problem};

/// The largest version, which JavaScript still counts exactly.
pub(crate) const MAX_VERSION: i64 = 9_007_199_254_740_991;

/// The version that the request is for; `None` where it is for any.
///
/// A proxy that compresses an answer marks its `ETag` as weak; it names the version all the same.
///
/// # Errors
///
/// 400 if it is not one `ETag` of ours.
pub(crate) fn version(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    let mut values = request.headers().get_all(header::IF_MATCH);
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or("").trim();
    if text == "*" && values.next().is_none() {
        return Ok(None);
    }
    let tag = text.strip_prefix("W/").unwrap_or(text);
    let digits = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let digits = digits.filter(|digits| !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let version = digits.and_then(|digits| digits.parse().ok()).filter(|version| *version <= MAX_VERSION);
    match version {
        Some(version) if values.next().is_none() => Ok(Some(version)),
        _ => {
            let message = "`If-Match` must be one `ETag` that we gave, like \"3\" with its quotation marks, or *.";
            Err(Problem::invalid(vec![Fault::new("If-Match", message)]))
        }
    }
}

/// The same, from a header and from a body's `version`.
///
/// # Errors
///
/// 400 if they name different ones.
pub(crate) fn agreed(header: Option<i64>, member: Option<i64>) -> Result<Option<i64>, Problem> {
    match (header, member) {
        (Some(one), Some(other)) if one != other => {
            let message = format!("`version` is {other} and `If-Match` says {one}. Give one of them.");
            Err(Problem::invalid(vec![Fault::new("version", message)]))
        }
        (header, member) => Ok(header.or(member)),
    }
}
