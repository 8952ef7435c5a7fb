//! Rotation: what was sealed under an old key is sealed again under the primary one.

use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::store::StoreError;

use crate::{
    KeyRing, Store,
    backend::{statements, transact},
    connection::Connections as _,
    schema::connection,
    trouble::Trouble,
};

impl Store {
    /// Seals at most `limit` tokens again that are under an older key of the ring; answers how many it did. 0: all that open are under the
    /// primary key, and the older ones may leave the ring.
    ///
    /// A token that does not open is passed over and told in the log: its account must be connected again. Pending connections are left alone,
    /// since they end by themselves after some minutes: keep an old key at least that long.
    pub async fn reencrypt(&self, limit: usize) -> Result<usize, StoreError> {
        let keys = self.inner.keys.clone();
        let older: Vec<String> = keys.older().map(str::to_owned).collect();
        if older.is_empty() {
            return Ok(0);
        }
        let done = transact!(self, |conn| {
            let (mut done, mut last) = (0, String::new());
            while done < limit {
                let ids: Vec<String> = connection::table
                    .filter(connection::token_key.eq_any(&older))
                    .filter(connection::id.gt(&last))
                    .order(connection::id)
                    .limit(i64::try_from(limit - done).unwrap_or(i64::MAX))
                    .select(connection::id)
                    .load(conn)
                    .await?;
                let Some(end) = ids.last() else { break };
                last.clone_from(end);
                for id in &ids {
                    done += usize::from(conn.seal_again(id, &keys).await?);
                }
            }
            Ok(done)
        })?;
        Ok(done)
    }
}

statements! {
    /// Sealing again.
    trait Sealing {
        /// Seals the connection's token under the primary key; answers whether there was one that opens.
        async fn seal_again(conn, id: &str, keys: &KeyRing) -> Result<bool, Trouble> {
            let Some(mut row) = conn.lock_connection(id).await? else { return Ok(false) };
            match row.token(keys) {
                Ok(Some(token)) => row.put_token(keys, &token)?,
                Ok(None) => return Ok(false),
                Err(trouble) => {
                    tracing::error!(connection = id, %trouble, "a token cannot be encrypted anew: the account must be connected again");
                    return Ok(false);
                }
            }
            conn.put(&row).await?;
            Ok(true)
        }
    }
}
