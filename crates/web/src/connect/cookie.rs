//! The cookie that names a pending connection, and the token that its form must bring back.

use actix_web::{HttpRequest, http::header};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use rats_domain::secret::Secret;

use crate::http::idempotency::fingerprint;

const NAME: &str = "__Host-rats_connect";

/// Sets the cookie, for 10 minutes.
pub(super) fn set(name: &Secret) -> String {
    format!("{NAME}={}; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax", name.expose())
}

/// Takes the cookie back.
pub(super) fn clear() -> String {
    format!("{NAME}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}

/// The cookie's value, if it is there once and of the form that we make.
pub(super) fn read(request: &HttpRequest) -> Option<Secret> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    let value = values.next().filter(|_| values.next().is_none())?;
    (value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| Secret::new(value))
}

/// The form's token: derived from the cookie's 256 random bits, which no other page can read.
pub(super) fn csrf(name: &Secret) -> String {
    fingerprint(format!("connect form {}", name.expose()).as_bytes())
}

/// Whether the form brought the cookie's token.
pub(super) fn is_csrf(name: &Secret, token: &str) -> bool {
    verify_slices_are_equal(csrf(name).as_bytes(), token.as_bytes()).is_ok()
}
