//! `ConnectionRepository`: one user per account, and what its coming and going does to posts.

use rats_domain::{
    connection::{ConnectError, ConnectionRepository as _, Health, Token},
    id::{AccountId, ConnectionId, PostId},
    publication::{AttentionKind, PublicationQueue as _, QueueError, Stage, Step},
    secret::Secret,
};
use rats_storage::Store;

use crate::{
    example::{HOUR, MINUTE, after, created, due_post, link, note, pending, request, timeline, token, unclear, user},
    world::{T, promises},
};

async fn stage(store: &Store, owner: &str, id: &str) -> Stage {
    store.find_post(owner, id).await.publication.stage
}

trait FindPost {
    async fn find_post(&self, owner: &str, id: &str) -> rats_domain::post::PostRecord;
    async fn health(&self, id: &ConnectionId) -> Health;
}

impl FindPost for Store {
    async fn find_post(&self, owner: &str, id: &str) -> rats_domain::post::PostRecord {
        rats_domain::post::PostRepository::find(self, &user(owner), &PostId::new(id)).await.unwrap().unwrap()
    }

    async fn health(&self, id: &ConnectionId) -> Health {
        rats_domain::connection::ConnectionRepository::find(self, id).await.unwrap().unwrap().health
    }
}

promises! {
    async fn a_linked_account_is_found(world: World) {
        let store = &world.store;
        let linked = link(store, "u", "a").await;

        assert_eq!(linked.health, Health::Working);
        assert_eq!(linked.token, Some(token("IGAA-secret-token")));
        assert_eq!(store.find_by_user(&user("u")).await.unwrap(), Some(linked.clone()));
        let found = rats_domain::connection::ConnectionRepository::find(store, &linked.id).await.unwrap();
        assert_eq!(found, Some(linked));
        assert_eq!(store.find_by_user(&user("v")).await.unwrap(), None);
        assert_eq!(store.linked_user(&AccountId::new("a")).await.unwrap(), Some(user("u")));
        assert_eq!(store.linked_user(&AccountId::new("b")).await.unwrap(), None);
    }

    async fn sec_07_an_account_is_linked_by_one_user_at_a_time(world: World) {
        let store = &world.store;
        let mine = link(store, "u", "a").await;
        let other = store.activate(&ConnectionId::new("c2"), &pending("v", "a"), T).await;

        assert!(matches!(other, Err(ConnectError::LinkedElsewhere)));
        assert_eq!(store.find_by_user(&user("v")).await.unwrap(), None);
        store.disconnect(&user("u"), T).await.unwrap();
        let other = link(store, "v", "a").await;
        assert_eq!(other.health, Health::Working);
        assert_eq!(store.health(&mine.id).await, Health::LinkedElsewhere);
        assert_eq!(store.linked_user(&AccountId::new("a")).await.unwrap(), Some(user("v")));
    }

    async fn two_users_at_once_do_not_both_get_the_account(world: World) {
        let store = &world.store;
        let ask = |n: u32| async move {
            let id = ConnectionId::new(format!("c{n}"));
            store.activate(&id, &pending(&format!("u{n}"), "a"), T).await
        };
        let answers = futures_util::future::join_all((0..6).map(ask)).await;

        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let refused = answers.iter().filter(|answer| matches!(answer, Err(ConnectError::LinkedElsewhere)));
        assert_eq!(refused.count(), 5);
    }

    async fn the_same_account_again_keeps_its_id_and_goes_on(world: World) {
        let store = &world.store;
        let first = link(store, "u", "a").await;
        due_post(store, "p", &first).await;
        store.disconnect(&user("u"), T).await.unwrap();
        assert_eq!(stage(store, "u", "p").await, Stage::Held);

        let again = store.activate(&ConnectionId::new("another"), &pending("u", "a"), T + HOUR).await.unwrap();
        assert_eq!((again.id, again.connected_at), (first.id, T + HOUR));
        assert_eq!(stage(store, "u", "p").await, Stage::Waiting);
        let entries = timeline(store, &user("u"), &PostId::new("p")).await;
        let steps: Vec<_> = entries.iter().map(|entry| entry.step.as_str()).collect();
        assert_eq!(steps, ["scheduled", "disconnected", "reconnected"]);
    }

    async fn another_account_disconnects_the_first_and_inherits_nothing(world: World) {
        let store = &world.store;
        let first = link(store, "u", "a").await;
        due_post(store, "p", &first).await;
        let second = link(store, "u", "b").await;

        assert_eq!(store.health(&first.id).await, Health::Disconnected);
        assert_eq!(store.find_by_user(&user("u")).await.unwrap().map(|found| found.id), Some(second.id));
        let held = store.find_post("u", "p").await.publication;
        assert_eq!((held.stage, held.account.clone()), (Stage::Held, Some(AccountId::new("a"))));
    }

    async fn disconnecting_deletes_the_token_and_holds_posts(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        due_post(store, "waiting", &connection).await;
        due_post(store, "asked", &connection).await;
        let asked = request(store, "asked", "17").await;
        let claim = store.claim(&PostId::new("waiting"), MINUTE).await.unwrap().unwrap();

        let gone = store.disconnect(&user("u"), T + MINUTE).await.unwrap().unwrap();
        assert_eq!((gone.health, gone.token), (Health::Disconnected, None));
        assert_eq!(store.disconnect(&user("u"), T).await.unwrap(), None, "none is linked");
        assert_eq!(stage(store, "u", "waiting").await, Stage::Held);
        let unclear = store.find_post("u", "asked").await.publication;
        assert_eq!(unclear.stage, Stage::Reconciling, "one in flight is not given up");
        assert!(unclear.epoch > asked.publication.epoch);
        let late = claim.publication.after(created("18")).unwrap();
        assert!(matches!(store.record(&claim, &late, &[], true).await, Err(QueueError::LeaseLost)));
        assert!(store.claim(&PostId::new("waiting"), MINUTE).await.unwrap().is_some(), "the lease has ended");
    }

    async fn a_dead_token_holds_posts_without_a_request(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for id in ["waiting", "asked"] {
            due_post(store, id, &connection).await;
        }
        let asked = request(store, "asked", "17").await;

        store.mark_dead(&connection.id, &Secret::new("an older token"), T).await.unwrap();
        assert_eq!(store.health(&connection.id).await, Health::Working, "nothing happens for another token");
        assert_eq!(stage(store, "u", "waiting").await, Stage::Waiting);

        store.mark_dead(&connection.id, &token("IGAA-secret-token").secret, T).await.unwrap();
        assert_eq!(store.health(&connection.id).await, Health::NeedsReconnect);
        let held = store.find_post("u", "waiting").await.publication;
        assert_eq!((held.stage, held.attention.clone().unwrap().kind), (Stage::Held, AttentionKind::Reconnect));
        assert_eq!(store.find_post("u", "asked").await.publication, asked.publication);
        assert_eq!(timeline(store, &user("u"), &PostId::new("waiting")).await.pop().unwrap().step, "held");
        assert_eq!(store.linked_user(&AccountId::new("a")).await.unwrap(), Some(user("u")), "it stays linked");
        link(store, "u", "a").await;
        assert_eq!(stage(store, "u", "waiting").await, Stage::Waiting);
    }

    async fn reconnecting_lets_us_look_at_unclear_posts_again(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        due_post(store, "p", &connection).await;
        let asked = request(store, "p", "17").await;
        let review = after(&asked.publication, &[unclear(), Step::Review { look_at: T + HOUR * 9, attention: note() }]);
        store.record(&asked, &review, &[], false).await.unwrap();
        store.disconnect(&user("u"), T).await.unwrap();
        store.activate(&connection.id, &pending("u", "a"), T + HOUR).await.unwrap();

        let found = store.find_post("u", "p").await.publication;
        assert_eq!((found.stage, found.due_at), (Stage::NeedsReview, Some(T + HOUR)));
    }

    async fn tokens_due_for_refresh_come_soonest_end_first(world: World) {
        let store = &world.store;
        for (n, days) in [(1, 50), (2, 10), (3, 30), (4, 20)] {
            let mut pending = pending(&format!("u{n}"), &format!("a{n}"));
            pending.token.expires_at = T + HOUR * 24 * days;
            pending.token.issued_at = if n == 4 { T + HOUR } else { T };
            store.activate(&ConnectionId::new(format!("c{n}")), &pending, T).await.unwrap();
        }
        let due = async |limit| {
            let due = store.due_for_refresh(T, T + HOUR * 24 * 30, T, limit).await.unwrap();
            due.iter().map(|connection| connection.id.as_str().to_owned()).collect::<Vec<_>>()
        };

        assert_eq!(due(9).await, ["c2", "c3"], "c1 ends later, c4 is too young");
        assert_eq!(due(1).await, ["c2"]);
        store.disconnect(&user("u2"), T).await.unwrap();
        assert_eq!(due(9).await, ["c3"]);
    }

    async fn sec_11_a_token_is_replaced_once(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let old = token("IGAA-secret-token").secret;
        let fresh = |n: u32| Token { expires_at: T + HOUR * 24 * 90, ..token(&format!("IGAA-fresh-{n}")) };
        let ask = |n| {
            let (old, id) = (old.clone(), connection.id.clone());
            async move { store.replace_token(&id, &old, &fresh(n)).await.unwrap() }
        };
        let begin = |now| store.begin_refresh(&connection.id, &old, now, now - HOUR);
        let rights = futures_util::future::join_all((0..4).map(|_| begin(T))).await;
        assert_eq!(rights.into_iter().filter(|right| *right.as_ref().unwrap()).count(), 1, "one call to Instagram");
        let due = async |now| store.due_for_refresh(T, T + HOUR * 24 * 90, now - HOUR, 9).await.unwrap().len();
        assert_eq!((due(T).await, due(T + HOUR).await), (0, 1), "whoever dies in between holds it up for an hour");
        let begin_sooner = |now| store.begin_refresh(&connection.id, &old, now, now - MINUTE);
        assert!(!begin_sooner(T + MINUTE / 2).await.unwrap());
        assert!(begin_sooner(T + MINUTE).await.unwrap(), "the wait is the caller's");
        assert_eq!(due(T + HOUR).await, 0);
        assert!(begin(T + HOUR + MINUTE).await.unwrap());

        let answers = futures_util::future::join_all((0..4).map(ask)).await;

        assert_eq!(answers.iter().filter(|replaced| **replaced).count(), 1);
        let winner = u32::try_from(answers.iter().position(|replaced| *replaced).unwrap()).unwrap();
        let found = store.find_by_user(&user("u")).await.unwrap().unwrap();
        assert_eq!(found.token, Some(fresh(winner)));
        assert!(!begin(T + HOUR * 2).await.unwrap(), "its token is another one now");
        assert_eq!(due(T).await, 1, "and may be refreshed at once");
    }
}
