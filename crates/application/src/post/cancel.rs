use std::sync::Arc;

use rats_domain::{
    id::{PostId, UserId},
    post::PostRecord,
    publication::{Stage, Step},
};
use time::Duration;

use super::{
    change::{Next, TRIES, busy, find_to_change},
    find::find,
};
use crate::{Ports, Refusal};

/// What became of the post.
#[derive(Debug)]
pub enum Cancelled {
    /// It will not go out; it stays as a draft.
    Cancelled(Box<PostRecord>),
    /// It is gone.
    Removed,
}

/// For so long a cancellation may come again by itself, as browsers and proxies repeat what they have no answer to.
const REPEATED: Duration = Duration::seconds(10);

/// Cancels a post that is on its way, or removes one that is not.
pub struct CancelPost(pub Arc<Ports>);

impl CancelPost {
    /// `seen` is the version that the person saw, where they say so; without it the post is cancelled as it is, and removed only once it has been
    /// cancelled for ten seconds.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] once a publish request has left, and if it is another version: what is known, and what can be done.
    pub async fn run(&self, user: &UserId, id: &PostId, seen: Option<i64>) -> Result<Cancelled, Refusal> {
        for _ in 0..TRIES {
            let record = find_to_change(&self.0, user, id, seen).await?;
            if seen.is_none() && self.was_just_cancelled(&record) {
                return Ok(Cancelled::Cancelled(Box::new(record)));
            }
            if let Some(done) = self.attempt(user, record).await? {
                return Ok(done);
            }
        }
        Err(busy())
    }

    /// Whoever does not say which version they saw may only repeat what was not answered: that must not remove what it was to keep.
    fn was_just_cancelled(&self, record: &PostRecord) -> bool {
        let age = self.0.clock.now() - record.post.updated_at;
        record.publication.stage == Stage::Cancelled && age < REPEATED
    }

    /// One try; `None` if something came between.
    async fn attempt(&self, user: &UserId, record: PostRecord) -> Result<Option<Cancelled>, Refusal> {
        let (ports, id) = (&self.0, record.post.id.clone());
        if matches!(record.publication.stage, Stage::Draft | Stage::Failed | Stage::Cancelled) {
            let removed = ports.posts.remove(user, &id, record.publication.epoch).await?;
            return Ok(removed.then_some(Cancelled::Removed));
        }
        let words = vec![("cancelled", "Cancelled; nothing was published.".to_owned())];
        let next = Next::after(ports, record, Step::Cancelled, words)?;
        if !ports.posts.change(&next.record, &next.entries).await? {
            return Ok(None);
        }
        Ok(Some(Cancelled::Cancelled(Box::new(find(ports, user, &id).await?))))
    }
}
