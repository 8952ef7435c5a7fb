//! Occurrences of events, each beside its post.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName,
    SelectableHelper as _, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    caption::Caption,
    id::{EventId, PictureId, PostId, UserId},
    occurrence::{Making, Occurrence, OccurrenceRepository, Rendition},
    post::{Post, PostRecord},
    publication::Publication,
    store::StoreError,
    timeline::Entry,
};
use time::{Date, OffsetDateTime};

use crate::{
    Store,
    adopt::FIRST_GENERATION,
    agenda::Agenda as _,
    backend::{Dialect, ids, read, statements, transact},
    fixed::Fixed,
    moment::{micros, moment},
    post::Posts as _,
    publication::Publications as _,
    schema::{installation, occurrence},
    timeline::{Timelines as _, about},
    trouble::Trouble,
};

#[derive(Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = occurrence)]
pub(crate) struct Row {
    user_id: String,
    event_id: String,
    year: i64,
    post_id: String,
    julian_day: i64,
    caption: String,
    picture_id: String,
    shows: String,
    publish_at: i64,
    is_withdrawn: bool,
    is_settled: bool,
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = BigInt)]
    updated_at: i64,
}

#[async_trait]
impl OccurrenceRepository for Store {
    async fn occurrences<'a>(
        &self,
        user: &UserId,
        event: Option<&'a EventId>,
        from_year: i32,
    ) -> Result<Vec<Occurrence>, StoreError> {
        let (user, from_year) = (user.as_str().to_owned(), i64::from(from_year));
        let event = event.map(|event| event.as_str().to_owned());
        let rows: Vec<Row> = read!(self, |conn| {
            let known = occurrence::table
                .filter(occurrence::user_id.eq(&user))
                .filter(occurrence::year.ge(from_year).or(occurrence::is_settled.eq(false)))
                .order((occurrence::event_id, occurrence::year))
                .select(Row::as_select());
            // Two statements: with "or any" in one, SQLite would not look up the event's own.
            match &event {
                Some(event) => Ok(known.filter(occurrence::event_id.eq(event)).load(conn).await?),
                None => Ok(known.load(conn).await?),
            }
        })?;
        Ok(rows.into_iter().map(Occurrence::try_from).collect::<Result<_, Trouble>>()?)
    }

    async fn make(
        &self,
        occurrence: &Occurrence,
        post: &Post,
        publication: &Publication,
        entries: &[Entry],
        seen: OffsetDateTime,
    ) -> Result<Making, StoreError> {
        let (row, seen, due_at) = (Row::from(occurrence), micros(seen), publication.due_at);
        let (post, publication, entries) = (post.clone(), publication.clone(), entries.to_owned());
        let made: Result<Making, Trouble> = transact!(self, |conn| {
            if conn.event_changed_at(&row.user_id, &row.event_id).await? != Some(seen) {
                return Ok(Making::EventChanged);
            }
            if conn.occurrence_row(&row).await?.is_some() {
                return Ok(Making::Exists);
            }
            if publication.publish_at.map(micros) <= Some(conn.adopted_at().await?) {
                return Ok(Making::MayBeLive);
            }
            if !conn.works(publication.connection.as_ref()).await? {
                return Ok(Making::NotConnected);
            }
            diesel::insert_into(occurrence::table).values(&row).execute(conn).await?;
            conn.insert_post(&post, &publication).await?;
            conn.append(&about(&post.id, &entries)).await?;
            Ok(Making::Made)
        });
        match made {
            Ok(making) => {
                self.tell_of(due_at.filter(|_| making == Making::Made));
                Ok(making)
            }
            // Another process made it at the same moment.
            Err(trouble) if trouble.is_taken("occurrence") => Ok(Making::Exists),
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn tend(&self, occurrence: &Occurrence, record: &PostRecord, entries: &[Entry]) -> Result<bool, StoreError> {
        let due_at = record.publication.due_at;
        let (row, record, entries) = (Row::from(occurrence), record.clone(), entries.to_owned());
        let tended: Result<Publication, Trouble> = transact!(self, |conn| {
            let before = conn.change_as_read(&record, &entries).await?.ok_or(Trouble::Refused)?;
            if conn.put_occurrence(&row).await? { Ok(before) } else { Err(Trouble::Refused) }
        });
        match tended {
            Ok(before) => {
                self.tell_of([before.due_at, due_at].into_iter().flatten().min());
                Ok(true)
            }
            Err(Trouble::Refused) => Ok(false),
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn settle(&self, occurrence: &Occurrence, epoch: Option<i64>) -> Result<bool, StoreError> {
        let row = Row { is_settled: true, ..Row::from(occurrence) };
        let settled = transact!(self, |conn| {
            let post = conn.lock_publication(&row.post_id).await?;
            if post.map(|publication| publication.epoch) != epoch {
                return Ok(false);
            }
            conn.put_occurrence(&row).await
        })?;
        Ok(settled)
    }

    async fn forget<'a>(
        &self,
        occurrence: &Occurrence,
        left: Option<&'a PostRecord>,
        entries: &[Entry],
    ) -> Result<bool, StoreError> {
        let (row, at_once) = (Row::from(occurrence), self.now());
        let (left, entries) = (left.cloned(), entries.to_owned());
        let forgotten: Result<(), Trouble> = transact!(self, |conn| {
            if let Some(left) = &left {
                conn.change_as_read(left, &entries).await?.ok_or(Trouble::Refused)?;
            }
            let forgotten = diesel::delete(occurrence::table.find((&row.user_id, &row.event_id, row.year)))
                .filter(occurrence::post_id.eq(&row.post_id))
                .execute(conn)
                .await?;
            if forgotten != 1 {
                return Err(Trouble::Refused);
            }
            conn.look_at_once(&row.user_id, &row.event_id, at_once).await
        });
        match forgotten {
            Ok(()) => Ok(true),
            Err(Trouble::Refused) => Ok(false),
            Err(trouble) => Err(trouble.into()),
        }
    }
}

statements! {
    /// What is done with occurrences.
    pub(crate) trait Occurrences {
        /// Something is left to do about the occurrences of these posts: they are live, and their events, while there, are to say when they
        /// went out.
        async fn unsettle(conn, posts: &[&str]) -> Result<(), Trouble> {
            let of_them = format!("post_id IN (SELECT v.post_id FROM {})", Self::records(&[("post_id", "TEXT")]));
            Fixed(sql_query(format!("UPDATE occurrence SET is_settled = FALSE WHERE is_settled AND {of_them} \
                 AND EXISTS (SELECT 1 FROM event e WHERE e.id = occurrence.event_id)"))
                .bind::<Text, _>(ids(posts)?))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// When the user's event was last changed, and it stays so until the transaction ends.
        async fn event_changed_at(conn, user: &str, event: &str) -> Result<Option<i64>, Trouble> {
            let row: Option<ChangedRow> = Fixed(sql_query(format!(
                "SELECT updated_at FROM event WHERE id = $1 AND user_id = $2{}",
                Self::FOR_SHARE
            ))
            .bind::<Text, _>(event.to_owned())
            .bind::<Text, _>(user.to_owned()))
            .get_result(conn)
            .await
            .optional()?;
            Ok(row.map(|row| row.updated_at))
        }

        /// When the database was last adopted, to the second; long ago if never.
        async fn adopted_at(conn) -> Result<i64, Trouble> {
            let generation: i64 = installation::table.select(installation::generation).first(conn).await?;
            Ok(micros(FIRST_GENERATION) + generation * 1_000_000)
        }

        /// The occurrence of the same event in the same year.
        async fn occurrence_row(conn, like: &Row) -> Result<Option<Row>, Trouble> {
            Ok(occurrence::table
                .find((like.user_id.clone(), like.event_id.clone(), like.year))
                .select(Row::as_select())
                .first(conn)
                .await
                .optional()?)
        }

        /// Writes an occurrence that is there, if it still has the same post; answers whether it did.
        async fn put_occurrence(conn, row: &Row) -> Result<bool, Trouble> {
            let written = diesel::update(occurrence::table)
                .filter(occurrence::user_id.eq(row.user_id.clone()))
                .filter(occurrence::event_id.eq(row.event_id.clone()))
                .filter(occurrence::year.eq(row.year).and(occurrence::post_id.eq(row.post_id.clone())))
                .set(row)
                .execute(conn)
                .await?;
            Ok(written == 1)
        }
    }
}

impl From<&Occurrence> for Row {
    fn from(occurrence: &Occurrence) -> Self {
        Self {
            user_id: occurrence.user.as_str().into(),
            event_id: occurrence.event.as_str().into(),
            year: occurrence.year.into(),
            post_id: occurrence.post.as_str().into(),
            julian_day: occurrence.rendition.day.to_julian_day().into(),
            caption: occurrence.rendition.caption.as_str().into(),
            picture_id: occurrence.rendition.picture.as_str().into(),
            shows: occurrence.rendition.shows.clone(),
            publish_at: micros(occurrence.rendition.publish_at),
            is_withdrawn: occurrence.is_withdrawn,
            is_settled: occurrence.is_settled,
        }
    }
}

impl TryFrom<Row> for Occurrence {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        let day = i32::try_from(row.julian_day).ok().and_then(|day| Date::from_julian_day(day).ok());
        let day = day.ok_or_else(|| {
            Trouble::damaged(format!("occurrence.julian_day of {}", row.event_id), "not a day".to_owned())
        })?;
        Ok(Self {
            year: i32::try_from(row.year)
                .map_err(|error| Trouble::damaged(format!("occurrence.year of {}", row.event_id), error))?,
            user: UserId::new(row.user_id),
            event: EventId::new(row.event_id),
            post: PostId::new(row.post_id),
            rendition: Rendition {
                day,
                caption: Caption::stored(row.caption),
                picture: PictureId::new(row.picture_id),
                shows: row.shows,
                publish_at: moment(row.publish_at)?,
            },
            is_withdrawn: row.is_withdrawn,
            is_settled: row.is_settled,
        })
    }
}
