//! A herd: many posts of as many accounts due in the same second, staged ahead.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_runtime::SystemClock;

use crate::{
    Outcome,
    arguments::Arguments,
    bed::Bed,
    measure,
    report::{Figures, Report, percentile, tell},
    template::{self, Template},
};

/// What the simulated Instagram takes for each answer.
const LATENCY: Duration = Duration::from_millis(300);
/// How long before the moment everything must be staged.
const SETTLED: Duration = Duration::from_secs(2);

const GOALS: [(&str, &str); 6] = [
    ("due → request sent (receipt), p50, s", "≤ 0.3"),
    ("due → request sent (receipt), p99, s", "≤ 1.0"),
    ("due → request arrived (simulator), p50, s", "≤ 0.3"),
    ("due → request arrived (simulator), p99, s", "≤ 1.0"),
    ("due → confirmed and stored, p99, s", "≤ 1.6"),
    ("requests before their time", "0"),
];

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let posts = arguments.posts.unwrap_or(10_000);
    let title = format!("herd: {posts} posts of {posts} accounts due in the same second, 300 ms an answer");
    let mut report = Report::new(title, &GOALS);
    for database in arguments.databases.iter().copied() {
        let template = Template::new(database, posts).await?;
        let mut runs = Vec::new();
        for _ in 0..arguments.runs {
            runs.push(run(&template, posts, arguments).await?);
        }
        report.column(template::name(database), &runs);
    }
    report.note("“Sent” is what the product's receipts say, “arrived” what the simulated Instagram saw, “stored” what a look at the database every 25 ms found.");
    Ok(report)
}

async fn run(template: &Template, posts: usize, arguments: &Arguments) -> Outcome<Figures> {
    let in_flight = arguments.in_flight.unwrap_or(posts);
    let mut bed = Bed::new(template, LATENCY, &[("IN_FLIGHT", in_flight.to_string())]).await?;
    let clock = SystemClock::default();
    let due = clock.now() + Duration::from_secs(arguments.stage_seconds);
    bed.add_posts(posts, Duration::from_mins(15), |_| due).await?;
    let publisher = bed.start_publisher().await?;
    let left: Duration = (due - SETTLED - clock.now()).try_into().unwrap_or_default();
    let staged = "SELECT count(*) AS count FROM publication WHERE stage = 'staged'";
    bed.watch
        .until(staged, i64::try_from(posts)?, left)
        .await
        .map_err(|error| format!("not everything was staged in time; give more --stage-seconds: {error}"))?;
    tell(&format!("staged {:.1} s ahead", (due - clock.now()).as_seconds_f64()));
    tokio::time::sleep((due - Duration::from_millis(500) - clock.now()).try_into().unwrap_or_default()).await;
    let before = measure::cpu(publisher.id())?;
    let curve = bed.watch.until_live(posts).await?;
    let cpu = measure::cpu(publisher.id())?.saturating_sub(before);
    let mut sent = bed.watch.lateness().await?;
    let arrivals = bed.simulator.arrivals().await?;
    let mut arrived: Vec<f64> = arrivals.iter().map(|arrival| (arrival.at - due).as_seconds_f64()).collect();
    let memory = measure::peak_memory(publisher.id())?;
    bed.tell_warnings();
    #[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
    Ok(vec![
        ("due → request sent (receipt), p50, s", percentile(&mut sent, 50.0)),
        ("due → request sent (receipt), p99, s", percentile(&mut sent, 99.0)),
        ("due → request sent (receipt), max, s", percentile(&mut sent, 100.0)),
        ("due → request arrived (simulator), p50, s", percentile(&mut arrived, 50.0)),
        ("due → request arrived (simulator), p99, s", percentile(&mut arrived, 99.0)),
        ("due → request arrived (simulator), max, s", percentile(&mut arrived, 100.0)),
        ("due → confirmed and stored, p50, s", curve.reached(50.0, due)),
        ("due → confirmed and stored, p99, s", curve.reached(99.0, due)),
        ("due → confirmed and stored, max, s", curve.reached(100.0, due)),
        ("requests before their time", arrived.iter().filter(|late| **late < 0.0).count() as f64),
        ("requests", arrived.len() as f64),
        ("CPU from the moment on, s", cpu.as_secs_f64()),
        ("peak memory, MB", memory),
    ])
}
