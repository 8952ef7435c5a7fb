//! A year of five hundred events in twenty time zones.

use std::time::Duration;

use rats_domain::{
    connection::Connection,
    event::Event,
    preference::{PreferenceRepository as _, Preferences},
    zone::Zone,
};
use time::{Date, OffsetDateTime, Time, macros::date};

use super::DAY;
use crate::{
    clock::BEGIN,
    executor::World,
    gate::{Crash, Twist},
    town::{Town, hostile, settings},
};

const ZONES: [&str; 20] = [
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
const EVENTS: usize = 500;
const SCHEDULERS: [usize; 2] = [1, 2];
/// So often a process asks what is due; in the product it does every few seconds.
const EVERY: Duration = Duration::from_mins(40);

/// The first day that is celebrated: a week after the world begins, so that nothing is made in haste.
const FIRST: Date = date!(2026 - 12 - 13);

/// What a process dies of: the calls that decide something.
const FATAL: [&str; 8] = [
    "EventAgenda::take_due_events",
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
fn time_of_day(world: &World) -> Time {
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

/// Lives until `end`: somebody dies every day, most often where something is decided, and is started again soon.
fn live(town: &mut Town, end: Duration) {
    let world = town.world.clone();
    let mut next_death = Duration::ZERO;
    while world.now() < end {
        if world.run_while(next_death.min(end), || town.gates.has_dead()) {
            for process in town.gates.take_dead() {
                world.run_until(world.now() + world.span(Duration::from_secs(1), Duration::from_secs(30)));
                town.start_with_events(process, EVERY);
            }
            continue;
        }
        next_death = world.now() + world.span(Duration::from_hours(1), Duration::from_hours(40));
        if world.happens(250) {
            town.gates.kill(SCHEDULERS[usize::try_from(world.draw(2)).unwrap()]);
        } else {
            let call = FATAL[usize::try_from(world.draw(FATAL.len() as u64)).unwrap()];
            let kinds = Crash::kinds(call);
            let kind = kinds[usize::try_from(world.draw(kinds.len() as u64)).unwrap()];
            town.gates.twist(call, Twist::Die(kind));
        }
    }
}

/// When it was to go out.
fn due(owner: &Owner, one: &Celebrated) -> OffsetDateTime {
    owner.preferences.zone.first_from(one.day, one.at).unwrap()
}

#[test]
fn in_a_year_of_deaths_every_event_goes_out_once_on_its_local_day_at_its_local_time() {
    let mut town = Town::new(2027, hostile(), settings());
    let owners = owners(&mut town);
    let all: Vec<Celebrated> = (0..EVENTS).map(|number| celebrated(&town, &owners, number)).collect();
    town.gates.trouble(|trouble| {
        trouble.refused = 3;
        trouble.unknown = 3;
    });
    for process in SCHEDULERS {
        town.start_with_events(process, EVERY);
    }
    live(&mut town, DAY * 370);

    assert_eq!(town.world.violation(), None);
    let mut odd = 0;
    for one in &all {
        let owner = &owners[one.owner];
        let (name, due) = (format!("{} in {}", one.event.id, owner.preferences.zone.name()), due(owner, one));
        let live = town.live(&one.event);
        assert_eq!(live.len(), 1, "{name}: once");
        let late = live[0].timestamp - due;
        assert!((time::Duration::ZERO..time::Duration::minutes(30)).contains(&late), "{name}: {late} late");
        let shown = owner.preferences.zone.local(due);
        odd += usize::from(shown.time() != one.at);
        assert_eq!(shown.date(), one.day, "{name}");
        assert_eq!(owner.preferences.zone.local(live[0].timestamp).date(), one.day, "{name}: late over midnight");

        let event = town.found_event(&one.event);
        assert_eq!(event.details.date, one.event.details.day_in(one.day.year() + 1).unwrap(), "{name}: it moved on");
        let mut posts = town.all_posts(&owner.connection);
        posts.retain(|record| record.post.event.as_ref() == Some(&event.id) && record.receipt.is_some());
        let sent = posts[0].receipt.as_ref().map(|receipt| receipt.sent_at);
        assert_eq!((posts.len(), event.last_message_sent), (1, sent), "{name}");
    }
    assert!(odd <= 5, "{odd} of {EVENTS} fall into a gap");
}
