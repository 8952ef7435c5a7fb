//! Every analytics call, one after the other, for a user with ten thousand posts of thirty readings each.

use std::time::Duration;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use jsonwebtoken::{EncodingKey, Header};
use rats_domain::{clock::Clock as _, metrics::Slot};
use rats_runtime::SystemClock;
use rats_tests::{
    Database, Process, postgres,
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

/// What is asked for, by the name under which it is shown; `{from}` is a year ago.
const CALLS: [(&str, &str); 6] = [
    ("summary of a year, p95, ms", "analytics/summary?from={from}&timeZone=Europe/Berlin"),
    ("time series of a year by day, p95, ms", "analytics/timeseries?from={from}&timeZone=Europe/Berlin"),
    ("best times of a year, p95, ms", "analytics/best-times?from={from}&timeZone=Europe/Berlin"),
    ("ranking of a year, p95, ms", "analytics/posts?from={from}&age=1d"),
    ("summary of 28 days, p95, ms", "analytics/summary"),
    ("a post's metrics, p95, ms", "posts/{post}/metrics"),
];
const FIRST_BYTE: &str = "export.csv, first byte, p95, ms";
const WHOLE: &str = "export.csv, all of it, p95, ms";

const GOAL: &str = "≤ 100";

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let posts = arguments.posts.unwrap_or(POSTS);
    let goals: Vec<_> = CALLS.iter().map(|(name, _)| (*name, GOAL)).chain([(FIRST_BYTE, GOAL)]).collect();
    let mut report = Report::new(format!("analytics: one user with {posts} posts of {READINGS} readings each"), &goals);
    for database in &arguments.databases {
        let template = Template::new(*database, 1).await?;
        let settings = [("STAND_ALONE", "false".to_owned()), ("REQUESTS_PER_MINUTE", "1000000000".to_owned())];
        let bed = Bed::new(&template, Duration::ZERO, &settings).await?;
        bed.add_posts(posts, Duration::ZERO, |_| SystemClock::default().now() + Duration::from_hours(1)).await?;
        publish_all(&bed).await?;
        let _api: Process = bed.start_api().await?;
        report.column(name(*database), &[ask_all(&bed, posts).await?]);
        bed.tell_warnings();
    }
    report.note("One request after the other on one connection, from the request until the last byte of the answer.");
    Ok(report)
}

async fn ask_all(bed: &Bed, posts: usize) -> Outcome<Figures> {
    let now = SystemClock::default().now();
    let from = (now - Duration::from_hours(365 * 24)).date().to_string();
    let asking = Asking {
        client: Client::builder().no_proxy().build()?,
        base: format!("http://{}/api/social-media/", bed.api_address()),
        token: token()?,
    };
    let mut figures = Figures::new();
    for (name, path) in CALLS {
        let mut spans = Vec::new();
        for time in 0..WARM + TIMES {
            let path = path.replace("{from}", &from).replace("{post}", post_id(time * 7 % posts).as_str());
            spans.push(asking.ask(&path).await?.1);
        }
        figures.push((name, percentile(&mut spans[WARM..], 95.0)));
    }
    let (mut first_bytes, mut wholes) = (Vec::new(), Vec::new());
    for _ in 0..WARM + TIMES / 5 {
        let (first, whole, lines) = asking.ask("analytics/export.csv").await?;
        if lines != posts + 1 {
            return Err(format!("the sheet has {lines} lines for {posts} posts").into());
        }
        first_bytes.push(first);
        wholes.push(whole);
    }
    figures.push((FIRST_BYTE, percentile(&mut first_bytes[WARM..], 95.0)));
    figures.push((WHOLE, percentile(&mut wholes[WARM..], 95.0)));
    Ok(figures)
}

/// Who asks, and whom.
struct Asking {
    client: Client,
    base: String,
    token: String,
}

impl Asking {
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
            "INSERT INTO metrics (post_id, {numbers}, measured_at, user_id, sent_at, picture, event_kind) \
             SELECT r.post_id, x.n % 97, x.n % 11, x.n % 7, 900 + x.n % 1301, 600 + x.n % 801, x.n % 13, x.n % 131, {now}, u.user_id, r.sent_at, \
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
