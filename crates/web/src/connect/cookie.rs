//! The cookie that names a pending connection.

use crate::http::cookie::Cookie;

/// Kept for 10 minutes.
pub(super) const SECONDS: i64 = 600;

pub(super) const PENDING: Cookie = Cookie { name: "__Host-rats_connect", form: "connect form" };
