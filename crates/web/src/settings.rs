use std::time::Duration;

use rats_domain::secret::Secret;
use url::Url;

/// What the HTTP side can be told.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// Where RATS' frontend is: the one origin that CORS allows, and where the connect journey ends.
    pub client_url: Url,
    /// The secret that RATS signs its tokens with (HS256).
    pub jwt_secret: Secret,
    /// The audience that a token must name, where set.
    pub jwt_audience: Option<String>,
    /// The issuer that a token must name, where set.
    pub jwt_issuer: Option<String>,
    /// Whether registration and login are served, since no other RATS server does: then a token is good only for a user of ours.
    pub stand_alone: bool,
    /// The most requests of one user in a minute; of one address, where no user is known.
    pub requests_per_minute: u32,
    /// The most registrations and logins from one address, and for one account, in a minute.
    pub logins_per_minute: u32,
    /// The largest upload, in bytes.
    pub upload_bytes: usize,
    /// How long a client may take over its request's head.
    pub head_timeout: Duration,
    /// How long a body may take to arrive; of an upload, the longest time without a byte.
    pub body_timeout: Duration,
    /// Whether a proxy of ours stands in front: only then is a client's address taken from the last entry of `X-Forwarded-For`.
    pub trust_proxy: bool,
}

impl WebSettings {
    /// The product's defaults: 300 requests and 10 logins a minute, uploads of 30 MB, heads within 10 s and bodies within 15 s, stand-alone, no proxy.
    #[must_use]
    pub fn new(client_url: Url, jwt_secret: Secret) -> Self {
        Self {
            client_url,
            jwt_secret,
            jwt_audience: None,
            jwt_issuer: None,
            stand_alone: true,
            requests_per_minute: 300,
            logins_per_minute: 10,
            upload_bytes: 30_000_000,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(15),
            trust_proxy: false,
        }
    }
}
