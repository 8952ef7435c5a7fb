//! Containers, quota and rate limits.

use std::time::Duration;

use rats_domain::{
    id::AccountId,
    instagram::{Advice, ContainerStatus, MediaReader, Publisher},
};

use crate::{
    fixture::{COUNTS, NOW, access, container, error_body, instagram, media},
    server::{Script, Server, headed},
};

#[tokio::test]
async fn f3_1_a_container_is_made_with_the_caption_encoded() {
    let server = Server::bodies(&[r#"{"id":17900000000000001}"#]);
    let image = "https://rats.example/p.jpg?a=1&b=2".parse().unwrap();
    let made = instagram(&server.base).create_image(&access(), &image, "50 % #joy & more").await.unwrap();
    let request = server.next();

    assert_eq!(made, container());
    assert!(request.starts_with("POST /v25.0/17841400000000001/media HTTP"), "{request}");
    assert!(request.contains("image_url=https%3A%2F%2Frats.example%2Fp.jpg%3Fa%3D1%26b%3D2"), "{request}");
    assert!(request.contains("caption=50+%25+%23joy+%26+more"), "{request}");
}

#[tokio::test]
async fn f3_2_every_status_is_read_with_instagrams_clock() {
    for (word, status) in [
        ("IN_PROGRESS", ContainerStatus::InProgress),
        ("FINISHED", ContainerStatus::Finished),
        ("PUBLISHED", ContainerStatus::Published),
        ("EXPIRED", ContainerStatus::Expired),
    ] {
        let server = Server::bodies(&[&format!(r#"{{"id":"1","status_code":"{word}","status":"x"}}"#)]);
        let dated = instagram(&server.base).status(&access(), &container()).await.unwrap();

        assert_eq!((dated.value, dated.date), (status, Some(NOW)));
    }
}

#[tokio::test]
async fn a_status_that_is_not_known_is_no_status() {
    for body in [r#"{"id":"1","status_code":"LEVITATING"}"#, r#"{"id":"1"}"#] {
        let server = Server::bodies(&[body]);
        let error = instagram(&server.base).status(&access(), &container()).await.unwrap_err();

        assert_eq!(error.advice, Advice::Retry);
    }
}

#[tokio::test]
async fn f3_5_the_quota_is_read_with_and_without_its_total() {
    let day = time::Duration::hours(24);
    for (body, total, since, asked) in [
        (
            r#"{"data":[{"quota_usage":2,"config":{"quota_total":100,"quota_duration":86400}}]}"#,
            Some(100),
            NOW - day / 2,
            true,
        ),
        (r#"{"data":[{"quota_usage":"2"}]}"#, None, NOW - day, false),
    ] {
        let server = Server::bodies(&[body]);
        let quota = instagram(&server.base).quota(&access(), since).await.unwrap();

        assert_eq!((quota.used, quota.total), (2, total));
        assert_eq!(server.next().contains(&format!("since={}", since.unix_timestamp())), asked);
    }
}

#[tokio::test]
async fn a_quota_without_a_number_is_not_zero() {
    for body in [r#"{"data":[]}"#, r#"{"data":[{}]}"#] {
        let server = Server::bodies(&[body]);
        instagram(&server.base).quota(&access(), NOW).await.unwrap_err();
    }
}

#[tokio::test]
async fn f7_usage_headers_are_kept_and_say_how_long_to_wait() {
    let headers = "x-app-usage: {\"call_count\":28,\"total_time\":25,\"total_cputime\":25}\r\n\
        x-business-use-case-usage: {\"17841400000000001\":[{\"type\":\"instagram\",\"call_count\":93,\"total_cputime\":12,\
        \"total_time\":100,\"estimated_time_to_regain_access\":7}]}\r\n";
    let server = Server::start(vec![Script::Answer(headed(400, headers, &error_body(80_002, None)))]);
    let client = instagram(&server.base);
    let error = client.quota(&access(), NOW).await.unwrap_err();
    let usage = client.clone().usage();

    assert_eq!(error.retry_after, Some(Duration::from_mins(7)));
    assert_eq!(usage.app_percent, Some(28));
    let account = usage.accounts[&AccountId::new("17841400000000001")];
    assert_eq!((account.percent, account.regain_after), (100, Some(Duration::from_mins(7))));
    assert_eq!(usage.highest_percent(), 100);
    let percent = |account| client.used_percent(&AccountId::new(account));
    assert_eq!((percent("17841400000000001"), percent("1")), (100, 28), "its own or the app's, whichever is more");
}

#[tokio::test]
async fn usage_headers_that_cannot_be_read_are_left_out() {
    let headers = "x-app-usage: nonsense\r\nx-business-use-case-usage: {\"1\":7,\"2\":[{}]}\r\n";
    let server = Server::start(vec![Script::Answer(headed(200, headers, COUNTS))]);
    let client = instagram(&server.base);
    client.permalink(&access(), &media()).await.unwrap();

    assert_eq!(client.usage().highest_percent(), 0);
}
