use std::sync::Arc;

use rats_domain::{
    id::{PostId, UserId},
    metrics::History,
};

use crate::{Ports, Refusal};

/// A post's engagement.
pub struct ReadMetrics(pub Arc<Ports>);

impl ReadMetrics {
    /// What is known of the post's engagement, with every reading. Instagram is not asked: readings are collected in the background.
    pub async fn run(&self, user: &UserId, id: &PostId) -> Result<History, Refusal> {
        self.0.metrics.history(user, id).await?.ok_or(Refusal::NotFound("post"))
    }
}
