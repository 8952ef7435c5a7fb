//! `MetricsRepository`.

use diesel::{Connection as _, connection::SimpleConnection as _};
use rats_domain::{
    connection::{Connection, ConnectionRepository as _},
    id::{AccountId, PostId},
    metrics::{Collection, CollectionState, Metrics, MetricsRepository, Numbers, Rated, Reading, Slot, Snapshot},
    publication::PublicationQueue as _,
    receipt::ConfirmedBy,
};
use rats_storage::{DatabaseUrl, Store};
use time::OffsetDateTime;

use crate::{
    example::{HOUR, MINUTE, due_post, entry, link, receipt, request, timeline, user},
    world::{T, World, promises},
};

/// A post that is live as `m-{id}`.
pub(crate) async fn live(store: &Store, id: &str, connection: &Connection) {
    due_post(store, id, connection).await;
    request(store, id, &format!("17-{id}")).await;
    let told = receipt(&format!("17-{id}"), Some(&format!("m-{id}")), ConfirmedBy::Answer);
    store.record_published(&PostId::new(id), &told, &[]).await.unwrap();
}

async fn taken(store: &Store, minutes: u32, limit: usize) -> Vec<String> {
    let due = store.take_due(T + MINUTE * minutes, limit).await.unwrap();
    due.into_iter().map(|due| due.post.as_str().to_owned()).collect()
}

async fn put_off(store: &Store, later: &[(&str, u32)]) {
    let later: Vec<_> = later.iter().map(|(id, minutes)| (PostId::new(*id), T + MINUTE * *minutes)).collect();
    MetricsRepository::put_off(store, &later).await.unwrap();
}

/// The reading for a planned age, taken at it.
pub(crate) fn snapshot(minutes: i64, numbers: Numbers) -> Snapshot {
    let age = time::Duration::minutes(minutes);
    Snapshot { slot: Slot::of_age(age).unwrap(), taken_at: T + age, age, numbers }
}

/// What is kept after this reading, of a post of which no other number is known.
pub(crate) fn last_told(snapshot: &Snapshot, rated: Option<Rated>) -> Metrics {
    let Snapshot { numbers, taken_at, .. } = *snapshot;
    Metrics { numbers, measured_at: taken_at, oldest_at: taken_at, rated }
}

pub(crate) fn reading(snapshot: Snapshot, next_at: Option<OffsetDateTime>) -> Reading {
    let collection = Collection { next_at, ..Collection::default() };
    Reading { snapshot: Some(snapshot), collection, entries: vec![] }
}

pub(crate) async fn record(store: &Store, id: &str, reading: &Reading) {
    MetricsRepository::record(store, &PostId::new(id), reading).await.unwrap();
}

async fn state(store: &Store, id: &str) -> CollectionState {
    let history = history(store, "u", id).await.unwrap();
    history.collection.state(history.is_connected)
}

async fn history(store: &Store, owner: &str, id: &str) -> Option<rats_domain::metrics::History> {
    store.history(&user(owner), &PostId::new(id)).await.unwrap()
}

const SOME: Numbers = Numbers {
    likes: Some(1),
    comments: Some(0),
    shares: None,
    impressions: None,
    views: Some(40),
    reach: Some(u32::MAX as u64 * 9),
    saved: None,
    total_interactions: None,
};

/// Writes what no code of ours would, past the store; not where the database is another connection's memory.
async fn damage(world: &World, statement: &str) -> bool {
    match &world.url {
        DatabaseUrl::SqliteMemory => return false,
        DatabaseUrl::SqliteFile(path) => {
            let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            conn.batch_execute(statement).unwrap();
        }
        DatabaseUrl::Postgres(url) => {
            let client = rats_tests::postgres::client(url.expose()).await.unwrap();
            client.batch_execute(statement).await.unwrap();
        }
    }
    true
}

promises! {
    async fn a_row_that_cannot_be_read_stops_no_other(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for id in ["p1", "p2", "p3"] {
            live(store, id, &connection).await;
        }
        if damage(&world, "UPDATE receipt SET confirmed_by = 'hearsay' WHERE post_id = 'p2'").await {
            assert_eq!(taken(store, 60, 9).await, ["p1", "p3"]);
            assert!(taken(store, 64, 9).await.is_empty(), "and each is put off");
        }
    }

    async fn what_is_live_is_read_and_put_off_for_five_minutes(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        live(store, "p", &connection).await;

        assert!(taken(store, 0, 9).await.is_empty());
        let due = store.take_due(T + MINUTE, 9).await.unwrap().remove(0);
        assert_eq!((due.post.as_str(), due.user.as_str(), due.account.as_str()), ("p", "u", "a"));
        assert_eq!((due.connection, due.receipt), (connection.id, receipt("17-p", Some("m-p"), ConfirmedBy::Answer)));
        assert_eq!(due.collection, Collection { next_at: Some(T + MINUTE), ..Collection::default() }, "when it was due");
        assert!(taken(store, 5, 9).await.is_empty());
        assert_eq!(taken(store, 6, 9).await, ["p"]);
    }

    async fn the_oldest_due_comes_first(world: World) {
        let store = &world.store;
        for (n, minutes) in [(1, 30), (2, 10), (3, 20)] {
            let connection = link(store, &format!("u{n}"), &format!("a{n}")).await;
            live(store, &format!("p{n}"), &connection).await;
            put_off(store, &[(&format!("p{n}"), minutes)]).await;
        }

        assert_eq!(taken(store, 60, 2).await, ["p2", "p3"]);
        assert_eq!(taken(store, 60, 2).await, ["p1"]);
    }

    async fn two_readers_do_not_get_the_same(world: World) {
        let store = &world.store;
        for n in 0..12 {
            let connection = link(store, &format!("u{n}"), &format!("a{n}")).await;
            live(store, &format!("p{n:02}"), &connection).await;
        }
        let (one, other) = futures_util::join!(taken(store, 60, 6), taken(store, 60, 6));
        let mut all = [one, other, taken(store, 60, 12).await].concat();

        assert_eq!(all.len(), 12);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 12);
    }

    async fn each_is_put_off_to_a_time_of_its_own_and_what_ended_stays_ended(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for id in ["p1", "p2", "p3"] {
            live(store, id, &connection).await;
        }
        record(store, "p3", &Reading::default()).await;
        put_off(store, &[]).await;
        put_off(store, &[("p1", 20), ("p2", 10), ("p3", 10), ("none", 10)]).await;

        assert!(taken(store, 9, 9).await.is_empty());
        assert_eq!(taken(store, 10, 9).await, ["p2"]);
        assert_eq!(taken(store, 20, 9).await, ["p2", "p1"], "p2 for the second time");
    }

    async fn a_reading_is_kept_with_all_before_it_and_each_number_as_last_told(world: World) {
        let store = &world.store;
        live(store, "p", &link(store, "u", "a").await).await;
        let before = history(store, "u", "p").await.unwrap();
        assert_eq!((before.metrics, before.snapshots.as_slice()), (None, [].as_slice()), "never read");
        assert_eq!(before.receipt.unwrap().sent_at, T);

        let first = snapshot(5, SOME);
        let second = snapshot(15, Numbers { likes: Some(4), saved: Some(2), impressions: Some(3), ..Numbers::default() });
        record(store, "p", &reading(first, Some(T + HOUR))).await;
        record(store, "p", &reading(second, Some(T + HOUR * 2))).await;
        let kept = history(store, "u", "p").await.unwrap();
        assert_eq!(kept.snapshots, [first, second], "what was not told is none");
        let numbers = Numbers { likes: Some(4), saved: Some(2), impressions: Some(3), ..SOME };
        let oldest_at = first.taken_at;
        assert_eq!(kept.metrics, Some(Metrics { numbers, oldest_at, ..last_told(&second, None) }));
        assert_eq!(kept.collection.next_at, Some(T + HOUR * 2));

        let without_saves = snapshot(30, Numbers { saved: None, ..numbers });
        for (third, oldest_at) in [(without_saves, second.taken_at), (snapshot(60, numbers), T + HOUR)] {
            record(store, "p", &reading(third, None)).await;
            let kept = history(store, "u", "p").await.unwrap().metrics;
            assert_eq!(kept, Some(Metrics { numbers, oldest_at, ..last_told(&third, None) }));
        }
    }

    async fn the_same_reading_again_changes_nothing(world: World) {
        let store = &world.store;
        live(store, "p", &link(store, "u", "a").await).await;
        let (first, second) = (snapshot(5, SOME), snapshot(15, Numbers { likes: Some(9), ..SOME }));
        record(store, "p", &reading(first, None)).await;
        record(store, "p", &reading(second, None)).await;
        let kept = history(store, "u", "p").await;
        record(store, "p", &reading(second, None)).await;
        record(store, "p", &reading(first, None)).await;
        assert_eq!(history(store, "u", "p").await, kept, "an old one that comes late takes nothing back");

        let other = Snapshot { taken_at: second.taken_at + MINUTE, numbers: Numbers { likes: Some(10), ..SOME }, ..second };
        record(store, "p", &reading(other, None)).await;
        let kept = history(store, "u", "p").await.unwrap();
        assert_eq!(kept.snapshots, [first, second], "one reading of a planned age is enough");
        assert_eq!(kept.metrics.unwrap().numbers.likes, Some(9), "and every number is one of a reading that is kept");
    }

    async fn a_rate_is_made_of_one_reading(world: World) {
        let store = &world.store;
        live(store, "p", &link(store, "u", "a").await).await;
        let told = |minutes, interactions, reach| {
            snapshot(minutes, Numbers { total_interactions: interactions, reach, likes: Some(1), ..Numbers::default() })
        };
        record(store, "p", &reading(told(5, None, Some(10)), None)).await;
        assert_eq!(history(store, "u", "p").await.unwrap().metrics.unwrap().rated, None);
        let both = told(15, Some(20), Some(100));
        for one in [both, told(30, None, Some(1_000)), told(60, Some(30), None), told(180, None, None)] {
            record(store, "p", &reading(one, None)).await;
        }
        let kept = history(store, "u", "p").await.unwrap();
        let metrics = kept.metrics.unwrap();
        assert_eq!((metrics.numbers.total_interactions, metrics.numbers.reach), (Some(30), Some(1_000)));
        assert_eq!(metrics.rated, Some(Rated { interactions: 20, reach: 100, told_at: both.taken_at }));
        assert_eq!(kept.may_still_grow(), Some(true));
    }

    async fn a_failure_is_remembered_and_never_again_means_never(world: World) {
        let store = &world.store;
        live(store, "p", &link(store, "u", "a").await).await;
        record(store, "p", &reading(snapshot(5, SOME), None)).await;
        let failed = Collection { next_at: Some(T + HOUR), failures: 3, missing_since: Some(T + MINUTE), gone_at: None };
        record(store, "p", &Reading { collection: failed, ..Reading::default() }).await;
        assert_eq!(store.take_due(T + HOUR, 9).await.unwrap()[0].collection, failed);
        assert_eq!(history(store, "u", "p").await.unwrap().snapshots.len(), 1, "nothing else is stored of it");

        let gone = Collection { next_at: None, gone_at: Some(T + HOUR), ..failed };
        let told = Reading { collection: gone, entries: vec![entry("p", "gone")], snapshot: None };
        record(store, "p", &told).await;
        record(store, "p", &told).await;
        assert!(taken(store, 999_999, 9).await.is_empty());
        assert_eq!(history(store, "u", "p").await.unwrap().collection, gone);
        let entries = timeline(store, &user("u"), &PostId::new("p")).await;
        assert_eq!(entries.iter().filter(|entry| entry.step == "gone").count(), 1);
    }

    async fn what_was_never_live_is_not_read(world: World) {
        let store = &world.store;
        due_post(store, "p", &link(store, "u", "a").await).await;
        record(store, "p", &reading(snapshot(5, SOME), Some(T))).await;
        let kept = history(store, "u", "p").await.unwrap();
        assert_eq!((kept.receipt, kept.metrics, kept.snapshots.len()), (None, None, 0));
        assert_eq!(kept.collection, Collection::default());
        assert!(taken(store, 99, 9).await.is_empty());
    }

    async fn posts_without_an_id_are_read_too_those_without_a_living_connection_an_hour_after_it_lives_again(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        due_post(store, "p", &connection).await;
        request(store, "p", "17").await;
        store.record_published(&PostId::new("p"), &receipt("17", None, ConfirmedBy::Status), &[]).await.unwrap();
        assert_eq!(store.take_due(T + HOUR, 9).await.unwrap().remove(0).receipt.media, None, "so that it is looked for");

        let told = receipt("17", Some("m"), ConfirmedBy::Listing);
        store.record_published(&PostId::new("p"), &told, &[]).await.unwrap();
        assert_eq!(taken(store, 120, 9).await, ["p"]);
        store.disconnect(&user("u"), T).await.unwrap();
        assert!(taken(store, 600, 9).await.is_empty());
        assert_eq!(state(store, "p").await, CollectionState::Paused);
        link(store, "u", "a").await;
        assert_eq!(state(store, "p").await, CollectionState::Collecting);
        assert!(taken(store, 659, 9).await.is_empty());
        assert_eq!(taken(store, 660, 9).await, ["p"]);
    }

    async fn what_waited_for_a_connection_comes_back_one_after_the_other(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for n in 0..9 {
            live(store, &format!("p{n}"), &connection).await;
        }
        store.disconnect(&user("u"), T).await.unwrap();
        assert!(taken(store, 600, 9).await.is_empty());
        link(store, "u", "a").await;
        let later = T + MINUTE * 660;
        let mut at = Vec::new();
        for due in store.take_due(later + MINUTE * 30, 9).await.unwrap() {
            at.push(due.collection.next_at.unwrap());
        }
        assert_eq!(at.len(), 9);
        assert!(at[0] == later && at.windows(2).all(|pair| pair[0] < pair[1]), "{at:?}");
    }

    async fn what_is_too_old_is_not_waited_for(world: World) {
        let store = &world.store;
        live(store, "p", &link(store, "u", "a").await).await;
        store.disconnect(&user("u"), T).await.unwrap();
        let days = |days: u32| 24 * 60 * days;
        assert!(taken(store, days(90), 9).await.is_empty());
        assert_eq!(state(store, "p").await, CollectionState::Paused);
        assert!(taken(store, days(91), 9).await.is_empty());
        assert_eq!(state(store, "p").await, CollectionState::Ended);
    }

    async fn whether_others_of_the_account_were_read_counts_from_a_moment(world: World) {
        let store = &world.store;
        let (connection, other) = (link(store, "u", "a").await, link(store, "v", "b").await);
        for id in ["p", "q"] {
            live(store, id, &connection).await;
        }
        live(store, "r", &other).await;
        for (id, minutes) in [("p", 30), ("q", 15), ("r", 30)] {
            record(store, id, &reading(snapshot(minutes, SOME), None)).await;
        }
        let others_read = async |post: &str, minutes: u32| {
            store.others_read(&AccountId::new("a"), &PostId::new(post), T + MINUTE * minutes).await.unwrap()
        };
        assert!(others_read("p", 15).await);
        assert!(!others_read("p", 16).await, "its own reading does not count, nor another account's");
        assert!(others_read("q", 30).await);
    }

    async fn no_other_user_reads_it(world: World) {
        let store = &world.store;
        live(store, "p", &link(store, "u", "a").await).await;
        record(store, "p", &reading(snapshot(5, SOME), None)).await;
        assert_eq!(history(store, "v", "p").await, None);
        assert_eq!(history(store, "u", "none").await, None);
    }
}
