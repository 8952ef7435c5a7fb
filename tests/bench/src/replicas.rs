//! Three schedulers on one PostgreSQL.

use std::time::Duration;

use rats_tests::{Database, Process};

use crate::{
    Outcome,
    arguments::Arguments,
    bed::Bed,
    report::{Figures, Report},
    saga::{self, DUPLICATES, RATE},
    template::Template,
};

const REPLICAS: usize = 3;
const LEAST: &str = "smallest share, %";
const MOST: &str = "largest share, %";

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let posts = arguments.posts.unwrap_or(10_000);
    let title = format!("replicas: {posts} whole sagas, zero latency, on one PostgreSQL");
    let goals = [(RATE, "≥ 0.9 × one process"), (LEAST, "≥ 20"), (MOST, "≤ 45"), (DUPLICATES, "0")];
    let mut report = Report::new(title, &goals);
    let template = Template::new(Database::Postgres, posts).await?;
    let in_flight = arguments.in_flight.unwrap_or(256);
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        alone.push(run(&template, posts, in_flight, 1).await?);
        together.push(run(&template, posts, in_flight, REPLICAS).await?);
    }
    report.column("one process", &alone);
    report.column("three processes", &together);
    report.column("ratio", &[saga::ratio(&together, &alone)]);
    report.note("Each process names its pictures by an address of its own, so the simulated Instagram can tell whose post is whose.");
    Ok(report)
}

async fn run(template: &Template, posts: usize, in_flight: usize, processes: usize) -> Outcome<Figures> {
    let mut bed =
        Bed::new(template, Duration::ZERO, &[("IN_FLIGHT", in_flight.to_string()), ("LEAD", "0".to_owned())]).await?;
    let due = saga::due_after_seeding(posts)?;
    bed.add_posts(posts, Duration::ZERO, |_| due).await?;
    let first = bed.start_publisher().await?;
    let others = (1..processes).map(|number| {
        let pictures = format!("{}/{number}", bed.simulator.pictures);
        bed.start_with("rats-scheduler", &[], &[("PUBLIC_BASE_URL", &pictures)])
    });
    let _running: Vec<Process> = std::iter::once(first).chain(others).collect();
    saga::sleep_until(due).await?;
    let curve = bed.watch.until_live(posts).await?;
    let live = bed.simulator.live().await?;
    bed.tell_warnings();
    #[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
    let share =
        |picture: &str| live.iter().filter(|media| media.picture == picture).count() as f64 * 100.0 / live.len() as f64;
    let mut pictures: Vec<&str> = live.iter().map(|media| media.picture.as_str()).collect();
    pictures.sort_unstable();
    pictures.dedup();
    let shares: Vec<f64> = pictures.iter().map(|picture| share(picture)).collect();
    let least = if shares.len() == processes { shares.iter().copied().fold(f64::INFINITY, f64::min) } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
    Ok(vec![
        (RATE, posts as f64 / curve.reached(100.0, due)),
        (LEAST, least),
        (MOST, shares.iter().copied().fold(0.0, f64::max)),
        (DUPLICATES, saga::duplicates(&live)),
    ])
}
