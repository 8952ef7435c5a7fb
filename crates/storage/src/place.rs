//! Where the database lives, and what time it is there.
//!
//! A clone, a restored copy or a promoted standby does not know what its original did since. So the database stores where it lives, and every
//! statement that hands out or records work compares that with where it is: a connection to another place publishes nothing.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{clock::Clock, publication::Downtime, store::StoreError};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::{Dialect, read, statements, transact},
    fixed::Fixed,
    idempotency::Keys as _,
    moment::{micros, moment, span},
    options::StoreClock,
    schema::{downtime, installation},
    trouble::Trouble,
};

/// Workers were down if none was heard of for longer than this: several heartbeats.
const SILENCE: Duration = Duration::from_mins(1);

/// For how long it is kept when they were.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// Where the database lives, and what it knows of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// Where the database lives now.
    pub place: String,
    /// Where it lived when it was first opened, or adopted.
    pub known_place: String,
    /// When a process that can publish was last heard of there.
    pub last: OffsetDateTime,
    /// Raised by each adoption of the database at a new place.
    pub generation: i64,
}

impl Home {
    /// Whether the database lives where it did. If not, it is a clone, a restored copy or a promoted standby.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.place == self.known_place
    }
}

/// Who is heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A process that publishes what is due.
    Worker,
    /// A process that publishes only what it is asked to publish now.
    Server,
}

/// What is stored of where the database lives, and where this connection finds it.
#[derive(Clone, Debug, diesel::QueryableByName)]
pub(crate) struct Installed {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Text)]
    here: String,
    #[diesel(sql_type = BigInt)]
    pub(crate) generation: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) heartbeat_at: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    worker_at: Option<i64>,
}

impl Installed {
    /// What a caller may know of it.
    pub(crate) fn home(self, now: i64) -> Result<Home, Trouble> {
        Ok(Home {
            now: moment(now)?,
            place: self.here,
            known_place: self.place,
            last: moment(self.heartbeat_at)?,
            generation: self.generation,
        })
    }

    pub(crate) fn is_home(&self) -> bool {
        self.place == self.here
    }
}

#[derive(diesel::QueryableByName)]
struct AtHome {
    #[diesel(sql_type = Bool)]
    at_home: bool,
}

impl Store {
    /// Where the database lives, and where it did.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database cannot be asked.
    pub async fn home(&self) -> Result<Home, StoreError> {
        let (clock, here) = (self.clock(), self.database().here());
        Ok(read!(self, |conn| {
            let now = clock.now(conn).await?;
            conn.installed(&here).await?.home(now)
        })?)
    }

    /// Stores that this database is in use now; answers what [`home`](Self::home) does, with the heartbeat before this one.
    ///
    /// At another place than the known one nothing is written. Otherwise idempotency keys that have ended are deleted on the way, and if no
    /// worker was heard of for long before this one, that is kept.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database cannot be asked.
    pub async fn heartbeat(&self, role: Role) -> Result<Home, StoreError> {
        let (clock, here, was_silent) = (self.clock(), self.database().here(), self.was_silent());
        let home = transact!(self, |conn| {
            let now = clock.now(conn).await?;
            let installed = conn.lock_installed(&here).await?;
            if installed.is_home() {
                conn.beat(role, &installed, now, was_silent).await?;
                conn.forget_keys(now).await?;
            }
            installed.home(now)
        })?;
        if home.is_known() {
            self.heard(role, micros(home.now));
        }
        Ok(home)
    }

    /// Whether a file was put in the place of the one that is open: nothing helps then but to open it anew.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        self.database().file.as_ref().is_some_and(|file| file.is_replaced())
    }

    /// Takes the place of a new database, and finds out whether an older copy was put over the file.
    pub(crate) async fn move_in(&self) -> Result<(), StoreError> {
        let (clock, here) = (self.clock(), self.database().here());
        let remembered = self.database().file.as_ref().and_then(|file| file.remembered());
        transact!(self, |conn| {
            let now = clock.now(conn).await?;
            conn.settle(&here, now).await?;
            let installed = conn.installed(&here).await?;
            if let Some(remembered) = remembered.filter(|last| installed.is_home() && installed.heartbeat_at < *last) {
                let since = moment(remembered)?;
                let lost = format!("{}, in use until {since}", installed.place);
                diesel::update(installation::table).set(installation::place.eq(lost)).execute(conn).await?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Whether this process was not heard of for long, by a clock that nobody sets.
    fn was_silent(&self) -> bool {
        let heard = self.inner.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.is_none_or(|at| self.inner.clock.monotonic().since(at) > SILENCE)
    }

    fn heard(&self, role: Role, now: i64) {
        if let Some(file) = &self.database().file {
            file.remember(now);
        }
        if role == Role::Worker {
            let mut heard = self.inner.heard.lock().unwrap_or_else(PoisonError::into_inner);
            *heard = Some(self.inner.clock.monotonic());
        }
    }
}

statements! {
    /// What is known of where the database lives. `here` is what this process knows of it.
    pub(crate) trait Places {
        /// Whether the database lives where it did.
        async fn is_at_home(conn, here: &str) -> Result<bool, Trouble> {
            let found: Option<AtHome> = Fixed(sql_query(format!(
                "SELECT place = {} || $1 AS at_home FROM installation WHERE id = 1",
                Self::PLACE
            ))
            .bind::<Text, _>(here.to_owned()))
            .get_result(conn)
            .await
            .optional()?;
            Ok(found.is_some_and(|found| found.at_home))
        }

        /// What is stored and what is found.
        async fn installed(conn, here: &str) -> Result<Installed, Trouble> {
            Ok(sql_query(installed(Self::PLACE, "")).bind::<Text, _>(here.to_owned()).get_result(conn).await?)
        }

        /// The same, locked until the transaction ends.
        async fn lock_installed(conn, here: &str) -> Result<Installed, Trouble> {
            let statement = installed(Self::PLACE, Self::FOR_UPDATE);
            Ok(sql_query(statement).bind::<Text, _>(here.to_owned()).get_result(conn).await?)
        }

        /// Stores where a new database lives.
        async fn settle(conn, here: &str, now: i64) -> Result<(), Trouble> {
            sql_query(format!(
                "INSERT INTO installation (id, place, generation, heartbeat_at) VALUES (1, {} || $1, 1, $2) ON CONFLICT DO NOTHING",
                Self::PLACE
            ))
            .bind::<Text, _>(here.to_owned())
            .bind::<BigInt, _>(now)
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Stores a sign of life, and when there was none before it.
        async fn beat(conn, role: Role, before: &Installed, now: i64, was_silent: bool) -> Result<(), Trouble> {
            diesel::update(installation::table).set(installation::heartbeat_at.eq(now)).execute(conn).await?;
            if role == Role::Server {
                return Ok(());
            }
            diesel::update(installation::table).set(installation::worker_at.eq(now)).execute(conn).await?;
            if let Some(since) = before.worker_at.filter(|since| was_silent && now - since > span(SILENCE)) {
                diesel::delete(downtime::table.filter(downtime::until.lt(now - span(KEPT)))).execute(conn).await?;
                diesel::insert_into(downtime::table)
                    .values((downtime::since.eq(since), downtime::until.eq(now)))
                    .on_conflict_do_nothing()
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }

        /// The last time without a worker that began by `began_by` and ended at `ended_after` or later.
        async fn downtime(conn, began_by: i64, ended_after: i64) -> Result<Option<Downtime>, Trouble> {
            let found: Option<(i64, i64)> = downtime::table
                .filter(downtime::since.le(began_by))
                .filter(downtime::until.ge(ended_after))
                .order(downtime::since.desc())
                .first(conn)
                .await
                .optional()?;
            found.map(|(since, until)| Ok(Downtime { since: moment(since)?, until: moment(until)? })).transpose()
        }
    }
}

fn installed(place: &str, lock: &str) -> String {
    format!(
        "SELECT place, {place} || $1 AS here, generation, heartbeat_at, worker_at FROM installation WHERE id = 1{lock}"
    )
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
