//! What is done with readings.

use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    QueryableByName, SelectableHelper as _, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::metrics::{HANDED_OUT, schedule::LAST_AGE};

use super::{
    Row,
    number::NumberColumns,
    row::{Begin, CollectionColumns, CollectionRow, DueRow, Later, SnapshotRow, whole_micros},
};
use crate::{
    backend::{Dialect, Lite, Pg, json, statements},
    fixed::Fixed,
    receipt,
    schema::{connection, metrics, post, publication, receipt as receipt_table},
    trouble::Trouble,
};

/// By how much one that cannot be read at present is put off, in microseconds: an hour.
const PASSED_OVER: i64 = 60 * 60 * 1_000_000;

/// How many of those are put off at once.
const PASS_OVER: i64 = 500;

/// Over how long those are spread, in microseconds: half an hour.
const PASSED_OVER_SPREAD: i64 = 30 * 60 * 1_000_000;

#[derive(QueryableByName)]
struct PassedOver {
    #[diesel(sql_type = Text)]
    post_id: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    sent_at: Option<i64>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

/// Where the two differ in how a member of stored JSON is read.
trait EventDetails {
    /// What an event says of itself, with members.
    const DETAILS: &'static str;
}

impl EventDetails for Lite {
    const DETAILS: &'static str = "e.details";
}

impl EventDetails for Pg {
    const DETAILS: &'static str = "e.details::json";
}

/// What is kept of a post's numbers, besides its snapshots, and the health of its connection.
type Kept = (Option<receipt::Row>, Option<Row>, Option<CollectionColumns>, Option<String>);

statements! {
    /// What is done with readings.
    pub(crate) trait Readings {
        /// Lets posts' readings begin at a time each, unless they have begun.
        async fn begin_readings(conn, begin: &[Begin]) -> Result<(), Trouble> {
            Fixed(sql_query(format!(
                "INSERT INTO metrics (post_id, next_at, user_id, sent_at, picture, event_kind) \
                 SELECT v.post_id, v.next_at, o.user_id, r.sent_at, x.source, lower({} ->> 'kind') \
                 FROM {} JOIN post o ON o.id = v.post_id JOIN receipt r ON r.post_id = v.post_id \
                 LEFT JOIN picture x ON x.id = o.picture_id LEFT JOIN event e ON e.id = o.event_id \
                 WHERE TRUE ON CONFLICT DO NOTHING",
                Self::DETAILS,
                Self::records(&[("post_id", "TEXT"), ("next_at", "BIGINT")])
            ))
            .bind::<Text, _>(json(begin)?))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Hands out what is due and puts it off.
        async fn take_readings(conn, now: i64, limit: i64) -> Result<Vec<DueRow>, Trouble> {
            let rows: Vec<DueRow> = Fixed(sql_query(format!(
                "SELECT r.*, u.user_id, u.connection_id, p.next_at, p.failures, p.missing_since, p.gone_at \
                 FROM metrics p JOIN receipt r ON r.post_id = p.post_id JOIN publication u ON u.post_id = p.post_id \
                 JOIN connection c ON c.id = u.connection_id \
                 WHERE c.health = 'working' AND p.next_at <= $1 ORDER BY p.next_at, p.post_id LIMIT $2{}",
                Self::SKIP_LOCKED
            ))
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(limit))
            .load(conn)
            .await?;
            let later: Vec<Later> = rows.iter().map(|row| Later::of(&row.receipt.post_id, Some(now + whole_micros(HANDED_OUT)))).collect();
            conn.put_off(&later).await?;
            Ok(rows)
        }

        /// Puts off what is due of connections that do not work, so that it need not be passed over each time.
        async fn pass_over(conn, now: i64) -> Result<(), Trouble> {
            let rows: Vec<PassedOver> = Fixed(sql_query(format!(
                "SELECT p.post_id, p.sent_at FROM metrics p JOIN publication u ON u.post_id = p.post_id \
                 JOIN connection c ON c.id = u.connection_id \
                 WHERE c.health <> 'working' AND p.next_at <= $1 ORDER BY p.next_at, p.post_id LIMIT $2{}",
                Self::SKIP_LOCKED
            ))
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(PASS_OVER))
            .load(conn)
            .await?;
            // What falls due at one time comes back one after the other.
            let apart = PASSED_OVER_SPREAD / PASS_OVER;
            let times = (0..).map(|n| now + PASSED_OVER + n * apart);
            let is_too_old = |sent_at: i64| now - sent_at > whole_micros(LAST_AGE);
            let later: Vec<Later> = rows
                .iter()
                .zip(times)
                .map(|(row, at)| Later::of(&row.post_id, Some(at).filter(|_| !row.sent_at.is_some_and(is_too_old))))
                .collect();
            conn.put_off(&later).await
        }

        /// Puts readings off to a time each.
        async fn put_off(conn, later: &[Later]) -> Result<(), Trouble> {
            if later.is_empty() {
                return Ok(());
            }
            Fixed(sql_query(format!(
                "UPDATE metrics SET next_at = v.next_at FROM {} WHERE metrics.post_id = v.post_id AND metrics.next_at IS NOT NULL",
                Self::records(&[("post_id", "TEXT"), ("next_at", "BIGINT")])
            ))
            .bind::<Text, _>(json(later)?))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Writes where a post's collection stands.
        async fn put_collection(conn, row: &CollectionRow) -> Result<(), Trouble> {
            Fixed(sql_query(format!(
                "UPDATE metrics SET next_at = v.next_at, failures = v.failures, missing_since = v.missing_since, gone_at = v.gone_at \
                 FROM {} WHERE metrics.post_id = v.post_id",
                Self::records(&[
                    ("post_id", "TEXT"), ("next_at", "BIGINT"), ("failures", "BIGINT"), ("missing_since", "BIGINT"), ("gone_at", "BIGINT"),
                ])
            ))
            .bind::<Text, _>(json(&[row])?))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Keeps a snapshot, unless there is one of its slot; and the numbers that it tells as the last ones, unless later ones are known.
        async fn put_snapshot(conn, row: &SnapshotRow) -> Result<(), Trouble> {
            let names = NumberColumns::NAMES;
            let mut columns = vec![("post_id", "TEXT"), ("slot", "BIGINT"), ("taken_at", "BIGINT"), ("age", "BIGINT")];
            columns.extend(names.map(|name| (name, "BIGINT")));
            let (records, snapshot) = (Self::records(&columns), json(&[row])?);
            let kept = Fixed(sql_query(format!(
                "INSERT INTO snapshot (post_id, slot, taken_at, age, user_id, {}) \
                 SELECT v.post_id, v.slot, v.taken_at, v.age, m.user_id, {} \
                 FROM {records} JOIN metrics m ON m.post_id = v.post_id WHERE m.user_id IS NOT NULL ON CONFLICT DO NOTHING",
                names.join(", "),
                names.map(|name| format!("v.{name}")).join(", ")
            ))
            .bind::<Text, _>(snapshot.clone()))
            .execute(conn)
            .await?;
            if kept == 0 {
                return Ok(());
            }
            let told = names.map(|name| format!("{name} = COALESCE(v.{name}, metrics.{name})"));
            // Both of one reading, or neither: a rate is not made of two.
            let rated = [("rated_interactions", "total_interactions"), ("rated_reach", "reach"), ("rated_at", "taken_at")].map(|(column, name)| {
                format!("{column} = CASE WHEN v.total_interactions IS NULL OR v.reach IS NULL THEN metrics.{column} ELSE v.{name} END")
            });
            // What is not told any more stays as old as it is.
            let stays = names.map(|name| format!("v.{name} IS NULL AND metrics.{name} IS NOT NULL"));
            let last_told = names.map(|name| format!("SELECT MAX(s.taken_at) AS at FROM snapshot s WHERE s.post_id = metrics.post_id AND s.{name} IS NOT NULL"));
            let oldest = format!(
                "oldest_at = CASE WHEN {} THEN (SELECT MIN(told.at) FROM ({}) told) END",
                stays.join(" OR "),
                last_told.join(" UNION ALL ")
            );
            Fixed(sql_query(format!(
                "UPDATE metrics SET measured_at = v.taken_at, {oldest}, {}, {} FROM {records} \
                 WHERE metrics.post_id = v.post_id AND (metrics.measured_at IS NULL OR metrics.measured_at <= v.taken_at)",
                told.join(", "),
                rated.join(", ")
            ))
            .bind::<Text, _>(snapshot))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Whether another post of the account was read at or after `since`.
        async fn is_other_read(conn, account: &str, post: &str, since: i64) -> Result<bool, Trouble> {
            let row: Found = Fixed(sql_query(
                "SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM receipt r JOIN metrics m ON m.post_id = r.post_id \
                 WHERE r.account = $1 AND r.post_id <> $2 AND m.measured_at >= $3) THEN 1 ELSE 0 END AS BIGINT) AS found",
            )
            .bind::<Text, _>(account.to_owned())
            .bind::<Text, _>(post.to_owned())
            .bind::<BigInt, _>(since))
            .get_result(conn)
            .await?;
            Ok(row.found == 1)
        }

        /// What is kept of the numbers of the user's post.
        async fn numbers_of(conn, user: &str, id: &str) -> Result<Option<Kept>, Trouble> {
            Ok(post::table
                .left_join(receipt_table::table)
                .left_join(metrics::table)
                .left_join(publication::table)
                .left_join(connection::table.on(connection::id.nullable().eq(publication::connection_id)))
                .filter(post::id.eq(id.to_owned()))
                .filter(post::user_id.eq(user.to_owned()))
                .select((
                    Option::<receipt::Row>::as_select(),
                    Option::<Row>::as_select(),
                    Option::<CollectionColumns>::as_select(),
                    connection::health.nullable(),
                ))
                .first(conn)
                .await
                .optional()?)
        }

        /// Every snapshot of a post, the oldest first.
        async fn snapshots(conn, post: &str) -> Result<Vec<SnapshotRow>, Trouble> {
            Ok(Fixed(sql_query("SELECT * FROM snapshot WHERE post_id = $1 ORDER BY slot").bind::<Text, _>(post.to_owned()))
                .load(conn)
                .await?)
        }
    }
}
