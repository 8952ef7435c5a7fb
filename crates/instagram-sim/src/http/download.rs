use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tokio::sync::Mutex;

use crate::instagram::refusal::{download_refused, download_timeout};
use crate::{Config, GraphError, Picture};

/// Bytes read of a picture at most: one more than allowed, to tell that it is too large.
const MAX_READ: usize = 8 * 1024 * 1024 + 1;

/// Fetches pictures and judges them as container creation does.
pub(crate) struct Downloader {
    client: Client,
    /// What was accepted, by its address; locked while one is fetched, so that each is fetched once.
    remembered: Option<Mutex<BTreeMap<String, Picture>>>,
}

impl Downloader {
    pub(crate) fn new(config: &Config) -> reqwest::Result<Self> {
        let remembered = config.remember_pictures.then(Mutex::default);
        Ok(Self { client: client(config.download_timeout)?, remembered })
    }

    /// The picture at `url`, or what Instagram says against it.
    pub(super) async fn picture(&self, url: &str) -> Result<Picture, GraphError> {
        let Some(remembered) = &self.remembered else { return picture(&self.client, url).await };
        let mut remembered = remembered.lock().await;
        if let Some(picture) = remembered.get(url) {
            return Ok(picture.clone());
        }
        let picture = picture(&self.client, url).await?;
        remembered.insert(url.to_owned(), picture.clone());
        Ok(picture)
    }
}

/// No cookies, no redirects, no proxy, a time-out over everything.
fn client(timeout: Duration) -> reqwest::Result<Client> {
    Client::builder()
        .timeout(timeout)
        .redirect(Policy::none())
        .no_proxy()
        .user_agent("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")
        .build()
}

async fn picture(client: &Client, url: &str) -> Result<Picture, GraphError> {
    // Instagram refuses addresses beyond US-ASCII.
    if !url.is_ascii() {
        return Err(download_refused());
    }
    let bytes = fetch(client, url)
        .await
        .map_err(|error| if error.is_timeout() { download_timeout() } else { download_refused() })?;
    let bytes = bytes.ok_or_else(download_refused)?;
    let judged = tokio::task::spawn_blocking(move || Picture::inspect(bytes)).await;
    judged.unwrap_or_else(|_| Err(download_refused()))
}

async fn fetch(client: &Client, url: &str) -> reqwest::Result<Option<Vec<u8>>> {
    let mut response = client.get(url).send().await?;
    if response.status() != StatusCode::OK {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = MAX_READ - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if bytes.len() == MAX_READ {
            break;
        }
    }
    Ok(Some(bytes))
}
