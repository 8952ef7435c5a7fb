//! Every page of the dashboard and every analytics call, one after the other, for a user with ten thousand posts of thirty readings each.

mod asking;
mod history;
mod paint;
pub(crate) mod served;

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_runtime::SystemClock;
use rats_tests::{seed::post_id, until};

use self::{asking::Asking, paint::Painting};
use crate::{
    Outcome,
    arguments::Arguments,
    bed::Bed,
    process::is_ready,
    report::{Figures, Report, percentile},
    template::{Template, name},
};

/// Posts of the one who asks that are live.
const POSTS: usize = 10_000;
/// How often each is asked for, after a few times that do not count.
const TIMES: usize = 100;
const WARM: usize = 5;

/// What is asked for, by the names under which its time and its statements are shown. In paths, `{year}` is the first day of a year until
/// today, `{month}` a day two months ago, `{post}` and `{event}` are ids.
struct Question {
    took: &'static str,
    statements: &'static str,
    path: &'static str,
}

macro_rules! questions {
    ($($name:literal => $path:literal,)*) => {
        [$(Question { took: concat!($name, ", p95, ms"), statements: concat!($name, ", statements"), path: $path }),*]
    };
}

const QUESTIONS: [Question; 27] = questions! {
    "Home" => "/",
    "calendar, this month" => "/calendar",
    "calendar, two months ago" => "/calendar?day={month}",
    "calendar, a week" => "/calendar?view=week&day={month}",
    "posts" => "/posts",
    "posts that need a look" => "/posts?show=attention",
    "drafts" => "/posts?show=drafts",
    "posts of a day" => "/posts?day={month}",
    "events" => "/events",
    "events, page 5" => "/events?page=5",
    "an event" => "/events/{event}",
    "an event, to edit" => "/events/{event}/edit",
    "a new event" => "/events/new",
    "compose" => "/compose",
    "a post" => "/posts/{post}",
    "accounts" => "/accounts",
    "settings" => "/settings",
    "analytics of 28 days" => "/analytics",
    "analytics of a year" => "/analytics?from={year}",
    "API: fifty posts" => "/api/social-media/posts?limit=50",
    "API: events" => "/api/events",
    "API: summary of a year" => "/api/social-media/analytics/summary?from={year}&timeZone=Europe/Berlin",
    "API: summary of 28 days" => "/api/social-media/analytics/summary",
    "API: time series of a year" => "/api/social-media/analytics/timeseries?from={year}&timeZone=Europe/Berlin",
    "API: best times of a year" => "/api/social-media/analytics/best-times?from={year}&timeZone=Europe/Berlin",
    "API: ranking of a year" => "/api/social-media/analytics/posts?from={year}&age=1d",
    "API: a post's metrics" => "/api/social-media/posts/{post}/metrics",
};

const EXPORT: &str = "/api/social-media/analytics/export.csv";
const FIRST_BYTE: &str = "export.csv, first byte, p95, ms";
const WHOLE: &str = "export.csv, all of it, p95, ms";
const STATEMENTS: &str = "export.csv, statements";

/// Pages that a browser loads with all that they need but pictures, and when it shows something of them.
const LOADED: [(&str, &str, &str); 3] = [
    ("Home, loaded, kB", "Home, first paint, ms", "/"),
    ("compose, loaded, kB", "compose, first paint, ms", "/compose"),
    ("analytics, loaded, kB", "analytics, first paint, ms", "/analytics"),
];

const QUICK: &str = "≤ 100";
const LIGHT: &str = "≤ 100";
const SHOWN: &str = "≤ 1,000";

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let posts = arguments.posts.unwrap_or(POSTS);
    let quick = QUESTIONS.iter().map(|question| (question.took, QUICK)).chain([(FIRST_BYTE, QUICK)]);
    let loaded = LOADED.into_iter().flat_map(|(weight, paint, _)| [(weight, LIGHT), (paint, SHOWN)]);
    let goals: Vec<_> = quick.chain(loaded).collect();
    let title = format!("pages: one user with {posts} posts of {} readings each", history::READINGS);
    let mut report = Report::new(title, &goals);
    for database in &arguments.databases {
        let template = Template::new(*database, 1).await?;
        // Users are RATS's, and may ask as often as they like.
        let settings = [("STAND_ALONE", "false".to_owned()), ("REQUESTS_PER_MINUTE", "1000000000".to_owned())];
        let bed = Bed::new(&template, Duration::ZERO, &settings).await?;
        history::write(&bed, posts).await?;
        let _served = bed.start("rats-bench", &[served::ROLE]);
        let server = bed.api_address();
        until(|| is_ready(&server)).await;
        report.column(name(*database), &[ask_all(&Asking::sign_in(&server).await?, posts).await?]);
        bed.tell_warnings();
    }
    report.note("One request after the other on one connection, from the request until the last byte of the answer.");
    report.note(
        "Statements are those for one request, its session included. Loaded is what a browser that takes gzip is sent for a page: \
         itself, style, script and mark, no pictures. First paint is the median of seven in a headless Chromium beside the server, with nothing kept from before.",
    );
    Ok(report)
}

async fn ask_all(asking: &Asking, posts: usize) -> Outcome<Figures> {
    let painting = Painting::start(asking).await?;
    let mut figures = Figures::new();
    for question in &QUESTIONS {
        let (mut spans, mut before) = (Vec::new(), 0.0);
        for time in 0..WARM + TIMES {
            if time == WARM {
                before = asking.statements().await?;
            }
            spans.push(asking.ask(&path(question.path, time * 7 % posts)).await?.last_byte);
        }
        figures.push((question.took, percentile(&mut spans[WARM..], 95.0)));
        figures.push((question.statements, (asking.statements().await? - before) / count(TIMES)));
    }
    let (mut first_bytes, mut wholes, before) = (Vec::new(), Vec::new(), asking.statements().await?);
    for _ in 0..WARM + TIMES / 5 {
        let answer = asking.ask(EXPORT).await?;
        if answer.lines != posts + 1 {
            return Err(format!("the sheet has {} lines for {posts} posts", answer.lines).into());
        }
        first_bytes.push(answer.first_byte);
        wholes.push(answer.last_byte);
    }
    figures.push((STATEMENTS, (asking.statements().await? - before) / count(wholes.len())));
    figures.push((FIRST_BYTE, percentile(&mut first_bytes[WARM..], 95.0)));
    figures.push((WHOLE, percentile(&mut wholes[WARM..], 95.0)));
    for (weight, paint, path) in LOADED {
        figures.push((weight, count(asking.load(path).await?) / 1e3));
        figures.push((paint, painting.first(path).await?));
    }
    Ok(figures)
}

/// A question's path, about the post of this number.
fn path(pattern: &str, number: usize) -> String {
    let day = |ago: u64| (SystemClock::default().now() - Duration::from_hours(24 * ago)).date().to_string();
    pattern
        // Where it is tomorrow already, it is a year with that day.
        .replace("{year}", &day(364))
        .replace("{month}", &day(60))
        .replace("{post}", &post_id(number))
        .replace("{event}", &history::event_id(number % history::EVENTS))
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn count(number: usize) -> f64 {
    number as f64
}
