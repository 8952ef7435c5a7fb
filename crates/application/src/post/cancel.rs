use std::sync::Arc;

use rats_domain::{
    id::{PostId, UserId},
    post::PostRecord,
    publication::{Stage, Step},
};

use super::find::find;
use crate::{Ports, Refusal, publish::note};

/// How often a change is tried anew when a worker or another change came between.
pub(super) const TRIES: usize = 4;

/// What became of the post.
#[derive(Debug)]
pub enum Cancelled {
    /// It will not go out; it stays as a draft.
    Cancelled(Box<PostRecord>),
    /// It is gone.
    Removed,
}

/// Cancels a post that is on its way, or removes one that is not.
pub struct CancelPost(pub Arc<Ports>);

impl CancelPost {
    /// # Errors
    ///
    /// [`Refusal::Conflict`] once a publish request has left: what is known, and what can be done.
    pub async fn run(&self, user: &UserId, id: &PostId) -> Result<Cancelled, Refusal> {
        for _ in 0..TRIES {
            let record = find(&self.0, user, id).await?;
            if let Some(done) = self.attempt(user, record).await? {
                return Ok(done);
            }
        }
        Err(Refusal::conflict("busy", "This post is being worked on at this very moment. Please try again."))
    }

    /// One try; `None` if something came between.
    async fn attempt(&self, user: &UserId, record: PostRecord) -> Result<Option<Cancelled>, Refusal> {
        let ports = &self.0;
        match record.publication.stage {
            Stage::Draft | Stage::Failed | Stage::Cancelled => {
                let removed = ports.posts.remove(user, &record.post.id, record.publication.epoch).await?;
                Ok(removed.then_some(Cancelled::Removed))
            }
            Stage::Waiting | Stage::Staging | Stage::Staged | Stage::Held => {
                let publication =
                    record.publication.after(Step::Cancelled).map_err(|error| Refusal::Broken(error.into()))?;
                let entry = note(
                    ports,
                    ports.clock.now(),
                    "cancelled",
                    &publication,
                    "Cancelled; nothing was published.".into(),
                );
                let record = PostRecord { publication, ..record };
                let stored = ports.posts.change(&record, &[entry]).await?;
                Ok(if stored {
                    Some(Cancelled::Cancelled(Box::new(find(ports, user, &record.post.id).await?)))
                } else {
                    None
                })
            }
            stage => Err(too_late(stage)),
        }
    }
}

fn too_late(stage: Stage) -> Refusal {
    match stage {
        Stage::Published => Refusal::conflict(
            "published",
            "This post is live on Instagram. It can only be removed in the Instagram app.",
        ),
        Stage::NeedsReview => Refusal::conflict(
            "needs_review",
            "We could not find out whether this post is live. Look at the Instagram profile, then say which media it is (adopt) or publish it again (republish).",
        ),
        _ => Refusal::conflict(
            "too_late",
            "It is too late to cancel: the post is being published at this moment. Its page tells what becomes of it.",
        ),
    }
}
