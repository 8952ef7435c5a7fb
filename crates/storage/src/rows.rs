//! Long lists of rows.

use diesel::{QueryResult, SqliteConnection, query_dsl::methods::LoadQuery};
use diesel_async::methods::LoadQuery as AsyncLoadQuery;
use futures_util::future::BoxFuture;

use crate::backend::{Lite, Pg};

/// A statement that answers many rows.
///
/// On SQLite they are read by diesel's own call. That of its asynchronous wrapper copies each row, to hand it to another thread: more than half of
/// the time that ten thousand posts took.
pub(crate) trait Rows<C, U> {
    /// All of them.
    fn rows(self, conn: &mut C) -> BoxFuture<'_, QueryResult<Vec<U>>>;
}

impl<Q, U> Rows<Lite, U> for Q
where
    Q: LoadQuery<'static, SqliteConnection, U> + Send + 'static,
    U: Send + 'static,
{
    fn rows(self, conn: &mut Lite) -> BoxFuture<'_, QueryResult<Vec<U>>> {
        conn.spawn_blocking(|conn| diesel::RunQueryDsl::load(self, conn))
    }
}

impl<Q, U> Rows<Pg, U> for Q
where
    Q: diesel_async::RunQueryDsl<Pg> + AsyncLoadQuery<'static, Pg, U> + Send + 'static,
    U: Send + 'static,
{
    fn rows(self, conn: &mut Pg) -> BoxFuture<'_, QueryResult<Vec<U>>> {
        Box::pin(diesel_async::RunQueryDsl::load(self, conn))
    }
}
