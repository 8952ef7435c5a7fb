mod account;
mod gone;
mod identity;

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
