use futures_util::FutureExt as _;
use rats_domain::{
    connection::Feature,
    event::{Author, Event, Written},
    occurrence::{DueEvent, Making, Problem},
    picture::MadePicture,
    preference::Preferences,
};
use time::{Duration, OffsetDateTime, macros::date};

use super::*;
use crate::mock::{Mocks, NOW, connection};

/// An event of today that posts itself.
pub(super) fn event() -> Event {
    let mut event = Event::example("e", "u", date!(2026 - 12 - 04));
    event.details.auto_post.enabled = true;
    Event { message: Some("Happy birthday, Anna!".into()), ..event }
}

/// An event in three days of which nothing is made yet.
fn soon() -> Event {
    let mut event = event();
    event.details.date = date!(2026 - 12 - 07);
    event
}

fn mocks(event: Event) -> Mocks {
    let mut mocks = Mocks::default();
    let due = DueEvent { user: event.user.clone(), event: event.id.clone(), until: NOW + Duration::minutes(2) };
    mocks.agenda.expect_take_due_events().return_once(move |_, _, _| Ok(vec![due]));
    mocks.events.expect_find().returning(move |_, _| Ok(Some(event.clone())));
    mocks.preferences.expect_preferences().returning(|_| Ok(Preferences::default()));
    mocks.occurrences.expect_occurrences().returning(|_, _, _| Ok(vec![]));
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
