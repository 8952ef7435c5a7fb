//! What the witnesses say, and for how long they may say nothing.

use std::{sync::atomic::Ordering, time::Duration};

use rats_application::{
    Refusal, Settings,
    post::{MAY_BE_SHOWN, PostChanges, RepublishPost},
};
use rats_domain::publication::{AttentionKind, Stage};
use rats_instagram_sim::{Call, Fault};

use super::tale::{DUE, LONG, OTHER, SCHEDULER, Tale, error};
use crate::{
    executor::OUTSIDE,
    gate::{Crash, Twist},
    people::decide,
    town::settings,
};

/// Grace and witness window either way round.
fn waits() -> [Settings; 3] {
    [(65, 300), (65, 30), (20, 300)].map(|(grace, window)| {
        let mut settings = settings();
        settings.publish.grace = Duration::from_secs(grace);
        settings.publish.witness_window = Duration::from_secs(window);
        settings
    })
}

#[test]
fn a_request_that_comes_and_shows_as_late_as_can_be_is_not_sent_again() {
    for settings in waits() {
        let lag = settings.publish.witness_window.as_secs() - 1;
        for its_sender_dies in [true, false] {
            let mut tale = Tale::with(settings.clone());
            let post = tale.ready_post();
            tale.lags(lag, lag);
            tale.no_counter();
            if its_sender_dies {
                tale.town.gates.twist("publish", Twist::Die(Crash::InFlight));
                tale.town.start(OTHER);
            } else {
                tale.town.network.latest.store(true, Ordering::Relaxed);
            }
            tale.until_after_due(Duration::from_mins(30));
            tale.is_live_once(&post);
        }
    }
}

#[test]
fn a_clock_that_jumps_ahead_shortens_no_wait() {
    for its_sender_dies in [true, false] {
        let mut tale = Tale::new();
        let post = tale.ready_post();
        let lag = tale.town.settings.publish.witness_window.as_secs() - 1;
        tale.lags(lag, lag);
        tale.no_counter();
        if its_sender_dies {
            tale.town.gates.twist("publish", Twist::Die(Crash::InFlight));
            tale.town.start(OTHER);
        } else {
            tale.town.network.latest.store(true, Ordering::Relaxed);
        }
        tale.until_after_due(Duration::from_secs(90));
        // Within what is tolerated between our clock and Instagram's.
        tale.town.store_clock.set(time::Duration::seconds(110));
        tale.until_after_due(Duration::from_mins(30));
        tale.is_live_once(&post);
    }
}

#[test]
fn the_status_alone_tells_that_it_is_live() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.lags(0, LONG);
    tale.no_counter();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_mins(30));
    tale.is_live_once(&post);
    assert_eq!(tale.attention(&post), Some(AttentionKind::IdUnknown));
    // Once the profile shows it, its id is found.
    tale.town.start_collecting(SCHEDULER);
    tale.until_after_due(Duration::from_hours(12));
    tale.has_its_id(&post);
}

#[test]
fn the_listing_alone_tells_that_it_is_live() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.lags(LONG, 0);
    tale.no_counter();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_mins(30));
    tale.is_live_once(&post);
    tale.has_its_id(&post);
}

#[test]
fn the_counter_alone_forbids_to_send_it_again() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.lags(LONG, LONG);
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&post], Stage::NeedsReview, 1);
    // Reading goes on, and a later witness settles it.
    tale.until_after_due(Duration::from_hours(12));
    tale.is_live_once(&post);
}

#[test]
fn not_ready_is_no_proof_where_the_container_had_read_finished() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.lags(60, 60);
    tale.no_counter();
    tale.fault(Fault::PublishThenNotReady, 1);
    tale.until_after_due(Duration::from_mins(30));
    tale.is_live_once(&post);
    assert_eq!(tale.requests(), 1);
}

#[test]
fn an_expired_container_is_not_replaced_once_a_request_on_it_was_unclear() {
    let mut settings = settings();
    // So that it expires while its outcome is looked into.
    settings.publish.lead = Duration::from_mins(22 * 60 + 50);
    settings.publish.ends_after = Duration::from_hours(3);
    let mut tale = Tale::with(settings);
    let due = Duration::from_hours(23);
    let post = tale.town.post(&tale.anna, due);
    tale.until(due.saturating_sub(Duration::from_secs(1)));
    assert_eq!(tale.stage(&post), Stage::Staged);
    tale.lags(LONG, LONG);
    tale.no_counter();
    tale.fault(Fault::PublishThenDrop, 1);
    // The listing cannot be read before that, or the same container would be sent again.
    tale.fault(error(Call::MediaList, 500, 2, None), None);
    tale.until(due + Duration::from_hours(5));
    tale.is(&[&post], Stage::NeedsReview, 1);
    assert_eq!(tale.town.containers(&post).len(), 1);
    tale.mended();
    tale.until(due + Duration::from_hours(12));
    tale.is_live_once(&post);
}

#[test]
fn a_day_without_reads_asks_the_person_and_lets_the_next_post_go() {
    let mut tale = Tale::new();
    let next = tale.town.post(&tale.anna, DUE + Duration::from_mins(4));
    let post = tale.ready_post();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.fault(Fault::ReadsDown, None);
    tale.until_after_due(Duration::from_mins(50));
    tale.is(&[&post], Stage::Reconciling, 1);
    tale.is(&[&next], Stage::Staged, 0);
    tale.until_after_due(Duration::from_hours(2));
    tale.is(&[&post], Stage::NeedsReview, 1);
    assert_eq!(tale.attention(&post), Some(AttentionKind::Review));
    tale.is_live_once(&next);
    tale.until_after_due(Duration::from_hours(24));
    tale.is(&[&post], Stage::NeedsReview, 1);
    tale.mended();
    tale.until_after_due(Duration::from_hours(36));
    tale.is_live_once(&post);
}

#[test]
fn publish_again_changes_nothing_while_instagram_cannot_be_read() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.lags(LONG, LONG);
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_mins(30));
    let mut again = || {
        let republish = RepublishPost(tale.town.ports(OUTSIDE));
        let (user, id) = (post.user.clone(), post.id.clone());
        tale.fault(Fault::ReadsDown, 1);
        tale.ask(async move { republish.run(&user, &id, &PostChanges::default(), None, false).await })
    };
    let refused = again();
    assert!(matches!(refused, Err(Refusal::Unavailable { .. })), "{refused:?}");
    tale.is(&[&post], Stage::NeedsReview, 1);
    tale.until_after_due(Duration::from_hours(7));
    tale.is_live_once(&post);
}

#[test]
fn a_post_made_by_hand_meanwhile_is_never_a_reason_to_publish_twice() {
    // Ours is not live, and the counter says so: the one made by hand does not stand for it unless the person says so.
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(Fault::DropBeforePublish, 1);
    tale.until_after_due(Duration::from_mins(2));
    tale.town.post_by_hand(&tale.anna.clone(), post.caption.as_str());
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&post], Stage::NeedsReview, 0);

    // The counter cannot be read: all that anybody can see is one post of this text.
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.no_counter();
    tale.fault(Fault::DropBeforePublish, 1);
    tale.until_after_due(Duration::from_mins(2));
    tale.town.post_by_hand(&tale.anna.clone(), post.caption.as_str());
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&post], Stage::Published, 0);

    // Ours is live, too: nobody can tell which is which but the person.
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.lags(LONG, 0);
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_mins(2));
    tale.town.post_by_hand(&tale.anna.clone(), post.caption.as_str());
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&post], Stage::NeedsReview, 1);
    let (ports, network) = (tale.town.ports(OUTSIDE), tale.town.network.clone());
    tale.ask(decide(ports, network, post.clone())).unwrap();
    tale.is_live_once(&post);
    tale.has_its_id(&post);
}

#[test]
fn a_media_made_by_hand_is_not_taken_for_one_that_the_profile_does_not_show_yet() {
    // Within the clocks' tolerance before the request; after it.
    for before in [true, false] {
        let mut tale = Tale::new();
        let post = tale.town.post(&tale.anna, DUE);
        tale.lags(0, 60);
        tale.fault(Fault::PublishThenDrop, 1);
        let aside = Duration::from_secs(30);
        tale.until(if before { DUE.saturating_sub(aside) } else { DUE + aside });
        tale.town.post_by_hand(&tale.anna.clone(), post.caption.as_str());
        tale.until_after_due(Duration::from_secs(40));
        tale.town.start_collecting(SCHEDULER);
        tale.until_after_due(Duration::from_hours(5));
        tale.is_live_once(&post);
        assert_eq!(tale.town.find(&post).receipt.and_then(|receipt| receipt.media), None, "an id is not guessed");
    }
}

#[test]
fn of_two_posts_with_one_text_neither_is_taken_for_the_other() {
    let mut tale = Tale::new();
    let anna = tale.anna.clone();
    let text = "Happy birthday, twins!";
    let [one, other] = [DUE, DUE + Duration::from_mins(1)].map(|at| tale.town.post_saying(&anna, at, text));
    tale.until(DUE.saturating_sub(Duration::from_secs(1)));
    tale.lags(LONG, 0);
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&one], Stage::NeedsReview, 1);
    tale.is_live_once(&other);
    tale.has_its_id(&other);
    // What may be it is told, not published a second time on a whim.
    let (republish, user, id) = (RepublishPost(tale.town.ports(OUTSIDE)), one.user.clone(), one.id.clone());
    let refused = tale.ask(async move { republish.run(&user, &id, &PostChanges::default(), None, false).await });
    assert!(matches!(refused, Err(Refusal::Conflict { code: MAY_BE_SHOWN, .. })), "{refused:?}");
    let (ports, network) = (tale.town.ports(OUTSIDE), tale.town.network.clone());
    tale.ask(decide(ports, network, one.clone())).unwrap();
    tale.is_live_once(&one);
    tale.has_its_id(&one);
}

#[test]
fn a_post_without_a_text_is_not_sent_again_because_it_has_none() {
    for (status, end) in [(0, Stage::Published), (LONG, Stage::NeedsReview)] {
        let mut tale = Tale::new();
        let anna = tale.anna.clone();
        let post = tale.town.post_saying(&anna, DUE, "");
        tale.until(DUE.saturating_sub(Duration::from_secs(1)));
        tale.lags(status, 0);
        tale.no_counter();
        tale.fault(Fault::PublishThenDrop, 1);
        tale.until_after_due(Duration::from_mins(30));
        tale.is(&[&post], end, 1);
        assert_eq!(tale.town.find(&post).receipt.and_then(|receipt| receipt.media), None, "an id is not guessed");
    }
}

#[test]
fn a_post_that_is_useless_by_now_is_not_sent_again_and_becomes_the_persons() {
    let mut settings = settings();
    settings.publish.useless_after = Duration::from_mins(5);
    let mut tale = Tale::with(settings);
    let post = tale.ready_post();
    tale.fault(Fault::DropBeforePublish, 1);
    tale.until_after_due(Duration::from_mins(50));
    tale.is(&[&post], Stage::Reconciling, 0);
    tale.until_after_due(Duration::from_mins(70));
    tale.is(&[&post], Stage::NeedsReview, 0);
    assert_eq!(tale.requests(), 1);
}

#[test]
fn once_the_person_is_asked_the_profile_decides_nothing() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(Fault::DropBeforePublish, 1);
    tale.fault(Fault::ReadsDown, None);
    tale.until_after_due(Duration::from_hours(2));
    tale.is(&[&post], Stage::NeedsReview, 0);
    tale.mended();
    tale.town.post_by_hand(&tale.anna.clone(), post.caption.as_str());
    tale.until_after_due(Duration::from_hours(12));
    tale.is(&[&post], Stage::NeedsReview, 0);
    assert_eq!(tale.requests(), 1);
}

#[test]
fn what_is_another_posts_is_no_candidate() {
    let mut tale = Tale::new();
    let anna = tale.anna.clone();
    let text = "Happy birthday, twins!";
    let [one, other] = [DUE, DUE + Duration::from_mins(1)].map(|at| tale.town.post_saying(&anna, at, text));
    tale.until_after_due(Duration::from_secs(30));
    tale.is_live_once(&one);
    tale.fault(Fault::DropBeforePublish, 1);
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&one, &other], Stage::Published, 1);
    assert_eq!(tale.requests(), 3);
}

#[test]
fn while_our_clock_is_off_instagrams_nothing_is_published() {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna.clone(), DUE);
    tale.until(Duration::from_mins(1));
    tale.town.store_clock.set(time::Duration::minutes(3));
    tale.until_after_due(Duration::from_mins(1));
    tale.is(&[&post], Stage::Staged, 0);
    assert_eq!(tale.attention(&post), Some(AttentionKind::ClockWrong));
    tale.town.store_clock.set(time::Duration::ZERO);
    tale.until_after_due(Duration::from_mins(6));
    tale.is_live_once(&post);
}
