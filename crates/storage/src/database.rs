//! Where calls to the database run.

use std::{future::Future, sync::Arc};

use diesel_async::pooled_connection::deadpool::{Object, Pool};
use futures_util::FutureExt as _;
use tokio::runtime::Handle;

use crate::{
    backend::{Lite, Pg},
    due::Due,
    sqlite::LockedFile,
    trouble::Trouble,
};

/// The connections, and the runtime that calls run on.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) pools: Pools,
    /// `None`: calls are polled on the spot.
    pub(crate) runtime: Option<Handle>,
    /// Who is told when something is due sooner.
    pub(crate) due: Due,
    /// Held for as long as the store lives, so that no second process opens the same file.
    pub(crate) file: Option<Arc<LockedFile>>,
    /// The installation's name.
    pub(crate) installation: Option<String>,
}

/// The connections.
#[derive(Clone)]
pub(crate) enum Pools {
    /// One writer, several readers; in memory they are the same single connection.
    Sqlite { readers: Pool<Lite>, writer: Pool<Lite> },
    /// All alike.
    Postgres(Pool<Pg>),
}

impl Database {
    /// Itself, so that a call reads the same on a store and here.
    pub(crate) fn database(&self) -> &Self {
        self
    }

    /// What this process knows of where the database lives: what the database itself does not.
    pub(crate) fn here(&self) -> String {
        let file = self.file.as_ref().map(|file| file.place()).unwrap_or_default();
        let name = self.installation.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        file + &name
    }

    /// Runs a call on a SQLite connection of `pool`: in tasks, or on the spot where there is no runtime.
    ///
    /// The connection is waited for in a task, too: a caller that is not polled for a while would be handed it in its turn, and keep it.
    pub(crate) async fn on_sqlite<T, F>(
        &self,
        pool: &Pool<Lite>,
        call: impl FnOnce(Object<Lite>) -> F + Send + 'static,
    ) -> Result<T, Trouble>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Trouble>>,
    {
        let run = move |conn| {
            call(conn).now_or_never().unwrap_or_else(|| Err(Trouble::Crashed("a call to SQLite waited".into())))
        };
        let Some(runtime) = &self.runtime else { return run(pool.get().await?) };
        let (pool, blocking) = (pool.clone(), runtime.clone());
        let in_task = async move {
            let conn = pool.get().await?;
            blocking.spawn_blocking(move || run(conn)).await.map_err(crashed)?
        };
        runtime.spawn(in_task).await.map_err(crashed)?
    }

    /// Runs a call to PostgreSQL in one task.
    pub(crate) async fn on_postgres<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T, Trouble>> + Send + 'static,
    ) -> Result<T, Trouble> {
        match &self.runtime {
            None => call.await,
            Some(runtime) => runtime.spawn(call).await.map_err(crashed)?,
        }
    }
}

fn crashed(error: tokio::task::JoinError) -> Trouble {
    Trouble::Crashed(Box::new(error))
}
