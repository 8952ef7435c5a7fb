//! Where the database lives, and what time it is there.

use std::sync::Arc;

use diesel::{OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::{clock::Clock, store::StoreError};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::{Dialect, transact},
    idempotency::Keys as _,
    moment::{micros, moment},
    options::StoreClock,
    schema::installation,
    trouble::Trouble,
};

/// What a [heartbeat](Store::heartbeat) found. Judging it is the caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// Where the database lives now.
    pub place: String,
    /// Where it lived when it was first written to, or adopted. Another place than [`place`](Self::place) means a clone, a restore
    /// or a promotion, and then the heartbeat's time was left as it was.
    pub known_place: String,
    /// The last heartbeat before this one.
    pub last: Option<OffsetDateTime>,
    /// Raised by each adoption of the database at a new place.
    pub generation: i64,
}

impl Heartbeat {
    /// Whether the database lives where it did.
    #[must_use]
    pub fn at_home(&self) -> bool {
        self.place == self.known_place
    }
}

#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = installation)]
struct Row {
    id: i64,
    place: String,
    generation: i64,
    heartbeat_at: i64,
}

impl Store {
    /// Stores that this database is in use now, and answers where it lives, where it did, and when it was last in use.
    ///
    /// At another place than the known one nothing is written. Idempotency keys that have ended are deleted on the way.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database or its file cannot be asked.
    pub async fn heartbeat(&self) -> Result<Heartbeat, StoreError> {
        let clock = self.clock();
        let file = match &self.inner.file {
            Some(file) => Some(file.place().map_err(|error| StoreError::Unavailable(Box::new(error)))?),
            None => None,
        };
        let heartbeat = transact!(self, |conn| {
            let now = clock.now(conn).await?;
            let place = conn.place(file).await?;
            let stored: Option<Row> =
                installation::table.find(1).select(Row::as_select()).first(conn).await.optional()?;
            let last = stored.as_ref().map(|row| row.heartbeat_at);
            let row = stored.unwrap_or_else(|| Row { id: 1, place: place.clone(), generation: 1, heartbeat_at: now });
            if row.place == place {
                let beat = Row { heartbeat_at: now, place: row.place.clone(), ..row };
                diesel::insert_into(installation::table)
                    .values(&beat)
                    .on_conflict(installation::id)
                    .do_update()
                    .set(&beat)
                    .execute(conn)
                    .await?;
                conn.forget_keys(now).await?;
            }
            Ok(Heartbeat {
                now: moment(now)?,
                place,
                known_place: row.place,
                last: last.map(moment).transpose()?,
                generation: row.generation,
            })
        })?;
        Ok(heartbeat)
    }
}

/// Reads the store's clock, the one that judges leases and dueness.
#[derive(Clone)]
pub(crate) struct StoreClockReader {
    clock: Arc<dyn Clock>,
    which: StoreClock,
}

impl StoreClockReader {
    pub(crate) fn new(clock: Arc<dyn Clock>, which: StoreClock) -> Self {
        Self { clock, which }
    }

    /// The clock's reading in microseconds.
    pub(crate) async fn now<C: Dialect>(&self, conn: &mut C) -> Result<i64, Trouble> {
        match self.which {
            StoreClock::Given => Ok(micros(self.clock.now())),
            StoreClock::Database => conn.clock(self.clock.as_ref()).await,
        }
    }
}
