//! Sends one request, once, and knows whether a byte of it left.
//!
//! A pooled client cannot promise that: it writes after its time-out when the process was paused, takes an unasked answer on an idle
//! connection for the answer to the next request, and moves requests to other connections by itself. Here every request has a
//! connection of its own, over a [guard](guard::Guard) that compares the clock with the deadline right before each write and counts what
//! the system accepted. Nothing accepted proves that nothing was sent, whatever the error says.
//!
//! Its limit: a pause between the comparison and the system call cannot be seen.

mod address;
mod connect;
mod dial;
mod exchange;
mod guard;
mod stock;

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{HeaderMap, Request};
use rats_domain::clock::Monotonic;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio_rustls::TlsConnector;
use url::Host;

use self::{
    address::Addresses,
    connect::Warm,
    dial::{STAGGER, dial},
    stock::Stock,
};
use crate::{clock::boottime, settings::Settings};

/// Whether something was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Not a byte: proven.
    Nothing,
    /// Perhaps all of it.
    Perhaps,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct SendError {
    /// Whether something was sent.
    pub(crate) sent: Sent,
    reason: &'static str,
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A whole answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Sends requests to one host, each on a connection of its own.
pub(crate) struct Sender {
    addresses: Addresses,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    stock: Arc<Stock>,
    connect_timeout: Duration,
    answer_timeout: Duration,
}

impl Sender {
    /// Sends to the host of the Graph API, over TLS if it is `https`. `None` if it has no name that TLS can check.
    pub(crate) fn new(settings: &Settings, tls: Arc<ClientConfig>) -> Option<Self> {
        let address = &settings.graph_base;
        let host = match address.host()? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let tls = match address.scheme() {
            "https" => Some((TlsConnector::from(tls), ServerName::try_from(host.clone()).ok()?)),
            _ => None,
        };
        Some(Self {
            addresses: Addresses::of(host, address.port_or_known_default()?),
            tls,
            stock: Stock::of(settings.ready_connections, stock::LONGEST),
            connect_timeout: settings.connect_timeout,
            answer_timeout: settings.publish_timeout,
        })
    }

    /// Sends `request` once: no byte of it leaves at or after `deadline`.
    ///
    /// A connection made ahead is used if there is one. One on which the other side has already spoken or hung up is of no use; nothing
    /// was sent on it, so one more is made.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>, deadline: Monotonic) -> Result<Reply, SendError> {
        let mut warm = match self.stock.take() {
            Some(warm) => warm,
            None => self.connect(deadline).await?,
        };
        if warm.is_stale() {
            warm = self.connect(deadline).await?;
        }
        if warm.is_stale() {
            return Err(SendError::nothing("the connection was closed or spoken on before the request", None));
        }
        warm.send(request, deadline, self.answer_timeout).await
    }

    /// Makes a connection ready for the next request, if it can be made in time.
    pub(crate) async fn prepare(&self) {
        if self.stock.has_room()
            && let Ok(warm) = self.open(self.connect_timeout).await
        {
            self.stock.put(warm);
        }
    }

    async fn connect(&self, deadline: Monotonic) -> Result<Warm, SendError> {
        let left = deadline.since(boottime());
        if left.is_zero() {
            return Err(SendError::nothing("the deadline has passed", None));
        }
        let opened = self.open(self.connect_timeout.min(left)).await;
        opened.map_err(|error| SendError::nothing("no connection", Some(error.into())))
    }

    /// Makes a connection within `timeout`. Where it cannot be made, the host is looked up anew for the next one.
    async fn open(&self, timeout: Duration) -> io::Result<Warm> {
        let opened = tokio::time::timeout(timeout, async {
            let socket = dial(&self.addresses.read().await?, STAGGER).await?;
            Warm::over(socket, self.tls.as_ref()).await
        });
        let opened = opened.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        if opened.is_err() {
            self.addresses.forget();
        }
        opened
    }
}

impl SendError {
    fn nothing(reason: &'static str, cause: Option<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { sent: Sent::Nothing, reason, cause }
    }
}
