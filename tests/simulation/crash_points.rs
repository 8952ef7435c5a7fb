//! A process dies at every call of a publication, in each of three ways, and then once more while it recovers.
//!
//! All containers are hostile: the simulated Instagram would publish one twice.

use std::{sync::Mutex, time::Duration};

use rats_domain::publication::Stage;
use rats_instagram_sim::{Call, Config, Fault, FaultRule, Repeat};
use rats_storage::DatabaseUrl;

use crate::{
    gate::Crash,
    oracle::judge,
    town::{Town, settings},
};

/// The one scheduler process.
const SCHEDULER: usize = 1;

/// How long anything may take: restarts, the waits, and the end of an unclear outcome.
const LONGEST: Duration = Duration::from_hours(3);

/// What a publication goes through beside crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Story {
    /// Nothing else.
    Plain,
    /// Its token is refused once and refreshed.
    Refresh,
    /// It goes live, but the answer is lost.
    Lost,
}

impl Story {
    const ALL: [Self; 3] = [Self::Plain, Self::Refresh, Self::Lost];

    fn fault(self) -> Option<Fault> {
        match self {
            Self::Plain => None,
            Self::Refresh => Some(Fault::Error {
                call: Some(Call::Create),
                status: Some(400),
                code: 190,
                subcode: None,
                message: None,
            }),
            Self::Lost => Some(Fault::PublishThenDrop),
        }
    }

    /// A post in a town whose scheduler dies at these calls; answers the calls after the last crash, none if not every crash happened.
    fn tell(self, town: &mut Town, crashes: &[(usize, Crash)]) -> Option<Vec<&'static str>> {
        let anna = town.person();
        town.world.kill(SCHEDULER);
        town.start(SCHEDULER);
        town.world.run_until(town.world.now() + Duration::from_secs(1));
        if let Some(fault) = self.fault() {
            town.network.instagram.add_fault(FaultRule { fault, account: None, times: Some(1), probability: None });
        }
        town.gates.crash_at(crashes);
        let post = town.post(&anna, Duration::from_mins(1));
        let end = town.world.now() + LONGEST;
        loop {
            let mut seen = None;
            let mut settled = || {
                // Only a call can have changed it.
                let before = seen.replace(town.gates.count());
                before != seen && !town.find(&post).publication.stage.is_open()
            };
            let is_over = town.world.run_while(end, || town.gates.has_dead() || settled());
            assert!(is_over, "{self:?} {crashes:?}: not settled after three hours: {:#?}", town.story(&post));
            if town.gates.take_dead().is_empty() {
                break;
            }
            town.world.run_until(town.world.now() + Duration::from_secs(3));
            town.start(SCHEDULER);
        }
        let calls = town.gates.all_crashed().then(|| town.gates.calls());
        // What is still on its way, and what a recovered process still has to say, must change nothing.
        town.world.run_until(town.world.now() + Duration::from_mins(30));
        let verdict =
            judge(town, std::slice::from_ref(&post)).unwrap_or_else(|wrong| panic!("{self:?} {crashes:?}: {wrong}"));
        assert_eq!((verdict[0].stage, verdict[0].live), (Stage::Published, 1), "{self:?} {crashes:?}");
        calls
    }
}

/// A town on SQLite in memory.
fn town() -> Town {
    Town::new(7, hostile(), settings())
}

fn hostile() -> Config {
    Config { repeat: Repeat::Hostile, ..Config::default() }
}

/// Every call, three kinds of crash each.
fn points(calls: &[&str]) -> Vec<(usize, Crash)> {
    (0..calls.len()).flat_map(|index| Crash::ALL.map(|crash| (index, crash))).collect()
}

#[test]
fn a_publication_makes_these_calls() {
    let expected = [
        // Towards the request: the container is made a quarter of an hour ahead, at once where the time is nearer.
        "PublicationQueue::claim_due",
        "ConnectionRepository::find",
        "PostRepository::find",
        "create",
        "PublicationQueue::next_due",
        "PublicationQueue::record",
        "ConnectionRepository::find",
        "status",
        "PublicationQueue::record",
        "PublicationQueue::claim_due",
        "PublicationQueue::next_due",
        // At its time.
        "PublicationQueue::claim_due",
        "ConnectionRepository::find",
        "PublicationQueue::record",
        "publish",
        "PublicationQueue::next_due",
        "PublicationQueue::record_published",
        "permalink",
        "PublicationQueue::claim_due",
        "PublicationQueue::next_due",
    ];
    assert_eq!(Story::Plain.tell(&mut town(), &[]).unwrap(), expected);
}

#[test]
fn no_crash_loses_or_doubles_a_post() {
    for (story, count) in Story::ALL.into_iter().zip([60, 90, 90]) {
        let mut town = town();
        let points = points(&story.tell(&mut town, &[]).unwrap());
        assert_eq!(points.len(), count, "{story:?}: whoever adds a call is told that its crashes are tried too");
        for point in points {
            story.tell(&mut town, &[point]);
        }
    }
}

#[test]
fn no_second_crash_during_recovery_does() {
    let story = Story::Plain;
    let firsts = Mutex::new(points(&story.tell(&mut town(), &[]).unwrap()));
    let told = Mutex::new(0);
    let work = || {
        while let Some(first) = { firsts.lock().unwrap().pop() } {
            let mut town = town();
            let recovery = story.tell(&mut town, &[first]).unwrap_or_default();
            let seconds = points(&recovery);
            for second in &seconds {
                story.tell(&mut town, &[first, *second]);
            }
            *told.lock().unwrap() += seconds.len();
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    assert_eq!(told.into_inner().unwrap(), 5_373, "all pairs");
}

#[test]
fn no_crash_loses_or_doubles_a_post_on_postgres() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let url = runtime.block_on(rats_tests::postgres::database()).expect("PostgreSQL");
    let url = DatabaseUrl::Postgres(rats_domain::secret::Secret::new(url));
    let mut town = Town::on(&url, Some(runtime.handle().clone()), 7, hostile(), settings());
    for story in Story::ALL {
        for point in points(&story.tell(&mut town, &[]).unwrap()) {
            story.tell(&mut town, &[point]);
        }
    }
}
