//! The one way in which everything but the publish call is asked.
//!
//! Addresses are made here from a configured base and path segments, never taken from an answer: that is what keeps tokens with the
//! configured hosts. No redirect is followed, and no error shows an address, since some hold a token.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rats_domain::{
    instagram::{Advice, PlatformError, WE_TRY},
    secret::Secret,
};
use reqwest::Method;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use url::Url;

use crate::{
    advice,
    client::Inner,
    error::{self, At},
    usage,
};

/// The largest answer that is read. A page of 50 media with the longest captions stays below half of it.
pub(crate) const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Which configured host is asked.
#[derive(Clone, Copy)]
pub(crate) enum Base {
    /// Where codes are exchanged.
    Token,
    /// The Graph API.
    Graph,
}

/// One call.
pub(crate) struct Call<'a> {
    /// Which host.
    pub(crate) base: Base,
    /// The path's segments after the base; encoded here.
    pub(crate) path: &'a [&'a str],
    /// The query.
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// The form of a POST; a GET has none.
    pub(crate) form: Option<&'a [(&'a str, &'a str)]>,
    /// The token for the `Authorization` header.
    pub(crate) token: Option<&'a Secret>,
    /// What is being done, for the reading of errors.
    pub(crate) at: At,
}

/// An answer with status 200.
pub(crate) struct Answer {
    /// Instagram's clock, from the `Date` header.
    pub(crate) date: Option<OffsetDateTime>,
    /// Its body.
    pub(crate) body: Bytes,
}

impl Inner {
    /// Asks once.
    pub(crate) async fn request(&self, call: Call<'_>) -> Result<Answer, PlatformError> {
        let method = if call.form.is_some() { Method::POST } else { Method::GET };
        let timeout = self.timeout_of(&method);
        let mut request =
            self.http.request(method, self.address(call.base, call.path)?).query(call.query).timeout(timeout);
        if let Some(form) = call.form {
            request = request.form(form);
        }
        if let Some(token) = call.token {
            request = request.bearer_auth(token.expose());
        }

        let response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let usage = usage::Reading::of(response.headers());
        self.usage.note(&usage);
        let date = date(response.headers());
        let body = body(response).await?;
        if status == 200 && !error::is_error(&body) {
            return Ok(Answer { date, body });
        }
        Err(error::read(status, &body, call.at, usage.retry_after()))
    }

    /// The address of `path` on a configured host.
    pub(crate) fn address(&self, base: Base, path: &[&str]) -> Result<Url, PlatformError> {
        let mut url = match base {
            Base::Token => self.settings.token_base.clone(),
            Base::Graph => self.settings.graph_base.clone(),
        };
        match url.path_segments_mut() {
            Ok(mut segments) => segments.pop_if_empty().extend(path),
            Err(()) => {
                return Err(PlatformError::unnumbered(
                    Advice::Stop,
                    "Instagram's address is set up wrongly",
                    advice::TELL_OWNER,
                ));
            }
        };
        Ok(url)
    }

    fn timeout_of(&self, method: &Method) -> Duration {
        // Instagram fetches the picture while a container's creation waits, so that takes longer than a read.
        if method == Method::POST { self.settings.publish_timeout } else { self.settings.read_timeout }
    }
}

/// Instagram's clock: the `Date` header, whole seconds.
pub(crate) fn date(headers: &reqwest::header::HeaderMap) -> Option<OffsetDateTime> {
    let text = headers.get(reqwest::header::DATE)?.to_str().ok()?;
    OffsetDateTime::parse(text, &Rfc2822).ok()
}

/// The whole body, bounded.
async fn body(mut response: reqwest::Response) -> Result<Bytes, PlatformError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(error::unreadable());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn unreachable(error: reqwest::Error) -> PlatformError {
    let error = error.without_url();
    tracing::debug!(error = &error as &dyn std::error::Error, "Instagram could not be asked");
    PlatformError::unnumbered(Advice::Retry, "Instagram could not be reached, or did not answer in time", WE_TRY)
}
