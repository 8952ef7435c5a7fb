//! A person who decides at the very moment that a worker does.

use std::time::Duration;

use rats_application::Refusal;
use rats_domain::publication::Stage;
use rats_instagram_sim::Fault;

use super::tale::{DUE, Tale};
use crate::{
    executor::OUTSIDE,
    gate::Twist,
    people::{cancel, edit},
};

/// Just before the post is due its worker stops at the next call of this name; tells the tale while it stands still.
fn stopped_at(call: &'static str) -> (Tale, rats_domain::post::Post) {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.town.gates.twist(call, Twist::StopBefore(Duration::from_secs(20)));
    tale.until(DUE + Duration::from_secs(5));
    (tale, post)
}

#[test]
fn what_is_cancelled_between_claim_and_intent_is_never_live() {
    let (mut tale, post) = stopped_at("PublicationQueue::record");
    let (ports, promises) = (tale.town.ports(OUTSIDE), tale.town.promises.clone());
    tale.ask(cancel(ports, post.clone(), promises)).unwrap();
    tale.until_after_due(Duration::from_hours(1));
    tale.is(&[&post], Stage::Cancelled, 0);
    assert_eq!(tale.requests(), 0);
}

#[test]
fn what_is_edited_between_claim_and_intent_is_live_with_its_new_text() {
    let (mut tale, post) = stopped_at("PublicationQueue::record");
    let (ports, promises) = (tale.town.ports(OUTSIDE), tale.town.promises.clone());
    tale.ask(edit(ports, post.clone(), Some("Happy birthday, all of you!"), None, promises)).unwrap();
    tale.until_after_due(Duration::from_mins(5));
    tale.is_live_once(&post);
    assert_eq!(tale.requests(), 1);
}

#[test]
fn what_was_prepared_before_an_edit_does_not_count_against_what_is_prepared_after_it() {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna, DUE);
    tale.until(DUE.saturating_sub(Duration::from_mins(1)));
    for (seconds, text) in [(50, "Happy birthday!"), (45, "Happy birthday, Anna!"), (40, "Dear Anna, happy birthday!")]
    {
        let (ports, promises) = (tale.town.ports(OUTSIDE), tale.town.promises.clone());
        if text.starts_with("Dear") {
            // What Instagram cannot process this once is prepared anew.
            tale.fault(Fault::ContainerError { subcode: 2_207_082 }, 1);
        }
        tale.ask(edit(ports, post.clone(), Some(text), None, promises)).unwrap();
        tale.until(DUE.saturating_sub(Duration::from_secs(seconds)));
    }
    tale.until_after_due(Duration::from_mins(5));
    tale.is_live_once(&post);
    assert_eq!(tale.town.containers(&post).len(), 5);
}

#[test]
fn what_is_moved_between_claim_and_intent_waits_for_its_new_time() {
    let (mut tale, post) = stopped_at("PublicationQueue::record");
    let (ports, promises) = (tale.town.ports(OUTSIDE), tale.town.promises.clone());
    let at = tale.town.now() + time::Duration::hours(1);
    tale.ask(edit(ports, post.clone(), None, Some(at), promises)).unwrap();
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&post], Stage::Waiting, 0);
    tale.until_after_due(Duration::from_hours(2));
    tale.is_live_once(&post);
    assert_eq!(tale.town.containers(&post).len(), 1, "a move keeps the container");
}

#[test]
fn between_the_check_of_the_deadline_and_the_write_it_is_too_late_to_change_anything() {
    let (mut tale, post) = stopped_at("publish");
    let (ports, promises) = (tale.town.ports(OUTSIDE), tale.town.promises.clone());
    let refused = tale.ask(cancel(ports, post.clone(), promises));
    assert!(matches!(refused, Err(Refusal::Conflict { code: "too_late", .. })), "{refused:?}");
    let (ports, promises) = (tale.town.ports(OUTSIDE), tale.town.promises.clone());
    let refused = tale.ask(edit(ports, post.clone(), Some("Too late"), None, promises));
    assert!(matches!(refused, Err(Refusal::Conflict { .. })), "{refused:?}");
    tale.until_after_due(Duration::from_mins(5));
    tale.is_live_once(&post);
}

#[test]
fn who_read_the_post_before_its_intent_and_decides_after_it_is_refused() {
    const API: usize = 9;
    let mut tale = Tale::new();
    let post = tale.ready_post();
    // Its worker has claimed it and rests; the person reads; the worker stores its intent and rests; the person decides.
    tale.town.gates.twist("PublicationQueue::record", Twist::StopBefore(Duration::from_secs(5)));
    tale.until_after_due(Duration::from_secs(2));
    tale.town.gates.twist("PostRepository::change", Twist::StopBefore(Duration::from_secs(10)));
    tale.town.gates.twist("publish", Twist::StopBefore(Duration::from_secs(20)));
    let (ports, promises) = (tale.town.ports(API), tale.town.promises.clone());
    let refused = tale.ask_in(API, edit(ports, post.clone(), Some("Too late"), None, promises));
    assert!(matches!(refused, Err(Refusal::Conflict { .. })), "{refused:?}");
    tale.until_after_due(Duration::from_mins(5));
    tale.is_live_once(&post);
}
