//! The whole protocol.

use rats_model::{
    Event::{self, *},
    Setting, Stage, World,
    property::{ADOPTED, ALL_LIVE, ANEW, ASKED, RECOVERED, SENT_AGAIN},
};

use crate::{breaks, dead_ends, holds};

/// What Instagram and the network do, besides losing, delaying and lagging.
const WRONG: [Event; 5] = [PublishedTwice, WrongAnswer, Refusal, FailedRead, OddStatus];
/// What people do, and that a post's time passes.
const PEOPLE: [Event; 5] = [Edit, Cancel, Disconnect, Decide, Useless];

/// Pauses, lost and late messages, and lags are in it as well. Nobody is asked: what is live is found, what is not is
/// sent again.
#[test]
fn crashes_alone_neither_double_nor_lose_a_post_nor_ask_anybody() {
    holds("crashes", &Setting::new(1, &[PublishedTwice]), &[RECOVERED, SENT_AGAIN, ALL_LIVE]);
    holds("crashes, two posts", &Setting::new(2, &[PublishedTwice]), &[RECOVERED, SENT_AGAIN, ALL_LIVE]);
    let alike = Setting::new(2, &[PublishedTwice]).alike();
    holds("crashes, two posts alike", &alike, &[RECOVERED, SENT_AGAIN, ALL_LIVE]);
}

#[test]
fn wrong_answers_ask_nobody_while_the_witnesses_can_be_read() {
    let events = [PublishedTwice, WrongAnswer, Edit, Cancel];
    holds("wrong answers", &Setting::new(1, &events), &[RECOVERED, SENT_AGAIN, ALL_LIVE, ANEW]);
    let events = [PublishedTwice, WrongAnswer];
    holds("wrong answers, two posts", &Setting::new(2, &events), &[RECOVERED, SENT_AGAIN, ALL_LIVE]);
}

#[test]
fn one_post_is_safe_in_everything_at_once() {
    let events = [&WRONG[..], &PEOPLE, &[ClockJump]].concat();
    holds("everything", &Setting::new(1, &events), &[RECOVERED, SENT_AGAIN, ALL_LIVE, ANEW, ASKED]);
}

#[test]
fn two_posts_of_an_account_are_safe() {
    let events = [PublishedTwice, WrongAnswer, Refusal, FailedRead, Cancel, Disconnect, Decide];
    let reached = [RECOVERED, SENT_AGAIN, ALL_LIVE, ANEW, ASKED];
    holds("two posts", &Setting::new(2, &events), &reached);
    holds("two posts alike", &Setting::new(2, &events).alike(), &reached);
}

/// The others may go on for ever not to show what is live.
#[test]
fn one_witness_that_tells_the_truth_within_its_window_is_enough() {
    let events = |stuck: &[Event]| [&[PublishedTwice, WrongAnswer, Refusal, Edit, Cancel, Disconnect], stuck].concat();
    let found = [RECOVERED, SENT_AGAIN, ALL_LIVE, ANEW, ASKED, ADOPTED];
    let unfound = [RECOVERED, SENT_AGAIN, ALL_LIVE, ANEW, ASKED];
    holds("status", &Setting::new(1, &events(&[StuckListing, NoCounter, Decide])), &unfound);
    holds("listing", &Setting::new(1, &events(&[StuckStatus, NoCounter, Decide])), &found);
    holds("counter", &Setting::new(1, &events(&[StuckStatus, StuckListing])), &found);
    let two = |stuck: &[Event]| Setting::new(2, &[&[PublishedTwice, WrongAnswer], stuck].concat());
    holds("listing, two posts", &two(&[StuckStatus, NoCounter]), &[RECOVERED, SENT_AGAIN, ALL_LIVE, ADOPTED]);
    let found = [RECOVERED, SENT_AGAIN, ALL_LIVE, ADOPTED, ASKED];
    holds("counter, two posts", &two(&[StuckStatus, StuckListing]), &found);
}

/// Single-use containers are the last line: the same one is sent again, never another, unless a person says so.
#[test]
fn without_any_true_witness_a_container_that_cannot_be_published_twice_is_enough() {
    let stuck = [StuckStatus, StuckListing, StuckCounter];
    let events =
        [&[WrongAnswer, Refusal, FailedRead, OddStatus, Edit, Cancel, Disconnect, Useless][..], &stuck].concat();
    let reached = [RECOVERED, SENT_AGAIN, ALL_LIVE, ANEW, ASKED, ADOPTED];
    holds("no true witness", &Setting::new(1, &events), &reached);
}

/// Nor does it stand for ours: as long as the counter can be read, a person is asked instead.
#[test]
fn what_was_made_by_hand_is_never_a_reason_to_publish_twice() {
    let events = [PublishedTwice, WrongAnswer, Edit, Cancel, Decide, ByHand];
    holds("by hand", &Setting::new(1, &events), &[RECOVERED, SENT_AGAIN, ALL_LIVE, ANEW, ASKED]);
}

#[test]
fn from_everywhere_a_post_can_still_go_live() {
    let live = |world: &World| world.posts.iter().filter(|post| post.row.stage == Stage::Published).count();
    let (states, dead) = dead_ends(&Setting::new(1, &[PublishedTwice, WrongAnswer]), |world| live(world) == 1);
    assert_eq!(dead, 0, "of {states}");
    let (states, dead) = dead_ends(&Setting::new(2, &[PublishedTwice]), |world| live(world) == 2);
    assert_eq!(dead, 0, "of {states}");
}

/// The honest limit is a true one.
#[test]
fn beyond_the_honest_limit_a_post_is_doubled() {
    breaks("long pause", &Setting::new(1, &[PublishedTwice, LongPause]), rats_model::property::ONCE);
}
