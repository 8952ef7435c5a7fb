//! Sessions, under the hashes of their ids.

use async_trait::async_trait;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::UserId,
    secret::Secret,
    session::{Session, SessionRepository},
    store::StoreError,
};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::{read, transact},
    crypto::hashed,
    moment::{micros, moment},
    schema::session,
    trouble::Trouble,
};

#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = session)]
struct Row {
    id_hash: String,
    user_id: String,
    begun_at: i64,
    expires_at: i64,
}

#[async_trait]
impl SessionRepository for Store {
    async fn begin(&self, id: &Secret, session: &Session) -> Result<(), StoreError> {
        let row = Row {
            id_hash: hashed(id.expose()),
            user_id: session.user.as_str().into(),
            begun_at: micros(session.begun_at),
            expires_at: micros(session.expires_at),
        };
        transact!(self, |conn| {
            diesel::delete(session::table).filter(session::expires_at.lt(row.begun_at)).execute(conn).await?;
            diesel::insert_into(session::table).values(&row).execute(conn).await?;
            Ok(())
        })?;
        Ok(())
    }

    async fn find(&self, id: &Secret, now: OffsetDateTime) -> Result<Option<Session>, StoreError> {
        let (hash, now) = (hashed(id.expose()), micros(now));
        let row: Option<Row> = read!(self, |conn| {
            Ok(session::table
                .find(&hash)
                .filter(session::expires_at.gt(now))
                .select(Row::as_select())
                .first(conn)
                .await
                .optional()?)
        })?;
        Ok(row.map(Session::try_from).transpose()?)
    }

    async fn end(&self, id: &Secret) -> Result<(), StoreError> {
        let hash = hashed(id.expose());
        transact!(self, |conn| {
            diesel::delete(session::table.find(hash)).execute(conn).await?;
            Ok(())
        })?;
        Ok(())
    }

    async fn end_all(&self, user: &UserId) -> Result<(), StoreError> {
        let user = user.as_str().to_owned();
        transact!(self, |conn| {
            diesel::delete(session::table).filter(session::user_id.eq(user)).execute(conn).await?;
            Ok(())
        })?;
        Ok(())
    }
}

impl TryFrom<Row> for Session {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        Ok(Self {
            user: UserId::new(row.user_id),
            begun_at: moment(row.begun_at)?,
            expires_at: moment(row.expires_at)?,
        })
    }
}
