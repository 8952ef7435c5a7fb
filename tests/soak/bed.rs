//! What a run stands on: a database cluster of its own, a simulated Instagram in this process, posts.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_instagram_sim::Config;
use rats_tests::{Installation, pictures, postgres, seed};
use time::OffsetDateTime;
use tokio::task::block_in_place;
use tokio_postgres::Client;

use crate::{
    fault,
    plan::{GRACE, LEAD, LEASE, Plan, WITNESS_WINDOW},
    random::Random,
};

/// From the moment at which everything is stored until the first post is due.
const AHEAD: Duration = Duration::from_secs(3);

/// What a run stands on.
pub(crate) struct Bed {
    /// The database, which may be crashed: nobody else uses it.
    pub(crate) server: postgres::Server,
    /// Settings and the simulated Instagram.
    pub(crate) installation: Installation,
    /// When each post is due, by its number.
    pub(crate) due: Vec<OffsetDateTime>,
}

impl Bed {
    /// Starts the servers and stores the posts, due over the plan's span, on accounts that the seed chooses.
    pub(crate) async fn new(plan: &Plan) -> Self {
        let server = block_in_place(postgres::Server::start).expect("a cluster");
        let url = postgres::create(server.url(), "rats").await.expect("a database");
        let seconds = |span: Duration| span.as_secs().to_string();
        let settings = [
            ("PUBLIC_BASE_URL", pictures::serve()),
            ("LEASE", seconds(LEASE)),
            ("GRACE", seconds(GRACE)),
            ("WITNESS_WINDOW", seconds(WITNESS_WINDOW)),
            ("LEAD", seconds(LEAD)),
            ("PUBLISH_TIMEOUT", "6".to_owned()),
            ("ACCOUNT_REST", "2".to_owned()),
            ("DATABASE_POOL", "4".to_owned()),
        ];
        let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
        let config = Config {
            repeat: plan.repeat,
            latency: Duration::from_millis(60),
            processing: Duration::from_millis(300),
            remember_pictures: true,
            seed: plan.seed,
            ..Config::default()
        };
        let dir = tempfile::tempdir().expect("a directory");
        let installation = Installation::over(&url, dir, &settings, config).await;
        fault::slow_down(installation.simulator.state());
        if plan.faults {
            fault::switch_on(installation.simulator.state());
        }
        let due = fill(&installation, plan).await;
        Self { server, installation, due }
    }

    /// A connection to the database, once it answers.
    pub(crate) async fn client(&self) -> Client {
        let url = &self.installation.settings["DATABASE_URL"];
        for _ in 0..300 {
            if let Ok(client) = postgres::client(url).await {
                return client;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the database does not answer");
    }
}

async fn fill(installation: &Installation, plan: &Plan) -> Vec<OffsetDateTime> {
    let mut random = Random::new(plan.seed, 1);
    let begin = installation.clock.now() + AHEAD + Duration::from_millis(plan.posts as u64 * 3);
    let chosen: Vec<(usize, OffsetDateTime)> = (0..plan.posts)
        .map(|_| (random.below(plan.accounts), begin + random.between(Duration::ZERO, plan.span)))
        .collect();
    seed::fill(installation, (plan.accounts, plan.posts), LEAD, |number| chosen[number]).await;
    chosen.into_iter().map(|(_, at)| at).collect()
}
