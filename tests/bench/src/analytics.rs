//! Every analytics call, one after the other, for a user with ten thousand posts of thirty readings each.

use std::time::Duration;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use jsonwebtoken::{EncodingKey, Header};
use rats_domain::{clock::Clock as _, metrics::Slot};
use rats_runtime::SystemClock;
use rats_tests::{
    Database, Process, port, postgres,
    seed::{post_id, user},
    sentinel,
};
use reqwest::Client;
use serde_json::json;

use crate::{
    Outcome,
    arguments::Arguments,
    bed::Bed,
    report::{Figures, Report, percentile},
    template::{Template, name},
};

/// Posts of the one who asks.
const POSTS: usize = 10_000;
/// Readings of each.
const READINGS: usize = 30;
/// Over how many days the posts are spread, so that a year has all of them.
const DAYS: u64 = 350;
/// How often each is asked for, after a few times that do not count.
const TIMES: usize = 100;
const WARM: usize = 5;

/// What is asked for, by the names under which its time and its calls to the database are shown; `{from}` is a year ago.
const CALLS: [(&str, &str, &str); 6] = [
    ("summary of a year, p95, ms", "summary of a year, calls", "analytics/summary?from={from}&timeZone=Europe/Berlin"),
    (
        "time series of a year by day, p95, ms",
        "time series of a year by day, calls",
        "analytics/timeseries?from={from}&timeZone=Europe/Berlin",
    ),
    (
        "best times of a year, p95, ms",
        "best times of a year, calls",
        "analytics/best-times?from={from}&timeZone=Europe/Berlin",
    ),
    ("ranking of a year, p95, ms", "ranking of a year, calls", "analytics/posts?from={from}&age=1d"),
    ("summary of 28 days, p95, ms", "summary of 28 days, calls", "analytics/summary"),
    ("a post's metrics, p95, ms", "a post's metrics, calls", "posts/{post}/metrics"),
];
/// The calls to the database that answer them; the background makes none of these.
const OPERATIONS: [&str; 7] =
    ["published", "published_at", "shown", "sheet", "account_days", "find_by_user", "history"];
const FIRST_BYTE: &str = "export.csv, first byte, p95, ms";
const WHOLE: &str = "export.csv, all of it, p95, ms";
const PAGES: &str = "export.csv, calls";

const GOAL: &str = "≤ 100";

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let posts = arguments.posts.unwrap_or(POSTS);
    let goals: Vec<_> = CALLS.iter().map(|(name, ..)| (*name, GOAL)).chain([(FIRST_BYTE, GOAL)]).collect();
    let mut report = Report::new(format!("analytics: one user with {posts} posts of {READINGS} readings each"), &goals);
    for database in &arguments.databases {
        let template = Template::new(*database, 1).await?;
        let page = format!("127.0.0.1:{}", port());
        let settings = [
            ("STAND_ALONE", "false".to_owned()),
            ("REQUESTS_PER_MINUTE", "1000000000".to_owned()),
            ("METRICS_ADDRESS", page.clone()),
        ];
        let bed = Bed::new(&template, Duration::ZERO, &settings).await?;
        bed.add_posts(posts, Duration::ZERO, |_| SystemClock::default().now() + Duration::from_hours(1)).await?;
        publish_all(&bed).await?;
        let _api: Process = bed.start_api().await?;
        report.column(name(*database), &[ask_all(&bed, &page, posts).await?]);
        bed.tell_warnings();
    }
    report.note("One request after the other on one connection, from the request until the last byte of the answer.");
    report
        .note("Calls are those to the database for one request; each is one statement, but a post's metrics are two.");
    Ok(report)
}

async fn ask_all(bed: &Bed, page: &str, posts: usize) -> Outcome<Figures> {
    let now = SystemClock::default().now();
    let from = (now - Duration::from_hours(365 * 24)).date().to_string();
    let asking = Asking {
        client: Client::builder().no_proxy().build()?,
        base: format!("http://{}/api/social-media/", bed.api_address()),
        token: token()?,
        page: format!("http://{page}/metrics"),
    };
    let mut figures = Figures::new();
    for (name, calls, path) in CALLS {
        let before = asking.calls().await?;
        let mut spans = Vec::new();
        for time in 0..WARM + TIMES {
            let path = path.replace("{from}", &from).replace("{post}", post_id(time * 7 % posts).as_str());
            spans.push(asking.ask(&path).await?.1);
        }
        figures.push((name, percentile(&mut spans[WARM..], 95.0)));
        figures.push((calls, (asking.calls().await? - before) / f64::from(u32::try_from(spans.len())?)));
    }
    let (mut first_bytes, mut wholes, before) = (Vec::new(), Vec::new(), asking.calls().await?);
    for _ in 0..WARM + TIMES / 5 {
        let (first, whole, lines) = asking.ask("analytics/export.csv").await?;
        if lines != posts + 1 {
            return Err(format!("the sheet has {lines} lines for {posts} posts").into());
        }
        first_bytes.push(first);
        wholes.push(whole);
    }
    figures.push((PAGES, (asking.calls().await? - before) / f64::from(u32::try_from(wholes.len())?)));
    figures.push((FIRST_BYTE, percentile(&mut first_bytes[WARM..], 95.0)));
    figures.push((WHOLE, percentile(&mut wholes[WARM..], 95.0)));
    Ok(figures)
}

/// Who asks, and whom.
struct Asking {
    client: Client,
    base: String,
    token: String,
    /// What Prometheus reads of the API.
    page: String,
}

impl Asking {
    /// How many calls to the database the API has made to answer what is asked here.
    async fn calls(&self) -> Outcome<f64> {
        let page = self.client.get(&self.page).send().await?.error_for_status()?.text().await?;
        let is_ours = |line: &&str| {
            line.starts_with("rats_database_call_duration_seconds_count{")
                && OPERATIONS.iter().any(|operation| line.contains(&format!("operation=\"{operation}\"")))
        };
        let counts = page.lines().filter(is_ours).filter_map(|line| line.rsplit_once(' '));
        Ok(counts.filter_map(|(_, count)| count.parse::<f64>().ok()).sum())
    }

    /// Asks once; answers when the first byte of the body came and the last, in milliseconds, and how many lines it has.
    async fn ask(&self, path: &str) -> Outcome<(f64, f64, usize)> {
        let clock = SystemClock::default();
        let begun = clock.monotonic();
        let since = || clock.monotonic().since(begun).as_secs_f64() * 1e3;
        let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let mut answer = request.send().await?.error_for_status()?;
        let (mut first, mut lines) = (None, 0);
        while let Some(chunk) = answer.chunk().await? {
            first.get_or_insert_with(since);
            lines += chunk.split(|byte| *byte == b'\n').count() - 1;
        }
        Ok((first.unwrap_or_else(since), since(), lines))
    }
}

fn token() -> Outcome<String> {
    let now = SystemClock::default().now().unix_timestamp();
    let claims = json!({"id": user(0).as_str(), "username": "bench", "iat": now, "exp": now + 3_600});
    let key = EncodingKey::from_secret(sentinel::JWT_SECRET.as_bytes());
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}

/// Makes all posts live, one after the other over the last months, with their readings.
async fn publish_all(bed: &Bed) -> Outcome {
    let statements = statements();
    match bed.database {
        Database::Postgres => {
            let client = postgres::client(&bed.url).await?;
            for statement in &statements {
                client.batch_execute(statement).await?;
            }
            client.batch_execute("VACUUM ANALYZE").await?;
        }
        Database::Sqlite => {
            let path = bed.url.trim_start_matches("sqlite:");
            let mut connection = SqliteConnection::establish(path)?;
            for statement in &statements {
                connection.batch_execute(statement)?;
            }
        }
    }
    Ok(())
}

fn statements() -> Vec<String> {
    let now = SystemClock::default().now().unix_timestamp() * 1_000_000;
    let apart = DAYS * 86_400 * 1_000_000 / POSTS as u64;
    let slots: Vec<String> =
        Slot::all().take(READINGS).map(|slot| format!("SELECT {} AS slot", slot.age().whole_microseconds())).collect();
    let slots = slots.join(" UNION ALL ");
    let numbers = "likes, comments, shares, views, reach, saved, total_interactions";
    vec![
        "UPDATE publication SET stage = 'published', due_at = NULL".into(),
        format!(
            "INSERT INTO receipt (post_id, account, container_id, media, permalink, sent_at, confirmed_at, confirmed_by) \
             SELECT post_id, account, 'c' || post_id, 'm' || post_id, 'https://www.instagram.com/p/' || post_id || '/', \
             {now} - n * {apart}, {now} - n * {apart} + 300000, 'answer' \
             FROM (SELECT post_id, account, row_number() OVER (ORDER BY post_id) AS n FROM publication) x"
        ),
        format!(
            "INSERT INTO metrics (post_id, {numbers}, rated_interactions, rated_reach, rated_at, measured_at, user_id, sent_at, picture, event_kind) \
             SELECT r.post_id, x.n % 97, x.n % 11, x.n % 7, 900 + x.n % 1301, 600 + x.n % 801, x.n % 13, x.n % 131, x.n % 131, 600 + x.n % 801, {now}, {now}, u.user_id, r.sent_at, \
             CASE x.n % 3 WHEN 0 THEN 'photo' ELSE 'card' END, CASE x.n % 4 WHEN 0 THEN NULL WHEN 1 THEN 'holiday' ELSE 'birthday' END \
             FROM receipt r JOIN publication u ON u.post_id = r.post_id \
             JOIN (SELECT post_id, row_number() OVER (ORDER BY post_id) AS n FROM publication) x ON x.post_id = r.post_id"
        ),
        format!(
            "INSERT INTO snapshot (post_id, slot, user_id, taken_at, age, {numbers}) \
             SELECT m.post_id, s.slot, m.user_id, m.sent_at + s.slot, s.slot, m.likes, m.comments, m.shares, m.views, m.reach, m.saved, \
             m.total_interactions FROM metrics m CROSS JOIN ({slots}) s"
        ),
    ]
}
