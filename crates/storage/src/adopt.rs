//! Adopting a database at a new place.
//!
//! A copy's epochs run backwards, so a process that claimed at the original could hold one that the copy gives out again. The generation is
//! therefore the high half of every epoch: an adoption moves all of them past any that can have existed. It is taken from the clock rather
//! than counted, since two copies of one original would count alike.

use diesel::{ExpressionMethods as _, sql_query, sql_types::BigInt};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    publication::{Publication, Stage, Step},
    store::StoreError,
    timeline::Entry,
};
use time::{OffsetDateTime, macros::datetime};

use crate::{
    Store,
    backend::{Dialect, statements, transact},
    moment::{micros, moment},
    place::{Home, Places as _},
    publication::{COLUMNS, Publications as _, Row, Write, with_epoch},
    schema::{installation, publication},
    timeline::Timelines as _,
    trouble::Trouble,
};

/// Seconds since then are the generation: 31 bits of them last until 2088, and leave 32 for the claims of each.
pub(crate) const FIRST_GENERATION: OffsetDateTime = datetime!(2020-01-01 00:00 UTC);

/// How many posts one statement writes.
const AT_ONCE: usize = 1_000;

/// What an adoption did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// The database's generation now.
    pub generation: i64,
    /// How many open posts the original may have sent; each is looked into before anything of it is sent.
    pub doubted: usize,
}

/// Why a database was not adopted; nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// It lives where it did, or was adopted meanwhile.
    #[error("the database lives where it is known to live: there is nothing to adopt")]
    AtHome,
    /// See [`StoreError`]. It may or may not have been adopted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Takes this place for the database's home, as it was `found`, with a new generation: nobody who claimed before decides anything any more.
    ///
    /// The original may have sent any post that was due by `sent_until`, and nothing of it later than that: open posts due by then, and
    /// those that a person has changed since the copy was taken, are [doubted](Step::Doubted).
    pub async fn adopt(&self, found: &Home, sent_until: OffsetDateTime) -> Result<Adopted, AdoptError> {
        let (clock, here, found) = (self.clock(), self.database().here(), found.clone());
        let adopted = transact!(self, |conn| {
            let now = clock.now(conn).await?;
            let installed = conn.lock_installed(&here).await?;
            if installed.is_home() || installed.generation != found.generation {
                return Ok(None);
            }
            let generation = (moment(now)? - FIRST_GENERATION).whole_seconds().max(installed.generation + 1);
            let doubt = Step::Doubted { since: found.last, may_send_until: sent_until, at: moment(now)? };
            conn.take_home(&found.place, generation, now).await?;
            conn.raise_epochs(generation << 32).await?;
            let doubtful = conn.lock_doubtful(micros(found.last), micros(sent_until)).await?;
            for some in doubtful.chunks(AT_ONCE) {
                conn.doubt(some, &doubt, now).await?;
            }
            Ok(Some(Adopted { generation, doubted: doubtful.len() }))
        });
        let adopted = adopted.map_err(StoreError::from)?.ok_or(AdoptError::AtHome)?;
        self.database().due.sooner();
        Ok(adopted)
    }
}

statements! {
    /// What an adoption does.
    trait Adoption {
        /// Stores the new home.
        async fn take_home(conn, place: &str, generation: i64, now: i64) -> Result<(), Trouble> {
            diesel::update(installation::table)
                .set((
                    installation::place.eq(place),
                    installation::generation.eq(generation),
                    installation::heartbeat_at.eq(now),
                ))
                .execute(conn)
                .await?;
            Ok(())
        }

        /// Ends every claim. Of what is closed, too: a person may open it again, and its epochs would then be given out a second time.
        async fn raise_epochs(conn, epoch: i64) -> Result<(), Trouble> {
            diesel::update(publication::table)
                .set((publication::epoch.eq(epoch), publication::lease_until.eq(None::<i64>)))
                .execute(conn)
                .await?;
            Ok(())
        }

        /// The open publications that the original may have sent.
        async fn lock_doubtful(conn, last: i64, sent_until: i64) -> Result<Vec<Publication>, Trouble> {
            let rows: Vec<Row> = sql_query(format!(
                "SELECT {COLUMNS} FROM publication WHERE due_at IS NOT NULL AND (publish_at <= $1 OR post_id IN \
                 (SELECT id FROM post WHERE created_at <= $1 AND updated_at > $2)) ORDER BY post_id{}",
                Self::FOR_UPDATE
            ))
            .bind::<BigInt, _>(sent_until)
            .bind::<BigInt, _>(last)
            .load(conn)
            .await?;
            let open = rows.into_iter().map(Publication::try_from);
            // A person was asked already, and looks before anything is sent.
            open.filter(|read| read.as_ref().map_or(true, |open| open.stage != Stage::NeedsReview)).collect()
        }

        /// Lets publications take the step.
        async fn doubt(conn, before: &[Publication], doubt: &Step, now: i64) -> Result<(), Trouble> {
            let next = before.iter().map(|before| doubted(before, doubt)).collect::<Result<Vec<_>, _>>()?;
            conn.write(&next.iter().collect::<Vec<_>>()).await?;
            let entries =
                next.iter().map(|write| Ok((&write.next.post, entry(&write.next, now)?))).collect::<Result<Vec<_>, Trouble>>()?;
            conn.append(&entries.iter().map(|(post, entry)| (*post, entry)).collect::<Vec<_>>()).await
        }
    }
}

fn doubted(before: &Publication, doubt: &Step) -> Result<Write, Trouble> {
    let next = before
        .after(doubt.clone())
        .map_err(|error| Trouble::damaged(format!("publication of {}", before.post), error))?;
    Ok(Write::ending_lease(with_epoch(&next, before.epoch + 1)?, before.epoch))
}

fn entry(publication: &Publication, now: i64) -> Result<Entry, Trouble> {
    let message = "The database was moved, or put back from a copy, which does not know whether this post had gone out. Instagram is asked before anything is sent.";
    Ok(Entry {
        id: format!("{}-{}-doubted", publication.post, publication.epoch),
        at: moment(now)?,
        step: "doubted".into(),
        attempt: publication.attempt + 1,
        message: message.into(),
        code: None,
        subcode: None,
        trace_id: None,
    })
}
