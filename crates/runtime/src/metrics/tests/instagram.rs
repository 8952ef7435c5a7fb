//! Instagram's answers and limits.

use super::*;

#[tokio::test]
async fn instagrams_answers_are_counted_by_call_and_outcome() {
    let bench = Bench::new();
    let mut inner = MockPublisher::new();
    inner.expect_prepare().times(1).returning(|| ());
    let answers = [
        PublishAnswer::Live(MediaId::new("9")),
        PublishAnswer::Refused(error(Some(9007))),
        PublishAnswer::Unclear(error(None)),
        PublishAnswer::NotSent(error(None)),
    ];
    for answer in answers {
        inner.expect_publish().times(1).return_once(move |_, _, _| answer);
    }
    let date = Some(T - Duration::from_secs(3));
    inner.expect_status().times(1).returning(move |_, _| Ok(Dated { value: ContainerStatus::Finished, date }));
    inner.expect_status().times(1).returning(|_, _| Err(error(Some(190))));
    inner.expect_status().times(1).returning(|_, _| Err(error(None)));
    let publisher = MeteredPublisher::new(Arc::new(inner), bench.watch.clone());
    let (access, container) = (access(), ContainerId::new("17"));
    publisher.prepare().await;
    for _ in 0..4 {
        publisher.publish(&access, &container, bench.clock.monotonic()).await;
    }
    for _ in 0..3 {
        let _ = publisher.status(&access, &container).await;
    }
    for outcome in ["live", "refused", "unclear", "not_sent"] {
        bench.assert_says(&[(&format!("rats_publish_requests_total{{outcome=\"{outcome}\"}}"), "1")]).await;
    }
    for (call, outcome) in [("publish", "ok"), ("status", "ok"), ("status", "refused"), ("status", "unclear")] {
        let series = format!("rats_instagram_call_duration_seconds_count{{call=\"{call}\",outcome=\"{outcome}\"}}");
        bench.assert_says(&[(&series, "1")]).await;
    }
    bench.assert_says(&[("rats_clock_offset_seconds{against=\"instagram\"}", "3.0")]).await;
}

#[tokio::test]
async fn what_the_reader_knows_of_rate_limits_is_handed_through() {
    let mut inner = MockMediaReader::new();
    inner.expect_used_percent().returning(|_| 87);
    let reader = MeteredReader::new(Arc::new(inner), Bench::new().watch);
    assert_eq!(reader.used_percent(&AccountId::new("1784")), 87);
}

#[tokio::test]
async fn what_is_left_of_a_quota_is_known_where_instagram_told_it() {
    let bench = Bench::new();
    let mut inner = MockPublicationQueue::new();
    for quota_total in [None, Some(50)] {
        let published = Spent { count: 48, first_at: Some(T) };
        let allowance = Allowance { quota_total, published, ..Allowance::default() };
        inner
            .expect_claim()
            .times(1)
            .returning(move |_, _| Ok(Some(Claim { allowance: allowance.clone(), ..claim(staged()) })));
    }
    let queue = bench.queue(inner);
    for _ in 0..2 {
        queue.claim(&post().id, LEASE).await.unwrap();
    }
    let expected = [("rats_account_quota_left_posts_count", "1"), ("rats_account_quota_left_posts_sum", "2.0")];
    bench.assert_says(&expected).await;
}
