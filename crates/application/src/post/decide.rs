use std::sync::Arc;

use rats_domain::{
    id::{MediaId, PostId, UserId},
    instagram::{Access, Advice, ContainerStatus, ListedMedia, PlatformError},
    post::PostRecord,
    publication::{Request, Stage, Step},
    receipt::{ConfirmedBy, Receipt},
};
use time::OffsetDateTime;

use super::{
    change::{Next, check_version},
    compose::usable_connection,
    content::{Content, PostChanges},
    find::find,
    publish::useful_for,
};
use crate::{
    Ports, Refusal,
    publish::{candidates, earliest, is_distinctive, note},
};

/// A person says which media a post in review is.
pub struct AdoptMedia(pub Arc<Ports>);

impl AdoptMedia {
    /// Records the media as the post's, after reading it on Instagram.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] if the post is not in review or the media is another post's, [`Refusal::Invalid`] if the account has no such media,
    /// [`Refusal::Unavailable`] if Instagram cannot be asked; nothing is changed then.
    pub async fn run(&self, user: &UserId, id: &PostId, media: &MediaId) -> Result<PostRecord, Refusal> {
        let ports = &self.0;
        let record = in_review(ports, user, id).await?;
        let access = access(ports, &record).await?;
        if !ports.history.owned_by_others(id, std::slice::from_ref(media)).await?.is_empty() {
            return Err(Refusal::conflict("owned", "This media belongs to another of your posts."));
        }
        let Some(request) = record.publication.request.as_ref() else { return Err(not_in_review()) };
        let permalink = match ports.reader.permalink(&access, media).await {
            Ok(permalink) => permalink,
            Err(error) if error.code == Some(OBJECT_UNREADABLE) => self.listed(&access, request, media).await?,
            Err(error) => return Err(unreadable_media(&error)),
        };
        let receipt = Receipt {
            container: record.publication.container.as_ref().map(|container| container.id.clone()),
            media: Some(media.clone()),
            permalink,
            sent_at: request.sent_at(),
            confirmed_at: ports.clock.now(),
            confirmed_by: ConfirmedBy::Person,
        };
        let entry = note(
            ports,
            ports.clock.now(),
            "adopted",
            &record.publication,
            "You confirmed that this post is live.".into(),
        );
        ports.queue.record_published(id, &receipt, &[entry]).await.map_err(queue_refusal)?;
        find(ports, user, id).await
    }
}

impl AdoptMedia {
    /// Instagram answers alike for a media that does not exist and in an outage: the profile's list tells which it is. Answers the media's address.
    async fn listed(&self, access: &Access, request: &Request, media: &MediaId) -> Result<Option<String>, Refusal> {
        let since = earliest(request, self.0.settings.publish.clock_tolerance);
        let listing = self.0.reader.recent(access, since).await.map_err(|error| cannot_look(&error))?.value;
        match listing.media.into_iter().find(|listed| listed.id == *media) {
            Some(listed) => Ok(listed.permalink),
            None if listing.complete => Err(unknown_media()),
            None => Err(Refusal::unavailable(NOT_WHOLE)),
        }
    }
}

/// A person says that a post in review is not live.
pub struct RepublishPost(pub Arc<Ports>);

impl RepublishPost {
    /// Begins anew with a new container, and with `changes` where the person wants them, after reading status and listing once more. `seen`
    /// is the version that the person saw, where they say so.
    ///
    /// # Errors
    ///
    /// [`Refusal::Unavailable`] if they cannot be read; nothing is changed then. [`Refusal::Conflict`] if the post turns out to be live, which is
    /// recorded, if the profile shows a post with its text, or if it is another version.
    pub async fn run(
        &self,
        user: &UserId,
        id: &PostId,
        changes: &PostChanges,
        seen: Option<i64>,
    ) -> Result<PostRecord, Refusal> {
        let ports = &self.0;
        let mut record = in_review(ports, user, id).await?;
        check_version(&record, seen)?;
        let access = access(ports, &record).await?;
        let content = Content::changed(ports, &record.post, changes).await?;
        self.look_again(&record, &access).await?;
        let now = ports.clock.now();
        let step = Step::Republished { publish_at: now, useless_after: now + useful_for(ports, record.post.origin) };
        let edited = content.differences(&record.post).map(|text| ("edited", text));
        let decided = ("republished", "You decided to publish it again.".to_owned());
        content.put(&mut record.post);
        let next = Next::after(ports, record, step, edited.into_iter().chain([decided]).collect())?;
        if !ports.posts.change(&next.record, &next.entries).await? {
            return Err(Refusal::conflict(
                "busy",
                "This post was changed at this very moment. Look at it again, then decide.",
            ));
        }
        find(ports, user, id).await
    }

    async fn look_again(&self, record: &PostRecord, access: &Access) -> Result<(), Refusal> {
        let ports = &self.0;
        let Some(request) = record.publication.request.as_ref() else { return Err(not_in_review()) };
        let container = record.publication.container.as_ref().map(|container| container.id.clone());
        let status = match &container {
            Some(id) => Some(ports.publisher.status(access, id).await.map_err(|error| cannot_look(&error))?.value),
            None => None,
        };
        if status == Some(ContainerStatus::Published) {
            let receipt = Receipt {
                container,
                media: None,
                permalink: None,
                sent_at: request.sent_at(),
                confirmed_at: ports.clock.now(),
                confirmed_by: ConfirmedBy::Status,
            };
            let entry = note(
                ports,
                ports.clock.now(),
                "published",
                &record.publication,
                "Instagram says that it is live.".into(),
            );
            ports.queue.record_published(&record.post.id, &receipt, &[entry]).await.map_err(queue_refusal)?;
            return Err(Refusal::conflict(
                "published",
                "Instagram now says that this post is live, so it was not sent again.",
            ));
        }
        let since = earliest(request, ports.settings.publish.clock_tolerance);
        match ports.reader.recent(access, since).await {
            Ok(answer) if answer.value.complete => {
                self.refuse_if_shown(record, access, since, answer.value.media).await
            }
            // An expired container says enough by itself.
            _ if status == Some(ContainerStatus::Expired) => Ok(()),
            Ok(_) => Err(Refusal::unavailable(NOT_WHOLE)),
            Err(error) => Err(cannot_look(&error)),
        }
    }

    /// What the profile shows by now is not published a second time.
    async fn refuse_if_shown(
        &self,
        record: &PostRecord,
        access: &Access,
        since: OffsetDateTime,
        listed: Vec<ListedMedia>,
    ) -> Result<(), Refusal> {
        let (ports, post) = (&self.0, &record.post);
        if !is_distinctive(ports, &access.account, &post.id, &post.caption).await? {
            return Ok(());
        }
        let found = candidates(ports, &post.id, &post.caption, since, listed).await?;
        let Some(media) = found.first() else { return Ok(()) };
        let shown = media.permalink.as_deref().unwrap_or(media.id.as_str());
        Err(Refusal::conflict(
            "shown",
            format!(
                "The profile shows a post with this text ({shown}, id {}). If it is this one, adopt it; if you made it by hand and want \
                 another, remove it in the Instagram app first.",
                media.id
            ),
        ))
    }
}

/// Instagram's code for an object that does not exist, or that it cannot show at the moment.
const OBJECT_UNREADABLE: i64 = 100;

const NOT_WHOLE: &str =
    "The profile's list of posts could not be read whole, so nothing was changed. Please try again later.";

async fn in_review(ports: &Ports, user: &UserId, id: &PostId) -> Result<PostRecord, Refusal> {
    let record = find(ports, user, id).await?;
    if record.publication.stage == Stage::NeedsReview { Ok(record) } else { Err(not_in_review()) }
}

/// Access to the account that the post was sent to, which may not be the one connected now.
async fn access(ports: &Ports, record: &PostRecord) -> Result<Access, Refusal> {
    let connection = usable_connection(ports, &record.post.user).await?;
    if record.publication.account.as_ref() != Some(&connection.account) {
        return Err(Refusal::conflict(
            "other_account",
            "This post was sent to another Instagram account. Connect that account again, then decide.",
        ));
    }
    let token = connection.token.ok_or_else(not_in_review)?.secret;
    Ok(Access { account: connection.account, token })
}

fn not_in_review() -> Refusal {
    Refusal::conflict(
        "not_in_review",
        "There is nothing to decide: only a post whose outcome could not be found out can be adopted or republished.",
    )
}

fn cannot_look(error: &PlatformError) -> Refusal {
    let message = format!(
        "Instagram could not be asked whether the post is live, so nothing was changed. Please try again later. ({error})"
    );
    Refusal::Unavailable { message, source: Some(Box::new(error.clone())) }
}

fn unreadable_media(error: &PlatformError) -> Refusal {
    match error.advice {
        Advice::Retry | Advice::RetryThenFix | Advice::Wait => cannot_look(error),
        _ => unknown_media(),
    }
}

fn unknown_media() -> Refusal {
    Refusal::field(
        "platformPostId",
        "Instagram does not know this media, or it is not on the connected account. Give the id of one of its media.",
    )
}

fn queue_refusal(error: rats_domain::publication::QueueError) -> Refusal {
    match error {
        rats_domain::publication::QueueError::Store(error) => error.into(),
        other => Refusal::Broken(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::{
        connection::Feature,
        id::{AccountId, ConnectionId, ContainerId},
        instagram::{Dated, ListedMedia, Listing},
        publication::{Attention, AttentionKind, Publication},
    };
    use time::Duration;

    use super::*;
    use crate::mock::{Mocks, NOW, connection, post};

    fn in_review() -> PostRecord {
        let note = || Attention::new(AttentionKind::Review, "look");
        let steps = [
            Step::Scheduled {
                connection: ConnectionId::new("c"),
                account: AccountId::new("1784"),
                publish_at: NOW,
                due_at: NOW,
                useless_after: NOW + Duration::hours(12),
                content_changed: false,
            },
            Step::ContainerCreated { id: ContainerId::new("17"), at: NOW, look_at: NOW },
            Step::ContainerReady,
            Step::Intended { at: NOW, may_send_until: NOW },
            Step::Unclear { at: NOW, look_at: NOW, attention: note() },
            Step::Review { look_at: NOW, attention: note() },
        ];
        let record = post();
        let publication =
            steps.into_iter().fold(record.publication.clone(), |at: Publication, step| at.after(step).unwrap());
        PostRecord { publication, ..record }
    }

    /// Adopts media `m`, whose page Instagram does not show, while the profile lists `listed`.
    fn adopts(listed: &[&str], complete: bool) -> Result<PostRecord, Refusal> {
        let mut mocks = Mocks::default();
        mocks.posts.expect_find().returning(|_, _| Ok(Some(in_review())));
        mocks
            .connections
            .expect_find_by_user()
            .returning(|_| Ok(Some(connection(vec![Feature::Basic, Feature::Publish]))));
        mocks.history.expect_owned_by_others().returning(|_, _| Ok(vec![]));
        mocks.reader.expect_permalink().returning(|_, _| {
            let hidden = PlatformError::unnumbered(Advice::Retry, "Instagram cannot show it", "We look again.");
            Err(PlatformError { code: Some(OBJECT_UNREADABLE), subcode: Some(33), ..hidden })
        });
        let media = listed.iter().map(|id| ListedMedia {
            id: MediaId::new(*id),
            caption: None,
            is_image: true,
            published_at: NOW,
            permalink: None,
        });
        let listing = Listing { media: media.collect(), complete };
        mocks.reader.expect_recent().returning(move |_, _| Ok(Dated { value: listing.clone(), date: None }));
        mocks.queue.expect_record_published().returning(|_, _, _| Ok(true));
        AdoptMedia(mocks.ports()).run(&UserId::new("u"), &PostId::new("p"), &MediaId::new("m")).now_or_never().unwrap()
    }

    #[test]
    fn a_media_that_is_not_there_is_told_from_an_outage() {
        assert!(adopts(&["m"], true).is_ok(), "the list shows it");
        assert!(matches!(adopts(&["n"], true), Err(Refusal::Invalid(_))));
        assert!(matches!(adopts(&["n"], false), Err(Refusal::Unavailable { .. })));
    }
}
