//! Timeline entries.

use diesel::{sql_query, sql_types::Text};
use diesel_async::RunQueryDsl as _;
use rats_domain::{id::PostId, timeline::Entry};

use crate::{
    backend::{Dialect, json, statements},
    fixed::Fixed,
    moment::{micros, moment},
    trouble::Trouble,
};

#[derive(serde::Deserialize, serde::Serialize)]
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

const COLUMNS: [(&str, &str); 9] = [
    ("id", "TEXT"),
    ("post_id", "TEXT"),
    ("at", "BIGINT"),
    ("step", "TEXT"),
    ("attempt", "BIGINT"),
    ("message", "TEXT"),
    ("code", "BIGINT"),
    ("subcode", "BIGINT"),
    ("trace_id", "TEXT"),
];

statements! {
    /// What is done with timelines.
    pub(crate) trait Timelines {
        /// Appends what is not there yet.
        async fn append(conn, entries: &[(&PostId, &Entry)]) -> Result<(), Trouble> {
            if entries.is_empty() {
                return Ok(());
            }
            let rows: Vec<Row> = entries.iter().map(|(post, entry)| Row::new(post, entry)).collect();
            let names = COLUMNS.map(|(name, _)| name).join(", ");
            Fixed(sql_query(format!(
                "INSERT INTO timeline_entry ({names}) SELECT {names} FROM {} WHERE TRUE ORDER BY v.n ON CONFLICT DO NOTHING",
                Self::records(&COLUMNS)
            ))
            .bind::<Text, _>(json(&rows)?))
            .execute(conn)
            .await?;
            Ok(())
        }
    }
}

/// An expression for the entries of the row of `post`, oldest first, as text: so that a post and its timeline are one query.
pub(crate) fn of_post<C: Dialect>() -> String {
    let members = COLUMNS.map(|(name, _)| format!("'{name}', t.{name}")).join(", ");
    format!(
        "(SELECT CAST({}({}({members}) ORDER BY t.at, t.seq) AS TEXT) FROM timeline_entry t WHERE t.post_id = post.id)",
        C::JSON_ARRAY,
        C::JSON_OBJECT
    )
}

/// Reads [`of_post`] back.
pub(crate) fn parse(told: Option<&str>) -> Result<Vec<Entry>, Trouble> {
    let rows: Vec<Row> =
        serde_json::from_str(told.unwrap_or("[]")).map_err(|error| Trouble::damaged("a timeline", error))?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// One post's entries, to be [appended](Timelines::append).
pub(crate) fn about<'a>(post: &'a PostId, entries: &'a [Entry]) -> Vec<(&'a PostId, &'a Entry)> {
    entries.iter().map(|entry| (post, entry)).collect()
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
