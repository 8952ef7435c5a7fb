//! Sends one request, once, and knows whether a byte of it left.
//!
//! A pooled client cannot promise that: it writes after its time-out when the process was paused, takes an unasked answer on an idle
//! connection for the answer to the next request, and moves requests to other connections by itself. Here every request has a
//! connection of its own, over a [guard](guard::Guard) that compares the clock with the deadline right before each write and counts what
//! the system accepted. Nothing accepted proves that nothing was sent, whatever the error says.
//!
//! Its limit: a pause between the comparison and the system call cannot be seen.

mod connect;
mod exchange;
mod guard;
mod stock;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{HeaderMap, Request};
use rats_domain::clock::Monotonic;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

pub(crate) use stock::Stock;

use crate::clock::boottime;

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

/// Where requests go.
pub(crate) struct Target {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Target {
    /// The host of `address`, over TLS if it is `https`.
    pub(crate) fn of(address: &Url, tls: &Arc<ClientConfig>) -> Option<Self> {
        let host = match address.host()? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let tls = match address.scheme() {
            "https" => Some((TlsConnector::from(Arc::clone(tls)), ServerName::try_from(host.clone()).ok()?)),
            _ => None,
        };
        Some(Self { host, port: address.port_or_known_default()?, tls })
    }

    /// Sends `request` once: no byte of it leaves at or after `deadline`.
    ///
    /// A connection from `stock` is used if there is one. One on which the other side has already spoken or hung up is of no use; nothing
    /// was sent on it, so one more is made.
    pub(crate) async fn send(
        &self,
        stock: &Stock,
        request: &Request<Full<Bytes>>,
        deadline: Monotonic,
        connect_timeout: Duration,
        answer_timeout: Duration,
    ) -> Result<Reply, SendError> {
        let mut warm = match stock.take() {
            Some(warm) => warm,
            None => self.connect(deadline, connect_timeout).await?,
        };
        if warm.is_stale() {
            warm = self.connect(deadline, connect_timeout).await?;
        }
        if warm.is_stale() {
            return Err(SendError::nothing("the connection was closed or spoken on before the request", None));
        }
        warm.send(request.clone(), deadline, answer_timeout).await
    }

    /// Makes a connection ready for the next request, if it can be made in time.
    pub(crate) async fn prepare(&self, stock: &Stock, timeout: Duration) {
        if stock.has_room()
            && let Ok(Ok(warm)) = tokio::time::timeout(timeout, connect::open(self)).await
        {
            stock.put(warm);
        }
    }

    async fn connect(&self, deadline: Monotonic, timeout: Duration) -> Result<connect::Warm, SendError> {
        let left = deadline.since(boottime());
        if left.is_zero() {
            return Err(SendError::nothing("the deadline has passed", None));
        }
        match tokio::time::timeout(timeout.min(left), connect::open(self)).await {
            Ok(Ok(warm)) => Ok(warm),
            Ok(Err(error)) => Err(SendError::nothing("no connection", Some(error.into()))),
            Err(_) => Err(SendError::nothing("no connection in time", None)),
        }
    }
}

impl SendError {
    fn nothing(reason: &'static str, cause: Option<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { sent: Sent::Nothing, reason, cause }
    }
}
