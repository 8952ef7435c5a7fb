//! Opening SQLite: one writer and several readers on a file, or one connection in memory.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::{FileExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

use diesel::{
    Connection as _, ConnectionError, ConnectionResult, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _, sql_query, sql_types::BigInt, sql_types::Text,
};
use diesel_async::{
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool::Pool},
    sync_connection_wrapper::SyncConnectionWrapper,
};
use diesel_migrations::MigrationHarness as _;
use futures_util::FutureExt as _;
use tokio::runtime::Handle;

use crate::{
    backend::{Inline, Lite},
    database::Pools,
    migration,
    options::OpenError,
};

/// Waiting for another connection's write comes first, so that the other settings may wait too. `secure_delete` overwrites what is
/// deleted: a disconnected account's token does not stay in the file.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;";

/// How many characters a time takes in the lock's file.
const MEMORY: usize = 20;

/// A file that this process alone has open as a database.
///
/// The file that is locked lies beside it and remembers when the database was last in use: a backup that is copied over the database has its
/// device and inode, but not its memory.
#[derive(Debug)]
pub(crate) struct LockedFile {
    path: PathBuf,
    /// Device and inode of the file that is open.
    opened: Option<(u64, u64)>,
    lock: File,
}

impl LockedFile {
    /// Where the file lives: a copy has another device or inode.
    pub(crate) fn place(&self) -> String {
        match identity(&self.path) {
            Some((device, inode)) => format!("sqlite:{device}:{inode}"),
            None => format!("sqlite: no file at {}", self.path.display()),
        }
    }

    /// Whether the file at the path is not the one that is open.
    pub(crate) fn is_replaced(&self) -> bool {
        identity(&self.path) != self.opened
    }

    /// When the database was last in use, as far as its lock remembers; in microseconds.
    pub(crate) fn remembered(&self) -> Option<i64> {
        let mut text = [0; MEMORY];
        self.lock.read_exact_at(&mut text, 0).ok()?;
        std::str::from_utf8(&text).ok()?.trim().parse().ok()
    }

    /// Remembers that the database is in use. What is not written is only a witness less.
    pub(crate) fn remember(&self, now: i64) {
        if let Err(error) = self.lock.write_all_at(format!("{now:MEMORY$}").as_bytes(), 0) {
            tracing::warn!(%error, "when the database was in use could not be kept beside it");
        }
    }
}

/// Device and inode.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

/// A database of its own, in memory, on a single connection.
pub(crate) async fn open_memory() -> Result<Pools, OpenError> {
    let pool = pool(":memory:", 1)?;
    migrate(&pool).await?;
    Ok(Pools::Sqlite { readers: pool.clone(), writer: pool })
}

/// The database in the file at `path`, made if there is none.
pub(crate) async fn open_file(
    path: &Path,
    readers: usize,
    runtime: Option<&Handle>,
) -> Result<(Pools, LockedFile), OpenError> {
    // By whatever links it is reached, it is one file.
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let lock = lock(path)?;
    let url = path.to_string_lossy().into_owned();
    let writer = pool(&url, 1)?;
    let readers = pool(&url, readers.max(1))?;
    let prepare = {
        let writer = writer.clone();
        async move {
            migrate(&writer).await?;
            check(&writer).await
        }
    };
    match runtime {
        None => prepare.await?,
        Some(runtime) => runtime.spawn(prepare).await.map_err(|error| OpenError::Unreachable(Box::new(error)))??,
    }
    let file = LockedFile { path: path.to_owned(), opened: identity(path), lock };
    Ok((Pools::Sqlite { readers, writer }, file))
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let failed = |source| OpenError::File { path: path.to_owned(), source };
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&name).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn pool(url: &str, size: usize) -> Result<Pool<Lite>, OpenError> {
    let mut config = ManagerConfig::<Lite>::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|url| std::future::ready(connect(url)).boxed());
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .build()
        .map_err(|error| OpenError::Unreachable(Box::new(error)))
}

fn connect(url: &str) -> ConnectionResult<Lite> {
    let mut conn = SqliteConnection::establish(url)?;
    conn.batch_execute(PRAGMAS).map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(SyncConnectionWrapper::with_runtime(conn, Inline))
}

async fn migrate(pool: &Pool<Lite>) -> Result<(), OpenError> {
    let mut conn = pool.get().await.map_err(|error| OpenError::Unreachable(Box::new(error)))?;
    let applied = conn
        .spawn_blocking(|conn| Ok(conn.run_pending_migrations(migration::SQLITE).map(|_| ())))
        .await
        .map_err(|error| OpenError::Unreachable(Box::new(error)))?;
    applied.map_err(OpenError::Migration)
}

/// A database that forgets would publish twice.
async fn check(pool: &Pool<Lite>) -> Result<(), OpenError> {
    #[derive(diesel::QueryableByName)]
    struct Settings {
        #[diesel(sql_type = Text)]
        journal: String,
        #[diesel(sql_type = BigInt)]
        synchronous: i64,
    }

    let mut conn = pool.get().await.map_err(|error| OpenError::Unreachable(Box::new(error)))?;
    let settings = conn
        .spawn_blocking(|conn| {
            sql_query("SELECT journal_mode AS journal, synchronous FROM pragma_journal_mode, pragma_synchronous")
                .get_result::<Settings>(conn)
        })
        .await
        .map_err(|error| OpenError::Unreachable(Box::new(error)))?;
    if settings.journal != "wal" {
        return Err(OpenError::Forgetful(format!(
            "SQLite's journal is {} instead of wal; its file system may not support it",
            settings.journal
        )));
    }
    if settings.synchronous < 2 {
        return Err(OpenError::Forgetful("SQLite's synchronous is below FULL".into()));
    }
    Ok(())
}
