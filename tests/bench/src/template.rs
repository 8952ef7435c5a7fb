//! A database with linked accounts, made once and copied for each run.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use rats_tests::{Database, postgres, seed};
use tempfile::TempDir;

use crate::{
    Outcome,
    report::tell,
    simulator::{Account, Simulator},
};

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
        let store = seed::open(&url).await;
        stream::iter(known.iter().enumerate())
            .for_each_concurrent(seed::AT_ONCE, |(number, account)| {
                seed::link(&store, number, &account.ig_user_id, &account.token)
            })
            .await;
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
        let store = seed::open(&url).await;
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

fn file_in(dir: &TempDir) -> String {
    format!("sqlite:{}", dir.path().join("rats.db").display())
}
