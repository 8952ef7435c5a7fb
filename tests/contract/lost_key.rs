//! Tokens that cannot be opened: their key was taken out too early, or replaced. They stop nobody else, and are healed by connecting again.

use rats_domain::{
    connection::{Connection, ConnectionRepository as _, Health},
    publication::PublicationQueue as _,
};
use rats_storage::{DatabaseUrl, Store};

use crate::{
    example::{HOUR, MINUTE, due_post, link, token, user},
    world::{T, World, options, promises},
};

/// Keys that came after [`KEY`](crate::world::KEY): one of the same id with other bytes, and one of another id.
const REPLACED: &str = "k1:QfP0rC5xG0wq1mB0mYy8mH3sJm2c3Uj1kq9Wf0Q7dXE=";
const NEXT: &str = "k2:b3pP0rC5xG0wq1mB0mYy8mH3sJm2c3Uj1kq9Wf0Q7dE=";

/// A world in which `u`'s token is sealed under a key that is gone, and `v`'s under one of `keys`; each has a post that is due. `None` where
/// the store ends with its keys.
async fn lost(world: World, keys: &str) -> Option<World> {
    if world.url == DatabaseUrl::SqliteMemory {
        return None;
    }
    let World { store, clock, url, folder } = world;
    let lost = link(&store, "u", "a").await;
    due_post(&store, "p", &lost).await;
    drop(store);
    let store = Store::open(options(&url, clock.clone(), keys)).await.unwrap();
    let kept = link(&store, "v", "b").await;
    due_post(&store, "q", &kept).await;
    Some(World { store, clock, url, folder })
}

fn health(connection: Option<&Connection>) -> (Health, bool) {
    connection.map(|connection| (connection.health, connection.token.is_some())).unwrap()
}

promises! {
    async fn a_post_whose_token_cannot_be_opened_waits_for_reconnecting(world: World) {
        let Some(world) = lost(world, NEXT).await else { return };
        let claims = world.store.claim_due(MINUTE, 9).await.unwrap().claims;

        let found: Vec<_> = claims.iter().map(|claim| health(claim.connection.as_ref())).collect();
        assert_eq!(found, [(Health::NeedsReconnect, false), (Health::Working, true)]);
    }

    async fn a_person_sees_that_the_account_needs_reconnecting_and_can_do_so(world: World) {
        let Some(world) = lost(world, NEXT).await else { return };
        let found = world.store.find_by_user(&user("u")).await.unwrap();
        assert_eq!(health(found.as_ref()), (Health::NeedsReconnect, false));

        let again = link(&world.store, "u", "a").await;
        assert_eq!(health(Some(&again)), (Health::Working, true));
    }

    async fn a_token_that_cannot_be_opened_keeps_none_from_being_refreshed(world: World) {
        let Some(world) = lost(world, NEXT).await else { return };
        let later = T + HOUR * 24 * 365;
        let due = world.store.due_for_refresh(later, later, later, 1).await.unwrap();

        let users: Vec<_> = due.iter().map(|connection| connection.user.as_str()).collect();
        assert_eq!(users, ["v"]);
    }

    async fn a_token_that_cannot_be_opened_keeps_none_from_being_encrypted_anew(world: World) {
        let Some(World { store, clock, url, folder: _folder }) = lost(world, REPLACED).await else { return };
        drop(store);
        let both = Store::open(options(&url, clock.clone(), &format!("{NEXT},{REPLACED}"))).await.unwrap();
        assert_eq!([both.reencrypt(1).await.unwrap(), both.reencrypt(1).await.unwrap()], [1, 0]);
        drop(both);

        let store = Store::open(options(&url, clock, NEXT)).await.unwrap();
        let kept = store.find_by_user(&user("v")).await.unwrap().unwrap();
        assert_eq!(kept.token, Some(token("IGAA-secret-token")));
        assert_eq!(store.reencrypt(1).await.unwrap(), 0, "a key that is not there is not looked for");
    }
}
