//! The `Idempotency-Key` header.

use std::fmt::Write as _;

use actix_web::HttpRequest;
use aws_lc_rs::digest::{SHA256, digest};
use rats_domain::idempotency::IdempotencyKey;

use super::problem::{Fault, Problem};

/// The request's key, if it has one, for a body of this content.
///
/// # Errors
///
/// 400 if it is not 1 to 255 visible ASCII characters, or given twice.
pub(crate) fn key(request: &HttpRequest, content: &[u8]) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = request.headers().get_all("idempotency-key");
    let Some(value) = values.next() else { return Ok(None) };
    let bytes = value.as_bytes();
    if values.next().is_some() || !(1..=255).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_graphic) {
        let message = "`Idempotency-Key` must be one value of 1 to 255 visible ASCII characters.";
        return Err(Problem::invalid(vec![Fault::new("Idempotency-Key", message)]));
    }
    Ok(Some(IdempotencyKey {
        route: format!("{} {}", request.method(), request.path()),
        key: String::from_utf8_lossy(bytes).into_owned(),
        fingerprint: fingerprint(content),
    }))
}

/// The key that a page of ours gave a form of this content, if it has one.
pub(crate) fn of_form(route: &str, key: &str, content: &str) -> Option<IdempotencyKey> {
    let is_ours = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_ours.then(|| IdempotencyKey {
        route: route.to_owned(),
        key: key.to_owned(),
        fingerprint: fingerprint(content.as_bytes()),
    })
}

/// The SHA-256 in hexadecimal.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    digest(&SHA256, content).as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
