//! Whole sagas: create, poll, publish, every step durable before the next call; as many as go through.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_instagram_sim::{Call, Fault};
use rats_runtime::SystemClock;
use rats_tests::postgres;
use time::OffsetDateTime;
use tokio_postgres::Client;

use crate::{
    Outcome,
    arguments::Arguments,
    bed::Bed,
    measure, peer,
    report::{Figures, Report, find, medians, tell},
    simulator::Live,
    template::{self, Template},
};

/// How long after everything is stored it becomes due.
const SETTLE: Duration = Duration::from_secs(3);

pub(crate) const RATE: &str = "posts/s";
pub(crate) const MOST_RATE: &str = "posts/s, the first 90 %";
pub(crate) const SHARE: &str = "share of the ideal, %";
pub(crate) const CPU: &str = "CPU s per 10,000 posts";
pub(crate) const MEMORY: &str = "peak memory, MB";
pub(crate) const DUPLICATES: &str = "duplicates";

/// What is asked of the product, and of the simulated Instagram.
pub(crate) struct Load {
    pub(crate) posts: usize,
    pub(crate) latency: Duration,
    /// How many at once; the product's default, or the peer's best, without.
    pub(crate) in_flight: Option<usize>,
    pub(crate) trouble: Trouble,
}

/// What goes wrong meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing.
    Nothing,
    /// A snapshot is held open in the database all the time.
    Snapshot,
    /// Of all calls one in a hundred is refused by a rate limit, one by an error of the server; of all publish requests one loses its answer.
    Faults,
}

impl Load {
    /// Whole sagas without latency.
    pub(crate) fn whole(arguments: &Arguments, posts: usize) -> Self {
        Self {
            posts: arguments.posts.unwrap_or(posts),
            latency: Duration::ZERO,
            in_flight: arguments.in_flight,
            trouble: Trouble::Nothing,
        }
    }

    /// How much of what the calls' latency and the number at once allow a rate is, in per cent; `None` where they set no bound.
    #[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
    pub(crate) fn share(&self, rate: f64) -> Option<f64> {
        // Create, look, publish.
        let saga = self.latency.as_secs_f64() * 3.0;
        let ideal = self.in_flight? as f64 / saga;
        ideal.is_finite().then(|| rate / ideal * 100.0)
    }
}

/// As many as go through.
pub(crate) async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let load = Load::whole(arguments, 10_000);
    let goals = [(RATE, "≥ 4 × peer on PostgreSQL, ≥ 6 × on SQLite"), (CPU, "≤ 0.5 × peer"), (DUPLICATES, "0")];
    let mut report = Report::new(format!("saga: {} whole sagas, zero latency", load.posts), &goals);
    compare(arguments, &load, &mut report).await?;
    Ok(report)
}

/// A thousand in flight at 300 ms for each call.
pub(crate) async fn in_flight(arguments: &Arguments) -> Outcome<Report> {
    let at_once = arguments.in_flight.unwrap_or(1_000);
    let load = Load { latency: Duration::from_millis(300), in_flight: Some(at_once), ..Load::whole(arguments, 10_000) };
    let title = format!("inflight: {} sagas, {at_once} at once, 300 ms an answer", load.posts);
    let mut report = Report::new(title, &[(SHARE, "≥ peer + 2"), (DUPLICATES, "0")]);
    compare(arguments, &load, &mut report).await?;
    report.note("The ideal is three calls a post, each of 0.3 s, as many posts at once as may be.");
    Ok(report)
}

/// Measures the load on each database, in turn with the peer if there is one.
async fn compare(arguments: &Arguments, load: &Load, report: &mut Report) -> Outcome {
    for database in arguments.databases.iter().copied() {
        let template = Template::new(database, load.posts).await?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..arguments.runs {
            ours.push(run(&template, load).await?);
            if let Some(command) = &arguments.peer {
                theirs.push(peer::run(command, &template, load).await?);
            }
        }
        let name = template::name(database);
        report.column(name, &ours);
        if arguments.peer.is_some() {
            report.column(format!("peer, beside {name}"), &theirs);
            report.column(format!("ratio, {name}"), &[ratio(&ours, &theirs)]);
        }
    }
    Ok(())
}

/// Of each figure that both have, our median in theirs.
pub(crate) fn ratio(ours: &[Figures], theirs: &[Figures]) -> Figures {
    let theirs = medians(theirs);
    medians(ours)
        .into_iter()
        .filter_map(|(name, value)| {
            let ratio = value / find(&theirs, name)?;
            ratio.is_finite().then_some((name, ratio))
        })
        .collect()
}

/// One run of ours.
pub(crate) async fn run(template: &Template, load: &Load) -> Outcome<Figures> {
    let mut bed = Bed::new(template, load.latency, &settings(load)).await?;
    let due = due_after_seeding(load.posts)?;
    bed.add_posts(load.posts, Duration::ZERO, |_| due).await?;
    let publisher = bed.start_publisher().await?;
    let _held = begin(load.trouble, &bed).await?;
    sleep_until(due).await?;
    let before = (measure::cpu(publisher.id())?, bed.simulator.cpu()?);
    let curve = bed.watch.until_live(load.posts).await?;
    let cpu = measure::cpu(publisher.id())?.saturating_sub(before.0);
    let simulator = bed.simulator.cpu()?.saturating_sub(before.1);
    let memory = measure::peak_memory(publisher.id())?;
    let live = bed.simulator.live().await?;
    bed.tell_warnings();
    let (most, all) = (curve.reached(90.0, due), curve.reached(100.0, due));
    let name = template::name(template.database);
    tell(&format!("{name}: {} posts, 90 % of them in {most:.2} s", load.posts));
    #[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
    let posts = load.posts as f64;
    let mut figures = vec![(RATE, posts / all), (MOST_RATE, posts * 0.9 / most)];
    if load.trouble == Trouble::Faults {
        // What is put off by an hour has no rate.
        figures = vec![(MOST_RATE, posts * 0.9 / most), ("live at once, %", curve.live())];
    }
    figures.extend(load.share(posts / all).filter(|share| share.is_finite()).map(|share| (SHARE, share)));
    figures.extend([
        (CPU, cpu.as_secs_f64() * 10_000.0 / posts),
        ("the simulator's CPU s per 10,000 posts", simulator.as_secs_f64() * 10_000.0 / posts),
        (MEMORY, memory),
        (DUPLICATES, duplicates(&live)),
    ]);
    Ok(figures)
}

/// Without a lead everything begins at the due time. Where answers are lost, the waits of an unclear post are short.
pub(crate) fn settings(load: &Load) -> Vec<(&'static str, String)> {
    let mut settings = vec![("LEAD", "0".to_owned())];
    settings.extend(load.in_flight.map(|at_once| ("IN_FLIGHT", at_once.to_string())));
    if load.trouble == Trouble::Faults {
        settings.extend([("GRACE", "5".to_owned()), ("WITNESS_WINDOW", "5".to_owned())]);
    }
    settings
}

/// Makes the trouble; a snapshot lasts as long as what is answered.
async fn begin(trouble: Trouble, bed: &Bed) -> Outcome<Option<Client>> {
    match trouble {
        Trouble::Nothing => Ok(None),
        Trouble::Snapshot => {
            let client = postgres::client(&bed.url).await?;
            client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM publication").await?;
            Ok(Some(client))
        }
        Trouble::Faults => {
            let error =
                |status, code| Fault::Error { call: None, status: Some(status), code, subcode: None, message: None };
            let lost =
                [Fault::PublishThenDrop, Fault::Drop { call: Call::Create }, Fault::Drop { call: Call::ContainerRead }];
            for fault in [error(429, 4), error(500, 2)].into_iter().chain(lost) {
                bed.simulator.fault(fault, 0.01).await?;
            }
            Ok(None)
        }
    }
}

/// When so many posts are due if storing them begins now.
pub(crate) fn due_after_seeding(posts: usize) -> Outcome<OffsetDateTime> {
    let seeding = Duration::from_millis(u64::try_from(posts)? * 3);
    Ok(SystemClock::default().now() + seeding + SETTLE)
}

/// Waits until it is time.
pub(crate) async fn sleep_until(due: OffsetDateTime) -> Outcome {
    let left = (due - SystemClock::default().now()).try_into();
    tokio::time::sleep(left.map_err(|_| "the posts were due before they were stored")?).await;
    Ok(())
}

/// How many texts are live more than once.
#[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
pub(crate) fn duplicates(live: &[Live]) -> f64 {
    let mut captions: Vec<&str> = live.iter().map(|media| media.caption.as_str()).collect();
    captions.sort_unstable();
    captions.dedup();
    (live.len() - captions.len()) as f64
}
