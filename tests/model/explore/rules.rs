//! The protocol without one rule at a time: what each is for.
//!
//! Where a rule is needed only in a certain world, the setting names it.

use rats_model::{
    Event::{self, *},
    Rule::{self, *},
    Setting,
    property::{ASKED, ASKED_LATE, FRESH, KEPT, ONCE, ONE_REQUEST, TRUE, UNSENT},
};

use crate::breaks;

/// Without `rule`, `property` breaks for one post, where besides hostile containers and wrong answers `events` happen.
fn needed(rule: Rule, events: &[Event], property: &'static str) {
    breaks(&format!("{rule:?}"), &hostile(1, events).without(rule), property);
}

fn hostile(posts: usize, events: &[Event]) -> Setting {
    Setting::new(posts, &[&[PublishedTwice, WrongAnswer], events].concat())
}

#[test]
fn without_the_lane_two_requests_of_an_account_are_under_way() {
    breaks("Lane", &hostile(2, &[]).without(Lane), ONE_REQUEST);
}

/// As long as the status or the listing is true, the lane is not needed for "once". It makes the counter a witness:
/// without it, one post's request hides behind another's, which is confirmed and not counted yet.
#[test]
fn without_the_lane_a_post_is_doubled_where_only_the_counter_is_true() {
    breaks("Lane", &hostile(2, &[StuckStatus, StuckListing]).without(Lane), ONCE);
}

#[test]
fn without_the_lane_a_person_is_asked_because_of_another_post() {
    breaks("Lane", &Setting::new(2, &[PublishedTwice]).without(Lane), ASKED);
}

#[test]
fn without_the_intent_before_the_request_a_post_is_doubled() {
    needed(WriteAhead, &[], ONCE);
}

#[test]
fn with_a_deadline_counted_from_the_claims_answer_a_post_is_doubled() {
    needed(DeadlineFromBeforeTheClaim, &[], ONCE);
}

#[test]
fn without_the_check_of_the_deadline_a_post_is_doubled() {
    needed(DeadlineCheck, &[], ONCE);
}

#[test]
fn without_grace_a_post_is_doubled() {
    needed(Grace, &[], ONCE);
}

#[test]
fn without_the_witness_window_a_post_is_doubled() {
    needed(Window, &[], ONCE);
}

#[test]
fn with_waits_counted_from_the_intent_a_post_is_doubled() {
    needed(WaitsFromLeaseEnd, &[], ONCE);
}

#[test]
fn with_a_disconnect_that_shortens_the_waits_a_post_is_doubled() {
    needed(MaySendUntilIsKept, &[Disconnect], ONCE);
}

/// The counter, read last, would be true.
#[test]
fn with_a_look_begun_before_the_waits_are_over_a_post_is_doubled() {
    needed(LookAfterWaits, &[NoCounter], ONCE);
}

#[test]
fn with_a_time_out_taken_for_not_sent_a_post_is_doubled() {
    needed(OnlyNoBytesProveNotSent, &[], ONCE);
}

#[test]
fn with_a_person_asked_before_the_waits_are_over_a_post_is_doubled() {
    needed(ReviewAfterWaits, &[Disconnect], ASKED_LATE);
    needed(ReviewAfterWaits, &[Disconnect, Decide], ONCE);
}

#[test]
fn with_a_lane_given_back_before_the_waits_are_over_two_requests_are_under_way() {
    breaks("ReviewAfterWaits", &hostile(2, &[Disconnect]).without(ReviewAfterWaits), ONE_REQUEST);
}

#[test]
fn with_edits_of_what_is_unclear_a_post_is_doubled() {
    needed(NoChangeWhileUnclear, &[Edit], ONCE);
}

#[test]
fn with_edits_of_what_is_unclear_the_old_content_goes_live() {
    needed(NoChangeWhileUnclear, &[Edit], FRESH);
}

#[test]
fn with_cancels_of_what_is_unclear_a_cancelled_post_is_live() {
    needed(NoChangeWhileUnclear, &[Cancel], UNSENT);
}

/// Not needed while one witness is true: then what is sent again is not live. It is for a world without one.
#[test]
fn with_a_refusal_that_settles_earlier_requests_a_live_post_reads_as_failed() {
    let stuck = [WrongAnswer, Refusal, StuckStatus, StuckListing, StuckCounter];
    let setting = Setting::new(1, &stuck).without(RefusalSettlesOnlyItsRequest);
    breaks("RefusalSettlesOnlyItsRequest", &setting, UNSENT);
    let setting = Setting::new(1, &[&stuck[..], &[Edit]].concat()).without(RefusalSettlesOnlyItsRequest);
    breaks("RefusalSettlesOnlyItsRequest", &setting, ONCE);
}

/// No post is doubled by it, the witnesses still tell; but what Instagram said is lost, and a person may be asked what
/// we were told.
#[test]
fn with_facts_that_need_an_epoch_a_media_id_is_thrown_away() {
    needed(FactsAreNotFenced, &[], KEPT);
}

#[test]
fn without_epochs_a_post_is_doubled() {
    needed(DecisionsAreFenced, &[], ONCE);
}

#[test]
fn without_epochs_the_old_content_goes_live() {
    needed(DecisionsAreFenced, &[Edit], FRESH);
}

#[test]
fn with_edits_that_keep_the_epoch_the_old_content_goes_live() {
    needed(ChangesRaiseTheEpoch, &[Edit], FRESH);
}

#[test]
fn with_cancels_that_keep_the_epoch_a_cancelled_post_goes_live() {
    needed(ChangesRaiseTheEpoch, &[Cancel], FRESH);
}

#[test]
fn with_a_new_container_after_an_unclear_request_a_post_is_doubled() {
    needed(NoNewContainer, &[], ONCE);
}

/// Each witness is needed where it alone is true, and only there.
#[test]
fn without_the_status_a_post_is_doubled_where_only_the_status_is_true() {
    needed(StatusWitness, &[StuckListing, StuckCounter], ONCE);
}

#[test]
fn without_the_listing_a_post_is_doubled_where_only_the_listing_is_true() {
    needed(ListingWitness, &[StuckStatus, StuckCounter], ONCE);
}

#[test]
fn without_the_counter_a_post_is_doubled_where_only_the_counter_is_true() {
    needed(CounterWitness, &[StuckStatus, StuckListing], ONCE);
}

#[test]
fn with_equal_texts_adopted_a_post_that_is_not_live_reads_as_published() {
    breaks("Distinctive", &hostile(2, &[FailedRead]).alike().without(Distinctive), TRUE);
}

#[test]
fn with_publish_again_that_does_not_look_first_a_post_is_doubled() {
    needed(LookBeforeAgain, &[FailedRead, Decide], ONCE);
}

#[test]
fn with_waits_by_the_stores_clock_alone_a_jump_of_it_doubles_a_post() {
    needed(OwnClock, &[ClockJump], ONCE);
}

/// After a jump the next worker may look while the lease of the one before is not over by that one's own clock.
#[test]
fn with_waits_by_the_own_clock_that_leave_out_the_lease_a_jump_doubles_a_post() {
    needed(OwnClockCoversTheLease, &[ClockJump], ONCE);
}

/// A limit of the protocol: an `EXPIRED` of a container that is live is believed, where the listing cannot be read.
#[test]
fn publish_again_believes_an_expired_status() {
    breaks("EXPIRED", &hostile(1, &[StuckStatus, OddStatus, FailedRead, Decide]), ONCE);
}

/// The listing and the status cannot tell what was made by hand; the counter can.
#[test]
fn with_an_adoption_of_what_is_not_counted_a_post_that_is_not_live_reads_as_published() {
    needed(CounterForbidsAdoption, &[ByHand], TRUE);
}
