use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::access::Answer;
use super::id::AccountId;
use super::scope::Call;
use super::{Instagram, World, refusal};

/// Lifetime of a fresh long-lived token in seconds: just under 60 days. Source: "Business Login for Instagram".
const LONG_SECONDS: u32 = 5_183_944;
/// Lifetime of a short-lived token. Source: "Get started".
const SHORT: Duration = Duration::HOUR;
/// The age from which a token can be refreshed. Source: "Business Login for Instagram".
const REFRESHABLE_FROM: Duration = Duration::DAY;

/// A token as the state keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Token {
    pub(super) account: AccountId,
    pub(super) scopes: BTreeSet<String>,
    issued: OffsetDateTime,
    pub(super) expires: OffsetDateTime,
    is_long: bool,
}

/// The answer of the long-lived exchange and of the refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LongToken {
    /// The token.
    pub access_token: String,
    /// Always `bearer`.
    pub token_type: &'static str,
    /// Seconds until it expires.
    pub expires_in: u32,
}

impl Instagram {
    /// `GET /access_token` with `ig_exchange_token`: a short-lived token for a long-lived one.
    pub fn exchange_token(
        &self,
        grant_type: &str,
        secret: &str,
        token: &str,
        now: OffsetDateTime,
    ) -> Answer<LongToken> {
        let secret_fits = secret == self.config().client_secret;
        self.change(|world| {
            let account = world.authorise(token, Call::Token, now)?;
            let short = world.tokens.get(token).filter(|found| !found.is_long).cloned();
            match short {
                Some(short) if secret_fits && grant_type == "ig_exchange_token" => {
                    Ok(world.issue_long_token(account, short.scopes, now))
                }
                _ => Err(refusal::unsupported_request("get").into()),
            }
        })
    }

    /// `GET /refresh_access_token` with `ig_refresh_token`: another 60 days for a token at least 24 h old.
    pub fn refresh_token(&self, grant_type: &str, token: &str, now: OffsetDateTime) -> Answer<LongToken> {
        self.change(|world| {
            let account = world.authorise(token, Call::Token, now)?;
            let found = world.tokens.get(token).cloned().ok_or_else(refusal::unreadable_token)?;
            if grant_type != "ig_refresh_token" || !found.is_long {
                return Err(refusal::unsupported_request("get").into());
            }
            if now - found.issued < REFRESHABLE_FROM {
                return Err(refusal::too_young_to_refresh().into());
            }
            Ok(world.issue_long_token(account, found.scopes, now))
        })
    }
}

impl World {
    pub(super) fn issue_short_token(
        &mut self,
        account: AccountId,
        scopes: BTreeSet<String>,
        now: OffsetDateTime,
    ) -> String {
        self.issue(Token { account, scopes, issued: now, expires: now + SHORT, is_long: false })
    }

    pub(super) fn issue_long_token(
        &mut self,
        account: AccountId,
        scopes: BTreeSet<String>,
        now: OffsetDateTime,
    ) -> LongToken {
        let expires = now + Duration::seconds(i64::from(LONG_SECONDS));
        let access_token = self.issue(Token { account, scopes, issued: now, expires, is_long: true });
        LongToken { access_token, token_type: "bearer", expires_in: LONG_SECONDS }
    }

    fn issue(&mut self, token: Token) -> String {
        let text = format!("IGAA{}", self.random.text(60));
        self.tokens.insert(text.clone(), token);
        text
    }
}
