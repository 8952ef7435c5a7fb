//! Waking whoever waits for the next due post.
//!
//! In one process a counter that can be watched; between processes PostgreSQL's `NOTIFY due`. A notification inside each
//! transaction would make commits several times slower, so it leaves after the commit, from one task that folds many into one.

use std::{sync::Arc, time::Duration};

use diesel::sql_query;
use diesel_async::{
    RunQueryDsl as _,
    pooled_connection::deadpool::{Object, Pool},
};
use futures_util::StreamExt as _;
use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    task::JoinHandle,
};

use crate::{backend::Pg, trouble::Trouble};

/// How long to wait before listening again on a new connection.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Tells that something may have become due sooner, in this process and others.
#[derive(Clone, Default)]
pub(crate) struct Due {
    changed: Arc<watch::Sender<u64>>,
    others: Option<Arc<Notify>>,
}

/// The tasks that talk with other processes; they end with the store.
pub(crate) struct Others([JoinHandle<()>; 2]);

/// Tells when something may have become due sooner than was known.
#[derive(Clone, Debug)]
pub struct DueChanges(watch::Receiver<u64>);

impl DueChanges {
    /// Waits until something may have become due sooner since the last call; at once where it has. Many changes count as one.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            // The store is gone: nothing will change any more.
            std::future::pending::<()>().await;
        }
    }
}

impl DueChanges {
    /// What changed until now counts as seen.
    pub(crate) fn mark_seen(&mut self) {
        self.0.mark_unchanged();
    }
}

impl Due {
    /// The same, across all processes of a PostgreSQL database.
    pub(crate) fn on_postgres(pool: &Pool<Pg>, runtime: &Handle) -> (Self, Others) {
        let (changed, to_tell) = (Arc::new(watch::Sender::new(0)), Arc::new(Notify::new()));
        let tasks =
            [runtime.spawn(listen(pool.clone(), changed.clone())), runtime.spawn(tell(pool.clone(), to_tell.clone()))];
        (Self { changed, others: Some(to_tell) }, Others(tasks))
    }

    pub(crate) fn changes(&self) -> DueChanges {
        DueChanges(self.changed.subscribe())
    }

    /// Something may have become due sooner; called after the commit.
    pub(crate) fn sooner(&self) {
        count_up(&self.changed);
        if let Some(to_tell) = &self.others {
            to_tell.notify_one();
        }
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

fn count_up(changed: &watch::Sender<u64>) {
    changed.send_modify(|count| *count = count.wrapping_add(1));
}

async fn tell(pool: Pool<Pg>, to_tell: Arc<Notify>) {
    loop {
        to_tell.notified().await;
        if let Err(trouble) = notify(&pool).await {
            // The others' safety poll finds it.
            tracing::warn!(%trouble, "other processes were not told of a new due time");
        }
    }
}

async fn notify(pool: &Pool<Pg>) -> Result<(), Trouble> {
    let mut conn = pool.get().await?;
    sql_query("NOTIFY due").execute(&mut conn).await?;
    Ok(())
}

async fn listen(pool: Pool<Pg>, changed: Arc<watch::Sender<u64>>) {
    loop {
        if let Err(trouble) = listen_once(&pool, &changed).await {
            tracing::warn!(%trouble, "listening for due times was interrupted");
        }
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

/// Listens on a connection of its own until that ends.
async fn listen_once(pool: &Pool<Pg>, changed: &watch::Sender<u64>) -> Result<(), Trouble> {
    let mut conn = Object::take(pool.get().await?);
    sql_query("LISTEN due").execute(&mut conn).await?;
    // Whatever was told while nobody listened.
    count_up(changed);
    let mut told = std::pin::pin!(conn.notifications_stream());
    while let Some(notification) = told.next().await {
        notification?;
        count_up(changed);
    }
    Ok(())
}
