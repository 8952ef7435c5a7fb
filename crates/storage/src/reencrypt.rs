//! Rotation: what was sealed under an old key is sealed again under the primary one.

use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::store::StoreError;

use crate::{Store, backend::transact, connection::Connections as _, schema::connection};

impl Store {
    /// Seals at most `limit` tokens again that are under another key than the primary one; answers how many it did. 0: all are under the
    /// primary key, and older ones may leave the ring.
    ///
    /// Pending connections are left alone, since they end by themselves after some minutes: keep an old key at least that long.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if one does not open.
    pub async fn reencrypt(&self, limit: usize) -> Result<usize, StoreError> {
        let (keys, limit) = (self.inner.keys.clone(), i64::try_from(limit).unwrap_or(i64::MAX));
        let done = transact!(self, |conn| {
            let ids: Vec<String> = connection::table
                .filter(connection::token_key.ne(keys.primary().to_owned()))
                .order(connection::id)
                .limit(limit)
                .select(connection::id)
                .load(conn)
                .await?;
            for id in &ids {
                let Some(mut row) = conn.lock_connection(id).await? else { continue };
                if let Some(token) = row.token(&keys)? {
                    row.put_token(&keys, &token)?;
                    conn.put(&row).await?;
                }
            }
            Ok(ids.len())
        })?;
        Ok(done)
    }
}
