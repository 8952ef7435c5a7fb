//! What Instagram did not tell when a post went live.

use super::*;

#[test]
fn an_address_that_was_missed_is_learnt_with_the_numbers() {
    let mut mocks = mocks(nameless(Some("m")), &BOTH);
    mocks.reader.expect_engagement().withf(|_, _, wanted| wanted.permalink).return_once(|_, _, _| Ok(likes(3)));
    mocks
        .queue
        .expect_record_published()
        .withf(|_, receipt, _| receipt.permalink.is_some())
        .times(1)
        .returning(|_, _, _| Ok(true));
    records(&mut mocks, |reading| reading.snapshot.is_some());
    assert_eq!(run(mocks), 1);
}

/// Runs once with `listing` on the profile and expects that `learnt` is recorded as the media.
fn looks_for_its_id(listing: Vec<ListedMedia>, learnt: Option<&'static str>) {
    let mut mocks = mocks(nameless(None), &[Feature::Basic]);
    mocks
        .reader
        .expect_recent()
        .return_once(move |_, _| Ok(Dated { value: Listing { media: listing, complete: true }, date: Some(NOW) }));
    let recorded = move |_: &PostId, receipt: &Receipt, entries: &[Entry]| {
        receipt.media.as_ref().map(MediaId::as_str) == learnt && receipt.permalink.is_some() && entries.len() == 1
    };
    mocks
        .queue
        .expect_record_published()
        .withf(recorded)
        .times(usize::from(learnt.is_some()))
        .returning(|_, _, _| Ok(true));
    records(&mut mocks, move |reading| {
        let next_at = reading.collection.next_at.unwrap();
        reading.snapshot.is_none() && (next_at == NOW) == learnt.is_some()
    });
    run(mocks);
}

/// One whose id was not found for two days, of a post that went out then.
fn long_nameless() -> DueMetrics {
    let due = nameless(None);
    let confirmed_at = NOW - Duration::days(2);
    let receipt = Receipt { sent_at: confirmed_at - Duration::MINUTE, confirmed_at, ..due.receipt };
    DueMetrics { receipt, collection: Collection { failures: 2, ..due.collection }, ..due }
}

#[test]
fn an_id_is_given_up_after_a_day_once_the_whole_profile_was_read() {
    let mut mocks = mocks(long_nameless(), &[Feature::Basic]);
    let listing = Dated { value: Listing { media: vec![], complete: true }, date: Some(NOW) };
    mocks.reader.expect_recent().return_once(move |_, _| Ok(listing));
    records(&mut mocks, |reading| reading.collection.next_at.is_none());
    assert_eq!(run(mocks), 0);
}

#[test]
fn an_id_is_looked_for_again_where_the_profile_was_not_read_or_not_far_enough_back() {
    let cut = Dated { value: Listing { media: vec![listed("n", 1)], complete: false }, date: Some(NOW) };
    for listing in [Ok(cut), Err(error(Advice::Retry, 2, 0))] {
        let mut mocks = mocks(long_nameless(), &[Feature::Basic]);
        mocks.reader.expect_recent().return_once(move |_, _| listing);
        records(&mut mocks, |reading| reading.collection.next_at > Some(NOW) && reading.collection.failures == 3);
        assert_eq!(run(mocks), 0);
    }
    let mut limited = mocks(long_nameless(), &[Feature::Basic]);
    limited.reader.expect_recent().return_once(|_, _| Err(error(Advice::Wait, 4, 0)));
    puts_off(&mut limited, |later| later[0].1 >= NOW + Duration::hours(1));
    assert_eq!(run(limited), 0);
}

#[test]
fn the_id_of_a_live_post_is_found_on_the_profile_later() {
    looks_for_its_id(vec![listed("m", 10)], Some("m"));
}

#[test]
fn an_id_is_not_guessed() {
    looks_for_its_id(vec![], None);
    looks_for_its_id(vec![listed("m", 10), listed("n", 9)], None);
    // Went live long after ours was confirmed, or before it was sent.
    looks_for_its_id(vec![listed("m", 1)], None);
    looks_for_its_id(vec![listed("m", 60)], None);
}
