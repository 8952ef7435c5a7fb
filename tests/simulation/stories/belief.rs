//! What is believed of Instagram, and after how often it said so.

use std::time::Duration;

use rats_domain::{
    post::Origin,
    publication::{AttentionKind, Stage},
};
use rats_instagram_sim::{Call, Fault};

use super::tale::{DUE, Tale, error};
use crate::gate::Twist;

#[test]
fn a_quota_that_others_used_up_is_looked_at_again() {
    let mut tale = Tale::new();
    let first = tale.ready_post();
    tale.until_after_due(Duration::from_mins(1));
    tale.is_live_once(&first);
    let post = tale.town.post(&tale.anna, Duration::from_mins(5));
    tale.fault(Fault::QuotaReached, 1);
    tale.until_after_due(Duration::from_mins(10));
    tale.is(&[&post], Stage::Waiting, 0);
    assert_eq!(tale.attention(&post), Some(AttentionKind::Moved));
    // One of ours is not all of them: when the others free a place, nobody knows.
    tale.until_after_due(Duration::from_hours(2));
    tale.is_live_once(&post);
}

#[test]
fn where_nobody_says_how_long_it_lasts_no_time_is_named() {
    for fault in [Fault::QuotaReached, error(Call::Create, 400, 4, None)] {
        let mut tale = Tale::new();
        let post = tale.town.post(&tale.anna, DUE);
        tale.fault(fault, None);
        tale.until_after_due(Duration::from_hours(13));
        tale.is(&[&post], Stage::Failed, 0);
        let told = tale.town.find(&post).publication.attention.as_ref().unwrap().message.clone();
        assert!(!told.contains("or later") && !told.contains("By then") && told.contains("not known"), "{told}");
    }
}

#[test]
fn failures_of_another_kind_make_no_refusal_believed() {
    // The second is asked for once more under the account's other id.
    for (refusal, times) in [(error(Call::Create, 403, 10, None), 1), (error(Call::Create, 400, 100, Some(33)), 2)] {
        let mut tale = Tale::new();
        let post = tale.town.post(&tale.anna, DUE);
        tale.fault(error(Call::Create, 500, 2, None), 8);
        while tale.told(&post, "try_again") < 8 {
            tale.until(tale.town.world.now() + Duration::from_secs(1));
        }
        tale.fault(refusal, times);
        tale.until_after_due(Duration::from_hours(3));
        assert_eq!(tale.told(&post, "try_again"), 9, "{:#?}", tale.town.story(&post));
        tale.is_live_once(&post);
    }
}

#[test]
fn who_refuses_to_be_asked_about_a_post_has_not_refused_the_post() {
    for (status, code) in [(400, 100), (400, 803), (403, 9004)] {
        let mut tale = Tale::new();
        let post = tale.town.post(&tale.anna, DUE);
        tale.fault(error(Call::ContainerRead, status, code, None), 4);
        tale.until_after_due(Duration::from_mins(5));
        tale.is_live_once(&post);
        assert_eq!(tale.town.containers(&post).len(), 1);
    }
}

#[test]
fn a_refusal_is_kept_although_the_database_is_away() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.until(DUE.saturating_sub(Duration::from_millis(1_500)));
    tale.fault(error(Call::Publish, 400, 190, Some(460)), None);
    tale.town.gates.twist("publish", Twist::StopAfter(Duration::from_secs(2)));
    tale.until_after_due(Duration::from_secs(1));
    assert_eq!((tale.stage(&post), tale.requests()), (Stage::PublishRequested, 1));
    let until = DUE + Duration::from_secs(8);
    tale.town.gates.trouble(|trouble| trouble.away_until = until);
    tale.until_after_due(Duration::from_mins(5));
    tale.is(&[&post], Stage::Held, 0);
    assert_eq!(tale.told(&post, "taken_over"), 0, "{:#?}", tale.town.story(&post));
    tale.mended();
    tale.reconnect();
    tale.until_after_due(Duration::from_mins(10));
    tale.is_live_once(&post);
}

#[test]
fn what_stays_refused_after_an_unclear_answer_gives_the_lane_back_and_says_why() {
    let mut tale = Tale::new();
    let next = tale.town.post(&tale.anna, DUE + Duration::from_mins(20));
    let post = tale.ready_post();
    tale.fault(error(Call::Publish, 500, 2, None), 1);
    tale.until_after_due(Duration::from_secs(10));
    assert_eq!(tale.stage(&post), Stage::Reconciling);
    tale.fault(error(Call::Publish, 403, 10, None), None);
    tale.until_after_due(Duration::from_hours(2));
    tale.is(&[&post], Stage::NeedsReview, 0);
    let told = tale.town.find(&post).publication.attention.as_ref().unwrap().message.clone();
    assert!(told.contains("connect it again"), "{told}");
    assert!(tale.requests() < 20, "{}", tale.requests());
    tale.until_after_due(Duration::from_hours(3));
    tale.is(&[&next], Stage::Held, 0);
    tale.mended();
    tale.reconnect();
    tale.until_after_due(Duration::from_hours(4));
    tale.is(&[&next], Stage::Published, 1);
}

#[test]
fn who_takes_posts_for_spam_anywhere_is_left_alone_for_hours() {
    for call in [Call::Create, Call::ContainerRead] {
        let mut tale = Tale::new();
        let next = tale.town.post(&tale.anna, DUE + Duration::from_mins(5));
        let post = tale.town.post(&tale.anna, DUE);
        tale.fault(error(call, 403, 4, Some(2_207_051)), 1);
        tale.until_after_due(Duration::from_hours(3));
        tale.is(&[&post, &next], Stage::Waiting, 0);
        assert_eq!(tale.requests(), 0);
        tale.until_after_due(Duration::from_hours(5));
        tale.is(&[&post, &next], Stage::Published, 1);
    }
}

#[test]
fn a_token_that_is_refused_while_we_look_is_told_once() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.fault(error(Call::ContainerRead, 400, 190, Some(460)), None);
    tale.until_after_due(Duration::from_mins(30));
    assert_eq!(tale.attention(&post), Some(AttentionKind::UnconfirmedReconnect));
    assert_eq!(tale.told(&post, "refused"), 1, "{:#?}", tale.town.story(&post));
    assert!(tale.told_code(&post, "refused", 190));
}

#[test]
fn while_the_rate_limit_is_used_up_what_is_unclear_is_not_asked_for() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_millis(500));
    tale.fault(Fault::RateLimited { minutes: 30 }, None);
    tale.until_after_due(Duration::from_secs(20));
    // Each look is a claim.
    let before = tale.town.find(&post).publication.epoch;
    tale.until_after_due(Duration::from_mins(28));
    let looks = tale.town.find(&post).publication.epoch - before;
    assert!(looks < 3, "{looks} looks while nothing may be asked: {:#?}", tale.town.story(&post));
    tale.mended();
    tale.until_after_due(Duration::from_mins(40));
    tale.is_live_once(&post);
}

#[test]
fn while_our_clock_is_off_what_is_unclear_is_still_not_to_be_sent_again() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(error(Call::Publish, 500, 2, None), 1);
    tale.until_after_due(Duration::from_mins(1));
    tale.town.store_clock.set(time::Duration::minutes(3));
    let told = |tale: &Tale| tale.town.find(&post).publication.attention.as_ref().unwrap().message.clone();
    tale.until_after_due(Duration::from_mins(30));
    assert_eq!(tale.stage(&post), Stage::Reconciling);
    assert!(
        told(&tale).contains("clock") && told(&tale).contains("Do not post it yourself meanwhile"),
        "{}",
        told(&tale)
    );
    tale.until_after_due(Duration::from_mins(90));
    tale.is(&[&post], Stage::NeedsReview, 0);
    assert!(told(&tale).contains("clock"), "{}", told(&tale));
}

#[test]
fn what_is_refused_after_an_unclear_answer_says_so_and_ends_with_its_person() {
    let mut tale = Tale::new();
    let next = tale.town.post(&tale.anna, DUE + Duration::from_hours(3));
    let post = tale.ready_post();
    tale.fault(error(Call::Publish, 500, 2, None), 1);
    tale.until_after_due(Duration::from_secs(10));
    assert_eq!(tale.stage(&post), Stage::Reconciling);
    tale.fault(error(Call::Publish, 400, 100, Some(2_207_009)), None);
    let told = |tale: &Tale| tale.town.find(&post).publication.attention.as_ref().unwrap().message.clone();
    tale.until_after_due(Duration::from_mins(40));
    assert_eq!(tale.stage(&post), Stage::Reconciling);
    assert!(told(&tale).contains("refused to publish it when it was asked again"), "{}", told(&tale));
    tale.until_after_due(Duration::from_hours(2));
    tale.is(&[&post], Stage::NeedsReview, 0);
    assert!(told(&tale).contains("refused to publish it when it was asked again"), "{}", told(&tale));
    tale.mended();
    tale.until_after_due(Duration::from_hours(4));
    tale.is_live_once(&next);
}

#[test]
fn who_refuses_to_be_asked_holds_no_post() {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna, DUE);
    tale.fault(error(Call::ContainerRead, 403, 10, None), 12);
    tale.until_after_due(Duration::from_hours(2));
    tale.is_live_once(&post);
}

#[test]
fn a_rest_is_kept_although_the_database_is_away() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.until(DUE.saturating_sub(Duration::from_millis(1_500)));
    tale.fault(error(Call::Publish, 403, 4, Some(2_207_051)), 1);
    tale.town.gates.twist("publish", Twist::StopAfter(Duration::from_secs(2)));
    tale.until_after_due(Duration::from_secs(1));
    let until = DUE + Duration::from_secs(8);
    tale.town.gates.trouble(|trouble| trouble.away_until = until);
    tale.until_after_due(Duration::from_hours(3));
    tale.is(&[&post], Stage::Reconciling, 0);
    assert_eq!(tale.requests(), 1, "{:#?}", tale.town.story(&post));
    tale.until_after_due(Duration::from_hours(5));
    tale.is_live_once(&post);
}

#[test]
fn what_waits_for_a_rest_makes_it_no_longer() {
    let mut tale = Tale::new();
    let posts: Vec<_> = (0..5).map(|half| tale.town.post(&tale.anna, DUE + Duration::from_mins(30) * half)).collect();
    tale.fault(error(Call::Create, 403, 4, Some(2_207_051)), None);
    tale.until_after_due(Duration::from_hours(3));
    tale.is(&posts.iter().collect::<Vec<_>>(), Stage::Waiting, 0);
    tale.mended();
    tale.until_after_due(Duration::from_mins(270));
    tale.is(&posts.iter().collect::<Vec<_>>(), Stage::Published, 1);
}

#[test]
fn a_post_of_ours_at_the_edge_of_the_counters_window_forbids_nothing() {
    // And one whose request was long on its way.
    for (half_seconds, way) in (240..252).map(|at| (at, 0)).chain((250..300).map(|at| (at, 25))) {
        let mut tale = Tale::new();
        let first = tale.town.post(&tale.anna, DUE);
        let post = tale.town.post(&tale.anna, DUE + Duration::from_millis(500) * half_seconds);
        tale.town.gates.twist("publish", Twist::StopBefore(Duration::from_secs(way)));
        tale.until_after_due(Duration::from_secs(100));
        tale.is_live_once(&first);
        tale.fault(Fault::DropBeforePublish, 1);
        tale.until_after_due(Duration::from_mins(30));
        tale.is_live_once(&post);
    }
}

#[test]
fn a_row_of_ours_across_the_edge_of_the_counters_window_forbids_nothing() {
    // One every three seconds, from long before the window on.
    for half_seconds in 0..8 {
        let mut tale = Tale::new();
        let span = Duration::from_mins(5) + Duration::from_millis(500) * half_seconds;
        let posts: Vec<_> = (0..90).map(|at| tale.town.post(&tale.anna, DUE + Duration::from_secs(3) * at)).collect();
        let post = tale.town.post(&tale.anna, DUE + span);
        tale.until_after_due(span.saturating_sub(Duration::from_secs(2)));
        tale.is(&posts.iter().collect::<Vec<_>>(), Stage::Published, 1);
        tale.fault(Fault::DropBeforePublish, 1);
        tale.until_after_due(Duration::from_mins(30));
        tale.is_live_once(&post);
    }
}

#[test]
fn a_rest_that_ends_before_a_posts_time_moves_nothing() {
    for minutes in 1..8 {
        let mut tale = Tale::new();
        let first = tale.town.post(&tale.anna, DUE);
        let post = tale.town.post(&tale.anna, DUE + Duration::from_mins(240 + minutes));
        tale.fault(error(Call::Create, 403, 4, Some(2_207_051)), 1);
        tale.until_after_due(Duration::from_hours(5));
        tale.is(&[&first, &post], Stage::Published, 1);
        assert_eq!(tale.told(&post, "waiting"), 0, "{:#?}", tale.town.story(&post));
    }
}

#[test]
fn who_was_behind_another_post_for_too_long_is_told_that() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.lags(3_600, 0);
    tale.fault(error(Call::MediaList, 500, 2, None), None);
    tale.until_after_due(Duration::from_secs(10));
    let now = tale.town.post_now(&tale.anna, Origin::Now).unwrap();
    tale.until_after_due(Duration::from_mins(15));
    tale.is(&[&post], Stage::Reconciling, 1);
    tale.is(&[&now], Stage::Failed, 0);
    let told = tale.town.find(&now).publication.attention.as_ref().unwrap().message.clone();
    assert!(told.contains("they go out one after another") && !told.contains("too busy"), "{told}");
}
