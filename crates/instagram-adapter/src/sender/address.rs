//! Where a host is, looked up now and then rather than for each connection: thousands may be made in a second.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use rats_domain::clock::Monotonic;
use tokio::sync::Mutex;

use crate::clock::boottime;

/// For how long an answer is believed; no longer than a host's records usually live.
const LONGEST: Duration = Duration::from_secs(5);

/// The addresses of one host.
pub(super) struct Addresses {
    host: String,
    port: u16,
    /// What was last found, and when. Held while it is looked up: who comes meanwhile waits for the same answer.
    known: Mutex<Option<(Monotonic, Arc<[SocketAddr]>)>>,
}

impl Addresses {
    pub(super) fn of(host: String, port: u16) -> Self {
        Self { host, port, known: Mutex::default() }
    }

    pub(super) async fn read(&self) -> io::Result<Arc<[SocketAddr]>> {
        let mut known = self.known.lock().await;
        if let Some((seen, addresses)) = &*known
            && boottime().since(*seen) <= LONGEST
        {
            return Ok(Arc::clone(addresses));
        }
        let found: Arc<[SocketAddr]> = tokio::net::lookup_host((self.host.as_str(), self.port)).await?.collect();
        *known = Some((boottime(), Arc::clone(&found)));
        Ok(found)
    }

    /// Nobody answered there: the next one looks it up again.
    pub(super) fn forget(&self) {
        // Whoever holds it is looking it up already.
        if let Ok(mut known) = self.known.try_lock() {
            *known = None;
        }
    }
}
