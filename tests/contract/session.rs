//! `SessionRepository`.

use rats_domain::{
    secret::Secret,
    session::{Session, SessionRepository as _},
};

use crate::{
    example::{HOUR, user},
    world::{T, promises},
};

fn session(name: &str) -> Session {
    Session { user: user(name), begun_at: T, expires_at: T + HOUR }
}

promises! {
    async fn a_session_lasts_until_its_end(world: World) {
        let store = &world.store;
        store.begin(&Secret::new("id"), &session("u")).await.unwrap();

        assert_eq!(store.find(&Secret::new("id"), T).await.unwrap(), Some(session("u")));
        assert_eq!(store.find(&Secret::new("id"), T + HOUR).await.unwrap(), None, "at its end");
        assert_eq!(store.find(&Secret::new("other"), T).await.unwrap(), None);
    }

    async fn sec_20_a_session_that_was_ended_is_gone(world: World) {
        let store = &world.store;
        for id in ["one", "two"] {
            store.begin(&Secret::new(id), &session("u")).await.unwrap();
        }
        store.end(&Secret::new("one")).await.unwrap();
        store.end(&Secret::new("one")).await.unwrap();

        assert_eq!(store.find(&Secret::new("one"), T).await.unwrap(), None);
        assert_eq!(store.find(&Secret::new("two"), T).await.unwrap(), Some(session("u")));
    }

    async fn sec_20_all_of_a_user_end_and_nobody_elses(world: World) {
        let store = &world.store;
        for (id, name) in [("one", "u"), ("two", "u"), ("three", "v")] {
            store.begin(&Secret::new(id), &session(name)).await.unwrap();
        }
        store.end_all(&user("u")).await.unwrap();

        assert_eq!(store.find(&Secret::new("one"), T).await.unwrap(), None);
        assert_eq!(store.find(&Secret::new("two"), T).await.unwrap(), None);
        assert_eq!(store.find(&Secret::new("three"), T).await.unwrap(), Some(session("v")));
    }

    async fn what_has_ended_is_deleted_when_another_begins(world: World) {
        let store = &world.store;
        store.begin(&Secret::new("old"), &session("u")).await.unwrap();
        let later = T + HOUR * 2;
        let next = Session { begun_at: later, expires_at: later + HOUR, ..session("v") };
        store.begin(&Secret::new("new"), &next).await.unwrap();

        assert_eq!(store.find(&Secret::new("old"), T).await.unwrap(), None);
        assert_eq!(store.find(&Secret::new("new"), later).await.unwrap(), Some(next));
    }

    async fn sec_20_an_id_is_nowhere_in_the_files(world: World) {
        let id = "5e551011".repeat(8);
        world.store.begin(&Secret::new(id.as_str()), &session("u")).await.unwrap();

        for file in world.files() {
            let bytes = std::fs::read(&file).unwrap();
            assert!(!bytes.windows(id.len()).any(|window| window == id.as_bytes()), "{}", file.display());
        }
    }
}
