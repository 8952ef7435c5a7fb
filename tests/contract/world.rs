//! Where a promise is tried: a store on one of the backends, and a clock that only the test turns.

use std::{
    future::Future,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use rats_domain::{
    clock::{Clock, Monotonic},
    secret::Secret,
};
use rats_storage::{DatabaseUrl, KeyRing, Options, Store, StoreClock};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use tokio::runtime::{Handle, Runtime};

/// When every test begins.
pub(crate) const T: OffsetDateTime = datetime!(2026-11-24 10:00 UTC);

/// A key for tests.
pub(crate) const KEY: &str = "k1:n3pP0rC5xG0wq1mB0mYy8mH3sJm2c3Uj1kq9Wf0Q7dE=";

/// Which adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Memory,
    File,
    Postgres,
}

/// A store and what belongs to it.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) url: DatabaseUrl,
    pub(crate) folder: TempDir,
}

/// A clock that only the test turns.
pub(crate) struct TestClock {
    now: Mutex<OffsetDateTime>,
    jumped: Mutex<Duration>,
}

impl TestClock {
    pub(crate) fn turn(&self, by: Duration) {
        *self.now.lock().unwrap() += by;
    }

    /// Somebody sets it forward; the monotonic clock does not follow.
    pub(crate) fn jump(&self, by: Duration) {
        self.turn(by);
        *self.jumped.lock().unwrap() += by;
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        *self.now.lock().unwrap()
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic::from_start((self.now() - T).unsigned_abs().saturating_sub(*self.jumped.lock().unwrap()))
    }

    async fn sleep_until(&self, _: Monotonic) {
        std::future::pending::<()>().await;
    }
}

impl World {
    pub(crate) async fn new(backend: Backend) -> Self {
        let folder = TempDir::new().unwrap();
        let url = match backend {
            Backend::Memory => DatabaseUrl::SqliteMemory,
            Backend::File => DatabaseUrl::SqliteFile(folder.path().join("rats.db")),
            Backend::Postgres => {
                DatabaseUrl::Postgres(Secret::new(rats_tests::postgres::database().await.expect("PostgreSQL")))
            }
        };
        let clock = Arc::new(TestClock { now: Mutex::new(T), jumped: Mutex::default() });
        let store = Store::open(options(&url, clock.clone(), KEY)).await.expect("the store opens");
        Self { store, clock, url, folder }
    }

    /// The database's files, for reading raw.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

/// How a test opens a store: on the shared runtime, with its own clock everywhere.
pub(crate) fn options(url: &DatabaseUrl, clock: Arc<TestClock>, keys: &str) -> Options {
    Options {
        store_clock: StoreClock::Given,
        runtime: Some(runtime().clone()),
        pool_size: 4,
        ..Options::new(url.clone(), KeyRing::parse(keys).unwrap(), clock)
    }
}

/// The runtime on which stores run their calls.
pub(crate) fn runtime() -> &'static Handle {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
        })
        .handle()
}

/// Tries a promise on a backend.
pub(crate) fn try_on<F: Future<Output = ()>>(backend: Backend, promise: impl FnOnce(World) -> F) {
    runtime().block_on(async { promise(World::new(backend).await).await });
}

/// Makes one test per backend of each promise: `post::no_other_user_finds_it::on_postgres`.
macro_rules! promises {
    ($(async fn $name:ident($world:ident: World) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "each promise uses what it needs")]
            use super::*;

            async fn promise($world: $crate::world::World) $body

            #[test]
            fn on_sqlite_in_memory() {
                $crate::world::try_on($crate::world::Backend::Memory, promise);
            }

            #[test]
            fn on_a_sqlite_file() {
                $crate::world::try_on($crate::world::Backend::File, promise);
            }

            #[test]
            fn on_postgres() {
                $crate::world::try_on($crate::world::Backend::Postgres, promise);
            }
        }
    )*};
}

pub(crate) use promises;
