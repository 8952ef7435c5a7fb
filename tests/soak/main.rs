//! A soak: three schedulers of the product on a PostgreSQL of their own, killed with SIGKILL at random, some after a pause beyond their
//! lease, while Instagram fails and the database crashes. In the end the ledger tells what is live, and how often.
//!
//! Everything that is chosen comes from `SOAK_SEED`; when what happens is the machine's. `SOAK_POSTS` and `SOAK_KILLS` make it longer.

#![expect(clippy::expect_used, reason = "in a test, what is missing ends it")]

mod bed;
mod chaos;
mod fault;
mod judge;
mod plan;
mod random;
mod report;

use std::time::Duration;

use rats_instagram_sim::Repeat;
use tokio::time::{Instant, sleep};

use bed::Bed;
use chaos::Scheduler;
use judge::{Fate, SETTLED};
use plan::Plan;

/// Without a post that settles for so long, what is open is taken for lost.
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_where_a_container_serves_once() {
    soak(&Plan::new("containers that serve once", Repeat::Error2207008, true)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_where_a_container_can_be_published_twice() {
    soak(&Plan::new("hostile containers", Repeat::Hostile, true)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_alone_leave_nothing_to_a_person() {
    let fates = soak(&Plan::new("kills alone, hostile containers", Repeat::Hostile, false)).await;
    let published = fates.iter().filter(|fate| fate.stage == "published").count();
    assert_eq!(published, fates.len(), "kills alone must neither fail a post nor ask a person");
}

/// A run; it fails if any post is doubled or lost.
async fn soak(plan: &Plan) -> Vec<Fate> {
    let bed = Bed::new(plan).await;
    let (mut schedulers, tally) = chaos::run(plan, &bed).await;
    let instagram = bed.installation.simulator.state();
    let faults = fault::count(instagram);
    instagram.clear_faults();
    finish(&bed, &mut schedulers).await;
    let judged = judge::fates(&bed.client().await, &bed.installation.ledger(), &bed.due).await;
    let bad = report::tell(plan, &tally, faults, &judged);
    let log = std::fs::read_to_string(bed.installation.dir.path().join("log")).expect("the schedulers' log");
    let end: Vec<&str> = log.lines().rev().take(20).collect();
    assert_eq!(bad, 0, "see above; the end of the schedulers' log, last first: {end:#?}");
    assert!(!log.contains("panicked"), "a scheduler panicked: {log}");
    assert!(tally.deaths.len() >= plan.kills);
    judged.0
}

/// Lets the schedulers finish: until every post is settled, or nothing moves any more.
async fn finish(bed: &Bed, schedulers: &mut [Scheduler]) {
    let client = bed.client().await;
    let open = format!("SELECT count(*) FROM publication WHERE stage NOT IN {SETTLED}");
    let (mut least, mut moved) = (i64::MAX, Instant::now());
    loop {
        schedulers.iter_mut().for_each(Scheduler::look_after);
        let left: i64 = client.query_one(&open, &[]).await.expect("a number").get(0);
        if left < least {
            (least, moved) = (left, Instant::now());
        }
        if left == 0 || moved.elapsed() > PATIENCE {
            return;
        }
        sleep(Duration::from_millis(200)).await;
    }
}
