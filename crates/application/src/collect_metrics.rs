//! Collects the engagement of published posts at growing intervals.

use std::sync::Arc;

use rats_domain::{
    connection::{Feature, Health},
    instagram::{Access, Advice},
    metrics::{DueMetrics, Metrics},
};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// The most read in one run.
const BATCH: usize = 50;

/// When to read next the numbers of a post that went live at `published_at`: often while they move, then seldom, never after 90 days.
#[must_use]
pub fn next_reading(published_at: OffsetDateTime, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let age = now - published_at;
    let wait = match age {
        _ if age < Duration::hours(1) => Duration::minutes(5),
        _ if age < Duration::days(1) => Duration::hours(1),
        _ if age < Duration::days(7) => Duration::hours(6),
        _ if age < Duration::days(30) => Duration::days(1),
        _ if age < Duration::days(90) => Duration::days(7),
        _ => return None,
    };
    Some(now + wait)
}

/// Reads the numbers of published posts that are due.
pub struct CollectMetrics(pub Arc<Ports>);

impl CollectMetrics {
    /// One run; answers how many posts were read.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let due = self.0.metrics.take_due(self.0.clock.now(), BATCH).await?;
        let mut read = 0;
        for post in &due {
            read += usize::from(self.read(post).await?);
        }
        Ok(read)
    }

    async fn read(&self, due: &DueMetrics) -> Result<bool, Refusal> {
        let ports = &self.0;
        let next = next_reading(due.published_at, ports.clock.now());
        let connection = ports.connections.find(&due.connection).await?;
        let usable = connection.filter(|connection| {
            connection.health == Health::Working && connection.features.contains(&Feature::Insights)
        });
        let Some(token) = usable.and_then(|connection| connection.token) else {
            ports.metrics.record(&due.post, None, next).await?;
            return Ok(false);
        };
        let access = Access { account: due.account.clone(), token: token.secret };
        match ports.reader.engagement(&access, &due.media).await {
            Ok(engagement) => {
                let known = ports.metrics.find(&due.post).await?.unwrap_or_default();
                let metrics = Metrics { measured_at: Some(ports.clock.now()), ..engagement.metrics }.or(&known);
                ports.metrics.record(&due.post, Some(&metrics), next).await?;
                Ok(true)
            }
            Err(error) => {
                tracing::info!(post = %due.post, %error, code = error.code, "the numbers of a post could not be read");
                let next = if error.advice == Advice::Wait { next.map(|next| next + Duration::hours(1)) } else { next };
                ports.metrics.record(&due.post, None, next).await?;
                Ok(false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn readings_grow_apart_and_end() {
        let live = datetime!(2026-12-04 9:00 UTC);
        let waits = [0, 2, 48, 24 * 10, 24 * 40].map(|hours| {
            let now = live + Duration::hours(hours);
            next_reading(live, now).unwrap() - now
        });
        assert!(waits.is_sorted());
        assert_eq!(next_reading(live, live + Duration::days(91)), None);
    }
}
