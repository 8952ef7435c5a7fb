//! Connect flows: states and pending names hashed, pending tokens encrypted, both single use.

use async_trait::async_trait;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    connection::{Begun, ConnectFlowRepository, PendingConnection, StartedConnection},
    id::{AccountId, UserId},
    secret::Secret,
    store::StoreError,
};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::{read, transact},
    crypto::{KeyRing, Sealed, hashed},
    moment::{micros, moment},
    schema::{connect_flow, pending_connection},
    token::{self, SealedToken},
    trouble::Trouble,
};

#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = connect_flow)]
struct FlowRow {
    state_hash: String,
    user_id: String,
    begun_at: i64,
    address: String,
    browser: String,
    expires_at: i64,
}

#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = pending_connection)]
struct PendingRow {
    name_hash: String,
    user_id: String,
    account: String,
    app_scoped_id: String,
    username: String,
    features: String,
    token_key: String,
    token: String,
    token_issued_at: i64,
    token_expires_at: i64,
    begun_at: i64,
    address: String,
    browser: String,
    expires_at: i64,
}

#[async_trait]
impl ConnectFlowRepository for Store {
    async fn start(&self, state: &Secret, started: &StartedConnection) -> Result<(), StoreError> {
        let row = FlowRow::new(state, started);
        transact!(self, |conn| {
            diesel::delete(connect_flow::table).filter(connect_flow::expires_at.lt(row.begun_at)).execute(conn).await?;
            diesel::delete(pending_connection::table)
                .filter(pending_connection::expires_at.lt(row.begun_at))
                .execute(conn)
                .await?;
            diesel::insert_into(connect_flow::table).values(&row).execute(conn).await?;
            Ok(())
        })?;
        Ok(())
    }

    async fn take_started(&self, state: &Secret, now: OffsetDateTime) -> Result<Option<StartedConnection>, StoreError> {
        let (hash, now) = (hashed(state.expose()), micros(now));
        let row: Option<FlowRow> = transact!(self, |conn| {
            Ok(diesel::delete(connect_flow::table.find(hash))
                .returning(FlowRow::as_returning())
                .get_result(conn)
                .await
                .optional()?)
        })?;
        let alive = row.filter(|row| row.expires_at > now);
        Ok(alive.map(StartedConnection::try_from).transpose()?)
    }

    async fn keep_pending(&self, name: &Secret, pending: &PendingConnection) -> Result<(), StoreError> {
        let row = PendingRow::new(&self.inner.keys, name, pending)?;
        transact!(self, |conn| {
            diesel::insert_into(pending_connection::table).values(&row).execute(conn).await?;
            Ok(())
        })?;
        Ok(())
    }

    async fn find_pending(&self, name: &Secret, now: OffsetDateTime) -> Result<Option<PendingConnection>, StoreError> {
        let (hash, now) = (hashed(name.expose()), micros(now));
        let row: Option<PendingRow> = read!(self, |conn| {
            Ok(pending_connection::table
                .find(&hash)
                .filter(pending_connection::expires_at.gt(now))
                .select(PendingRow::as_select())
                .first(conn)
                .await
                .optional()?)
        })?;
        Ok(row.map(|row| row.open(&self.inner.keys)).transpose()?)
    }

    async fn take_pending(&self, name: &Secret, now: OffsetDateTime) -> Result<Option<PendingConnection>, StoreError> {
        let (hash, now) = (hashed(name.expose()), micros(now));
        let row: Option<PendingRow> = transact!(self, |conn| {
            Ok(diesel::delete(pending_connection::table.find(hash))
                .returning(PendingRow::as_returning())
                .get_result(conn)
                .await
                .optional()?)
        })?;
        self.forget_log().await;
        let alive = row.filter(|row| row.expires_at > now);
        Ok(alive.map(|row| row.open(&self.inner.keys)).transpose()?)
    }
}

impl FlowRow {
    fn new(state: &Secret, started: &StartedConnection) -> Self {
        Self {
            state_hash: hashed(state.expose()),
            user_id: started.user.as_str().into(),
            begun_at: micros(started.begun.at),
            address: started.begun.address.clone(),
            browser: started.begun.browser.clone(),
            expires_at: micros(started.expires_at),
        }
    }
}

impl TryFrom<FlowRow> for StartedConnection {
    type Error = Trouble;

    fn try_from(row: FlowRow) -> Result<Self, Trouble> {
        Ok(Self {
            user: UserId::new(row.user_id),
            begun: Begun { at: moment(row.begun_at)?, address: row.address, browser: row.browser },
            expires_at: moment(row.expires_at)?,
        })
    }
}

impl PendingRow {
    fn new(keys: &KeyRing, name: &Secret, pending: &PendingConnection) -> Result<Self, Trouble> {
        let name_hash = hashed(name.expose());
        let token = token::seal(keys, &pending.token, token::of_pending(&name_hash, pending.account.as_str()))?;
        Ok(Self {
            name_hash,
            user_id: pending.user.as_str().into(),
            account: pending.account.as_str().into(),
            app_scoped_id: pending.app_scoped_id.clone(),
            username: pending.username.clone(),
            features: token::words(&pending.features),
            token_key: token.sealed.key,
            token: token.sealed.text,
            token_issued_at: token.issued_at,
            token_expires_at: token.expires_at,
            begun_at: micros(pending.begun.at),
            address: pending.begun.address.clone(),
            browser: pending.begun.browser.clone(),
            expires_at: micros(pending.expires_at),
        })
    }

    fn open(self, keys: &KeyRing) -> Result<PendingConnection, Trouble> {
        let sealed = SealedToken {
            sealed: Sealed { key: self.token_key, text: self.token },
            issued_at: self.token_issued_at,
            expires_at: self.token_expires_at,
        };
        Ok(PendingConnection {
            token: token::open(keys, &sealed, token::of_pending(&self.name_hash, &self.account))?,
            user: UserId::new(self.user_id),
            account: AccountId::new(self.account),
            app_scoped_id: self.app_scoped_id,
            username: self.username,
            features: token::features(&self.features)?,
            begun: Begun { at: moment(self.begun_at)?, address: self.address, browser: self.browser },
            expires_at: moment(self.expires_at)?,
        })
    }
}
