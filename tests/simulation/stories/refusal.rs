//! Refusals, before and after an outcome that is not known.

use std::time::Duration;

use rats_domain::{
    post::Post,
    publication::{AttentionKind, Stage},
};
use rats_instagram_sim::{Call, Fault};

use super::tale::{DUE, SCHEDULER, Tale, error};
use crate::town::{Town, hostile, settings};

#[test]
fn no_refusal_settles_a_request_that_was_unclear_before() {
    let refusals = [
        Fault::QuotaReached,
        Fault::AccountRestricted,
        Fault::NotReady,
        error(Call::Publish, 400, 24, Some(2_207_008)),
        error(Call::Publish, 400, 190, Some(460)),
        error(Call::Publish, 400, 190, None),
        error(Call::Publish, 403, 10, None),
        error(Call::Publish, 400, 100, Some(2_207_010)),
    ];
    let mut settings = settings();
    // An account that rests sends nothing.
    settings.publish.rest = Duration::from_mins(1);
    for refusal in refusals {
        let mut tale = Tale::with(settings.clone());
        let post = tale.ready_post();
        // Beyond the witness window: what is sent again is refused, twice, before anything tells that it is live.
        tale.lags(1_000, 1_000);
        tale.no_counter();
        tale.fault(Fault::PublishThenDrop, 1);
        tale.until_after_due(Duration::from_mins(5));
        tale.fault(refusal.clone(), 2);
        let mut looked = 5;
        while looked < 40 {
            looked += 1;
            tale.until_after_due(Duration::from_mins(looked));
            let stage = tale.stage(&post);
            assert!(
                stage.is_unsettled() || stage == Stage::Published,
                "{refusal:?}: {stage:?} {:#?}",
                tale.town.story(&post)
            );
            if tale.attention(&post) == Some(AttentionKind::UnconfirmedReconnect) {
                tale.reconnect();
            }
        }
        tale.is_live_once(&post);
        assert_eq!((tale.requests(), tale.town.containers(&post).len()), (3, 1), "{refusal:?}");
    }
}

#[test]
fn a_token_that_is_refused_at_the_last_call_is_refreshed_or_waits_for_a_new_one() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(error(Call::Publish, 400, 190, None), 1);
    tale.until_after_due(Duration::from_mins(5));
    tale.is_live_once(&post);
    assert_eq!(tale.told(&post, "container_ready"), 2, "its status is read before it is sent again");

    let mut tale = Tale::new();
    let next = tale.town.post(&tale.anna, DUE + Duration::from_mins(2));
    let post = tale.ready_post();
    tale.fault(error(Call::Publish, 400, 190, Some(460)), 1);
    tale.until_after_due(Duration::from_mins(5));
    tale.is(&[&post, &next], Stage::Held, 0);
    tale.reconnect();
    tale.until_after_due(Duration::from_mins(10));
    tale.is(&[&post, &next], Stage::Published, 1);
}

#[test]
fn a_rate_limit_at_the_last_call_is_no_proof_and_is_looked_into() {
    for is_live in [false, true] {
        let mut tale = Tale::new();
        let post = tale.ready_post();
        if is_live {
            tale.fault(Fault::PublishThenDrop, 1);
        } else {
            tale.fault(error(Call::Publish, 400, 32, None), 1);
        }
        tale.until_after_due(Duration::from_secs(10));
        assert!(is_live || tale.stage(&post) == Stage::Reconciling, "{:#?}", tale.town.story(&post));
        tale.until_after_due(Duration::from_mins(20));
        tale.is_live_once(&post);
        assert_eq!(tale.requests(), if is_live { 1 } else { 2 });
    }
}

#[test]
fn a_container_that_is_about_to_expire_is_made_anew() {
    let mut settings = settings();
    settings.publish.useless_after = Duration::from_hours(40);
    let mut tale = Tale::with(settings);
    let post = tale.ready_post();
    // A definite refusal: the person must act in the app, which takes more than a day.
    tale.fault(Fault::AccountRestricted, None);
    tale.until_after_due(Duration::from_hours(26));
    tale.is(&[&post], Stage::Waiting, 0);
    tale.mended();
    tale.until_after_due(Duration::from_hours(36));
    tale.is_live_once(&post);
    assert_eq!(tale.town.containers(&post).len(), 2);
    let told = tale.town.timeline(&post).into_iter().find(|entry| entry.step == "container_discarded").unwrap();
    assert!(told.message.contains("expired"), "after a refusal its status is read before it is given up: {told:?}");
}

#[test]
fn an_outage_in_which_permissions_and_profiles_are_refused_holds_nothing() {
    for code in [10, 200] {
        let mut tale = Tale::new();
        let next = tale.town.post(&tale.anna, DUE + Duration::from_hours(1));
        let post = tale.ready_post();
        tale.fault(error(Call::Publish, 403, code, None), None);
        tale.fault(error(Call::Profile, 403, code, None), None);
        tale.until_after_due(Duration::from_mins(1));
        tale.mended();
        tale.until_after_due(Duration::from_hours(2));
        tale.is(&[&post, &next], Stage::Published, 1);
    }
}

#[test]
fn an_account_that_stays_refused_is_held_and_told_why() {
    // Its token is good, but not for this; its token is good for nothing.
    for profile_too in [false, true] {
        let mut tale = Tale::new();
        let next = tale.town.post(&tale.anna, DUE + Duration::from_hours(3));
        let post = tale.ready_post();
        tale.fault(error(Call::Publish, 403, 10, None), None);
        if profile_too {
            tale.fault(error(Call::Profile, 403, 10, None), None);
        }
        tale.until_after_due(Duration::from_hours(2));
        tale.is(&[&post], Stage::Held, 0);
        tale.is(&[&next], if profile_too { Stage::Held } else { Stage::Waiting }, 0);
        assert!(tale.told_code(&post, "held", 10), "{:#?}", tale.town.story(&post));
    }
}

#[test]
fn what_instagram_says_of_a_dead_token_is_in_the_timeline() {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna, DUE);
    tale.fault(error(Call::Create, 400, 190, Some(460)), None);
    tale.until_after_due(Duration::from_mins(1));
    tale.is(&[&post], Stage::Held, 0);
    assert!(tale.told_code(&post, "refused", 190), "{:#?}", tale.town.story(&post));
}

#[test]
fn a_token_that_ends_before_the_last_call_holds_the_post_until_there_is_a_new_one() {
    let mut town = Town::new(1, hostile(), settings());
    // It ends in ten minutes.
    let lives = time::Duration::seconds(5_183_944);
    let anna = town.person_whose_token_was_issued(lives - time::Duration::minutes(10));
    let mut tale = Tale { town, anna };
    tale.fault(error(Call::Token, 500, 2, None), None);
    tale.town.start(SCHEDULER);
    let post = tale.town.post(&tale.anna, DUE + Duration::from_mins(1));
    tale.until(DUE.saturating_sub(Duration::from_secs(1)));
    assert_eq!(tale.stage(&post), Stage::Staged, "{:#?}", tale.town.story(&post));
    tale.until_after_due(Duration::from_mins(5));
    tale.is(&[&post], Stage::Held, 0);
    tale.reconnect();
    tale.until_after_due(Duration::from_mins(10));
    tale.is_live_once(&post);
}

#[test]
fn a_dead_token_holds_the_post_although_its_refresh_failed_in_the_background_just_before() {
    let (mut tale, post) = refresh_failed_in_the_background();
    tale.fault(error(Call::Publish, 400, 190, None), None);
    tale.fault(error(Call::Token, 400, 190, None), None);
    tale.until_after_due(Duration::from_mins(5));
    tale.is(&[&post], Stage::Held, 0);
    tale.mended();
    tale.reconnect();
    tale.until_after_due(Duration::from_mins(10));
    tale.is_live_once(&post);
}

#[test]
fn a_token_that_may_not_be_refreshed_before_a_checkpoint_is_passed_lets_the_account_rest() {
    let (mut tale, post) = refresh_failed_in_the_background();
    tale.fault(error(Call::Publish, 400, 190, None), None);
    tale.fault(error(Call::Token, 400, 190, Some(459)), None);
    tale.until_after_due(Duration::from_mins(5));
    tale.is(&[&post], Stage::Waiting, 0);
    assert_eq!(tale.attention(&post), Some(AttentionKind::ActInApp));
    // The person does so; nothing is to be connected again.
    tale.mended();
    tale.until_after_due(Duration::from_hours(5));
    tale.is_live_once(&post);
}

#[test]
fn a_checkpoint_at_the_refresh_does_not_put_off_looking_for_what_was_unclear_before() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    // Beyond the witness window: it is sent again before anything tells that it is live.
    tale.lags(1_000, 1_000);
    tale.no_counter();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_mins(5));
    tale.fault(error(Call::Publish, 400, 190, None), None);
    tale.fault(error(Call::Token, 400, 190, Some(459)), None);
    tale.until_after_due(Duration::from_mins(20));
    assert_eq!(tale.requests(), 2);
    tale.is_live_once(&post);
}

#[test]
fn a_checkpoint_while_we_look_lets_the_account_rest_and_holds_nothing() {
    let mut tale = Tale::new();
    let next = tale.town.post(&tale.anna, DUE + Duration::from_hours(6));
    let post = tale.ready_post();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.fault(error(Call::ContainerRead, 400, 190, Some(459)), None);
    tale.until_after_due(Duration::from_mins(2));
    tale.is(&[&post], Stage::Reconciling, 1);
    tale.is(&[&next], Stage::Waiting, 0);
    assert_eq!(tale.attention(&post), Some(AttentionKind::ActInApp), "{:#?}", tale.town.story(&post));
    // The person does so; nothing is to be connected again.
    tale.mended();
    tale.until_after_due(Duration::from_mins(20));
    tale.is_live_once(&post);
    tale.until_after_due(Duration::from_hours(7));
    tale.is_live_once(&next);
}

#[test]
fn a_token_that_is_refused_while_we_look_is_refreshed_or_waits_for_a_new_one() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.fault(error(Call::ContainerRead, 400, 190, None), 1);
    tale.until_after_due(Duration::from_mins(5));
    tale.is_live_once(&post);

    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.fault(error(Call::ContainerRead, 400, 190, None), None);
    tale.fault(error(Call::Token, 400, 190, Some(463)), None);
    tale.until_after_due(Duration::from_mins(5));
    tale.is(&[&post], Stage::Reconciling, 1);
    assert_eq!(tale.attention(&post), Some(AttentionKind::UnconfirmedReconnect));
    tale.mended();
    tale.reconnect();
    tale.until_after_due(Duration::from_mins(10));
    tale.is_live_once(&post);
}

/// A post whose account's token is due to be refreshed, which Instagram could not do when it was asked.
fn refresh_failed_in_the_background() -> (Tale, Post) {
    let mut town = Town::new(1, hostile(), settings());
    let anna = town.person_whose_token_was_issued(time::Duration::days(40));
    let mut tale = Tale { town, anna };
    tale.fault(error(Call::Token, 500, 2, None), 1);
    tale.town.start(SCHEDULER);
    let post = tale.ready_post();
    (tale, post)
}

#[test]
fn after_a_refusal_the_status_is_read_before_it_is_sent_again() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.fault(Fault::QuotaReached, 1);
    tale.until_after_due(Duration::from_hours(2));
    tale.is_live_once(&post);
    assert_eq!(tale.told(&post, "container_ready"), 2, "{:#?}", tale.town.story(&post));
}

#[test]
fn who_may_no_longer_ask_about_what_it_prepares_tells_what_to_mend_and_goes_on() {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna, DUE);
    tale.fault(error(Call::ContainerRead, 403, 10, None), None);
    tale.until_after_due(Duration::from_hours(2));
    assert_eq!(tale.attention(&post), Some(AttentionKind::Reconnect), "{:#?}", tale.town.story(&post));
    tale.is(&[&post], Stage::Staging, 0);
    tale.mended();
    tale.reconnect();
    tale.until_after_due(Duration::from_hours(3));
    tale.is_live_once(&post);
}
