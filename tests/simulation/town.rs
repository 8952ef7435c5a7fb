//! A town: people with accounts and posts, the processes that serve them, and the ledger by which those are judged.

mod account;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use rats_application::{
    Ports, Settings,
    collect_metrics::CollectMetrics,
    publish::{PublishDue, RunPost},
    refresh_tokens::RefreshTokens,
};
use rats_domain::{
    connection::MockConnectFlowRepository,
    event::{MockEventRepository, MockMessageWriter},
    id::{AccountId, MediaId},
    occurrence::{MockEventAgenda, MockOccurrenceRepository},
    picture::{MockPictureFetcher, MockPictureFiles, MockPictureMaker, MockPictureRepository},
    post::{Post, PostRecord, PostRepository as _},
    preference::MockPreferenceRepository,
    publication::PublicationQueue,
    session::MockSessionRepository,
    timeline::Entry,
    user::{MockPasswordHasher, MockUserRepository},
};
use rats_instagram_sim::{Config, Repeat};
use rats_storage::{DatabaseUrl, KeyRing, Options, Store, StoreClock};
use time::OffsetDateTime;
use tokio::runtime::Handle;

use crate::{
    clock::{BEGIN, SkewedClock},
    executor::{Process, World},
    gate::Gates,
    graph::{Graph, Network},
    people::Promises,
    stored::{Gated, Watch},
};

const KEY: &str = "k1:n3pP0rC5xG0wq1mB0mYy8mH3sJm2c3Uj1kq9Wf0Q7dE=";

/// Everything there is.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) gates: Gates,
    pub(crate) network: Arc<Network>,
    pub(crate) store: Store,
    pub(crate) store_clock: SkewedClock,
    pub(crate) settings: Settings,
    clocks: BTreeMap<Process, SkewedClock>,
    watch: Watch,
    /// What people were told.
    pub(crate) promises: Promises,
    /// What was posted without us.
    pub(crate) by_hand: Vec<ByHand>,
    accounts: u32,
    posts: u32,
}

/// A media that the account's owner made in the Instagram app.
#[derive(Debug)]
pub(crate) struct ByHand {
    pub(crate) account: AccountId,
    pub(crate) text: String,
    pub(crate) media: MediaId,
}

/// An Instagram that would publish a container twice.
pub(crate) fn hostile() -> Config {
    Config { repeat: Repeat::Hostile, ..Config::default() }
}

/// The product's settings, at a known address. Nothing may depend on polling: the safety net is all but taken away.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::new("https://rats.example".parse().unwrap());
    settings.publish.safety_poll = Duration::from_hours(6);
    settings
}

impl Drop for Town {
    fn drop(&mut self) {
        self.world.end();
    }
}

impl Town {
    /// On a database of its own, SQLite in memory.
    pub(crate) fn new(seed: u64, config: Config, settings: Settings) -> Self {
        Self::on(&DatabaseUrl::SqliteMemory, None, seed, config, settings)
    }

    /// On an empty database; on PostgreSQL calls run on `runtime`.
    pub(crate) fn on(
        url: &DatabaseUrl,
        runtime: Option<Handle>,
        seed: u64,
        config: Config,
        settings: Settings,
    ) -> Self {
        let world = World::new(seed);
        let store_clock = SkewedClock::new(&world, time::Duration::ZERO);
        let keys = KeyRing::parse(KEY).unwrap();
        let options = Options {
            store_clock: StoreClock::Given,
            pool_size: 2,
            runtime: runtime.clone(),
            ..Options::new(url.clone(), keys, Arc::new(store_clock.clone()))
        };
        let gates = Gates::new(&world, runtime);
        let store = gates.wait(Store::open(options)).unwrap();
        Self {
            watch: Watch::new(&world),
            network: Network::new(&world, Config { seed, ..config }, settings.publish.grace),
            gates,
            world,
            store,
            store_clock,
            settings,
            clocks: BTreeMap::new(),
            promises: Promises::default(),
            by_hand: Vec::new(),
            accounts: 0,
            posts: 0,
        }
    }

    /// The wall clock of who has the right time.
    pub(crate) fn now(&self) -> OffsetDateTime {
        BEGIN + self.world.now()
    }

    /// The most that the store's clock ever was off Instagram's.
    pub(crate) fn furthest_off(&self) -> time::Duration {
        self.store_clock.furthest_off()
    }

    pub(crate) fn find(&self, post: &Post) -> PostRecord {
        self.found(post).expect("a post is never lost")
    }

    /// None where it was removed.
    pub(crate) fn found(&self, post: &Post) -> Option<PostRecord> {
        self.gates.wait(rats_domain::post::PostRepository::find(&self.store, &post.user, &post.id)).unwrap()
    }

    /// The containers that the post ever had.
    pub(crate) fn containers(&self, post: &Post) -> Vec<String> {
        let containers =
            self.gates.wait(PublicationQueue::containers(&self.store, &post.id, OffsetDateTime::UNIX_EPOCH)).unwrap();
        containers.iter().map(|id| id.as_str().to_owned()).collect()
    }

    /// What its person would read of a post, for a test that fails.
    pub(crate) fn story(&self, post: &Post) -> Vec<String> {
        let record = self.find(post);
        let told = self.timeline(post).into_iter().map(|entry| {
            format!("{} {} {} {:?}/{:?}", entry.at - BEGIN, entry.step, entry.message, entry.code, entry.subcode)
        });
        let is = format!("{} is {:?}", post.id, record.publication);
        told.chain([is]).collect()
    }

    pub(crate) fn timeline(&self, post: &Post) -> Vec<Entry> {
        let found = self.gates.wait(self.store.find_with_timeline(&post.user, &post.id)).unwrap();
        found.map(|(_, timeline)| timeline).unwrap_or_default()
    }

    /// Starts a scheduler process; its clock is off by what it was when the process last ran.
    pub(crate) fn start(&mut self, process: Process) {
        let ports = self.ports(process);
        let publish = PublishDue::new(ports.clone());
        self.world.spawn(process, async move { publish.run(std::future::pending()).await });
        let (world, refresh) = (self.world.clone(), RefreshTokens(ports));
        self.world.spawn(process, async move {
            loop {
                let _ = refresh.run().await;
                world.sleep(Duration::from_hours(1)).await;
            }
        });
    }

    /// Starts what reads numbers, and looks for ids that Instagram did not tell, in a scheduler process.
    pub(crate) fn start_collecting(&mut self, process: Process) {
        let (world, collect) = (self.world.clone(), CollectMetrics::new(self.ports(process)));
        self.world.spawn(process, async move {
            loop {
                let _ = collect.run().await;
                world.sleep(Duration::from_hours(4)).await;
            }
        });
    }

    /// What somebody is answered in a process, within a minute.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        process: Process,
        question: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let answer = Arc::new(Mutex::new(None));
        let told = answer.clone();
        self.world.spawn(process, async move { *told.lock().unwrap() = Some(question.await) });
        let is_told = || answer.lock().unwrap().is_some();
        let end = self.world.now() + Duration::from_mins(1);
        assert!(self.world.run_while(end, is_told), "no answer within a minute");
        answer.lock().unwrap().take().unwrap()
    }

    /// Starts the run of one post in the process that took the request.
    pub(crate) fn run_post(&mut self, process: Process, post: &Post) {
        let run = RunPost::new(self.ports(process));
        let (user, id) = (post.user.clone(), post.id.clone());
        self.world.spawn(process, async move { drop(run.run(&user, &id, std::future::pending()).await) });
    }

    /// The clock of a process.
    pub(crate) fn clock(&mut self, process: Process) -> &SkewedClock {
        let world = &self.world;
        self.clocks.entry(process).or_insert_with(|| SkewedClock::new(world, time::Duration::ZERO))
    }

    pub(crate) fn ports(&mut self, process: Process) -> Arc<Ports> {
        let gate = self.gates.of(process);
        let stored = Arc::new(Gated { store: self.store.clone(), gate: gate.clone(), watch: self.watch.clone() });
        let graph = Arc::new(Graph { network: self.network.clone(), gate });
        Arc::new(Ports {
            clock: Arc::new(self.clock(process).clone()),
            random: Arc::new(self.world.clone()),
            users: Arc::new(MockUserRepository::new()),
            passwords: Arc::new(MockPasswordHasher::new()),
            sessions: Arc::new(MockSessionRepository::new()),
            flows: Arc::new(MockConnectFlowRepository::new()),
            connections: stored.clone(),
            events: Arc::new(MockEventRepository::new()),
            agenda: Arc::new(MockEventAgenda::new()),
            occurrences: Arc::new(MockOccurrenceRepository::new()),
            preferences: Arc::new(MockPreferenceRepository::new()),
            writer: Arc::new(MockMessageWriter::new()),
            pictures: Arc::new(MockPictureRepository::new()),
            files: Arc::new(MockPictureFiles::new()),
            maker: Arc::new(MockPictureMaker::new()),
            fetcher: Arc::new(MockPictureFetcher::new()),
            posts: stored.clone(),
            history: stored.clone(),
            queue: stored.clone(),
            metrics: stored.clone(),
            account_metrics: stored,
            analytics: Arc::new(self.store.clone()),
            authorizer: graph.clone(),
            publisher: graph.clone(),
            reader: graph,
            settings: self.settings.clone(),
        })
    }
}
