//! A caller that goes away leaves no call half done.
//!
//! Callers are dropped on a current-thread runtime, which is what actix workers are.

use std::{future::Future, pin::pin, task::Poll, time::Duration};

use futures_util::FutureExt as _;
use rats_domain::{id::PostId, post::PostRepository, publication::PublicationQueue as _};
use rats_storage::Store;

use crate::{
    example::{MINUTE, draft, entry, link, post, scheduled, timeline, user},
    world::{Backend, World, promises, runtime},
};

promises! {
    async fn a_dropped_call_is_whole_or_did_not_happen(world: World) {
        let store = world.store.clone();
        let connection = link(&store, "u", "a").await;
        for polls in 0..60 {
            let id = format!("p{polls:02}");
            let (store, connection) = (store.clone(), connection.clone());
            let dropped = tokio::task::spawn_blocking(move || {
                let current_thread = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                current_thread.block_on(async {
                    let post = post(&id, "u");
                    let publication = draft(&post).after(scheduled(&connection)).unwrap();
                    let entries = [entry(&id, "one"), entry(&id, "two")];
                    // What was begun before the drop goes on; what is asked after it waits for its turn.
                    let _ = polled(polls % 12, store.add(&post, &publication, &entries, None)).await;
                    assert_whole(&store, &id).await;
                });
            });
            dropped.await.expect("no panic");
        }
        world.store.home().await.unwrap();
    }

    async fn callers_that_do_not_go_on_keep_nobody_waiting(world: World) {
        let store = &world.store;
        let mut begun: Vec<_> = (0..24).map(|_| store.claim_due(MINUTE, 1)).collect();
        for call in &mut begun {
            // More of them than there are connections wait for one now, and nobody asks how they are.
            let _ = call.now_or_never();
        }
        let another = tokio::time::timeout(Duration::from_secs(30), store.claim_due(MINUTE, 1)).await;
        another.expect("it has its turn").unwrap();
    }
}

/// Polls `call` at most so many times, letting others run in between, and drops it.
async fn polled<T>(times: usize, call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    for _ in 0..times {
        let polled = std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
        if let Poll::Ready(answer) = polled {
            return Some(answer);
        }
        tokio::task::yield_now().await;
    }
    None
}

async fn assert_whole(store: &Store, id: &str) {
    let id = PostId::new(id);
    for _ in 0..20 {
        // The claim writes to every row that the call writes to, so it sees all of it or nothing.
        let claimed = store.claim(&id, MINUTE).await.unwrap();
        let found = PostRepository::find(store, &user("u"), &id).await.unwrap();
        let entries = timeline(store, &user("u"), &id).await;
        if claimed.is_some() {
            assert!(found.is_some());
        }
        if found.is_some() {
            assert_eq!(entries.len(), 2);
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_store_without_a_runtime_needs_none() {
    use rats_storage::{DatabaseUrl, KeyRing, Options};

    let clock = runtime().block_on(World::new(Backend::Memory)).clock;
    let keys = KeyRing::parse(crate::world::KEY).unwrap();
    let claims = async {
        let store = Store::open(Options::new(DatabaseUrl::SqliteMemory, keys, clock)).await.unwrap();
        let connection = link(&store, "u", "a").await;
        crate::example::due_post(&store, "p", &connection).await;
        store.claim_due(MINUTE, 9).await.unwrap()
    };

    assert_eq!(claims.now_or_never().expect("it never waits").claims.len(), 1);
}
