//! Reaching a host that has several addresses.

use std::{io, net::SocketAddr, time::Duration};

use tokio::net::TcpStream;

/// How long an address may be silent before the next is tried beside it.
///
/// Source: RFC 8305, "Happy Eyeballs", section 5, "Connection Attempt Delay".
pub(super) const STAGGER: Duration = Duration::from_millis(250);

/// A connection to whichever of `addresses` takes one first. The next is tried once the one before refused, or was silent for `stagger`: one
/// that swallows whatever is sent there, as IPv6 does in many a network, costs no more than that.
pub(super) async fn dial(addresses: &[SocketAddr], stagger: Duration) -> io::Result<TcpStream> {
    let Some((first, others)) = addresses.split_first() else { return Err(io::ErrorKind::AddrNotAvailable.into()) };
    let mut first = Box::pin(TcpStream::connect(*first));
    if others.is_empty() {
        return first.await;
    }
    let mut others = Box::pin(dial(others, stagger));
    match tokio::time::timeout(stagger, &mut first).await {
        Ok(Ok(socket)) => return Ok(socket),
        Ok(Err(_)) => return others.await,
        Err(_) => {}
    }
    tokio::select! {
        biased;
        socket = &mut first => if socket.is_ok() { socket } else { others.await },
        socket = &mut others => if socket.is_ok() { socket } else { first.await },
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use socket2::{Domain, Socket, Type};

    use super::*;

    const SHORT: Duration = Duration::from_millis(10);

    fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    /// An address that answers nothing: its queue is full, and nobody takes anything out. Holds what must be kept for that.
    fn black_hole() -> (impl Sized, SocketAddr) {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let first = std::net::TcpStream::connect(address).unwrap();
        ((socket, first), address)
    }

    async fn reached(addresses: &[SocketAddr]) -> SocketAddr {
        let dialled = tokio::time::timeout(Duration::from_secs(1), dial(addresses, SHORT)).await;
        dialled.expect("it went on to the next").unwrap().peer_addr().unwrap()
    }

    #[tokio::test]
    async fn an_address_that_swallows_everything_does_not_stop_the_next() {
        let (_kept, silent) = black_hole();
        let (_listener, good) = listener();
        assert_eq!(reached(&[silent, good]).await, good);
        assert_eq!(reached(&[silent, silent, good]).await, good);
    }

    #[tokio::test]
    async fn a_refusal_is_followed_by_the_next_at_once() {
        let (gone, refusing) = listener();
        drop(gone);
        let (_listener, good) = listener();
        assert_eq!(reached(&[refusing, good]).await, good);
        assert!(dial(&[refusing, refusing], SHORT).await.is_err());
    }

    #[tokio::test]
    async fn the_first_that_answers_is_taken() {
        let ((_one, first), (_two, second)) = (listener(), listener());
        assert_eq!(reached(&[first, second]).await, first);
    }
}
