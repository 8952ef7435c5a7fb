//! What people do to their posts, through the use cases where there are some.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rats_application::{
    Ports, Refusal,
    post::{AdoptMedia, CancelPost, Cancelled, RepublishPost},
};
use rats_domain::{
    caption::Caption,
    id::{MediaId, PostId},
    post::{Post, PostRecord},
    publication::{Stage, Step},
};
use time::OffsetDateTime;

use crate::graph::Network;

/// What people were told: a promise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Promises {
    cancelled: Arc<Mutex<BTreeSet<PostId>>>,
    removed: Arc<Mutex<BTreeSet<PostId>>>,
}

impl Promises {
    /// Posts that were cancelled: they are never live.
    pub(crate) fn cancelled(&self) -> MutexGuard<'_, BTreeSet<PostId>> {
        self.cancelled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts that were removed.
    pub(crate) fn removed(&self) -> MutexGuard<'_, BTreeSet<PostId>> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The person cancels; `Ok` is a promise.
pub(crate) async fn cancel(ports: Arc<Ports>, post: Post, promises: Promises) -> Result<(), Refusal> {
    match CancelPost(ports).run(&post.user, &post.id).await? {
        Cancelled::Cancelled(_) => promises.cancelled().insert(post.id),
        Cancelled::Removed => promises.removed().insert(post.id),
    };
    Ok(())
}

/// The person changes what a post says, when it goes out, or both; answers whether that was accepted. The text that is kept is the promise.
pub(crate) async fn edit(
    ports: &Ports,
    post: &Post,
    text: Option<&str>,
    publish_at: Option<OffsetDateTime>,
) -> Result<bool, Refusal> {
    let found = ports.posts.find(&post.user, &post.id).await?;
    let Some(PostRecord { post, publication, .. }) = &found else { return Ok(false) };
    let publish_at = publish_at.or(publication.publish_at);
    let (Some(connection), Some(account), Some(publish_at)) =
        (publication.connection.clone(), publication.account.clone(), publish_at)
    else {
        return Ok(false);
    };
    if !matches!(publication.stage, Stage::Waiting | Stage::Staging | Stage::Staged | Stage::Held | Stage::Failed) {
        return Ok(false);
    }
    let spans = &ports.settings.publish;
    let scheduled = Step::Scheduled {
        connection,
        account,
        publish_at,
        due_at: (publish_at - spans.lead).max(ports.clock.now()),
        useless_after: publish_at + spans.useless_after,
        content_changed: text.is_some(),
    };
    let publication = publication.after(scheduled).map_err(|error| Refusal::Broken(error.into()))?;
    let caption = text.map_or_else(|| post.caption.clone(), |text| Caption::stored(text.into()));
    let post = Post { caption, scheduled_for: Some(publish_at), ..post.clone() };
    let changed = PostRecord { post, publication, receipt: None, metrics: None, event_title: None, is_behind: false };
    Ok(ports.posts.change(&changed, &[]).await?)
}

/// The person is asked whether a post is live, looks at the profile, and tells the truth.
pub(crate) async fn decide(ports: Arc<Ports>, network: Arc<Network>, post: Post) -> Result<(), Refusal> {
    let containers = ports.queue.containers(&post.id).await?;
    let ledger = network.instagram.ledger(network.now());
    let of_this = |container: &str| containers.iter().any(|id| id.as_str() == container);
    let live = ledger.media.iter().find(|media| of_this(&media.container_id.to_string()));
    match live {
        Some(media) => {
            let media = MediaId::new(media.media_id.to_string());
            AdoptMedia(ports).run(&post.user, &post.id, &media).await?;
        }
        None => drop(RepublishPost(ports).run(&post.user, &post.id).await?),
    }
    Ok(())
}
