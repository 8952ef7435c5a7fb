//! Claims of a hundred due posts, however many are stored.

use std::time::Duration;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use rats_domain::{clock::Clock as _, publication::PublicationQueue as _};
use rats_runtime::SystemClock;
use rats_tests::{Database, postgres};

use crate::{
    Outcome,
    arguments::Arguments,
    report::{Figures, Report, find, percentile, tell},
    template::{self, file_in, open},
};

/// Posts of a claim.
const LIMIT: usize = 100;
/// How often is claimed.
const CLAIMS: usize = 50;
/// One of so many stored posts is still to come; the others are published.
const OPEN: usize = 20;
/// Accounts that the posts belong to.
const ACCOUNTS: usize = 100_000;

const MEDIAN: &str = "claim of 100, p50, ms";
const RATIO: &str = "p50 in that of 10⁴";

/// What differs between the two: the series, a number in hexadecimal, booleans.
struct Sql {
    series: &'static str,
    hexadecimal: &'static str,
}

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let most = if arguments.full { 10_000_000 } else { 1_000_000 };
    let mut report = Report::new("claim: 100 due posts claimed, with so many posts stored", &[(RATIO, "≤ 1.2")]);
    for database in arguments.databases.iter().copied() {
        let mut first = None;
        for stored in [10_000, 100_000, 1_000_000, 10_000_000].into_iter().filter(|stored| *stored <= most) {
            tell(&format!("{}: {stored} posts", template::name(database)));
            let mut figures = run(database, stored).await?;
            let median = find(&figures, MEDIAN).unwrap_or(f64::NAN);
            figures.push((RATIO, median / *first.get_or_insert(median)));
            report.column(format!("{}, {stored}", template::name(database)), &[figures]);
        }
    }
    report.note("One stored post of twenty is still to come, the others are published; what was claimed is published before the next claim.");
    Ok(report)
}

async fn run(database: Database, stored: usize) -> Outcome<Figures> {
    let dir = tempfile::tempdir()?;
    let url = match database {
        Database::Postgres => postgres::database().await?,
        Database::Sqlite => file_in(&dir),
    };
    let store = open(&url).await?;
    execute(&url, &fill(database, stored)).await?;
    let clock = SystemClock::default();
    let mut spans = Vec::new();
    for _ in 0..CLAIMS {
        let before = clock.monotonic();
        let claims = store.claim_due(Duration::from_mins(1), LIMIT).await?;
        spans.push(clock.monotonic().since(before).as_secs_f64() * 1e3);
        if claims.claims.len() != LIMIT {
            return Err(format!("{} posts were claimed, not {LIMIT}", claims.claims.len()).into());
        }
        let publish = "UPDATE publication SET stage = 'published', due_at = NULL, lease_until = NULL WHERE lease_until IS NOT NULL";
        execute(&url, publish).await?;
    }
    Ok(vec![(MEDIAN, percentile(&mut spans, 50.0)), ("claim of 100, p99, ms", percentile(&mut spans, 99.0))])
}

/// Stores the posts: published ones, ones of next year, and due ones enough for all claims.
fn fill(database: Database, stored: usize) -> String {
    let due = LIMIT * CLAIMS;
    let now = SystemClock::default().now().unix_timestamp_nanos() / 1_000;
    let sql = match database {
        Database::Postgres => {
            Sql { series: "generate_series(1, LAST) AS n(i)", hexadecimal: "lpad(to_hex(i), 12, '0')" }
        }
        Database::Sqlite => Sql {
            series: "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < LAST) SELECT i FROM n)",
            hexadecimal: "printf('%012x', i)",
        },
    };
    let (series, id) = (sql.series.replace("LAST", &stored.to_string()), sql.hexadecimal);
    let due_at = format!(
        "CASE WHEN i > {stored} - {due} THEN {now} - 1000000 + i WHEN i % {OPEN} = 0 THEN {now} + 30000000000000 + i END"
    );
    let insert = format!(
        "INSERT INTO publication (post_id, user_id, connection_id, account, stage, epoch, due_at, publish_at, useless_after, \
         container_id, container_created_at, container_ready, attempt, caption_hash) \
         SELECT '0193f000-0002-7000-8000-' || {id}, '0193f000-0000-7000-8000-' || {id}, '0193f000-0001-7000-8000-' || {id}, \
         '1784140' || (i % {ACCOUNTS}), CASE WHEN due IS NULL THEN 'published' ELSE 'waiting' END, 1, due, {now}, {now} + 60000000000000, \
         CASE WHEN due IS NULL THEN '179' || {id} END, CASE WHEN due IS NULL THEN {now} END, due IS NULL, 0, i \
         FROM (SELECT i, {due_at} AS due FROM {series}) AS wanted"
    );
    let settle = match database {
        Database::Postgres => "VACUUM ANALYZE publication",
        Database::Sqlite => "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)",
    };
    format!("{insert};\n{settle}")
}

async fn execute(url: &str, statements: &str) -> Outcome {
    if let Some(file) = url.strip_prefix("sqlite:") {
        return Ok(SqliteConnection::establish(file)?.batch_execute(statements)?);
    }
    let client = postgres::client(url).await?;
    for statement in statements.split(";\n") {
        client.batch_execute(statement).await?;
    }
    Ok(())
}
