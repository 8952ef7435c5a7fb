//! The two backends, and the macros that run one piece of code on either.
//!
//! A database call is never half done: the whole call runs in one task of the runtime that the store was given, so a caller
//! that goes away cancels nothing. SQLite's calls are inline inside that task.

use std::error::Error;

use diesel::{SqliteConnection, connection::AnsiTransactionManager, sql_types::BigInt};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, RunQueryDsl as _, TransactionManager,
    sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper},
};
use futures_util::{FutureExt as _, future::BoxFuture};

use rats_domain::clock::Clock;
use serde::Serialize;

use crate::{moment::micros, trouble::Trouble};

/// A connection to SQLite.
pub(crate) type Lite = SyncConnectionWrapper<SqliteConnection, Inline>;

/// A connection to PostgreSQL.
pub(crate) type Pg = AsyncPgConnection;

/// One of them, lent by the pool.
pub(crate) type Taken = diesel_async::pooled_connection::deadpool::Object<Pg>;

/// Runs SQLite's work where it is asked for.
#[derive(Debug)]
pub(crate) struct Inline;

impl SpawnBlocking for Inline {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync>>>
    where
        R: Send + 'static,
    {
        std::future::ready(Ok(task())).boxed()
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// Where the two differ in a statement's text.
pub(crate) trait Dialect {
    /// Appended to a select whose rows are about to be written. SQLite's writer is alone already.
    const FOR_UPDATE: &'static str;
    /// Appended to a select that keeps what it reads as it is.
    const FOR_SHARE: &'static str;
    /// The same for `p`, passing over rows that another transaction has locked.
    const SKIP_LOCKED: &'static str;

    /// Ends a sub-select that must be planned by itself. PostgreSQL would make it part of the statement around it, and guesses numbers so wrongly
    /// (of live leases, closed lanes, a user's posts of a span) that the join is quadratic or reads the whole table.
    const ALONE: &'static str;
    /// That a publication is among those of `due`, a part of the same statement: PostgreSQL would read the whole table to join so many.
    const IN_DUE: &'static str;
    /// The aggregate that makes a JSON array of its values; of none, PostgreSQL's is null.
    const JSON_ARRAY: &'static str;
    /// The function that makes a JSON object of names and values.
    const JSON_OBJECT: &'static str;
    /// An expression for where the database lives, as far as it knows itself.
    const PLACE: &'static str;
    /// A table `v` of the JSON objects in the array that is bound as `$1`: each column with its SQL type, and `n`, its place in the array.
    ///
    /// So that one statement of fixed text, prepared once, writes any number of rows.
    fn records(columns: &[(&str, &str)]) -> String;

    /// Begins a transaction that will write.
    async fn begin(&mut self) -> Result<(), Trouble>;

    /// The database's clock in microseconds; on SQLite that is `given`.
    async fn clock(&mut self, given: &dyn Clock) -> Result<i64, Trouble>;
}

impl Dialect for Lite {
    const FOR_UPDATE: &'static str = "";
    const FOR_SHARE: &'static str = "";
    const SKIP_LOCKED: &'static str = "";
    const ALONE: &'static str = "";
    const IN_DUE: &'static str = "post_id IN (SELECT post_id FROM due)";
    const JSON_ARRAY: &'static str = "json_group_array";
    const JSON_OBJECT: &'static str = "json_object";
    const PLACE: &'static str = "''";

    fn records(columns: &[(&str, &str)]) -> String {
        let columns: Vec<String> = columns.iter().map(|(name, _)| format!("value ->> '{name}' AS {name}")).collect();
        format!("(SELECT key AS n, {} FROM jsonb_each($1)) v", columns.join(", "))
    }

    async fn begin(&mut self) -> Result<(), Trouble> {
        // A transaction that reads first and writes later fails at once under contention, whatever the time-out.
        self.spawn_blocking(|conn| AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"))
            .await
            .map_err(Trouble::from)
    }

    async fn clock(&mut self, given: &dyn Clock) -> Result<i64, Trouble> {
        Ok(micros(given.now()))
    }
}

impl Dialect for Pg {
    const FOR_UPDATE: &'static str = " FOR UPDATE";
    const FOR_SHARE: &'static str = " FOR SHARE";
    const SKIP_LOCKED: &'static str = " FOR UPDATE OF p SKIP LOCKED";
    const ALONE: &'static str = " OFFSET 0";
    const IN_DUE: &'static str = "post_id = ANY (ARRAY(SELECT post_id FROM due))";
    const JSON_ARRAY: &'static str = "json_agg";
    const JSON_OBJECT: &'static str = "json_build_object";
    // The control file's timeline lags after a promotion; the name of the log file being written does not. Restored by a dump beside the
    // original, the database has another number; over it, the table has.
    const PLACE: &'static str = "(SELECT 'postgres:' || system_identifier || ':' || left(pg_walfile_name(pg_current_wal_lsn()), 8) \
         FROM pg_control_system()) || ':' || (SELECT oid FROM pg_database WHERE datname = current_database()) || ':' || \
         'installation'::regclass::oid";

    fn records(columns: &[(&str, &str)]) -> String {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let kinds: Vec<String> = columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        format!(
            "ROWS FROM (json_to_recordset($1::json) AS ({})) WITH ORDINALITY AS v({}, n)",
            kinds.join(", "),
            names.join(", ")
        )
    }

    async fn begin(&mut self) -> Result<(), Trouble> {
        <Self as AsyncConnection>::TransactionManager::begin_transaction(self).await.map_err(Trouble::from)
    }

    async fn clock(&mut self, _given: &dyn Clock) -> Result<i64, Trouble> {
        Ok(diesel::select(clock_us(0)).get_result(self).await?)
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The database's clock, plus so many microseconds.
    fn clock_us(plus: BigInt) -> BigInt;
}

/// Rows to be bound for [`Dialect::records`].
pub(crate) fn json<T: Serialize>(rows: &[T]) -> Result<String, Trouble> {
    serde_json::to_string(rows).map_err(|error| Trouble::damaged("rows to write", error))
}

/// Posts by their ids, to be bound for [`Dialect::records`] with the column `post_id`.
pub(crate) fn ids(posts: &[&str]) -> Result<String, Trouble> {
    #[derive(Serialize)]
    struct Id<'a> {
        post_id: &'a str,
    }

    let rows: Vec<Id<'_>> = posts.iter().map(|post_id| Id { post_id }).collect();
    json(&rows)
}

/// Commits if `answer` is good, else rolls back.
pub(crate) async fn finish<C: AsyncConnection, T: Send>(
    conn: &mut C,
    answer: Result<T, Trouble>,
) -> Result<T, Trouble> {
    match answer {
        Ok(value) => {
            C::TransactionManager::commit_transaction(conn).await?;
            Ok(value)
        }
        Err(trouble) => {
            // Where even that fails the pool throws the connection away; the first trouble is the one to tell.
            let _ = C::TransactionManager::rollback_transaction(conn).await;
            Err(trouble)
        }
    }
}

/// Runs the same statements on a reader of either backend: `read!(self, |conn| Ok(query.load(conn).await?))`.
/// What finds its PostgreSQL connection broken is read once more, on another one.
macro_rules! read {
    ($store:expr, |$conn:ident| $body:expr) => {
        match &$store.database().pools {
            $crate::database::Pools::Sqlite { readers, .. } => {
                $store
                    .database()
                    .on_sqlite(readers, move |mut guard| async move {
                        let $conn: &mut $crate::backend::Lite = &mut guard;
                        let answer: Result<_, $crate::trouble::Trouble> = async { $body }.await;
                        answer
                    })
                    .await
            }
            $crate::database::Pools::Postgres(pool) => {
                let pool = pool.clone();
                $store
                    .database()
                    .on_postgres(async move {
                        for repeat in [true, false] {
                            let mut guard = pool.get().await?;
                            let $conn: &mut $crate::backend::Pg = &mut guard;
                            let answer: Result<_, $crate::trouble::Trouble> = async { $body }.await;
                            match answer {
                                // It may not know yet that it is broken: the pool must not hand it out again.
                                Err(trouble) if repeat && trouble.is_of_connection() => {
                                    drop($crate::backend::Taken::take(guard));
                                }
                                answer => return answer,
                            }
                        }
                        unreachable!("the second answer is final")
                    })
                    .await
            }
        }
    };
}

/// Runs the same statements in one transaction of either backend's writer; an error rolls back.
macro_rules! transact {
    ($store:expr, |$conn:ident| $body:expr) => {
        match &$store.database().pools {
            $crate::database::Pools::Sqlite { writer, .. } => {
                $store
                    .database()
                    .on_sqlite(writer, move |mut guard| async move {
                        let $conn: &mut $crate::backend::Lite = &mut guard;
                        $crate::backend::Dialect::begin($conn).await?;
                        let answer: Result<_, $crate::trouble::Trouble> = async { $body }.await;
                        $crate::backend::finish($conn, answer).await
                    })
                    .await
            }
            $crate::database::Pools::Postgres(pool) => {
                let pool = pool.clone();
                $store
                    .database()
                    .on_postgres(async move {
                        let mut guard = pool.get().await?;
                        let $conn: &mut $crate::backend::Pg = &mut guard;
                        $crate::backend::Dialect::begin($conn).await?;
                        let answer: Result<_, $crate::trouble::Trouble> = async { $body }.await;
                        $crate::backend::finish($conn, answer).await
                    })
                    .await
            }
        }
    };
}

/// Defines statements once for both connections: a trait whose methods are written with the connection by name.
macro_rules! statements {
    ($(#[$doc:meta])* $vis:vis trait $name:ident {
        $($(#[$method_doc:meta])* async fn $method:ident($conn:ident $(, $arg:ident: $type:ty)*) -> $answer:ty $body:block)*
    }) => {
        $(#[$doc])*
        $vis trait $name {
            $($(#[$method_doc])* async fn $method(&mut self $(, $arg: $type)*) -> $answer;)*
        }

        impl $name for $crate::backend::Lite {
            $(async fn $method(&mut self $(, $arg: $type)*) -> $answer { let $conn = self; $body })*
        }

        impl $name for $crate::backend::Pg {
            $(async fn $method(&mut self $(, $arg: $type)*) -> $answer { let $conn = self; $body })*
        }
    };
}

pub(crate) use {read, statements, transact};
