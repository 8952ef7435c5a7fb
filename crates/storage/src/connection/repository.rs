//! The repository of connections.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _,
    sql_query, sql_types::Text,
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    connection::{ConnectError, Connection, ConnectionRepository, Health, PendingConnection, Token},
    id::{AccountId, ConnectionId, UserId},
    secret::Secret,
    store::StoreError,
};
use time::OffsetDateTime;

use super::{
    Row,
    row::COLUMNS,
    step::{Cause, Steps as _},
};
use crate::{
    Store,
    agenda::Agenda as _,
    backend::{Dialect, read, statements, transact},
    fixed::Fixed,
    moment::micros,
    schema::connection,
    trouble::Trouble,
};

#[async_trait]
impl ConnectionRepository for Store {
    async fn find_by_user(&self, user: &UserId) -> Result<Option<Connection>, StoreError> {
        let user = user.as_str().to_owned();
        let row: Option<Row> = read!(self, |conn| {
            Ok(connection::table
                .filter(connection::user_id.eq(&user))
                .order((connection::linked_user.is_null(), connection::connected_at.desc(), connection::id.desc()))
                .select(Row::as_select())
                .first(conn)
                .await
                .optional()?)
        })?;
        Ok(row.map(|row| row.open(&self.inner.keys)).transpose()?)
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError> {
        let id = id.as_str().to_owned();
        let row: Option<Row> = read!(self, |conn| {
            Ok(connection::table.find(&id).select(Row::as_select()).first(conn).await.optional()?)
        })?;
        Ok(row.map(|row| row.open(&self.inner.keys)).transpose()?)
    }

    async fn linked_user(&self, account: &AccountId) -> Result<Option<UserId>, StoreError> {
        let account = account.as_str().to_owned();
        let user: Option<String> = read!(self, |conn| {
            Ok(connection::table
                .filter(connection::linked_account.eq(&account))
                .select(connection::user_id)
                .first(conn)
                .await
                .optional()?)
        })?;
        Ok(user.map(UserId::new))
    }

    async fn activate(
        &self,
        id: &ConnectionId,
        pending: &PendingConnection,
        now: OffsetDateTime,
    ) -> Result<Connection, ConnectError> {
        let (id, pending, now) = (id.as_str().to_owned(), pending.clone(), micros(now));
        let keys = self.inner.keys.clone();
        let at_once = self.now();
        let linked: Result<Option<Row>, Trouble> = transact!(self, |conn| {
            let (user, account) = (pending.user.as_str(), pending.account.as_str());
            let concerned = conn.lock_concerned(user, account).await?;
            if concerned.iter().any(|row| row.user_id != user && row.linked_account.is_some()) {
                return Ok(None);
            }
            let other = |row: &&Row| row.user_id == user && row.account != account && row.linked_account.is_some();
            if let Some(other) = concerned.iter().find(other) {
                conn.put(&other.clone().unlinked()).await?;
                conn.step_all(&other.id, Cause::Disconnected, now).await?;
            }
            diesel::update(connection::table)
                .filter(connection::account.eq(account).and(connection::user_id.ne(user)))
                .set(connection::health.eq(Health::LinkedElsewhere.as_str()))
                .execute(conn)
                .await?;
            let earlier = concerned.iter().find(|row| row.user_id == user && row.account == account);
            let row = Row::linked(&keys, earlier.map_or(&id, |row| &row.id), &pending, now)?;
            conn.put(&row).await?;
            conn.step_all(&row.id, Cause::Reconnected, now).await?;
            conn.look_at_troubled_once(user, at_once).await?;
            Ok(Some(row))
        });
        let row = match linked {
            Ok(Some(row)) => row,
            Ok(None) => return Err(ConnectError::LinkedElsewhere),
            Err(trouble) if trouble.is_taken("linked_account") => return Err(ConnectError::LinkedElsewhere),
            Err(trouble) => return Err(ConnectError::Store(trouble.into())),
        };
        self.forget_log().await;
        self.database().due.sooner();
        Ok(row.open(&self.inner.keys).map_err(StoreError::from)?)
    }

    async fn disconnect(&self, user: &UserId, now: OffsetDateTime) -> Result<Option<Connection>, StoreError> {
        let (user, now) = (user.as_str().to_owned(), micros(now));
        let row: Option<Row> = transact!(self, |conn| {
            let Some(row) = conn.lock_linked(&user).await? else { return Ok(None) };
            let row = row.unlinked();
            conn.put(&row).await?;
            conn.step_all(&row.id, Cause::Disconnected, now).await?;
            Ok(Some(row))
        })?;
        self.forget_log().await;
        self.database().due.sooner();
        Ok(row.map(|row| row.open(&self.inner.keys)).transpose()?)
    }

    async fn mark_dead(&self, id: &ConnectionId, token: &Secret, now: OffsetDateTime) -> Result<bool, StoreError> {
        let (id, token, now, keys) = (id.as_str().to_owned(), token.clone(), micros(now), self.inner.keys.clone());
        let marked = transact!(self, |conn| {
            let Some(mut row) = conn.lock_connection(&id).await? else { return Ok(false) };
            if row.token(&keys)?.is_none_or(|stored| stored.secret != token) {
                return Ok(false);
            }
            row.health = Health::NeedsReconnect.as_str().into();
            conn.put(&row).await?;
            conn.step_all(&row.id, Cause::Dead, now).await?;
            Ok(true)
        })?;
        Ok(marked)
    }

    async fn due_for_refresh(
        &self,
        issued_before: OffsetDateTime,
        expires_before: OffsetDateTime,
        begun_before: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Connection>, StoreError> {
        let spans = (micros(issued_before), micros(expires_before), micros(begun_before));
        let (mut found, mut damaged, mut last) = (vec![], 0, None);
        // What does not open takes nobody's place.
        while found.len() < limit {
            let page = self.page_to_refresh(spans, last, limit - found.len()).await?;
            let Some(end) = page.last() else { break };
            last = Some((end.token_expires_at, end.id.clone()));
            let (opening, other): (Vec<Row>, Vec<Row>) =
                page.into_iter().partition(|row| row.token(&self.inner.keys).is_ok());
            damaged += other.len();
            for row in opening {
                found.push(row.open(&self.inner.keys)?);
            }
        }
        if damaged > 0 {
            tracing::error!(
                damaged,
                "tokens cannot be opened and are not refreshed: their accounts must be connected again, or their keys put back"
            );
        }
        Ok(found)
    }

    async fn begin_refresh(
        &self,
        id: &ConnectionId,
        token: &Secret,
        now: OffsetDateTime,
        begun_before: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let (id, token, keys) = (id.as_str().to_owned(), token.clone(), self.inner.keys.clone());
        let (now, begun_before) = (micros(now), micros(begun_before));
        let begun = transact!(self, |conn| {
            let Some(mut row) = conn.lock_connection(&id).await? else { return Ok(false) };
            let is_begun = row.refresh_begun_at.is_some_and(|begun_at| begun_at > begun_before);
            if is_begun || row.token(&keys)?.is_none_or(|stored| stored.secret != token) {
                return Ok(false);
            }
            row.refresh_begun_at = Some(now);
            conn.put(&row).await?;
            Ok(true)
        })?;
        Ok(begun)
    }

    async fn replace_token(&self, id: &ConnectionId, old: &Secret, fresh: &Token) -> Result<bool, StoreError> {
        let (id, old, fresh, keys) = (id.as_str().to_owned(), old.clone(), fresh.clone(), self.inner.keys.clone());
        let replaced = transact!(self, |conn| {
            let Some(mut row) = conn.lock_connection(&id).await? else { return Ok(false) };
            if row.token(&keys)?.is_none_or(|stored| stored.secret != old) {
                return Ok(false);
            }
            row.put_token(&keys, &fresh)?;
            conn.put(&row).await?;
            Ok(true)
        })?;
        self.forget_log().await;
        Ok(replaced)
    }
}

impl Store {
    /// At most `limit` rows after the one of this end and id, by what [`due_for_refresh`](ConnectionRepository::due_for_refresh) asks for.
    async fn page_to_refresh(
        &self,
        (issued_before, expires_before, begun_before): (i64, i64, i64),
        after: Option<(Option<i64>, String)>,
        limit: usize,
    ) -> Result<Vec<Row>, Trouble> {
        let (end, id) = after.map_or((i64::MIN, String::new()), |(end, id)| (end.unwrap_or(i64::MIN), id));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        read!(self, |conn| {
            let is_after = connection::token_expires_at
                .gt(end)
                .or(connection::token_expires_at.eq(end).and(connection::id.gt(&id)));
            Ok(connection::table
                .filter(connection::health.eq(Health::Working.as_str()))
                .filter(connection::token_issued_at.le(issued_before))
                .filter(connection::token_expires_at.le(expires_before))
                .filter(connection::refresh_begun_at.is_null().or(connection::refresh_begun_at.le(begun_before)))
                .filter(is_after)
                .order((connection::token_expires_at, connection::id))
                .limit(limit)
                .select(Row::as_select())
                .load(conn)
                .await?)
        })
    }
}

statements! {
    /// What is done with connections.
    pub(crate) trait Connections {
        /// The connection, locked until the transaction ends.
        async fn lock_connection(conn, id: &str) -> Result<Option<Row>, Trouble> {
            Ok(Fixed(sql_query(format!("SELECT {COLUMNS} FROM connection WHERE id = $1{}", Self::FOR_UPDATE))
                .bind::<Text, _>(id.to_owned()))
                .get_result(conn)
                .await
                .optional()?)
        }

        /// The user's linked connection, locked until the transaction ends.
        async fn lock_linked(conn, user: &str) -> Result<Option<Row>, Trouble> {
            Ok(Fixed(sql_query(format!("SELECT {COLUMNS} FROM connection WHERE linked_user = $1{}", Self::FOR_UPDATE))
                .bind::<Text, _>(user.to_owned()))
                .get_result(conn)
                .await
                .optional()?)
        }

        /// All connections of the user or with the account, locked until the transaction ends.
        async fn lock_concerned(conn, user: &str, account: &str) -> Result<Vec<Row>, Trouble> {
            Ok(Fixed(sql_query(format!(
                "SELECT {COLUMNS} FROM connection WHERE user_id = $1 OR account = $2 ORDER BY id{}",
                Self::FOR_UPDATE
            ))
            .bind::<Text, _>(user.to_owned())
            .bind::<Text, _>(account.to_owned()))
            .load(conn)
            .await?)
        }

        /// Writes a connection, new or known.
        async fn put(conn, row: &Row) -> Result<(), Trouble> {
            diesel::insert_into(connection::table)
                .values(row)
                .on_conflict(connection::id)
                .do_update()
                .set(row)
                .execute(conn)
                .await?;
            Ok(())
        }
    }
}
