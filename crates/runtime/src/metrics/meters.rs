//! What is counted and measured, by name.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use rats_domain::{publication::AttentionKind, receipt::ConfirmedBy};

/// Labels by name; the values are words of ours, so that there are few and none of them names anybody.
pub(super) type Labels<const N: usize> = [(&'static str, &'static str); N];

type Histograms<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

/// From 10 ms, which is on time, to the 12 h after which a post is useless by default.
const LATENESS: [f64; 18] = [
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 10_800.0, 21_600.0,
    43_200.0,
];
/// From a statement on a warm page to a database that hangs.
const DATABASE: [f64; 11] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0];
/// From a near server to the publish call's own time-out.
const INSTAGRAM: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Of the 25 to 100 posts that Instagram allows in 24 h.
const LEFT: [f64; 8] = [0.0, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0];

/// What came of a publish request.
pub(super) const REQUEST_OUTCOMES: [&str; 4] = ["live", "refused", "unclear", "not_sent"];
/// How a reconciliation ended.
pub(super) const SETTLEMENTS: [&str; 6] = ["answer", "status", "listing", "sent_again", "not_live", "needs_review"];
/// Why a worker had to stop.
pub(super) const LOSSES: [&str; 2] = ["lease_lost", "lane_taken"];

/// Everything that is counted or measured as it happens.
pub(super) struct Meters {
    pub(super) request_lateness: Histogram,
    pub(super) published_lateness: Histogram,
    pub(super) published: Family<Labels<1>, Counter>,
    pub(super) failed: Family<Labels<1>, Counter>,
    pub(super) held: Counter,
    pub(super) needs_review: Counter,
    pub(super) put_off: Family<Labels<1>, Counter>,
    pub(super) reconciliations: Counter,
    pub(super) settled: Family<Labels<1>, Counter>,
    pub(super) requests: Family<Labels<1>, Counter>,
    pub(super) lost: Family<Labels<1>, Counter>,
    pub(super) quota_left: Histogram,
    pub(super) database_calls: Histograms<2>,
    pub(super) database_errors: Family<Labels<2>, Counter>,
    pub(super) instagram_calls: Histograms<2>,
    /// Absent until the other clock was seen.
    pub(super) clock_offset: Family<Labels<1>, Gauge<f64, AtomicU64>>,
}

impl Meters {
    /// All of them, registered.
    pub(super) fn new(registry: &mut Registry) -> Self {
        let meters = Self {
            request_lateness: Histogram::new(LATENESS),
            published_lateness: Histogram::new(LATENESS),
            published: Family::default(),
            failed: Family::default(),
            held: Counter::default(),
            needs_review: Counter::default(),
            put_off: Family::default(),
            reconciliations: Counter::default(),
            settled: Family::default(),
            requests: Family::default(),
            lost: Family::default(),
            quota_left: Histogram::new(LEFT),
            database_calls: Family::new_with_constructor(|| Histogram::new(DATABASE)),
            database_errors: Family::default(),
            instagram_calls: Family::new_with_constructor(|| Histogram::new(INSTAGRAM)),
            clock_offset: Family::default(),
        };
        meters.begin_at_zero();
        meters.register_posts(registry);
        meters.register_calls(registry);
        meters
    }

    /// A series that is not there cannot be seen to rise.
    fn begin_at_zero(&self) {
        for by in [ConfirmedBy::Answer, ConfirmedBy::Status, ConfirmedBy::Listing, ConfirmedBy::Person] {
            drop(self.published.get_or_create(&[("confirmed_by", by.as_str())]));
        }
        for reason in [AttentionKind::ContentRefused, AttentionKind::DeadlinePassed, AttentionKind::AppRefused] {
            drop(self.failed.get_or_create(&[("reason", reason.as_str())]));
        }
        for reason in
            [AttentionKind::Moved, AttentionKind::ActInApp, AttentionKind::Unreachable, AttentionKind::ClockWrong]
        {
            drop(self.put_off.get_or_create(&[("reason", reason.as_str())]));
        }
        for outcome in REQUEST_OUTCOMES {
            drop(self.requests.get_or_create(&[("outcome", outcome)]));
        }
        for how in SETTLEMENTS {
            drop(self.settled.get_or_create(&[("how", how)]));
        }
        for reason in LOSSES {
            drop(self.lost.get_or_create(&[("reason", reason)]));
        }
    }

    fn register_posts(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "publish_request_lateness",
            "From a post's time to when its publish request left, of posts whose request Instagram answered",
            Unit::Seconds,
            self.request_lateness.clone(),
        );
        registry.register_with_unit(
            "published_lateness",
            "From a post's time to when it was confirmed and stored that it is live",
            Unit::Seconds,
            self.published_lateness.clone(),
        );
        registry.register("posts_published", "Posts that became live, by how that is known", self.published.clone());
        registry.register("posts_failed", "Posts that ended without going live, by why", self.failed.clone());
        registry.register("posts_held", "Posts held by a worker until an account is reconnected", self.held.clone());
        registry.register(
            "posts_needs_review",
            "Posts of which nobody could find out whether they are live, handed to a person",
            self.needs_review.clone(),
        );
        registry.register("posts_put_off", "Times a post was put off, by why", self.put_off.clone());
        registry.register(
            "reconciliations_begun",
            "Publish requests whose outcome was unclear and that are looked into",
            self.reconciliations.clone(),
        );
        registry.register(
            "reconciliations_settled",
            "Unclear outcomes that were settled, by how",
            self.settled.clone(),
        );
        registry.register("publish_requests", "Publish requests, by what came of them", self.requests.clone());
        registry.register(
            "claims_lost",
            "Steps that were not stored since another was first, by why",
            self.lost.clone(),
        );
        registry.register(
            "account_quota_left_posts",
            "How many posts Instagram still allows the account in 24 h, at each claim where that is known",
            self.quota_left.clone(),
        );
    }

    fn register_calls(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "database_call_duration",
            "How long the store took, by port and operation",
            Unit::Seconds,
            self.database_calls.clone(),
        );
        registry.register(
            "database_call_errors",
            "Calls that the store could not answer, by port and operation",
            self.database_errors.clone(),
        );
        registry.register_with_unit(
            "instagram_call_duration",
            "How long Instagram took, by call and outcome (ok, refused, unclear, not_sent)",
            Unit::Seconds,
            self.instagram_calls.clone(),
        );
        registry.register_with_unit(
            "clock_offset",
            "This machine's clock minus another one: the database's as of the last claim, Instagram's as of its last answer with a date (whole seconds)",
            Unit::Seconds,
            self.clock_offset.clone(),
        );
    }
}
