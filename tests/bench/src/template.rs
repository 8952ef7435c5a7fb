//! A database with linked accounts, made once and copied for each run.

use std::{sync::Arc, time::Duration};

use futures_util::{TryStreamExt as _, stream};
use rats_domain::{
    clock::Clock as _,
    connection::{Begun, ConnectionRepository as _, Feature, PendingConnection, Token},
    id::{AccountId, ConnectionId, UserId},
    secret::Secret,
};
use rats_runtime::SystemClock;
use rats_storage::{KeyRing, Options, Store};
use rats_tests::{Database, postgres, sentinel};
use tempfile::TempDir;

use crate::{
    Outcome,
    report::tell,
    simulator::{Account, Simulator},
};

/// How many are stored at once.
pub(crate) const AT_ONCE: usize = 24;

/// A database that knows accounts, one a user.
pub(crate) struct Template {
    pub(crate) database: Database,
    pub(crate) accounts: Vec<Account>,
    url: String,
    dir: TempDir,
}

impl Template {
    /// Links so many accounts.
    pub(crate) async fn new(database: Database, accounts: usize) -> Outcome<Self> {
        tell(&format!("{}: linking {accounts} accounts", name(database)));
        let known = Simulator::start(Duration::ZERO)?.accounts(accounts).await?;
        let dir = tempfile::tempdir()?;
        let url = match database {
            Database::Postgres => postgres::database().await?,
            Database::Sqlite => file_in(&dir),
        };
        let store = open(&url).await?;
        stream::iter(known.iter().enumerate().map(Ok))
            .try_for_each_concurrent(AT_ONCE, |(number, account)| link(&store, number, account))
            .await?;
        Ok(Self { database, accounts: known, url, dir })
    }

    /// A copy of it, adopted at its place; a file is put into `dir`.
    pub(crate) async fn copy(&self, dir: &TempDir) -> Outcome<String> {
        let url = match self.database {
            Database::Postgres => postgres::copy(&self.url).await?,
            Database::Sqlite => {
                for file in std::fs::read_dir(self.dir.path())?.flatten() {
                    std::fs::copy(file.path(), dir.path().join(file.file_name()))?;
                }
                file_in(dir)
            }
        };
        let store = open(&url).await?;
        let home = store.home().await?;
        store.adopt(&home, home.now).await?;
        Ok(url)
    }
}

/// How a database is called.
pub(crate) fn name(database: Database) -> &'static str {
    match database {
        Database::Postgres => "PostgreSQL",
        Database::Sqlite => "SQLite",
    }
}

/// Opens a database as the product does.
pub(crate) async fn open(url: &str) -> Outcome<Store> {
    let keys = KeyRing::parse(&format!("test:{}", sentinel::TOKEN_KEY))?;
    let options = Options {
        runtime: Some(tokio::runtime::Handle::current()),
        pool_size: AT_ONCE,
        ..Options::new(url.parse()?, keys, Arc::new(SystemClock::default()))
    };
    Ok(Store::open(options).await?)
}

/// The user of an account by its number.
pub(crate) fn user(number: usize) -> UserId {
    UserId::new(format!("0193f000-0000-7000-8000-{number:012x}"))
}

/// The connection of an account by its number.
pub(crate) fn connection(number: usize) -> ConnectionId {
    ConnectionId::new(format!("0193f000-0001-7000-8000-{number:012x}"))
}

fn file_in(dir: &TempDir) -> String {
    format!("sqlite:{}", dir.path().join("rats.db").display())
}

async fn link(store: &Store, number: usize, account: &Account) -> Outcome {
    let now = SystemClock::default().now();
    let pending = PendingConnection {
        user: user(number),
        account: AccountId::new(account.ig_user_id.clone()),
        app_scoped_id: format!("app-{number}"),
        username: format!("account.{number}"),
        features: vec![Feature::Basic, Feature::Publish, Feature::Insights],
        token: Token {
            secret: Secret::new(account.token.as_str()),
            issued_at: now,
            expires_at: now + Duration::from_hours(60 * 24),
        },
        begun: Begun { at: now, address: "192.0.2.1".into(), browser: "bench".into() },
        expires_at: now + Duration::from_mins(10),
    };
    store.activate(&connection(number), &pending, now).await?;
    Ok(())
}
