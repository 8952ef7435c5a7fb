//! A town: people with accounts and posts, the processes that serve them, and the ledger by which those are judged.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use rats_application::{Ports, Settings, publish::PublishDue, refresh_tokens::RefreshTokens};
use rats_domain::{
    caption::Caption,
    clock::Clock as _,
    connection::{
        Begun, Connection, ConnectionRepository as _, Feature, MockConnectFlowRepository, PendingConnection, Token,
    },
    event::{MockEventRepository, MockMessageWriter},
    id::{AccountId, ConnectionId, PictureId, PostId, UserId},
    metrics::MockMetricsRepository,
    picture::{MockPictureFetcher, MockPictureFiles, MockPictureMaker, MockPictureRepository},
    post::{Origin, Post, PostRecord, PostRepository as _},
    publication::{Publication, Step},
    secret::Secret,
    user::{MockPasswordHasher, MockUserRepository},
};
use rats_instagram_sim::{Config, Credentials};
use rats_storage::{DatabaseUrl, KeyRing, Options, Store, StoreClock};
use time::OffsetDateTime;
use tokio::runtime::Handle;

use crate::{
    clock::{BEGIN, SkewedClock},
    executor::{Process, World},
    gate::Gates,
    graph::{Graph, Network},
    stored::Gated,
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
    accounts: u32,
    posts: u32,
}

/// The product's settings, at a known address. Nothing may depend on polling: the safety net is all but taken away.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::new("https://rats.example".parse().unwrap());
    settings.publish.safety_poll = Duration::from_hours(6);
    settings
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
            network: Network::new(&world, Config { seed, ..config }, settings.publish.grace),
            gates,
            world,
            store,
            store_clock,
            settings,
            clocks: BTreeMap::new(),
            accounts: 0,
            posts: 0,
        }
    }

    /// The wall clock of who has the right time.
    pub(crate) fn now(&self) -> OffsetDateTime {
        BEGIN + self.world.now()
    }

    /// A user with a new account.
    pub(crate) fn person(&mut self) -> Connection {
        self.accounts += 1;
        let user = UserId::new(format!("u{}", self.accounts));
        let made = self.network.instagram.make_accounts(1, self.now() - time::Duration::days(2)).remove(0);
        self.link(&user, &made)
    }

    /// Instagram issues another token for an account.
    pub(crate) fn new_token(&self, account: &AccountId) -> Credentials {
        let instagram = &self.network.instagram;
        let made = (1..).find_map(|number| {
            let username = format!("account.{number}");
            let found = instagram.account(&username)?;
            (found.id.to_string() == account.as_str()).then(|| instagram.token_for(&username, self.now()))?
        });
        made.expect("an account that was made")
    }

    /// The user links an account, anew or again.
    pub(crate) fn link(&self, user: &UserId, made: &Credentials) -> Connection {
        // Old enough to be refreshed.
        let at = self.store_clock.now();
        let issued_at = at - time::Duration::days(2);
        let pending = PendingConnection {
            user: user.clone(),
            account: AccountId::new(made.ig_user_id.to_string()),
            app_scoped_id: "9".into(),
            username: "anna".into(),
            features: vec![Feature::Basic, Feature::Publish, Feature::Insights],
            token: Token {
                secret: Secret::new(&made.token),
                issued_at,
                expires_at: issued_at + time::Duration::days(60),
            },
            begun: Begun { at, address: "192.0.2.1".into(), browser: "Firefox".into() },
            expires_at: at + time::Duration::minutes(10),
        };
        let id = ConnectionId::new(format!("c-{user}-{}", made.ig_user_id));
        self.gates.wait(self.store.activate(&id, &pending, at)).unwrap()
    }

    /// A post of the person's, to be live after `after`.
    pub(crate) fn post(&mut self, connection: &Connection, after: Duration) -> Post {
        self.posts += 1;
        let text = format!("Happy birthday number {}!", self.posts);
        self.post_saying(connection, after, &text)
    }

    /// The same with a text of its own.
    pub(crate) fn post_saying(&mut self, connection: &Connection, after: Duration, text: &str) -> Post {
        self.posts += 1;
        let at = self.store_clock.now();
        let publish_at = at + after;
        let post = Post {
            id: PostId::new(format!("p{:03}", self.posts)),
            user: connection.user.clone(),
            event: None,
            caption: Caption::stored(text.into()),
            picture: PictureId::new("picture"),
            origin: Origin::Scheduled,
            scheduled_for: Some(publish_at),
            created_at: at,
            updated_at: at,
        };
        let scheduled = Step::Scheduled {
            connection: connection.id.clone(),
            account: connection.account.clone(),
            publish_at,
            due_at: (publish_at - self.settings.publish.lead).max(at),
            useless_after: publish_at + self.settings.publish.useless_after,
            content_changed: false,
        };
        let publication = Publication::draft(post.id.clone(), post.user.clone()).after(scheduled).unwrap();
        self.gates.wait(self.store.add(&post, &publication, &[], None)).unwrap();
        post
    }

    /// The most that the store's clock ever was off Instagram's.
    pub(crate) fn furthest_off(&self) -> time::Duration {
        self.store_clock.furthest_off()
    }

    pub(crate) fn find(&self, post: &Post) -> PostRecord {
        self.gates
            .wait(rats_domain::post::PostRepository::find(&self.store, &post.user, &post.id))
            .unwrap()
            .expect("a post is never lost")
    }

    /// What its person would read of a post, for a test that fails.
    pub(crate) fn story(&self, post: &Post) -> Vec<String> {
        let record = self.find(post);
        let entries = self.gates.wait(self.store.timeline(&post.user, &post.id)).unwrap();
        let told = entries.into_iter().map(|entry| {
            format!("{} {} {} {:?}/{:?}", entry.at - BEGIN, entry.step, entry.message, entry.code, entry.subcode)
        });
        let is = format!("{} is {:?}", post.id, record.publication);
        told.chain([is]).collect()
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

    /// The clock of a process.
    pub(crate) fn clock(&mut self, process: Process) -> &SkewedClock {
        let world = &self.world;
        self.clocks.entry(process).or_insert_with(|| SkewedClock::new(world, time::Duration::ZERO))
    }

    pub(crate) fn ports(&mut self, process: Process) -> Arc<Ports> {
        let gate = self.gates.of(process);
        let stored = Arc::new(Gated { store: self.store.clone(), gate: gate.clone() });
        let graph = Arc::new(Graph { network: self.network.clone(), gate });
        Arc::new(Ports {
            clock: Arc::new(self.clock(process).clone()),
            random: Arc::new(self.world.clone()),
            users: Arc::new(MockUserRepository::new()),
            passwords: Arc::new(MockPasswordHasher::new()),
            flows: Arc::new(MockConnectFlowRepository::new()),
            connections: stored.clone(),
            events: Arc::new(MockEventRepository::new()),
            writer: Arc::new(MockMessageWriter::new()),
            pictures: Arc::new(MockPictureRepository::new()),
            files: Arc::new(MockPictureFiles::new()),
            maker: Arc::new(MockPictureMaker::new()),
            fetcher: Arc::new(MockPictureFetcher::new()),
            posts: stored.clone(),
            history: stored.clone(),
            queue: stored,
            metrics: Arc::new(MockMetricsRepository::new()),
            authorizer: graph.clone(),
            publisher: graph.clone(),
            reader: graph,
            settings: self.settings.clone(),
        })
    }
}
