//! A full disk: what cannot be stored says why, is not half there, and goes on once there is room.
//!
//! SQLite alone: `PRAGMA max_page_count` on its writer is what a full disk looks like to it.

use std::{error::Error, fmt::Debug, future::Future};

use rats_domain::{
    id::PostId,
    post::PostRepository as _,
    publication::{PublicationQueue as _, Stage, Step},
    receipt::ConfirmedBy,
    timeline::Entry,
};

use crate::{
    example::{
        MINUTE, created, draft, due_post, entry, intended, link, post, receipt, request, scheduled, timeline, user,
    },
    world::{Backend, World, try_on},
};

/// In memory and in a file.
fn on_sqlite<F: Future<Output = ()>>(promise: impl Fn(World) -> F) {
    for backend in [Backend::Memory, Backend::File] {
        try_on(backend, &promise);
    }
}

/// An entry that fits into no page that is there already.
fn long(post: &str, step: &str) -> Entry {
    Entry { message: "long ".repeat(20_000), ..entry(post, step) }
}

#[track_caller]
fn assert_full<T: Debug>(outcome: Result<T, impl Error + 'static>) {
    let error = outcome.expect_err("it cannot be stored");
    let causes = std::iter::successors(Some(&error as &dyn Error), |error| (*error).source());
    let told: Vec<String> = causes.map(ToString::to_string).collect();
    assert!(told.iter().any(|text| text.contains("full")), "{told:?}");
}

#[test]
fn a_step_that_cannot_be_stored_is_not_half_stored() {
    on_sqlite(async |world: World| {
        let (store, id) = (&world.store, PostId::new("p"));
        due_post(store, "p", &link(store, "u", "a").await).await;
        let mut claim = store.claim(&id, MINUTE).await.unwrap().unwrap();
        let next = claim.publication.after(created("17")).unwrap();

        store.set_full(true).await.unwrap();
        assert_full(store.record(&claim, &next, &[long("p", "created")], true).await);

        let found = store.find(&user("u"), &id).await.unwrap().unwrap();
        assert_eq!((found.publication.stage, &found.publication.container), (Stage::Waiting, &None));
        assert!(store.containers(&id, time::OffsetDateTime::UNIX_EPOCH).await.unwrap().is_empty());
        assert_eq!(timeline(store, &user("u"), &id).await.len(), 1);
        store.set_full(false).await.unwrap();
        store.record(&claim, &next, &[long("p", "created")], true).await.unwrap();
        claim.publication = next;
        assert_eq!(
            store.find(&user("u"), &id).await.unwrap().unwrap().publication.container,
            claim.publication.container
        );
    });
}

#[test]
fn an_intent_that_cannot_be_stored_takes_no_lane() {
    on_sqlite(async |world: World| {
        let (store, id) = (&world.store, PostId::new("p"));
        let connection = link(store, "u", "a").await;
        due_post(store, "p", &connection).await;
        let mut claim = store.claim(&id, MINUTE).await.unwrap().unwrap();
        for step in [created("17"), Step::ContainerReady] {
            let next = claim.publication.after(step).unwrap();
            store.record(&claim, &next, &[], true).await.unwrap();
            claim.publication = next;
        }
        let next = claim.publication.after(intended()).unwrap();

        store.set_full(true).await.unwrap();
        assert_full(store.record(&claim, &next, &[long("p", "publish_requested")], true).await);

        let found = store.find(&user("u"), &id).await.unwrap().unwrap().publication;
        assert_eq!((found.stage, &found.request), (Stage::Staged, &None));
        store.set_full(false).await.unwrap();
        // The lane is the account's: another post of it has it now.
        due_post(store, "q", &connection).await;
        request(store, "q", "18").await;
    });
}

#[test]
fn a_fact_that_cannot_be_stored_can_be_stored_later() {
    on_sqlite(async |world: World| {
        let (store, id) = (&world.store, PostId::new("p"));
        due_post(store, "p", &link(store, "u", "a").await).await;
        request(store, "p", "17").await;
        let receipt = receipt("17", Some("99"), ConfirmedBy::Answer);

        store.set_full(true).await.unwrap();
        assert_full(store.record_published(&id, &receipt, &[long("p", "published")]).await);

        let found = store.find(&user("u"), &id).await.unwrap().unwrap();
        assert_eq!((found.publication.stage, found.receipt), (Stage::PublishRequested, None));
        store.set_full(false).await.unwrap();
        store.record_published(&id, &receipt, &[long("p", "published")]).await.unwrap();
        let found = store.find(&user("u"), &id).await.unwrap().unwrap();
        assert_eq!((found.publication.stage, found.receipt), (Stage::Published, Some(receipt)));
    });
}

#[test]
fn a_claim_that_cannot_be_stored_leases_nothing() {
    on_sqlite(async |world: World| {
        // So many that their leases fit into no page that is there already.
        const POSTS: usize = 300;
        let store = &world.store;
        for number in 0..POSTS {
            let connection = link(store, &format!("u{number}"), &format!("a{number}")).await;
            due_post(store, &format!("p{number}"), &connection).await;
        }

        store.set_full(true).await.unwrap();
        assert_full(store.claim_due(MINUTE, POSTS).await);

        store.set_full(false).await.unwrap();
        let claims = store.claim_due(MINUTE, POSTS).await.unwrap().claims;
        assert_eq!(claims.len(), POSTS);
        assert!(
            claims.iter().all(|claim| claim.publication.epoch == claims[0].publication.epoch),
            "none was claimed before"
        );
    });
}

#[test]
fn a_post_that_cannot_be_stored_is_not_there() {
    on_sqlite(async |world: World| {
        let (store, id) = (&world.store, PostId::new("p"));
        let connection = link(store, "u", "a").await;
        let post = post("p", "u");
        let publication = draft(&post).after(scheduled(&connection)).unwrap();

        store.set_full(true).await.unwrap();
        assert_full(store.add(&post, &publication, &[long("p", "scheduled")], None).await);

        assert!(store.find(&user("u"), &id).await.unwrap().is_none());
        assert!(store.claim_due(MINUTE, 9).await.unwrap().claims.is_empty());
        store.set_full(false).await.unwrap();
        store.add(&post, &publication, &[long("p", "scheduled")], None).await.unwrap();
        assert_eq!(store.claim_due(MINUTE, 9).await.unwrap().claims.len(), 1);
    });
}
