//! What happens to publications.

use super::*;

#[tokio::test]
async fn lateness_is_from_the_posts_time_to_its_request_and_to_when_it_was_stored() {
    let bench = Bench::new();
    let queue = bench.queue(willing(claim(staged())));
    queue.claim_due(LEASE, 9).await.unwrap();
    assert_eq!(bench.says("rats_posts_in_flight").await.unwrap(), "1");
    bench.clock.turn(750);
    queue.record_published(&post().id, &receipt(ConfirmedBy::Answer), &told("published")).await.unwrap();

    let expected = [
        ("rats_publish_request_lateness_seconds_sum", "0.25"),
        ("rats_publish_request_lateness_seconds_count", "1"),
        ("rats_publish_request_lateness_seconds_bucket{le=\"0.1\"}", "0"),
        ("rats_publish_request_lateness_seconds_bucket{le=\"0.25\"}", "1"),
        ("rats_published_lateness_seconds_sum", "0.75"),
        ("rats_posts_published_total{confirmed_by=\"answer\"}", "1"),
        ("rats_posts_in_flight", "0"),
    ];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn a_receipt_that_only_learns_an_address_is_no_second_post() {
    let bench = Bench::new();
    let queue = bench.queue(willing(claim(staged())));
    for entries in [&told("identified")[..], &[]] {
        queue.record_published(&post().id, &receipt(ConfirmedBy::Answer), entries).await.unwrap();
    }
    bench.assert_says(&[("rats_posts_published_total{confirmed_by=\"answer\"}", "0")]).await;
}

#[tokio::test]
async fn what_was_stored_before_is_not_counted_again() {
    let bench = Bench::new();
    let mut inner = MockPublicationQueue::new();
    inner.expect_record_published().returning(|_, _, _| Ok(false));
    let receipt = receipt(ConfirmedBy::Answer);
    bench.queue(inner).record_published(&post().id, &receipt, &told("published")).await.unwrap();
    bench.assert_says(&[("rats_posts_published_total{confirmed_by=\"answer\"}", "0")]).await;
}

#[tokio::test]
async fn ends_and_delays_are_counted_by_why() {
    let steps = [
        Step::Fail { attention: note(AttentionKind::ContentRefused) },
        Step::Held { attention: note(AttentionKind::Reconnect) },
        Step::Wait { until: T + LEASE, attention: note(AttentionKind::Moved) },
        Step::TryAgain { at: T + LEASE, attention: Some(note(AttentionKind::Unreachable)) },
        Step::NotYet { due_at: T + LEASE },
    ];
    let bench = Bench::new();
    let claim = claim([scheduled()]);
    let queue = bench.queue(willing(claim.clone()));
    for step in steps {
        queue.record(&claim, &claim.publication.after(step).unwrap(), &[], false).await.unwrap();
    }
    let again = Step::TryAgain { at: T + LEASE, attention: Some(note(AttentionKind::Unreachable)) };
    let claim = Claim { publication: claim.publication.after(again.clone()).unwrap(), ..claim };
    queue.record(&claim, &claim.publication.after(again).unwrap(), &[], false).await.unwrap();
    let expected = [
        ("rats_posts_failed_total{reason=\"content_refused\"}", "1"),
        ("rats_posts_failed_total{reason=\"deadline_passed\"}", "0"),
        ("rats_posts_held_total", "1"),
        ("rats_posts_put_off_total{reason=\"moved\"}", "1"),
        ("rats_posts_put_off_total{reason=\"unreachable\"}", "2"),
        ("rats_posts_put_off_total{reason=\"clock_wrong\"}", "0"),
        ("rats_posts_needs_review_total", "0"),
    ];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn an_unclear_outcome_is_counted_when_it_begins_and_by_how_it_is_settled() {
    let bench = Bench::new();
    let mut claim = claim(staged());
    let queue = bench.queue(willing(claim.clone()));
    queue.claim_due(LEASE, 9).await.unwrap();
    let again = Step::SendAgain { at: T, may_send_until: T + LEASE };
    for step in [intended(), unclear(), again, unclear()] {
        let next = claim.publication.after(step).unwrap();
        queue.record(&claim, &next, &[], true).await.unwrap();
        claim.publication = next;
    }
    queue.record_published(&post().id, &receipt(ConfirmedBy::Listing), &told("published")).await.unwrap();
    let review = Step::Review { look_at: T, attention: note(AttentionKind::Review) };
    queue.record(&claim, &claim.publication.after(review).unwrap(), &[], false).await.unwrap();

    let expected = [
        ("rats_reconciliations_begun_total", "2"),
        ("rats_reconciliations_settled_total{how=\"sent_again\"}", "1"),
        ("rats_reconciliations_settled_total{how=\"listing\"}", "1"),
        ("rats_reconciliations_settled_total{how=\"needs_review\"}", "1"),
        ("rats_reconciliations_settled_total{how=\"answer\"}", "0"),
        ("rats_posts_needs_review_total", "1"),
    ];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn a_claim_is_forgotten_when_it_is_given_back_lost_or_over() {
    let bench = Bench::new();
    let claim = claim(staged());
    let mut inner = MockPublicationQueue::new();
    let claimed = claim.clone();
    inner.expect_claim().returning(move |_, _| Ok(Some(claimed.clone())));
    inner.expect_record().returning(|_, next, _, _| if next.attempt > 0 { Err(QueueError::LeaseLost) } else { Ok(()) });
    inner.expect_extend().times(1).returning(|_, _| Ok(T + LEASE));
    inner.expect_extend().returning(|_, _| Err(QueueError::LeaseLost));
    let queue = bench.queue(inner);
    let in_flight = async |expected: &str| bench.assert_says(&[("rats_posts_in_flight", expected)]).await;

    queue.claim(&post().id, LEASE).await.unwrap();
    queue.record(&claim, &claim.publication, &[], true).await.unwrap();
    in_flight("1").await;
    queue.record(&claim, &claim.publication, &[], false).await.unwrap();
    in_flight("0").await;

    queue.claim(&post().id, LEASE).await.unwrap();
    let later = Step::TryAgain { at: T + LEASE, attention: None };
    queue.record(&claim, &claim.publication.after(later).unwrap(), &[], true).await.unwrap_err();
    in_flight("0").await;

    queue.claim(&post().id, LEASE).await.unwrap();
    bench.clock.turn(50_000);
    queue.extend(&claim, LEASE).await.unwrap();
    bench.clock.turn(50_000);
    in_flight("1").await;
    queue.extend(&claim, LEASE).await.unwrap_err();
    in_flight("0").await;

    queue.claim(&post().id, LEASE).await.unwrap();
    bench.clock.turn(60_000);
    in_flight("0").await;
    bench.assert_says(&[("rats_claims_lost_total{reason=\"lease_lost\"}", "2")]).await;
}

#[test]
fn an_older_claim_does_not_end_a_newer_one() {
    let (flight, now) = (Flight::default(), Turned::default().monotonic());
    let older = claim(staged());
    let parts = rats_domain::publication::Parts { epoch: 7, ..(*older.publication).clone() };
    let newer = Claim { publication: Publication::restore(parts).unwrap(), ..older.clone() };
    flight.begin(&newer, now);
    flight.end(&older);
    assert_eq!(flight.count(now), 1);
    flight.end(&newer);
    assert_eq!(flight.count(now), 0);
}

#[test]
fn claims_that_nobody_ends_are_forgotten_some_time() {
    let (flight, clock) = (Flight::default(), Turned::default());
    let begin = |n: u32| {
        let mut parts = (*claim(staged()).publication).clone();
        parts.post = PostId::new(n.to_string());
        let publication = Publication::restore(parts).unwrap();
        flight.begin(&Claim { publication, ..claim([]) }, clock.monotonic());
    };
    (0..4_096).for_each(begin);
    clock.turn(60 * 60 * 1_000);
    begin(9_999);
    assert_eq!(flight.kept(), 1);
}

#[tokio::test]
async fn the_queue_is_asked_for_all_that_is_asked_of_its_decorator() {
    let bench = Bench::new();
    let mut inner = MockPublicationQueue::new();
    inner.expect_claim().times(1).returning(|_, _| Ok(None));
    inner.expect_next_due().times(1).returning(|| Ok(Some(LEASE)));
    inner.expect_changed().times(1).returning(|| ());
    inner.expect_downtime().times(1).returning(|_, _| Ok(None));
    inner.expect_containers().times(1).returning(|_, _| Ok(vec![ContainerId::new("17")]));
    let queue = bench.queue(inner);
    assert_eq!(queue.claim(&post().id, LEASE).await.unwrap(), None);
    assert_eq!(queue.next_due().await.unwrap(), Some(LEASE));
    queue.changed().await;
    assert_eq!(queue.downtime(T, T).await.unwrap(), None);
    assert_eq!(queue.containers(&post().id, time::OffsetDateTime::UNIX_EPOCH).await.unwrap(), [ContainerId::new("17")]);
    for operation in ["claim", "next_due", "downtime", "containers"] {
        let series = format!("rats_database_call_duration_seconds_count{{port=\"queue\",operation=\"{operation}\"}}");
        bench.assert_says(&[(&series, "1")]).await;
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_an_error_and_a_lost_lease_is_not() {
    let bench = Bench::new();
    let mut inner = MockPublicationQueue::new();
    inner.expect_record().times(1).returning(|_, _, _, _| Err(QueueError::LaneTaken));
    inner.expect_record().returning(|_, _, _, _| Err(away().into()));
    let (queue, claim) = (bench.queue(inner), claim(staged()));
    for _ in 0..2 {
        queue.record(&claim, &claim.publication, &[], true).await.unwrap_err();
    }
    let mut history = MockAccountHistory::new();
    history.expect_quota_total().returning(|_| Err(away()));
    let history = MeteredHistory::new(Arc::new(history), bench.watch.clone());
    history.quota_total(&AccountId::new("1784")).await.unwrap_err();
    let expected = [
        ("rats_database_call_errors_total{port=\"queue\",operation=\"record\"}", "1"),
        ("rats_database_call_errors_total{port=\"history\",operation=\"quota_total\"}", "1"),
        ("rats_claims_lost_total{reason=\"lane_taken\"}", "1"),
    ];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn a_call_that_is_dropped_half_way_is_not_counted() {
    let bench = Bench::new();
    let call = bench.watch.database("queue", "record", std::future::pending::<Result<(), StoreError>>());
    tokio::select! {
        biased;
        _ = call => unreachable!("it never ends"),
        () = std::future::ready(()) => {}
    }
    let page = bench.page.render().await;
    assert!(!page.contains("operation=\"record\""), "{page}");
}
