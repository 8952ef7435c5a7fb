//! Whole days of a town, with everything going wrong that may: a seed decides what, when, and in which order.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::{Mutex, atomic::Ordering},
    time::Duration,
};

use rats_application::post::CancelPost;
use rats_domain::{
    clock::Clock as _,
    connection::{Connection, ConnectionRepository, Health},
    post::Post,
    publication::{AttentionKind, Stage},
};
use rats_instagram_sim::{Call, Config, Fault, FaultRule, Repeat};

use crate::{
    executor::{OUTSIDE, Process, World},
    gate::Trouble,
    oracle::{Verdict, judge},
    town::{Town, settings},
};

const SCHEDULERS: std::ops::RangeInclusive<Process> = 1..=3;
const PEOPLE: u32 = 8;
const POSTS: u32 = 50;
const DAY: Duration = Duration::from_hours(24);
/// After a kill: lease, grace, witness window, a restart, and another kill on top.
const LATEST: time::Duration = time::Duration::minutes(30);
/// Until after every post is useless, and every unclear outcome a person's.
const AFTERWARDS: Duration = Duration::from_hours(16);

/// How bad the day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    /// Processes are killed, and nothing else happens.
    Kills,
    /// Everything.
    Everything,
}

#[derive(Debug)]
enum Happening {
    Start(Process),
    Kill(Process),
    Pause(Process, Duration),
    Skew(Process, time::Duration),
    StoreClock(time::Duration),
    DatabaseAway(Duration),
    Fault(Fault),
    Cancel(usize),
    Disconnect(usize),
    Reconnect(usize),
    /// People connect again where they are asked to.
    LookAfterAccounts,
}

/// What is to happen, in order; what happens at once keeps the order it was planned in.
#[derive(Default)]
struct Plan {
    happenings: BTreeMap<(Duration, u32), Happening>,
    count: u32,
}

impl Plan {
    fn add(&mut self, at: Duration, what: Happening) {
        self.count += 1;
        self.happenings.insert((at, self.count), what);
    }
}

/// What a day comes to.
struct Outcome {
    verdicts: Vec<Verdict>,
    trace: u64,
}

fn any_time(world: &World) -> Duration {
    world.span(Duration::ZERO, DAY)
}

/// When something is being staged or published: around a half hour or a quarter of an hour before it.
fn busy_time(world: &World) -> Duration {
    let half_hour = Duration::from_mins(30 * world.draw(48));
    let lead = if world.happens(300) { Duration::from_mins(15) } else { Duration::ZERO };
    half_hour.saturating_sub(lead) + world.span(Duration::ZERO, Duration::from_secs(3))
}

/// The store's clock may be off Instagram's by somewhat less than is tolerated.
fn within_tolerance(world: &World) -> time::Duration {
    time::Duration::seconds(i64::try_from(world.draw(160)).unwrap() - 80)
}

fn minutes(world: &World, from: u64, to: u64) -> Duration {
    world.span(Duration::from_mins(from), Duration::from_mins(to))
}

/// Faults that Instagram may have at any moment.
fn fault(world: &World) -> Fault {
    let error = |call, status, code, subcode| Fault::Error { call, status: Some(status), code, subcode, message: None };
    match world.draw(22) {
        0 => Fault::PublishThenDrop,
        1 => Fault::PublishThenCut,
        2 => Fault::PublishThenError,
        3 => Fault::PublishThenBlocked,
        4 => Fault::PublishThenEmpty,
        5 => Fault::DropBeforePublish,
        6 => Fault::Empty,
        7 => Fault::Blocked,
        8 => Fault::NotReady,
        9 => Fault::QuotaReached,
        10 => Fault::ObjectMissing,
        11 => Fault::ReadsDown,
        12 => Fault::ReadsHtml,
        13 => Fault::DownloadRefused,
        14 => Fault::DownloadTimeout,
        15 => Fault::ContainerError { subcode: 2_207_082 },
        16 => error(None, 400, 4, None),
        17 => error(Some(Call::Publish), 400, 17, None),
        18 => error(None, 400, 80_002, None),
        19 => error(Some(Call::Publish), 400, 613, None),
        20 => error(Some(Call::Create), 400, 190, None),
        _ => error(Some(Call::Publish), 500, 2, None),
    }
}

fn plan(world: &World, day: Day) -> Plan {
    let mut plan = Plan::default();
    for process in SCHEDULERS {
        plan.add(Duration::ZERO, Happening::Start(process));
        for _ in 0..world.draw(30) {
            plan.add(busy_time(world), Happening::Kill(process));
        }
    }
    if day == Day::Kills {
        return plan;
    }
    for hours in 1..=8 {
        plan.add(Duration::from_hours(3 * hours), Happening::LookAfterAccounts);
    }
    for process in SCHEDULERS {
        for _ in 0..world.draw(4) {
            plan.add(busy_time(world), Happening::Pause(process, minutes(world, 1, 5)));
            let skew = i64::try_from(world.draw(600)).unwrap() - 300;
            plan.add(any_time(world), Happening::Skew(process, time::Duration::seconds(skew)));
        }
    }
    for _ in 0..world.draw(3) {
        plan.add(any_time(world), Happening::StoreClock(within_tolerance(world)));
    }
    for _ in 0..world.draw(4) {
        plan.add(busy_time(world), Happening::DatabaseAway(world.span(Duration::from_secs(1), Duration::from_mins(3))));
    }
    for _ in 0..world.draw(40) {
        plan.add(any_time(world), Happening::Fault(fault(world)));
    }
    for _ in 0..world.draw(8) {
        let post = index(world.draw(POSTS.into()));
        plan.add(busy_time(world), Happening::Cancel(post));
    }
    for _ in 0..world.draw(4) {
        let (at, person) = (busy_time(world), index(world.draw(PEOPLE.into())));
        plan.add(at, Happening::Disconnect(person));
        plan.add(at + minutes(world, 1, 120), Happening::Reconnect(person));
    }
    plan
}

/// Lags below *W*, chances that an answer is lost either way, late requests, a database that sometimes fails.
fn make_worse(town: &Town) {
    let lag = town.settings.publish.witness_window.as_secs() - 1;
    let rule = |fault, probability| FaultRule { fault, account: None, times: None, probability: Some(probability) };
    let instagram = &town.network.instagram;
    instagram.add_fault(rule(Fault::StatusLag { seconds: town.world.draw(lag) }, 0.3));
    instagram.add_fault(rule(Fault::ListingLag { seconds: town.world.draw(lag) }, 0.3));
    instagram.add_fault(rule(Fault::PublishThenDrop, 0.02));
    instagram.add_fault(rule(Fault::DropBeforePublish, 0.02));
    town.network.late.store(50, Ordering::Relaxed);
    town.gates.trouble(|trouble| {
        trouble.refused = 3;
        trouble.unknown = 3;
    });
    town.store_clock.set(within_tolerance(&town.world));
}

/// A day being lived.
struct Life {
    town: Town,
    plan: Plan,
    alive: BTreeSet<Process>,
    people: Vec<Connection>,
    posts: Vec<Post>,
}

/// A day from its seed.
fn live(seed: u64, day: Day) -> Result<Outcome, String> {
    let config = Config { repeat: Repeat::Hostile, processing: Duration::from_secs(4), ..Config::default() };
    let mut town = Town::new(seed, config, settings());
    if day == Day::Everything {
        make_worse(&town);
    }
    let people: Vec<Connection> = (0..PEOPLE).map(|_| town.person()).collect();
    let posts = (0..POSTS).map(|_| {
        let person = index(town.world.draw(PEOPLE.into()));
        // Often several at once.
        let at = Duration::from_mins(30 * town.world.draw(48));
        town.post(&people[person], at)
    });
    let posts = posts.collect();
    let plan = plan(&town.world, day);
    let mut life = Life { town, plan, alive: BTreeSet::new(), people, posts };
    life.go_on_until(DAY);
    life.town.network.instagram.clear_faults();
    life.town.gates.trouble(|trouble| *trouble = Trouble::default());
    life.go_on_until(DAY + AFTERWARDS);
    life.judge()
}

impl Life {
    /// Lets the world go on; whoever died is started again within half a minute.
    fn go_on_until(&mut self, end: Duration) {
        loop {
            let planned = self.plan.happenings.first_key_value().map(|((at, _), _)| *at).filter(|at| *at <= end);
            let world = self.town.world.clone();
            if world.run_while(planned.unwrap_or(end), || self.town.gates.has_dead()) {
                for process in self.town.gates.take_dead() {
                    self.alive.remove(&process);
                    let again = world.now() + world.span(Duration::from_secs(1), Duration::from_secs(30));
                    self.plan.add(again, Happening::Start(process));
                }
            } else if planned.is_none() {
                return;
            } else if let Some((_, what)) = self.plan.happenings.pop_first() {
                self.happen(&what);
            }
        }
    }

    fn happen(&mut self, what: &Happening) {
        let town = &mut self.town;
        match what {
            Happening::Start(process) => {
                if self.alive.insert(*process) {
                    town.start(*process);
                }
            }
            Happening::Kill(process) => {
                if self.alive.contains(process) {
                    town.gates.kill(*process);
                }
            }
            Happening::Pause(process, span) => town.world.pause(*process, *span),
            Happening::Skew(process, off) => town.clock(*process).set(*off),
            Happening::StoreClock(off) => town.store_clock.set(*off),
            Happening::DatabaseAway(span) => {
                let until = town.world.now() + *span;
                town.gates.trouble(|trouble| trouble.away_until = until);
            }
            Happening::Fault(fault) => {
                let times = Some(1 + u32::try_from(town.world.draw(6)).unwrap());
                let rule = FaultRule { fault: fault.clone(), account: None, times, probability: None };
                town.network.instagram.add_fault(rule);
            }
            // To cancel what is over already is to remove it.
            Happening::Cancel(post) if !town.find(&self.posts[*post]).publication.stage.is_open() => {}
            Happening::Cancel(post) => {
                let cancel = CancelPost(town.ports(OUTSIDE));
                let (user, id) = (self.posts[*post].user.clone(), self.posts[*post].id.clone());
                town.world.spawn(OUTSIDE, async move { drop(cancel.run(&user, &id, None).await) });
            }
            Happening::Disconnect(person) => {
                let at = town.store_clock.now();
                town.gates.wait(town.store.disconnect(&self.people[*person].user, at)).unwrap();
            }
            Happening::Reconnect(person) => reconnect(town, &self.people[*person]),
            Happening::LookAfterAccounts => {
                for person in &self.people {
                    let now = town.gates.wait(ConnectionRepository::find(&town.store, &person.id)).unwrap().unwrap();
                    if now.health == Health::NeedsReconnect {
                        reconnect(town, person);
                    }
                }
            }
        }
    }

    /// Every rule holds, and nothing is left that would go on for ever.
    fn judge(&self) -> Result<Outcome, String> {
        let verdicts = judge(&self.town, &self.posts)?;
        for (post, verdict) in self.posts.iter().zip(&verdicts) {
            if verdict.stage.is_open() && verdict.stage != Stage::NeedsReview {
                let stage = verdict.stage.as_str();
                return Err(format!("{} is still {stage}: {:#?}", post.id, self.town.story(post)));
            }
        }
        Ok(Outcome { verdicts, trace: self.town.world.trace() })
    }
}

fn reconnect(town: &Town, connection: &Connection) {
    let made = town.new_token(&connection.account);
    town.link(&connection.user, &made);
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

/// Lives days on two threads, `SIMULATION_SEEDS` of them or as many as said, or the one of `SIMULATION_SEED`; tells the seeds of those that
/// went wrong.
fn days(usually: u64, live: impl Fn(u64) -> Result<(), String> + Sync) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let seeds = match number("SIMULATION_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SIMULATION_SEEDS").unwrap_or(usually),
    };
    let seeds = Mutex::new(seeds);
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some(seed) = { seeds.lock().unwrap().next() } {
            let lived = std::panic::catch_unwind(AssertUnwindSafe(|| live(seed)));
            if let Err(told) = lived.unwrap_or_else(|_| Err("it panicked".into())) {
                wrong.lock().unwrap().push(format!("SIMULATION_SEED={seed}: {told}"));
            }
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} days went wrong:\n{}", wrong.len(), wrong[..wrong.len().min(3)].join("\n"));
}

#[test]
fn kills_alone_lose_and_double_nothing_and_ask_nobody() {
    days(50, |seed| {
        let published = |verdict: &&Verdict| (verdict.stage, verdict.live) == (Stage::Published, 1);
        let outcome = live(seed, Day::Kills)?;
        if let Some(late) = outcome.verdicts.iter().find(|verdict| verdict.late > LATEST) {
            return Err(format!("{late:?} is too late"));
        }
        outcome.verdicts.iter().find(|verdict| !published(verdict)).map_or(Ok(()), |other| Err(format!("{other:?}")))
    });
}

#[test]
fn whatever_goes_wrong_nothing_is_doubled_or_lost() {
    let ends = Mutex::new(BTreeMap::new());
    days(500, |seed| {
        for verdict in live(seed, Day::Everything)?.verdicts {
            let end = (verdict.stage.as_str(), verdict.attention.map(AttentionKind::as_str));
            *ends.lock().unwrap().entry(end).or_insert(0) += 1;
        }
        Ok(())
    });
    let ends: BTreeMap<_, u32> = ends.into_inner().unwrap();
    let count =
        |wanted: &str| -> u32 { ends.iter().filter(|((stage, _), _)| *stage == wanted).map(|(_, count)| count).sum() };
    let wanted = ends.values().sum::<u32>() - count("cancelled");
    assert!(count("published") * 100 > wanted * 85, "too few went live to help anybody: {ends:#?}");
}

#[test]
fn the_same_seed_gives_the_same_day() {
    days(50, |seed| {
        if seed >= 50 {
            return Ok(());
        }
        let (one, other) = (live(seed, Day::Everything)?, live(seed, Day::Everything)?);
        if one.trace == other.trace { Ok(()) } else { Err("another trace the second time".into()) }
    });
}
