//! Ports for programs that listen a moment later.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU32, Ordering},
};

/// The first of them, and how many: below those that Linux gives to whoever asks for any (32,768 and up), so that no connection that begins
/// in between takes one.
const FIRST: u16 = 20_000;
const COUNT: u32 = 12_000;

/// How far apart two processes with neighbouring numbers begin.
const STRIDE: u32 = 97;

/// A port of this machine that was free just now, and that this process was not given before.
#[must_use]
pub fn port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);

    let begin = std::process::id().wrapping_mul(STRIDE);
    let next = || begin.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let mut ports = (0..COUNT).filter_map(|_| u16::try_from(next()).ok()).map(|offset| FIRST + offset);
    ports.find(is_free).expect("a free port")
}
