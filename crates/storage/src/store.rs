//! The store: one type that is every repository.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use diesel::connection::SimpleConnection as _;
use rats_domain::clock::{Clock, Monotonic};
use time::OffsetDateTime;

use crate::{
    crypto::KeyRing,
    database::{Database, Pools},
    due::{Due, DueChanges, Others},
    group::Group,
    moment::micros,
    options::{DatabaseUrl, OpenError, Options, StoreClock},
    place, postgres, sqlite,
    trouble::Trouble,
};

/// How far our own clock may be off the store's before somebody is told too late.
const CLOCKS_APART: Duration = Duration::from_mins(2);

/// The most pages that SQLite's files may have: its own limit.
#[cfg(feature = "test")]
const MOST_PAGES: u32 = 4_294_967_294;

/// Every repository of RATS on one database. Cloning is cheap and shares the database.
///
/// A clone remembers for itself which changes of due times it has seen: each loop that waits for
/// [`PublicationQueue::changed`](rats_domain::publication::PublicationQueue::changed) has its own.
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    seen: Mutex<DueChanges>,
}

pub(crate) struct Inner {
    database: Database,
    pub(crate) keys: KeyRing,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store_clock: StoreClock,
    safety_poll: Option<Duration>,
    /// When this process was last heard of as a worker.
    pub(crate) heard: Mutex<Option<Monotonic>>,
    _others: Option<Others>,
    pub(crate) group: Group,
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
        let (pools, file, (due, others)) = match &options.url {
            DatabaseUrl::SqliteMemory => (sqlite::open_memory().await?, None, (Due::default(), None)),
            DatabaseUrl::SqliteFile(path) => {
                let (pools, file) = sqlite::open_file(path, options.pool_size, options.runtime.as_ref()).await?;
                (pools, Some(Arc::new(file)), (Due::default(), None))
            }
            DatabaseUrl::Postgres(url) => {
                let runtime = options.runtime.clone().ok_or(OpenError::NeedsRuntime)?;
                let pool = postgres::open(url, options.pool_size, &runtime).await?;
                let (due, others) = Due::on_postgres(&pool, &runtime);
                (Pools::Postgres(pool), None, (due, Some(others)))
            }
        };
        let store = Self {
            seen: Mutex::new(due.changes()),
            inner: Arc::new(Inner {
                database: Database { pools, runtime: options.runtime, due, file, installation: options.installation },
                keys: options.keys,
                clock: options.clock,
                store_clock: options.store_clock,
                safety_poll: options.safety_poll,
                heard: Mutex::new(None),
                _others: others,
                group: Group::default(),
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

    /// Lets nothing of what was just deleted stay in SQLite's log: it is written to the file, where what is deleted is overwritten,
    /// and cut to nothing. Where a reader stands in the way for longer than the time-out, the next call or the log's own turn does it.
    pub(crate) async fn forget_log(&self) {
        let Pools::Sqlite { writer, .. } = &self.database().pools else { return };
        let forgotten = self
            .database()
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

    /// Makes the disk full, or no longer: a SQLite file cannot grow beyond what it is. For tests.
    ///
    /// # Errors
    ///
    /// As any call.
    #[cfg(feature = "test")]
    pub async fn set_full(&self, full: bool) -> Result<(), rats_domain::store::StoreError> {
        let Pools::Sqlite { writer, .. } = &self.database().pools else { return Ok(()) };
        // SQLite takes what is there already for the least.
        let pages = if full { 1 } else { MOST_PAGES };
        let set =
            move |conn: &mut diesel::SqliteConnection| conn.batch_execute(&format!("PRAGMA max_page_count = {pages}"));
        self.database()
            .on_sqlite(writer, move |mut conn| async move { conn.spawn_blocking(set).await.map_err(Trouble::from) })
            .await?;
        Ok(())
    }

    /// A post was stored that is to be looked at at `due_at`: whoever waits is told, unless they find it by themselves in time.
    pub(crate) fn tell_of(&self, due_at: Option<OffsetDateTime>) {
        let Some(due_at) = due_at else { return };
        let is_far = |poll| due_at > self.inner.clock.now() + poll + CLOCKS_APART;
        if !self.inner.safety_poll.is_some_and(is_far) {
            self.database().due.sooner();
        }
    }

    /// Our own clock, in microseconds.
    pub(crate) fn now(&self) -> i64 {
        micros(self.inner.clock.now())
    }

    /// Where calls run.
    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
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
        let backend = match self.database().pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Postgres(_) => "PostgreSQL",
        };
        f.debug_struct("Store").field("backend", &backend).finish_non_exhaustive()
    }
}
