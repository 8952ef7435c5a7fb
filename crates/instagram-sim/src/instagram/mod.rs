//! The state machine of a simulated Instagram: no I/O, no HTTP, and no time but the `now` that each call is given.
//!
//! Equal seeds and equal calls give equal answers, so a deterministic simulation can use it in process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use url::Url;

mod access;
mod account;
mod caption;
mod container;
mod engagement;
mod failure;
mod fault;
mod id;
mod ledger;
mod listing;
mod media;
mod oauth;
mod picture;
mod publish;
mod quota;
mod random;
pub(crate) mod refusal;
mod scope;
mod token;

pub use access::{Answer, Target, Usage};
pub use account::{Account, AccountType, Credentials};
pub use container::{ContainerStatus, ContainerView, NewContainer};
pub use engagement::{AccountEngagement, Engagement};
pub use failure::{Failure, GraphError, Kind};
pub use fault::{Fault, FaultRule};
pub use id::{AccountId, ContainerId, MediaId};
pub use ledger::{Ledger, LedgerContainer, LedgerMedia};
pub use listing::{Page, PageRequest};
pub use media::MediaView;
pub use oauth::{AuthorizeError, AuthorizeRequest, OAuthRefusal, ShortToken};
pub use picture::Picture;
pub use publish::PublishDelay;
pub use scope::{Call, SCOPES};
pub use token::LongToken;

pub(crate) use container::status_text;
pub(crate) use scope::BASIC;

use crate::Config;
use account::demo_accounts;
use container::Container;
use media::Media;
use oauth::Code;
use random::Random;
use token::Token;

/// A simulated Instagram without its HTTP: accounts, tokens, containers, media, faults and the ledger.
#[derive(Debug)]
pub struct Instagram {
    config: Config,
    base_url: Url,
    world: Mutex<World>,
    version: AtomicU64,
}

impl Instagram {
    /// A fresh one with the demo accounts; `base_url` is what permalinks and picture addresses begin with.
    #[must_use]
    pub fn new(config: Config, base_url: Url) -> Self {
        let world = Mutex::new(World::new(config.seed));
        Self { config, base_url, world, version: AtomicU64::new(0) }
    }

    /// How it was set up.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What permalinks and picture addresses begin with.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Forgets everything but the demo accounts; the faults too.
    pub fn reset(&self) {
        let fresh = World::new(self.config.seed);
        self.change(|world| *world = fresh);
    }

    /// Switches a fault on.
    pub fn add_fault(&self, rule: FaultRule) {
        self.change(|world| world.faults.push(rule));
    }

    /// Switches every fault off.
    pub fn clear_faults(&self) {
        self.change(|world| world.faults.clear());
    }

    /// The faults that are switched on.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultRule> {
        self.world().faults.clone()
    }

    /// Whether insights do not know this metric any more.
    #[must_use]
    pub fn is_retired(&self, name: &str) -> bool {
        self.world().faults.iter().any(|rule| matches!(&rule.fault, Fault::MetricRetired { metric } if metric == name))
    }

    /// Grows with every change, so that whoever stores the state knows when to.
    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// The whole state as JSON, and its pictures by name.
    pub(crate) fn snapshot(&self) -> Result<(Vec<u8>, Vec<Picture>), serde_json::Error> {
        let world = self.world();
        Ok((serde_json::to_vec(&*world)?, world.pictures.values().cloned().collect()))
    }

    /// Takes a stored state over; `jpeg` finds a picture's bytes by its name.
    pub(crate) fn restore(&self, json: &[u8], jpeg: impl Fn(&str) -> Option<Vec<u8>>) -> Result<(), serde_json::Error> {
        let mut stored: World = serde_json::from_slice(json)?;
        for (name, picture) in &mut stored.pictures {
            picture.jpeg = jpeg(name).unwrap_or_default().into();
        }
        self.change(|world| *world = stored);
        Ok(())
    }

    /// What was made since the state was stored is lost with its process, and so is its id, which somebody may have been told: it is nobody else's.
    pub(crate) fn skip_lost_ids(&self) {
        self.change(|world| {
            let last = world.containers.last_key_value().map_or(id::CONTAINER_BASE, |(id, _)| id.0);
            world.containers_from = last.max(world.containers_from) + LOST;
        });
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let done = work(&mut self.world());
        self.version.fetch_add(1, Ordering::AcqRel);
        done
    }
}

/// More containers than are ever made before the state is stored again.
const LOST: u64 = 1_000_000;

/// Everything that changes.
#[derive(Debug, Serialize, Deserialize)]
struct World {
    random: Random,
    accounts: BTreeMap<AccountId, Account>,
    codes: BTreeMap<String, Code>,
    tokens: BTreeMap<String, Token>,
    containers: BTreeMap<ContainerId, Container>,
    /// After this number the next container's id comes, where none has a higher one.
    #[serde(default)]
    containers_from: u64,
    media: BTreeMap<MediaId, Media>,
    shortcodes: BTreeMap<String, MediaId>,
    pictures: BTreeMap<String, Picture>,
    faults: Vec<FaultRule>,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            accounts: demo_accounts().into_iter().map(|account| (account.id, account)).collect(),
            codes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            containers: BTreeMap::new(),
            containers_from: 0,
            media: BTreeMap::new(),
            shortcodes: BTreeMap::new(),
            pictures: BTreeMap::new(),
            faults: Vec::new(),
        }
    }
}
