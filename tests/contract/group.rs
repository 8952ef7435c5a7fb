//! `PublicationQueue`: the steps of many posts at once, and what a claim brings along.

use std::time::Duration;

use futures_util::future::join_all;
use rats_domain::{
    connection::ConnectionRepository,
    id::PostId,
    post::{AccountHistory as _, PostRepository},
    publication::{Allowance, Claim, PublicationQueue as _, QueueError, Rest, RestCause, Spent, Stage, Step},
    receipt::ConfirmedBy,
};

use rats_storage::Store;

use crate::{
    example::{HOUR, MINUTE, after, created, due_post, entry, intended, link, receipt, request, timeline, user},
    opening::raw,
    world::{Backend, KEY, T, World, options, promises, try_on},
};

/// `count` posts, each of an account of its own, claimed.
async fn claimed(world: &World, count: usize) -> Vec<Claim> {
    for n in 0..count {
        let connection = link(&world.store, &format!("u{n:02}"), &format!("a{n:02}")).await;
        due_post(&world.store, &format!("p{n:02}"), &connection).await;
    }
    world.store.claim_due(MINUTE, count).await.unwrap().claims
}

promises! {
    async fn steps_of_many_posts_at_once_are_each_stored(world: World) {
        let store = &world.store;
        let claims = claimed(&world, 40).await;
        let steps = claims.iter().enumerate().map(|(n, claim)| async move {
            let next = after(&claim.publication, &[created(&format!("17{n}"))]);
            store.record(claim, &next, &[entry(&format!("e{n}"), "container_created")], true).await
        });
        assert!(join_all(steps).await.iter().all(Result::is_ok));
        for (n, claim) in claims.iter().enumerate() {
            let (owner, post) = (&claim.publication.user, &claim.publication.post);
            let found = PostRepository::find(store, owner, post).await.unwrap().unwrap();
            assert_eq!(found.publication.container.as_ref().unwrap().id.as_str(), format!("17{n}"));
            assert_eq!(timeline(store, owner, post).await.last().unwrap().id, format!("e{n}-container_created"));
            assert_eq!(store.containers(post, time::OffsetDateTime::UNIX_EPOCH).await.unwrap().len(), 1);
        }
        let facts = claims.iter().enumerate().map(|(n, claim)| async move {
            let told = receipt(&format!("17{n}"), Some(&format!("m{n}")), ConfirmedBy::Answer);
            store.record_published(&claim.publication.post, &told, &[]).await
        });
        assert!(join_all(facts).await.into_iter().all(|changed| changed.unwrap()));
    }

    async fn one_posts_trouble_is_its_own(world: World) {
        let store = &world.store;
        let mut claims = claimed(&world, 20).await;
        for (n, claim) in claims.iter_mut().enumerate() {
            let ready = after(&claim.publication, &[created(&format!("17{n}")), Step::ContainerReady]);
            store.record(claim, &ready, &[], true).await.unwrap();
            claim.publication = ready;
        }
        // Another worker takes over one of them.
        world.clock.turn(MINUTE + Duration::from_secs(1));
        store.claim(&claims[3].publication.post, HOUR).await.unwrap().unwrap();
        world.clock.turn(HOUR);
        let steps = claims.iter().map(|claim| async move {
            let step = Step::Intended { at: T + HOUR, may_send_until: T + HOUR + MINUTE };
            store.record(claim, &after(&claim.publication, &[step]), &[], true).await
        });
        let outcomes = join_all(steps).await;
        for (n, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.is_ok(), n != 3, "{n}: {outcome:?}");
        }
        assert!(matches!(outcomes[3], Err(QueueError::LeaseLost)));

        let facts = claims.iter().enumerate().map(|(n, claim)| async move {
            let media = if n < 2 { "m".to_owned() } else { format!("m{n}") };
            let told = receipt(&format!("17{n}"), Some(&media), ConfirmedBy::Answer);
            store.record_published(&claim.publication.post, &told, &[]).await.unwrap();
            PostRepository::find(store, &claim.publication.user, &claim.publication.post).await.unwrap().unwrap()
        });
        let found = join_all(facts).await;
        assert!(found.iter().all(|record| record.publication.stage == Stage::Published));
        let owners = found.iter().take(2).filter(|record| record.receipt.as_ref().unwrap().media.is_some());
        assert_eq!(owners.count(), 1, "a media belongs to one post");
    }

    async fn two_posts_of_one_account_are_not_requested_at_once(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let mut claims = vec![];
        for id in ["p1", "p2"] {
            let record = due_post(store, id, &connection).await;
            let claim = store.claim(&record.post.id, MINUTE).await.unwrap().unwrap();
            let ready = after(&claim.publication, &[created(&format!("17{id}")), Step::ContainerReady]);
            store.record(&claim, &ready, &[], true).await.unwrap();
            claims.push(Claim { publication: ready, ..claim });
        }
        let steps = claims.iter().map(|claim| async move {
            store.record(claim, &after(&claim.publication, &[intended()]), &[], true).await
        });
        let outcomes = join_all(steps).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(QueueError::LaneTaken))), "{outcomes:?}");
    }

    async fn a_rest_is_told_until_it_is_over(world: World) {
        let store = &world.store;
        let account = link(store, "u", "a").await.account;
        assert_eq!(store.resting(&account).await.unwrap(), None);
        let rest = Rest { until: T + HOUR, cause: RestCause::ActInApp };
        store.rest(&account, rest).await.unwrap();
        assert_eq!(store.resting(&account).await.unwrap(), Some(rest));
        world.clock.turn(HOUR);
        assert_eq!(store.resting(&account).await.unwrap(), None);
    }

    async fn a_rest_is_ended_for_its_own_cause_alone(world: World) {
        let store = &world.store;
        let (account, other) = (link(store, "u", "a").await.account, link(store, "v", "b").await.account);
        let rest = Rest { until: T + HOUR, cause: RestCause::ActInApp };
        for account in [&account, &other] {
            store.rest(account, rest).await.unwrap();
        }
        store.end_rest(&account, RestCause::Blocked).await.unwrap();
        assert_eq!(store.resting(&account).await.unwrap(), Some(rest));
        store.end_rest(&account, RestCause::ActInApp).await.unwrap();
        assert_eq!(store.resting(&account).await.unwrap(), None);
        assert_eq!(store.resting(&other).await.unwrap(), Some(rest), "another account's stays");
    }

    async fn a_claim_brings_post_connection_and_what_the_account_has_used(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for id in ["p1", "p2"] {
            due_post(store, id, &connection).await;
        }
        request(store, "p1", "17").await;
        let told = receipt("17", Some("m"), ConfirmedBy::Answer);
        store.record_published(&PostId::new("p1"), &told, &[]).await.unwrap();
        store.keep_quota_total(&connection.account, 50).await.unwrap();
        let rest = |hours, cause| Rest { until: T + HOUR * hours, cause };
        store.rest(&connection.account, rest(4, RestCause::Blocked)).await.unwrap();
        store.rest(&connection.account, rest(2, RestCause::Unclear)).await.unwrap();

        let claim = store.claim_due(MINUTE, 9).await.unwrap().claims.remove(0);
        assert_eq!(claim.now, T);
        assert_eq!(claim.post, PostRepository::find(store, &user("u"), &claim.post.id).await.unwrap().unwrap().post);
        assert_eq!(claim.connection, ConnectionRepository::find(store, &connection.id).await.unwrap());
        let once = Spent { count: 1, first_at: Some(T) };
        let expected = Allowance {
            created: once,
            published: once,
            quota_total: Some(50),
            rest: Some(rest(4, RestCause::Blocked)),
        };
        assert_eq!(claim.allowance, expected);

        world.clock.turn(HOUR * 24);
        let claim = store.claim_due(MINUTE, 9).await.unwrap().claims.remove(0);
        assert_eq!(claim.allowance, Allowance { quota_total: Some(50), ..Allowance::default() }, "a day later");
    }
}

/// Each process writes what its posts have to store in one transaction, and the other's posts are of the same accounts: who took lanes in another
/// order would wait for who waits for them.
#[test]
fn two_processes_that_store_in_opposite_order_do_not_wait_for_each_other() {
    try_on(Backend::Postgres, async |world| {
        let (client, count) = (raw(&world.url).await, 30);
        // As in a large table: row by row, in the order in which they are given.
        let name: String = client.query_one("SELECT current_database()", &[]).await.unwrap().get(0);
        for way in ["hashjoin", "mergejoin", "seqscan"] {
            client.batch_execute(&format!("ALTER DATABASE {name} SET enable_{way} = off")).await.unwrap();
        }
        let open = || Store::open(options(&world.url, world.clock.clone(), KEY));
        let (one, other) = (&open().await.unwrap(), open().await.unwrap());
        let mut claims: [Vec<Claim>; 2] = Default::default();
        for n in 0..count {
            let connection = link(one, &format!("u{n:02}"), &format!("a{n:02}")).await;
            for (of, claims) in claims.iter_mut().enumerate() {
                let record = due_post(one, &format!("p{of}-{n:02}"), &connection).await;
                let claim = one.claim(&record.post.id, MINUTE).await.unwrap().unwrap();
                let ready = after(&claim.publication, &[created(&format!("17-{of}-{n}")), Step::ContainerReady]);
                one.record(&claim, &ready, &[], true).await.unwrap();
                claims.push(Claim { publication: ready, ..claim });
            }
        }
        claims[1].reverse();

        let intend = |store: &Store, claims: &[Claim]| {
            let steps = claims.iter().map(|claim| {
                let (store, claim) = (store.clone(), claim.clone());
                async move { store.record(&claim, &after(&claim.publication, &[intended()]), &[], true).await.is_ok() }
            });
            join_all(steps.collect::<Vec<_>>())
        };
        // Both stand half way, at a post that somebody else has locked, and go on together.
        client.batch_execute("BEGIN; SELECT 1 FROM publication WHERE post_id LIKE 'p%-15' FOR UPDATE").await.unwrap();
        let go_on = async {
            let watcher = raw(&world.url).await;
            let blocked =
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
            while watcher.query(blocked, &[]).await.unwrap().len() < 2 {}
            client.batch_execute("COMMIT").await.unwrap();
        };
        let (ones, others, ()) = futures_util::join!(intend(one, &claims[0]), intend(&other, &claims[1]), go_on);

        let stored = ones.into_iter().chain(others).filter(|stored| *stored).count();
        assert_eq!(stored, count, "one of each account");
        let deadlocks = "SELECT pg_stat_force_next_flush()::text, deadlocks FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(client.query_one(deadlocks, &[]).await.unwrap().get::<_, i64>(1), 0);
    });
}
