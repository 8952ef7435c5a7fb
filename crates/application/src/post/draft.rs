use std::sync::Arc;

use rats_domain::{id::UserId, idempotency::IdempotencyKey};

use super::{
    compose::compose_draft,
    content::PostRequest,
    schedule::added_before,
    warning::{Scheduled, accepted},
};
use crate::{Ports, Refusal};

/// Keeps a post without a time.
pub struct SaveDraft(pub Arc<Ports>);

impl SaveDraft {
    /// Stores the post; nothing goes out before the person gives it a time.
    ///
    /// # Errors
    ///
    /// [`Refusal::Invalid`] with what is wrong: the same rules hold as for a post with a time.
    pub async fn run(
        &self,
        user: &UserId,
        request: &PostRequest,
        key: Option<&IdempotencyKey>,
    ) -> Result<Scheduled, Refusal> {
        let record = match added_before(&self.0, user, key).await? {
            Some(record) => record,
            None => compose_draft(&self.0, user, request, key).await?.into_inner(),
        };
        Ok(accepted(&self.0, record, vec![]).await)
    }
}
