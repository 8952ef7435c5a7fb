//! What is counted and measured of the engine, as a page that Prometheus reads.
//!
//! Everything is taken where the adapters are put behind the ports: a decorator around each port watches what goes through, so that neither
//! the use cases nor the adapters know of it. No label names a user, a post or an account.

mod database;
mod flight;
mod instagram;
mod meters;
mod page;
mod queue;
mod standing;

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use rats_application::Ports;
use rats_domain::clock::Clock;
use rats_instagram_adapter::Instagram;
use rats_storage::Store;

use self::{
    database::{
        MeteredAccountMetrics, MeteredAnalytics, MeteredConnections, MeteredHistory, MeteredMetrics, MeteredPosts,
    },
    flight::Flight,
    instagram::{MeteredAuthorizer, MeteredPublisher, MeteredReader},
    meters::Meters,
    page::Page,
    queue::MeteredQueue,
};
use crate::{
    assembly::StartError,
    config::Config,
    loops::{StopSignal, stopped},
    process::bind,
};

/// The metrics of an assembled product.
pub struct Metrics {
    page: Arc<Page>,
}

impl Metrics {
    /// Puts a decorator around each port that is worth watching.
    pub(crate) fn around(mut ports: Ports, store: Store, instagram: Instagram) -> (Ports, Self) {
        let clock: Arc<dyn Clock> = ports.clock.clone();
        let flight = Arc::new(Flight::default());
        let (page, meters) = Page::new(clock.clone(), flight.clone(), Arc::new((store, instagram)));
        let watch = Watch { meters: Arc::new(meters), clock };
        ports.queue = Arc::new(MeteredQueue::new(ports.queue, watch.clone(), flight));
        ports.posts = Arc::new(MeteredPosts::new(ports.posts, watch.clone()));
        ports.history = Arc::new(MeteredHistory::new(ports.history, watch.clone()));
        ports.connections = Arc::new(MeteredConnections::new(ports.connections, watch.clone()));
        ports.metrics = Arc::new(MeteredMetrics::new(ports.metrics, watch.clone()));
        ports.analytics = Arc::new(MeteredAnalytics::new(ports.analytics, watch.clone()));
        ports.account_metrics = Arc::new(MeteredAccountMetrics::new(ports.account_metrics, watch.clone()));
        ports.publisher = Arc::new(MeteredPublisher::new(ports.publisher, watch.clone()));
        ports.reader = Arc::new(MeteredReader::new(ports.reader, watch.clone()));
        ports.authorizer = Arc::new(MeteredAuthorizer::new(ports.authorizer, watch));
        (ports, Self { page: Arc::new(page) })
    }

    /// The page, in Prometheus' text format.
    pub async fn render(&self) -> String {
        self.page.render().await
    }

    /// Serves the page at `/metrics` until the signal, beside everything else: without it the service goes on.
    ///
    /// # Errors
    ///
    /// [`StartError::Machine`] if the listener cannot be served.
    pub fn serve(&self, listener: TcpListener, stop: StopSignal) -> Result<(), StartError> {
        let machine = |source| StartError::Machine { what: "serving metrics".into(), source };
        let address = listener.local_addr().map_err(machine)?;
        let page = self.page.clone();
        let render = move || {
            let page = page.clone();
            async move { page.render().await }
        };
        let server = rats_web::serve_metrics(listener, stopped(stop), render).map_err(machine)?;
        tracing::info!(address = %format_args!("http://{address}/metrics"), "serving metrics");
        tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "metrics are not served any more");
            }
        });
        Ok(())
    }
}

/// Listens where `METRICS_ADDRESS` says, if it does.
///
/// # Errors
///
/// [`StartError::Machine`] that says what to do if the port is taken.
pub fn listen(config: &Config) -> Result<Option<TcpListener>, StartError> {
    let address: Option<SocketAddr> = config.metrics_address;
    address.map(|address| bind(address.ip(), address.port(), "METRICS_ADDRESS")).transpose()
}

/// What a decorator measures with.
#[derive(Clone)]
struct Watch {
    meters: Arc<Meters>,
    clock: Arc<dyn Clock>,
}

#[cfg(test)]
mod tests;
