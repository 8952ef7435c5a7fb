//! `PreferenceRepository`.

use rats_domain::{
    event::EventRepository,
    occurrence::EventAgenda as _,
    picture::CardLook,
    preference::{PreferenceRepository as _, Preferences},
    zone::Zone,
};
use time::macros::time;

use crate::{
    agenda::{due, put_off},
    example::{HOUR, event, user},
    world::{T, promises},
};

promises! {
    async fn who_never_said_lives_by_utc_and_posts_at_nine(world: World) {
        let found = world.store.preferences(&user("u")).await.unwrap();
        assert_eq!((found.zone.name(), found.post_at, found.changed_at), ("UTC", time!(9:00), None));
    }

    async fn preferences_are_each_users_own_and_the_last_ones_count(world: World) {
        let store = &world.store;
        let lisbon = Preferences {
            zone: Zone::parse("Europe/Lisbon").unwrap(),
            post_at: time!(7:45),
            card_look: Some(CardLook::Lanterns),
            changed_at: Some(T),
        };
        store.prefer(&user("u"), &lisbon).await.unwrap();
        assert_eq!(store.preferences(&user("u")).await.unwrap(), lisbon);
        let last = Preferences { post_at: time!(0:00), card_look: None, changed_at: Some(T + HOUR), ..lisbon };
        store.prefer(&user("u"), &last).await.unwrap();
        assert_eq!(store.preferences(&user("u")).await.unwrap(), last);
        assert_eq!(store.preferences(&user("v")).await.unwrap(), Preferences::default());
    }

    async fn who_changes_them_has_all_their_events_looked_at(world: World) {
        let store = &world.store;
        for (id, owner) in [("e1", "u"), ("e2", "u"), ("x", "v")] {
            EventRepository::add(store, &event(id, owner), None).await.unwrap();
        }
        put_off(store, T + HOUR).await;
        store.prefer(&user("u"), &Preferences { changed_at: Some(T), ..Preferences::default() }).await.unwrap();
        assert_eq!(due(store, T).await, ["e1", "e2"]);
        assert!(store.problems(&user("u")).await.unwrap().is_empty());
    }
}
