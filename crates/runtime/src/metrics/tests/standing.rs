//! What is read from the database.

use super::*;

#[tokio::test]
async fn the_database_is_asked_once_in_five_seconds_however_often_somebody_looks() {
    let standing = Standing {
        open: vec![(Stage::Staged, 3), (Stage::NeedsReview, 1)],
        claimable: 2,
        behind: 1,
        oldest_due: Some(Duration::from_millis(1_500)),
        resting: vec![(RestCause::Blocked, 1)],
        connections: vec![(Health::Working, 4)],
    };
    let usage = Usage { app_percent: Some(42), ..Usage::default() };
    let bench = Bench::over(Answers { standing: Mutex::new(Some(standing)), usage, ..Answers::default() });
    let expected = [
        ("rats_posts_open{stage=\"staged\"}", "3"),
        ("rats_posts_open{stage=\"needs_review\"}", "1"),
        ("rats_posts_open{stage=\"waiting\"}", "0"),
        ("rats_posts_due{state=\"claimable\"}", "2"),
        ("rats_posts_due{state=\"behind\"}", "1"),
        ("rats_oldest_due_seconds", "1.5"),
        ("rats_accounts_resting{cause=\"blocked\"}", "1"),
        ("rats_connections{health=\"working\"}", "4"),
        ("rats_database_readable", "1"),
        ("rats_instagram_rate_limit_used_ratio{limit=\"app\"}", "0.42"),
    ];
    bench.assert_says(&expected).await;
    assert_eq!(bench.source.asked.load(Ordering::SeqCst), 1);
    bench.clock.turn(5_000);
    bench.page.render().await;
    assert_eq!(bench.source.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_database_that_is_away_is_told_and_what_it_said_before_is_not() {
    let bench = Bench::new();
    bench.assert_says(&[("rats_database_readable", "1"), ("rats_oldest_due_seconds", "0.0")]).await;
    *bench.source.standing.lock().unwrap() = None;
    bench.clock.turn(5_000);
    bench.assert_says(&[("rats_database_readable", "0"), ("rats_posts_held_total", "0")]).await;
    assert_eq!(bench.says("rats_oldest_due_seconds").await, None);
}

#[tokio::test]
async fn a_database_that_hangs_does_not_hold_the_page_up() {
    let bench = Bench::over(Answers { hangs: true, ..Answers::default() });
    bench.assert_says(&[("rats_database_readable", "0")]).await;
    assert_eq!(bench.source.asked.load(Ordering::SeqCst), 1, "it is asked once at a time");
}
