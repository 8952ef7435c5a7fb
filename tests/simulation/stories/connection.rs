//! Accounts that are disconnected, die, or come to somebody else while a post is on its way.

use std::time::Duration;

use rats_domain::{
    id::UserId,
    publication::{AttentionKind, Stage},
    receipt::ConfirmedBy,
};
use rats_instagram_sim::{Call, Fault};

use super::tale::{DUE, Tale};
use crate::gate::Twist;

#[test]
fn a_disconnect_between_intent_and_send_leaves_it_unclear_until_the_answer_comes() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.town.gates.twist("publish", Twist::StopBefore(Duration::from_secs(10)));
    tale.until_after_due(Duration::from_secs(5));
    tale.disconnect();
    tale.is(&[&post], Stage::Reconciling, 0);
    tale.until_after_due(Duration::from_mins(1));
    tale.is_live_once(&post);
    assert_eq!(tale.requests(), 1);
}

#[test]
fn an_id_that_comes_after_a_disconnect_is_kept() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.town.gates.twist("publish", Twist::StopAfter(Duration::from_secs(10)));
    tale.until_after_due(Duration::from_secs(5));
    tale.disconnect();
    tale.is(&[&post], Stage::Reconciling, 1);
    tale.until_after_due(Duration::from_mins(1));
    tale.is_live_once(&post);
    tale.has_its_id(&post);
    assert_eq!(tale.town.find(&post).receipt.unwrap().confirmed_by, ConfirmedBy::Answer);
}

#[test]
fn a_disconnect_after_an_unclear_request_waits_then_asks_and_reconnecting_settles_it() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    tale.lags(60, 60);
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_secs(40));
    tale.disconnect();
    // The lane is kept for grace and the witness window.
    tale.until_after_due(Duration::from_mins(6));
    tale.is(&[&post], Stage::Reconciling, 1);
    assert_eq!(tale.attention(&post), Some(AttentionKind::UnconfirmedReconnect));
    tale.until_after_due(Duration::from_mins(10));
    tale.is(&[&post], Stage::NeedsReview, 1);
    tale.reconnect();
    tale.until_after_due(Duration::from_mins(11));
    tale.is_live_once(&post);
}

#[test]
fn a_refusal_that_comes_after_the_account_was_connected_again_holds_nothing() {
    let mut tale = Tale::new();
    let post = tale.ready_post();
    // So often that the post would be held for the permission which that token lacks.
    let refusal =
        || Fault::Error { call: Some(Call::Publish), status: Some(400), code: 10, subcode: None, message: None };
    tale.fault(refusal(), 3);
    while tale.town.find(&post).publication.attempt < 3 {
        tale.until(tale.town.world.now() + Duration::from_millis(100));
    }
    tale.fault(refusal(), 1);
    tale.town.gates.twist("publish", Twist::StopAfter(Duration::from_secs(20)));
    while tale.stage(&post) != Stage::PublishRequested {
        tale.until(tale.town.world.now() + Duration::from_millis(100));
    }
    tale.until(tale.town.world.now() + Duration::from_secs(2));
    tale.reconnect();
    tale.until_after_due(Duration::from_hours(1));
    tale.is_live_once(&post);
}

#[test]
fn a_token_that_dies_while_an_outcome_is_unclear_holds_the_others_and_not_this_one() {
    let mut tale = Tale::new();
    let next = tale.town.post(&tale.anna, DUE + Duration::from_mins(4));
    let post = tale.ready_post();
    tale.fault(Fault::PublishThenDrop, 1);
    tale.fault(Fault::StatusLag { seconds: 60 }, None);
    tale.until_after_due(Duration::from_secs(1));
    tale.fault(Fault::PasswordChanged, None);
    tale.until_after_due(Duration::from_mins(2));
    tale.is(&[&post], Stage::Reconciling, 1);
    tale.is(&[&next], Stage::Held, 0);
    assert_eq!(tale.attention(&post), Some(AttentionKind::UnconfirmedReconnect));
    tale.mended();
    tale.reconnect();
    tale.until_after_due(Duration::from_mins(30));
    tale.is(&[&post, &next], Stage::Published, 1);
}

#[test]
fn another_user_of_the_account_neither_gets_nor_sends_what_was_anothers() {
    let mut tale = Tale::new();
    let waiting = tale.town.post(&tale.anna, DUE + Duration::from_hours(1));
    let post = tale.ready_post();
    tale.lags(super::tale::LONG, super::tale::LONG);
    tale.fault(Fault::PublishThenDrop, 1);
    tale.until_after_due(Duration::from_secs(40));
    tale.disconnect();
    let ben = UserId::new("ben");
    let bens = tale.town.link(&ben, &tale.town.new_token(&tale.anna.account));
    let next = tale.town.post(&bens, Duration::from_mins(2));
    // Behind the lane until the waits are over: two of an account are never under way together.
    tale.until_after_due(Duration::from_mins(5));
    tale.is(&[&next], Stage::Staged, 0);
    tale.until_after_due(Duration::from_hours(3));
    tale.is(&[&post], Stage::NeedsReview, 1);
    tale.is(&[&waiting], Stage::Held, 0);
    tale.is_live_once(&next);
    // The account comes back to her: what was held goes on, what was unclear is looked into.
    tale.town.disconnect(&bens);
    tale.reconnect();
    tale.until_after_due(Duration::from_hours(8));
    tale.is(&[&post, &waiting], Stage::Published, 1);
}

#[test]
fn a_new_connection_that_may_not_publish_says_so_before_anything_is_prepared() {
    let mut tale = Tale::new();
    let post = tale.town.post(&tale.anna, DUE);
    let made = tale.town.new_token(&tale.anna.account);
    tale.town.link_to_look_only(&tale.anna.user, &made);
    tale.until(DUE.saturating_sub(Duration::from_mins(1)));
    tale.is(&[&post], Stage::Held, 0);
    assert_eq!((tale.town.containers(&post).len(), tale.attention(&post)), (0, Some(AttentionKind::Reconnect)));
    tale.reconnect();
    tale.until_after_due(Duration::from_mins(1));
    tale.is_live_once(&post);
}
