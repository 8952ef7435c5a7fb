//! The store: one type that is every repository.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use diesel::connection::SimpleConnection as _;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use futures_util::FutureExt as _;
use rats_domain::clock::{Clock, Monotonic};
use tokio::runtime::Handle;

use crate::{
    backend::{Lite, Pg},
    crypto::KeyRing,
    due::{Due, DueChanges},
    options::{DatabaseUrl, OpenError, Options, StoreClock},
    place, postgres, sqlite,
    trouble::Trouble,
};

/// Every repository of RATS on one database. Cloning is cheap and shares the database.
///
/// A clone remembers for itself which changes of due times it has seen: each loop that waits for
/// [`PublicationQueue::changed`](rats_domain::publication::PublicationQueue::changed) has its own.
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    seen: Mutex<DueChanges>,
}

pub(crate) struct Inner {
    pub(crate) pools: Pools,
    pub(crate) keys: KeyRing,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store_clock: StoreClock,
    pub(crate) due: Due,
    /// The installation's name.
    pub(crate) installation: Option<String>,
    /// When this process was last heard of as a worker.
    pub(crate) heard: Mutex<Option<Monotonic>>,
    runtime: Option<Handle>,
    /// Held for as long as the store lives, so that no second process opens the same file.
    pub(crate) file: Option<sqlite::LockedFile>,
}

/// The connections.
pub(crate) enum Pools {
    /// One writer, several readers; in memory they are the same single connection.
    Sqlite { readers: Pool<Lite>, writer: Pool<Lite> },
    /// All alike.
    Postgres(Pool<Pg>),
}

impl Store {
    /// Opens the database: checks that it does not forget what it has committed, and brings its tables up to date.
    ///
    /// A SQLite file is locked for this one store.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is in the way and what to change.
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        let (pools, file, due) = match &options.url {
            DatabaseUrl::SqliteMemory => (sqlite::open_memory().await?, None, Due::default()),
            DatabaseUrl::SqliteFile(path) => {
                let (pools, file) = sqlite::open_file(path, options.pool_size, options.runtime.as_ref()).await?;
                (pools, Some(file), Due::default())
            }
            DatabaseUrl::Postgres(url) => {
                let runtime = options.runtime.clone().ok_or(OpenError::NeedsRuntime)?;
                let pool = postgres::open(url, options.pool_size, &runtime).await?;
                let due = Due::on_postgres(&pool, &runtime);
                (Pools::Postgres(pool), None, due)
            }
        };
        let store = Self {
            seen: Mutex::new(due.changes()),
            inner: Arc::new(Inner {
                pools,
                keys: options.keys,
                clock: options.clock,
                store_clock: options.store_clock,
                due,
                installation: options.installation,
                heard: Mutex::new(None),
                runtime: options.runtime,
                file,
            }),
        };
        store.move_in().await.map_err(|error| OpenError::Unreachable(Box::new(error)))?;
        Ok(store)
    }

    /// Tells when something may have become due sooner than this clone's last `next_due` said, in any process of this database.
    #[must_use]
    pub fn due_changes(&self) -> DueChanges {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What changed until now is about to be read.
    pub(crate) fn due_seen(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).mark_seen();
    }

    /// Runs a call on a SQLite connection of `pool`: in one blocking task, or on the spot where there is no runtime.
    pub(crate) async fn on_sqlite<T, F>(
        &self,
        pool: &Pool<Lite>,
        call: impl FnOnce(Object<Lite>) -> F + Send + 'static,
    ) -> Result<T, Trouble>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Trouble>>,
    {
        let conn = pool.get().await?;
        let run = move || {
            call(conn).now_or_never().unwrap_or_else(|| Err(Trouble::Crashed("a call to SQLite waited".into())))
        };
        match &self.inner.runtime {
            None => run(),
            Some(runtime) => runtime.spawn_blocking(run).await.map_err(crashed)?,
        }
    }

    /// Lets nothing of what was just deleted stay in SQLite's log: it is written to the file, where what is deleted is overwritten,
    /// and cut to nothing. Where a reader stands in the way for longer than the time-out, the next call or the log's own turn does it.
    pub(crate) async fn forget_log(&self) {
        let Pools::Sqlite { writer, .. } = &self.inner.pools else { return };
        let forgotten = self
            .on_sqlite(writer, |mut conn| async move {
                conn.spawn_blocking(|conn| conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"))
                    .await
                    .map_err(Trouble::from)
            })
            .await;
        if let Err(trouble) = forgotten {
            tracing::warn!(%trouble, "SQLite's log was not emptied after a secret was deleted");
        }
    }

    /// Runs a call to PostgreSQL in one task.
    pub(crate) async fn on_postgres<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T, Trouble>> + Send + 'static,
    ) -> Result<T, Trouble> {
        match &self.inner.runtime {
            None => call.await,
            Some(runtime) => runtime.spawn(call).await.map_err(crashed)?,
        }
    }

    /// What reads the store's clock inside a call.
    pub(crate) fn clock(&self) -> place::StoreClockReader {
        place::StoreClockReader::new(self.inner.clock.clone(), self.inner.store_clock)
    }
}

impl Clone for Store {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), seen: Mutex::new(self.due_changes()) }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let backend = match self.inner.pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Postgres(_) => "PostgreSQL",
        };
        f.debug_struct("Store").field("backend", &backend).finish_non_exhaustive()
    }
}

fn crashed(error: tokio::task::JoinError) -> Trouble {
    Trouble::Crashed(Box::new(error))
}
