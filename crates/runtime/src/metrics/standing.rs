//! What is not counted as it happens but read when somebody looks: the database above all.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeMetric as _},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Unit,
};
use rats_domain::{
    clock::{Clock, Monotonic},
    connection::Health,
    publication::{RestCause, Stage},
    store::StoreError,
};
use rats_instagram_adapter::{Instagram, Usage};
use rats_storage::{Standing, Store};

use super::{flight::Flight, meters::Labels};

/// The database is asked at most so often,
const KEPT: Duration = Duration::from_secs(5);
/// and for at most one part in so many of the time, however much is open.
const SHARE: u32 = 20;
/// A page waits for so long for the database; its answer is on a later one.
const PATIENCE: Duration = Duration::from_secs(2);
/// What is older than this and not read anew is not shown any more: it may be wrong.
const STALE: Duration = Duration::from_mins(1);

/// Who knows how things stand.
#[async_trait]
pub(super) trait Source: Send + Sync {
    /// In the database.
    async fn standing(&self) -> Result<Standing, StoreError>;
    /// With Instagram's rate limits.
    fn usage(&self) -> Usage;
}

#[async_trait]
impl Source for (Store, Instagram) {
    async fn standing(&self) -> Result<Standing, StoreError> {
        self.0.standing().await
    }

    fn usage(&self) -> Usage {
        self.1.usage()
    }
}

/// The last look, kept for a while so that looking costs next to nothing however often it is done.
pub(super) struct Board {
    source: Arc<dyn Source>,
    clock: Arc<dyn Clock>,
    flight: Arc<Flight>,
    last: Mutex<Option<Look>>,
    looking: tokio::sync::Mutex<()>,
}

struct Look {
    /// `None` if the database could not be asked.
    standing: Option<Standing>,
    at: Monotonic,
    took: Duration,
}

impl Board {
    pub(super) fn new(source: Arc<dyn Source>, clock: Arc<dyn Clock>, flight: Arc<Flight>) -> Self {
        Self { source, clock, flight, last: Mutex::default(), looking: tokio::sync::Mutex::default() }
    }

    /// Looks anew if that was some time ago. A database that hangs holds nobody up, and is asked once at a time.
    pub(super) async fn refresh(self: &Arc<Self>) {
        if self.is_fresh() {
            return;
        }
        let board = self.clone();
        let looking = tokio::spawn(async move {
            let _one = board.looking.lock().await;
            if !board.is_fresh() {
                board.look().await;
            }
        });
        let _ = tokio::time::timeout(PATIENCE, looking).await;
    }

    async fn look(&self) {
        let begun = self.clock.monotonic();
        let standing = self.source.standing().await;
        let at = self.clock.monotonic();
        let standing = standing
            .inspect_err(|error| tracing::warn!(%error, source = ?std::error::Error::source(error), "metrics of the database could not be read"))
            .ok();
        *self.last() = Some(Look { standing, at, took: at.since(begun) });
    }

    fn is_fresh(&self) -> bool {
        let now = self.clock.monotonic();
        self.last().as_ref().is_some_and(|look| now.since(look.at) < KEPT.max(look.took * SHARE))
    }

    fn last(&self) -> MutexGuard<'_, Option<Look>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was read and still holds.
    fn standing(&self) -> Option<Standing> {
        let now = self.clock.monotonic();
        let last = self.last();
        let look = last.as_ref().filter(|look| now.since(look.at) < STALE.max(look.took * SHARE * 2))?;
        look.standing.clone()
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}

/// [`Board`] as Prometheus' library asks for it.
#[derive(Debug)]
pub(super) struct Shown(pub(super) Arc<Board>);

impl Collector for Shown {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut sheet = Sheet(encoder);
        let in_flight = self.0.flight.count(self.0.clock.monotonic());
        sheet.one("posts_in_flight", "Posts that this process works on now", None, count(in_flight))?;
        sheet.usage(&self.0.source.usage())?;
        let standing = self.0.standing();
        let is_readable = i64::from(standing.is_some());
        sheet.one(
            "database_readable",
            "Whether what this page says of the database could be read (1)",
            None,
            is_readable,
        )?;
        standing.map_or(Ok(()), |standing| sheet.standing(&standing))
    }
}

struct Sheet<'a>(DescriptorEncoder<'a>);

impl Sheet<'_> {
    fn standing(&mut self, standing: &Standing) -> fmt::Result {
        let stages = Stage::ALL.into_iter().filter(|stage| stage.is_open());
        let open = stages.map(|stage| ([("stage", stage.as_str())], of(&standing.open, &stage)));
        self.many("posts_open", "Posts that are on their way or a person's to decide, by stage", None, open)?;
        let due = [("claimable", standing.claimable), ("behind", standing.behind)]
            .map(|(state, number)| ([("state", state)], number));
        self.many(
            "posts_due",
            "Posts that are due and claimed by nobody: to be claimed now, or behind another of their account",
            None,
            due,
        )?;
        let oldest = standing.oldest_due.unwrap_or_default().as_secs_f64();
        self.one("oldest_due", "For how long the first claimable post has been due", Some(&Unit::Seconds), oldest)?;
        let resting = [RestCause::Blocked, RestCause::ActInApp, RestCause::Unclear]
            .map(|cause| ([("cause", cause.as_str())], of(&standing.resting, &cause)));
        self.many("accounts_resting", "Accounts that publish nothing for some hours, by why", None, resting)?;
        let health = [Health::Working, Health::NeedsReconnect, Health::Disconnected, Health::LinkedElsewhere]
            .map(|health| ([("health", health.as_str())], of(&standing.connections, &health)));
        self.many("connections", "Linked accounts, and those that were, by health", None, health)
    }

    /// What Instagram did not tell is left out.
    fn usage(&mut self, usage: &Usage) -> fmt::Result {
        let account = usage.accounts.values().map(|account| account.percent).max();
        let known = [("app", usage.app_percent), ("account", account)];
        let known = known.into_iter().filter_map(|(limit, percent)| Some(([("limit", limit)], percent?)));
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let known: Vec<_> = known.map(|(labels, percent)| (labels, percent as f64 / 100.0)).collect();
        if known.is_empty() {
            return Ok(());
        }
        self.many(
            "instagram_rate_limit_used",
            "How much of Instagram's rate limits is used, as told within the hour: the app's own, and the fullest account's",
            Some(&Unit::Other("ratio".to_owned())),
            known,
        )
    }

    fn one(&mut self, name: &str, help: &str, unit: Option<&Unit>, value: impl EncodeGaugeValue) -> fmt::Result {
        ConstGauge::new(value).encode(self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?)
    }

    fn many<V: EncodeGaugeValue>(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        values: impl IntoIterator<Item = (Labels<1>, V)>,
    ) -> fmt::Result {
        let mut encoder = self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?;
        values
            .into_iter()
            .try_for_each(|(labels, value)| ConstGauge::new(value).encode(encoder.encode_family(&labels)?))
    }
}

fn of<T: PartialEq>(counted: &[(T, u64)], which: &T) -> u64 {
    counted.iter().find(|(known, _)| known == which).map_or(0, |(_, number)| *number)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
