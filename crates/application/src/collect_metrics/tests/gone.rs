//! What is no longer on Instagram.

use super::*;

/// A post that Instagram has not found for so long, whose account's others are read or not; `is_there` says whether the media itself is.
fn missing(days: i64, others_read: bool, is_there: bool) -> Mocks {
    let collection =
        Collection { failures: 9, missing_since: Some(NOW - Duration::days(days)), ..Collection::default() };
    let mut mocks = mocks(DueMetrics { collection, ..aged(Duration::days(20)) }, &BOTH);
    mocks.reader.expect_engagement().return_once(|_, _, _| Err(error(Advice::Retry, 100, 33)));
    mocks
        .metrics
        .expect_others_read()
        .withf(|account, post, since| (account.as_str(), post.as_str(), *since) == ("1784", "p", NOW - Duration::DAY))
        .returning(move |_, _, _| Ok(others_read));
    mocks
        .reader
        .expect_permalink()
        .returning(move |_, _| if is_there { Ok(Some(PERMALINK.into())) } else { Err(error(Advice::Retry, 100, 33)) });
    mocks
}

#[test]
fn what_is_missing_for_three_days_while_others_are_read_is_gone_and_never_read_again() {
    let mut gone = missing(3, true, false);
    records(&mut gone, |reading| {
        let entry = &reading.entries[0];
        reading.collection.gone_at == Some(NOW)
            && reading.collection.next_at.is_none()
            && entry.step == "gone"
            && entry.message.contains("no longer on Instagram")
    });
    assert_eq!(run(gone), 0);
}

#[test]
fn what_the_profile_does_not_show_is_gone_though_it_is_alone_on_its_account() {
    let mut gone = missing(3, false, false);
    let since = NOW - Duration::days(20) - Duration::minutes(5);
    let empty = Dated { value: Listing { media: vec![], complete: true }, date: Some(NOW) };
    gone.reader.expect_recent().withf(move |_, from| *from >= since).times(1).return_once(move |_, _| Ok(empty));
    records(&mut gone, |reading| reading.collection.gone_at == Some(NOW) && reading.collection.next_at.is_none());
    assert_eq!(run(gone), 0);
}

#[test]
fn what_is_missing_is_not_gone_before_that_nor_while_nothing_can_be_read() {
    let lists = |days, listing: Result<Listing, PlatformError>| {
        let mut mocks = missing(days, false, false);
        let answer = listing.map(|value| Dated { value, date: Some(NOW) });
        mocks.reader.expect_recent().times(1).return_once(move |_, _| answer);
        mocks
    };
    let shown = Listing { media: vec![listed("m", 60)], complete: true };
    let cut = Listing { media: vec![listed("n", 60)], complete: false };
    for mut mocks in [
        missing(2, true, false),
        lists(30, Err(error(Advice::Retry, 2, 0))),
        lists(30, Ok(shown)),
        lists(30, Ok(cut)),
        missing(30, true, true),
    ] {
        records(&mut mocks, |reading| {
            reading.collection.gone_at.is_none()
                && reading.collection.next_at.is_some()
                && reading.collection.missing_since.is_some()
                && reading.entries.is_empty()
        });
        assert_eq!(run(mocks), 0);
    }
}

#[test]
fn a_reading_makes_what_was_missing_found_again() {
    let collection = Collection { failures: 9, missing_since: Some(NOW - Duration::days(2)), ..Collection::default() };
    let mut mocks = mocks(DueMetrics { collection, ..due(Some("m")) }, &BOTH);
    mocks.reader.expect_engagement().return_once(|_, _, _| Ok(likes(1)));
    records(&mut mocks, |reading| reading.collection.missing_since.is_none() && reading.collection.failures == 0);
    assert_eq!(run(mocks), 1);
}
