//! What people do to their posts, through the use cases where there are some.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rats_application::{
    Ports, Refusal,
    post::{AdoptMedia, CancelPost, Cancelled, Change, EditPost, PostChanges, RepublishPost},
};
use rats_domain::{id::PostId, instagram::MediaName, post::Post};
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
    match CancelPost(ports).run(&post.user, &post.id, None).await? {
        Cancelled::Cancelled(_) => promises.cancelled().insert(post.id),
        Cancelled::Removed => promises.removed().insert(post.id),
    };
    Ok(())
}

/// The person changes what a post says, when it goes out, or both. The text that is kept is the promise.
pub(crate) async fn edit(
    ports: Arc<Ports>,
    post: Post,
    text: Option<&str>,
    publish_at: Option<OffsetDateTime>,
    promises: Promises,
) -> Result<(), Refusal> {
    let content = text.map_or(Change::Keep, |text| Change::Set(text.to_owned()));
    let changes = PostChanges { content, ..PostChanges::default() };
    let time = publish_at.map_or(Change::Keep, Change::Set);
    let edited = EditPost(ports).run(&post.user, &post.id, &changes, &time, None).await.map(drop);
    let may_be_stored = matches!(edited, Ok(()) | Err(Refusal::Unavailable { .. }));
    if publish_at.is_some() && may_be_stored {
        // It goes out after all.
        promises.cancelled().remove(&post.id);
    }
    edited
}

/// The person is asked whether a post is live, looks at the profile, and tells the truth: by the link that they were told, where they were.
pub(crate) async fn decide(ports: Arc<Ports>, network: Arc<Network>, post: Post) -> Result<(), Refusal> {
    let containers = ports.queue.containers(&post.id, OffsetDateTime::UNIX_EPOCH).await?;
    let ledger = network.instagram.ledger(network.now());
    let of_this = |container: &str| containers.iter().any(|id| id.as_str() == container);
    let live = ledger.media.iter().find(|media| of_this(&media.container_id.to_string()));
    match live {
        Some(media) => {
            let record = ports.posts.find(&post.user, &post.id).await?;
            let asked = record.as_ref().and_then(|record| record.publication.attention.as_ref());
            let is_told = asked.is_some_and(|asked| asked.message.contains(&media.permalink));
            let name = if is_told { media.permalink.clone() } else { media.media_id.to_string() };
            let name = MediaName::parse(&name).expect("a name");
            AdoptMedia(ports).run(&post.user, &post.id, &name).await?;
        }
        None => drop(RepublishPost(ports).run(&post.user, &post.id, &PostChanges::default(), None, true).await?),
    }
    Ok(())
}
