//! Idempotency keys, stored in the same transaction as what they stand for.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::UserId,
    idempotency::{AddError, Added, IdempotencyKey, KEPT_HOURS},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{backend::statements, schema::idempotency, trouble::Trouble};

/// What a key stood for already.
pub(crate) enum Known<T> {
    /// Nothing: what is added now is.
    No,
    /// This, as it was answered then.
    Yes(T),
    /// Something asked for with another body, of this id.
    Other(String),
}

impl<T> Known<T> {
    /// What was added before, else `new`.
    pub(crate) fn or_new(self, new: T) -> Result<Added<T>, AddError> {
        match self {
            Self::No => Ok(Added::New(new)),
            Self::Yes(before) => Ok(Added::Before(before)),
            Self::Other(added) => Err(AddError::KeyReused { added }),
        }
    }
}

#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = idempotency)]
pub(crate) struct KeyRow {
    user_id: String,
    route: String,
    key: String,
    fingerprint: String,
    resource_id: String,
    snapshot: String,
    created_at: i64,
}

impl KeyRow {
    /// The row for `key`, if there is one, standing for `resource` with the answer `snapshot`.
    pub(crate) fn maybe(
        user: &UserId,
        key: Option<&IdempotencyKey>,
        resource: &str,
        snapshot: &impl Serialize,
        now: i64,
    ) -> Result<Option<Self>, Trouble> {
        let Some(key) = key else { return Ok(None) };
        Ok(Some(Self {
            user_id: user.as_str().into(),
            route: key.route.clone(),
            key: key.key.clone(),
            fingerprint: key.fingerprint.clone(),
            resource_id: resource.into(),
            snapshot: serde_json::to_string(snapshot).map_err(|error| Trouble::damaged("an answer to keep", error))?,
            created_at: now,
        }))
    }

    fn answer<T: DeserializeOwned>(&self, fingerprint: &str) -> Result<Known<T>, Trouble> {
        if self.fingerprint != fingerprint {
            return Ok(Known::Other(self.resource_id.clone()));
        }
        serde_json::from_str(&self.snapshot)
            .map(Known::Yes)
            .map_err(|error| Trouble::damaged(format!("idempotency.snapshot of {}", self.resource_id), error))
    }
}

/// Takes `row`'s key if it is free, else tells what it stands for.
pub(crate) async fn remember<C: Keys, T: DeserializeOwned>(
    conn: &mut C,
    row: Option<KeyRow>,
) -> Result<Known<T>, Trouble> {
    let Some(row) = row else { return Ok(Known::No) };
    match conn.take_key(row.clone()).await? {
        None => Ok(Known::No),
        Some(stored) => stored.answer(&row.fingerprint),
    }
}

/// What `key` stands for, without taking it.
pub(crate) async fn known<C: Keys, T: DeserializeOwned>(
    conn: &mut C,
    user: &UserId,
    key: &IdempotencyKey,
    now: i64,
) -> Result<Known<T>, Trouble> {
    let Some(stored) = conn.key(user.as_str(), &key.route, &key.key).await?.filter(|row| row.created_at > now - kept())
    else {
        return Ok(Known::No);
    };
    stored.answer(&key.fingerprint)
}

statements! {
    /// What is done with keys.
    pub(crate) trait Keys {
        /// Who has the key.
        async fn key(conn, user: &str, route: &str, key: &str) -> Result<Option<KeyRow>, Trouble> {
            Ok(idempotency::table
                .find((user.to_owned(), route.to_owned(), key.to_owned()))
                .select(KeyRow::as_select())
                .first(conn)
                .await
                .optional()?)
        }

        /// Takes the key unless it is taken; answers who has it. PostgreSQL waits here for another transaction with the same key.
        async fn take_key(conn, row: KeyRow) -> Result<Option<KeyRow>, Trouble> {
            let ended = row.created_at - kept();
            diesel::delete(idempotency::table)
                .filter(idempotency::user_id.eq(&row.user_id).and(idempotency::created_at.le(ended)))
                .execute(conn)
                .await?;
            let taken = diesel::insert_into(idempotency::table)
                .values(&row)
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            if taken == 1 {
                return Ok(None);
            }
            conn.key(&row.user_id, &row.route, &row.key).await
        }

        /// Deletes all that have ended.
        async fn forget_keys(conn, now: i64) -> Result<(), Trouble> {
            diesel::delete(idempotency::table)
                .filter(idempotency::created_at.le(now - kept()))
                .execute(conn)
                .await?;
            Ok(())
        }
    }
}

/// How long a key counts, in microseconds.
fn kept() -> i64 {
    i64::try_from(KEPT_HOURS * 3_600 * 1_000_000).unwrap_or(i64::MAX)
}
