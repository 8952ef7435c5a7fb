//! What is done with an account that cannot be asked.

use super::*;

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
