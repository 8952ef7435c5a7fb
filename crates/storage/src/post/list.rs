//! Parts of lists of posts: first which posts, then all that is known of those.
//!
//! `post_user` leads to a user's posts, and `metrics_user` to those that went out in a span; everything else is looked up by id.

use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::post::PostList;
use serde::Serialize;

use crate::{
    backend::{Dialect, json, statements},
    fixed::Fixed,
    moment::micros,
    trouble::Trouble,
};

/// A post of a list, and how many the list has.
#[derive(QueryableByName)]
pub(super) struct ListedRow {
    #[diesel(sql_type = Text)]
    pub(super) post_id: String,
    #[diesel(sql_type = BigInt)]
    pub(super) total: i64,
}

/// A post on its day, and how many that day has.
#[derive(QueryableByName)]
pub(super) struct DayRow {
    #[diesel(sql_type = BigInt)]
    pub(super) since: i64,
    #[diesel(embed)]
    pub(super) listed: ListedRow,
}

/// A day to look for.
#[derive(Serialize)]
struct Day {
    since: i64,
    until: i64,
}

/// Stages in which something may still happen, [`Stage::is_open`](rats_domain::publication::Stage::is_open).
const OPEN: &str =
    "p.stage IN ('waiting', 'staging', 'staged', 'publish_requested', 'reconciling', 'held', 'needs_review')";

/// There is something to know: [`PostRecord::attention`](rats_domain::post::PostRecord::attention).
const TOLD: &str = "(p.attention IS NOT NULL OR (p.stage = 'staged' AND EXISTS \
                    (SELECT 1 FROM publication h WHERE h.lane = p.account AND h.post_id <> p.post_id)))";

/// When it went out, else when it was or is to.
const MOMENT: &str = "COALESCE(r.sent_at, p.publish_at)";

/// When a post that failed did so last.
const FAILED_AT: &str = "(SELECT MAX(t.at) FROM timeline_entry t WHERE t.post_id = o.id AND t.step = 'failed')";

/// What a list is made of. All take `$2`, `$3` and `$4`, so that one statement serves each.
struct Sql {
    condition: String,
    order: String,
    from: i64,
    until: i64,
    connection: String,
}

impl Sql {
    fn of(list: &PostList) -> Self {
        let soonest = "p.publish_at, o.id".to_owned();
        let all = |condition: String, order: String| Self {
            condition,
            order,
            from: i64::MIN,
            until: i64::MAX,
            connection: String::new(),
        };
        let planned = "COALESCE(p.publish_at, 0) >= $2";
        match list {
            PostList::OnTheirWay => all(format!("{OPEN} AND NOT {TOLD} AND {planned}"), soonest),
            PostList::Troubled { failed_since } => {
                let condition = format!("(({OPEN} AND {TOLD}) OR (p.stage = 'failed' AND {FAILED_AT} >= $2))");
                let order = format!(
                    "CASE p.stage WHEN 'needs_review' THEN 0 WHEN 'failed' THEN 2 ELSE 1 END, \
                     CASE p.stage WHEN 'failed' THEN -{FAILED_AT} ELSE p.publish_at END, o.id"
                );
                Self { from: micros(*failed_since), ..all(condition, order) }
            }
            PostList::Awaiting { connection, from } => Self {
                from: from.map_or(i64::MIN, micros),
                connection: connection.as_str().into(),
                ..all(format!("{OPEN} AND {planned}"), soonest)
            },
            PostList::Drafts => all(format!("p.stage IN ('draft', 'cancelled') AND {planned}"), "o.id DESC".into()),
            PostList::Between { from, until } => Self {
                from: micros(*from),
                until: micros(*until),
                ..all(format!("{MOMENT} >= $2"), format!("{MOMENT}, o.id"))
            },
        }
    }
}

statements! {
    /// What is listed.
    pub(super) trait Lists {
        /// The posts of a part of a list, in its order.
        async fn listed(conn, user: &str, list: &PostList, skip: i64, limit: i64) -> Result<Vec<ListedRow>, Trouble> {
            let Sql { condition, order, from, until, connection } = Sql::of(list);
            Ok(Fixed(sql_query(format!(
                "SELECT o.id AS post_id, count(*) OVER () AS total FROM post o JOIN publication p ON p.post_id = o.id \
                 LEFT JOIN receipt r ON r.post_id = o.id WHERE o.user_id = $1 AND {condition} \
                 AND COALESCE({MOMENT}, 0) < $3 AND ($4 = '' OR p.connection_id = $4) ORDER BY {order} LIMIT $5 OFFSET $6"
            ))
            .bind::<Text, _>(user.to_owned())
            .bind::<BigInt, _>(from)
            .bind::<BigInt, _>(until)
            .bind::<Text, _>(connection)
            .bind::<BigInt, _>(limit)
            .bind::<BigInt, _>(skip))
            .load(conn)
            .await?)
        }

        /// The first posts of each day; `days` are the beginnings, and the end of the last.
        async fn on_days(conn, user: &str, days: &[i64], most: i64) -> Result<Vec<DayRow>, Trouble> {
            let (Some(from), Some(until)) = (days.first(), days.last()) else { return Ok(vec![]) };
            let each: Vec<Day> = days.windows(2).map(|pair| Day { since: pair[0], until: pair[1] }).collect();
            Ok(Fixed(sql_query(format!(
                "SELECT w.since, w.post_id, w.total FROM (SELECT v.since, q.post_id, count(*) OVER (PARTITION BY v.since) AS total, \
                 row_number() OVER (PARTITION BY v.since ORDER BY q.moment, q.post_id) AS place FROM {} JOIN (\
                 SELECT m.post_id, m.sent_at AS moment FROM metrics m WHERE m.user_id = $2 AND m.sent_at >= $3 AND m.sent_at < $4 \
                 UNION ALL SELECT p.post_id, p.publish_at FROM post o JOIN publication p ON p.post_id = o.id \
                 WHERE o.user_id = $2 AND p.publish_at >= $3 AND p.publish_at < $4 \
                 AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.post_id = o.id)\
                 ) q ON q.moment >= v.since AND q.moment < v.until) w WHERE w.place <= $5 ORDER BY w.since, w.place",
                Self::records(&[("since", "BIGINT"), ("until", "BIGINT")])
            ))
            .bind::<Text, _>(json(&each)?)
            .bind::<Text, _>(user.to_owned())
            .bind::<BigInt, _>(*from)
            .bind::<BigInt, _>(*until)
            .bind::<BigInt, _>(most))
            .load(conn)
            .await?)
        }
    }
}

#[cfg(test)]
mod tests {
    use rats_domain::publication::Stage;

    use super::*;

    #[test]
    fn what_is_open_is_named_whole() {
        for stage in Stage::ALL {
            assert_eq!(OPEN.contains(&format!("'{}'", stage.as_str())), stage.is_open(), "{stage:?}");
        }
    }
}
