//! Claims of a hundred due posts, however many are stored.

use std::time::Duration;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use rats_domain::{clock::Clock as _, publication::PublicationQueue as _};
use rats_runtime::SystemClock;
use rats_tests::{Database, postgres, seed};

use crate::{
    Outcome,
    arguments::Arguments,
    report::{Figures, Report, find, percentile, tell},
    template::{self, Template},
};

/// Posts of a claim.
const LIMIT: usize = 100;
/// How often is claimed.
const CLAIMS: usize = 50;
/// What stores them.
const SQL: &str = include_str!("claim.sql");
/// Publishes what was claimed.
const PUBLISH: &str =
    "UPDATE publication SET stage = 'published', due_at = NULL, lease_until = NULL WHERE lease_until IS NOT NULL";

const MEDIAN: &str = "claim of 100, p50, ms";
const RATIO: &str = "p50 in that of 10⁴";

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let most = if arguments.full { 10_000_000 } else { 1_000_000 };
    let mut report = Report::new("claim: 100 due posts claimed, with so many posts stored", &[(RATIO, "≤ 1.2")]);
    for database in arguments.databases.iter().copied() {
        let template = Template::new(database, LIMIT * CLAIMS).await?;
        let mut first = None;
        for stored in [10_000, 100_000, 1_000_000, 10_000_000].into_iter().filter(|stored| *stored <= most) {
            tell(&format!("{}: {stored} posts", template::name(database)));
            let mut figures = run(&template, stored).await?;
            let median = find(&figures, MEDIAN).unwrap_or(f64::NAN);
            figures.push((RATIO, median / *first.get_or_insert(median)));
            report.column(format!("{}, {stored}", template::name(database)), &[figures]);
        }
    }
    report.note("One stored post of twenty is still to come, the others are published; what was claimed is published before the next claim.");
    Ok(report)
}

async fn run(template: &Template, stored: usize) -> Outcome<Figures> {
    let dir = tempfile::tempdir()?;
    let url = template.copy(&dir).await?;
    fill(&url, template.database, stored).await?;
    let store = seed::open(&url).await;
    let clock = SystemClock::default();
    let mut spans = Vec::new();
    for _ in 0..CLAIMS {
        let before = clock.monotonic();
        let claims = store.claim_due(Duration::from_mins(1), LIMIT).await?;
        spans.push(clock.monotonic().since(before).as_secs_f64() * 1e3);
        if claims.claims.len() != LIMIT {
            return Err(format!("{} posts were claimed, not {LIMIT}", claims.claims.len()).into());
        }
        execute(&url, PUBLISH).await?;
    }
    Ok(vec![(MEDIAN, percentile(&mut spans, 50.0)), ("claim of 100, p99, ms", percentile(&mut spans, 99.0))])
}

/// Stores the posts: published ones and ones of next year; and besides, for each linked account, one that is due.
async fn fill(url: &str, database: Database, stored: usize) -> Outcome {
    let (series, hexadecimal, settle) = match database {
        Database::Postgres => {
            ("generate_series(1::BIGINT, STORED) AS n(i)", "lpad(to_hex(i), 12, '0')", "VACUUM ANALYZE")
        }
        Database::Sqlite => (
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < STORED) SELECT i FROM n)",
            "printf('%012x', i)",
            "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)",
        ),
    };
    let now = SystemClock::default().now().unix_timestamp_nanos() / 1_000;
    let values = [("SERIES", series), ("HEX", hexadecimal), ("STORED", &stored.to_string()), ("NOW", &now.to_string())];
    let sql = values.iter().fold(SQL.to_owned(), |sql, (name, value)| sql.replace(name, value));
    execute(url, &sql).await?;
    execute(url, settle).await
}

async fn execute(url: &str, statements: &str) -> Outcome {
    match url.strip_prefix("sqlite:") {
        Some(file) => SqliteConnection::establish(file)?.batch_execute(statements)?,
        None => postgres::client(url).await?.batch_execute(statements).await?,
    }
    Ok(())
}
