//! Timeline entries.

use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::{id::PostId, timeline::Entry};

use crate::{
    backend::statements,
    fixed::Fixed,
    moment::{micros, moment},
    schema::timeline_entry,
    trouble::Trouble,
};

#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = timeline_entry)]
struct Row {
    id: String,
    post_id: String,
    at: i64,
    step: String,
    attempt: i64,
    message: String,
    code: Option<i64>,
    subcode: Option<i64>,
    trace_id: Option<String>,
}

statements! {
    /// What is done with timelines.
    pub(crate) trait Timelines {
        /// Appends what is not there yet.
        async fn append(conn, post: &PostId, entries: &[Entry]) -> Result<(), Trouble> {
            for entry in entries {
                Fixed(diesel::insert_into(timeline_entry::table)
                    .values(Row::new(post, entry))
                    .on_conflict_do_nothing())
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }

        /// A post's entries, oldest first.
        async fn timeline(conn, post: &str) -> Result<Vec<Entry>, Trouble> {
            let rows: Vec<Row> = timeline_entry::table
                .filter(timeline_entry::post_id.eq(post.to_owned()))
                .order((timeline_entry::at, timeline_entry::seq))
                .select(Row::as_select())
                .load(conn)
                .await?;
            rows.into_iter().map(Entry::try_from).collect()
        }
    }
}

impl Row {
    fn new(post: &PostId, entry: &Entry) -> Self {
        Self {
            id: entry.id.clone(),
            post_id: post.as_str().into(),
            at: micros(entry.at),
            step: entry.step.clone(),
            attempt: entry.attempt.into(),
            message: entry.message.clone(),
            code: entry.code,
            subcode: entry.subcode,
            trace_id: entry.trace_id.clone(),
        }
    }
}

impl TryFrom<Row> for Entry {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        Ok(Self {
            at: moment(row.at)?,
            attempt: u32::try_from(row.attempt)
                .map_err(|error| Trouble::damaged(format!("timeline_entry.attempt of {}", row.id), error))?,
            id: row.id,
            step: row.step,
            message: row.message,
            code: row.code,
            subcode: row.subcode,
            trace_id: row.trace_id,
        })
    }
}
