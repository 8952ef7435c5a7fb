//! Workers that die, sleep, and do not learn what became of their writes.

use std::time::Duration;

use rats_domain::{
    post::{Origin, Post},
    publication::Stage,
    receipt::ConfirmedBy,
};
use rats_instagram_sim::Fault;

use super::tale::{DUE, OTHER, Tale};
use crate::gate::{Crash, Twist};

/// Longer than a lease.
const ASLEEP: Duration = Duration::from_mins(3);

/// A ready post and a second scheduler beside the first; whoever makes the next call of this name meets that.
fn two_at(call: &'static str, twist: Twist) -> (Tale, Post) {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.town.start(OTHER);
    tale.until(DUE.saturating_sub(Duration::from_millis(1_500)));
    tale.town.gates.twist(call, twist);
    (tale, post)
}

#[test]
fn who_slept_past_its_lease_before_the_intent_decides_nothing() {
    let (mut tale, post) = two_at("PublicationQueue::record", Twist::StopBefore(ASLEEP));
    tale.until_after_due(Duration::from_mins(30));
    tale.is_live_once(&post);
    assert_eq!(tale.requests(), 1);
}

#[test]
fn who_slept_past_its_lease_after_the_intent_sends_nothing() {
    let (mut tale, post) = two_at("publish", Twist::StopBefore(ASLEEP));
    tale.until_after_due(ASLEEP + Duration::from_mins(1));
    assert_eq!(tale.requests(), 0);
    tale.until_after_due(Duration::from_mins(30));
    tale.is_live_once(&post);
    assert_eq!(tale.requests(), 1);
}

#[test]
fn an_id_that_comes_after_the_lease_ran_out_is_kept() {
    let (mut tale, post) = two_at("publish", Twist::StopAfter(ASLEEP));
    let lag = tale.town.settings.publish.witness_window.as_secs() - 1;
    tale.lags(lag, lag);
    tale.until_after_due(ASLEEP.saturating_sub(Duration::from_secs(1)));
    tale.is(&[&post], Stage::Reconciling, 1);
    tale.until_after_due(ASLEEP + Duration::from_secs(5));
    tale.is_live_once(&post);
    tale.has_its_id(&post);
    assert_eq!(tale.town.find(&post).receipt.unwrap().confirmed_by, ConfirmedBy::Answer);
}

#[test]
fn an_id_that_comes_after_it_was_adopted_replaces_what_was_found() {
    let (mut tale, post) = two_at("publish", Twist::StopAfter(Duration::from_mins(20)));
    tale.lags(super::tale::LONG, 0);
    tale.until_after_due(Duration::from_mins(15));
    tale.is_live_once(&post);
    assert_eq!(tale.town.find(&post).receipt.unwrap().confirmed_by, ConfirmedBy::Listing);
    tale.until_after_due(Duration::from_mins(30));
    tale.has_its_id(&post);
    assert_eq!(tale.town.find(&post).receipt.unwrap().confirmed_by, ConfirmedBy::Answer);
}

#[test]
fn an_intent_that_may_not_be_stored_is_not_sent() {
    let (mut tale, post) = two_at("PublicationQueue::record", Twist::CommitUnknown);
    tale.until_after_due(Duration::from_mins(5));
    assert_eq!(tale.requests(), 0);
    tale.until_after_due(Duration::from_mins(30));
    tale.is_live_once(&post);
    assert_eq!(tale.requests(), 1);
}

#[test]
fn an_outcome_that_may_not_be_stored_is_stored_once() {
    let (mut tale, post) = two_at("PublicationQueue::record_published", Twist::CommitUnknown);
    tale.until_after_due(Duration::from_mins(1));
    tale.is_live_once(&post);
    tale.has_its_id(&post);
    assert_eq!(tale.told(&post, "published"), 1, "{:#?}", tale.town.story(&post));
}

#[test]
fn a_post_whose_own_lane_is_closed_is_taken_up_after_its_worker_died() {
    let mut tale = Tale::new();
    // Ready, and waiting behind the first.
    let anna = tale.anna.clone();
    let next = tale.town.post(&anna, DUE + Duration::from_mins(1));
    let post = tale.ready_post();
    tale.town.start(OTHER);
    tale.until(DUE.saturating_sub(Duration::from_millis(1_500)));
    tale.town.gates.twist("PublicationQueue::record", Twist::Die(Crash::AnswerLost));
    tale.until_after_due(Duration::from_mins(5));
    tale.is(&[&post], Stage::Reconciling, 0);
    tale.is(&[&next], Stage::Staged, 0);
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&post, &next], Stage::Published, 1);
}

#[test]
fn posts_of_two_accounts_in_either_order_all_go_out() {
    let mut tale = Tale::new();
    let ben = tale.town.person();
    tale.town.start(OTHER);
    let people = [tale.anna.clone(), ben.clone(), ben, tale.anna.clone()];
    let posts = people.map(|person| tale.town.post(&person, DUE));
    tale.until_after_due(Duration::from_mins(1));
    tale.is(&posts.each_ref(), Stage::Published, 1);
}

#[test]
fn a_post_for_now_is_finished_by_a_scheduler_when_its_process_dies() {
    const API: usize = 9;
    for crash in [Crash::Before, Crash::AnswerLost, Crash::AnswerUnused, Crash::InFlight] {
        for call in ["create", "PublicationQueue::record", "publish", "PublicationQueue::record_published"] {
            let mut tale = Tale::new();
            tale.until(Duration::from_mins(1));
            let anna = tale.anna.clone();
            let post = tale.town.post_now(&anna, Origin::Now).unwrap();
            // Or the scheduler, which is started again by nobody: whoever is left finishes it.
            tale.town.gates.twist(call, Twist::Die(crash));
            tale.town.run_post(API, &post);
            tale.until(Duration::from_mins(5));
            tale.town.start(OTHER);
            tale.until(Duration::from_mins(90));
            // It does not go live by surprise: where it is useless before it may be sent again, its person decides.
            let (stage, live) = match tale.stage(&post) {
                Stage::Published => (Stage::Published, 1),
                Stage::NeedsReview if call == "publish" && crash == Crash::Before => (Stage::NeedsReview, 0),
                Stage::NeedsReview if call == "PublicationQueue::record" => (Stage::NeedsReview, 0),
                _ => (Stage::Failed, 0),
            };
            tale.is(&[&post], stage, live);
        }
    }
}

#[test]
fn a_database_that_is_away_is_not_asked_without_a_pause() {
    let mut tale = Tale::new();
    tale.town.start(OTHER);
    tale.until(Duration::from_mins(1));
    let until = tale.town.world.now() + Duration::from_mins(2);
    tale.town.gates.trouble(|trouble| trouble.away_until = until);
    // Something became due sooner, which nobody can read.
    let anna = tale.anna.clone();
    let post = tale.town.post(&anna, Duration::from_secs(30));
    let before = tale.town.gates.count();
    tale.until(until);
    let asked = tale.town.gates.count() - before;
    assert!((100..400).contains(&asked), "two processes asked {asked} times in two minutes");
    tale.until(until + Duration::from_secs(10));
    tale.is_live_once(&post);
}

#[test]
fn who_slept_past_its_lease_after_the_look_takes_no_media_for_its_own() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.town.start(OTHER);
    tale.fault(Fault::DropBeforePublish, 1);
    // It reads one media of the text, made by hand, and no counter; who comes after it reads the counter, too.
    tale.no_counter();
    tale.until_after_due(Duration::from_mins(2));
    tale.town.post_by_hand(&tale.anna.clone(), post.caption.as_str());
    tale.town.gates.twist("PublicationQueue::extend", Twist::StopBefore(Duration::from_mins(20)));
    tale.until_after_due(Duration::from_mins(8));
    assert_eq!(tale.stage(&post), Stage::Reconciling, "{:#?}", tale.town.story(&post));
    tale.mended();
    tale.until_after_due(Duration::from_mins(15));
    tale.is(&[&post], Stage::NeedsReview, 0);
    tale.until_after_due(Duration::from_hours(1));
    tale.is(&[&post], Stage::NeedsReview, 0);
}
