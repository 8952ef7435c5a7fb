//! The same load under two conditions, in turn: what the second costs.

use std::time::Duration;

use rats_tests::Database;

use crate::{
    Outcome,
    arguments::Arguments,
    report::Report,
    saga::{self, DUPLICATES, Load, MOST_RATE, RATE, Trouble},
    template::{self, Template},
};

/// A forgotten `BEGIN` keeps PostgreSQL from cleaning up behind the queue.
pub(crate) async fn snapshot(arguments: &Arguments) -> Outcome<Report> {
    let load = Load::whole(arguments, 30_000);
    let title = format!(
        "snapshot: {} whole sagas on PostgreSQL, without and with a snapshot held open all the time",
        load.posts
    );
    let mut report = Report::new(title, &[(RATE, "≥ 0.8 × undisturbed")]);
    compare(arguments, Database::Postgres, &load, Trouble::Snapshot, &mut report).await?;
    Ok(report)
}

/// Instagram fails now and then.
pub(crate) async fn faults(arguments: &Arguments) -> Outcome<Report> {
    let load = Load { latency: Duration::from_millis(20), ..Load::whole(arguments, 10_000) };
    let title = format!("faults: {} sagas, 20 ms an answer; 1 % 429, 1 % 5xx, 1 % lost answers", load.posts);
    let mut report = Report::new(title, &[(MOST_RATE, "≥ 0.85 × fault-free"), (DUPLICATES, "0")]);
    for database in arguments.databases.iter().copied() {
        compare(arguments, database, &load, Trouble::Faults, &mut report).await?;
    }
    report.note("Grace and the witness window are 5 s, so that the last posts, whose outcome was unclear, end within the run; the rate is that of the first 90 %.");
    Ok(report)
}

async fn compare(
    arguments: &Arguments,
    database: Database,
    load: &Load,
    trouble: Trouble,
    report: &mut Report,
) -> Outcome {
    let template = Template::new(database, load.posts).await?;
    let (mut calm, mut troubled) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        calm.push(saga::run(&template, &Load { trouble: Trouble::Nothing, ..*load }).await?);
        troubled.push(saga::run(&template, &Load { trouble, ..*load }).await?);
    }
    let name = template::name(database);
    report.column(format!("{name}, undisturbed"), &calm);
    report.column(format!("{name}, disturbed"), &troubled);
    report.column(format!("{name}, ratio"), &[saga::ratio(&troubled, &calm)]);
    Ok(())
}
