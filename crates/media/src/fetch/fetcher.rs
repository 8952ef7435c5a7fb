use std::{error::Error, sync::Arc, time::Duration};

use reqwest::{
    Client, Response,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, LOCATION},
    redirect,
};
use tokio::time::timeout;
use url::Url;

use super::{FetchError, Lookup, Policy, Refused, SystemLookup, policy::verdict, resolver::JudgingResolver};

/// How much and how long is fetched at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The largest file, in bytes (30 MB).
    pub max_bytes: usize,
    /// The most redirects followed (3).
    pub max_redirects: usize,
    /// Time for each connection, name and TLS included (3 s).
    pub connect: Duration,
    /// Time between two pieces of the answer (5 s).
    pub idle: Duration,
    /// Time for everything (15 s).
    pub total: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_bytes: 30_000_000,
            max_redirects: 3,
            connect: Duration::from_secs(3),
            idle: Duration::from_secs(5),
            total: Duration::from_secs(15),
        }
    }
}

/// Fetches files from public addresses.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    policy: Arc<Policy>,
    bounds: Bounds,
}

impl Fetcher {
    /// A fetcher that asks the system for addresses.
    ///
    /// # Errors
    ///
    /// The machine's TLS set-up cannot be used.
    pub fn new(policy: Policy, bounds: Bounds) -> Result<Self, reqwest::Error> {
        Self::with_lookup(policy, bounds, Arc::new(SystemLookup))
    }

    /// A fetcher that asks `lookup` for addresses.
    ///
    /// # Errors
    ///
    /// The machine's TLS set-up cannot be used.
    pub fn with_lookup(policy: Policy, bounds: Bounds, lookup: Arc<dyn Lookup>) -> Result<Self, reqwest::Error> {
        let policy = Arc::new(policy);
        let client = Client::builder()
            .dns_resolver(JudgingResolver { policy: Arc::clone(&policy), lookup })
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            // Each fetch connects, and so is judged, anew.
            .pool_max_idle_per_host(0)
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(bounds.connect)
            .read_timeout(bounds.idle)
            .user_agent(concat!("rats-media/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, policy, bounds })
    }

    /// The bytes at `url`.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`] where the address, a redirect or what its name stands for breaks a rule; every other variant as it says.
    pub async fn fetch(&self, url: &Url) -> Result<Vec<u8>, FetchError> {
        timeout(self.bounds.total, self.follow(url.clone()))
            .await
            .unwrap_or(Err(FetchError::TooSlow(self.bounds.total)))
    }

    async fn follow(&self, mut url: Url) -> Result<Vec<u8>, FetchError> {
        for _ in 0..=self.bounds.max_redirects {
            verdict(&url, &self.policy)?;
            let response = self.get(url.clone()).await?;
            if !response.status().is_redirection() {
                return self.body(response).await;
            }
            url = redirected(&url, &response)?;
        }
        Err(FetchError::TooManyRedirects(self.bounds.max_redirects))
    }

    async fn get(&self, url: Url) -> Result<Response, FetchError> {
        let request = self
            .client
            .get(url)
            .header(ACCEPT, "image/jpeg, image/png, image/webp, image/gif")
            .header(ACCEPT_ENCODING, "identity");
        request.send().await.map_err(|error| self.explained(error))
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, FetchError> {
        if response.status().as_u16() != 200 {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        if response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            return Err(FetchError::Compressed);
        }
        let max_bytes = self.bounds.max_bytes;
        if response.content_length().is_some_and(|length| length > max_bytes as u64) {
            return Err(FetchError::TooLarge { max_bytes });
        }
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.explained(error))? {
            if bytes.len() + piece.len() > max_bytes {
                return Err(FetchError::TooLarge { max_bytes });
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    fn explained(&self, error: reqwest::Error) -> FetchError {
        if let Some(refused) = refusal(&error) {
            return FetchError::Refused(refused.clone());
        }
        if error.is_timeout() {
            return FetchError::TooSlow(if error.is_connect() { self.bounds.connect } else { self.bounds.idle });
        }
        FetchError::Unreachable(Box::new(error.without_url()))
    }
}

fn redirected(from: &Url, response: &Response) -> Result<Url, FetchError> {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    joined(from, location.ok_or(FetchError::BadRedirect)?)
}

fn joined(from: &Url, location: &str) -> Result<Url, FetchError> {
    let to = from.join(location).map_err(|_| FetchError::BadRedirect)?;
    if from.scheme() == "https" && to.scheme() != "https" {
        return Err(Refused::Downgrade.into());
    }
    Ok(to)
}

/// The resolver's refusal, which arrives wrapped in the errors of every layer above it.
fn refusal(error: &reqwest::Error) -> Option<&Refused> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref() {
            return Some(refused);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_32_no_redirect_leads_from_https_to_http() {
        let from = Url::parse("https://example.com/a/b").unwrap();
        assert_eq!(joined(&from, "../c").unwrap().as_str(), "https://example.com/c");
        assert_eq!(joined(&from, "//other.example/").unwrap().as_str(), "https://other.example/");
        assert!(matches!(joined(&from, "http://example.com/"), Err(FetchError::Refused(Refused::Downgrade))));
    }
}
