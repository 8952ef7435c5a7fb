//! Another try: what a person, a new connection or a fresh token makes of what was said before.

use std::time::Duration;

use rats_application::post::{PublishPost, RetryPost};
use rats_domain::{
    post::{Origin, Post},
    publication::{AttentionKind, Stage},
};
use rats_instagram_sim::{Call, Fault};

use super::tale::{DUE, SCHEDULER, Tale, error};
use crate::{
    executor::OUTSIDE,
    people::edit,
    town::{Town, hostile, settings},
};

/// What its person is told.
fn told(tale: &Tale, post: &Post) -> String {
    tale.town.find(post).publication.attention.as_ref().unwrap().message.clone()
}

/// A post that Instagram was asked to prepare again and again, and refused as often.
fn refused(refusal: &Fault, tries: usize) -> (Tale, Post) {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna, DUE + Duration::from_hours(1));
    tale.fault(refusal.clone(), None);
    while tale.told(&post, "try_again") < tries {
        tale.until(tale.town.world.now() + Duration::from_secs(1));
    }
    tale.mended();
    (tale, post)
}

#[test]
fn what_failed_and_is_tried_again_by_its_person_is_not_refused_by_what_was_said_before() {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna, DUE);
    tale.fault(error(Call::Create, 400, 100, Some(33)), None);
    tale.until_after_due(Duration::from_hours(3));
    tale.is(&[&post], Stage::Failed, 0);
    tale.mended();
    tale.fault(error(Call::Create, 400, 100, Some(33)), 2);
    let retry = RetryPost(tale.town.ports(OUTSIDE));
    let (user, id) = (post.user.clone(), post.id.clone());
    tale.ask(async move { retry.run(&user, &id, None).await }).expect("tried again");
    tale.until_after_due(Duration::from_hours(4));
    tale.is_live_once(&post);
}

#[test]
fn a_new_connection_is_another_try_however_late_it_comes() {
    // Some of these within the waits for the last refusal, whose end is after the hour.
    for quarters in 200..240 {
        let mut tale = Tale::new();
        let post = tale.ready_post();
        tale.fault(error(Call::Publish, 500, 2, None), 1);
        tale.until_after_due(Duration::from_secs(10));
        tale.fault(error(Call::Publish, 403, 10, None), None);
        tale.until_after_due(Duration::from_secs(15) * quarters);
        tale.mended();
        tale.reconnect();
        tale.until_after_due(Duration::from_hours(3));
        tale.is_live_once(&post);
    }
}

#[test]
fn a_token_that_was_refreshed_is_another_try_however_late_that_is() {
    for quarters in 200..236 {
        let mut tale = Tale::new();
        let post = tale.ready_post();
        tale.fault(error(Call::Publish, 500, 2, None), 1);
        tale.fault(error(Call::MediaList, 500, 2, None), None);
        tale.until_after_due(Duration::from_secs(15) * quarters);
        tale.mended();
        tale.fault(error(Call::Publish, 400, 190, None), 1);
        tale.until_after_due(Duration::from_hours(3));
        tale.is_live_once(&post);
    }
}

#[test]
fn what_is_moved_or_published_now_is_not_refused_by_what_was_said_before() {
    for moves in [true, false] {
        // The app is refused after eight alike, each asked for once more under the account's other id.
        let refusal = error(Call::Create, 400, 100, Some(33));
        let (mut tale, post) = refused(&refusal, 7);
        tale.fault(refusal, 4);
        let ports = tale.town.ports(OUTSIDE);
        if moves {
            let (later, promises) = (tale.town.now() + time::Duration::hours(2), tale.town.promises.clone());
            tale.ask(edit(ports, post.clone(), None, Some(later), promises)).unwrap();
        } else {
            let (user, id) = (post.user.clone(), post.id.clone());
            tale.ask(async move { PublishPost(ports).run(&user, &id, None).await }).unwrap();
        }
        tale.until_after_due(Duration::from_hours(3));
        tale.is_live_once(&post);
    }
}

#[test]
fn a_new_connection_is_not_refused_by_what_the_old_one_was_told() {
    let refusal = error(Call::Create, 403, 10, None);
    let (mut tale, post) = refused(&refusal, 7);
    tale.fault(refusal, 4);
    tale.reconnect();
    tale.until_after_due(Duration::from_hours(2));
    tale.is_live_once(&post);
}

#[test]
fn what_waits_for_a_permission_goes_on_as_soon_as_the_account_is_connected_again() {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna, DUE);
    tale.fault(error(Call::ContainerRead, 403, 10, None), None);
    tale.until_after_due(Duration::from_hours(2));
    assert_eq!(tale.attention(&post), Some(AttentionKind::Reconnect));
    tale.mended();
    tale.reconnect();
    assert_eq!(tale.attention(&post), None);
    tale.until_after_due(Duration::from_mins(121));
    tale.is_live_once(&post);
}

#[test]
fn what_was_refused_after_an_unclear_answer_is_told_also_where_it_is_too_late_by_then() {
    let of_the_picture =
        (error(Call::Publish, 400, 100, Some(2_207_009)), "refused to publish it when it was asked again");
    let of_the_permission = (error(Call::Publish, 403, 10, None), "connect it again and allow everything");
    for (refusal, why) in [of_the_picture, of_the_permission] {
        let mut tale = Tale::new();
        tale.until(DUE);
        let post = tale.town.post_now(&tale.anna, Origin::Now).unwrap();
        tale.fault(error(Call::Publish, 500, 2, None), 1);
        tale.until_after_due(Duration::from_mins(1));
        assert_eq!(tale.stage(&post), Stage::Reconciling);
        tale.fault(refusal, None);
        tale.until_after_due(Duration::from_hours(2));
        tale.is(&[&post], Stage::NeedsReview, 0);
        assert_eq!(tale.requests(), 2);
        assert!(told(&tale, &post).contains(why), "{}", told(&tale, &post));
    }
}

#[test]
fn who_is_refused_a_permission_after_an_unclear_answer_is_told_what_to_mend() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(error(Call::Publish, 500, 2, None), 1);
    tale.until_after_due(Duration::from_secs(10));
    tale.fault(error(Call::Publish, 403, 10, None), None);
    tale.until_after_due(Duration::from_mins(8));
    assert!(told(&tale, &post).contains("connect the account again and do so"), "{}", told(&tale, &post));
    tale.mended();
    tale.reconnect();
    assert!(!told(&tale, &post).contains("connect"), "{}", told(&tale, &post));
    tale.until_after_due(Duration::from_mins(20));
    tale.is_live_once(&post);
}

#[test]
fn a_token_that_stays_refused_and_cannot_be_refreshed_ends_with_its_person() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(error(Call::Publish, 500, 2, None), 1);
    tale.until_after_due(Duration::from_secs(10));
    tale.fault(error(Call::Publish, 400, 190, None), None);
    tale.fault(error(Call::Token, 500, 2, None), None);
    tale.until_after_due(Duration::from_hours(2));
    tale.is(&[&post], Stage::NeedsReview, 0);
    assert!(told(&tale, &post).contains("connect it again"), "{}", told(&tale, &post));
}

#[test]
fn a_token_too_young_to_be_refreshed_is_not_dead_for_one_refusal() {
    let mut town = Town::new(1, hostile(), settings());
    let anna = town.person_whose_token_was_issued(time::Duration::hours(2));
    let mut tale = Tale { town, anna };
    tale.town.start(SCHEDULER);
    let post = tale.town.post(&tale.anna, DUE);
    tale.fault(error(Call::Create, 400, 190, None), 1);
    tale.until_after_due(Duration::from_mins(5));
    tale.is_live_once(&post);
}

#[test]
fn a_profile_that_refuses_a_token_in_passing_holds_nothing() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(error(Call::Publish, 403, 10, None), 1);
    tale.fault(error(Call::Profile, 400, 190, None), 1);
    tale.until_after_due(Duration::from_mins(30));
    tale.is_live_once(&post);
}

#[test]
fn who_has_acted_in_the_app_is_not_kept_waiting() {
    let mut tale = Tale::new();
    let now = tale.town.post_now(&tale.anna, Origin::Now).unwrap();
    let later = tale.town.post(&tale.anna, DUE + Duration::from_mins(20));
    tale.fault(Fault::AccountRestricted, 1);
    tale.until_after_due(Duration::from_mins(1));
    tale.is(&[&now], Stage::Failed, 0);
    assert!(told(&tale, &now).contains("then try again"), "{}", told(&tale, &now));
    let retry = RetryPost(tale.town.ports(OUTSIDE));
    let (user, id) = (now.user.clone(), now.id.clone());
    tale.ask(async move { retry.run(&user, &id, None).await }).unwrap();
    tale.until_after_due(Duration::from_mins(2));
    tale.is_live_once(&now);
    tale.until_after_due(Duration::from_mins(21));
    tale.is_live_once(&later);
}

#[test]
fn what_is_too_late_after_a_rest_does_not_promise_to_go_on() {
    let mut tale = Tale::new();
    tale.until(DUE);
    let post = tale.town.post_now(&tale.anna, Origin::Now).unwrap();
    tale.fault(Fault::Blocked, 1);
    tale.until_after_due(Duration::from_mins(8));
    assert_eq!(tale.stage(&post), Stage::Reconciling);
    let attention = tale.town.find(&post).publication.attention.clone().unwrap();
    assert!(attention.until.is_none() && attention.message.contains("too late for this post"), "{attention:?}");
    tale.until_after_due(Duration::from_mins(65));
    tale.is(&[&post], Stage::NeedsReview, 0);
}
