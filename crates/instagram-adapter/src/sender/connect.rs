//! Making a connection, ready for one request.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Waker},
};

use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::guard::{Guard, Wire};

/// A stream, plain or TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection on which no request was sent.
pub(super) struct Warm {
    pub(super) stream: Box<dyn Stream>,
    pub(super) wire: Arc<Wire>,
}

impl Warm {
    /// Shakes hands over `socket` where there is TLS.
    pub(super) async fn over(socket: TcpStream, tls: Option<&(TlsConnector, ServerName<'static>)>) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        let wire = Wire::new();
        let guard = Guard::new(socket, Arc::clone(&wire));
        let stream: Box<dyn Stream> = match tls {
            Some((connector, name)) => Box::new(connector.connect(name.clone(), guard).await?),
            None => Box::new(guard),
        };
        Ok(Self { stream, wire })
    }

    /// Whether the other side has hung up or spoken already: its next words would be taken for the answer to our request.
    pub(super) fn is_stale(&mut self) -> bool {
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        let mut context = Context::from_waker(Waker::noop());
        self.wire.probe(true);
        let polled = Pin::new(&mut self.stream).poll_read(&mut context, &mut buffer);
        self.wire.probe(false);
        polled.is_ready()
    }
}
