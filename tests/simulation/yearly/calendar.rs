//! A year of five hundred events in twenty time zones: half of them are left alone, about the others people change their minds.

use std::{collections::BTreeMap, time::Duration};

use rats_domain::{
    connection::Connection,
    event::Event,
    preference::{PreferenceRepository as _, Preferences},
    zone::Zone,
};
use time::{Date, OffsetDateTime, Time, macros::date};

use super::{DAY, judge::judge, people::People, said::Restless};
use crate::{
    clock::BEGIN,
    executor::{Process, World},
    gate::{Crash, Twist},
    town::{Town, hostile, settings},
};

pub(super) const ZONES: [&str; 20] = [
    "UTC",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Europe/Helsinki",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Santiago",
    "America/Asuncion",
    "America/Havana",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
];
/// So many are left alone, and so many are not.
const EVENTS: usize = 250;
const SCHEDULERS: [usize; 2] = [1, 2];
/// So often a process asks what is due; in the product it does every few seconds.
pub(super) const EVERY: Duration = Duration::from_mins(40);

/// The first day that is celebrated: a week after the world begins, so that nothing is made in haste.
const FIRST: Date = date!(2026 - 12 - 13);

/// What a process dies of: the calls that decide something.
const FATAL: [&str; 8] = [
    "EventAgenda::take_due_event",
    "EventAgenda::looked_at",
    "OccurrenceRepository::occurrences",
    "OccurrenceRepository::make",
    "OccurrenceRepository::settle",
    "EventRepository::replace",
    "PublicationQueue::record",
    "publish",
];

/// Whose events they are.
struct Owner {
    connection: Connection,
    preferences: Preferences,
}

struct Celebrated {
    event: Event,
    owner: usize,
    day: Date,
    at: Time,
}

fn owners(town: &mut Town) -> Vec<Owner> {
    let mut owner = |name: &&str| {
        let connection = town.person();
        let post_at = time_of_day(&town.world);
        let preferences = Preferences {
            zone: Zone::parse(name).unwrap(),
            post_at,
            card_look: None,
            changed_at: Some(BEGIN - time::Duration::DAY),
        };
        town.gates.wait(town.store.prefer(&connection.user, &preferences)).unwrap();
        Owner { connection, preferences }
    };
    ZONES.iter().map(&mut owner).collect()
}

/// Any; often one at which clocks are set forward or back somewhere.
pub(super) fn time_of_day(world: &World) -> Time {
    let hour = if world.happens(300) { world.draw(4) } else { world.draw(24) };
    Time::from_hms(u8::try_from(hour).unwrap(), u8::try_from(world.draw(60)).unwrap(), 0).unwrap()
}

fn celebrated(town: &Town, owners: &[Owner], number: usize) -> Celebrated {
    let world = &town.world;
    let owner = number % owners.len();
    // Some are on 29 February, which the year 2027 does not have.
    let (date, day) = if number.is_multiple_of(50) {
        (date!(2024 - 02 - 29), date!(2027 - 02 - 28))
    } else {
        let day = FIRST + time::Duration::days(i64::try_from(world.draw(355)).unwrap());
        // Some say when it was for the first time.
        let date = if world.happens(500) { day } else { day.replace_year(1990).unwrap() };
        (date, day)
    };
    let own = world.happens(500).then(|| time_of_day(world));
    let event = town.event(&owners[owner].connection, number, date, own);
    Celebrated { event, owner, day, at: own.unwrap_or(owners[owner].preferences.post_at) }
}

/// Lives until `end`: somebody dies every day, most often where something is decided, while people do what they do.
fn live(town: &mut Town, people: &mut People, end: Duration) {
    let world = town.world.clone();
    let mut next_death = Duration::ZERO;
    while world.now() < end {
        let next_act = people.next().unwrap_or(end);
        if world.run_while(next_death.min(next_act).min(end), || town.gates.has_dead()) {
            bury(town);
        } else if next_act <= world.now() {
            people.act(town);
        } else {
            next_death = world.now() + world.span(Duration::from_hours(1), Duration::from_hours(40));
            threaten(town);
        }
    }
}

/// Starts again who died, after a moment; answers who did.
pub(super) fn bury(town: &mut Town) -> Vec<Process> {
    let (world, dead) = (town.world.clone(), town.gates.take_dead());
    for process in dead.iter().filter(|process| SCHEDULERS.contains(process)) {
        world.run_until(world.now() + world.span(Duration::from_secs(1), Duration::from_secs(30)));
        town.start_with_events(*process, EVERY);
    }
    dead
}

/// Lets a process die, now or at its next call that decides something.
fn threaten(town: &Town) {
    let world = &town.world;
    if world.happens(250) {
        town.gates.kill(SCHEDULERS[usize::try_from(world.draw(2)).unwrap()]);
    } else {
        let call = FATAL[usize::try_from(world.draw(FATAL.len() as u64)).unwrap()];
        let kinds = Crash::kinds(call);
        let kind = kinds[usize::try_from(world.draw(kinds.len() as u64)).unwrap()];
        town.gates.twist(call, Twist::Die(kind));
    }
}

/// When it was to go out.
fn due(owner: &Owner, one: &Celebrated) -> OffsetDateTime {
    owner.preferences.zone.first_from(one.day, one.at).unwrap()
}

/// What was left alone went out once, on its day at its time, and says so.
fn is_as_planned(town: &Town, owners: &[Owner], one: &Celebrated) {
    let owner = &owners[one.owner];
    let (name, due) = (format!("{} in {}", one.event.id, owner.preferences.zone.name()), due(owner, one));
    let live = town.live(&one.event);
    assert_eq!(live.len(), 1, "{name}: once");
    let late = live[0].timestamp - due;
    assert!((time::Duration::ZERO..time::Duration::minutes(30)).contains(&late), "{name}: {late} late");
    assert_eq!(owner.preferences.zone.local(due).date(), one.day, "{name}");
    assert_eq!(owner.preferences.zone.local(live[0].timestamp).date(), one.day, "{name}: late over midnight");

    let event = town.found_event(&one.event);
    assert_eq!(event.details.date, one.event.details.day_in(one.day.year() + 1).unwrap(), "{name}: it moved on");
    let mut posts = town.all_posts(&owner.connection);
    posts.retain(|record| record.post.event.as_ref() == Some(&event.id) && record.receipt.is_some());
    let sent = posts[0].receipt.as_ref().map(|receipt| receipt.sent_at);
    assert_eq!((posts.len(), event.last_message_sent), (1, sent), "{name}");
}

#[test]
fn in_a_year_of_deaths_every_event_goes_out_once_on_its_local_day_at_its_local_time() {
    let mut town = Town::new(2027, hostile(), settings());
    let (calm, restless) = (owners(&mut town), owners(&mut town));
    let left_alone: Vec<Celebrated> = (0..EVENTS).map(|number| celebrated(&town, &calm, number)).collect();
    let mut others = vec![];
    for number in EVENTS..EVENTS * 2 {
        let one = celebrated(&town, &restless, number);
        let owner = &restless[one.owner];
        let due = Duration::try_from(due(owner, &one) - BEGIN).unwrap();
        others.push((Restless::new(one.event, one.owner, owner.preferences.clone()), due));
    }
    let mut people = People::new(&town, others, restless.len());
    town.gates.trouble(|trouble| {
        trouble.refused = 3;
        trouble.unknown = 3;
    });
    for process in SCHEDULERS {
        town.start_with_events(process, EVERY);
    }
    live(&mut town, &mut people, DAY * 370);

    assert_eq!(town.world.violation(), None);
    for one in &left_alone {
        is_as_planned(&town, &calm, one);
    }
    let odd = left_alone.iter().filter(|one| {
        let zone = &calm[one.owner].preferences.zone;
        zone.local(due(&calm[one.owner], one)).time() != one.at
    });
    assert!(odd.count() <= 5, "so many fall into a gap");
    let live: usize = people.events.iter().map(|one| judge(&town, one)).sum();
    let all = town.network.instagram.ledger(town.now()).media.len();
    assert_eq!(all, left_alone.len() + live, "nothing is live that no event knows of");
    assert!(live > 130, "{live} of {EVENTS}");
    let often: BTreeMap<_, _> = people.done.iter().filter(|(_, times)| **times >= 15).collect();
    assert!(often.len() >= 10, "people do all sorts of things: {:?}", people.done);
}
