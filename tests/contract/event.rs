//! `EventRepository`, and idempotency keys on it.

use rats_domain::{
    event::{Event, EventFilter, EventRepository as _},
    id::{EventId, PostId},
    idempotency::{AddError, Added},
    post::Post,
};
use time::macros::date;

use crate::{
    example::{HOUR, MINUTE, draft, event, key, post, user},
    world::{T, promises},
};

promises! {
    async fn an_event_is_read_back_whole(world: World) {
        let store = &world.store;
        assert_eq!(store.add(&event("e", "u"), None).await.unwrap(), Added::New(event("e", "u")));

        let find = async |owner: &str| {
            rats_domain::event::EventRepository::find(store, &user(owner), &EventId::new("e")).await.unwrap()
        };
        assert_eq!(find("u").await, Some(event("e", "u")));
        assert_eq!(find("v").await, None, "someone else's");
    }

    async fn a_key_adds_once_and_answers_what_was_answered_then(world: World) {
        let store = &world.store;
        let first = store.add(&event("e1", "u"), Some(&key("k", "body"))).await.unwrap();
        let changed = Event { message: Some("later".into()), updated_at: T + HOUR, ..event("e1", "u") };
        assert!(store.replace(&changed, T).await.unwrap());

        let again = store.add(&event("e2", "u"), Some(&key("k", "body"))).await.unwrap();
        assert_eq!(first, Added::New(event("e1", "u")));
        assert_eq!(again, Added::Before(event("e1", "u")));
        let other = store.add(&event("e3", "u"), Some(&key("k", "other body"))).await;
        assert!(matches!(other, Err(AddError::KeyReused { added }) if added == "e1"));
        assert_eq!(rats_domain::event::EventRepository::list(store, &user("u"), EventFilter::All).await.unwrap().len(), 1);
        let elsewhere = store.add(&event("e4", "v"), Some(&key("k", "other body"))).await.unwrap();
        assert!(matches!(elsewhere, Added::New(_)), "keys are each user's own");
    }

    async fn a_key_is_remembered_for_24_hours(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        store.add(&event("e1", "u"), Some(&key("k", "body"))).await.unwrap();
        clock.turn(HOUR * 23 + MINUTE * 59);
        assert!(matches!(store.add(&event("e2", "u"), Some(&key("k", "body"))).await, Ok(Added::Before(_))));
        clock.turn(MINUTE);
        assert!(matches!(store.add(&event("e2", "u"), Some(&key("k", "other"))).await, Ok(Added::New(_))));
    }

    async fn the_same_request_many_times_at_once_adds_once(world: World) {
        let store = &world.store;
        let asks = (0..8).map(|n| async move { store.add(&event(&format!("e{n}"), "u"), Some(&key("k", "b"))).await });
        let answers: Vec<_> = futures_util::future::join_all(asks).await.into_iter().map(Result::unwrap).collect();

        assert_eq!(answers.iter().filter(|added| matches!(added, Added::New(_))).count(), 1);
        let first = answers[0].clone().into_inner();
        assert!(answers.into_iter().all(|added| added.into_inner() == first));
    }

    async fn events_are_listed_by_date_then_by_creation(world: World) {
        let store = &world.store;
        let on = |id: &str, day, minutes: u32| {
            let mut event = event(id, "u");
            event.details.date = day;
            event.created_at = T + MINUTE * minutes;
            event
        };
        for event in [
            on("e1", date!(2026 - 12 - 05), 0),
            on("e2", date!(2026 - 12 - 04), 2),
            on("e3", date!(2026 - 12 - 04), 1),
            on("e4", date!(2025 - 12 - 31), 0),
        ] {
            store.add(&event, None).await.unwrap();
        }
        store.add(&event("x", "v"), None).await.unwrap();
        let list = async |filter| {
            let events = rats_domain::event::EventRepository::list(store, &user("u"), filter).await.unwrap();
            events.iter().map(|event| event.id.as_str().to_owned()).collect::<Vec<_>>()
        };

        assert_eq!(list(EventFilter::All).await, ["e4", "e3", "e2", "e1"]);
        let between = EventFilter::Between(date!(2026 - 12 - 04), date!(2026 - 12 - 05));
        assert_eq!(list(between).await, ["e3", "e2", "e1"], "both days included");
    }

    async fn an_event_is_replaced_only_as_it_was_read(world: World) {
        let store = &world.store;
        store.add(&event("e", "u"), None).await.unwrap();
        let next = Event { message: Some("Happy birthday".into()), plan: None, updated_at: T + MINUTE, ..event("e", "u") };

        assert!(!store.replace(&next, T + HOUR).await.unwrap());
        assert!(!store.replace(&Event { user: user("v"), ..next.clone() }, T).await.unwrap());
        assert!(store.replace(&next, T).await.unwrap());
        let found = rats_domain::event::EventRepository::find(store, &user("u"), &next.id).await.unwrap();
        assert_eq!(found, Some(next), "what became none is none");
    }

    async fn a_deleted_event_leaves_its_posts_without_one(world: World) {
        let store = &world.store;
        store.add(&event("e", "u"), None).await.unwrap();
        let post = Post { event: Some(EventId::new("e")), ..post("p", "u") };
        let added = add_post(store, &post).await;
        assert_eq!(added.event_title.as_deref(), Some("Title of e"));

        assert!(!store.delete(&user("v"), &EventId::new("e")).await.unwrap());
        assert!(store.delete(&user("u"), &EventId::new("e")).await.unwrap());
        assert!(!store.delete(&user("u"), &EventId::new("e")).await.unwrap());
        let found = rats_domain::post::PostRepository::find(store, &user("u"), &PostId::new("p")).await.unwrap().unwrap();
        assert_eq!((found.post.event, found.event_title), (None, None));
    }
}

async fn add_post(store: &rats_storage::Store, post: &Post) -> rats_domain::post::PostRecord {
    rats_domain::post::PostRepository::add(store, post, &draft(post), &[], None).await.unwrap().into_inner()
}
