//! What figures are made of.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _, QueryableByName, SelectableHelper as _,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    analytics::{Aged, AnalyticsRepository, PageEnd, Published, SheetRow, Shown},
    event::EventKind,
    id::{EventId, PictureId, PostId, UserId},
    metrics::{Collection, Metrics, Slot, Snapshot},
    picture::PictureSource,
    store::StoreError,
};
use time::{Duration, OffsetDateTime};

use crate::{
    Store,
    backend::{Dialect, ids, read, statements},
    fixed::Fixed,
    metrics::{CollectionColumns, NumberColumns, RatedColumns, is_connected},
    moment::{micros, moment, span},
    rows::Rows as _,
    schema::metrics,
    trouble::Trouble,
};

#[derive(diesel::Queryable, QueryableByName, diesel::Selectable)]
#[diesel(table_name = metrics)]
struct PublishedRow {
    post_id: String,
    #[diesel(sql_type = BigInt, select_expression = metrics::sent_at.assume_not_null())]
    sent_at: i64,
    picture: Option<String>,
    event_kind: Option<String>,
    measured_at: Option<i64>,
    oldest_at: Option<i64>,
    #[diesel(embed)]
    numbers: NumberColumns,
    #[diesel(embed)]
    rated: RatedColumns,
}

#[derive(QueryableByName)]
struct AgedRow {
    #[diesel(sql_type = Text)]
    post_id: String,
    #[diesel(sql_type = BigInt)]
    sent_at: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    taken_at: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    age: Option<i64>,
    #[diesel(embed)]
    numbers: NumberColumns,
}

#[derive(QueryableByName)]
struct ShownRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    caption: String,
    #[diesel(sql_type = Text)]
    picture_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    permalink: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    event_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    event_title: Option<String>,
}

#[derive(QueryableByName)]
struct SheetColumns {
    #[diesel(embed)]
    published: PublishedRow,
    #[diesel(embed)]
    shown: ShownRow,
    #[diesel(embed)]
    collection: CollectionColumns,
    #[diesel(sql_type = Nullable<Text>)]
    health: Option<String>,
}

#[async_trait]
impl AnalyticsRepository for Store {
    async fn published(
        &self,
        user: &UserId,
        from: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<Vec<Published>, StoreError> {
        let (user, from, until) = (user.as_str().to_owned(), micros(from), micros(until));
        let rows = read!(self, |conn| conn.published(&user, from, until).await)?;
        Ok(rows.into_iter().map(Published::try_from).collect::<Result<_, Trouble>>()?)
    }

    async fn published_at(
        &self,
        user: &UserId,
        from: OffsetDateTime,
        until: OffsetDateTime,
        slot: Slot,
    ) -> Result<Vec<Aged>, StoreError> {
        let (user, from, until) = (user.as_str().to_owned(), micros(from), micros(until));
        let age = span(slot.age().unsigned_abs());
        let rows = read!(self, |conn| conn.published_at(&user, from, until, age).await)?;
        Ok(rows.into_iter().map(|row| row.into_aged(slot)).collect::<Result<_, Trouble>>()?)
    }

    async fn shown(&self, user: &UserId, posts: &[PostId]) -> Result<Vec<Shown>, StoreError> {
        let names: Vec<&str> = posts.iter().map(PostId::as_str).collect();
        let (user, posts) = (user.as_str().to_owned(), ids(&names)?);
        let rows = read!(self, |conn| conn.shown(&user, &posts).await)?;
        Ok(rows.into_iter().map(Shown::from).collect())
    }

    async fn sheet<'a>(
        &self,
        user: &UserId,
        after: Option<&'a PageEnd>,
        limit: usize,
    ) -> Result<Vec<SheetRow>, StoreError> {
        let (user, limit) = (user.as_str().to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        let (before, id) = after.map_or((i64::MAX, ""), |end| (micros(end.sent_at), end.post.as_str()));
        let id = id.to_owned();
        let rows = read!(self, |conn| conn.sheet(&user, before, &id, limit).await)?;
        Ok(rows.into_iter().map(SheetRow::try_from).collect::<Result<_, Trouble>>()?)
    }
}

/// What a post that went out is, its numbers aside.
const PUBLISHED: &str = "m.post_id, m.sent_at, m.picture, m.event_kind, m.measured_at, m.oldest_at";

/// What is shown of a post.
const SHOWN: &str = "o.id, o.caption, o.picture_id, r.permalink, e.id AS event_id, e.title AS event_title";

statements! {
    /// What is read for figures. `metrics_user` leads to a user's posts of a span, whatever else there is.
    trait Figures {
        /// The user's posts of a span, the oldest first.
        async fn published(conn, user: &str, from: i64, until: i64) -> Result<Vec<PublishedRow>, Trouble> {
            Ok(metrics::table
                .filter(metrics::user_id.eq(user.to_owned()))
                .filter(metrics::sent_at.ge(from))
                .filter(metrics::sent_at.lt(until))
                .order((metrics::sent_at, metrics::post_id))
                .select(PublishedRow::as_select())
                .rows(conn)
                .await?)
        }

        /// The same, each with one reading.
        async fn published_at(conn, user: &str, from: i64, until: i64, slot: i64) -> Result<Vec<AgedRow>, Trouble> {
            // Else PostgreSQL looks up one post's reading after the other.
            let (numbers, alone) = (numbers("s"), Self::ALONE);
            Ok(Fixed(sql_query(format!(
                "SELECT m.post_id, m.sent_at, s.taken_at, s.age, {numbers} FROM metrics m \
                 LEFT JOIN (SELECT * FROM snapshot WHERE user_id = $1 AND slot = $2{alone}) s ON s.post_id = m.post_id \
                 WHERE m.user_id = $1 AND m.sent_at >= $3 AND m.sent_at < $4 ORDER BY m.sent_at, m.post_id"
            ))
            .bind::<Text, _>(user.to_owned())
            .bind::<BigInt, _>(slot)
            .bind::<BigInt, _>(from)
            .bind::<BigInt, _>(until))
            .rows(conn)
            .await?)
        }

        /// What is shown of those of these posts that are the user's.
        async fn shown(conn, user: &str, posts: &str) -> Result<Vec<ShownRow>, Trouble> {
            // CROSS, since SQLite would else go through all the user's posts, each beside all of these.
            Ok(Fixed(sql_query(format!(
                "SELECT {SHOWN} FROM {} CROSS JOIN post o LEFT JOIN receipt r ON r.post_id = o.id \
                 LEFT JOIN event e ON e.id = o.event_id WHERE o.id = v.post_id AND o.user_id = $2",
                Self::records(&[("post_id", "TEXT")])
            ))
            .bind::<Text, _>(posts.to_owned())
            .bind::<Text, _>(user.to_owned()))
            .load(conn)
            .await?)
        }

        /// A page of all the user's posts, the newest first, those that come after a moment and an id.
        async fn sheet(conn, user: &str, before: i64, id: &str, limit: i64) -> Result<Vec<SheetColumns>, Trouble> {
            Ok(Fixed(sql_query(format!(
                "SELECT {PUBLISHED}, m.next_at, m.failures, m.missing_since, m.gone_at, c.health, {}, {}, {SHOWN} FROM metrics m \
                 JOIN post o ON o.id = m.post_id LEFT JOIN publication u ON u.post_id = m.post_id \
                 LEFT JOIN connection c ON c.id = u.connection_id LEFT JOIN receipt r ON r.post_id = m.post_id LEFT JOIN event e ON e.id = o.event_id \
                 WHERE m.user_id = $1 AND (m.sent_at, m.post_id) < ($2, $3) \
                 ORDER BY m.sent_at DESC, m.post_id DESC LIMIT $4",
                numbers("m"),
                rated("m")
            ))
            .bind::<Text, _>(user.to_owned())
            .bind::<BigInt, _>(before)
            .bind::<Text, _>(id.to_owned())
            .bind::<BigInt, _>(limit))
            .load(conn)
            .await?)
        }
    }
}

/// The columns of a rate of a table.
fn rated(table: &str) -> String {
    RatedColumns::NAMES.map(|name| format!("{table}.{name}")).join(", ")
}

/// The columns of numbers of a table.
fn numbers(table: &str) -> String {
    NumberColumns::NAMES.map(|name| format!("{table}.{name}")).join(", ")
}

impl TryFrom<PublishedRow> for Published {
    type Error = Trouble;

    fn try_from(row: PublishedRow) -> Result<Self, Trouble> {
        let unknown = |column: &str| Trouble::damaged(format!("metrics.{column} of {}", row.post_id), "unknown word");
        let picture = |word: &String| PictureSource::parse(word).ok_or_else(|| unknown("picture"));
        let event = |word: &String| EventKind::parse(word).ok_or_else(|| unknown("event_kind"));
        let metrics = |at| {
            let (numbers, rated) = (row.numbers.try_into()?, row.rated.into_rated()?);
            let (measured_at, oldest_at) = (moment(at)?, moment(row.oldest_at.unwrap_or(at))?);
            Ok::<_, Trouble>(Metrics { numbers, measured_at, oldest_at, rated })
        };
        Ok(Self {
            sent_at: moment(row.sent_at)?,
            picture: row.picture.as_ref().map(picture).transpose()?,
            event: row.event_kind.as_ref().map(event).transpose()?,
            metrics: row.measured_at.map(metrics).transpose()?,
            post: PostId::new(row.post_id),
        })
    }
}

impl AgedRow {
    fn into_aged(self, slot: Slot) -> Result<Aged, Trouble> {
        let snapshot = self.taken_at.zip(self.age).map(|(taken_at, age)| {
            let (taken_at, age) = (moment(taken_at)?, Duration::microseconds(age));
            Ok::<_, Trouble>(Snapshot { slot, taken_at, age, numbers: self.numbers.try_into()? })
        });
        Ok(Aged { post: PostId::new(self.post_id), sent_at: moment(self.sent_at)?, snapshot: snapshot.transpose()? })
    }
}

impl From<ShownRow> for Shown {
    fn from(row: ShownRow) -> Self {
        Self {
            post: PostId::new(row.id),
            caption: row.caption,
            picture: PictureId::new(row.picture_id),
            permalink: row.permalink,
            event: row.event_id.map(EventId::new).zip(row.event_title),
        }
    }
}

impl TryFrom<SheetColumns> for SheetRow {
    type Error = Trouble;

    fn try_from(row: SheetColumns) -> Result<Self, Trouble> {
        let state = Collection::try_from(row.collection)?.state(is_connected(row.health.as_deref()));
        Ok(Self { published: row.published.try_into()?, shown: row.shown.into(), state })
    }
}
