//! A lone post on an idle system, again and again.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_runtime::SystemClock;
use rats_tests::seed::number_in;

use crate::{
    Outcome,
    arguments::Arguments,
    bed::Bed,
    report::{Figures, Report, percentile},
    template::{self, Template},
};

/// Between one post and the next.
const APART: Duration = Duration::from_millis(500);
/// From storing the first until it is due.
const AHEAD: Duration = Duration::from_secs(8);

const SENT_P99: &str = "due → request sent (receipt), p99, ms";
const ARRIVED_P99: &str = "due → request arrived (simulator), p99, ms";

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let posts = arguments.posts.unwrap_or(100);
    let title = format!("lone: {posts} staged posts, one every {} ms, on an idle system", APART.as_millis());
    let mut report = Report::new(title, &[(SENT_P99, "≤ 50"), (ARRIVED_P99, "≤ 50")]);
    for database in arguments.databases.iter().copied() {
        let template = Template::new(database, posts).await?;
        report.column(template::name(database), &[run(&template, posts).await?]);
    }
    Ok(report)
}

async fn run(template: &Template, posts: usize) -> Outcome<Figures> {
    let mut bed = Bed::new(template, Duration::ZERO, &[]).await?;
    let first = SystemClock::default().now() + AHEAD;
    let due = |number: usize| first + APART * u32::try_from(number).unwrap_or(u32::MAX);
    bed.add_posts(posts, Duration::from_mins(15), due).await?;
    let _publisher = bed.start_publisher().await?;
    bed.watch.until_live(posts).await?;
    let mut sent = bed.watch.lateness().await?;
    let arrivals = bed.simulator.arrivals().await?;
    let late =
        arrivals.iter().filter_map(|arrival| Some((arrival.at - due(number_in(&arrival.caption)?)).as_seconds_f64()));
    let mut arrived: Vec<f64> = late.collect();
    bed.tell_warnings();
    let mut ms = |per_cent| (percentile(&mut sent, per_cent) * 1e3, percentile(&mut arrived, per_cent) * 1e3);
    let (p50, p99, max) = (ms(50.0), ms(99.0), ms(100.0));
    Ok(vec![
        ("due → request sent (receipt), p50, ms", p50.0),
        (SENT_P99, p99.0),
        ("due → request sent (receipt), max, ms", max.0),
        ("due → request arrived (simulator), p50, ms", p50.1),
        (ARRIVED_P99, p99.1),
        ("due → request arrived (simulator), max, ms", max.1),
    ])
}
