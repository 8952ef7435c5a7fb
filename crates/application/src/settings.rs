use std::time::Duration;

use rats_domain::{caption::CaptionLimits, connection::Feature};
use time::OffsetDateTime;
use url::Url;

/// The limits and spans of the use cases. The defaults are the product's.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What people are asked to allow; what they left out of it is told.
    pub asked: Vec<Feature>,
    /// Instagram's caption rules.
    pub caption: CaptionLimits,
    /// Where Instagram fetches our pictures.
    pub public_base_url: Url,
    /// Why Instagram cannot fetch from there, if it cannot: nothing is created or published then.
    pub unreachable: Option<String>,
    /// How long a connect flow, and after its callback a pending connection, may take.
    pub connect_flow: Duration,
    /// How long "test" waits for Instagram before it answers that it is not confirmed yet.
    pub test_patience: Duration,
    /// How long before its time an event that posts itself becomes a post.
    pub auto_post_ahead: Duration,
    /// The saga's.
    pub publish: PublishSettings,
}

impl Settings {
    /// The product's defaults, with pictures served at `public_base_url`.
    #[must_use]
    pub fn new(public_base_url: Url) -> Self {
        Self {
            asked: vec![Feature::Basic, Feature::Publish, Feature::Insights],
            caption: CaptionLimits::default(),
            public_base_url,
            unreachable: None,
            connect_flow: Duration::from_mins(10),
            test_patience: Duration::from_secs(90),
            auto_post_ahead: Duration::from_hours(7 * 24),
            publish: PublishSettings::default(),
        }
    }
}

/// The spans of the saga.
#[derive(Clone, Debug)]
pub struct PublishSettings {
    /// How long a claim lasts.
    pub lease: Duration,
    /// How long a dead worker's request may still be in flight after its lease: HTTP time-out + TCP user time-out + margin.
    pub grace: Duration,
    /// *W*, the witness window: how long Instagram's own status and listings may lag.
    pub witness_window: Duration,
    /// How long before its time a container is made, at most.
    pub lead: Duration,
    /// With less than this left before a deadline, a publish request is not sent.
    pub least_time_to_send: Duration,
    /// After its time plus this, a scheduled post is not sent any more.
    pub useless_after: Duration,
    /// The same for "publish now".
    pub useless_after_now: Duration,
    /// The same for "test".
    pub useless_after_test: Duration,
    /// An unclear outcome becomes a person's after this.
    pub ends_after: Duration,
    /// A container is made anew when older than this; Instagram's live 24 h.
    pub container_age: Duration,
    /// How long an account rests that Instagram blocks or restricts, or whose posts stay unclear.
    pub rest: Duration,
    /// How far our clock may be off Instagram's.
    pub clock_tolerance: Duration,
    /// How long to sleep at most between looks at the queue.
    pub safety_poll: Duration,
    /// How many publications are worked on at once.
    pub in_flight: usize,
}

impl PublishSettings {
    /// When the container of a post for `publish_at` is made: its lead ahead, or up to two thirds of it later (`fraction` in `0.0..1.0`), so
    /// that many posts of one moment are not all prepared at once.
    #[must_use]
    pub fn staging_begins(&self, publish_at: OffsetDateTime, fraction: f64) -> OffsetDateTime {
        publish_at - Duration::from_secs(self.lead.mul_f64(1.0 - fraction * 2.0 / 3.0).as_secs())
    }
}

impl Default for PublishSettings {
    fn default() -> Self {
        Self {
            lease: Duration::from_mins(1),
            grace: Duration::from_secs(65),
            witness_window: Duration::from_mins(5),
            lead: Duration::from_mins(15),
            least_time_to_send: Duration::from_secs(5),
            useless_after: Duration::from_hours(12),
            useless_after_now: Duration::from_mins(10),
            useless_after_test: Duration::from_secs(90),
            ends_after: Duration::from_hours(1),
            container_age: Duration::from_hours(23),
            rest: Duration::from_hours(4),
            clock_tolerance: Duration::from_mins(2),
            safety_poll: Duration::from_secs(15),
            in_flight: 4_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn posts_of_one_moment_are_prepared_over_ten_minutes() {
        let at = datetime!(2026-12-04 9:00 UTC);
        let begins = |fraction| PublishSettings::default().staging_begins(at, fraction);
        assert_eq!((begins(0.0), begins(0.5)), (at - Duration::from_mins(15), at - Duration::from_mins(10)));
        assert!(begins(0.999) <= at - Duration::from_mins(5));
    }
}
