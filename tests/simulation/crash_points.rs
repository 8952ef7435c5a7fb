//! A process dies at every call of a publication, in every way that it can, and then once more while it recovers.
//!
//! All containers are hostile: the simulated Instagram would publish one twice.

use std::{sync::Mutex, time::Duration};

use rats_domain::{post::Origin, publication::Stage};
use rats_instagram_sim::{Call, Fault, FaultRule};
use rats_storage::DatabaseUrl;

use crate::{
    gate::Crash,
    oracle::judge,
    town::{Town, hostile, settings},
};

/// The one scheduler process.
const SCHEDULER: usize = 1;

/// The process that takes a person's request, and publishes what is for now; its request is over once it dies.
const SERVER: usize = 2;

/// After a crash the process is started again so much later.
const RESTART: Duration = Duration::from_secs(3);

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
    /// It is for now, and published by the process that took the request while the scheduler looks on.
    Now,
}

impl Story {
    const ALL: [Self; 4] = [Self::Plain, Self::Refresh, Self::Lost, Self::Now];

    fn fault(self) -> Option<Fault> {
        match self {
            Self::Plain | Self::Now => None,
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

    /// How long after its time a post is live at the latest, if somebody dies once. What was left is taken over when its lease ends; where nothing says
    /// that it is live it is sent again once a whole lease on the clock of who took over, grace and the witness window have passed.
    fn latest(self) -> Duration {
        let waits = settings().publish;
        // What is for now is due before it is prepared.
        let prepared = Duration::from_secs(if self == Self::Now { 20 } else { 0 });
        prepared + RESTART + 2 * waits.lease + waits.grace + waits.witness_window + Duration::from_secs(2)
    }

    /// A post in a town whose scheduler dies at these calls; answers the calls after the last crash, none if not every crash happened.
    fn tell(self, town: &mut Town, crashes: &[(usize, Crash)]) -> Option<Vec<&'static str>> {
        // The same calls in the same order, until one of them crashes.
        town.world.reseed(7);
        let anna = town.person();
        town.world.kill(SCHEDULER);
        town.world.kill(SERVER);
        town.start(SCHEDULER);
        town.world.run_until(town.world.now() + Duration::from_secs(1));
        if let Some(fault) = self.fault() {
            town.network.instagram.add_fault(FaultRule { fault, account: None, times: Some(1), probability: None });
        }
        town.gates.crash_at(crashes);
        let post = if self == Self::Now {
            let post = town.post_now(&anna, Origin::Now).expect("she is connected");
            town.run_post(SERVER, &post);
            post
        } else {
            town.post(&anna, Duration::from_mins(1))
        };
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
            // What is done after it is settled can be died of, too.
            town.world.run_while(town.world.now() + Duration::from_secs(2), || town.gates.has_dead());
            let dead = town.gates.take_dead();
            if dead.is_empty() {
                break;
            }
            town.world.run_until(town.world.now() + RESTART);
            if dead.contains(&SCHEDULER) {
                town.start(SCHEDULER);
            }
        }
        let calls = town.gates.all_crashed().then(|| town.gates.calls());
        // What is still on its way, and what a recovered process still has to say, must change nothing.
        town.world.run_until(town.world.now() + Duration::from_mins(30));
        let verdict =
            judge(town, std::slice::from_ref(&post)).unwrap_or_else(|wrong| panic!("{self:?} {crashes:?}: {wrong}"));
        assert_eq!((verdict[0].stage, verdict[0].live), (Stage::Published, 1), "{self:?} {crashes:?}");
        if crashes.len() == 1 {
            assert!(verdict[0].late <= self.latest(), "{self:?} {crashes:?}: {:?} late", verdict[0].late);
        }
        calls
    }
}

/// Whether `SIMULATION_FULL` asks for what takes minutes.
fn is_full() -> bool {
    std::env::var_os("SIMULATION_FULL").is_some()
}

/// A town on SQLite in memory.
fn town() -> Town {
    Town::new(7, hostile(), settings())
}

/// Every call, every kind of crash that it can meet.
fn points(calls: &[&str]) -> Vec<(usize, Crash)> {
    let kinds = |(index, call): (usize, &&str)| Crash::kinds(call).iter().map(move |crash| (index, *crash));
    calls.iter().enumerate().flat_map(kinds).collect()
}

#[test]
fn a_publication_makes_these_calls() {
    let expected = [
        // The container is made a quarter of an hour ahead, at once where the time is nearer.
        "PublicationQueue::claim_due",
        "PublicationQueue::next_due",
        "create",
        "PublicationQueue::record",
        "status",
        "PublicationQueue::record",
        // Just before its time.
        "PublicationQueue::claim_due",
        "PublicationQueue::next_due",
        // At its time.
        "PublicationQueue::record",
        "publish",
        "PublicationQueue::record_published",
        // When its lease would have ended.
        "PublicationQueue::claim_due",
        "PublicationQueue::next_due",
    ];
    assert_eq!(Story::Plain.tell(&mut town(), &[]).unwrap(), expected);
}

#[test]
fn no_crash_loses_or_doubles_a_post() {
    let counts = Story::ALL.map(|story| {
        let mut town = town();
        let points = points(&story.tell(&mut town, &[]).unwrap());
        for point in &points {
            story.tell(&mut town, &[*point]).expect("it died");
        }
        points.len()
    });
    assert_eq!(counts, [40, 61, 52, 40], "whoever adds a call is told that its crashes are tried too");
}

#[test]
fn no_second_crash_during_recovery_does() {
    assert_eq!([Story::Plain, Story::Refresh].map(pairs), [2_203, 3_190], "all pairs");
    if is_full() {
        assert_eq!(pairs(Story::Lost), 2_857, "all pairs");
    }
}

/// Tells the story with every pair of crashes, in as many towns as there are cores; answers how many pairs there are.
fn pairs(story: Story) -> usize {
    let firsts = Mutex::new(points(&story.tell(&mut town(), &[]).unwrap()));
    let told = Mutex::new(0);
    let work = || {
        while let Some(first) = { firsts.lock().unwrap().pop() } {
            let mut town = town();
            let recovery = story.tell(&mut town, &[first]).expect("it died");
            let seconds = points(&recovery);
            for second in &seconds {
                let died = story.tell(&mut town, &[first, *second]).is_some();
                *told.lock().unwrap() += usize::from(died);
            }
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    told.into_inner().unwrap()
}

#[test]
fn no_crash_loses_or_doubles_a_post_on_postgres() {
    on_postgres(|town| {
        for story in Story::ALL {
            let points = points(&story.tell(town, &[]).unwrap());
            // What is told by `NOTIFY` comes in its own time: now and then there is one call less, and the crash is tried again.
            let mut strikes = |point: &(usize, Crash)| (0..3).any(|_| story.tell(town, &[*point]).is_some());
            let died = points.iter().filter(|point| strikes(point)).count();
            assert!(died * 10 > points.len() * 9, "{story:?}: {died} of {}", points.len());
        }
    });
}

/// In short after every twentieth of the first crashes.
#[test]
fn no_second_crash_during_recovery_does_on_postgres() {
    let step = if is_full() { 1 } else { 20 };
    on_postgres(|town| {
        for story in [Story::Plain, Story::Refresh] {
            let (mut told, mut died, mut missed) = (0, 0, 0);
            let all: Vec<_> = points(&story.tell(town, &[]).unwrap()).into_iter().step_by(step).collect();
            let firsts = all.len();
            for first in all {
                let Some(recovery) = (0..3).find_map(|_| story.tell(town, &[first])) else {
                    missed += 1;
                    continue;
                };
                for second in points(&recovery) {
                    told += 1;
                    // As above.
                    died += usize::from((0..3).any(|_| story.tell(town, &[first, second]).is_some()));
                }
            }
            assert!(
                missed * 10 < firsts && told * step > 1_000 && died * 10 > told * 9,
                "{story:?}: {missed} of {firsts} first crashes did not happen, {died} of {told} pairs did"
            );
        }
    });
}

/// Tells in one town on PostgreSQL, of a person after the other.
fn on_postgres(tell: impl FnOnce(&mut Town)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let url = runtime.block_on(rats_tests::postgres::database()).expect("PostgreSQL");
    let url = DatabaseUrl::Postgres(rats_domain::secret::Secret::new(url));
    tell(&mut Town::on(&url, Some(runtime.handle().clone()), 7, hostile(), settings()));
}
