//! Engagement of media and of accounts.

use rats_domain::{
    id::MediaId,
    instagram::{Advice, MediaReader, PlatformError, Wanted},
    metrics::{AccountNumbers, Numbers},
};
use rats_instagram_adapter::Instagram;
use time::{Duration, macros::datetime};

use crate::{
    fixture::{COUNTS, NOW, access, error_body, everything, instagram, media},
    server::{Script, Server, answer},
};

/// Its address is known: only the numbers are wanted.
const NUMBERS: Wanted = Wanted { insights: true, published_at: NOW, permalink: false };

fn insights(pairs: &[(&str, u64)]) -> String {
    let items: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!(r#"{{"name":"{name}","period":"lifetime","values":[{{"value":{value}}}]}}"#))
        .collect();
    format!(r#"{{"data":[{}]}}"#, items.join(","))
}

fn good(pairs: &[(&str, u64)]) -> Script {
    Script::Answer(answer(200, &insights(pairs)))
}

fn refused() -> Script {
    Script::Answer(answer(400, &error_body(100, None)))
}

async fn numbers(instagram: &Instagram, wanted: Wanted) -> Result<Numbers, PlatformError> {
    instagram.engagement(&access(), &media(), wanted).await.map(|engagement| engagement.numbers)
}

/// The metrics that each request asked for.
fn asked(server: &Server) -> Vec<String> {
    let metric = |request: String| {
        let query = request.split_once("metric=")?.1;
        Some(query.split(['&', ' ']).next()?.replace("%2C", ","))
    };
    server.rest().into_iter().filter_map(metric).collect()
}

const ALL: [(&str, u64); 7] = [
    ("reach", 224),
    ("likes", 9),
    ("comments", 3),
    ("shares", 1),
    ("saved", 4),
    ("views", 300),
    ("total_interactions", 17),
];

const READ: Numbers = Numbers {
    likes: Some(9),
    comments: Some(3),
    shares: Some(1),
    impressions: None,
    views: Some(300),
    reach: Some(224),
    saved: Some(4),
    total_interactions: Some(17),
};

#[tokio::test]
async fn f5_1_engagement_comes_in_one_request_and_the_address_in_another() {
    let server = Server::bodies(&[&insights(&ALL), COUNTS]);
    let engagement = instagram(&server.base).engagement(&access(), &media(), everything()).await.unwrap();
    assert_eq!(engagement.numbers, READ);
    assert_eq!(engagement.permalink.as_deref(), Some("https://www.instagram.com/p/x/"));
    assert_eq!(server.next().matches("GET").count() + server.next().matches("GET").count(), 2);
    assert!(server.rest().is_empty());

    let server = Server::bodies(&[&insights(&ALL)]);
    assert_eq!(numbers(&instagram(&server.base), NUMBERS).await.unwrap(), READ);
    server.next();
    assert!(server.rest().is_empty(), "what is known is not asked for");
}

#[tokio::test]
async fn f5_1_17_missing_insights_are_none_and_public_counts_stand_in() {
    let no_viewers = error_body(10, None);
    let too_old = error_body(100, Some(2_108_006));
    for first in [
        answer(200, r#"{"data":[]}"#),
        answer(400, &no_viewers),
        answer(400, &too_old),
        answer(403, &error_body(200, None)),
    ] {
        let server = Server::start(vec![Script::Answer(first), Script::Answer(answer(200, COUNTS))]);
        let expected = Numbers { likes: Some(7), comments: Some(2), ..Numbers::default() };
        assert_eq!(numbers(&instagram(&server.base), NUMBERS).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn without_the_right_to_insights_public_counts_are_read_alone() {
    let server = Server::bodies(&[COUNTS]);
    let read = numbers(&instagram(&server.base), Wanted { insights: false, ..NUMBERS }).await.unwrap();

    assert_eq!(read, Numbers { likes: Some(7), comments: Some(2), ..Numbers::default() });
    assert!(server.next().contains("fields=like_count"));
    assert!(server.rest().is_empty());
}

/// The numbers of another media.
async fn others(instagram: &Instagram) -> Result<Numbers, PlatformError> {
    let other = MediaId::new("18000000000000002");
    instagram.engagement(&access(), &other, NUMBERS).await.map(|engagement| engagement.numbers)
}

/// Answers to all at once and to each alone, of which the fourth, `shares`, is refused.
fn one_by_one() -> Vec<Script> {
    let each = (0..7).map(|n| if n == 3 { refused() } else { good(&ALL[n..=n]) });
    [refused()].into_iter().chain(each).collect()
}

#[tokio::test]
async fn f5_1_13_a_metric_that_two_media_refuse_costs_only_itself_and_is_not_asked_for_again() {
    let rest = good(&[&ALL[..3], &ALL[4..]].concat());
    let server = Server::start([one_by_one(), one_by_one(), vec![rest]].concat());
    let client = instagram(&server.base);
    let without = Numbers { shares: None, ..READ };
    assert_eq!(numbers(&client, NUMBERS).await.unwrap(), without);
    assert_eq!(others(&client).await.unwrap(), without);
    assert_eq!(numbers(&client, NUMBERS).await.unwrap(), without);

    let asked = asked(&server);
    assert_eq!(asked.len(), 17, "all, and each, of two, and then all others: {asked:?}");
    for all in [0, 8] {
        assert_eq!(asked[all], "reach,likes,comments,shares,saved,views,total_interactions");
        assert_eq!(asked[all + 4], "shares");
    }
    assert_eq!(asked[16], "reach,likes,comments,saved,views,total_interactions");
}

#[tokio::test]
async fn what_one_media_refuses_is_asked_of_others() {
    let server = Server::start([one_by_one(), vec![good(&ALL)]].concat());
    let client = instagram(&server.base);
    numbers(&client, NUMBERS).await.unwrap();
    assert_eq!(others(&client).await.unwrap(), READ);
    assert_eq!(asked(&server)[8], "reach,likes,comments,shares,saved,views,total_interactions");
}

#[tokio::test]
async fn a_failure_among_single_metrics_is_the_whole_readings_and_what_was_refused_before_is_remembered() {
    let failing = || {
        let fails = Script::Answer(answer(500, &error_body(2, None)));
        one_by_one().into_iter().take(6).chain([fails]).collect::<Vec<_>>()
    };
    let rest = good(&[&ALL[..3], &ALL[4..]].concat());
    let server = Server::start([failing(), failing(), vec![rest]].concat());
    let client = instagram(&server.base);
    let error = numbers(&client, NUMBERS).await.unwrap_err();
    assert_eq!(error.advice, Advice::Retry, "nothing is kept of what was read in part");
    others(&client).await.unwrap_err();
    assert_eq!(numbers(&client, NUMBERS).await.unwrap(), Numbers { shares: None, ..READ });
    assert_eq!(asked(&server)[14], "reach,likes,comments,saved,views,total_interactions");
}

#[tokio::test]
async fn where_all_metrics_are_refused_it_is_not_the_metrics() {
    let script: Vec<Script> =
        (0..8).map(|_| refused()).chain([Script::Answer(answer(200, COUNTS)), good(&ALL)]).collect();
    let server = Server::start(script);
    let client = instagram(&server.base);

    assert_eq!(numbers(&client, NUMBERS).await.unwrap().likes, Some(7));
    assert_eq!(numbers(&client, NUMBERS).await.unwrap(), READ, "all are asked for again");
}

#[tokio::test]
async fn f5_1_10_impressions_are_asked_for_where_they_still_exist() {
    let old = Wanted { published_at: datetime!(2024-07-01 23:59 UTC), ..NUMBERS };
    let server = Server::bodies(&[&insights(&[&ALL[..], &[("impressions", 420)]].concat())]);
    let read = numbers(&instagram(&server.base), old).await.unwrap();

    assert_eq!(read, Numbers { impressions: Some(420), ..READ });
    assert_eq!(asked(&server), ["reach,likes,comments,shares,saved,views,total_interactions,impressions"]);
}

#[tokio::test]
async fn f5_2_accounts_tell_followers_and_a_spans_reach_and_views() {
    let told = r#"{"data":[{"name":"reach","period":"day","total_value":{"value":118}},{"name":"views","period":"day","total_value":{"value":240}}]}"#;
    let server = Server::bodies(&[r#"{"followers_count":2318,"id":"1"}"#, told]);
    let client = instagram(&server.base);

    assert_eq!(client.followers(&access()).await.unwrap(), Some(2318));
    let read = client.account_insights(&access(), NOW - Duration::DAY, NOW).await.unwrap();
    assert_eq!(read, AccountNumbers { reach: Some(118), views: Some(240) });
    assert!(server.next().starts_with("GET /v25.0/me?fields=followers_count "));
    let request = server.next();
    let span = format!("since={}&until={} ", (NOW - Duration::DAY).unix_timestamp(), NOW.unix_timestamp());
    let start = "GET /v25.0/17841400000000001/insights?metric=reach%2Cviews&period=day&metric_type=total_value&";
    assert!(request.starts_with(start) && request.contains(&span), "{request}");
}

#[tokio::test]
async fn f5_2_14_what_an_account_is_not_told_is_none() {
    for (first, expected) in [
        (answer(200, r#"{"data":[]}"#), AccountNumbers::default()),
        (answer(200, r#"{"data":[{"name":"views","period":"day"}]}"#), AccountNumbers::default()),
        (answer(403, &error_body(10, None)), AccountNumbers::default()),
    ] {
        let server = Server::start(vec![Script::Answer(first)]);
        let read = instagram(&server.base).account_insights(&access(), NOW - Duration::DAY, NOW).await;
        assert_eq!(read.unwrap(), expected);
    }
}
