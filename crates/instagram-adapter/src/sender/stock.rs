//! Connections made shortly before they are needed, each for one request.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use rats_domain::clock::Monotonic;

use super::connect::Warm;
use crate::clock::boottime;

/// A connection that has waited longer is of no use: nobody came for it.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// Connections on which nothing was sent yet.
pub(super) struct Stock {
    kept: Mutex<Kept>,
    most: usize,
    longest: Duration,
}

#[derive(Default)]
struct Kept {
    waiting: VecDeque<(Monotonic, Warm)>,
    /// Whether a task clears away what grows too old.
    is_swept: bool,
}

impl Stock {
    /// Room for `most`, each for so long at most.
    pub(super) fn of(most: usize, longest: Duration) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::default(), most, longest })
    }

    /// The newest, if there is one.
    pub(super) fn take(&self) -> Option<Warm> {
        self.fresh().waiting.pop_back().map(|(_, warm)| warm)
    }

    pub(super) fn put(self: &Arc<Self>, warm: Warm) {
        let mut kept = self.fresh();
        kept.waiting.push_back((boottime(), warm));
        if !std::mem::replace(&mut kept.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self), self.longest));
        }
    }

    pub(super) fn has_room(&self) -> bool {
        self.fresh().waiting.len() < self.most
    }

    /// What is not too old.
    fn fresh(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = boottime();
        while kept.waiting.front().is_some_and(|(made, _)| now.since(*made) > self.longest) {
            kept.waiting.pop_front();
        }
        kept
    }
}

/// Closes what nobody came for, which is at most twice as old as it may be, until nothing is left: else thousands of descriptors would wait
/// for the next post, over night.
async fn sweep(stock: Weak<Stock>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let Some(stock) = stock.upgrade() else { return };
        let mut kept = stock.fresh();
        if kept.waiting.is_empty() {
            kept.is_swept = false;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::AsyncReadExt as _,
        net::{TcpListener, TcpStream},
    };

    use super::*;

    const SHORT: Duration = Duration::from_millis(10);

    /// A connection and its other end.
    async fn warm(listener: &TcpListener) -> (Warm, TcpStream) {
        let (near, far) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        (Warm::over(near.unwrap(), None).await.unwrap(), far.unwrap().0)
    }

    async fn is_closed(mut far: TcpStream) -> bool {
        tokio::time::timeout(Duration::from_secs(1), far.read_u8()).await.is_ok_and(|read| read.is_err())
    }

    #[tokio::test]
    async fn what_nobody_came_for_is_closed_again_and_again() {
        let (listener, stock) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Stock::of(9, SHORT));
        for _ in 0..2 {
            let ((first, near), (second, far)) = (warm(&listener).await, warm(&listener).await);
            stock.put(first);
            stock.put(second);
            assert!(is_closed(near).await && is_closed(far).await);
        }
    }

    #[tokio::test]
    async fn the_newest_is_taken_first() {
        let (listener, stock) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Stock::of(2, LONGEST));
        let ((first, first_end), (second, second_end)) = (warm(&listener).await, warm(&listener).await);
        stock.put(first);
        stock.put(second);
        assert!(!stock.has_room());
        drop(stock.take());
        assert!(is_closed(second_end).await);
        assert!(stock.has_room());
        drop((stock, first_end));
    }
}
