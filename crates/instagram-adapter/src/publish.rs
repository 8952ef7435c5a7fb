//! The one call that people see the effect of.
//!
//! It is sent once, by a sender of its own, and its answer is sorted into *live*, *not sent*, *refused* and *unclear*. Whatever is not
//! proven is unclear: a post that is wrongly thought lost is sent twice.

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request,
    header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use rats_domain::{
    clock::Monotonic,
    id::{ContainerId, MediaId},
    instagram::{Access, Advice, PlatformError, PublishAnswer, WE_TRY},
};
use serde::Deserialize;
use url::Url;

use crate::{
    advice, answer,
    client::Inner,
    error::{self, At, Fault},
    request::Base,
    sender::{Reply, SendError, Sent},
    usage,
};

#[derive(Deserialize)]
struct Published {
    #[serde(default, deserialize_with = "answer::name_member")]
    id: Option<String>,
}

impl Inner {
    /// Makes a connection ready for the next publish request.
    pub(crate) async fn prepare(&self) {
        self.sender.prepare().await;
    }

    pub(crate) async fn publish(&self, access: &Access, container: &ContainerId, deadline: Monotonic) -> PublishAnswer {
        let path = [&self.settings.version, access.account.as_str(), "media_publish"];
        let request = self.address(Base::Graph, &path).and_then(|address| request(&address, access, container));
        let sent = match request {
            Ok(request) => self.sender.send(request, deadline).await,
            Err(error) => return PublishAnswer::NotSent(error),
        };
        match sent {
            Ok(reply) => self.sort(&reply),
            Err(error) => sort_failure(&error),
        }
    }

    fn sort(&self, reply: &Reply) -> PublishAnswer {
        let reading = usage::Reading::of(&reply.headers);
        self.usage.note(&reading);
        classify(reply.status, &reply.body, &reading)
    }
}

/// Sorts an answer. [`PublishAnswer::Refused`] follows a closed list and nothing else.
pub(crate) fn classify(status: u16, body: &[u8], reading: &usage::Reading) -> PublishAnswer {
    let fault = error::fault(body);
    if status == 200 && fault.is_none() {
        let published = answer::one::<Published>(body).ok().and_then(|published| published.id);
        if let Some(id) = published {
            return PublishAnswer::Live(MediaId::new(id));
        }
    }
    let error = error::read(status, body, At::Publish, reading.retry_after());
    let fault = fault.unwrap_or_default();
    if is_refusal(status, &fault) {
        return PublishAnswer::Refused(error);
    }
    let rule = error::rule(status, &fault, At::Publish);
    let told = PlatformError::unnumbered(Advice::Verify, rule.what, LOOKING);
    PublishAnswer::Unclear(PlatformError { what: told.what, message: told.message, advice: told.advice, ..error })
}

/// The answers that prove that this request published nothing: these and no others.
///
/// A 408 may be one that nobody asked for, a redirect or a server error may come from something in between, so none of them counts.
fn is_refusal(status: u16, fault: &Fault) -> bool {
    if !(400..500).contains(&status) || status == 408 {
        return false;
    }
    matches!(
        (fault.code, fault.subcode),
        (Some(9007), Some(2_207_027))
            | (Some(9), Some(2_207_042))
            | (Some(25), Some(2_207_050))
            | (Some(190 | 10 | 200..=299), _)
    ) || matches!((fault.code, fault.subcode), (Some(100), Some(subcode)) if subcode != 33)
}

fn sort_failure(error: &SendError) -> PublishAnswer {
    tracing::debug!(error = error as &dyn std::error::Error, sent = ?error.sent, "a publish request got no answer");
    match error.sent {
        Sent::Nothing => PublishAnswer::NotSent(PlatformError::unnumbered(
            Advice::Retry,
            "Instagram could not be reached in time, so the post was not sent",
            WE_TRY,
        )),
        Sent::Perhaps => PublishAnswer::Unclear(unanswered()),
    }
}

pub(crate) fn unanswered() -> PlatformError {
    PlatformError::unnumbered(Advice::Verify, "Instagram did not answer", LOOKING)
}

const LOOKING: &str = "The post may be live all the same; we keep checking. Do not post it again yourself.";

fn request(address: &Url, access: &Access, container: &ContainerId) -> Result<Request<Full<Bytes>>, PlatformError> {
    let form =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("creation_id", container.as_str()).finish();
    let mut token = HeaderValue::try_from(format!("Bearer {}", access.token.expose())).map_err(|_| unusable_token())?;
    token.set_sensitive(true);
    Request::post(address.path())
        .header(HOST, host(address))
        .header(AUTHORIZATION, token)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(USER_AGENT, concat!("rats-instagram-adapter/", env!("CARGO_PKG_VERSION")))
        .header(CONNECTION, "close")
        .body(Full::new(Bytes::from(form)))
        .map_err(|_| wrongly_set_up())
}

fn host(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    address.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn unusable_token() -> PlatformError {
    advice::TOKEN_DEAD.error()
}

fn wrongly_set_up() -> PlatformError {
    PlatformError::unnumbered(Advice::Stop, "Instagram's address is set up wrongly", advice::TELL_OWNER)
}
