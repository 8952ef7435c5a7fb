//! What goes on in the background: publishing, token refresh, metrics, heartbeat.

use std::{future::Future, sync::Arc, time::Duration};

use rats_application::{
    Ports, collect_accounts::CollectAccounts, collect_metrics::CollectMetrics, publish::PublishDue,
    refresh_tokens::RefreshTokens,
};
use rats_storage::{Role, Store};
use tokio::{sync::watch, task::JoinSet};

use crate::home::Heart;

/// How often tokens are looked at.
const REFRESH: Duration = Duration::from_mins(10);
/// How often metrics are looked at, at most; the readings themselves are far apart.
const METRICS: Duration = Duration::from_secs(5);
/// How often accounts are looked at; each is read once a day.
const ACCOUNTS: Duration = Duration::from_mins(1);
/// How often the database is told that we live.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How long what is in flight may take after the stop.
const FINISH: Duration = Duration::from_secs(35);
/// How many rows are encrypted anew at a time after a key rotation.
const REENCRYPT: usize = 200;

/// Tells every loop to stop.
pub type StopSignal = watch::Receiver<bool>;

/// Runs every loop until the signal, then lets what is in flight finish. Nothing depends on it being graceful.
pub async fn run(ports: Arc<Ports>, store: Store, stop: StopSignal) {
    let mut loops = JoinSet::new();
    let given = stop.clone();
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
    let (collecting, told) = (ports.clone(), stop.clone());
    loops.spawn(every(METRICS, stop.clone(), move || {
        let (collect, told) = (CollectMetrics(collecting.clone()), told.clone());
        async move { unless_stopped(told, "metrics could not be read", collect.run()).await }
    }));
    let told = stop.clone();
    loops.spawn(every(ACCOUNTS, stop.clone(), move || {
        let (collect, told) = (CollectAccounts(ports.clone()), told.clone());
        async move { unless_stopped(told, "accounts could not be read", collect.run()).await }
    }));
    loops.spawn(every(HEARTBEAT, stop.clone(), move || {
        let (heart, store) = (heart.clone(), store.clone());
        async move {
            log("the heartbeat could not be stored", heart.beat().await);
            log("tokens could not be encrypted anew", store.reencrypt(REENCRYPT).await);
        }
    }));
    tokio::select! {
        biased;
        () = stopped(stop) => {}
        // The signal reaches those who wait for it one after the other: a loop may end by it before this does.
        ended = loops.join_next() => if !*given.borrow() {
            tracing::error!(?ended, "a background loop ended by itself; restart this process");
        },
    }
    let finished = tokio::time::timeout(FINISH, async { while loops.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        tracing::warn!("stopped while work was in flight; it is looked into after the restart");
    }
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

/// Reads numbers, which can be read again: a stop does not wait for a whole round of them.
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
