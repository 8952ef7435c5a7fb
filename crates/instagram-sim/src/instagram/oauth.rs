use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use url::Url;

use super::Instagram;
use super::id::AccountId;
use super::scope::{BASIC, SCOPES};

/// How long a code can be exchanged. Source: "Business Login for Instagram".
const CODE_LIFETIME: Duration = Duration::HOUR;

/// What the login window was opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizeRequest {
    /// `client_id`.
    pub client_id: String,
    /// `redirect_uri`.
    pub redirect_uri: String,
    /// `response_type`, which must be `code`.
    pub response_type: String,
    /// `scope`, a comma or space list.
    pub scope: String,
    /// `state`, returned unchanged.
    pub state: Option<String>,
}

/// Why the login window shows an error page instead of redirecting. The texts are Instagram's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizeError {
    /// The client id is unknown.
    #[error("Invalid platform app")]
    UnknownApp,
    /// The redirect address is not a registered one.
    #[error("Invalid redirect_uri")]
    RedirectUri,
    /// The response type is not `code` (text inferred).
    #[error("Invalid response_type")]
    ResponseType,
    /// A scope is unknown or the basic one is missing (text inferred).
    #[error("Invalid scope: {0}")]
    Scope(String),
}

/// A refusal of the code exchange, which has no `error` envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OAuthRefusal {
    /// `error_message`.
    pub message: &'static str,
}

/// What the code exchange answers, before it is shaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortToken {
    /// The token, good for one hour.
    pub access_token: String,
    /// The app-scoped id.
    pub user_id: u64,
    /// The granted scopes.
    pub permissions: Vec<String>,
}

/// A code as the state keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Code {
    account: AccountId,
    redirect_uri: String,
    scopes: BTreeSet<String>,
    expires: OffsetDateTime,
}

impl AuthorizeRequest {
    /// The requested scopes, in their order.
    #[must_use]
    pub fn scopes(&self) -> Vec<&str> {
        self.scope.split([',', ' ']).filter(|scope| !scope.is_empty()).collect()
    }

    /// Where a person who refused is sent.
    #[must_use]
    pub fn denied(&self) -> Option<Url> {
        let pairs = [
            ("error", "access_denied"),
            ("error_reason", "user_denied"),
            ("error_description", "The user denied your request"),
        ];
        self.redirect(&pairs)
    }

    /// Where a person who agreed is sent; the fragment `#_` is not part of the code.
    #[must_use]
    pub fn granted(&self, code: &str) -> Option<Url> {
        self.redirect(&[("code", code)]).map(|mut url| {
            url.set_fragment(Some("_"));
            url
        })
    }

    fn redirect(&self, pairs: &[(&str, &str)]) -> Option<Url> {
        let mut url = Url::parse(&self.redirect_uri).ok()?;
        url.query_pairs_mut()
            .extend_pairs(pairs)
            .extend_pairs(self.state.iter().map(|state| ("state", state.as_str())));
        Some(url)
    }
}

impl Instagram {
    /// Judges what the login window was opened with.
    pub fn check_authorize(&self, request: &AuthorizeRequest) -> Result<(), AuthorizeError> {
        if request.client_id != self.config().client_id {
            return Err(AuthorizeError::UnknownApp);
        }
        if !self.config().redirect_uris.contains(&request.redirect_uri) || Url::parse(&request.redirect_uri).is_err() {
            return Err(AuthorizeError::RedirectUri);
        }
        if request.response_type != "code" {
            return Err(AuthorizeError::ResponseType);
        }
        let scopes = request.scopes();
        match scopes.iter().find(|scope| !SCOPES.contains(scope)) {
            Some(unknown) => Err(AuthorizeError::Scope((*unknown).to_owned())),
            None if !scopes.contains(&BASIC) => Err(AuthorizeError::Scope(request.scope.clone())),
            None => Ok(()),
        }
    }

    /// Grants `scopes` of the request (the basic one always) and answers the code; `None` for an unknown username.
    pub fn grant(
        &self,
        request: &AuthorizeRequest,
        username: &str,
        scopes: &[&str],
        now: OffsetDateTime,
    ) -> Option<String> {
        let account = self.account(username)?.id;
        let granted = request.scopes().into_iter().filter(|scope| *scope == BASIC || scopes.contains(scope));
        let scopes = granted.map(str::to_owned).collect();
        let redirect_uri = request.redirect_uri.clone();
        self.change(|world| {
            let text = format!("AQ{}", world.random.text(90));
            world.codes.insert(text.clone(), Code { account, redirect_uri, scopes, expires: now + CODE_LIFETIME });
            Some(text)
        })
    }

    /// `POST /oauth/access_token`: a code for a short-lived token. A code is used up by its first good exchange.
    pub fn exchange_code(
        &self,
        app: (&str, &str),
        grant_type: &str,
        redirect_uri: &str,
        code: &str,
        now: OffsetDateTime,
    ) -> Result<ShortToken, OAuthRefusal> {
        if app != (&self.config().client_id, &self.config().client_secret) {
            return Err(OAuthRefusal { message: "Invalid platform app" });
        }
        if grant_type != "authorization_code" {
            return Err(OAuthRefusal { message: "Invalid grant_type" });
        }
        self.change(|world| {
            let known = world.codes.get(code).filter(|code| now < code.expires);
            let known = known.ok_or(OAuthRefusal { message: "Matching code was not found or was already used" })?;
            if known.redirect_uri != redirect_uri {
                let message = "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request";
                return Err(OAuthRefusal { message });
            }
            let Code { account, scopes, .. } = known.clone();
            world.codes.remove(code);
            let permissions = scopes.iter().cloned().collect();
            let user_id = world.accounts.get(&account).map_or(account.0, |account| account.app_scoped_id);
            let access_token = world.issue_short_token(account, scopes, now);
            Ok(ShortToken { access_token, user_id, permissions })
        })
    }
}
