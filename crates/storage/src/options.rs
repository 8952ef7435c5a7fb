//! How a store is opened.

use std::{path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use rats_domain::{clock::Clock, secret::Secret};
use tokio::runtime::Handle;

use crate::crypto::KeyRing;

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// Which database.
    pub url: DatabaseUrl,
    /// The keys for tokens at rest.
    pub keys: KeyRing,
    /// The store's clock on SQLite, and wherever [`store_clock`](Self::store_clock) says so.
    pub clock: Arc<dyn Clock>,
    /// Which clock judges leases and dueness.
    pub store_clock: StoreClock,
    /// The installation's name: a part of where the database lives.
    pub installation: Option<String>,
    /// Where calls run, so that a caller that goes away leaves none half done; a multi-thread runtime with time and I/O.
    /// `None`: they are polled on the spot, without any runtime (simulation; SQLite alone).
    pub runtime: Option<Handle>,
    /// The most connections: to PostgreSQL, or reading SQLite (which has one more that writes). At least 1.
    pub pool_size: usize,
    /// How often everybody who waits for what is due looks without being told: of what is due later than that nobody is told.
    /// `None`: they are told of everything.
    pub safety_poll: Option<Duration>,
}

impl Options {
    /// The usual options: the database's own clock, 8 connections, calls on the spot.
    pub fn new(url: DatabaseUrl, keys: KeyRing, clock: Arc<dyn Clock>) -> Self {
        Self {
            url,
            keys,
            clock,
            store_clock: StoreClock::Database,
            installation: None,
            runtime: None,
            pool_size: 8,
            safety_poll: None,
        }
    }
}

/// Which clock judges leases and dueness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreClock {
    /// The database's: PostgreSQL's own, on SQLite the one given.
    #[default]
    Database,
    /// The one given, on PostgreSQL too: for tests that turn it.
    Given,
}

/// Which database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// SQLite in memory; it ends with the store.
    SqliteMemory,
    /// A SQLite file.
    SqliteFile(PathBuf),
    /// PostgreSQL. The address holds a password.
    Postgres(Secret),
}

/// An address that is none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("DATABASE_URL must be sqlite::memory:, sqlite:path or postgres://user:password@host/database")]
pub struct UnknownUrl;

impl FromStr for DatabaseUrl {
    type Err = UnknownUrl;

    fn from_str(text: &str) -> Result<Self, UnknownUrl> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(Secret::new(text)));
        }
        let path = text.strip_prefix("sqlite:").ok_or(UnknownUrl)?;
        match path.strip_prefix("//").unwrap_or(path) {
            "" => Err(UnknownUrl),
            ":memory:" => Ok(Self::SqliteMemory),
            path => Ok(Self::SqliteFile(path.into())),
        }
    }
}

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the SQLite file open.
    #[error("{} is in use by another process: SQLite serves one process only. Stop the other one, or use PostgreSQL (DATABASE_URL=postgres://…)", .0.display())]
    InUse(PathBuf),
    /// The file or its directory cannot be used.
    #[error("{} cannot be opened", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// PostgreSQL was asked for without a runtime.
    #[error("PostgreSQL needs a multi-thread runtime")]
    NeedsRuntime,
    /// The database may lose what it has committed, so exactly-once cannot be kept.
    #[error("the database may forget what it has committed: {0}")]
    Forgetful(String),
    /// The database cannot be reached.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_backend() {
        assert_eq!("sqlite::memory:".parse(), Ok(DatabaseUrl::SqliteMemory));
        assert_eq!("sqlite:rats.db".parse(), Ok(DatabaseUrl::SqliteFile("rats.db".into())));
        assert_eq!("sqlite:///var/rats.db".parse(), Ok(DatabaseUrl::SqliteFile("/var/rats.db".into())));
        assert!(matches!("postgres://u:p@h/d".parse(), Ok(DatabaseUrl::Postgres(_))));
        assert_eq!("mysql://h/d".parse::<DatabaseUrl>(), Err(UnknownUrl));
    }

    #[test]
    fn sec_19_an_address_does_not_show_its_password() {
        let url: DatabaseUrl = "postgres://u:hush@h/d".parse().unwrap();

        assert!(!format!("{url:?}").contains("hush"));
    }
}
