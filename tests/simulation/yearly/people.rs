//! What people do about events that post themselves: days before, on the day to the minute, and after.

use std::{collections::BTreeMap, time::Duration};

use rats_application::{
    event::{DeleteEvent, EditEvent},
    preferences::{ChangePreferences, PreferenceChanges},
};
use rats_domain::{
    caption::{Caption, CaptionLimits},
    event::EventDetails,
    preference::PreferenceRepository as _,
    publication::Stage,
};

use super::{
    DAY,
    calendar::{EVERY, ZONES, time_of_day},
    said::{ByHand, Hand, Restless, Said},
    server::{asked, do_by_hand, is_written_down, open_post, spared, text_of},
};
use crate::{executor::World, town::Town};

/// Who does something next.
#[derive(Clone, Copy)]
enum Who {
    /// Somebody about the event of that number.
    Event(usize),
    /// The event of that number is switched on again.
    On(usize),
    /// The owner of that number about their settings.
    Owner(usize),
}

/// All that people do in a year.
pub(super) struct People {
    pub(super) events: Vec<Restless>,
    plans: BTreeMap<(Duration, u64), Who>,
    /// How often each kind of thing was done.
    pub(super) done: BTreeMap<&'static str, usize>,
}

impl People {
    /// Plans what is done about `events`, each of which is due at its moment, and by as many owners.
    pub(super) fn new(town: &Town, events: Vec<(Restless, Duration)>, owners: usize) -> Self {
        let mut people = Self { events: vec![], plans: BTreeMap::new(), done: BTreeMap::new() };
        for (number, (event, due)) in events.into_iter().enumerate() {
            people.events.push(event);
            for _ in 0..=town.world.draw(4) {
                people.plan(&town.world, due, Who::Event(number));
            }
        }
        for number in (0..owners * 3).map(|number| number % owners) {
            let at = town.world.span(DAY, DAY * 360);
            people.put(&town.world, at, Who::Owner(number));
        }
        people
    }

    /// When somebody does something next.
    pub(super) fn next(&self) -> Option<Duration> {
        self.plans.keys().next().map(|(at, _)| *at)
    }

    /// Days before what is due, hours before, around its minute, or days after.
    fn plan(&mut self, world: &World, due: Duration, who: Who) {
        let minute = Duration::from_mins(1);
        let at = match world.draw(10) {
            0..4 => due.saturating_sub(world.span(DAY, DAY * 9)),
            4..6 => due.saturating_sub(world.span(minute, DAY)),
            6..8 => due.saturating_sub(minute) + world.span(Duration::ZERO, minute * 2),
            _ => due + world.span(minute, DAY * 3),
        };
        self.put(world, at, who);
    }

    fn put(&mut self, world: &World, at: Duration, who: Who) {
        self.plans.insert((at.max(world.now() + Duration::from_secs(1)), world.draw(u64::MAX)), who);
    }

    /// Does what is planned next.
    pub(super) fn act(&mut self, town: &mut Town) {
        let Some((_, who)) = self.plans.pop_first() else { return };
        match who {
            Who::Owner(owner) => self.prefer(town, owner),
            Who::On(number) => {
                self.edit(town, number, "switched on", |details| {
                    (details.is_active, details.auto_post.enabled) = (true, true);
                });
            }
            Who::Event(number) => self.change_mind(town, number),
        }
    }

    fn change_mind(&mut self, town: &mut Town, number: usize) {
        let world = town.world.clone();
        let (kind, nonce) = (world.draw(100), world.draw(1_000_000));
        match kind {
            0..12 => self.edit(town, number, "renamed", move |details| {
                details.recipient_name = format!("Ann {nonce}");
            }),
            12..22 => self.edit(town, number, "worded", move |details| {
                let text = format!("{} number {nonce}!", details.title);
                details.auto_post.caption = Some(Caption::parse(&text, &CaptionLimits::default()).unwrap());
            }),
            22..44 => self.move_somewhere(town, number),
            44..58 => {
                let at = world.happens(700).then(|| time_of_day(&world));
                self.edit(town, number, "timed", move |details| details.auto_post.at = at);
            }
            58..72 => {
                let is_off = kind < 68;
                self.edit(town, number, if is_off { "switched off" } else { "set inactive" }, move |details| {
                    if is_off {
                        details.auto_post.enabled = false;
                    } else {
                        details.is_active = false;
                    }
                });
                if world.happens(700) {
                    let at = world.now() + world.span(Duration::from_secs(5), DAY * 2);
                    self.put(&world, at, Who::On(number));
                }
            }
            72..77 => self.delete(town, number),
            77..93 => {
                let what = if kind < 85 {
                    Hand::Text(format!("By hand {nonce}"))
                } else {
                    Hand::Time(town.now() + world.span(Duration::from_mins(1), DAY * 4))
                };
                self.by_hand(town, number, what);
                // Then they turn to the event.
                let at = world.now() + world.span(Duration::from_mins(1), DAY);
                self.put(&world, at, Who::Event(number));
            }
            _ => self.by_hand(town, number, Hand::Cancelled),
        }
    }

    /// To another day, mostly near; a person may mistake the year.
    fn move_somewhere(&mut self, town: &mut Town, number: usize) {
        let world = town.world.clone();
        let days = i64::try_from(world.draw(28)).unwrap() - 4;
        let day = (town.now() + time::Duration::days(days)).date();
        let day = if world.happens(100) { day.replace_year(2028).unwrap_or(day) } else { day };
        self.edit(town, number, "moved", move |details| *details = details.clone().given(day));
        // They think of it again.
        let due = world.now() + Duration::try_from(day.midnight().assume_utc() - town.now()).unwrap_or_default();
        for _ in 0..world.draw(3) {
            self.plan(&world, due + Duration::from_hours(12), Who::Event(number));
        }
    }

    fn edit(
        &mut self,
        town: &mut Town,
        number: usize,
        what: &'static str,
        change: impl Fn(&mut EventDetails) + Send + Sync + 'static,
    ) {
        let one = &self.events[number];
        let Some(before) = town.stored_event(&one.event) else { return };
        let (open, begun) = (open_post(town, &one.event), town.now());
        let (user, id) = (one.event.user.clone(), one.event.id.clone());
        let changed = move |mut details| {
            change(&mut details);
            Ok(details)
        };
        let answer = asked(town, |ports| async move { EditEvent(ports).run(&user, &id, changed).await });
        let one = &mut self.events[number];
        let Some(after) = town.stored_event(&one.event) else { return };
        let is_told = matches!(answer, Some(Ok(_)));
        if !is_told && after.details == before.details {
            return;
        }
        *self.done.entry(what).or_default() += 1;
        let before = text_of(&before);
        let said = Said {
            begun,
            holds_from: is_told.then(|| town.now()),
            spared: spared(town, &one.event),
            event: Some((after.details.clone(), text_of(&after))),
            preferences: one.said.last().unwrap().preferences.clone(),
        };
        if is_told && (before != text_of(&after) || !after.details.posts_itself()) {
            is_written_down(town, open, &format!("{what} {}", one.event.id));
        }
        one.said.push(said);
    }

    fn delete(&mut self, town: &mut Town, number: usize) {
        let one = &mut self.events[number];
        if town.stored_event(&one.event).is_none() {
            return;
        }
        let (open, begun) = (open_post(town, &one.event), town.now());
        let (user, id) = (one.event.user.clone(), one.event.id.clone());
        let answer = asked(town, |ports| async move { DeleteEvent(ports).run(&user, &id).await });
        let is_told = matches!(answer, Some(Ok(_)));
        if town.stored_event(&one.event).is_some() {
            return;
        }
        *self.done.entry("deleted").or_default() += 1;
        if is_told {
            is_written_down(town, open, &format!("deleted {}", one.event.id));
        }
        let preferences = one.said.last().unwrap().preferences.clone();
        let (holds_from, spared) = (is_told.then(|| town.now()), spared(town, &one.event));
        one.said.push(Said { begun, holds_from, spared, event: None, preferences });
    }

    /// To the post itself, while it is on its way.
    fn by_hand(&mut self, town: &mut Town, number: usize, what: Hand) {
        let one = &mut self.events[number];
        let Some(open) = open_post(town, &one.event) else { return };
        let (record, begun) = (open.0, town.now());
        let year = town.occurrences(&one.event).iter().find(|known| known.post == record.post.id).unwrap().year;
        let (user, id, told) = (record.post.user.clone(), record.post.id.clone(), what.clone());
        let answer = asked(town, |ports| async move { do_by_hand(ports, &user, &id, told).await });
        let is_told = matches!(answer, Some(Ok(())));
        let now = town.found(&record.post);
        let is_stored = match (&what, &now) {
            (Hand::Text(text), Some(now)) => now.post.caption.as_str() == text,
            (Hand::Time(at), Some(now)) => now.publication.publish_at == Some(*at),
            (Hand::Cancelled, now) => now.as_ref().is_none_or(|now| now.publication.stage == Stage::Cancelled),
            (_, None) => false,
        };
        if !is_told && !is_stored {
            return;
        }
        let word = match &what {
            Hand::Text(_) => "text by hand",
            Hand::Time(_) => "time by hand",
            Hand::Cancelled => "cancelled by hand",
        };
        *self.done.entry(word).or_default() += 1;
        one.by_hand.push(ByHand { post: record.post.id.clone(), year, begun, is_told, what });
        if is_told && now.is_some() {
            is_written_down(town, Some((record, open.1)), &format!("{word} {}", one.event.id));
        }
    }

    fn prefer(&mut self, town: &mut Town, owner: usize) {
        let Some(user) = self.events.iter().find(|one| one.owner == owner).map(|one| one.event.user.clone()) else {
            return;
        };
        let world = town.world.clone();
        let zone = world.happens(500).then(|| ZONES[usize::try_from(world.draw(ZONES.len() as u64)).unwrap()]);
        let post_at = zone.is_none().then(|| time_of_day(&world));
        let (begun, asking) = (town.now(), user.clone());
        let time_zone = zone.map(str::to_owned);
        let changes = PreferenceChanges { time_zone, post_at, ..PreferenceChanges::default() };
        asked(town, |ports| async move { ChangePreferences(ports).run(&asking, changes).await });
        let preferences = town.gates.wait(town.store.preferences(&user)).unwrap();
        *self.done.entry("settings").or_default() += 1;
        for one in self.events.iter_mut().filter(|one| one.owner == owner) {
            let before = one.said.last().unwrap().clone();
            // Posts follow in the background, when somebody looks there.
            let (holds_from, spared) = (Some(town.now() + EVERY * 2), vec![]);
            one.said.push(Said { begun, holds_from, spared, preferences: preferences.clone(), ..before });
        }
    }
}
