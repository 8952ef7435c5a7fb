//! When events are looked at, and what is in their way.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _, QueryDsl as _,
    QueryableByName, SelectableHelper as _, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    event::Event,
    id::{EventId, UserId},
    occurrence::{DueEvent, EventAgenda, Problem},
    store::StoreError,
};
use time::{Date, OffsetDateTime};

use crate::{
    Store,
    backend::{Dialect, ids, json, read, statements, transact},
    event,
    fixed::Fixed,
    moment::micros,
    schema::{event as event_table, event_agenda},
    trouble::Trouble,
};

#[derive(QueryableByName)]
pub(crate) struct DueRow {
    #[diesel(sql_type = Text)]
    event_id: String,
    #[diesel(sql_type = Text)]
    user_id: String,
}

/// Whose events are not handed out.
#[derive(serde::Serialize)]
pub(crate) struct Busy {
    user_id: String,
}

#[async_trait]
impl EventAgenda for Store {
    async fn take_due_event(
        &self,
        now: OffsetDateTime,
        until: OffsetDateTime,
        busy: &[UserId],
    ) -> Result<Option<DueEvent>, StoreError> {
        let (now, ends) = (micros(now), micros(until));
        let busy: Vec<Busy> = busy.iter().map(|user| Busy { user_id: user.as_str().to_owned() }).collect();
        let row = transact!(self, |conn| conn.take_due(&busy, now, ends).await)?;
        let due = |row: DueRow| DueEvent { user: UserId::new(row.user_id), event: EventId::new(row.event_id), until };
        Ok(row.map(due))
    }

    async fn take_event(
        &self,
        user: &UserId,
        event: &EventId,
        until: OffsetDateTime,
    ) -> Result<Option<DueEvent>, StoreError> {
        let due = DueEvent { user: user.clone(), event: event.clone(), until };
        let (user, event, until) = (user.as_str().to_owned(), event.as_str().to_owned(), micros(until));
        let taken = transact!(self, |conn| {
            Ok(diesel::update(event_agenda::table)
                .filter(event_agenda::event_id.eq(&event).and(event_agenda::user_id.eq(&user)))
                .set(event_agenda::look_at.eq(until))
                .execute(conn)
                .await?)
        })?;
        Ok((taken == 1).then_some(due))
    }

    async fn looked_at<'a>(
        &self,
        due: &DueEvent,
        next: Option<OffsetDateTime>,
        problem: Option<&'a Problem>,
    ) -> Result<bool, StoreError> {
        let (event, until, next) = (due.event.as_str().to_owned(), micros(due.until), next.map(micros));
        let problem = problem.cloned();
        let stored = transact!(self, |conn| {
            let (code, message) = problem.map(|problem| (problem.code, problem.message)).unzip();
            let stored = diesel::update(event_agenda::table)
                .filter(event_agenda::event_id.eq(&event).and(event_agenda::look_at.eq(until)))
                .set((
                    event_agenda::look_at.eq(next),
                    event_agenda::problem_code.eq(code),
                    event_agenda::problem.eq(message),
                ))
                .execute(conn)
                .await?;
            if stored == 1 && next.is_none() {
                conn.forget_if_gone(&event).await?;
            }
            Ok(stored)
        })?;
        Ok(stored == 1)
    }

    async fn hindered(
        &self,
        user: &UserId,
        first: Date,
        last: Date,
        limit: usize,
    ) -> Result<Vec<(Event, Problem)>, StoreError> {
        let (user, limit) = (user.as_str().to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        let (first, last) = (i64::from(first.to_julian_day()), i64::from(last.to_julian_day()));
        let rows: Vec<(event::Row, Option<String>, Option<String>)> = read!(self, |conn| {
            Ok(event_table::table
                .inner_join(event_agenda::table.on(event_agenda::event_id.eq(event_table::id)))
                .filter(event_table::user_id.eq(&user).and(event_table::julian_day.between(first, last)))
                .filter(event_agenda::problem_code.is_not_null())
                .order((event_table::julian_day, event_table::created_at, event_table::id))
                .limit(limit)
                .select((event::Row::as_select(), event_agenda::problem_code, event_agenda::problem))
                .load(conn)
                .await?)
        })?;
        let mut hindered = Vec::new();
        for (row, code, message) in rows {
            if let Some((code, message)) = code.zip(message) {
                hindered.push((Event::try_from(row)?, Problem { code, message }));
            }
        }
        Ok(hindered)
    }

    async fn problems(&self, user: &UserId) -> Result<Vec<(EventId, Problem)>, StoreError> {
        let user = user.as_str().to_owned();
        let rows: Vec<(String, Option<String>, Option<String>)> = read!(self, |conn| {
            Ok(event_agenda::table
                .filter(event_agenda::user_id.eq(&user).and(event_agenda::problem_code.is_not_null()))
                .order(event_agenda::event_id)
                .select((event_agenda::event_id, event_agenda::problem_code, event_agenda::problem))
                .load(conn)
                .await?)
        })?;
        let problem = |(event, code, message): (String, Option<String>, Option<String>)| {
            Some((EventId::new(event), Problem { code: code?, message: message? }))
        };
        Ok(rows.into_iter().filter_map(problem).collect())
    }
}

statements! {
    /// What is done with the agenda.
    pub(crate) trait Agenda {
        /// Makes an event due at once: behind whatever is due already, so that nobody who changes many keeps others waiting.
        async fn look_at_once(conn, user: &str, event: &str, now: i64) -> Result<(), Trouble> {
            Fixed(sql_query(
                "INSERT INTO event_agenda (event_id, user_id, look_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (event_id) DO UPDATE SET look_at = excluded.look_at",
            )
            .bind::<Text, _>(event.to_owned())
            .bind::<Text, _>(user.to_owned())
            .bind::<BigInt, _>(now))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Makes all events of a user due at once.
        async fn look_at_all_once(conn, user: &str, now: i64) -> Result<(), Trouble> {
            Fixed(sql_query(at_once("user_id = $1", Self::FOR_UPDATE))
                .bind::<Text, _>(user.to_owned())
                .bind::<BigInt, _>(now))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Makes those events of a user due at once in whose way something is.
        async fn look_at_troubled_once(conn, user: &str, now: i64) -> Result<(), Trouble> {
            Fixed(sql_query(at_once("user_id = $1 AND problem_code IS NOT NULL", Self::FOR_UPDATE))
                .bind::<Text, _>(user.to_owned())
                .bind::<BigInt, _>(now))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Makes the events of these posts due at once: those that they are of, and those that became them.
        async fn look_at_posted_once(conn, posts: &[&str], now: i64) -> Result<(), Trouble> {
            let posts_of = Self::records(&[("post_id", "TEXT")]);
            let of_them = format!(
                "event_id IN (SELECT p.event_id FROM {posts_of} JOIN post p ON p.id = v.post_id \
                 UNION SELECT o.event_id FROM {posts_of} JOIN occurrence o ON o.post_id = v.post_id)"
            );
            Fixed(sql_query(at_once(&of_them, Self::FOR_UPDATE)).bind::<Text, _>(ids(posts)?).bind::<BigInt, _>(now))
                .execute(conn)
                .await?;
            Ok(())
        }

        /// Hands out what is due for the longest and puts it off.
        async fn take_due(conn, busy: &[Busy], now: i64, until: i64) -> Result<Option<DueRow>, Trouble> {
            let row: Option<DueRow> = Fixed(sql_query(format!(
                "WITH busy AS (SELECT v.user_id FROM {}) SELECT p.event_id, p.user_id FROM event_agenda p \
                 WHERE p.look_at <= $2 AND p.user_id NOT IN (SELECT user_id FROM busy) ORDER BY p.look_at, p.event_id LIMIT 1{}",
                Self::records(&[("user_id", "TEXT")]),
                Self::SKIP_LOCKED
            ))
            .bind::<Text, _>(json(busy)?)
            .bind::<BigInt, _>(now))
            .get_result(conn)
            .await
            .optional()?;
            if let Some(row) = &row {
                diesel::update(event_agenda::table.find(row.event_id.clone()))
                    .set(event_agenda::look_at.eq(until))
                    .execute(conn)
                    .await?;
            }
            Ok(row)
        }

        /// Forgets an event that is gone.
        async fn forget_if_gone(conn, event: &str) -> Result<(), Trouble> {
            Fixed(sql_query(
                "DELETE FROM event_agenda WHERE event_id = $1 AND NOT EXISTS (SELECT 1 FROM event WHERE event.id = $1)",
            )
            .bind::<Text, _>(event.to_owned()))
            .execute(conn)
            .await?;
            Ok(())
        }
    }
}

/// Makes those rows due at the moment `$2` of which `which` holds: locked in one order by whoever does so, lest two wait for each other.
fn at_once(which: &str, for_update: &str) -> String {
    format!(
        "WITH concerned AS (SELECT event_id FROM event_agenda WHERE {which} ORDER BY event_id{for_update}) \
         UPDATE event_agenda SET look_at = $2 WHERE event_id IN (SELECT event_id FROM concerned)"
    )
}
