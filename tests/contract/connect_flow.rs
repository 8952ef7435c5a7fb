//! `ConnectFlowRepository`.

use rats_domain::{
    connection::{Begun, ConnectFlowRepository as _, StartedConnection},
    secret::Secret,
};

use crate::{
    example::{HOUR, MINUTE, begun, pending, started},
    world::{T, promises},
};

promises! {
    async fn a_state_works_once_and_until_its_end(world: World) {
        let store = &world.store;
        let (one, two) = (Secret::new("state-1"), Secret::new("state-2"));
        store.start(&one, &started("u")).await.unwrap();
        store.start(&two, &started("u")).await.unwrap();

        assert_eq!(store.take_started(&Secret::new("state-x"), T).await.unwrap(), None);
        assert_eq!(store.take_started(&one, T).await.unwrap(), Some(started("u")));
        assert_eq!(store.take_started(&one, T).await.unwrap(), None);
        assert_eq!(store.take_started(&two, T + MINUTE * 10).await.unwrap(), None, "at its end");
    }

    async fn a_pending_connection_works_once_and_until_its_end(world: World) {
        let store = &world.store;
        let name = Secret::new("name");
        store.keep_pending(&name, &pending("u", "a")).await.unwrap();

        assert_eq!(store.find_pending(&name, T).await.unwrap(), Some(pending("u", "a")));
        assert_eq!(store.find_pending(&name, T + MINUTE * 10).await.unwrap(), None);
        assert_eq!(store.take_pending(&name, T).await.unwrap(), Some(pending("u", "a")));
        assert_eq!(store.take_pending(&name, T).await.unwrap(), None);
        store.keep_pending(&name, &pending("u", "a")).await.unwrap();
        assert_eq!(store.take_pending(&name, T + MINUTE * 10).await.unwrap(), None);
        assert_eq!(store.find_pending(&name, T).await.unwrap(), None, "what has ended is deleted when taken");
    }

    async fn what_has_ended_is_deleted_when_another_begins(world: World) {
        let store = &world.store;
        store.start(&Secret::new("old"), &started("u")).await.unwrap();
        store.keep_pending(&Secret::new("old"), &pending("u", "a")).await.unwrap();
        let later = T + HOUR;
        let next = StartedConnection { begun: Begun { at: later, ..begun() }, expires_at: later + MINUTE, ..started("v") };
        store.start(&Secret::new("new"), &next).await.unwrap();

        assert_eq!(store.take_started(&Secret::new("old"), T).await.unwrap(), None);
        assert_eq!(store.find_pending(&Secret::new("old"), T).await.unwrap(), None);
        assert_eq!(store.take_started(&Secret::new("new"), later).await.unwrap(), Some(next));
    }
}
