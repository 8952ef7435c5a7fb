use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use rats_domain::{
    caption::Caption,
    clock::{Clock, Monotonic},
    connection::Feature,
    event::{Author, Event, MessageWriter, Written},
    id::{EventId, PictureId, PostId, UserId},
    occurrence::{DueEvent, Making, Occurrence, Problem, Rendition},
    picture::MadePicture,
    preference::Preferences,
    publication::{Attention, AttentionKind, Step},
};
use time::{
    Duration, OffsetDateTime,
    macros::{date, time},
};

use super::*;
use crate::{
    Ports,
    mock::{Mocks, NOW, at, connection, post},
};

/// An event of today that posts itself.
pub(super) fn event() -> Event {
    let mut event = Event::example("e", "u", date!(2026 - 12 - 04));
    event.details.auto_post.enabled = true;
    Event { message: Some("Happy birthday, Anna!".into()), ..event }
}

/// What an event became in a year.
pub(super) fn occurrence(event: &Event, year: i32, post: &str) -> Occurrence {
    Occurrence {
        user: event.user.clone(),
        event: event.id.clone(),
        year,
        post: PostId::new(post),
        rendition: Rendition {
            day: event.details.date,
            caption: Caption::stored("Happy birthday, Anna!".into()),
            picture: PictureId::new("x"),
            shows: "a card".into(),
            publish_at: NOW,
        },
        is_withdrawn: false,
        is_settled: true,
    }
}

/// An event in three days of which nothing is made yet.
fn soon() -> Event {
    let mut event = event();
    event.details.date = date!(2026 - 12 - 07);
    event
}

fn mocks(event: Event) -> Mocks {
    mocks_beside(event, vec![], Preferences::default())
}

fn mocks_beside(event: Event, known: Vec<Occurrence>, preferences: Preferences) -> Mocks {
    let mut mocks = Mocks::default();
    let due = DueEvent { user: event.user.clone(), event: event.id.clone(), until: NOW + Duration::minutes(2) };
    let mut due = Some(due);
    mocks.agenda.expect_take_due_event().returning(move |_, _, _| Ok(due.take()));
    mocks.events.expect_find().returning(move |_, _| Ok(Some(event.clone())));
    mocks.preferences.expect_preferences().returning(move |_| Ok(preferences.clone()));
    mocks.occurrences.expect_occurrences().returning(move |_, _, _| Ok(known.clone()));
    mocks
}

/// Looks; what it leaves must be right.
fn look(mut mocks: Mocks, is_right: impl Fn(Option<OffsetDateTime>, Option<&Problem>) -> bool + Send + 'static) {
    mocks
        .agenda
        .expect_looked_at()
        .withf(move |_, next, problem| is_right(*next, *problem))
        .times(1)
        .returning(|_, _, _| Ok(true));
    assert_eq!(LookAtEvents(mocks.ports()).run().now_or_never().unwrap().unwrap(), 1);
}

fn connected(mocks: &mut Mocks) {
    let works = connection(vec![Feature::Basic, Feature::Publish]);
    mocks.connections.expect_find_by_user().returning(move |_| Ok(Some(works.clone())));
}

fn drawn(mocks: &mut Mocks) {
    mocks.maker.expect_card().times(1).returning(|brief| {
        assert_eq!(brief.date, date!(2026 - 12 - 07), "the day on which it goes out");
        Ok(MadePicture { jpeg: vec![1], width: 1080, height: 1350, changes: vec![], original: vec![] })
    });
    mocks.files.expect_put().returning(|_, _| Ok(()));
    mocks.pictures.expect_add().returning(|picture, _| Ok(rats_domain::idempotency::Added::New(picture.clone())));
}

#[test]
fn without_an_account_the_owner_is_told_ahead_and_it_is_tried_again() {
    let mut mocks = mocks(soon());
    mocks.connections.expect_find_by_user().returning(|_| Ok(None));
    look(mocks, |next, problem| {
        let within = next.is_some_and(|next| (NOW + Duration::HOUR..NOW + Duration::hours(2)).contains(&next));
        within && problem.is_some_and(|problem| problem.code == "not_connected")
    });
}

#[test]
fn an_event_far_ahead_is_looked_at_when_its_week_begins() {
    let mut event = event();
    event.details.date = date!(2027 - 03 - 12);
    look(mocks(event), |next, problem| {
        let week = NOW + Duration::days(91);
        problem.is_none() && next.is_some_and(|next| (week..week + Duration::HOUR).contains(&next))
    });
}

#[test]
fn what_has_no_message_gets_one_and_its_event_keeps_it() {
    let mut silent = soon();
    silent.message = None;
    let mut mocks = mocks(silent);
    connected(&mut mocks);
    drawn(&mut mocks);
    mocks.writer.expect_write().times(1).returning(|_, _| Written {
        message: "From the templates.".into(),
        plan: "Tea.".into(),
        by: Author::Templates,
    });
    mocks.occurrences.expect_make().times(1).returning(|occurrence, post, publication, entries, _| {
        assert_eq!((occurrence.year, occurrence.rendition.caption.as_str()), (2026, "From the templates."));
        assert_eq!((&post.caption, &post.id), (&occurrence.rendition.caption, &occurrence.post));
        assert_eq!(publication.publish_at, Some(NOW + Duration::days(3)));
        assert!(entries[0].message.contains("7 December 2026, 09:00 UTC"));
        Ok(Making::Made)
    });
    let told = |event: &Event, _: &OffsetDateTime| event.message.as_deref() == Some("From the templates.");
    mocks.events.expect_replace().withf(told).times(1).returning(|_, _| Ok(true));
    mocks.posts.expect_find().returning(|_, _| Ok(None));
    look(mocks, |_, problem| problem.is_none());
}

#[test]
fn who_is_second_looks_again_soon() {
    for making in [Making::Exists, Making::EventChanged] {
        let mut mocks = mocks(soon());
        connected(&mut mocks);
        drawn(&mut mocks);
        mocks.occurrences.expect_make().times(1).returning(move |_, _, _, _, _| Ok(making));
        look(mocks, |next, problem| problem.is_none() && next.is_some_and(|next| next <= NOW + Duration::MINUTE));
    }
}

#[test]
fn a_card_that_cannot_be_drawn_is_told() {
    let mut mocks = mocks(soon());
    connected(&mut mocks);
    let unusable = || rats_domain::picture::PictureError::Unusable("The title has no letters that we can draw.".into());
    mocks.maker.expect_card().returning(move |_| Err(unusable()));
    look(mocks, |_, problem| {
        problem.is_some_and(|problem| problem.code == "picture" && problem.message.contains("title"))
    });
}

/// An event of yesterday whose owner's time is 23:00: nine hours ago, so that a late post would be of use.
fn of_yesterday(known: Vec<Occurrence>, enabled: bool) -> Mocks {
    let mut event = event();
    (event.details.date, event.details.auto_post.enabled) = (date!(2026 - 12 - 03), enabled);
    mocks_beside(event, known, Preferences { post_at: time!(23:00), ..Preferences::default() })
}

#[test]
fn an_event_moves_on_once_its_day_is_over_unless_its_post_may_still_be_made() {
    for (is_posted, enabled) in [(true, true), (false, false)] {
        let known = is_posted.then(|| occurrence(&event(), 2026, "p")).into_iter().collect();
        let mut mocks = of_yesterday(known, enabled);
        let moved = |event: &Event, _: &OffsetDateTime| event.details.date == date!(2027 - 12 - 03);
        mocks.events.expect_replace().withf(moved).times(1).returning(|_, _| Ok(true));
        look(mocks, |_, problem| problem.is_none());
    }
    let mut mocks = of_yesterday(vec![], true);
    mocks.connections.expect_find_by_user().returning(|_| Ok(None));
    look(mocks, |next, problem| {
        problem.is_some_and(|problem| problem.code == "not_connected") && next <= Some(NOW + Duration::hours(3))
    });
}

#[test]
fn what_is_told_of_many_events_is_read_at_once() {
    let events = ["e1", "e2", "e3"].map(|id| Event { id: EventId::new(id), ..event() });
    let known: Vec<Occurrence> = events.iter().map(|event| occurrence(event, 2026, event.id.as_str())).collect();
    let mut mocks = Mocks::default();
    connected(&mut mocks);
    mocks.preferences.expect_preferences().times(1).returning(|_| Ok(Preferences::default()));
    mocks.occurrences.expect_occurrences().times(1).returning(move |_, _, _| Ok(known.clone()));
    mocks.agenda.expect_problems().times(1).returning(|_| Ok(vec![]));
    mocks.posts.expect_find_all().times(1).returning(|_, ids| {
        assert_eq!(ids.len(), 3);
        let mut record = post();
        record.post.id = PostId::new("e2");
        Ok(vec![record])
    });
    let told = NextPosts(mocks.ports()).run(&UserId::new("u"), &events).now_or_never().unwrap().unwrap();
    let codes: Vec<_> = told.values().map(|next| next.problem.as_ref().unwrap().code.as_str()).collect();
    assert_eq!(codes, ["removed", "draft", "removed"]);
}

#[test]
fn a_failure_is_told_beside_the_next_post_for_a_while() {
    let mut moved_on = event();
    moved_on.details.date = date!(2027 - 12 - 01);
    let told = |failed_at: OffsetDateTime, steps: Vec<Step>| {
        let mut known = occurrence(&moved_on, 2026, "p");
        known.rendition.publish_at = failed_at;
        let mut mocks = Mocks::default();
        connected(&mut mocks);
        mocks.preferences.expect_preferences().returning(|_| Ok(Preferences::default()));
        mocks.occurrences.expect_occurrences().returning(move |_, _, _| Ok(vec![known.clone()]));
        mocks.agenda.expect_problems().returning(|_| Ok(vec![]));
        mocks.posts.expect_find_all().returning(move |_, _| {
            let mut record = post();
            record.post.id = PostId::new("p");
            record.publication = steps.iter().cloned().fold(record.publication, |at, step| at.after(step).unwrap());
            Ok(vec![record])
        });
        mocks.posts.expect_by_day().returning(|_, _, _| Ok(vec![]));
        let events = [moved_on.clone()];
        let mut told = NextPosts(mocks.ports()).run(&UserId::new("u"), &events).now_or_never().unwrap().unwrap();
        told.remove(&events[0].id).unwrap().problem
    };
    let failed =
        vec![at(NOW), Step::Fail { attention: Attention::new(AttentionKind::DeadlinePassed, "It was too late.") }];
    let problem = told(NOW - Duration::days(3), failed.clone()).unwrap();
    assert_eq!(
        (problem.code.as_str(), problem.message.as_str()),
        ("failed", "This event's post of 2026 failed: It was too late. Its next time is 1 December 2027, 09:00 UTC.")
    );
    assert_eq!(told(NOW - Duration::days(31), failed), None, "that is no news any more");
    assert_eq!(told(NOW - Duration::days(3), vec![at(NOW), Step::Cancelled]), None, "they know");
}

/// Never done with a text.
struct Slow;

#[async_trait]
impl MessageWriter for Slow {
    async fn write(&self, _: &Event, _: u32) -> Written {
        std::future::pending().await
    }
}

/// It stands still at [`NOW`].
struct Standing;

#[async_trait]
impl Clock for Standing {
    fn now(&self) -> OffsetDateTime {
        NOW
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic::from_start(std::time::Duration::ZERO)
    }

    async fn sleep_until(&self, _: Monotonic) {
        std::future::pending::<()>().await;
    }
}

#[test]
fn who_has_much_to_be_done_keeps_nobody_else_waiting() {
    let mut due: Vec<DueEvent> = ["u", "u", "u", "u", "u", "v"]
        .iter()
        .map(|user| DueEvent { user: UserId::new(*user), event: EventId::new("e"), until: NOW })
        .collect();
    let mut mocks = Mocks::default();
    mocks.agenda.expect_take_due_event().returning(move |_, _, busy| {
        let next = due.iter().position(|due| !busy.contains(&due.user));
        Ok(next.map(|next| due.remove(next)))
    });
    mocks
        .events
        .expect_find()
        .returning(|user, _| Ok((user.as_str() == "u").then(|| Event { message: None, ..soon() })));
    mocks.preferences.expect_preferences().returning(|_| Ok(Preferences::default()));
    mocks.occurrences.expect_occurrences().returning(|_, _, _| Ok(vec![]));
    connected(&mut mocks);
    let looked_at: Arc<Mutex<Vec<UserId>>> = Arc::default();
    let told = looked_at.clone();
    mocks.agenda.expect_looked_at().returning(move |due, _, _| {
        told.lock().unwrap().push(due.user.clone());
        Ok(true)
    });
    let ports = Arc::into_inner(mocks.ports()).unwrap();
    let ports = Ports { writer: Arc::new(Slow), clock: Arc::new(Standing), ..ports };
    assert!(LookAtEvents(Arc::new(ports)).run().now_or_never().is_none(), "a text is still being written");
    assert_eq!(*looked_at.lock().unwrap(), [UserId::new("v")]);
}
