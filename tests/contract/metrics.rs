//! `MetricsRepository`.

use rats_domain::{
    connection::{Connection, ConnectionRepository as _},
    id::PostId,
    metrics::{Metrics, MetricsRepository as _},
    publication::PublicationQueue as _,
    receipt::ConfirmedBy,
};
use rats_storage::Store;

use crate::{
    example::{HOUR, MINUTE, due_post, link, receipt, request, user},
    world::{T, promises},
};

/// A post that is live as `m-{id}`.
async fn live(store: &Store, id: &str, connection: &Connection) {
    due_post(store, id, connection).await;
    request(store, id, &format!("17-{id}")).await;
    let told = receipt(&format!("17-{id}"), Some(&format!("m-{id}")), ConfirmedBy::Answer);
    store.record_published(&PostId::new(id), &told, &[]).await.unwrap();
}

async fn taken(store: &Store, minutes: u32, limit: usize) -> Vec<String> {
    let due = store.take_due(T + MINUTE * minutes, limit).await.unwrap();
    due.into_iter().map(|due| due.post.as_str().to_owned()).collect()
}

promises! {
    async fn what_is_live_is_read_and_put_off_for_five_minutes(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        live(store, "p", &connection).await;

        assert!(taken(store, 0, 9).await.is_empty());
        let due = store.take_due(T + MINUTE, 9).await.unwrap().remove(0);
        assert_eq!((due.post.as_str(), due.user.as_str(), due.account.as_str()), ("p", "u", "a"));
        assert_eq!((due.connection, due.receipt), (connection.id, receipt("17-p", Some("m-p"), ConfirmedBy::Answer)));
        assert!(taken(store, 5, 9).await.is_empty());
        assert_eq!(rats_domain::metrics::MetricsRepository::next_due(store).await.unwrap(), Some(T + MINUTE * 6));
        assert_eq!(taken(store, 6, 9).await, ["p"]);
    }

    async fn the_oldest_due_comes_first(world: World) {
        let store = &world.store;
        for (n, minutes) in [(1, 30), (2, 10), (3, 20)] {
            let connection = link(store, &format!("u{n}"), &format!("a{n}")).await;
            live(store, &format!("p{n}"), &connection).await;
            let next = Some(T + MINUTE * minutes);
            rats_domain::metrics::MetricsRepository::record(store, &PostId::new(format!("p{n}")), None, next).await.unwrap();
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

    async fn numbers_are_kept_and_never_again_means_never(world: World) {
        let store = &world.store;
        live(store, "p", &link(store, "u", "a").await).await;
        let id = PostId::new("p");
        let find = async || rats_domain::metrics::MetricsRepository::find(store, &id).await.unwrap();
        let record = async |metrics: Option<&Metrics>, next| {
            rats_domain::metrics::MetricsRepository::record(store, &id, metrics, next).await.unwrap();
        };
        assert_eq!(find().await, None, "never read");
        let read = Metrics { likes: Some(1), reach: Some(u64::from(u32::MAX) * 9), measured_at: Some(T), ..Metrics::default() };
        record(Some(&read), Some(T + HOUR)).await;
        assert_eq!(find().await, Some(read.clone()), "what was not reported is none");

        record(None, None).await;
        assert_eq!(find().await, Some(read));
        assert!(taken(store, 9_999, 9).await.is_empty());
        assert_eq!(rats_domain::metrics::MetricsRepository::next_due(store).await.unwrap(), None);
    }

    async fn posts_without_an_id_are_read_too_those_without_a_living_connection_are_not(world: World) {
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
        assert_eq!(rats_domain::metrics::MetricsRepository::next_due(store).await.unwrap(), None);
    }
}
