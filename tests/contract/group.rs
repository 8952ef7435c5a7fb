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

use crate::{
    example::{HOUR, MINUTE, after, created, due_post, entry, intended, link, receipt, request, timeline, user},
    world::{T, World, promises},
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
