//! What the store counts for who watches the service.

use std::time::Duration;

use rats_domain::{
    connection::{ConnectionRepository as _, Health},
    id::{AccountId, PostId},
    post::AccountHistory as _,
    publication::{Claim, PublicationQueue as _, Rest, RestCause, Stage, Step},
    receipt::ConfirmedBy,
};
use rats_storage::{Standing, Store};

use crate::{
    example::{HOUR, MINUTE, due_post, entry, link, note, receipt, request, unclear, user},
    world::{T, promises},
};

/// Stores the step, and gives the lease back.
async fn leave(store: &Store, claim: &Claim, step: Step) {
    store.record(claim, &claim.publication.after(step).unwrap(), &[], false).await.unwrap();
}

fn of<T: PartialEq>(counted: &[(T, u64)], which: &T) -> u64 {
    counted.iter().find(|(known, _)| known == which).map_or(0, |(_, number)| *number)
}

promises! {
    async fn where_there_is_nothing_nothing_is_counted(world: World) {
        assert_eq!(world.store.standing().await.unwrap(), Standing::default());
    }

    async fn what_is_open_is_counted_by_stage_and_what_is_over_is_not(world: World) {
        let store = &world.store;
        for (n, account) in ["a", "b", "c", "d"].into_iter().enumerate() {
            due_post(store, &format!("p{n}"), &link(store, &format!("u{n}"), account).await).await;
        }
        let live = request(store, "p0", "17").await;
        store.record_published(&live.publication.post, &receipt("17", Some("9"), ConfirmedBy::Answer), &[entry("p0", "published")]).await.unwrap();
        let doubtful = request(store, "p1", "18").await;
        leave(store, &doubtful, unclear()).await;
        let failed = store.claim(&PostId::new("p2"), MINUTE).await.unwrap().unwrap();
        leave(store, &failed, Step::Fail { attention: note() }).await;

        let standing = store.standing().await.unwrap();

        assert_eq!(of(&standing.open, &Stage::Reconciling), 1, "{standing:?}");
        assert_eq!(of(&standing.open, &Stage::Waiting), 1, "{standing:?}");
        assert_eq!(standing.open.len(), 2, "{standing:?}");
    }

    async fn what_is_due_and_unclaimed_is_counted_apart_from_what_waits_for_its_account(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        let (one, other) = (link(store, "u", "a").await, link(store, "v", "b").await);
        for (id, connection) in [("p1", &one), ("p2", &one), ("p3", &other)] {
            due_post(store, id, connection).await;
        }
        clock.turn(Duration::from_secs(7));
        let all = store.standing().await.unwrap();
        let claim = store.claim(&PostId::new("p1"), MINUTE).await.unwrap().unwrap();
        let leased = store.standing().await.unwrap();
        leave(store, &claim, Step::NotYet { due_at: T + HOUR }).await;
        let given_back = store.standing().await.unwrap();

        assert_eq!((all.claimable, all.behind, all.oldest_due), (3, 0, Some(Duration::from_secs(7))));
        assert_eq!((leased.claimable, leased.behind), (1, 1), "p2 waits for the lease of p1, which nobody else claims");
        assert_eq!((given_back.claimable, given_back.behind), (2, 0), "p1 is not due");
    }

    async fn what_waits_behind_a_lane_is_not_the_oldest_due(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        let connection = link(store, "u", "a").await;
        for id in ["p1", "p2"] {
            due_post(store, id, &connection).await;
        }
        let claim = request(store, "p1", "17").await;
        let mut step = unclear();
        if let Step::Unclear { look_at, .. } = &mut step {
            *look_at = T + HOUR;
        }
        leave(store, &claim, step).await;
        let mut second = store.claim(&PostId::new("p2"), MINUTE).await.unwrap().unwrap();
        for step in [crate::example::created("18"), Step::ContainerReady] {
            let next = second.publication.after(step).unwrap();
            store.record(&second, &next, &[], true).await.unwrap();
            second.publication = next;
        }
        store.record(&second, &second.publication.clone(), &[], false).await.unwrap();
        clock.turn(MINUTE * 5);

        let standing = store.standing().await.unwrap();

        assert_eq!((standing.claimable, standing.behind, standing.oldest_due), (0, 1, None));
    }

    async fn rests_that_last_and_connections_are_counted_by_their_words(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        for (owner, account) in [("u", "a"), ("v", "b"), ("w", "c")] {
            link(store, owner, account).await;
        }
        store.disconnect(&user("v"), T).await.unwrap();
        for (account, cause, until) in [("a", RestCause::Blocked, T + HOUR), ("b", RestCause::Unclear, T + MINUTE)] {
            store.rest(&AccountId::new(account), Rest { until, cause }).await.unwrap();
        }
        clock.turn(MINUTE);

        let standing = store.standing().await.unwrap();

        assert_eq!(standing.resting, [(RestCause::Blocked, 1)]);
        assert_eq!(of(&standing.connections, &Health::Working), 2);
        assert_eq!(of(&standing.connections, &Health::Disconnected), 1);
    }
}
