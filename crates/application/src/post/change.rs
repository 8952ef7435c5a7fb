//! What every change of a post by a person has in common: it is refused when it is too late or was meant for another version, and tried
//! anew when a worker came between.

use futures_util::future::BoxFuture;
use rats_domain::{
    id::{PostId, UserId},
    post::PostRecord,
    publication::{Stage, Step},
    timeline::Entry,
};

use super::find::find;
use crate::{Ports, Refusal, publish::note};

/// How often a change is tried anew when a worker or another change came between.
pub(super) const TRIES: usize = 4;

/// A post as it is to be, with what its timeline is to say about it.
pub(crate) struct Next {
    pub(crate) record: PostRecord,
    pub(crate) entries: Vec<Entry>,
}

impl Next {
    /// The post after `step`, changed now.
    pub(crate) fn after(ports: &Ports, record: PostRecord, step: Step, words: Vec<Words>) -> Result<Self, Refusal> {
        let now = ports.clock.now();
        let publication = record.publication.after(step).map_err(|error| Refusal::Broken(error.into()))?;
        let entries = words.into_iter().map(|(step, text)| note(ports, now, step, &publication, text)).collect();
        let mut record = PostRecord { publication, ..record };
        record.post.updated_at = now;
        Ok(Self { record, entries })
    }
}

/// A timeline entry's step and text.
pub(crate) type Words = (&'static str, String);

/// The user's post, if it can still be changed and is the version that the person saw, where they say which.
pub(super) async fn find_to_change(
    ports: &Ports,
    user: &UserId,
    id: &PostId,
    seen: Option<i64>,
) -> Result<PostRecord, Refusal> {
    let record = find(ports, user, id).await?;
    check_in_time(record.publication.stage)?;
    check_version(&record, seen)?;
    Ok(record)
}

/// What a post is to be; `None` leaves it as it is. Boxed, so that a use case can be awaited on any thread.
pub(super) type Nexts<'a> = BoxFuture<'a, Result<Option<Next>, Refusal>>;

/// Stores what `next` makes of the post, of which a worker's claim alone does not change a person's mind.
pub(super) async fn store<'a>(
    ports: &Ports,
    mut record: PostRecord,
    next: impl Fn(PostRecord) -> Nexts<'a> + Send + Sync,
) -> Result<PostRecord, Refusal> {
    let (user, id, seen) = (record.post.user.clone(), record.post.id.clone(), record.publication.version);
    for _ in 0..TRIES {
        let Some(next) = next(record.clone()).await? else { return Ok(record) };
        if ports.posts.change(&next.record, &next.entries).await? {
            return find(ports, &user, &id).await;
        }
        record = find_to_change(ports, &user, &id, Some(seen)).await?;
    }
    Err(busy())
}

/// The version that the person saw must be the present one.
pub(super) fn check_version(record: &PostRecord, seen: Option<i64>) -> Result<(), Refusal> {
    let now = record.publication.version;
    match seen {
        Some(seen) if seen != now => Err(Refusal::conflict(
            "version",
            format!(
                "This post was changed meanwhile, by you, another program or on its way out: it is version {now} now, not {seen}. Nothing was done. Look at it again, then decide."
            ),
        )),
        _ => Ok(()),
    }
}

/// A post whose request has left, or that is live, is not changed.
pub(super) fn check_in_time(stage: Stage) -> Result<(), Refusal> {
    match stage {
        Stage::Published => Err(Refusal::conflict(
            "published",
            "This post is live on Instagram. It can only be changed or removed in the Instagram app.",
        )),
        Stage::NeedsReview => Err(Refusal::conflict(
            "needs_review",
            "We could not find out whether this post is live. Look at the Instagram profile, then say that it is live, with its link, or publish it again.",
        )),
        Stage::PublishRequested => Err(Refusal::conflict(
            "too_late",
            "It is too late to change or cancel this post: it is going out at this moment. Its page tells what becomes of it.",
        )),
        Stage::Reconciling => Err(Refusal::conflict(
            "too_late",
            "It is too late to change or cancel this post: Instagram was asked to publish it, and it may be live. If it is, remove it in the Instagram app. Its page tells what becomes of it.",
        )),
        _ => Ok(()),
    }
}

/// Others came between again and again.
pub(super) fn busy() -> Refusal {
    Refusal::conflict("busy", "This post is being worked on at this very moment. Please try again.")
}
