//! The stream below everything else, TLS included: what passes it, passes to the system.
//!
//! It is not placed above TLS, since TLS may answer with an error for bytes that are on the wire already.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use rats_domain::clock::Monotonic;
use rustix::{io::Errno, net::RecvFlags};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::clock::boottime;

/// A deadline that never comes: before a request there is none, so that TLS can shake hands.
const UNARMED: u64 = u64::MAX;

/// What the guard and its owner share.
pub(super) struct Wire {
    deadline_ns: AtomicU64,
    accepted: AtomicUsize,
    probing: AtomicBool,
}

/// A socket that refuses to write at or after a deadline and counts what it wrote.
pub(super) struct Guard {
    socket: TcpStream,
    wire: Arc<Wire>,
}

impl Wire {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            deadline_ns: AtomicU64::new(UNARMED),
            accepted: AtomicUsize::new(0),
            probing: AtomicBool::new(false),
        })
    }

    /// From here on bytes are counted, and none is written at or after `deadline`.
    pub(super) fn arm(&self, deadline: Monotonic) {
        let nanoseconds = u64::try_from(deadline.since_start().as_nanos()).unwrap_or(UNARMED - 1);
        self.deadline_ns.store(nanoseconds.min(UNARMED - 1), SeqCst);
    }

    /// How many bytes the system has accepted since arming.
    pub(super) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }

    /// While probing, reads ask the system itself: the runtime may not have heard yet of what has arrived.
    pub(super) fn probe(&self, probing: bool) {
        self.probing.store(probing, SeqCst);
    }

    fn deadline(&self) -> Option<Monotonic> {
        let nanoseconds = self.deadline_ns.load(SeqCst);
        (nanoseconds != UNARMED).then(|| Monotonic::from_start(Duration::from_nanos(nanoseconds)))
    }
}

impl Guard {
    pub(super) fn new(socket: TcpStream, wire: Arc<Wire>) -> Self {
        Self { socket, wire }
    }

    /// Lets the system give up delivering at the deadline too, then compares the clock last of all.
    fn check(&self, deadline: Monotonic) -> io::Result<()> {
        let left = time_left(deadline)?;
        SockRef::from(&self.socket).set_tcp_user_timeout(Some(left.max(Duration::from_millis(1))))?;
        time_left(deadline).map(drop)
    }
}

impl AsyncWrite for Guard {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Some(deadline) = self.wire.deadline() else {
            return Pin::new(&mut self.socket).poll_write(cx, bytes);
        };
        self.check(deadline)?;
        let written = ready!(Pin::new(&mut self.socket).poll_write(cx, bytes))?;
        self.wire.accepted.fetch_add(written, SeqCst);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

impl AsyncRead for Guard {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.wire.probing.load(SeqCst) {
            return Pin::new(&mut self.socket).poll_read(cx, buffer);
        }
        match rustix::net::recv(&self.socket, buffer.initialize_unfilled(), RecvFlags::DONTWAIT) {
            Ok((read, _)) => {
                buffer.advance(read);
                Poll::Ready(Ok(()))
            }
            Err(Errno::AGAIN) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error.into())),
        }
    }
}

fn time_left(deadline: Monotonic) -> io::Result<Duration> {
    let left = deadline.since(boottime());
    if left.is_zero() {
        return Err(io::Error::new(io::ErrorKind::TimedOut, "the deadline has passed"));
    }
    Ok(left)
}
