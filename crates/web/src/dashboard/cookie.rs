//! The cookie that names a session.

use crate::http::cookie::Cookie;

pub(super) const SESSION: Cookie = Cookie { name: "__Host-rats_session", form: "dashboard form" };
