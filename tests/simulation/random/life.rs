//! A day being lived.

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use rats_domain::{
    connection::{Connection, ConnectionRepository, Health},
    post::{Origin, Post},
    publication::Stage,
};
use rats_instagram_sim::{FaultRule, Repeat};

use super::plan::{
    DAY, Day, Happening, PEOPLE, POSTS, Plan, SCHEDULERS, Weather, faults_of_a_blind_day, faults_of_the_day, index,
    plan, weather, within_tolerance,
};
use crate::{
    executor::{OUTSIDE, Process, World},
    gate::Trouble,
    oracle::{Verdict, doubled, judge_all},
    people::{cancel, decide, edit},
    town::Town,
};

/// Until after every post is useless, and every unclear outcome a person's.
const AFTERWARDS: Duration = Duration::from_hours(20);

/// How long Instagram's tokens live.
const TOKEN: time::Duration = time::Duration::seconds(5_183_944);

/// What a day comes to.
pub(super) struct Outcome {
    pub(super) verdicts: Vec<Verdict>,
    /// How many posts are live more than once.
    pub(super) doubled: usize,
    pub(super) trace: u64,
}

struct Life {
    town: Town,
    plan: Plan,
    alive: BTreeSet<Process>,
    people: Vec<Connection>,
    posts: Vec<Post>,
    edits: u32,
}

/// A day from its seed.
pub(super) fn live(seed: u64, day: Day) -> Result<Outcome, String> {
    let weather = weather(&World::new(seed), day);
    let mut town = Town::new(seed, weather.config.clone(), weather.settings.clone());
    let people: Vec<Connection> = (0..PEOPLE).map(|_| person(&mut town, day)).collect();
    match day {
        Day::Kills => {}
        Day::Blind(_) => {
            for rule in faults_of_a_blind_day(&weather) {
                town.network.instagram.add_fault(rule);
            }
        }
        Day::Everything => make_worse(&town, &weather, &people),
    }
    let posts = (0..POSTS).map(|_| post(&mut town, &people, day)).collect();
    let plan = plan(&town.world, day, &weather);
    let mut life = Life { town, plan, alive: BTreeSet::new(), people, posts, edits: 0 };
    life.go_on_until(DAY);
    life.town.network.instagram.clear_faults();
    life.town.gates.trouble(|trouble| *trouble = Trouble::default());
    life.go_on_until(DAY + AFTERWARDS);
    if day == Day::Blind(Repeat::Hostile) {
        // Beyond what the rules bear: what came of it is only counted.
        return Ok(Outcome {
            verdicts: vec![],
            doubled: doubled(&life.town, &life.posts),
            trace: life.town.world.trace(),
        });
    }
    life.judge()
}

/// Now and then somebody whose token ends in the course of the day.
fn person(town: &mut Town, day: Day) -> Connection {
    if day != Day::Everything || !town.world.happens(150) {
        return town.person();
    }
    let ends = town.world.span(Duration::from_mins(5), DAY);
    town.person_whose_token_was_issued(TOKEN - time::Duration::try_from(ends).unwrap())
}

/// Often several at once, and now and then of one text, or of none.
fn post(town: &mut Town, people: &[Connection], day: Day) -> Post {
    let person = &people[index(town.world.draw(PEOPLE.into()))];
    let at = Duration::from_mins(30 * town.world.draw(48));
    match town.world.draw(20) {
        0 if day == Day::Everything => town.post_saying(person, at, "Happy birthday, everybody!"),
        1 if day == Day::Everything => town.post_saying(person, at, ""),
        _ => town.post(person, at),
    }
}

/// Faults all day, late requests, a database that sometimes fails.
fn make_worse(town: &Town, weather: &Weather, people: &[Connection]) {
    for rule in faults_of_the_day(&town.world, weather, people) {
        town.network.instagram.add_fault(rule);
    }
    town.network.late.store(50, Ordering::Relaxed);
    town.gates.trouble(|trouble| {
        trouble.refused = 3;
        trouble.unknown = 3;
    });
    town.store_clock.set(within_tolerance(&town.world));
}

impl Life {
    /// Lets the world go on; a scheduler that died is started again within half a minute.
    fn go_on_until(&mut self, end: Duration) {
        loop {
            let planned = self.plan.happenings.first_key_value().map(|((at, _), _)| *at).filter(|at| *at <= end);
            let world = self.town.world.clone();
            if world.run_while(planned.unwrap_or(end), || self.town.gates.has_dead()) {
                for process in self.town.gates.take_dead() {
                    self.alive.remove(&process);
                    if SCHEDULERS.contains(&process) {
                        let again = world.now() + world.span(Duration::from_secs(1), Duration::from_secs(30));
                        self.plan.add(again, Happening::Start(process));
                    }
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
                    town.start_collecting(*process);
                }
            }
            Happening::Kill(process) => {
                if self.alive.contains(process) || !SCHEDULERS.contains(process) {
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
            Happening::Now(process, person, origin, dies) => self.publish_now(*process, *person, *origin, *dies),
            Happening::Cancel(_) | Happening::Edit(..) | Happening::ByHand(_) => self.change(what),
            Happening::Disconnect(person) => town.disconnect(&self.people[*person]),
            Happening::Reconnect(person) => reconnect(town, &self.people[*person]),
            Happening::LookAfterThings => self.look_after_things(),
        }
    }

    fn publish_now(&mut self, process: Process, person: usize, origin: Origin, dies: Option<Duration>) {
        let Some(post) = self.town.post_now(&self.people[person], origin) else { return };
        self.town.run_post(process, &post);
        self.posts.push(post);
        if let Some(after) = dies {
            self.plan.add(self.town.world.now() + after, Happening::Kill(process));
        }
    }

    /// What a person does to a post.
    fn change(&mut self, what: &Happening) {
        let (Happening::Cancel(index) | Happening::Edit(index, ..) | Happening::ByHand(index)) = what else { return };
        let post = self.posts[*index].clone();
        let Some(found) = self.town.found(&post) else { return };
        let (ports, promises) = (self.town.ports(OUTSIDE), self.town.promises.clone());
        match what {
            // To cancel what is over already is to remove it.
            Happening::Cancel(_) if found.publication.stage.is_open() => {
                self.town.world.spawn(OUTSIDE, async move { drop(cancel(ports, post, promises).await) });
            }
            Happening::Edit(_, rewrites, moves) => {
                self.edits += 1;
                let text = rewrites.then(|| format!("Happy birthday, edited {} times", self.edits));
                let at = moves.and_then(|by| Some((found.publication.publish_at? + by).max(self.town.now())));
                self.town
                    .world
                    .spawn(OUTSIDE, async move { drop(edit(ports, post, text.as_deref(), at, promises).await) });
            }
            Happening::ByHand(_) => {
                let owner = self.people.iter().find(|person| person.user == post.user).expect("somebody's").clone();
                self.town.post_by_hand(&owner, found.post.caption.as_str());
            }
            _ => {}
        }
    }

    fn look_after_things(&mut self) {
        for person in &self.people {
            let now = self.town.gates.wait(ConnectionRepository::find(&self.town.store, &person.id)).unwrap().unwrap();
            if now.health == Health::NeedsReconnect {
                reconnect(&self.town, person);
            }
        }
        for post in self.posts.clone() {
            let is_asked = |found: &rats_domain::post::PostRecord| found.publication.stage == Stage::NeedsReview;
            if self.town.found(&post).as_ref().is_some_and(is_asked) {
                let (ports, network) = (self.town.ports(OUTSIDE), self.town.network.clone());
                self.town.world.spawn(OUTSIDE, async move { drop(decide(ports, network, post).await) });
            }
        }
    }

    /// Every rule holds, and nothing is left that would go on for ever.
    fn judge(&self) -> Result<Outcome, String> {
        let verdicts = judge_all(&self.town, &self.posts)?;
        for (post, verdict) in self.posts.iter().zip(&verdicts) {
            if verdict.stage.is_open() && verdict.stage != Stage::NeedsReview {
                let stage = verdict.stage.as_str();
                return Err(format!("{} is still {stage}: {:#?}", post.id, self.town.story(post)));
            }
        }
        Ok(Outcome { verdicts, doubled: 0, trace: self.town.world.trace() })
    }
}

fn reconnect(town: &Town, connection: &Connection) {
    let made = town.new_token(&connection.account);
    town.link(&connection.user, &made);
}
