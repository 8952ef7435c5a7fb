//! Events.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName,
    SelectableHelper as _, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    event::{Event, EventFilter, EventOrder, EventRepository},
    id::{EventId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    part::{Part, Span},
    store::StoreError,
};
use time::{Date, OffsetDateTime};

use crate::{
    Store,
    agenda::Agenda as _,
    backend::{read, statements, transact},
    fixed::Fixed,
    idempotency::{KeyRow, Known, remember},
    moment::{micros, moment, moment_if},
    schema::{event, post},
    trouble::Trouble,
};

#[derive(
    Clone, diesel::Queryable, diesel::QueryableByName, diesel::Selectable, diesel::Insertable, diesel::AsChangeset,
)]
#[diesel(table_name = event, treat_none_as_null = true)]
pub(crate) struct Row {
    id: String,
    user_id: String,
    title: String,
    julian_day: i64,
    details: String,
    message: Option<String>,
    plan: Option<String>,
    last_message_sent: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// An event on its day, and how many that day has.
#[derive(QueryableByName)]
struct DayRow {
    #[diesel(embed)]
    event: Row,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

#[async_trait]
impl EventRepository for Store {
    async fn add<'a>(&self, event: &Event, key: Option<&'a IdempotencyKey>) -> Result<Added<Event>, AddError> {
        let row = Row::try_from(event).map_err(StoreError::from)?;
        let (clock, event, key, at_once) = (self.clock(), event.clone(), key.cloned(), self.now());
        let added = transact!(self, |conn| {
            let now = clock.now(conn).await?;
            let key = KeyRow::maybe(&event.user, key.as_ref(), event.id.as_str(), &event, now)?;
            let known = remember(conn, key).await?;
            if matches!(known, Known::No) {
                diesel::insert_into(event::table).values(&row).execute(conn).await?;
                conn.look_at_once(&row.user_id, &row.id, at_once).await?;
            }
            Ok(known.or_new(event))
        });
        added.map_err(StoreError::from)?
    }

    async fn find(&self, user: &UserId, id: &EventId) -> Result<Option<Event>, StoreError> {
        let (user, id) = (user.as_str().to_owned(), id.as_str().to_owned());
        let row: Option<Row> = read!(self, |conn| {
            Ok(event::table
                .filter(event::id.eq(&id).and(event::user_id.eq(&user)))
                .select(Row::as_select())
                .first(conn)
                .await
                .optional()?)
        })?;
        Ok(row.map(Event::try_from).transpose()?)
    }

    async fn list(&self, user: &UserId, filter: EventFilter) -> Result<Vec<Event>, StoreError> {
        let user = user.as_str().to_owned();
        let (first, last) = days(filter);
        let rows: Vec<Row> = read!(self, |conn| {
            Ok(event::table
                .filter(event::user_id.eq(&user).and(event::julian_day.between(first, last)))
                .order((event::julian_day, event::created_at, event::id))
                .select(Row::as_select())
                .load(conn)
                .await?)
        })?;
        Ok(rows.into_iter().map(Event::try_from).collect::<Result<_, _>>()?)
    }

    async fn part(
        &self,
        user: &UserId,
        filter: EventFilter,
        order: EventOrder,
        span: Span,
    ) -> Result<Part<Event>, StoreError> {
        let user = user.as_str().to_owned();
        let (first, last) = days(filter);
        let (skip, limit) =
            (i64::try_from(span.skip).unwrap_or(i64::MAX), i64::try_from(span.limit).unwrap_or(i64::MAX));
        let (total, rows): (i64, Vec<Row>) = read!(self, |conn| {
            let of_user = event::table.filter(event::user_id.eq(&user).and(event::julian_day.between(first, last)));
            let total = of_user.count().get_result(conn).await?;
            let rows = of_user.select(Row::as_select()).limit(limit).offset(skip);
            let rows = match order {
                EventOrder::Soonest => rows.order((event::julian_day, event::created_at, event::id)).load(conn).await?,
                EventOrder::Latest => {
                    let order = (event::julian_day.desc(), event::created_at.desc(), event::id.desc());
                    rows.order(order).load(conn).await?
                }
            };
            Ok((total, rows))
        })?;
        let items = rows.into_iter().map(Event::try_from).collect::<Result<_, _>>()?;
        Ok(Part { items, total: total.try_into().unwrap_or(0) })
    }

    async fn by_day(
        &self,
        user: &UserId,
        first: Date,
        last: Date,
        most: usize,
    ) -> Result<Vec<(Date, Part<Event>)>, StoreError> {
        let user = user.as_str().to_owned();
        let (first, last) = days(EventFilter::Between(first, last));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = read!(self, |conn| conn.events_by_day(&user, first, last, most).await)?;
        let mut found: Vec<(Date, Part<Event>)> = Vec::new();
        for DayRow { event, total } in rows {
            let event = Event::try_from(event)?;
            let day = event.details.date;
            if found.last().is_none_or(|(before, _)| *before != day) {
                found.push((day, Part { items: Vec::new(), total: total.try_into().unwrap_or(0) }));
            }
            if let Some((_, part)) = found.last_mut() {
                part.items.push(event);
            }
        }
        Ok(found)
    }

    async fn replace(&self, event: &Event, expected: OffsetDateTime) -> Result<bool, StoreError> {
        let (row, expected) = (Row::try_from(event)?, micros(expected));
        let at_once = self.now();
        let replaced = transact!(self, |conn| {
            let replaced = diesel::update(event::table)
                .filter(
                    event::id
                        .eq(row.id.clone())
                        .and(event::user_id.eq(row.user_id.clone()))
                        .and(event::updated_at.eq(expected)),
                )
                .set(&row)
                .execute(conn)
                .await?;
            if replaced == 1 {
                conn.look_at_once(&row.user_id, &row.id, at_once).await?;
            }
            Ok(replaced)
        })?;
        Ok(replaced == 1)
    }

    async fn delete(&self, user: &UserId, id: &EventId) -> Result<bool, StoreError> {
        let (user, id, at_once) = (user.as_str().to_owned(), id.as_str().to_owned(), self.now());
        let deleted = transact!(self, |conn| {
            let deleted = diesel::delete(event::table)
                .filter(event::id.eq(&id).and(event::user_id.eq(&user)))
                .execute(conn)
                .await?;
            if deleted == 1 {
                diesel::update(post::table)
                    .filter(post::event_id.eq(&id).and(post::user_id.eq(&user)))
                    .set(post::event_id.eq(None::<String>))
                    .execute(conn)
                    .await?;
                conn.look_at_once(&user, &id, at_once).await?;
            }
            Ok(deleted)
        })?;
        Ok(deleted == 1)
    }
}

/// The first day and the last.
fn days(filter: EventFilter) -> (i64, i64) {
    match filter {
        EventFilter::All => (i64::MIN, i64::MAX),
        EventFilter::Between(first, last) => (first.to_julian_day().into(), last.to_julian_day().into()),
    }
}

statements! {
    /// What is listed of events.
    trait Lists {
        /// The first events of each day.
        async fn events_by_day(conn, user: &str, first: i64, last: i64, most: i64) -> Result<Vec<DayRow>, Trouble> {
            Ok(Fixed(sql_query(
                "SELECT w.* FROM (SELECT e.*, count(*) OVER (PARTITION BY e.julian_day) AS total, \
                 row_number() OVER (PARTITION BY e.julian_day ORDER BY e.created_at, e.id) AS place FROM event e \
                 WHERE e.user_id = $1 AND e.julian_day BETWEEN $2 AND $3) w WHERE w.place <= $4 ORDER BY w.julian_day, w.place",
            )
            .bind::<Text, _>(user.to_owned())
            .bind::<BigInt, _>(first)
            .bind::<BigInt, _>(last)
            .bind::<BigInt, _>(most))
            .load(conn)
            .await?)
        }
    }
}

impl TryFrom<&Event> for Row {
    type Error = Trouble;

    fn try_from(event: &Event) -> Result<Self, Trouble> {
        Ok(Self {
            id: event.id.as_str().into(),
            user_id: event.user.as_str().into(),
            title: event.details.title.clone(),
            julian_day: event.details.date.to_julian_day().into(),
            details: serde_json::to_string(&event.details)
                .map_err(|error| Trouble::damaged("an event's details", error))?,
            message: event.message.clone(),
            plan: event.plan.clone(),
            last_message_sent: event.last_message_sent.map(micros),
            created_at: micros(event.created_at),
            updated_at: micros(event.updated_at),
        })
    }
}

impl TryFrom<Row> for Event {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        Ok(Self {
            details: serde_json::from_str(&row.details)
                .map_err(|error| Trouble::damaged(format!("event.details of {}", row.id), error))?,
            id: EventId::new(row.id),
            user: UserId::new(row.user_id),
            message: row.message,
            plan: row.plan,
            last_message_sent: moment_if(row.last_message_sent)?,
            created_at: moment(row.created_at)?,
            updated_at: moment(row.updated_at)?,
        })
    }
}
