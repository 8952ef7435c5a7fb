//! A person with a browser and a program with a token: the same user.

use std::collections::BTreeSet;

use jsonwebtoken::{EncodingKey, Header};
use rats_domain::clock::Clock as _;
use rats_runtime::SystemClock;
use rats_tests::{seed::user, sentinel};
use reqwest::{Client, RequestBuilder, header, redirect::Policy};
use serde_json::json;

use super::served;
use crate::Outcome;

/// RATS' frontend, which hands its users over.
const FRONTEND: &str = "http://localhost:3000";

/// Who asks, and whom.
pub(super) struct Asking {
    client: Client,
    server: String,
    token: String,
    cookie: String,
}

/// How an answer came, in milliseconds, and how long it is.
pub(super) struct Answer {
    pub(super) first_byte: f64,
    pub(super) last_byte: f64,
    pub(super) lines: usize,
}

impl Asking {
    /// Begins a session for the user of the first account.
    pub(super) async fn sign_in(server: &str) -> Outcome<Self> {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build()?;
        let token = token()?;
        let request = client.post(format!("http://{server}/session")).header(header::ORIGIN, FRONTEND);
        let answer = request.form(&[("token", token.as_str()), ("next", "/")]).send().await?.error_for_status()?;
        let cookie = answer.headers().get(header::SET_COOKIE).ok_or("no session was begun")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { client, server: server.to_owned(), token, cookie })
    }

    /// The server, and the session's cookie by its name and its value.
    pub(super) fn session(&self) -> (&str, &str, &str) {
        let (name, value) = self.cookie.split_once('=').unwrap_or_default();
        (&self.server, name, value)
    }

    /// How many statements were made until now.
    pub(super) async fn statements(&self) -> Outcome<f64> {
        Ok(self.get(served::COUNT).send().await?.error_for_status()?.text().await?.parse()?)
    }

    /// Asks once.
    pub(super) async fn ask(&self, path: &str) -> Outcome<Answer> {
        let clock = SystemClock::default();
        let begun = clock.monotonic();
        let since = || clock.monotonic().since(begun).as_secs_f64() * 1e3;
        let mut answer = self.get(path).send().await?.error_for_status()?;
        if !answer.status().is_success() {
            return Err(format!("{path} leads elsewhere: {}", answer.status()).into());
        }
        let (mut first, mut lines) = (None, 0);
        while let Some(chunk) = answer.chunk().await? {
            first.get_or_insert_with(since);
            lines += chunk.split(|byte| *byte == b'\n').count() - 1;
        }
        Ok(Answer { first_byte: first.unwrap_or_else(since), last_byte: since(), lines })
    }

    /// How many bytes a browser is sent for a page and all that it needs, without pictures.
    pub(super) async fn load(&self, path: &str) -> Outcome<usize> {
        let page = self.body(path).await?;
        let text = String::from_utf8_lossy(&page);
        let parts: BTreeSet<&str> = text.split('"').filter(|value| value.starts_with("/assets/")).collect();
        let mut bytes = page.len();
        for part in parts {
            bytes += self.body(part).await?.len();
        }
        Ok(bytes)
    }

    /// A body as it is sent to who takes gzip.
    async fn body(&self, path: &str) -> Outcome<Vec<u8>> {
        let answer = self.get(path).header(header::ACCEPT_ENCODING, "gzip").send().await?.error_for_status()?;
        Ok(answer.bytes().await?.to_vec())
    }

    fn get(&self, path: &str) -> RequestBuilder {
        let request = self.client.get(format!("http://{}{path}", self.server));
        request.bearer_auth(&self.token).header(header::COOKIE, &self.cookie)
    }
}

fn token() -> Outcome<String> {
    let now = SystemClock::default().now().unix_timestamp();
    let claims = json!({"id": user(0).as_str(), "username": "bench", "iat": now, "exp": now + 3_600});
    let key = EncodingKey::from_secret(sentinel::JWT_SECRET.as_bytes());
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}
