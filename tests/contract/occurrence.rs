//! `OccurrenceRepository`.

use rats_domain::{
    caption::Caption,
    connection::{Connection, ConnectionRepository as _},
    event::{Event, EventRepository},
    id::{EventId, PictureId, PostId},
    occurrence::{EventAgenda as _, Making, Occurrence, OccurrenceRepository, Rendition},
    post::{Post, PostRecord, PostRepository},
    publication::{PublicationQueue as _, Stage, Step},
    receipt::ConfirmedBy,
};
use rats_storage::Store;
use time::OffsetDateTime;

use crate::{
    agenda::{due, put_off},
    example::{
        HOUR, MINUTE, after, draft, entry, event, link, moved, post, receipt, request, scheduled, timeline, user,
    },
    world::{T, promises},
};

/// The occurrence of event `e` in a year, which became `post`.
fn occurrence(year: i32, post: &Post) -> Occurrence {
    Occurrence {
        user: user("u"),
        event: EventId::new("e"),
        year,
        post: post.id.clone(),
        rendition: Rendition {
            day: T.date(),
            caption: post.caption.clone(),
            picture: post.picture.clone(),
            shows: "a card".into(),
            publish_at: T,
        },
        is_withdrawn: false,
        is_settled: false,
    }
}

/// Makes an occurrence of an event that was last changed at `seen`, for `T`.
pub(crate) async fn make(store: &Store, year: i32, id: &str, connection: &Connection, seen: OffsetDateTime) -> Making {
    make_after(store, year, id, &[scheduled(connection)], seen).await
}

/// The same of an event as it was added, for another time.
pub(crate) async fn make_at(store: &Store, year: i32, id: &str, connection: &Connection, at: OffsetDateTime) -> Making {
    make_after(store, year, id, &[scheduled(connection), moved(at)], T).await
}

async fn make_after(store: &Store, year: i32, id: &str, steps: &[Step], seen: OffsetDateTime) -> Making {
    let post = Post { event: Some(EventId::new("e")), ..post(id, "u") };
    let publication = after(&draft(&post), steps);
    let entries = [entry(id, "scheduled")];
    store.make(&occurrence(year, &post), &post, &publication, &entries, seen).await.unwrap()
}

async fn find(store: &Store, id: &str) -> Option<PostRecord> {
    PostRepository::find(store, &user("u"), &PostId::new(id)).await.unwrap()
}

async fn all(store: &Store) -> Vec<Occurrence> {
    store.occurrences(&user("u"), None, 0).await.unwrap()
}

/// Settles the user's occurrence of that number, its post being as it is.
async fn settle(store: &Store, number: usize) -> bool {
    let known = all(store).await.remove(number);
    let post = find(store, known.post.as_str()).await;
    store.settle(&known, post.map(|record| record.publication.epoch)).await.unwrap()
}

/// A post after a step of its person's.
fn stepped(record: &PostRecord, step: Step) -> PostRecord {
    PostRecord { publication: record.publication.after(step).unwrap(), ..record.clone() }
}

promises! {
    async fn an_occurrence_and_its_post_are_made_together(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        assert_eq!(make(store, 2026, "p", &connection, T).await, Making::Made);

        let record = find(store, "p").await.unwrap();
        assert_eq!((record.publication.stage, record.event_title.as_deref()), (Stage::Waiting, Some("Title of e")));
        assert_eq!(timeline(store, &user("u"), &record.post.id).await, [entry("p", "scheduled")]);
        assert_eq!(all(store).await, [occurrence(2026, &record.post)]);
        let claims = store.claim_due(MINUTE, 9).await.unwrap();
        assert_eq!(claims.claims.len(), 1, "it goes out like any other");
    }

    async fn an_event_is_made_once_a_year_however_many_try(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        let names: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
        let tries = names.iter().map(|name| make(store, 2026, name, &connection, T));
        let outcomes = futures_util::future::join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|making| **making == Making::Made).count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|making| **making == Making::Exists).count(), 7, "{outcomes:?}");
        assert_eq!(all(store).await.len(), 1);
        assert_eq!(make(store, 2027, "q", &connection, T).await, Making::Made);
    }

    async fn an_occurrence_outlives_its_post_and_its_event(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        assert_eq!(make(store, 2026, "p", &connection, T).await, Making::Made);
        assert!(store.remove(&user("u"), &PostId::new("p"), 0).await.unwrap());
        assert_eq!(make(store, 2026, "q", &connection, T).await, Making::Exists);
        assert!(find(store, "q").await.is_none());
        assert!(store.delete(&user("u"), &EventId::new("e")).await.unwrap());
        assert_eq!(all(store).await.len(), 1);
    }

    async fn nothing_is_made_of_an_event_that_changed_or_is_gone(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        assert_eq!(make(store, 2026, "p", &connection, T).await, Making::EventChanged);
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        assert!(store.replace(&Event { updated_at: T + MINUTE, ..event("e", "u") }, T).await.unwrap());
        assert_eq!(make(store, 2026, "p", &connection, T).await, Making::EventChanged);
        assert_eq!(make(store, 2026, "p", &connection, T + MINUTE).await, Making::Made);
    }

    async fn nothing_is_made_through_a_connection_that_does_not_work(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        store.disconnect(&user("u"), T).await.unwrap();
        assert_eq!(make(store, 2026, "p", &connection, T).await, Making::NotConnected);
        assert!(all(store).await.is_empty() && find(store, "p").await.is_none());
    }

    async fn an_occurrence_changes_together_with_its_post_or_not_at_all(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        make(store, 2026, "p", &connection, T).await;
        let read = find(store, "p").await.unwrap();
        let mut next = PostRecord { publication: read.publication.after(moved(T + HOUR)).unwrap(), ..read.clone() };
        next.post.caption = Caption::stored("Another text".into());
        let mut written = occurrence(2026, &next.post);
        written.rendition.publish_at = T + HOUR;
        written.rendition.picture = PictureId::new("another");

        let elsewhere = Occurrence { post: PostId::new("q"), ..written.clone() };
        assert!(!store.tend(&elsewhere, &next, &[]).await.unwrap(), "it has another post");
        assert_eq!(find(store, "p").await.unwrap(), read);
        assert!(store.tend(&written, &next, &[entry("p", "moved")]).await.unwrap());
        assert_eq!(all(store).await, [written.clone()]);
        assert_eq!(find(store, "p").await.unwrap().publication.publish_at, Some(T + HOUR));

        let late = Occurrence { is_withdrawn: true, ..written.clone() };
        assert!(!store.tend(&late, &next, &[]).await.unwrap(), "somebody changed the post since");
        assert_eq!(all(store).await, [written]);
    }

    async fn what_is_being_published_is_not_changed(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        make(store, 2026, "p", &connection, T).await;
        let mut read = find(store, "p").await.unwrap();
        let claim = request(store, "p", "17").await;
        let cancelled = read.publication.after(Step::Cancelled).unwrap();
        read.publication = cancelled;
        let withdrawn = Occurrence { is_withdrawn: true, ..occurrence(2026, &read.post) };
        assert!(!store.tend(&withdrawn, &read, &[]).await.unwrap());
        assert_eq!(find(store, "p").await.unwrap().publication.stage, Stage::PublishRequested);
        assert!(!all(store).await[0].is_withdrawn);
        store.record(&claim, &claim.publication, &[], true).await.expect("the claim holds");
    }

    async fn what_is_settled_is_listed_from_its_year_on_and_nobody_elses(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        for (year, id) in [(2026, "p"), (2027, "q"), (2028, "r")] {
            make(store, year, id, &connection, T).await;
        }
        assert!(settle(store, 1).await);
        let years = async |owner: &str, of: Option<&str>, from| {
            let of = of.map(EventId::new);
            let found = store.occurrences(&user(owner), of.as_ref(), from).await.unwrap();
            found.into_iter().map(|one| (one.year, one.is_settled)).collect::<Vec<_>>()
        };
        assert_eq!(years("u", None, 2028).await, [(2026, false), (2028, false)]);
        assert_eq!(years("u", Some("e"), 2027).await, [(2026, false), (2027, true), (2028, false)]);
        assert!(years("u", Some("x"), 0).await.is_empty() && years("v", None, 0).await.is_empty());
    }

    async fn what_was_set_on_its_way_again_meanwhile_is_not_settled(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        make(store, 2026, "p", &connection, T).await;
        let (known, read) = (all(store).await.remove(0), find(store, "p").await.unwrap());
        assert!(store.change(&stepped(&read, moved(T + HOUR)), &[]).await.unwrap());
        assert!(!store.settle(&known, Some(read.publication.epoch)).await.unwrap());
        assert!(!store.settle(&known, None).await.unwrap(), "its post is there");
        assert!(!all(store).await[0].is_settled);

        let read = find(store, "p").await.unwrap();
        assert!(store.remove(&user("u"), &PostId::new("p"), read.publication.epoch).await.unwrap());
        assert!(!store.settle(&known, Some(read.publication.epoch)).await.unwrap());
        assert!(store.settle(&known, None).await.unwrap() && all(store).await[0].is_settled);
    }

    async fn what_is_live_after_all_is_settled_no_more(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        for (year, id) in [(2026, "p"), (2027, "q")] {
            make(store, year, id, &connection, T).await;
        }
        let claim = request(store, "p", "17").await;
        assert!(settle(store, 0).await && settle(store, 1).await);
        let told = receipt("17", Some("m"), ConfirmedBy::Answer);
        assert!(store.record_published(&claim.publication.post, &told, &[]).await.unwrap());
        assert_eq!(all(store).await.iter().map(|one| one.is_settled).collect::<Vec<_>>(), [false, true]);
    }

    async fn what_is_left_for_another_is_not_sent_by_who_read_it_before(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        make(store, 2026, "p", &connection, T).await;
        let known = all(store).await.remove(0);
        let waiting = find(store, "p").await.unwrap();
        assert!(store.change(&stepped(&waiting, Step::Cancelled), &[]).await.unwrap());
        let read = find(store, "p").await.unwrap();
        let again = stepped(&read, scheduled(&connection));
        let left = stepped(&read, Step::Edited);

        // Who is first does it.
        assert!(store.forget(&known, Some(&left), &[entry("p", "left")]).await.unwrap());
        assert!(!store.change(&again, &[]).await.unwrap());
        assert_eq!(timeline(store, &user("u"), &read.post.id).await.last(), Some(&entry("p", "left")));

        make(store, 2026, "q", &connection, T).await;
        let known = all(store).await.remove(0);
        let waiting = find(store, "q").await.unwrap();
        assert!(store.change(&stepped(&waiting, Step::Cancelled), &[]).await.unwrap());
        let read = find(store, "q").await.unwrap();
        assert!(store.change(&stepped(&read, scheduled(&connection)), &[]).await.unwrap());
        assert!(!store.forget(&known, Some(&stepped(&read, Step::Edited)), &[]).await.unwrap());
        assert_eq!(all(store).await.len(), 1, "it is on its way");
        let elsewhere = Occurrence { post: PostId::new("x"), ..known };
        let now = find(store, "p").await.unwrap();
        assert!(!store.forget(&elsewhere, Some(&stepped(&now, Step::Edited)), &[]).await.unwrap());
        assert_eq!(find(store, "p").await.unwrap(), now, "both or nothing");
    }

    async fn what_is_forgotten_may_be_made_again(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        make(store, 2026, "p", &connection, T).await;
        put_off(store, T + HOUR).await;
        let known = all(store).await.remove(0);
        assert!(!store.forget(&Occurrence { post: PostId::new("q"), ..known.clone() }, None, &[]).await.unwrap());
        assert!(store.forget(&known, None, &[]).await.unwrap() && !store.forget(&known, None, &[]).await.unwrap());
        assert_eq!(due(store, T).await, ["e"]);
        assert_eq!(make(store, 2026, "q", &connection, T).await, Making::Made);
        assert!(find(store, "p").await.is_some(), "the post itself stays");
        let agenda = store.problems(&user("u")).await.unwrap();
        assert!(agenda.is_empty());
    }
}
