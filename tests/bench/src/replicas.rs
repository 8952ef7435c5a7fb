//! Three schedulers on one PostgreSQL.

use std::{collections::BTreeMap, time::Duration};

use rats_tests::{Database, Process};

use crate::{
    Outcome,
    arguments::Arguments,
    bed::Bed,
    report::{Figures, Report},
    saga::{self, DUPLICATES, Load, RATE},
    simulator::Live,
    template::Template,
};

const REPLICAS: usize = 3;
const LEAST: &str = "smallest share, %";
const MOST: &str = "largest share, %";

pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let load = Load::whole(arguments, 10_000);
    let title = format!("replicas: {} whole sagas, zero latency, on one PostgreSQL", load.posts);
    let goals = [(RATE, "≥ 0.9 × one process"), (LEAST, "≥ 20"), (MOST, "≤ 45"), (DUPLICATES, "0")];
    let mut report = Report::new(title, &goals);
    let template = Template::new(Database::Postgres, load.posts).await?;
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        alone.push(run(&template, &load, 1).await?);
        together.push(run(&template, &load, REPLICAS).await?);
    }
    report.column("one process", &alone);
    report.column("three processes", &together);
    report.column("ratio", &[saga::ratio(&together, &alone)]);
    report.note("Each process names its pictures by an address of its own, so the simulated Instagram can tell whose post is whose.");
    Ok(report)
}

async fn run(template: &Template, load: &Load, processes: usize) -> Outcome<Figures> {
    let mut bed = Bed::new(template, load.latency, &saga::settings(load)).await?;
    let due = saga::due_after_seeding(load.posts)?;
    bed.add_posts(load.posts, Duration::ZERO, |_| due).await?;
    let first = bed.start_publisher().await?;
    let others = (1..processes).map(|number| {
        let pictures = format!("{}/{number}", bed.simulator.pictures);
        bed.start_with("rats-scheduler", &[], &[("PUBLIC_BASE_URL", &pictures)])
    });
    let _running: Vec<Process> = std::iter::once(first).chain(others).collect();
    saga::sleep_until(due).await?;
    let curve = bed.watch.until_live(load.posts).await?;
    let live = bed.simulator.live().await?;
    bed.tell_warnings();
    let shares = shares(&live);
    let least = if shares.len() == processes { shares.iter().copied().fold(f64::INFINITY, f64::min) } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
    Ok(vec![
        (RATE, load.posts as f64 / curve.reached(100.0, due)),
        (LEAST, least),
        (MOST, shares.iter().copied().fold(0.0, f64::max)),
        (DUPLICATES, saga::duplicates(&live)),
    ])
}

/// How many per cent of what is live has which picture.
#[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
fn shares(live: &[Live]) -> Vec<f64> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for media in live {
        *counts.entry(&media.picture).or_default() += 1;
    }
    counts.values().map(|count| *count as f64 * 100.0 / live.len() as f64).collect()
}
