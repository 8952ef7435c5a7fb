//! Logging in: the authorize window, the code's exchange, the token's refresh.
//!
//! Source: Instagram API with Instagram Login, "Business Login for Instagram". The token endpoints have no version in their path and
//! take the token as a parameter.

use rats_domain::{
    connection::{Feature, Token},
    instagram::{Advice, AuthorizeError, Grant, PlatformError},
    secret::Secret,
};
use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use url::Url;

use crate::{
    answer,
    client::Inner,
    error::{self, At},
    request::{Base, Call},
};

/// How long a long-lived token lives where Instagram does not say.
const LIFETIME: Duration = Duration::days(60);

const SCOPES: [(Feature, &str); 4] = [
    (Feature::Basic, "instagram_business_basic"),
    (Feature::Publish, "instagram_business_content_publish"),
    (Feature::Comments, "instagram_business_manage_comments"),
    (Feature::Insights, "instagram_business_manage_insights"),
];

#[derive(Deserialize)]
struct ShortLived {
    access_token: String,
    // Missing, a comma list, or an array.
    permissions: Option<Value>,
}

#[derive(Deserialize)]
struct LongLived {
    access_token: String,
    #[serde(default, deserialize_with = "answer::number_member")]
    expires_in: Option<u64>,
}

impl Inner {
    pub(crate) fn authorize_url(&self, state: &Secret) -> Url {
        let mut url = self.settings.authorize_base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["oauth", "authorize"]);
        }
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", self.settings.redirect_uri.as_str())
            .append_pair("response_type", "code")
            .append_pair("scope", &self.scope())
            .append_pair("state", state.expose());
        url
    }

    pub(crate) async fn exchange(&self, code: &Secret) -> Result<Grant, AuthorizeError> {
        let short = self.short_lived(code).await.map_err(refusal)?;
        let token = match self.long_lived(&short.access_token).await {
            // The code is spent, the short-lived token is not: asking again costs nothing and may save the login.
            Err(error) if error.advice == Advice::Retry => self.long_lived(&short.access_token).await,
            answer => answer,
        };
        Ok(Grant { token: token.map_err(refusal)?, features: short.permissions.as_ref().and_then(features) })
    }

    pub(crate) async fn refresh(&self, token: &Secret) -> Result<Token, PlatformError> {
        let query = [("grant_type", "ig_refresh_token"), ("access_token", token.expose())];
        self.token(&["refresh_access_token"], &query, At::Refresh).await
    }

    async fn short_lived(&self, code: &Secret) -> Result<ShortLived, PlatformError> {
        let form = [
            ("client_id", self.settings.client_id.as_str()),
            ("client_secret", self.settings.client_secret.expose()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", self.settings.redirect_uri.as_str()),
            ("code", code.expose()),
        ];
        let call = Call {
            base: Base::Token,
            path: &["oauth", "access_token"],
            query: &[],
            form: Some(&form),
            token: None,
            at: At::Exchange,
        };
        answer::one(&self.request(call).await?.body)
    }

    async fn long_lived(&self, short: &str) -> Result<Token, PlatformError> {
        let query = [
            ("grant_type", "ig_exchange_token"),
            ("client_secret", self.settings.client_secret.expose()),
            ("access_token", short),
        ];
        self.token(&["access_token"], &query, At::Exchange).await
    }

    async fn token(&self, path: &[&str], query: &[(&str, &str)], at: At) -> Result<Token, PlatformError> {
        // Read before asking: the token must not seem to live longer than it does.
        let issued_at = self.clock.now();
        let call = Call { base: Base::Graph, path, query, form: None, token: None, at };
        let answer: LongLived = answer::one(&self.request(call).await?.body)?;
        if answer.access_token.is_empty() {
            return Err(error::unreadable());
        }
        Ok(Token {
            secret: Secret::new(answer.access_token),
            issued_at,
            expires_at: expiry(issued_at, answer.expires_in),
        })
    }

    fn scope(&self) -> String {
        let asked = SCOPES.iter().filter(|(feature, _)| *feature != Feature::Comments || self.settings.manage_comments);
        asked.map(|(_, scope)| *scope).collect::<Vec<_>>().join(",")
    }
}

/// A numbered refusal is final for this code; anything else says nothing about it.
fn refusal(error: PlatformError) -> AuthorizeError {
    match error.advice {
        Advice::Retry | Advice::Wait => AuthorizeError::Unavailable(error),
        _ => AuthorizeError::Refused(error),
    }
}

fn expiry(issued_at: OffsetDateTime, seconds: Option<u64>) -> OffsetDateTime {
    let told = seconds.and_then(|seconds| i64::try_from(seconds).ok()).map(Duration::seconds);
    issued_at.saturating_add(told.unwrap_or(LIFETIME))
}

/// What was granted; none where the answer does not say. Scopes that we did not ask for are left out.
fn features(permissions: &Value) -> Option<Vec<Feature>> {
    let scopes: Vec<&str> = match permissions {
        Value::String(text) => text.split([',', ' ']).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let scopes: Vec<&str> = scopes.into_iter().map(str::trim).filter(|scope| !scope.is_empty()).collect();
    if scopes.is_empty() {
        return None;
    }
    let granted = SCOPES.iter().filter(|(_, scope)| scopes.contains(scope));
    Some(granted.map(|(feature, _)| *feature).collect())
}
