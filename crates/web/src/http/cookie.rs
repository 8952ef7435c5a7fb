//! Cookies that name something of ours by 256 random bits.

use actix_web::{HttpRequest, http::header};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use rats_domain::secret::Secret;

use super::idempotency::fingerprint;

/// A cookie of ours: `__Host-`, so that no other host and no plain HTTP can set it.
pub(crate) struct Cookie {
    /// Its name.
    pub(crate) name: &'static str,
    /// What the tokens of the forms that it reaches are derived with.
    pub(crate) form: &'static str,
}

impl Cookie {
    /// Sets it for so many seconds.
    pub(crate) fn set(&self, value: &Secret, seconds: i64) -> String {
        format!("{}={}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax", self.name, value.expose())
    }

    /// Takes it back.
    pub(crate) fn clear(&self) -> String {
        format!("{}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax", self.name)
    }

    /// Its value, if it is there once and of the form that we make.
    pub(crate) fn read(&self, request: &HttpRequest) -> Option<Secret> {
        let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
        let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(name, _)| *name == self.name).map(|(_, value)| value);
        let value = values.next().filter(|_| values.next().is_none())?;
        (value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| Secret::new(value))
    }

    /// The token of a form: derived from the cookie's 256 random bits, which no other page can read.
    pub(crate) fn csrf(&self, value: &Secret) -> String {
        fingerprint(format!("{} {}", self.form, value.expose()).as_bytes())
    }

    /// Whether a form brought the cookie's token.
    pub(crate) fn is_csrf(&self, value: &Secret, token: &str) -> bool {
        verify_slices_are_equal(self.csrf(value).as_bytes(), token.as_bytes()).is_ok()
    }
}
