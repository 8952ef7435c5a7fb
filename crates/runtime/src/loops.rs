//! What goes on in the background: publishing, events that post themselves, token refresh, metrics, heartbeat.

use std::{future::Future, sync::Arc, time::Duration};

use rats_application::{
    Ports, auto_post::LookAtEvents, collect_accounts::CollectAccounts, collect_metrics::CollectMetrics,
    publish::PublishDue, refresh_tokens::RefreshTokens,
};
use rats_storage::{Role, Store};
use tokio::{sync::watch, task::JoinSet};

use crate::home::Heart;

/// How often tokens are looked at.
const REFRESH: Duration = Duration::from_mins(10);
/// How often it is asked which events are due to be looked at; each says itself when.
const EVENTS: Duration = Duration::from_secs(5);
/// How often metrics are looked at, at most; the readings themselves are far apart.
const METRICS: Duration = Duration::from_secs(5);
/// How often accounts are looked at; each is read once a day.
const ACCOUNTS: Duration = Duration::from_mins(1);
/// How often the database is told that we live.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How long what is in flight may take after the stop.
pub(crate) const FINISH: Duration = Duration::from_secs(35);
/// How many rows are encrypted anew at a time after a key rotation.
const REENCRYPT: usize = 200;

/// Tells every loop to stop.
pub type StopSignal = watch::Receiver<bool>;

/// A loop ended that goes on until it is told to stop: it panicked, which is a bug.
#[derive(Debug, thiserror::Error)]
#[error("a background loop ended by itself: start this process again")]
pub struct LoopEnded;

/// Runs every loop until the signal, then lets what is in flight finish. Nothing depends on it being graceful.
///
/// # Errors
///
/// [`LoopEnded`] if one did so by itself: the others were stopped, too, since a process that does half of its work looks as if it did all.
pub async fn run(ports: Arc<Ports>, store: Store, given: StopSignal) -> Result<(), LoopEnded> {
    let mut loops = JoinSet::new();
    let (tell, stop) = watch::channel(false);
    let publish = PublishDue::new(ports.clone());
    let heart = Arc::new(Heart::new(store.clone(), Role::Worker));
    loops.spawn({
        let (heart, stop) = (heart.clone(), stop.clone());
        async move {
            heart.begin(stop.clone()).await;
            publish.run(stopped(stop)).await;
        }
    });
    let refreshing = ports.clone();
    loops.spawn(every(REFRESH, stop.clone(), move || {
        let ports = refreshing.clone();
        async move { log("tokens could not be refreshed", RefreshTokens(ports).run().await) }
    }));
    let (looking, told) = (ports.clone(), stop.clone());
    loops.spawn(every(EVENTS, stop.clone(), move || {
        let (look, told) = (LookAtEvents(looking.clone()), told.clone());
        async move { unless_stopped(told, "events could not be looked at", look.run()).await }
    }));
    let (collect, told) = (Arc::new(CollectMetrics::new(ports.clone())), stop.clone());
    loops.spawn(every(METRICS, stop.clone(), move || {
        let (collect, told) = (collect.clone(), told.clone());
        async move { unless_stopped(told, "metrics could not be read", collect.run()).await }
    }));
    let told = stop.clone();
    loops.spawn(every(ACCOUNTS, stop.clone(), move || {
        let (collect, told) = (CollectAccounts(ports.clone()), told.clone());
        async move { unless_stopped(told, "accounts could not be read", collect.run()).await }
    }));
    loops.spawn(every(HEARTBEAT, stop, move || {
        let (heart, store) = (heart.clone(), store.clone());
        async move {
            log("the heartbeat could not be stored", heart.beat().await);
            match store.reencrypt(REENCRYPT).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "tokens were encrypted anew, under the first key"),
                failed => log("tokens could not be encrypted anew", failed),
            }
        }
    }));
    supervise(loops, tell, given).await
}

/// Waits for the signal, or for a loop that ends without one; then tells all of them and lets what is in flight finish.
async fn supervise(mut loops: JoinSet<()>, tell: watch::Sender<bool>, stop: StopSignal) -> Result<(), LoopEnded> {
    let outcome = tokio::select! {
        biased;
        () = stopped(stop) => Ok(()),
        ended = loops.join_next() => {
            tracing::error!(?ended, "a background loop ended by itself; this process stops");
            Err(LoopEnded)
        }
    };
    tell.send_replace(true);
    let finished = tokio::time::timeout(FINISH, async { while loops.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        tracing::warn!("stopped while work was in flight; it is looked into after the restart");
    }
    outcome
}

/// Stores the heartbeats of a process without loops until the signal: it, too, publishes what it is asked to publish now.
pub(crate) async fn heartbeats(store: Store, stop: StopSignal) {
    let heart = Heart::new(store, Role::Server);
    every(HEARTBEAT, stop, || async { log("the heartbeat could not be stored", heart.beat().await) }).await;
}

/// Returns once the signal is given or nobody can give it any more.
pub async fn stopped(mut stop: StopSignal) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn every<R: Future<Output = ()>>(span: Duration, stop: StopSignal, work: impl Fn() -> R) {
    loop {
        work().await;
        tokio::select! {
            biased;
            () = stopped(stop.clone()) => return,
            () = tokio::time::sleep(span) => {}
        }
    }
}

/// Does what can be begun anew, such as reading numbers: a stop does not wait for a whole round of it.
async fn unless_stopped<T, E: std::error::Error>(
    stop: StopSignal,
    what: &str,
    round: impl Future<Output = Result<T, E>>,
) {
    tokio::select! {
        biased;
        () = stopped(stop) => {}
        outcome = round => log(what, outcome),
    }
}

fn log<T, E: std::error::Error>(what: &str, outcome: Result<T, E>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, source = ?error.source(), "{what}");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Two loops: one that ends by itself where `ends`, and one that notes that it was told to stop.
    async fn two(ends: bool, given: StopSignal) -> (Result<(), LoopEnded>, bool) {
        let (tell, stop) = watch::channel(false);
        let noted = Arc::new(AtomicBool::new(false));
        let mut loops = JoinSet::new();
        let (first, second, note) = (stop.clone(), stop, noted.clone());
        loops.spawn(async move {
            assert!(!ends, "a bug, for this test");
            stopped(first).await;
        });
        loops.spawn(async move {
            stopped(second).await;
            note.store(true, Ordering::SeqCst);
        });
        let outcome = supervise(loops, tell, given).await;
        (outcome, noted.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_loop_that_panics_stops_the_others_and_is_an_error() {
        let (_hold, given) = watch::channel(false);
        let (outcome, was_told) = two(true, given).await;
        assert!(outcome.is_err() && was_told);
    }

    #[tokio::test]
    async fn a_signal_stops_all_and_is_none() {
        let (_hold, given) = watch::channel(true);
        let (outcome, was_told) = two(false, given).await;
        assert!(outcome.is_ok() && was_told);
    }
}
