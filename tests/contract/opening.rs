//! Opening, readiness, heartbeats, rotation.

use std::time::Duration;

use futures_util::FutureExt as _;
use rats_domain::{
    connection::ConnectionRepository as _,
    post::{PostRecord, PostRepository as _},
    publication::PublicationQueue as _,
};
use rats_storage::{DatabaseUrl, OpenError, Options, Role, Store};

use crate::{
    example::{self, HOUR, MINUTE, due_post, link, token, user},
    world::{Backend, KEY, T, World, options, promises, try_on},
};

promises! {
    async fn a_heartbeat_knows_where_the_database_lives(world: World) {
        world.clock.turn(MINUTE);
        let first = world.store.heartbeat(Role::Worker).await.unwrap();
        world.clock.turn(MINUTE);
        let second = world.store.heartbeat(Role::Worker).await.unwrap();

        assert_eq!((first.last, second.last), (T, T + MINUTE), "it was opened at first");
        assert!(first.is_known() && second.is_known());
        assert_eq!((second.place, second.generation), (first.place, 1));
    }

    async fn sec_16_keys_are_rotated_without_a_break(world: World) {
        let World { store, clock, url, folder: _folder } = world;
        let is_memory = url == DatabaseUrl::SqliteMemory;
        for n in 0..3 {
            link(&store, &format!("u{n}"), &format!("a{n}")).await;
        }
        assert_eq!(store.reencrypt(9).await.unwrap(), 0);
        if is_memory {
            return; // It ends with the store.
        }
        let new = "k2:QfP0rC5xG0wq1mB0mYy8mH3sJm2c3Uj1kq9Wf0Q7dXE=";
        drop(store);
        let both = Store::open(options(&url, clock.clone(), &format!("{new},{KEY}"))).await.unwrap();
        assert!(both.find_by_user(&user("u0")).await.unwrap().is_some(), "what is old is read");
        link(&both, "u3", "a3").await;
        assert_eq!([both.reencrypt(2).await.unwrap(), both.reencrypt(2).await.unwrap()], [2, 1]);
        assert_eq!(both.reencrypt(2).await.unwrap(), 0);
        drop(both);

        let store = Store::open(options(&url, clock, new)).await.unwrap();
        for n in 0..4 {
            let found = store.find_by_user(&user(&format!("u{n}"))).await.unwrap().unwrap();
            assert_eq!(found.token, Some(token("IGAA-secret-token")));
        }
    }
}

#[test]
fn a_sqlite_file_serves_one_process() {
    try_on(Backend::File, async |world| {
        let second = Store::open(options(&world.url, world.clock.clone(), KEY)).await;

        let Err(error @ OpenError::InUse(_)) = second else { panic!("it was opened twice") };
        assert!(error.to_string().contains("PostgreSQL"), "{error}");
        drop(world.store);
        Store::open(options(&world.url, world.clock.clone(), KEY)).await.expect("the first is gone");
    });
}

#[test]
fn another_home_is_noticed_and_not_overwritten() {
    try_on(Backend::File, async |world| {
        world.store.heartbeat(Role::Worker).await.unwrap();
        let copy = world.folder.path().join("copy.db");
        drop(world.store);
        std::fs::copy(world.folder.path().join("rats.db"), &copy).unwrap();
        world.clock.turn(crate::example::HOUR);
        let store = Store::open(options(&DatabaseUrl::SqliteFile(copy), world.clock.clone(), KEY)).await.unwrap();

        for _ in 0..2 {
            let beat = store.heartbeat(Role::Worker).await.unwrap();
            assert!(!beat.is_known());
            assert_eq!(beat.last, T, "the time before the copy stays known");
        }
    });
}

/// A connection of the test's own.
pub(crate) async fn raw(url: &DatabaseUrl) -> tokio_postgres::Client {
    let DatabaseUrl::Postgres(url) = url else { panic!("not PostgreSQL") };
    rats_tests::postgres::client(url.expose()).await.unwrap()
}

#[test]
fn postgres_that_forgets_is_refused() {
    try_on(Backend::Postgres, async |world| {
        let client = raw(&world.url).await;
        let name: String = client.query_one("SELECT current_database()", &[]).await.unwrap().get(0);
        client.batch_execute(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await.unwrap();

        let refused = Store::open(options(&world.url, world.clock.clone(), KEY)).await;
        let Err(error @ OpenError::Forgetful(_)) = refused else { panic!("it was opened") };
        assert!(error.to_string().contains("synchronous_commit"), "{error}");
    });
}

#[test]
fn postgres_uses_its_own_clock_unless_told_otherwise() {
    try_on(Backend::Postgres, async |world| {
        let usual = Options {
            store_clock: rats_storage::StoreClock::Database,
            ..options(&world.url, world.clock.clone(), KEY)
        };
        let store = Store::open(usual).await.unwrap();

        let beat = store.home().await.unwrap();
        assert!((beat.now - T).abs() > time::Duration::seconds(1), "{}", beat.now);
    });
}

/// On one process's own wakes: PostgreSQL echoes them a moment later.
#[test]
fn a_waiter_is_not_woken_for_what_it_finds_by_itself_in_time() {
    try_on(Backend::File, async |world| {
        let World { store, clock, url, folder: _folder } = world;
        drop(store);
        let usual = options(&url, clock.clone(), KEY);
        let store = Store::open(Options { safety_poll: Some(Duration::from_secs(15)), ..usual }).await.unwrap();
        let connection = link(&store, "u", "a").await;
        store.next_due().await.unwrap();
        let is_woken = || store.changed().now_or_never().is_some();

        let draft = example::post("draft", "u");
        store.add(&draft, &example::draft(&draft), &[], None).await.unwrap();
        let later = example::post("later", "u");
        let publication = example::draft(&later).after(example::scheduled(&connection)).unwrap();
        store.add(&later, &publication.after(example::moved(T + HOUR)).unwrap(), &[], None).await.unwrap();
        assert!(!is_woken(), "neither a draft nor what is due in an hour wakes it");
        let near = due_post(&store, "near", &connection).await;
        assert!(is_woken());

        // A person moves what is being worked on: its lease hid the account's other posts.
        store.next_due().await.unwrap();
        let changed = PostRecord { publication: near.publication.after(example::moved(T + HOUR)).unwrap(), ..near };
        assert!(store.change(&changed, &[]).await.unwrap());
        assert!(is_woken());
    });
}

#[test]
fn a_waiter_in_another_process_is_woken() {
    try_on(Backend::Postgres, async |world| {
        let other = Store::open(options(&world.url, world.clock.clone(), KEY)).await.unwrap();
        let connection = link(&world.store, "u", "a").await;
        other.next_due().await.unwrap();
        due_post(&world.store, "p", &connection).await;

        other.changed().await;
        while other.next_due().await.unwrap().is_none() {
            other.changed().await;
        }
    });
}

#[test]
fn a_read_on_a_connection_that_breaks_is_repeated_once() {
    try_on(Backend::Postgres, async |world| {
        let connection = link(&world.store, "u", "a").await;
        let client = raw(&world.url).await;
        client.batch_execute("BEGIN; LOCK TABLE connection").await.unwrap();
        let blocked = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

        let interrupt = async {
            let watcher = raw(&world.url).await;
            while watcher.query(&format!("SELECT pg_terminate_backend(pid) {blocked}"), &[]).await.unwrap().is_empty() {
            }
            client.batch_execute("ROLLBACK").await.unwrap();
        };
        let (found, ()) = futures_util::join!(
            rats_domain::connection::ConnectionRepository::find(&world.store, &connection.id),
            interrupt
        );

        assert_eq!(found.unwrap().unwrap().id, connection.id);
    });
}

#[test]
fn a_test_that_waited_for_another_to_go_live_is_not_added() {
    use rats_domain::{
        id::EventId,
        post::{AddPostError, Origin, Post, PostRepository as _},
    };

    use crate::example::{draft, post, scheduled};

    try_on(Backend::Postgres, async |world| {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let test = |id: &str| Post { event: Some(EventId::new("e")), origin: Origin::Test, ..post(id, "u") };
        let add = async |post: Post| {
            let publication = draft(&post).after(scheduled(&connection)).unwrap();
            store.add(&post, &publication, &[], None).await
        };
        add(test("p1")).await.unwrap();
        let client = raw(&world.url).await;
        let at = crate::world::T.unix_timestamp() * 1_000_000;
        let settle = format!(
            "BEGIN; UPDATE publication SET test_of = NULL, stage = 'published', due_at = NULL WHERE post_id = 'p1'; \
             INSERT INTO receipt VALUES ('p1', 'a', '17', 'm', NULL, {at}, {at}, 'answer')"
        );
        client.batch_execute(&settle).await.unwrap();

        let commit = async {
            let watcher = raw(&world.url).await;
            let blocked =
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
            while watcher.query(blocked, &[]).await.unwrap().is_empty() {}
            client.batch_execute("COMMIT").await.unwrap();
        };
        let (added, ()) = futures_util::join!(add(test("p2")), commit);

        assert!(matches!(added, Err(AddPostError::TestUnsettled)), "{added:?}");
    });
}
