use std::{collections::BTreeSet, sync::Arc};

use rats_domain::{
    id::{EventId, PostId, UserId},
    post::PostFilter,
    publication::Status,
};

use crate::{Ports, Refusal, auto_post::look_now};

/// Deletes an event.
pub struct DeleteEvent(pub Arc<Ports>);

impl DeleteEvent {
    /// Deletes the user's event; its posts stay, but for one that it became by itself, which is cancelled. Answers how many of them are still
    /// scheduled.
    pub async fn run(&self, user: &UserId, id: &EventId) -> Result<usize, Refusal> {
        let before = self.scheduled(user, |event, _| event == Some(id)).await?;
        if !self.0.events.delete(user, id).await? {
            return Err(Refusal::NotFound("event"));
        }
        look_now(&self.0, user, id).await;
        // Its posts have lost it.
        Ok(self.scheduled(user, |_, post| before.contains(post)).await?.len())
    }

    /// Those of the user's scheduled posts of whose event and id `is_meant` holds.
    async fn scheduled(
        &self,
        user: &UserId,
        is_meant: impl Fn(Option<&EventId>, &PostId) -> bool,
    ) -> Result<BTreeSet<PostId>, Refusal> {
        let scheduled = PostFilter { status: Some(Status::Scheduled), ..PostFilter::default() };
        let posts = self.0.posts.list(user, &scheduled).await?.into_iter().map(|record| record.post);
        Ok(posts.filter(|post| is_meant(post.event.as_ref(), &post.id)).map(|post| post.id).collect())
    }
}
