//! What a person changes about an event while its post is on its way.

use rats_application::{
    auto_post::{NextPost, NextPosts},
    event::EditEvent,
    post::RetryPost,
    preferences::{ChangePreferences, PreferenceChanges},
};
use rats_domain::{
    caption::{Caption, CaptionLimits},
    event::EventDetails,
    publication::Stage,
};
use time::macros::{date, time};

use super::*;
use crate::{executor::OUTSIDE, gate::Twist};

/// Ann's event on 12 December 2026 at 09:00 UTC; the world begins on the 4th.
const DATE: Date = date!(2026 - 12 - 12);

/// A town with one event, whose scheduler looks every minute.
struct Week {
    town: Town,
    anna: Connection,
    event: Event,
}

impl Week {
    fn new() -> Self {
        let mut town = Town::new(11, hostile(), settings());
        let anna = town.person();
        let event = town.event(&anna, 0, DATE, None);
        town.start_with_events(SCHEDULER, Duration::from_mins(1));
        Self { town, anna, event }
    }

    /// Lets time go on until then.
    fn until(&mut self, then: OffsetDateTime) {
        let left: Duration = (then - self.town.now()).try_into().expect("it is to come");
        self.town.world.run_until(self.town.world.now() + left);
    }

    /// A change of the event by its owner.
    fn edit(&mut self, change: impl Fn(&mut EventDetails) + Send + Sync + 'static) {
        let edit = EditEvent(self.town.event_ports(OUTSIDE));
        let (user, id) = (self.anna.user.clone(), self.event.id.clone());
        let changed = move |mut details| {
            change(&mut details);
            Ok(details)
        };
        self.town.ask(OUTSIDE, async move { edit.run(&user, &id, changed).await }).unwrap();
    }

    fn prefer(&mut self, zone: Option<&'static str>, post_at: Option<Time>) {
        let change = ChangePreferences(self.town.event_ports(OUTSIDE));
        let (user, time_zone) = (self.anna.user.clone(), zone.map(str::to_owned));
        let changes = PreferenceChanges { time_zone, post_at, ..PreferenceChanges::default() };
        self.town.ask(OUTSIDE, async move { change.run(&user, changes).await }).unwrap();
    }

    /// What its owner is told about the next post.
    fn next(&mut self) -> NextPost {
        let (next, event) = (NextPosts(self.town.event_ports(OUTSIDE)), self.town.found_event(&self.event));
        let told = async move { next.run(&event.user, std::slice::from_ref(&event)).await };
        self.town.ask(OUTSIDE, told).unwrap().into_values().next().unwrap()
    }

    /// When, and with which text, what is live went out.
    fn ledger(&self) -> Vec<(OffsetDateTime, String)> {
        let media = self.town.network.instagram.ledger(self.town.now()).media;
        media.into_iter().map(|media| (media.timestamp, media.caption)).collect()
    }

    #[track_caller]
    fn is_live_once_at(&self, due: OffsetDateTime) {
        let [(at, _)] = &self.ledger()[..] else { panic!("{:?} {:#?}", self.ledger(), self.stories()) };
        assert!((due..due + Duration::from_mins(1)).contains(at), "{at} {:#?}", self.stories());
    }

    fn stories(&self) -> Vec<Vec<String>> {
        self.town.all_posts(&self.anna).iter().map(|record| self.town.story(&record.post)).collect()
    }
}

fn at(day: Date, hour: Time) -> OffsetDateTime {
    day.with_time(hour).assume_utc()
}

#[test]
fn a_setting_by_which_todays_time_has_passed_leaves_todays_post() {
    for (zone, post_at) in [(Some("Asia/Tokyo"), None), (None, Some(time!(8:00)))] {
        let mut week = Week::new();
        week.until(at(DATE, time!(8:30)));
        week.prefer(zone, post_at);
        week.until(at(DATE, time!(8:45)));
        let told = week.next();
        assert_eq!((told.at, told.post.is_some()), (Some(at(DATE, time!(9:00))), true), "{told:?}");
        week.until(at(DATE.next_day().unwrap(), time!(12:00)));
        week.is_live_once_at(at(DATE, time!(9:00)));
    }
}

#[test]
fn an_event_that_comes_back_into_its_year_is_posted() {
    let mut week = Week::new();
    week.until(at(date!(2026 - 12 - 09), time!(12:00)));
    week.edit(|details| details.date = date!(2027 - 12 - 12));
    // Nothing is left to do about the post that was cancelled.
    week.until(at(date!(2026 - 12 - 20), time!(12:00)));
    assert_eq!(week.ledger(), []);
    week.edit(|details| details.date = date!(2026 - 12 - 28));
    week.until(at(date!(2026 - 12 - 29), time!(12:00)));
    week.is_live_once_at(at(date!(2026 - 12 - 28), time!(9:00)));
}

#[test]
fn a_post_that_waits_beyond_its_time_follows_its_event() {
    for moves in [false, true] {
        let mut week = Week::new();
        week.until(at(DATE, time!(8:00)));
        week.town.disconnect(&week.anna);
        week.until(at(DATE, time!(10:00)));
        week.edit(move |details| {
            if moves {
                details.date = date!(2028 - 03 - 01);
            } else {
                let text = Caption::parse("Better late than never!", &CaptionLimits::default()).unwrap();
                details.auto_post.caption = Some(text);
            }
        });
        week.until(at(DATE, time!(11:00)));
        week.town.link(&week.anna.user, &week.town.new_token(&week.anna.account));
        week.until(at(DATE, time!(20:00)));
        let texts: Vec<String> = week.ledger().into_iter().map(|(_, text)| text).collect();
        let expected: &[&str] = if moves { &[] } else { &["Better late than never!"] };
        assert_eq!(texts, expected, "{:#?}", week.stories());
    }
}

#[test]
fn an_event_says_that_it_went_out_within_minutes_whoever_dies() {
    for dies in [false, true] {
        let mut week = Week::new();
        week.until(at(DATE, time!(8:00)));
        week.town.disconnect(&week.anna);
        week.until(at(DATE, time!(14:00)));
        assert_eq!(week.town.found_event(&week.event).last_message_sent, None);
        week.town.link(&week.anna.user, &week.town.new_token(&week.anna.account));
        if dies {
            week.town.gates.twist("PublicationQueue::record_published", Twist::Die(Crash::AnswerLost));
            let end = week.town.world.now() + Duration::from_mins(2);
            assert!(week.town.world.run_while(end, || week.town.gates.has_dead()), "it dies when it is live");
            week.town.start_with_events(SCHEDULER, Duration::from_mins(1));
        }
        week.until(at(DATE, time!(14:04)));
        let posts = week.town.all_posts(&week.anna);
        let sent = posts[0].receipt.as_ref().expect("it is live").sent_at;
        assert_eq!(week.town.found_event(&week.event).last_message_sent, Some(sent), "{:#?}", week.stories());
    }
}

#[test]
fn an_event_says_that_it_went_out_also_where_that_is_days_late() {
    let mut week = Week::new();
    week.until(at(DATE, time!(8:00)));
    week.town.disconnect(&week.anna);
    // By then nothing is left to do about the post that failed.
    week.until(at(date!(2026 - 12 - 16), time!(9:00)));
    week.town.link(&week.anna.user, &week.town.new_token(&week.anna.account));
    let failed = week.town.all_posts(&week.anna).remove(0);
    assert_eq!(failed.publication.stage, Stage::Failed);
    let retry = RetryPost(week.town.ports(OUTSIDE));
    week.town.ask(OUTSIDE, async move { retry.run(&failed.post.user, &failed.post.id, None).await }).unwrap();
    week.until(at(date!(2026 - 12 - 16), time!(9:05)));
    let sent = week.town.all_posts(&week.anna)[0].receipt.as_ref().expect("it is live").sent_at;
    assert_eq!(week.town.found_event(&week.event).last_message_sent, Some(sent), "{:#?}", week.stories());
}

#[test]
fn an_event_late_in_the_day_moves_on_at_midnight_posted_or_not() {
    for is_posted in [true, false] {
        let mut week = Week::new();
        week.prefer(None, Some(time!(23:30)));
        week.edit(move |details| details.auto_post.enabled = is_posted);
        week.until(at(DATE.next_day().unwrap(), time!(0:03)));
        assert_eq!(week.ledger().len(), usize::from(is_posted));
        assert_eq!(week.town.found_event(&week.event).details.date, date!(2027 - 12 - 12));
    }
}
