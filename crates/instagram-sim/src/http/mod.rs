//! The HTTP around the state machine: one host plays `www.`, `api.` and `graph.instagram.com`.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue, HttpDate, TryIntoHeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::Data;
use actix_web::{App, Error, HttpServer, web};
use tokio::sync::Notify;

use crate::store::Store;
use crate::{Instagram, SimClock};

mod call;
mod control;
mod download;
mod field;
mod graph;
mod insight;
mod oauth;
mod page;
mod params;
mod wire;

pub(crate) use download::Downloader;

/// The largest request body in bytes.
const MAX_BODY: usize = 256 * 1024;

/// What every request works with.
pub(crate) struct Shared {
    pub(crate) instagram: Instagram,
    pub(crate) clock: Arc<dyn SimClock>,
    pub(crate) downloader: Downloader,
    pub(crate) changed: Notify,
    store: Option<Arc<Store>>,
    traces: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        instagram: Instagram,
        clock: Arc<dyn SimClock>,
        downloader: Downloader,
        store: Option<Arc<Store>>,
    ) -> Self {
        Self { instagram, clock, downloader, changed: Notify::new(), store, traces: AtomicU64::new(1) }
    }

    /// Stores what was made or published before anyone is told: a crash must not take it back.
    pub(crate) async fn stored(self: Arc<Self>) {
        let Some(store) = self.store.clone() else { return };
        let saved = tokio::task::spawn_blocking(move || store.save(&self.instagram)).await;
        if let Ok(Err(error)) = saved {
            tracing::error!(%error, "the simulated Instagram's state was not stored");
        }
    }

    /// A text for `fbtrace_id`.
    fn trace(&self) -> String {
        format!("A{:010x}", self.traces.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9))
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("instagram", &self.instagram).finish_non_exhaustive()
    }
}

/// Starts answering on the listener; the caller polls the server.
pub(crate) fn serve(shared: Arc<Shared>, listener: TcpListener) -> io::Result<Server> {
    let data = Data::from(shared);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .wrap(from_fn(finish))
            .configure(oauth::routes)
            .configure(control::routes)
            .configure(graph::routes)
            .service(
                web::scope(r"/{version:v\d+\.\d+}").configure(graph::routes).default_service(web::to(graph::unknown)),
            )
            .configure(page::routes)
            .default_service(web::to(page::not_found))
    });
    let server = server.on_connect(wire::keep).workers(2).keep_alive(Duration::from_secs(75)).disable_signals();
    Ok(server.shutdown_timeout(1).listen(listener)?.run())
}

/// Puts the simulated time and `nosniff` on every answer, which takes as long as it is set to, and tells whoever stores the state.
async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let shared = request.app_data::<Data<Shared>>().cloned();
    let is_ours = request.path().starts_with("/_");
    let mut response = next.call(request).await?;
    if let Some(shared) = shared {
        shared.changed.notify_one();
        let latency = shared.instagram.config().latency;
        if !is_ours && !latency.is_zero() {
            actix_web::rt::time::sleep(latency).await;
        }
        let date = HttpDate::from(SystemTime::from(shared.clock.now()));
        response.headers_mut().insert(header::DATE, date.try_into_value()?);
    }
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
