//! Looks into a database from outside while the product works on it.

use std::time::Duration;

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::BigInt};
use rats_domain::clock::Clock as _;
use rats_runtime::SystemClock;
use rats_tests::postgres;
use time::OffsetDateTime;
use tokio_postgres::Client;

use crate::Outcome;

/// How often it looks: what it says of a moment is late by so much at most.
const LOOK: Duration = Duration::from_millis(25);
/// Without progress for so long it gives up.
const PATIENCE: Duration = Duration::from_mins(2);

/// Without progress for so long it looks for posts that were put off.
const CALM: Duration = Duration::from_secs(1);
/// Posts that Instagram's rate limit has put off, by an hour or so.
const PUT_OFF: &str =
    "SELECT count(*) AS count FROM publication WHERE stage = 'waiting' AND attention LIKE '%\"Moved\"%'";

/// A connection of its own.
pub(crate) enum Watch {
    Postgres(Client),
    Sqlite(SqliteConnection),
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many of all posts were stored at which moments.
pub(crate) struct Curve {
    looks: Vec<(OffsetDateTime, i64)>,
    posts: i64,
}

impl Watch {
    pub(crate) async fn new(url: &str) -> Outcome<Self> {
        match url.strip_prefix("sqlite:") {
            None => Ok(Self::Postgres(postgres::client(url).await?)),
            Some(file) => Ok(Self::Sqlite(SqliteConnection::establish(file)?)),
        }
    }

    /// The single number that a query answers as `count`.
    pub(crate) async fn count(&mut self, query: &str) -> Outcome<i64> {
        match self {
            Self::Postgres(client) => Ok(client.query_one(query, &[]).await?.try_get(0)?),
            Self::Sqlite(conn) => Ok(sql_query(query).get_result::<Count>(conn)?.count),
        }
    }

    /// Waits until a query answers at least so many.
    pub(crate) async fn until(&mut self, query: &str, wanted: i64, patience: Duration) -> Outcome {
        let clock = SystemClock::default();
        let end = clock.monotonic() + patience;
        loop {
            let count = self.count(query).await.unwrap_or(0);
            if count >= wanted {
                return Ok(());
            }
            if clock.monotonic() >= end {
                return Err(format!("after {} s {query} answers {count}, not {wanted}", patience.as_secs()).into());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Follows how many posts are stored as live, until all are, but for those that Instagram's rate limit has put off.
    pub(crate) async fn until_live(&mut self, posts: usize) -> Outcome<Curve> {
        let clock = SystemClock::default();
        let posts = i64::try_from(posts)?;
        let mut curve = Curve { looks: Vec::new(), posts };
        let mut moved = clock.monotonic();
        loop {
            let live = self.count("SELECT count(*) AS count FROM receipt").await?;
            let now = clock.monotonic();
            if curve.looks.last().is_none_or(|(_, before)| *before != live) {
                moved = now;
            }
            curve.looks.push((clock.now(), live));
            let still = now.since(moved);
            if live >= posts || (still > CALM && live + self.count(PUT_OFF).await? >= posts) {
                return Ok(curve);
            }
            if still > PATIENCE {
                return Err(format!("{live} of {posts} posts are live, and nothing moves any more").into());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// How long after their time the requests were sent, in seconds, by the product's own receipts.
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a run")]
    pub(crate) async fn lateness(&mut self) -> Outcome<Vec<f64>> {
        let query = "SELECT sent_at - scheduled_for AS count FROM receipt JOIN post ON post.id = receipt.post_id";
        let late: Vec<i64> = match self {
            Self::Postgres(client) => {
                client.query(query, &[]).await?.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?
            }
            Self::Sqlite(conn) => sql_query(query).load::<Count>(conn)?.into_iter().map(|row| row.count).collect(),
        };
        Ok(late.into_iter().map(|late| late as f64 / 1e6).collect())
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
impl Curve {
    /// How long after `moment` so many per cent of the posts were seen to be stored, in seconds; not a number if they never were.
    pub(crate) fn reached(&self, per_cent: f64, moment: OffsetDateTime) -> f64 {
        let wanted = self.posts as f64 * per_cent / 100.0;
        let reached = self.looks.iter().find(|(_, live)| *live as f64 >= wanted);
        reached.map_or(f64::NAN, |(at, _)| (*at - moment).as_seconds_f64())
    }

    /// How many per cent of the posts are live in the end.
    pub(crate) fn live(&self) -> f64 {
        self.looks.last().map_or(0, |(_, live)| *live) as f64 * 100.0 / self.posts as f64
    }
}
