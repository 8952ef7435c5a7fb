//! The call itself.

use std::time::Duration;

use rats_domain::secret::Secret;
use reqwest::{header::HeaderValue, redirect};
use serde_json::Value;
use url::{Host, Url};

use super::failure::Failure;

/// The largest answer read, in bytes. A message and a plan with all of Gemini's wrapping are some 5,000.
pub const MAX_ANSWER_BYTES: usize = 262_144;

/// Source: Gemini API, "Using Gemini API keys". In a header, since addresses end up in logs.
const KEY_HEADER: &str = "x-goog-api-key";

/// How Gemini is asked.
#[derive(Clone, Debug)]
pub struct GeminiSettings {
    /// The key, from Google AI Studio.
    pub api_key: Secret,
    /// The model's name, such as [`DEFAULT_MODEL`](crate::DEFAULT_MODEL).
    pub model: String,
    /// Where it is served, such as [`DEFAULT_BASE_URL`](crate::DEFAULT_BASE_URL); `https`, on loopback addresses `http` too.
    pub base_url: Url,
    /// The longest a call may take, all in all.
    pub timeout: Duration,
}

/// A setting that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum GeminiError {
    /// The key is empty or holds what no HTTP header can.
    #[error("the Gemini key is empty or has characters that no key has (its value is not shown)")]
    Key,
    /// The model's name is not one.
    #[error("“{0}” is not the name of a Gemini model; expected something like gemini-2.5-flash")]
    Model(String),
    /// The base URL is not `https`, or carries credentials, a query or a fragment.
    #[error(
        "the Gemini base URL must be https (http on loopback addresses alone), without user name, query and fragment"
    )]
    BaseUrl,
    /// The HTTP client could not be set up.
    #[error("the HTTP client for Gemini could not be set up")]
    Client(#[source] reqwest::Error),
}

/// Sends requests to one model.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    endpoint: Url,
    /// Marked sensitive: its `Debug` shows nothing.
    key: HeaderValue,
}

impl Client {
    pub(super) fn new(settings: GeminiSettings) -> Result<Self, GeminiError> {
        let mut http = reqwest::Client::builder()
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout)
            .redirect(redirect::Policy::none())
            .referer(false);
        if is_loopback(&settings.base_url) {
            http = http.no_proxy();
        }
        Ok(Self {
            endpoint: endpoint(settings.base_url, &settings.model)?,
            key: key(&settings.api_key)?,
            http: http.build().map_err(GeminiError::Client)?,
        })
    }

    /// Answers the body of a success.
    pub(super) async fn generate(&self, request: &Value) -> Result<Vec<u8>, Failure> {
        let mut response = self
            .http
            .post(self.endpoint.clone())
            .header(KEY_HEADER, self.key.clone())
            .json(request)
            .send()
            .await
            .map_err(|error| Failure::of_error(&error))?;
        let status = response.status();
        let body = read(&mut response).await;
        if status.is_success() { body } else { Err(Failure::of_status(status, &body.unwrap_or_default())) }
    }
}

/// The body, as long as it is not too large; what comes after that is not even received.
async fn read(response: &mut reqwest::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of_error(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn key(secret: &Secret) -> Result<HeaderValue, GeminiError> {
    let text = secret.expose().trim();
    let mut key = HeaderValue::from_str(text).map_err(|_| GeminiError::Key)?;
    key.set_sensitive(true);
    if text.is_empty() { Err(GeminiError::Key) } else { Ok(key) }
}

/// `{base_url}/v1beta/models/{model}:generateContent`.
fn endpoint(mut base: Url, model: &str) -> Result<Url, GeminiError> {
    let name = model.trim().trim_start_matches("models/");
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')) {
        return Err(GeminiError::Model(model.to_owned()));
    }
    let plain =
        base.username().is_empty() && base.password().is_none() && base.query().is_none() && base.fragment().is_none();
    let safe = base.scheme() == "https" || base.scheme() == "http" && is_loopback(&base);
    if !plain || !safe {
        return Err(GeminiError::BaseUrl);
    }
    base.path_segments_mut().map_err(|()| GeminiError::BaseUrl)?.pop_if_empty().extend([
        "v1beta",
        "models",
        &format!("{name}:generateContent"),
    ]);
    Ok(base)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base: &str, model: &str) -> Result<String, GeminiError> {
        endpoint(base.parse().unwrap(), model).map(String::from)
    }

    #[test]
    fn the_address_is_made_of_base_and_model() {
        let expected = "https://g.example/x/v1beta/models/gemini-2.5-flash:generateContent";
        for base in ["https://g.example/x", "https://g.example/x/"] {
            assert_eq!(at(base, "gemini-2.5-flash").unwrap(), expected);
        }
        assert_eq!(at("https://g.example/x", "models/gemini-2.5-flash").unwrap(), expected);
    }

    #[test]
    fn a_model_name_cannot_change_the_address() {
        for model in ["", "a/b", "..%2f", "a?b", "a b", "a:countTokens"] {
            assert!(matches!(at("https://g.example", model), Err(GeminiError::Model(_))), "{model}");
        }
    }

    #[test]
    fn the_key_never_travels_in_the_open() {
        for base in
            ["http://g.example", "http://10.0.0.1", "ftp://g.example", "https://u:p@g.example", "https://g.example?k=v"]
        {
            assert!(matches!(at(base, "m"), Err(GeminiError::BaseUrl)), "{base}");
        }
        assert!(at("http://127.0.0.1:9", "m").is_ok() && at("http://[::1]:9", "m").is_ok());
    }

    #[test]
    fn a_key_that_cannot_be_one_is_refused_and_not_shown() {
        for words in ["", "  ", "sentinel\nkey", "sentinel\0"] {
            let error = key(&Secret::new(words)).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("sentinel"));
        }
    }
}
