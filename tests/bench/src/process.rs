//! What a process takes before it is asked for anything: memory and time to start.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_runtime::SystemClock;
use rats_tests::{Database, Process};
use tokio::{io::AsyncReadExt as _, io::AsyncWriteExt as _, net::TcpStream};

use crate::{
    Outcome,
    arguments::Arguments,
    bed::Bed,
    measure,
    report::{Figures, Report, percentile, tell},
    template::Template,
};

/// How long an idle process is left alone before it is looked at.
const IDLE: Duration = Duration::from_secs(15);
/// Starts that are measured.
const STARTS: usize = 20;
/// Between two tries to get an answer.
const TRY: Duration = Duration::from_millis(1);
/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

const IN_FLIGHT: usize = 1_000;

/// Resident memory.
pub(crate) async fn memory(arguments: &Arguments) -> Outcome<Report> {
    let goals = [
        ("api idle, MB", "≤ 20"),
        ("scheduler idle, MB", "≤ 20"),
        ("sandbox idle, MB", "≤ 40"),
        ("scheduler with 1,000 posts in flight, MB", "≤ 80"),
    ];
    let mut report = Report::new("memory: resident, on PostgreSQL (the sandbox on SQLite)", &goals);
    let template = Template::new(Database::Postgres, IN_FLIGHT).await?;
    let mut runs = Vec::new();
    for _ in 0..arguments.runs {
        runs.push(memory_run(&template).await?);
    }
    report.column("ours", &runs);
    Ok(report)
}

async fn memory_run(template: &Template) -> Outcome<Figures> {
    let settings = [("IN_FLIGHT", IN_FLIGHT.to_string()), ("LEAD", "0".to_owned())];
    let mut bed = Bed::new(template, Duration::from_secs(3), &settings).await?;
    let due = SystemClock::default().now() + IDLE + Duration::from_secs(15);
    bed.add_posts(IN_FLIGHT, Duration::ZERO, |_| due).await?;
    let scheduler = bed.start_publisher().await?;
    let api = bed.start_api().await?;
    let sandbox = start_sandbox(&bed);
    tell("idle for a while");
    tokio::time::sleep(IDLE).await;
    let idle = [&api, &scheduler, &sandbox].map(|process| measure::memory(process.id()));
    let [api, idle, sandbox] = idle;
    bed.watch.until_live(IN_FLIGHT).await?;
    bed.tell_warnings();
    Ok(vec![
        ("api idle, MB", api?),
        ("scheduler idle, MB", idle?),
        ("sandbox idle, MB", sandbox?),
        ("scheduler with 1,000 posts in flight, MB", measure::peak_memory(scheduler.id())?),
    ])
}

/// A sandbox knows nothing of the others.
fn start_sandbox(bed: &Bed) -> Process {
    let data = bed.dir.path().join("sandbox").display().to_string();
    let settings = [("SANDBOX_DIR", &*data), ("SANDBOX_DEMO", "false"), ("PORT", "0"), ("SIMULATOR_PORT", "0")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Process::start("rats-sandbox", &[], &settings.into())
}

/// From the start of a process to the first answer that it is ready.
pub(crate) async fn start(_: &Arguments) -> Outcome<Report> {
    let title = format!("start: rats-api --with-scheduler on SQLite, {STARTS} starts until it is ready");
    let mut report = Report::new(title, &[("start to ready, p50, ms", "≤ 150")]);
    let template = Template::new(Database::Sqlite, 1).await?;
    let bed = Bed::new(&template, Duration::ZERO, &[]).await?;
    let mut spans = Vec::new();
    for _ in 0..STARTS {
        let clock = SystemClock::default();
        let begun = clock.monotonic();
        let mut process: Process = bed.start("rats-api", &["--with-scheduler"]);
        while !is_ready(&bed.api_address()).await {
            if clock.monotonic().since(begun) > PATIENCE {
                return Err("the process does not get ready".into());
            }
            tokio::time::sleep(TRY).await;
        }
        spans.push(clock.monotonic().since(begun).as_secs_f64() * 1e3);
        process.stop();
    }
    let figures = vec![
        ("start to ready, p50, ms", percentile(&mut spans, 50.0)),
        ("start to ready, max, ms", percentile(&mut spans, 100.0)),
    ];
    report.column("ours", &[figures]);
    Ok(report)
}

/// Whether `GET /ready` answers 200.
pub(crate) async fn is_ready(server: &str) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(server).await?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await?;
        std::io::Result::Ok(head == *b"HTTP/1.1 200")
    };
    asked.await.unwrap_or(false)
}
