//! `PublicationQueue`: claims, fences, lanes, facts.

use std::time::Duration;

use rats_domain::{
    id::PostId,
    post::PostRepository as _,
    publication::{AttentionKind, PublicationQueue as _, QueueError, Stage, Step},
    receipt::ConfirmedBy,
};

use crate::{
    example::{
        HOUR, MINUTE, after, created, due_post, entry, intended, link, note, receipt, request, timeline, unclear, user,
    },
    world::{T, promises},
};

fn ids(claims: &rats_domain::publication::Claims) -> Vec<&str> {
    claims.claims.iter().map(|claim| claim.publication.post.as_str()).collect()
}

promises! {
    async fn what_is_due_is_leased_soonest_first_and_at_most_so_many(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        for (n, account) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let connection = link(store, &format!("u{n}"), account).await;
            let record = due_post(store, &format!("p{n}"), &connection).await;
            let step = Step::NotYet { due_at: T - MINUTE * u32::try_from(n).unwrap() };
            let claim = store.claim(&record.post.id, MINUTE).await.unwrap().unwrap();
            store.record(&claim, &claim.publication.after(step).unwrap(), &[], false).await.unwrap();
        }

        let claims = store.claim_due(MINUTE, 3).await.unwrap();

        assert_eq!(ids(&claims), ["p3", "p2", "p1"]);
        assert_eq!(claims.now, T);
        assert!(claims.claims.iter().all(|claim| claim.lease_until == T + MINUTE));
        assert_eq!(ids(&store.claim_due(MINUTE, 3).await.unwrap()), ["p0"]);
        clock.turn(Duration::from_secs(1));
        assert_eq!(store.claim_due(MINUTE, 3).await.unwrap().now, T + Duration::from_secs(1));
    }

    async fn what_is_not_due_by_the_stores_clock_is_left(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        let connection = link(store, "u", "a").await;
        due_post(store, "p", &connection).await;
        let claim = store.claim_due(MINUTE, 9).await.unwrap().claims.remove(0);
        let next = claim.publication.after(Step::NotYet { due_at: T + HOUR }).unwrap();
        store.record(&claim, &next, &[], false).await.unwrap();

        assert!(store.claim_due(MINUTE, 9).await.unwrap().claims.is_empty());
        assert_eq!(store.next_due().await.unwrap(), Some(HOUR));
        clock.turn(HOUR);
        assert_eq!(store.claim_due(MINUTE, 9).await.unwrap().claims.len(), 1);
    }

    async fn no_two_of_one_account_are_claimed(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        let (one, other) = (link(store, "u", "a").await, link(store, "v", "b").await);
        for id in ["p1", "p2", "p3"] {
            due_post(store, id, &one).await;
        }
        due_post(store, "p9", &other).await;

        assert_eq!(ids(&store.claim_due(MINUTE, 2).await.unwrap()), ["p1", "p9"]);
        assert!(store.claim_due(MINUTE, 9).await.unwrap().claims.is_empty(), "both accounts have a live lease");
        assert_eq!(store.next_due().await.unwrap(), Some(MINUTE), "the leases end then");
        clock.turn(MINUTE);
        assert_eq!(ids(&store.claim_due(MINUTE, 9).await.unwrap()), ["p1", "p9"]);
    }

    async fn no_post_is_claimed_twice(world: World) {
        let store = &world.store;
        for n in 0..30 {
            let connection = link(store, &format!("u{n}"), &format!("a{n}")).await;
            due_post(store, &format!("p{n:02}"), &connection).await;
        }

        let (a, b, c) = futures_util::join!(
            store.claim_due(MINUTE, 20),
            store.claim_due(MINUTE, 20),
            store.claim_due(MINUTE, 20),
        );

        let mut claimed: Vec<String> =
            [a, b, c].iter().flat_map(|claims| ids(claims.as_ref().unwrap())).map(str::to_owned).collect();
        let rest = store.claim_due(MINUTE, 30).await.unwrap();
        claimed.extend(ids(&rest).into_iter().map(str::to_owned));
        let count = claimed.len();
        claimed.sort();
        claimed.dedup();
        assert_eq!((count, claimed.len()), (30, 30));
    }

    async fn a_lease_that_ran_out_is_taken_again_with_a_higher_epoch(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        due_post(store, "p", &link(store, "u", "a").await).await;
        let first = store.claim_due(MINUTE, 9).await.unwrap().claims.remove(0);
        clock.turn(MINUTE);
        let second = store.claim_due(MINUTE, 9).await.unwrap().claims.remove(0);

        assert!(second.publication.epoch > first.publication.epoch);
        let next = first.publication.after(created("17")).unwrap();
        let late = store.record(&first, &next, &[entry("p", "late")], true).await;
        assert!(matches!(late, Err(QueueError::LeaseLost)));
        assert!(matches!(store.extend(&first, MINUTE).await, Err(QueueError::LeaseLost)));
        let entries = timeline(store, &user("u"), &PostId::new("p")).await;
        assert!(entries.iter().all(|entry| entry.step != "late"), "nothing of it is stored");
        assert!(store.containers(&PostId::new("p"), time::OffsetDateTime::UNIX_EPOCH).await.unwrap().is_empty());
    }

    async fn one_publication_is_claimed_whatever_its_due_time_unless_leased_or_closed(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        let id = PostId::new("p");
        due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&id, MINUTE).await.unwrap().unwrap();
        assert_eq!(claim.lease_until, T + MINUTE);
        assert_eq!(store.claim(&id, MINUTE).await.unwrap(), None, "it is leased");
        assert_eq!(store.claim(&PostId::new("none"), MINUTE).await.unwrap(), None);

        let next = claim.publication.after(Step::NotYet { due_at: T + HOUR }).unwrap();
        store.record(&claim, &next, &[], false).await.unwrap();
        let claim = store.claim(&id, MINUTE).await.unwrap().expect("not due, but open and free");
        let next = claim.publication.after(Step::Fail { attention: note() }).unwrap();
        store.record(&claim, &next, &[], true).await.unwrap();
        clock.turn(HOUR);
        assert_eq!(store.claim(&id, MINUTE).await.unwrap(), None, "it is closed");
    }

    async fn staged_posts_behind_anothers_lane_are_passed_over(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        let connection = link(store, "u", "a").await;
        due_post(store, "p1", &connection).await;
        due_post(store, "p2", &connection).await;
        due_post(store, "p3", &connection).await;
        let staged = store.claim(&PostId::new("p2"), MINUTE).await.unwrap().unwrap();
        let next = after(&staged.publication, &[created("18"), Step::ContainerReady]);
        store.record(&staged, &next, &[], false).await.unwrap();
        let holder = request(store, "p1", "17").await;
        let held = after(&holder.publication, &[Step::Unclear { at: T, look_at: T + HOUR, attention: note() }]);
        store.record(&holder, &held, &[], false).await.unwrap();

        let found = async |id: &str| store.find(&user("u"), &PostId::new(id)).await.unwrap().unwrap();
        assert_eq!(found("p2").await.attention().unwrap().kind, AttentionKind::Behind);
        assert!(found("p1").await.behind.is_none(), "it is the one that the other waits for");
        assert_eq!(ids(&store.claim_due(MINUTE, 9).await.unwrap()), ["p3"], "staging goes on behind a closed lane");
        clock.turn(HOUR);
        assert_eq!(ids(&store.claim_due(MINUTE, 1).await.unwrap()), ["p3"]);
        clock.turn(MINUTE * 2);
        let p3 = store.claim(&PostId::new("p3"), HOUR * 9).await.unwrap().unwrap();
        let done = p3.publication.after(Step::Fail { attention: note() }).unwrap();
        store.record(&p3, &done, &[], false).await.unwrap();
        assert_eq!(ids(&store.claim_due(MINUTE, 9).await.unwrap()), ["p1"], "the holder itself is handed out");
    }

    async fn next_due_passes_over_what_a_claim_passes_over(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        assert_eq!(store.next_due().await.unwrap(), None);
        due_post(store, "p2", &connection).await;
        assert_eq!(store.next_due().await.unwrap(), Some(Duration::ZERO));
        let staged = store.claim(&PostId::new("p2"), MINUTE).await.unwrap().unwrap();
        assert_eq!(store.next_due().await.unwrap(), Some(MINUTE), "it is leased until then");
        let next = after(&staged.publication, &[created("18"), Step::ContainerReady]);
        store.record(&staged, &next, &[], false).await.unwrap();
        assert_eq!(store.next_due().await.unwrap(), Some(Duration::ZERO));

        due_post(store, "p1", &connection).await;
        let holder = request(store, "p1", "17").await;
        let look_at = T + HOUR;
        let held = holder.publication.after(Step::Unclear { at: T, look_at, attention: note() }).unwrap();
        store.record(&holder, &held, &[], false).await.unwrap();
        assert_eq!(store.next_due().await.unwrap(), Some(HOUR), "the staged one stands behind the lane");
    }

    async fn one_post_of_an_account_holds_the_lane(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        due_post(store, "p1", &connection).await;
        due_post(store, "p2", &connection).await;
        let holder = request(store, "p1", "17").await;
        let mut second = store.claim(&PostId::new("p2"), MINUTE).await.unwrap().unwrap();
        let staged = after(&second.publication, &[created("18"), Step::ContainerReady]);
        store.record(&second, &staged, &[], true).await.unwrap();
        second.publication = staged;
        let asks = second.publication.after(intended()).unwrap();

        let refused = store.record(&second, &asks, &[entry("p2", "refused")], true).await;
        assert!(matches!(refused, Err(QueueError::LaneTaken)));
        let kept = store.find(&user("u"), &PostId::new("p2")).await.unwrap().unwrap();
        assert_eq!(kept.publication.stage, Stage::Staged);
        assert!(timeline(store, &user("u"), &PostId::new("p2")).await.iter().all(|e| e.step != "refused"));

        let review = after(&holder.publication, &[unclear(), Step::Review { look_at: T + HOUR, attention: note() }]);
        store.record(&holder, &review, &[], false).await.unwrap();
        store.record(&second, &asks, &[], true).await.expect("a review gives the lane back");
    }

    async fn recording_again_is_the_same(world: World) {
        let store = &world.store;
        let record = due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&record.post.id, MINUTE).await.unwrap().unwrap();
        let next = claim.publication.after(created("17")).unwrap();

        for _ in 0..3 {
            store.record(&claim, &next, &[entry("p", "made")], false).await.unwrap();
        }

        let stored = store.find(&user("u"), &record.post.id).await.unwrap().unwrap();
        assert_eq!(stored.publication, next);
        let entries = timeline(store, &user("u"), &record.post.id).await;
        assert_eq!(entries.iter().map(|entry| entry.step.as_str()).collect::<Vec<_>>(), ["scheduled", "made"]);
        assert_eq!(entries[1], entry("p", "made"));
        assert_eq!(store.containers(&record.post.id, time::OffsetDateTime::UNIX_EPOCH).await.unwrap().len(), 1);
    }

    async fn a_lease_is_kept_or_ends_as_asked(world: World) {
        let store = &world.store;
        let record = due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&record.post.id, MINUTE).await.unwrap().unwrap();
        let next = claim.publication.after(created("17")).unwrap();

        store.record(&claim, &next, &[], true).await.unwrap();
        assert_eq!(store.claim(&record.post.id, MINUTE).await.unwrap(), None);
        store.record(&claim, &next, &[], false).await.unwrap();
        assert!(store.claim(&record.post.id, MINUTE).await.unwrap().is_some());
    }

    async fn a_lease_is_extended_from_now(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        let record = due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&record.post.id, MINUTE).await.unwrap().unwrap();
        clock.turn(MINUTE / 2);

        assert_eq!(store.extend(&claim, MINUTE).await.unwrap(), T + MINUTE / 2 + MINUTE);
        clock.turn(MINUTE / 2);
        assert_eq!(store.claim(&record.post.id, MINUTE).await.unwrap(), None);
        clock.turn(MINUTE / 2);
        assert!(store.claim(&record.post.id, MINUTE).await.unwrap().is_some());
    }

    async fn everything_of_a_publication_is_read_back(world: World) {
        let store = &world.store;
        let record = due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&record.post.id, MINUTE).await.unwrap().unwrap();
        let mut publication = claim.publication.clone();
        for step in [
            Step::TryAgain { at: T, attention: Some(note()) },
            created("17"),
            Step::ContainerReady,
            intended(),
            unclear(),
            Step::SendAgain { at: T + HOUR, may_send_until: T + HOUR * 2 },
        ] {
            publication = publication.after(step).unwrap();
            store.record(&claim, &publication, &[], true).await.unwrap();
            let stored = store.find(&user("u"), &record.post.id).await.unwrap().unwrap();
            assert_eq!(stored.publication, publication);
        }
    }

    async fn a_fact_is_stored_at_any_epoch_and_fences_decisions(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        let id = PostId::new("p");
        due_post(store, "p", &link(store, "u", "a").await).await;
        let sender = request(store, "p", "17").await;
        clock.turn(HOUR);
        let other = store.claim(&id, MINUTE).await.unwrap().unwrap();

        let told = receipt("17", Some("m1"), ConfirmedBy::Answer);
        assert!(store.record_published(&id, &told, &[entry("p", "published")]).await.unwrap());

        let record = store.find(&user("u"), &id).await.unwrap().unwrap();
        assert_eq!((record.publication.stage, record.receipt.as_ref()), (Stage::Published, Some(&told)));
        assert_eq!(record.publication.due_at, None);
        let decision = other.publication.after(unclear()).unwrap();
        assert!(matches!(store.record(&other, &decision, &[], false).await, Err(QueueError::LeaseLost)));
        assert!(matches!(store.record(&sender, &decision, &[], false).await, Err(QueueError::LeaseLost)));
        assert!(!store.record_published(&id, &told, &[entry("p", "published")]).await.unwrap(), "nothing changed");
        assert_eq!(timeline(store, &user("u"), &id).await.len(), 2);
    }

    async fn a_fact_about_a_container_that_never_was_the_posts_is_refused(world: World) {
        let store = &world.store;
        let id = PostId::new("p");
        due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&id, MINUTE).await.unwrap().unwrap();
        let steps = [created("16"), Step::ContainerDiscarded { retry_at: T }, created("17")];
        for n in 1..=steps.len() {
            store.record(&claim, &after(&claim.publication, &steps[..n]), &[], true).await.unwrap();
        }
        let told = |container| receipt(container, Some("m1"), ConfirmedBy::Status);

        assert!(!store.record_published(&id, &told("99"), &[]).await.unwrap());
        assert!(!store.record_published(&PostId::new("none"), &told("17"), &[]).await.unwrap());
        assert_eq!(store.containers(&id, time::OffsetDateTime::UNIX_EPOCH).await.unwrap().len(), 2);
        assert_eq!(store.containers(&id, T).await.unwrap().len(), 2, "those of that very moment are among them");
        assert!(store.containers(&id, T + time::Duration::SECOND).await.unwrap().is_empty());
        assert!(store.record_published(&id, &told("16"), &[]).await.unwrap(), "an earlier container of the post");
    }

    async fn an_id_known_stays_unless_instagram_itself_answers(world: World) {
        let store = &world.store;
        let id = PostId::new("p");
        due_post(store, "p", &link(store, "u", "a").await).await;
        request(store, "p", "17").await;
        let media = async || {
            let receipt = store.find(&user("u"), &id).await.unwrap().unwrap().receipt.unwrap();
            receipt.media.map(|media| media.as_str().to_owned())
        };

        assert!(store.record_published(&id, &receipt("17", None, ConfirmedBy::Status), &[]).await.unwrap());
        let record = store.find(&user("u"), &id).await.unwrap().unwrap();
        assert_eq!(record.publication.attention.as_ref().unwrap().kind, AttentionKind::IdUnknown);
        assert!(store.record_published(&id, &receipt("17", Some("m1"), ConfirmedBy::Listing), &[]).await.unwrap());
        assert_eq!(store.find(&user("u"), &id).await.unwrap().unwrap().publication.attention, None);
        assert!(!store.record_published(&id, &receipt("17", Some("m2"), ConfirmedBy::Listing), &[]).await.unwrap());
        assert_eq!(media().await.as_deref(), Some("m1"));
        assert!(store.record_published(&id, &receipt("17", Some("m3"), ConfirmedBy::Answer), &[]).await.unwrap());
        assert!(!store.record_published(&id, &receipt("17", Some("m4"), ConfirmedBy::Answer), &[]).await.unwrap());
        assert_eq!(media().await.as_deref(), Some("m3"));
    }

    async fn a_media_belongs_to_one_post(world: World) {
        let store = &world.store;
        due_post(store, "p1", &link(store, "u", "a").await).await;
        due_post(store, "p2", &link(store, "v", "b").await).await;
        let (one, two) = (PostId::new("p1"), PostId::new("p2"));
        request(store, "p1", "17").await;
        request(store, "p2", "18").await;
        store.record_published(&one, &receipt("17", Some("m"), ConfirmedBy::Listing), &[]).await.unwrap();

        store.record_published(&two, &receipt("18", Some("m"), ConfirmedBy::Listing), &[]).await.unwrap();
        let found = store.find(&user("v"), &two).await.unwrap().unwrap();
        assert_eq!(found.receipt.unwrap().media, None, "the first find stays");
        store.record_published(&two, &receipt("18", Some("m"), ConfirmedBy::Answer), &[]).await.unwrap();
        let found = store.find(&user("v"), &two).await.unwrap().unwrap();
        assert!(found.receipt.unwrap().media.is_some(), "Instagram's own answer is believed");
        let found = store.find(&user("u"), &one).await.unwrap().unwrap();
        assert_eq!(found.receipt.unwrap().media, None);
    }

    async fn a_waiter_hears_of_what_is_due_sooner(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let waiter = store.clone();
        waiter.next_due().await.unwrap();
        due_post(store, "p1", &connection).await;
        waiter.changed().await;

        // A post that another one of its account hid: by its lease, by its lane.
        due_post(store, "p2", &connection).await;
        waiter.next_due().await.unwrap();
        let holder = request(store, "p1", "17").await;
        let freed = after(&holder.publication, &[unclear(), Step::Review { look_at: T + HOUR, attention: note() }]);
        store.record(&holder, &freed, &[], false).await.unwrap();
        waiter.changed().await;
    }
}
