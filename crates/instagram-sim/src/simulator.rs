use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::task::JoinHandle;
use url::Url;

use crate::http::{self, Shared};
use crate::store::Store;
use crate::{Config, Instagram, SimClock};

/// How long the state may be older on disk than in memory.
const SAVE_AFTER: Duration = Duration::from_millis(200);

/// A running simulated Instagram. It ends when it is stopped or dropped; only [`stop`](Self::stop) stores the last changes.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    store: Option<Arc<Store>>,
    server: ServerHandle,
    serving: JoinHandle<()>,
    saving: Option<JoinHandle<()>>,
}

/// Starts a simulated Instagram on a listener that is already bound. Needs a tokio runtime with time and I/O.
///
/// # Errors
///
/// When the listener has no address, the stored state cannot be read, or the server cannot start.
pub async fn start(config: Config, clock: Arc<dyn SimClock>, listener: TcpListener) -> io::Result<Simulator> {
    let base_url = address_of(&listener)?;
    let store = config.state_file.clone().map(|file| Arc::new(Store::new(file)));
    let downloader = http::Downloader::new(&config).map_err(io::Error::other)?;
    let instagram = Instagram::new(config, base_url);
    if let Some(store) = &store {
        if store.load(&instagram)? {
            instagram.skip_lost_ids();
        }
        // Whoever starts it next must know that it was started, and which ids are free.
        store.save(&instagram)?;
    }

    let shared = Arc::new(Shared::new(instagram, clock, downloader, store.clone()));
    let running = http::serve(Arc::clone(&shared), listener)?;
    let server = running.handle();
    let serving = tokio::spawn(async move {
        if let Err(error) = running.await {
            tracing::error!(%error, "the simulated Instagram ended");
        }
    });
    let saving = store.clone().map(|store| tokio::spawn(keep_saved(Arc::clone(&shared), store)));
    Ok(Simulator { shared, store, server, serving, saving })
}

impl Simulator {
    /// Where it answers; plays `www.`, `api.` and `graph.instagram.com` at once.
    #[must_use]
    pub fn base_url(&self) -> Url {
        self.shared.instagram.base_url().clone()
    }

    /// The state machine behind it, without HTTP.
    #[must_use]
    pub fn state(&self) -> &Instagram {
        &self.shared.instagram
    }

    /// Closes every connection and stores the state.
    pub async fn stop(mut self) {
        self.server.stop(false).await;
        // The server task ends by the stop; its outcome was logged there.
        let _ = (&mut self.serving).await;
        if let Some(saving) = self.saving.take() {
            saving.abort();
            let _ = saving.await;
        }
        if let Some(store) = &self.store {
            save(store, &self.shared.instagram);
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if let Some(saving) = &self.saving {
            saving.abort();
        }
    }
}

async fn keep_saved(shared: Arc<Shared>, store: Arc<Store>) {
    loop {
        shared.changed.notified().await;
        tokio::time::sleep(SAVE_AFTER).await;
        let (shared, store) = (Arc::clone(&shared), Arc::clone(&store));
        let done = tokio::task::spawn_blocking(move || save(&store, &shared.instagram)).await;
        if let Err(error) = done {
            tracing::error!(%error, "storing the simulated Instagram's state ended early");
        }
    }
}

fn save(store: &Store, instagram: &Instagram) {
    if let Err(error) = store.save(instagram) {
        tracing::error!(%error, "the simulated Instagram's state was not stored");
    }
}

fn address_of(listener: &TcpListener) -> io::Result<Url> {
    let mut address = listener.local_addr()?;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    Url::parse(&format!("http://{address}/")).map_err(io::Error::other)
}
