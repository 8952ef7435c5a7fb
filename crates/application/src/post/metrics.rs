use std::sync::Arc;

use rats_domain::{
    connection::Health,
    id::{MediaId, PostId, UserId},
    instagram::Access,
    metrics::Metrics,
    post::PostRecord,
};
use time::Duration;

use super::find::find;
use crate::{Ports, Refusal, collect_metrics::next_reading};

/// Numbers younger than this are not asked for again.
const FRESH: Duration = Duration::minutes(1);

/// A post's engagement.
pub struct ReadMetrics(pub Arc<Ports>);

impl ReadMetrics {
    /// The post's engagement: as Instagram tells it now, else as it last did. Members that it never told are `None`.
    pub async fn run(&self, user: &UserId, id: &PostId) -> Result<Metrics, Refusal> {
        let record = find(&self.0, user, id).await?;
        let known = record.metrics.clone().unwrap_or_default();
        let fresh = known.measured_at.is_some_and(|at| self.0.clock.now() - at < FRESH);
        let media = record.receipt.as_ref().and_then(|receipt| receipt.media.clone()).filter(|_| !fresh);
        match media {
            Some(media) => Ok(self.read(&record, &media).await?.unwrap_or(known)),
            None => Ok(known),
        }
    }

    /// Reads and keeps the numbers; `None` where Instagram cannot be asked now.
    async fn read(&self, record: &PostRecord, media: &MediaId) -> Result<Option<Metrics>, Refusal> {
        let ports = &self.0;
        let Some(id) = &record.publication.connection else { return Ok(None) };
        let Some(connection) =
            ports.connections.find(id).await?.filter(|connection| connection.health == Health::Working)
        else {
            return Ok(None);
        };
        let Some(token) = connection.token else { return Ok(None) };
        let access = Access { account: connection.account, token: token.secret };
        let Ok(read) = ports.reader.engagement(&access, media).await else { return Ok(None) };
        let now = ports.clock.now();
        let metrics =
            Metrics { measured_at: Some(now), ..read.metrics }.or(&record.metrics.clone().unwrap_or_default());
        let published_at = record.receipt.as_ref().map_or(now, |receipt| receipt.confirmed_at);
        ports.metrics.record(&record.post.id, Some(&metrics), next_reading(published_at, now)).await?;
        Ok(Some(metrics))
    }
}
