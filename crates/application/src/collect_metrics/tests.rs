use futures_util::FutureExt as _;
use mockall::predicate::eq;
use rats_domain::{
    connection::{Feature, Token},
    id::{ConnectionId, ContainerId, MediaId, UserId},
    instagram::{Access, Advice, Dated, Engagement, ListedMedia, Listing, PlatformError, Profile},
    metrics::{Collection, Numbers, Reading, Slot},
    receipt::{ConfirmedBy, Receipt},
    secret::Secret,
    store::StoreError,
    timeline::Entry,
};

use super::*;
use crate::mock::{Mocks, NOW, connection, post};

const BOTH: [Feature; 2] = [Feature::Basic, Feature::Insights];
const PERMALINK: &str = "https://www.instagram.com/p/m/";

/// A post that went out ten minutes ago, whose first reading is due.
fn due(media: Option<&str>) -> DueMetrics {
    DueMetrics {
        post: PostId::new("p"),
        user: UserId::new("u"),
        account: AccountId::new("1784"),
        connection: ConnectionId::new("c"),
        receipt: Receipt {
            container: Some(ContainerId::new("17")),
            media: media.map(MediaId::new),
            permalink: Some(PERMALINK.into()),
            sent_at: NOW - Duration::minutes(10),
            confirmed_at: NOW - Duration::minutes(9),
            confirmed_by: ConfirmedBy::Status,
        },
        collection: Collection { next_at: Some(NOW - Duration::minutes(5)), ..Collection::default() },
    }
}

/// The same without its address.
fn nameless(media: Option<&str>) -> DueMetrics {
    let due = due(media);
    DueMetrics { receipt: Receipt { permalink: None, ..due.receipt }, ..due }
}

/// One that went out so long ago.
fn aged(age: Duration) -> DueMetrics {
    let due = due(Some("m"));
    DueMetrics { receipt: Receipt { sent_at: NOW - age, ..due.receipt }, ..due }
}

fn listed(id: &str, minutes_ago: i64) -> ListedMedia {
    ListedMedia {
        id: MediaId::new(id),
        caption: Some("Happy birthday, Anna!".into()),
        is_image: true,
        published_at: NOW - Duration::minutes(minutes_ago),
        permalink: Some(format!("https://www.instagram.com/p/{id}/")),
    }
}

fn error(advice: Advice, code: i64, subcode: i64) -> PlatformError {
    let error = PlatformError::unnumbered(advice, "It went wrong", "We try again.");
    PlatformError { code: Some(code), subcode: Some(subcode), ..error }
}

/// Mocks that hand these out once, through a connection with `features`, and use `percent` of a rate limit.
fn mocks_with(due: Vec<DueMetrics>, features: &[Feature], percent: u64) -> Mocks {
    let mut mocks = Mocks::default();
    mocks.metrics.expect_take_due().return_once(move |_, _| Ok(due));
    let connection = connection(features.to_vec());
    mocks.connections.expect_find().returning(move |_| Ok(Some(connection.clone())));
    mocks.posts.expect_find().returning(|_, _| Ok(Some(post())));
    mocks.history.expect_caption_repeats().returning(|_, _, _| Ok(false));
    mocks.history.expect_owned_by_others().returning(|_, _| Ok(vec![]));
    mocks.reader.expect_used_percent().return_const(percent);
    mocks.metrics.expect_put_off().with(eq(vec![])).returning(|_| Ok(()));
    mocks
}

fn mocks(due: DueMetrics, features: &[Feature]) -> Mocks {
    mocks_with(vec![due], features, 59)
}

/// What is recorded, once, is as `is_right` says.
fn records(mocks: &mut Mocks, is_right: impl Fn(&Reading) -> bool + Send + 'static) {
    mocks.metrics.expect_record().withf(move |_, reading| is_right(reading)).times(1).returning(|_, _| Ok(()));
}

/// What is put off, once, is as `is_right` says.
fn puts_off(mocks: &mut Mocks, is_right: impl Fn(&[(PostId, OffsetDateTime)]) -> bool + Send + 'static) {
    let is_right = move |later: &[(PostId, OffsetDateTime)]| !later.is_empty() && is_right(later);
    mocks.metrics.expect_put_off().withf(is_right).times(1).returning(|_| Ok(()));
}

fn run(mocks: Mocks) -> usize {
    CollectMetrics::new(mocks.ports()).run().now_or_never().unwrap().unwrap()
}

fn likes(count: u64) -> Engagement {
    Engagement { numbers: Numbers { likes: Some(count), ..Numbers::default() }, permalink: Some(PERMALINK.into()) }
}

#[test]
fn numbers_are_kept_with_their_age_and_the_next_reading_is_planned() {
    let mut mocks = mocks(due(Some("m")), &BOTH);
    mocks
        .reader
        .expect_engagement()
        .withf(|_, _, wanted| wanted.insights && !wanted.permalink)
        .return_once(|_, _, _| Ok(likes(3)));
    records(&mut mocks, |reading| {
        let snapshot = reading.snapshot.unwrap();
        (snapshot.slot, snapshot.age) == (Slot::of_age(Duration::minutes(5)).unwrap(), Duration::minutes(10))
            && (snapshot.taken_at, snapshot.numbers.likes) == (NOW, Some(3))
            && reading.collection.next_at.is_some_and(|at| at > NOW + Duration::minutes(5))
            && reading.collection.failures == 0
    });
    assert_eq!(run(mocks), 1);
}

#[test]
fn before_its_first_reading_only_the_address_is_looked_for() {
    let young =
        DueMetrics { receipt: Receipt { sent_at: NOW, permalink: None, ..due(Some("m")).receipt }, ..due(Some("m")) };
    let mut mocks = mocks(young, &BOTH);
    mocks.reader.expect_permalink().times(1).return_once(|_, _| Ok(Some(PERMALINK.into())));
    mocks.queue.expect_record_published().times(1).returning(|_, _, _| Ok(true));
    records(&mut mocks, |reading| reading.snapshot.is_none() && reading.collection.next_at > Some(NOW));
    assert_eq!(run(mocks), 0);
}

#[test]
fn a_failed_reading_stores_nothing_and_comes_again_ever_later() {
    for (failures, minutes) in [(0, 1), (3, 8)] {
        let before = Collection { failures, ..Collection::default() };
        let mut mocks = mocks(DueMetrics { collection: before, ..aged(Duration::days(3)) }, &BOTH);
        mocks.reader.expect_engagement().return_once(|_, _, _| Err(error(Advice::Retry, 2, 0)));
        records(&mut mocks, move |reading| {
            let wait = reading.collection.next_at.unwrap() - NOW;
            reading.snapshot.is_none()
                && reading.collection.failures == failures + 1
                && (Duration::minutes(minutes)..Duration::minutes(2 * minutes)).contains(&wait)
        });
        assert_eq!(run(mocks), 0);
    }
}

#[test]
fn an_answer_that_tells_nothing_is_no_snapshot() {
    let mut mocks = mocks(due(Some("m")), &BOTH);
    mocks
        .reader
        .expect_engagement()
        .return_once(|_, _, _| Ok(Engagement { numbers: Numbers::default(), permalink: None }));
    records(&mut mocks, |reading| reading.snapshot.is_none() && reading.collection.failures == 1);
    assert_eq!(run(mocks), 0);
}

#[test]
fn without_the_right_to_insights_the_public_counts_are_kept() {
    let mut mocks = mocks(nameless(Some("m")), &[Feature::Basic]);
    mocks
        .reader
        .expect_engagement()
        .withf(|_, _, wanted| !wanted.insights && wanted.permalink)
        .return_once(|_, _, _| Ok(likes(2)));
    mocks.queue.expect_record_published().times(1).returning(|_, _, _| Ok(true));
    records(&mut mocks, |reading| reading.snapshot.is_some());
    assert_eq!(run(mocks), 1);
}

#[test]
fn a_post_that_meets_a_fault_stops_no_other_and_comes_again_ever_later() {
    let posts = (0..12).map(|n| DueMetrics { post: PostId::new(format!("p{n:02}")), ..due(Some("m")) }).collect();
    let mut mocks = mocks_with(posts, &BOTH, 0);
    mocks.reader.expect_engagement().times(12).returning(|_, _, _| Ok(likes(1)));
    let is_told_of = |post: &PostId, reading: &Reading| post.as_str() == "p00" && reading.snapshot.is_some();
    let damaged = || StoreError::Damaged { what: "a number of metrics".into(), source: "too large".into() };
    mocks.metrics.expect_record().withf(is_told_of).times(1).returning(move |_, _| Err(damaged()));
    let is_put_off = |post: &PostId, reading: &Reading| post.as_str() == "p00" && reading.collection.failures == 1;
    mocks.metrics.expect_record().withf(is_put_off).times(1).returning(|_, _| Ok(()));
    mocks.metrics.expect_record().withf(|post, _| post.as_str() != "p00").times(11).returning(|_, _| Ok(()));
    assert_eq!(run(mocks), 11);
}

#[test]
fn numbers_wait_while_the_rate_limits_are_wanted_for_publishing() {
    let mut mocks = mocks_with(vec![due(Some("m"))], &BOTH, 60);
    puts_off(&mut mocks, |later| {
        later.len() == 1 && (Duration::minutes(10)..Duration::minutes(20)).contains(&(later[0].1 - NOW))
    });
    assert_eq!(run(mocks), 0);
}

#[test]
fn an_account_that_must_wait_is_left_alone_with_all_its_posts() {
    let posts = (0..12).map(|n| DueMetrics { post: PostId::new(format!("p{n}")), ..due(Some("m")) }).collect();
    let mut mocks = mocks_with(posts, &BOTH, 0);
    let told =
        PlatformError { retry_after: Some(std::time::Duration::from_mins(30)), ..error(Advice::Wait, 80_002, 0) };
    // No more than are read at once.
    mocks.reader.expect_engagement().times(1..=AT_ONCE).returning(move |_, _, _| Err(told.clone()));
    let is_after_the_wait = |later: &[(PostId, OffsetDateTime)]| {
        later.len() == 1 && (Duration::minutes(30)..Duration::minutes(40)).contains(&(later[0].1 - NOW))
    };
    mocks.metrics.expect_put_off().withf(is_after_the_wait).times(12).returning(|_| Ok(()));
    assert_eq!(run(mocks), 0);
}

/// Runs over some posts of one account whose token is refused, each as `met`; the profile answers as `profile`.
fn with_a_refused_token(met: PlatformError, profile: Result<Profile, PlatformError>, is_dead: bool) -> Mocks {
    let posts = (0..12).map(|n| DueMetrics { post: PostId::new(format!("p{n}")), ..due(Some("m")) }).collect();
    let mut mocks = mocks_with(posts, &BOTH, 0);
    mocks.reader.expect_engagement().times(1..=AT_ONCE).returning(move |_, _, _| Err(met.clone()));
    mocks.metrics.expect_put_off().times(12).returning(|_| Ok(()));
    mocks.authorizer.expect_profile().times(1).return_once(move |_| profile);
    let marked = mocks.connections.expect_mark_dead().times(usize::from(is_dead));
    marked.withf(|id, token, _| (id.as_str(), token.expose()) == ("c", "t")).returning(|_, _, _| Ok(true));
    mocks
}

fn profile() -> Profile {
    Profile { account: Some(AccountId::new("1784")), app_scoped_id: "9".into(), username: "anna".into() }
}

#[test]
fn a_token_that_cannot_read_its_profile_either_is_dead_and_its_person_told_once() {
    let dead = || error(Advice::Reconnect, 190, 460);
    assert_eq!(run(with_a_refused_token(dead(), Err(dead()), true)), 0);
}

#[test]
fn a_refused_token_that_reads_its_profile_or_cannot_ask_for_it_is_not_dead() {
    for profile in [Ok(profile()), Err(error(Advice::Retry, 2, 0)), Err(error(Advice::ActInApp, 190, 459))] {
        assert_eq!(run(with_a_refused_token(error(Advice::Reconnect, 10, 0), profile, false)), 0);
    }
}

#[test]
fn a_token_that_may_be_stale_is_refreshed_once_before_it_is_dead() {
    let stale = || error(Advice::Refresh, 190, 0);
    let fresh = Token { secret: Secret::new("fresh"), issued_at: NOW, expires_at: NOW + Duration::days(60) };
    for (refreshed, is_dead) in [(Ok(fresh), false), (Err(stale()), true), (Err(error(Advice::Retry, 2, 0)), false)] {
        let mut mocks = with_a_refused_token(stale(), Err(stale()), is_dead);
        mocks.connections.expect_begin_refresh().times(1).returning(|_, _, _, _| Ok(true));
        let is_fresh = refreshed.is_ok();
        mocks.authorizer.expect_refresh().times(1).return_once(move |_| refreshed);
        mocks.connections.expect_replace_token().times(usize::from(is_fresh)).returning(|_, _, _| Ok(true));
        assert_eq!(run(mocks), 0);
    }
}

#[test]
fn an_account_that_must_wait_is_left_alone_in_later_batches_and_runs_too() {
    let posts = |batch: usize| {
        let post = move |n| DueMetrics { post: PostId::new(format!("p{batch}-{n}")), ..due(Some("m")) };
        (0..BATCH).map(post).collect::<Vec<_>>()
    };
    let mut mocks = mocks_with(vec![], &BOTH, 0);
    mocks.metrics.checkpoint();
    // Two full batches and a little, and at the next run a few more.
    let mut batches = vec![posts(4)[..9].to_vec(), posts(3)[..9].to_vec(), posts(2), posts(1)];
    mocks.metrics.expect_take_due().times(4).returning(move |_, _| Ok(batches.pop().unwrap()));
    mocks.metrics.expect_put_off().returning(|_| Ok(()));
    mocks.reader.expect_engagement().times(1).returning(|_, _, _| Err(error(Advice::Wait, 80_002, 0)));
    let collect = CollectMetrics::new(mocks.ports());
    for _ in 0..2 {
        assert_eq!(collect.run().now_or_never().unwrap().unwrap(), 0);
    }
}

#[test]
fn of_several_refusals_at_once_the_first_asks_for_the_profile() {
    let mut mocks = Mocks::default();
    mocks.metrics.expect_put_off().times(2).returning(|_| Ok(()));
    mocks.authorizer.expect_profile().times(1).return_once(|_| Ok(profile()));
    let (ports, resting) = (mocks.ports(), Mutex::default());
    let round = Round { ports: &ports, resting: &resting, began: NOW };
    let access = Access { account: AccountId::new("1784"), token: Secret::new("t") };
    for _ in 0..2 {
        let refused = error(Advice::Reconnect, 190, 460);
        round.rest(&due(Some("m")), &access, &refused).now_or_never().unwrap().unwrap();
    }
}

#[test]
fn what_was_handed_out_too_long_ago_is_left_to_whoever_comes_next() {
    let mut mocks = Mocks::default();
    mocks.reader.expect_engagement().never();
    let (ports, resting) = (mocks.ports(), Mutex::default());
    let round = |ago| Round { ports: &ports, resting: &resting, began: NOW - ago };
    let late = round(Duration::minutes(4) + Duration::SECOND);
    assert!(!late.read(&due(Some("m"))).now_or_never().unwrap().unwrap());
}

#[test]
fn a_few_that_were_missed_are_read_at_once_and_many_are_spread() {
    let late = |n| {
        let collection = Collection { next_at: Some(NOW - Duration::hours(9)), ..Collection::default() };
        DueMetrics { post: PostId::new(format!("p{n}")), collection, ..aged(Duration::days(4)) }
    };
    let mut few = mocks_with((1..BATCH).map(late).collect(), &BOTH, 0);
    few.reader.expect_engagement().times(BATCH - 1).returning(|_, _, _| Ok(likes(1)));
    few.metrics.expect_record().times(BATCH - 1).returning(|_, _| Ok(()));
    assert_eq!(run(few), BATCH - 1);

    let mut many = mocks_with(vec![], &BOTH, 0);
    many.metrics.checkpoint();
    let mut batches = vec![vec![], (0..BATCH).map(late).collect()];
    many.metrics.expect_take_due().times(2).returning(move |_, _| Ok(batches.pop().unwrap()));
    many.metrics.expect_put_off().with(eq(vec![])).returning(|_| Ok(()));
    puts_off(&mut many, |later| {
        later.len() == BATCH && later.iter().all(|(_, at)| (NOW..NOW + Duration::minutes(30)).contains(at))
    });
    assert_eq!(run(many), 0, "none at once");
}

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
