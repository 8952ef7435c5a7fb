//! `EventAgenda`.

use std::time::Duration;

use rats_domain::{
    event::{Event, EventRepository},
    id::{EventId, UserId},
    occurrence::{DueEvent, EventAgenda, Making, Problem},
    publication::PublicationQueue as _,
    receipt::ConfirmedBy,
};
use rats_storage::Store;
use time::OffsetDateTime;

use crate::{
    example::{HOUR, MINUTE, event, link, receipt, request, user},
    occurrence::make,
    world::{T, promises},
};

/// Takes what is due and has it looked at again at `next`.
pub(crate) async fn put_off(store: &Store, next: OffsetDateTime) {
    for due in take(store, T).await {
        assert!(store.looked_at(&due, Some(next), None).await.unwrap());
    }
}

/// What is due; nobody else is given it for an hour.
pub(crate) async fn due(store: &Store, now: OffsetDateTime) -> Vec<String> {
    take(store, now).await.into_iter().map(|due| due.event.as_str().to_owned()).collect()
}

async fn take(store: &Store, now: OffsetDateTime) -> Vec<DueEvent> {
    let mut taken = vec![];
    while let Some(due) = take_one(store, now, &[]).await {
        taken.push(due);
    }
    taken
}

async fn take_one(store: &Store, now: OffsetDateTime, busy: &[UserId]) -> Option<DueEvent> {
    store.take_due_event(now, now + HOUR, busy).await.unwrap()
}

async fn add(store: &Store, id: &str) {
    add_of(store, id, "u").await;
}

async fn add_of(store: &Store, id: &str, owner: &str) {
    EventRepository::add(store, &event(id, owner), None).await.unwrap();
}

promises! {
    async fn an_event_is_due_at_once_when_it_is_added_changed_and_deleted(world: World) {
        let store = &world.store;
        add(store, "e").await;
        assert_eq!(due(store, T).await, ["e"]);
        assert!(due(store, T).await.is_empty(), "it was handed out");

        let changed = Event { updated_at: T + MINUTE, ..event("e", "u") };
        assert!(store.replace(&changed, T).await.unwrap());
        assert_eq!(due(store, T).await, ["e"]);
        assert!(!store.replace(&changed, T).await.unwrap());
        assert!(due(store, T).await.is_empty(), "nothing was changed");

        assert!(store.delete(&user("u"), &EventId::new("e")).await.unwrap());
        let [gone] = &take(store, T).await[..] else { panic!("its posts are to be seen to") };
        assert!(store.looked_at(gone, None, None).await.unwrap());
        assert_eq!(store.take_event(&user("u"), &gone.event, T).await.unwrap(), None, "it is forgotten");
    }

    async fn whoever_does_not_come_back_leaves_it_to_others(world: World) {
        let store = &world.store;
        add(store, "e").await;
        assert_eq!(due(store, T).await, ["e"]);
        assert!(due(store, T + HOUR - Duration::from_micros(1)).await.is_empty());
        assert_eq!(due(store, T + HOUR).await, ["e"]);
    }

    async fn no_two_are_given_one_event_and_the_longest_due_comes_first(world: World) {
        let store = &world.store;
        for n in 0..30 {
            add(store, &format!("e{n:02}")).await;
        }
        let takers = (0..6).map(|_| take(store, T));
        let mut taken: Vec<_> = futures_util::future::join_all(takers).await.into_iter().flatten().collect();
        // Who passes over what another is about to take may find nothing.
        taken.extend(take(store, T).await);
        assert_eq!(taken.len(), 30);
        let mut names: Vec<_> = taken.iter().map(|due| due.event.as_str().to_owned()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), taken.len(), "none twice");

        let later: Vec<_> = [3, 1, 2].into_iter().zip(&taken).collect();
        for (hours, due) in &later {
            assert!(store.looked_at(due, Some(T + HOUR * 10 + MINUTE * *hours), None).await.unwrap());
        }
        for due in &taken[3..] {
            assert!(store.looked_at(due, None, None).await.unwrap());
        }
        let mut order = due(store, T + HOUR * 12).await;
        order.retain(|name| later.iter().any(|(_, due)| due.event.as_str() == name));
        assert_eq!(order, [1, 2, 0].map(|n: usize| taken[n].event.as_str().to_owned()));
    }

    async fn nothing_of_who_is_busy_is_handed_out(world: World) {
        let store = &world.store;
        add_of(store, "e1", "u").await;
        add_of(store, "e2", "u").await;
        add_of(store, "e3", "v").await;
        add_of(store, "e4", "w").await;
        let first = async |busy: &[&str]| {
            let busy: Vec<UserId> = busy.iter().map(|name| user(name)).collect();
            take_one(store, T, &busy).await.map(|due| (due.event.as_str().to_owned(), due.user))
        };
        assert_eq!(first(&["u", "v"]).await, Some(("e4".to_owned(), user("w"))));
        assert_eq!(first(&["u"]).await, Some(("e3".to_owned(), user("v"))));
        assert_eq!(first(&["u", "v"]).await, None);
        assert_eq!(due(store, T).await, ["e1", "e2"], "they wait for their turn");
    }

    async fn an_event_is_due_at_once_when_its_post_is_live(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for id in ["e", "f"] {
            add(store, id).await;
        }
        assert_eq!(make(store, 2026, "p", &connection, T).await, Making::Made);
        put_off(store, T + HOUR * 9).await;
        let claim = request(store, "p", "17").await;
        assert!(due(store, T + HOUR).await.is_empty());
        for (id, expected) in [(None, &["e"][..]), (Some("m"), &[])] {
            let told = receipt("17", id, ConfirmedBy::Answer);
            assert!(store.record_published(&claim.publication.post, &told, &[]).await.unwrap());
            assert_eq!(due(store, T + HOUR).await, expected, "once, not each time that more is known");
        }
    }

    async fn a_look_counts_only_if_nothing_changed_meanwhile(world: World) {
        let store = &world.store;
        add(store, "e").await;
        let [first] = &take(store, T).await[..] else { panic!("one is due") };
        assert!(store.replace(&Event { updated_at: T + MINUTE, ..event("e", "u") }, T).await.unwrap());
        assert!(!store.looked_at(first, None, None).await.unwrap());
        let again = store.take_event(&user("u"), &first.event, T + MINUTE).await.unwrap().unwrap();
        assert!(!store.looked_at(first, None, None).await.unwrap(), "it is somebody else's now");
        assert!(store.looked_at(&again, None, None).await.unwrap());
        assert!(due(store, T + HOUR * 1_000).await.is_empty(), "never again");
    }

    async fn an_event_is_its_users_alone(world: World) {
        let store = &world.store;
        add(store, "e").await;
        assert_eq!(store.take_event(&user("v"), &EventId::new("e"), T).await.unwrap(), None);
        assert_eq!(store.take_event(&user("u"), &EventId::new("x"), T).await.unwrap(), None);
    }

    async fn what_stands_in_the_way_is_told_until_it_is_gone(world: World) {
        let store = &world.store;
        add(store, "e").await;
        let [due] = &take(store, T).await[..] else { panic!("one is due") };
        let problem = Problem::new("not_connected", "Connect an account.");
        assert!(store.looked_at(due, Some(T + HOUR), Some(&problem)).await.unwrap());
        assert_eq!(store.problems(&user("u")).await.unwrap(), [(EventId::new("e"), problem)]);
        assert!(store.problems(&user("v")).await.unwrap().is_empty());

        let again = store.take_event(&user("u"), &due.event, T + HOUR).await.unwrap().unwrap();
        assert!(store.looked_at(&again, Some(T + HOUR), None).await.unwrap());
        assert!(store.problems(&user("u")).await.unwrap().is_empty());
    }

    async fn who_connects_an_account_has_what_waits_for_it_looked_at(world: World) {
        let store = &world.store;
        add(store, "e1").await;
        add(store, "e2").await;
        let taken = take(store, T).await;
        let problem = Problem::new("not_connected", "Connect an account.");
        for (due, problem) in taken.iter().zip([Some(&problem), None]) {
            assert!(store.looked_at(due, Some(T + HOUR), problem).await.unwrap());
        }
        link(store, "u", "a").await;
        assert_eq!(due(store, T).await, [taken[0].event.as_str()]);
    }
}
